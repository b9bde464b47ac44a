"""Test cells in the judge's session do what they do in a notebook: the traps seen in courses."""

import sys

import pytest

from autograder.sandbox.inside.interruption import Interruption

PASSES = {
    "a changed argument is changed for the cell": (
        "def f(a):\n    a[0] = 9\n    return a",
        "a = np.zeros(3); r = f(a); assert a[0] == 9 and r is a",
    ),
    "one array twice is one array": (
        "def f(a, b):\n    a[0] = 1\n    return b[0], a is b",
        "z = np.zeros(2); assert f(z, z) == (1.0, True)",
    ),
    "a result looks into an argument": (
        "def f(a):\n    return a[1:], a.T",
        "a = np.zeros((2, 2)); r, t = f(a); r[0, 0] = 5; assert a[1, 0] == 5 and t[0, 1] == 5",
    ),
    "lists in lists keep who they are": (
        "def f(rows):\n    rows[0].append(1)\n    return rows[1]",
        "rows = [[], [2]]; last = rows[1]; r = f(rows); assert rows == [[1], [2]] and r is last",
    ),
    "an object of a library's class goes along, and comes back changed": (
        "def f(o):\n    o.a.append(o.b); o.b = 5; o.c = o; return o",
        "import argparse\no = argparse.Namespace(a=[1], b=2); a = o.a; r = f(o)\n"
        "assert r is o and o.c is o and o.a is a and a == [1, 2] and o.b == 5\n"
        "o.b = 7; assert f(o).a == [1, 2, 7]",
    ),
    "an argument that must not change has not": (
        "def f(a):\n    return a + 1",
        "a = np.ones(2); before = a.copy(); f(a); assert_array_equal(a, before)",
    ),
    "a global that the cell sets is there for the function": (
        "def g(x):\n    return x + t + len(rng)",
        "t = 5; rng = [1]; assert g(1) == 7\nt = 6; rng.append(2); assert g(1) == 9",
    ),
    "a deleted function is gone, and back again": (
        "def f(): return 1\ndef g(): return f()",
        "old = f\ndel f\ntry:\n    g(); assert False\nexcept NameError: pass\n"
        "f = old; assert g() == 1",
    ),
    "a seed reaches the function": (
        "def f():\n    return np.random.rand(), random.random()\nimport random",
        "np.random.seed(19); random.seed(2); a, b = f()\nnp.random.seed(19); random.seed(2)\n"
        "assert (a, b) == (np.random.rand(), random.random())",
    ),
    "the same seed twice gives the same twice": (
        "def f():\n    return np.random.rand(), random.random()\nimport random",
        "np.random.seed(3); random.seed(4); a = f()\nnp.random.seed(3); random.seed(4)\n"
        "assert a == f() and a != f()",
    ),
    "two calls after one seed go on in one stream": (
        "def f():\n    return np.random.rand()",
        "np.random.seed(1); a, b = f(), f(); np.random.seed(1)\n"
        "assert (a, b) == tuple(np.random.rand(2))",
    ),
    "a generator passed twice goes on": (
        "def f(rng):\n    return rng.random()",
        "r = np.random.default_rng(1); a, b = f(r), f(r)\n"
        "assert (a, b) == tuple(np.random.default_rng(1).random(2))",
    ),
    "types are exact": (
        "def f():\n    return [np.float64(1), np.float32(2), True, -0.0, 10**400, {'b': 1, 'a': 2},"
        " np.bool_(False), 1j, (1,), None, {1, 2}, b'x', np.array(['a'])]",
        "r = f(); assert type(r[0]) == np.float64 and r[1].dtype == np.float32 and r[2] is True\n"
        "assert str(r[3]) == '-0.0' and r[4] == 10**400 and list(r[5]) == ['b', 'a']\n"
        "assert type(r[6]) is np.bool_ and r[7:12] == [1j, (1,), None, {1, 2}, b'x']\n"
        "assert r[12].dtype == np.dtype('<U1')",
    ),
    "nan is nan": ("def f(): return float('nan')", "assert np.isnan(f()) and f() != f()"),
    "an exception has its type and text": (
        "def f(x): raise ValueError('no', x)",
        "assert_raises(ValueError, f, 1)\ntry:\n    f(2)\nexcept ValueError as e:\n"
        "    assert e.args == ('no', 2)",
    ),
    "an exception of a library": (
        "def f(): return np.linalg.inv(np.zeros((2, 2)))",
        "assert_raises(np.linalg.LinAlgError, f)",
    ),
    "instances have attributes and methods": (
        "class P:\n    n = 0\n    def __init__(self, x):\n        self.x = x\n"
        "    def get(self): return self.x\n    def __len__(self): return 3",
        "p = P(4); assert p.get() == p.x == 4 and len(p) == 3 and isinstance(p, P)\n"
        "p.x = [7]; p.x.append(8); assert p.get() == [7, 8] and type(p) == P and P.n == 0\n"
        "assert not hasattr(p, 'y')",
    ),
    "a subclass is one": (
        "class A:\n    pass\nclass B(A):\n    pass\nclass E(ValueError):\n    pass\n"
        "def f(): raise E('x')",
        "assert isinstance(B(), A) and issubclass(B, A)\ntry:\n    f()\nexcept E as e:\n"
        "    assert str(e) == 'x'",
    ),
    "the cell's functions are called back": (
        "def f(h, n):\n    return [h(i) for i in range(n)], h",
        "seen = []\ndef h(i):\n    seen.append(i)\n    return i * i\n"
        "r, same = f(h, 3); assert r == [0, 1, 4] and seen == [0, 1, 2] and same is h\n"
        "assert f(np.sin, 1)[0] == [0.0]",
    ),
    "what the cell's function raises goes through": (
        "def f(h):\n    try:\n        h()\n    except KeyError:\n        return 'caught'",
        "def h(): raise KeyError('k')\nassert f(h) == 'caught'",
    ),
    "an infinite generator is asked step by step": (
        "def g():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "k = g(); assert [next(k) for _ in range(3)] == [0, 1, 2]\nimport types\n"
        "assert isinstance(k, types.GeneratorType)",
    ),
    "a function that is given back": (
        "def outer(a):\n    def inner(b): return a + b\n    return inner",
        "f = outer(2); assert f(3) == 5 and callable(f) and f.__name__ == 'inner'",
    ),
    "what is printed comes in order, and into the cell's own stream": (
        "def f(): print('f')",
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as s:\n    f()\n"
        "assert s.getvalue() == 'f\\n'",
    ),
    "names that only the solution imports": ("import math as m", "assert m.pi > 3"),
}


