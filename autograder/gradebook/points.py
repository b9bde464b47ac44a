"""A class's points in the gradebook: automatic, by hand, and cells that wait for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    GradeCell,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from autograder.gradebook.disk_errors import database_path, explained
from autograder.gradebook.shared import SharedGradebook


@dataclass
class StudentPoints:
    """One student's points of an assignment, with and without the late penalty."""

    automatic: float = 0.0  # of cells that only a machine scores
    most_automatic: float = 0.0
    by_hand: float = 0.0  # of answers and tasks that a person scores, and of corrections by hand
    most_by_hand: float = 0.0
    late_penalty: float = 0.0
    waits: int = 0  # cells that a person has yet to look at

    def add(
        self, auto: float | None, by_hand: float | None, most: float, *, by_person: bool
    ) -> None:
        """Add the points of one cell."""
        if by_person:
            self.most_by_hand += most
            self.by_hand += by_hand if by_hand is not None else auto or 0.0
        else:
            self.most_automatic += most
            self.automatic += 0.0 if by_hand is not None else auto or 0.0
            self.by_hand += by_hand or 0.0

    @property
    def points(self) -> float:
        """The student's points after the penalty, never below 0."""
        return max(0.0, self.automatic + self.by_hand - self.late_penalty)

    @property
    def max_points(self) -> float:
        return self.most_automatic + self.most_by_hand


@dataclass(frozen=True)
class ClassBook:
    """The data that a report takes from the gradebook; empty without a gradebook."""

    students: frozenset[str] = frozenset()  # everybody on its list
    assignments: tuple[str, ...] = ()  # by the day on which they are due, then by name
    points: Mapping[str, Mapping[str, StudentPoints]] = field(default_factory=dict)

    def of(self, assignment: str) -> Mapping[str, StudentPoints]:
        """Each student's points of one assignment."""
        return self.points.get(assignment, {})


def class_book(coursedir: CourseDirectory, assignments: Iterable[str] | None = None) -> ClassBook:
    """Students, and the points of some assignments or of all; creates no gradebook.

    Raises Refused when the gradebook cannot be read.
    """
    file = database_path(coursedir.db_url)
    if file and not Path(file).exists():
        return ClassBook()
    with (
        explained(coursedir.db_url),
        SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook,
    ):
        session = gradebook.db()
        due = session.execute(select(Assignment.name, Assignment.duedate)).all()
        names = [name for name, day in sorted(due, key=lambda a: (a[1] is None, a[1] or 0, a[0]))]
        return ClassBook(
            frozenset(session.scalars(select(Student.id))),
            tuple(names),
            {
                name: class_points(session, name)
                for name in (names if assignments is None else assignments)
            },
        )


def late_hand_ins(
    coursedir: CourseDirectory, assignment: str
) -> tuple[datetime | None, tuple[str, ...]]:
    """When an assignment is due, in UTC, and who has handed it in later, extensions counted.

    Raises Refused when the gradebook cannot be read.
    """
    file = database_path(coursedir.db_url)
    if file and not Path(file).exists():
        return None, ()
    row = SubmittedAssignment
    with (
        explained(coursedir.db_url),
        SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook,
    ):
        query = select(Assignment.duedate).where(Assignment.name == assignment)
        due = gradebook.db().scalar(query)
        if due is None:
            return None, ()
        query = select(row.student_id, row.timestamp, row.extension).join(Assignment)
        rows = gradebook.db().execute(query.where(Assignment.name == assignment))
        late = [who for who, when, more in rows if when and when > due + (more or timedelta())]
        return due, tuple(sorted(late))


def class_points(session: Session, assignment: str) -> Mapping[str, StudentPoints]:
    """The points of every student with a submission, in three queries for any size of class.

    A cell counts as scored by hand when it is a task, an answer that is graded, or has a manual
    score; extra credit counts by hand.
    """
    found: dict[str, StudentPoints] = defaultdict(StudentPoints)
    base, graded, task = BaseCell.__table__, GradeCell.__table__, TaskCell.__table__
    solution = SolutionCell.__table__
    answers = select(base.c.notebook_id, base.c.name).join(solution, solution.c.id == base.c.id)
    manual = {tuple(row) for row in session.execute(answers)}
    query = (
        select(
            SubmittedAssignment.student_id, base.c.notebook_id, base.c.name, Grade.auto_score,
            Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade,
            func.coalesce(graded.c.max_score, task.c.max_score, 0.0),
            case((task.c.id.is_not(None), True), else_=False),
        )
        .select_from(Grade)
        .join(base, base.c.id == Grade.cell_id)
        .outerjoin(graded, graded.c.id == base.c.id)
        .outerjoin(task, task.c.id == base.c.id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )  # fmt: skip
    for who, notebook, name, auto, by_hand, extra, waits, most, is_task in session.execute(query):
        found[who].waits += bool(waits)
        found[who].by_hand += extra or 0.0
        found[who].add(auto, by_hand, most, by_person=is_task or (notebook, name) in manual)
    _add_penalties(session, assignment, found)
    return dict(found)


def _add_penalties(session: Session, assignment: str, found: dict[str, StudentPoints]) -> None:
    query = (
        select(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )
    for who, penalty in session.execute(query):
        found[who].late_penalty += penalty or 0.0
