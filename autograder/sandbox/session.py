"""One student's process: run cells in it, call its functions, end it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.allowance import memory_allowance
from autograder.sandbox.channel import (
    Channel,
    ChannelClosed,
    ChannelError,
    DeadlinePassed,
)
from autograder.sandbox.frames import unwrap, wrap
from autograder.sandbox.limits import Limits, SandboxError
from autograder.sandbox.makers import MakerDied
from autograder.sandbox.outputs import Output, clean_output, join_streams, stdout_of
from autograder.sandbox.results import (
    KILLED,
    KILLED_BY_SYSTEM,
    MAKER_DIED,
    OUT_OF_TIME,
    CallResult,
    CellResult,
    Usage,
)
from autograder.sandbox.scratch import over_limits
from autograder.wire import Caps, WireError

Kill = Callable[[float], Usage]  # with the seconds in which it may still die by itself
StandIns = Mapping[str, Callable[..., Any]]

_NAME_LENGTH = 200
_MESSAGE_LENGTH = 4000
_LINES = 20
_PATIENCE_SECONDS = 0.2


@dataclass(frozen=True)
class Callback:
    """A function of the judge's as an argument of a call: only values cross, by copy."""

    function: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


def _argument(item: Any, callbacks: dict[str, Callable[..., Any]]) -> Any:
    """What crosses for an argument: its payload, or the name under which it is called back."""
    if not isinstance(item, Callback):
        return wrap(item)
    name = f"callback {len(callbacks)}"  # no name that a notebook could hold
    callbacks[name] = item
    return name


