"""The cells of a notebook with nbgrader's metadata, and those that a grader runs."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from autograder.sandbox import (
    CellResult,
)

AUTOTEST = r"^\s*#.*\bAUTOTEST\b"  # where nbgrader writes assertions when it makes a release
# Bounded, as a student may write a line that is long: `x =`, `a, x = `, `x: int =`, `x +=`.
_ASSIGNED = (
    r"^(?:[\w ,*=]{{0,200}}[,=*] ?)?{name} *"
    r"(?:,[\w ,*]{{0,200}}|:[^=\n]{{0,200}}|[-+*/%@&|^]|\*\*|//|<<|>>)?=(?!=)"
)
_COMMENT = re.compile(r"#.*")
_BLANK = re.compile(r"\s+")


def runnable(notebook: Mapping[str, Any], graded: frozenset[str]) -> list[RunnableCell]:
    """The code cells that a grader runs, in order."""
    return [
        RunnableCell(index, cell_text(cell), _public_check(cell, graded))
        for index, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
        and cell_text(cell).strip()
        and SKIP_TAG not in cell["metadata"].get("tags", ())
    ]


def _public_check(cell: Mapping[str, Any], graded: frozenset[str]) -> str:
    meta = nbgrader_metadata(cell)
    name = str(meta.get("grade_id", "")).removeprefix("test_")
    return name if meta.get("grade") and not meta.get("solution") and name in graded else ""


def with_outputs(notebook: Mapping[str, Any], results: Mapping[int, CellResult]) -> dict[str, Any]:
    """The notebook with the outputs and counts of its cells."""
    cells = list(notebook["cells"])
    for count, (index, result) in enumerate(sorted(results.items()), start=1):
        outputs = [
            {**o, "execution_count": count} if o["output_type"] == "execute_result" else o
            for o in result.outputs
        ]
        cells[index] = {**cells[index], "outputs": outputs, "execution_count": count}
    return {**notebook, "cells": cells}


def same_code(one: str, other: str) -> bool:
    """Whether two cells hold the same program, comments and layout aside."""
    return one == other or _bare(one) == _bare(other)


@lru_cache(maxsize=64)
def _bare(text: str) -> str:
    """A cell's text without comments and blanks."""
    return _BLANK.sub("", _COMMENT.sub("", text))


def defines(text: str, name: str) -> bool:
    """Whether a cell's text defines a function or class of this name, not inside of another one."""
    return re.search(rf"^(?:def|class) {re.escape(name)}\b", text, re.MULTILINE) is not None


def assigns(text: str, name: str) -> bool:
    """Whether a cell's text assigns to a variable on a line that is not indented."""
    pattern = _ASSIGNED.format(name=re.escape(name))
    return name in text and re.search(pattern, text, re.MULTILINE) is not None


def is_written_by_nbgrader(text: str) -> bool:
    """Whether nbgrader writes assertions into a test cell when the release is made."""
    return re.search(AUTOTEST, text, re.MULTILINE) is not None


def source_text(notebook: Mapping[str, Any]) -> str:
    return "\0".join(cell_text(cell) for cell in notebook["cells"])


@dataclass(frozen=True)
class RunnableCell:
    """A code cell as the sandbox sees it."""

    index: int  # place in the notebook
    source: str
    public_check: str = ""  # the exercise whose public check this is
    outside: bool = False  # a test cell that runs in the judge's session

    @property
    def needed(self) -> bool:
        """Whether other cells or calls may depend on this cell."""
        return not self.public_check and not self.outside


@dataclass(frozen=True)
class NotebookCell:
    """One cell: its text and what nbgrader knows about it."""

    kind: str  # code, markdown or raw
    source: str
    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float | None = None
    tags: tuple[str, ...] = ()
    id: str = ""
    given: str = ""  # what a solution cell is released as, where that is not a derived stub


@dataclass(frozen=True)
class Notebook:
    """A notebook that was checked: `raw` is the nbformat 4 dictionary to write back."""

    raw: dict[str, Any]
    flags: tuple[str, ...] = ()  # what had to be tolerated or repaired

    @cached_property
    def cells(self) -> tuple[NotebookCell, ...]:
        """The cells in order, as they are when this is first asked for."""
        return tuple(map(_plain_cell, self.raw["cells"]))

    @property
    def provided_code(self) -> list[str]:
        """The texts of the code cells that nobody has to fill in."""
        return [cell.source for cell in self.cells if cell.kind == "code" and not cell.solution]

    def cell(self, grade_id: str) -> NotebookCell | None:
        """The first cell with this nbgrader id, or None."""
        return next((cell for cell in self.cells if cell.grade_id == grade_id), None)


