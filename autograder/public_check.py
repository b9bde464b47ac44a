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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

START, END = "START CODE HERE", "END CODE HERE"
_UNFILLED = re.compile(r"^\s*(?P<code>\S.*=\s*None|raise NotImplementedError\b.*?)\s*(?:#.*)?$")


class CheckFailed(Exception):
    """A public check that did not pass; a notebook shows its message and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return _coloured(str(self), "31").split("\n")


@dataclass(frozen=True)
class Difference:
    """One way in which an answer is not the expected one."""

    path: str  # where in the answer: "W1", "[0]['dW1']", "" for the answer itself
    kind: str  # none type missing_key extra_key length shape transposed dtype nonfinite …
    message: str  # a sentence that holds no expected value
    expected: str = ""  # short renderings, for public checks only
    got: str = ""


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
    name = getattr(function, "__name__", str(function))
    try:
        got = function(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    except Exception as error:
        raise CheckFailed(_failure(name, _explain_error(function, error))) from None
    found = differences(got, _as_arrays(expected), rtol, atol)
    if found:
        raise CheckFailed(_failure(name, _explain_difference(function, found)))
    print(_coloured(f"{_symbol('✓', 'ok')} {name}: as expected", "32"))


def differences(
    got: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-8, *, name: str = "the result"
) -> list[Difference]:
    """All differences between an answer and the expected one, in the order of `expected`.

    Equal means ``|got - expected| <= atol + rtol * |expected|``; NaN equals NaN only. Accepted:
    a scalar for a 0-d array, a length-1 array for a scalar, a list for a tuple, float32
    numbers within float32's accuracy. `name` is what the messages call the whole answer.
    """
    return list(_compare(got, expected, _Place("", name, rtol, atol)))


def agree(got: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-8) -> bool:
    """Whether there is no difference: stops at the first one and does not put it in words."""
    return next(_compare(got, expected, _Place("", "", rtol, atol, silent=True)), None) is None


# --- walking through an answer ------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where the comparison is, and how close is close enough."""

    path: str
    name: str
    rtol: float
    atol: float
    silent: bool = False  # only whether there is a difference matters

    @property
    def subject(self) -> str:
        """How a sentence names this place: `W1`, `result[0]`, the result."""
        if not self.path:
            return self.name
        return f"`result{self.path}`" if self.path.startswith("[") else f"`{self.path}`"

    def inside(self, key: Any) -> _Place:
        plain = not self.path and isinstance(key, str) and key.isidentifier()
        root = f"[{self.path!r}]" if self.path and self.path[0] != "[" else self.path
        path = key if plain else f"{root}[{key!r}]"
        return _Place(path, self.name, self.rtol, self.atol, self.silent)

    def differs(self, kind: str, what: str, got: Any, expected: Any) -> Difference:
        if self.silent:
            return Difference(self.path, kind, "")
        message = f"{self.subject}{what if what[0] in ':,' else ' ' + what}"
        return Difference(self.path, kind, message, render(expected), render(got))


