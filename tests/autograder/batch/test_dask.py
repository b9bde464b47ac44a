"""More than one process, some of them killed: equal reports from every way of running a class."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from importlib import import_module

import pytest
from typed_commands import typed

from autograder.batch import dask as cluster_module
from autograder.batch.dask import dask_executor
from autograder.batch.run import ClassRun
from autograder.model import CourseError, Graded

pytestmark = pytest.mark.slow

SQUARES = "def double(x):\n    return x * x"
LOOPS = "def double(x):\n    while True: pass"
STUDENTS = {
    "ada": {}, "bob": {"double": SQUARES}, "cy": {"norms": "x ="}, "dan": {"double": LOOPS},
    "eve": {}, "flo": {"norms": SQUARES}, "gus": {}, "hal": {"double": SQUARES},
}  # fmt: skip


@pytest.fixture
def class_of_eight(tiny, submit):
    for name, cells in STUDENTS.items():
        submit(name, **cells)
    return tiny


def command(course, *arguments):
    return typed(course.root, *arguments)


def comparable(report):
    """A report without its times."""
    data = report.to_json() if not isinstance(report, dict) else report
    data = json.loads(json.dumps(data))
    data.pop("seconds")
    for exercise in data["exercises"]:
        for check in exercise["checks"]:
            check.pop("seconds")
    return data


def kept_reports(course):
    folder = course.root / ".autograder/reports/tiny"
    return {p.stem: comparable(json.loads(p.read_text())["report"]) for p in folder.glob("*.json")}


def grades(course):
    with sqlite3.connect(course.root / "gradebook.db") as gradebook:
        rows = gradebook.execute(
            "select a.student_id, c.name, g.auto_score from grade g "
            "join submitted_notebook n on g.notebook_id = n.id "
            "join submitted_assignment a on n.assignment_id = a.id "
            "join base_cell c on g.cell_id = c.id"
        )
        return sorted(rows)


def forget(course):
    """Back to where nothing was graded."""
    for path in ("gradebook.db",):
        (course.root / path).unlink(missing_ok=True)
    subprocess.run(["rm", "-rf", "autograded", ".autograder"], cwd=course.root, check=True)


def test_one_worker_two_workers_and_shards_give_equal_reports(class_of_eight):
    course = class_of_eight
    assert command(course, "grade", "tiny", "--workers", "1").returncode == 0
    alone, points = kept_reports(course), grades(course)
    assert len(alone) == len(STUDENTS)
    forget(course)
    assert command(course, "grade", "tiny", "--workers", "2").returncode == 0
    assert kept_reports(course) == alone and grades(course) == points
    forget(course)
    for index in (1, 2, 3):
        shard = command(
            course, "grade", "tiny", "--shard", f"{index}/3", "--reports", f"{index}.jsonl"
        )
        assert shard.returncode == 0, shard.stderr
    assert not (course.root / "gradebook.db").exists()
    merged = command(course, "record", "tiny", "1.jsonl", "2.jsonl", "3.jsonl")
    assert merged.returncode == 0, merged.stderr
    assert kept_reports(course) == alone and grades(course) == points
    again = command(course, "grade", "tiny")
    assert "8 unchanged" in again.stdout


DEADLY = """
import os

from autograder.batch.order import Order


class Deadly(Order):
    def result(self, graded, beside, key):
        if graded.report.student == "killer":
            os._exit(1)
        return graded
"""


def test_a_dask_cluster_gives_the_same_reports_and_sets_a_killer_of_workers_aside(
    class_of_eight, submit, tmp_path, monkeypatch
):
    """One worker is killed from outside; one job ends every worker that it is given."""
    distributed = pytest.importorskip("distributed")
    course = class_of_eight
    assert command(course, "grade", "tiny", "--workers", "1").returncode == 0
    alone = kept_reports(course)
    submit("killer")
    (tmp_path / "deadly.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(tmp_path)  # the workers' import path, too
    run = ClassRun(course, "tiny", force=True, order=import_module("deadly").Deadly())
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        address = cluster.scheduler_address
        victim = next(iter(cluster.workers.values()))
        found, failed = {}, []
        for job, outcome in run.outcomes(2, lambda: dask_executor(address)):
            if isinstance(outcome, Graded):
                found[job.student] = comparable(outcome.report)
            else:
                failed.append((job.student, outcome.reason))
            if victim is not None:
                os.kill(victim.process.process.pid, signal.SIGKILL)
                victim = None
    assert found == alone
    [(student, reason)] = failed
    assert student == "killer" and "grading it ended the worker" in reason


def test_a_job_that_the_cluster_lets_go_ends_the_run_with_a_reason():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as cluster:
        executor = dask_executor(cluster.scheduler_address)
        future = executor.submit(len, "no worker ever takes this")
        executor._client.cancel(list(executor._inner._futures))
        with pytest.raises(CourseError, match="scheduler let go of a job"):
            future.result(60)
        executor.shutdown(wait=False)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(cluster_module, "ANSWER_SECONDS", 0.5)
    with pytest.raises(CourseError, match=r"no dask scheduler answers at 127\.0\.0\.1:1"):
        dask_executor("127.0.0.1:1")


def test_a_cluster_without_workers_is_named_while_the_run_waits(monkeypatch, capsys):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(cluster_module, "LONELY_SECONDS", 0.2)
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as cluster,
        dask_executor(cluster.scheduler_address) as executor,
    ):
        waiting = executor.submit(abs, -1)
        said = ""
        while "the dask scheduler has no workers" not in said:
            time.sleep(0.05)
            said += capsys.readouterr().err
            assert not waiting.done()
        cluster.scale(1)
        assert waiting.result(60) == 1
