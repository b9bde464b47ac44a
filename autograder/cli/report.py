"""``autograder report``"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from traitlets import Unicode

from autograder.cli.base import CourseApp
from autograder.cli.help import aliases
from autograder.language.catalogue import words
from autograder.language.translation import Translation
from autograder.notebook.safe_outputs import for_a_terminal


class ReportApp(CourseApp):
    """Write the class at a glance: one HTML page, and its tables as CSV.

    Without the name of an assignment, the course: all graded assignments together.
    """

    name = "autograder-report"
    description = __doc__
    takes = "[ASSIGNMENT]"
    examples = """
        autograder report optimization              # one assignment, into reports/
        autograder report                           # the course: reports/index.html
        autograder report optimization --to /tmp/x  # elsewhere
        """
    aliases: ClassVar[dict[str, Any]] = aliases("assignment", "db", to="ReportApp.to")
    to = Unicode("reports", help="Folder to write into; reports otherwise.").tag(config=True)

    def run(self) -> None:
        from autograder.cli.out_of_date import out_of_date, passed_over
        from autograder.gradebook.points import class_book
        from autograder.grading.planning import has_plan
        from autograder.nbgrader_plugins.class_warnings import class_warnings
        from autograder.report.report_page import write_course_report, write_report

        course, folder = self.course, self.course.root / Path(self.to)
        if self.names_given:
            [assignment] = self.assignments(required=True, nbgraders=True)
            book = class_book(self.coursedir, [assignment])
            found = []
            if has_plan(course, assignment):  # a report runs nothing
                found = class_warnings(self.coursedir, self.config, course, assignment)
            warnings = list(map(Translation(course.language), found))
            left = out_of_date(self.coursedir, self.config, course, assignment)
            overtaken = passed_over(course, assignment)
            warnings += left[:1] + overtaken
            written = write_report(course, assignment, folder, book, warnings)
        else:
            left, overtaken = [], []
            written = write_course_report(course, folder, class_book(self.coursedir))
        say = words(course.language)
        for place, line in enumerate(left):
            told = line if place else say("WARNING: {text}").format(text=line)
            print(for_a_terminal(told))
        for line in overtaken:
            print(say("WARNING: {text}").format(text=for_a_terminal(line)))
        for path in written:
            print(say("wrote {path}").format(path=for_a_terminal(str(path))))
