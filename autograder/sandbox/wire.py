"""Plain values to bytes and back: the only data that crosses between judge and student.

A payload is ``u32 header length · header · array bytes``, all little-endian. The header is a
tree of one-byte tags; the bytes of its arrays follow it, in the order of their tags:

    N T F          None, True, False            s  u32 length, UTF-8
    i  u16 length, signed integer bytes         l t  u32 count, nodes
    f  8 bytes      c  16 bytes                 d  u32 count, key and value nodes
    a  kind, item size, u8 ndim, u64 sizes

Tags are structural: nothing that a student puts into a dict can be read as one. Keys that are
integers have at most 60 bits: Python's hashes of longer ones can be made to collide.

What is kept: dtype and values of arrays of kind b, i, u, f, c (any memory layout arrives in C
order; extended precision arrives as float64 or complex128). numpy scalars arrive as 0-d arrays of
their dtype, so that float32 stays float32. Subclasses arrive as the built-in type below them, read
by that type's own slots: no method that a student wrote is called. Everything else is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.sandbox.wire_format import (
    DEFAULT_CAPS,
    KEY_BITS,
    Caps,
    WireError,
    array_header,
    array_of,
)

Buffer = bytes | bytearray | memoryview


_LENGTH = struct.Struct("<I")
_INT = struct.Struct("<cH")
_FLOAT = struct.Struct("<cd")
_COUNT = struct.Struct("<cI")
_TEXT = {str}
_WEIGHT = 128  # bytes that one value takes at most, beside those that the payload has of it
_SHORT = 64  # characters of a key
_COPIED = 1 << 12  # bytes of an array up to which a copy costs less than a view
_BYTES = np.ndarray.tobytes  # as it is now: in a child, the student's code may put another there
_U16 = struct.Struct("<H").unpack_from
_U32 = struct.Struct("<I").unpack_from
_F64 = struct.Struct("<d").unpack_from
_F64_F64 = struct.Struct("<dd").unpack_from

_KEY_TAGS = b"NTFifs"


def encode(value: object, caps: Caps = DEFAULT_CAPS) -> list[bytes | memoryview]:
    """The parts of the payload of a value; joined, they are what `decode` takes.

    The memoryviews look into the caller's arrays: send or join them before changing those.
    Raises WireError for a type that cannot cross (named) or a value over the caps.
    """
    encoder = Encoder(caps)
    encoder.node(value, 0)
    return encoder.payload()


def decode(data: Buffer, caps: Caps = DEFAULT_CAPS) -> Any:
    """The value of a payload: exact built-in types and base arrays that own their memory.

    Raises WireError, and nothing else, for bytes that are no payload within the caps.
    """
    return decode_weighed(data, caps)[0]


def decode_weighed(data: Buffer, caps: Caps = DEFAULT_CAPS) -> tuple[Any, int]:
    """The value, and about how many bytes it takes in memory, never less than half of it."""
    view = memoryview(data)
    if len(view) > caps.size:
        raise WireError(f"payload of {len(view)} bytes, the cap is {caps.size}")
    decoder = Decoder(view, caps)
    try:
        value = decoder.node(0)
    except (struct.error, ValueError, OverflowError, MemoryError, TypeError) as error:
        raise WireError(f"malformed payload: {error}") from None
    decoder.finish()
    return value, len(view) + _WEIGHT * (caps.items - decoder.items)


class Encoder:
    """Writes the header and collects the array blocks of one payload."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.header = bytearray()
        self.blocks: list[bytes | memoryview] = []
        self.size = 0  # bytes of arrays
        self.items = 0

    def payload(self) -> list[bytes | memoryview]:
        """The parts of the payload of all nodes that were written; raises WireError."""
        self.check_size()
        return [_LENGTH.pack(len(self.header)), bytes(self.header), *self.blocks]

    def node(self, value: object, depth: int) -> None:
        self.items += 1
        if self.items > self.caps.items:
            raise WireError(f"more than {self.caps.items} values")
        write = _WRITERS.get(type(value)) or _writer_of_base(type(value))
        write(self, value, depth)

    def check_size(self) -> None:
        """Raise WireError where the payload is too long: after what may be long, and at its end."""
        if _LENGTH.size + len(self.header) + self.size > self.caps.size:
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
        self.check_size()

    def write_float(self, value: Any, depth: int) -> None:
        self.header += _FLOAT.pack(b"f", float.__float__(value))

    def write_complex(self, value: Any, depth: int) -> None:
        number = complex.__complex__(value)
        self.header += struct.pack("<cdd", b"c", number.real, number.imag)

    def write_str(self, value: Any, depth: int) -> None:
        self.header += _text(value)
        self.check_size()

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
        pairs = list(dict.items(value))
        plain = set(map(type, dict.keys(value))) <= _TEXT
        if not plain:
            pairs = [(_plain_key(key), item) for key, item in pairs]
            if len({key for key, _ in pairs}) != len(pairs):
                raise WireError("a dict with keys that are equal as plain values")
        self.header += _COUNT.pack(b"d", len(pairs))
        below = depth + 1
        for key, item in pairs:
            if plain and len(key) <= _SHORT:
                self.items += 1
                self.header += _name(key)
            else:
                self.node(key, below)
            self.node(item, below)

    def write_array_below(self, value: Any, depth: int) -> None:
        self.write_array(np.ndarray.view(value, np.ndarray), depth)

    def write_scalar(self, value: Any, depth: int) -> None:
        self.write_array(np.generic.__array__(value), depth)

    def write_array(self, array: Any, depth: int) -> None:
        """Write a base array, whose attributes run no student code."""
        kind = array.dtype
        dtype, header = array_header(kind, array.shape)
        if array.ndim > self.caps.dimensions:
            raise WireError(f"an array of {array.ndim} dimensions")
        size = array.size * dtype.itemsize
        self.size += size
        self.header += header
        self.check_size()
        if not size:
            return
        if dtype is kind and size <= _COPIED:
            self.blocks.append(_BYTES(array))
            return
        if dtype is not kind or not array.flags.c_contiguous:
            array = np.ascontiguousarray(array, dtype=dtype)
        self.blocks.append(array.data.cast("B"))

    def _deeper(self, depth: int) -> None:
        if depth >= self.caps.depth:
            raise WireError(f"containers nested deeper than {self.caps.depth} (or in a circle)")


