"""The table of `autograder plan`."""

from autograder.cli.plan import table
from autograder.testcells.plan import NotebookPlan


def test_each_test_cell_has_a_line_with_its_reason():
    plans = {"one": NotebookPlan(("a",), {"bb": "changes a module"}), "two": NotebookPlan(("c",))}
    lines = list(table("ps1", plans))
    assert lines[:4] == [
        "ps1: 2 of 3 test cells judged outside",
        "  one/a   outside",
        "  one/bb  inside: changes a module",
        "  two/c   outside",
    ]
    assert "forge" in lines[4]
    assert list(table("ps1", {"one": NotebookPlan()})) == []
