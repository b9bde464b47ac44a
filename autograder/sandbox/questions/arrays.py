"""Arrays as plain data: numbers as they lie, objects item by item, texts and times as such."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

Node = Any  # a value in plain data: a constant, or a tuple with its kind in front
NUMBERS = "biufc"
_TIMES = re.compile(r"[<=|]?[mM]8(\[\d{0,6}[a-zA-Zμ]{1,7}\])?")
_TEXTS = re.compile(r"[<=|]?[US]\d{1,9}")
_MOST_TEXT = 1 << 26  # characters


class Unsendable(Exception):
    """A value that cannot be sent: the text says which."""


class Malformed(Exception):
    """A message that says nothing."""


def content(value: Any, packing: Any) -> Node:
    """The content of an array."""
    kind = value.dtype.kind
    if kind in NUMBERS and value.dtype.itemsize <= 16:
        if value.flags.f_contiguous and not value.flags.c_contiguous:
            return ("array", "F", value.T)  # products with it may differ in the last bit
        return ("array", "C", value)
    shape = list(value.shape)
    if kind == "O":
        return ("objects", shape, [packing.node(item) for item in value.ravel()])
    if kind in "mM":
        return ("times", value.dtype.str, np.array(value, order="C").view(np.int64))
    if kind in "US":
        items = [item if kind == "U" else item.decode("latin-1") for item in value.ravel().tolist()]
        return ("texts", value.dtype.str, shape, items)
    raise Unsendable(f"an array of dtype {value.dtype!s:.40}")


def read_dtype(node: tuple[Any, ...], reading: Any) -> Any:
    (text,) = node
    if not re.fullmatch(r"[<>=|]?[a-zA-Z]\d{0,9}(\[\d{0,6}\w{1,7}\])?", text):
        raise Malformed("a malformed dtype")
    return np.dtype(text)


def _make_array(node: tuple[Any, ...], reading: Any) -> Any:
    order, data = node
    if type(data) is not np.ndarray or order not in ("C", "F"):
        raise Malformed("a malformed array")
    return data.T if order == "F" else data


def _make_view(node: tuple[Any, ...], reading: Any) -> Any:
    number, offset, shape, strides, dtype = node
    base = reading.object(number)
    if type(base) is not np.ndarray or not base.flags.c_contiguous or base.dtype.hasobject:
        raise Malformed("a view of what is no array")
    made = read_dtype((dtype,), reading)
    if made.hasobject:
        raise Malformed("a view of objects")
    view: Any = np.ndarray(shape, made, base, offset, strides)
    return view


def _make_objects(node: tuple[Any, ...], reading: Any) -> Any:
    shape, items = node
    array = np.empty(len(items), object)
    for place, item in enumerate(items):
        array[place] = reading.value(item)
    return array.reshape(shape)


def _make_times(node: tuple[Any, ...], reading: Any) -> Any:
    dtype, data = node
    if not _TIMES.fullmatch(dtype):
        raise Malformed("malformed times")
    return data.view(np.dtype(dtype))


def _make_texts(node: tuple[Any, ...], reading: Any) -> Any:
    dtype, shape, items = node
    if not _TEXTS.fullmatch(dtype) or not all(type(item) is str for item in items):
        raise Malformed("malformed texts")
    if int(re.sub(r"\D", "", dtype)) * max(1, len(items)) > _MOST_TEXT:
        raise Malformed("texts that are too long")
    if "S" in dtype:
        items = [item.encode("latin-1") for item in items]
    return np.array(items, dtype).reshape(shape)


MAKERS: dict[str, Callable[[tuple[Any, ...], Any], Any]] = {
    "array": _make_array,
    "view": _make_view,
    "objects": _make_objects,
    "times": _make_times,
    "texts": _make_texts,
}