def _text(text: str) -> bytes:
    """The node of a str."""
    data = str.encode(text, "utf-8", "backslashreplace")
    return _COUNT.pack(b"s", len(data)) + data


_name = lru_cache(maxsize=1024)(_text)  # of built-in strs only: a student's may compare as it likes

_Encode = Callable[[Encoder, Any, int], None]

_WRITERS: dict[type, _Encode] = {
    type(None): Encoder.write_none,
    bool: Encoder.write_bool,
    int: Encoder.write_int,
    float: Encoder.write_float,
    complex: Encoder.write_complex,
    str: Encoder.write_str,
    list: Encoder.write_list,
    tuple: Encoder.write_tuple,
    dict: Encoder.write_dict,
    np.ndarray: Encoder.write_array,
}
# Order matters: np.float64 is a float and np.str_ is a str.
_BASES: tuple[tuple[type, _Encode], ...] = (
    (np.str_, Encoder.write_str),
    (np.generic, Encoder.write_scalar),
    (np.ndarray, Encoder.write_array_below),
    *((base, _WRITERS[base]) for base in (int, float, complex, str)),
    *((base, _WRITERS[base]) for base in (list, tuple, dict)),
)


def _writer_of_base(kind: type) -> _Encode:
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
    if kind is int and key.bit_length() > KEY_BITS:
        raise WireError(f"an integer of {key.bit_length()} bits")
    if kind in (str, int, bool, float, type(None)):
        return key
    if issubclass(kind, np.generic) and not issubclass(kind, np.str_):
        return _plain_key(np.generic.__array__(key).item())
    if issubclass(kind, str):
        return str.__str__(key)
    if issubclass(kind, int):
        return _plain_key(int.__int__(key))
    if issubclass(kind, float):
        return float.__float__(key)
    raise WireError(f"a dict key of type {_type_name(kind)}")


