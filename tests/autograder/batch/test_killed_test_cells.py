"""Kills where test cells have no hidden graders, all of a notebook's or some: nothing is lost."""

import json
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import mixed_course
import pytest
from typed_commands import typed

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
CELLS = ("test_f", "test_g", "share", "test_v")
KINDS = ("right", "guess", "loud", "without")  # and none that a busy machine could decide
CLASS = {f"{name}{number}": name for number in (1, 2, 3) for name in KINDS}
POINTS = {
    (student, cell): points
    for student, name in CLASS.items()
    for cell, points in zip(CELLS, mixed_course.ANSWERS[name][1], strict=True)
}
GRADE = """
import atexit, json, os, sys
sys.path.insert(0, sys.argv[1])
from kill_anywhere import Moments
from autograder.cli import main
mine, moments = os.getpid(), Moments(sys.argv[2], int(sys.argv[3]), True, int(sys.argv[4]))
atexit.register(lambda: mine == os.getpid() and print("moments", len(moments.kinds)))
main(["grade", "ps1", "--workers", "2"])
"""
WORKERS = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from autograder.batch import pool
from autograder.sandbox.channel import Channel
from autograder.cli import main

grade_job, send, left = pool.grade_job, Channel.send, -1


def grade_or_die(job):
    global left
    left = int(sys.argv[2])
    return grade_job(job)


def send_or_die(self, *message):
    global left
    left -= 1
    if left == 0:
        try:
            os.close(os.open("killed", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return send(self, *message)


pool.grade_job, Channel.send = grade_or_die, send_or_die
main(["grade", "ps1", "--workers", "2"])
"""


@pytest.fixture(scope="module")
def course_of(tmp_path_factory):
    """By kind: a course as it is before the run, the graded one, and how many moments that has."""

    @cache
    def made(kind):
        root = prepared(tmp_path_factory.mktemp("prepared") / "course", kind)
        whole = mixed_course.copied(root, tmp_path_factory.mktemp("undisturbed"))
        done = run(GRADE, whole, -1, 0)
        assert done.returncode == 0, done.stderr + done.stdout
        return root, whole, int(done.stdout.rpartition("moments ")[2])

    return made


def prepared(root, kind):
    """A released course and its class, whose author's notebook is planned; not graded."""
    mixed_course.write_course(root)
    shutil.rmtree(root / "submitted")
    for student, name in CLASS.items():
        mixed_course.hand_in(root, student, {**mixed_course.RIGHT, **mixed_course.ANSWERS[name][0]})
    if kind == "no hidden graders":
        shutil.rmtree(root / "tests")
    planned = typed(root, "plan", "ps1")
    assert planned.returncode == 0
    return root


def run(script, root, *arguments):
    return subprocess.run(
        [sys.executable, "-c", script, str(HERE), *([str(root)] if script is GRADE else []),
         *map(str, arguments)],
        cwd=root, capture_output=True, text=True, check=False, start_new_session=True,
    )  # fmt: skip


def graded_again(root, undisturbed, rows):
    """The same command once more; how many it graded. All is as if nothing had happened."""
    kept = list((root / ".autograder/reports/ps1").glob("*.json"))
    done = typed(root, "grade", "ps1", "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout.splitlines()[-1])["unchanged"] == len(kept)
    found = rows(root)
    points = {(g[0], g[2]): g[4] for g in found["grades"] if g[2] in CELLS}
    assert points == POINTS
    assert len([g for g in found["grades"] if g[2] in CELLS]) == len(POINTS), "none has two rows"
    assert found == rows(undisturbed)
    assert files_below(root / "autograded") == files_below(undisturbed / "autograded")


def files_below(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# Each end of a run for one kind of course: ends and kinds know nothing of each other.
@pytest.mark.parametrize(
    ("kind", "sent", "share"),
    [
        ("no hidden graders", signal.SIGKILL, 0.3),
        ("some hidden graders", signal.SIGKILL, 0.8),
        ("some hidden graders", signal.SIGINT, 0.5),
    ],
)
def test_a_run_that_was_ended_at_any_moment_goes_on(course_of, tmp_path, rows, kind, sent, share):
    before, whole, moments = course_of(kind)
    root = mixed_course.copied(before, tmp_path)
    ended = run(GRADE, root, int(share * moments), int(sent))
    assert ended.returncode == (-9 if sent == signal.SIGKILL else 130), ended.stderr
    graded_again(root, whole, rows)


@pytest.mark.parametrize(
    ("kind", "message"),
    [("no hidden graders", 1), ("some hidden graders", 4)],
)
def test_a_worker_that_is_killed_costs_nobody_a_point(course_of, tmp_path, rows, kind, message):
    before, whole, _ = course_of(kind)
    root = mixed_course.copied(before, tmp_path)
    done = run(WORKERS, root, message)
    assert done.returncode == 0, done.stderr + done.stdout
    assert (root / "killed").exists()
    graded_again(root, whole, rows)
