"""A small nbgrader course, released once by nbgrader itself and copied for each test."""

import copy
import json
import os
import shutil
import sqlite3
import sysconfig
from pathlib import Path

import pytest
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.model import Check, Exercise, Graded, Report, Verdict

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


def graded_by_hand(nb, points, **report):
    """A Graded as a grader would give it: `points` maps exercises to a share of their points."""
    exercises = []
    for cell in nb["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        if meta.get("grade") and not meta["solution"]:
            name = meta["grade_id"].removeprefix("test_")
            exercises.append(_exercise(name, float(meta["points"]), points[name]))
    fields = {"assignment": "ps1", "student": "ada", "notebook": "ps1", **report}
    return Graded(Report(exercises=tuple(exercises), **fields), nb)


def _exercise(name, max_points, share):
    right = Check(f"test_{name}", "Right for all", name, Verdict.PASSED, weight=share)
    wrong = Check(
        f"test_{name}_more", "Right for more", name, Verdict.WRONG, 1 - share,
        message=f"`{name}` is twice too large", hint="Halve it.", section="The idea",
    )  # fmt: skip
    return Exercise(name, max_points, (right, wrong))


@pytest.fixture
def by_hand():
    return graded_by_hand


@pytest.fixture
def rows():
    return gradebook_rows


QUERIES = {
    "students": "select id, first_name, last_name, email from student",
    "submissions": "select a.name, s.student_id, s.timestamp, s.extension"
    " from submitted_assignment s join assignment a on a.id = s.assignment_id",
    "notebooks": "select s.student_id, n.name, sn.flagged, sn.late_submission_penalty"
    " from submitted_notebook sn join notebook n on n.id = sn.notebook_id"
    " join submitted_assignment s on s.id = sn.assignment_id",
    "grades": "select s.student_id, n.name, c.name, c.type, g.auto_score, g.manual_score,"
    " g.extra_credit, g.needs_manual_grade from grade g join base_cell c on c.id = g.cell_id"
    " join submitted_notebook sn on sn.id = g.notebook_id join notebook n on n.id = sn.notebook_id"
    " join submitted_assignment s on s.id = sn.assignment_id",
    "comments": "select s.student_id, n.name, c.name, c.type, m.auto_comment, m.manual_comment"
    " from comment m join base_cell c on c.id = m.cell_id"
    " join submitted_notebook sn on sn.id = m.notebook_id join notebook n on n.id = sn.notebook_id"
    " join submitted_assignment s on s.id = sn.assignment_id",
    "source cells": "select n.name, c.name, c.cell_type, c.locked, c.source, c.checksum"
    " from source_cell c join notebook n on n.id = c.notebook_id",
    "graded cells": "select c.name, c.type, g.max_score, g.cell_type, t.max_score, t.cell_type"
    " from base_cell c left join grade_cells g on g.id = c.id"
    " left join task_cells t on t.id = c.id",
    "assignments": "select a.name, a.duedate, a.course_id, n.name, n.kernelspec"
    " from assignment a join notebook n on n.assignment_id = a.id",
}


def gradebook_rows(root):
    """Everything a gradebook says, with names in place of its random ids."""
    with sqlite3.connect(f"file:{root / 'gradebook.db'}?mode=ro", uri=True) as connection:
        found = {k: sorted(connection.execute(q), key=repr) for k, q in QUERIES.items()}
    connection.close()
    return found
