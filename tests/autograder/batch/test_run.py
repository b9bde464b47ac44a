"""A class through the pool into the gradebook: resumed, in shards, with failures in between."""

import subprocess
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.batch import pool
from autograder.batch import run as class_run
from autograder.batch.order import Order
from autograder.batch.pool import Failure, Fault, grade_all
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun, Shard
from autograder.cli.graded_class import changed_points, written
from autograder.cli.record import read_reports
from autograder.gradebook.recorder import Recorder
from autograder.language.catalogue import words
from autograder.model import CourseError, Graded, Key
from autograder.sandbox.processes import MakerDied

SQUARES = "def double(x):\n    return x * x"


slow = pytest.mark.slow  # every cold grader costs seconds


class Here(Executor):
    """Runs a job where it is submitted."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture(autouse=True)
def cold_graders():
    yield
    pool.close_graders()


def grade(course, *, executor=Here, workers=1, record=True, **options):
    """What `autograder grade` does, without its words."""
    run = ClassRun(course, "tiny", **options)
    with Recorder(CourseDirectory(root=str(course.root)), "tiny") as recorder:
        recording = RecordingRun(run, recorder)
        outcomes = list(run.outcomes(workers, executor))
        for _, outcome in outcomes:
            if record and isinstance(outcome, Graded):
                recording.take(outcome)
        recording.finish()
    graded = {j.student: o.report for j, o in outcomes if isinstance(o, Graded)}
    failures = [o for _, o in outcomes if isinstance(o, Failure)] + recording.failures
    return run, graded, [*failures, *run.plan.unreadable]


def points_in_gradebook(course):
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions("tiny")}


def test_scores_reach_the_gradebook(tiny, submit):
    submit("ada")
    submit("bob", double=SQUARES)
    _, graded, failures = grade(tiny)
    assert not failures
    assert points_in_gradebook(tiny) == {s: r.points for s, r in graded.items()}
    assert graded["ada"].points == 10 > graded["bob"].points


@pytest.mark.slow
def test_what_did_not_change_is_not_graded_again(tiny, submit):
    submit("ada")
    submit("bob")
    grade(tiny)
    submit("bob", double=SQUARES)
    run, graded, _ = grade(tiny)
    assert set(graded) == {"bob"} and run.plan.unchanged == ["ada"]
    assert set(grade(tiny, force=True)[1]) == {"ada", "bob"}


@slow
def test_after_one_grader_is_mended_only_its_exercise_is_checked_again(tiny, submit):
    submit("ada", double=SQUARES)
    grade(tiny)
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text().replace("rng.standard_normal((2, 3))", "2.0"))
    pool.close_graders()
    run = ClassRun(tiny, "tiny")
    [job] = run.jobs()
    assert job.only == {"double"}
    before = run.before("ada")
    _, graded, _ = grade(tiny)
    assert graded["ada"].exercise("double").points == 3  # 2.0 is the one number that squares hide
    [line] = changed_points(before, graded["ada"], words("en"))
    assert line.startswith("ada: double 0 → 3") and "wrong → passed" in line


@slow
def test_a_difference_is_shown_without_writing_anything(tiny, submit):
    submit("ada")
    grade(tiny)
    submit("ada", double=SQUARES)
    grade(tiny, record=False)
    assert points_in_gradebook(tiny) == {"ada": 10}
    assert set(grade(tiny)[1]) == {"ada"}, "the new result was not kept either"


@slow
@pytest.mark.parametrize(
    ("content", "word"),
    [(b"{", "JSON"), (b"", "empty"), (b'{"nbformat": 3, "worksheets": []}', "nbformat 3")],
    ids=["broken", "empty", "version 3"],
)
def test_an_unreadable_submission_is_named_and_the_class_goes_on(tiny, submit, content, word):
    submit("ada")
    grade(tiny)
    (submit("eve") / "tiny.ipynb").write_bytes(content)
    submit("zoe")
    _, graded, failures = grade(tiny)
    assert set(graded) == {"zoe"}
    [failure] = failures
    assert failure.student == "eve" and word in failure.reason and failure.fault is Fault.SUBMISSION
    assert points_in_gradebook(tiny).get("eve") is None


@slow
def test_a_link_in_place_of_a_notebook_is_not_followed(tiny, submit):
    submit("ada")
    path = submit("eve") / "tiny.ipynb"
    path.unlink()
    path.symlink_to(tiny.source_notebook("tiny"))
    _, graded, [failure] = grade(tiny)
    assert "ada" in graded and failure.student == "eve" and "link" in failure.reason


@slow
def test_a_broken_grader_stops_nobodys_old_grade(tiny, submit):
    submit("ada")
    grade(tiny)
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text().replace("3.0), 6.0)", "3.0), undefined_name)"))
    pool.close_graders()
    with pytest.raises(CourseError, match=r"fails on the reference itself: .*undefined_name"):
        grade(tiny, force=True)
    assert points_in_gradebook(tiny) == {"ada": 10}


@slow
def test_graders_that_do_not_import_are_the_authors_fault(tiny, submit):
    submit("ada")
    (tiny.tests("tiny") / "test_tiny.py").write_text("import nothing_of_that_name  # mark.exercise")
    with pytest.raises(CourseError, match="no graders could be collected"):
        grade(tiny)


def test_graders_without_a_check_are_the_authors_fault_wherever_the_command_is_started(
    tiny, submit, monkeypatch
):
    """pytest without a file would look through the current folder."""
    submit("ada")
    checks = tiny.tests("tiny") / "test_tiny.py"
    (tiny.root / "test_elsewhere.py").write_text(checks.read_text())
    checks.write_text("def test_something():\n    pass\n")
    monkeypatch.chdir(tiny.root)
    with pytest.raises(CourseError, match="no graders could be collected"):
        grade(tiny)


def test_nothing_submitted_is_said(tiny):
    with pytest.raises(CourseError, match=r"no submissions of tiny in .*submitted"):
        ClassRun(tiny, "tiny")


def test_shards_are_disjoint_and_complete():
    students = [f"s{i}" for i in range(11)]
    parts = [Shard(i, 3).of(students) for i in (1, 2, 3)]
    assert sorted(s for part in parts for s in part) == sorted(students)
    assert Shard.parse("2/3") == Shard(2, 3)
    for text in ("0/3", "4/3", "x", "1/", "-1/2"):
        with pytest.raises(CourseError, match="no shard"):
            Shard.parse(text)


@slow
def test_reports_written_elsewhere_are_read_back(tiny, submit, tmp_path):
    submit("ada")
    _, graded, _ = grade(tiny, record=False)
    path = tmp_path / "shard.jsonl"
    assert graded["ada"].to_json() == asdict(graded["ada"])
    key = Key({"x": "1"}, {}, {}, {"double": "2"})
    path.write_text(written(Graded(graded["ada"], {}, key=key)) + "\n")
    [found] = read_reports(path)
    assert (found.key, found.report) == (key, graded["ada"])
    path.write_text("{}\n")
    with pytest.raises(CourseError, match="line 1 is no report"):
        list(read_reports(path))


@slow
def test_several_threads_give_the_same_reports_as_one(tiny, submit):
    for name, cells in {"ada": {}, "bob": {"double": SQUARES}, "cy": {"norms": "x ="}}.items():
        submit(name, **cells)
    alone = grade(tiny, record=False)[1]
    jobs = ClassRun(tiny, "tiny").jobs()
    outcomes = grade_all(jobs, lambda: ThreadPoolExecutor(1), 4)
    together = {job.student: outcome.report for job, outcome in outcomes}
    assert {s: r.points for s, r in together.items()} == {s: r.points for s, r in alone.items()}


@slow
def test_where_no_sandbox_can_start_one_line_says_so_and_nothing_is_tried_again(tiny, submit):
    for student in ("ada", "bob", "cy"):
        submit(student)
    patch = (
        "from autograder.sandbox import SandboxError, processes\n"
        "def fail(*_):\n    open('tried.txt', 'a').write('.')\n"
        "    raise SandboxError('no user namespaces here')\n"
        "processes.MakerProcess._start = fail\n"
    )
    config = tiny.root / "nbgrader_config.py"
    config.write_text(patch + config.read_text())
    command = [sys.executable, "-m", "autograder", "grade", "tiny", "--workers", "1"]
    done = subprocess.run(command, cwd=tiny.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("no submission can be graded here: no user namespaces here") == 1
    assert "NOT GRADED" not in done.stdout and "Traceback" not in done.stderr
    assert not (tiny.root / "autograded").exists()


def test_a_warm_process_that_is_killed_at_the_start_costs_no_class(tiny, submit, monkeypatch):
    submit("ada")

    def killed(*_):
        raise MakerDied("killed")

    monkeypatch.setattr(pool, "tried_grader", killed)
    _, graded, [failure] = grade(tiny)
    assert not graded and failure.fault is Fault.GRADER and "killed" in failure.reason


def test_workers_of_a_class_without_hidden_graders_get_warm_from_one_nursery(monkeypatch):
    """They had started an interpreter each, beside the one that had been started early."""
    others = SimpleNamespace(are_all=True, warm_up=lambda nursery: ("address of", nursery))
    ungraded = SimpleNamespace(has_graders=lambda assignment: False)
    run = SimpleNamespace(course=ungraded, assignment="tiny", order=Order(others=others))
    monkeypatch.setattr(class_run, "local_pool", lambda *given: given)
    made = ClassRun._local_pool(run, 3, "the nursery")()
    assert made == (ungraded, "tiny", 3, ("address of", "the nursery"), others)
    begun = []
    others.get_warm = begun.append
    pool._warm_up(ungraded, "tiny", "address", others)
    assert begun == ["address"]
