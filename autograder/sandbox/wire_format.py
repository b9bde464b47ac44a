"""The wire format, for both ends: caps on a payload, and what is said of an array."""

from __future__ import annotations

import math
import struct
import sys
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


_ARRAY = struct.Struct("<ccB")
_LITTLE = sys.byteorder == "little"


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
def _shape(dimensions: int) -> struct.Struct:
    """The number of dimensions of an array, and the length of each."""
    return struct.Struct(f"<B{dimensions}Q")


@lru_cache(maxsize=64)
def _wire_dtype(dtype: np.dtype[Any]) -> tuple[np.dtype[Any], bytes]:
    """The little-endian dtype that an array of numbers travels as, and the tag that says so."""
    sizes = ITEM_SIZES.get(dtype.kind)
    if sizes is None:
        raise WireError(f"an array of dtype {dtype.kind!r} (only numbers and booleans can cross)")
    kind, size = dtype.kind.encode(), min(dtype.itemsize, sizes[-1])
    if not (_LITTLE and dtype.isnative and dtype.itemsize in sizes and kind != b"b"):
        dtype = np.dtype("u1" if kind == b"b" else f"<{dtype.kind}{size}")
    return dtype, _ARRAY.pack(b"a", kind, size)


@lru_cache(maxsize=1024)
def array_header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[np.dtype[Any], bytes]:
    """The dtype that an array travels as, and its node."""
    travels, tag = _wire_dtype(dtype)
    return travels, tag + _shape(len(shape)).pack(len(shape), *shape)


@lru_cache(maxsize=1024)
def array_of(
    header: bytes, dimensions: int, most: int
) -> tuple[tuple[int, ...], np.dtype[Any], np.dtype[Any], int]:
    """What a node says of an array: shape, dtype on the way and here, bytes on the way.

    `dimensions` and `most`, its bytes, are caps.
    """
    found = DTYPES.get(header[:2])
    if found is None or header[2] > dimensions:
        raise WireError(
            f"an array of kind {chr(header[0])!r}, item size {header[1]}, {header[2]} dimensions"
        )
    travels, native = found
    shape = _shape(header[2]).unpack(header[2:])[1:]
    count = math.prod(shape)
    claimed = count or math.prod(length or 1 for length in shape)
    if claimed * travels.itemsize > most:
        raise WireError(f"an array of shape {shape}")
    return shape, travels, native, count * travels.itemsize
