"""Right functions that watch the calls of a check, and may compare two wrong ones by them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from autograder.graders.compare import same
from autograder.judge.calls import Backend, Call, OpenBackend, StandIns
from autograder.judge.hint_matching import WrongVersion
from autograder.sandbox import CallResult


class Watched(OpenBackend):
    """The right functions; records the calls that a check makes."""

    def __init__(self, space: dict[str, Any]) -> None:
        super().__init__(space)
        self.calls: list[Call] = []

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, seed: int,
        stand_ins: StandIns,
    ) -> CallResult:  # fmt: skip
        own = deepcopy((args, dict(kwargs)))
        result = super().call(name, args, kwargs, seed=seed, stand_ins=stand_ins)
        self.calls.append(Call(name, *own, seed, result, stand_ins))
        return result


class Comparing(OpenBackend):
    """The right functions; compares what a version and a wrong one of the judge's answer.

    It notes the results of the right function, of the student's own one and of the version.
    """

    def __init__(
        self, space: dict[str, Any], own: Backend, version: Backend, known: WrongVersion
    ) -> None:
        super().__init__(space)
        self._own = own
        self._version = version
        self._known = known
        self.differ = False
        self.answers: list[Any] = []
        self.results: list[tuple[CallResult, CallResult, CallResult]] = []

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, seed: int,
        stand_ins: StandIns,
    ) -> CallResult:  # fmt: skip
        right = super().call(name, args, kwargs, seed=seed, stand_ins=stand_ins)
        if name == self._known.function and not self.differ:
            self.differ = True  # whatever ends this call
            answer = self._version.call(name, args, kwargs, seed=seed, stand_ins=stand_ins)
            given = (*args, *kwargs.values())
            self.answers += [] if any(same(answer.value, a) for a in given) else [answer.value]
            call = Call(name, args, kwargs, seed, answer, stand_ins)
            if self._known.reproduces(call):
                own = self._own.call(name, args, kwargs, seed=seed, stand_ins=stand_ins)
                self.results.append((right, own, answer))
                self.differ = False
        return right


def called(backend: Backend, call: Call) -> CallResult:
    return backend.call(call.name, call.args, call.kwargs, seed=call.seed, stand_ins=call.stand_ins)


def size(value: Any) -> int:
    """How many numbers there are in a value."""
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    return int(np.size(value))
