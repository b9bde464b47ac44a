"""Check a function against an example, and say what is wrong in a line or two.

This file is handed out beside the notebook and needs nothing but numpy.

    check(relu, np.array([-1.0, 2.0]), expected=[0.0, 2.0])

`check` is what a notebook calls; `differences` is the comparison behind it.
"""

from __future__ import annotations

import copy
import inspect
import linecache
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from autograder.handout.chinese import CHINESE
from autograder.handout.differences import Difference, differences
from autograder.handout.reasons import reason
from autograder.handout.words import Text, is_numeric

LANGUAGE = "en"  # of what is printed here: en or zh, as the course has it
START, END = "START CODE HERE", "END CODE HERE"
_UNFILLED = re.compile(r"^\s*(?P<code>\S.*=\s*None|raise NotImplementedError\b.*?)\s*(?:#.*)?$")


class CheckFailed(Exception):
    """A public check that did not pass; a notebook shows its message and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return _coloured(str(self), "31").split("\n")


def check(
    function: Callable[..., Any],
    /,
    *args: Any,
    expected: Any,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    **kwargs: Any,
) -> None:
    """Call ``function(*args, **kwargs)``, compare with `expected` and print one line.

    Nested lists of numbers in `expected` stand for arrays; write a tuple where a plain
    sequence of numbers is meant. Raises CheckFailed when the answer is another one.
    """
    name = _of_several(getattr(function, "__name__", str(function)))
    try:
        got = function(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    except Exception as error:
        told = _with_reason(_explain_error(function, error), function, None, None)
        raise CheckFailed(_told(_failure(name, told))) from None
    found = differences(got, _as_arrays(expected), rtol, atol, about=function.__doc__ or "")
    if found:
        told = _with_reason(_explain_difference(function, found), function, (args, kwargs), got)
        raise CheckFailed(_told(_failure(name, told)))
    passed = Text("{symbol} {name}: as expected", symbol=_symbol("✓", "ok"), name=name)
    print(_coloured(_told(passed), "32"))


_before: dict[str, tuple[str, int, int]] = {}  # function → cell, line and number of its check


def _of_several(name: str) -> str:
    """How a check is headed: from the second of a function in one cell on, with its number."""
    caller = sys._getframe(2)
    cell, line = caller.f_code.co_filename, caller.f_lineno
    earlier, above, number = _before.get(name, ("", 0, 0))
    number = number + 1 if earlier == cell and above < line else 1
    _before[name] = (cell, line, number)
    return name if number == 1 else Text("{name}, example {number}", name=name, number=number)


# --- walking through an answer ------------------------------------------------------------


# --- numbers of the same shape ------------------------------------------------------------


# --- words --------------------------------------------------------------------------------


# --- numbers as numpy sees them -----------------------------------------------------------


def _as_arrays(expected: Any) -> Any:
    """`expected` as a notebook writes it, its nested lists of numbers made arrays."""
    if isinstance(expected, dict):
        return {key: _as_arrays(value) for key, value in expected.items()}
    if isinstance(expected, tuple):
        return tuple(_as_arrays(value) for value in expected)
    if isinstance(expected, list) and expected:
        return np.array(expected) if _is_table(expected) else [_as_arrays(v) for v in expected]
    return expected


def _is_table(rows: list[Any]) -> bool:
    if all(isinstance(row, list) and row for row in rows):
        return len({len(row) for row in rows}) == 1 and all(_is_table(row) for row in rows)
    return all(is_numeric(entry) for entry in rows)


# --- what a student reads -----------------------------------------------------------------


def _failure(name: str, what: str) -> Text:
    return Text("{symbol} {name}: {what}", symbol=_symbol("✗", "x"), name=name, what=what)


def _told(text: Text) -> str:
    """A text in the language of this file; in English where the terminal cannot print it."""
    if LANGUAGE != "zh" or not _symbol("是", ""):
        return text
    return text.told(lambda words: CHINESE.get(words, words))


def _explain_difference(function: Callable[..., Any], found: list[Difference]) -> str:
    first = found[0]
    unfilled = _unfilled_line(function)
    if any(d.kind == "none" for d in found):
        if unfilled:
            return _not_attempted(unfilled)
        if not first.path and first.kind == "none":
            return Text("the function returned None: does it end with `return`?")
    message = first.message
    others = [d.path if d.path.isidentifier() else d.place for d in found[1:] if d.path]
    if others:
        names: str = others[0]
        for other in others[1:4]:
            names = Text("{some}, {one}", some=names, one=other)
        names = Text("{some}, {one}", some=names, one="…") if others[4:] else names
        message = Text("{what} (also differing: {names})", what=message, names=names)
    if not first.expected:
        return message
    return Text(
        "{what}\n    expected {wanted}\n    got      {found}",
        what=message, wanted=first.expected, found=first.got,
    )  # fmt: skip


def _explain_error(function: Callable[..., Any], error: Exception) -> str:
    unfilled = _unfilled_line(function)
    if unfilled or isinstance(error, NotImplementedError):
        return _not_attempted(unfilled)
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    line = _own_line(function, error.__traceback__)
    return Text("{what}\n    {line}", what=what, line=line) if line else what


def _with_reason(what: str, function: Callable[..., Any], call: Any, got: Any) -> str:
    """What is wrong, then why, if many make this mistake, and where the lesson speaks of it."""
    if _unfilled_line(function):
        return what
    why, section = reason(function, call, got, Path(__file__).parent)
    if why and _symbol(why, ""):
        what = Text("{what}\n    a likely reason: {why}", what=what, why=why)
    if section and _symbol(section, ""):
        what = Text("{what}\n    read again: {section}", what=what, section=section)
    return what


def _not_attempted(unfilled: str) -> Text:
    what = Text("not attempted yet: fill the region below {start}", start=START)
    if not unfilled:
        return what
    return Text("{what}\n    still there: {code}", what=what, code=unfilled)


def _unfilled_line(function: Callable[..., Any]) -> str:
    """The first line of the stub that is still as handed out, or nothing."""
    inside = False
    for line in _source(function).splitlines():
        inside = (inside or START in line) and END not in line
        match = _UNFILLED.match(line) if inside else None
        if match:
            return match["code"]
    return ""


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def _own_line(function: Callable[..., Any], trace: TracebackType | None) -> str:
    """The last of the student's own lines on the way to an exception."""
    code = getattr(function, "__code__", None)
    found = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if code is not None and (name == code.co_filename or _is_cell(name)):
            text = linecache.getline(name, trace.tb_lineno).strip()
            words = "line {number}: {text}"
            found = Text(words, number=trace.tb_lineno, text=text) if text else found
        trace = trace.tb_next
    return found


def _is_cell(filename: str) -> bool:
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


def _symbol(symbol: str, plain: str) -> str:
    """`symbol`, or `plain` where the terminal cannot print it."""
    try:
        symbol.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError, AttributeError):
        return plain
    return symbol


def _coloured(text: str, code: str) -> str:
    """`text` with its first word in colour, where colours are shown."""
    shown = "ipykernel" in sys.modules or getattr(sys.stdout, "isatty", bool)()
    if not shown or os.environ.get("NO_COLOR"):
        return text
    first, _, rest = text.partition(" ")
    return f"\x1b[{code}m{first}\x1b[0m {rest}"


# --- in Chinese ---------------------------------------------------------------------------
