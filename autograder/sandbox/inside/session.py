"""What a confined child does until it is killed: it runs cells and answers calls."""

from __future__ import annotations

import linecache
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cached_property
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.frames import TRUSTED, receive, send, unwrap, wrap
from autograder.sandbox.inside.answering import Answering
from autograder.sandbox.inside.asking import Asking
from autograder.sandbox.inside.handed_in import put_files
from autograder.sandbox.inside.interruption import Place, is_cell, place_in_cell
from autograder.sandbox.inside.recorder import Output
from autograder.sandbox.inside.shell import CellShell, name_of, text_of
from autograder.sandbox.inside.stubs import Stub, is_untouched
from autograder.sandbox.replacing import replaced
from autograder.sandbox.wire import Caps, WireError, encode

_TRACEBACK_LINES = 20
_VALUE_ALONE = {"status", "value"}
_NOTHING = nullcontext()
_IMMUTABLE = (bool, int, float, complex, str, type(None))


class Session:
    """One conversation over one socket."""

    def __init__(self, fd: int, shell: CellShell, reply_caps: Caps) -> None:
        self._fd = fd
        self._shell = shell
        self._caps = reply_caps
        self._lock = threading.Lock()

    def serve(self) -> NoReturn:
        """Answer requests in order, for ever; EOFError when the judge hangs up."""
        while True:
            kind, token, *rest = receive(self._fd)
            for result in self._results(kind, token, rest):
                self._send("done", token, _short(result))

    def _results(self, kind: str, token: int, rest: list[Any]) -> Iterator[dict[str, Any]]:
        if kind == "cells":
            for cell in rest[0]:
                yield self._run_cell(token, cell)
        elif kind == "call":
            yield self._call(token, *rest)
        elif kind == "files":
            yield self._put(*rest)
        elif kind == "stubs":
            yield self._stubs(*rest)
        elif kind == "answer":
            yield self._answer(token, rest[0])
        elif kind == "test":
            yield self._test(token, *rest)
        elif kind == "versions":
            yield from self._versions(token, *rest)
        else:
            for call in unwrap(rest[0]):  # read when its turn has come, and not before
                yield self._call(token, *unwrap(call))

    def _versions(
        self, token: int, name: str, sources: Sequence[str], calls: Any
    ) -> Iterator[dict[str, Any]]:
        """The answers of several versions of a function to the same calls, one after the other."""
        names = self._shell.user_ns
        own = names.get(name)
        try:
            for source in sources:
                names.pop(name, None)
                with suppress(Exception):
                    exec(compile(source, "<version>", "exec", dont_inherit=True), names)
                for call in unwrap(calls):
                    yield self._call(token, *unwrap(call))
        finally:
            names[name] = own

    def _send(self, *message: Any) -> None:
        with self._lock:
            send(self._fd, message)

    @contextmanager
    def _recording(self, token: int) -> Iterator[dict[str, Any]]:
        """Send outputs while a request runs; the result dict tells whether they were cut."""
        result: dict[str, Any] = {}

        def emit(output: Output) -> None:
            try:
                self._send("output", token, output)
            except WireError:
                self._send("output", token, {**output, "data": {"text/plain": "(not plain data)"}})

        self._shell.recorder.start(emit)
        try:
            yield result
        finally:
            if self._shell.recorder.stop():
                result["cut"] = True

    def _run_cell(self, token: int, cell: str | tuple[str, int]) -> dict[str, Any]:
        """Run a cell, or of (cell, line) the statements that end before the line."""
        return self._interruptible(token, lambda tell: self._run(cell, tell))

    def _test(self, token: int, source: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Run a test cell here, which asks another session for what the student has made."""
        ask = self._proxy(token, "ask")
        result = self._interruptible(token, lambda _: self._asking.run(source, settings, ask))
        return result | {"broken": self._asking.broken[:500], "used": self._asking.used}

    def _answer(self, token: int, question: Any) -> dict[str, Any]:
        """Answer a question of the judge's, which has another session run a test cell."""
        answers: list[Any] = []

        def run(_: object) -> None:
            answers.append(self._answering.answer(question, self._proxy(token, "call back")))

        result = self._interruptible(token, run)
        return result | {"answers": answers}

    @cached_property
    def _answering(self) -> Answering:
        return Answering(self._shell, _lines)

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self._shell)

    def _interruptible(
        self, token: int, run: Callable[[Callable[[Place], None]], BaseException | None]
    ) -> dict[str, Any]:
        """Run something; the judge may interrupt it, and hears where."""

        def tell(place: Place) -> None:
            self._send("at", token, *place)

        with self._recording(token) as result:
            interruption = self._shell.recorder.interruption
            interruption.begin(tell)
            try:
                error = run(tell)
            except KeyboardInterrupt as interrupt:  # outside of the cell's own code
                error = interrupt
            finally:
                interruption.end()
            if error is not None:
                result["error"] = _described(error)
                result["place"] = _place(error)
        return result

    def _run(
        self, cell: str | tuple[str, int], tell: Callable[[Place], None]
    ) -> BaseException | None:
        if isinstance(cell, str):
            return self._shell.run_source(cell)
        return self._shell.run_statements(*cell, lambda line: tell((line, line)))

    def _call(
        self,
        token: int,
        name: str,
        arguments: Sequence[Any],
        keywords: Mapping[str, Any],
        seed: int | None,
        stand_ins: Sequence[str],
    ) -> dict[str, Any]:
        names = self._shell.user_ns
        function = names.get(name)
        if not callable(function):
            return {"status": "missing"}
        positional = [self._argument(token, item) for item in arguments]
        keyword = {key: self._argument(token, item) for key, item in keywords.items()}
        with self._recording(token) as result, self._standing_in(token, stand_ins):
            if seed is not None:
                np.random.seed(seed)
                random.seed(seed)
            try:
                value = function(*positional, **keyword)
                result |= self._encoded(value)
            except BaseException as error:
                result |= {"status": "raised", "error": _described(error), "lines": _lines(error)}
        before = {**{str(i): item for i, item in enumerate(arguments)}, **keywords}
        after = {**{str(i): item for i, item in enumerate(positional)}, **keyword}
        if changed := [key for key in before if _changed(before[key], after[key])]:
            result["changed"] = changed
        return result

    def _stubs(self, stubs: Mapping[str, tuple[str, list[str]]]) -> dict[str, Any]:
        """Which functions are there, and which of them still are what was handed out."""
        names = self._shell.user_ns
        there = [name for name in stubs if callable(names.get(name))]
        same = [
            name
            for name in there
            if is_untouched(names[name], name, Stub(stubs[name][0], frozenset(stubs[name][1])))
        ]
        return {"there": there, "same": same}

    def _put(self, files: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
        """Put files into the current folder before the first cell runs."""
        try:
            put_files((bytes(path), memoryview(content)) for path, content in files)
        except OSError as error:
            return {"error": _described(error)}
        return {}

    def _argument(self, token: int, item: Any) -> Any:
        """An argument: a payload, or the name of a function that the judge runs."""
        return self._proxy(token, item) if isinstance(item, str) else unwrap(item)

    def _encoded(self, value: Any) -> dict[str, Any]:
        try:
            return {"status": "value", "value": wrap(value, self._caps)}
        except WireError as error:
            return {"status": "unsupported", "error": ("", str(error))}

    def _standing_in(self, token: int, stand_ins: Sequence[str]) -> AbstractContextManager[None]:
        """Names of the notebook replaced by functions that the judge runs."""
        if not stand_ins:
            return _NOTHING
        functions = {name: self._proxy(token, name) for name in stand_ins}
        return replaced(self._shell.user_ns, functions)

    def _proxy(self, token: int, name: str) -> Any:
        def stand_in(*arguments: Any, **keywords: Any) -> Any:
            with self._lock:
                send(self._fd, ("callback", token, name, wrap((arguments, keywords), self._caps)))
                _, _, ok, answer = receive(self._fd)
            if not ok:
                raise RuntimeError(f"{name} cannot work with these arguments")
            return unwrap(answer)

        stand_in.__name__ = stand_in.__qualname__ = name
        return stand_in


def _short(result: dict[str, Any]) -> Any:
    """A call that gave a value and no more is answered by the value alone."""
    return result["value"] if result.keys() == _VALUE_ALONE else result


def _described(error: BaseException) -> tuple[str, str]:
    """Name and message of an exception; MemoryError keeps its name in every subclass."""
    name = "MemoryError" if isinstance(error, MemoryError) else name_of(type(error))
    return name, text_of(error)


def _place(error: BaseException) -> Place:
    """Where a cell ended; for one that Python cannot read, where it says so."""
    trace = error.__traceback__
    lines = []
    while trace is not None:
        lines.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    place = place_in_cell(lines[::-1])
    if place == (0, 0) and isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        return error.lineno, error.lineno
    return place


def _lines(error: BaseException) -> list[str]:
    """The student's own lines of a traceback: where in the cells it went wrong."""
    lines = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if is_cell(code.co_filename):
            text = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            lines.append(f"{code.co_name}, line {trace.tb_lineno}: {text}"[:300])
        trace = trace.tb_next
    return lines[-_TRACEBACK_LINES:]


def _changed(payload: Any, value: Any) -> bool:
    """Whether a decoded argument no longer encodes to what it came as."""
    if isinstance(payload, str) or type(value) in _IMMUTABLE:
        return False
    try:
        return bool(b"".join(encode(value, TRUSTED)) != payload.tobytes())
    except WireError:
        return True
