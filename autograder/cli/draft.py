"""``autograder draft``"""

from __future__ import annotations

from autograder.cli.base import CourseApp
from autograder.model import CourseError


class DraftApp(CourseApp):
    """Draft a known mistake from a wrong answer that no hint explains.

    The class report groups such answers; name any student of a group. What is printed goes into
    tests/<assignment>/misconceptions.py: the smallest edit of the solution that gives the same
    answers, or else the student's own function. Write the hint, and run `autograder verify`.
    """

    name = "autograder-draft"
    description = __doc__
    takes = "ASSIGNMENT EXERCISE STUDENT"
    examples = """
        autograder draft optimization update_lr alice
        """

    def run(self) -> None:
        from autograder.verify.drafting import draft

        if len(self.extra_args) != 3:
            raise CourseError(
                "say whose answer to what: autograder draft ASSIGNMENT EXERCISE STUDENT"
            )
        assignment, exercise, student = self.extra_args
        self.course.require(assignment)
        print(draft(self.course, assignment, exercise, student))
