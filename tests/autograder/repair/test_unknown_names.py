"""Names of a function that nothing in the notebook gives a value."""

import json
from dataclasses import replace

import pytest

from autograder.grading.grader import Grader
from autograder.repair import unknown_names as names_module
from autograder.repair.places import OwnFunction
from autograder.repair.unknown_names import MOST_CELLS, spelled_right, unknown_names

FIRST = "import numpy as np\nfrom math import sqrt as root\n%matplotlib inline\nsize, rate = 2, 3\n"


def unknown(body, *cells, above=""):
    cell = above + "def f(x, y=size):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    return [str(text) for text in unknown_names([FIRST, cell, *cells], OwnFunction(cell, "f"))]


def test_every_name_that_nobody_knows_is_told_with_its_line_and_likely_reason():
    found = unknown("total = totl + x\nfor i in Range(len(x)):\n    total += math.sin(x[i])\n"
                    "return total + totl")  # fmt: skip
    assert found == [
        "Line 2: `totl` is not known here: is it spelled like where it gets its value, and does it "
        "get one before this line?",
        "Line 3: `Range` is not known here: large and small letters are different.",
        "Line 4: `math` is not known here: was it imported?",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "return np.dot(x, y) * root(rate) + size",
        "if x:\n    later = 1\nreturn later",  # perhaps it gets no value: who knows
        "def inner(z):\n    return z + w\nw = 2\nreturn inner(x)",
        "return [a * b for a in x for b in y]",
        "try:\n    return x\nexcept ValueError as error:\n    return str(error)",
        "with open(x) as file:\n    return file",
        "from os import path\nreturn path, display, len, __name__",
        "return of_another_cell + made_global",
        "class C:\n    z = 1\nreturn C, (n := 2), n",
        "exec(x)\nreturn whatever",
    ],
)
def test_a_name_that_gets_a_value_somewhere_is_not_told(body):
    below = "of_another_cell = 1\ndef g():\n    global made_global\n    made_global = 2\n"
    assert unknown(body, below) == []


def test_a_name_of_hundreds_of_letters_is_not_told():
    assert unknown(f"return {'a' * 61}") == [] != unknown(f"return {'a' * 60}")


def test_a_name_of_another_functions_own_is_not_known_here():
    below = "def g(z):\n    inside = z\n    return inside\n"
    assert [text[:19] for text in unknown("return inside + z", below)] == [
        "Line 2: `inside` is",
        "Line 2: `z` is not ",
    ]


def test_the_names_of_a_helper_are_told_too():
    above = "def g(z):\n    return z + wrong\n\n"
    [text] = unknown("return g(x)", above=above)
    assert text.startswith("Line 2: `wrong` is not known here")


@pytest.mark.parametrize(
    "below",
    [
        "from math import *",
        "globals()['nobody'] = 1",
        "get_ipython().run_line_magic('run', 'x.py')",
        "%run x.py",
        "not Python at all",
        "x = 1\n" * MOST_CELLS,
    ],
)
def test_nothing_is_told_where_a_cell_may_fill_any_name(below):
    assert unknown("return nobody", below) == []
    assert unknown("return nobody", "!ls\n%config x") != []


def meant(body):
    """The function with the names that were meant, or nothing."""
    cell = "def f(x, y=size):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    found = spelled_right([FIRST, cell], OwnFunction(cell, "f"))
    return (
        found and "\n".join(line[4:] for line in found.own.with_splices().split("\n")[1:]).rstrip()
    )


def test_the_name_that_was_meant_is_one_that_is_spelled_nearly_the_same():
    assert (
        meant("total = x * rates\nreturn Total + size") == "total = x * rate\nreturn total + size"
    )
    assert meant("keep_prob = x\nreturn keepprob / 2") == "keep_prob = x\nreturn keep_prob / 2"


@pytest.mark.parametrize(
    "body",
    [
        "v_part = s_part = x\nreturn part",
        "vs = ws = x\nreturn s",
        "rate_x = x\nreturn ratex",  # or the rate
        "return beta + x",
        "return x + rate",
    ],
)
def test_no_name_is_put_in_place_of_one_that_could_be_another(body):
    assert meant(body) is None


@pytest.mark.parametrize(
    ("body", "told", "version", "is_sure"),
    [
        ("W1 = x\nreturn Wl / 2", (), "W1 = x\nreturn W1 / 2", True),
        ("layers = x\nreturn layers_dims", (), "layers = x\nreturn layers", False),
        ("rate1 = x\nreturn rate2", (), "rate1 = x\nreturn rate1", False),
        ("b1 = x['b2']\nreturn b2", (), "b2 = x['b2']\nreturn b2", False),
        ("return of_anohter_cell(x)", (), "return of_another_cell(x)", False),
        ("sizes = x\nreturn size", ("size", "x"), "sizes = x\nreturn sizes", True),
    ],
)  # fmt: skip
def test_of_a_name_that_was_perhaps_meant_it_is_said_that_it_is_not_sure(
    body, told, version, is_sure
):
    cell = "def f(x, y=size):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    cells = [FIRST, cell, "def of_another_cell(x): return x"]
    found = spelled_right(cells, OwnFunction(cell, "f"), told)
    text = found.own.with_splices()
    assert [line[4:] for line in text.rstrip().split("\n")[1:]] == version.split("\n")
    assert found.is_sure is is_sure


def test_the_cells_are_read_once_however_many_places_have_a_name_that_nobody_knows(monkeypatch):
    read = []
    table = names_module._table
    monkeypatch.setattr(names_module, "_table", lambda cell: read.append(cell) or table(cell))
    assert (
        meant("total = x\n" + "y = Total + rates\n" * 50 + "return y").count("total + rate") == 50
    )
    assert len(read) == 3, "two cells, and the function"


def test_of_a_function_in_which_nobody_knows_anything_no_name_is_looked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(names_module, "_are_near", lambda *names: asked.append(names))
    letters = "abcdefghijklmnopqrstu"
    assert meant("\n".join(f"unknown_{one * 3}()" for one in letters)) is None
    assert asked == []


HIDING = """import numpy as np

def norms(x):
    y = double(x)
    squares = y * y
    total = np.sum({name}, axis=0)
    return np.sqrt(total){more}
"""


@pytest.mark.family
@pytest.mark.parametrize(
    ("name", "more", "behind"),
    [
        ("square", " + 1", " Line 7: there is a term here that should not be."),
        ("square", "", ""),  # nothing else is wrong
        ("whatever", " + 1", " The function got no further than that: more may be wrong."),
    ],
)
def test_what_a_misspelled_name_hides_is_told_behind_it(tiny, name, more, behind):
    notebook = json.loads(tiny.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == "norms"]
    cell["source"] = HIDING.format(name=name, more=more)
    with Grader(replace(tiny, repair_seconds=2.0), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    [told] = {c.hint for c in report.exercise("norms").checks if not c.passed}
    named = f"Line 6: `{name}` is not known here"
    assert told.startswith(named) and told.endswith(f"before this line?{behind}")
