"""Numbers as plain arrays, and which kinds of them stand for each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.handout.words import Text, is_numeric

Array = np.ndarray[Any, np.dtype[Any]]

_MOST_LISTED = 100  # numbers in lists above twice those wanted: more are not looked at


def as_array(value: Any) -> Array:
    """A number or an array as a plain array; integers that numpy cannot hold become floats."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return np.array(
            float(value) if abs(value) < 2**1023 else (np.inf if value > 0 else -np.inf)
        )
    return np.asarray(value)


def nested_numbers(got: Any, target: Array) -> Array | None:
    """Nested lists of numbers or booleans as the array they stand for; None for anything else.

    A list knows no kind of number: its integers are floats where floats are wanted.
    """
    rows, depth, most = [got], 0, _MOST_LISTED + 2 * target.size
    while rows and all(isinstance(row, (list, tuple)) for row in rows):
        if depth == target.ndim or sum(map(len, rows)) > most or len(set(map(len, rows))) > 1:
            return None
        rows = [item for row in rows for item in row]
        depth += 1
    if not all(is_numeric(item) and np.ndim(item) == 0 for item in rows):
        return None
    found = np.asarray(got)
    if found.dtype.kind in "iu" and target.dtype.kind in "fc":
        found = found.astype(target.dtype)
    return found if found.dtype.kind in "biufc" else None


def kinds_clash(mine: Array, target: Array) -> bool:
    """Integers in an array meant for floats, complex for real, booleans for a number."""
    kind, wanted = mine.dtype.kind, target.dtype.kind
    if target.ndim == 0:
        return (kind == "b") != (wanted == "b") or (kind == "c" and wanted != "c")
    return (wanted in "fc" and kind in "biu") or (kind == "c" and wanted != "c")


def dtype_words(mine: Array, target: Array) -> Text:
    names = {"b": "boolean", "i": "integer", "u": "integer", "f": "float", "c": "complex number"}
    have, want = names[mine.dtype.kind], names[target.dtype.kind]
    if target.ndim == 0:
        words = "is of the kind {have}, expected {want}"
        return Text(words, have=Text(have), want=Text(want))
    return Text("holds {have}, expected {want}", have=Text(f"{have}s"), want=Text(f"{want}s"))


def wide(array: Array) -> Array:
    """Numbers wide enough to subtract without wrapping."""
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