class Decoder:
    """Reads one payload; `position` runs through the header, `block` through the array bytes."""

    def __init__(self, view: memoryview, caps: Caps) -> None:
        if len(view) < 4:
            raise WireError("payload without a header")
        self.block = 4 + int.from_bytes(view[:4], "little")
        self.length = len(view)
        if self.block > self.length:
            raise WireError("header longer than the payload")
        self.view = view
        self.caps = caps
        self.header = bytes(view[4 : self.block])
        self.end = len(self.header)
        self.position = 0
        self.items = caps.items  # that may still come

    def finish(self) -> None:
        if self.position != self.end or self.block != self.length:
            raise WireError("bytes left over after the value")

    def node(self, depth: int) -> Any:
        self.items -= 1
        if self.items < 0:
            raise WireError(f"more than {self.caps.items} values")
        position = self.position
        self.position = position + 1
        if position >= self.end:
            raise WireError("header ends early")
        read = _READERS.get(self.header[position])
        if read is None:
            raise WireError(f"unknown tag {chr(self.header[position])!r}")
        return read(self, depth)

    def read_int(self, depth: int) -> int:
        (length,) = _U16(self.header, self.position)
        if not 0 < length <= self.caps.int_bytes:
            raise WireError(f"an integer of {length} bytes")
        return int.from_bytes(self._bytes(self.position + 2, length), "little", signed=True)

    def read_float(self, depth: int) -> float:
        value: float
        (value,) = _F64(self.header, self.position)
        self.position += 8
        return value

    def read_complex(self, depth: int) -> complex:
        real, imaginary = _F64_F64(self.header, self.position)
        self.position += 16
        return complex(real, imaginary)

    def read_str(self, depth: int) -> str:
        (length,) = _U32(self.header, self.position)
        return self._bytes(self.position + 4, length).decode()

    def read_list(self, depth: int) -> list[Any]:
        count = self._count(depth)
        return [self.node(depth + 1) for _ in range(count)]

    def read_tuple(self, depth: int) -> tuple[Any, ...]:
        return tuple(self.read_list(depth))

    def read_dict(self, depth: int) -> dict[Any, Any]:
        count = self._count(depth)
        result = {}
        for _ in range(count):
            if self.position >= self.end or self.header[self.position] not in _KEY_TAGS:
                raise WireError("a dict key that is no plain scalar")
            key = self.node(depth + 1)
            if type(key) is int and key.bit_length() > KEY_BITS:
                raise WireError(f"an integer of {key.bit_length()} bits")
            result[key] = self.node(depth + 1)
        if len(result) != count:
            raise WireError("a dict with a repeated key")
        return result

    def read_array(self, depth: int) -> np.ndarray[Any, Any]:
        header, start = self.header, self.position
        if start + 3 > self.end:
            raise WireError("header ends early")
        self.position = start + 3 + 8 * header[start + 2]
        node, caps = header[start : self.position], self.caps
        shape, travels, native, size = array_of(node, caps.dimensions, caps.size)
        if not size:
            return np.empty(shape, native)
        block = self.block
        self.block = block + size
        if self.block > self.length:
            raise WireError("array bytes are missing")
        array: np.ndarray[Any, Any] = np.ndarray(shape, travels, self.view, block)
        return array.astype(native)  # a copy that owns its memory

    def _count(self, depth: int) -> int:
        count: int
        (count,) = _U32(self.header, self.position)
        self.position += 4
        if depth >= self.caps.depth:
            raise WireError(f"containers nested deeper than {self.caps.depth}")
        if count > self.end - self.position:  # every item takes a byte at least
            raise WireError(f"a container of {count} items in a shorter header")
        return count

    def _bytes(self, start: int, length: int) -> bytes:
        """The next bytes of the header, from `start`; the position moves behind them."""
        self.position = start + length
        if self.position > self.end:
            raise WireError("header ends early")
        return self.header[start : self.position]


_READERS: dict[int, Callable[[Decoder, int], Any]] = {
    ord("N"): lambda decoder, depth: None,
    ord("T"): lambda decoder, depth: True,
    ord("F"): lambda decoder, depth: False,
    ord("i"): Decoder.read_int,
    ord("f"): Decoder.read_float,
    ord("c"): Decoder.read_complex,
    ord("s"): Decoder.read_str,
    ord("l"): Decoder.read_list,
    ord("t"): Decoder.read_tuple,
    ord("d"): Decoder.read_dict,
    ord("a"): Decoder.read_array,
}
