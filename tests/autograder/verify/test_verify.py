"""The proof: what it shows of good graders, and what it finds in bad ones."""

import json
import os
import re
import signal
import time
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.authoring.stub import stub
from autograder.course import Course
from autograder.judge.checks import Recording
from autograder.model import CourseError
from autograder.notebook.reading import dumps
from autograder.verify.bench import Bench, unchanged
from autograder.verify.equivalent import exceptions, like
from autograder.verify.knows_nothing import know_nothing
from autograder.verify.mutants import mutants
from autograder.verify.proof import Fate
from autograder.verify.proof_page import page
from autograder.verify.prove import prove
from autograder.verify.questions import Kind
from autograder.verify.terminal import matrix, summary
from autograder.verify.variants import VARIANTS, variants
from autograder.verify.workers import Lost, answered

pytestmark = pytest.mark.family

CENTERED = '''\
def centered(X):
    """Take the mean of each row away.

    X: shape (n, m). Returns an array of the same shape.
    """
    ### START CODE HERE ### (≈ 1 line of code)
    result = X - np.mean(X, axis=1, keepdims=True)
    ### END CODE HERE ###
    return result
'''

STEPPED = '''\
def stepped(w, gradient, learning_rate):
    """One step of gradient descent."""
    ### START CODE HERE ### (≈ 1 line of code)
    w = w - learning_rate * gradient
    ### END CODE HERE ###
    return w
'''

GRADERS = '''\
"""Hidden checks."""

import numpy as np
import pytest

from autograder.graders import assert_same
from autograder.graders import documented


@pytest.mark.exercise("centered", public=True)
def test_centered_shown(student):
    """The documented case"""
    for case in documented("centered"):
        assert_same(student.centered(*case.args), case.expected)


@pytest.mark.exercise("centered")
def test_centered_fresh(student, reference, rng):
    """Right for any matrix"""
    X = rng.normal(size=(3, 5))
    assert_same(student.centered(X), reference.centered(X))


@pytest.mark.exercise("stepped")
def test_stepped(student, reference, rng):
    """Right for any step"""
    w, gradient = rng.normal(size=(2, 4))
    assert_same(student.stepped(w, gradient, 0.3), reference.stepped(w, gradient, 0.3))
'''

MISCONCEPTIONS = """\
from autograder.graders import edited, misconception


edited("centered", name="columns", hint="Rows, not columns.", replace=[("axis=1", "axis=0")])


@misconception("stepped", hint="Downhill is minus.")
def uphill(w, gradient, learning_rate):
    return w + learning_rate * gradient


@misconception("stepped", hint="Copy first.", wrong=False)
def in_place(w, gradient, learning_rate):
    w -= learning_rate * gradient
    return w
"""

ALTERNATIVES = """\
import numpy as np

from autograder.graders import alternative


@alternative("centered")
def with_a_loop(X):
    return np.array([row - sum(row) / len(row) for row in X])
"""

SAMPLES = '''\
from autograder.graders import Sample

SAMPLES = [
    Sample("half", "One right, one endless", {"stepped": """def stepped(w, gradient, learning_rate):
    while True:
        w = w
"""}, {"stepped": "timeout"}),
    Sample("columns", "A known mistake", {"centered": "misconception:columns"}, {"centered": 0}),
]
'''

CASES = [
    {
        "function": "centered",
        "case": "one row",
        "args": [{"array": [[1.0, 3.0]]}],
        "expected": {"array": [[-1.0, 1.0]]},
    }
]


def cell(name, source, **meta):
    nbgrader = {
        "grade": False, "solution": False, "locked": False, "task": False,
        "grade_id": name, "schema_version": 3, **meta,
    }  # fmt: skip
    return {
        "cell_type": "code", "id": name, "source": source, "outputs": [],
        "execution_count": None, "metadata": {"nbgrader": nbgrader},
    }  # fmt: skip


