"""Grades for learning platforms: exporters for ``nbgrader export``.

nbgrader export --exporter=autograder.nbgrader_plugins.exports.CanvasExportPlugin --to canvas.csv
nbgrader export --exporter=autograder.nbgrader_plugins.exports.MoodleExportPlugin --to moodle.csv
nbgrader export --exporter=autograder.nbgrader_plugins.exports.ChecksExportPlugin --to checks.csv

A student who handed in none of the exported assignments has no row; an empty cell means that the
student did not hand in this assignment. Points are after the late penalty, as in nbgrader's export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
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
from nbgrader.plugins import ExportPlugin
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from traitlets import Dict, Enum, Unicode

from autograder.course import Course
from autograder.gradebook.report_store import ReportStore
from autograder.model import CourseError
from autograder.report.csv_tables import CHECK_HEADER, check_rows, write_csv


@dataclass(frozen=True)
class ClassPoints:
    """The points of a class: maxima by assignment, points by student and assignment."""

    maxima: Mapping[str, float]
    students: Mapping[str, Student]
    points: Mapping[tuple[str, str], float]

    def row(self, student: str) -> list[float | None]:
        """Points of one student, in the order of the assignments; None: not handed in."""
        return [self.points.get((student, assignment)) for assignment in self.maxima]


def graded(
    gradebook: Gradebook, assignments: Sequence[str], students: Sequence[str]
) -> ClassPoints:
    """Read a gradebook in four queries, however large the class; empty means all.

    Raises CourseError for an assignment that it does not hold.
    """
    session: Session = gradebook.db
    found = session.execute(select(Assignment.name, Assignment.max_score).order_by(Assignment.name))
    maxima = {name: most for name, most in found if not assignments or name in assignments}
    if unknown := set(assignments) - maxima.keys():
        raise CourseError(f"the gradebook has no assignment {', '.join(sorted(unknown))}")
    scores = dict(_by_submission(session, func.sum(Grade.score), through_grades=True))
    penalty = func.sum(func.coalesce(SubmittedNotebook.late_submission_penalty, 0.0))
    points = {
        whose: round(max(0.0, scores.get(whose, 0.0) - taken_off), 2)
        for whose, taken_off in _by_submission(session, penalty)
        if whose[1] in maxima and (not students or whose[0] in students)
    }
    handed_in = {student for student, _ in points}
    known = session.execute(select(Student).order_by(Student.id)).scalars()
    return ClassPoints(maxima, {s.id: s for s in known if s.id in handed_in}, points)


def _by_submission(
    session: Session, total: Any, *, through_grades: bool = False
) -> Iterator[tuple[tuple[str, str], float]]:
    """(student, assignment) and a sum over the notebooks, or the grades, of that submission."""
    query: Select[Any] = (
        select(SubmittedAssignment.student_id, Assignment.name, total)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .group_by(SubmittedAssignment.student_id, Assignment.name)
    )
    if through_grades:
        query = query.join(Grade, Grade.notebook_id == SubmittedNotebook.id)
    for student, assignment, found in session.execute(query):
        yield (student, assignment), found or 0.0


class _TableExporter(ExportPlugin):  # type: ignore[misc]  # nbgrader is untyped
    """An exporter that reports an error in one line."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that `--to` names, in the current folder unless told otherwise."""
        try:
            self.write(gradebook)
        except CourseError as error:
            self.parent.fail("%s", error)

    def write(self, gradebook: Gradebook) -> None:
        """Write the file; raises CourseError when there is nothing to write."""
        raise NotImplementedError


