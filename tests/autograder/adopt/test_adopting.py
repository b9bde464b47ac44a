"""A notebook of before gets hidden graders, an exercise at a time, and grades stay the same."""

import json

import adopt_course
import pytest

from autograder.adopt.adopting import adopt, cells_that_ask_nothing
from autograder.authoring.build import build, check_problems, solution_text
from autograder.cli.adopt import adopted_words, staying_words
from autograder.course import Course
from autograder.gradebook.staging import scores_of
from autograder.grading.grader import Grader
from autograder.grading.nbgrader_scored import end_sandbox, run_cells
from autograder.model import CourseError
from autograder.notebook.reading import read

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")
TIMEOUT = {"ename": "TimeoutError", "evalue": "", "traceback": []}
Q1 = "def squares(n):\n    {}\n"
Q2 = "def total(n):\n    {}\n\ndef mean(x):\n    {}\n"
RIGHT = {"q1": adopt_course.SQUARES, "q2": adopt_course.TOTAL, "v": "v = 30"}
SUBMISSIONS = {
    "right": {},
    "loops": {
        "q1": Q1.format(
            "assert True\n    if n <= 0:\n        raise ValueError\n    r = []\n"
            "    for i in range(n):\n        r.append((i + 1) * (i + 1))\n    return r"
        ),
        "q2": Q2.format("return n * (n + 1) * (2 * n + 1) // 6", "return x.mean(0)"),
    },
    "a guess": {"q1": Q1.format("return [1, 4][:n]")},
    "an assertion": {"q1": Q1.format("assert n > 0\n    return [i * i for i in range(1, n + 1)]")},
    "nothing": {"q1": Q1.format("return None"), "q2": Q2.format("return None", "return None")},
    "rows": {"q2": Q2.format("return sum(squares(n))", "return np.mean(x, axis=1)")},
    "one of two": {"q2": Q2.format("return 0", "return np.mean(x, axis=0)")},
    "missing": {"q1": "pass", "v": "v = 31"},
}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A course of before."""
    root = tmp_path_factory.mktemp("before")
    adopt_course.write_course(root)
    return root


@pytest.fixture
def course(before, tmp_path):
    """Another one, to be changed."""
    adopt_course.write_course(tmp_path / "course")
    return Course.load(tmp_path / "course")


def filled(nb, answers, names):
    texts = {names.get(name, name): text for name, text in answers.items()}
    cells = [
        {**cell, "source": texts.get(cell["metadata"].get("nbgrader", {}).get("grade_id"),
                                     cell["source"])}
        for cell in nb["cells"]
    ]  # fmt: skip
    return {**nb, "cells": cells}


@pytest.mark.slow
def test_grades_are_the_same_before_and_after(before, course):
    """Exercise by exercise; what stays makes the notebook a mixed one."""
    old = Course.load(before)
    nb = read(old.source_notebook("ps1")).raw
    wanted = {}
    for student, answers in SUBMISSIONS.items():
        given = filled(nb, {**RIGHT, **answers}, {})
        ran = run_cells(given, old, {}, old.source("ps1"), TIMEOUT)
        wanted[student] = scores_of(ran.notebook).scores
    end_sandbox(old, old.source("ps1"))
    full = {"cell-1": 1, "squares-hidden": 2, "raises": 0.5, "test_total": 2, "means": 3}
    assert wanted["right"] == {**full, "share": 2, "looks": 1, "test_v": 1, "essay": None}
    adopt(course, "ps1", ["squares"])
    adopt(course, "ps1")
    build(course.root)
    assert list(check_problems(course, "ps1")) == []
    release = read(course.release_notebook("ps1")).raw
    assert "BEGIN HIDDEN" not in json.dumps(release)
    with Grader(course, "ps1") as grader:
        for student, answers in SUBMISSIONS.items():
            names = {"q1": "squares", "q2": "total"}  # and v keeps its own
            text = json.dumps(filled(release, {**RIGHT, **answers}, names)).encode()
            report = grader.grade(text, student).report
            found = {e.name: e.points for e in report.exercises}
            own = wanted[student]
            assert found == {
                "squares": own["cell-1"] + own["squares-hidden"] + own["raises"],
                "total": own["test_total"] + own["means"],
                "v": own["test_v"],
                **{name: own[name] for name in ("share", "looks")},
            }, student


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(course):
    files = {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()}
    lines = list(adopted_words(adopt(course, "ps1", write=False), dry_run=True))
    assert lines == [
        "squares: would be judged by 3 checks in test_squares.py, 3.5 points",
        "  cell-1: a check, 1 point",
        "  squares-hidden: a check, 2 points",
        "  raises: a check, 0.5 points",
        "total: would be judged by 2 checks in test_total.py, 5 points",
        "  test_total: a check, 2 points",
        "  means: a check, 3 points",
        "  share: stays a test cell: shows a value at its end, which may be partial credit",
        "  looks: stays a test cell: looks at the code of functions",
        "v: would be judged by 1 check in test_v.py, 1 point",
        "  test_v: a check, 1 point",
    ]
    assert {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()} == files
    assert cells_that_ask_nothing(course, "ps1") == []
    assert staying_words(["plot"]) == (
        "1 test cell that asks for nothing a solution cell defines stays as before, and autograder "
        "verify proves it, too: plot"
    )


def test_a_notebook_of_another_name_is_told_to_be_renamed(course):
    course.source_notebook("ps1").rename(course.source("ps1") / "Problem 1.ipynb")
    with pytest.raises(CourseError, match=r"rename Problem 1.ipynb in .* to ps1.ipynb"):
        adopt(course, "ps1")


def test_nothing_is_adopted_twice_or_overwritten(course):
    tests = course.tests("ps1")
    tests.mkdir(parents=True)
    (tests / "test_total.py").write_text("# mine\n")
    first = adopt(course, "ps1", ["squares", "total"])
    assert first[0].is_new and "is there already: move it away" in first[1].problem
    assert (tests / "test_total.py").read_text() == "# mine\n"
    files = {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()}
    [again, _] = adopt(course, "ps1", ["squares", "total"])
    assert "judge it already" in again.problem
    assert {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()} == files


@pytest.mark.slow
def test_what_does_not_judge_the_authors_own_solution_stays_a_test_cell(course):
    """A date does not cross the wall."""
    path = course.source_notebook("ps1")
    nb = read(path).raw
    for cell in nb["cells"]:
        if cell["id"] == "q2":
            cell["source"] += (
                "\n\nimport datetime\ndef day(x):\n    return datetime.date(x, 1, 1)\n"
            )
        if cell["id"] == "test_total":
            cell["source"] = "assert day(2026).year == 2026"
    path.write_text(json.dumps(nb))
    [one] = adopt(course, "ps1", ["total"], write=False)
    assert [check.cell for check in one.checks] == ["means"]
    assert one.problem == ""
    why = one.stays["test_total"]
    assert "your own solution" in why and "(assert notebook.day(2026).year == 2026)" in why


@pytest.mark.slow
def test_hidden_lines_stay_where_another_cell_needs_what_they_bind(course):
    path = course.source_notebook("ps1")
    nb = read(path).raw
    for cell in nb["cells"]:
        if cell["id"] == "squares-hidden":
            cell["source"] = cell["source"].replace("for n in", "kept = 7\nfor n in")
        if cell["id"] == "test_v":
            cell["source"] = "assert v == 30 and kept == 7"
    path.write_text(json.dumps(nb))
    [one] = adopt(course, "ps1", ["squares"], write=False)
    assert one.stays == {"squares-hidden": "hides `kept`, which the cell 'test_v' uses"}


@pytest.mark.slow
def test_a_function_that_two_cells_define_is_not_adopted(course):
    path = course.source_notebook("ps1")
    text = path.read_text().replace("def total(n)", "def squares(n)")
    path.write_text(text.replace("v = total(4)", "v = 30"))
    made = adopt(course, "ps1", write=False)
    assert {one.name: one.is_new for one in made} == {"squares": False, "mean": True, "v": True}


def test_a_solution_that_the_judge_cannot_run_is_told_and_nothing_is_written(course):
    path = course.source_notebook("ps1")
    text = path.read_text().replace('"N = 3', '"N = 1 // 0').replace("\\nN = 3", "\\nN = 1 // 0")
    path.write_text(text)
    with pytest.raises(CourseError) as error:
        adopt(course, "ps1", ["squares"])
    assert "nothing of ps1 was adopted" in str(error.value)
    assert f"{course.solution('ps1')} does not import: ZeroDivisionError" in str(error.value)
    assert path.read_text() == text and not course.tests("ps1").exists()


@pytest.mark.slow
def test_a_solution_that_cannot_run_without_its_test_cells_stops_no_other(tmp_path):
    """Its cell uses what a test cell binds, and the judge runs no test cell."""
    right = "### BEGIN SOLUTION\ndef {0}(x):\n    return x\n{1}\n### END SOLUTION"
    cells = [
        (right.format("first", ""), "seen = first(1)\nassert seen == 1"),
        (right.format("second", "last = second(seen)"), "assert second(2) == 2"),
        (right.format("third", ""), "assert third(3) == 3"),
    ]
    adopt_course.write_course(tmp_path / "course", adopt_course.small_notebook(*cells))
    course = Course.load(tmp_path / "course")
    made = adopt(course, "ps1")
    assert [one.name for one in made if one.is_new] == ["first", "third"]
    why = "the judge cannot run its solution cell: "
    assert made[1].problem.startswith(f"{why}{course.solution('ps1')} does not import: NameError")
    assert sorted(p.name for p in course.tests("ps1").iterdir()) == [
        "test_first.py",
        "test_third.py",
    ]
    assert list(adopted_words(made, False))[2] == f"second: as it was: {made[1].problem}"
    [chinese] = [t for t in adopted_words(made, False, "zh") if t.startswith("second")]
    assert chinese.startswith("second：保持原样：评判进程无法运行它的解答单元格：")


def test_an_exercise_that_is_not_there_is_named_with_those_that_are(course):
    with pytest.raises(CourseError) as error:
        adopt(course, "ps1", ["cubes"])
    assert "no exercise 'cubes'" in str(error.value) and "squares, total" in str(error.value)


TABLE = """def table(n):
    ### BEGIN SOLUTION
    for i in range(n):
        print(i, i * i)
    ### END SOLUTION"""
