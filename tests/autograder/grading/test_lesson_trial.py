"""The lesson is tried before the class: what would be everybody's zero stops the command."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lesson_course import gradebook_rows
from typed_commands import typed

from autograder.authoring.build import build
from autograder.course import Course, load_solution
from autograder.grading import lesson_trial
from autograder.grading.grader import Grader
from autograder.grading.lesson_trial import problems, require_tried, tried_grader
from autograder.model import CourseError, Verdict
from autograder.sandbox.inside.stubs import stub_of

pytestmark = pytest.mark.family

ANSWERS_NOTHING = '''
import pytest
from autograder.graders import assert_same

@pytest.mark.exercise("double")
def test_double(student, reference):
    """Doubles"""
    student.double(3.0)

@pytest.mark.exercise("norms")
def test_norms(student, reference):
    """Norms"""
    assert_same(student.norms(3.0), 1.0)
'''


def add_to_imports(path, text):
    """Add a line to the first code cell of a notebook."""
    notebook = json.loads(path.read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == "imports"]
    cell["source"] = "".join(cell["source"]) + "\n" + text
    path.write_text(json.dumps(notebook))


def answer(course: Course, line: str) -> Course:
    """The course with another line where the reference doubles."""
    path = course.source_notebook("tiny")
    text = path.read_text().replace("y = 2 * x", line)
    assert line.replace('"', '\\"') in text
    path.write_text(text)
    (course.tests("tiny") / "misconceptions.py").unlink()
    build(course.root)
    (course.tests("tiny") / "test_tiny.py").write_text(ANSWERS_NOTHING)
    return Course.load(course.root)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("import there_is_no_such_module", "No module named 'there_is_no_such_module'"),
        ("open('/data/table.csv')", "'/data/table.csv'"),
        ("from urllib.request import urlopen\nurlopen('http://127.0.0.1:9')", "URLError"),
    ],
)
def test_a_provided_cell_that_cannot_run_behind_the_wall_is_named(tiny, cell, said):
    add_to_imports(tiny.release_notebook("tiny"), cell)
    with pytest.raises(CourseError) as caught:
        tried_grader(tiny, "tiny")
    assert "the provided cell 'imports' (cell 2 of the release) stops: " in str(caught.value)
    assert said in str(caught.value)
    assert f"beside the notebook in {tiny.source('tiny')}" in str(caught.value)


def test_a_cell_that_is_meant_to_fail_may(tiny):
    path = tiny.release_notebook("tiny")
    notebook = json.loads(path.read_text())
    [imports] = [c for c in notebook["cells"] if c["id"] == "imports"]
    failing = {**imports, "id": "fails", "source": "1 / 0", "metadata": {"tags": ["x"]}}
    notebook["cells"].append(failing)
    path.write_text(json.dumps(notebook))
    with Grader(tiny, "tiny") as grader:
        assert len(list(problems(grader))) == 2
        failing["metadata"]["tags"] = ["raises-exception"]
        path.write_text(json.dumps(notebook))
        assert list(problems(grader)) == []


@pytest.mark.parametrize(
    "line",
    [
        "y = type('Thing', (), {})()",
        "y = (i for i in range(3))",
        "y = (lambda: x)",
        "import matplotlib.pyplot as plt; y = plt.gca()",
    ],
    ids=["class", "generator", "closure", "axes"],
)
def test_an_answer_of_the_reference_that_cannot_cross_the_wall_is_named(tiny, line):
    course = answer(tiny, line)
    with pytest.raises(CourseError) as caught:
        tried_grader(course, "tiny")
    assert "the reference does not pass test_double of double: " in str(caught.value)
    assert "What a function answers has to cross the wall" in str(caught.value)


def test_a_check_that_fails_on_the_reference_is_named(tiny):
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(
        path.read_text().replace("student.double(3.0), 6.0", "student.double(3.0), 5.0")
    )
    with pytest.raises(CourseError, match="test_double_documented"):
        tried_grader(tiny, "tiny")


IDLE = {
    "test_idle calls no function of the student's": "def test_idle(student):\n    assert 1",
    "test_idle.*it returns bool: did it mean `assert`": "def test_idle(student):\n"
    "    return student.double(1.5) == 3.0",
    "test_idle.*async def functions are not": "async def test_idle(student):\n"
    "    assert_same(student.double(1.5), 3.0)",
    "test_idle.*have no fixture 'capsys'": "def test_idle(student, capsys):\n    pass",
    "tiny: test_idle: ZeroDivisionError": "def test_idle(student):\n    student.double(1.0)\n\n"
    "class TestMore:\n    @pytest.mark.exercise('double')\n    def test_idle(self, student):\n"
    "        student.double(1.0) / 0",
    "could not be set up: test_idle: ValueError: wet": "def test_idle(dry, student):\n    pass\n\n"
    "@pytest.fixture\ndef dry():\n    raise ValueError('wet')",
    "check was skipped.*test_idle": "@pytest.mark.skip\ndef test_idle(student):\n    pass",
}


@pytest.mark.parametrize("said", IDLE)
def test_a_check_that_would_pass_everybody_or_nobody_stops_the_lesson(tiny, said):
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(path.read_text() + f"\n\n@pytest.mark.exercise('double')\n{IDLE[said]}\n")
    with pytest.raises(CourseError, match=said):
        tried_grader(tiny, "tiny")


UNSTEADY = {
    "numpy's own stream": "x = np.random.randn(3)",
    "python's own stream": "x = random.random()",
    "a stream of the file": "x = STREAM.random()",
    "a counter": "x = len(SEEN)\n    SEEN.append(x)",
    "after a call of the reference": "x = np.random.randn(3) + reference.double(1.0)",
}
DRAWS = """

