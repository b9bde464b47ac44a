"""The rows of many submissions in nbgrader's gradebook, in one transaction.

It writes in bulk, through nbgrader's own models, what `nbgrader autograde` writes one query at a
time (Autograde.init_assignment, SaveAutoGrades, AssignLatePenalties).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from autograder.gradebook.late_penalty import LatePolicy
from autograder.model import CourseError


@dataclass(frozen=True)
class NotebookScores:
    """Scores and comments of one submitted notebook, by grade id."""

    scores: Mapping[str, float | None]  # None: a person has to grade it
    comments: Mapping[str, str | None] = field(default_factory=dict)  # None: no comment


@dataclass(frozen=True)
class Entry:
    """One student's submission of the assignment, ready for the gradebook."""

    student: str
    timestamp: datetime | None  # UTC
    notebooks: Mapping[str, NotebookScores]  # those graded just now
    missing: tuple[str, ...] = ()  # of the assignment, and not handed in: they score 0
    is_known: bool = False  # recorded before: what a person did to the same scores stays


@dataclass(frozen=True)
class _NotebookIds:
    id: str
    graded: Mapping[str, str]  # grade id → id of its row
    commented: Mapping[str, str]


class AssignmentRows:
    """Writes submissions of one assignment; reads what the assignment holds once."""

    def __init__(self, gradebook: Gradebook, assignment: str, late_policy: LatePolicy) -> None:
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
        self._late_policy = late_policy
        self._notebooks = {nb.name: _notebook(nb) for nb in found.notebooks}

    @property
    def notebooks(self) -> tuple[str, ...]:
        """Names of the assignment's notebooks."""
        return tuple(self._notebooks)

    def write(self, session: Session, entries: Sequence[Entry]) -> Mapping[str, list[str]]:
        """Write all entries into the session's transaction; the caller commits.

        Returns sentences on what changed, by student. Manual scores, extra credit and comments by
        hand stay as they are.
        """
        rows = self._prepared(session, entries)
        rows.flush()
        return rows.words

    def changes(self, session: Session, entries: Sequence[Entry]) -> Mapping[str, list[str]]:
        """Sentences on what `write` would change, by student; nothing is written."""
        return self._prepared(session, entries).words

    def _prepared(self, session: Session, entries: Sequence[Entry]) -> _Rows:
        wanted = {entry.student for entry in entries}
        known = set(session.scalars(select(Student.id).where(Student.id.in_(wanted))))
        rows = _Rows(session, self._notebooks, sorted(wanted - known))
        rows.add(self._submissions(session, entries, rows))
        for entry in entries:
            submission = rows.submissions[entry.student]
            for name in entry.missing:
                rows.score_missing(submission, name)
            for name, scores in entry.notebooks.items():
                rows.score(submission, name, scores)
                rows.penalise(submission, name, self._late(submission), self._late_policy)
        return rows

    def _submissions(
        self, session: Session, entries: Sequence[Entry], rows: _Rows
    ) -> dict[str, _Submission]:
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
        submissions = {}
        for entry in entries:
            row, who = found.get(entry.student), entry.student
            if row is None:
                submission = _Submission(new_uuid(), who, entry.timestamp, None, True)
                rows.add_submission(submission, self._id)
            else:
                timestamp = entry.timestamp or row.timestamp
                submission = _Submission(row.id, who, timestamp, row.extension)
                if timestamp != row.timestamp:
                    rows.date_submission(submission, row.timestamp)
            submission.is_known = entry.is_known
            submissions[who] = submission
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
    is_new: bool = False
    is_known: bool = False
    notebooks: dict[str, str] = field(default_factory=dict)  # name → id of its row


def _notebook(found: Any) -> _NotebookIds:
    graded = [*found.grade_cells, *found.task_cells]
    commented = [*found.solution_cells, *found.task_cells]
    ids = ({cell.name: cell.id for cell in cells} for cells in (graded, commented))
    return _NotebookIds(found.id, *ids)


