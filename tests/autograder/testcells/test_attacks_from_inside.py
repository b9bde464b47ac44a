"""What a notebook tries against test cells that are judged outside: nothing of it gains points."""

import argparse
import sys

import pytest

from autograder.sandbox.questions import instances
from autograder.sandbox.questions.arrays import Malformed
from autograder.sandbox.questions.sharing import Shared

pytestmark = pytest.mark.family

HONEST = "def f(x):\n    return [2 * v for v in x]"
TEST = """
assert len(f([1, 2])) == 2
### BEGIN HIDDEN TESTS
canary_expected = [6.5, 14]
assert f([3.25, 7]) == canary_expected
np.testing.assert_allclose(f([1]), [2])
### END HIDDEN TESTS
"""
SEARCH = """
import gc
def f(x):
    return [0 for v in x]
"""
LOOK = """
name, six, more = "_expected".join(["canary", ""]), 13 / 2, 7 * len("ab")
values = [repr(v) for k, v in list(globals().items()) if k != "name"]
texts = [t for t in In + values if name in t]
objects = gc.get_objects()
dicts = [o for o in objects if type(o) is dict and name in o]
lists = [o for o in objects if type(o) is list and len(o) == 2 and {*map(type, o)} == {int, float}]
print(texts, dicts, [o for o in lists if o == [six, more]])
"""
WRONG = {
    "patched comparisons": """
import builtins
import numpy.testing
np.testing.assert_allclose = np.allclose = np.array_equal = lambda *a, **k: True
builtins.AssertionError = type("AssertionError", (Exception,), {})
builtins.all = builtins.any = builtins.isinstance = lambda *a: True
def f(x): return [0]
""",
    "a list that equals all": """
class L(list):
    def __eq__(self, other): return True
    __ne__ = lambda self, other: False
    __array_ufunc__ = None
def f(x): return L(x)
""",
    "an object that equals all": """
class Yes:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.array([2])
    __len__ = lambda self: 1
    __getattr__ = lambda self, name: lambda *a, **k: self
def f(x): return Yes()
""",
    "a class that equals all": """
class Meta(type):
    def __eq__(self, other): return True
    __hash__ = type.__hash__
class Yes(metaclass=Meta): pass
def f(x): return Yes
""",
    "a function in place of a value": "def f(x): return f",
    "an infinite generator": "def f(x):\n    while True:\n        yield 2",
    "an endless call": "def f(x):\n    while True: pass",
    "the end of the process": "import os\ndef f(x): os._exit(0)",
    "SystemExit": "def f(x): raise SystemExit(0)",
    "a look-alike of a table entry": "def f(x): return ('ref', 0)",
    "a result shown by hand": """
def f(x):
    get_ipython().displayhook(100.0)
    return [0]
""",
    "changed inputs": "def f(x):\n    x.clear()\n    return []",
    "the argument itself": "def f(x): return x",
    "an open file": "def f(x): return open('/dev/null')",
    "a callable of the judge's own that answers as a test would like": """
frame = __import__("sys")._getframe()
while "HANDLERS" not in frame.f_globals: frame = frame.f_back
answering = frame.f_globals["HANDLERS"]["answer"].__init__.__globals__["Answering"]
look_up = answering._look_up
def f(x): return [0 for v in x]
def given(self, wanted, *more):
    kind = ("class", "unittest.mock", "MagicMock")
    return look_up(self, wanted, *more) | {"found": [(name, kind) for name in wanted]}
answering._look_up = given
""",
    "a frozen shell": """
def f(x):
    get_ipython().run_cell = lambda *a, **k: None
    get_ipython().ast_transformers.append(lambda *a: None)
    return None
""",
}  # fmt: skip


