"""Writes an autograded notebook as nbformat does, but for numbers that no browser reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import v4


def notebook_text(nb: Mapping[str, Any]) -> str:
    """The notebook as JSON: keys sorted, indented by one, long texts split into lines.

    NaN and Infinity become null: JavaScript's reader of JSON takes neither.
    """
    node = nbformat.from_dict(_readable(nb))  # type: ignore[no-untyped-call]
    return f"{v4.writes(node)}\n"  # type: ignore[no-untyped-call]


def _readable(value: Any) -> Any:
    """The value with None for numbers that are not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    return value
