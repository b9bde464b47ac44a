"""One budget per submission, over all that is done for it: whoever takes more is set aside."""

import sqlite3
from dataclasses import replace

import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch import dask, pool
from autograder.batch.pool import Failure, Fault
from autograder.batch.run import ClassRun
from autograder.grading.running import LiveSubmission
from autograder.nbgrader_plugins import configure, executing
from autograder.notebook.cells import RunnableCell
from autograder.notebook.safe_outputs import MOST_SHOWN
from autograder.sandbox import Limits, Sandbox

pytestmark = pytest.mark.family

ENDLESS = "def double(x):\n    return 13.0"
HANGING = """
@pytest.mark.exercise("double")
def test_double_takes_long_to_compare(student):
    '''Stands for anything that a student's value makes the judge do'''
    answer = student.double(3.0)
    while answer == 13:
        pass
"""


@pytest.fixture
def hanging(tiny, submit, monkeypatch):
    """A class in which one answer keeps the judge busy for ever."""
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text() + HANGING)
    submit("ada")
    submit("bob", double=ENDLESS)
    submit("cy")
    budget_of_job = pool.budget_of_job

    def shorter(job):
        return shorter_for_bob(budget_of_job(job), job.student)

    monkeypatch.setattr(pool, "budget_of_job", shorter)
    monkeypatch.setattr(dask, "budget_of_job", shorter)
    return tiny


def shorter_for_bob(budget, *of):
    """His never ends; the others have the time that starting a worker takes on a slow machine."""
    return replace(budget, seconds=2.0) if "bob" in of else budget


def test_a_budget_is_twice_the_time_of_a_submission_and_some(tiny):
    assert pool.budget_of(replace(tiny, submission_seconds=3.0)).seconds == 16.0


def test_a_submission_that_keeps_the_judge_busy_is_set_aside_and_the_class_goes_on(hanging):
    found = {job.student: outcome for job, outcome in ClassRun(hanging, "tiny").outcomes(2)}
    failure = found.pop("bob")
    assert isinstance(failure, Failure) and failure.fault is Fault.SUBMISSION
    assert "it took longer than 2 s" in failure.reason
    assert {name: graded.report.points for name, graded in found.items()} == {"ada": 10, "cy": 10}


@pytest.mark.slow
def test_the_same_in_a_cluster(hanging):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        run = ClassRun(hanging, "tiny")
        outcomes = run.outcomes(1, lambda: dask.dask_executor(cluster.scheduler_address))
        found = {job.student: outcome for job, outcome in outcomes}
    assert "it took longer than 2 s" in found.pop("bob").reason
    assert {name: graded.report.points for name, graded in found.items()} == {"ada": 10, "cy": 10}


def config_of(root):
    config = Config()
    exec((root / "nbgrader_config.py").read_text(), {"get_config": lambda: config})
    configure(config)
    return config


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
def test_the_same_by_nbgraders_own_command(hanging, monkeypatch):
    in_own_worker = executing.in_own_worker

    def shorter(budget, function, *arguments):
        return in_own_worker(shorter_for_bob(budget, *arguments), function, *arguments)

    monkeypatch.setattr(executing, "in_own_worker", shorter)
    root = hanging.root
    config = config_of(root)
    coursedir = CourseDirectory(root=str(root), assignment_id="tiny", config=config)
    with pytest.raises(NbGraderException):  # some of them failed, says nbgrader
        Autograde(coursedir=coursedir, config=config).start()
    with sqlite3.connect(root / "gradebook.db") as book:
        scored = book.execute(
            "select s.student_id, sum(g.auto_score) from grade g"
            " join submitted_notebook n on n.id = g.notebook_id"
            " join submitted_assignment s on s.id = n.assignment_id group by s.student_id"
        ).fetchall()
    book.close()
    assert dict(scored) == {"ada": 10, "bob": None, "cy": 10}
    assert not (root / "autograded/bob/tiny").exists()


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(cell_seconds=1.0, call_seconds=1.0)) as made:
        yield made


def cells(*sources):
    return [RunnableCell(number, source) for number, source in enumerate(sources)]


def begun(results):
    return [n for n, result in sorted(results.items()) if "was over" not in result.error_message]


def test_cells_are_not_begun_when_the_time_of_the_submission_is_over(sandbox):
    with LiveSubmission(
        sandbox, cells(*["import time; time.sleep(999)"] * 40), seconds=1.5
    ) as live:
        results = live.run_cells()
    assert {result.status for result in results.values()} == {"timeout"} and len(results) == 40
    assert len(begun(results)) <= 3, "each takes a second, or what is left of the time"


def test_cells_that_end_just_under_their_limit_are_not_begun_without_end(sandbox):
    with LiveSubmission(
        sandbox, cells(*["import time; time.sleep(0.7)"] * 40), seconds=1.5
    ) as live:
        results = live.run_cells()
    assert len(begun(results)) <= 4


def test_fatal_cells_do_not_replay_sound_ones_without_end(sandbox):
    busy = "import time; end = time.process_time() + 0.1\nwhile time.process_time() < end: pass"
    mixed = cells(*[busy] * 4, *["import os; os._exit(1)"] * 40)
    with LiveSubmission(sandbox, mixed, seconds=4.0) as live:
        results = live.run_cells()
    assert results[3].status == "ok"
    assert len(begun(results)) <= 20, "every fatal one costs all that is sound again"


def test_calls_have_time_of_their_own_when_cells_have_used_all_of_it(sandbox):
    text = "def f(x):\n    return 2 * x"
    sources = cells(text, *["import time; time.sleep(999)"] * 9)
    with LiveSubmission(sandbox, sources, seconds=3.0) as live:
        live.run_cells()
        assert live.call("f", (2.0,), {}, seed=0, stand_ins={}).value == 4.0


def test_calls_are_answered_at_once_when_their_time_is_over_too(sandbox):
    text = "import time\ndef f(x):\n    time.sleep(999)"
    sources = cells(*[text.replace("f(", f"f{n}(") for n in range(30)])
    with LiveSubmission(sandbox, sources, seconds=1.5) as live:
        live.run_cells()
        found = [live.call(f"f{n}", (2.0,), {}, seed=0, stand_ins={}) for n in range(30)]
    assert {result.status for result in found} == {"timeout"}
    assert sum(result.seconds > 0 for result in found) <= 3, "the others were not tried"


def shown(results):
    return sum(len(str(output)) for result in results.values() for output in result.outputs)


def test_a_notebook_shows_no_more_than_a_few_of_its_cells_may():
    text = "print('y' * 19_000)"
    with (
        Sandbox(Limits(output_bytes=20_000)) as small,
        LiveSubmission(small, cells(*[text] * 60)) as live,
    ):
        results = live.run_cells()
    assert {result.status for result in results.values()} == {"ok"}
    assert shown(results) < 20_000 * MOST_SHOWN + 60 * 200
    assert "shows too much" in str(results[59].outputs) and "yyy" in str(results[0].outputs)


def test_printing_much_hides_neither_an_error_nor_a_score():
    flood = "print('y' * 19_000)"
    with (
        Sandbox(Limits(output_bytes=20_000)) as small,
        LiveSubmission(small, cells(*[flood] * 9, flood + "\n0.5", flood + "\n1/0")) as live,
    ):
        results = live.run_cells()
    kept = [output["output_type"] for n in (9, 10) for output in results[n].outputs]
    assert kept == ["execute_result", "stream", "error", "stream"]
    assert results[9].outputs[0]["data"]["text/plain"] == "0.5"
    assert results[10].outputs[0]["ename"] == "ZeroDivisionError"
