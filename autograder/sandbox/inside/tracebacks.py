"""Tracebacks of cells: whose frames are shown, and what making them need not search."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any

from autograder.sandbox.inside.interruption import is_cell


def own_part(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames that lie outside of the cells (all of it if none lies in)."""
    kept = []
    rest = trace
    while rest is not None:
        if is_cell(rest.tb_frame.f_code.co_filename):
            kept.append(rest)
        rest = rest.tb_next
    result = None if kept else trace
    for item in reversed(kept):
        result = TracebackType(result, item.tb_frame, item.tb_lasti, item.tb_lineno)
    return result


@contextmanager
def cells_in_no_module() -> Iterator[None]:
    """Let `inspect` know that frames of cells lie in no module.

    To show a traceback, IPython asks for the module of each frame several times, and each time
    `inspect` looks at all modules that are imported, to find none.
    """
    search = inspect.getmodule
    inspect.getmodule = _ModuleOf(search)
    try:
        yield
    finally:
        inspect.getmodule = search


class _ModuleOf:
    """`inspect.getmodule`, which knows at once that a cell has no module."""

    def __init__(self, search: Callable[..., ModuleType | None]) -> None:
        self._search = search

    def __call__(self, object: Any, _filename: str | None = None) -> ModuleType | None:
        return None if _lies_in_a_cell(object) else self._search(object, _filename)


def _lies_in_a_cell(thing: Any) -> bool:
    if type(thing) is TracebackType:
        thing = thing.tb_frame
    if type(thing) is FrameType:
        thing = thing.f_code
    return type(thing) is CodeType and is_cell(thing.co_filename)
