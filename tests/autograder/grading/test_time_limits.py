"""The time of a submission is what it could use of the clock's."""

from types import SimpleNamespace

import pytest

from autograder.grading.time_limits import TimeLimits
from autograder.sandbox import Limits

pytestmark = pytest.mark.quick


CHILD = 1  # the session's process


@pytest.fixture
def machine(monkeypatch):
    """A clock, and seconds of them: without a processor here, and in the child's queue."""
    machine = SimpleNamespace(now=0.0, kept=5.0, queued=0.0)
    place = "autograder.grading.time_limits"
    monkeypatch.setattr(f"{place}.time.monotonic", lambda: machine.now)
    monkeypatch.setattr(f"{place}.kept_from_running", lambda: machine.kept)
    monkeypatch.setattr(f"{place}.waited_for_a_processor", lambda pid: machine.queued)
    return machine


@pytest.fixture
def limits(machine):
    limits = TimeLimits(Limits(), 60.0, {})
    limits.follow(SimpleNamespace(channel=SimpleNamespace(peer=CHILD)))
    return limits


def test_time_in_the_queue_and_time_without_a_processor_are_given_back(machine, limits):
    machine.now, machine.queued, machine.kept = 90.0, 30.0, 20.0
    assert not limits.is_over
    assert limits.left == pytest.approx(15.0)
    machine.now = 106.0
    assert limits.is_over


def test_who_did_not_wait_is_out_of_time(machine, limits):
    machine.now = 60.5
    assert limits.is_over
    assert limits.left == 0.05
