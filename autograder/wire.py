"""Plain values to bytes and back: the only data that crosses the wall.

A payload is ``u32 header length · header · array bytes``, all little-endian. The header is a
tree of one-byte tags; the bytes of its arrays follow it, in the order of their tags:

    N T F          None, True, False            s  u32 length, UTF-8
    i  u16 length, signed integer bytes         l t  u32 count, nodes
    f  8 bytes      c  16 bytes                 d  u32 count, key and value nodes
    a  kind, item size, u8 ndim, u64 sizes

Tags are structural: nothing that a student puts into a dict can be read as one.

What is kept: dtype and values of arrays of kind b, i, u, f, c (any memory layout arrives in C
order; extended precision arrives as float64 or complex128). numpy scalars arrive as 0-d arrays of
their dtype, so that float32 stays float32. Subclasses arrive as the built-in type below them, read
by that type's own slots: no method that a student wrote is called. Everything else is refused.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

Buffer = bytes | bytearray | memoryview


class WireError(Exception):
    """A value that cannot cross, or bytes that are no value: the text says which and why."""


@dataclass(frozen=True)
class Caps:
    """How much one payload may hold."""

    size: int = 64 << 20  # bytes of the whole payload
    items: int = 500_000  # values of any kind, containers and dict keys included
    depth: int = 32  # containers inside containers
    int_bytes: int = 512  # of one integer
    dimensions: int = 32  # of one array


DEFAULT_CAPS = Caps()

_INT = struct.Struct("<cH")
_FLOAT = struct.Struct("<cd")
_COUNT = struct.Struct("<cI")
_ARRAY = struct.Struct("<ccB")
_LITTLE = sys.byteorder == "little"
_U16 = struct.Struct("<H").unpack_from
_U32 = struct.Struct("<I").unpack_from
_F64 = struct.Struct("<d").unpack_from
_F64_F64 = struct.Struct("<dd").unpack_from

_ITEM_SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "c": (8, 16)}
_KEY_TAGS = b"NTFifs"


def encode(value: object, caps: Caps = DEFAULT_CAPS) -> list[bytes | memoryview]:
    """The parts of the payload of a value; joined, they are what `decode` takes.

    The memoryviews look into the caller's arrays: send or join them before changing those.
    Raises WireError for a type that cannot cross (named) or a value over the caps.
    """
    encoder = _Encoder(caps)
    encoder.node(value, 0)
    return [struct.pack("<I", len(encoder.header)), bytes(encoder.header), *encoder.blocks]


def decode(data: Buffer, caps: Caps = DEFAULT_CAPS) -> Any:
    """The value of a payload: exact built-in types and base arrays that own their memory.

    Raises WireError, and nothing else, for bytes that are no payload within the caps.
    """
    view = memoryview(data)
    if len(view) > caps.size:
        raise WireError(f"payload of {len(view)} bytes, the cap is {caps.size}")
    decoder = _Decoder(view, caps)
    try:
        value = decoder.node(0)
    except (struct.error, ValueError, OverflowError, MemoryError, TypeError) as error:
        raise WireError(f"malformed payload: {error}") from None
    decoder.finish()
    return value


class _Encoder:
    """Writes the header and collects the array blocks of one payload."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.header = bytearray()
        self.blocks: list[bytes | memoryview] = []
        self.size = 4
        self.items = 0

    def node(self, value: object, depth: int) -> None:
        self.items += 1
        if self.items > self.caps.items:
            raise WireError(f"more than {self.caps.items} values")
        write = _WRITERS.get(type(value)) or _writer_of_base(type(value))
        write(self, value, depth)
        if self.size + len(self.header) > self.caps.size:
            raise WireError(f"more than {self.caps.size} bytes")

    def write_none(self, value: Any, depth: int) -> None:
        self.header += b"N"

    def write_bool(self, value: Any, depth: int) -> None:
        self.header += b"T" if value else b"F"

    def write_int(self, value: Any, depth: int) -> None:
        number = int.__int__(value)
        length = number.bit_length() // 8 + 1
        if length > self.caps.int_bytes:
            raise WireError(f"an integer of {number.bit_length()} bits")
        self.header += _INT.pack(b"i", length) + number.to_bytes(length, "little", signed=True)

    def write_float(self, value: Any, depth: int) -> None:
        self.header += _FLOAT.pack(b"f", float.__float__(value))

    def write_complex(self, value: Any, depth: int) -> None:
        number = complex.__complex__(value)
        self.header += struct.pack("<cdd", b"c", number.real, number.imag)

    def write_str(self, value: Any, depth: int) -> None:
        data = str.encode(value, "utf-8", "backslashreplace")
        self.header += _COUNT.pack(b"s", len(data)) + data

    def write_list(self, value: Any, depth: int) -> None:
        self._sequence(b"l", list.copy(value), depth)

    def write_tuple(self, value: Any, depth: int) -> None:
        self._sequence(b"t", list(tuple.__iter__(value)), depth)

    def _sequence(self, tag: bytes, items: list[Any], depth: int) -> None:
        self._deeper(depth)
        self.header += _COUNT.pack(tag, len(items))
        for item in items:
            self.node(item, depth + 1)

    def write_dict(self, value: Any, depth: int) -> None:
        self._deeper(depth)
        pairs = [(_plain_key(key), item) for key, item in dict.items(value)]
        if len({key for key, _ in pairs}) != len(pairs):
            raise WireError("a dict with keys that are equal as plain values")
        self.header += _COUNT.pack(b"d", len(pairs))
        for key, item in pairs:
            self.node(key, depth + 1)
            self.node(item, depth + 1)

    def write_array(self, value: Any, depth: int) -> None:
        self._base_array(np.ndarray.view(value, np.ndarray))

    def write_scalar(self, value: Any, depth: int) -> None:
        self._base_array(np.generic.__array__(value))

    def _base_array(self, array: np.ndarray[Any, Any]) -> None:
        dtype, tag = _wire_dtype(array.dtype)
        if array.ndim > self.caps.dimensions:
            raise WireError(f"an array of {array.ndim} dimensions")
        self.size += array.size * dtype.itemsize
        if self.size > self.caps.size:
            raise WireError(f"more than {self.caps.size} bytes")
        self.header += tag + struct.pack(f"<B{array.ndim}Q", array.ndim, *array.shape)
        if array.size:
            if dtype is not array.dtype or not array.flags.c_contiguous:
                array = np.ascontiguousarray(array, dtype=dtype)
            self.blocks.append(array.data.cast("B"))

    def _deeper(self, depth: int) -> None:
        if depth >= self.caps.depth:
            raise WireError(f"containers nested deeper than {self.caps.depth} (or in a circle)")


