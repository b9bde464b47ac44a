"""Places in an answer, in words: "`W1` in the 1st value returned"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.handout.words import Text

_NAME = r"[A-Za-z_]\w*"
_LISTED = re.compile(rf"\(({_NAME}(?:,\s+{_NAME})+)\)", re.ASCII)
_LINE = re.compile(rf"^\s*({_NAME}(?:, {_NAME})*) -- ", re.ASCII | re.MULTILINE)
_OF_A_TUPLE = "{what} in the {nth} value returned"
_OF_A_LIST = "{what} in the {nth} item of the result"


@dataclass(frozen=True)
class Step:
    """One step into an answer: a key of a dictionary, or a place in a tuple or a list."""

    key: Any
    kind: type = dict
    name: str = ""  # of the thing at this place, where the exercise documents it

    @property
    def is_named(self) -> bool:
        return self.kind is dict or bool(self.name)

    @property
    def words(self) -> Text | None:
        """A name in backticks, or the number of a place; None for any other key, or a name with
        line breaks."""
        if self.is_named:
            name = self.name or self.key
            is_name = isinstance(name, str) and name.isprintable()
            return Text("`{name}`", name=name) if is_name else None
        return _nth(self.key)


@dataclass(frozen=True)
class Route:
    """The steps to a place, and the same as a path: "W1", "[0]['dW1']", "" for the whole."""

    steps: tuple[Step, ...] = ()
    path: str = ""

    def inside(self, step: Step) -> Route:
        """The route to an item of what is at this place."""
        key, path = step.key, self.path
        plain = not path and isinstance(key, str) and key.isidentifier()
        root = f"[{path!r}]" if path and path[0] != "[" else path
        return Route((*self.steps, step), key if plain else f"{root}[{key!r}]")

    @property
    def words(self) -> Text:
        """How a sentence names the place; by its path where that would take too many words."""
        first, last = self.steps[0], self.steps[-1]
        one, other = first.words, last.words
        if one is None or other is None or len(self.steps) > 2 or "{" in self.path:
            root = "result" if self.path.startswith("[") else ""
            return Text("`{name}`", name=f"{root}{self.path}")
        if last is first:
            return one if first.kind is dict else _of_the_whole(first, one)
        what = other if last.is_named else Text("the {nth} item", nth=other)
        if first.kind is dict:
            return Text("{what} in {whole}", what=what, whole=one)
        words = _OF_A_TUPLE if first.kind is tuple else _OF_A_LIST
        return Text(words, what=what, nth=_nth(first.key))


def _of_the_whole(step: Step, word: Text) -> Text:
    """The place of one of several values that are returned."""
    nth = _nth(step.key)
    if step.name:
        return Text("{what}, the {nth} value returned", what=word, nth=nth)
    if step.kind is tuple:
        return Text("the {nth} value returned", nth=nth)
    return Text("the {nth} item of the result", nth=nth)


def with_what(place: str, what: str) -> Text:
    """A sentence about a place, "`W1` is None"; Chinese has no blank behind words of its own."""
    last = place
    while isinstance(last, Text) and last.template.startswith("{what} in "):
        last = last.parts["what"]
    glued = what.startswith(":")
    if last.endswith("`"):
        return Text("{place}{what}" if glued else "{place} {what}", place=place, what=what)
    return Text("{whole}{what}" if glued else "{whole} {what}", whole=place, what=what)


def _nth(place: int) -> Text:
    """The place as a number that is counted from one: 1st, 2nd, 3rd, 4th, …"""
    number = place + 1
    if number % 100 in (11, 12, 13):
        return Text("{n}th", n=number)
    return Text({1: "{n}st", 2: "{n}nd", 3: "{n}rd"}.get(number % 10, "{n}th"), n=number)


def documented(text: str, number: int, *, whole: bool) -> Sequence[str]:
    """Names of so many things in a tuple, as a docstring has them behind "Returns".

    `whole`: the tuple is the whole answer, and each name begins a line, "mu -- mean of …". Any
    other tuple is listed in brackets, "(Z1, A1, W1)". Empty where another number is listed.
    """
    behind = text.partition("Returns")[2]
    if whole:
        names = [name for found in _LINE.findall(behind) for name in found.split(", ")]
        return names if len(names) == number else ()
    lists = (re.split(r",\s+", found) for found in _LISTED.findall(behind))
    return next((names for names in lists if len(names) == number), ())
