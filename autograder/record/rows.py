"""The rows of many submissions in nbgrader's gradebook, in one transaction.

What `nbgrader autograde` writes one query at a time (Autograde.init_assignment, SaveAutoGrades,
AssignLatePenalties), written in bulk through nbgrader's own models.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from autograder.model import CourseError

Penalty = Callable[[str, float, float], float | None]  # student, score, seconds late → penalty


@dataclass(frozen=True)
class NotebookScores:
    """What one submitted notebook came to, by grade id."""

    scores: Mapping[str, float | None]  # None: a person has to grade it
    comments: Mapping[str, str | None] = field(default_factory=dict)  # None: no comment


@dataclass(frozen=True)
class Entry:
    """One student's submission of the assignment, ready for the gradebook."""

    student: str
    timestamp: datetime | None  # UTC
    notebooks: Mapping[str, NotebookScores]  # those graded just now
    missing: tuple[str, ...] = ()  # of the assignment, and not handed in: they score 0


@dataclass(frozen=True)
class _Notebook:
    id: str
    graded: Mapping[str, str]  # grade id → id of its row
    commented: Mapping[str, str]


class AssignmentRows:
    """Writes submissions of one assignment; reads what the assignment holds once."""

    def __init__(self, gradebook: Gradebook, assignment: str, penalty: Penalty) -> None:
        """Raises CourseError when the gradebook does not know the assignment."""
        try:
            found: Assignment = gradebook.find_assignment(assignment)
        except MissingEntry as error:
            raise CourseError(
                f"the gradebook has no assignment {assignment!r}: "
                f"run `nbgrader generate_assignment {assignment}`"
            ) from error
        self._id: str = found.id
        self._due: datetime | None = found.duedate
        self._penalty = penalty
        self._notebooks = {nb.name: _notebook(nb) for nb in found.notebooks}

    @property
    def notebooks(self) -> tuple[str, ...]:
        """Names of the assignment's notebooks."""
        return tuple(self._notebooks)

    def write(self, session: Session, entries: Sequence[Entry]) -> None:
        """Write all entries into the session's transaction; the caller commits.

        Manual scores, extra credit and comments by hand stay as they are.
        """
        self._add_students(session, entries)
        submissions = self._submissions(session, entries)
        rows = _Rows(session, self._notebooks, submissions)
        for entry in entries:
            submission = submissions[entry.student]
            for name in entry.missing:
                rows.score_missing(submission.notebooks[name])
            for name, scores in entry.notebooks.items():
                rows.score(submission.notebooks[name], name, scores)
                rows.penalise(submission, name, self._late(submission), self._penalty)
        rows.flush()

    def _add_students(self, session: Session, entries: Sequence[Entry]) -> None:
        wanted = {entry.student for entry in entries}
        known = set(session.scalars(select(Student.id).where(Student.id.in_(wanted))))
        _insert(session, Student, [{"id": student} for student in sorted(wanted - known)])

    def _submissions(self, session: Session, entries: Sequence[Entry]) -> dict[str, _Submission]:
        table = SubmittedAssignment
        found = {
            row.student_id: row
            for row in session.execute(
                select(table.id, table.student_id, table.timestamp, table.extension).where(
                    table.assignment_id == self._id,
                    table.student_id.in_([entry.student for entry in entries]),
                )
            )
        }
        new, newer, submissions = [], [], {}
        for entry in entries:
            row = found.get(entry.student)
            if row is None:
                submission = _Submission(new_uuid(), entry.student, entry.timestamp, None)
                new.append(
                    {
                        "id": submission.id,
                        "student_id": entry.student,
                        "assignment_id": self._id,
                        "timestamp": entry.timestamp,
                    }
                )
            else:
                timestamp = entry.timestamp or row.timestamp
                submission = _Submission(row.id, entry.student, timestamp, row.extension)
                if timestamp != row.timestamp:
                    newer.append({"id": row.id, "timestamp": timestamp})
            submissions[entry.student] = submission
        _insert(session, table, new)
        _update(session, table, newer)
        return submissions

    def _late(self, submission: _Submission) -> float:
        if submission.timestamp is None or self._due is None:
            return 0.0
        due = self._due + (submission.extension or timedelta())
        return max(0.0, (submission.timestamp - due).total_seconds())


@dataclass
class _Submission:
    id: str
    student: str
    timestamp: datetime | None
    extension: timedelta | None
    notebooks: dict[str, str] = field(default_factory=dict)  # name → id of its row


def _notebook(found: Any) -> _Notebook:
    graded = [*found.grade_cells, *found.task_cells]
    commented = [*found.solution_cells, *found.task_cells]
    return _Notebook(found.id, {c.name: c.id for c in graded}, {c.name: c.id for c in commented})


