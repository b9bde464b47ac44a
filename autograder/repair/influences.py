"""Facts from calls alone: which arguments change which results, and which should.

A function is called once more with one argument changed. What changes then in every right version,
and what in none, is compared with what changes in the student's.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograder.graders.compare import same
from autograder.handout.words import Text
from autograder.judge.calls import Call, call_open
from autograder.judge.judge import Judge
from autograder.repair.places import OwnFunction, returned
from autograder.repair.statements import Donor
from autograder.sandbox import CallResult

SHOULD_NOT = "`{name}` changes {what}, and should not."
SHOULD_NOT_HERE = "Line {line}: `{name}` is read here; it changes {what}, and should not."
SHOULD = "`{name}` should change {what}, and changes nothing in it."
THE_SAME = "Whatever the function is given, {what} stays the same."
RETURNED_AS = "what is returned as `{name}`"
MOST_CALLS = 2  # of a check, each repeated with one argument changed
TURNS = 3  # other values of an argument, before it is said to change nothing
FEWEST = 2  # arguments without influence, from which on it is said of all
Where = Any  # in a tuple, or key of a dictionary; None for a lone value
CallAnswers = Callable[[Call], CallResult]


@dataclass(frozen=True)
class Influences:
    """For each argument the places that change with it, in all calls and in any."""

    always: Mapping[str, frozenset[Where]]
    ever: Mapping[str, frozenset[Where]]


def said(
    own: OwnFunction,
    calls: Sequence[Call],
    student: CallAnswers,
    right: Sequence[CallAnswers],
    further: Sequence[Call],
) -> Text | None:
    """The sentence on an argument that changes a result and should not, or the other way round.

    `student` and `right` answer calls as the student's function does, and all right versions.
    It is found in some `calls`, and said where the `further` ones do not contradict it.
    """
    bases = calls[:MOST_CALLS]
    changed = [found for call in bases for found in _changed(own, call)]
    right = [answers for answers in right if all(answers(c).status == "value" for c in bases)]
    wrong = _wrong_places(bases, student, right)
    if not changed or not wrong:
        return None
    mine = _influences(bases, changed, student)
    known = [_influences(bases, changed, answers) for answers in right]
    if mine is None or not known or any(found is None for found in known):
        return None
    sure = [found for found in known if found is not None]
    numbers = {name for name, _, call in changed if _is_number(call, own, name)}
    for name, place in _extra(mine, sure, wrong, numbers):
        if not any(_matters(own, name, place, further, answers) for answers in right):
            return _should_not(own, name, place)
    return _missing(own, mine, sure, wrong, student, further)


def _extra(
    mine: Influences,
    known: Sequence[Influences],
    wrong: Sequence[Where],
    numbers: Collection[str],
) -> Iterator[tuple[str, Where]]:
    """Of single numbers: an array may have no influence by chance, where it meets zeros."""
    for name, places in mine.ever.items():
        for place in wrong if name in numbers else ():
            if place in places and not any(place in found.ever[name] for found in known):
                yield name, place


def _should_not(own: OwnFunction, name: str, place: Where) -> Text:
    what = named(own, place)
    lines = {s.node.lineno for s in own.sites if _is_read(s.node, name)}
    if len(lines) == 1 and not _is_handed_on(own, name):
        return Text(SHOULD_NOT_HERE, line=min(lines), name=name, what=what)
    return Text(SHOULD_NOT, name=name, what=what)


def _is_handed_on(own: OwnFunction, name: str) -> bool:
    """Whether a function of the notebook gets it: the slip may be inside that."""
    calls = (n for s in own.body for n in ast.walk(s) if isinstance(n, ast.Call))
    return any(
        isinstance(call.func, ast.Name) and not hasattr(builtins, call.func.id)
        and any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(call))
        for call in calls
    )  # fmt: skip


def _missing(
    own: OwnFunction, mine: Influences, known: Sequence[Influences], wrong: Sequence[Where],
    student: CallAnswers, further: Sequence[Call],
) -> Text | None:  # fmt: skip
    for place in wrong:
        wanted = [n for n in mine.ever if all(place in found.always[n] for found in known)]
        unread = [n for n in wanted if place not in mine.ever[n]]
        lost = [n for n in unread if not _matters(own, n, place, further, student)]
        if len(lost) == len(wanted) >= FEWEST and _is_constant(own, place, further, student):
            return Text(THE_SAME, what=named(own, place))
        if lost:
            return Text(SHOULD, name=lost[0], what=named(own, place))
    return None


def _is_constant(
    own: OwnFunction, place: Where, calls: Sequence[Call], answers: CallAnswers
) -> bool:
    """Whether nothing that the calls give, or could give instead, changes a part of the result."""
    given = [_given(own, call) for call in calls]
    if not all(_is_quantity(value) for values in given for value in values.values()):
        return False  # of the others it is not known
    found = [_parts(answers(call).value).get(place) for call in calls]
    names = dict.fromkeys(name for values in given for name in values)
    return all(not _differ(value, found[0]) for value in found) and not any(
        _matters(own, name, place, calls, answers) for name in names
    )


def _matters(
    own: OwnFunction, name: str, place: Where, calls: Sequence[Call], answers: CallAnswers
) -> bool:
    """Whether an argument changes a part of the result in any of the calls, however it changes."""
    for call in calls:
        before, value = answers(call), _given(own, call).get(name)
        if before.status == "raised":
            continue
        if before.status != "value":
            return True  # nobody knows
        for other in (_turned(value, turn) for turn in range(TURNS)):
            if not _differ(value, other):
                continue
            after = answers(_again(call, *_with(own, call, name, other)))
            if after.status != "value":
                return True
            one, another = _parts(before.value), _parts(after.value)
            if (place in one) != (place in another) or _differ(one.get(place), another.get(place)):
                return True
    return False


def _is_number(call: Call, own: OwnFunction, name: str) -> bool:
    place = own.parameters.index(name)
    value = call.args[place] if place < len(call.args) else call.kwargs.get(name)
    return isinstance(value, bool | int | float)


def _is_read(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def named(own: OwnFunction, place: Where) -> Text:
    """What stands at a place of the result, in words."""
    if place is None:
        return Text("the result")
    if isinstance(place, str):
        return Text("`{name}`", name=place)
    if name := returned(own).get(place):
        return Text(RETURNED_AS, name=name)
    return Text("value {number} of what is returned", number=place + 1)


def _wrong_places(
    calls: Sequence[Call], student: CallAnswers, right: Sequence[CallAnswers]
) -> list[Where]:
    """Places of continuous numbers that are wrong in one call at least, as right versions order."""
    found: dict[Where, None] = {}
    for call in calls:
        mine, known = student(call), [answers(call) for answers in right]
        if mine.status != "value" or not known or any(k.status != "value" for k in known):
            return []
        parts, wanted = _parts(mine.value), _parts(known[0].value)
        for place, value in wanted.items():
            if _is_continuous(value) and place in parts and not same(parts[place], value):
                found[place] = None
    return list(found)


def _influences(
    bases: Sequence[Call], changed: Sequence[tuple[str, Call, Call]], answers: CallAnswers
) -> Influences | None:
    known = {id(call): answers(call) for call in bases}
    seen: dict[str, list[frozenset[Where]]] = {}
    for name, base, call in changed:
        before, after = known[id(base)], answers(call)
        if before.status != "value" or after.status != "value":
            return None
        one, other = _parts(before.value), _parts(after.value)
        seen.setdefault(name, []).append(
            frozenset(p for p in one if p not in other or _differ(one[p], other[p]))
        )
    return Influences(
        {name: frozenset.intersection(*places) for name, places in seen.items()},
        {name: frozenset.union(*places) for name, places in seen.items()},
    )


def _parts(value: Any) -> Mapping[Where, Any]:
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, tuple) else {None: value}


def _differ(one: Any, other: Any) -> bool:
    """Bit for bit: without any influence nothing changes at all."""
    return not same(one, other, rtol=0.0, atol=0.0)


def _is_continuous(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(map(_is_continuous, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(_is_continuous, value))
    return isinstance(value, float | np.floating) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "f"
    )


def _changed(own: OwnFunction, call: Call) -> Iterator[tuple[str, Call, Call]]:
    """The call with one argument changed: its name, the call, the changed call.

    A tuple of values that belong together is not changed, nor arrays beside one: right versions
    read the same from different ones of them.
    """
    given = _given(own, call)
    joined = any(isinstance(value, tuple) for value in given.values())
    for name, value in given.items():
        if joined and not isinstance(value, bool | int | float):
            continue
        for other in _others(value):
            yield name, call, _again(call, *_with(own, call, name, other))


def _given(own: OwnFunction, call: Call) -> dict[str, Any]:
    """The arguments by name, with the defaults of those that are not given."""
    names = [p for p in own.parameters if p not in call.kwargs]
    given = dict(zip(names, call.args, strict=False)) | dict(call.kwargs)
    defaults = own.node.args.defaults
    for parameter, default in zip(own.parameters[::-1], defaults[::-1], strict=False):
        if parameter not in given and isinstance(default, ast.Constant):
            given[parameter] = default.value
    return {name: value for name, value in given.items() if name in own.parameters}


def _with(
    own: OwnFunction, call: Call, name: str, value: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    place = own.parameters.index(name)
    if place < len(call.args):
        return (*call.args[:place], value, *call.args[place + 1 :]), dict(call.kwargs)
    return call.args, {**call.kwargs, name: value}


def _again(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Call:
    return Call(call.name, args, kwargs, call.seed, call.result, call.stand_ins)


def _others(value: Any) -> list[Any]:
    """Two other values of the same kind, in the same range; none for what is not a quantity."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, float):
        return [value * 0.9, value * 0.8] if value else [0.1, 0.2]
    if isinstance(value, int):
        return [value + 1, value + 2]
    if _is_continuous(value) and isinstance(value, np.ndarray):
        return [_waved(value, share) for share in (0.9, 0.8)]
    is_plain = isinstance(value, dict) and all(isinstance(v, np.ndarray) for v in value.values())
    if is_plain and _is_continuous(value):
        return [{k: _waved(v, share) for k, v in value.items()} for share in (0.9, 0.8)]
    return []


