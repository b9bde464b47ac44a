"""Mistakes of an author that stop a build."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from scratch_course import GRADERS, Scratch, prose

from autograder.authoring.build import build
from autograder.authoring.problems import section_problems
from autograder.graders.misconceptions import Version
from autograder.notebook.reading import loads

pytestmark = pytest.mark.family


def test_graders_and_grade_cells_must_match(course: Scratch):
    build(course.root)
    course.put("tests/twice/test_twice.py", GRADERS.replace('"double"', '"triple"'))
    found = course.problems()
    assert '@pytest.mark.exercise("double")' in found
    assert "test_twice.py:3 grades 'triple', but there is no grade cell 'test_triple'" in found
    assert found.startswith("2 problems to mend:")


def edit(name: str, **fields: Any) -> Callable[[Scratch], None]:
    """Change fields of a cell's nbgrader metadata; None removes one."""

    def act(course: Scratch) -> None:
        nbgrader = course.cell(name)["metadata"]["nbgrader"]
        nbgrader.update(fields)
        for key in [key for key, value in fields.items() if value is None]:
            del nbgrader[key]

    return act


def source(name: str, old: str, new: str) -> Callable[[Scratch], None]:
    def act(course: Scratch) -> None:
        assert old in course.cell(name)["source"]
        course.cell(name)["source"] = course.cell(name)["source"].replace(old, new)

    return act


def drop(name: str) -> Callable[[Scratch], None]:
    """Remove a cell, and add a pair in both languages at the end."""

    def act(course: Scratch) -> None:
        course.raw["cells"].remove(course.cell(name))
        course.raw["cells"] += [prose("en", "One", "lang-en"), prose("zh", "一", "lang-zh")]

    return act


def again(name: str, **fields: str) -> Callable[[Scratch], None]:
    return lambda course: course.raw["cells"].append(copy.deepcopy(course.cell(name)) | fields)


@pytest.mark.quick(
    "act-solution cell without a grade cell",
    "act-cell 1 is tagged lang-zh, but the one before is not",
)
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (edit("test_double", points=None), "grade cell 'test_double' has no points"),
        (edit("test_double", grade_id="check_double"), "solution cell without a grade cell"),
        (edit("test_double", grade_id="check_double"), "no solution cell has its name"),
        (again("double", id="copy"), "2 cells have the nbgrader id 'double'"),
        (again("both"), "cell 8 repeats the id 'both'"),
        (again("both", id="with space"), "cell 8 has no valid id"),
        (drop("intro-zh"), "cell 1 is tagged lang-en, but the next one is not"),
        (drop("intro-en"), "cell 1 is tagged lang-zh, but the one before is not"),
        (source("double", "def double", "def twice"), "function, class or variable 'double'"),
        (source("double", "    ### END CODE HERE ###\n", ""), "without an END CODE HERE"),
        (source("double", "### START CODE HERE ### (≈ 1 line of code)", "#"), "without a START"),
        (source("double", "x + x", "x + + * x"), "not Python"),
        (source("imports", "import numpy as np", "import numpy like np"), "cell 'imports' is not"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_notebook_stops_build_and_check(
    course: Scratch, spoil: Callable[[Scratch], None], words: str
):
    spoil(course)
    course.save()
    for check in (False, True):
        found = course.problems(check=check)
        assert words in found and "source/twice/twice.ipynb" in found
    assert not (course.root / "release").exists()


@pytest.mark.quick
def test_a_cell_without_a_region_leaves_nothing_to_the_student(course: Scratch):
    double = course.cell("double")
    double["source"] = "\n".join(n for n in double["source"].split("\n") if "CODE HERE" not in n)
    course.save()
    assert "'double' has no START CODE HERE" in course.problems()


def test_all_problems_of_all_assignments_come_at_once(course: Scratch):
    course.put("source/other/other.ipynb", "{")
    edit("test_double", points=None)(course)
    course.save()
    found = course.problems()
    assert found.startswith("2 problems to mend:")
    assert "other.ipynb: is not a notebook" in found and "has no points" in found


def test_a_hint_that_leads_to_no_heading_is_named():
    """Students would get a dead link."""
    prose = "# Norms\n\n## Rows\n\n## Columns of *x* ##\n\n```\n# no heading\n```"
    cells = [{"cell_type": "markdown", "metadata": {}, "source": prose}]
    raw = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    lesson = loads(json.dumps(raw))
    sections = ("", "Rows", "Columns of *x*", "no heading", "rows")
    versions = [Version("f", f"v{n}", section=s) for n, s in enumerate(sections)]
    assert list(section_problems(lesson, versions)) == [
        "misconception 'v3' of 'f': its section 'no heading' is no heading of the lesson",
        "misconception 'v4' of 'f': its section 'rows' is no heading of the lesson",
    ]
