"""A small nbgrader course, released once by nbgrader itself and copied for each test."""

import copy
import json
import os
import shutil
import sysconfig
from pathlib import Path

import pytest
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def markdown(name, text, nbgrader=None, tags=()):
    return _cell("markdown", name, text, nbgrader, tags)


def code(name, text, nbgrader=None, tags=()):
    return {**_cell("code", name, text, nbgrader, tags), "outputs": [], "execution_count": None}


def _cell(kind, name, text, nbgrader, tags):
    metadata = {"tags": list(tags)} if tags else {}
    if nbgrader is not None:
        roles = {"grade": False, "solution": False, "locked": False, "task": False}
        metadata["nbgrader"] = {**roles, "grade_id": name, "schema_version": 3, **nbgrader}
    return {"cell_type": kind, "id": name, "metadata": metadata, "source": text}


def notebook(*cells):
    metadata = {"kernelspec": dict(KERNELSPEC)}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def solved(body):
    return f"    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def lesson():
    graded = {"grade": True, "locked": True}
    manual = {"grade": True, "solution": True}
    return notebook(
        markdown("title", "# Lesson"),
        code("imports", "import numpy as np", {"locked": True}),
        code("f", "def f(x):\n" + solved("    return x + 1"), {"solution": True}),
        code("test_f", "assert f(1) == 2", {**graded, "points": 3}),
        code("demo_f", "f(10 ** 6)", {"locked": True}, ["skip-execution"]),
        code("g", "def g(x):\n" + solved("    return x * 2"), {"solution": True}),
        code("test_g", "assert g(1) == 2", {**graded, "points": 2.5}),
        code("free_code", solved("    h = 42"), {**manual, "points": 4}),
        markdown("essay", "Your answer", {**manual, "points": 2}),
        markdown("work", "Do it", {"task": True, "locked": True, "points": 1}),
    )


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """The root of a course whose `ps1` nbgrader released into release/ and gradebook.db."""
    root = tmp_path_factory.mktemp("released")
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "source" / "ps1" / "ps1.ipynb").write_text(json.dumps(lesson()))
    (root / "source" / "ps1" / "helper.py").write_text("A = 1\n")
    scripts = sysconfig.get_path("scripts")  # nbgrader calls a bare `alembic`
    before = os.environ["PATH"]
    os.environ["PATH"] = scripts + os.pathsep + before
    try:
        coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
        GenerateAssignment(coursedir=coursedir, config=Config()).start()
    finally:
        os.environ["PATH"] = before
    return root


@pytest.fixture
def course(released, tmp_path):
    """A copy of the released course to do with as one likes."""
    root = tmp_path / "course"
    shutil.copytree(released, root)
    return root


@pytest.fixture(scope="session")
def release_text(released):
    return (Path(released) / "release" / "ps1" / "ps1.ipynb").read_text()


@pytest.fixture
def release(release_text):
    """The released notebook as plain dicts, cell texts in one piece."""
    nb = json.loads(release_text)
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
    return copy.deepcopy(nb)


@pytest.fixture
def solution(release):
    """The released notebook with both functions solved."""
    texts = {"f": "def f(x):\n    return x + 1", "g": "def g(x):\n    return 2 * x"}
    for cell in release["cells"]:
        cell["source"] = texts.get(cell["id"], cell["source"])
    return release
