"""Makes a submitted notebook safe to grade: restores the course's cells from the source.

The same effect as nbgrader's ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells
(with ``add_missing_cells``) and CheckCellMetadata, with the source cells read once for the whole
class. Where those five give up on a damaged notebook, this one repairs it and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from autograder.handout.words import Text
from autograder.model import SubmissionError
from autograder.notebook.cells import (
    SKIP_TAG,
    WAITS,
    cell_checksum,
    cell_text,
    is_locked,
    is_nbgrader_cell,
    nbgrader_metadata,
    repair_ids,
)
from autograder.notebook.flags import joined_by_kind

SCHEMA_VERSION = 3  # of nbgrader's cell metadata
_SCHEMA_VERSIONS = (1, 2, SCHEMA_VERSION)  # of a release by an older nbgrader, too
MISSING_CELL_NOTICE = (
    "This cell (id:{cell_id}) was missing from the submission. It was added back by nbgrader.\n\n"
)
EDITED = "The text of {cell} had been edited: the original was used."
TURNED = "The cell {cell} had been turned from {was} into {now}: it was turned back."
REPEATED = "The cell {cell} was there {n} times: the last one counts."
DELETED = "The cell {cell} had been deleted, so there is no answer in it."
ABSENT = "The cell {cell} is not in it, and so no answer either."
NO_CELL = (
    "No cell of the release is in it: all of them were put back, and what the notebook defines is "
    "graded."
)
_ROLES = ("grade", "solution", "task")
_METADATA_KEYS = {
    *("schema_version", "grade_id", "locked", *_ROLES),
    *("points", "checksum", "cell_type"),
}

RawCell = dict[str, Any]


@dataclass(frozen=True)
class SourceCell:
    """One nbgrader cell as its author released it."""

    name: str
    cell_type: str
    source: str
    locked: bool
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None  # None: not graded
    checksum: str = ""
    tags: tuple[str, ...] | None = None  # None: not known


@dataclass(frozen=True)
class SourceCells:
    """All nbgrader cells of one notebook, in its order, and the kernel it asks for."""

    cells: Mapping[str, SourceCell]
    kernelspec: Mapping[str, Any] | None = None
    handed_out: Mapping[str, str] = field(default_factory=dict)
    """Checksums of the cells as students have them, without hidden tests; empty: not known."""

    @classmethod
    def from_notebook(cls, nb: Mapping[str, Any]) -> SourceCells:
        """Read them from a released notebook (nbformat 4 as plain dicts)."""
        found = (_source_cell(cell) for cell in nb["cells"] if is_nbgrader_cell(cell))
        cells = {cell.name: cell for cell in found}
        handed_out = {name: cell.checksum for name, cell in cells.items()}
        return cls(cells, nb["metadata"].get("kernelspec"), handed_out)

    def as_handed_out(self, release: SourceCells) -> SourceCells:
        """The same cells with the tags and checksums of the release (a gradebook keeps none)."""
        tags = {name: cell.tags for name, cell in release.cells.items()}
        cells = {n: replace(cell, tags=tags.get(n)) for n, cell in self.cells.items()}
        return replace(self, cells=cells, handed_out=release.handed_out)


def _source_cell(cell: Mapping[str, Any]) -> SourceCell:
    meta = nbgrader_metadata(cell)
    graded = meta.get("grade") or meta.get("task")
    return SourceCell(
        name=meta["grade_id"],
        cell_type=cell["cell_type"],
        source=cell_text(cell),
        locked=is_locked(meta),
        grade=bool(meta.get("grade")),
        solution=bool(meta.get("solution")),
        task=bool(meta.get("task")),
        points=float(meta.get("points", 0)) if graded else None,
        checksum=meta.get("checksum") or cell_checksum(cell),
        tags=tuple(cell["metadata"].get("tags", ())),
    )


def sanitize(
    nb: Mapping[str, Any],
    source: SourceCells,
    *,
    clear_outputs: bool = True,
    notice: str = MISSING_CELL_NOTICE,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Restore everything of the course's in a submission; the student's own cells stay.

    Returns a new notebook (nbformat 4, plain dicts; `nb` is not changed) and flags: short
    sentences, for student and instructor, on what a student had deleted, duplicated or edited.
    A cell that is as it was released to that student, whatever the author has changed since, is
    no student's fault.
    `notice` goes before the text of a cell that was missing, with ``{cell_id}`` filled in.
    Raises SubmissionError when no nbgrader cell is of the source: it is another notebook.
    """
    flags: list[str] = []
    cells = [_copied(cell, clear_outputs) for cell in nb["cells"]]
    _require_kinship(cells, source)
    _drop_duplicates(cells, flags)
    is_older = _is_renamed(cells, source)
    is_older = is_older or any(_is_of_another_release(cell, source) for cell in cells)
    for cell in cells:
        if "nbgrader" in cell["metadata"]:
            _restore(cell, source, flags)
    found = {nbgrader_metadata(cell).get("grade_id") for cell in cells}
    if is_older:
        flags = [flag for flag in flags if _is_of_a_students_text(flag)]
        flags.append(Text("The release is newer than this notebook: its cells were used."))
    missing: list[Text] = []
    cells = _with_missing_cells(cells, source, notice, missing)
    flags.extend(_without_blame(missing) if is_older else missing)
    if found.isdisjoint(source.cells):
        flags = [Text(NO_CELL)]
    repair_ids(cells, wanted=nb.get("nbformat_minor", 0) >= 5)
    metadata = dict(nb["metadata"])
    if source.kernelspec:
        metadata["kernelspec"] = dict(source.kernelspec)
    return {**nb, "metadata": metadata, "cells": cells}, joined_by_kind(flags)


