"""The time of a submission is what it could use of the clock's."""

import os
from types import SimpleNamespace

import pytest

from autograder.grading.time_limits import TimeLimits
from autograder.sandbox import Limits

pytestmark = pytest.mark.quick


CHILD = 1  # the session's process


@pytest.fixture
def machine(monkeypatch):
    """A clock, and the seconds that each process has waited for a processor so far."""
    machine = SimpleNamespace(now=0.0, waited={os.getpid(): 100.0, CHILD: 0.0})
    place = "autograder.grading.time_limits"
    monkeypatch.setattr(f"{place}.time.monotonic", lambda: machine.now)
    monkeypatch.setattr(f"{place}.waited_for_a_processor", lambda pid: machine.waited[pid])
    return machine


@pytest.fixture
def limits(machine):
    limits = TimeLimits(Limits(), 60.0, {})
    limits.follow(SimpleNamespace(peer=CHILD))
    return limits


def test_waits_for_a_processor_are_given_back(machine, limits):
    machine.now, machine.waited = 90.0, {os.getpid(): 115.0, CHILD: 30.0}
    assert not limits.is_over
    assert limits.left == pytest.approx(15.0)
    machine.now = 106.0
    assert limits.is_over


def test_who_did_not_wait_is_out_of_time(machine, limits):
    machine.now = 60.5
    assert limits.is_over
    assert limits.left == 0.05
