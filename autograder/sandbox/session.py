"""One student's process: run cells in it, call its functions, end it."""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox.channel import Channel, ChannelClosed, ChannelError, DeadlinePassed
from autograder.sandbox.cpu_clock import threads_of
from autograder.sandbox.frames import unwrap, wrap
from autograder.sandbox.inside.stubs import Stub
from autograder.sandbox.limits import Limits, SandboxError
from autograder.sandbox.memory_allowance import memory_allowance
from autograder.sandbox.outputs import clean_output, join_streams
from autograder.sandbox.processes import MakerDied
from autograder.sandbox.replies import (
    Ended,
    Reply,
    ended_call,
    error_of,
    fields_of,
    place_of,
    text_size,
    texts_of,
)
from autograder.sandbox.requests import PreparedCall, Turn, argument, packed
from autograder.sandbox.results import (
    KILLED,
    KILLED_BY_SYSTEM,
    LEFT,
    MAKER_DIED,
    OUT_OF_TIME,
    CallResult,
    CellResult,
    Usage,
)
from autograder.sandbox.scratch import over_limits
from autograder.sandbox.wire import Caps, WireError

Kill = Callable[[float], Usage]  # with the seconds in which it may still die by itself
StandIns = Mapping[str, Callable[..., Any]]
Cell = str | tuple[str, int]  # a source, or the statements of it that end before a line

MOST_THREADS = 70  # a few more than a session of a user of its own can start
_WATCH_SECONDS = 0.05
_PATIENCE_SECONDS = 0.2
_PUT_SECONDS = 30.0  # for files that were handed in


