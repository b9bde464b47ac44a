"""Calls over the wall: copies in, plain values out, whatever the function does."""

import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from autograder.sandbox import Limits, Sandbox, SandboxError
from autograder.sandbox.memory_allowance import memory_allowance
from autograder.sandbox.requests import PreparedCall
from autograder.sandbox.wire_format import WireError

pytestmark = pytest.mark.family


@pytest.fixture(scope="module")
def box():
    with Sandbox(Limits(callbacks=50, reply_bytes=1 << 20)) as box:
        yield box


@pytest.fixture
def define(box):
    """A function that opens a session in which some source has run."""
    sessions = []

    def define(source):
        session = box.session()
        sessions.append(session)
        assert session.run_cell("import numpy as np\n" + source).status == "ok"
        return session

    yield define
    for session in sessions:
        session.close()


@pytest.mark.quick
def test_a_value_comes_back(define):
    session = define("def f(x, *, k=2): return {'W1': x * k, 'n': [1, (2, None)]}")
    result = session.call("f", [np.ones((2, 1))], {"k": 3})
    assert result.status == "value"
    np.testing.assert_array_equal(result.value["W1"], [[3.0], [3.0]])
    assert result.value["n"] == [1, (2, None)]


def test_arguments_are_copies_and_changes_to_them_are_told(define):
    session = define("def f(a, b, c=None):\n    b[0] = 9; c['k'] = a; return a")
    a, b, c = np.zeros(2), np.zeros(2), {"k": 1}
    result = session.call("f", [a, b], {"c": c})
    assert result.changed == ("1", "c")
    assert b[0] == 0 and c == {"k": 1}


def nested(levels):
    value = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("args, kwargs", [([nested(32)], {}), ([1], {"y": nested(32)})])
def test_an_argument_may_nest_as_deep_as_any_value(define, args, kwargs):
    session = define("def f(x, y=0): return 3")
    assert session.call("f", args, kwargs).value == 3
    PreparedCall("f", args, kwargs, 0)


def test_an_argument_that_nests_deeper_is_refused(define):
    with pytest.raises(WireError, match="nested deeper than 32"):
        define("def f(x): return 3").call("f", [nested(33)])


def test_truth_values_of_other_bytes_are_no_change(define):
    flags = np.array([0, 1, 2, 255], np.uint8).view(bool)
    result = define("def f(a, b): b.append(1); return a.sum()").call("f", [flags, []])
    assert (result.value, result.changed) == (3, ("1",))


def test_another_memory_layout_is_no_change(define):
    session = define("def f(d):\n    d['x'] = np.asfortranarray(d['x']); return 0")
    assert session.call("f", [{"x": np.ones((2, 3))}]).changed == ()


@pytest.mark.quick
def test_an_argument_changed_into_something_strange_is_changed(define):
    assert define("def f(d):\n    d[0] = object(); return 0").call("f", [[1]]).changed == ("0",)


def test_the_seed_sets_both_global_states_before_the_call(define):
    session = define("import random\ndef f(): return (np.random.rand(), random.random())")
    first, second, third = (session.call("f", seed=s).value for s in (3, 3, 4))
    assert first == second != third
    np.random.seed(3)
    assert first[0] == np.random.rand()


def test_an_exception_is_named_with_the_students_own_lines(define):
    session = define("def g(x):\n    return np.linalg.inv(x)\ndef f(x):\n    return g(x)")
    result = session.call("f", [np.zeros((2, 2))])
    assert (result.status, result.error_name) == ("raised", "LinAlgError")
    assert result.lines == ["f, line 5: return g(x)", "g, line 3: return np.linalg.inv(x)"]


