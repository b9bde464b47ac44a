"""The plain types that flow through a grading: frozen, and JSON in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """The result of one check, or of one exercise."""

    PASSED = "passed"
    WRONG = "wrong"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    MISSING = "missing"
    NOT_ATTEMPTED = "not_attempted"
    WAITS = "waits_to_be_graded"  # by a person: the author's own solution fails the test, too
    GRADER_ERROR = "grader_error"


class CourseError(Exception):
    """The course author's mistake; the message says what, where and what to do."""


class SubmissionError(Exception):
    """A submission that cannot be read; the message says what, where and what to do."""


class GraderError(Exception):
    """A failure of the grader itself: the student's old grade must stay."""


@dataclass(frozen=True)
class Check:
    """One hidden check of one exercise, as a student may read it."""

    id: str  # pytest's name of the check inside its file: test_fresh[deep]
    title: str  # the docstring's first line
    exercise: str
    verdict: Verdict
    weight: float = 1.0
    public: bool = False  # a documented case: its expected value may be shown
    message: str = ""  # the kind of difference; never a hidden input or expected value
    hint: str = ""  # of the recognised misconception
    section: str = ""  # heading of the lesson that the hint points to
    misconception: str = ""  # its name, for reports to the instructor
    lines: str = ""  # the student's own lines that the hint is about, with their numbers
    remark: str = ""  # right value, wrong manners: costs nothing
    seconds: float = 0.0

    def lasting(self, seconds: float) -> Check:
        """The same check with another duration (`replace` takes five times as long)."""
        check = object.__new__(Check)
        vars(check).update(vars(self), seconds=seconds)
        return check

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED


@dataclass(frozen=True)
class Exercise:
    """One graded function: its checks and the points they earn."""

    name: str
    max_points: float
    checks: tuple[Check, ...]

    @property
    def fraction(self) -> float:
        """Share of the checks' weight that passed, in [0, 1]."""
        total = sum(check.weight for check in self.checks)
        earned = sum(check.weight for check in self.checks if check.passed)
        return earned / total if total else 0.0

    @property
    def points(self) -> float:
        """Points earned, rounded to two decimals, in [0, max_points]."""
        return min(self.max_points, round(self.max_points * self.fraction, 2))

    @property
    def verdict(self) -> Verdict:
        """The first verdict that is not passed, or passed."""
        return next((c.verdict for c in self.checks if not c.passed), Verdict.PASSED)


@dataclass(frozen=True)
class Report:
    """All that a grading of one notebook found out."""

    assignment: str
    student: str
    notebook: str
    exercises: tuple[Exercise, ...]
    flags: tuple[str, ...] = ()  # repaired or suspicious: a deleted grade cell, a weak sandbox
    provenance: Mapping[str, str] = field(default_factory=dict)  # versions, seed, tier, hashes
    seconds: Mapping[str, float] = field(default_factory=dict)  # per step
    error: str = ""  # of the grader: nothing may be recorded when set

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max_points(self) -> float:
        return sum(exercise.max_points for exercise in self.exercises)

    def exercise(self, name: str) -> Exercise:
        return next(e for e in self.exercises if e.name == name)

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``json.dumps``: what ``asdict`` gives, without its copies."""
        exercises = tuple(
            {**vars(exercise), "checks": tuple(dict(vars(check)) for check in exercise.checks)}
            for exercise in self.exercises
        )
        return {**vars(self), "exercises": exercises}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """The inverse of `to_json`; raises KeyError or TypeError on foreign data."""
        fields = dict(data)
        fields["exercises"] = tuple(_exercise(e) for e in fields["exercises"])
        fields["flags"] = tuple(fields.get("flags", ()))
        return cls(**fields)


def _exercise(data: Mapping[str, Any]) -> Exercise:
    checks = tuple(Check(**{**c, "verdict": Verdict(c["verdict"])}) for c in data["checks"])
    return Exercise(data["name"], data["max_points"], checks)


@dataclass(frozen=True)
class Key:
    """What a result was made from, as digests by name: it is up to date while none changes."""

    submission: Mapping[str, str]  # files handed in
    run: Mapping[str, str]  # what the cells see: hand-outs, the release, limits, versions
    graders: Mapping[str, str]  # what all checks share: the solution, the seed, data of checks
    exercises: Mapping[str, str]  # the checks and misconceptions of each exercise
    outputs: Mapping[str, str] = field(default_factory=dict)  # which outputs are kept, and how

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``json.dumps``."""
        return {name: dict(digests) for name, digests in vars(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Key:
        """The inverse of `to_json`; raises TypeError on foreign data."""
        return cls(**{name: dict(digests) for name, digests in data.items()})


@dataclass(frozen=True)
class Executed:
    """A notebook (nbformat 4 as plain dicts) that nbgrader's own rule scores."""

    name: str
    notebook: dict[str, Any]


@dataclass(frozen=True)
class Graded:
    """A report and the executed notebook (nbformat 4 as plain dicts), scores not yet written."""

    report: Report
    notebook: dict[str, Any]
    others: tuple[Executed, ...] = ()  # of the same submission
    made: Mapping[str, str] = field(default_factory=dict)  # files by their cells, in base64
    key: Key | None = None  # None: made by hand, and not to be kept
    ordinary: frozenset[str] = frozenset()  # nbgrader ids of test cells that nbgrader's rule scores
    shown: tuple[str, ...] | None = None  # flags on this notebook's page; None: all of the report's
