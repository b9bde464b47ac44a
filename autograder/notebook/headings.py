"""Headings of a lesson in both of its languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from autograder.notebook.cells import Notebook, NotebookCell

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def chinese_headings(lesson: Notebook) -> dict[str, str]:
    """English heading → the same one in the Chinese twin of its cell.

    Twins are a cell tagged `lang-en` and the one tagged `lang-zh` right behind it; a cell whose
    twin has another number of headings is left out.
    """
    return dict(pair for one, twin in pairwise(lesson.cells) for pair in _pairs(one, twin))


def open_headings(lesson: Notebook) -> Iterator[tuple[str, ...]]:
    """For each cell the headings that it stands under when it ends, from the title down."""
    path: list[tuple[int, str]] = []
    for cell in lesson.cells:
        if cell.kind == "markdown":
            for marks, title in _HEADING.findall(_FENCED.sub("", cell.source)):
                path = [above for above in path if above[0] < len(marks)] + [(len(marks), title)]
        yield tuple(title for _, title in path)


def all_headings(lesson: Notebook) -> set[str]:
    """The headings of all text cells."""
    return {title for cell in lesson.cells if cell.kind == "markdown" for title in _headings(cell)}


def last_heading(markdown: str) -> str:
    """The last heading of a markdown text; "" where there is none."""
    found = _HEADING.findall(_FENCED.sub("", markdown))
    return str(found[-1][1]) if found else ""


def _pairs(one: NotebookCell, twin: NotebookCell) -> Iterator[tuple[str, str]]:
    if "lang-en" not in one.tags or "lang-zh" not in twin.tags:
        return
    english, chinese = _headings(one), _headings(twin)
    if len(english) == len(chinese):
        yield from zip(english, chinese, strict=True)


def _headings(cell: NotebookCell) -> list[str]:
    return [title for _, title in _HEADING.findall(_FENCED.sub("", cell.source))]
