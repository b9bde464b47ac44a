"""The class at a glance as one HTML file that needs nothing beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.course import Course
from autograder.kept import KeptReports
from autograder.model import CourseError
from autograder.report import figures
from autograder.report.statistics import ClassStatistics, gather
from autograder.report.tables import CHECK_HEADER, check_rows, student_rows, write_csv
from autograder.words import TAGS, words


def write_report(course: Course, assignment: str, folder: Path) -> list[Path]:
    """Write the report of an assignment: the page and two tables; returns the files.

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
    page.write_text(render(found, language=course.language), encoding="utf-8")
    students, checks = folder / f"{assignment}.csv", folder / f"{assignment}-checks.csv"
    header = ["student", "points", "max_points", *found.exercises, "flags"]
    write_csv(students, header, student_rows(found))
    write_csv(checks, CHECK_HEADER, check_rows(kept.reports()))
    return [page, students, checks]


def render(found: ClassStatistics, when: datetime | None = None, language: str = "en") -> str:
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
        figures=[f for f in _figures(found, language) if f is not None],
        slowest=sorted(found.rows, key=lambda row: -row.seconds)[:5],
        flagged=[row for row in found.rows if row.flags],
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
