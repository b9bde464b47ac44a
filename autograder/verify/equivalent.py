"""Equivalent mutants (those that no check can catch), listed by hand with the reason why.

``tests/<assignment>/equivalent_mutants.toml``::

    [[equivalent]]
    function = "initialize_parameters_zeros"     # or "*"
    operator = "float32"                         # the operator's name; default: any
    before = "parameters[* = np.zeros(*"         # the changed statement; * stands for anything
    after = "*"
    reason = "Zero is exact in single precision, and float32 is an accepted answer."

    [[equivalent]]
    function = "update_parameters_with_adam"     # without a statement: how many it excuses
    operator = "float32"
    count = 12
    reason = "…"

    [[equivalent]]
    id = "update_lr-3fa9c1"                      # one mutant, as `autograder verify` names it
    reason = "…"

    [[inapplicable]]                             # an honest variant that cannot be right here
    function = "gradient_check"
    variant = "float32 input"
    reason = "A step of 1e-7 is lost in single precision."

    [[earning]]                                  # an answer that knows nothing, and earns something
    function = "minority_rate"
    answer = "return 0"
    reason = "…"

An entry that fits no survivor, or not as many as its count, is an error: so the list stays true,
and excuses no mutant that nobody has looked at.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.model import CourseError
from autograder.verify.mutants import Mutant

FILE = "equivalent_mutants.toml"
_SHORTEST_REASON = 15  # characters: "same value" is no reason that a person can check


@dataclass(frozen=True)
class Equivalent:
    """One entry: which mutants make no difference that a check could see, and why."""

    reason: str
    id: str = ""
    function: str = "*"
    operator: str = "*"
    before: str = "*"
    after: str = "*"
    count: int = 0  # of survivors that it fits; 0: any number but none

    @property
    def is_bounded(self) -> bool:
        """Whether it names a mutant, a statement, or how many."""
        return bool(self.id or self.count) or (self.before, self.after) != ("*", "*")

    def fits(self, mutant: Mutant) -> bool:
        if self.id:
            return self.id == mutant.id
        return all(
            like(getattr(self, name), getattr(mutant, name))
            for name in ("function", "operator", "before", "after")
        )

    def __str__(self) -> str:
        parts = ("id", "function", "operator", "before", "after")
        written = {name: getattr(self, name) for name in parts}
        told = [f"{k} = {v!r}" for k, v in written.items() if v not in ("", "*")]
        return ", ".join([*told, *([f"count = {self.count}"] if self.count else [])])


@dataclass(frozen=True)
class Inapplicable:
    """A right variant that a function cannot be required to accept."""

    function: str
    variant: str
    reason: str

    def __str__(self) -> str:
        return f"function = {self.function!r}, variant = {self.variant!r}"


@dataclass(frozen=True)
class Earning:
    """An answer without knowledge of an exercise that is right for some of its checks."""

    function: str
    answer: str
    reason: str

    def __str__(self) -> str:
        return f"function = {self.function!r}, answer = {self.answer!r}"


@dataclass(frozen=True)
class Exceptions:
    """All that one assignment's file lists."""

    path: Path
    equivalent: Sequence[Equivalent] = field(default_factory=tuple)
    inapplicable: Sequence[Inapplicable] = field(default_factory=tuple)
    earning: Sequence[Earning] = field(default_factory=tuple)

    def reason(self, mutant: Mutant) -> str:
        """Why a mutant is no mistake; empty when it is not listed."""
        return next((entry.reason for entry in self.equivalent if entry.fits(mutant)), "")

    def excuses(self, function: str, variant: str) -> bool:
        """Whether a variant is listed as one that cannot be right for a function."""
        return any((e.function, e.variant) == (function, variant) for e in self.inapplicable)

    def lets_pass(self, function: str, answer: str) -> bool:
        """Whether an answer that knows nothing is listed as one that earns something."""
        return any((e.function, e.answer) == (function, answer) for e in self.earning)

    def idle(self, survivors: Iterable[Mutant]) -> list[str]:
        """Entries that fit none of the mutants which no check caught, or another number."""
        left = list(survivors)
        found = {entry: sum(map(entry.fits, left)) for entry in self.equivalent}
        return [
            f"{entry} (it fits {n})" if n else str(entry)
            for entry, n in found.items()
            if not n or (entry.count and n != entry.count)
        ]


def exceptions(folder: Path) -> Exceptions:
    """Read an assignment's list; an assignment without one has no exceptions.

    Raises CourseError for an entry with unknown keys, or without a reason.
    """
    path = folder / FILE
    if not path.is_file():
        return Exceptions(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: {error}") from error
    if unknown := set(data) - {"equivalent", "inapplicable", "earning"}:
        raise CourseError(f"{path}: unknown table {', '.join(sorted(unknown))}")
    return Exceptions(
        path,
        tuple(_entry(path, Equivalent, row) for row in data.get("equivalent", [])),
        tuple(_entry(path, Inapplicable, row) for row in data.get("inapplicable", [])),
        tuple(_entry(path, Earning, row) for row in data.get("earning", [])),
    )


def like(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which only * is special and stands for anything."""
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), text, flags=re.DOTALL) is not None


def _entry(path: Path, kind: type[Any], row: Mapping[str, Any]) -> Any:
    try:
        entry = kind(**row)
    except TypeError as error:
        raise CourseError(f"{path}: {dict(row)}: {error}") from error
    if len(entry.reason) < _SHORTEST_REASON:
        raise CourseError(
            f"{path}: {dict(row)}: give a reason that someone else can check, in a sentence"
        )
    if kind is Equivalent and not str(entry):
        raise CourseError(f"{path}: {dict(row)} would excuse every mutant: say which it means")
    if kind is Equivalent and not entry.is_bounded:
        raise CourseError(
            f"{path}: {dict(row)} would excuse mutants that nobody has looked at: name the "
            "statement (before, after), or say how many there are (count)"
        )
    return entry