def notebook(change=lambda source: source):
    cells = [
        cell("imports", "import numpy as np", locked=True),
        cell("centered", change(CENTERED), solution=True),
        cell("test_centered", "centered(np.ones((2, 3)))", grade=True, locked=True, points=2),
        cell("stepped", change(STEPPED), solution=True),
        cell("test_stepped", "stepped(1, 1, 1)", grade=True, locked=True, points=1),
    ]
    raw = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return dumps(raw)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def course(tmp_path):
    """A course of one small assignment with good graders."""
    write(tmp_path / "source/a/a.ipynb", notebook())
    write(tmp_path / "release/a/a.ipynb", notebook(stub))
    solution = f"import numpy as np\n\n\n{CENTERED}\n\n{STEPPED}"
    write(tmp_path / "solutions/a.py", solution)
    write(tmp_path / "tests/a/test_a.py", GRADERS)
    write(tmp_path / "tests/a/documented_cases.json", json.dumps(CASES))
    write(tmp_path / "tests/a/misconceptions.py", MISCONCEPTIONS)
    write(tmp_path / "tests/a/alternatives.py", ALTERNATIVES)
    excuse = "A result in single precision is a right answer in this course."
    write(
        tmp_path / "tests/a/equivalent_mutants.toml",
        f'[[equivalent]]\nfunction = "*"\noperator = "float32"\nreason = "{excuse}"\n',
    )
    return Course(tmp_path)


def change(course, name, old, new):
    path = course.tests("a") / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def proven(course, exercise=""):
    (proof,) = prove(course, ["a"], exercise=exercise, workers=1)
    return proof


LENIENT = '''

@pytest.mark.exercise("stepped")
def test_stepped_nowhere(student):
    """A step of no length"""
    w = np.ones(3)
    assert_same(student.stepped(w, w, 0.0), w)
'''


def test_answers_that_know_nothing_earn_nothing(course):
    proof = proven(course)
    holds, asked = proof.claimed(Kind.KNOWS_NOTHING)
    assert holds == asked == 2 * 9


def test_an_answer_that_knows_nothing_and_earns_something_is_named(course):
    path = course.tests("a") / "test_a.py"
    path.write_text(path.read_text() + LENIENT)
    proof = proven(course, "stepped")
    found = "knows nothing stepped: return the first argument: earns 50%: it passes "
    assert proof.problems == (f"{found}test_stepped_nowhere",)
    assert found in summary([proof])


def test_an_author_lists_which_answers_may_earn_something(course):
    path = course.tests("a") / "test_a.py"
    path.write_text(path.read_text() + LENIENT)
    listed = course.tests("a") / "equivalent_mutants.toml"
    entry = (
        '[[earning]]\nfunction = "stepped"\nanswer = "return the first argument"\n'
        'reason = "A step of no length is what the exercise begins with."\n'
    )
    listed.write_text(listed.read_text() + entry)
    assert proven(course, "stepped").problems == ()
    path.write_text(path.read_text().replace(LENIENT, ""))
    assert "but earns nothing" in proven(course, "stepped").problems[0]


def test_what_knows_nothing_keeps_the_signature():
    cell = "def f(x, /, W, *, keep=0.5, **more):\n    return x"
    texts = know_nothing(cell, cell, "f")
    space = {}
    exec(texts["return zeros like all arguments"], space)
    found = space["f"](np.ones(2), {"W": [1.5]}, keep=True)
    assert found[0].tolist() == [0, 0] and found[1:] == ({"W": [0.0]}, 0)
    exec(texts["return the first argument"], space)
    assert space["f"](3, None) == 3


def test_good_graders_are_proven(course):
    proof = proven(course)
    assert proof.problems == ()
    assert proof.claimed(Kind.MISCONCEPTION) == (3, 3)
    assert proof.claimed(Kind.ALTERNATIVE) == (1, 1)
    assert proof.claimed(Kind.SUBMISSION) == (2, 2)
    assert proof.claimed(Kind.DOCUMENTED) == (1, 1)
    assert proof.count(Fate.KILLED) > 20
    assert proof.count(Fate.EQUIVALENT) > 0
    assert proof.count(Fate.NOTICED) == 1  # w -= … of the caller's array
    assert len(proof.mutants) == sum(
        len(mutants(source, name))
        for name, source in {"centered": CENTERED, "stepped": STEPPED}.items()
    )


@pytest.mark.slow
def test_samples_get_what_their_author_expects(course):
    write(course.tests("a") / "samples.py", SAMPLES)
    proof = proven(course)
    assert proof.claimed(Kind.SUBMISSION) == (4, 4)
    assert proof.problems == ()