class _Rows:
    """The notebooks, grades and comments of some submissions, made where there are none.

    `flush` sends everything at once: new rows complete, existing ones only where they changed.
    """

    def __init__(
        self, session: Session, notebooks: Mapping[str, _NotebookIds], new_students: Sequence[str]
    ) -> None:
        self._session = session
        self._of = notebooks
        self._new: dict[type[Any], list[_Row]] = defaultdict(list)
        self._new[Student] = [{"id": student} for student in new_students]
        self._changed: dict[type[Any], dict[str, _Row]] = defaultdict(dict)
        self._submitted: dict[str, _Row] = {}
        self.submissions: Mapping[str, _Submission] = {}
        self.words: dict[str, list[str]] = defaultdict(list)

    def add(self, submissions: Mapping[str, _Submission]) -> None:
        """Read, or make, all rows of some submissions."""
        self.submissions = submissions
        names = self._submitted_notebooks(submissions.values())
        self._grades = self._cell_rows(Grade, "graded", names)
        self._comments = self._cell_rows(Comment, "commented", names)

    def add_submission(self, submission: _Submission, assignment_id: str) -> None:
        """Add the row of a student's first submission."""
        who, when = submission.student, submission.timestamp
        row = {"student_id": who, "assignment_id": assignment_id, "timestamp": when}
        self._new[SubmittedAssignment].append({"id": submission.id, **row})
        self.words[submission.student].append("the gradebook did not hold it")

    def date_submission(self, submission: _Submission, before: datetime | None) -> None:
        """Set another time stamp."""
        row = {"id": submission.id, "timestamp": submission.timestamp}
        self._changed[SubmittedAssignment][submission.id] = row
        told = f"handed in {_date(before)} → {_date(submission.timestamp)}"
        self.words[submission.student].append(told)

    def score(self, submission: _Submission, name: str, scores: NotebookScores) -> None:
        """Set the automatic scores and comments of one submitted notebook."""
        notebook_id = submission.notebooks[name]
        grades = self._grades[notebook_id]
        for grade_id, score in scores.scores.items():
            row = grades[_known(self._of[name].graded, grade_id)]
            self._set_score(submission, grade_id, row, score)
        comments = self._comments[notebook_id]
        for grade_id, comment in scores.comments.items():
            row = comments[_known(self._of[name].commented, grade_id)]
            self._set(Comment, row, auto_comment=comment)

    def score_missing(self, submission: _Submission, name: str) -> None:
        """A notebook that was not handed in scores nothing and waits for nobody."""
        for row in self._grades[submission.notebooks[name]].values():
            if not (submission.is_known and row["auto_score"] == 0.0):
                self._set(Grade, row, auto_score=0.0, needs_manual_grade=False)
        self._set(SubmittedNotebook, self._submitted[submission.notebooks[name]], **_NO_PENALTY)

    def _set_score(
        self, submission: _Submission, grade_id: str, row: _Row, score: float | None
    ) -> None:
        before = row["auto_score"]
        if submission.is_known and row["id"] in self._old and before == score:
            return  # whoever graded it by hand has said that it does not wait
        by_hand = row["manual_score"] is not None or score is None
        self._set(Grade, row, auto_score=score, needs_manual_grade=by_hand)
        if before != score and not submission.is_new:
            self.words[submission.student].append(
                f"{grade_id} {_points(before)} → {_points(score)}"
            )

    def penalise(
        self, submission: _Submission, name: str, seconds_late: float, policy: LatePolicy
    ) -> None:
        """Set or reset the penalty for handing one notebook in late."""
        notebook_id = submission.notebooks[name]
        amount = None
        if seconds_late > 0:
            score = sum(_score(row) for row in self._grades[notebook_id].values())
            amount = policy.penalty(submission.student, score, seconds_late)
        row = self._submitted[notebook_id]
        before = row["late_submission_penalty"]
        self._set(SubmittedNotebook, row, late_submission_penalty=amount)
        if before != amount:
            late = f"{timedelta(seconds=round(seconds_late))} late" if seconds_late else "not late"
            told = f"late penalty of {name} {_points(before)} → {_points(amount)} ({late})"
            self.words[submission.student].append(told)

    def flush(self) -> None:
        """Send all rows that are new, then all changes of others."""
        for model in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment):
            _insert(self._session, model, self._new[model])
            _update(self._session, model, list(self._changed[model].values()))

    def _set(self, model: type[Any], row: _Row, **values: Any) -> None:
        if any(row[column] != value for column, value in values.items()):
            row.update(values)
            if row["id"] in self._old:
                self._changed[model][row["id"]] = row

    def _submitted_notebooks(self, submissions: Iterable[_Submission]) -> dict[str, str]:
        """Rows of every notebook of every submission: id → name."""
        by_id = {submission.id: submission for submission in submissions}
        names = {notebook.id: name for name, notebook in self._of.items()}
        known = [s.id for s in by_id.values() if not s.is_new]
        for row in self._rows(SubmittedNotebook, "assignment_id", known):
            by_id[row["assignment_id"]].notebooks[names[row["notebook_id"]]] = row["id"]
            self._submitted[row["id"]] = row
        self._old = set(self._submitted)
        for submission in by_id.values():
            for name in self._of.keys() - submission.notebooks.keys():
                row = {
                    "id": new_uuid(),
                    "assignment_id": submission.id,
                    "notebook_id": self._of[name].id,
                    **_NO_PENALTY,
                }
                submission.notebooks[name] = row["id"]
                self._submitted[row["id"]] = row
                self._new[SubmittedNotebook].append(row)
        return {row: name for s in by_id.values() for name, row in s.notebooks.items()}

    def _cell_rows(
        self, model: type[Any], kind: str, names: Mapping[str, str]
    ) -> dict[str, dict[str, _Row]]:
        """Rows of grades or comments: submitted notebook's id → cell's id → columns."""
        rows: dict[str, dict[str, _Row]] = {notebook_id: {} for notebook_id in names}
        known = [notebook_id for notebook_id in names if notebook_id in self._old]
        for row in self._rows(model, "notebook_id", known):
            rows[row["notebook_id"]][row["cell_id"]] = row
            self._old.add(row["id"])
        for notebook_id, name in names.items():
            for cell_id in getattr(self._of[name], kind).values():
                if cell_id not in rows[notebook_id]:
                    row = {
                        **_NEW[model],
                        "id": new_uuid(),
                        "notebook_id": notebook_id,
                        "cell_id": cell_id,
                    }
                    rows[notebook_id][cell_id] = row
                    self._new[model].append(row)
        return rows

    def _rows(self, model: type[Any], column: str, among: Sequence[str]) -> Iterator[_Row]:
        if among:
            chosen = [getattr(model, name) for name in _COLUMNS[model]]
            query = select(*chosen).where(getattr(model, column).in_(among))
            for found in self._session.execute(query):
                yield dict(found._mapping)


