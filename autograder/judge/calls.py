"""Call trusted code (references, misconceptions, mutants) in this process, without a sandbox."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from io import StringIO
from tempfile import TemporaryDirectory
from types import FunctionType, GeneratorType
from typing import Any, Protocol, runtime_checkable

import numpy as np

from autograder.graders.compare import same
from autograder.sandbox import CallResult, PreparedCall
from autograder.sandbox.driving import Driven, MissingName
from autograder.sandbox.raised import kinds_of, plain_arguments
from autograder.sandbox.replacing import replaced

StandIns = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Call:
    """One call of a student's function, as a check made it."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    seed: int
    result: CallResult
    stand_ins: StandIns = field(default_factory=dict)
    prepared: PreparedCall | None = None  # one and the same for every student


def ending(calls: Sequence[Call]) -> Call | None:
    """The first call that gave no value; it ends a check, even if later calls were sent with it."""
    return next((call for call in calls if call.result.status != "value"), None)


class Answer:
    """The answer to a call that was sent ahead, unpacked when it is read.

    `digest` covers all that a check can see of it: answers with equal digests are equal.
    None marks an answer that may not be cached: a limit, a crash, an exception, an output.
    """

    def __init__(
        self, digest: bytes | None, seconds: float, unpack: Callable[[], CallResult], size: int = 0
    ) -> None:
        """`size`: bytes that the value takes, about, where that is known."""
        self.digest = digest
        self.seconds = seconds
        self.size = size
        self._unpack = unpack

    @cached_property
    def result(self) -> CallResult:
        return self._unpack()


class Backend(Protocol):
    """Calls a student's functions: in the sandbox, or in this process for trusted code."""

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, seed: int,
        stand_ins: StandIns,
    ) -> CallResult: ...  # fmt: skip


@runtime_checkable
class BackendAhead(Backend, Protocol):
    """A backend to which many calls can be sent at once."""

    def call_ahead(self, calls: Sequence[PreparedCall]) -> list[Answer]: ...


def call_open(
    space: dict[str, Any],
    name: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    seed: int,
    stand_ins: StandIns,
) -> CallResult:
    """Call a function of a namespace in this process; an exception becomes a result.

    A driver starts in an empty folder of its own, which goes with what it has written there.
    """
    function = partial(_driven, name, space) if isinstance(name, Driven) else space.get(name)
    if not callable(function):
        return CallResult(status="missing")
    np.random.seed(seed)
    random.seed(seed)
    start, shown = time.thread_time(), StringIO()
    try:
        with replaced(space, stand_ins), redirect_stdout(shown), np.errstate(all="ignore"):
            value = function(*args, **kwargs)
    except MissingName as error:
        return CallResult("missing", error_name=type(error).__name__, error_message=str(error))
    except Exception as error:
        return CallResult(
            status="raised",
            error_name=type(error).__name__,
            error_message=str(error),
            stdout=shown.getvalue(),
            kinds=tuple(kinds_of(type(error))),
            arguments=tuple(plain_arguments(error)),
        )
    seconds = time.thread_time() - start
    return CallResult(status="value", value=value, stdout=shown.getvalue(), seconds=seconds)


def _driven(name: Driven, space: dict[str, Any], /, **values: Any) -> Any:
    for variable in name.driver.names:
        if isinstance(space.get(variable), GeneratorType):
            raise TypeError(
                f"{variable} is a generator, which runs once and not for every student: let the "
                "exercise be the function that makes it, or a list"
            )
    with TemporaryDirectory() as folder, chdir(folder):
        return name.driver.run(space, **values)


def apart(space: dict[str, Any]) -> dict[str, Any]:
    """A copy of a namespace and its functions: replacing a name in the copy leaves this one."""
    own = dict(space)
    for name, value in space.items():
        if isinstance(value, FunctionType) and value.__globals__ is space:
            twin = FunctionType(value.__code__, own, name, value.__defaults__, value.__closure__)
            twin.__kwdefaults__ = value.__kwdefaults__
            own[name] = twin
    return own


class OpenBackend:
    """A namespace of trusted functions in this process, called on copies of their arguments."""

    def __init__(self, space: dict[str, Any]) -> None:
        self.space = space

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, seed: int,
        stand_ins: StandIns,
    ) -> CallResult:  # fmt: skip
        own, named = deepcopy(args), deepcopy(dict(kwargs))
        result = call_open(self.space, name, own, named, seed=seed, stand_ins=stand_ins)
        before = {**{str(place): value for place, value in enumerate(args)}, **kwargs}
        after = {**{str(place): value for place, value in enumerate(own)}, **named}
        containers = (key for key in before if isinstance(before[key], list | dict | np.ndarray))
        changed = tuple(key for key in containers if not same(after[key], before[key]))
        return replace(result, changed=changed) if changed else result
