"""`autograder hints` finds what a quick run left without a hint, and changes no points."""

import pytest
from typed_commands import typed

from autograder.gradebook.report_store import ReportStore

TWICE = "def double(x):\n    return 3 * x\n"  # a slip that no misconception explains


def said(root, *words):
    done = typed(root, *words)
    return done.returncode, done.stdout, done.stderr


def kept(course, student):
    return ReportStore(course, "tiny").find(student).report


def hints(report):
    return {c.hint for c in report.exercise("double").checks if not c.passed}


@pytest.mark.slow
def test_wrong_answers_without_a_hint_are_looked_at_longer_and_keep_their_points(tiny, submit):
    submit("ada")
    submit("bob", double=TWICE)
    code, _, error = said(tiny.root, "hints", "tiny")
    assert code == 1 and "run `autograder grade tiny` first" in error
    assert said(tiny.root, "grade", "tiny", "--workers", "1")[0] == 0
    before = kept(tiny, "bob")
    assert hints(before) == {""}
    code, told, error = said(tiny.root, "hints", "tiny", "--seconds", "1", "--workers", "1")
    assert code == 0, error
    assert "graded 1 submission" in told and "not handed in" not in told
    after = kept(tiny, "bob")
    assert hints(after) == {"Line 2: 3 is not the number that belongs here."}
    assert (after.points, before.points) == (before.points, kept(tiny, "bob").points)
    page = (tiny.root / "autograded" / "bob" / "tiny" / "tiny.ipynb").read_text()
    assert "is not the number that belongs here" in page
    assert "2 unchanged" in said(tiny.root, "grade", "tiny", "--workers", "1")[1]
    assert "has a hint already" in said(tiny.root, "hints", "tiny")[1]