def _compare(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    if expected is None or got is None:
        yield from _compare_none(got, expected, at)
    elif isinstance(expected, dict):
        yield from _compare_dict(got, expected, at)
    elif isinstance(expected, (list, tuple)):
        yield from _compare_sequence(got, expected, at)
    elif isinstance(expected, (str, bytes)):
        yield from _compare_text(got, expected, at)
    elif _is_numeric(expected):
        yield from _compare_numbers(got, expected, at)
    elif type(got) is not type(expected) or got != expected:
        yield at.differs("value", "is not what it should be", got, expected)


def _compare_none(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    if got is None and expected is not None:
        yield at.differs("none", f"is None, expected {_describe(expected)}", got, expected)
    elif got is not None:
        yield at.differs("type", f"is {_describe(got)}, expected None", got, expected)


def _compare_dict(got: Any, expected: dict[Any, Any], at: _Place) -> Iterator[Difference]:
    if not isinstance(got, dict):
        yield _wrong_type(got, expected, at)
        return
    for key, value in expected.items():
        if key in got:
            yield from _compare(got[key], value, at.inside(key))
        else:
            place = at.inside(key)
            yield Difference(place.path, "missing_key", f"{place.subject} is missing")
    for key in got:
        if key not in expected:
            place = at.inside(key)
            yield Difference(place.path, "extra_key", f"{place.subject} should not be there")


def _compare_sequence(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    if not isinstance(got, (list, tuple)):
        yield _wrong_type(got, expected, at)
    elif len(got) != len(expected):
        what = f"has {_count(len(got), 'item')}, expected {len(expected)}"
        yield at.differs("length", what, got, expected)
    else:
        for index, (mine, theirs) in enumerate(zip(got, expected, strict=True)):
            yield from _compare(mine, theirs, at.inside(index))


def _compare_text(got: Any, expected: str | bytes, at: _Place) -> Iterator[Difference]:
    if not isinstance(got, type(expected)):
        yield _wrong_type(got, expected, at)
    elif got != expected:
        yield at.differs("value", "is another text than expected", got, expected)


def _compare_numbers(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    target = _array(expected)
    if isinstance(got, (list, tuple, dict, str, bytes)) or not _is_numeric(got):
        yield _wrong_type(got, expected, at)
        return
    mine = _array(got)
    if target.ndim == 0 and mine.size == 1:
        mine = mine.reshape(())
    if mine.shape != target.shape:
        yield _wrong_shape(mine, target, got, at)
    elif mine.dtype == target.dtype and bool((mine == target).all()):
        return
    elif _kinds_clash(mine, target):
        yield at.differs("dtype", _dtype_words(mine, target), got, expected)
    else:
        yield from _compare_values(mine, target, at)


def _wrong_type(got: Any, expected: Any, at: _Place) -> Difference:
    what = f"is {_describe(got)}, expected {_describe(expected)}"
    return at.differs("type", what, got, expected)


def _wrong_shape(mine: Array, target: Array, got: Any, at: _Place) -> Difference:
    what = f"has shape {mine.shape}, expected {target.shape}"
    if mine.ndim == 0:
        what = f"is a single number, expected an array of shape {target.shape}"
    elif target.ndim == 0:
        what = f"has shape {mine.shape}, expected a single number"
    if mine.ndim > 1 and mine.T.shape == target.shape and _close(mine.T, target, at).all():
        return at.differs("transposed", f"{what}: it is transposed", got, target)
    return at.differs("shape", what, got, target)


# --- numbers of the same shape ------------------------------------------------------------


def _compare_values(mine: Array, target: Array, at: _Place) -> Iterator[Difference]:
    with np.errstate(all="ignore"):
        wrong = ~_close(mine, target, at)
        if wrong.any():
            if at.silent:
                yield Difference(at.path, "value", "")
                return
            kind, what = _explain(mine, target, wrong, at)
            yield at.differs(kind, what, mine, target)


def _close(mine: Array, target: Array, at: _Place) -> Array:
    """Entry by entry: near enough, equal infinities, or NaN in both."""
    rtol, atol = at.rtol, at.atol
    if np.float32 in (mine.dtype, target.dtype) or np.float16 in (mine.dtype, target.dtype):
        finite = np.abs(target[np.isfinite(target)])
        rtol, atol = max(rtol, 1e-5), max(atol, 1e-6 * float(finite.max(initial=0.0)))
    with np.errstate(all="ignore"):
        mine, target = _wide(mine), _wide(target)
        near = np.abs(mine - target) <= atol + rtol * np.abs(target)
        same: Array = mine == target
        sound = np.isfinite(target)
        return np.asarray((near & sound) | same | (np.isnan(mine) & np.isnan(target)))


def _explain(mine: Array, target: Array, wrong: Array, at: _Place) -> tuple[str, str]:
    """The kind of difference, and its words after the name of the place."""
    unsound = ~np.isfinite(mine) & np.isfinite(target)
    if unsound.any():
        return "nonfinite", _nonfinite_words(mine, unsound)
    if _square_transposed(mine, target, at):
        return "transposed", "is transposed"
    kind, singular, plural = _relation(mine[wrong], target[wrong], at)
    if kind == "value" and _permuted(mine, target, at):
        return "order", "has the right values in another order"
    if mine.ndim == 0:
        return kind, singular
    scope, number, where = _scope(wrong, target)
    words = f": {where} {singular if number == 1 else plural}"
    return (scope if kind == "value" and scope != "all" else kind), words


def _nonfinite_words(mine: Array, unsound: Array) -> str:
    word = "NaN" if np.isnan(mine[unsound]).any() else "infinite"
    if mine.ndim == 0:
        return f"is {word}"
    return f"is {word} in {_few(unsound)} (first at {_first(unsound)})"


def _square_transposed(mine: Array, target: Array, at: _Place) -> bool:
    square = mine.ndim == 2 and mine.shape[0] == mine.shape[1] > 1
    return square and bool(_close(mine.T, target, at).all())


def _permuted(mine: Array, target: Array, at: _Place) -> bool:
    if mine.size < 2 or mine.dtype.kind == "b":
        return False
    return bool(_close(np.sort(mine, axis=None), np.sort(target, axis=None), at).all())


def _relation(mine: Array, target: Array, at: _Place) -> tuple[str, str, str]:
    """How the wrong numbers (1-d, all of them) relate to the right ones: kind, words, words."""
    if mine.dtype == bool:
        words = "the opposite of what {} should be"
        return "value", f"is {words.format('it')}", f"are {words.format('they')}"
    counts = target.dtype.kind in "iu"
    mine, target = _wide(mine), _wide(target)
    if not np.isfinite(target).all():
        return "nonfinite", "should not be a finite number", "should not be finite numbers"
    if not mine.any():
        return "zeros", "is zero and should not be", "are zero and should not be"
    if not target.any() and np.ptp(mine):
        return "value", "is not zero as it should be", "are not zero as they should be"
    if _close(-mine, target, at).all():
        return "sign", "has the wrong sign", "have the wrong sign"
    if mine.size == 1 and counts:
        size = "large" if mine > target else "small"
        return "value", f"is too {size}", f"is too {size}"
    factor = _constant_factor(mine, target)
    if factor:
        return "factor", f"is {factor} what it should be", f"are {factor} what they should be"
    offset = _constant_offset(mine, target, at)
    if offset:
        return "offset", f"is {offset}", f"are {offset}"
    far = _how_far(mine, target)
    return "value", f"is wrong ({far})", f"are wrong ({far})"


def _constant_factor(mine: Array, target: Array) -> str:
    """ "10 times", "1/64 of", or nothing; a lone number must be a simple multiple."""
    if not target.all() or "c" in mine.dtype.kind + target.dtype.kind:
        return ""
    ratios = mine / target
    ratio = float(np.median(ratios))
    if not ratio or abs(ratio - 1) < 1e-4 or not np.allclose(ratios, ratio, rtol=1e-6, atol=0.0):
        return ""
    for number, words in ((ratio, "{} times"), (1 / ratio, "1/{} of")):
        if 1.5 < abs(number) < 1e6 and abs(number - round(number)) < 1e-6 * abs(number):
            return words.format(round(number))
    return f"{ratio:.4g} times" if mine.size > 1 else ""


def _constant_offset(mine: Array, target: Array, at: _Place) -> str:
    """ "too large by 0.5", or nothing; a lone number tells no constant."""
    if mine.size < 2 or "c" in mine.dtype.kind + target.dtype.kind:
        return ""
    steps = mine - target
    step = float(np.median(steps))
    slack = at.atol + 1e-6 * max(abs(step), 1e-6 * float(np.abs(target).max()))
    if np.abs(steps - step).max() > slack:
        return ""
    return f"too {'large' if step > 0 else 'small'} by {abs(step):.4g}"


def _how_far(mine: Array, target: Array) -> str:
    scale = float(np.abs(target).max())
    step = float(np.abs(mine - target).max())
    if scale == 0:
        return f"off by up to {step:.1g}"
    share = step / scale
    if share < 1e-5:
        return f"nearly right: off by {share:.0e} of the value at most"
    if share < 10:
        return f"off by up to {share * 100:.2g}%" if share < 1 else f"off by up to {share:.0%}"
    return f"off by up to {share:.0f} times the value"


# --- words --------------------------------------------------------------------------------


def _scope(wrong: Array, target: Array) -> tuple[str, int, str]:
    """Which entries of an array are wrong: the kind of place, how many places, their words."""
    if wrong.all():
        words = {1: "its entry", 2: "both entries"}
        return "all", wrong.size, words.get(wrong.size, f"all {wrong.size} entries")
    if (wrong == (target != 0)).all() and wrong.sum() > 1:
        return "all", wrong.size, f"all {int(wrong.sum())} entries that are not zero"
    if wrong.ndim == 2 and min(wrong.shape) > 1:
        for axis, word in ((1, "row"), (0, "column")):
            lines = wrong.all(axis=axis, keepdims=True)
            if (wrong == lines).all():
                return f"{word}s", int(lines.sum()), f"only {_numbers(word, lines.ravel())}"
    return "entries", int(wrong.sum()), f"{_few(wrong)} (first at {_first(wrong)})"


def _numbers(word: str, chosen: Array) -> str:
    """ "row 1", or "rows 0, 2, 5"."""
    numbers = [str(number) for number in np.flatnonzero(chosen)]
    shown = ", ".join(numbers[:5]) + ", …" if numbers[5:] else _listed(numbers)
    return f"{word}{'s' if numbers[1:] else ''} {shown}"


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _few(mask: Array) -> str:
    return f"{int(mask.sum())} of {_count(mask.size, 'entry', 'entries')}"


def _first(mask: Array) -> str:
    return str([int(i) for i in np.argwhere(mask)[0]])


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _describe(value: Any) -> str:
    """What a value is, without telling it: "an array of shape (2, 3)", "a list"."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if _is_numeric(value):
        return "a number"
    names = {dict: "a dictionary", list: "a list", tuple: "a tuple", str: "a text"}
    named = next((text for kind, text in names.items() if isinstance(value, kind)), "")
    return named or f"of type {type(value).__name__}"


def _dtype_words(mine: Array, target: Array) -> str:
    words = {"b": "boolean", "i": "integer", "u": "integer", "f": "float", "c": "complex number"}
    have, want = words[mine.dtype.kind], words[target.dtype.kind]
    if target.ndim == 0:
        return f"is of the kind {have}, expected {want}"
    return f"holds {have}s, expected {want}s"


def render(value: Any, width: int = 70) -> str:
    """A value on one short line, numbers with eight digits."""
    with np.printoptions(precision=8, threshold=12, edgeitems=2, linewidth=10**6):
        if isinstance(value, (float, np.floating)):
            text = f"{float(value):.10g}"
        else:
            text = str(value) if isinstance(value, (np.ndarray, np.generic)) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


# --- numbers as numpy sees them -----------------------------------------------------------


def _is_numeric(value: Any) -> bool:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "biufc"
    return isinstance(value, (bool, int, float, complex))


def _array(value: Any) -> Array:
    """A number or an array as a plain array; integers that numpy cannot hold become floats."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return np.array(
            float(value) if abs(value) < 2**1023 else (np.inf if value > 0 else -np.inf)
        )
    return np.asarray(value)


def _kinds_clash(mine: Array, target: Array) -> bool:
    """Integers in an array meant for floats, complex for real, booleans for a number."""
    kind, wanted = mine.dtype.kind, target.dtype.kind
    if target.ndim == 0:
        return (kind == "b") != (wanted == "b") or (kind == "c" and wanted != "c")
    return (wanted in "fc" and kind in "biu") or (kind == "c" and wanted != "c")


def _wide(array: Array) -> Array:
    """Numbers wide enough to subtract without wrapping."""
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)


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
    return all(_is_numeric(entry) for entry in rows)


# --- what a student reads -----------------------------------------------------------------


def _failure(name: str, what: str) -> str:
    return f"{_symbol('✗', 'x')} {name}: {what}"


def _explain_difference(function: Callable[..., Any], found: list[Difference]) -> str:
    first = found[0]
    unfilled = _unfilled_line(function)
    if any(d.kind == "none" for d in found):
        if unfilled:
            return _not_attempted(unfilled)
        if not first.path and first.kind == "none":
            return "the function returned None: does it end with `return`?"
    others = [d.path for d in found[1:] if d.path]
    more = f" (also differing: {', '.join(others[:4])}{', …' if others[4:] else ''})"
    message = first.message + (more if others else "")
    if not first.expected:
        return message
    return f"{message}\n    expected {first.expected}\n    got      {first.got}"


def _explain_error(function: Callable[..., Any], error: Exception) -> str:
    unfilled = _unfilled_line(function)
    if unfilled or isinstance(error, NotImplementedError):
        return _not_attempted(unfilled)
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    line = _own_line(function, error.__traceback__)
    return f"{what}\n    {line}" if line else what


def _not_attempted(unfilled: str) -> str:
    still = f"\n    still there: {unfilled}" if unfilled else ""
    return f"not attempted yet: fill the region below {START}{still}"


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
            found = f"line {trace.tb_lineno}: {text}" if text else found
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