import random
import numpy as np

STREAM, SEEN = np.random.default_rng(1), []

@pytest.mark.exercise("double")
def test_drawn(student, reference):
    {draw}
    assert_same(student.double(x), reference.double(x))
"""


@pytest.mark.parametrize("draw", UNSTEADY.values(), ids=UNSTEADY)
def test_a_check_that_asks_everybody_something_else_stops_the_lesson(tiny, draw):
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(path.read_text() + DRAWS.format(draw=draw))
    with pytest.raises(CourseError, match="test_drawn asks for something else each time"):
        tried_grader(tiny, "tiny")


def test_a_reference_that_draws_numbers_of_its_own_is_no_unsteady_check(tiny):
    course = answer(tiny, "y = 2 * x + 1e-300 * float(np.random.default_rng().random())")
    text = GRADED_BY_RANGE.format(asked="student.double(float(student.double(0.0)))")
    (course.tests("tiny") / "test_tiny.py").write_text(text)
    tried_grader(course, "tiny").close()


GRADED_BY_RANGE = """
import pytest

@pytest.mark.exercise("double")
def test_double(student):
    assert {asked} < 1.0

@pytest.mark.exercise("norms")
def test_norms(student):
    assert student.norms(3.0) < 100.0
"""


def test_no_grader_takes_a_students_failure_for_an_answer(tiny, submit):
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(
        path.read_text()
        + """

@pytest.mark.exercise("double")
def test_caught(student):
    try:
        got = student.double(7.0)
    except Exception:
        got = 14.0
    assert_same(got, 14.0)

class TestByPytest:
    @pytest.mark.exercise("double")
    def test_caught_by_pytest(self, student):
        with pytest.raises(Exception):
            raise ValueError(student.double(7.0))
"""
    )
    fails = "def double(x):\n    if np.any(x == 7.0):\n        raise ValueError\n    return 2 * x"
    content = (submit("ada", double=fails) / "tiny.ipynb").read_bytes()
    with tried_grader(tiny, "tiny") as grader:
        checks = grader.grade(content, "ada").report.exercise("double").checks
    found = {check.id: str(check.verdict) for check in checks}
    assert found["test_caught"] == found["test_caught_by_pytest"] == "error"
    assert found["test_double_fresh"] == "passed"


def test_checks_of_an_exercise_that_is_not_there_stop_the_lesson(tiny):
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(
        path.read_text()
        + """

@pytest.mark.exercise("duoble")
def test_misspelt(student):
    assert_same(student.double(7.0), 14.0)
"""
    )
    with pytest.raises(CourseError, match="tests/tiny has checks of duoble"):
        tried_grader(tiny, "tiny")


def test_a_solution_that_would_be_taken_for_the_stub_is_named(tiny):
    with Grader(tiny, "tiny") as grader:
        assert list(problems(grader)) == []
        solved = "def double(x):\n    y = 2 * x\n    return y"
        grader.functions.stubs["double"] = stub_of(solved, "double")
        assert list(problems(grader)) == [
            "the solution of double is taken for what was released: nobody could earn its points"
        ]


NOTHING_IS_RIGHT = """
import pytest
from autograder.graders import assert_same

@pytest.mark.exercise("double", public=True)
def test_documented(student):
    assert_same(student.double(-1.0), None)

@pytest.mark.exercise("double")
@pytest.mark.parametrize("x", [2.0, 3.0, 5.0])
def test_fresh(student, reference, x):
    assert_same(student.double(x), reference.double(x))

@pytest.mark.exercise("norms")
def test_norms(student):
    assert_same(student.norms(3.0), 6.0)
"""


def test_who_rightly_answers_nothing_in_the_examples_has_attempted_the_rest(tiny, submit):
    course = answer(tiny, "y = None if np.all(x == -1.0) else 2 * x")
    (course.tests("tiny") / "test_tiny.py").write_text(NOTHING_IS_RIGHT)
    squares = "def double(x):\n    return None if np.all(x == -1.0) else x * x"
    content = (submit("ada", double=squares) / "tiny.ipynb").read_bytes()
    with tried_grader(course, "tiny") as grader:
        found = grader.grade(content, "ada").report.exercise("double")
    assert [str(check.verdict) for check in found.checks] == ["passed", "passed", "wrong", "wrong"]
    assert found.points == 2.0


ANYTHING_PASSES = """