class _Ended(Exception):
    """The session came to its end during a request; the text is the result's status."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(status)
        self.status = status
        self.message = message


class Session:
    """A confined child. Use as a context manager, or `close` it.

    After a result with status timeout, memory or crashed the session is over (`alive` is False):
    open another one and run the cells that are sound again.
    """

    def __init__(
        self, channel: Channel, kill: Kill, limits: Limits, watched: Path | None = None
    ) -> None:
        self._channel = channel
        self._kill = kill
        self._limits = limits
        self._watched = watched
        self._caps = Caps(size=limits.reply_bytes)
        self.usage: Usage | None = None  # known when the session is over
        channel.tick = self._watch_scratch

    @property
    def alive(self) -> bool:
        return self.usage is None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill and reap the child and remove its scratch folder; nothing the second time."""
        self._end(0.0)

    def _end(self, patience: float) -> Usage:
        if self.usage is None:
            self.usage = self._kill(patience)
            self._channel.close()
        return self.usage

    def run_cell(self, source: str, *, seconds: float | None = None) -> CellResult:
        """Run one cell as a kernel would; `seconds` of wall clock, or the limit's.

        Raises SandboxError when the session is over already.
        """
        start = time.monotonic()
        outputs: list[Output] = []
        deadline = start + (self._limits.cell_seconds if seconds is None else seconds)
        try:
            result = self._request(("cell", source), deadline, outputs, {})
            name, message = _error_of(result)
            if name == "MemoryError":
                raise _Ended("memory", message)
            status = "error" if name else "output" if result.get("cut") is True else "ok"
        except _Ended as end:
            self.close()
            status, name, message = end.status, _NAMES[end.status], end.message
        return CellResult(status, join_streams(outputs), name, message, time.monotonic() - start)

    def call(
        self,
        name: str,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        seed: int | None = None,
        stand_ins: StandIns | None = None,
        seconds: float | None = None,
    ) -> CallResult:
        """Call a function of the notebook on copies of the arguments.

        `seed` sets the global random states of numpy and random right before; `stand_ins` are
        called here whenever the student's code calls the global name. Raises SandboxError when
        the session is over already, wire.WireError for arguments that cannot cross.
        """
        start = time.monotonic()
        stand_ins = stand_ins or {}
        outputs: list[Output] = []
        deadline = start + (self._limits.call_seconds if seconds is None else seconds)
        callbacks: dict[str, Callable[..., Any]] = {}
        message = (
            "call",
            name,
            [_argument(item, callbacks) for item in args],
            {key: _argument(item, callbacks) for key, item in (kwargs or {}).items()},
            seed,
            list(stand_ins),
        )
        answering = {**stand_ins, **callbacks}
        try:
            fields = self._call_fields(self._request(message, deadline, outputs, answering))
        except _Ended as end:
            self.close()
            fields = {"status": end.status, "error_message": end.message}
            fields["error_name"] = _NAMES[end.status]
        seconds_taken = time.monotonic() - start
        return CallResult(**fields, stdout=stdout_of(outputs), seconds=seconds_taken)

    def _request(
        self,
        message: tuple[Any, ...],
        deadline: float,
        outputs: list[Output],
        stand_ins: StandIns,
    ) -> dict[str, Any]:
        """Send a request and return the fields of its result; raises _Ended."""
        if not self.alive:
            raise SandboxError("this session is over; open another one")
        token = secrets.randbits(62)
        try:
            if not self._channel.is_silent():
                raise self._why_it_spoke()
            self._channel.send((message[0], token, *message[1:]), deadline)
            for kind, rest in self._replies(token, deadline):
                if kind == "done":
                    self._watch_scratch()
                    return _result_of(rest)
                if kind == "callback":
                    self._channel.send(("answer", token, *self._answer(rest, stand_ins)), deadline)
                elif (output := clean_output(rest[0] if rest else None)) is not None:
                    outputs.append(output)
        except DeadlinePassed:
            raise _Ended("timeout", "not finished in time") from None
        except ChannelClosed:
            raise self._how_it_died() from None
        except ChannelError as error:
            raise _Ended("crashed", f"an answer that cannot be read: {error}") from None
        except BaseException:  # ours: what the child is doing now, nobody waits for
            self.close()
            raise
        raise AssertionError("unreachable")

    def _replies(self, token: int, deadline: float) -> Iterator[tuple[str, list[Any]]]:
        """Messages that carry the token of this request, within the caps on their number."""
        left = 2 * self._limits.output_bytes + (1 << 16)
        callbacks = self._limits.callbacks
        while left > 0 and callbacks >= 0:
            message = self._channel.receive(deadline)
            if type(message) is not tuple or len(message) < 2 or type(message[1]) is not int:
                raise ChannelError("not a message")
            kind, sent_token, *rest = message
            if kind not in ("done", "output", "callback") or sent_token != token:
                raise ChannelError("an answer to no question")
            callbacks -= kind == "callback"
            left -= _text_size(rest) if kind == "output" else 0
            if time.monotonic() > deadline:
                raise DeadlinePassed
            yield kind, rest
        raise ChannelError("more outputs or stand-in calls than allowed")

    def _answer(self, rest: list[Any], stand_ins: StandIns) -> tuple[bool, Any]:
        """Run a stand-in on what the child sent."""
        try:
            name, payload = rest
            args, kwargs = unwrap(payload, self._caps)
            stand_in = stand_ins[name]
        except (ValueError, TypeError, KeyError, WireError) as error:
            raise ChannelError(f"a stand-in call that makes no sense: {error}") from None
        try:
            with memory_allowance():
                return True, wrap(stand_in(*args, **kwargs))
        except Exception:
            return False, None  # what went wrong here is not for the student's eyes

    def _call_fields(self, result: dict[str, Any]) -> dict[str, Any]:
        name, message = _error_of(result)
        status = result.get("status")
        if status not in ("value", "raised", "missing", "unsupported"):
            raise _Ended("crashed", "an answer without a status")
        if status == "raised" and name == "MemoryError":
            raise _Ended("memory", message)
        try:
            value = unwrap(result.get("value"), self._caps) if status == "value" else None
        except WireError as error:
            raise _Ended("crashed", f"a value that cannot be read: {error}") from None
        return {
            "status": status,
            "value": value,
            "error_name": name,
            "error_message": message,
            "lines": _texts(result.get("lines"))[:_LINES],
            "changed": tuple(_texts(result.get("changed"))),
        }

    def _watch_scratch(self) -> None:
        if self._watched and over_limits(self._watched, self._limits):
            raise _Ended("memory", "more or larger files than allowed")

    def _why_it_spoke(self) -> _Ended:
        """Something came before we asked: the child's end, or an answer made in advance."""
        try:
            self._channel.receive(time.monotonic())
        except ChannelClosed:
            return self._how_it_died()
        except ChannelError:
            pass
        return _Ended("crashed", "an answer before the question")

    def _how_it_died(self) -> _Ended:
        usage = self._end(_PATIENCE_SECONDS)
        if usage.ended == MAKER_DIED:
            raise MakerDied("the warm process died under this session: grade it again")
        if usage.ended == OUT_OF_TIME or usage.cpu_seconds >= self._limits.cpu_seconds:
            return _Ended("timeout", "more processor time than allowed")
        if usage.ended == KILLED_BY_SYSTEM:
            return _Ended("memory", "killed by the system: out of memory")
        if usage.ended == KILLED:
            return _Ended("crashed", "the process hung up")
        return _Ended("crashed", f"the process ended by itself ({usage.ended})")


_NAMES = {"timeout": "TimeoutError", "memory": "MemoryError", "crashed": "ProcessCrashed"}


def _result_of(rest: list[Any]) -> dict[str, Any]:
    if len(rest) != 1 or type(rest[0]) is not dict:
        raise ChannelError("a result that is none")
    return rest[0]


def _error_of(result: dict[str, Any]) -> tuple[str, str]:
    error = result.get("error")
    if type(error) is not tuple or len(error) != 2 or not all(type(t) is str for t in error):
        return "", ""
    return error[0][:_NAME_LENGTH], error[1][:_MESSAGE_LENGTH]


def _texts(value: Any) -> list[str]:
    return [item[:300] for item in value if type(item) is str] if type(value) is list else []


def _text_size(rest: list[Any]) -> int:
    """A rough size of an output: nested text counts by its length, anything else by one."""
    size, stack = 0, list(rest)
    while stack:
        item = stack.pop()
        size += len(item) if type(item) is str else 1
        if type(item) is dict:
            stack.extend(item.values())
        elif type(item) in (list, tuple):
            stack.extend(item)
    return size
