"""nbgrader's own exchange and commands around this grader, from release to fetched feedback.

An exchange knows one student per account of the machine: the account that runs the tests plays
the instructor and one student; the others hand in through a learning platform (`zip_collect`).
"""

import json
import os
import pwd
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

pytestmark = pytest.mark.slow

ME = pwd.getpwuid(os.getuid()).pw_name

SQUARES = "def double(x):\n    return x * x"


def fill_in(notebook: Path, **cells: str) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = cells.get(name, cell["source"])
    notebook.write_text(json.dumps(nb))


def grades(course) -> dict[str, tuple[float, float]]:
    """Student → (points before the penalty, penalty)."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
        return {
            s.student.id: (s.score, s.late_submission_penalty)
            for s in gradebook.assignment_submissions("tiny")
        }


def fetched_pages(instructor, student) -> list[str]:
    instructor("autograder", "feedback", "tiny")
    instructor("nbgrader", "release_feedback", "tiny")
    student("nbgrader", "fetch_feedback", "tiny")
    return [page.read_text() for page in (student.root / "tiny").glob("feedback/*/tiny.html")]


def test_from_release_to_fetched_feedback_and_again_with_a_resubmission(instructor, student, right):
    instructor("nbgrader", "release_assignment", "tiny")
    student("nbgrader", "fetch_assignment", "tiny")
    notebook = student.root / "tiny" / "tiny.ipynb"
    handed_out = {path.name for path in notebook.parent.iterdir()}
    assert handed_out == {"tiny.ipynb", "public_check.py", "course_style.py"}
    fill_in(notebook, **{**right, "double": SQUARES})
    student("nbgrader", "submit", "tiny")
    assert "1 submissions" in instructor("nbgrader", "collect", "tiny")

    instructor("nbgrader", "autograde", "tiny")
    stock = grades(instructor)
    instructor("autograder", "grade", "tiny", "--force")
    assert grades(instructor) == stock, "both doors give one result"
    points, penalty = stock[ME]
    assert 0 < points < 10 and not penalty
    [page] = fetched_pages(instructor, student)
    assert "That is the square." in page and f"tiny: {points:g} of 10 points" in page

    fill_in(notebook, **right)
    student("nbgrader", "submit", "tiny")
    instructor("nbgrader", "collect", "tiny", "--update")
    instructor("autograder", "grade", "tiny")
    assert grades(instructor) == {ME: (10, 0)}
    pages = fetched_pages(instructor, student)
    assert len(pages) == 2, "the page of the first submission stays beside the new one"
    assert sum("10 of 10 points" in page for page in pages) == 1


def test_files_of_a_learning_platform_are_collected_and_late_ones_penalised(
    instructor, filled, right
):
    add = ("nbgrader", "db", "assignment", "add", "tiny", "--duedate", "2026-02-01 12:00:00 UTC")
    instructor(*add)
    archive = instructor.root / "downloaded" / "tiny" / "archive"
    archive.mkdir(parents=True)
    handed_in = {
        "ada_attempt_2026-01-30-15-00-00": filled(**right),
        "bob_attempt_2026-02-03-15-00-00": filled(**right),
        "eve_attempt_2026-01-29-15-00-00": filled(**right),
        "eve_attempt_2026-01-31-15-00-00": filled(),
    }
    with zipfile.ZipFile(archive / "notebooks.zip", "w") as pack:
        for name, notebook in handed_in.items():
            pack.writestr(f"tiny_{name}_tiny.ipynb", notebook)
    instructor("nbgrader", "zip_collect", "tiny", "--force")

    instructor("autograder", "grade", "tiny")
    assert grades(instructor) == {"ada": (10, 0), "bob": (10, 2), "eve": (0, 0)}

    instructor("autograder", "feedback", "tiny")
    page = (instructor.root / "feedback" / "bob" / "tiny" / "tiny.html").read_text()
    assert "8 of 10 points" in page and "2 points were taken off for handing in late" in page
