"""Which lines of a notebook may be quoted, and how little can be told by choosing them."""

from autograder.grading.inner_imports import with_inner_imports
from autograder.grading.own_helpers import OwnHelpers
from autograder.grading.own_text import OwnText
from autograder.judge.vocabulary import MOST_LINES
from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CallResult

CELL = '''\
def outer(x):
    def inner(y):
        return y / 0
    """
far left
    """
    return inner(x)
z = [1 / 0 for _ in "a"]
# def made def up def names'''


def quoted(line, *cells):
    text = OwnText([RunnableCell(n, cell) for n, cell in enumerate(cells or (CELL,))])
    return text.with_own_lines(CallResult("raised", lines=[line])).lines


def test_a_line_is_quoted_with_the_function_that_it_stands_in():
    for own in (
        "inner, line 3: return y / 0",
        "outer, line 7: return inner(x)",
        '<module>, line 8: z = [1 / 0 for _ in "a"]',
        "<module>, line 1: def outer(x):",
        "outer, line 1: def outer(x):",
    ):
        assert quoted(own) == [own]


def test_the_sources_are_the_students_and_not_the_cells_that_are_put_in_between():
    """Where one fills names by `globals()`, nothing could be said of a name that nobody knows."""
    own = "def norm(x):\n    import scipy\n    return x\ndef f(x):\n    return norm(x)"
    cells = [RunnableCell(0, own), RunnableCell(1, "norm = 1")]
    kept = OwnHelpers(["norm = 1"], ["f"]).kept_in(cells, 0)
    all_of_them = [*with_inner_imports(kept, 0)]
    assert [cell.index < 0 for cell in all_of_them].count(True) == 3
    assert OwnText(all_of_them).sources == [own, "norm = 1"]


def test_what_is_not_there_is_not_quoted():
    for other in ("inner, line 4: return y / 0", "inner, line 3: return y / 1", "no line", ""):
        assert quoted(other) == []


def test_the_name_in_front_of_a_line_tells_nothing():
    """A function's name can be chosen by what it was called with: the line alone decides it."""
    for name in ("made", "up", "names", "<lambda>", "inner"):
        assert quoted(f"{name}, line 3: return y / 0") == ["inner, line 3: return y / 0"]


def test_a_line_of_two_functions_is_quoted_with_the_one_that_raised():
    cells = ("def f():\n    return 1 / 0", "def g():\n    return 1 / 0")
    for name in ("f", "g"):
        own = f"{name}, line 2: return 1 / 0"
        assert quoted(own, *cells) == [own]
    assert quoted("h, line 2: return 1 / 0", *cells) == ["f, line 2: return 1 / 0"]


def test_of_a_notebook_with_too_many_lines_and_names_none_is_quoted():
    few, many = ([f"def f{n}():\n    1 / 0" for n in range(most)] for most in
                 (MOST_LINES // 3, MOST_LINES // 3 + 1))  # fmt: skip
    assert quoted("f7, line 2: 1 / 0", *few) == ["f7, line 2: 1 / 0"]
    assert quoted("f7, line 2: 1 / 0", *many) == []
