"""Whole functions of the lessons with mistakes that people make: the marks and the words."""

from dataclasses import replace

import pytest
from wrong_functions import CASES

from autograder.course import Course
from autograder.graders.samples import Parts, Sample
from autograder.grading.grader import Grader
from autograder.notebook.reading import dumps

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graders():
    """A grader for each assignment, with as much time for hints as `autograder hints` grants."""
    course = replace(Course.load(), repair_seconds=5.0)
    names = dict.fromkeys(case[0] for case in CASES)
    opened = {name: (Grader(course, name), Parts.load(course, name)) for name in names}
    yield opened
    for grader, _ in opened.values():
        grader.close()


@pytest.mark.parametrize("case", CASES, ids=[f"{case[1]}: {case[2]}" for case in CASES])
def test_a_hint_says_what_is_wrong_and_nothing_that_misleads(graders, case):
    assignment, function, mistake, wanted, misleading, text = case
    grader, parts = graders[assignment]
    notebook = dumps(parts.notebook(Sample("-wrong-", mistake, {function: text}))).encode()
    exercise = grader.grade(notebook, "-wrong-").report.exercise(function)
    failing = [check for check in exercise.checks if not check.passed]
    told = " ".join(dict.fromkeys(check.hint for check in failing))
    assert failing and exercise.fraction < 1
    said = " ".join([told, *(check.message for check in failing)])
    assert any(word in said for word in wanted), said
    assert not [word for word in misleading if word in told], told