@pytest.mark.slow
def test_a_sample_that_comes_to_something_else_is_a_problem(course):
    write(course.tests("a") / "samples.py", SAMPLES.replace('{"centered": 0}', '{"centered": 0.5}'))
    (problem,) = proven(course).problems
    assert problem.startswith("submission A known mistake: centered came to 0.0, expected 0.5")


@pytest.mark.slow
def test_a_check_too_few_lets_mutants_and_misconceptions_live(course):
    change(course, "test_a.py", "assert_same(student.stepped(w, gradient, 0.3)", "assert_same(w")
    change(course, "test_a.py", ", reference.stepped(w, gradient, 0.3))", ", w)")
    proof = proven(course, "stepped")
    assert "misconception stepped: uphill: no check catches it" in proof.problems
    alive = [m.after for m in proof.mutants if m.fate is Fate.SURVIVED]
    assert "w = w + learning_rate * gradient" in alive


@pytest.mark.slow
def test_a_check_too_many_refuses_right_answers(course):
    change(course, "test_a.py", "centered(X), reference", "centered(X).tolist(), reference")
    write(course.tests("a") / "alternatives.py", ALTERNATIVES.replace("len(row)", "(len(row) - 1)"))
    problems = "\n".join(proven(course, "centered").problems)
    assert "alternative centered: with_a_loop: test_centered_shown (wrong" in problems


@pytest.mark.slow
def test_a_misconception_without_its_own_hint_is_a_problem(course):
    twin = 'edited("centered", name="twin", hint="?", replace=[("axis=1", "axis=-2")])\n'
    text = (course.tests("a") / "misconceptions.py").read_text()
    write(course.tests("a") / "misconceptions.py", text + twin)
    assert (
        "misconception centered: twin: the student reads the hint of columns instead"
        in proven(course, "centered").problems
    )


@pytest.mark.slow
def test_a_check_that_is_right_by_luck_is_found_with_the_inputs_of_another_term(course):
    lucky = "    assert abs(float(rng.normal()) - LUCKY) < 1e-9\n"
    recording = Recording("test_stepped", course.seed)
    value = float(recording.generator().normal())
    change(course, "test_a.py", "    w, gradient = rng", f"{lucky}    w, gradient = rng")
    change(course, "test_a.py", "LUCKY", repr(value))
    problems = proven(course, "stepped").problems
    assert not any(problem.startswith("reference") for problem in problems)
    assert any(problem.startswith("term stepped: solution (term 2)") for problem in problems)


@pytest.mark.slow
def test_right_values_with_wrong_manners_need_a_remark(course):
    text = (course.tests("a") / "misconceptions.py").read_text()
    clean = text.replace(
        "    w -= learning_rate * gradient\n", "    w = w - learning_rate * gradient\n"
    )
    write(course.tests("a") / "misconceptions.py", clean)
    assert "misconception stepped: in_place: earns no remark" in proven(course, "stepped").problems


@pytest.mark.slow
def test_a_documented_number_that_the_solution_does_not_give_is_a_problem(course):
    change(course, "documented_cases.json", "-1.0, 1.0", "-1.0, 1.5")
    problems = "\n".join(proven(course).problems)
    assert "documented a: centered, one row" in problems


@pytest.mark.slow
def test_a_solution_left_in_the_release_is_a_problem(course):
    write(course.release("a") / "a.ipynb", notebook())
    assert any("still holds the solution" in problem for problem in proven(course).problems)


@pytest.mark.slow
def test_a_hidden_file_in_the_release_is_a_problem(course):
    write(course.release("a") / "notes.py", GRADERS)
    assert any("copy of a hidden file" in problem for problem in proven(course).problems)


@pytest.mark.slow
def test_an_excuse_that_excuses_nothing_is_a_problem(course):
    entry = '\n[[equivalent]]\nid = "centered-000000"\nreason = "It was here once upon a time."\n'
    path = course.tests("a") / "equivalent_mutants.toml"
    path.write_text(path.read_text() + entry)
    (problem,) = proven(course).problems
    assert "centered-000000" in problem


