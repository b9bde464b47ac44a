"""The time of a submission is what it could use of the clock's."""

from types import SimpleNamespace

import pytest

from autograder.grading.time_limits import TimeLimits
from autograder.sandbox import Limits

pytestmark = pytest.mark.quick


CHILD = 1  # the session's process


def channel_of(slept):
    return SimpleNamespace(peer=CHILD, extension=SimpleNamespace(slept=slept))


@pytest.fixture
def machine(monkeypatch):
    """A clock, and seconds that passed otherwise: computed and slept here, queued by the child."""
    machine = SimpleNamespace(now=0.0, computed=5.0, queued=0.0)
    place = "autograder.grading.time_limits"
    monkeypatch.setattr(f"{place}.time.monotonic", lambda: machine.now)
    monkeypatch.setattr(f"{place}.time.thread_time", lambda: machine.computed)
    monkeypatch.setattr(f"{place}.waited_for_a_processor", lambda pid: machine.queued)
    machine.session = SimpleNamespace(channel=channel_of(0.0))
    return machine


@pytest.fixture
def limits(machine):
    limits = TimeLimits(Limits(), 60.0, {})
    limits.follow(machine.session)
    return limits


def test_time_in_the_queue_and_time_without_a_processor_are_given_back(machine, limits):
    machine.now, machine.queued = 90.0, 30.0
    machine.computed, machine.session.channel.extension.slept = (
        15.0,
        65.0,
    )  # so it was kept for 15 s
    assert not limits.is_over
    assert limits.left == pytest.approx(15.0)
    machine.now, machine.session.channel.extension.slept = 106.0, 81.0
    assert limits.is_over


def test_who_did_not_wait_is_out_of_time_whatever_sessions_there_were(machine, limits):
    machine.now, machine.session.channel.extension.slept = 40.0, 40.0
    limits.follow(SimpleNamespace(channel=channel_of(20.5)))
    machine.now = 60.5
    assert limits.is_over
    assert limits.left == 0.05
