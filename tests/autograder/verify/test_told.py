"""How a hint is to be taken of a slip whose place is known."""

import pytest

from autograder.model import Check, Verdict
from autograder.verify.answers import Exercise, Verdicts
from autograder.verify.equivalent import Equivalent, Exceptions
from autograder.verify.judgement import _blind, judged
from autograder.verify.mutants import Mutant
from autograder.verify.questions import Kind, Question
from autograder.verify.told import PAIR, Hint, by_operator, rate_hint

pytestmark = pytest.mark.quick


def failing(hint="", misconception="", **more):
    check = Check("a", "", "f", Verdict.WRONG, hint=hint, misconception=misconception, **more)
    return [Check("b", "", "f", Verdict.PASSED), check]


@pytest.mark.parametrize(
    ("hint", "misconception", "expected"),
    [
        ("", "", Hint.NONE),
        ("The root is missing.", "no root", Hint.KNOWN),
        ("The root is missing.", "no root (in part)", Hint.STRANGER),
        ("Possibly: the root is missing.", "no root", Hint.STRANGER),
        ("Line 4: look at the signs: what is added here?", "", Hint.PLACE),
        ("One of the lines 3, 4: one too many or one too few?", "", Hint.PLACE),
        ("第 4 行：看看符号。", "", Hint.PLACE),
        ("Line 3: 4 is not the number that belongs here.", "", Hint.ELSEWHERE),
    ],
)
def test_a_hint_for_a_mutant_is_known_at_its_place_or_elsewhere(hint, misconception, expected):
    assert rate_hint("f-1", "sign", 4, failing(hint, misconception)).hint is expected


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("Line 6: `r` is not known here: was it imported?", Hint.PLACE),
        ("`r` is a parameter of this function, and the function never reads it.", Hint.PLACE),
        ("第 6 行：这里不认识 `r`：导入了吗？", Hint.PLACE),
        ("Line 6: `u` is not known here: was it imported?", Hint.ELSEWHERE),
        ("Line 6: `r` is not the variable that belongs here.", Hint.ELSEWHERE),
    ],
)
def test_a_name_that_the_line_has_lost_leads_there_too(hint, expected):
    assert rate_hint("f-1", "dropped", 4, failing(hint), frozenset("r")).hint is expected


@pytest.mark.parametrize(
    ("misconception", "expected"),
    [
        ("one + two", Hint.KNOWN),
        ("two (in part)", Hint.KNOWN),
        ("three (in part)", Hint.STRANGER),
        ("one + three (in part)", Hint.STRANGER),
    ],
)
def test_two_mistakes_are_told_as_both_or_one_and_never_as_a_third(misconception, expected):
    assert rate_hint("one + two", PAIR, 0, failing("So.", misconception)).hint is expected


def test_a_slip_that_no_check_fails_has_no_hint():
    assert rate_hint("f-1", "sign", 4, [Check("b", "", "f", Verdict.PASSED)]) is None


def test_hints_are_counted_by_what_made_the_slip():
    found = [rate_hint("f-1", "sign", 4, failing(h)) for h in ("", "Line 4: so.", "Line 4: so.")]
    counts = by_operator([*found, rate_hint("f-2", "axis", 4, failing())])
    assert (counts["sign"][Hint.PLACE], counts["sign"][Hint.NONE]) == (2, 1)
    assert counts["axis"] == {**dict.fromkeys(Hint, 0), Hint.NONE: 1}


def test_examples_are_blind_to_what_only_hidden_checks_fail():
    question = Question("a", Kind.MISCONCEPTION, "f", "swapped")

    def blind(*verdicts):
        checks = tuple(
            Check(str(n), f"case {n}", "f", verdict, public=n < 2)
            for n, verdict in enumerate(verdicts)
        )
        return _blind(question, Verdicts((Exercise("f", 1.0, checks),)))

    found = blind(Verdict.PASSED, Verdict.PASSED, Verdict.WRONG)
    assert (str(found), found.cases) == ("f: swapped", ("case 0", "case 1"))
    assert blind(Verdict.PASSED, Verdict.WRONG, Verdict.WRONG) is None
    assert blind(Verdict.PASSED, Verdict.PASSED, Verdict.PASSED) is None


def test_a_mutant_that_is_asked_for_its_hint_counts_once_among_those_that_are_excused(tmp_path):
    mutant = Mutant("f-1", "f", "float32", 2, "a = 1", "a = 2", "")
    passed = Verdicts((Exercise("f", 1.0, (Check("a", "", "f", Verdict.PASSED),)),))
    asked = [(Question("a", kind, "f", mutant=mutant), passed) for kind in (Kind.MUTANT, Kind.HINT)]
    listed = Exceptions(tmp_path, equivalent=[Equivalent("exact", function="f", count=1)])
    assert judged("a", asked, listed, whole=True).idle == ()