class GradesExportPlugin(_TableExporter):
    """Base of the exporters for learning platforms: one row a student, one column a grade."""

    default_file = "grades.csv"
    columns = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        help="Titles of grade columns, where they are not the names of assignments: "
        "{'ps1': 'Problem set 1 (4711)'}.",
    ).tag(config=True)

    def write(self, gradebook: Gradebook) -> None:
        found = graded(gradebook, [str(a) for a in self.assignment], [str(s) for s in self.student])
        target = Path(self.to or self.default_file)
        titles = [str(self.columns.get(name, name)) for name in found.maxima]
        self.check(titles)
        write_csv(target, [*self.about_header(), *titles], self.rows(found))
        self.log.info("%s: grades of %d students", target, len(found.students))

    def rows(self, found: ClassPoints) -> Iterator[list[object]]:
        for name, student in found.students.items():
            yield [*self.about(student), *found.row(name)]

    def check(self, titles: Sequence[str]) -> None:
        """Raise CourseError when the platform would not take a column."""

    def about_header(self) -> list[str]:
        """Titles of the columns that say who a student is."""
        raise NotImplementedError

    def about(self, student: Student) -> list[object]:
        """The cells under `about_header`."""
        raise NotImplementedError


class CanvasExportPlugin(GradesExportPlugin):
    """A file for Canvas: Grades > Import.

    Canvas finds a student by ID (nbgrader's `lms_user_id`), else by SIS User ID or SIS Login ID,
    else by name; an assignment by its number in parentheses (see `columns`), else by its title.
    An empty cell clears a grade there, so export one assignment at a time (`--assignment`)
    unless Canvas has no other grades in these columns.
    """

    default_file = "canvas.csv"
    identify_by = Enum(
        ["SIS Login ID", "SIS User ID", "ID"],
        "SIS Login ID",
        help="Which of Canvas's columns the course's student ids are.",
    ).tag(config=True)
    section = Unicode("", help="Text of the column Section; Canvas does not use it.").tag(
        config=True
    )

    def about_header(self) -> list[str]:
        return ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]

    def about(self, student: Student) -> list[object]:
        names = [name for name in (student.last_name, student.first_name) if name]
        ids = {"ID": student.lms_user_id or ""}
        ids[self.identify_by] = ids.get(self.identify_by) or student.id
        shown = [ids.get(title, "") for title in ("ID", "SIS User ID", "SIS Login ID")]
        return [", ".join(names) or student.id, *shown, self.section]

    def check(self, titles: Sequence[str]) -> None:
        """Raise CourseError for a title with “final”, which Canvas takes for its own total."""
        if skipped := [title for title in titles if "final" in title.lower()]:
            raise CourseError(
                f"Canvas ignores columns with “final” in their title: {', '.join(skipped)}. Call "
                "the assignment otherwise there, and say so: "
                f"c.CanvasExportPlugin.columns = {{{skipped[0]!r}: 'another title'}}"
            )

    def rows(self, found: ClassPoints) -> Iterator[list[object]]:
        yield ["Points Possible", "", "", "", "", *found.maxima.values()]
        yield from super().rows(found)


class MoodleExportPlugin(GradesExportPlugin):
    """A file for Moodle: Grades > Import > CSV file, columns named as Moodle's own export.

    Map "ID number" to "ID number", or "Email address" to "Email address", and each grade column
    to its grade item. There is no feedback column: Moodle would overwrite grades with it.
    """

    default_file = "moodle.csv"

    def about_header(self) -> list[str]:
        return ["First name", "Last name", "ID number", "Email address"]

    def about(self, student: Student) -> list[object]:
        return [student.first_name or "", student.last_name or "", student.id, student.email or ""]


class ChecksExportPlugin(_TableExporter):
    """One row for each check of each student, with verdict, message and misconception.

    Taken from the reports that `autograder grade` keeps.
    """

    def write(self, gradebook: Gradebook) -> None:
        coursedir = self.parent.coursedir
        course = Course.from_config(self.config, Path(coursedir.root))
        chosen = {str(a) for a in self.assignment} or set(course.assignments())
        students = {str(s) for s in self.student}
        reports = (
            report
            for assignment in sorted(chosen)
            for report in ReportStore(course, assignment).reports()
            if not students or report.student in students
        )
        if (first := next(reports, None)) is None:
            raise CourseError(
                "no reports are kept of what is to be exported: run `autograder grade ASSIGNMENT`"
            )
        target = Path(self.to or "checks.csv")
        write_csv(target, CHECK_HEADER, check_rows(chain([first], reports)))
        self.log.info("wrote %s", target)
