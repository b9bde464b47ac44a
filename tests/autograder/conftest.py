"""A course of one tiny assignment, built once and copied for every test that changes it."""

import copy
import importlib.util
import json
import os
import pickle
import shutil
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.authoring.build import build
from autograder.course import Course

sys.path.append(str(Path(__file__).parent))  # lesson_course, two_people

import typed_commands
import warm_launches
from nbgrader.coursedir import CourseDirectory

from autograder.batch.run import ClassRun
from autograder.gradebook.recorder import Recorder
from autograder.grading.grader import Grader

typed_commands.spare_alembic()

settings.register_profile("no clock", deadline=None)  # a test never depends on the clock
settings.register_profile("inner loop", deadline=None, max_examples=20)

CONFIG = """
from autograder.nbgrader_plugins import release_config
c = get_config()
c.CourseDirectory.course_id = "tiny_course"
c.Autograder.seed = "tests"
c.Autograder.call_seconds = 0.5
c.Autograder.cell_seconds = 2.0
c.Autograder.repair_seconds = 0.0
release_config(c)
"""

GRADERS = '''
import pytest
from autograder.graders import assert_same, fail

@pytest.mark.exercise("double", weight=3)
def test_double_fresh(student, reference, rng):
    """Doubles any numbers"""
    x = rng.standard_normal((2, 3))
    assert_same(student.double(x), reference.double(x))

@pytest.mark.exercise("double", public=True)
def test_double_documented(student):
    """The example of the notebook"""
    assert_same(student.double(3.0), 6.0)

@pytest.mark.exercise("norms")
@pytest.mark.parametrize("size", [1, 4])
def test_norms(student, reference, rng, size):
    """One norm per column"""
    x = rng.standard_normal((3, size))
    assert_same(student.norms(x), reference.norms(x))

@pytest.mark.exercise("norms", weight=2)
def test_norms_uses_double(student, reference, rng):
    """Calls `double`, whatever that is"""
    x = rng.standard_normal((3, 2))
    half = lambda values: values / 2
    assert_same(
        student.standing_in(double=half).norms(x), reference.standing_in(double=half).norms(x)
    )
'''

MISCONCEPTIONS = """
import numpy as np
from autograder.graders import edited, misconception

edited("double", name="squares", hint="That is the square.", section="Doubling",
       replace=[("2 * x", "x * x")])

@misconception("norms", hint="The norms of the rows, not of the columns.")
def rows_for_columns(x):
    y = double(x)
    return np.sqrt(np.sum(y * y, axis=1))
"""

ALTERNATIVES = """
from autograder.graders import alternative

@alternative("double")
def by_adding(x):
    return x + x
"""


def markdown(name, text):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def code(name, text, *, tags=(), **nbgrader):
    metadata = {"tags": list(tags)} if tags else {}
    if nbgrader:
        roles = {"grade": False, "solution": False, "locked": False, "task": False}
        metadata["nbgrader"] = {**roles, "grade_id": name, "schema_version": 3, **nbgrader}
    return {
        "cell_type": "code", "id": name, "metadata": metadata,
        "source": textwrap.dedent(text).strip(), "outputs": [], "execution_count": None,
    }  # fmt: skip


TINY_CELLS = [
    markdown("title", "# Tiny\n\n## Doubling"),
    code("imports", "import numpy as np\nfrom public_check import check", locked=True),
    code(
        "double",
        '''
        def double(x):
            """Twice x, of the same shape."""
            ### START CODE HERE ### (≈ 1 line of code)
            y = 2 * x
            ### END CODE HERE ###
            return y
        ''',
        solution=True,
    ),
    code("test_double", "check(double, 3.0, expected=6.0)", grade=True, locked=True, points=4),
    code(
        "norms",
        '''
        def norms(x):
            """The norm of each column of the doubled array, shape (n,)."""
            y = double(x)
            ### START CODE HERE ### (≈ 1 line of code)
            n = np.sqrt(np.sum(y * y, axis=0))
            ### END CODE HERE ###
            return n
        ''',
        solution=True,
    ),
    code(
        "test_norms",
        "check(norms, np.eye(2), expected=np.array([2.0, 2.0]))",
        grade=True, locked=True, points=6,
    ),
    code("demo", "raise RuntimeError('never run by a grader')", tags=["skip-execution"],
         locked=True),
]  # fmt: skip


def tiny_notebook():
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "cells": copy.deepcopy(TINY_CELLS), "metadata": {"kernelspec": kernel},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip


def write_tiny_course(root: Path) -> None:
    (root / "source/tiny").mkdir(parents=True)
    (root / "tests/tiny").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "source/tiny/tiny.ipynb").write_text(json.dumps(tiny_notebook()))
    (root / "tests/tiny/test_tiny.py").write_text(GRADERS)
    (root / "tests/tiny/misconceptions.py").write_text(MISCONCEPTIONS)
    (root / "tests/tiny/alternatives.py").write_text(ALTERNATIVES)


