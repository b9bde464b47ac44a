"""A notebook that has hidden graders for `f`, and ordinary test cells for what else it asks."""

import json
import os
import shutil
import sysconfig

import lesson_course as make
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

CONFIG = """
from autograder.nbgrader_plugins import configure, release_config
c = get_config()
c.CourseDirectory.course_id = "mixed"
c.Autograder.cell_seconds = 1.0
c.Autograder.repair_seconds = 0.0
configure(c)
release_config(c)
"""
GRADERS = '''
import pytest
from autograder.graders import assert_same


@pytest.mark.exercise("f")
@pytest.mark.parametrize("x", [3, 5])
def test_f(student, reference, x):
    """One more"""
    assert_same(student.f(x), reference.f(x))
'''
HIDDEN = """
assert g(1) == 2
### BEGIN HIDDEN TESTS
assert g(21) == 42
### END HIDDEN TESTS
"""
SHARE = "found = sum(g(x) == 2 * x for x in (1, 2, 3))\nfound / 3 * 6"
RIGHT = {
    "f": "def f(x):\n    return x + 1",
    "g": "def g(x):\n    return 2 * f(x) - 2",
    "v": "v = f(41)",
}
LOUD = "import sys\ndef g(x):\n    sys.stderr.write('!')\n    return 2 * x"
ANSWERS = {  # student: cells that are not right, points of test_f, test_g, share and test_v
    "right": ({}, (3.0, 2.5, 6.0, 1.0)),
    "guess": ({"g": "def g(x):\n    return 2"}, (3.0, 0.0, 2.0, 1.0)),
    "loud": ({"g": LOUD, "f": "def f(x):\n    return x"}, (0.0, 0.0, 0.0, 0.0)),
    "loop": ({"v": "while True: pass"}, (3.0, 2.5, 6.0, 0.0)),
    "without": ({"g": None, "test_g": None, "v": "v = 43"}, (3.0, 0.0, 0.0, 0.0)),
}  # fmt: skip


def notebook():
    """The author's notebook; the solution cells use one another."""
    graded = {"grade": True, "locked": True}
    solved = {name: f"### BEGIN SOLUTION\n{text}\n### END SOLUTION" for name, text in RIGHT.items()}
    return make.notebook(
        make.markdown("title", "# Lesson"),
        make.code("imports", "import numpy as np", {"locked": True}),
        make.code("f", solved["f"], {"solution": True}),
        make.code("test_f", "assert f(1) == 2", {**graded, "points": 3}),
        make.code("g", solved["g"], {"solution": True}),
        make.code("test_g", HIDDEN.strip(), {**graded, "points": 2.5}),
        make.code("share", SHARE, {**graded, "points": 6}),
        make.code("v", solved["v"], {"solution": True}),
        make.code("test_v", "assert v == 42", {**graded, "points": 1}),
        make.markdown("essay", "Your answer", {"grade": True, "solution": True, "points": 2}),
    )


def write_course(root):
    """The course with its release and a class that has handed in."""
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "source" / "ps1" / "ps1.ipynb").write_text(json.dumps(notebook()))
    (root / "source" / "ps1" / "helper.py").write_text("A = 1\n")
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "solutions").mkdir()
    (root / "solutions" / "ps1.py").write_text("\n\n\n".join(RIGHT.values()) + "\n")
    (root / "tests" / "ps1").mkdir(parents=True)
    (root / "tests" / "ps1" / "test_ps1.py").write_text(GRADERS)
    release(root)
    for student, (cells, _) in ANSWERS.items():
        hand_in(root, student, {**RIGHT, **cells})


def release(root):
    """Let stock nbgrader make the release."""
    before = os.environ["PATH"]
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + before
    try:
        coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
        GenerateAssignment(coursedir=coursedir, config=Config(), force=True).start()
    finally:
        os.environ["PATH"] = before


def hand_in(root, student, cells):
    """A submission with these texts; a cell whose text is None was deleted."""
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-03-02 10:00:00 UTC")
    nb = json.loads((root / "release" / "ps1" / "ps1.ipynb").read_text())
    nb["cells"] = [cell for cell in nb["cells"] if cells.get(cell["id"], "") is not None]
    for cell in nb["cells"]:
        cell["source"] = cells.get(cell["id"], cell["source"])
    (folder / "ps1.ipynb").write_text(json.dumps(nb))


def copied(root, tmp_path):
    """A copy of the course."""
    course = tmp_path / "course"
    shutil.copytree(root, course)
    return course
