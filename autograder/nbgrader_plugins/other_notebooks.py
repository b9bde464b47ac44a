"""The notebooks beside the one with hidden graders, as the course is configured."""

from __future__ import annotations

from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearOutput, OverwriteCells
from traitlets.config import Config

from autograder.batch.other_notebooks import OtherNotebooks
from autograder.course import Course
from autograder.gradebook.disk_errors import database_path, explained
from autograder.gradebook.files import AutogradedFiles
from autograder.gradebook.released import check_release
from autograder.gradebook.sources import written_tests
from autograder.grading.planning import judged_outside, unsound_cells
from autograder.model import CourseError
from autograder.nbgrader_plugins.executing import GradeBehindTheWall
from autograder.nbgrader_plugins.run_state import Tables


def other_notebooks(
    coursedir: CourseDirectory, assignment: str, course: Course, config: Config
) -> OtherNotebooks | None:
    """None where all notebooks have hidden graders.

    Raises CourseError for an assignment that the gradebook does not know: a release has no
    hidden tests, and everybody would pass what is left.
    """
    has_graders = course.has_graders(assignment)
    released = {path.stem for path in course.release(assignment).glob("*.ipynb")}
    names = sorted(released - {assignment} if has_graders else released)
    if not names and has_graders:
        return None
    tables = _tables(coursedir, assignment, config)
    executing = GradeBehindTheWall(config=config)
    limited = executing.with_timeout(course)
    written = written_tests(course, assignment, tables.gradebook)
    return OtherNotebooks(
        course=limited,
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
        are_all=not has_graders,
        outside=judged_outside(limited, assignment, written),
        unsound=unsound_cells(limited, assignment, written),
    )


def _tables(coursedir: CourseDirectory, assignment: str, config: Config) -> Tables:
    unknown = CourseError(
        f"the gradebook in use does not hold the cells of {assignment}, and nothing else holds its "
        f"hidden tests: run `nbgrader generate_assignment {assignment} --force` first"
    )
    file = database_path(coursedir.db_url)
    if file and not Path(file).exists():
        raise unknown
    with explained(coursedir.db_url):
        tables = Tables(coursedir, config, coursedir.db_url)
        if not check_release(coursedir, tables.gradebook, assignment):
            raise unknown
        tables.gradebook.db.rollback()
    return tables
