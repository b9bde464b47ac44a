"""What the judge's session does with an answer of the student's, whatever it is."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import random
import sys
from typing import Any

import numpy as np

from autograder.sandbox.frames import wrap
from autograder.sandbox.questions.arrays import Malformed
from autograder.sandbox.questions.sharing import Shared
from autograder.sandbox.wire_format import DEFAULT_CAPS, WireError

MODULES = ("builtins", "numpy", "collections", "datetime", "decimal", "fractions", "pathlib",
           "types", "pandas", "_io")  # fmt: skip
ARRAY = np.arange(12.0).reshape(3, 4)
GIVEN: list[Any] = [[1, 2.0], {"W": ARRAY.copy()}, np.zeros(4)]  # the judge's own


class Broken(Exception):
    """A promise of the reading side does not hold."""


def honest() -> list[Any]:
    """Values of all kinds that can be sent."""
    loop: list[Any] = [1]
    loop.append(loop)
    return [
        None, True, 3, -(2**80), 1.5, 1j, "text", b"bytes", (1, (2,)), [1, [2]], {"a": [1.0]},
        {1, 2}, frozenset({3}), range(3), slice(1, None), Ellipsis, NotImplemented, loop,
        datetime.datetime(2026, 1, 2), datetime.timedelta(3), decimal.Decimal("1.5"),
        fractions.Fraction(1, 3), bytearray(b"x"), collections.deque([1], 3),
        collections.OrderedDict(a=1), collections.Counter("aab"),
        collections.defaultdict(list, a=[]),
        np.float32(1.5), np.int8(3), np.dtype("f4"), ARRAY, ARRAY.T, ARRAY[1:, ::2], ARRAY > 3,
        np.array(["a", "bc"]), np.array([None, 1], object), np.array(["2026-01-02"], "M8[D]"),
        np.random.RandomState(1), np.random.default_rng(2), int, np.ndarray, len, Broken(),
    ]  # fmt: skip


def told(chance: random.Random) -> tuple[list[Any], list[Any]]:
    """The nodes and contents of a sound answer."""
    side = Shared(1, lambda value: ("handle", "instance", ("ref", 1)), lambda *_: None, trusts=True)
    return side.pack(chance.choices(honest(), k=3))


def mutated(node: Any, chance: random.Random, rate: float) -> Any:
    """The same, with parts of it replaced by others, left out or doubled."""
    if chance.random() < rate:
        return chance.choice(ODD)(chance)
    if type(node) in (tuple, list):
        items = [mutated(item, chance, rate) for item in node]
        if items and chance.random() < rate:
            place = chance.randrange(len(items))
            items[place : place + chance.randrange(2)] = chance.choices(
                items, k=chance.randrange(3)
            )
        return type(node)(items)
    return node


WORDS = (
    "list", "view", "array", "objects", "texts", "times", "mapping", "random", "class", "module",
    "named", "item", "scalar", "int", "decimal", "fraction", "range", "dtype", "state", "keys",
    "os", "system", "numpy", "builtins", "eval", "O", "|O8", "<U9", "M8[s]", "1e9", "handle",
    "function", "instance",
)  # fmt: skip
ODD = [
    lambda chance: None,
    lambda chance: chance.choice((-1, 0, 1, 2, 7, 2**40, 2**63, -(2**31))),
    lambda chance: chance.choice((0.5, float("nan"), 1e300)),
    lambda chance: chance.choice(WORDS),
    lambda chance: ("ref", chance.randrange(-1, 12)),
    lambda chance: (chance.choice(WORDS), chance.choice(WORDS)),
    lambda chance: (chance.choice(WORDS), [chance.choice(WORDS), chance.randrange(9)], ()),
    lambda chance: np.zeros(chance.choice(((), 0, 3, (2, 2))), chance.choice("?bf")),
    lambda chance: [],
    lambda chance: ("view", chance.randrange(8), chance.randrange(-8, 99), (2**20, 2**20), (0, 0),
                    chance.choice(("<f8", "O", "u1"))),
]  # fmt: skip


def try_one(chance: random.Random, rate: float = 0.03) -> bool:
    """Read one answer as the judge's session reads it; whether it was one.

    Raises Broken, or whatever the reading raises that it must not.
    """
    given = [list(GIVEN[0]), {"W": ARRAY.copy()}, np.zeros(4)]
    seen = given[1]["W"], given[1]["W"][1:]
    judge = Shared(0, lambda value: ("handle", "callback", "f"), adopt, trusts=False)
    judge.pack(given)
    nodes, contents = (mutated(part, chance, rate) for part in told(chance))
    if rate and type(contents) is list and contents:  # news of an object of the judge's
        contents.append((chance.choice((0, 2, 4, 6)), last_of(chance.choice(contents))))
    modules = set(sys.modules)
    try:
        payload = wrap((nodes, contents))
        values = judge.unpack(nodes, contents)
    except (Malformed, WireError, RecursionError):
        return False
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, MemoryError):
        return False  # refused by `Asking`, whatever it is; but see what it has left behind
    finally:
        if unexpected := {m.partition(".")[0] for m in set(sys.modules) - modules} - {
            *MODULES,
            "scipy",
        }:
            raise Broken(f"{unexpected} has been imported")
        if seen[0].nbytes != ARRAY.nbytes or not np.shares_memory(*seen):
            raise Broken("memory that somebody looks into has moved")
    if len(payload) > DEFAULT_CAPS.size:
        raise Broken("a large answer was read")
    for value in values:
        require_exact(value, set())
    return True


class StandIn:
    """What `StandIns` would make."""


def adopt(node: Any, reading: Any) -> Any:
    """In place of a stand-in."""
    return StandIn()


def require_exact(value: Any, seen: set[int]) -> None:
    """Every type that is reached is one of a library's, or a stand-in."""
    if id(value) in seen:
        return
    seen.add(id(value))
    kind = type(value)
    if kind is not StandIn and kind.__module__.partition(".")[0] not in MODULES:
        raise Broken(f"a value of type {kind}")
    if kind in (list, tuple, set, frozenset, collections.deque):
        for item in value:
            require_exact(item, seen)
    elif isinstance(value, dict):
        for key, item in dict.items(value):
            require_exact(key, seen)
            require_exact(item, seen)
    elif kind is np.ndarray and value.dtype.hasobject and value.size < 100:
        for item in value.ravel():
            require_exact(item, seen)


def last_of(item: Any) -> Any:
    """The content of what may be a number and a content."""
    return item[-1] if type(item) in (tuple, list) and item else item
