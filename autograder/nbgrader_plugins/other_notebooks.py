"""The notebooks beside the one with hidden graders, as the course is configured."""

from __future__ import annotations

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearOutput, OverwriteCells
from traitlets.config import Config

from autograder.batch.other_notebooks import OtherNotebooks
from autograder.course import Course
from autograder.gradebook.files import AutogradedFiles
from autograder.gradebook.released import release_into_gradebook
from autograder.nbgrader_plugins.executing import GradeBehindTheWall
from autograder.nbgrader_plugins.tables import Tables


def other_notebooks(
    coursedir: CourseDirectory, assignment: str, course: Course, config: Config
) -> OtherNotebooks | None:
    """None for an assignment of one notebook."""
    released = course.release(assignment).glob("*.ipynb")
    names = sorted({path.stem for path in released} - {assignment})
    if not names:
        return None
    release_into_gradebook(coursedir, assignment)
    tables = Tables(coursedir, config, coursedir.db_url)
    executing = GradeBehindTheWall(config=config)
    return OtherNotebooks(
        course=executing.with_timeout(course),
        assignment=assignment,
        source=course.source(assignment),
        sources={name: tables.source(assignment, name) for name in names},
        files=AutogradedFiles.from_converter(
            Autograde(coursedir=coursedir, config=config), assignment
        ),
        clear_outputs=bool(ClearOutput(config=config).enabled),
        notice=str(OverwriteCells(config=config).missing_cell_notification),
        on_timeout=dict(executing.error_on_timeout),
        execute=bool(executing.enabled),
    )
