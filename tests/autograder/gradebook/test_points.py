"""The points of a class: by hidden checks and by hand, what waits, what was taken off."""

from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.gradebook.points import class_points, late_hand_ins
from autograder.gradebook.report_store import ReportStore

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


@pytest.fixture
def gradebook(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        for name in ("ps1", "other"):
            book.add_assignment(name)
            book.add_notebook(name, name)
            book.add_grade_cell("test_f", name, name, max_score=6, cell_type="code")
        book.add_grade_cell("essay", "ps1", "ps1", max_score=4, cell_type="markdown")
        book.add_solution_cell("essay", "ps1", "ps1")
        book.add_task_cell("work", "ps1", "ps1", max_score=1, cell_type="markdown")
        for student in ("ada", "bob"):
            book.add_student(student)
            book.add_submission("ps1", student)
            book.add_submission("other", student)
        yield book


def score(book, student, name, auto=None, by_hand=None, waits=False, extra=None):
    row = book.find_grade(name, "ps1", "ps1", student)
    row.auto_score, row.manual_score, row.extra_credit = auto, by_hand, extra
    row.needs_manual_grade = waits


def test_automatic_points_are_told_from_points_by_hand(gradebook):
    score(gradebook, "ada", "test_f", auto=5.0)
    score(gradebook, "ada", "essay", by_hand=3.0, extra=0.5)
    score(gradebook, "ada", "work", waits=True)
    score(gradebook, "bob", "test_f", auto=2.0, by_hand=4.0)
    score(gradebook, "bob", "essay", auto=0.0)
    score(gradebook, "bob", "work", by_hand=1.0)
    submission = gradebook.find_submission("ps1", "bob")
    submission.notebooks[0].late_submission_penalty = 1.5
    gradebook.db.commit()
    found = class_points(gradebook.db(), "ps1")
    assert set(found) == {"ada", "bob"}
    ada, bob = found["ada"], found["bob"]
    assert (ada.automatic, ada.most_automatic) == (5.0, 6.0)
    assert (ada.by_hand, ada.most_by_hand, ada.waits) == (3.5, 5.0, 1)
    assert (bob.automatic, bob.by_hand, bob.waits) == (0.0, 5.0, 0)
    assert bob.late_penalty == 1.5 and bob.points == 3.5
    for student, points in found.items():
        assert (
            points.points + points.late_penalty == gradebook.find_submission("ps1", student).score
        )


@pytest.mark.quick
def test_who_was_refused_is_remembered_until_the_submission_is_graded(tmp_path):
    kept = ReportStore(Course(tmp_path), "ps1")
    assert kept.refusals() == {}
    kept.refuse("李雷", "is no notebook: ✗")
    kept.refuse("ada", "too large")
    assert ReportStore(Course(tmp_path), "ps1").refusals() == {
        "ada": "too large", "李雷": "is no notebook: ✗",
    }  # fmt: skip
    assert list(kept.reports()) == []
    kept.admit("ada")
    assert set(kept.refusals()) == {"李雷"}


def test_who_was_late_is_known_with_extensions_and_by_the_time_of_the_due_date(gradebook, tmp_path):
    """An hour of the night on which the clock is put forward is no hour."""
    due = parse_utc("2026-03-29T03:00:00+02:00")
    gradebook.update_or_create_assignment("ps1", duedate=due)
    gradebook.update_or_create_submission("ps1", "ada", timestamp="2026-03-29 01:00:00 UTC")
    gradebook.update_or_create_submission("ps1", "bob", timestamp="2026-03-29 01:59:59 CET")
    cy = gradebook.add_student("cy").id
    gradebook.update_or_create_submission("ps1", cy, timestamp="2026-03-29T03:00:01+02:00")
    coursedir = CourseDirectory(root=str(tmp_path), db_url=gradebook.db.bind.url.render_as_string())
    assert late_hand_ins(coursedir, "ps1") == (datetime(2026, 3, 29, 1), ("cy",))
    gradebook.grant_extension("ps1", "cy", minutes=1)
    assert late_hand_ins(coursedir, "ps1")[1] == ()
    assert late_hand_ins(coursedir, "other") == (None, ())
    nowhere = CourseDirectory(root=str(tmp_path), db_url=f"sqlite:///{tmp_path}/none.db")
    assert late_hand_ins(nowhere, "ps1") == (None, ())
    assert not (tmp_path / "none.db").exists()
