"""What a class's reports say together, gathered in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from autograder.language.catalogue import unsure
from autograder.model import Check, Exercise, Report, Verdict

STUCK = frozenset({Verdict.ERROR, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.MISSING})
MOST_LOST = 0.5  # of an exercise's points
NOT_PASSED = tuple(str(v) for v in Verdict if v not in (Verdict.PASSED, Verdict.GRADER_ERROR))


@dataclass
class CheckStatistics:
    """One check over the whole class."""

    exercise: str
    id: str
    title: str
    verdicts: Counter[str] = field(default_factory=Counter)
    passed: list[bool] = field(default_factory=list)
    points: list[float] = field(default_factory=list)  # of the same students' whole notebooks

    @property
    def success(self) -> float:
        """Share of students who pass it, in [0, 1]."""
        return sum(self.passed) / len(self.passed) if self.passed else 0.0

    @property
    def discrimination(self) -> float | None:
        """Correlation of passing this check with the points of the whole notebook, in [-1, 1].

        The point-biserial correlation; None when all pass or all fail, or all have the same
        points.
        """
        passed, points = np.array(self.passed, dtype=float), np.array(self.points)
        if passed.size < 2 or passed.std() == 0 or points.std() == 0:
            return None
        return float(np.corrcoef(passed, points)[0, 1])


@dataclass
class ExerciseStatistics:
    """One exercise over the whole class."""

    name: str
    max_points: float
    fractions: list[float] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    stuck: list[str] = field(default_factory=list)  # students whose code gives no value at all

    @property
    def mean(self) -> float:
        """Mean share of the points, in [0, 1]."""
        return float(np.mean(self.fractions)) if self.fractions else 0.0

    @property
    def full(self) -> float:
        """Share of students with all points, in [0, 1]."""
        return float(np.mean([f == 1.0 for f in self.fractions])) if self.fractions else 0.0


@dataclass
class StudentRow:
    """One student's line in the tables."""

    student: str
    points: float
    max_points: float
    exercises: dict[str, float]
    flags: tuple[str, ...]
    seconds: float


@dataclass
class Misunderstanding:
    """A recognised misconception and who has it."""

    exercise: str
    name: str
    hint: str
    students: list[str] = field(default_factory=list)
    section: str = ""


@dataclass
class Unexplained:
    """Wrong answers of one exercise that no hint explains and that fail in the same way."""

    exercise: str
    message: str  # what most of their checks say
    checks: int  # that fail
    students: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.students)


@dataclass
class ClassStatistics:
    """Everything the report shows; students in the order in which they came."""

    assignment: str
    rows: list[StudentRow] = field(default_factory=list)
    exercises: dict[str, ExerciseStatistics] = field(default_factory=dict)
    checks: dict[tuple[str, str], CheckStatistics] = field(default_factory=dict)
    misunderstandings: dict[tuple[str, str], Misunderstanding] = field(default_factory=dict)
    unexplained: dict[tuple[str, ...], Unexplained] = field(default_factory=dict)
    # who passed all public checks of an exercise and lost most of its points all the same
    deceived: dict[str, list[str]] = field(default_factory=dict)

    @property
    def points(self) -> np.ndarray:
        """Each student's points, shape ``(students,)``."""
        return np.array([row.points for row in self.rows])

    @property
    def max_points(self) -> float:
        return max((row.max_points for row in self.rows), default=0.0)

    @property
    def usual_seconds(self) -> tuple[float, float]:
        """Seconds within which half of the submissions, and 95 in 100, were graded."""
        half, most = np.percentile([row.seconds for row in self.rows], [50, 95])
        return float(half), float(most)

    @property
    def failures(self) -> tuple[str, ...]:
        """Verdicts other than passed that any exercise of the class has, the mildest first."""
        had = {verdict for e in self.exercises.values() for verdict in e.verdicts}
        return tuple(verdict for verdict in NOT_PASSED if verdict in had)

    def common_misunderstandings(self) -> list[Misunderstanding]:
        """The most common first."""
        return sorted(self.misunderstandings.values(), key=lambda m: (-len(m.students), m.name))


def gather(assignment: str, reports: Iterable[Report]) -> ClassStatistics:
    """The statistics of one assignment's reports."""
    found = ClassStatistics(assignment)
    for report in reports:
        earned = {e.name: e.points for e in report.exercises}
        found.rows.append(
            StudentRow(
                report.student,
                sum(earned.values()),
                report.max_points,
                earned,
                report.flags,
                round(sum(report.seconds.values()), 3),
            )
        )
        for exercise in report.exercises:
            _add_exercise(found, found.rows[-1], exercise)
    return found


def _add_exercise(found: ClassStatistics, row: StudentRow, exercise: Exercise) -> None:
    known = found.exercises.setdefault(
        exercise.name, ExerciseStatistics(exercise.name, exercise.max_points)
    )
    known.fractions.append(exercise.fraction)
    known.verdicts[str(exercise.verdict)] += 1
    if exercise.verdict in STUCK:
        known.stuck.append(row.student)
    for check in exercise.checks:
        _add_check(found, row, check)
    _add_unexplained(found, row, exercise)
    public = [check for check in exercise.checks if check.public]
    if public and all(check.passed for check in public) and exercise.fraction < MOST_LOST:
        found.deceived.setdefault(exercise.name, []).append(row.student)


def _add_unexplained(found: ClassStatistics, row: StudentRow, exercise: Exercise) -> None:
    left = [check for check in exercise.checks if not check.passed]
    if not left or any(c.hint or c.verdict is Verdict.NOT_ATTEMPTED for c in left):
        return
    key = (exercise.name, *(f"{check.id} {check.verdict} {check.message}" for check in left))
    said = [check.message for check in left]
    group = Unexplained(exercise.name, max(said, key=said.count), len(left))
    found.unexplained.setdefault(key, group).students.append(row.student)


def _add_check(found: ClassStatistics, row: StudentRow, check: Check) -> None:
    key = (check.exercise, check.id)
    known = found.checks.setdefault(key, CheckStatistics(check.exercise, check.id, check.title))
    known.verdicts[str(check.verdict)] += 1
    known.passed.append(check.passed)
    known.points.append(row.points)
    if check.misconception and not unsure(check.hint):
        name = (check.exercise, check.misconception)
        known_as = Misunderstanding(*name, check.hint, section=check.section)
        who = found.misunderstandings.setdefault(name, known_as).students
        if row.student not in who[-1:]:
            who.append(row.student)