_Writer = Callable[[_Encoder, Any, int], None]

_WRITERS: dict[type, _Writer] = {
    type(None): _Encoder.write_none,
    bool: _Encoder.write_bool,
    int: _Encoder.write_int,
    float: _Encoder.write_float,
    complex: _Encoder.write_complex,
    str: _Encoder.write_str,
    list: _Encoder.write_list,
    tuple: _Encoder.write_tuple,
    dict: _Encoder.write_dict,
    np.ndarray: _Encoder.write_array,
}
# Order matters: np.float64 is a float and np.str_ is a str.
_BASES: tuple[tuple[type, _Writer], ...] = (
    (np.str_, _Encoder.write_str),
    (np.generic, _Encoder.write_scalar),
    *((base, _WRITERS[base]) for base in (np.ndarray, int, float, complex, str)),
    *((base, _WRITERS[base]) for base in (list, tuple, dict)),
)


def _writer_of_base(kind: type) -> _Writer:
    for base, writer in _BASES:
        if issubclass(kind, base):
            return writer
    raise WireError(f"a value of type {_type_name(kind)}")


def _type_name(kind: type) -> str:
    name = type.__dict__["__name__"].__get__(kind)  # not the metaclass's idea of it
    return str.encode(name, "ascii", "backslashreplace")[:80].decode()


def _plain_key(key: Any) -> object:
    """A dict key as an exact built-in: numpy's scalar keys become Python numbers."""
    kind = type(key)
    if kind in (str, int, bool, float, type(None)):
        return key
    if issubclass(kind, np.generic) and not issubclass(kind, np.str_):
        return _plain_key(np.generic.__array__(key).item())
    if issubclass(kind, str):
        return str.__str__(key)
    if issubclass(kind, int):
        return int.__int__(key)
    if issubclass(kind, float):
        return float.__float__(key)
    raise WireError(f"a dict key of type {_type_name(kind)}")


@lru_cache(maxsize=64)
def _wire_dtype(dtype: np.dtype[Any]) -> tuple[np.dtype[Any], bytes]:
    """The little-endian dtype that an array of numbers travels as, and the tag that says so."""
    sizes = _ITEM_SIZES.get(dtype.kind)
    if sizes is None:
        raise WireError(f"an array of dtype {dtype.kind!r} (only numbers and booleans can cross)")
    if not (_LITTLE and dtype.isnative and dtype.itemsize in sizes):
        dtype = np.dtype(f"<{dtype.kind}{min(dtype.itemsize, sizes[-1])}")
    return dtype, _ARRAY.pack(b"a", dtype.kind.encode(), dtype.itemsize)