@pytest.mark.slow
def test_a_variant_listed_as_inapplicable_must_really_fail(course):
    entry = (
        '\n[[inapplicable]]\nfunction = "stepped"\nvariant = "prints"\nreason = "Not really so."\n'
    )
    path = course.tests("a") / "equivalent_mutants.toml"
    path.write_text(path.read_text() + entry.replace("Not really so.", "It prints its answer."))
    assert (
        "variant stepped: prints: is listed as inapplicable, but earns full marks"
        in proven(course, "stepped").problems
    )


@pytest.mark.slow
def test_a_broken_grader_is_one_problem_and_no_crash(course):
    change(course, "test_a.py", "import numpy as np", "import numpy as np\nundefined_name")
    proof = proven(course, "stepped")
    assert not proof.holds
    assert any("undefined_name" in problem for problem in proof.problems)


@pytest.mark.slow
def test_a_broken_assignment_does_not_stop_the_others(course):
    write(course.root / "source/b/b.ipynb", "{}")
    b, a = prove(course, ["b", "a"], workers=1)
    assert a.holds
    assert not b.holds


@pytest.mark.slow
def test_one_exercise_can_be_proven_alone(course):
    proof = proven(course, "stepped")
    assert proof.exercises == ("stepped",)
    assert proof.problems == ()
    (failed,) = prove(course, ["a"], exercise="unknown", workers=1)
    assert "no exercise 'unknown'" in failed.problems[0]


@pytest.mark.slow
def test_the_proof_is_the_same_on_one_process_and_on_two(course):
    one, two = (
        prove(course, ["a"], exercise="stepped", workers=workers)[0].to_json() for workers in (1, 2)
    )
    assert one.pop("seconds") >= 0
    assert two.pop("seconds") >= 0
    assert one == two


@pytest.mark.slow
def test_a_proof_is_plain_data_a_table_and_a_page(course):
    proof = proven(course)
    data = json.loads(json.dumps(proof.to_json()))
    assert data["holds"] is True
    assert data["fates"]["survived"] == 0
    assert "mutants: " in summary([proof])
    assert summary([proof]).splitlines()[-1].startswith("proven")
    assert re.search(r"columns +x +x", matrix(proof))
    text = page([proof])
    parser = Headings()
    parser.feed(text)
    assert parser.without_scope == []
    assert '<td class="caught">✗</td>' in text
    assert "://" not in text  # self-contained


class Headings(HTMLParser):
    """Collects table headings that do not say what they head."""

    def __init__(self):
        super().__init__()
        self.without_scope = []

    def handle_starttag(self, tag, attrs):
        if tag == "th" and "scope" not in dict(attrs):
            self.without_scope.append(attrs)


@pytest.mark.slow
def test_names_in_a_page_are_escaped(course):
    title = '"""Right for <b>any</b> step"""'
    change(course, "test_a.py", '"""Right for any step"""', title)
    assert "<b>any</b>" not in page([proven(course, "stepped")])


@pytest.fixture
def bench(course):
    made = Bench(course, "a")
    yield made
    made.close()


@pytest.mark.quick
def test_an_endless_mutant_is_cut_off_and_the_bench_goes_on(bench):
    endless = STEPPED.replace("    w = w - learning_rate * gradient", "    while True: w = w")
    (check,) = bench.checked({"stepped": endless}, "stepped")
    assert check.verdict == "timeout"
    assert bench.checked({}, "stepped")[0].passed


def test_every_check_of_an_exercise_judges_a_mutant(bench):
    checks = bench.checked({"centered": "def centered(X):\n    return 1"}, "centered")
    assert [check.passed for check in checks] == [False, False]


@pytest.mark.slow
def test_a_check_that_another_makes_superfluous_is_named(course):
    again = GRADERS[GRADERS.index('@pytest.mark.exercise("stepped")') :]
    assert proven(course, "stepped").redundant == ()
    change(course, "test_a.py", again, f"{again}\n\n{again.replace('test_stepped', 'test_twin')}")
    assert proven(course, "stepped").redundant == ("test_stepped", "test_twin")


def test_missing_and_broken_cells_fail_their_own_exercise_only(bench):
    for source in (None, "def stepped(:", "raise ValueError", "while True: w = 1"):
        verdicts = {e.name: e.verdict for e in bench.graded({"stepped": source})}
        assert verdicts == {"centered": "passed", "stepped": "missing"}


