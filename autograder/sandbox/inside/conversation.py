"""One socket to the judge: messages, outputs, interrupts, and functions that the judge runs."""

from __future__ import annotations

import linecache
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import numpy as np

from autograder.sandbox.frames import pack_answer, receive, send, unwrap, wrap, write
from autograder.sandbox.inside.cell_outputs import Output
from autograder.sandbox.inside.interruption import CellPlace, Tell, is_cell, place_in_cell
from autograder.sandbox.inside.shell import CellShell, name_of, text_of
from autograder.sandbox.wire_format import Caps, WireError

_TRACEBACK_LINES = 20
Returned = TypeVar("Returned")


class ChildConversation:
    """Sends and receives all messages of one socket."""

    def __init__(self, fd: int, shell: CellShell, reply_caps: Caps) -> None:
        self.fd = fd
        self.shell = shell
        self.caps = reply_caps
        self._lock = threading.Lock()

    def send(self, *message: Any) -> None:
        """Send one message; threads of a cell may send outputs at the same time."""
        with self._lock:
            send(self.fd, message)

    def send_value(self, token: int, payload: Any) -> None:
        """Send the answer to a call that gave a value and nothing else."""
        if type(payload) is not np.ndarray or (payload.dtype, payload.ndim) != (np.uint8, 1):
            return self.send("done", token, payload)  # which the judge refuses
        with self._lock:
            write(self.fd, pack_answer(token, payload))

    @contextmanager
    def recording(self, token: int) -> Iterator[dict[str, Any]]:
        """Send outputs while a request runs; the result dict tells whether they were cut."""
        result: dict[str, Any] = {}
        self.shell.recorder.start(partial(self._send_output, token))
        try:
            yield result
        finally:
            if self.shell.recorder.stop():
                result["cut"] = True

    def _send_output(self, token: int, output: Output) -> None:
        try:
            self.send("output", token, output)
        except WireError:
            self.send("output", token, {**output, "data": {"text/plain": "(not plain data)"}})

    def interruptible(
        self, token: int, run: Callable[[Tell], Returned]
    ) -> tuple[dict[str, Any], Returned | None]:
        """Run something that the judge may interrupt: the result to send, and what it returned.

        `run` gets a function that tells the judge which line runs. It has returned None where it
        was interrupted outside of the cell's own code.
        """
        interruption = self.shell.recorder.interruption
        tell = partial(self._tell_place, token)
        returned = None
        with self.recording(token) as result:
            interruption.begin(tell)
            try:
                returned = run(tell)
            except KeyboardInterrupt as interrupt:
                result |= failure(interrupt)
            finally:
                interruption.end()
        return result, returned

    def _tell_place(self, token: int, place: CellPlace) -> None:
        with self.shell.recorder.interruption.held():
            self.send("at", token, *place)

    def proxy(self, token: int, name: str) -> Any:
        """A function that the judge runs when it is called."""

        def stand_in(*arguments: Any, **keywords: Any) -> Any:
            with self.shell.recorder.interruption.held(), self._lock:
                send(self.fd, ("callback", token, name, wrap((arguments, keywords), self.caps)))
                _, _, ok, answer = receive(self.fd)
            if not ok:
                raise RuntimeError(f"{name} cannot work with these arguments")
            return unwrap(answer)

        stand_in.__name__ = stand_in.__qualname__ = name
        return stand_in


def failure(error: BaseException | None) -> dict[str, Any]:
    """What a result says of the exception that ended a cell; nothing where there was none."""
    return {} if error is None else {"error": described(error), "place": _place(error)}


def described(error: BaseException) -> tuple[str, str]:
    """Name and message of an exception; MemoryError keeps its name in every subclass."""
    name = "MemoryError" if isinstance(error, MemoryError) else name_of(type(error))
    return name, text_of(error)


def lines_of(error: BaseException) -> list[str]:
    """The student's own lines of a traceback."""
    lines = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if is_cell(code.co_filename):
            text = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            lines.append(f"{code.co_name}, line {trace.tb_lineno}: {text}"[:300])
        trace = trace.tb_next
    return lines[-_TRACEBACK_LINES:]


def _place(error: BaseException) -> CellPlace:
    """The place where a cell ended; for one that cannot be parsed, that of the syntax error."""
    trace = error.__traceback__
    lines = []
    while trace is not None:
        lines.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    place = place_in_cell(lines[::-1])
    if place == (0, 0) and isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        return error.lineno, error.lineno
    return place
