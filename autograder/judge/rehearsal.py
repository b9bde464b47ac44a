"""The calls that each check makes of the reference, so that they can be sent ahead.

A check is a function of the student's answers: its inputs come from random streams that are the
same for everyone. The calls that it makes on a right submission are therefore known from a run on
the reference. They are sent in one message, public checks first: hidden inputs cross only after
those are judged. When a check has judged the very same answers before, bit for bit, its verdict
is taken from a cache.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, zip_longest
from typing import Any, Generic, TypeVar

import numpy as np
import pytest

from autograder.judge.calls import (
    Answer,
    Backend,
    BackendAhead,
    Call,
    OpenBackend,
    StandIns,
    ending,
)
from autograder.judge.checks import Recording
from autograder.judge.collected import OURS, CollectedChecks
from autograder.model import Check
from autograder.sandbox import CallResult, PreparedCall
from autograder.sandbox.cpu_clock import this_thread_waited
from autograder.sandbox.driving import Driven
from autograder.sandbox.frames import TRUSTED
from autograder.sandbox.wire import encode
from autograder.sandbox.wire_format import WireError

MOST_REMEMBERED = 10_000

Value = TypeVar("Value")


class Remembered(dict[tuple[Any, ...], Value], Generic[Value]):
    """A cache keyed by answers; it drops the oldest entry when it holds too many."""

    def __setitem__(self, key: tuple[Any, ...], value: Value) -> None:
        super().__setitem__(key, value)
        if len(self) > MOST_REMEMBERED:
            del self[next(iter(self))]


@dataclass(frozen=True)
class Judged:
    """A finished check, the calls behind it, and the digests of the answers it saw."""

    check: Check
    calls: Callable[[], Sequence[Call]]
    digests: tuple[bytes, ...] | None = None  # None: nothing of it may be remembered

    def lines(self) -> tuple[str, ...]:
        """The notebook's lines on the way to the exception which ended the check, if one did."""
        call = ending(self.calls())
        return () if call is None else tuple(call.result.lines)


@dataclass(frozen=True)
class Script:
    """The calls of one check on the reference, in order."""

    calls: tuple[Call, ...]
    prepared: tuple[PreparedCall, ...]

    def with_answers(self, answers: Sequence[Answer]) -> list[Call]:
        """The same calls as a student answered them."""
        return [
            replace(call, result=answer.result, prepared=prepared)
            for call, answer, prepared in zip(self.calls, answers, self.prepared, strict=True)
        ]


class Rehearsal:
    """Runs checks, with calls sent ahead where possible, and caches verdicts by answers."""

    def __init__(
        self,
        collected: CollectedChecks,
        reference: dict[str, Any],
        seed: str,
        only: frozenset[str] | None = None,
    ) -> None:
        """`seed` is the seed of the inputs; `only` limits the exercises, for one submission.

        A rehearsal for the whole course keeps the names in the answers, and the seconds taken.
        """
        self._collected = collected
        self.seed = seed
        self._lasting = only is None
        self._scripts: dict[str, Script] = {}
        self._known: Remembered[Check] = Remembered()
        self.free: list[str] = []  # checks that pass and have called nothing
        self.seconds: dict[str, float] = {}  # that the reference takes, at most, by function
        for item in collected.items if only is None else collected.items_of(only):
            self._rehearse(item, Rehearsing(reference))

    def _rehearse(self, item: pytest.Item, backend: Rehearsing) -> None:
        try:
            [(check, _)] = self._collected.run([(item, backend)], self.seed).values()
        except OURS:
            return  # it will be reported when a submission meets it
        for call in backend.calls if self._lasting else ():
            known = self._collected.gate.known
            known.learn(call.name, call.args, dict(call.kwargs), call.result.value)
            if isinstance(call.name, Driven):
                known.names.update(call.name.driver.names)
            taken = max(self.seconds.get(call.name, 0), call.result.seconds)
            self.seconds[str(call.name)] = taken
        if check.passed and not backend.calls:
            self.free.append(check.id)
        if check.passed and backend.prepared is not None:
            self._scripts[item.nodeid] = Script(tuple(backend.calls), tuple(backend.prepared))

    def script(self, item: pytest.Item) -> Script | None:
        """The calls that a check makes of the reference; None where they cannot be sent ahead."""
        return self._scripts.get(item.nodeid)

    def run(self, backend: Backend, exercises: frozenset[str]) -> Iterator[Judged]:
        """All checks of some exercises on one student's functions."""
        items = self._collected.items_of(exercises)
        if not isinstance(backend, BackendAhead):
            yield from self._live([(item, backend) for item in items]).values()
            return
        named = {item.nodeid: item for item in items}
        for public in (True, False):
            wanted = {n: i for n, i in named.items() if (n in self._collected.public) is public}
            yield from self._ahead(backend, wanted)

    def _ahead(self, backend: BackendAhead, items: Mapping[str, pytest.Item]) -> list[Judged]:
        scripts = {name: self._scripts[name] for name in items if name in self._scripts}
        answers = iter(backend.call_ahead([c for s in scripts.values() for c in s.prepared]))
        turns: list[tuple[pytest.Item, Backend]] = []
        judged: dict[str, Judged] = {}
        for name, item in items.items():
            script = scripts.get(name)
            if script is None:
                turns.append((item, backend))
                continue
            given = Given(backend, name, script, list(islice(answers, len(script.calls))))
            known = self._known.get(given.key) if given.digests else None
            if known is None:
                turns.append((item, given))
            else:
                judged[name] = Judged(known.lasting(given.seconds), given.calls, given.digests)
        judged |= self._live(turns)
        return [judged[name] for name in items]

    def _live(self, turns: Sequence[tuple[pytest.Item, Backend]]) -> dict[str, Judged]:
        finished = self._collected.run(turns, self.seed) if turns else {}
        judged = {}
        for item, backend in turns:
            check, recording = finished[item.nodeid]
            if isinstance(backend, Given):
                judged[item.nodeid] = self._remembered(backend, check, recording)
            else:
                judged[item.nodeid] = Judged(check, partial(list, recording.calls))
        return judged

    def _remembered(self, given: Given, check: Check, recording: Recording) -> Judged:
        check = check.lasting(round(check.seconds + given.seconds, 6))
        if given.strayed or not recording.calls:  # what it found depends on more than the answers
            return Judged(check, partial(list, recording.calls))
        if given.digests:
            self._known[given.key] = check
        return Judged(check, given.calls, given.digests)