def _copied(cell: Mapping[str, Any], clear_outputs: bool) -> RawCell:
    metadata = {name: found for name, found in cell["metadata"].items() if name != WAITS}
    if isinstance(metadata.get("nbgrader"), dict):
        metadata["nbgrader"] = dict(metadata["nbgrader"])
    source = cell_text(cell).replace("\r\n", "\n")  # as an editor on Windows saves it
    copied = {**cell, "source": source, "metadata": metadata}
    if clear_outputs and cell["cell_type"] == "code":
        copied.update(outputs=[], execution_count=None)
        metadata.pop("collapsed", None)
        metadata.pop("scrolled", None)
    return copied


def _require_kinship(cells: list[RawCell], source: SourceCells) -> None:
    names = []
    for cell in filter(is_nbgrader_cell, cells):
        names.append(nbgrader_metadata(cell).get("grade_id"))
        if isinstance(names[-1], str) and names[-1] in source.cells:
            return
    if names:
        raise SubmissionError(
            f"none of its {len(names)} nbgrader cells ({_shown(names[0])}, …) belongs to this "
            "assignment: it is another notebook. Submit the one that was released"
        )


def _drop_duplicates(cells: list[RawCell], flags: list[str]) -> None:
    """Of several cells with one grade id only the last stays an nbgrader cell, as in nbgrader."""
    seen: dict[str, int] = {}
    for cell in reversed(cells):
        name = nbgrader_metadata(cell).get("grade_id")
        if not isinstance(name, str) or not is_nbgrader_cell(cell):
            continue
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            del cell["metadata"]["nbgrader"]
    flags.extend(
        Text(REPEATED, cell=_shown(name), n=times) for name, times in seen.items() if times > 1
    )


