"""A student's helper is found by hidden checks where a later cell of the course takes its name."""

import ast
import json

import pytest

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading import own_helpers
from autograder.grading.grader import Grader
from autograder.grading.own_helpers import OwnHelpers
from autograder.notebook.cells import RunnableCell

OWN = "def twice(x):\n    return 2 * x\n\ndef double(x):\n    return twice(x)"
TAKES = "twice = double(3.0)\ntwice"


def with_cell_below(notebook: str, source: str) -> str:
    """The notebook with one more cell at its end, as a course's own demo."""
    found = json.loads(notebook)
    name = f"below{len(found['cells'])}"
    code = {"cell_type": "code", "outputs": [], "execution_count": None, "metadata": {}}
    found["cells"].append({**code, "id": name, "source": source})
    return json.dumps(found)


@pytest.fixture
def taking_course(tiny):
    """The tiny course with a last cell that gives a number the name `twice`."""
    path = tiny.source_notebook("tiny")
    path.write_text(with_cell_below(path.read_text(), TAKES))
    build(tiny.root)
    return Course.load(tiny.root)


def handed_in(course, cells, below=""):
    notebook = json.loads(course.release_notebook("tiny").read_text())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = cells.get(name, cell["source"])
    text = json.dumps(notebook)
    return (with_cell_below(text, below) if below else text).encode()


def test_a_helper_whose_name_a_later_cell_of_the_course_takes_costs_nothing(taking_course, right):
    with Grader(taking_course, "tiny") as grader:
        found = grader.grade(handed_in(taking_course, right | {"double": OWN}), "ada").report
        own = handed_in(taking_course, right | {"double": OWN}, below="twice = None")
        without = grader.grade(own, "bob").report
        again = grader.grade(handed_in(taking_course, right), "cy").report
    assert found.points == found.max_points == again.points
    assert without.exercise("double").points < without.exercise("double").max_points
    assert not any("globals" in flag for flag in found.flags)


def added(*sources, provided=(TAKES,), begun=0):
    cells = [RunnableCell(n, source) for n, source in enumerate(sources)]
    found = OwnHelpers(provided, {"double"}).kept_in(cells, begun)
    assert [cell for cell in found if cell.index >= 0] == cells
    return [cell.source for cell in found if cell.index < 0]


def test_only_what_a_course_s_cell_takes_from_a_student_s_is_kept():
    keep, put_back = added(OWN, TAKES)
    assert "['twice']" in keep and "update" in put_back
    space = {"twice": 1}
    exec(keep, space)
    space["twice"] = 2
    exec(put_back, space)
    assert space["twice"] == 1
    exec(keep, space := {})  # a cell that stopped before it had defined it
    exec(put_back, space)
    assert "twice" not in space
    assert added("def double(x):\n    return 2 * x", TAKES) == []  # no helper
    assert added(OWN, "other = 1", provided=("other = 1",)) == []
    assert added(OWN, TAKES, "def other(twice):\n    return twice")  # its own parameter
    assert added(TAKES, OWN) == []  # the helper came later
    assert added(OWN, TAKES, begun=1) == []  # it has run before the notebook came
    assert added(OWN, TAKES, provided=(OWN, TAKES)) == []
    assert added(OWN, "def f(:\n  twice = 1", provided=("def f(:\n  twice = 1",)) == []


@pytest.mark.parametrize(
    "further",
    [
        "twice = 5",  # the student's own, with which the notebook ends up
        "def other():\n    return twice",  # needs what the course has put there, perhaps
        "class Other:\n    def f(self):\n        return [twice for _ in range(3)]",
    ],
)
def test_a_name_that_others_need_stays_as_the_notebook_leaves_it(further):
    assert added(OWN, TAKES, further) == []


def test_a_notebook_too_long_to_be_read_is_left_as_it_is():
    assert added(OWN, TAKES, "#" * 100_001) == []


def test_each_cell_is_read_once_however_many_helpers_there_are(monkeypatch):
    """Else a notebook of thousands of short cells keeps its worker for ten seconds."""
    taken = "\n".join(f"h{n} = 1" for n in range(40))
    helpers = "\n".join(f"def h{n}(): 0" for n in range(40))
    own_helpers._names_of.cache_clear()
    seen, parse = [], ast.parse
    monkeypatch.setattr(ast, "parse", lambda text: seen.append(text) or parse(text))
    added(helpers, *(f"x{n}" for n in range(500)), taken, provided=(taken,))
    assert len(seen) <= 502 + 1  # the course's cell was read before
