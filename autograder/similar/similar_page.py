"""Pairs of submissions side by side, as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Iterator

from autograder import templates
from autograder.similar.comparing import Comparison, Slices


def page(found: Comparison, most: int = 50, language: str = "en") -> str:
    """The page's HTML; everything that a student could have written is escaped."""
    return templates.page(
        "similar.html.j2", language, found=found, pairs=found.pairs[:most], pieces=pieces
    )


def pieces(text: str, passages: Slices) -> Iterator[tuple[bool, str]]:
    """A text in pieces, each with whether it stands in the other submission too."""
    end = 0
    for start, stop in sorted(passages):
        yield False, text[end : max(start, end)]
        yield True, text[max(start, end) : stop]
        end = max(end, stop)
    yield False, text[end:]
