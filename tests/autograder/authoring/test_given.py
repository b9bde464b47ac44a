"""Cells that are released as wrong code to repair, and not as a stub."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

from autograder.authoring.problems import leak_problems, source_problems
from autograder.authoring.release import DeriveStubs, StripMetadata
from autograder.notebook.cells import Notebook, given_text

SOLVED = (
    'def half(x):\n    """Half of x."""\n    ### START CODE HERE ###\n    y = x / 2\n'
    "    ### END CODE HERE ###\n    return y"
)
GIVEN = SOLVED.replace("x / 2", "x * 2")


def notebook(given: str) -> Notebook:
    solution = code(SOLVED, given, grade_id="half", solution=True)
    check = code("check(half, 2, expected=1)", grade_id="test_half", grade=True, points=1.0)
    return Notebook({"cells": [solution, check]})


def code(source: str, given: str = "", **nbgrader: Any) -> dict[str, Any]:
    metadata = {"nbgrader": nbgrader, "autograder": {"given": given}}
    return {"cell_type": "code", "source": source, "metadata": metadata}


def released_cell(metadata: dict[str, Any]) -> Any:
    meta = {"grade": False, "solution": True, "locked": False, "grade_id": "half"}
    cell = new_code_cell(SOLVED, metadata={"nbgrader": {**meta, "schema_version": 3}, **metadata})
    book = new_notebook(cells=[cell])
    for preprocessor in (DeriveStubs(), StripMetadata()):
        book, _ = preprocessor.preprocess(book, {"language": "python"})
    return book.cells[0]


def test_the_given_text_is_released_and_its_metadata_is_not():
    assert issubclass(DeriveStubs, ClearSolutions)
    cell = released_cell({"autograder": {"given": GIVEN}})
    assert cell.source == GIVEN
    assert set(cell.metadata) == {"nbgrader"}


@pytest.mark.parametrize(
    "metadata",
    [{}, {"autograder": None}, {"autograder": {}}, {"autograder": {"given": 3}}],
    ids=["none", "null", "empty", "a number"],
)
def test_without_a_given_text_the_stub_is_derived(metadata: dict[str, Any]):
    assert given_text(metadata) == ""
    assert "y = None" in released_cell(metadata).source


def test_a_sound_given_text_is_no_problem():
    assert list(source_problems(notebook(GIVEN))) == []


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("def half(x:\n", "is not Python"),
        ("def third(x):\n    return x / 3", "defines no function, class or variable 'half'"),
        (SOLVED + "  # again", "is the solution itself"),
    ],
    ids=["not python", "another function", "the solution"],
)
def test_a_given_text_that_cannot_be_repaired_is_named(given: str, complaint: str):
    (problem,) = source_problems(notebook(given))
    assert complaint in problem and "'half'" in problem


def test_only_what_the_given_text_does_not_hold_counts_as_left_over(tmp_path: Any):
    released = Notebook({"cells": [code(GIVEN, grade_id="half", solution=True)]})
    assert list(leak_problems(notebook(GIVEN), released, tmp_path)) == []
    leaking = Notebook({"cells": [code(SOLVED, grade_id="half", solution=True)]})
    (problem,) = leak_problems(notebook(GIVEN), leaking, tmp_path)
    assert "y = x / 2" in problem


def test_a_cell_that_the_author_folded_is_released_folded():
    cell = released_cell({"jupyter": {"source_hidden": True}, "collapsed": True})
    assert cell.metadata["jupyter"] == {"source_hidden": True}
    assert "collapsed" not in cell.metadata
