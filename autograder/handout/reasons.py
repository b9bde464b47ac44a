"""Why an answer is wrong, for the commonest wrong answers.

A file beside the notebook holds one sentence for each of the commonest wrong answers to the
notebook's examples. The sentence is encrypted with a digest of the answer, so that only a student
who has that very answer can read it.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

REASONS = "public_reasons.json"
_MOST_NUMBERS = 100_000  # of an answer; a longer one is not looked up


def given(function: Callable[..., Any], args: Any, kwargs: Any) -> list[Any]:
    """The arguments of a call in the order of its parameters, defaults among them."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return list(bound.arguments.values())


def digest(name: str, given: Any, answer: Any) -> str:
    """A digest of a function's arguments and answer, numbers to five digits; "" where too long."""
    parts = []
    for part in _parts([name, given, answer]):
        parts.append(part)
        if len(parts) > _MOST_NUMBERS:
            return ""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def locked(text: str, key: str) -> str:
    """A text encrypted with the digest of an answer; `unlocked` is the inverse."""
    return base64.b64encode(_mixed(text.encode(), key)).decode()


def unlocked(text: str, key: str) -> str:
    return _mixed(base64.b64decode(text), key).decode()


def place(key: str) -> str:
    """The name under which the file holds the text that is encrypted with a digest."""
    return hashlib.sha256(f"place {key}".encode()).hexdigest()[:16]


def _mixed(data: bytes, key: str) -> bytes:
    stream = b""
    while len(stream) < len(data):
        stream += hashlib.sha256(f"{key} {len(stream)}".encode()).digest()
    return bytes(byte ^ stream[number] for number, byte in enumerate(data))


def _parts(value: Any) -> Iterator[str]:
    """A value in pieces of text, the same for lists, tuples and arrays of the same numbers."""
    if isinstance(value, dict):
        yield "{"
        for key in sorted(value, key=str):
            yield str(key)
            yield from _parts(value[key])
        yield "}"
    elif isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biuf":
        yield from _parts(value.tolist() if value.size <= _MOST_NUMBERS else str(value.shape))
    elif isinstance(value, (list, tuple)):
        yield "["
        for item in value:
            yield from _parts(item)
        yield "]"
    elif isinstance(value, (bool, int, float)):
        yield f"{float(value) + 0.0:.5g}".replace("-0", "0") if value == 0 else f"{value:.5g}"
    else:
        yield str(value) if isinstance(value, str) else type(value).__name__


def reason(function: Callable[..., Any], call: Any, answer: Any, folder: Path) -> tuple[str, str]:
    """The reason for a wrong answer to a call (arguments, keywords), and the section of the lesson.

    "" for what is not known.
    """
    try:
        name = function.__name__
        known = json.loads((folder / REASONS).read_text(encoding="utf-8"))[name]
        key = digest(name, given(function, *call), answer) if call else ""
        found = known["reasons"].get(place(key)) if key else None
        text, _, section = unlocked(found, key).partition("\n") if found else ("", "", "")
        return text, section or str(known["section"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return "", ""
