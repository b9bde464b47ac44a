"""The class at a glance as one HTML file that needs nothing beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.course import Course
from autograder.gradebook.report_store import KeptReports
from autograder.language.catalogue import TAGS, words
from autograder.model import CourseError
from autograder.report import figures
from autograder.report.decisions import Decisions, decisions, from_reports
from autograder.report.statistics import ClassStatistics, gather
from autograder.report.tables import (
    MISUNDERSTANDING_HEADER,
    SUCCESS_HEADER,
    misunderstanding_rows,
    student_rows,
    success_rows,
    write_csv,
)

MOST_GROUPS = 20  # of unexplained answers that are shown
CONTENT_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)


def write_report(course: Course, assignment: str, folder: Path) -> list[Path]:
    """Write the report of an assignment: the page and three tables; returns the files.

    Raises CourseError when nothing has been graded yet.
    """
    kept = KeptReports(course, assignment)
    found = gather(assignment, kept.reports())
    if not found.rows:
        raise CourseError(
            f"nothing of {assignment} has been graded yet: run `autograder grade {assignment}`"
        )
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{assignment}.html"
    asked = decisions(course, found)
    page.write_text(render(found, asked, language=course.language), encoding="utf-8")
    students, checks, misconceptions = (
        folder / f"{assignment}{what}.csv" for what in ("", "-checks", "-misconceptions")
    )
    header = ["student", "points", "max_points", *found.exercises, "seconds", "flags"]
    write_csv(students, header, student_rows(found))
    write_csv(checks, SUCCESS_HEADER, success_rows(found))
    write_csv(misconceptions, MISUNDERSTANDING_HEADER, misunderstanding_rows(found))
    return [page, students, checks, misconceptions]


def render(
    found: ClassStatistics,
    asked: Decisions | None = None,
    when: datetime | None = None,
    language: str = "en",
) -> str:
    """The page's HTML; everything that a student could have written is escaped."""
    environment = Environment(
        loader=PackageLoader("autograder"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = with_code
    return environment.get_template("report.html.j2").render(
        found=found,
        asked=asked or from_reports(found),
        groups=sorted(found.unexplained.values(), key=lambda g: -len(g.students)),
        figures=[f for f in _figures(found, language) if f is not None],
        most_groups=MOST_GROUPS,
        policy=CONTENT_POLICY,
        slowest=sorted(found.rows, key=lambda row: -row.seconds)[:5],
        lang=TAGS[language],
        _=words(language),
        when=(when or datetime.now()).strftime("%Y-%m-%d %H:%M"),
    )


def with_code(text: str) -> Markup:
    """Words in which `names` are set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _figures(found: ClassStatistics, language: str) -> Sequence[figures.Figure | None]:
    with figures.labels_in(language) as labels:
        return (
            figures.score_distribution(found, labels),
            figures.success_per_exercise(found, labels),
            figures.misunderstandings(found, labels),
        )
