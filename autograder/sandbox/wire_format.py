"""The wire format, for both ends: caps on a payload, and the kinds of numbers."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

KEY_BITS = 60  # of an integer as a key: shorter ones have hashes of their own
ITEM_SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "c": (8, 16)}

# By kind and item size, as the header has them: the dtype that travels and the machine's own.
# Booleans travel as bytes, of which any but 0 is true.
DTYPES: dict[bytes, tuple[np.dtype[Any], np.dtype[Any]]] = {
    kind.encode() + bytes([size]): (
        np.dtype("u1" if kind == "b" else f"<{kind}{size}"),
        np.dtype(bool if kind == "b" else f"={kind}{size}"),
    )
    for kind, sizes in ITEM_SIZES.items()
    for size in sizes
}


class WireError(Exception):
    """A value that cannot be encoded, or bytes that cannot be decoded; the text says why."""


@dataclass(frozen=True)
class Caps:
    """Caps on the content of one payload."""

    size: int = 64 << 20  # bytes of the whole payload
    items: int = 500_000  # values of any kind, containers and dict keys included
    depth: int = 32  # containers inside containers
    int_bytes: int = 512  # of one integer
    dimensions: int = 8  # of one array


DEFAULT_CAPS = Caps()


@lru_cache(maxsize=64)
def shape_struct(dimensions: int) -> struct.Struct:
    """The number of dimensions of an array, and the length of each."""
    return struct.Struct(f"<B{dimensions}Q")
