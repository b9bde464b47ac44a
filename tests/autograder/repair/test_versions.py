"""How other versions of a function are called, and what they count."""

import pytest

from autograder.judge.calls import Answer, Call
from autograder.judge.rehearsal import Script
from autograder.repair.trying import CALL, STUCK, Trials
from autograder.repair.versions import OneVersion
from autograder.sandbox import CallResult


class Live:
    """A session whose machine stalls at its first answers."""

    def __init__(self, *, stalls):
        self.stalls = stalls
        self.asked = []

    def _is_stalled(self):
        self.stalls -= 1
        return self.stalls >= 0

    def call_version(self, source, name, args, kwargs, *, seed, stand_ins, seconds):
        self.asked.append(source)
        return CallResult("timeout") if self._is_stalled() else CallResult("value", 1.0)

    def versions(self, name, sources, calls, seconds):
        self.asked += sources
        answer = Answer(b"", 0.0, lambda: CallResult("value", 1.0))
        return [[] if self._is_stalled() else [answer] * len(calls) for _ in sources]


def trials_of(live):
    trials = Trials.__new__(Trials)
    trials._live, trials._name, trials._seconds = live, "f", 1.0
    trials.steps = trials.dead = 0
    trials._scripts = []
    return trials


@pytest.mark.parametrize(
    ("stalls", "status", "steps"), [(0, "value", CALL), (1, "value", CALL), (2, "timeout", STUCK)]
)
def test_a_machine_that_stalls_once_costs_a_version_no_steps(stalls, status, steps):
    trials = trials_of(Live(stalls=stalls))
    version = OneVersion(trials._live, "def f(): ...", 1.0, trials._count)
    assert version.call("f", (), {}, seed=1, stand_ins={}).status == status
    assert trials.steps == steps


@pytest.mark.parametrize(("stalls", "dead"), [(0, 0), (2, 0), (4, 2)])
def test_a_version_that_is_measured_has_a_second_try_and_is_dead_after_that(stalls, dead):
    """Two stalls end both versions, and four each of them once more."""
    call = Call("f", (), {}, 1, CallResult("value", 1.0))
    trials = trials_of(Live(stalls=stalls))
    trials._scripts = [(None, Script((call, call), (None, None)))]
    found = trials.measured("own", ["version"])
    assert (trials.dead, bool(found.own)) == (dead, not dead)
    assert trials.steps == 2 * 2 + dead * STUCK


def test_where_no_calls_can_be_sent_ahead_nothing_is_measured():
    live = Live(stalls=0)
    found = trials_of(live).measured("own", ["version"])
    assert (found.own, found.better, live.asked) == ({}, {}, [])
