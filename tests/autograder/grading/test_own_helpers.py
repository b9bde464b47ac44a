"""A student's helper is found by hidden checks where a later cell of the course takes its name."""

import json

import pytest

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.grader import Grader
from autograder.grading.own_helpers import OwnHelpers
from autograder.notebook.cells import RunnableCell
from autograder.sandbox.inside.own_helpers import KEPT, helpers_of

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
    found = [*OwnHelpers(provided, {"double"}).kept_in(cells, begun)]
    assert [cell for cell in found if cell.index >= 0] == cells
    return [cell.source for cell in found if cell.index < 0]


def test_only_what_a_course_s_cell_takes_from_a_student_s_is_kept():
    keep, take = added(OWN, TAKES)
    assert "'twice'" in keep and "'twice'" in take
    assert added("def double(x):\n    return 2 * x", TAKES) == []  # no helper
    assert added(OWN, "other = 1", provided=("other = 1",)) == []
    assert added(OWN.replace("def double", "def other"), TAKES) == []  # of no exercise
    assert added(TAKES, OWN) == [keep]  # the helper came later: nothing takes its name
    assert added(OWN, TAKES, begun=1) == []  # it has run before the notebook came
    assert added(OWN, TAKES, provided=(OWN, TAKES)) == []
    assert added(OWN, "def f(:\n  twice = 1", provided=("def f(:\n  twice = 1",)) == []
    assert len(added(OWN, "import twice", provided=("import twice",))) == 2
    assert len(added(f"%matplotlib inline\nnp.dot?\n{OWN}", TAKES)) == 2


def run(*sources):
    """What the cells leave, run one after the other as a notebook's, with those that are added."""
    space = {}
    cells = [RunnableCell(n, source) for n, source in enumerate(sources)]
    for cell in OwnHelpers({TAKES}, {"double", "norms"}).kept_in(cells, 0):
        exec(cell.source, space)
    return space


def test_a_function_finds_its_helper_until_the_student_names_another_one():
    space = run(OWN, TAKES)
    assert space["twice"] == 6.0
    found = helpers_of(space, "double")
    assert [*found] == ["twice"] and found["twice"](4) == 8
    assert helpers_of(space, "norms") == helpers_of(space, "nowhere") == {}
    assert [*helpers_of(run(OWN, "def norms(x): ...", TAKES), "norms")] == ["twice"]
    for reading in ("twice", "(lambda twice: 1)(1) * twice", "globals()['twice']"):
        assert helpers_of(run(OWN, TAKES, f"def norms(x): return {reading}"), "norms") == {}
    assert helpers_of(run(OWN, TAKES, "twice = None"), "double") == {}
    assert helpers_of(run(OWN, TAKES, "def double(x):\n    return twice * x"), "double") == {}
    assert helpers_of(run(OWN), "double") == helpers_of({}, "double") == {}


def test_a_driver_finds_the_helpers_of_what_it_calls_and_not_of_what_it_names():
    space = run(OWN, TAKES)
    assert [*helpers_of(space, ("double", "np"))] == ["twice"]
    assert helpers_of(space, ("double", "twice")) == helpers_of(space, ("np",)) == {}


@pytest.mark.parametrize(
    "forged", [None, 1, (), ({}, None), ({"double": 1}, {}), ({"double": (1, 2)}, {}), "ab"]
)
def test_what_a_student_puts_in_the_place_of_ours_is_no_helper(forged):
    space = run(OWN, TAKES) | {KEPT: forged}
    assert helpers_of(space, "double") == {}
    space = {KEPT: forged}
    for cell in OwnHelpers({TAKES}, {"double"}).kept_in([RunnableCell(0, OWN)], 0):
        exec(cell.source, space)
