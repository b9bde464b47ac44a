"""What is said of a notebook by reading it alone."""

import pytest

from autograder.testcells.needs import other_language, outside_by_reading, what_cells_need
from tests.autograder.testcells.conftest import cell, notebook


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("import requests\nrequests.get(url)", {"the network"}),
        ("d = pd.read_csv('https://a.b/c.csv')", {"the network"}),
        ("# see https://a.b/c.csv", set()),
        ("!pip install x", {"the shell"}),
        ("%%bash\nls", {"the shell"}),
        ("x = 3 != 4", set()),
        ("RandomForestClassifier(n_jobs=-1)", {"other processes"}),
        ("RandomForestClassifier(n_jobs=1)", set()),
        ("await f()", {"to await at its top level"}),
        ("async def f():\n    await g()", set()),
    ],
)
def test_a_cell_that_needs_what_is_not_there_is_named(text, needs):
    nb = notebook("def f(): pass")
    nb["cells"].append(cell(text, "c", solution=True))
    assert {need for name, need in what_cells_need(nb) if name == "c"} == needs


def test_what_may_be_outside_is_counted():
    nb = notebook("def f(): pass", "assert f() is None", "assert eval('f()') is None", "assert 1")
    assert outside_by_reading(nb) == (
        1,
        {
            "t2": "executes code in strings",
            "t3": "asks for nothing that a solution cell defines by name",
        },
    )


def test_the_language_is_that_of_the_kernel():
    assert other_language({"metadata": {"kernelspec": {"name": "ir", "language": "R"}}}) == "r"
    assert other_language({"metadata": {}}) == ""
