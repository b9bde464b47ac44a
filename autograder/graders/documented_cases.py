"""Documented cases: inputs and outputs that are public, kept as data beside the graders."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.model import CourseError

FILE = "documented_cases.json"


@dataclass(frozen=True)
class Case:
    """One documented call: ``function(*args, **kwargs)`` gives `expected`."""

    function: str
    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    expected: Any
    rtol: float = 1e-6
    atol: float = 1e-8
    note: str = ""

    def __str__(self) -> str:
        return self.name


def documented(function: str, folder: Path | None = None) -> list[Case]:
    """The documented cases of one function, from the file beside the calling grader.

    Raises CourseError when the file is missing or unreadable, or knows no such function.
    """
    where = (folder or Path(sys._getframe(1).f_globals["__file__"]).parent) / FILE
    cases = [case for case in _load(where) if case.function == function]
    if not cases:
        raise CourseError(f"{where} holds no case of {function!r}: add one, or remove its check")
    return cases


def cases_of(path: Path) -> tuple[Case, ...]:
    """All documented cases of a file; raises CourseError when it is missing or unreadable."""
    return _load(path)


@lru_cache
def _load(path: Path) -> tuple[Case, ...]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_case(row) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{path}: {type(error).__name__}: {error}") from error


def _case(row: Mapping[str, Any]) -> Case:
    optional = {key: row[key] for key in ("rtol", "atol", "note") if key in row}
    return Case(
        function=row["function"],
        name=row["case"],
        args=tuple(revive(value) for value in row.get("args", [])),
        kwargs={key: revive(value) for key, value in row.get("kwargs", {}).items()},
        expected=revive(row["expected"]),
        **optional,
    )


def revive(value: Any) -> Any:
    """The value that plain JSON stands for.

    ``{"array": [[…]], "dtype": "float64"}`` is an array and ``{"tuple": […]}`` a tuple;
    lists and dictionaries are read through.
    """
    if isinstance(value, list):
        return [revive(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=value.get("dtype"))
    if "tuple" in value:
        return tuple(revive(item) for item in value["tuple"])
    return {key: revive(item) for key, item in value.items()}
