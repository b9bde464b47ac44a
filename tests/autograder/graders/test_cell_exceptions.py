"""A check meets a student's exception by its own class and by its bases, as a test cell does."""

import builtins
import json
import sys
import types
import unittest
from contextlib import nullcontext

import numpy as np
import pytest

from autograder.graders import as_in_a_cell
from autograder.graders.compare import Mismatch
from autograder.judge.calls import OpenBackend
from autograder.judge.checks import Recording, Reference, Student, StudentFailure
from autograder.model import GraderError
from autograder.sandbox import CallResult
from autograder.sandbox.replies import Reply
from autograder.sandbox.wire_format import Caps

pytestmark = pytest.mark.quick

BASES = ["builtins:Exception", "builtins:BaseException", "builtins:object"]
OVERDRAWN = ["__main__:Overdrawn", "builtins:ValueError", *BASES]
OF_NUMPY = ["numpy.linalg:LinAlgError", "builtins:ValueError", *BASES]
OF_JSON = ["json.decoder:JSONDecodeError", "builtins:ValueError", *BASES]
OF_UNICODE = ["builtins:UnicodeDecodeError", "builtins:UnicodeError", "builtins:ValueError", *BASES]
OF_TWO = ["__main__:Both", "builtins:KeyError", "builtins:LookupError", "builtins:ValueError",
          *BASES]  # fmt: skip


class Raising:
    """A backend whose every call raises what has classes of these names."""

    def __init__(self, kinds):
        name = kinds[0].rpartition(":")[2]
        self.result = CallResult("raised", None, name, "why", kinds=tuple(kinds))

    def call(self, *args, **kwargs):
        return self.result


def meets(kinds, expected):
    """Whether a test that expects a class meets such an exception; StudentFailure where not."""
    with as_in_a_cell(Student(Raising(kinds), Recording("test_f", "seed"))) as notebook:
        try:
            notebook.f(1)
        except expected as error:
            return type(error).__name__ == kinds[0].rpartition(":")[2] and "why" in str(error)
    return False


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (OVERDRAWN, ValueError),
        (OF_NUMPY, np.linalg.LinAlgError),
        (OF_NUMPY, ValueError),
        (OF_JSON, json.JSONDecodeError),
        (OF_UNICODE, UnicodeDecodeError),
        (OF_TWO, KeyError),
        (OF_TWO, ValueError),
        (["some.library:Its", "builtins:OSError", *BASES], OSError),
    ],
)
def test_a_test_may_expect_an_exception_by_its_own_class_and_by_a_base(kinds, expected):
    assert meets(kinds, expected)


@pytest.mark.parametrize(
    "kinds",
    [
        ["__main__:ValueError", *BASES],  # of the notebook's, with the name of Python's
        ["__main__:Failed", "builtins:AssertionError", *BASES],
        ["builtins:AssertionError", *BASES],
        ["autograder.model:GraderError", *BASES],
        ["builtins:print", "builtins:int", *BASES],
        [".:", "", *BASES],
        ["__main__:No", "builtins:OSError", "builtins:SyntaxError", *BASES],  # no class has both
    ],
)
@pytest.mark.parametrize("expected", [ValueError, AssertionError, GraderError])
def test_a_test_meets_no_exception_that_was_not_raised(kinds, expected):
    with pytest.raises(StudentFailure):
        meets(kinds, expected)


def test_what_is_derived_from_an_exit_is_no_exception_that_a_test_may_expect():
    with pytest.raises(StudentFailure):
        meets(["__main__:Left", "builtins:SystemExit", "builtins:BaseException"], Exception)


ASKED = "antigravity"  # a module of Python's; another stands in its place


@pytest.fixture
def asked(monkeypatch):
    """The names that a module and an object in it were asked for."""
    names = []

    def ask(name):
        if name.startswith("__"):  # `inspect` asks every module for its file
            raise AttributeError(name)
        names.append(name)
        return ValueError

    module = types.ModuleType(ASKED)
    module.__getattr__ = ask
    module.library = type("Library", (), {"__getattr__": lambda _, name: ask(name)})()
    monkeypatch.setitem(sys.modules, ASKED, module)
    return names


NAMED = ["lazy", "library.path", "library.path.more"]


