"""A course of one lesson, written for tests of building it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.authoring.build import build
from autograder.environment import put_scripts_on_path
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.reading import read

CONFIG = """\
from autograder.nbgrader_plugins import release_config
c = get_config()
c.CourseDirectory.course_id = "scratch"
release_config(c)
"""


GRADERS = """\
import pytest

@pytest.mark.exercise("double", weight=2)
def test_double(student, reference):
    \"\"\"Doubles any number\"\"\"
    assert student.double(3) == reference.double(3)
"""


CHINESE = """\
[titles]
"Doubles any number" = "任何数都加倍"
"""


def cell(name: str, source: str, points: float | None = None, **flags: bool) -> dict[str, Any]:
    """A code cell with nbgrader metadata."""
    known = {"grade": False, "solution": False, "locked": False, "task": False} | flags
    nbgrader: dict[str, Any] = known | {"grade_id": name, "schema_version": 3}
    if points is not None:
        nbgrader["points"] = points
    return {
        "cell_type": "code", "id": name, "source": source, "outputs": [], "execution_count": None,
        "metadata": {"nbgrader": nbgrader, "jupytext": {"leaks": True}, "collapsed": True},
    }  # fmt: skip


def prose(name: str, source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "source": source, "metadata": {"tags": list(tags)}}


def lesson() -> dict[str, Any]:
    """A notebook with one exercise, in two languages, solved and run."""
    imports = "%matplotlib inline\nimport numpy as np\nfrom public_check import check\n"
    solved = (
        'def double(x):\n    """Twice x, an array (n,)."""\n'
        "    ### START CODE HERE ### (≈ 1 line of code)\n    # both halves\n    y = x + x * ONE\n"
        "    ### END CODE HERE ###\n    return y"
    )
    cells = [
        prose("intro-en", "# Doubling", "lang-en"),
        prose("intro-zh", "# 加倍", "lang-zh"),
        cell("imports", imports + "from aid import ONE", locked=True),
        cell("double", solved, solution=True),
        cell(
            "test_double",
            "check(double, np.ones(2), expected=[2.0, 2.0])",
            3,
            grade=True,
            locked=True,
        ),
        cell("demo_plot", "open('never.txt')", locked=True),
        prose("both", "Shared."),
    ]
    cells[5]["metadata"]["tags"] = ["skip-execution"]
    cells[4]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "✓\n"}]
    cells[4]["execution_count"] = 7
    metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python", "version": "3.11.7"},
        "jupytext": {"formats": "ipynb,py"},
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


class Scratch:
    """A course in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.raw = lesson()
        self.put("nbgrader_config.py", CONFIG)
        self.put("source/twice/aid.py", "ONE = 1\n")
        self.put("tests/twice/test_twice.py", GRADERS)
        self.put("tests/twice/zh.toml", CHINESE)
        self.save()

    def put(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def save(self) -> None:
        self.put("source/twice/twice.ipynb", json.dumps(self.raw))

    def cell(self, name: str) -> dict[str, Any]:
        return next(c for c in self.raw["cells"] if c["id"] == name)

    def released(self) -> Notebook:
        return read(self.root / "release/twice/twice.ipynb")

    def files(self, folder: str) -> dict[str, bytes]:
        base = self.root / folder
        return {
            p.relative_to(base).as_posix(): p.read_bytes() for p in base.rglob("*") if p.is_file()
        }

    def problems(self, *, check: bool = True) -> str:
        with pytest.raises(CourseError) as caught:
            build(self.root, check=check)
        return str(caught.value)


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: nbgrader starts a process for every new gradebook."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    put_scripts_on_path()
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def course(tmp_path: Path, empty_gradebook: Path) -> Scratch:
    shutil.copy(empty_gradebook, tmp_path)
    return Scratch(tmp_path)