@pytest.mark.exercise("double")
def test_double_may_be_called(student):
    student.double(1.0)
"""


@pytest.mark.parametrize("ending", ["y = 2 * x", "y = None\n    return y if len(x) else 2 * x"])
def test_who_returns_nothing_earns_nothing_and_is_told_so(tiny, submit, ending):
    """A check that passes whatever is returned is no reason to call it not attempted."""
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(path.read_text() + ANYTHING_PASSES)
    text = f"import numpy as np\n\ndef double(x):\n    x = np.array([x])\n    {ending}"
    content = (submit("ada", double=text) / "tiny.ipynb").read_bytes()
    with Grader(replace(tiny, repair_seconds=1.0), "tiny") as grader:
        found = grader.grade(content, "ada").report.exercise("double")
    assert {check.verdict for check in found.checks} == {Verdict.WRONG} and found.points == 0
    [message] = {c.message for c in found.checks if "may_be_called" in c.id}
    assert message.startswith("`double` returns nothing but `None`")
    nothing = "Line 5: the function ends here, and nothing is returned."
    assert {nothing == check.hint for check in found.checks} == {"return" not in ending}


def test_a_lesson_is_tried_once_until_something_of_it_changes(tiny, monkeypatch):
    tried_grader(tiny, "tiny").close()
    monkeypatch.setattr(lesson_trial, "Grader", None)  # nothing is started
    require_tried(tiny, "tiny")
    (tiny.source("tiny") / "new.csv").write_text("1")
    with pytest.raises(TypeError):
        require_tried(tiny, "tiny")


def test_what_has_failed_is_tried_again(tiny, monkeypatch):
    monkeypatch.setattr(lesson_trial, "problems", lambda grader: ["the weather"])
    for _ in range(2):
        with pytest.raises(CourseError, match="the weather"):
            require_tried(tiny, "tiny")
    monkeypatch.setattr(lesson_trial, "problems", lambda grader: [])
    require_tried(tiny, "tiny")


def test_build_check_tries_the_lesson(tiny):
    build(tiny.root, check=True)
    (tiny.tests("tiny") / "test_tiny.py").write_text(ANSWERS_NOTHING)  # norms of a number
    with pytest.raises(CourseError, match="is not graded: it does not stand its own grading"):
        build(tiny.root, check=True)


@pytest.fixture
def reading(tiny):
    """The course whose first cell reads a file that is handed out."""
    (tiny.source("tiny") / "table.csv").write_text("1,2")
    add_to_imports(
        tiny.source_notebook("tiny"), "with open('table.csv') as file:\n    TABLE = file.read()"
    )
    build(tiny.root)
    return Course.load(tiny.root)


@pytest.mark.quick
def test_the_solution_starts_in_the_lessons_folder(reading):
    before = Path.cwd()
    assert load_solution(reading, "tiny").TABLE == "1,2"
    assert Path.cwd() == before


def stock(course, *more):
    """`nbgrader autograde`, as a command."""
    return typed(course.root, "autograde", "tiny", *more, program="nbgrader")


def ours(course, *more):
    """`autograder grade`, as a command."""
    return typed(course.root, "grade", "tiny", *more)


@pytest.mark.parametrize("door", [ours, stock])
def test_no_door_grades_what_does_not_stand_its_own_grading(reading, filled, right, door):
    """It stops with exit status 1 and the reason; nothing is recorded, old grades are kept."""
    for student in ("ada", "bob"):
        folder = reading.submitted("tiny", student)
        folder.mkdir(parents=True)
        release = json.loads(reading.release_notebook("tiny").read_text())
        for cell in release["cells"]:
            cell["source"] = right.get(cell["id"], cell["source"])
        (folder / "tiny.ipynb").write_text(json.dumps(release))
    config = reading.root / "nbgrader_config.py"
    lines = "\nfrom autograder.nbgrader_plugins import configure\nconfigure(c)\n"
    config.write_text(config.read_text() + lines)
    done = door(reading)
    assert done.returncode == 0, done.stderr
    before = gradebook_rows(reading.root)
    assert {row[4] for row in before["grades"]} == {4.0, 6.0}
    config.write_text(config.read_text() + "c.CourseDirectory.ignore.append('table.csv')\n")
    done = door(reading, "--force")
    assert done.returncode == 1
    assert "'table.csv'" in done.stdout + done.stderr
    assert "the provided cell 'imports' (cell 2 of the release) stops" in done.stdout + done.stderr
    assert gradebook_rows(reading.root) == before
