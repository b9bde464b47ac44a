"""The reports on a class and on a course, each as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.disk_errors import write_whole
from autograder.gradebook.points import ClassBook
from autograder.gradebook.report_store import ReportStore
from autograder.graders.marked import judges_of
from autograder.model import CourseError
from autograder.notebook.reading import read
from autograder.report import figures
from autograder.report.course_wide import (
    IDEA_HEADER,
    CourseStatistics,
    course_header,
    course_rows,
    gather_course,
    idea_rows,
)
from autograder.report.csv_tables import (
    MISUNDERSTANDING_HEADER,
    SUCCESS_HEADER,
    misunderstanding_rows,
    student_header,
    student_rows,
    success_rows,
    write_csv,
)
from autograder.report.decisions import ClassIdea, Decisions, decisions, from_reports
from autograder.report.lesson_figures import section_figures
from autograder.report.statistics import ClassStatistics, gather
from autograder.templates import page

MOST_GROUPS = 20  # of unexplained answers that are shown
MOST_IDEAS = 8  # that are shown before the rest is folded
MOST_STUDENTS = 500  # in one table; the CSV beside the page has all
FEW = 20  # students who fall behind that are shown before the rest is folded
COURSE = "index"  # name of the course report's files


def write_report(
    course: Course,
    assignment: str,
    folder: Path,
    book: ClassBook | None = None,
    warnings: Sequence[str] = (),
) -> list[Path]:
    """Write the report of an assignment: the page and three tables; returns the files.

    `book` holds the points of the gradebook; without it those of the hidden checks stand alone.
    `warnings` are sentences on what can have cost the whole class points.
    Raises CourseError when nothing has been graded yet.
    """
    book = book or ClassBook()
    kept = ReportStore(course, assignment)
    found = gather(assignment, kept.reports(), book.of(assignment))
    if not found.rows:
        raise CourseError(
            f"nothing of {assignment} has been graded yet: run `autograder grade {assignment}`"
        )
    asked = replace(decisions(course, found, book.students), warnings=tuple(warnings))
    shown = section_figures(course, assignment, {idea.section for idea in asked.ideas})
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{assignment}.html"
    hidden = _with_hidden_graders(course, assignment)
    text = render(found, asked, language=course.language, lesson=shown, hidden=hidden)
    write_whole(target, text)
    students, checks, misconceptions = (
        folder / f"{assignment}{what}.csv" for what in ("", "-checks", "-misconceptions")
    )
    write_csv(students, student_header(found), student_rows(found))
    write_csv(checks, SUCCESS_HEADER, success_rows(found))
    write_csv(misconceptions, MISUNDERSTANDING_HEADER, misunderstanding_rows(found))
    return [target, students, checks, misconceptions]


def write_course_report(course: Course, folder: Path, book: ClassBook | None = None) -> list[Path]:
    """Write the report over all graded assignments: a page and two tables; returns the files.

    Raises CourseError when nothing has been graded yet.
    """
    found = gather_course(course, book or ClassBook())
    if not found.assignments:
        raise CourseError("nothing has been graded yet: run `autograder grade ASSIGNMENT`")
    folder.mkdir(parents=True, exist_ok=True)
    target, students, ideas = (folder / f"{COURSE}{end}" for end in (".html", ".csv", "-ideas.csv"))
    reports = {name for name in found.names if (folder / f"{name}.html").is_file()}
    text = render_course(found, reports, language=course.language)
    write_whole(target, text)
    write_csv(students, course_header(found), course_rows(found))
    write_csv(ideas, IDEA_HEADER, idea_rows(found))
    return [target, students, ideas]


def render(
    found: ClassStatistics,
    asked: Decisions | None = None,
    when: datetime | None = None,
    language: str = "en",
    lesson: Mapping[str, figures.Figure] | None = None,
    hidden: Collection[str] = (),
) -> str:
    """The class report's HTML; `lesson` holds the figures of sections to show again.

    `hidden` are the exercises with hidden graders, for which a mistake can be drafted.
    """
    groups = sorted(found.unexplained.values(), key=lambda g: -len(g.students))
    asked, lesson = asked or from_reports(found), lesson or {}
    refused = {student for students in asked.refused.values() for student in students}
    return page(
        "report.html.j2",
        language,
        found=found,
        asked=asked,
        handed_in=len(refused.union(row.student for row in found.rows)),
        lesson=lesson,
        first_of_section=_first_of_sections(asked.ideas, lesson),
        groups=groups,
        drafted=next((group for group in groups if group.exercise in hidden), None),
        figures=_figures(found, language),
        most_groups=MOST_GROUPS,
        most_ideas=MOST_IDEAS,
        most_students=MOST_STUDENTS,
        by_hand=found.by_hand,
        late=found.late,
        slowest=sorted(found.rows, key=lambda row: -row.seconds)[:5],
        when=_stamp(when),
    )


def render_course(
    found: CourseStatistics,
    reports: Collection[str] = (),
    when: datetime | None = None,
    language: str = "en",
) -> str:
    """The course report's HTML; `reports` are the assignments whose report lies beside it."""
    return page(
        "course.html.j2",
        language,
        found=found,
        absent=[line.student for line in found.behind if line.absent],
        behind=[line for line in found.behind if not line.absent],
        reports=reports,
        few=FEW,
        most=MOST_STUDENTS,
        when=_stamp(when),
    )


def _with_hidden_graders(course: Course, assignment: str) -> list[str]:
    """Names of exercises; none where the release cannot be read any more."""
    if not course.has_graders(assignment):
        return []
    with suppress(CourseError):
        release = read(course.release_notebook(assignment), error=CourseError)
        return [exercise.name for exercise in judges_of(course, assignment, release).hidden]
    return []


def _first_of_sections(ideas: Sequence[ClassIdea], lesson: Container[str]) -> list[ClassIdea]:
    """The ideas beside which a figure stands: each figure once."""
    first: dict[str, ClassIdea] = {}
    for idea in ideas:
        if idea.section in lesson:
            first.setdefault(idea.section, idea)
    return list(first.values())


def _stamp(when: datetime | None) -> str:
    return (when or datetime.now()).strftime("%Y-%m-%d %H:%M")


def _figures(found: ClassStatistics, language: str) -> list[figures.Figure]:
    with figures.labels_in(language) as labels:
        return [
            figures.score_distribution(found, labels),
            figures.success_per_exercise(found, labels),
        ]
