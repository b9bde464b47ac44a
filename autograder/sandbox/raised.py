"""What crosses of an exception: the names of its class and of its bases, and plain arguments."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

MOST = 20
LONGEST = 200  # characters
MOST_ARGUMENTS = 8
_PLAIN = (type(None), bool, int, float, str)
_arguments_of = vars(BaseException)["args"].__get__
_bases_of = type.__dict__["__mro__"].__get__


def kinds_of(kind: type) -> list[str]:
    """``module:name`` of a class and its bases, whatever a student's class says of itself."""
    found: list[Any] = []
    for base in both_ends(_bases_of(kind)):
        with suppress(BaseException):
            found.append(f"{base.__module__}:{base.__qualname__}"[:LONGEST])
    return found


def both_ends(kinds: Sequence[Any]) -> list[Any]:
    """The first and the last of a long ancestry: what Python has of it comes last."""
    half = MOST // 2
    return [*kinds] if len(kinds) <= MOST else [*kinds[:half], *kinds[-half:]]


def plain_arguments(error: BaseException) -> list[Any]:
    """The arguments of an exception; none where not all are plain and small."""
    return plain(list(_arguments_of(error)))


def plain(values: Any) -> list[Any]:
    """The values, where they are a short list of small ones that cannot change; else none."""
    if type(values) is not list or len(values) > MOST_ARGUMENTS:
        return []
    return values if all(map(_is_small, values)) else []


def _is_small(value: Any) -> bool:
    if type(value) is int:
        return abs(value) < 1 << 60
    return type(value) in _PLAIN and (type(value) is not str or len(value) <= LONGEST)
