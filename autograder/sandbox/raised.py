"""The names of an exception's classes: of its own class and of its bases, nearest first."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

MOST = 20
LONGEST = 200  # characters
_bases_of = type.__dict__["__mro__"].__get__


def kinds_of(kind: type) -> list[str]:
    """``module:name`` of a class and its bases, whatever a student's class says of itself."""
    found: list[Any] = []
    for base in _bases_of(kind)[:MOST]:
        with suppress(BaseException):
            found.append(f"{base.__module__}:{base.__qualname__}"[:LONGEST])
    return found
