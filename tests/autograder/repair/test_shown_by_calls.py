"""What calls alone show, and what they may cost."""

import numpy as np
import pytest

from autograder.judge.calls import Call
from autograder.repair import shown_by_calls as shown
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor
from autograder.sandbox import CallResult

RIGHT = "def f(x, rate):\n    return x * rate\n"
WRONG = "def f(x, rate):\n    return x * 1.0\n"
SAID = "`rate` should change the result, and changes nothing in it."


class Trials:
    """The calls of checks, which the student's function answers in this process."""

    def __init__(self, *calls):
        self.calls = list(calls[:3])
        self.every = list(calls)
        self.steps = 0
        self.asked = []

    def every_call(self):
        return self.every

    def answering(self, source):
        space = {}
        exec(source, space)

        def answer(call):
            self.asked.append(call)
            return CallResult("value", space["f"](*call.args))

        return answer


def call(x):
    return Call("f", (x, 0.5), {}, 1, CallResult("value", x * 0.5))


def told(trials, seconds=0.001, donors=(RIGHT,), is_over=lambda: False):
    judge = type("J", (), {"reference": np, "reference_seconds": {"f": seconds}})
    donors = [Donor(text, "f") for text in donors]
    own = OwnFunction(WRONG, "f")
    return "".join(shown.shown_by_calls(own, trials, judge, donors, is_over))


def test_what_calls_show_is_said_and_counted_in_steps():
    trials = Trials(call(1.0), call(2.0))
    assert told(trials) == SAID
    assert trials.steps > len(trials.asked) > 0  # those of right versions, too
    assert told(Trials(call(1.0)), donors=()) == ""


def test_a_function_that_is_slow_is_not_called_so_often():
    trials = Trials(call(1.0), call(2.0))
    assert told(trials, seconds=1.0) == "" and not trials.asked


def test_it_ends_where_the_time_of_the_submission_is_over():
    trials = Trials(call(1.0), call(2.0))
    assert told(trials, is_over=lambda: len(trials.asked) == 3) == ""
    assert len(trials.asked) == 3


def test_it_ends_where_there_are_no_steps_left(monkeypatch):
    whole = Trials(call(1.0), call(2.0))
    told(whole)
    for most in (5, whole.steps - 1):
        monkeypatch.setattr(shown, "MOST_STEPS", most)
        trials = Trials(call(1.0), call(2.0))
        assert told(trials) == "" and trials.steps == most
    monkeypatch.setattr(shown, "MOST_STEPS", whole.steps)
    assert told(Trials(call(1.0), call(2.0))) == SAID


@pytest.mark.parametrize(("count", "words"), [(4, SAID), (5, f"Possibly: {SAID}")])
def test_what_not_all_calls_were_asked_for_is_a_possibility(monkeypatch, count, words):
    monkeypatch.setattr(shown, "MOST_CALLS", 4)
    assert told(Trials(*(call(1.0 + n) for n in range(count)))) == words


def test_nothing_is_asked_of_a_lost_axis_after_a_call_without_a_value():
    """Each call that runs into its limit costs as much as a hundred others."""
    trials = Trials(*(call(1.0 + n) for n in range(9)))
    trials.answering = lambda source: (
        lambda call: trials.asked.append(call) or CallResult("timeout")
    )
    assert told(trials) == ""
    assert len(trials.asked) <= 2
