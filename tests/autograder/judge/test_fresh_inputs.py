"""Inputs of fresh checks: the same for a course, or drawn for every submission by its content."""

import json
from dataclasses import replace

import pytest

from autograder.course import Course
from autograder.graders.misconceptions import misconceptions
from autograder.grading.grader import Grader

pytestmark = pytest.mark.family

TELLING = """
import numpy as np
seen = []
def norms(x):
    seen.append(np.asarray(x))
    return float(len(seen))
def double(x):
    return np.zeros((2, 3)) if np.ndim(x) else 2 * x
"""


@pytest.fixture
def graders(built_course):
    """A grader for each place that inputs come from."""
    with (
        Grader(replace(built_course, fresh="course"), "tiny") as course,
        Grader(replace(built_course, fresh="submission"), "tiny") as submission,
    ):
        yield {"course": course, "submission": submission}


def plain(report):
    data = report.to_json()
    data.pop("seconds")
    for exercise in data["exercises"]:
        for check in exercise["checks"]:
            check.pop("seconds")
    return json.dumps(data, sort_keys=True)


def inputs(grader, monkeypatch, notebook, files=None):
    """What the student's functions are called with in hidden checks, as the judge sends it."""
    sent = []
    rehearsal = grader.judge._rehearsal_for

    def watched(submission, exercises):
        found = rehearsal(submission, exercises)
        scripts = found._scripts.values()
        sent.append([c.payload.tobytes() for s in scripts for c in s.prepared])
        return found

    with monkeypatch.context() as patch:
        patch.setattr(grader.judge, "_rehearsal_for", watched)
        grader.grade(notebook, "ada", files=files)
    return sent[0]


@pytest.mark.quick
def test_the_default_is_the_course(tmp_path):
    assert Course(tmp_path).fresh == "course"


def test_two_submissions_meet_other_inputs_and_the_same_one_meets_the_same(
    graders, filled, right, monkeypatch
):
    one = filled(**right)
    other = filled(**{**right, "double": right["double"] + "  # another"})
    for fresh, grader in graders.items():
        first, second = (inputs(grader, monkeypatch, notebook) for notebook in (one, other))
        assert first == inputs(grader, monkeypatch, one), fresh
        assert (first == second) is (fresh == "course")
        assert len(first) == len(second) > 2


def test_its_text_is_put_together_only_where_inputs_depend_on_it(
    graders, filled, right, monkeypatch
):
    asked = []
    monkeypatch.setattr("autograder.grading.grader.all_of_it", lambda *_: asked.append(1) or "x")
    for fresh, count in (("course", 0), ("submission", 1)):
        graders[fresh].grade(filled(**right), "ada")
        assert len(asked) == count


def kinds(notebook, **changes):
    """The notebook with one cell of the student's own, and something about that cell changed."""
    nb = json.loads(notebook)
    own = {"cell_type": "code", "id": "own", "metadata": {}, "source": "bit = 1",
           "outputs": [], "execution_count": None}  # fmt: skip
    nb["cells"].insert(1, {**own, **changes})
    return json.dumps(nb).encode()


def test_nothing_that_a_submission_can_read_changes_while_its_inputs_stay(
    graders, filled, right, monkeypatch
):
    """Or a text that stays the same would ask for other inputs' bits, thirty times."""
    one, grader = filled(**right), graders["submission"]
    tried = {
        "plain": (kinds(one), {}),
        "prose": (kinds(one, cell_type="markdown"), {}),
        "tagged": (kinds(one, metadata={"tags": ["skip-execution"]}), {}),
        "file": (kinds(one), {"bits.py": b"K = 1"}),
        "another": (kinds(one), {"bits.py": b"K = 2"}),
        "name": (kinds(one), {"more_bits.py": b"K = 2"}),
        "split": (kinds(one, source="bit = 1\0x = 1"), {}),
    }
    found = {
        name: tuple(inputs(grader, monkeypatch, notebook, files))
        for name, (notebook, files) in tried.items()
    }
    assert len(set(found.values())) == len(tried)
    assert tuple(inputs(grader, monkeypatch, *tried["file"])) == found["file"]


def test_metadata_that_decides_what_runs_asks_for_other_inputs_and_what_saving_changes_does_not(
    graders, filled, right, monkeypatch
):
    """Without nbgrader's metadata a stub that stands below an answer runs, and replaces it."""
    nb, grader = json.loads(filled(norms=right["norms"])), graders["submission"]
    place = next(p for p, c in enumerate(nb["cells"]) if c["id"] == "double")
    above = {"cell_type": "code", "id": "own", "metadata": {}, "source": right["double"],
             "outputs": [], "execution_count": None}  # fmt: skip
    nb["cells"].insert(place, above)

    def asked():
        seeds, rehearsal = [], grader.judge._rehearsal_for
        with monkeypatch.context() as patch:
            patch.setattr(
                grader.judge, "_rehearsal_for", lambda *a: seeds.append(a[0]) or rehearsal(*a)
            )
            grader.grade(json.dumps(nb).encode(), "ada")
        return seeds

    before, cell = asked(), nb["cells"][place + 1]
    cell |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}],
             "execution_count": 7}  # fmt: skip
    cell["metadata"] |= {"collapsed": True, "execution": {"shell.execute_reply": "12:00"}}
    nb["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    assert asked() == before
    del cell["metadata"]["nbgrader"]
    assert asked() != before


def test_the_same_submission_gets_the_same_report_from_any_worker(
    graders, built_course, filled, right
):
    for cells in (
        right,
        {**right, "double": "def double(x):\n    return x * x"},
        {**right, "norms": TELLING},
    ):
        notebook = filled(**cells)
        reports = {plain(graders["submission"].grade(notebook, "ada").report) for _ in range(2)}
        with Grader(replace(built_course, fresh="submission"), "tiny") as another:
            another.grade(filled(**right), "bob")
            reports.add(plain(another.grade(notebook, "ada").report))
        assert len(reports) == 1


def test_scores_and_hints_are_those_of_the_course_s_inputs(graders, built_course, filled, right):
    for version in misconceptions(built_course, "tiny"):
        text = version.source("def double(x):\n    return 2 * x")
        notebook = filled(**{**right, version.function: text})
        course, submission = (g.grade(notebook, "ada").report for g in graders.values())
        for mine, theirs in zip(course.exercises, submission.exercises, strict=True):
            assert mine.points == theirs.points
            assert [c.hint for c in mine.checks] == [c.hint for c in theirs.checks]


def test_nothing_is_remembered_from_a_submission_for_another(graders, filled, right):
    """Equal answers to other inputs are another matter."""
    zeros = "def double(x):\n    return np.zeros((2, 3)) if np.ndim(x) else 2 * x"
    for grader in graders.values():
        points = []
        for number in range(2):
            notebook = filled(**{**right, "double": f"{zeros}  # {number}"})
            points.append(grader.grade(notebook, "ada").report.exercise("double").points)
        assert points == [1.0, 1.0]
