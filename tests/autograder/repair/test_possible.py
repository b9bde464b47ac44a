"""What is said to be possible of a function: one thing at most."""

from dataclasses import replace

import pytest

from autograder.grading.grader import Grader
from autograder.model import Check, Exercise, Verdict
from autograder.repair.choosing import Repair, Slip
from autograder.repair.hints import Repairer, Searched
from autograder.repair.put_beside import with_hint

pytestmark = pytest.mark.family

UNREAD = """def norms(x):
    total = 0.0
    for k in range(3):
        total += k
    print(total)
    return total, k
"""


class Submission:
    """One of which only the source is asked for."""

    time = type("Time", (), {"began": 0.0, "is_over": False})

    def source_of(self, function):
        return "def double(x):\n    y = x * x\n    return y\n"


@pytest.mark.parametrize(
    ("repair", "told"),
    [
        (Repair((Slip("missing", (1,)),)), "Line"),
        (Repair((), known=type("K", (), {"hint": lambda *_: "Other."}), is_certain=False), "Poss"),
    ],
)
def test_one_thing_is_possible_at_most_and_none_beside_a_repair(tiny, repair, told, monkeypatch):
    monkeypatch.setattr(Repairer, "_known_or_found", lambda *_: Searched(repair))
    monkeypatch.setattr(Repairer, "_in_part", lambda *_: "")
    monkeypatch.setattr(Repairer, "_by_calls", lambda *_: None)  # there are no such checks
    hint = "Possibly: That is the square."
    checks = (Check("a", "", "double", Verdict.WRONG, hint=hint, misconception="square"),
              Check("b", "", "double", Verdict.WRONG))  # fmt: skip
    exercise = Exercise("double", 1.0, checks)
    with Grader(replace(tiny, repair_seconds=2.0), "tiny") as grader:
        repairer = Repairer(grader.judge, 2.0)
        [found] = repairer.hinted([exercise], Submission())
    assert {c.hint[:4] for c in found.checks if c.hint} == {told}
    assert sum("Possibly" in c.hint for c in found.checks) == (told == "Poss")


def test_where_nothing_more_is_said_a_check_keeps_what_stands_beside_it():
    check = Check("test_f", "f", "f", Verdict.WRONG, section="Where f is explained")
    exercise = Exercise("f", 1.0, (check,))
    assert with_hint(exercise, "") == exercise
    assert with_hint(exercise, "A hint.").checks[0].hint == "A hint."


@pytest.mark.parametrize(("seconds", "more"), [(2.0, " Perhaps that is not all."), (0.5, "")])
def test_of_what_is_missing_at_sight_it_is_said_that_more_may_be_wrong(tiny, filled, seconds, more):
    """Where the search for a repair had its time, and has found none."""
    with Grader(replace(tiny, repair_seconds=seconds), "tiny") as grader:
        found = grader.grade(filled(norms=UNREAD), "ada").report.exercise("norms")
    said = "`x` is a parameter of this function, and the function never reads it."
    assert {c.hint for c in found.checks if c.hint} == {said + more}
