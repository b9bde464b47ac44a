"""Tells which arguments a call has changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.sandbox.frames import TRUSTED, unwrap
from autograder.sandbox.wire import encode
from autograder.sandbox.wire_format import WireError


def changed_places(
    payload: Any, positional: Sequence[Any], keyword: Mapping[str, Any]
) -> list[str]:
    """The arguments that no longer are what the payload said: positions and keywords.

    Mostly none, which one comparison tells of all together.
    """
    if _encoded(([*positional], dict(keyword))) == payload.tobytes():
        return []
    before = _by_place(*unwrap(payload))
    after = _by_place(positional, keyword)
    return [key for key in before if _encoded(before[key]) != _encoded(after[key])]


def _by_place(positional: Sequence[Any], keyword: Mapping[str, Any]) -> dict[str, Any]:
    return {**{str(i): item for i, item in enumerate(positional)}, **keyword}


def _encoded(value: Any) -> bytes | None:
    """The bytes of a value; None for what cannot be encoded, which no argument was."""
    try:
        return b"".join(encode(value, TRUSTED))
    except WireError:
        return None