def _restore(cell: RawCell, source: SourceCells, flags: list[str]) -> None:
    meta = nbgrader_metadata(cell)
    name = meta.get("grade_id")
    known = source.cells.get(name) if isinstance(name, str) else None
    if known is not None:
        own = [] if _is_as_released(cell, known) else flags
        _restore_type(cell, known, own)
        _restore_metadata(meta, known, own)
        _restore_text(cell, known, own)
        _restore_tags(cell, known, flags)
    elif is_nbgrader_cell(cell) or meta.get("schema_version") != SCHEMA_VERSION:
        del cell["metadata"]["nbgrader"]
        words = "The cell id {cell} is not of this notebook and was ignored."
        flags.append(Text(words, cell=_shown(name)))
    else:
        meta.pop("grade_id", None)


def _is_as_released(cell: RawCell, known: SourceCell) -> bool:
    """Whether no student has changed the cell: the checksum that was released with it holds.

    Where students write, only the release tells: another one is no student's doing.
    """
    meta = nbgrader_metadata(cell)
    checksum = meta.get("checksum")
    if not isinstance(checksum, str):
        return False
    if not known.locked and checksum != known.checksum:
        return True
    return _is_released(cell)


def _is_of_another_release(cell: RawCell, source: SourceCells) -> bool:
    meta = nbgrader_metadata(cell)
    name, checksum = meta.get("grade_id"), meta.get("checksum")
    if not isinstance(name, str) or not isinstance(checksum, str) or not source.handed_out:
        return False
    return checksum != source.handed_out.get(name, checksum)


def _is_renamed(cells: list[RawCell], source: SourceCells) -> bool:
    """Whether the author calls some cell otherwise since: one is unknown, and one is not there.

    A cell whose checksum fits was released under its name.
    """
    released = [c for c in cells if is_nbgrader_cell(c) and _is_released(c)]
    names = {str(nbgrader_metadata(cell).get("grade_id")) for cell in released}
    return bool(names - source.cells.keys()) and bool(source.cells.keys() - names)


def _is_released(cell: RawCell) -> bool:
    """Whether nobody has changed a cell, its name included, since it was released."""
    try:
        return bool(nbgrader_metadata(cell).get("checksum") == cell_checksum(cell))
    except (TypeError, ValueError, KeyError, OverflowError):  # no name, or points that are none
        return False


def _is_of_a_students_text(flag: str) -> bool:
    """Whether a flag is about something that only the student can have done."""
    return getattr(flag, "template", "") in (EDITED, TURNED, REPEATED)


def _restore_type(cell: RawCell, known: SourceCell, flags: list[str]) -> None:
    if cell["cell_type"] == known.cell_type:
        return
    flags.append(Text(TURNED, cell=_shown(known.name), was=known.cell_type, now=cell["cell_type"]))
    cell["cell_type"] = known.cell_type
    if known.cell_type == "code":
        cell.update(outputs=[], execution_count=None)
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _restore_metadata(meta: dict[str, Any], known: SourceCell, flags: list[str]) -> None:
    changed = meta.get("schema_version") not in _SCHEMA_VERSIONS
    for key in meta.keys() - _METADATA_KEYS:
        del meta[key]
    for role in _ROLES:
        if meta.get(role, False) is not getattr(known, role):
            meta[role] = getattr(known, role)
            changed = True
    if not isinstance(meta.get("locked"), bool) or is_locked(meta) is not known.locked:
        meta["locked"] = known.locked
        changed = True
    if known.points is not None and not _same_points(meta.get("points"), known.points):
        meta["points"] = known.points
        changed = True
    if meta.get("cell_type", known.cell_type) != known.cell_type:
        meta["cell_type"] = known.cell_type
    meta.update(checksum=known.checksum, schema_version=SCHEMA_VERSION)
    if changed:
        words = "The role or the points of {cell} had been edited: undone."
        flags.append(Text(words, cell=_shown(known.name)))


def _same_points(found: object, points: float) -> bool:
    return type(found) in (int, float) and found == points


def _restore_text(cell: RawCell, known: SourceCell, flags: list[str]) -> None:
    if known.locked and cell["source"] != known.source:
        cell["source"] = known.source
        flags.append(Text(EDITED, cell=_shown(known.name)))


