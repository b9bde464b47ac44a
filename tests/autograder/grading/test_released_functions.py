"""Which exercises have a stub that a right answer can be told from."""

import importlib.util
import sys

import pytest

from autograder.grading.released_functions import ReleasedFunctions
from autograder.notebook.cells import ExerciseCells, NotebookCell

TWICE = "def twice(f):\n    return lambda x: 2 * f(x)\n\n"
NOTHING_TO_TELL = {
    "an empty class": ("class answer: ...", "class answer(ValueError):\n    pass"),
    "a class of empty methods": (
        "class answer:\n    pass",
        'class answer:\n    def close(self):\n        """Closes nothing."""',
    ),
    "an abstract function": (
        "def answer(x):\n    return x",
        "def answer(x):\n    raise NotImplementedError",
    ),
    "a decorator": (
        "def answer(x):\n    return x + 1",
        TWICE.replace("return lambda", "f.__globals__\n    return lambda")
        + "def answer(x):\n    return x + 1\n\nanswer.twice = twice(answer)",
    ),
}
A_STUB = {
    "a sum": ("def answer(x):\n    y = None\n    return y", "def answer(x):\n    return x + 1"),
    "a print": ("def answer(x):\n    pass", "def answer(x):\n    print(x)"),
    "a branch that does nothing": (
        "def answer(x):\n    pass",
        "def answer(x):\n    try:\n        return int(x)\n    except ValueError:\n        pass",
    ),
    "a class that has a value": ("class answer:\n    pass", "class answer:\n    size = 3"),
    "a method": (
        "class answer:\n    def f(self):\n        pass",
        "class answer:\n    def f(self):\n        return 1",
    ),
}


def stubs(tmp_path, monkeypatch, released, solution):
    path = tmp_path / "solution.py"
    path.write_text(solution + "\n")
    spec = importlib.util.spec_from_file_location("solution_of_a_test", path)
    reference = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, reference)
    spec.loader.exec_module(reference)
    cell = NotebookCell("code", released, "answer", solution=True)
    test = NotebookCell("code", "", "test_answer", grade=True)
    return ReleasedFunctions([ExerciseCells("answer", 1.0, cell, test)], reference).stubs


@pytest.mark.parametrize("kind", NOTHING_TO_TELL)
def test_a_solution_that_does_no_more_than_the_stub_is_taken_for_no_stub(
    tmp_path, monkeypatch, kind
):
    assert stubs(tmp_path, monkeypatch, *NOTHING_TO_TELL[kind]) == {}


@pytest.mark.parametrize("kind", A_STUB)
def test_any_other_exercise_has_its_stub(tmp_path, monkeypatch, kind):
    assert stubs(tmp_path, monkeypatch, *A_STUB[kind]).keys() == {"answer"}
