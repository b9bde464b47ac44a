"""What `nbgrader autograde` and Formgrader's button say before the first student.

What concerns a whole class stands in no student's log: neither what can cost everybody points, nor
why nobody can be graded. Nothing else grades the assignment meanwhile: see `batch/alone`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute

from autograder.batch.alone import graded_alone
from autograder.course import Course
from autograder.language.ready_made import in_language
from autograder.language.translation import Translation
from autograder.model import CourseError, GraderError
from autograder.nbgrader_plugins.class_warnings import class_warnings
from autograder.nbgrader_plugins.said_once import SaidOnce
from autograder.notebook.safe_outputs import for_a_terminal

_OURS = "GradeBehindTheWall"
_convert = Autograde.convert_notebooks


def _begun(self: Autograde) -> None:
    """nbgrader's `convert_notebooks`; raises NbGraderException where nobody can be graded."""
    once = SaidOnce()
    self.log.addFilter(once)
    course = Course.from_config(self.config, Path(self.coursedir.root))
    assignment = self.coursedir.assignment_id
    try:
        with _explained(self, course), graded_alone(course, assignment):
            runs_cells = Execute(config=self.config).enabled
            if runs_cells and any(_OURS in str(kind) for kind in self.autograde_preprocessors):
                _warn(self, course)
            _convert(self)
    finally:
        self.log.removeFilter(once)


@contextmanager
def _explained(self: Autograde, course: Course) -> Iterator[None]:
    """Turn an error that concerns the whole class into nbgrader's own, and log it."""
    try:
        yield
    except (CourseError, GraderError) as error:
        told = for_a_terminal(in_language(str(error), course.language))
        self.log.error("%s: %s", self.coursedir.assignment_id, told)
        raise NbGraderException(f"{self.coursedir.assignment_id}: {told}") from error


def _warn(self: Autograde, course: Course) -> None:
    assignment = self.coursedir.assignment_id
    for text in class_warnings(self.coursedir, self.config, course, assignment, again=True):
        told = Translation(course.language)(text)
        self.log.warning("%s: %s", assignment, for_a_terminal(told))


Autograde.convert_notebooks = _begun
