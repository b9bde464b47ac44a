"""The base class of the subcommands that work on a course: flags and errors."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.traitlets import MetaHasTraits

from autograder.cli.help import PlainApp
from autograder.cli.unread_settings import said_here, unread_settings
from autograder.course import CONFIG_FILE, Autograder, Course
from autograder.gradebook.disk_errors import refused
from autograder.language.ready_made import in_language
from autograder.language.translation import Translation
from autograder.model import CourseError, GraderError, SubmissionError
from autograder.notebook.safe_outputs import for_a_terminal


class CourseApp(PlainApp):
    """A subcommand that works on the course directory it is run in."""

    needs_course = True

    def _classes_default(self) -> list[MetaHasTraits]:
        return [NbGrader, CourseDirectory, Autograder, type(self)]

    def start(self) -> None:
        """Run the command; errors that the user can mend end in one line and exit status 1."""
        super().start()
        said_here()
        say = Translation(Autograder(config=self.config).language)
        for text in unread_settings(self.config):
            self.log.warning("%s", for_a_terminal(say(text)))
        gc.freeze()  # what is imported stays
        gc.enable()
        try:
            self.run()
        except (CourseError, SubmissionError, GraderError) as error:
            self.fail("%s", self._told(error))
        except BrokenPipeError:
            raise
        except (OSError, SQLAlchemyError) as error:
            where = self.coursedir.db_url if isinstance(error, SQLAlchemyError) else ""
            if (told := refused(error, where)) is None:
                raise
            self.fail("%s", self._told(told))
        except KeyboardInterrupt:
            self.log.error("interrupted: what is recorded stays, and the same command resumes")
            sys.exit(130)

    def _told(self, error: Exception) -> str:
        """An error in the language of the course."""
        language = Autograder(config=self.config).language
        return for_a_terminal(in_language(str(error), language))

    def run(self) -> None:
        """The command itself; raises CourseError, SubmissionError or GraderError."""
        raise NotImplementedError

    @property
    def course(self) -> Course:
        """The course in the current (or the given) directory; raises CourseError if none."""
        root = Path(self.coursedir.root)
        if self.needs_course and not (root / CONFIG_FILE).is_file():
            raise CourseError(
                f"{root} is not a course directory: it has no {CONFIG_FILE}. Change to the "
                "course's folder, give --course-dir, or make one with `autograder init`."
            )
        return Course.from_config(self.config, root)

    @property
    def names_given(self) -> bool:
        """Whether the command line names assignments."""
        return bool(self.extra_args or self.coursedir.assignment_id)

    def assignments(self, *, required: bool = False, nbgraders: bool = False) -> list[str]:
        """The assignments named on the command line, or all of the course.

        `required` asks for one; `nbgraders` admits those without a notebook of their name.
        """
        course = self.course
        named = list(self.extra_args) or (
            [self.coursedir.assignment_id] if self.coursedir.assignment_id else []
        )
        if required and len(named) != 1:
            raise CourseError(
                f"say which assignment: autograder {self.subcommand_name} ASSIGNMENT "
                f"(there are: {', '.join(course.assignments()) or 'none'})"
            )
        for name in named:
            if not (nbgraders and course.source(name).is_dir()):
                course.require(name)
        return named or list(course.assignments())

    @property
    def subcommand_name(self) -> str:
        return str(self.name).removeprefix("autograder-")
