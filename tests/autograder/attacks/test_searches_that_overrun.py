"""What the search for slips takes costs hints and no grade, through every door."""

import sqlite3
from dataclasses import replace

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch import pool
from autograder.batch.run import ClassRun
from autograder.batch.workers import Budget
from autograder.grading.grader import Grader
from autograder.nbgrader_plugins import configure, executing
from autograder.repair.hints import Repairer
from autograder.sandbox import SandboxError

pytestmark = pytest.mark.family

TRIPLE = "def double(x):\n    return 3 * x"
LITTLE = Budget(600, 400 << 20)
SEARCHES = """
import os, time
from autograder.repair.hints import Repairer
def _search(self, exercises, live):
    if {way!r} == "dies":
        os.kill(os.getpid(), 9)
    held = []
    while any(not check.passed for e in exercises for check in e.checks):
        held.append(b"x" * (1 << 20))
        time.sleep(0.0005)
    return exercises
Repairer.hinted = _search
"""


@pytest.fixture(params=["eats", "dies"])
def searching(request, tiny, submit, monkeypatch):
    """A class with a submission whose search eats up the memory, or ends its process."""
    monkeypatch.setattr(Repairer, "hinted", Repairer.hinted)  # so that it is put back
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text() + SEARCHES.format(way=request.param))
    submit("ada")
    submit("bob", double=TRIPLE)
    return replace(tiny, repair_seconds=1.0)


def test_it_is_graded_again_without_the_search(searching, monkeypatch):
    monkeypatch.setattr(pool, "budget_of_job", lambda job: LITTLE)
    found = {
        job.student: outcome.report for job, outcome in ClassRun(searching, "tiny").outcomes(1)
    }
    assert found["ada"].points == 10
    wrong = found["bob"].exercise("double")
    assert {check.hint for check in wrong.checks} == {""}
    assert 0 < found["bob"].points < 10


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
def test_the_same_by_nbgraders_own_command(searching, monkeypatch):
    monkeypatch.setattr(executing, "budget_of", lambda course: LITTLE)
    root, config = searching.root, Config()
    exec((root / "nbgrader_config.py").read_text(), {"get_config": lambda: config})
    configure(config)
    config.Autograder.repair_seconds = 1.0
    coursedir = CourseDirectory(root=str(root), assignment_id="tiny", config=config)
    Autograde(coursedir=coursedir, config=config).start()
    with sqlite3.connect(root / "gradebook.db") as book:
        scored = dict(book.execute(
            "select s.student_id, sum(g.auto_score) from grade g"
            " join submitted_notebook n on n.id = g.notebook_id"
            " join submitted_assignment s on s.id = n.assignment_id group by s.student_id"
        ).fetchall())  # fmt: skip
    book.close()
    assert scored["ada"] == 10 and 0 < scored["bob"] < 10


@pytest.mark.parametrize("error", [MemoryError, SandboxError("gone"), RecursionError, OSError])
def test_an_exception_of_the_search_leaves_what_was_judged(tiny, filled, monkeypatch, error):
    def raised(*_):
        raise error

    with Grader(replace(tiny, repair_seconds=1.0), "tiny") as grader:
        before = grader.grade(filled(double=TRIPLE), "ada", hints=False).report
        monkeypatch.setattr(Repairer, "_searched", raised)
        after = grader.grade(filled(double=TRIPLE), "ada").report
    assert [(e.name, e.points) for e in after.exercises] == [
        (e.name, e.points) for e in before.exercises
    ]
    assert not any(check.hint for check in after.exercise("double").checks)
