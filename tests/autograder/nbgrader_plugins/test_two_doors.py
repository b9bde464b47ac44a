"""`nbgrader autograde` and Formgrader's button through the wall: what an nbgrader user expects."""

import json
import threading

import nbformat
import pytest
from nbgrader.coursedir import CourseDirectory
from two_doors import RIGHT, autograde, configured, outputs_of, scores, submit, with_texts

from autograder.course import Course
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.report_store import ReportStore
from autograder.gradebook.staging import scores_of
from autograder.grading.grader import Grader
from autograder.model import Key, Report
from autograder.nbgrader_plugins import executing

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]

SOLUTIONS = "\n\n\n".join(RIGHT.values()) + "\n"


GRADERS = '''
import pytest
from autograder.graders import assert_same


@pytest.mark.exercise("f")
@pytest.mark.parametrize("x", [1, 5, -3])
def test_f(student, reference, x):
    """One more"""
    assert_same(student.f(x), reference.f(x))


@pytest.mark.exercise("g")
def test_g(student, reference):
    """Twice as much"""
    assert_same(student.g(21), reference.g(21))


@pytest.mark.exercise("g")
def test_g_of_nothing(student, reference):
    """Twice nothing"""
    assert_same(student.g(0), reference.g(0))
'''


@pytest.fixture
def in_this_process(monkeypatch):
    """What the door gives to its worker is done here, so that a test can replace a part of it."""
    monkeypatch.setattr(executing, "in_own_worker", lambda budget, function, *args: function(*args))


@pytest.fixture
def graders(course):
    """The course with hidden graders for ps1."""
    (course / "solutions").mkdir()
    (course / "solutions" / "ps1.py").write_text(SOLUTIONS)
    (course / "tests" / "ps1").mkdir(parents=True)
    (course / "tests" / "ps1" / "test_ps1.py").write_text(GRADERS)
    return course


def a_class(root, release):
    submit(root, "right", with_texts(release, **RIGHT), timestamp_txt="2026-03-02 10:00:00 UTC")
    submit(root, "half", with_texts(release, f=RIGHT["f"], g="def g(x):\n    return x ** 2"))
    submit(root, "stub", release)
    submit(root, "broken", with_texts(release, f="def f(:", g=RIGHT["g"]))
    submit(root, "loop", with_texts(release, f=RIGHT["f"], g="def g(x):\n    while True: pass"))
    damaged = with_texts(release, test_f="print(1)", **RIGHT)
    damaged["cells"] = [c for c in damaged["cells"] if c["id"] not in ("test_g", "imports")]
    submit(root, "damaged", damaged)
    forged = "get_ipython().ast_transformers.append(1)\ndef f(x): return 0\nprint('3.0')"
    submit(root, "forger", with_texts(release, f=forged, g="def g(x): return 1"))


EXPECTED = {
    "right": (3.0, 2.5), "half": (3.0, 1.25), "stub": (0.0, 0.0), "broken": (0.0, 2.5),
    "loop": (3.0, 0.0), "damaged": (3.0, 2.5), "forger": (0.0, 0.0),
}  # fmt: skip


