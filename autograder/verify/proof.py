"""The results of a proof, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from autograder.verify.questions import Kind
from autograder.verify.told import Hint, Told, by_operator


class Fate(StrEnum):
    """The result for a mutant."""

    KILLED = "killed"  # a check failed
    NOTICED = "noticed"  # accepted, with a remark to the student
    EQUIVALENT = "equivalent"  # listed by hand, with a reason
    SURVIVED = "survived"  # a check is missing, or an entry in the list


@dataclass(frozen=True)
class Tried:
    """One mutant and its fate."""

    id: str
    exercise: str
    operator: str
    line: int
    before: str
    after: str
    fate: Fate
    by: str = ""  # the check that failed first, or the reason in the list
    checks: tuple[str, ...] = ()  # ids of all that failed

    def __str__(self) -> str:
        return f"{self.id} [{self.operator}] line {self.line}: {self.before}  →  {self.after}"


@dataclass(frozen=True)
class Claim:
    """One thing shown, or not."""

    kind: Kind
    subject: str
    holds: bool
    detail: str = ""  # why not

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.detail}"


@dataclass(frozen=True)
class CheckRow:
    """One hidden check."""

    exercise: str
    id: str
    title: str
    public: bool

    @property
    def test(self) -> str:
        """The test function that it is a case of."""
        return self.id.partition("[")[0]


@dataclass(frozen=True)
class Catch:
    """One misconception and the checks of its exercise that catch it."""

    exercise: str
    name: str
    checks: tuple[str, ...]  # ids


@dataclass(frozen=True)
class Blind:
    """A misconception that every documented case lets pass, and the hidden checks that show it."""

    exercise: str
    name: str
    cases: tuple[str, ...]  # titles of the documented cases

    def __str__(self) -> str:
        return f"{self.exercise}: {self.name}"


@dataclass(frozen=True)
class Proof:
    """Everything about one assignment, or about one of its exercises."""

    assignment: str
    exercises: tuple[str, ...]
    claims: tuple[Claim, ...]
    mutants: tuple[Tried, ...]
    checks: tuple[CheckRow, ...]
    catches: tuple[Catch, ...]
    idle: tuple[str, ...] = ()  # listed exceptions that fit nothing
    told: tuple[Told, ...] = ()  # hints, where they were asked for
    blind: tuple[Blind, ...] = ()
    seconds: float = 0.0  # of all processes together

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that keeps the graders from being proven, one sentence each."""
        failed = [str(claim) for claim in self.claims if not claim.holds]
        alive = [f"mutant survived: {m}" for m in self.mutants if m.fate is Fate.SURVIVED]
        idle = [
            f"listed as an exception, but the survivors do not fit: {entry}" for entry in self.idle
        ]
        return (*failed, *alive, *idle)

    @property
    def holds(self) -> bool:
        return not self.problems

    def count(self, fate: Fate) -> int:
        return sum(mutant.fate is fate for mutant in self.mutants)

    @property
    def hints(self) -> Mapping[str, Mapping[Hint, int]]:
        """How often each kind of hint is given, by the operator that made the slip."""
        return by_operator(self.told)

    def claimed(self, kind: Kind) -> tuple[int, int]:
        """How many claims of a kind hold, of how many."""
        own = [claim for claim in self.claims if claim.kind is kind]
        return sum(claim.holds for claim in own), len(own)

    @property
    def redundant(self) -> tuple[str, ...]:
        """Hidden checks, all their cases together, that catch nothing alone.

        Whatever misconception or mutant they catch, another hidden check catches too. Public
        checks count for neither side: they show the documented case to the student, who sees
        it fail before any hidden check runs.
        """
        hidden = {(c.exercise, c.id): c.test for c in self.checks if not c.public}
        caught: list[Catch | Tried] = [*self.catches, *self.mutants]
        tests = ({hidden.get((c.exercise, id), "") for id in c.checks} - {""} for c in caught)
        alone = {next(iter(own)) for own in tests if len(own) == 1}
        return tuple(test for test in dict.fromkeys(hidden.values()) if test not in alone)

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``json.dumps``."""
        return {
            **asdict(self),
            "holds": self.holds,
            "problems": list(self.problems),
            "redundant": list(self.redundant),
            "fates": fates(self.mutants),
            "hints": self.hints,
        }


def fates(mutants: Iterable[Tried]) -> Mapping[str, int]:
    """How many mutants met each fate."""
    counted = Counter(mutant.fate for mutant in mutants)
    return {str(fate): counted[fate] for fate in Fate}
