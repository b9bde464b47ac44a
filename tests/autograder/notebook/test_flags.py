"""Flags: what was restored in a submission, in sentences."""

import copy
from dataclasses import replace

import nbformat
import pytest
from damage import cell
from nbgrader.utils import compute_checksum

from autograder.language.catalogue import words
from autograder.language.translation import fields
from autograder.notebook.flags import SEVERAL
from autograder.notebook.restoring import SourceCells, sanitize


def test_names_from_a_submission_are_harmless_in_flags(solution, source):
    cell(solution, "f")["metadata"]["nbgrader"]["grade_id"] = "<script>\x1b[31m" + "x" * 500
    flags = " ".join(sanitize(solution, source)[1])
    assert "<" not in flags and "\x1b" not in flags and len(flags) < 300


def of_another_year(release):
    """The release after its author changed a provided cell, points, a tag, and added a cell."""
    newer = copy.deepcopy(release)
    cell(newer, "imports")["source"] = "import numpy as np\nimport math"
    for name, points in (("test_f", 5), ("free_code", 8), ("essay", 1)):
        cell(newer, name)["metadata"]["nbgrader"]["points"] = points
    del cell(newer, "demo_f")["metadata"]["tags"]
    added = copy.deepcopy(cell(newer, "imports"))
    added.update(id="more", source="pi = 3")
    added["metadata"]["nbgrader"]["grade_id"] = "more"
    newer["cells"].insert(2, added)
    for found in newer["cells"]:
        if meta := found["metadata"].get("nbgrader"):
            meta["checksum"] = compute_checksum(nbformat.from_dict(found))
    return SourceCells.from_notebook(newer)


def test_what_the_author_has_changed_since_is_no_students_fault(solution, release):
    cell(solution, "essay")["source"] = "My answer"
    cell(solution, "free_code")["source"] = "h = 1"
    got, flags = sanitize(solution, of_another_year(release))
    assert flags == ("The release is newer than this notebook: its cells were used.",)
    assert cell(got, "imports")["source"] == "import numpy as np\nimport math"
    assert cell(got, "free_code")["metadata"]["nbgrader"]["points"] == 8
    assert cell(got, "more")["source"].endswith("pi = 3")


def test_a_cell_that_the_author_has_renamed_since_is_no_students_fault(solution, release):
    renamed = copy.deepcopy(release)
    for old, new in (("g", "h"), ("test_g", "test_h")):
        found = cell(renamed, old)
        found["metadata"]["nbgrader"]["grade_id"] = new
        found["metadata"]["nbgrader"]["checksum"] = compute_checksum(nbformat.from_dict(found))
    _, flags = sanitize(solution, SourceCells.from_notebook(renamed))
    assert flags == (
        "The release is newer than this notebook: its cells were used.",
        "The cell “h” is not in it, and so no answer either.",
    )


@pytest.mark.parametrize("version", [1, 2])
def test_a_release_by_an_older_nbgrader_is_no_students_fault(solution, source, version):
    for found in solution["cells"]:
        if meta := found["metadata"].get("nbgrader"):
            meta["schema_version"] = version
            if version == 1:
                del meta["cell_type"]
            if not meta["task"]:
                del meta["task"]
    got, flags = sanitize(solution, source)
    assert flags == ()
    assert cell(got, "f")["metadata"]["nbgrader"]["schema_version"] == 3


def test_a_cell_from_another_notebook_is_still_named(solution, source):
    other = copy.deepcopy(cell(solution, "g"))
    other["metadata"]["nbgrader"]["grade_id"] = "elsewhere"
    solution["cells"].append(other)
    _, flags = sanitize(solution, source)
    assert flags == ("The cell id “elsewhere” is not of this notebook and was ignored.",)


def test_what_a_student_has_changed_in_an_older_release_is_flagged(solution, release):
    cell(solution, "imports")["source"] = "import evil"
    _, flags = sanitize(solution, of_another_year(release))
    assert flags == (
        "The text of “imports” had been edited: the original was used.",
        "The release is newer than this notebook: its cells were used.",
    )


def test_hidden_tests_that_a_release_left_out_are_put_back_without_blame(solution, source):
    hidden = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(2) == 3\n### END HIDDEN TESTS"
    known = replace(source.cells["test_f"], source=hidden, checksum="of the source")
    got, flags = sanitize(solution, replace(source, cells={**source.cells, "test_f": known}))
    assert flags == ()
    assert cell(got, "test_f")["source"] == hidden


def test_flags_of_one_kind_are_counted(solution, source):
    for name in ("test_f", "test_g", "imports", "demo_f"):
        cell(solution, name)["source"] += "  "
    del cell(solution, "g")["metadata"]["nbgrader"]
    _, flags = sanitize(solution, source)
    assert flags == (
        "The text of 4 cells had been edited (“imports”, “test_f”, “demo_f”, …): "
        "the originals were used.",
        "The cell “g” had been deleted, so there is no answer in it.",
    )


def test_every_kind_of_flag_can_be_counted_in_both_languages():
    chinese = words("zh")
    for one, several in SEVERAL.items():
        assert chinese(one) != one and chinese(several) != several
        assert fields(chinese(several)) == fields(several) <= fields(one) | {"n", "cells"}