@pytest.mark.parametrize("name", NAMED)
def test_no_library_is_asked_for_a_name_that_a_student_chose(asked, name):
    with pytest.raises(StudentFailure):
        meets([f"{ASKED}:{name}", *BASES], ValueError)
    assert asked == []


@pytest.mark.parametrize("name", NAMED)
def test_no_library_is_asked_for_a_name_of_an_exception_of_the_notebooks(asked, name):
    solution, space = types.ModuleType("_autograder_solution_bank"), {"__name__": "__main__"}
    exec("class BankError(Exception): pass", vars(solution))
    exec("class BankError(Exception): pass", space)
    space["BankError"].__module__, space["BankError"].__qualname__ = ASKED, name
    recording = Recording("test_x", "seed", exercise="Account")
    with as_in_a_cell(
        Student(OpenBackend(space), recording), Reference(solution, recording)
    ) as notebook:
        assert issubclass(notebook.BankError, Exception)
    assert asked == []


@pytest.mark.parametrize("kind", ["ctypes:cdll./nowhere/at/all", "ctypes:cdll.a\0b"])
def test_no_file_of_a_student_s_is_loaded_into_the_judge(kind):
    with pytest.raises(StudentFailure):
        meets([kind, *BASES], ValueError)


def test_no_module_is_imported_for_a_student(monkeypatch):
    monkeypatch.delitem(sys.modules, ASKED, raising=False)
    with pytest.raises(StudentFailure):
        meets([f"{ASKED}:geohash", *BASES], ValueError)
    assert ASKED not in sys.modules


STOP = ["builtins:StopIteration", *BASES]


@pytest.mark.parametrize("kinds", [STOP, ["__main__:End", *STOP], OVERDRAWN])
def test_no_loop_of_a_test_ends_with_an_exception_as_with_its_items(kinds):
    student = Student(Raising(kinds), Recording("test_f", "seed"))
    with pytest.raises(StudentFailure), as_in_a_cell(student) as notebook:
        assert all(map(lambda x: notebook.f(x) == x, range(5)))


SKIPS = ["unittest.case:SkipTest", "unittest.case:_ShouldStop", "doctest:UnexpectedException"]


@pytest.mark.parametrize("kind", SKIPS)
@pytest.mark.parametrize("own", [[], ["__main__:Own"]])
def test_no_exception_of_a_test_runner_s_is_met(kind, own):
    class Case(unittest.TestCase):
        def test_f(self):
            self.assertEqual(notebook.f(2), 4)

    student = Student(Raising([*own, kind, *BASES]), Recording("test_f", "seed"))
    with pytest.raises(Mismatch), as_in_a_cell(student) as notebook:
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(Case)
        assert suite.run(unittest.TestResult()).wasSuccessful()


BATCHES = """
class Batches:
    def __init__(self, count): self.count = count
    def __iter__(self): return self
    def __next__(self):
        if not self.count: raise StopIteration
        self.count -= 1
        return self.count
    def first(self): return 1
    def last(self): raise StopIteration("no more")
def batches(count): return Batches(count)
"""


def of_batches(text):
    solution, space = types.ModuleType("_autograder_solution_b"), {"__name__": "__main__"}
    exec(BATCHES, vars(solution))
    exec(text, space)
    recording = Recording("test_x", "seed", exercise="Batches")
    return as_in_a_cell(Student(OpenBackend(space), recording), Reference(solution, recording))


def test_a_loop_ends_with_the_items_of_a_student_s():
    early = BATCHES.replace("if not self.count:", "if self.count < 2:")
    for text, expected in ((BATCHES, [1, 0]), (early, [1])):
        with of_batches(text) as notebook:
            assert list(notebook.batches(2)) == expected


def test_a_method_stops_a_loop_only_where_the_solution_s_does():
    with of_batches(BATCHES) as notebook, pytest.raises(StopIteration):
        notebook.batches(2).last()
    wrong = of_batches(BATCHES.replace("return 1", "raise StopIteration"))
    with pytest.raises(StudentFailure), wrong as notebook:
        made = notebook.batches(2)
        assert all(map(lambda _: made.first() == 1, range(2)))


BANK = """
class BankError(ValueError): pass
class Overdrawn(BankError): pass
class Account:
    def spend(self, amount): raise Overdrawn(amount)
def spend(amount): raise Overdrawn(amount)
"""