@pytest.mark.parametrize("case", PASSES)
def test_a_cell_passes_as_in_a_notebook(course, case):
    solution, test = PASSES[case]
    [result] = course.judge(solution, test).results
    assert (result.status, result.error_message) == ("ok", ""), result.outputs


def test_one_copy_of_a_variable_for_all_cells(course):
    judged = course.judge(
        "data = [3, 1]\nx = np.zeros(2)",
        "data.sort(); x[0] = 4",
        "assert data == [1, 3] and x[0] == 4; data = 'new'",
        "assert data == 'new'",
        afterwards=["print(data, x)"],
    )
    assert [r.status for r in judged.results] == ["ok", "ok", "ok"]
    assert judged.student[0].outputs[0]["text"] == "new [4. 0.]\n"


def test_a_ban_by_name_holds(course):
    solution = "def f(v):\n    return [x for x in v if x]"
    cheat = "def f(v):\n    return list(filter(None, v))"
    test = "filter = None\nassert f([0, 1]) == [1]"
    assert course.judge(solution, test).results[0].status == "ok"
    [banned] = course.judge(solution, test, submission=cheat).results
    assert banned.error_name == "TypeError"


def test_a_warning_is_given_anew_in_each_cell(course):
    """IPython forgets at each cell what it has warned of: in a test cell it is on stderr again."""
    solution = "import warnings\ndef f():\n    warnings.warn('old')\n    return 1\nf()"
    tests = ("assert f() == 1", "assert f() + f() == 2")
    results = course.judge(solution, *tests, objects={}).results
    shown = [[(o["name"], o["text"].count("UserWarning: old")) for o in r.outputs] for r in results]
    assert shown == [[("stderr", 1)], [("stderr", 1)]]


@pytest.mark.slow
def test_figures_that_a_function_leaves_open_are_shown_and_closed_after_each_cell(course):
    """Where they stay open, matplotlib warns of the 21st on stderr, which costs the points."""
    solution = (
        "import matplotlib.pyplot as plt\n%matplotlib inline\n"
        "def f():\n    plt.figure()\n    plt.plot([1, 2])\n    return len(plt.get_fignums())"
    )
    tests = ("assert [f(), f()] == [1, 2]", "assert f() == 1")
    results = course.judge(solution, *tests, objects={}).results
    assert [r.status for r in results] == ["ok", "ok"], results
    shown = [sum("image/png" in output["data"] for output in r.outputs) for r in results]
    assert shown == [2, 1]


def test_outputs_are_those_of_the_notebook(course):
    judged = course.judge(
        "def f():\n    print('in f')\n    return 2",
        "print('a'); f(); print('b')\n0.5",
        "assert f() == 3",
    )
    one, two = judged.results
    assert one.outputs[0] == {"output_type": "stream", "name": "stdout", "text": "a\nin f\nb\n"}
    assert one.outputs[1]["data"] == {"text/plain": "0.5"}
    assert [o["output_type"] for o in two.outputs] == ["stream", "error"]
    text = "\n".join(two.outputs[1]["traceback"])
    assert two.outputs[1]["ename"] == "AssertionError" and "Cell In[4], line 1" in text
    assert "autograder" not in text


def test_frames_are_copies_with_exact_types(course):
    pytest.importorskip("pandas")
    solution = (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': ['x', None]})\n"
        "def add(d):\n    d['c'] = d.a * 2.5\n    return d.groupby('b').a.sum()"
    )
    test = (
        "assert list(df.columns) == ['a', 'b'] and df.a.dtype == 'int64'\ns = add(df)\n"
        "assert df.c.tolist() == [2.5, 5.0] and s['x'] == 1 and s.index.name == 'b'\n"
        "pd.testing.assert_frame_equal(df, df.copy())"
    )
    [result] = course.judge(solution, test).results
    assert result.status == "ok", result.outputs


ENDLESS = "mark = 5\ndef spin():\n    while True: pass\nf(spin)"
UNSENDABLE = "import threading\nmark = 5\nf(lambda: threading.Lock())"


@pytest.mark.parametrize(("test", "status"), [(ENDLESS, "timeout"), (UNSENDABLE, "error")])
def test_a_cell_that_ends_while_the_student_calls_its_function_leaves_the_sessions(
    course, test, status
):
    tests = (test, "assert f(int) == 0 and mark == 5", "assert f(list) == []")
    run = course.judge("def f(g):\n    return g()", *tests, seconds=0.4, afterwards=["f(float)"])
    assert [result.status for result in run.results] == [status, "ok", "ok"]
    assert run.student[0].status == "ok"


def test_an_interrupt_waits_until_a_message_and_its_answer_are_whole():
    interruption, told = Interruption("recorder.py"), []
    interruption.begin(told.append)
    with pytest.raises(KeyboardInterrupt), interruption.held():
        interruption._arrived(2, sys._getframe())
        told.append("whole")
    assert told == ["whole", (0, 0)]