UNASKED = """
frame = __import__("sys")._getframe()
while "HANDLERS" not in frame.f_globals: frame = frame.f_back
answering = frame.f_globals["HANDLERS"]["answer"].__init__.__globals__["Answering"]
look_up = answering._look_up
def f(x): return [0 for v in x]
def anything(*args, **kwargs): return None
def given(self, wanted, *more):
    found = look_up(self, [*wanted, "anything"], *more)
    node = found["found"].pop()[1]
    found["found"] += [(name, node) for name in ("assert_allclose", "assert_array_equal")]
    return found
answering._look_up = given
"""


def is_lost(result):
    shown = {o["output_type"] for o in result.outputs}
    return result.status not in ("ok", "output") and "execute_result" not in shown


@pytest.mark.parametrize("attack", WRONG)
def test_a_wrong_answer_stays_wrong(course, attack):
    second = "assert 1 + 1 == 2"
    seconds = 0.5 if "endless" in attack else 5.0
    lost, after = course.judge(
        HONEST, TEST, second, submission=WRONG[attack], objects={}, seconds=seconds
    ).results
    assert is_lost(lost), lost.outputs
    assert after.status == "ok" or attack == "the end of the process"


def test_names_that_nobody_asked_for_are_not_bound(course):
    """A test's own comparison is a name, too, and the student's process may answer anything."""
    test = "assert_allclose(f([1, 2]), [2, 4])"
    judged = course.judge(HONEST, test, submission=UNASKED, objects={})
    assert judged.results[0].error_name == "AssertionError"


@pytest.mark.quick
def test_neither_the_test_nor_what_it_expects_is_in_the_students_process(course):
    judged = course.judge(HONEST, TEST, submission=SEARCH, objects={}, afterwards=[LOOK])
    assert judged.results[0].error_name == "AssertionError"
    [shown] = judged.student[0].outputs
    assert shown.get("text") == "[] [] []\n", shown


def test_what_an_honest_answer_may_be_instead_of_a_list(course):
    test = "assert sorted(f([1, 2])) == [2, 4]"
    answers = (
        "return map(lambda v: 2 * v, x)",
        "return {2: 0, 4: 0}.keys()",
        "return (2 * v for v in x)",
        "return __import__('collections').namedtuple('N', 'a b')(2, 4)",
        "return np.matrix([[2, 4]]).A1.view(type('A', (np.ndarray,), {}))",
        "return reversed([2, 4])",
    )
    for answer in answers:
        [found] = course.judge(HONEST, test, submission=f"def f(x): {answer}", objects={}).results
        assert found.status == "ok", (answer, found)


SWALLOWS = "try:\n    r = f(1)\nexcept Exception:\n    pass\nexcept:\n    pass"


@pytest.mark.quick
@pytest.mark.parametrize(
    "answer",
    [
        "import threading\ndef f(x): return threading.Lock()",
        "import os\ndef f(x): os._exit(1)",
        "def f(x): return 1 << 10_000_000",
    ],
)
def test_no_test_passes_by_swallowing_what_is_no_answer(course, answer):
    [result] = course.judge("def f(x): return 1", SWALLOWS, submission=answer, objects={}).results
    assert is_lost(result) and result.error_name == "TestStopped"


def test_an_exception_counts_by_its_type(course):
    test = "assert_raises(ValueError, f, -1)"
    answers = {
        "raise AssertionError": False,
        "assert False": False,
        "raise BaseException": False,
        "raise GeneratorExit": False,
        "raise ValueError('x')": True,
        "raise type('ValueError', (Exception,), {})": False,
        "raise type('E', (ValueError,), {'__init__': lambda s: None})()": True,
    }
    solution = "def f(x): raise ValueError('negative')"
    for answer, passes in answers.items():
        [result] = course.judge(
            solution, test, submission=f"def f(x): {answer}", objects={}
        ).results
        assert (result.status == "ok") is passes, (answer, result)


