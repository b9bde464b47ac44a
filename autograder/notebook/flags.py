"""Joins flags of one kind into one sentence with a count, for pages that stay readable."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.handout.words import Text

SHOWN = 3  # names of cells

# Sentence for one → sentence for several.
SEVERAL = {
    "The text of {cell} had been edited: the original was used.": (
        "The text of {n} cells had been edited ({cells}): the originals were used."
    ),
    "The role or the points of {cell} had been edited: undone.": (
        "The roles or the points of {n} cells had been edited ({cells}): undone."
    ),
    "The cell {cell} had been deleted: it was put back.": (
        "{n} cells had been deleted ({cells}): they were put back."
    ),
    "The cell {cell} had been deleted, so there is no answer in it.": (
        "{n} cells had been deleted ({cells}), so there is no answer in them."
    ),
    "The cell {cell} is not in it, and so no answer either.": (
        "{n} cells are not in it, and so no answers either ({cells})."
    ),
    "The cell {cell} had been turned from {was} into {now}: it was turned back.": (
        "{n} cells had been turned into another type ({cells}): they were turned back."
    ),
    "The cell {cell} was there {n} times: the last one counts.": (
        "{n} cells were there several times ({cells}): the last one of each counts."
    ),
    "The cell id {cell} is not of this notebook and was ignored.": (
        "{n} cell ids are not of this notebook and were ignored ({cells})."
    ),
    "The tag {tag} was put back on {cell}.": "The tag {tag} was put back on {n} cells ({cells}).",
    "The tag {tag} was removed from {cell}.": "The tag {tag} was removed from {n} cells ({cells}).",
    "cell {number} has no valid id": "{n} cells have no valid id",
    "cell {number} repeats the id {name!r}": "{n} cells repeat the id of another",
    "cell {number}: {name} was left out": "{n} fields of cells were left out",
}


def joined_by_kind(flags: Iterable[str]) -> tuple[str, ...]:
    """The flags, those of one kind joined into one sentence at the place of the first."""
    kinds: dict[str, list[str]] = {}
    for flag in flags:
        template = getattr(flag, "template", "")
        kinds.setdefault(template if template in SEVERAL else flag, []).append(flag)
    return tuple(
        same[0] if len(same) == 1 or kind not in SEVERAL else _together(kind, same)
        for kind, same in kinds.items()
    )


def _together(kind: str, flags: list[str]) -> Text:
    parts = [flag.parts for flag in flags if isinstance(flag, Text)]
    names = [str(part["cell"]) for part in parts if "cell" in part]
    cells = ", ".join([*names[:SHOWN], *("…" for _ in names[SHOWN : SHOWN + 1])])
    return Text(SEVERAL[kind], n=len(flags), cells=cells, **_tag(parts[0]))


def _tag(parts: dict[str, str]) -> dict[str, str]:
    return {"tag": parts["tag"]} if "tag" in parts else {}
