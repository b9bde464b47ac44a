"""``autograder hints``"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, ClassVar

from traitlets import Float

from autograder.batch.run import ClassRun
from autograder.cli.grade import GradeApp
from autograder.cli.help import FLAGS, aliases
from autograder.course import Course
from autograder.gradebook.report_store import ReportStore
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.report.statistics import is_explained_in_part


class HintsApp(GradeApp):
    """Look longer for the slips in answers that are wrong and that no hint explains.

    Grading gives each wrong function a moment, so that a class has its points in seconds. This
    command takes the answers that were left without a hint, gives each the time that you say, and
    looks for two slips in one function, too. Points stay as they are; what is found goes into the
    reports, for `autograder feedback` and `autograder report`.
    """

    name = "autograder-hints"
    description = __doc__
    takes = "ASSIGNMENT"
    examples = """
        autograder hints optimization                   # before feedback goes out
        autograder hints optimization --seconds 20      # for each wrong function
        autograder hints optimization --student 'a*'
        """
    aliases: ClassVar[dict[str, Any]] = aliases(
        "assignment", "student", "db", "sandbox", "workers", seconds="HintsApp.seconds"
    )
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "json": ({"GradeApp": {"as_json": True}}, "Print one line of JSON per submission."),
    }
    seconds = Float(5.0, help="About how long to look in one wrong function.").tag(config=True)

    def run(self) -> None:
        [assignment] = self.assignments(required=True)
        reports = list(ReportStore(self.course, assignment).reports())
        if not reports:
            raise CourseError(
                f"{assignment}: nothing is graded yet: run `autograder grade {assignment}` first"
            )
        self._left = [r.student for r in reports if any(map(is_explained_in_part, r.exercises))]
        if not self._left:
            say = words(self.course.language)
            print(say("{name}: every wrong answer has a hint already").format(name=assignment))
            return
        self.force = True
        super().run()

    def _class_run(
        self, course: Course, assignment: str, only: Collection[str] | None = None
    ) -> ClassRun:
        return super()._class_run(
            replace(course, repair_seconds=self.seconds), assignment, self._left
        )

    def _missing(self, run: ClassRun) -> list[str]:
        return []  # only some were looked at
