"""Statistics over several assignments: who falls behind, and which ideas come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from autograder.course import Course
from autograder.gradebook.points import ClassBook
from autograder.gradebook.report_store import ReportStore, assignments_kept
from autograder.report.decisions import AT_RISK, expected_students, from_reports, refused
from autograder.report.statistics import ClassStatistics, gather

OFTEN = 2  # assignments with trouble, of a student who falls behind, or with one idea


@dataclass(frozen=True)
class AssignmentLine:
    """One graded assignment."""

    name: str
    graded: int
    max_points: float
    mean: float  # share of the points, in [0, 1]
    missing: int
    refused: int
    at_risk: int
    waits: int  # answers that a person has yet to grade
    idea: str = ""  # hint of the most frequent misconception
    had: int = 0  # students who had it


@dataclass
class StudentLine:
    """One student over all graded assignments."""

    student: str
    shares: dict[str, float] = field(default_factory=dict)  # of the points, by assignment
    points: float = 0.0
    refused: set[str] = field(default_factory=set)  # assignments that could not be graded

    @property
    def absent(self) -> bool:
        """Whether nothing of theirs was graded or refused."""
        return not self.shares and not self.refused

    def troubles(self, assignments: Iterable[str]) -> int:
        """Assignments without a grade, or with less than 40 % of the points."""
        return sum(self.shares.get(name, 0.0) < AT_RISK for name in assignments)


@dataclass
class ReturningIdea:
    """One misconception in several assignments."""

    name: str
    hint: str
    where: dict[str, int] = field(default_factory=dict)  # students by assignment
    students: Counter[str] = field(default_factory=Counter)  # in so many assignments

    @property
    def again(self) -> int:
        """Students who had it in more than one assignment."""
        return sum(times >= OFTEN for times in self.students.values())


@dataclass
class CourseStatistics:
    """Statistics over all graded assignments of a course."""

    assignments: list[AssignmentLine] = field(default_factory=list)
    students: dict[str, StudentLine] = field(default_factory=dict)
    ideas: list[ReturningIdea] = field(default_factory=list)
    not_graded: dict[str, int] = field(default_factory=dict)  # assignment → submissions

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(line.name for line in self.assignments)

    @property
    def max_points(self) -> float:
        return sum(line.max_points for line in self.assignments)

    @property
    def behind(self) -> list[StudentLine]:
        """Who is in trouble in two assignments or more (or in the only one), worst first."""
        names = self.names
        fewest = min(OFTEN, len(names))
        found = [line for line in self.students.values() if line.troubles(names) >= fewest]
        return sorted(found, key=lambda line: (-line.troubles(names), line.points, line.student))


def gather_course(course: Course, book: ClassBook) -> CourseStatistics:
    """The statistics of all graded assignments, in the order in which they are due."""
    found = CourseStatistics()
    expected = sorted(expected_students(course, book.students))
    found.students = {student: StudentLine(student) for student in expected}
    ideas: dict[str, ReturningIdea] = {}
    for name in _in_order(course, book):
        one = gather(name, ReportStore(course, name).reports(), book.of(name))
        if one.rows:
            _add_assignment(found, one, set().union(*refused(course, name).values()))
            _add_ideas(ideas, one)
        elif waiting := len(course.students(course.submitted_directory, name)):
            found.not_graded[name] = waiting
    back = [idea for idea in ideas.values() if len(idea.where) >= OFTEN]
    found.ideas = sorted(back, key=lambda i: (-i.again, -len(i.students), i.name))
    return found


def _in_order(course: Course, book: ClassBook) -> list[str]:
    known = (*book.assignments, *course.assignments(), *assignments_kept(course))
    return list(dict.fromkeys(known))


def _add_assignment(found: CourseStatistics, one: ClassStatistics, not_graded: set[str]) -> None:
    known = set(found.students)
    graded = {row.student for row in one.rows}
    for row in one.rows:
        line = found.students.setdefault(row.student, StudentLine(row.student))
        line.shares[one.assignment] = row.share
        line.points += row.points
    for student in not_graded - graded:
        found.students.setdefault(student, StudentLine(student)).refused.add(one.assignment)
    plain = from_reports(one)
    first = plain.ideas[0] if plain.ideas else None
    found.assignments.append(
        AssignmentLine(
            name=one.assignment,
            graded=len(graded),
            max_points=one.max_points,
            mean=float(np.mean([row.share for row in one.rows])),
            missing=len(known - graded - not_graded),
            refused=len(not_graded),
            at_risk=len(plain.at_risk),
            waits=one.waits,
            idea=first.hint if first else "",
            had=len(first.students) if first else 0,
        )
    )


def _add_ideas(ideas: dict[str, ReturningIdea], one: ClassStatistics) -> None:
    """Add one assignment's ideas; ideas with the same name or the same hint are one."""
    by_hint = {idea.hint: name for name, idea in ideas.items()}
    for idea in from_reports(one).ideas:
        name = by_hint.get(idea.hint, idea.name)
        known = ideas.setdefault(name, ReturningIdea(name, idea.hint))
        known.where[one.assignment] = known.where.get(one.assignment, 0) + len(idea.students)
        known.students.update(dict.fromkeys(idea.students, 1))


def course_rows(found: CourseStatistics) -> Iterator[list[object]]:
    """One line per student: percent of each assignment's points, all points, trouble."""
    names = found.names
    for line in found.students.values():
        shares = [
            round(100 * line.shares[name], 1) if name in line.shares
            else "not graded" if name in line.refused else ""
            for name in names
        ]  # fmt: skip
        yield [line.student, line.points, found.max_points, line.troubles(names), *shares]


def idea_rows(found: CourseStatistics) -> Iterator[list[object]]:
    """One line per idea that came back: students, students who had it again, where."""
    for idea in found.ideas:
        where = "; ".join(f"{name} {n}" for name, n in idea.where.items())
        yield [idea.name, len(idea.students), idea.again, where, idea.hint]


IDEA_HEADER = ["misconception", "students", "students who had it again", "where", "hint"]


def course_header(found: CourseStatistics) -> list[str]:
    """What the columns of `course_rows` hold."""
    about = ["student", "points", "max_points", "assignments in trouble"]
    return [*about, *(f"{name} (%)" for name in found.names)]
