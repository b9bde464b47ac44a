"""Where and how two values differ, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import Any

import numpy as np

from autograder.handout.arrays import (
    Array,
    as_array,
    dtype_words,
    kinds_clash,
    nested_numbers,
    wide,
)
from autograder.handout.places import Route, Step, documented, with_what
from autograder.handout.words import Text, describe, is_numeric, render


@dataclass(frozen=True)
class Difference:
    """One way in which an answer is not the expected one."""

    path: str  # where in the answer: "W1", "[0]['dW1']", "" for the answer itself
    kind: str  # none type missing_key extra_key length shape transposed dtype nonfinite …
    message: str  # a sentence that holds no expected value
    expected: str = ""  # short renderings, for public checks only
    got: str = ""
    place: str = ""  # the path in words


_NEARLY_ZERO = 1e-6  # what is smaller stands for nothing at all, as a gradient check's answer does
_MOST_EXTRA = 20  # keys that should not be there and are named
_RESULT = Text("the result")


def differences(
    got: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-8, *, name: str = _RESULT,
    about: str = "",
) -> list[Difference]:  # fmt: skip
    """All differences between an answer and the expected one, in the order of `expected`.

    Equal means ``|got - expected| <= atol + rtol * |expected|``; NaN equals NaN only. Accepted:
    a scalar for a 0-d array, a length-1 array for a scalar, a list for a tuple, an array for a
    list of numbers or rows, nested lists for an array, float32 numbers within float32's accuracy.
    `name` is what the messages call the whole answer. `about` is the docstring of the function:
    where it names the things in a tuple, messages use these names.
    """
    return list(_compare(got, expected, _Place(Route(), name, rtol, atol, about=about)))


def agree(got: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-8) -> bool:
    """Whether there is no difference: stops at the first one and does not put it in words."""
    return next(_compare(got, expected, _Place(Route(), "", rtol, atol, silent=True)), None) is None


@dataclass(frozen=True)
class _Place:
    """Where the comparison is, and how close is close enough."""

    route: Route
    name: str
    rtol: float
    atol: float
    silent: bool = False  # only whether there is a difference matters
    about: str = ""  # the function's docstring

    @property
    def path(self) -> str:
        return self.route.path

    @property
    def subject(self) -> str:
        """How a sentence names this place: `W1`, the 1st value returned, the result."""
        return self.route.words if self.path else self.name

    def inside(self, key: Any, kind: type = dict, name: str = "") -> _Place:
        if self.silent:
            return self
        return replace(self, route=self.route.inside(Step(key, kind, name)))

    def differs(self, kind: str, what: str, got: Any, expected: Any) -> Difference:
        if self.silent:
            return Difference(self.path, kind, "")
        message = with_what(self.subject, what)
        return Difference(self.path, kind, message, render(expected), render(got), self.subject)


def _compare(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    if expected is None or got is None:
        yield from _compare_none(got, expected, at)
    elif isinstance(expected, dict):
        yield from _compare_dict(got, expected, at)
    elif isinstance(expected, (list, tuple)):
        yield from _compare_sequence(got, expected, at)
    elif isinstance(expected, (str, bytes)):
        yield from _compare_text(got, expected, at)
    elif is_numeric(expected):
        yield from _compare_numbers(got, expected, at)
    elif type(got) is not type(expected) or got != expected:
        yield at.differs("value", Text("is not what it should be"), got, expected)


def _compare_none(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    if got is None and expected is not None:
        yield at.differs(
            "none", Text("is None, expected {wanted}", wanted=describe(expected)), got, expected
        )
    elif got is not None:
        yield at.differs(
            "type", Text("is {found}, expected None", found=describe(got)), got, expected
        )


def _compare_dict(got: Any, expected: dict[Any, Any], at: _Place) -> Iterator[Difference]:
    if not isinstance(got, dict):
        yield _wrong_type(got, expected, at)
        return
    for key, value in expected.items():
        if key in got:
            yield from _compare(got[key], value, at.inside(key))
        else:
            place = at.inside(key)
            message = Text("{place} is missing", place=place.subject)
            yield Difference(place.path, "missing_key", message, place=place.subject)
    for key in islice((key for key in got if key not in expected), _MOST_EXTRA):
        place = at.inside(key)
        message = Text("{place} should not be there", place=place.subject)
        yield Difference(place.path, "extra_key", message, place=place.subject)


def _compare_sequence(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    if not isinstance(got, (list, tuple)) and not (isinstance(got, np.ndarray) and got.ndim):
        yield _wrong_type(got, expected, at)
    elif len(got) != len(expected):
        items = "has {found} item, expected {wanted}"
        if len(got) != 1:
            items = "has {found} items, expected {wanted}"
        what = Text(items, found=len(got), wanted=len(expected))
        yield at.differs("length", what, got, expected)
    else:
        kind = tuple if isinstance(expected, tuple) else list
        names = documented(at.about, len(expected), whole=not at.path) if at.about else ()
        for index, (theirs, name) in enumerate(zip_longest(expected, names, fillvalue="")):
            yield from _compare(got[index], theirs, at.inside(index, kind, name))


def _compare_text(got: Any, expected: str | bytes, at: _Place) -> Iterator[Difference]:
    if not isinstance(got, type(expected)):
        yield _wrong_type(got, expected, at)
    elif got != expected:
        yield at.differs("value", Text("is another text than expected"), got, expected)


def _compare_numbers(got: Any, expected: Any, at: _Place) -> Iterator[Difference]:
    target = as_array(expected)
    mine = nested_numbers(got, target) if isinstance(got, (list, tuple)) and target.ndim else None
    if mine is None:
        if isinstance(got, (list, tuple, dict, str, bytes)) or not is_numeric(got):
            yield _wrong_type(got, expected, at)
            return
        mine = as_array(got)
    if target.ndim == 0 and mine.size == 1:
        mine = mine.reshape(())
    if mine.shape != target.shape:
        yield _wrong_shape(mine, target, got, at)
    elif mine.dtype == target.dtype and bool((mine == target).all()):
        return
    elif kinds_clash(mine, target):
        yield at.differs("dtype", dtype_words(mine, target), got, expected)
    else:
        yield from _compare_values(mine, target, at)


def _wrong_type(got: Any, expected: Any, at: _Place) -> Difference:
    what = Text("is {found}, expected {wanted}", found=describe(got), wanted=describe(expected))
    return at.differs("type", what, got, expected)


def _wrong_shape(mine: Array, target: Array, got: Any, at: _Place) -> Difference:
    words = "has shape {found}, expected {wanted}"
    if mine.ndim == 0:
        words = "is a single number, expected an array of shape {wanted}"
    elif target.ndim == 0:
        words = "has shape {found}, expected a single number"
    what = Text(words, found=mine.shape, wanted=target.shape)
    if mine.ndim > 1 and mine.T.shape == target.shape and _close(mine.T, target, at).all():
        return at.differs("transposed", Text("{what}: it is transposed", what=what), got, target)
    return at.differs("shape", what, got, target)


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
        mine, target = wide(mine), wide(target)
        near = np.abs(mine - target) <= atol + rtol * np.abs(target)
        same: Array = mine == target
        sound = np.isfinite(target)
        return np.asarray((near & sound) | same | (np.isnan(mine) & np.isnan(target)))


def _explain(mine: Array, target: Array, wrong: Array, at: _Place) -> tuple[str, Text]:
    """The kind of difference, and its words after the name of the place."""
    unsound = ~np.isfinite(mine) & np.isfinite(target)
    if unsound.any():
        return "nonfinite", _nonfinite_words(mine, unsound)
    if _square_transposed(mine, target, at):
        return "transposed", Text("is transposed")
    kind, singular, plural = _relation(mine[wrong], target[wrong], at)
    if kind == "value" and _permuted(mine, target, at):
        return "order", Text("has the right values in another order")
    if mine.ndim == 0:
        return kind, singular
    scope, number, where = _scope(wrong, target)
    words = Text(": {where} {what}", where=where, what=singular if number == 1 else plural)
    return (scope if kind == "value" and scope != "all" else kind), words


def _nonfinite_words(mine: Array, unsound: Array) -> Text:
    word = Text("NaN") if np.isnan(mine[unsound]).any() else Text("infinite")
    if mine.ndim == 0:
        return Text("is {word}", word=word)
    where, first = _few(unsound), _first(unsound)
    return Text("is {word} in {where} (first at {first})", word=word, where=where, first=first)


def _square_transposed(mine: Array, target: Array, at: _Place) -> bool:
    square = mine.ndim == 2 and mine.shape[0] == mine.shape[1] > 1
    return square and bool(_close(mine.T, target, at).all())


def _permuted(mine: Array, target: Array, at: _Place) -> bool:
    if mine.size < 2 or mine.dtype.kind == "b":
        return False
    return bool(_close(np.sort(mine, axis=None), np.sort(target, axis=None), at).all())


def _relation(mine: Array, target: Array, at: _Place) -> tuple[str, Text, Text]:
    """How the wrong numbers (1-d, all of them) relate to the right ones: kind, words, words."""
    if mine.dtype == bool:
        one = Text("is the opposite of what it should be")
        return "value", one, Text("are the opposite of what they should be")
    counts = target.dtype.kind in "iu"
    mine, target = wide(mine), wide(target)
    if not np.isfinite(target).all():
        one = Text("should not be a finite number")
        return "nonfinite", one, Text("should not be finite numbers")
    if not mine.any():
        return "zeros", Text("is zero and should not be"), Text("are zero and should not be")
    if not target.any() and np.ptp(mine):
        return "value", Text("is not zero as it should be"), Text("are not zero as they should be")
    if _close(-mine, target, at).all():
        return "sign", Text("has the wrong sign"), Text("have the wrong sign")
    if mine.size == 1 and counts:
        one = Text("is too large") if mine > target else Text("is too small")
        return "value", one, one
    factor = _constant_factor(mine, target)
    if factor:
        one = Text("is {factor} what it should be", factor=factor)
        return "factor", one, Text("are {factor} what they should be", factor=factor)
    if opposite := _constant_factor(-mine, target):
        one = Text("has the wrong sign and is {factor} the right size", factor=opposite)
        several = Text("have the wrong sign and are {factor} the right size", factor=opposite)
        return "factor", one, several
    offset = _constant_offset(mine, target, at)
    if offset:
        return "offset", Text("is {offset}", offset=offset), Text("are {offset}", offset=offset)
    far = _how_far(mine, target)
    return "value", Text("is wrong ({far})", far=far), Text("are wrong ({far})", far=far)


def _constant_factor(mine: Array, target: Array) -> str:
    """ "10 times", "1/64 of", or nothing where it is none that is positive.

    A lone number must be a simple multiple.
    """
    if not target.all() or "c" in mine.dtype.kind + target.dtype.kind:
        return ""
    ratios = mine / target
    ratio = float(np.median(ratios))
    if ratio <= 0 or abs(ratio - 1) < 1e-4 or not np.allclose(ratios, ratio, rtol=1e-6, atol=0.0):
        return ""
    for number, words in ((ratio, "{number} times"), (1 / ratio, "1/{number} of")):
        if 1.5 < number < 1e6 and abs(number - round(number)) < 1e-6 * number:
            return Text(words, number=round(number))
    return Text("{number:.4g} times", number=ratio) if mine.size > 1 else ""


def _constant_offset(mine: Array, target: Array, at: _Place) -> str:
    """ "too large by 0.5", or nothing; a lone number tells no constant."""
    if mine.size < 2 or "c" in mine.dtype.kind + target.dtype.kind:
        return ""
    steps = mine - target
    step = float(np.median(steps))
    slack = at.atol + 1e-6 * max(abs(step), 1e-6 * float(np.abs(target).max()))
    if np.abs(steps - step).max() > slack:
        return ""
    words = "too large by {number:.4g}" if step > 0 else "too small by {number:.4g}"
    return Text(words, number=abs(step))


def _how_far(mine: Array, target: Array) -> Text:
    scale = float(np.abs(target).max())
    step = float(np.abs(mine - target).max())
    if scale == 0:
        return Text("off by up to {step:.1g}", step=step)
    share = step / scale
    if share < 1e-5:
        return Text("nearly right: off by {share:.0e} of the value at most", share=share)
    if scale < _NEARLY_ZERO and step > 1000 * scale:
        words = "off by up to {step:.1g}, where nearly zero is expected"
        return Text(words, step=step, share=share)
    if share < 10:
        percent = f"{share * 100:.2g}%" if share < 0.1 else f"{share:.0%}"
        return Text("off by up to {percent}", percent=percent)
    if share < 1000:
        return Text("off by up to {share:.0f} times the value", share=share)
    return Text("off by more than a thousand times the value", share=share)


def _scope(wrong: Array, target: Array) -> tuple[str, int, Text]:
    """Which entries of an array are wrong: the kind of place, how many places, their words."""
    if wrong.all():
        words = {1: "its entry", 2: "both entries"}
        return "all", wrong.size, Text(words.get(wrong.size, "all {n} entries"), n=wrong.size)
    if (wrong == (target != 0)).all() and wrong.sum() > 1:
        number = int(wrong.sum())
        return "all", number, Text("all {n} entries that are not zero", n=number)
    if wrong.ndim == 2 and min(wrong.shape) > 1:
        for axis, word in ((1, "row"), (0, "column")):
            lines = wrong.all(axis=axis, keepdims=True)
            if (wrong == lines).all():
                return f"{word}s", int(lines.sum()), _numbered(word, lines.ravel())
    where, first = _few(wrong), _first(wrong)
    return "entries", int(wrong.sum()), Text("{where} (first at {first})", where=where, first=first)


def _numbered(word: str, chosen: Array) -> Text:
    """ "only row 1", or "only rows 0, 2 and 5"."""
    one, some, some_and_last = _LINES[word]
    numbers = [str(number) for number in np.flatnonzero(chosen)]
    if not numbers[1:]:
        return Text(one, n=numbers[0])
    if numbers[5:]:
        return Text(some, n=", ".join(numbers[:5]) + ", …")
    return Text(some_and_last, n=", ".join(numbers[:-1]), last=numbers[-1])


_LINES = {
    "row": ("only row {n}", "only rows {n}", "only rows {n} and {last}"),
    "column": ("only column {n}", "only columns {n}", "only columns {n} and {last}"),
}


def _few(mask: Array) -> Text:
    words = "{n} of {size} entry" if mask.size == 1 else "{n} of {size} entries"
    return Text(words, n=int(mask.sum()), size=mask.size)


def _first(mask: Array) -> str:
    return str([int(i) for i in np.argwhere(mask)[0]])