def unsteady_checks(
    collected: CollectedChecks, reference: dict[str, Any], seed: str
) -> Iterator[str]:
    """Names of checks that ask for something else when all are run on the reference again."""
    once, again = (
        [_asked(collected, item, reference, seed, turn) for item in collected.items]
        for turn in (1, 2)
    )
    for item, before, after in zip(collected.items, once, again, strict=True):
        if _differ(before, after):
            yield item.name


def _asked(
    collected: CollectedChecks, item: pytest.Item, reference: dict[str, Any], seed: str, turn: int
) -> list[Call]:
    """The calls of a check, which finds the global random state otherwise at each turn."""
    np.random.seed(turn)
    random.seed(turn)
    backend = Rehearsing(reference)
    with suppress(*OURS):  # reported by whoever runs it for a submission
        collected.run([(item, backend)], seed)
    return backend.calls


def _differ(before: Sequence[Call], after: Sequence[Call]) -> bool:
    """Whether two runs ask for something else before they get something else."""
    for one, other in zip_longest(before, after):
        if one is None or other is None or one.name != other.name:
            return True
        if _asked_of(one) != _asked_of(other):
            return True
        if _packed(one.result.value) != _packed(other.result.value):
            return False  # the reference draws numbers of its own
    return False


def _asked_of(call: Call) -> Any:
    """What a call sends; functions that it would call back are as good as any other."""
    ready = _ready(call.name, call.args, call.kwargs, call.seed, call.stand_ins)
    if ready is not None:
        return ready.payload.tobytes()
    stand_ins = {key: _parts(function) for key, function in call.stand_ins.items()}
    return _parts(call.args), _parts(dict(call.kwargs)), stand_ins


def _parts(value: Any) -> Any:
    """The bytes of a value, or of those of its parts that can be packed."""
    if (ready := _ready("", (value,), {}, 0, {})) is not None:
        return ready.payload.tobytes()
    if isinstance(value, dict):
        return [(_parts(key), _parts(item)) for key, item in value.items()]
    return list(map(_parts, value)) if isinstance(value, list | tuple) else None


def _packed(*values: Any) -> bytes | None:
    try:
        return b"".join(encode(values, TRUSTED))
    except WireError:  # functions, and what only drivers use
        return None


class Rehearsing(OpenBackend):
    """Records calls of the reference's functions; `prepared` is None if one cannot go ahead."""

    def __init__(self, space: dict[str, Any]) -> None:
        super().__init__(space)
        self.calls: list[Call] = []
        self.prepared: list[PreparedCall] | None = []

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, seed: int,
        stand_ins: StandIns,
    ) -> CallResult:  # fmt: skip
        own = deepcopy((args, dict(kwargs)))  # the check may change them afterwards
        before = _time_used()
        result = super().call(name, args, kwargs, seed=seed, stand_ins=stand_ins)
        seconds = max(now - then for now, then in zip(_time_used(), before, strict=True))
        result = replace(result, seconds=seconds)
        self.calls.append(Call(name, *own, seed, result, stand_ins))
        alone = isinstance(name, Driven) and name.alone
        ready = None if alone else _ready(name, args, kwargs, seed, stand_ins)
        if ready is None or self.prepared is None:
            self.prepared = None
        else:
            self.prepared.append(ready)
        return result


def _time_used() -> tuple[float, float]:
    """Seconds that this process has computed, and those on the clock without a wait in the queue.

    Of a call the larger counts: a function may compute in several threads, and it may sleep.
    """
    return time.process_time(), time.monotonic() - this_thread_waited()


def _ready(
    name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], seed: int, stand_ins: StandIns
) -> PreparedCall | None:
    """The call, ready to be sent; None where it calls back a function of the judge's."""
    try:
        return PreparedCall(name, args, kwargs, seed, stand_ins)
    except WireError:
        return None


class Given:
    """A backend for one check that replays answered calls, and makes any other call now."""

    def __init__(
        self, backend: Backend, check: str, script: Script, answers: Sequence[Answer]
    ) -> None:
        self._backend = backend
        self._script = script
        self._answers = answers
        self._next = 0
        self.strayed = False  # a call was not the one that was sent ahead
        digests = [answer.digest for answer in answers]
        known = tuple(digest for digest in digests if digest is not None)
        self.digests = known if len(known) == len(digests) else None
        self.key = (check, self.digests)
        self.seconds = round(sum(answer.seconds for answer in answers), 6)

    def calls(self) -> list[Call]:
        """The calls that were sent ahead, as they were answered."""
        return self._script.with_answers(self._answers)

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, seed: int,
        stand_ins: StandIns,
    ) -> CallResult:  # fmt: skip
        position, self._next = self._next, self._next + 1
        if position < len(self._answers):
            expected = self._script.prepared[position].payload
            ready = _ready(name, args, kwargs, seed, stand_ins)
            if ready is not None and np.array_equal(ready.payload, expected):
                return self._answers[position].result
        self.strayed = True
        return self._backend.call(name, args, kwargs, seed=seed, stand_ins=stand_ins)
