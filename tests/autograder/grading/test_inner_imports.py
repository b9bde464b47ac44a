"""What a function imports when it is called costs no call: imports are done before."""

from autograder.grading.grader import Grader
from autograder.grading.inner_imports import with_inner_imports
from autograder.notebook.cells import RunnableCell

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


def test_test_cells_and_cells_that_have_run_get_nothing():
    source = "def f(x):\n    import far"
    assert ours(source, public_check="f") == ours(source, outside=True) == []
    assert ours(source, begun=2) == []
