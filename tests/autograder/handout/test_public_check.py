"""The public check: right answers pass, wrong ones are explained in a line or two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.handout.copies import handed_out
from autograder.handout.differences import differences
from autograder.handout.public_check import CheckFailed, check

# --- what a student sees ------------------------------------------------------------------


def failure(function: Any, *args: Any, **kwargs: Any) -> list[str]:
    with pytest.raises(CheckFailed) as caught:
        check(function, *args, **kwargs)
    return caught.value._render_traceback_()


def double(x: Any) -> Any:
    return x * 2


def test_a_right_answer_prints_one_line(capsys: pytest.CaptureFixture[str]):
    check(double, np.array([1.0, 2.0]), expected=[2.0, 4.0])
    assert capsys.readouterr().out == "✓ double: as expected\n"


def test_a_wrong_answer_shows_what_was_expected_and_what_came():
    assert failure(double, np.ones((2, 1)), expected=[[1.0], [1.0]]) == [
        "✗ double: the result: both entries are 2 times what they should be",
        "    expected [[1.] [1.]]",
        "    got      [[2.] [2.]]",
    ]


def test_other_differences_are_mentioned_in_the_first_line():
    first = failure(lambda: {"a": 1.0, "b": 2.0}, expected={"a": 2.0, "b": 3.0})[0]
    assert first.endswith("(also differing: b)")


def test_lists_in_the_expected_answer_stand_for_arrays_and_tuples_for_sequences():
    check(lambda: {"W": np.zeros((2, 2))}, expected={"W": [[0.0, 0.0], [0.0, 0.0]]})
    check(lambda: [(np.ones(2), 1)], expected=[([1.0, 1.0], 1)])
    check(lambda: [60, 20, 20], expected=(60, 20, 20))


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([1.0, 2.0], np.array([1.0, 2.0])),
        ([[1, 0], (0, 1)], np.eye(2)),  # a list knows no kind of number
        ([[True], [False]], np.array([[True], [False]])),
        ([np.float64(1), 2], np.array([1.0, 2.0])),
        ([], np.zeros(0)),
        ({"D": [[[1.5]]]}, {"D": np.array([[[1.5]]])}),
    ],
)
def test_nested_lists_of_numbers_pass_for_an_array(got, expected):
    assert differences(got, expected) == []


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.array([60, 20, 20]), (60, 20, 20)),
        (np.array([1.0, 2.0]), [1, 2]),
        (np.eye(2), [[1.0, 0.0], (0.0, 1.0)]),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), (np.array([1.0, 2.0]), np.array([3.0, 4.0]))),
        ({"sizes": np.zeros(0)}, {"sizes": []}),
    ],
)
def test_an_array_passes_for_a_list_of_its_numbers_or_rows(got, expected):
    assert differences(got, expected) == []


@pytest.mark.parametrize(
    ("got", "expected", "kind", "said"),
    [
        (np.array([1.0, 2.0, 3.0]), [1.0, 2.0], "length", "has 3 items, expected 2"),
        (np.array([1.0, 3.0]), [1.0, 2.0], "value", "the 2nd item of the result"),
        (np.array(1.0), [1.0], "type", "is a number, expected a list"),
        (np.array([[1.0], [2.0]]), ["a", "b"], "type", "expected a text"),
    ],
)
def test_an_array_for_a_list_is_wrong_where_its_items_are(got, expected, kind, said):
    found = differences(got, expected)[0]
    assert found.kind == kind and said in found.message


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        ([[1.0], [2.0, 3.0]], "type"),
        ([["a", "b"]], "type"),
        ([None, None], "type"),
        ([[[1.0, 2.0]]], "type"),  # deeper than the array
        ([np.ones(2)], "type"),
        ([1.0, 2.0, 3.0], "shape"),
        ([[True, False]], "dtype"),
        ([[1.0, 3.0]], "entries"),
    ],
)
def test_lists_that_stand_for_no_such_array_are_refused(got, kind):
    [found] = differences(got, np.array([[1.0, 2.0]]))
    assert found.kind == kind


def test_the_arguments_of_a_check_are_not_changed():
    argument = {"W": np.ones(2)}

    def spoil(parameters: dict[str, Any]) -> Any:
        parameters["W"] *= 0
        return parameters["W"]

    check(spoil, argument, expected=[0.0, 0.0])
    assert argument["W"].tolist() == [1.0, 1.0]


def stub_returning_none(x: Any) -> Any:
    ### START CODE HERE ### (≈ 1 line of code)
    result = None
    ### END CODE HERE ###
    return {"W": result}


def stub_that_crashes(x: Any) -> Any:
    ### START CODE HERE ### (≈ 2 lines of code)
    x *= 3  # done
    parts, _ = None
    ### END CODE HERE ###
    return parts


def stub_that_raises(x: Any) -> Any:
    ### START CODE HERE ### (≈ 1 line of code)
    raise NotImplementedError("your code here")

    ### END CODE HERE ###


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (stub_returning_none, "result = None"),
        (stub_that_crashes, "parts, _ = None"),
        (stub_that_raises, 'raise NotImplementedError("your code here")'),
    ],
)
def test_a_stub_is_not_attempted_yet_and_its_open_line_is_named(function: Any, line: str):
    assert failure(function, 1, expected={"W": 1.0}) == [
        f"✗ {function.__name__}: not attempted yet: fill the region below START CODE HERE",
        f"    still there: {line}",
    ]


def test_a_forgotten_return_is_named():
    (said,) = failure(lambda: None, expected=1.0)
    assert said.endswith("the function returned None: does it end with `return`?")


def test_a_students_own_exception_comes_with_the_students_line():
    def broken(x: Any) -> Any:
        return np.dot(x, np.ones(7))

    first, second = failure(broken, np.ones(3), expected=1.0)
    assert first.startswith("✗ broken: ValueError: shapes (3,) and (7,) not aligned")
    assert second.startswith("    line ") and second.endswith("return np.dot(x, np.ones(7))")


def test_a_function_of_another_name_or_none_at_all_is_named(capsys: pytest.CaptureFixture[str]):
    check(np.sqrt, 4.0, expected=2.0)
    assert "sqrt: as expected" in capsys.readouterr().out


def test_colour_is_used_on_a_terminal_only_and_never_against_no_color(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert failure(double, 1.0, expected=1.0)[0].startswith("\x1b[31m✗\x1b[0m double")
    monkeypatch.setenv("NO_COLOR", "1")
    assert failure(double, 1.0, expected=1.0)[0].startswith("✗ double")


def test_the_file_alone_works_where_only_numpy_is_and_the_terminal_is_ascii(tmp_path: Path):
    (tmp_path / "public_check.py").write_text(handed_out("public_check.py"))
    code = "from public_check import check; check(abs, -2, expected=2)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(tmp_path)}, check=True,
    )  # fmt: skip
    assert done.stdout == "ok abs: as expected\n"


def test_ipython_shows_the_two_lines_and_no_traceback():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shown: list[str] = []
    shell._showtraceback = lambda kind, value, lines: shown.extend(lines)
    shell.run_cell("from autograder.handout.public_check import check\ndef f(x):\n    return -x")
    shell.run_cell("check(f, 2.0, expected=2.0)")
    shell.run_cell("def g(x):\n    return x.nothing")
    shell.run_cell("check(g, 2.0, expected=2.0)")
    assert [line.split("m")[-1] if "\x1b" in line else line for line in shown] == [
        "✗ f: the result has the wrong sign",
        "    expected 2.0",
        "    got      -2.0",
        "✗ g: AttributeError: 'float' object has no attribute 'nothing'",
        "    line 2: return x.nothing",
    ]


def test_the_second_example_of_a_cell_says_that_it_is_the_second(capsys):
    """Else two lines say the same, or ✓ and ✗ stand for one function."""
    cell = "check(abs, -1, expected=1)\ncheck(abs, -2, expected=2)\n"
    space = {"check": check}
    for name in ("<cell 1>", "<cell 1>", "<cell 2>"):  # the first is run again
        exec(compile(cell, name, "exec"), space)
    told = ["✓ abs: as expected", "✓ abs, example 2: as expected"]
    assert capsys.readouterr().out.splitlines() == told * 3
    with pytest.raises(CheckFailed, match=r"^✗ abs, example 2: "):
        exec(compile(cell.replace("=2", "=3"), "<cell 1>", "exec"), space)
    exec(compile("for n in (1, 2): check(abs, n, expected=n)", "<cell 3>", "exec"), space)
    assert "example" not in capsys.readouterr().out.splitlines()[-1], "one line, one example"