def _restore_tags(cell: RawCell, known: SourceCell, flags: list[str]) -> None:
    """Restore the author's tags on locked cells; elsewhere remove a student's skip tag."""
    if known.tags is None:
        return
    metadata = cell["metadata"]
    found = metadata.get("tags", [])
    own = found if isinstance(found, list) else []
    wanted = list(known.tags)
    if not known.locked:
        wanted = [t for t in own if t != SKIP_TAG or SKIP_TAG in known.tags]
    if (SKIP_TAG in own) != (SKIP_TAG in wanted):
        words = "The tag {tag} was put back on {cell}."
        if SKIP_TAG in own:
            words = "The tag {tag} was removed from {cell}."
        flags.append(Text(words, tag=SKIP_TAG, cell=_shown(known.name)))
    if wanted:
        metadata["tags"] = wanted
    elif found or not isinstance(found, list):
        del metadata["tags"]


def _with_missing_cells(
    cells: list[RawCell], source: SourceCells, notice: str, flags: list[Text]
) -> list[RawCell]:
    """Put deleted cells back: each behind what came before it in the source, tasks at the end.

    A test cell before which nothing of the source is left goes before what comes after it: answers
    may stand in cells that the author has not marked.
    """
    places = {nbgrader_metadata(cell).get("grade_id"): i for i, cell in enumerate(cells)}
    following: dict[int, list[RawCell]] = {}
    place = -1
    for known in source.cells.values():
        place = places.get(known.name, place)
        if known.name in places:
            continue
        flags.append(_deleted(known))
        if known.locked or known.grade or known.task:
            at = len(cells) - 1 if known.task else place
            if at < 0 and known.grade and not known.solution:
                at = _before_next(known.name, list(source.cells), places, len(cells))
            following.setdefault(at, []).append(_missing_cell(known, notice))
    if not following:
        return cells
    restored = following.get(-1, [])
    for i, cell in enumerate(cells):
        restored += [cell, *following.get(i, ())]
    return restored


def _before_next(name: str, names: list[str], places: Mapping[Any, int], end: int) -> int:
    """The place before the next cell of the source that is there; else the last one."""
    return next((places[n] for n in names[names.index(name) :] if n in places), end) - 1


def _deleted(known: SourceCell) -> Text:
    if known.locked or known.grade or known.task:
        return Text("The cell {cell} had been deleted: it was put back.", cell=_shown(known.name))
    return Text(DELETED, cell=_shown(known.name))


def _without_blame(deleted: Iterable[Text]) -> Iterable[Text]:
    """What cells that an older notebook lacks mean for its grade: they may be new."""
    return [Text(ABSENT, **flag.parts) for flag in deleted if flag.template == DELETED]


def _missing_cell(known: SourceCell, notice: str) -> RawCell:
    nbgrader: dict[str, Any] = {
        "grade": known.grade,
        "grade_id": known.name,
        "locked": known.locked,
        "checksum": known.checksum,
        "cell_type": known.cell_type,
        "solution": known.solution,
        "schema_version": SCHEMA_VERSION,
    }
    if known.points is not None:
        nbgrader["points"] = known.points
    if known.task:
        nbgrader["task"] = True
    metadata: dict[str, Any] = {"deletable": False, "nbgrader": nbgrader}
    if not known.solution:
        metadata["editable"] = False
    if known.tags:
        metadata["tags"] = list(known.tags)
    text = notice.format(cell_id=known.name) + known.source
    cell: RawCell = {"id": known.name, "cell_type": known.cell_type, "metadata": metadata}
    if known.cell_type != "code":
        return {**cell, "source": text}
    return {**cell, "source": "# " + text, "outputs": [], "execution_count": None}


def _shown(name: object) -> str:
    """A student's name for a cell, in a form that is safe to print."""
    text = re.sub(r"[^a-zA-Z0-9_ -]", "?", str(name))
    return f"“{text[:40]}”"
