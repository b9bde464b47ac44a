"""Exercises whose answers are no plain values: proven, graded and hinted like any other."""

import json

import kinds_course as kinds
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from scratch_course import empty_gradebook  # noqa: F401
from traitlets.config import Config

from autograder.grading.grader import Grader
from autograder.model import CourseError, Verdict
from autograder.nbgrader_plugins import configure
from autograder.notebook.reading import read
from autograder.verify.drafting import draft
from autograder.verify.prove import prove

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory, empty_gradebook):  # noqa: F811
    return kinds.write_course(tmp_path_factory.mktemp("kinds"), empty_gradebook)


def handed_in(course, cells):
    """The solved notebook with some cells replaced."""
    texts = {**kinds.SOLUTIONS, **cells}
    raw = read(course.release_notebook("kinds")).raw
    for cell in raw["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = texts.get(name, cell["source"])
    return raw


@pytest.fixture(scope="module")
def grade(course):
    """Grade the solved notebook with some cells replaced: exercises by name."""
    with Grader(course, "kinds") as grader:

        def graded(**cells):
            texts = {**kinds.SOLUTIONS, **cells}
            raw = json.loads(course.release_notebook("kinds").read_text())
            for cell in raw["cells"]:
                cell["source"] = texts.get(cell["metadata"].get("nbgrader", {}).get("grade_id"),
                                           cell["source"])  # fmt: skip
            report = grader.grade(json.dumps(raw).encode(), "ada").report
            return {exercise.name: exercise for exercise in report.exercises}

        yield graded


def test_every_kind_is_proven(course):
    (proof,) = prove(course, ["kinds"], workers=1)
    assert [claim for claim in proof.claims if not claim.holds] == []
    assert [mutant for mutant in proof.mutants if mutant.fate == "survived"] == []


def test_a_slip_of_every_kind_gets_its_hint_and_costs_nothing_else(grade):
    texts = kinds.SOLUTIONS
    slips = {name: texts[name].replace(old, new) for name, (old, new, _) in kinds.SLIPS.items()}
    assert all(text != texts[name] for name, text in slips.items())
    graded = grade(**slips)
    told = {name: {check.hint for check in e.checks} for name, e in graded.items()}
    assert told == {name: {hint} for name, (_, _, hint) in kinds.SLIPS.items()}


def test_an_untouched_stub_of_every_kind_is_not_attempted(grade, course):
    released = read(course.release_notebook("kinds"))
    stubs = {cell.grade_id: cell.source for cell in released.cells if cell.solution}
    assert stubs.keys() == kinds.SOLUTIONS.keys()
    graded = grade(**stubs)
    assert {e.verdict for e in graded.values()} == {Verdict.NOT_ATTEMPTED}
    talking = {name: f"{text}\nprint('mine')" for name, text in stubs.items()}
    assert {e.verdict for e in grade(**talking).values()} == {Verdict.NOT_ATTEMPTED}


def test_what_a_notebook_does_not_define_is_missing(grade):
    graded = grade(**dict.fromkeys(kinds.SOLUTIONS, "pass"))
    for name, exercise in graded.items():
        [check] = exercise.checks
        assert (check.verdict, check.message) == (
            Verdict.MISSING, f"The notebook does not define `{name}`."
        )  # fmt: skip


def test_a_cell_that_stops_is_named_for_what_it_should_define(grade):
    exercise = grade(average="average = total / 0")["average"]
    assert exercise.checks[0].message.startswith("`average` is not defined: this cell stops at")


def test_an_answer_in_another_cell_counts(grade):
    average = kinds.SOLUTIONS["average"].replace("average = ", "average: float = ")
    account = kinds.SOLUTIONS["Account"]
    text = f"{average}\n{account}"
    graded = grade(Account=text, average="total = None\naverage = None")
    assert {graded[name].verdict for name in ("average", "Account")} == {Verdict.PASSED}


@pytest.fixture(scope="module")
def graded_class(course):
    """The course after `autograder grade`, with the slips of every kind handed in."""
    texts = kinds.SOLUTIONS
    slips = {name: texts[name].replace(old, new) for name, (old, new, _) in kinds.SLIPS.items()}
    slips["Account"] = "class Account:\n    def __init__(self, balance):\n        self.b = 3"
    for student, cells in {"ada": {}, "bo": slips}.items():
        folder = course.submitted("kinds", student)
        folder.mkdir(parents=True)
        (folder / "kinds.ipynb").write_text(json.dumps(handed_in(course, cells)))
    return course


def test_a_draft_of_a_class_is_the_students_own_and_a_variable_needs_an_edit(graded_class):
    text = draft(graded_class, "kinds", "Account", "bo")
    assert "@misconception('Account', hint=''" in text and "class renamed:" in text
    assert "edited(" in draft(graded_class, "kinds", "halved", "bo")
    with pytest.raises(CourseError, match="write the mistake as edited"):
        draft(graded_class, "kinds", "average", "bo")


def test_nbgraders_own_door_gives_the_same_points(graded_class, grade):
    directory = CourseDirectory(root=str(graded_class.root), assignment_id="kinds")
    config = Config()
    configure(config)
    Autograde(coursedir=directory, config=config).start()
    with Gradebook(f"sqlite:///{graded_class.root / 'gradebook.db'}") as gradebook:
        rows = {
            (s.student.id, g.name.removeprefix("test_")): g.auto_score
            for s in gradebook.assignment_submissions("kinds")
            for n in s.notebooks
            for g in n.grades
        }
    assert {rows["ada", name] for name in kinds.SOLUTIONS} == {1.0}
    assert {rows["bo", name] for name in kinds.SOLUTIONS} == {0.0}
