"""Tells which arguments a call has changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.sandbox.series import Ends, encode_series, parted
from autograder.sandbox.wire_format import WireError


def changed_places(payload: Any, ends: Ends, values: Sequence[Any]) -> list[int]:
    """The places of the arguments that no longer are what the payload said.

    Mostly none, which one comparison tells of all together. Nothing is decoded, and no argument
    encoded twice, within the time of a call.
    """
    before = payload.tobytes()
    try:
        after, ends_after = encode_series(values)
    except WireError:
        now = [_alone(value) for value in values]
    else:
        if after == before:
            return []
        now = [*parted(after, ends_after)]
    return [place for place, was in enumerate(parted(before, ends)) if now[place] != was]


def _alone(value: Any) -> tuple[bytes, bytes] | None:
    """The bytes of a value; None for what cannot be encoded, which no argument was."""
    try:
        return parted(*encode_series([value]))[0]
    except WireError:
        return None
