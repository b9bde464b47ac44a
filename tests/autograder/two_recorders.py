"""A course recorded by stock nbgrader and by the recorder."""

import copy
import json
import pickle
import shutil
from typing import ClassVar

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets.config import Config

from autograder.gradebook.recorder import Recorder
from autograder.gradebook.scores import scored
from autograder.gradebook.staging import Prepared

PASSED = {"f": 1.0, "g": 1.0}


class Injected(NbGraderPreprocessor):
    """Stands for Execute: gives the notebook that a grader has executed and scored."""

    results: ClassVar[dict] = {}

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        graded = self.results[names["student"], names["notebook"]]
        return nbformat.from_dict(copy.deepcopy(scored(graded))), resources


def coursedir_of(root):
    return CourseDirectory(root=str(root), assignment_id="ps1")


def stock_door(root, graded, config=None):
    """Grade with nbgrader's own converter and preprocessors."""
    config = config or Config()
    config.OverwriteCells.add_missing_cells = True
    config.Autograde.autograde_preprocessors = [
        Injected, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata,
    ]  # fmt: skip
    Injected.results = {(g.report.student, g.report.notebook): g for g in graded}
    Autograde(coursedir=coursedir_of(root), config=config, force=True).start()


def fast_door(root, graded, config=None, **options):
    with Recorder(coursedir_of(root), "ps1", config, **options) as recorder:
        students = dict.fromkeys(g.report.student for g in graded)
        elsewhere = pickle.loads(pickle.dumps(recorder.staging))  # as a worker has it
        for number, student in enumerate(students):
            theirs = [g for g in graded if g.report.student == student]
            ready = [elsewhere(g) for g in theirs] if number % 2 and len(theirs) == 1 else theirs
            recorder.record(ready[0] if len(ready) == 1 else together(recorder, ready))
    return recorder


def together(recorder, graded):
    """Several notebooks of one student as one result."""
    parts = [recorder.preparation(one) for one in graded]
    texts = {name: text for part in parts for name, text in part.texts.items()}
    scores = {name: found for part in parts for name, found in part.scores.items()}
    return Prepared(graded[0].report, texts, scores)


def submit(root, student, nb, name="ps1", timestamp="", **files):
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(nb))
    if timestamp:
        (folder / "timestamp.txt").write_text(timestamp)
    for path, text in files.items():
        (folder / path.replace("_py", ".py")).write_text(text)


def files_below(folder):
    return {
        str(p.relative_to(folder)): (p.read_bytes(), oct(p.stat().st_mode))
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def two_courses(course):
    twin = course.with_name("twin")
    shutil.copytree(course, twin)
    return course, twin


@pytest.fixture
def executed(solution):
    """A solved notebook as it comes from the sandbox."""
    for number, cell in enumerate(solution["cells"]):
        if cell["cell_type"] == "code":
            printed = "".join(f"line {i}\n" for i in range(1500)) if number == 1 else "hello\n"
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": printed}]
            cell["execution_count"] = number
    return solution


def both(two_courses, executed, by_hand, rows, config=None, change=None):
    ours, theirs = two_courses
    graded = [
        by_hand(executed, {"f": 0.5, "g": 1.0}, student="ada"),
        by_hand(executed, {"f": 0.0, "g": 0.0}, student="bob", flags=("edited",)),
    ]
    for root in two_courses:
        submit(root, "ada", executed, timestamp="2026-03-02 10:00:00 UTC", helper_py="cheat")
        submit(root, "bob", executed, notes_py="own = 1")
        if change:
            change(root)
    stock_door(theirs, graded, copy.deepcopy(config))
    fast_door(ours, graded, copy.deepcopy(config))
    assert rows(ours) == rows(theirs)
    assert files_below(ours / "autograded") == files_below(theirs / "autograded")
    return rows(ours)
