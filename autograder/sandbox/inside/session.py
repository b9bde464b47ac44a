"""The main loop of a confined child: it runs cells and answers calls until it is killed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.driving import Driver, MissingName
from autograder.sandbox.frames import receive, unwrap, wrap
from autograder.sandbox.inside.changes import changed_places
from autograder.sandbox.inside.conversation import ChildConversation, described, failure, lines_of
from autograder.sandbox.inside.handed_in import put_files
from autograder.sandbox.inside.interruption import Tell
from autograder.sandbox.inside.own_helpers import KEPT, helpers_of
from autograder.sandbox.inside.stubs import Stub, is_untouched
from autograder.sandbox.listed import listed
from autograder.sandbox.raised import kinds_of, plain_arguments
from autograder.sandbox.replacing import replaced
from autograder.sandbox.series import unwrap_series
from autograder.sandbox.wire_format import WireError

# A function of the notebook's, or a driver: its text, its name and the names that it uses.
Called = str | tuple[str, str, tuple[str, ...]]
Replaced = AbstractContextManager[None]
_VALUE_ALONE = {"status", "value"}
_NOTHING = nullcontext()

Handler = Callable[..., dict[str, Any]]
# Further kinds of requests, where something that was imported ahead knows them.
HANDLERS: dict[str, Callable[[ChildConversation], Handler]] = {}


class ChildSession:
    """Answers the requests of one conversation."""

    def __init__(self, conversation: ChildConversation) -> None:
        self._conversation = conversation
        self._shell = conversation.shell
        self._handlers: dict[str, Handler] = {}

    def serve(self) -> NoReturn:
        """Answer requests in order, for ever; EOFError when the judge hangs up."""
        while True:
            kind, token, *rest = receive(self._conversation.fd)
            for result in self._results(kind, token, rest):
                if result.keys() == _VALUE_ALONE:
                    self._conversation.send_value(token, result["value"])
                else:
                    self._conversation.send("done", token, result)

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
        elif kind == "versions":
            yield from self._versions(token, *rest)
        elif kind in HANDLERS:
            if kind not in self._handlers:
                self._handlers[kind] = HANDLERS[kind](self._conversation)
            yield self._handlers[kind](token, *rest)
        else:
            for call in unwrap(rest[0]):  # read when its turn has come, and not before
                yield self._call(token, *unwrap(call))

    def _run_cell(self, token: int, cell: str | tuple[str, int]) -> dict[str, Any]:
        """Run a cell, or of (cell, line) the statements that end before the line."""
        run = partial(self._run_source, cell)
        result, error = self._conversation.interruptible(token, run)
        return result | failure(error)

    def _run_source(self, cell: str | tuple[str, int], tell: Tell) -> BaseException | None:
        if isinstance(cell, str):
            return self._shell.run_source(cell)
        return self._shell.run_statements(*cell, tell)

    def _versions(
        self, token: int, name: str, sources: Sequence[str], calls: Any
    ) -> Iterator[dict[str, Any]]:
        """The answers of several versions of a function to the same calls, one after the other."""
        names = self._shell.user_ns
        own, kept = names.get(name), names.pop(KEPT, None)  # versions bring their helpers along
        try:
            for source in sources:
                names.pop(name, None)
                with suppress(Exception):
                    exec(compile(source, "<version>", "exec", dont_inherit=True), names)
                for call in unwrap(calls):
                    yield self._call(token, *unwrap(call))
        finally:
            names[name] = own
            if kept is not None:
                names[KEPT] = kept

    def _call(
        self,
        token: int,
        name: Called,
        payload: Any,
        keywords: Sequence[str],
        functions: Mapping[int, Any],
        seed: int | None,
        stand_ins: Mapping[str, Any],
    ) -> dict[str, Any]:
        function = self._function(name)
        if not callable(function):
            return {"status": "missing"}
        values, ends = unwrap_series(payload)
        given = [*values]
        for place, item in functions.items():
            given[place] = self._made(token, item)
        first = len(given) - len(keywords)
        keyword = dict(zip(keywords, given[first:], strict=True))
        standing_in = self._standing_in(token, name, stand_ins)
        with self._conversation.recording(token) as result, standing_in:
            if seed is not None:
                np.random.seed(seed)
                random.seed(seed)
            try:
                value = function(*given[:first], **keyword)
                result |= self._encoded(value)
            except MissingName as error:
                result |= {"status": "missing", "error": described(error)}
            except BaseException as error:
                result |= {"status": "raised", "error": described(error), "lines": lines_of(error)}
                result["kinds"] = kinds_of(type(error))
                result["arguments"] = plain_arguments(error)
        if changed := changed_places(payload, ends, values):
            places = [*map(str, range(first)), *keywords]
            result["changed"] = [places[place] for place in changed]
        return result

    def _function(self, called: Called) -> Any:
        """What a call names: a function of the notebook's, or a driver given by its parts."""
        names = self._shell.user_ns
        return names.get(called) if isinstance(called, str) else partial(Driver(*called).run, names)

    def _made(self, token: int, item: Any) -> Callable[..., Any]:
        """A function that came as text, or by the name of one that the judge runs."""
        return self._conversation.proxy(token, item) if isinstance(item, str) else _made(*item)

    def _encoded(self, value: Any) -> dict[str, Any]:
        caps = self._conversation.caps
        try:
            return {"status": "value", "value": wrap(value, caps)}
        except WireError as error:
            with suppress(Exception):
                return {"status": "value", "value": wrap(listed(value), caps)}
            return {"status": "unsupported", "error": ("", str(error))}

    def _standing_in(self, token: int, called: Called, others: Mapping[str, Any]) -> Replaced:
        """Names of the notebook replaced: by the student's helpers, by functions of the judge's."""
        names = self._shell.user_ns
        functions = helpers_of(names, called if isinstance(called, str) else called[2])
        functions |= {name: self._made(token, item) for name, item in others.items()}
        return replaced(names, functions) if functions else _NOTHING

    def _stubs(
        self, stubs: Mapping[str, tuple[tuple[str, ...], list[str], bool]]
    ) -> dict[str, Any]:
        """Which exercises are there, and which of them still are what was handed out."""
        names = self._shell.user_ns
        asked = {
            name: Stub(text, frozenset(used), silent)
            for name, (text, used, silent) in stubs.items()
        }
        there = [name for name, stub in asked.items() if stub.is_there(name, names)]
        same = [name for name in there if is_untouched(names, name, asked[name])]
        return {"there": there, "same": same}

    def _put(self, files: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
        """Put files into the current folder before the first cell runs."""
        try:
            put_files((bytes(path), memoryview(content)) for path, content in files)
        except OSError as error:
            return {"error": described(error)}
        return {}


def _made(text: str, name: str, values: Any) -> Callable[..., Any]:
    """A function that came as text, with the values of those parameters that it came with."""
    sent = partial(Driver(text, name, ()).made(), **unwrap(values))
    sent.__name__ = name  # type: ignore[attr-defined]
    return sent
