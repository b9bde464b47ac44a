"""The score and the table of checks, written into each grade cell that hidden graders judge.

nbgrader reads a score back from a cell's outputs (`nbgrader.utils.determine_grade`): an error or
any stderr is 0, the first `execute_result` is the score, and no result at all is full marks. So a
grade cell gets its streams as stdout, and then exactly one result, which is written here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from autograder.gradebook.cards import exercise_cards, notes
from autograder.language.catalogue import LOCALES, Say, words
from autograder.model import Exercise, Graded, GraderError, Report
from autograder.notebook.cells import cell_text, nbgrader_metadata
from autograder.notebook.headings import last_heading
from autograder.notebook.restoring import RawCell
from autograder.notebook.safe_outputs import Output, as_printed, safe_output

GRADE_PREFIX = "test_"


def scored(graded: Graded) -> dict[str, Any]:
    """The executed notebook with safe outputs and a score in every cell that graders judge.

    Ordinary test cells keep their outputs: nbgrader's rule scores them. Raises GraderError when
    the report holds an error of the grader or lacks an exercise.
    """
    report = graded.report
    if report.error:
        raise GraderError(f"{_where(report)}: {report.error}")
    exercises = {exercise.name: exercise for exercise in report.exercises}
    language = report.provenance.get("language", "en")
    remaining = notes(report.flags if graded.shown is None else graded.shown, language)
    cells, section = [], ""
    for cell in graded.notebook["cells"]:
        section = _heading(cell, language) or section
        if is_scored(cell) and nbgrader_metadata(cell)["grade_id"] not in graded.ordinary:
            exercise = exercises.get(exercise_of(cell))
            if exercise is None:
                raise GraderError(_no_exercise(report, cell))
            cards = _cards(cell, exercise, section, language) + remaining
            cells.append(_with_score(cell, exercise, cards))
            remaining = ""
        else:
            cells.append(_with_safe_outputs(cell, words(language)))
    metadata = {k: v for k, v in graded.notebook["metadata"].items() if k != "widgets"}
    return {**graded.notebook, "metadata": metadata, "cells": cells}


def is_scored(cell: Mapping[str, Any]) -> bool:
    """Whether hidden graders score this cell: an autograded code cell."""
    meta = nbgrader_metadata(cell)
    return bool(cell["cell_type"] == "code" and meta.get("grade") and not meta.get("solution"))


def exercise_of(cell: Mapping[str, Any]) -> str:
    """The function that a grade cell is about: `f` for `test_f`."""
    return str(nbgrader_metadata(cell)["grade_id"]).removeprefix(GRADE_PREFIX)


def score_of(exercise: Exercise, max_points: float) -> float:
    """Points for nbgrader, in [0, max_points]; raises GraderError unless they are a number."""
    points = float(exercise.points)
    if not math.isfinite(exercise.fraction * points):
        raise GraderError(f"the points of {exercise.name} are not a number: check its weights")
    return min(max(points, 0.0), max_points)


def _heading(cell: Mapping[str, Any], language: str) -> str:
    """The last heading of a markdown cell that readers of the language read."""
    others = {f"lang-{name}" for name in LOCALES if name != language}
    if cell["cell_type"] != "markdown" or others & {*cell["metadata"].get("tags", ())}:
        return ""
    return last_heading(cell_text(cell))


def _cards(cell: Mapping[str, Any], exercise: Exercise, section: str, language: str) -> str:
    most = float(nbgrader_metadata(cell)["points"])
    return exercise_cards(exercise, score_of(exercise, most), most, language, section)


def _with_score(cell: Mapping[str, Any], exercise: Exercise, cards: str) -> RawCell:
    score = score_of(exercise, float(nbgrader_metadata(cell)["points"]))
    result: Output = {
        "output_type": "execute_result",
        "execution_count": cell.get("execution_count"),
        "data": {
            "text/plain": repr(score),
            "text/html": cards,
        },
        "metadata": {},
    }
    text = as_printed(cell["outputs"])
    printed: list[Output] = []
    if text:
        printed.append({"output_type": "stream", "name": "stdout", "text": text + "\n"})
    return {**cell, "outputs": [*printed, result]}


def _with_safe_outputs(cell: Mapping[str, Any], say: Say) -> RawCell:
    if cell["cell_type"] != "code":
        return dict(cell)
    return {**cell, "outputs": [safe_output(output, say) for output in cell["outputs"]]}


def _where(report: Report) -> str:
    return f"{report.assignment}/{report.notebook} of {report.student}"


def _no_exercise(report: Report, cell: Mapping[str, Any]) -> str:
    name = exercise_of(cell)
    return (
        f"{_where(report)}: the grade cell {GRADE_PREFIX}{name} has no hidden grader. "
        f"Mark one in tests/{report.assignment}/ with @pytest.mark.exercise({name!r}), "
        "or run `autograder build --check`"
    )