def test_only_methods_that_the_authors_objects_need_are_asked_for(course):
    solution = "class P:\n    def __init__(self, x): self.x = x\n    def __len__(self): return 2"
    liar = solution + "\n    def __eq__(self, other): return True\n    __hash__ = None"
    tests = ("p = P(1); assert len(p) == 2 and p.x == 1", "assert P(1) == 5", "assert P(2).x == 2")
    plan = course.plan(solution, tests[0], tests[2])
    assert plan.objects == {"t1": ["__len__"], "t2": []} and plan.outside == ("t1", "t2")
    objects = {"t1": ["__len__"], "t2": [], "t3": []}
    results = course.judge(solution, *tests, submission=liar, objects=objects).results
    assert [r.status for r in results] == ["ok", "error", "ok"]


def test_the_judges_random_inputs_are_not_the_students_to_choose(course):
    test = (
        "np.random.seed(5)\nf()\nx = np.random.rand()\nassert x != np.random.RandomState(0).rand()"
    )
    cheat = "def f(): np.random.seed(0)"
    assert course.judge("def f(): pass", test, submission=cheat).results[0].status == "ok"


def test_a_call_back_calls_the_tests_functions_only(course):
    solution = "def f(h): return h(1)"
    cheat = (
        "def f(h):\n"
        "    import gc\n"
        "    from functools import partial\n"
        "    h.__closure__\n"
        "    return h(lambda: 1)"
    )
    [result] = course.judge(solution, "assert f(lambda v: v + 1) == 2", submission=cheat).results
    assert is_lost(result)


NAMED = "a.__module__, a.__qualname__ = 'ctypes', 'cdll./nowhere/at/all'"


@pytest.mark.quick
def test_a_class_is_no_way_to_have_a_file_loaded(course):
    """A name that was walked by its dots got to `ctypes.cdll`, which loads what it is asked for."""
    solution = "class a:\n    def __init__(self, x): self.x = x"
    [honest, named] = (
        course.judge(solution, "assert a(3).x == 3", submission=text, objects={"t1": []}).results[0]
        for text in (solution, f"{solution}\n{NAMED}")
    )
    assert honest.status == named.status == "ok", named


READ = [
    ("class", "numpy", "ctypeslib.ctypes.cdll./nowhere/at/all"),
    ("class", "numpy", "ctypeslib.ndpointer"),
    ("class", "numpy", 3),
    ("class", "numpy", "linalg"),
    ("module", "json.tool"),
    ("module", "numpy.nowhere"),
    ("module", ["numpy"]),
]


@pytest.mark.quick
@pytest.mark.parametrize("node", READ)
def test_what_a_student_names_is_neither_searched_nor_imported(node, monkeypatch):
    monkeypatch.delitem(sys.modules, "json.tool", raising=False)
    shared = Shared(0, lambda _: (), lambda *_: None, trusts=False)
    with pytest.raises(Malformed):
        shared.unpack([node], [])
    assert "json.tool" not in sys.modules


OWN = "import argparse\no = argparse.Namespace(a=1, key=len)\n"


@pytest.mark.parametrize(
    "cheat",
    ["o._get_kwargs = lambda: []", "o.key = lambda v: 2", "o.more = f", "o._get_args = 3"],
)
def test_an_object_of_the_tests_takes_data_only(course, cheat):
    test = OWN + "f(o)\nassert o.key([1, 2]) == 2 and o.a == 2"
    honest, tried = (f"def f(o):\n    o.a = 2\n    {line}" for line in ("pass", cheat))
    assert course.judge(honest, test).results[0].status == "ok"
    assert is_lost(course.judge(honest, test, submission=tried).results[0])


def test_a_student_makes_no_object_of_a_class_for_the_judge():
    content = ("instance", "argparse", "Namespace", [("a", 1)])
    with pytest.raises(Malformed, match="of a class"):
        instances.begin(content, None, trusts=False)
    with pytest.raises(Malformed, match="became another"):
        instances.begin(content, argparse.ArgumentParser(), trusts=False)
    assert vars(instances.begin(content, None, trusts=True)) == {}
