"""What the judge does with bytes from a child, and what must hold whatever they are."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from autograder.handout.differences import differences
from autograder.sandbox.received_outputs import clean_output
from autograder.sandbox.wire import decode, encode
from autograder.sandbox.wire_format import Caps, WireError

CAPS = Caps(size=1 << 16, items=2000)
EXPECTED = [
    1.5, True, 3, None, "text", np.ones(2), np.ones((2, 2)), {"a": 1.0, "b": np.ones(3)},
    [1.0, np.ones(1)], (1, 2), np.array([[1 + 2j]]), {1: "x"},
]  # fmt: skip
PLAIN = (type(None), bool, int, float, complex, str, list, tuple, dict, np.ndarray)


class Broken(Exception):
    """A promise of the wire or of the comparison does not hold."""


def try_one(data: bytes) -> bool:
    """Decode, look at, compare and encode again; whether the bytes were a value.

    Raises Broken, or whatever the code under test raises that it must not.
    """
    try:
        value = decode(data, CAPS)
    except WireError:
        return False
    nodes, size = _walk(value)
    if nodes > CAPS.items or size > len(data):
        raise Broken(f"{nodes} values with {size} bytes of arrays from {len(data)} bytes")
    again = b"".join(encode(value, CAPS))
    if b"".join(encode(decode(again, CAPS), CAPS)) != again:
        raise Broken("the second round trip differs from the first")
    json.dumps(clean_output(value), allow_nan=False)
    with np.errstate(all="ignore"):
        for expected in EXPECTED:
            for found in differences(value, expected):
                found.message.encode("utf-8", "backslashreplace")
    return True


def _walk(value: Any) -> tuple[int, int]:
    """The number of values and the bytes of all arrays; every type must be exact."""
    nodes = size = 0
    rest = [value]
    while rest:
        item = rest.pop()
        nodes += 1
        if type(item) not in PLAIN:
            raise Broken(f"a value of type {type(item)}")
        if type(item) is np.ndarray:
            if not item.flags.owndata and item.base is not None and not item.flags.writeable:
                raise Broken("an array that looks into the message")
            size += item.nbytes
        elif type(item) is dict:
            rest += [*item.keys(), *item.values()]
        elif type(item) in (list, tuple):
            rest += item
    return nodes, size


def seeds() -> list[bytes]:
    """Payloads of all kinds of values."""
    values: list[Any] = [
        None, True, 0, -1, 2**70, -(2**2000), 1.5, float("nan"), 1 + 2j, "", "text ✓", [], (), {},
        [1, [2.0, (3,)]], {"a": {"b": [None]}, 1: 2, None: 3, 1.5: 5, False: 6},
        ("done", 1 << 61, {"status": "value", "value": np.zeros(9, np.uint8)}),
        {"output_type": "stream", "name": "stdout", "text": "x"},
        {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {"a": [1]}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
        {"output_type": "execute_result", "execution_count": 1, "data": {}, "metadata": {}},
    ]  # fmt: skip
    values += [np.zeros((2, 3), kind) for kind in ("?", "i1", "u2", "f2", "f4", "f8", "c8", "c16")]
    values += [np.zeros((0, 5)), np.zeros(()), np.zeros((1,) * 8), np.array([np.nan, np.inf])]
    return [b"".join(encode(value)) for value in values]
