"""Versions that repair something, noted among all that were tried for a whole repair.

The answers of a version are kept as a few numbers for each part of what it returns. A version that
gives more right parts than the student's function, and none less, has repaired one of two slips.
One that gives the answers of a known mistake has left that mistake alone, and repaired the other.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.graders.compare import same
from autograder.judge.hint_matching import WrongVersion
from autograder.sandbox import CallResult

MOST_PARTS = 60  # of one answer; what a longer list holds is one part
CLOSE = 1e-7  # of all its numbers' sizes together: as near as rounding brings two right ones
NOTHING = 1e-13
MOST_KEPT = 1 << 16  # entries of an array; what longer ones are multiplied with repeats itself
PartPlace = tuple[Hashable, ...]  # the number of a call, then keys and positions
# shape, two sums of the entries, their size
PartDigest = tuple[tuple[int, ...], float, float, float]


def parts_of(value: Any, place: PartPlace = ()) -> dict[PartPlace, PartDigest]:
    """The parts of an answer by their places: entries of dictionaries, tuples and lists."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, tuple) or (isinstance(value, list) and not _are_numbers(value)):
        items = list(enumerate(value))
    if not 0 < len(items) <= MOST_PARTS:
        return {place: _part(value)}
    found: dict[PartPlace, PartDigest] = {}
    for key, item in items:
        found |= parts_of(item, (*place, key))
    return found


def _are_numbers(values: list[Any]) -> bool:
    """Whether a list holds numbers alone, or lists of them: it stands for an array."""
    return all(
        _are_numbers(value) if isinstance(value, list) else isinstance(value, int | float)
        for value in values
    )


def _part(value: Any) -> PartDigest:
    try:
        shape, flat = _numbers(value)
    except (TypeError, ValueError, OverflowError):
        return (-1,), float(zlib.crc32(repr(value).encode())), 0.0, 0.0
    with np.errstate(all="ignore"):
        size = float(np.abs(flat).sum())
        return shape, float(flat.sum()), float(flat @ _waves(flat.size)), size


def _numbers(value: Any) -> tuple[tuple[int, ...], np.ndarray[Any, np.dtype[np.float64]]]:
    """A shape and the numbers of an array, or of a list of pairs of arrays one after the other.

    `repr` of 74 mini-batches of 5 rows takes 27 times as long, and knows no rounding.
    """
    if isinstance(value, list) and _are_numbers(value):
        with suppress(ValueError):  # rows of different lengths
            array = np.asarray(value, dtype=float)
            return array.shape, array.ravel()
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], (list, tuple)):
        parts = [_numbers(item) for item in value]
        shape = (len(parts), *(n for inner, _ in parts for n in inner))
        return shape, np.concatenate([numbers for _, numbers in parts])
    if isinstance(value, (list, tuple)) and any(isinstance(item, np.ndarray) for item in value):
        arrays = [np.asarray(item, dtype=float) for item in value]
        shape = (len(arrays), *(n for array in arrays for n in (array.ndim, *array.shape)))
        return shape, np.concatenate([array.ravel() for array in arrays])
    array = np.asarray(value, dtype=float)
    return array.shape, array.ravel()


def vary(values: Sequence[Any]) -> bool:
    """Whether answers differ from one another, and hold more than one thing that is finite."""
    found = set().union(*map(_held, values))
    return len(found) > 1 and not all(same(value, values[0]) for value in values[1:])


def _held(value: Any) -> set[Any]:
    """The finite numbers in an answer, rounded, and all else that it holds."""
    if isinstance(value, dict):
        value = list(value.values())
    try:
        numbers = np.asarray(value, dtype=float).ravel()
    except (TypeError, ValueError, OverflowError):
        parts = value if isinstance(value, (list, tuple)) else ()
        return set().union(*map(_held, parts)) if parts else {repr(value)}
    return set(np.round(numbers[np.isfinite(numbers)], 9).tolist())


@lru_cache(maxsize=32)  # a student chooses how long the arrays are
def _kept_waves(size: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(np.cos(1.0 + np.arange(size)), dtype=np.float64)


def _waves(size: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    kept = _kept_waves(min(size, MOST_KEPT))
    return kept if size <= MOST_KEPT else np.resize(kept, size)


def are_same(one: PartDigest, other: PartDigest) -> bool:
    """Whether two parts are the same up to rounding; what is not finite is like nothing."""
    if one[0] != other[0] or not (np.isfinite(one[3]) and np.isfinite(other[3])):
        return False
    close = CLOSE * max(one[3], other[3]) + NOTHING
    return all(abs(a - b) <= close for a, b in zip(one[1:3], other[1:3], strict=True))


PartDigests = Mapping[PartPlace, PartDigest]


def profile(results: Sequence[CallResult]) -> PartDigests:
    """The parts of the answers to several calls; of one that gave no value there are none."""
    found: dict[PartPlace, PartDigest] = {}
    for number, result in enumerate(results):
        if result.status == "value":
            found |= parts_of(result.value, (number,))
    return found


def agreeing(one: PartDigests, other: PartDigests) -> frozenset[PartPlace]:
    """The places whose parts are the same in both."""
    return frozenset(p for p, part in other.items() if p in one and are_same(one[p], part))


@dataclass
class PartialRepairs:
    """What versions have repaired in the same few calls."""

    wanted: PartDigests
    own: PartDigests  # what the student's function answers
    known: Sequence[tuple[WrongVersion, PartDigests]] = ()
    better: dict[str, frozenset[PartPlace]] = field(default_factory=dict)  # version → right parts
    like: list[tuple[str, WrongVersion]] = field(default_factory=list)
    right: frozenset[PartPlace] = field(init=False)

    def __post_init__(self) -> None:
        self.right = agreeing(self.own, self.wanted)

    def look(self, version: str, results: Sequence[CallResult]) -> None:
        """Note a version by the results of those calls."""
        found = profile(results)
        if found == self.own:
            return
        right = agreeing(found, self.wanted)
        if right > self.right:
            self.better[version] = right
        self.like += [(version, one) for one, parts in self.known if _is_like(found, parts)]


def _is_like(one: PartDigests, other: PartDigests) -> bool:
    return one.keys() == other.keys() and all(are_same(one[p], other[p]) for p in one)
