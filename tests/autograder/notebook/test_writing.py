"""A notebook is written as nbformat writes it, cells that are alike only once."""

import json

import nbformat
import pytest

from autograder.notebook.writing import MOST_KEPT, _kept, notebook_text


def notebook(*sources, **output):
    nb = nbformat.v4.new_notebook(metadata={"cells": [], "a": {"cells": []}})
    nb.cells = [nbformat.v4.new_code_cell(s, id=f"a{i}") for i, s in enumerate(sources)]
    for cell in nb.cells if output else ():
        cell.outputs = [nbformat.v4.new_output("display_data", output)]
    return nb


@pytest.mark.parametrize(
    "nb",
    [
        notebook(),
        notebook("x", "y\n\nz", "x"),
        notebook('\n "cells": []'),
        notebook("1", **{"text/html": "<b>\n" * MOST_KEPT}),
    ],
    ids=["no cell", "several cells", "a cell that looks like none", "a long cell"],
)
def test_it_is_what_nbformat_writes(nb):
    assert notebook_text(json.loads(json.dumps(nb))) == nbformat.writes(nb, version=4) + "\n"


def test_a_number_that_json_has_no_word_for_is_null_in_an_output(nan=float("nan")):
    nb = notebook("1", **{"application/json": {"x": [nan, 1.5]}})
    text = notebook_text(json.loads(json.dumps(nb)))
    output = json.loads(text, parse_constant=pytest.fail)["cells"][0]["outputs"][0]
    assert output["data"]["application/json"] == {"x": [None, 1.5]}


def test_a_cell_that_another_notebook_has_is_not_written_again():
    _kept.cache_clear()
    notebook_text(notebook("x", "y"))
    notebook_text(notebook("x", "z" * MOST_KEPT, "y"))
    notebook_text(notebook("z", "y"))
    assert _kept.cache_info()[:2] == (2, 4)  # hits, misses