class Session:
    """A confined child. Use as a context manager, or `close` it.

    After a result with status timeout, memory or crashed the session is over (`alive` is False):
    open another one and run the cells that are sound again.
    """

    def __init__(
        self,
        channel: Channel,
        kill: Kill,
        limits: Limits,
        watched: Path | None = None,
        leave: Callable[[], None] | None = None,
    ) -> None:
        """`leave` kills without waiting for the end; it is used where nobody asks how it was."""
        self._leave = leave
        self._channel = channel
        self._kill = kill
        self._limits = limits
        self._watched = watched
        self._caps = Caps(size=limits.reply_bytes)
        self._open: tuple[int, Turn] | None = None  # the request under way
        self.usage: Usage | None = None  # known when the session is over
        channel.tick = self._watch
        self._watched_at = 0.0

    @property
    def alive(self) -> bool:
        return self.usage is None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the child and remove its scratch folder; nothing the second time.

        Where nobody has to wait for the end of it, nobody knows what it used: see `end`.
        """
        if self._leave is None:
            self.end()
        elif self.usage is None:
            self.usage = Usage(0, 0.0, LEFT)
            self._leave()
            self._channel.close()

    def end(self, patience: float = 0.0) -> Usage:
        """Kill the child, unless it dies by itself in `patience` seconds, and wait for its end."""
        if self.usage is None:
            self.usage = self._kill(patience)
            self._channel.close()
        return self.usage

    def run_cell(self, source: str, *, seconds: float | None = None) -> CellResult:
        """Run one cell as a kernel would; `seconds` of processor time, or the limit's.

        Raises SandboxError when the session is over already.
        """
        limit = self._limits.cell_seconds if seconds is None else seconds
        [result] = self.run_cells([source], [limit])
        return result

    def run_cells(
        self,
        cells: Sequence[Cell],
        seconds: Iterable[float],
        patience: Iterable[float] = repeat(0.0),
    ) -> Iterator[CellResult]:
        """Run cells one after the other; the result of one that ends the session is the last.

        `seconds` is asked for the limit of a cell when that cell begins. A cell that runs into
        it is interrupted, and has so many seconds of `patience` to end: what it had defined
        stays then, and the session goes on. Without patience, the session ends.
        """
        for turn in self._exchange(("cells", list(cells)), len(cells), seconds, {}, patience):
            yield self._cell_result(turn)
            if not self.alive:
                return

    def _cell_result(self, turn: Turn) -> CellResult:
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
        if name == "MemoryError" and self.alive:
            self.close()
            status = "memory"
        return CellResult(status, outputs, name, text, taken, line, statement)

    def request(
        self,
        message: tuple[Any, ...],
        seconds: float,
        functions: StandIns,
        patience: float = 0.0,
    ) -> Turn:
        """Make one request of any kind (see `frames`); what came of it."""
        [turn] = self._exchange(message, 1, [seconds], functions, [patience])
        return turn

    def ask_back(self, answer: tuple[Any, ...]) -> tuple[Any, ...]:
        """Answer the call of a function that the child waits for; what it calls one with next.

        For a function that is at work on that call. Raises ChannelError, Ended.
        """
        assert self._open is not None
        token, turn = self._open
        self._channel.send(("answer", token, True, wrap(answer)), turn.deadline)
        for kind, rest in self._messages(token, turn):
            if kind == "callback" and len(rest) == 2:
                args, _ = unwrap(rest[1], self._caps)
                return tuple(args)
            if kind == "output" and (output := clean_output(rest[0] if rest else None)) is not None:
                turn.outputs.append(output)
            if kind == "done":
                break
        raise ChannelError("an answer to no question")

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
        limit = self._limits.call_seconds if seconds is None else seconds
        stand_ins = stand_ins or {}
        callbacks: dict[str, Callable[..., Any]] = {}
        message = (
            "call",
            name,
            [argument(item, callbacks) for item in args],
            {key: argument(item, callbacks) for key, item in (kwargs or {}).items()},
            seed,
            list(stand_ins),
        )
        reply = self._reply(message, limit, {**stand_ins, **callbacks})
        result = reply.result if isinstance(reply, Reply) else reply
        if result.status == "crashed":
            self.close()
        return result

    def _reply(
        self, message: tuple[Any, ...], limit: float, functions: StandIns
    ) -> Reply | CallResult:
        """The answer to one call; functions of the judge's work within a memory of their own."""
        if not functions:
            [reply] = self._replies(message, 1, [limit], {})
            return reply
        try:
            with memory_allowance():
                [reply] = self._replies(message, 1, [limit], functions)
            return reply
        except MemoryError:  # by what the student's calls leave here, all of them together
            return ended_call(Ended("memory", "its calls take more memory than is granted"))

    def find_stubs(self, stubs: Mapping[str, Stub]) -> tuple[frozenset[str], frozenset[str]]:
        """Names of functions that are there, and of those that still are as they were released.

        No name twice where the session ends over it.
        """
        asked = {name: (stub.essence, sorted(stub.names)) for name, stub in stubs.items()}
        limit = self._limits.cell_seconds
        [turn] = self._exchange(("stubs", asked), 1, [limit], {})
        fields = {} if isinstance(turn.fields, Ended) else turn.fields
        there, same = (
            frozenset(name for name in stubs if name in texts_of(fields.get(key), len(stubs)))
            for key in ("there", "same")
        )
        return there, same & there

    def put(self, files: Mapping[str, bytes]) -> str:
        """Put files into the folder where cells start; why that failed, or nothing.

        Not after a cell: names are believed. They may be any that `os.fsdecode` gives.
        """
        packed_files = [
            (np.frombuffer(os.fsencode(name), np.uint8), np.frombuffer(content, np.uint8))
            for name, content in files.items()
        ]
        [turn] = self._exchange(("files", packed_files), 1, [_PUT_SECONDS], {})
        if isinstance(turn.fields, Ended):
            return turn.fields.message
        return ": ".join(filter(None, error_of(turn.fields)))

    def call_ahead(
        self, calls: Sequence[PreparedCall], seconds: Iterable[float]
    ) -> Iterator[Reply | CallResult]:
        """Make calls one after the other, all sent at once.

        Gives a reply for each; a call that ends the session gives a result, and is the last.
        `seconds` is asked for the limit of a call when that call begins.
        """
        return self._replies(("calls", packed(tuple(calls))), len(calls), seconds, {})

    def versions(
        self,
        name: str,
        sources: Sequence[str],
        calls: Sequence[PreparedCall],
        seconds: Iterable[float],
    ) -> Iterator[Reply | CallResult]:
        """Make the same calls of several versions of a function, given as texts.

        Gives the replies of the first version, then those of the second, as `call_ahead` does.
        The notebook's own function is in its place again afterwards.
        """
        message = ("versions", name, list(sources), packed(tuple(calls)))
        return self._replies(message, len(sources) * len(calls), seconds, {})

    def _replies(
        self, message: tuple[Any, ...], count: int, seconds: Iterable[float], stand_ins: StandIns
    ) -> Iterator[Reply | CallResult]:
        for turn in self._exchange(message, count, seconds, stand_ins):
            taken = time.monotonic() - turn.start
            try:
                if isinstance(turn.fields, Ended):
                    raise turn.fields
                yield Reply(turn.fields, turn.outputs, self._caps, taken)
            except Ended as end:
                self.end()
                yield ended_call(end, taken)
                return

    def _exchange(
        self,
        message: tuple[Any, ...],
        count: int,
        seconds: Iterable[float],
        stand_ins: StandIns,
        patience: Iterable[float] = repeat(0.0),
    ) -> Iterator[Turn]:
        """Send a request and yield what came of each cell or call.

        A result that ends the session comes as Ended, and is the last one.
        """
        if not self.alive:
            raise SandboxError("this session is over; open another one")
        token = secrets.randbits(62)
        sent = False
        for number, limit, more in zip(range(count), seconds, patience, strict=False):
            start = time.monotonic()
            turn = Turn(start, start + limit, more)
            self._channel.begin(limit, more=number + 1 < count)
            try:
                if not sent:
                    sent = True
                    self._begin(token, message, turn.deadline)
                turn.fields = self._result(token, turn, stand_ins)
            except Ended as end:
                self.end()
                turn.fields = end
            except BaseException:  # ours: what the child is doing now, nobody waits for
                self.close()
                raise
            yield turn
            if not self.alive:
                return

    def _begin(self, token: int, message: tuple[Any, ...], deadline: float) -> None:
        if not self._channel.is_silent():
            raise self._why_it_spoke()
        try:
            self._channel.send((message[0], token, *message[1:]), deadline)
        except ChannelError as error:
            raise self._why(error) from None

    def _result(self, token: int, turn: Turn, stand_ins: StandIns) -> dict[str, Any]:
        """Wait for the fields of one result, collecting outputs and answering on the way."""
        self._open = (token, turn)
        try:
            for kind, rest in self._messages(token, turn):
                if kind == "done":
                    self._watch_scratch()
                    return fields_of(rest)
                if kind == "callback":
                    answer = self._answer(rest, stand_ins)
                    self._channel.send(("answer", token, *answer), turn.deadline)
                elif kind == "at":
                    turn.place = place_of(tuple(rest))
                elif (output := clean_output(rest[0] if rest else None)) is not None:
                    turn.outputs.append(output)
        except ChannelError as error:
            raise self._why(error) from None
        raise AssertionError("unreachable")

    def _why(self, error: ChannelError) -> Ended:
        if isinstance(error, DeadlinePassed):
            return Ended("timeout", "not finished in time")
        if isinstance(error, ChannelClosed):
            return self._how_it_died()
        return Ended("crashed", f"an answer that cannot be read: {error}")

    def _messages(self, token: int, turn: Turn) -> Iterator[tuple[str, list[Any]]]:
        """Messages that carry the token of this request, within the caps on their number."""
        left = 2 * self._limits.output_bytes + (1 << 16)
        callbacks = self._limits.callbacks
        while left > 0 and callbacks >= 0:
            message = self._next(turn)
            if time.monotonic() > self._watched_at + _WATCH_SECONDS:
                self._watch_threads()  # whoever sends without end leaves no time for a tick
            if type(message) is not tuple or len(message) < 2 or type(message[1]) is not int:
                raise ChannelError("not a message")
            kind, sent_token, *rest = message
            if kind not in ("done", "output", "callback", "at") or sent_token != token:
                raise ChannelError("an answer to no question")
            callbacks -= kind == "callback"
            left -= text_size(rest) if kind == "output" else kind == "at"
            yield kind, rest
        raise ChannelError("more outputs or stand-in calls than allowed")

    def _next(self, turn: Turn) -> Any:
        """The next message; a cell whose time is over is interrupted once, if it has patience."""
        message = None
        try:
            message = self._channel.receive(turn.deadline)
            self._channel.require(turn.deadline)
        except DeadlinePassed:
            if not turn.patience or self._channel.peer <= 0:
                raise
            with suppress(OSError):
                os.kill(self._channel.peer, signal.SIGINT)
            turn.deadline, turn.interrupted = time.monotonic() + turn.patience, True
            self._channel.begin(turn.patience)
            turn.patience = 0.0
        return self._next(turn) if message is None else message

    def _answer(self, rest: list[Any], stand_ins: StandIns) -> tuple[bool, Any]:
        """Run a stand-in on what the child sent."""
        try:
            name, payload = rest
            args, kwargs = unwrap(payload, self._caps)
            stand_in = stand_ins[name]
        except (ValueError, TypeError, KeyError, WireError) as error:
            raise ChannelError(f"a stand-in call that makes no sense: {error}") from None
        try:
            return True, wrap(stand_in(*args, **kwargs))
        except Exception:
            return False, None  # what went wrong here is not for the student's eyes

    def _watch(self) -> None:
        """What no limit of the kernel's counts everywhere: all files, and threads of root."""
        self._watch_scratch()
        self._watch_threads()

    def _watch_scratch(self) -> None:
        if self._watched and over_limits(self._watched, self._limits):
            raise Ended("memory", "more or larger files than allowed")

    def _watch_threads(self) -> None:
        self._watched_at = time.monotonic()
        if threads_of(self._channel.peer) > MOST_THREADS:
            raise Ended("memory", "more threads than allowed")

    def _why_it_spoke(self) -> Ended:
        """Something came before we asked: the child's end, or an answer made in advance."""
        try:
            self._channel.receive(time.monotonic())
        except ChannelClosed:
            return self._how_it_died()
        except ChannelError:
            pass
        return Ended("crashed", "an answer before the question")

    def _how_it_died(self) -> Ended:
        usage = self.end(_PATIENCE_SECONDS)
        if usage.ended == MAKER_DIED:
            raise MakerDied("the warm process died under this session: grade it again")
        if usage.ended == OUT_OF_TIME or usage.cpu_seconds >= self._limits.cpu_seconds:
            return Ended("timeout", "more processor time than allowed")
        if usage.ended == KILLED_BY_SYSTEM:
            return Ended("memory", "killed by the system: out of memory")
        if usage.ended == KILLED:
            return Ended("crashed", "the process hung up")
        return Ended("crashed", f"the process ended by itself ({usage.ended})")
