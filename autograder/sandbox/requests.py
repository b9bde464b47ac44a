"""The judge's requests to a session: calls, prepared or not, and the limits of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from autograder.sandbox.driving import Driven, SentFunction
from autograder.sandbox.frames import wrap
from autograder.sandbox.received_outputs import Output, join_streams
from autograder.sandbox.replies import Ended, error_of, place_of
from autograder.sandbox.results import CellResult
from autograder.sandbox.series import wrap_series
from autograder.sandbox.wire_format import WireError

StandIns = Mapping[str, Callable[..., Any]]  # by the names under which they are called

# To be imported ahead (`preload`) where one session is to ask another for what it has made.
QUESTIONS = "autograder.sandbox.questions.serving"


@dataclass(frozen=True)
class Callback:
    """A function of the judge as an argument of a call; only copies of values cross."""

    function: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


class PreparedCall:
    """A call that calls nothing back, packed once for any number of sessions."""

    def __init__(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        seed: int | None,
        stand_ins: StandIns | None = None,
    ) -> None:
        """Raises wire.WireError for arguments, or stand-ins, that cannot cross."""
        self.name = name
        self.stand_ins = tuple(sorted(stand_ins or ()))
        own = {key: _sent(function) for key, function in (stand_ins or {}).items()}
        given = _arguments(args, kwargs, _sent)
        self.payload = wrap((_called(name), *given, seed, own))


@lru_cache(maxsize=256)
def packed(calls: tuple[PreparedCall, ...]) -> Any:
    """Many calls in one payload."""
    return wrap([call.payload for call in calls])


def call_message(
    name: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    seed: int | None,
    stand_ins: StandIns,
) -> tuple[tuple[Any, ...], StandIns]:
    """The message of a single call, and the functions that it may call back.

    Raises wire.WireError for arguments that cannot cross.
    """
    callbacks: dict[str, Callable[..., Any]] = {}
    named = partial(_named, callbacks)
    given = _arguments(args, kwargs, named)
    own = {key: named(function, key) for key, function in stand_ins.items()}
    return ("call", _called(name), *given, seed, own), callbacks


def _called(name: str) -> str | tuple[Any, ...]:
    """What a call names: a function of the notebook's, or the parts of a driver."""
    return tuple(name.driver) if isinstance(name, Driven) else name


def _arguments(
    args: Sequence[Any], kwargs: Mapping[str, Any], send: Callable[[Any], Any]
) -> tuple[Any, list[str], dict[int, Any]]:
    """The arguments as they are sent: a series, keywords, and functions by their place in it."""
    values = [*args, *kwargs.values()]
    functions = {
        place: send(item)
        for place, item in enumerate(values)
        if isinstance(item, SentFunction | Callback)
    }
    for place in functions:
        values[place] = None
    return wrap_series(values), [*kwargs], functions


def _named(callbacks: dict[str, Callable[..., Any]], item: Any, stands_in_for: str = "") -> Any:
    """A function as it is sent: its text, or the name to call it back by."""
    if isinstance(item, SentFunction):
        return _sent(item)
    name = stands_in_for or f"callback {len(callbacks)}"  # no name that a notebook could hold
    callbacks[name] = item
    return name


def _sent(function: Callable[..., Any]) -> tuple[str, str, Any]:
    """A function as text, its name, and the payload of its values; raises wire.WireError."""
    if not isinstance(function, SentFunction):
        raise WireError("a function that runs in the judge's process")
    return function.driver.text, function.driver.name, wrap(dict(function.values))


@dataclass
class Turn:
    """One cell or call of a request: its limits, and what the child sent for it."""

    start: float
    deadline: float
    patience: float  # seconds that are left to it when it is interrupted; 0 ends it at once
    outputs: list[Output] = field(default_factory=list)
    fields: dict[str, Any] | Ended = field(default_factory=dict)
    interrupted: bool = False
    place: tuple[int, int] = (0, 0)  # the last one that the child told
    processor: float = 0.0  # seconds that the child has computed for it


def cell_result(turn: Turn) -> CellResult:
    """The result of a cell; status memory also where the session cannot go on for lack of it."""
    outputs, taken = join_streams(turn.outputs), time.monotonic() - turn.start
    fields = turn.fields
    if turn.interrupted and not isinstance(fields, Ended):
        fields = Ended("timeout", "not finished in time")
    statement, line = turn.place
    if isinstance(fields, Ended):
        status, name, text = fields.status, fields.name, fields.message
    else:
        (name, text), (statement, line) = error_of(fields), place_of(fields.get("place"))
        status = "error" if name else "output" if fields.get("cut") is True else "ok"
        status = "memory" if name == "MemoryError" else status
    return CellResult(status, outputs, name, text, taken, line, statement, turn.processor)