class ExerciseCells(NamedTuple):
    """One graded function: solution cell ``f`` and grade cell ``test_f``."""

    name: str
    points: float
    solution: NotebookCell
    grade: NotebookCell


def exercises(notebook: Notebook) -> tuple[ExerciseCells, ...]:
    """The graded functions in the order of the notebook, by the rule of one name.

    Cells that have no partner are left out; ``autograder build --check`` names them.
    """
    solutions = {c.grade_id: c for c in notebook.cells if c.solution and not c.grade}
    return tuple(
        ExerciseCells(name, cell.points or 0.0, solutions[name], cell)
        for cell in notebook.cells
        if cell.grade and not cell.solution
        for name in (cell.grade_id.removeprefix("test_"),)
        if cell.grade_id.startswith("test_") and name in solutions
    )


def _plain_cell(raw: Mapping[str, Any]) -> NotebookCell:
    metadata = raw["metadata"]
    known = metadata.get("nbgrader")
    nbgrader: Mapping[str, Any] = known if isinstance(known, dict) else {}
    grade_id, tags = nbgrader.get("grade_id"), metadata.get("tags")
    return NotebookCell(
        kind=raw["cell_type"],
        source=raw["source"],
        grade_id=grade_id if isinstance(grade_id, str) else "",
        grade=nbgrader.get("grade") is True,
        solution=nbgrader.get("solution") is True,
        locked=nbgrader.get("locked") is True,
        task=nbgrader.get("task") is True,
        points=_number(nbgrader.get("points")),
        tags=tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else (),
        id=raw.get("id", ""),
        given=given_text(metadata),
    )


def given_text(metadata: Mapping[str, Any]) -> str:
    """The text of ``metadata.autograder.given``, or nothing."""
    own = metadata.get("autograder")
    text = own.get("given") if isinstance(own, dict) else None
    return text if isinstance(text, str) else ""


def _number(value: Any) -> float | None:
    """A finite number that is not negative, or None."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain and 0 <= value < 1e9 else None


SKIP_TAG = "skip-execution"


_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
WAITS = "autograder_waits"  # marks, in its metadata, a test cell that a person has to grade


def nbgrader_metadata(cell: Mapping[str, Any]) -> dict[str, Any]:
    """The cell's nbgrader metadata; empty where there is none, or none that can be read."""
    found = cell["metadata"].get("nbgrader")
    return found if isinstance(found, dict) else {}


def is_nbgrader_cell(cell: Mapping[str, Any]) -> bool:
    """Whether nbgrader keeps this cell in its gradebook."""
    meta = nbgrader_metadata(cell)
    flags = ("grade", "solution", "locked", "task")
    return bool(meta) and any(map(meta.get, flags))


def is_locked(meta: Mapping[str, Any]) -> bool:
    """Whether the cell's text is the author's (nbgrader's own rule)."""
    return not meta.get("solution") and bool(meta.get("grade") or meta.get("locked"))


def cell_text(cell: Mapping[str, Any]) -> str:
    """The cell's text in one piece, however the file split it."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def cell_checksum(cell: Mapping[str, Any]) -> str:
    """nbgrader's MD5 of a cell's text, type, role, id and points."""
    meta = cell["metadata"]["nbgrader"]
    roles = (bool(meta.get("grade")), bool(meta.get("solution")), is_locked(meta))
    parts = [cell_text(cell), cell["cell_type"], *map(str, roles), meta["grade_id"]]
    if meta.get("grade"):
        parts.append(str(float(meta["points"])))
    return hashlib.md5("".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()


def repair_ids(cells: Iterable[dict[str, Any]], *, wanted: bool) -> None:
    """Make nbformat's cell ids valid and unique; before nbformat 4.5 there are none."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        found = str(cell.pop("id", ""))
        if not wanted:
            continue
        if not _CELL_ID.fullmatch(found) or found in seen:
            found = next(n for i in itertools.count() if (n := f"cell-{number}-{i}") not in seen)
        cell["id"] = found
        seen.add(found)
