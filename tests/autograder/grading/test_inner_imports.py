"""What a function imports when it is called costs no call: imports are done before."""

import ast
from types import SimpleNamespace

from autograder.grading import inner_imports
from autograder.grading.grader import Grader
from autograder.grading.inner_imports import with_inner_imports
from autograder.grading.running_cells import IMPORT_SECONDS, RunningCells
from autograder.grading.time_limits import TimeLimits
from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CellResult, Limits

OWN = "helper_of_mine.py"
KNOWN_BEFORE = """
def double(x):
    import sys
    known = "helper_of_mine" in sys.modules
    from helper_of_mine import two
    return two * x if known else None
"""


def ours(source, begun=0, **cell):
    cells = [RunnableCell(0, "import numpy"), RunnableCell(1, source, **cell)]
    found = list(with_inner_imports(cells, begun))
    assert [c for c in found if c.index >= 0] == cells
    return [c.source for c in found if c.index < 0]


def test_a_library_that_a_function_imports_is_there_before_its_first_call(built_course, filled):
    files = {OWN: b"two = 2\n"}
    with Grader(built_course, "tiny") as grader:
        right = grader.grade(filled(double=KNOWN_BEFORE), "ada", files=files).report
        without = grader.grade(filled(double=KNOWN_BEFORE), "bob").report
    assert right.exercise("double").points == 4.0
    assert without.exercise("double").points == 0.0  # and nobody else's verdict changes


def test_only_what_may_take_long_is_imported_and_no_name_is_left():
    [text] = ours("def f(x):\n    import math, far.away as a\n    from far import away\n")
    space = {}
    exec(text, space)
    assert set(space) == {"__builtins__"}
    assert "import math, far.away as a" in text and "from far import away" in text
    assert ours("def f(x):\n    import math\n    import numpy.linalg\n    from . import own") == []
    assert ours("import far\ndef f(x):\n    return far.x") == []
    assert len(ours("%time 1\ndef f(x):\n    import far")) == 1
    assert ours("def f(x:\n    import far") == []
    [text] = ours("class A:\n    import near\n    def f(self):\n        if 1: import far")
    assert "far" in text and "near" not in text


def test_a_deeply_nested_function_is_read_once(monkeypatch):
    depth, seen = 30, []
    source = "".join(" " * n + f"def f{n}():\n" for n in range(depth)) + " " * depth + "import far"
    children = ast.iter_child_nodes
    monkeypatch.setattr(ast, "iter_child_nodes", lambda node: seen.append(node) or children(node))
    assert len(ours(source)) == 1
    assert len(seen) == len(set(map(id, seen))) > depth


def test_no_more_than_so_much_of_a_notebook_is_read():
    source = "def f(x):\n    import far\n"
    assert len(ours(source + "#" * 90_000)) == 1
    read = inner_imports._importing.cache_info().misses
    assert ours(source + "#" * 100_000) == []
    assert inner_imports._importing.cache_info().misses == read, "it is not kept either"
    cells = [RunnableCell(n, f"{source}{n}" + "#" * 40_000) for n in range(5)]
    assert sum(c.index < 0 for c in with_inner_imports(cells, 0)) == 2


def test_test_cells_and_cells_that_have_run_get_nothing():
    source = "def f(x):\n    import far"
    assert ours(source, public_check="f") == ours(source, outside=True) == []
    assert ours(source, begun=2) == []


class Dying:
    """A session that dies of one source; `asked` notes each cell with its limit."""

    def __init__(self, fatal, asked):
        self.alive, self._fatal, self._asked = True, fatal, asked

    def run_cells(self, cells, seconds, patience):
        for cell, limit in zip(cells, seconds, strict=False):
            self._asked.append((cell, limit))
            self.alive = cell != self._fatal
            yield CellResult("ok" if self.alive else "crashed", [])
            if not self.alive:
                return

    def close(self):
        self.alive = False


def test_an_import_of_ours_that_kills_the_session_is_tried_once_and_for_a_short_time():
    own, after = RunnableCell(0, "def f(x):\n    import far"), RunnableCell(1, "x = 1")
    cells, asked = list(with_inner_imports([own, after], 0)), []
    sandbox = SimpleNamespace(
        limits=Limits(), begun=(), session=lambda: Dying(cells[1].source, asked)
    )
    ran = RunningCells(sandbox, cells, TimeLimits(Limits(), 60.0, {}), {}, None).run()
    own_twice = [own.source, cells[1].source, own.source, after.source]
    assert [source for source, _ in asked] == own_twice
    assert [limit for _, limit in asked] == [10.0, IMPORT_SECONDS, 10.0, 10.0]
    assert ran[0].status == ran[1].status == "ok"
