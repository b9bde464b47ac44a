"""What is odd about a submission without hidden graders is a flag of it, through both doors."""

import json
import logging
import shutil

import mixed_course
import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from two_doors import autograde

from autograder.batch.order import Order
from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.gradebook.staging import Staging
from autograder.nbgrader_plugins.other_notebooks import other_notebooks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
COPY = "another notebook was handed in beside it and was not graded: 'ps1-Copy1.ipynb'"
FLAGS = {
    "right": [],
    "copied": [COPY],
    "deleted": ["The cell “g” had been deleted, so there is no answer in it."],
    "twice": ["The cell “g” was there 2 times: the last one counts."],
    "retyped": ["The cell “g” had been turned from code into markdown: it was turned back."],
    "stripped": [
        "No cell of the release is in it: all of them were put back, and what the notebook "
        "defines is graded."
    ],
}


def _changed(student, nb):
    ids = [cell["id"] for cell in nb["cells"]]
    place = ids.index("g") if "g" in ids else None
    if student == "twice":
        nb["cells"].insert(place, {**nb["cells"][place], "id": "g2"})
    elif student == "retyped":
        nb["cells"][place] = {
            k: v for k, v in nb["cells"][place].items() if k not in ("outputs", "execution_count")
        } | {"cell_type": "markdown"}
    elif student == "stripped":
        for cell in nb["cells"]:
            cell["metadata"] = {}
    return nb


@pytest.fixture(scope="module")
def flagged(tmp_path_factory):
    """A released course without hidden graders, and a class that has handed in."""
    root = tmp_path_factory.mktemp("flagged") / "course"
    mixed_course.write_course(root)
    for name in ("tests", "solutions", "submitted"):
        shutil.rmtree(root / name)
    for student in FLAGS:
        texts = {"g": None} if student == "deleted" else {}
        mixed_course.hand_in(root, student, {**mixed_course.RIGHT, **texts})
        path = root / "submitted" / student / "ps1" / "ps1.ipynb"
        path.write_text(json.dumps(_changed(student, json.loads(path.read_text()))))
    copied = root / "submitted" / "copied" / "ps1"
    shutil.copyfile(copied / "ps1.ipynb", copied / "ps1-Copy1.ipynb")
    kept = copied / ".ipynb_checkpoints"
    kept.mkdir()
    shutil.copyfile(copied / "ps1.ipynb", kept / "ps1-checkpoint.ipynb")
    return root


def graded(root):
    """The flags of every student by `autograder grade`."""
    coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
    config = Config()
    course = Course(root)
    order = Order(
        staging=Staging.of(coursedir, "ps1", config),
        others=other_notebooks(coursedir, "ps1", course, config),
    )
    outcomes = ClassRun(course, "ps1", order=order).outcomes(1)
    return {job.student: list(done.report.flags) for job, done in outcomes}


def test_both_doors_say_what_is_odd(flagged, tmp_path, caplog):
    root = mixed_course.copied(flagged, tmp_path)
    assert graded(root) == FLAGS
    caplog.set_level(logging.WARNING)
    assert not autograde(root)
    for student, flags in FLAGS.items():
        said = [m for m in caplog.messages if m.startswith(f"{student}/ps1: ")]
        assert said == [f"{student}/ps1: {flag}" for flag in flags]


def test_nobody_has_deleted_a_cell_that_is_new_in_the_release(flagged, tmp_path):
    root = mixed_course.copied(flagged, tmp_path)
    path = root / "source" / "ps1" / "ps1.ipynb"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        if cell["id"] == "test_g":
            cell["source"] = cell["source"].replace("g(1) == 2", "g(2) == 4")
    path.write_text(json.dumps(nb))
    mixed_course.release(root)
    found = graded(root)
    newer = "The release is newer than this notebook: its cells were used."
    assert found["right"] == [newer]
    assert found["deleted"] == [
        newer, "The cell “g” is not in it, and so no answer either.",
    ]  # fmt: skip


def test_an_authors_own_notebook_in_a_folder_is_no_other_notebook(flagged, tmp_path):
    root = mixed_course.copied(flagged, tmp_path)
    for folder in ("release/ps1", "submitted/right/ps1"):
        (root / folder / "lectures").mkdir()
        shutil.copyfile(root / "release/ps1/ps1.ipynb", root / folder / "lectures" / "one.ipynb")
    assert graded(root) == FLAGS