@pytest.mark.quick
def test_an_exception_names_its_class_and_its_bases(define):
    own = "class E(KeyError): pass\ndef f(x):\n    raise E"
    wanted = ("__main__:E", "builtins:KeyError", "builtins:LookupError", "builtins:Exception",
              "builtins:BaseException", "builtins:object")  # fmt: skip
    assert define(own).call("f", [1]).kinds == wanted
    strange = "class Meta(type):\n    __mro__ = 7\nclass E(KeyError, metaclass=Meta): pass\n"
    assert define(f"{strange}def f(x):\n    raise E").call("f", [1]).kinds == wanted
    assert define("def g(x): return x").call("g", [1]).kinds == ()


@pytest.mark.quick("raise SystemExit-SystemExit")
@pytest.mark.parametrize(
    ("raising", "name"),
    [
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class E(Exception):\n        def __str__(self): 1/0\n    raise E", "E"),
        ("raise ValueError('x' * 10**6)", "ValueError"),
        ("return f()", "RecursionError"),
    ],
)
def test_any_exception_is_only_an_answer(define, raising, name):
    session = define(f"def f():\n    {raising}")
    result = session.call("f")
    assert (result.status, result.error_name) == ("raised", name)
    assert len(result.error_message) <= 4000
    assert session.alive


@pytest.mark.quick
@pytest.mark.parametrize("source", ["", "f = 3", "f = None"])
def test_a_function_that_is_not_there_is_missing(define, source):
    assert define(source).call("f").status == "missing"


@pytest.mark.quick("(x for x in [])-generator", "np.zeros(10**6)-bytes")
@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("object()", "object"),
        ("(x for x in [])", "generator"),
        ("np.array([None])", "dtype"),
        ("{1}", "set"),
        ("np.zeros(10**6)", "bytes"),
    ],
)
def test_a_value_that_cannot_cross_is_named(define, value, named):
    session = define(f"def f(): return {value}")
    result = session.call("f")
    assert result.status == "unsupported" and named in result.error_message
    assert session.alive


def test_what_a_call_prints_is_kept_apart(define):
    session = define("def f():\n    print('working'); return 1")
    assert session.call("f").stdout == "working\n"


def test_arguments_that_cannot_cross_are_the_callers_error(define):
    with pytest.raises(WireError):
        define("f = len").call("f", [object()])


@pytest.mark.quick
def test_a_stand_in_replaces_a_name_for_one_call(define):
    session = define("def g(x): return -1\ndef f(x): return g(x) + 1")
    result = session.call("f", [2.0], stand_ins={"g": lambda x: x * 10})
    assert result.value == 21.0
    assert session.call("f", [2.0]).value == 0


def test_a_stand_in_can_replace_what_is_not_there(define):
    session = define("def f(x): return g(x, k=x)")
    assert session.call("f", [2], stand_ins={"g": lambda x, k: x + k}).value == 4
    assert session.call("f", [2]).error_name == "NameError"


def test_a_failing_stand_in_tells_nothing_of_itself(define):
    session = define("def f(x): return g(x)")

    def secret(x):
        raise ValueError("expected 42")

    result = session.call("f", [2], stand_ins={"g": secret})
    assert (result.status, result.error_name) == ("raised", "RuntimeError")
    assert "42" not in str(replace(result, seconds=0.0))


@pytest.mark.quick
def test_a_stand_in_takes_no_more_memory_than_it_is_granted(define):
    """It works with the student's arguments, and in the judge's process."""
    session = define(
        "def f():\n    try: return g(10 ** 9).shape\n    except RuntimeError: return 'refused'"
    )
    result = session.call("f", stand_ins={"g": np.ones}, seconds=20.0)
    assert result.value == "refused"
    assert session.call("f", stand_ins={"g": lambda n: np.ones(3)}).value == (3,)


def test_what_all_stand_in_calls_of_a_request_leave_behind_is_bounded(monkeypatch):
    granted = partial(memory_allowance, 128 << 20)
    monkeypatch.setattr("autograder.sandbox.session.memory_allowance", granted)
    kept: list[object] = []
    with Sandbox(Limits(reply_bytes=32 << 20)) as box, box.session() as session:
        session.run_cell(
            "import numpy as np\ndef f():\n    for _ in range(100): g(np.ones(1 << 21))"
        )
        assert session.call("f", stand_ins={"g": kept.append}, seconds=20.0).status != "value"
    assert 0 < len(kept) < 50, "8 of 16 MB each, and what this process held free before"
    kept.clear()
    assert len(bytearray(200 << 20)) == 200 << 20, "afterwards there is no bound"