class _Rows:
    """The notebooks, grades and comments of some submissions, made where there are none."""

    def __init__(
        self,
        session: Session,
        notebooks: Mapping[str, _Notebook],
        submissions: Mapping[str, _Submission],
    ) -> None:
        self._session = session
        self._of = notebooks
        self._changes: dict[type[Any], list[dict[str, Any]]] = defaultdict(list)
        ids = self._submitted_notebooks(submissions.values())
        self._grades = self._cell_rows(Grade, "graded", ids)
        self._comments = self._cell_rows(Comment, "commented", ids)

    def score(self, notebook_id: str, name: str, scores: NotebookScores) -> None:
        """Set the automatic scores and comments of one submitted notebook."""
        grades = self._grades[notebook_id]
        for grade_id, score in scores.scores.items():
            row = grades[_known(self._of[name].graded, grade_id)]
            row["auto_score"] = score
            row["needs_manual_grade"] = row["manual_score"] is not None or score is None
            self._change(Grade, row, "auto_score", "needs_manual_grade")
        comments = self._comments[notebook_id]
        for grade_id, comment in scores.comments.items():
            row = comments[_known(self._of[name].commented, grade_id)]
            row["auto_comment"] = comment
            self._change(Comment, row, "auto_comment")

    def score_missing(self, notebook_id: str) -> None:
        """A notebook that was not handed in scores nothing and waits for nobody."""
        for row in self._grades[notebook_id].values():
            row.update(auto_score=0.0, needs_manual_grade=False)
            self._change(Grade, row, "auto_score", "needs_manual_grade")

    def penalise(
        self, submission: _Submission, name: str, seconds_late: float, penalty: Penalty
    ) -> None:
        """Set or reset the penalty for handing one notebook in late."""
        notebook_id = submission.notebooks[name]
        amount = None
        if seconds_late > 0:
            score = sum(_score(row) for row in self._grades[notebook_id].values())
            amount = penalty(submission.student, score, seconds_late)
        row = {"id": notebook_id, "late_submission_penalty": amount}
        self._changes[SubmittedNotebook].append(row)

    def flush(self) -> None:
        """Send all changes of existing rows."""
        for model, changes in self._changes.items():
            _update(self._session, model, changes)

    def _change(self, model: type[Any], row: Mapping[str, Any], *columns: str) -> None:
        self._changes[model].append({"id": row["id"], **{c: row[c] for c in columns}})

    def _submitted_notebooks(self, submissions: Iterable[_Submission]) -> dict[str, str]:
        """Rows of every notebook of every submission: id → name."""
        by_id = {submission.id: submission for submission in submissions}
        names = {notebook.id: name for name, notebook in self._of.items()}
        table = SubmittedNotebook
        found = self._session.execute(
            select(table.id, table.assignment_id, table.notebook_id).where(
                table.assignment_id.in_(by_id)
            )
        )
        for row in found:
            by_id[row.assignment_id].notebooks[names[row.notebook_id]] = row.id
        new = []
        for submission in by_id.values():
            for name in self._of.keys() - submission.notebooks.keys():
                submission.notebooks[name] = new_uuid()
                new.append(
                    {
                        "id": submission.notebooks[name],
                        "assignment_id": submission.id,
                        "notebook_id": self._of[name].id,
                    }
                )
        _insert(self._session, table, new)
        return {row: name for s in by_id.values() for name, row in s.notebooks.items()}

    def _cell_rows(
        self, model: type[Any], kind: str, names: Mapping[str, str]
    ) -> dict[str, dict[str, dict[str, Any]]]:
        """Rows of grades or comments: submitted notebook's id → cell's id → columns."""
        columns = _COLUMNS[model]
        rows: dict[str, dict[str, dict[str, Any]]] = {row: {} for row in names}
        chosen = [getattr(model, column) for column in columns]
        for found in self._session.execute(select(*chosen).where(model.notebook_id.in_(names))):
            rows[found.notebook_id][found.cell_id] = dict(found._mapping)
        new = []
        for notebook_id, name in names.items():
            for cell_id in getattr(self._of[name], kind).values():
                if cell_id not in rows[notebook_id]:
                    row = dict.fromkeys(columns) | {
                        "id": new_uuid(),
                        "notebook_id": notebook_id,
                        "cell_id": cell_id,
                    }
                    rows[notebook_id][cell_id] = row
                    new.append({k: row[k] for k in ("id", "notebook_id", "cell_id")})
        _insert(self._session, model, new)
        return rows


_COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Grade: ("id", "notebook_id", "cell_id", "auto_score", "manual_score", "extra_credit"),
    Comment: ("id", "notebook_id", "cell_id", "auto_comment"),
}


def _known(cells: Mapping[str, str], grade_id: str) -> str:
    if grade_id not in cells:
        raise CourseError(
            f"the gradebook has no cell {grade_id!r} of this notebook: "
            "run `nbgrader generate_assignment --force` for the assignment"
        )
    return cells[grade_id]


def _score(row: Mapping[str, Any]) -> float:
    """A grade's score as nbgrader computes it: by hand before automatic, plus extra credit."""
    base = row["manual_score"] if row["manual_score"] is not None else row["auto_score"]
    return 0.0 if base is None else float(base) + float(row["extra_credit"] or 0.0)


def _insert(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def _update(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(update(model), rows)
