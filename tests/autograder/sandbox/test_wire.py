"""The wire: what crosses arrives as it was, and nothing else gets in or out."""

import contextlib
import struct
import tracemalloc
from collections import OrderedDict, defaultdict, namedtuple
from enum import IntEnum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.wire import decode, encode
from autograder.sandbox.wire_format import Caps, WireError

Point = namedtuple("Point", "x y")


class Colour(IntEnum):
    RED = 3


def payload(value, **caps):
    return b"".join(encode(value, Caps(**caps)))


def crossed(value):
    return decode(payload(value))


def same(a, b):
    """An equality of our own: exact types, dtypes, shapes, bits (NaN equals NaN)."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float):
        return struct.pack("<d", a) == struct.pack("<d", b)
    if isinstance(a, complex):
        return same([a.real, a.imag], [b.real, b.imag])
    return a == b


ARRAYS = hnp.arrays(
    dtype=st.one_of(
        hnp.boolean_dtypes(),
        hnp.integer_dtypes(endianness="="),
        hnp.unsigned_integer_dtypes(endianness="="),
        hnp.floating_dtypes(endianness="=", sizes=(16, 32, 64)),
        hnp.complex_number_dtypes(endianness="=", sizes=(64, 128)),
    ),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 300), 1 << 300),
    st.floats(),
    st.complex_numbers(),
    TEXT,
)
SHORT = st.integers(-(1 << 60) + 1, (1 << 60) - 1)
KEYS = st.one_of(st.none(), st.booleans(), SHORT, st.floats(allow_nan=False), TEXT)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_every_plain_value_arrives_as_it_was(value):
    assert same(crossed(value), value)


@settings(max_examples=80, deadline=None)
@given(VALUES)
def test_encoding_again_gives_the_same_bytes_so_that_changes_can_be_seen(value):
    assert payload(crossed(value)) == payload(value)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_decoder(data):
    with contextlib.suppress(WireError):
        decode(data)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(0, 10_000), st.integers(0, 255))
def test_a_flipped_byte_gives_another_value_or_a_clear_error(value, place, byte):
    data = bytearray(payload(value))
    data[place % len(data)] = byte
    with contextlib.suppress(WireError):
        decode(data)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(12.0).reshape(3, 4, order="F"),
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12.0)[::-2],
        np.arange(3, dtype=">i4"),
        np.broadcast_to(np.float32(2), (2, 3)),
    ],
    ids=["Fortran", "transposed", "strided", "big-endian", "broadcast"],
)
def test_any_memory_layout_arrives_as_the_same_values(value):
    result = crossed(value)
    np.testing.assert_array_equal(result, value)
    assert result.dtype == value.dtype.newbyteorder("=")


def test_a_decoded_array_owns_its_memory_and_can_be_written():
    result = crossed(np.zeros(3))
    assert result.flags.owndata and result.flags.writeable
    result += 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(1.5), np.array(1.5, np.float32)),
        (np.float64(1.5), np.array(1.5)),
        (np.bool_(True), np.array(True)),
        (np.int8(-3), np.array(-3, np.int8)),
        (np.longdouble(1.5), np.array(1.5)),
        (np.str_("a"), "a"),
        (Colour.RED, 3),
        (Point(1, 2), (1, 2)),
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        ({np.int64(3): 1, np.str_("k"): 2}, {3: 1, "k": 2}),
        (np.ma.masked_array([1.0, 2.0], [True, False]), np.array([1.0, 2.0])),
        ("\ud800", "\\ud800"),
    ],
    ids=str,
)
def test_relatives_of_plain_types_arrive_as_the_plain_type(value, expected):
    assert same(crossed(value), expected)


def str_of_type(value):
    return type.__dict__["__name__"].__get__(type(value))


class LyingArray(np.ndarray):
    def __array__(self, *args, **kwargs):
        raise AssertionError("a student's method was called")

    __len__ = __iter__ = __eq__ = tolist = tobytes = astype = reshape = view = __array__
    shape = dtype = property(__array__)


class LyingFloat(float):
    def __float__(self):
        raise AssertionError("a student's method was called")

    __repr__ = __str__ = __eq__ = __hash__ = __float__


class LyingScalar(np.float64):
    def __array__(self, *args):
        raise AssertionError("a student's method was called")

    item = __float__ = __array__


class LyingDict(dict):
    def items(self):
        raise AssertionError("a student's method was called")

    __iter__ = __len__ = keys = items


class LyingList(list):
    def __iter__(self):
        raise AssertionError("a student's method was called")

    __len__ = copy = __getitem__ = __iter__


class LyingStr(str):
    def encode(self, *args):
        raise AssertionError("a student's method was called")

    __str__ = __hash__ = __eq__ = encode


class LyingInt(int):
    def __int__(self):
        raise AssertionError("a student's method was called")

    __index__ = bit_length = to_bytes = __int__


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.arange(3.0).view(LyingArray), np.arange(3.0)),
        (LyingFloat(2.5), 2.5),
        (LyingScalar(2.5), np.array(2.5)),
        (LyingDict(a=1), {"a": 1}),
        (LyingList([1, 2]), [1, 2]),
        (LyingStr("x"), "x"),
        (LyingInt(7), 7),
    ],
    ids=str_of_type,
)
def test_no_method_that_a_student_wrote_is_called(value, expected):
    assert same(crossed(value), expected)


class LyingClass(type):
    def __getattribute__(cls, name):
        raise AssertionError("a student's metaclass was asked")


class Strange(metaclass=LyingClass):
    pass


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (object(), "object"),
        (len, "builtin_function_or_method"),
        ((x for x in ()), "generator"),
        ({1, 2}, "set"),
        (b"bytes", "bytes"),
        (Strange(), "Strange"),
        (np.array([None]), "'O'"),
        (np.array(["a"]), "'U'"),
        (np.zeros(2, dtype=[("a", "f8")]), "'V'"),
        (np.array(["2020-01-01"], "M8[D]"), "'M'"),
        ({(1, 2): 3}, "tuple"),
        (1 << 5000, "5001 bits"),
    ],
    ids=str_of_type,
)
def test_what_cannot_cross_is_named(value, named):
    with pytest.raises(WireError, match=named):
        encode([value])


def test_nesting_without_end_is_refused():
    circle = []
    circle.append(circle)
    with pytest.raises(WireError, match="circle"):
        encode(circle)


def test_a_list_that_doubles_at_every_level_is_refused():
    value = [0]
    for _ in range(30):
        value = [value, value]
    with pytest.raises(WireError, match="more than 1000 values"):
        encode(value, Caps(items=1000))


@pytest.mark.parametrize(
    ("value", "caps"),
    [
        (np.zeros(200), {"size": 1000}),
        ("x" * 2000, {"size": 1000}),
        ([0] * 200, {"items": 100}),
        ([[[[]]]], {"depth": 3}),
    ],
    ids=["array", "text", "count", "depth"],
)
def test_caps_hold_in_both_directions(value, caps):
    with pytest.raises(WireError):
        encode(value, Caps(**caps))
    with pytest.raises(WireError):
        decode(payload(value), Caps(**caps))


def header(tree):
    return struct.pack("<I", len(tree)) + tree


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xff\xff\xff",
        header(b""),
        header(b"?"),
        header(b"NN"),
        header(b"N") + b"left over",
        header(b"l\xff\xff\xff\xff"),
        header(b"d\x01\x00\x00\x00l\x00\x00\x00\x00N"),
        header(b"d\x02\x00\x00\x00NTNF"),
        header(b"i\x00\x00"),
        header(b"s\x01\x00\x00\x00\xff"),
        header(b"ao\x08\x00"),
        header(b"af\x03\x00"),
        header(b"af\x08\xff"),
        header(b"af\x08\x01" + struct.pack("<Q", 3)),
        header(b"af\x08\x02" + struct.pack("<QQ", 1 << 63, 0)),
        header(b"af\x08\x02" + struct.pack("<QQ", 1 << 33, 1 << 33)),
        header(b"l\x01\x00\x00\x00" * 5000),
    ],
)
def test_malformed_payloads_are_refused(data):
    with pytest.raises(WireError):
        decode(data)


def test_a_claim_of_a_huge_array_allocates_nothing():
    data = header(b"af\x08\x01" + struct.pack("<Q", 1 << 22))
    tracemalloc.start()
    with pytest.raises(WireError):
        decode(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_keys_that_become_equal_are_refused():
    class Key(int):
        __hash__ = object.__hash__
        __eq__ = object.__eq__

    with pytest.raises(WireError, match="keys that are equal"):
        encode({Key(1): "a", Key(1): "b"})


def test_a_dict_that_imitates_a_tag_stays_a_dict():
    imitation = {"__ndarray__": [1, 2], "dtype": "f8", "a": "f\x08\x01"}
    assert same(crossed(imitation), imitation)


def test_boolean_arrays_hold_only_zero_and_one():
    data = header(b"ab\x01\x01" + struct.pack("<Q", 2)) + b"\x07\x00"
    assert decode(data).view(np.uint8).tolist() == [1, 0]


def colliding(count):
    """Keys of one and the same hash: multiples of the prime that Python takes them by."""
    prime = (1 << 61) - 1
    return [prime * (number + 1) for number in range(count)]


def header_of_keys(keys):
    head = bytearray(b"d" + struct.pack("<I", len(keys)))
    for key in keys:
        data = key.to_bytes(key.bit_length() // 8 + 1, "little", signed=True)
        head += b"i" + struct.pack("<H", len(data)) + data + b"N"
    return struct.pack("<I", len(head)) + bytes(head)


def test_integers_whose_hashes_collide_are_no_keys():
    assert len({hash(key) for key in colliding(100)}) == 1
    with pytest.raises(WireError, match="an integer of 61 bits"):
        decode(header_of_keys(colliding(8000)))
    with pytest.raises(WireError, match="an integer of 62 bits"):
        encode({colliding(2)[1]: 1})
    assert crossed({(1 << 60) - 1: 1, -(1 << 60) + 1: 2}) == {(1 << 60) - 1: 1, -(1 << 60) + 1: 2}


@given(st.lists(st.integers(-(1 << 60) + 1, (1 << 60) - 1), unique=True))
def test_of_the_integers_that_are_keys_two_at_most_share_a_hash(keys):
    assert len({hash(key) for key in keys}) >= len(keys) - (-1 in keys and -2 in keys)


def test_floats_as_keys_share_a_hash_with_few():
    same_hash = {2.0 ** (61 * n) for n in range(-17, 17)}
    assert len({hash(key) for key in same_hash}) == 1
    assert len(crossed(dict.fromkeys(same_hash))) == len(same_hash)  # there are no more of them


def test_an_array_of_nine_axes_does_not_cross():
    with pytest.raises(WireError, match="9 dimensions"):
        encode(np.zeros((1,) * 9))
    assert crossed(np.zeros((1,) * 8)).shape == (1,) * 8
    with pytest.raises(WireError, match="9 dimensions"):
        decode(payload(np.zeros((1,) * 9), dimensions=32))