def files_below(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.slow
def test_both_doors_give_the_same_scores_rows_and_files(graders, release, rows):
    a_class(graders, release)
    assert autograde(graders) == ""
    stock_rows, stock_files = rows(graders), files_below(graders / "autograded")
    assert {s: tuple(scores(stock_rows, s)[t] for t in ("test_f", "test_g")) for s in EXPECTED} == (
        EXPECTED
    )
    html = "".join(outputs_of(graders, "damaged", "test_f")[-1]["data"]["text/html"])
    assert "The text of “test_f” had been edited" in html
    assert "2 cells had been deleted (“imports”, “test_g”): they were put back." in html
    (graders / "autograded").rename(graders / "autograded-stock")
    with Grader(Course(graders), "ps1") as grader:
        coursedir = CourseDirectory(root=str(graders), assignment_id="ps1")
        with Recorder(coursedir, "ps1") as recorder:
            for student in EXPECTED:
                text = (graders / "submitted" / student / "ps1" / "ps1.ipynb").read_bytes()
                recorder.record(grader.grade(text, student))
    assert rows(graders) == stock_rows
    assert files_below(graders / "autograded") == stock_files


@pytest.mark.slow
def test_an_error_of_ours_fails_that_submission_only(
    graders, release, rows, monkeypatch, in_this_process
):
    grade = Grader.grade

    def fails_for_a_bad_ada(self, notebook, student, **options):
        if student == "ada" and b"f = 1" in notebook:
            raise ZeroDivisionError("in a grader")
        return grade(self, notebook, student, **options)

    monkeypatch.setattr(Grader, "grade", fails_for_a_bad_ada)
    submit(graders, "ada", with_texts(release, **RIGHT))
    submit(graders, "bob", with_texts(release, **RIGHT))
    assert autograde(graders) == ""
    submit(graders, "ada", with_texts(release, f="f = 1"))
    assert "failures" in autograde(graders, force=True)
    assert scores(rows(graders), "ada")["test_f"] == 3.0
    assert not (graders / "autograded" / "ada" / "ps1").exists()
    assert outputs_of(graders, "bob", "test_f")


@pytest.mark.slow
def test_a_broken_grader_is_nobodys_zero(graders, release, rows):
    submit(graders, "ada", with_texts(release, **RIGHT))
    assert autograde(graders) == ""
    tests = graders / "tests" / "ps1" / "test_ps1.py"
    tests.write_text(GRADERS.replace("reference.f(x)", "reference.no_such_function(x)"))
    assert autograde(graders, force=True)
    assert scores(rows(graders), "ada")["test_f"] == 3.0


@pytest.mark.slow
def test_points_that_differ_from_the_release_fail_clearly(graders, release, rows, caplog):
    submit(graders, "ada", with_texts(release, **RIGHT))
    release["cells"][3]["metadata"]["nbgrader"]["points"] = 30
    (graders / "release" / "ps1" / "ps1.ipynb").write_text(json.dumps(release))
    assert autograde(graders)
    assert "differ in the points of test_f: run `nbgrader generate_assignment" in caplog.text
    assert scores(rows(graders), "ada")["test_f"] is None


@pytest.mark.slow
def test_a_mended_grader_is_used_at_once(graders, release, rows):
    submit(graders, "ada", with_texts(release, f="def f(x):\n    return x + 2", g=RIGHT["g"]))
    autograde(graders)
    assert scores(rows(graders), "ada")["test_f"] == 0.0
    for name in ("solutions/ps1.py", "source/ps1/ps1.ipynb", "release/ps1/ps1.ipynb"):
        text = (graders / name).read_text().replace("return x + 1", "return x + 2")
        (graders / name).write_text(text.replace("assert f(1) == 2", "assert f(1) == 3"))
    assert autograde(graders, force=True) == ""
    assert scores(rows(graders), "ada")["test_f"] == 3.0


@pytest.mark.slow
def test_a_run_of_nbgraders_with_other_points_leaves_no_report_of_ours(graders, release):
    """Rows, page and report stay of one run: the class report reads the report."""
    reports = ReportStore(Course(graders), "ps1")
    for student, f in (("ada", "x + 2"), ("bob", "x + 1")):
        submit(graders, student, with_texts(release, f=f"def f(x):\n    return {f}", g=RIGHT["g"]))
    autograde(graders)
    for student in ("ada", "bob"):
        nb = nbformat.read(graders / "autograded" / student / "ps1" / "ps1.ipynb", 4)
        report = Report("ps1", student, "ps1", (), (), {})
        reports.keep(report, Key({}, {}, {}, {}), {"ps1": scores_of(nb)})
    autograde(graders, force=True)
    assert reports.find("ada") and reports.find("bob")
    tests = graders / "tests" / "ps1" / "test_ps1.py"
    tests.write_text(GRADERS.replace("[1, 5, -3]", "[1, 5]"))
    for name in ("solutions/ps1.py", "source/ps1/ps1.ipynb", "release/ps1/ps1.ipynb"):
        text = (graders / name).read_text().replace("return x + 1", "return x + 2")
        (graders / name).write_text(text.replace("assert f(1) == 2", "assert f(1) == 3"))
    autograde(graders, force=True)
    assert reports.find("ada") is None and reports.find("bob") is None


@pytest.mark.slow
def test_the_grader_stays_warm_between_clicks(graders, release):
    made = graders / "made.txt"  # a line each time that the graders are imported
    tests = graders / "tests" / "ps1" / "test_ps1.py"
    tests.write_text(f"open({str(made)!r}, 'a').write('imported\\n')\n{GRADERS}")
    for student in ("ada", "bob", "cy"):
        submit(graders, student, with_texts(release, **RIGHT))
        assert autograde(graders, configured(), student_id=student) == ""  # config loaded afresh
        if student == "ada":
            first = made.read_text()
    assert made.read_text() == first


@pytest.mark.slow
def test_it_works_outside_the_main_thread(graders, release, rows):
    submit(graders, "ada", with_texts(release, **RIGHT))
    failures = []
    thread = threading.Thread(target=lambda: failures.append(autograde(graders)))
    thread.start()
    thread.join(60)
    assert failures == [""]
    assert scores(rows(graders), "ada")["test_f"] == 3.0


def test_what_is_no_notebook_fails_alone_and_says_why(course, release, rows, caplog):
    old = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []})
    texts = ["", "{", "[]", '{"cells": 1}', old]
    for number, text in enumerate(texts):
        submit(course, f"s{number}", text)
    submit(course, "bob", with_texts(release, **RIGHT))
    assert autograde(course)
    assert caplog.text.count("autograder.model.SubmissionError") == len(texts)
    assert scores(rows(course), "bob")["test_f"] == 3.0
    assert [p.parent.name for p in (course / "autograded").glob("*/ps1")] == ["bob"]


@pytest.mark.slow
def test_without_force_only_newer_submissions_are_graded(graders, release, rows):
    old, new = "2026-03-02 10:00:00 UTC", "2026-03-02 11:00:00 UTC"
    submit(graders, "ada", release, timestamp_txt=old)
    autograde(graders)
    submit(graders, "ada", with_texts(release, **RIGHT))
    autograde(graders)
    assert scores(rows(graders), "ada")["test_f"] == 0.0
    submit(graders, "ada", with_texts(release, **RIGHT), timestamp_txt=new)
    autograde(graders)
    assert scores(rows(graders), "ada")["test_f"] == 3.0


def test_a_resubmission_without_its_test_cells_keeps_no_old_points(graders, release, rows):
    submit(graders, "ada", with_texts(release, **RIGHT))
    autograde(graders)
    worse = with_texts(release, f="f = None")
    worse["cells"] = [c for c in worse["cells"] if not c["id"].startswith("test")]
    submit(graders, "ada", worse)
    autograde(graders, force=True)
    assert scores(rows(graders), "ada")["test_f"] == 0.0
