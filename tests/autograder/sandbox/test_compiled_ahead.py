"""Cells that were compiled before the fork run as those that are compiled in the session."""

import pytest

from autograder.sandbox import Sandbox

FIRST = "first = 1"
HELPER = "def helper(x: int):\n    return x / 0"
COMPILES_NOTHING = """\
def refuse(*arguments, **options):
    raise ValueError("nothing is compiled here")
get_ipython().compile.ast_parse = refuse
"""
WARNS = "fourth = 1 is 1"
FUTURE = "from __future__ import annotations"
ANNOTATION = "print(repr(helper.__annotations__['x']))"


@pytest.fixture(scope="module")
def box():
    with Sandbox(cells=[FIRST, HELPER, "%%time\nthird = 3", WARNS]) as box:
        yield box


@pytest.fixture(scope="module")
def box_of_the_future():
    with Sandbox(cells=[FIRST, FUTURE, HELPER]) as box:
        yield box


def run(box, *cells):
    with box.session() as session:
        return list(session.run_cells(cells, [5.0] * len(cells)))


def test_a_known_cell_in_its_place_is_not_compiled_again(box):
    _, known, unknown = run(box, COMPILES_NOTHING, HELPER, "other = 2")
    assert (known.status, unknown.status) == ("ok", "error")


@pytest.mark.parametrize("before", [[FIRST], [], ["another = 1"], [FIRST, "more = 2"]])
def test_a_known_cell_shows_the_same_wherever_it_stands(box, before):
    *_, failed = run(box, *before, HELPER, "helper(1)")
    shown = "\n".join(failed.outputs[-1]["traceback"])
    assert failed.error_name == "ZeroDivisionError"
    assert f"Cell In[{len(before) + 1}], line 2, in helper(x)" in shown
    assert "----> 2     return x / 0" in shown


def test_a_known_cell_obeys_an_earlier_import_from_the_future(box):
    *_, plain = run(box, FIRST, HELPER, ANNOTATION)
    *_, postponed = run(box, FUTURE, HELPER, ANNOTATION)
    assert [r.outputs[0]["text"] for r in (plain, postponed)] == ["<class 'int'>\n", "'int'\n"]


def test_a_cell_with_a_magic_is_left_to_the_session(box):
    *_, result = run(box, FIRST, HELPER, "%%time\nthird = 3", "print(third)")
    assert result.outputs[0]["text"] == "3\n"


def test_a_cell_that_warns_does_so_in_the_session(box):
    *_, result = run(box, FIRST, HELPER, "third = 3", WARNS)
    assert "SyntaxWarning" in result.outputs[0]["text"]


@pytest.mark.parametrize(
    "before, shown",
    [
        ([FIRST], "<class 'int'>\n"),
        ([FIRST, "second = 2"], "<class 'int'>\n"),
        ([FIRST, FUTURE], "'int'\n"),
        ([FUTURE, FIRST], "'int'\n"),
    ],
)
def test_an_import_from_the_future_counts_where_the_notebook_has_it(
    box_of_the_future, before, shown
):
    *_, result = run(box_of_the_future, *before, HELPER, ANNOTATION)
    assert result.outputs[0]["text"] == shown


def test_cells_before_an_import_from_the_future_are_compiled_without_it(box_of_the_future):
    *_, result = run(box_of_the_future, HELPER, FUTURE, ANNOTATION)
    assert result.outputs[0]["text"] == "<class 'int'>\n"


def test_known_cells_after_a_known_import_from_the_future_are_not_compiled_again(
    box_of_the_future,
):
    _, imported, known, unknown = run(
        box_of_the_future, f"{FIRST}\n{COMPILES_NOTHING}", FUTURE, HELPER, "other = 2"
    )
    assert [r.status for r in (imported, known, unknown)] == ["ok", "ok", "error"]
