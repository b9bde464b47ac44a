"""One warm process for all of these tests, and notebooks written as texts."""

from typing import NamedTuple

import pytest

from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CellResult, Limits, Sandbox
from autograder.sandbox.requests import QUESTIONS
from autograder.testcells.outside import OutsideJudge
from autograder.testcells.plan import JudgedOutside, NotebookPlan, Run, make_plan

PROVIDED = """
import numpy as np
from numpy.testing import assert_allclose, assert_array_equal, assert_raises
"""


def cell(text, name="", **roles):
    flags = {"grade": False, "solution": False, "locked": False, "task": False}
    meta = {"nbgrader": {**flags, "grade_id": name, "schema_version": 3, **roles}} if name else {}
    return {"cell_type": "code", "metadata": meta, "source": text.strip(), "outputs": []}


def notebook(solution, *tests):
    """Provided imports, one solution cell, and test cells t1, t2, ..."""
    graded = [cell(t, f"t{i}", grade=True, locked=True) for i, t in enumerate(tests, start=1)]
    return {"metadata": {}, "cells": [cell(PROVIDED), cell(solution, "s", solution=True), *graded]}


class Judged(NamedTuple):
    results: list[CellResult]  # of the test cells
    used: dict
    student: list[CellResult]  # what cells that asked the student's session afterwards gave


class Course:
    """What an author wrote, and how submissions of it are judged."""

    def __init__(self, box):
        self.box = box

    def run(self, nb, outside, *, seconds=5.0, afterwards=()):
        """Run a notebook: a submission, or the author's own."""
        places = outside.places(nb) if outside else {}
        ran = {}
        objects = outside.objects if outside else {}
        with self.box.session() as student, OutsideJudge(self.box, places, objects) as judge:
            for index, found in enumerate(nb["cells"]):
                text = found["source"]
                if index in places:
                    ran[index] = judge.run(RunnableCell(index, text), student, seconds, index + 1)
                elif student.alive:
                    ran[index] = student.run_cell(text)
            later = [student.run_cell(text) for text in afterwards]
        return ran, judge.used, later

    def plan(self, solution, *tests):
        """The plan for what an author wrote."""
        return self.plan_of(notebook(solution, *tests))

    def plan_of(self, nb):
        """The plan for an author's notebook."""

        def run(plan, tried):
            outside = JudgedOutside.by(plan, nb, tried=tried) if plan else None
            return Run(*self.run(nb, outside)[:2])

        return make_plan(nb, run)

    def judge(self, solution, *tests, submission=None, objects=None, **options):
        """The results of test cells, all of them outside, for a submission or the author's own."""
        nb = notebook(solution, *tests)
        plan = NotebookPlan(tuple(f"t{i + 1}" for i in range(len(tests))), {}, objects or {})
        outside = JudgedOutside.by(plan, nb, tried=objects is not None)
        handed_in = notebook(submission or solution, *tests)
        ran, used, later = self.run(handed_in, outside, **options)
        return Judged([ran[index] for index in sorted(ran) if index >= 2], used, later)


@pytest.fixture(scope="session")
def course():
    with Sandbox(Limits(cell_seconds=5.0), preload=[QUESTIONS]) as box:
        yield Course(box)
