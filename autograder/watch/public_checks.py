"""Runs the public checks of one notebook, for a student without access to the course.

It needs only what was handed out: the notebook, and the files beside it. The cells run in the same
sandbox as in grading.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.nbgrader_scored import run_cells
from autograder.handout.copies import HANDED_OUT, handed_out
from autograder.language.catalogue import words
from autograder.model import SubmissionError
from autograder.nbgrader_plugins.collecting import TooMuch, copy_regular_files
from autograder.notebook.cells import nbgrader_metadata
from autograder.notebook.reading import read
from autograder.notebook.safe_outputs import joined, plain, short_traceback

LATE = "it was not finished in time"


@dataclass(frozen=True)
class CellFinding:
    """The result of one cell: a public check, or another cell that stops."""

    name: str  # of the check; empty for another cell that stops
    passed: bool
    lines: tuple[str, ...]


def public_checks(notebook: Path, course: Course) -> list[CellFinding]:
    """Run a notebook in the sandbox: its checks in order, and other cells that stop.

    `course` gives limits, tier and language. Raises SubmissionError for a notebook that cannot be
    read or has too much beside it, and SandboxError where there is no wall.
    """
    raw = read(notebook).raw
    with tempfile.TemporaryDirectory(prefix="autograder-check-") as folder:
        beside = Path(folder, "notebook")
        _copy_what_is_beside(notebook, beside, course.language)
        own = replace(course, root=beside)
        late = {"ename": "TimeoutError", "evalue": words(course.language)(LATE), "traceback": []}
        ran = run_cells(raw, own, {}, beside, late).notebook
    return list(_found(ran))


def _copy_what_is_beside(notebook: Path, target: Path, language: str) -> None:
    try:
        copy_regular_files(notebook.parent, target)
    except TooMuch as error:
        raise SubmissionError(
            f"{notebook.parent} holds too much to be copied behind the wall ({error}): put the "
            "notebook and the files that were handed out with it into a folder of their own"
        ) from error
    for other in target.rglob("*.ipynb"):
        other.unlink()
    for name in HANDED_OUT:  # only the notebook was downloaded
        if not (target / name).exists():
            (target / name).write_text(handed_out(name, language), encoding="utf-8")


def _found(notebook: Mapping[str, Any]) -> Iterator[CellFinding]:
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        meta = nbgrader_metadata(cell)
        errors = [o for o in cell["outputs"] if o["output_type"] == "error"]
        told = [joined(o["text"]) for o in cell["outputs"] if o["output_type"] == "stream"]
        why = [short_traceback(error) for error in errors]
        is_check = meta.get("grade") and not meta.get("solution")
        if is_check or errors:
            name = str(meta.get("grade_id", "")).removeprefix("test_") if is_check else ""
            shown = [*told, *why] if is_check else why
            lines = plain("\n".join(text.strip("\n") for text in shown)).splitlines()
            yield CellFinding(name, not errors, tuple(lines))
