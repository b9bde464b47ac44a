"""Whatever a student wrote into a notebook's fields, nbformat can open what comes out."""

import json

import nbformat
import pytest
from attacking import RIGHT, filled

from autograder.notebook.reading import loads

pytestmark = pytest.mark.family

JUNK = [
    None,
    True,
    17,
    -1.5,
    "x",
    "",
    "a,b",
    [],
    [1],
    ["a", "a"],
    ["a,b"],
    {},
    {"a": 1},
    {"name": 3},
]
CELL = ["tags", "name", "jupyter", "execution", "collapsed", "scrolled", "format", "other"]
NOTEBOOK = ["kernelspec", "language_info", "orig_nbformat", "title", "authors", "other"]


def place(nb, where, name, value):
    """Put junk into one field."""
    cell = nb["cells"][where] if isinstance(where, int) else None
    if where == "notebook":
        nb[name] = value
    elif where == "metadata":
        nb["metadata"][name] = value
    elif name in ("attachments", "foreign"):
        cell[name] = value
    else:
        cell["metadata"][name] = value


FIELDS = [
    *(("metadata", name) for name in NOTEBOOK),
    ("notebook", "foreign"),
    *((cell, name) for cell in (0, 2) for name in [*CELL, "attachments", "foreign"]),
]


@pytest.mark.quick("metadata-kernelspec", "notebook-foreign", "0-scrolled", "2-name", "2-other")
@pytest.mark.parametrize(("where", "name"), FIELDS, ids=lambda v: str(v))
def test_a_field_of_the_wrong_kind_is_dropped_and_flagged(arena, where, name):
    for value in JUNK:
        nb = filled(arena.release, RIGHT)
        place(nb, where, name, value)
        try:
            nbformat.validate(json.loads(json.dumps(nb)))
            sound = True
        except nbformat.ValidationError:
            sound = False
        found = loads(json.dumps(nb))
        nbformat.validate(found.raw)
        assert sound or found.flags, (where, name, value)


def test_a_notebook_full_of_junk_is_graded(arena):
    nb = filled(arena.release, RIGHT)
    for number, (where, name) in enumerate(FIELDS):
        place(nb, where, name, JUNK[number % len(JUNK)])
    graded = arena.grader.grade(json.dumps(nb).encode(), "eve")
    assert graded.report.points == 10 and graded.report.flags
    nbformat.validate(graded.notebook)
