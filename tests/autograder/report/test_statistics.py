"""The numbers of a class."""

from collections import Counter
from dataclasses import replace

import pytest
from reported_class import A_CLASS, Page, report

from autograder.gradebook.points import StudentPoints
from autograder.model import Exercise
from autograder.report.decisions import from_reports
from autograder.report.report_page import render
from autograder.report.statistics import gather

pytestmark = pytest.mark.family


@pytest.mark.quick
def test_answers_that_fail_alike_are_one_group():
    wrong = [replace(report(name, norms="wrong"), student=name) for name in ("a", "b", "c")]
    found = gather("tiny", [*wrong, report("d", norms="error")])
    groups = [(g.exercise, g.students) for g in found.unexplained.values()]
    assert groups == [("norms", ["a", "b", "c"]), ("norms", ["d"])]


def test_points_by_hand_count_and_what_was_late_is_taken_off():
    by_hand = StudentPoints(4.0, 10.0, by_hand=5.0, most_by_hand=10.0, waits=1)
    late = StudentPoints(10.0, 10.0, most_by_hand=10.0, late_penalty=3.0)
    only_there = StudentPoints(by_hand=2.0, most_by_hand=20.0)
    found = gather("tiny", [report("dan", double="error", norms="wrong"), report("ada")],
                   {"dan": by_hand, "ada": late, "zoe": only_there})  # fmt: skip
    assert [(row.student, row.points, row.max_points) for row in found.rows] == [
        ("dan", 9.0, 20.0), ("ada", 7.0, 20.0), ("zoe", 2.0, 20.0),
    ]  # fmt: skip
    assert from_reports(found).at_risk == ("ada", "zoe")
    shown = render(found)
    assert "mean 6.0 of 20 points" in shown and "graded by hand: 1" in shown
    page = Page(shown)
    assert page.row("dan", "9") == ["5 + ?", "", "0", "3"]
    assert page.row("ada", "7") == ["0", "−3", "4", "6"]


def test_points_of_a_report_are_added_up_once(monkeypatch):
    asked = Counter()
    points = Exercise.points.fget
    monkeypatch.setattr(
        Exercise, "points", property(lambda self: asked.update([self.name]) or points(self))
    )
    gather("tiny", A_CLASS)
    assert max(asked.values()) <= 2 * len(A_CLASS), "not once for every check"
