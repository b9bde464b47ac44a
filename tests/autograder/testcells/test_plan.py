"""Which cells are judged outside is decided from the author's own notebook."""

from autograder.sandbox import CellResult
from autograder.testcells.plan import JudgedOutside, NotebookPlan, Run, make_plan
from autograder.testcells.program import judged_cells, runnable_solution
from tests.autograder.testcells.conftest import cell, notebook

SOLUTION = "def f(x):\n    return x + 1\nlock = __import__('threading').Lock()\n"
SOLUTION += "def say(x): print(f'{x}!')"


NOT_PASSED = "the author's own solution does not pass it here"
PATCHED = """
import io, sys, unittest.mock
before = sys.stdout
{}
    say(3)
assert out.getvalue() == "3!\\n"
"""


def test_each_cell_is_outside_or_has_its_reason(course):
    plan = course.plan(
        SOLUTION,
        "assert f(1) == 2",
        "import inspect\nassert 'x' in inspect.getsource(f)",
        "assert not lock.locked()",
        "assert f(1) == 3",
        "np.foo = f",
        "assert eval('f(2)') == 3",
        "f(1) / 4",
        "assert f(1) == 2\n### HASHED AUTOTEST f(4)",
        PATCHED.format("with unittest.mock.patch('sys.stdout', new_callable=io.StringIO) as out:"),
        PATCHED.format("out = sys.stdout = io.StringIO()\nif True:") + "\nsys.stdout = before",
        "import unittest.mock\nwith unittest.mock.patch('math.sqrt', f): pass",
    )
    assert plan.outside == ("t1", "t3", "t4", "t7", "t9", "t10")
    assert plan.objects == {"t3": []}
    assert plan.inside == {
        "t2": "looks at the code of functions",
        "t5": "changes a module",
        "t6": "executes code in strings",
        "t11": "puts something else in the place of a library's parts",
        "t8": "is written by nbgrader itself, where it says AUTOTEST, and not released yet",
    }
    assert plan.lost == {"t4": "AssertionError"}


def test_a_cell_that_the_authors_solution_fails_is_outside_where_it_fails_alike(course):
    """Else its hidden tests could be read, and a class that is equal to everything would pass."""
    plan = course.plan(
        "def f(x): return x", "assert f(1) == 3, 'no'", "f('a') / 2",
        "import sys\nprint('no', file=sys.stderr)\nf(1)",
        "assert f(np.array([(1, 2.0)], dtype=[('a', int), ('b', float)]))['a'][0] == 2",
    )  # fmt: skip
    assert plan.outside == ("t1", "t2")
    assert plan.lost.keys() == {"t1", "t2", "t3", "t4"}
    assert plan.inside["t3"] == NOT_PASSED and "cannot be sent" in plan.inside["t4"]
    stub = course.plan("def f(x): raise NotImplementedError", "assert f(1) == 3")
    assert stub.inside == {"t1": NOT_PASSED} and stub.untried.keys() == {"t1"}


def test_a_value_that_cannot_be_sent_keeps_its_cell_inside(course):
    solution = "def f():\n    return np.array([(1, 2.0)], dtype=[('a', int), ('b', float)])\nn = 3"
    plan = course.plan(solution, "assert n == 3", "assert f()['a'][0] == 1", "assert n < 4")
    assert plan.outside == ("t1", "t3")
    assert "cannot be sent" in plan.inside["t2"]


def test_a_cell_that_needs_what_an_inside_cell_made_still_runs_outside(course):
    plan = course.plan(
        "def f(x): return x + 1", "import inspect\nmade = f(len(inspect.getsource(f)))", "made + 1",
        "assert f(made) == made + 1",
    )  # fmt: skip
    assert plan.outside == ("t2", "t3")


def test_a_cell_that_asks_for_nothing_of_the_students_stays_inside(course):
    plan = course.plan("np.state = 3", "assert np.state == 3")
    assert plan.inside == {"t1": "asks for nothing that a solution cell defines by name"}


def test_a_function_of_the_authors_that_is_taken_away_comes_back_as_it_was(course):
    nb = notebook(
        "def f(x): return g(x) + 1",
        "assert f(1) == 2\nold = g\ndel g\ntry:\n    f(1); assert False\nexcept NameError: pass\n"
        "finally:\n    g = old\nassert f(2) == 3",
    )
    nb["cells"].insert(1, cell("def g(x): return x"))
    nb["cells"].append(cell("y = f(4)", "s2", solution=True))
    outside = JudgedOutside.by(NotebookPlan(("t1",)), nb, tried=False)
    ran, _, _ = course.run(nb, outside)
    assert [r.status for r in ran.values()] == ["ok"] * 5


def test_a_module_that_a_cell_writes_is_the_students():
    nb = notebook("def f(x): return x", "assert g(f(1)) == 1")
    nb["cells"].insert(1, cell("%%writefile own.py\ndef g(x): return x", "w", solution=True))
    nb["cells"].insert(2, cell("from own import g"))
    [judged] = judged_cells(nb, []).values()
    assert judged.names == ("f", "g")


def test_a_decorated_function_may_be_called_at_once():
    nb = notebook("def f(x): return x", "assert f(1) == 1")
    nb["cells"].insert(2, cell("@np.vectorize\ndef shown(v): return f(v)"))
    [judged] = judged_cells(nb, []).values()
    assert not any("shown" in source for source in judged.before)


