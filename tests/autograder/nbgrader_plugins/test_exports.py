"""`nbgrader export` for learning platforms: the columns they ask for, the points nbgrader says."""

import csv

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy import event
from traitlets.config import Config
from typed_commands import typed

from autograder.gradebook.report_store import ReportStore
from autograder.model import Check, CourseError, Exercise, Key, Report, Verdict
from autograder.nbgrader_plugins.exports import CanvasExportPlugin, MoodleExportPlugin

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


@pytest.fixture
def gradebook(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        for name in ("later", "warm_up"):
            gradebook.add_assignment(name)
            gradebook.add_notebook(name, name)
            for cell, most in (("test_f", 6), ("test_g", 4)):
                gradebook.add_grade_cell(cell, name, name, max_score=most, cell_type="code")
        yield gradebook


def hand_in(gradebook, student, f, g, *, assignment="warm_up", late=0.0, manual=None, **about):
    gradebook.update_or_create_student(student, **about)
    submission = gradebook.add_submission(assignment, student)
    [notebook] = submission.notebooks
    notebook.late_submission_penalty = late
    by_name = {grade.name: grade for grade in notebook.grades}
    by_name["test_f"].auto_score, by_name["test_g"].auto_score = f, g
    by_name["test_f"].manual_score = manual
    gradebook.db.commit()


def exported(plugin, gradebook, tmp_path, **traits):
    target = tmp_path / "out.csv"
    plugin(to=str(target), **traits).export(gradebook)
    with target.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_canvas_gets_its_columns_points_possible_and_a_row_per_student(gradebook, tmp_path):
    hand_in(gradebook, "ada", 6, 2.5, first_name="Ada", last_name="Lovelace", lms_user_id="77")
    hand_in(gradebook, "bob", 0, 0)
    assert exported(CanvasExportPlugin, gradebook, tmp_path, assignment=["warm_up"]) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "warm_up"],
        ["Points Possible", "", "", "", "", "10.0"],
        ["Lovelace, Ada", "77", "", "ada", "", "8.5"],
        ["bob", "", "", "bob", "", "0.0"],
    ]


def test_canvas_columns_and_ids_can_be_named(gradebook, tmp_path):
    hand_in(gradebook, "4711", 1, 1)
    config = Config()
    config.CanvasExportPlugin.columns = {"warm_up": "Warm-up (123)"}
    config.CanvasExportPlugin.identify_by = "SIS User ID"
    rows = exported(CanvasExportPlugin, gradebook, tmp_path, config=config)
    assert rows[0][5:] == ["later", "Warm-up (123)"]
    assert rows[2] == ["4711", "", "4711", "", "", "", "2.0"], "nothing handed in stays empty"


def test_moodle_gets_the_columns_of_its_own_export(gradebook, tmp_path):
    hand_in(gradebook, "ada", 6, 4, first_name="Ada", last_name="Lovelace", email="ada@x.org")
    assert exported(MoodleExportPlugin, gradebook, tmp_path, assignment=["warm_up"]) == [
        ["First name", "Last name", "ID number", "Email address", "warm_up"],
        ["Ada", "Lovelace", "ada", "ada@x.org", "10.0"],
    ]


def test_points_are_those_of_nbgraders_own_export(gradebook, tmp_path):
    hand_in(gradebook, "ada", 6, 4, late=2.5)
    hand_in(gradebook, "bob", 1, 0, late=3.0)
    hand_in(gradebook, "eve", 0, 4, manual=5.5)
    hand_in(gradebook, "eve", 2, 2, assignment="later")
    stock = exported(CsvExportPlugin, gradebook, tmp_path)
    title = stock[0].index
    handed_in = [row for row in stock[1:] if row[title("timestamp")] or row[title("raw_score")]]
    expected = {
        (row[title("student_id")], row[title("assignment")]): float(row[title("score")])
        for row in handed_in
    }
    rows = exported(MoodleExportPlugin, gradebook, tmp_path)
    ours = {
        (row[2], assignment): float(points)
        for row in rows[1:]
        for assignment, points in zip(rows[0][4:], row[4:], strict=True)
        if points
    }
    assert ours.items() <= expected.items() and len(ours) == 4
    assert ours["ada", "warm_up"] == 7.5 and ours["bob", "warm_up"] == 0


def test_a_name_that_is_a_formula_does_not_run_in_a_spreadsheet(gradebook, tmp_path):
    hand_in(gradebook, "eve", 1, 1, first_name='=HYPERLINK("http://x")', last_name="@SUM(1)")
    [_, row] = exported(MoodleExportPlugin, gradebook, tmp_path)
    assert row[:2] == ['\'=HYPERLINK("http://x")', "'@SUM(1)"]


def test_a_title_that_canvas_takes_for_a_total_is_refused_and_can_be_changed(gradebook, tmp_path):
    gradebook.add_assignment("final_exam")
    plugin = CanvasExportPlugin()
    plugin.parent = None
    with pytest.raises(CourseError, match=r"Canvas ignores columns with “final”.*: final_exam"):
        plugin.write(gradebook)
    rows = exported(CanvasExportPlugin, gradebook, tmp_path, columns={"final_exam": "Exam in June"})
    assert "Exam in June" in rows[0]
    assert "final_exam" in exported(MoodleExportPlugin, gradebook, tmp_path)[0]


def test_only_the_students_asked_for_are_exported(gradebook, tmp_path):
    hand_in(gradebook, "ada", 1, 1)
    hand_in(gradebook, "bob", 1, 1)
    rows = exported(MoodleExportPlugin, gradebook, tmp_path, student=["bob"])
    assert [row[2] for row in rows[1:]] == ["bob"]


def statements(gradebook, tmp_path):
    said = []
    engine = gradebook.db.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    gradebook.db.expire_all()
    exported(CanvasExportPlugin, gradebook, tmp_path)
    return len(said)


def test_a_larger_class_costs_no_more_queries(gradebook, tmp_path):
    hand_in(gradebook, "ada", 1, 1)
    few = statements(gradebook, tmp_path)
    for number in range(20):
        hand_in(gradebook, f"s{number}", 1, 1)
    assert statements(gradebook, tmp_path) <= few


def a_report(student):
    checks = (
        Check("test_f", "Right", "f", Verdict.PASSED),
        Check("test_f_more", "More", "f", Verdict.WRONG, misconception="squares", message="=1+1"),
    )
    return Report("tiny", student, "tiny", (Exercise("f", 4, checks),))


@pytest.mark.slow
def test_the_command_writes_a_row_per_check_and_says_when_there_is_none(tiny):
    exporter = "--exporter=autograder.nbgrader_plugins.exports.ChecksExportPlugin"
    command = (tiny.root, "export", "--to", "checks.csv", exporter)
    empty = typed(*command, program="nbgrader")
    assert empty.returncode == 1 and "run `autograder grade ASSIGNMENT`" in empty.stderr
    assert "Traceback" not in empty.stderr

    for student in ("ada", "bob"):
        ReportStore(tiny, "tiny").keep(a_report(student), Key({}, {}, {}, {}), {})
    assert typed(*command, program="nbgrader").returncode == 0
    with (tiny.root / "checks.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["student"], row["check"]) for row in rows] == [
        ("ada", "test_f"), ("ada", "test_f_more"), ("bob", "test_f"), ("bob", "test_f_more"),
    ]  # fmt: skip
    assert rows[1]["misconception"] == "squares" and rows[1]["message"] == "'=1+1"