@pytest.mark.parametrize("expected", ["BankError", "Overdrawn", "ValueError", "IndexError"])
@pytest.mark.parametrize("is_named_first", [True, False])
@pytest.mark.parametrize("of", ["a function", "a method"])
def test_the_notebooks_own_exceptions_are_met_by_their_bases(expected, is_named_first, of):
    solution = types.ModuleType("_autograder_solution_bank")
    exec(BANK, vars(solution))
    space = {"__name__": "__main__"}
    exec(BANK, space)
    recording = Recording("test_x", "seed", exercise="Account")
    cell = as_in_a_cell(Student(OpenBackend(space), recording), Reference(solution, recording))
    is_met = expected != "IndexError"
    with nullcontext() if is_met else pytest.raises(StudentFailure), cell as notebook:
        if is_named_first:
            assert notebook.BankError is not notebook.Overdrawn
        spend = notebook.spend if of == "a function" else notebook.Account().spend
        kind = getattr(builtins, expected, None) or getattr(notebook, expected)
        try:
            spend(5)
        except kind as error:
            assert type(error) is notebook.Overdrawn and isinstance(error, notebook.BankError)


def raises(own, text):
    """What a notebook of these classes raises, met as an exception."""
    space = {"__name__": "__main__"}
    exec(f"{own}\ndef f(x): raise {text}", space)
    with as_in_a_cell(Student(OpenBackend(space), Recording("test_f", "seed"))) as notebook:
        try:
            notebook.f(1)
        except Exception as error:
            return error


NOT_FOUND = "class Own(KeyError): pass"
SAYS_SO = "class Own(KeyError):\n    def __str__(self): return 'no x'"
DEAR = "class Own(ValueError):\n    def __init__(self, a, b): super().__init__(f'{a} of {b}')"


@pytest.mark.parametrize(
    ("own", "text", "base", "said", "arguments"),
    [
        ("", "KeyError('x')", KeyError, "'x'", ("x",)),
        ("", "KeyError(3)", KeyError, "3", (3,)),
        ("", "KeyError(b'x')", KeyError, "b'x'", ("b'x'",)),  # the text in place of what is kept
        ("", "ValueError", ValueError, "", ()),
        ("", "ValueError('a', 2)", ValueError, "('a', 2)", ("a", 2)),
        ("", "FileNotFoundError(2, 'none')", FileNotFoundError, "[Errno 2] none", (2, "none")),
        (NOT_FOUND, "Own('x')", KeyError, "'x'", ("x",)),
        (SAYS_SO, "Own('x')", KeyError, "no x", ("x",)),
        ("class Own(OSError): pass", "Own('x')", OSError, "x", ("x",)),
        (DEAR, "Own(1, 2)", ValueError, "1 of 2", ("1 of 2",)),
        ("", "UnicodeError(['x'])", UnicodeError, "['x']", ("['x']",)),
    ],
)
def test_an_exception_says_what_it_said_and_has_its_arguments(own, text, base, said, arguments):
    error = raises(own, text)
    assert isinstance(error, base) and type(error).__name__ == text.partition("(")[0]
    assert (str(error), error.args) == (said, arguments)


@pytest.mark.parametrize("depth", [1, 15, 16, 17, 40])
def test_an_exception_with_a_long_ancestry_is_met_by_what_python_has_of_it(depth):
    own = f"k = ValueError\nfor i in range({depth}): k = type(f'C{{i}}', (k,), {{}})"
    assert isinstance(raises(own, "k('x')"), ValueError)
    solution, space = types.ModuleType("_autograder_solution_k"), {"__name__": "__main__"}
    exec(own, vars(solution))
    exec(own, space)
    recording = Recording("test_x", "seed", exercise="k")
    cell = as_in_a_cell(Student(OpenBackend(space), recording), Reference(solution, recording))
    with cell as notebook:
        assert issubclass(notebook.k, ValueError)


@pytest.mark.parametrize("forged", [["x"] * 9, ["x" * 201], [[1]], [1 << 60], ("x",), "x", [b"x"]])
def test_arguments_that_are_not_plain_and_few_do_not_arrive(forged):
    fields = {"status": "raised", "error": ("KeyError", "x"), "arguments": forged}
    assert Reply(fields, [], Caps(), 0.0).arguments == ()
    assert Reply({**fields, "arguments": ["x", 1]}, [], Caps(), 0.0).arguments == ("x", 1)