# Files whose tests are about how a sandbox starts, or about what its process sees of the machine.
STARTED_FOR_REAL = (
    "attacks/",
    *(f"sandbox/test_{name}.py" for name in (
        "cpu_clock", "doctor", "limits", "nursery", "parity", "roots", "scratch", "threads",
        "two_sessions", "wall",
    )),
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _sandboxes_start_warm(request):
    """One second less for each sandbox that a test opens in this process."""
    file = request.path.relative_to(Path(__file__).parent).as_posix()
    if not hasattr(os, "pidfd_open") or file.startswith(STARTED_FOR_REAL):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        for place in warm_launches.places(warm_launches.launches().address):
            patch.setattr(*place)
        yield


@pytest.fixture(scope="session")
def built_course(tmp_path_factory) -> Course:
    """The tiny course with solutions and release; do not change it."""
    root = tmp_path_factory.mktemp("tiny")
    write_tiny_course(root)
    build(root)
    return Course.load(root)


@pytest.fixture
def tiny(built_course, tmp_path) -> Course:
    """A copy of the tiny course for one test."""
    root = tmp_path / "course"
    shutil.copytree(built_course.root, root)
    return Course.load(root)


@pytest.fixture(scope="session")
def filled(built_course):
    """Makes submissions: the release with some cells replaced, as bytes."""
    release = json.loads(built_course.release_notebook("tiny").read_text())

    def make(**cells: str) -> bytes:
        notebook = json.loads(json.dumps(release))
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in cells:
                cell["source"] = cells[name]
        return json.dumps(notebook).encode()

    return make


SQUARES = "def double(x):\n    return x * x"
RIGHT = {
    "double": "def double(x):\n    return x * 2",
    "norms": "def norms(x):\n    return np.sqrt((double(x) ** 2).sum(axis=0))",
}


@pytest.fixture
def right() -> dict[str, str]:
    """Right answers of the tiny assignment."""
    return dict(RIGHT)


@pytest.fixture
def submit(tiny, filled, right):
    """Hands in a notebook for a student of the copied course; right unless told otherwise."""

    def hand_in(student: str, timestamp: str = "2026-01-15 12:00:00 UTC", **cells: str) -> Path:
        folder = tiny.submitted("tiny", student)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tiny.ipynb").write_bytes(filled(**{**right, **cells}))
        (folder / "timestamp.txt").write_text(timestamp)
        return folder

    return hand_in


@pytest.fixture(scope="session")
def prepared_class(built_course, filled, tmp_path_factory):
    """A class of five: two are recorded with other answers, and all five are to be recorded.

    A course, and a file with the results by student; do not change them.
    """
    root = tmp_path_factory.mktemp("prepared") / "course"
    shutil.copytree(built_course.root, root)
    course = Course.load(root)
    coursedir = CourseDirectory(root=str(root))

    def submit(student, **cells):
        folder = course.submitted("tiny", student)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tiny.ipynb").write_bytes(filled(**{**RIGHT, **cells}))

    with Grader(course, "tiny") as grader, Recorder(coursedir, "tiny") as recorder:
        submit("ada", double=SQUARES)
        submit("bob", double=SQUARES)
        run = ClassRun(course, "tiny")
        for job in list(run.jobs()):
            graded = grader.grade(job.notebook, job.student)
            recorder.record(replace(graded, key=job.key))
            recorder.flush()
        for student in ("ada", "cy", "eve"):
            submit(student)
        submit("bob", norms=SQUARES)
        submit("dan", norms="norms = 1")
        results = {
            job.student: grader.grade(job.notebook, job.student)
            for job in ClassRun(course, "tiny").jobs()
        }
    assert sorted(results) == ["ada", "bob", "cy", "dan", "eve"]
    path = root.with_name("results")
    path.write_bytes(pickle.dumps(results))
    return course, path


@pytest.fixture(scope="session")
def recording():
    """The module `kill_anywhere`, which other processes run as a script."""
    path = Path(__file__).parent / "batch" / "kill_anywhere.py"
    spec = importlib.util.spec_from_file_location("kill_anywhere", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def half_recorded(prepared_class, tmp_path):
    """A copy of the prepared class for one test."""
    course, results = prepared_class
    root = tmp_path / "half-recorded"
    shutil.copytree(course.root, root)
    return Course.load(root), results


def pytest_configure(config):
    """Before tests are read: the inner loop tries fewer examples of each kind."""
    inner_loop = "not slow" in config.option.markexpr
    settings.load_profile("inner loop" if inner_loop else "no clock")


def pytest_collection_modifyitems(items):
    """Of a large family the inner loop runs what is marked quick."""
    for item in items:
        if item.get_closest_marker("family") and not is_quick(item):
            item.add_marker(pytest.mark.slow)


def is_quick(item) -> bool:
    """Whether a test, or the case of it that this is, was marked quick."""
    quick = item.get_closest_marker("quick")
    if quick is None:
        return False
    return not quick.args or item.name.partition("[")[2][:-1] in quick.args


@pytest.fixture(autouse=True)
def _in_no_notebook(monkeypatch):
    """A public check colours its words where ``ipykernel`` is imported: by a test before, here."""
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)


def pytest_sessionfinish():
    typed_commands.close()
    warm_launches.close()
