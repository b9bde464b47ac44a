"""Answers with equal digests are equal answers, whatever bytes a child says them with.

    python tests/autograder/sandbox/fuzz/one_digest.py [seconds] [seed]

Values are encoded, their bytes spoilt and spliced with those of another value, and read as the
judge reads an answer. What an answer is, is written down here without the encoder of the wire.
"""

from __future__ import annotations

import random
import struct
import sys
import time
from typing import Any

import numpy as np

from autograder.sandbox.frames import wrap
from autograder.sandbox.replies import Ended, Reply
from autograder.sandbox.wire_format import Caps, WireError

CAPS = Caps(size=1 << 20)
LEAVES = (0, 1, -1, True, False, None, "", "a", "1", 0.0, -0.0, 1.0, float("nan"), float("inf"), 1j,
          0j, 2**59, 2**61, -(2**63), "\0", "é", "a\0")  # fmt: skip
KEYS = ("a", "b", "", 1, 2, 0, -1, 2**59, "1")
KINDS = ("<f8", "<f4", "<f2", "<i8", "<i4", "<i2", "|i1", "|u1", "|b1", "<c16", "<u8", ">f8", ">i4",
         "<c8")  # fmt: skip
SHAPES = ((), (0,), (1,), (2,), (4,), (2, 2), (1, 4), (4, 1), (2, 0), (0, 2), (1, 1), (8,))
CHANGED = ([], ["x"], ["x", "y"], ["xy"], ["x"] * 70, [1, "x"], "x", {"x": 1})
TAGS = b"ldtsifcbNTFazA0123<>|"


class Broken(Exception):
    """Two answers have one digest, or one that may not be remembered has any."""


def written_down(value: Any) -> Any:
    """All that can be told of a decoded value, in hashable form."""
    kind = type(value)
    if kind is np.ndarray:
        return "array", value.dtype.str, value.shape, value.tobytes()
    if kind in (list, tuple):
        return kind.__name__, tuple(map(written_down, value))
    if kind is dict:
        return kind.__name__, tuple((written_down(k), written_down(v)) for k, v in value.items())
    if kind is float:
        return kind.__name__, struct.pack("<d", value)
    if kind is complex:
        return kind.__name__, struct.pack("<dd", value.real, value.imag)
    return kind.__name__, repr(value)


def value(chance: random.Random, depth: int = 0) -> Any:
    where = chance.random()
    if depth < 3 and where < 0.35:
        items = [value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
        return chance.choice([items, tuple(items), {chance.choice(KEYS): item for item in items}])
    if where > 0.7:
        return chance.choice(LEAVES)
    kind, shape = np.dtype(chance.choice(KINDS)), chance.choice(SHAPES)
    size = int(np.prod(shape)) * kind.itemsize
    data = bytes(chance.choice((0, 0, 0, 1, 63, 128, 240, 127)) for _ in range(size))
    array = np.frombuffer(data, kind).reshape(shape)
    return chance.choice([array, array.T, np.asfortranarray(array), array[..., ::-1] if shape else array])  # fmt: skip  # noqa: E501


def spoilt(data: bytes, other: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(0, 4)):
        at = chance.randrange(len(found)) if found else 0
        match chance.randrange(5):
            case 0 if found:
                found[at] = chance.choice([*TAGS, 0, 1, 2, 4, 8, 255, chance.randrange(256)])
            case 1:
                del found[at : at + chance.choice((1, 1, 2, 4, 8))]
            case 2:
                found[at:at] = bytes([chance.choice((0, 1, 255, 32))]) * chance.choice((1, 1, 4, 8))
            case 3:
                begin = chance.randrange(len(other))
                length = chance.choice((1, 2, 4, 9, 20))
                found[at : at + length] = other[begin : begin + length]
            case _:
                found += bytes(chance.choice((1, 4, 8)))
    return bytes(found)


class Digests:
    """What has been seen of each digest."""

    def __init__(self, seed: int) -> None:
        self.tried = self.remembered = 0
        self.seen: dict[bytes, Any] = {}
        self._chance = random.Random(seed)
        self._other = b"x"

    def try_one(self) -> None:
        """Read one answer; raises Broken."""
        chance = self._chance
        try:
            data = wrap(value(chance), CAPS).tobytes()
        except WireError:
            return
        said = spoilt(data, self._other, chance) if chance.random() < 0.8 else data
        self._other = data
        packed = np.frombuffer(said, chance.choice((np.uint8, np.uint8, np.int8)))
        fields = {"status": "value", "value": packed}
        if chance.random() < 0.2:
            fields["changed"] = chance.choice(CHANGED)
        self.tried += 1
        try:
            reply = Reply(fields, [], CAPS, 0.0)
            digest, result = reply.digest, reply.result
        except Ended:
            return
        if digest is None:
            return
        self.remembered += 1
        if result.status != "value":
            raise Broken(f"a digest of {result.status}: {said!r}")
        answer = (written_down(result.value), tuple(result.changed))
        if self.seen.setdefault(digest, answer) != answer:
            raise Broken(f"{answer} and {self.seen[digest]}")


def main(seconds: float = 60.0, seed: float = 0.0) -> None:
    digests, end = Digests(int(seed)), time.monotonic() + seconds
    while time.monotonic() < end:
        digests.try_one()
    found = digests.remembered, len(digests.seen)
    print(f"{digests.tried} tried, {found[0]} with a digest, {found[1]} digests")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
