"""Previews what recording a class again would change in the gradebook, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.gradebook.disk_errors import database_path, explained
from autograder.gradebook.late_penalty import LatePolicy
from autograder.gradebook.rows import AssignmentRows, NotebookScores
from autograder.gradebook.shared import SharedGradebook
from autograder.gradebook.staging import Staging, known_entry
from autograder.model import CourseError, SubmissionError

LOST = "the gradebook did not hold it"


def gradebook_differences(
    coursedir: CourseDirectory,
    assignment: str,
    config: Config,
    known: Mapping[str, Mapping[str, NotebookScores]],
) -> Iterator[tuple[str, list[str]]]:
    """For up-to-date results: the student, and sentences on what differs in the gradebook.

    `known` holds the recorded scores by student and notebook.
    """
    files = Staging.of(coursedir, assignment, config).files
    for student, changes in _rows(coursedir, assignment, config, known).items():
        again = ["handed in again"] if files.is_receipt_old(student) else []
        if changes or again:
            yield student, changes or again


def _rows(
    coursedir: CourseDirectory,
    assignment: str,
    config: Config,
    known: Mapping[str, Mapping[str, NotebookScores]],
) -> dict[str, list[str]]:
    file = database_path(coursedir.db_url)
    if file and not Path(file).exists():
        return {student: [LOST] for student in known}
    files = Staging.of(coursedir, assignment, config).files
    with (
        explained(coursedir.db_url),
        SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook,
    ):
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            return {student: [LOST] for student in known}
        rows = AssignmentRows(gradebook, assignment, LatePolicy(config))
        found: dict[str, list[str]] = {}
        for student, scores in known.items():
            try:
                entry = known_entry(files, student, rows.notebooks, scores)
                found[student] = rows.changes(gradebook.db(), [entry]).get(student, [])
            except (CourseError, SubmissionError) as error:
                found[student] = [str(error)]
        return found