CAUGHT = """import io, contextlib
text = io.StringIO()
with contextlib.redirect_stdout(text):
    table(2)
assert text.getvalue() == '0 0\\n1 1\\n'"""
SAVE = """def save(path, text):
    ### BEGIN SOLUTION
    with open(path, "w") as f:
        f.write(text)
    ### END SOLUTION"""
COUNT = """def count(path):
    ### BEGIN SOLUTION
    with open(path) as f:
        return len(f.read())
    ### END SOLUTION"""


def test_a_call_at_the_end_is_a_check_where_it_shows_nothing(tmp_path):
    """A number that it showed would be partial credit."""
    own = "def {}(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"
    course = small_course(
        tmp_path,
        "def compared(x, y):\n    assert x == y\ndef share(x):\n    return x / 4",
        (own.format("kept"), "n = 2\ncompared(\n    kept(n), n\n)  # both"),
        (own.format("part"), "share(part(2))"),
    )
    kept, part = adopt(course, "ps1", write=False)
    assert [check.cell for check in kept.checks] == ["t1"] and kept.stays == {}
    assert part.checks == [] and "(assert (reference.share(" in part.stays["t2"]


def small_course(folder, *cells):
    adopt_course.write_course(folder / "small", adopt_course.small_notebook(*cells))
    return Course.load(folder / "small")


