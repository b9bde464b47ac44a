"""Facts from the shapes and the keys of answers: one number for each column where one for each row
is wanted, rows and columns exchanged, the names of an argument's entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Any

import numpy as np

from autograder.handout.words import Text
from autograder.judge.calls import Call
from autograder.repair.influences import named
from autograder.repair.places import OwnFunction, returned
from autograder.repair.shown_by_layers import layer_left_out
from autograder.sandbox import CallResult

FOR_EACH_COLUMN = (
    "There are as many numbers in {what} as `{name}` has columns, and there should be one for each "
    "of its rows: look at the axis."
)
FOR_EACH_ROW = (
    "There are as many numbers in {what} as `{name}` has rows, and there should be one for each of "
    "its columns: look at the axis."
)
EXCHANGED = "Rows and columns of {what} have changed places."
NAMES_OF_ANOTHER = (
    "The entries of what is returned have the names of those in `{name}`; other names are asked "
    "for."
)
LONGEST = 40  # letters of a key that is told
Grid = np.ndarray[Any, Any]
Pair = tuple[Call, Any]  # a call, and what the student's function answers


def shown_by_shapes(
    own: OwnFunction, calls: Sequence[Call], student: Callable[[Call], CallResult]
) -> Text | None:
    """The sentence that every one of some calls shows; nothing where one ends without a value."""
    pairs = []
    for call in calls:
        mine = student(call)
        if mine.status != "value":
            return None
        pairs.append((call, mine.value))
    if not pairs:
        return None
    shape = _other_axis(own, pairs) or _names_of_another(own, pairs) or _exchanged(own, pairs)
    return shape or layer_left_out(pairs)


def _other_axis(own: OwnFunction, pairs: Sequence[Pair]) -> Text | None:
    """A part that has the length of the other axis of an array, wherever the two differ."""
    for place in _parts(pairs[0][0].result.value):
        known = _tables(own, pairs[0][0])
        for name in sorted(known, key=lambda name: -_alike(name, place)):
            found = {_axis(call, mine, place, _tables(own, call).get(name)) for call, mine in pairs}
            if len(found - {""}) == 1 and "wrong" not in found:
                return Text(*found - {""}, what=named(own, place), name=name)
    return None


def _tables(own: OwnFunction, call: Call) -> dict[str, Grid]:
    """The arrays with two axes by their names: what the function is given, then what is right."""
    value, names = call.result.value, returned(own)
    parts = {p if isinstance(p, str) else names.get(p, ""): _part(value, p) for p in _parts(value)}
    found = {**dict(zip(own.parameters, call.args, strict=False)), **parts}
    return {n: v for n, v in found.items() if n and isinstance(v, np.ndarray) and v.ndim == 2}


def _alike(name: str, place: Any) -> int:
    """How many letters at the end two names share: dZ2 stands nearer to db2 than dZ1."""
    pairs = zip(reversed(name), reversed(str(place)), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _axis(call: Call, mine: Any, place: Any, given: Grid | None) -> str:
    """What a call shows of a part: the sentence, nothing, or that it is no such part."""
    one, wanted = _part(mine, place), _part(call.result.value, place)
    if given is None or not all(isinstance(value, np.ndarray) for value in (one, wanted)):
        return "wrong"
    if not _is_line(one) or not _is_line(wanted):
        return "wrong"
    rows, columns = given.shape
    if rows == columns and one.size == rows == wanted.size:
        return ""  # it shows nothing
    if min(rows, columns) < 2 or {one.size, wanted.size} != {rows, columns}:
        return "wrong"
    return FOR_EACH_COLUMN if one.size == columns else FOR_EACH_ROW


def _is_line(value: Grid) -> bool:
    """Whether at most one axis is longer than 1."""
    return value.ndim > 0 and sum(length != 1 for length in value.shape) <= 1


def _exchanged(own: OwnFunction, pairs: Sequence[Pair]) -> Text | None:
    for place in _parts(pairs[0][0].result.value):
        both = [(_part(mine, place), _part(call.result.value, place)) for call, mine in pairs]
        both = [pair for pair in both if not all(value is None for value in pair)]
        if not all(isinstance(v, np.ndarray) and v.ndim == 2 for pair in both for v in pair):
            continue
        shapes = [(one.shape, wanted.shape) for one, wanted in both]
        is_turned = all(one == wanted[::-1] for one, wanted in shapes)
        if is_turned and any(one != wanted and min(one) > 1 for one, wanted in shapes):
            return Text(EXCHANGED, what=named(own, place))
    return None


def _names_of_another(own: OwnFunction, pairs: Sequence[Pair]) -> Text | None:
    """Where the keys of what is returned are those of an argument, and should be others."""
    for number, name in enumerate(own.parameters):
        if all(_has_keys_of(call, mine, number) for call, mine in pairs):
            return Text(NAMES_OF_ANOTHER, name=name)
    return None


def _has_keys_of(call: Call, mine: Any, number: int) -> bool:
    wanted, given = call.result.value, (*call.args, *[None] * (number + 1))[number]
    if not all(isinstance(value, dict) for value in (mine, wanted, given)):
        return False
    return mine.keys() == given.keys() and not mine.keys() & wanted.keys()


def _parts(value: Any) -> Iterator[Any]:
    """The places in a tuple, or keys of a dictionary; None for a lone value."""
    if isinstance(value, dict):
        yield from (k for k in value if isinstance(k, str) and len(k) <= LONGEST)
    elif isinstance(value, tuple):
        yield from range(len(value))
    else:
        yield None


def _part(value: Any, place: Any) -> Any:
    if place is None:
        return value
    if isinstance(place, int):
        return value[place] if isinstance(value, tuple) and place < len(value) else None
    return value.get(place) if isinstance(value, dict) else None
