"""One student's process: run cells in it, call its functions, end it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from autograder.sandbox.channel import Channel
from autograder.sandbox.confined_process import ConfinedProcess
from autograder.sandbox.conversation import NO_FUNCTIONS, Conversation
from autograder.sandbox.inside.stubs import Stub
from autograder.sandbox.limits import Limits
from autograder.sandbox.memory_allowance import memory_allowance
from autograder.sandbox.replies import Ended, Reply, ended_call, error_of, texts_of
from autograder.sandbox.requests import (
    PreparedCall,
    StandIns,
    call_message,
    cell_result,
    packed,
)
from autograder.sandbox.results import CallResult, CellResult, Usage

CellToRun = str | tuple[str, int]  # a source, or the statements of it that end before a line

_PUT_SECONDS = 30.0  # for files that were handed in


class Session:
    """A confined child. Use as a context manager, or `close` it.

    After a result with status timeout, memory or crashed the session is over (`alive` is False):
    open another one and run the cells that are sound again.
    """

    def __init__(self, process: ConfinedProcess, limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self.conversation = Conversation(process, limits)

    @property
    def alive(self) -> bool:
        return self._process.alive

    @property
    def usage(self) -> Usage | None:
        """What it used; known when the session is over."""
        return self._process.usage

    @property
    def channel(self) -> Channel:
        """The line to the child's process."""
        return self._process.channel

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
        cells: Sequence[CellToRun],
        seconds: Iterable[float],
        patience: Iterable[float] = repeat(0.0),
    ) -> Iterator[CellResult]:
        """Run cells one after the other; the result of one that ends the session is the last.

        `seconds` is asked for the limit of a cell when that cell begins. A cell that runs into
        it is interrupted, and has so many seconds of `patience` to end: what it had defined
        stays then, and the session goes on. Without patience, the session ends.
        """
        message = ("cells", list(cells))
        for turn in self.conversation.exchange(message, len(cells), seconds, patience=patience):
            result = cell_result(turn)
            if result.status == "memory":
                self.close()
            yield result
            if not self.alive:
                return

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
        message, functions = call_message(name, args, kwargs or {}, seed, stand_ins or {})
        reply = _reply(self.conversation, message, limit, functions)
        result = reply.result if isinstance(reply, Reply) else reply
        if result.status == "crashed":
            self.close()
        return result

    def find_stubs(self, stubs: Mapping[str, Stub]) -> tuple[frozenset[str], frozenset[str]]:
        """Names of functions that are there, and of those that still are as they were released.

        No name twice where the session ends over it.
        """
        asked = {name: stub.parts for name, stub in stubs.items()}
        turn = self.conversation.request(("stubs", asked), self._limits.cell_seconds)
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
        turn = self.conversation.request(("files", packed_files), _PUT_SECONDS)
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
        message = ("calls", packed(tuple(calls)))
        return _replies(self.conversation, message, len(calls), seconds)

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
        return _replies(self.conversation, message, len(sources) * len(calls), seconds)


def _reply(
    talk: Conversation,
    message: tuple[Any, ...],
    limit: float,
    functions: StandIns,
) -> Reply | CallResult:
    """The answer to one call; functions of the judge's work within a memory of their own."""
    if not functions:
        [reply] = _replies(talk, message, 1, [limit])
        return reply
    try:
        with memory_allowance():
            [reply] = _replies(talk, message, 1, [limit], functions)
        return reply
    except MemoryError:  # by what the student's calls leave here, all of them together
        return ended_call(Ended("memory", "its calls take more memory than is granted"))


def _replies(
    talk: Conversation,
    message: tuple[Any, ...],
    count: int,
    seconds: Iterable[float],
    functions: StandIns = NO_FUNCTIONS,
) -> Iterator[Reply | CallResult]:
    """The answers to the calls of a request; a result ended the session, and is the last."""
    for turn in talk.exchange(message, count, seconds, functions):
        taken = time.monotonic() - turn.start
        try:
            if isinstance(turn.fields, Ended):
                raise turn.fields
            yield Reply(turn.fields, turn.outputs, talk.caps, taken)
        except Ended as end:
            talk.process.end()
            yield ended_call(end, taken)
            return
