"""One database engine per gradebook; nbgrader itself makes a new one for every look-up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Engine, create_engine, func, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import scoped_session, sessionmaker

from autograder.environment import put_scripts_on_path
from autograder.model import CourseError

LOCK_SECONDS = 20.0  # how long to wait for another writer before giving up

_INDEXES = {
    "grade": "notebook_id",
    "comment": "notebook_id",
    "submitted_notebook": "assignment_id",
    "base_cell": "notebook_id",
    "submitted_assignment": "student_id",
}
_FileState = tuple[int, int, int]
_engines: dict[tuple[str, _FileState], Engine] = {}


class SharedGradebook(Gradebook):  # type: ignore[misc]  # nbgrader is untyped
    """nbgrader's own gradebook on an engine that outlives it; closing ends its session only."""

    def __init__(self, db_url: str, course_id: str = "default_course", authenticator: Any = None):
        self.engine = shared_engine(db_url, course_id)
        self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
        self.course_id = course_id
        self.authenticator = authenticator

    def add_submission(self, assignment: str, student: str, **columns: Any) -> Any:
        """nbgrader's method, without SQLAlchemy's warnings about the order of new rows."""
        with self.db.no_autoflush:
            return super().add_submission(assignment, student, **columns)

    def student_dicts(self) -> list[dict[str, Any]]:
        """The rows of nbgrader's method, in time linear in the class.

        nbgrader joins the students to a subquery of their scores, which SQLite scans for each
        student: Formgrader's lists take minutes with 10,000 students.
        """
        some = self.db.query(Student.id).limit(1).scalar()
        chosen = self.db.query(func.sum(Assignment.max_score)).select_from(Student)
        most = chosen.filter(Student.id == some).scalar() if some else None
        if not most:
            found: list[dict[str, Any]] = super().student_dicts()
            return found
        handed_in = self.db.query(SubmittedAssignment.student_id, func.sum(Grade.score))
        joined = handed_in.join(SubmittedNotebook, SubmittedNotebook.assignment_id ==
                                SubmittedAssignment.id).join(Grade, Grade.notebook_id ==
                                                             SubmittedNotebook.id)  # fmt: skip
        scores = dict(joined.group_by(SubmittedAssignment.student_id).all())
        keys = ("id", "first_name", "last_name", "email", "lms_user_id")
        students = self.db.query(*(getattr(Student, key) for key in keys)).order_by(Student.id)
        return [
            {**dict(zip(keys, row, strict=True)), "score": scores.get(row[0]) or 0.0,
             "max_score": most}
            for row in students
        ]  # fmt: skip

    def close(self) -> None:
        """End the session; the connection stays for the next one."""
        self.db.remove()


def use_in_formgrader() -> None:
    """Make Formgrader use this gradebook: one engine, and lists in linear time."""
    import nbgrader.apps.api as pages

    pages.Gradebook = SharedGradebook


def shared_engine(db_url: str, course_id: str = "default_course") -> Engine:
    """The engine of a gradebook that exists, with nbgrader's tables and its course in it."""
    key = (f"{db_url} {course_id}", _stamp(db_url))
    if key not in _engines:
        put_scripts_on_path()
        try:
            Gradebook(db_url, course_id).close()  # makes tables, schema version and course row
            engine = create_engine(db_url, connect_args=_connect_args(db_url))
        except ImportError as error:
            kind = make_url(db_url).get_backend_name()
            raise CourseError(
                f"the gradebook is a {kind} database, and its driver is not installed ({error}): "
                f"install it into this environment (pip install {error.name})"
            ) from error
        key = (key[0], _stamp(db_url))
        _engines[key] = engine
    return _engines[key]


def prepare_gradebook(db_url: str, course_id: str = "default_course") -> None:
    """Add the indexes that keep nbgrader's own queries linear in the class; once."""
    engine = shared_engine(db_url, course_id)
    missing = {table: column for table, column in _INDEXES.items() if not _has(engine, table)}
    if not missing:
        return
    with engine.begin() as connection:
        for table, column in missing.items():
            name = _index_name(table)
            connection.execute(text(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"))
    analyze(engine)


def _has(engine: Engine, table: str) -> bool:
    return any(found["name"] == _index_name(table) for found in inspect(engine).get_indexes(table))


def _index_name(table: str) -> str:
    return f"autograder_{table}_{_INDEXES[table]}"


def analyze(engine: Engine) -> None:
    """Run SQLite's ANALYZE, so that its plans fit the size of the tables."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))


def _connect_args(db_url: str) -> dict[str, Any]:
    return {"timeout": LOCK_SECONDS} if make_url(db_url).get_backend_name() == "sqlite" else {}


def _stamp(db_url: str) -> _FileState:
    """The identity of the file at a SQLite address: a new gradebook needs a new engine."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database or not Path(url.database).exists():
        return (os.getpid(), 0, 0)
    found = Path(url.database).stat()
    return (os.getpid(), found.st_dev, found.st_ino)
