"""The course at a glance: who falls behind, which idea comes back, how each assignment went."""

import csv
import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.gradebook.points import ClassBook, StudentPoints, class_book
from autograder.gradebook.report_store import ReportStore
from autograder.model import Check, CourseError, Exercise, Key, Report, Verdict
from autograder.report.course_wide import gather_course
from autograder.report.report_page import render_course, write_course_report

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")

HINT = "The `rows`, not the columns."


def keep(course, assignment, student, *, passed=True, idea="", hint=HINT):
    verdict = Verdict.PASSED if passed else Verdict.WRONG
    found = {"misconception": idea, "hint": hint} if idea else {}
    check = Check("t", "T", "f", verdict, **found)
    report = Report(assignment, student, assignment, (Exercise("f", 10, (check,)),))
    ReportStore(course, assignment).keep(report, Key({}, {}, {}, {}), {})


@pytest.fixture
def a_course(tiny, submit):
    """Three assignments of four students, one of whom only the gradebook knows."""
    for assignment in ("one", "two", "three"):
        keep(tiny, assignment, "ada")
    keep(tiny, "one", "bob", passed=False, idea="rows")
    keep(tiny, "two", "bob", passed=False, idea="lines")  # another name, the same hint
    keep(tiny, "three", "bob")
    keep(tiny, "one", "cyn", passed=False, idea="rows")
    keep(tiny, "two", "cyn", passed=False, idea="only here", hint="Once.")
    ReportStore(tiny, "three").refuse("cyn", "is no notebook")
    tiny.submitted("three", "cyn").mkdir(parents=True)
    ReportStore(tiny, "two").refuse("eve", "whose folder is gone")
    submit("ada")  # of the assignment tiny, of which nothing is graded
    return tiny


BOOK = ClassBook(frozenset({"ada", "bob", "cyn", "dan"}), ("one", "two", "three"), {})


def test_one_line_per_assignment_in_the_order_in_which_they_are_due(a_course):
    found = gather_course(a_course, BOOK)
    lines = [
        (a.name, a.graded, a.missing, a.refused, a.at_risk, round(a.mean, 2), a.had)
        for a in found.assignments
    ]
    assert lines == [
        ("one", 3, 1, 0, 2, 0.33, 2), ("two", 3, 1, 0, 2, 0.33, 1), ("three", 2, 1, 1, 0, 1.0, 0),
    ]  # fmt: skip
    assert found.not_graded == {"tiny": 1} and found.max_points == 30


def test_who_is_in_trouble_twice_falls_behind_the_worst_first(a_course):
    found = gather_course(a_course, BOOK)
    assert [(s.student, s.troubles(found.names)) for s in found.behind] == [
        ("cyn", 3), ("dan", 3), ("bob", 2),
    ]  # fmt: skip


def test_who_never_handed_anything_in_is_named_above_and_fills_no_table(a_course):
    shown = render_course(gather_course(a_course, BOOK))
    assert "<b>1</b> nothing handed in at all<div>dan</div>" in shown
    assert '<b>2</b> <a href="#behind">falling behind</a>' in shown
    table = shown[shown.index('id="behind"') : shown.index('id="back"')]
    assert "cyn" in table and "bob" in table and "dan" not in table


def test_an_idea_that_comes_back_is_one_by_its_name_or_its_hint(a_course):
    [idea] = gather_course(a_course, BOOK).ideas
    assert idea.name == "rows" and idea.where == {"one": 2, "two": 1}
    assert len(idea.students) == 2 and idea.again == 1, "bob had it twice"


def test_points_by_hand_count_in_the_course(a_course):
    points = {"one": {"bob": StudentPoints(0.0, 10.0, by_hand=8.0, most_by_hand=10.0, waits=2)}}
    found = gather_course(a_course, ClassBook(BOOK.students, BOOK.assignments, points))
    assert found.students["bob"].shares["one"] == 0.4
    assert "bob" not in [line.student for line in found.behind]
    assert found.assignments[0].waits == 2


def test_the_page_and_its_tables(a_course):
    (a_course.root / "reports").mkdir()
    (a_course.root / "reports/one.html").touch()
    page, students, ideas = write_course_report(a_course, a_course.root / "reports", BOOK)
    text = page.read_text(encoding="utf-8")
    assert page.name == "index.html" and "<script" not in text
    assert 'href="one.html"' in text and 'href="two.html"' not in text, "there is none yet"
    assert "<code>rows</code>, not the columns." in text
    with students.open(newline="", encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert [rows["cyn"][f"{name} (%)"] for name in ("one", "two", "three")] == [
        "0.0", "0.0", "not graded",
    ]  # fmt: skip
    assert rows["dan"]["one (%)"] == "" and rows["dan"]["assignments in trouble"] == "3"
    with ideas.open(newline="", encoding="utf-8-sig") as file:
        [row] = csv.DictReader(file)
    assert row["where"] == "one 2; two 1" and row["students who had it again"] == "1"


def test_a_student_who_falls_behind_is_no_markup(tiny):
    keep(tiny, "one", "<b>eve", passed=False)
    text = render_course(gather_course(tiny, ClassBook()))
    assert "&lt;b&gt;eve" in text and "<b>eve" not in text


def test_nothing_graded_yet_is_said(tiny):
    with pytest.raises(CourseError, match="run `autograder grade ASSIGNMENT`"):
        write_course_report(tiny, tiny.root / "reports")


@pytest.mark.slow
def test_the_gradebook_gives_students_due_dates_and_points_and_is_not_made_by_reading(tmp_path):
    coursedir = CourseDirectory(root=str(tmp_path))
    assert class_book(coursedir) == ClassBook()
    assert list(tmp_path.iterdir()) == []
    with Gradebook(coursedir.db_url) as book:
        book.add_student("ada")
        for name, day in (("a", None), ("b", 2), ("c", 1)):
            due = day and datetime.datetime(2026, 1, day)
            book.add_assignment(name, duedate=due)
            book.add_notebook(name, name)
        book.add_grade_cell("test_f", "c", "c", max_score=6, cell_type="code")
        book.add_submission("c", "ada")
        book.find_grade("test_f", "c", "c", "ada").auto_score = 5.0
        book.db.commit()
    found = class_book(coursedir)
    assert found.students == {"ada"} and found.assignments == ("c", "b", "a")
    assert found.of("c")["ada"].points == 5.0 and found.of("nowhere") == {}
