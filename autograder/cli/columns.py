"""Text in the columns of a terminal, where a Chinese character takes two."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

# What stays together: words with the marks around them, and a character with what may not begin
# a line. Blanks stand alone.
_PIECES = re.compile(r"\s+|[^\s\u2e80-\uffef]+[，。；：、）”！？]*|.[，。；：、）”！？]*")


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, width: int) -> str:
    """A text with blanks behind it up to so many columns."""
    return text + " " * (width - cells(text))


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than `width` columns unless a single word is."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and cells((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        if lines[-1] or piece.strip():
            lines[-1] += " " if piece.isspace() else piece
    return [line.rstrip() for line in lines]