def points(course, answers):
    """The points of each exercise for a notebook with some solution cells replaced."""
    release = read(course.release_notebook("ps1")).raw
    with Grader(course, "ps1") as grader:
        text = json.dumps(filled(release, answers, {})).encode()
        return {e.name: e.points for e in grader.grade(text, "ada").report.exercises}


@pytest.mark.slow
def test_printed_text_is_judged_where_the_test_cell_catches_it(tmp_path):
    course = small_course(tmp_path, (TABLE, CAUGHT))
    [one] = adopt(course, "ps1")
    assert (one.stays, len(one.checks)) == ({}, 1)
    build(course.root)
    right = TABLE.replace("(n):", "(count):").replace("range(n)", "range(count)")
    assert points(course, {"table": right}) == {"table": 1}
    assert points(course, {"table": TABLE.replace("i * i", "i + i")}) == {"table": 0}


STACK = """class Stack:
    def __init__(self, items=()):
        ### BEGIN SOLUTION
        self._items = list(items)
        ### END SOLUTION

    def push(self, item):
        ### BEGIN SOLUTION
        self._items.append(item)
        ### END SOLUTION

    def pop(self):
        ### BEGIN SOLUTION
        if not self._items:
            raise IndexError("empty")
        return self._items.pop()
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self._items)
        ### END SOLUTION"""
