"""What grows with the class grows with it and no faster: counted in steps, never in seconds."""

import copy
import dataclasses
import gc
import shutil
import sys
from concurrent.futures import Executor, Future
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import api as pages
from traitlets.config import Config

from autograder.batch.pool import AHEAD
from autograder.cli.progress import Tally
from autograder.course import Course
from autograder.gradebook import shared
from autograder.gradebook.shared import SharedGradebook
from autograder.gradebook.staging import Staging
from autograder.model import Report
from autograder.nbgrader_plugins import configure

pytestmark = pytest.mark.family

ROOT = Path(__file__).parents[3]
SMALL, LARGE = 40, 160
NOT_WITH_THE_CLASS = {"Formgrader: assignments", "Formgrader: notebooks of an assignment"}


@pytest.fixture(scope="module")
def growth(built_course, filled, tmp_path_factory):
    """Counts of every operation on a small class and on one four times as large."""
    sys.path.insert(0, str(ROOT))
    try:
        from benchmarks import gradebook as benchmark
        from benchmarks.writer import graded_once  # noqa: F401 - the same import as there
    finally:
        sys.path.remove(str(ROOT))
    from autograder.grading.grader import Grader

    root = tmp_path_factory.mktemp("growth") / "course"
    shutil.copytree(built_course.root, root)
    course = Course.load(root)
    with Grader(course, "tiny") as grader:
        graded = grader.grade(filled(), "ada")
    found = {}
    before = pages.Gradebook
    configure(Config())
    try:
        with benchmark.counted() as counts:
            for size in (SMALL, LARGE):
                benchmark.grow(course, "tiny", graded, filled(), size)
                for name, operation in benchmark.operations(course, "tiny").items():
                    operation()  # once, for what is made at the first use
                    counts.statements = counts.steps = 0
                    operation()
                    found[name, size] = copy.copy(counts)
    finally:
        pages.Gradebook = before
    return found