def _turned(value: Any, turn: int) -> Any:
    """Another value of the same shape, perhaps of another range; texts and functions as they are.

    There are `TURNS` of them.
    """
    if isinstance(value, dict):
        return {key: _turned(part, turn) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([_turned(part, turn) for part in value])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return (value + 1, value // 2, 3 * value)[turn]
    if isinstance(value, float):
        return (0.9 * value, 0.3 * value, 3.0 * value)[turn] if value else 0.1 + turn
    if not isinstance(value, np.ndarray):
        return value
    backwards = value.ravel()[::-1].reshape(value.shape)
    if value.dtype.kind != "f":
        return backwards
    return (_waved(value, 0.9), -_waved(value, 1.0), backwards)[turn]


def _is_quantity(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_quantity, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_quantity, value))
    return isinstance(value, bool | int | float | np.ndarray)


def _waved(value: Any, share: float) -> Any:
    """An array with each entry changed by another share: many functions forget a common factor."""
    return value * (share + 0.05 * np.cos(np.arange(value.size))).reshape(value.shape)


def answering(judge: Judge, donor: Donor) -> CallAnswers:
    """Answers calls as a right version does, in this process."""
    space = dict(vars(judge.reference))
    exec(compile(donor.function.with_splices(), "<right version>", "exec"), space)

    return partial(_answer, space)


def _answer(space: dict[str, Any], call: Call) -> CallResult:
    args, kwargs = deepcopy((call.args, dict(call.kwargs)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call_open(space, call.name, args, kwargs, seed=call.seed, stand_ins=call.stand_ins)
