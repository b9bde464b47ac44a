"""Whole submissions made from parts of an assignment."""

import copy

import pytest

from autograder.course import Course
from autograder.graders.misconceptions import Version
from autograder.graders.samples import Parts, Sample, samples
from autograder.model import CourseError, Verdict
from autograder.notebook.reading import dumps, loads

SOLUTION = "def f(x):\n    y = x + 1\n    return y\n"
STUB = "def f(x):\n    y = None\n    return y\n"


def cell(name, source, **meta):
    nbgrader = {
        "grade": False, "solution": False, "locked": False, "task": False,
        "grade_id": name, "schema_version": 3, **meta,
    }  # fmt: skip
    return {
        "cell_type": "code", "id": name, "source": source, "outputs": [],
        "execution_count": None, "metadata": {"nbgrader": nbgrader},
    }  # fmt: skip


def notebook(*cells):
    raw = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return loads(dumps(raw))


@pytest.fixture
def parts():
    release = notebook(
        cell("imports", "import numpy as np", locked=True),
        cell("f", STUB, solution=True),
        cell("test_f", "check(f)", grade=True, locked=True, points=3),
        cell("g", STUB.replace("f(", "g("), solution=True),
        cell("test_g", "check(g)", grade=True, locked=True, points=1.5),
    )
    solutions = {"f": SOLUTION, "g": SOLUTION.replace("f(", "g(")}
    wrong = Version("f", "one_too_many", replace=(("x + 1", "x + 2"),))
    other = Version("f", "the_other_way", wrong=False, replace=(("x + 1", "1 + x"),))
    return Parts("a", release, solutions, [wrong], [other])


def filled(parts, **cells):
    made = parts.notebook(Sample("ada", "made up", cells))
    return {c["id"]: c["source"] for c in made["cells"]}


def test_cells_that_are_not_named_hold_the_solution(parts):
    assert filled(parts)["f"] == SOLUTION
    assert filled(parts)["imports"] == "import numpy as np"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("solution", SOLUTION),
        ("stub", STUB),
        ("misconception:one_too_many", SOLUTION.replace("+ 1", "+ 2")),
        ("alternative:the_other_way", SOLUTION.replace("x + 1", "1 + x")),
        ("def f(x):\n    return 7", "def f(x):\n    return 7"),
        ("", ""),
    ],
)
def test_a_cell_holds_what_the_sample_says(parts, content, expected):
    made = filled(parts, f=content)
    assert made["f"] == expected
    assert made["g"] == parts.solutions["g"]


def test_a_missing_cell_is_not_in_the_notebook(parts):
    assert "f" not in filled(parts, f="missing")
    assert "test_f" in filled(parts, f="missing")


def test_the_release_itself_stays_as_it_was(parts):
    before = copy.deepcopy(parts.release.raw)
    filled(parts, f="missing", g="stub")
    assert parts.release.raw == before


def test_points_are_those_of_the_grade_cells(parts):
    assert parts.points == {"f": 3, "g": 1.5}


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ({"h": "solution"}, "no exercise 'h'.*f, g"),
        ({"f": "misconception:unknown"}, "no misconception 'unknown'; it has: one_too_many"),
        ({"g": "misconception:one_too_many"}, "it has: none"),
        ({"f": "alternative:one_too_many"}, "no alternative 'one_too_many'"),
    ],
)
def test_parts_that_do_not_exist_are_the_authors_mistake(parts, cells, complaint):
    with pytest.raises(CourseError, match=complaint):
        parts.notebook(Sample("ada", "made up", cells))


def test_expectations_are_fractions_or_verdicts():
    sample = Sample("ada", "made up", expect={"f": 0.5, "g": "not_attempted"})
    assert sample.expected("f") == 0.5
    assert sample.expected("g") is Verdict.NOT_ATTEMPTED
    assert sample.expected("unnamed") == 1


@pytest.mark.parametrize("wrong", ["failed", 1.5, -0.1])
def test_other_expectations_are_refused(wrong):
    with pytest.raises(CourseError, match="sample 'ada' expects of f"):
        Sample("ada", "made up", expect={"f": wrong}).expected("f")


def test_samples_come_from_the_assignments_tests(tmp_path):
    folder = tmp_path / "tests" / "a"
    folder.mkdir(parents=True)
    assert samples(Course(tmp_path), "a") == ()
    sample = 'Sample("ada", "Full marks")'
    header = "from autograder.graders import Sample\n"
    (folder / "samples.py").write_text(f"{header}SAMPLES = [{sample}]\n")
    assert [s.title for s in samples(Course(tmp_path), "a")] == ["Full marks"]
    (folder / "samples.py").write_text(f"{header}SAMPLES = [{sample}, {sample}]\n")
    with pytest.raises(CourseError, match="ada named twice"):
        samples(Course(tmp_path), "a")