OPERATIONS = [
    "nbgrader export", "Formgrader: assignments", "Formgrader: notebooks of an assignment",
    "Formgrader: submissions of an assignment", "Formgrader: submissions of a notebook",
    "Formgrader: students", "Formgrader: submissions of a student",
    "autograder grade, nothing changed", "autograder report", "autograder feedback, grades read",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_work_in_the_gradebook_grows_no_faster_than_the_class(growth, name):
    assert {n for n, _ in growth} == set(OPERATIONS)
    small, large = growth[name, SMALL], growth[name, LARGE]
    times = LARGE / SMALL
    assert large.steps <= 1.25 * times * small.steps + 20, "quadratic: 16 times the steps"
    assert large.statements <= times * small.statements
    if name in NOT_WITH_THE_CLASS:
        assert large.statements == small.statements


@pytest.mark.slow
def test_the_list_of_students_is_nbgraders_own(course, solution, by_hand):
    """With scores by hand, extra credit, a student without a submission and two assignments."""
    from nbgrader.coursedir import CourseDirectory

    from autograder.gradebook.recorder import Recorder

    url = f"sqlite:///{course / 'gradebook.db'}"
    with SharedGradebook(url) as gradebook:
        assert gradebook.student_dicts() == []
    for student in ("ada", "bob"):
        (course / "submitted" / student / "ps1").mkdir(parents=True)
    with Recorder(CourseDirectory(root=str(course)), "ps1") as recorder:
        for student, share in (("ada", 1.0), ("bob", 0.5)):
            recorder.record(by_hand(solution, {"f": share, "g": share}, student=student))
    with Gradebook(url) as gradebook:
        gradebook.update_or_create_student("cy", first_name="Cy", email="cy@example.org")
        gradebook.update_or_create_assignment("ps2", duedate=datetime(2026, 3, 1))
        gradebook.find_grade("test_f", "ps1", "ps1", "ada").manual_score = 0.25
        gradebook.find_grade("test_g", "ps1", "ps1", "ada").extra_credit = 1.5
        gradebook.db.commit()
        theirs = gradebook.student_dicts()
    with SharedGradebook(url) as gradebook:
        ours = gradebook.student_dicts()
    assert sorted(ours, key=lambda s: s["id"]) == sorted(theirs, key=lambda s: s["id"])
    assert {s["id"]: s["score"] for s in ours} == {"ada": 4.25, "bob": 2.75, "cy": 0.0}


@pytest.mark.quick
def test_formgrader_reads_through_the_shared_gradebook(monkeypatch):
    monkeypatch.setattr(pages, "Gradebook", Gradebook)
    configure(Config())
    assert pages.Gradebook is shared.SharedGradebook


def test_every_table_of_the_writer_gets_one_statement_per_batch(
    course, solution, by_hand, monkeypatch
):
    """However many submissions a batch holds, and none at all for rows that do not change."""
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy import Engine, event

    from autograder.gradebook.recorder import Recorder

    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(" ".join(statement.split()[:3]))

    def record_all(share):
        with Recorder(CourseDirectory(root=str(course)), "ps1") as recorder:
            for number in range(30):
                student = f"s{number}"
                (course / "submitted" / student / "ps1").mkdir(parents=True, exist_ok=True)
                recorder.record(by_hand(solution, {"f": share, "g": 1.0}, student=student))
            sent.clear()
            recorder.flush()
            return [text for text in sent if not text.startswith(("SELECT", "ANALYZE"))]

    event.listen(Engine, "before_cursor_execute", note)
    try:
        first, again, changed = record_all(1.0), record_all(1.0), record_all(0.5)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    tables = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment")
    assert sorted(first) == sorted(f"INSERT INTO {table}" for table in tables)
    assert again == []
    assert changed == ["UPDATE grade SET"]


@pytest.mark.slow
def test_no_more_reports_are_held_than_wait_for_the_gradebook(built_course, filled, tmp_path):
    """However large the class: the main process forgets what is recorded."""
    from nbgrader.coursedir import CourseDirectory

    from autograder.batch.order import Order, Product
    from autograder.batch.recording import RecordingRun
    from autograder.batch.run import ClassRun
    from autograder.gradebook.recorder import Recorder
    from autograder.grading.grader import Grader

    size, batch = 60, 5
    root = tmp_path / "course"
    shutil.copytree(built_course.root, root)
    course = Course.load(root)
    hand_in(course, size, filled())
    with Grader(course, "tiny") as grader:
        graded = grader.grade(filled(), "s000")

    gc.collect()
    before, held, tally = reports_alive(), [], Tally()
    for _ in range(2):  # the second time every report is there already
        coursedir = CourseDirectory(root=str(root))
        order = Order(Product.STAGED, Staging.of(coursedir, "tiny", Config()))
        run = ClassRun(course, "tiny", force=True, order=order)
        with (
            run.grading(1, lambda: Fresh(graded)) as outcomes,
            Recorder(coursedir, "tiny", batch=batch) as recorder,
        ):
            recording = RecordingRun(run, recorder)
            for number, (_, outcome) in enumerate(outcomes):
                recording.take(outcome)
                tally.add(outcome.report)
                if number % 9 == 8:
                    held.append(reports_alive() - before)
            recording.finish()
    assert len(held) == 12 and tally.graded == 2 * size
    assert max(held) <= batch + 2 * AHEAD


class Fresh(Executor):
    """Gives every student the same result, made anew."""

    def __init__(self, graded):
        self.graded = graded

    def submit(self, fn, /, job):
        future = Future()
        report = dataclasses.replace(self.graded.report, student=job.student)
        result = dataclasses.replace(self.graded, report=report)
        future.set_result(job.order.result(result, job.beside, job.key))
        return future


def hand_in(course, size, notebook):
    for number in range(size):
        folder = course.submitted("tiny", f"s{number:03}")
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(notebook)


def reports_alive():
    return sum(type(thing) is Report for thing in gc.get_objects())