def test_stand_in_calls_are_counted(define):
    session = define("def f():\n    while True: g()")
    result = session.call("f", stand_ins={"g": lambda: 0})
    assert result.status == "crashed" and not session.alive


@pytest.mark.quick
def test_a_stand_in_kept_for_later_is_useless(define):
    session = define("kept = []\ndef f(): kept.append(g); return 0\ndef h(): return kept[0]()")
    session.call("f", stand_ins={"g": lambda: "secret"})
    result = session.call("h")
    assert result.status != "value" and "secret" not in str(result)


def test_a_thread_that_outlives_its_call_disturbs_nobody(define):
    session = define(
        "import threading, time\n"
        "def late():\n    time.sleep(0.05); print('late')\n"
        "def f(): threading.Thread(target=late).start(); return 1"
    )
    assert session.call("f").value == 1
    time.sleep(0.1)
    result = session.call("f")
    assert (result.status, result.value) == ("value", 1)


FORGE = """
import os, sys
def ours(function="_call"):
    frame = sys._getframe()
    while frame.f_code.co_name != function:
        frame = frame.f_back
    return frame
class frames:
    send = lambda *a: ours().f_globals["wrap"].__globals__["send"](*a)
    wrap = lambda *a: ours().f_globals["wrap"](*a)
    pack = lambda *a: ours().f_globals["wrap"].__globals__["pack"](*a)
def reply(token, value):
    fields = {"status": "value", "value": frames.wrap(value), "changed": [], "cut": False}
    frames.send(3, ("done", token, fields))
def token():
    return ours().f_locals["token"]
"""


def test_an_answer_forged_early_is_only_the_answer_to_that_call(define):
    session = define(FORGE + "def f():\n    reply(token(), 42); return 1\ndef g(): return 7")
    assert session.call("f").value == 42
    after = session.call("g")
    assert after.status == "crashed" and not session.alive


@pytest.mark.quick
def test_an_answer_cannot_be_made_in_advance(define):
    session = define(FORGE + "def f():\n    reply(12345, 42); return 1")
    assert session.call("f").status == "crashed"


def test_answers_left_behind_are_never_taken_for_later_calls(define):
    session = define(
        FORGE + "def f():\n    t = token()\n    for _ in range(9): reply(t, 42)\n    return 1\n"
        "def g(): return 7"
    )
    assert session.call("f").value == 42
    assert session.call("g").value != 42


@pytest.mark.quick("frames.pack((1, 2, 3))")
@pytest.mark.parametrize(
    "garbage",
    [
        "b'x' * 100",
        "b'\\xff' * 8",
        "(1 << 40).to_bytes(8, 'little')",
        "(20).to_bytes(8, 'little') + b'\\0' * 20",
        "frames.pack((1, 2, 3))",
        "frames.pack([])",
        "frames.pack(('done', token(), 3))",
        "frames.pack(('done', token(), {'status': 'passed'}))",
        "frames.pack(('done', token(), {'status': 'value', 'value': 3}))",
        "frames.pack(('output', token()))*3",
        "frames.pack(('callback', token(), 'print', 3))",
    ],
)
def test_garbage_on_the_socket_ends_this_session_and_nothing_else(box, define, garbage):
    session = define(FORGE + f"def f():\n    os.write(3, {garbage}); os._exit(0)")
    assert session.call("f").status == "crashed"
    assert not session.alive
    with box.session() as another:
        assert another.run_cell("1").status == "ok"


def test_a_session_that_is_over_says_so(define):
    session = define("")
    session.close()
    with pytest.raises(SandboxError, match="over"):
        session.run_cell("1")
