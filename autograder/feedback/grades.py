"""The gradebook's points and comments of a submitted notebook, for feedback pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from autograder.grading.waiting import automatic_score
from autograder.notebook.cells import nbgrader_metadata

MOST_AT_ONCE = 500  # students per query


@dataclass(frozen=True)
class Points:
    """Points of one graded cell."""

    score: float
    max_score: float
    waits: bool = False  # for a person to grade it
    auto: float | None = None  # the part that an autograded notebook shows


@dataclass
class ShownGrades:
    """Points and comments of one submitted notebook, by grade id."""

    cells: dict[str, Points] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    late_penalty: float = 0.0

    @property
    def score(self) -> float:
        """Points of all cells, less the penalty for being late."""
        return sum(points.score for points in self.cells.values()) - self.late_penalty

    @property
    def max_score(self) -> float:
        return sum(points.max_score for points in self.cells.values())

    @property
    def waits(self) -> float:
        """The points among them that a person has yet to give."""
        return sum(points.max_score for points in self.cells.values() if points.waits)


def shown_grades(
    session: Session, assignment: str, students: Iterable[str]
) -> Mapping[tuple[str, str], ShownGrades]:
    """Of every notebook that these students handed in: (student, notebook) → grades."""
    wanted = sorted(set(students))
    found: dict[tuple[str, str], ShownGrades] = {}
    for start in range(0, len(wanted), MOST_AT_ONCE):
        of_these = and_(
            Assignment.name == assignment,
            SubmittedAssignment.student_id.in_(wanted[start : start + MOST_AT_ONCE]),
        )
        found |= _penalties(session, of_these)
        _add_points(session, of_these, found)
        _add_comments(session, of_these, found)
    return found


def other_runs_cell(nb: Mapping[str, Any], grades: ShownGrades) -> str:
    """A cell of an autograded notebook whose points are not those that the gradebook holds.

    Nothing when notebook and gradebook are of one run, as they are unless one was restored.
    """
    for cell in nb["cells"]:
        meta = nbgrader_metadata(cell)
        found = grades.cells.get(str(meta.get("grade_id")))
        if found is None or not meta.get("grade"):
            continue
        if automatic_score(cell) != found.auto:
            return str(meta["grade_id"])
    return ""


_Found = dict[tuple[str, str], ShownGrades]
_WHOSE = (SubmittedAssignment.student_id, Notebook.name)


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    )


def _penalties(session: Session, chosen: ColumnElement[bool]) -> _Found:
    query = select(*_WHOSE, SubmittedNotebook.late_submission_penalty)
    rows = session.execute(_joined(query.select_from(SubmittedNotebook)).where(chosen))
    return {(who, nb): ShownGrades(late_penalty=penalty or 0.0) for who, nb, penalty in rows}


def _add_points(session: Session, chosen: ColumnElement[bool], found: _Found) -> None:
    base, graded, task = BaseCell.__table__, GradeCell.__table__, TaskCell.__table__
    query = (
        select(
            *_WHOSE,
            base.c.name,
            func.coalesce(Grade.manual_score, Grade.auto_score),
            Grade.extra_credit,
            func.coalesce(graded.c.max_score, task.c.max_score, 0.0),
            Grade.needs_manual_grade,
            Grade.auto_score,
        )
        .select_from(Grade)
        .join(base, base.c.id == Grade.cell_id)
        .outerjoin(graded, graded.c.id == base.c.id)
        .outerjoin(task, task.c.id == base.c.id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
    )
    rows: Any = session.execute(_joined(query).where(chosen))
    for who, nb, name, score, extra, most, waits, auto in rows:
        total = 0.0 if score is None else score + (extra or 0.0)
        found[who, nb].cells[name] = Points(total, most, bool(waits), auto)


def _add_comments(session: Session, chosen: ColumnElement[bool], found: _Found) -> None:
    base = BaseCell.__table__
    query = (
        select(*_WHOSE, base.c.name, func.coalesce(Comment.manual_comment, Comment.auto_comment))
        .select_from(Comment)
        .join(base, base.c.id == Comment.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Comment.notebook_id)
    )
    rows: Any = session.execute(_joined(query).where(chosen))
    for who, nb, name, comment in rows:
        if comment:
            found[who, nb].comments[name] = comment