def test_a_mutant_leaves_no_trace_in_the_next(bench):
    bench.checked({"centered": "np = None\ndef centered(X): pass"}, "centered")
    assert all(exercise.fraction == 1 for exercise in bench.graded({}))


@pytest.mark.quick("before1-after1-False", "before6-after6-True")
@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0]), np.array([2.0]), False),
        (np.array([1.0]), np.array([[1.0]]), False),
        (np.array([1.0]), np.array([1]), False),
        ({"a": [1, 2]}, {"a": [1, 3]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1, (2, 3)], [1, (2, 3)], True),
        (float("nan"), float("nan"), True),
        (len, len, True),
    ],
)
def test_a_change_of_an_argument_is_seen(before, after, same):
    assert unchanged(before, after) is same


@pytest.mark.quick(
    "centered-source0-aliased import",
    "centered-source0-numpy scalars",
    "stepped-source1-prints",
    "stepped-source1-Fortran order",
    "stepped-source1-temporaries",
)
@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("function", "source"), [("centered", CENTERED), ("stepped", STEPPED)])
def test_honest_variants_compute_the_same(name, function, source):
    arguments = {"centered": (np.arange(6.0).reshape(2, 3),), "stepped": (2.0, 3.0, 0.5)}[function]
    text = variants(source, function).get(name, source)
    values = []
    for version in (source, text):
        space = {"np": np}
        with np.errstate(all="ignore"), pytest.MonkeyPatch.context() as patch:
            patch.setattr("warnings.warn", lambda *a, **k: None)
            exec(version, space)
            values.append(space[function](*arguments))
    np.testing.assert_allclose(*values, rtol=1e-6)


def test_every_function_of_a_cell_gets_the_whole_import():
    cell = """
def centered(X, axis=np.s_[0]):
    return X - mean(X) + Shift().by(X)

def mean(X) -> np.ndarray:
    return np.mean(X)

class Shift:
    def by(self, X):
        return np.zeros_like(X)
"""
    space = {"np": np}
    exec(variants(cell, "centered")["whole import"], space)
    space["np"] = None
    np.testing.assert_array_equal(space["centered"](np.array([1.0, 3.0])), [-1.0, 1.0])
    assert "numpy" not in space


@pytest.mark.quick("*float32*-np.float32(x)-True")
@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "anything\nat all", True),
        ("W[l] = *", "W[l] = np.zeros(3)", True),
        ("W[l] = *", "Wl = np.zeros(3)", False),
        ("*float32*", "np.float32(x)", True),
        ("a.b", "axb", False),
    ],
)
def test_only_stars_are_special_in_a_pattern(pattern, text, fits):
    assert like(pattern, text) is fits


@pytest.mark.quick
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[equivalent]]\nid = "f-1"\nreason = "same"\n', "give a reason"),
        ('[[equivalent]]\nreason = "It makes no difference."\n', "excuse every mutant"),
        ('[[equivalent]]\nfile = "x"\nreason = "It makes no difference."\n', "file"),
        ("[[equal]]\n", "unknown table equal"),
        ("[[equivalent\n", "equivalent_mutants.toml"),
    ],
)
def test_a_list_of_excuses_must_be_readable_and_reasoned(tmp_path, text, complaint):
    (tmp_path / "equivalent_mutants.toml").write_text(text)
    with pytest.raises(CourseError, match=complaint):
        exceptions(tmp_path)


def served(task):
    if task == "endless":
        while True:
            pass
    if task == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "memory":
        try:
            return len(bytearray(1 << 45))
        except MemoryError:
            return "no memory"
    if task == "error":
        raise CourseError("the author's mistake")
    return task.upper()


def test_workers_survive_loops_crashes_and_greed():
    tasks = ["a", "endless", "b", "crash", "memory", "c"]
    start = time.monotonic()
    results = dict(answered(served, tasks, workers=2, cpu_seconds=0.3))
    assert time.monotonic() - start < 20
    assert [results[i] for i in range(6)] == [
        "A", Lost("timeout"), "B", Lost("crashed"), "no memory", "C",
    ]  # fmt: skip


def test_an_error_in_a_worker_is_raised_here():
    with pytest.raises(CourseError, match="the author's mistake"):
        list(answered(served, ["a", "error"], workers=1))
