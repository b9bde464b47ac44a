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


def test_the_table_is_chinese_in_a_chinese_course():
    plan = NotebookPlan(("a",), {"bb": "fails outside: ValueError: no"}, leaves={"a": ["f", "g"]})
    lines = list(table("ps1", {"one": plan}, "zh"))
    assert lines[:3] == [
        "ps1：2 个测试单元格中有 1 个在外部评判",
        "  a   外部；后面的单元格用它发布版中的 f、g",
        "  bb  内部：在外部失败：ValueError：no",
    ]
    assert "伪造" in lines[3]