_Row = dict[str, Any]
_NO_PENALTY: _Row = {"late_submission_penalty": None}
_COLUMNS: dict[type[Any], tuple[str, ...]] = {
    SubmittedNotebook: ("id", "assignment_id", "notebook_id", "late_submission_penalty"),
    Grade: (
        "id", "notebook_id", "cell_id", "auto_score", "manual_score", "extra_credit",
        "needs_manual_grade",
    ),
    Comment: ("id", "notebook_id", "cell_id", "auto_comment"),
}  # fmt: skip
_WRITTEN: dict[type[Any], tuple[str, ...]] = {
    SubmittedAssignment: ("timestamp",),
    SubmittedNotebook: ("late_submission_penalty",),
    Grade: ("auto_score", "needs_manual_grade"),
    Comment: ("auto_comment",),
}
_NEW: dict[type[Any], _Row] = {  # what nbgrader's own models begin with
    Grade: {
        "auto_score": None, "manual_score": None, "extra_credit": None,
        "needs_manual_grade": True,
    },
    Comment: {"auto_comment": None},
}  # fmt: skip


def _known(cells: Mapping[str, str], grade_id: str) -> str:
    if grade_id not in cells:
        raise CourseError(
            f"the gradebook has no cell {grade_id!r} of this notebook: "
            "run `nbgrader generate_assignment --force` for the assignment"
        )
    return cells[grade_id]


def _points(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"


def _date(when: datetime | None) -> str:
    return "at no known time" if when is None else f"{when:%Y-%m-%d %H:%M:%S}"


def _score(row: Mapping[str, Any]) -> float:
    """A grade's score as nbgrader computes it: by hand before automatic, plus extra credit."""
    base = row["manual_score"] if row["manual_score"] is not None else row["auto_score"]
    return 0.0 if base is None else float(base) + float(row["extra_credit"] or 0.0)


def _insert(session: Session, model: type[Any], rows: Sequence[_Row]) -> None:
    """One prepared statement for all rows of a table."""
    if rows:
        session.execute(insert(model.__table__), rows)


def _update(session: Session, model: type[Any], rows: Sequence[_Row]) -> None:
    if rows:
        table, written = model.__table__, _WRITTEN[model]
        change = (
            update(table)
            .where(table.c.id == bindparam("its_id"))
            .values({column: bindparam(f"new_{column}") for column in written})
        )
        values = [
            {"its_id": row["id"], **{f"new_{column}": row[column] for column in written}}
            for row in rows
        ]
        session.connection().execute(change, values)