def test_a_stub_below_its_solution_is_left_out_where_the_cell_is_no_python():
    text = "### BEGIN SOLUTION\ndef f(x):\n    return x\n### END SOLUTION\ndef f(x):"
    assert runnable_solution(text) == "def f(x):\n    return x"
    for other in (text + "\n    return 3", "def f(x):", text.replace("    return x", "return x")):
        assert runnable_solution(other) == other


def test_a_plan_reads_as_it_was_written():
    plan = NotebookPlan(("a", "b"), {"c": "executes code in strings"}, {"b": ["__eq__"]})
    written = plan.to_json()
    assert written["a"] == {"judged": "outside"}
    assert written["c"] == {"judged": "inside", "why": "executes code in strings"}
    assert NotebookPlan.from_json(written) == plan


def test_what_depends_on_the_student_is_the_students():
    nb = notebook("def f(x): return x\nimport math", "assert helper(f(1)) == twice(shown)")
    nb["cells"].insert(2, cell("shown = f(3)\nk = 4\ndef helper(v): return f(v)\ntwice = f"))
    [judged] = judged_cells(nb, []).values()
    assert judged.names == ("f", "shown", "twice")
    assert "k = 4" in judged.before[-1] and "def helper" in judged.before[-1]
    assert "shown" not in judged.before[-1] and "import math" in judged.before


def test_expected_values_are_written_to_no_student():
    test = (
        "x = 3\n### BEGIN HIDDEN TESTS\nexpected = 7\nx2 = 8\nassert f(x2) == expected\n"
        "### END HIDDEN TESTS\ny = 4"
    )
    [judged] = judged_cells(notebook("def f(x): return x + t + x2", test), []).values()
    assert judged.writes == ("x", "x2", "y")  # the author's own function reads x2


def test_lines_of_hidden_tests_are_counted_as_python_counts_them():
    test = "# \x0c\x0c \u2028\nx = 3\n### BEGIN HIDDEN TESTS\nexpected = 7\nassert f(x) == expected"
    [judged] = judged_cells(notebook("def f(v): return v", test), []).values()
    assert judged.writes == ("x",)


CALLED_LATER = """
import math as m
def helper(v): return m.floor(f(v))
def check():
    assert helper(1.5) == 2
    ### BEGIN HIDDEN TESTS
    assert f(7) == 8
    ### END HIDDEN TESTS
hidden_names = 0
### BEGIN HIDDEN TESTS
def hidden(): return 13
### END HIDDEN TESTS
rng = np.random.default_rng(hidden_names)
check()
"""


def test_later_cells_call_what_a_test_cell_defines_and_never_its_hidden_tests(course):
    nb = notebook("def f(x): return x + 1", CALLED_LATER, "check(); assert f(2) == 3")
    later = "check(); rng.random(), m.pi\nimport inspect\nleft = 'hidden' in globals()"
    nb["cells"].append(cell(later))
    plan = course.plan_of(nb)
    assert plan.outside == ("t1", "t2")
    assert plan.leaves == {"t1": ["m", "helper", "check", "hidden_names", "rng"]}
    outside = JudgedOutside.by(plan, nb, tried=True)
    assert not any("f(7)" in source for _, source in outside.cells["t1"].leaves)
    solution = "def f(x): return 3 if x == 2 else 2"
    wrong = notebook(solution, CALLED_LATER, "check(); assert f(2) == 3")
    forged = cell("def check(): pass\ndef helper(v): return 2", "later")
    wrong["cells"].insert(3, forged)
    ran, _, [seen, there] = course.run(
        wrong, outside, afterwards=["'hidden' in globals()", "check.__code__.co_consts"]
    )
    assert [ran[index].status for index in (2, 3, 4)] == ["error", "ok", "error"]
    assert "8" not in str(there.outputs) and "False" in str(seen.outputs)


def _ran(processor, seconds=0.1, status="ok"):
    error = {} if status == "ok" else {"error_name": "TimeoutError"}
    return CellResult(status, seconds=seconds, processor=processor, **error)


def test_a_busy_machine_decides_about_no_cell():
    nb = notebook("def f(x): return x", "assert f(1)", "assert f(2)", "assert f(3)")
    inside = {2: _ran(0.1), 3: _ran(0.1), 4: _ran(0.1)}
    outside = [
        {2: _ran(1.0, 60.0), 3: _ran(7.0, 7.0), 4: _ran(1.0, 60.0, "timeout")},
        {2: _ran(1.0, 60.0), 3: _ran(7.0, 7.0), 4: _ran(1.0, 9.0)},
        {2: _ran(1.0, 60.0), 4: _ran(1.0, 9.0)},
    ]
    plan = make_plan(nb, lambda plan, _: Run(outside.pop(0) if plan else inside, {}))
    assert plan.outside == ("t1", "t3")
    assert plan.inside == {"t2": "takes 7 s outside, 0.1 s inside"}


def test_the_processor_time_of_both_sides_counts(course):
    work = "def {}(seconds):\n    import time\n    end = time.process_time() + seconds\n" + (
        "    while time.process_time() < end: pass"
    )
    test = work.format("own") + "\nf(0.2)\nown(0.1)\nimport time\ntime.sleep(0.3)"
    [cell] = course.judge(work.format("f"), test).results
    assert 0.3 <= cell.processor <= cell.seconds - 0.3