USED = """stack = Stack([1])
stack.push(5)
assert isinstance(stack, Stack) and len(stack) == 2
assert stack.pop() == 5 and stack.pop() == 1
try:
    stack.pop()
    assert False, "nothing was raised"
except IndexError:
    pass
### BEGIN HIDDEN TESTS
assert len(both(Stack([1, 2]), Stack([3]))) == 3
### END HIDDEN TESTS"""
BOTH = """def both(one, other):
    ### BEGIN SOLUTION
    made = Stack()
    for stack in (one, other):
        while len(stack):
            made.push(stack.pop())
    return made
    ### END SOLUTION"""
AVERAGE = "### BEGIN SOLUTION\nratio = len(full) / 4\nlabel = 'half'\n### END SOLUTION"
KINDS = (
    "import math",
    (STACK, "assert len(Stack()) == 0"),
    (BOTH, USED),
    "full = Stack([7, 8])",
    (
        AVERAGE,
        "assert math.isclose(ratio, 0.5)\nassert label in ('half', '1/2') and len(full) == 2",
    ),
)
ANSWERS = {
    "right": {},
    "another way": {
        "Stack": STACK.replace("self._items.append(item)", "self._items += [item]"),
        "ratio": "ratio, label = 2 / 4, '1/2'",
    },
    "pops the first": {"Stack": STACK.replace("_items.pop()", "_items.pop(0)")},
    "never empty": {"Stack": STACK.replace("if not self._items", "if False")},
    "other exception": {"Stack": STACK.replace("IndexError", "KeyError")},
    "no length": {"Stack": STACK.partition("    def __len__")[0]},
    "liar": {
        "ratio": "class L(float):\n    __eq__ = lambda s, o: True\nratio = L(0)\nlabel = ratio"
    },
    "wrong": {"ratio": "ratio, label = 0.25, 'half'", "both": BOTH.replace("push", "append")},
    "leaves": {"both": BOTH.replace("made = Stack()", "raise SystemExit")},
    "nothing": {"Stack": "pass", "both": "pass", "ratio": "pass"},
}


@pytest.mark.slow
def test_classes_and_variables_earn_what_they_earned_before(tmp_path):
    """Judged by stock rules in one process before, by handles from outside afterwards."""
    old = small_course(tmp_path / "before", *KINDS)
    course = small_course(tmp_path / "after", *KINDS)
    made = adopt(course, "ps1")
    assert {one.name: one.stays for one in made} == {"Stack": {}, "both": {}, "ratio": {}}
    build(course.root)
    assert list(check_problems(course, "ps1")) == []
    own = read(old.source_notebook("ps1")).raw
    for student, changes in ANSWERS.items():
        answers = {"Stack": STACK, "both": BOTH, "ratio": AVERAGE, **changes}
        cells = dict(zip(("s1", "s2", "s4"), answers.values(), strict=True))
        ran = run_cells(filled(own, cells, {}), old, {}, old.source("ps1"), TIMEOUT)
        scores = scores_of(ran.notebook).scores
        wanted = {"Stack": scores["t1"], "both": scores["t2"], "ratio": scores["t4"]}
        assert points(course, answers) == wanted, student
    end_sandbox(old, old.source("ps1"))


@pytest.mark.slow
def test_cells_that_open_files_stay_and_nothing_is_written(tmp_path):
    """The file that a check would find is not the student's."""
    course = small_course(
        tmp_path,
        (SAVE, "save('out.txt', 'hi')\nassert open('out.txt').read() == 'hi'"),
        (COUNT, "with open('in.txt', 'w') as f:\n    f.write('abc')\nassert count('in.txt') == 3"),
    )
    (course.source("ps1") / "data.txt").write_text("abc")
    files = {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()}
    assert [one.stays for one in adopt(course, "ps1")] == [
        {"t0": "opens 'out.txt', and files of the notebook are not where checks run"},
        {"t1": "writes the file 'in.txt', which student code cannot read"},
    ]
    assert {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()} == files


def test_what_a_function_calls_its_own_is_no_name_of_the_notebook(tmp_path):
    """Or statements of other cells that bind the name become part of the solution."""
    course = small_course(tmp_path, "f = 1 // 1", (COUNT, "assert callable(count)"))
    nb = read(course.source_notebook("ps1"), error=CourseError)
    assert "1 // 1" not in solution_text(course, "ps1", nb)
