"""kill -9 of a worker, of a child-maker, of the whole run: nothing lost, nothing counted twice."""

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from pathlib import Path

import pytest

from autograder.batch import pool
from autograder.batch.pool import MOST_TRIES, Failure, Job, WorkerLost, grade_all
from autograder.grading.grader import Grader

SEED = 20260115
SQUARES = "def double(x):\n    return x * x"
HERE = Path(__file__).parent


def comparable(data):
    """A report without its times."""
    data = json.loads(json.dumps(data))
    data.pop("seconds")
    for exercise in data["exercises"]:
        for check in exercise["checks"]:
            check.pop("seconds")
    return data


@pytest.mark.slow
def test_a_run_killed_at_any_step_of_recording_goes_on_where_it_stopped(half_recorded):
    course, results = half_recorded
    script = str(HERE / "kill_anywhere.py")
    done = subprocess.run(
        [sys.executable, script, str(course.root), str(results), str(SEED)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert {"COMMIT", "os.rename autograded .tiny.new", "open .autograder"} <= found[
        "moments"
    ].keys()
    assert not found["wrong"], "\n".join(found["wrong"])
    assert all(from_the_end <= 5 for from_the_end in found["survived"]), found["survived"]


DYING = """
import os, random, signal, sys
from autograder.batch import pool
from autograder.cli import main
from autograder.sandbox import processes
from autograder.sandbox.channel import Channel
from autograder.sandbox.nursery import NurseryAddress

NurseryAddress.connect = lambda self: None  # each worker's makers are processes that it knows
warm, grade_job, launch, send = pool._warm_up, pool.grade_job, processes.launch, Channel.send
maker, left, student = 0, -1, ""


def launch_and_remember(*arguments):
    global maker
    process, connection = launch(*arguments)
    maker = process.pid
    return process, connection


def grade_or_die(job):
    global left, student
    student, kind = job.student, job.student.partition("-")[0]
    left = random.Random(f"SEED {student}").randint(1, 5)
    if kind == "honest" or kind != "killer" and os.path.exists(f"{student} was killed"):
        left = -1
    return grade_job(job)


def send_or_die(self, *message):
    global left
    left -= 1
    if left == 0:
        with open(f"{student} was killed", "a") as file:
            print("once", file=file)
        os.kill(maker if student.startswith("maker") else os.getpid(), signal.SIGKILL)
    return send(self, *message)


def warm_up(*arguments):  # of this module, so that a worker that is started anew imports it
    return warm(*arguments)


pool._warm_up = warm_up
pool.grade_job, processes.launch, Channel.send = grade_or_die, launch_and_remember, send_or_die
"""


def gradebook(course):
    """Scores by student and cell; every cell has one row."""
    with sqlite3.connect(course.root / "gradebook.db") as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        rows = connection.execute(
            "select a.student_id, c.name, g.auto_score from grade g "
            "join submitted_notebook n on g.notebook_id = n.id "
            "join submitted_assignment a on n.assignment_id = a.id "
            "join base_cell c on g.cell_id = c.id"
        ).fetchall()
    connection.close()
    assert len(rows) == len({row[:2] for row in rows})
    return {row[:2]: row[2] for row in rows}


def kept_reports(course):
    folder = course.root / ".autograder/reports/tiny"
    return {p.stem: comparable(json.loads(p.read_text())["report"]) for p in folder.glob("*.json")}


def run_script(course, script, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=course.root, capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


@pytest.mark.slow
def test_workers_and_child_makers_killed_at_any_moment_change_no_report(tiny, submit):
    makers = [f"maker-{number}" for number in range(1, 7)]
    names = ["honest", "killer", *makers, "worker-1", "worker-2"]
    for number, name in enumerate(names):
        submit(name, **({"double": SQUARES} if number % 2 else {}))
    # replaced workers import it, too
    (tiny.root / "dying.py").write_text(DYING.replace("SEED", str(SEED)))
    go = "import dying; dying.main(['grade', 'tiny', '--workers', '2'])"
    done = run_script(tiny, go)
    kills = {p.name.split()[0]: len(p.read_text().split()) for p in tiny.root.glob("* was killed")}
    once = {name: 1 for name in names if name not in ("honest", "killer")}
    assert kills.pop("killer") >= MOST_TRIES and kills == once, done.stderr
    assert done.returncode == 1, done.stderr
    assert "NOT GRADED killer (the grader failed" in done.stdout
    assert done.stdout.count("NOT GRADED") == 1, done.stdout
    assert "grading it ended the worker" in done.stdout
    with Grader(tiny, "tiny") as grader:
        expected = {
            name: grader.grade((tiny.submitted("tiny", name) / "tiny.ipynb").read_bytes(), name)
            for name in names
            if name != "killer"
        }
    assert kept_reports(tiny) == {n: comparable(g.report.to_json()) for n, g in expected.items()}
    assert gradebook(tiny) == {
        (name, f"test_{exercise.name}"): exercise.points
        for name, graded in expected.items()
        for exercise in graded.report.exercises
    }


KILLED = """
import sys
sys.path.insert(0, sys.argv[1])
from kill_anywhere import Moments
Moments(sys.argv[2], int(sys.argv[3]), group=True)
from autograder.cli import main
main(["grade", "tiny", "--workers", "2"])
"""


@pytest.mark.slow
def test_a_whole_run_that_was_killed_goes_on(tiny, submit):
    for number in range(6):
        submit(f"s{number}", **({"double": SQUARES} if number % 2 else {}))
    killed = run_script(
        tiny, KILLED, str(HERE), str(tiny.root), "110", start_new_session=True
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    done = run_script(tiny, "from autograder.cli import main; main(['grade', 'tiny'])")
    assert done.returncode == 0, done.stderr
    assert {student for student, _ in gradebook(tiny)} == {f"s{n}" for n in range(6)}
    scores = gradebook(tiny)
    assert scores["s0", "test_double"] == 4 and scores["s1", "test_double"] == 0
    assert len(kept_reports(tiny)) == 6


class Scripted(Executor):
    """Answers each job by its student's script: what happens at the first try, the second …"""

    made = 0

    def __init__(self, scripts):
        type(self).made += 1
        self.scripts = scripts
        self.broken = False

    def submit(self, fn, /, job):
        future = Future()
        act = self.scripts[job.student].pop(0) if self.scripts[job.student] else "done"
        if self.broken or act == "cannot start":
            self.broken = True
            raise BrokenExecutor("broken")
        if act == "lost":
            future.set_exception(WorkerLost("its worker died"))
        elif act == "breaks":
            self.broken = True
            future.set_exception(BrokenExecutor("a worker died"))
        else:
            future.set_result(act)
        return future


def outcomes(scripts, course, workers=1):
    Scripted.made = 0
    jobs = [Job(course, "tiny", student, b"") for student in scripts]
    found = list(grade_all(jobs, lambda: Scripted(scripts), workers))
    assert sorted(job.student for job, _ in found) == sorted(scripts), "each has one outcome"
    return {job.student: outcome for job, outcome in found}


@pytest.mark.parametrize("how", ["lost", "breaks", "cannot start"])
def test_a_job_that_ends_its_worker_alone_is_set_aside_and_no_other(built_course, how):
    scripts = {"ada": [], "bob": [], "killer": [how] * 9, "cy": [], "dan": []}
    found = outcomes(scripts, built_course)
    assert isinstance(found.pop("killer"), Failure)
    assert set(found.values()) == {"done"}


def test_only_what_breaks_an_executor_makes_a_new_one(built_course):
    outcomes({"ada": ["lost"], "bob": []}, built_course)
    assert Scripted.made == 1
    outcomes({"ada": ["breaks"], "bob": []}, built_course)
    assert Scripted.made == 2


def test_an_executor_that_dies_while_nothing_is_under_way_is_replaced(built_course):
    found = outcomes({"ada": [], "bob": ["cannot start"], "cy": []}, built_course)
    assert set(found.values()) == {"done"}


def test_a_job_that_is_unlucky_in_company_is_no_killer(built_course):
    """Dask counts deaths for all jobs on a worker: only one that dies alone is to blame."""

    class Dask(Scripted):
        def submit(self, fn, /, job):
            future = super().submit(fn, job)
            if future.exception():
                future = Future()
                future.set_exception(WorkerLost("its workers died", times=MOST_TRIES + 1))
            return future

    scripts = {"ada": ["lost"], "killer": ["lost"] * 9, "bob": ["lost"]}
    jobs = [Job(built_course, "tiny", student, b"") for student in scripts]
    found = {j.student: o for j, o in grade_all(jobs, lambda: Dask(scripts), 1)}
    assert isinstance(found["killer"], Failure) and found["ada"] == found["bob"] == "done"


def test_suspects_are_tried_with_nothing_else_under_way(built_course, monkeypatch):
    together = []

    def look_and_wait(running, **options):
        together.append({job.student for job in running.values()})
        return wait(running, **options)

    monkeypatch.setattr(pool, "wait", look_and_wait)
    scripts = {"ada": ["breaks"], "bob": ["-"], "cy": [], "dan": [], "eve": [], "fay": []}
    outcomes(scripts, built_course)
    assert together == [{"ada"}, {"ada"}, {"bob"}, {"cy", "dan", "eve", "fay"}]


def test_only_a_worker_lost_on_trial_speaks_against_a_job(built_course):
    """The deaths that others brought about, and two of its own, are bad luck."""
    scripts = {
        "unlucky": ["breaks"] * MOST_TRIES,  # the first one in company
        "killer": ["breaks"] * (MOST_TRIES + 1),
    }
    found = outcomes(scripts, built_course)
    assert found["unlucky"] == "done"
    assert found["killer"].reason == f"grading it ended the worker {MOST_TRIES} times"
