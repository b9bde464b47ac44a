"""From a wrong answer without a hint to a known mistake."""

import json
from dataclasses import replace

import pytest

from autograder.grading.grader import Grader
from autograder.model import CourseError
from autograder.repair.hints import Repairer
from autograder.verify.drafting import draft

SUMS = """import numpy as np

def norms(x):
    return np.sqrt(np.sum(double(x) + double(x), axis=0))
"""
ODD = """import numpy as np

def norms(x):
    if x.size > 3:
        return x.sum(axis=0)
    return 7
"""


def names(course, path):
    with Grader(course, "tiny") as grader:
        checks = grader.grade(path.read_bytes(), "bob").report.exercise("norms").checks
    return {check.misconception for check in checks if not check.passed}


def hand_in(course, student, source):
    notebook = json.loads(course.source_notebook("tiny").read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "norms":
            cell["source"] = source
    path = course.submitted("tiny", student) / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))
    return path


@pytest.mark.family
@pytest.mark.parametrize(("source", "begins"), [(SUMS, "edited("), (ODD, "@misconception('norms'")])
def test_what_is_drafted_and_pasted_explains_that_answer(tiny, source, begins, monkeypatch):
    path = hand_in(tiny, "ann", source)
    assert names(tiny, path) == {""}
    monkeypatch.setattr(Repairer, "_searched", lambda *_: pytest.fail("nobody reads these hints"))
    text = draft(replace(tiny, repair_seconds=0.5), "tiny", "norms", "ann")
    assert text.splitlines()[1].startswith(begins)
    file = tiny.tests("tiny") / "misconceptions.py"
    head = "import numpy as np\nfrom autograder.graders import edited, misconception\n"
    named = text.replace('hint=""', "hint='So.'").replace("hint=''", "hint='So.'")
    file.write_text(f"{head}{file.read_text()}\n{named}\n")
    [name] = names(tiny, path)
    assert name


@pytest.mark.slow
def test_a_right_answer_and_nobody_are_said_in_a_sentence(tiny, submit):
    submit("bob")
    with pytest.raises(CourseError, match="bob has no wrong answer to norms"):
        draft(tiny, "tiny", "norms", "bob")
    with pytest.raises(CourseError, match="there is no such submission"):
        draft(tiny, "tiny", "norms", "nobody")
    with pytest.raises(CourseError, match="has no exercise 'cubes'"):
        draft(tiny, "tiny", "cubes", "bob")
