"""Arrays of objects and of texts, as what they stand for: numbers, or lists of texts.

An array that numpy has made of Python's own numbers or of texts is as good an answer as an array of
numbers or a list.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_MOST = 100_000  # entries of one array
_DEEPEST = 16
_NUMBERS = (bool, int, float, complex)


def listed(value: Any, depth: int = 0) -> Any:
    """The value with such arrays in it replaced; anything else stays."""
    kind = type(value)
    if depth > _DEEPEST:
        return value
    if kind is list or kind is tuple:
        return kind(listed(item, depth + 1) for item in value)
    if kind is dict:
        return {key: listed(item, depth + 1) for key, item in value.items()}
    if kind is np.ndarray and value.dtype.kind in "OU" and value.size <= _MOST:
        return _of_array(value)
    return value


def _of_array(array: np.ndarray[Any, Any]) -> Any:
    items = array.tolist()
    leaves = array.ravel().tolist()
    if all(type(leaf) is str for leaf in leaves):
        return items
    if all(type(leaf) in _NUMBERS or _is_numpys(leaf) for leaf in leaves):
        found = np.array(items)
        if found.shape == array.shape and found.dtype.kind in "biufc":
            return found
    return array


def _is_numpys(leaf: Any) -> bool:
    return type(leaf).__module__ == "numpy" and isinstance(leaf, np.number | np.bool_)
