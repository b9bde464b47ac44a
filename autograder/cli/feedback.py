"""``autograder feedback``"""

from __future__ import annotations

import sys
import time
from typing import Any, ClassVar

from nbgrader.converters import GenerateFeedback
from traitlets.traitlets import MetaHasTraits

from autograder.cli.base import CourseApp
from autograder.cli.help import aliases
from autograder.course.folders import chosen
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.notebook.safe_outputs import for_a_terminal


class FeedbackApp(CourseApp):
    """Make the feedback page of every graded student: the pages of `nbgrader generate_feedback`,
    in parallel."""

    name = "autograder-feedback"
    description = __doc__
    takes = "ASSIGNMENT"
    examples = """
        autograder feedback optimization                  # the class
        autograder feedback optimization --student ada    # one student
        """
    aliases: ClassVar[dict[str, Any]] = aliases("assignment", "student", "db", "workers")

    def _classes_default(self) -> list[MetaHasTraits]:
        return [*super()._classes_default(), GenerateFeedback]

    def run(self) -> None:
        from autograder.feedback.generating import generate

        [assignment] = self.assignments(required=True, nbgraders=True)
        course = self.course
        start, failed, written = time.monotonic(), 0, 0
        for made in generate(
            self.coursedir,
            assignment,
            self._students(assignment),
            config=self.config,
            workers=course.workers,
        ):
            if made.error:
                failed += 1
                self.log.error("%s", for_a_terminal(f"{made.student}: {made.error}"))
            written += len(made.pages)
        if not written and not failed:
            raise CourseError(
                f"nothing of {assignment} has been graded yet: run `autograder grade {assignment}`"
            )
        say = words(course.language)
        one = say("wrote {n} feedback page of {assignment} in {seconds:.1f} s, into")
        many = say("wrote {n} feedback pages of {assignment} in {seconds:.1f} s, into")
        line = one if written == 1 else many
        seconds = time.monotonic() - start
        print(line.format(n=written, assignment=assignment, seconds=seconds))
        print(course.feedback(assignment, "<student>"))
        if failed:
            sys.exit(1)

    def _students(self, assignment: str) -> list[str] | None:
        pattern = self.coursedir.student_id
        if pattern == "*":
            return None
        course = self.course
        names = course.students(course.autograded_directory, assignment)
        return chosen(names, pattern)
