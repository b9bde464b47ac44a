"""Texts that can be translated, and values on one short line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_MOST_AXES = 3  # of an array that is written out
_BRACKETS: dict[type, tuple[str, str]] = {dict: ("{", "}"), list: ("[", "]"), tuple: ("(", ")")}


class Text(str):
    """An English text that keeps its template and parts, so that it can be translated.

    ``Text("{name} is missing", name="W1")`` is the string "W1 is missing"; a part may be a Text.
    Without parts the braces of a template are plain letters.
    """

    template: str
    parts: dict[str, Any]

    def __new__(cls, template: str, /, **parts: Any) -> Text:
        if isinstance(template, Text) and not parts:
            return template
        self = super().__new__(cls, template.format(**parts) if parts else template)
        self.template, self.parts = template, parts
        return self

    def told(self, words: Callable[[str], str]) -> str:
        """The text with every template translated by `words`, its parts first."""
        if not self.parts:
            return words(self.template)
        parts = {k: v.told(words) if isinstance(v, Text) else v for k, v in self.parts.items()}
        return words(self.template).format(**parts)


def render(value: Any, width: int = 70) -> str:
    """A value on one line of at most `width` characters, numbers with eight digits."""
    with np.printoptions(precision=8, threshold=12, edgeitems=2, linewidth=10**6):
        if isinstance(value, (float, np.floating)):
            text = f"{float(value):.10g}"
        elif isinstance(value, (np.ndarray, np.generic)):
            text = str(value) if value.ndim <= _MOST_AXES else describe(value)
        else:
            text = _written(value, width)
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def _written(value: Any, room: int, depth: int = 0) -> str:
    """`repr`, written until there is no room for more."""
    if isinstance(value, str):
        return repr(value[:room])
    if isinstance(value, int) and value.bit_length() > 4 * room:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, np.ndarray) and value.ndim > _MOST_AXES:
        return describe(value)
    if type(value) not in _BRACKETS or depth >= room:
        return repr(value)[: room + 1] if type(value) not in _BRACKETS else "…"
    first, last = _BRACKETS[type(value)]
    text = first
    for number, item in enumerate(value):
        text += ", " if number else ""
        if isinstance(value, dict):
            text += _written(item, room - len(text), depth + 1) + ": "
            item = value[item]
        text += _written(item, max(1, room - len(text)), depth + 1)
        if len(text) > room:
            return text
    return text + ("," if isinstance(value, tuple) and len(value) == 1 else "") + last


def describe(value: Any) -> Text:
    """The kind of a value, without its content: "an array of shape (2, 3)", "a list"."""
    if isinstance(value, np.ndarray) and value.ndim:
        return Text("an array of shape {shape}", shape=value.shape)
    if isinstance(value, (bool, np.bool_)):
        return Text("True or False")
    if is_numeric(value):
        return Text("a number")
    names = {dict: "a dictionary", list: "a list", tuple: "a tuple", str: "a text"}
    named = next((words for kind, words in names.items() if isinstance(value, kind)), "")
    return Text(named) if named else Text("of type {name}", name=type(value).__name__)


def is_numeric(value: Any) -> bool:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "biufc"
    return isinstance(value, (bool, int, float, complex))
