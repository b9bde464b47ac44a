"""Statistics of a class's reports, gathered in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from autograder.gradebook.points import StudentPoints
from autograder.language.catalogue import unsure
from autograder.model import Check, Exercise, Report, Verdict

STUCK = frozenset({Verdict.ERROR, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.MISSING})
# what fails without a hint and says why all the same
KNOWN_WHY = frozenset(
    {Verdict.NOT_ATTEMPTED, Verdict.MISSING, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.WAITS}
)
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
    points: list[float] = field(default_factory=list)  # of the same students, by all checks

    @property
    def success(self) -> float:
        """Share of students who pass it, in [0, 1]."""
        return sum(self.passed) / len(self.passed) if self.passed else 0.0

    @property
    def discrimination(self) -> float | None:
        """Correlation of passing this check with the points by all checks, in [-1, 1].

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
    points: float  # what the gradebook counts: by checks and by hand, less what was late
    max_points: float
    exercises: dict[str, float]  # by hidden checks
    flags: tuple[str, ...] = ()
    seconds: float = 0.0
    by_hand: float = 0.0
    late_penalty: float = 0.0
    waits: int = 0  # answers that a person has yet to grade
    unjudged: frozenset[str] = frozenset()  # exercises whose test the author's solution fails

    @property
    def share(self) -> float:
        """Of the points that there are, in [0, 1]."""
        return self.points / self.max_points if self.max_points else 1.0

    def count(self, booked: StudentPoints) -> None:
        """Use the points that the gradebook holds."""
        self.points, self.max_points = booked.points, booked.max_points
        self.by_hand, self.late_penalty = booked.by_hand, booked.late_penalty
        self.waits = booked.waits


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
    message: str  # what most of their checks say; their verdict when they say nothing
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
    def waits(self) -> int:
        """Answers of the class that a person has yet to grade."""
        return sum(row.waits for row in self.rows)

    @property
    def by_hand(self) -> bool:
        """Whether anybody has points by hand."""
        return any(row.by_hand for row in self.rows)

    @property
    def late(self) -> bool:
        """Whether anybody lost points for being late."""
        return any(row.late_penalty for row in self.rows)

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


def gather(
    assignment: str, reports: Iterable[Report], booked: Mapping[str, StudentPoints] | None = None
) -> ClassStatistics:
    """The statistics of one assignment's reports, with the points that the gradebook holds.

    Who is in the gradebook only has a row without exercises.
    """
    found = ClassStatistics(assignment)
    left = dict(booked or {})
    for report in reports:
        earned = {e.name: e.points for e in report.exercises}
        automatic, seconds = sum(earned.values()), round(sum(report.seconds.values()), 3)
        row = StudentRow(
            report.student, automatic, report.max_points, earned, report.flags, seconds
        )
        row.unjudged = frozenset(
            e.name for e in report.exercises if any(c.verdict is Verdict.WAITS for c in e.checks)
        )
        if (points := left.pop(report.student, None)) is not None:
            row.count(points)
        found.rows.append(row)
        for exercise in report.exercises:
            _add_exercise(found, row, exercise, automatic)
    for student, points in sorted(left.items()):
        found.rows.append(StudentRow(student, 0.0, 0.0, {}))
        found.rows[-1].count(points)
    return found


def _add_exercise(
    found: ClassStatistics, row: StudentRow, exercise: Exercise, automatic: float
) -> None:
    known = found.exercises.setdefault(
        exercise.name, ExerciseStatistics(exercise.name, exercise.max_points)
    )
    known.fractions.append(exercise.fraction)
    known.verdicts[str(exercise.verdict)] += 1
    if exercise.verdict in STUCK:
        known.stuck.append(row.student)
    for check in exercise.checks:
        _add_check(found, row, check, automatic)
    _add_unexplained(found, row, exercise)
    public = [check for check in exercise.checks if check.public]
    if public and all(check.passed for check in public) and exercise.fraction < MOST_LOST:
        found.deceived.setdefault(exercise.name, []).append(row.student)


def is_unexplained(exercise: Exercise) -> bool:
    """Whether an attempted answer is wrong and no hint explains it."""
    left = [check for check in exercise.checks if not check.passed]
    return bool(left) and not any(c.hint or c.verdict in KNOWN_WHY for c in left)


def is_explained_in_part(exercise: Exercise) -> bool:
    """Whether a wrong answer has hints beside some of its failing checks only, or none."""
    left = [check for check in exercise.checks if not check.passed]
    return any(not c.hint and c.verdict not in KNOWN_WHY for c in left)


def _add_unexplained(found: ClassStatistics, row: StudentRow, exercise: Exercise) -> None:
    if not is_unexplained(exercise):
        return
    left = [check for check in exercise.checks if not check.passed]
    key = (exercise.name, *(f"{check.id} {check.verdict} {check.message}" for check in left))
    said = [check.message or str(check.verdict) for check in left]
    group = Unexplained(exercise.name, max(said, key=said.count), len(left))
    found.unexplained.setdefault(key, group).students.append(row.student)


def _add_check(found: ClassStatistics, row: StudentRow, check: Check, automatic: float) -> None:
    key = (check.exercise, check.id)
    known = found.checks.setdefault(key, CheckStatistics(check.exercise, check.id, check.title))
    known.verdicts[str(check.verdict)] += 1
    known.passed.append(check.passed)
    known.points.append(automatic)
    if check.misconception and not unsure(check.hint):
        name = (check.exercise, check.misconception)
        known_as = Misunderstanding(*name, check.hint, section=check.section)
        who = found.misunderstandings.setdefault(name, known_as).students
        if row.student not in who[-1:]:
            who.append(row.student)
