"""One student's process: run cells in it, call its functions, end it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from autograder.sandbox.confined_process import ConfinedProcess
from autograder.sandbox.conversation import Conversation, StandIns
from autograder.sandbox.inside.stubs import Stub
from autograder.sandbox.limits import Limits
from autograder.sandbox.memory_allowance import memory_allowance
from autograder.sandbox.outputs import join_streams
from autograder.sandbox.replies import Ended, Reply, ended_call, error_of, place_of, texts_of
from autograder.sandbox.requests import PreparedCall, Turn, argument, packed
from autograder.sandbox.results import CallResult, CellResult, Usage

Cell = str | tuple[str, int]  # a source, or the statements of it that end before a line

_PUT_SECONDS = 30.0  # for files that were handed in


class Session:
    """A confined child. Use as a context manager, or `close` it.

    After a result with status timeout, memory or crashed the session is over (`alive` is False):
    open another one and run the cells that are sound again.
    """

    def __init__(self, process: ConfinedProcess, limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._talk = Conversation(process, limits)

    @property
    def alive(self) -> bool:
        return self._process.alive

    @property
    def usage(self) -> Usage | None:
        """What it used; known when the session is over."""
        return self._process.usage

    @property
    def peer(self) -> int:
        """The child's process."""
        return self._process.channel.peer

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the child and remove its scratch folder; nothing the second time.

        Where nobody has to wait for the end of it, nobody knows what it used: see `end`.
        """
        self._process.close()

    def end(self, patience: float = 0.0) -> Usage:
        """Kill the child, unless it dies by itself in `patience` seconds, and wait for its end."""
        return self._process.end(patience)

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
        for turn in self._talk.exchange(("cells", list(cells)), len(cells), seconds, {}, patience):
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
        [turn] = self._talk.exchange(message, 1, [seconds], functions, [patience])
        return turn

    def ask_back(self, answer: tuple[Any, ...]) -> tuple[Any, ...]:
        """Answer the call of a function that the child waits for; what it calls one with next.

        For a function that is at work on that call. Raises ChannelError, Ended.
        """
        return self._talk.ask_back(answer)

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
        [turn] = self._talk.exchange(("stubs", asked), 1, [limit], {})
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
        [turn] = self._talk.exchange(("files", packed_files), 1, [_PUT_SECONDS], {})
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
        for turn in self._talk.exchange(message, count, seconds, stand_ins):
            taken = time.monotonic() - turn.start
            try:
                if isinstance(turn.fields, Ended):
                    raise turn.fields
                yield Reply(turn.fields, turn.outputs, self._talk.caps, taken)
            except Ended as end:
                self.end()
                yield ended_call(end, taken)
                return