class _Decoder:
    """Reads one payload; `position` runs through the header, `block` through the array bytes."""

    def __init__(self, view: memoryview, caps: Caps) -> None:
        if len(view) < 4:
            raise WireError("payload without a header")
        self.block = 4 + int.from_bytes(view[:4], "little")
        if self.block > len(view):
            raise WireError("header longer than the payload")
        self.view = view
        self.caps = caps
        self.header = bytes(view[4 : self.block])
        self.end = len(self.header)
        self.position = 0
        self.items = caps.items  # that may still come

    def finish(self) -> None:
        if self.position != self.end or self.block != len(self.view):
            raise WireError("bytes left over after the value")

    def node(self, depth: int) -> Any:
        self.items -= 1
        if self.items < 0:
            raise WireError(f"more than {self.caps.items} values")
        tag = self.header[self._take(1)]
        read = _READERS.get(tag)
        if read is None:
            raise WireError(f"unknown tag {chr(tag)!r}")
        return read(self, depth)

    def read_int(self, depth: int) -> int:
        (length,) = _U16(self.header, self._take(2))
        if not 0 < length <= self.caps.int_bytes:
            raise WireError(f"an integer of {length} bytes")
        start = self._take(length)
        return int.from_bytes(self.header[start : start + length], "little", signed=True)

    def read_float(self, depth: int) -> float:
        value: float = _F64(self.header, self._take(8))[0]
        return value

    def read_complex(self, depth: int) -> complex:
        return complex(*_F64_F64(self.header, self._take(16)))

    def read_str(self, depth: int) -> str:
        (length,) = _U32(self.header, self._take(4))
        start = self._take(length)
        return self.header[start : start + length].decode()

    def read_list(self, depth: int) -> list[Any]:
        count = self._count(depth)
        return [self.node(depth + 1) for _ in range(count)]

    def read_tuple(self, depth: int) -> tuple[Any, ...]:
        return tuple(self.read_list(depth))

    def read_dict(self, depth: int) -> dict[Any, Any]:
        count = self._count(depth)
        result = {self._key(depth): self.node(depth + 1) for _ in range(count)}
        if len(result) != count:
            raise WireError("a dict with a repeated key")
        return result

    def _key(self, depth: int) -> Any:
        if self.position >= self.end or self.header[self.position] not in _KEY_TAGS:
            raise WireError("a dict key that is no plain scalar")
        return self.node(depth + 1)

    def read_array(self, depth: int) -> np.ndarray[Any, Any]:
        start = self._take(3)
        kind, size, ndim = chr(self.header[start]), self.header[start + 1], self.header[start + 2]
        if size not in _ITEM_SIZES.get(kind, ()) or ndim > self.caps.dimensions:
            raise WireError(f"an array of kind {kind!r}, item size {size}, {ndim} dimensions")
        shape = struct.unpack_from(f"<{ndim}Q", self.header, self._take(8 * ndim))
        if math.prod(length or 1 for length in shape) * size > self.caps.size:
            raise WireError(f"an array of shape {shape}")
        stop = self.block + math.prod(shape) * size
        if stop > len(self.view):
            raise WireError("array bytes are missing")
        raw = self.view[self.block : stop]
        self.block = stop
        return _array(raw, kind, size, shape)

    def _count(self, depth: int) -> int:
        count: int = _U32(self.header, self._take(4))[0]
        if depth >= self.caps.depth:
            raise WireError(f"containers nested deeper than {self.caps.depth}")
        if count > self.end - self.position:  # every item takes a byte at least
            raise WireError(f"a container of {count} items in a shorter header")
        return count

    def _take(self, length: int) -> int:
        """Where the next bytes of the header begin; the position moves behind them."""
        start = self.position
        self.position = start + length
        if self.position > self.end:
            raise WireError("header ends early")
        return start


_READERS: dict[int, Callable[[_Decoder, int], Any]] = {
    ord("N"): lambda decoder, depth: None,
    ord("T"): lambda decoder, depth: True,
    ord("F"): lambda decoder, depth: False,
    ord("i"): _Decoder.read_int,
    ord("f"): _Decoder.read_float,
    ord("c"): _Decoder.read_complex,
    ord("s"): _Decoder.read_str,
    ord("l"): _Decoder.read_list,
    ord("t"): _Decoder.read_tuple,
    ord("d"): _Decoder.read_dict,
    ord("a"): _Decoder.read_array,
}


def _array(raw: memoryview, kind: str, size: int, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """An array of the machine's own byte order that owns its memory."""
    if not raw.nbytes:
        return np.empty(shape, f"={kind}{size}")
    if kind == "b":
        return np.not_equal(
            np.frombuffer(raw, np.uint8).reshape(shape), 0, out=np.empty(shape, bool)
        )
    return np.frombuffer(raw, f"<{kind}{size}").reshape(shape).astype(f"={kind}{size}")
