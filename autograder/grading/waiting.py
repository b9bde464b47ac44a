"""Test cells whose failure shows nothing: they are marked, and a person grades them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

import nbformat
from nbgrader.utils import determine_grade

from autograder.notebook.cells import WAITS, nbgrader_metadata


def waits(cell: Mapping[str, Any]) -> bool:
    """Whether a person has to grade this test cell, which the author's solution fails, too."""
    return bool(cell["metadata"].get(WAITS))


def with_waiting(nb: Mapping[str, Any], unsound: Collection[str] = ()) -> dict[str, Any]:
    """An executed notebook in which those of the `unsound` test cells are marked that took points.

    `unsound` are nbgrader ids. All other marks are removed: students write metadata, too.
    """
    return {**nb, "cells": [_marked(cell, unsound) for cell in nb["cells"]]}


def automatic_score(cell: Mapping[str, Any]) -> float | None:
    """The points that nbgrader's rule reads from a graded cell; None where a person gives them.

    Raises ValueError for partial credit that nbgrader refuses.
    """
    score = _by_rule(cell)
    return None if waits(cell) else score


def _by_rule(cell: Mapping[str, Any]) -> float | None:
    score = determine_grade(nbformat.from_dict(cell))[0]  # type: ignore[no-untyped-call]
    return None if score is None else float(score)


def _marked(cell: Mapping[str, Any], unsound: Collection[str]) -> Mapping[str, Any]:
    meta = {k: v for k, v in cell["metadata"].items() if k != WAITS}
    if nbgrader_metadata(cell).get("grade_id") in unsound and _takes_points(cell):
        meta[WAITS] = True
    return cell if meta == cell["metadata"] else {**cell, "metadata": meta}


def _takes_points(cell: Mapping[str, Any]) -> bool:
    with suppress(ValueError):  # refused when it is recorded
        score = _by_rule(cell)
        return score is not None and score < float(nbgrader_metadata(cell)["points"])
    return False
