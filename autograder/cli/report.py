"""``autograder report``"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from traitlets import Unicode

from autograder.cli.base import CourseApp
from autograder.cli.help import aliases


class ReportApp(CourseApp):
    """Write the class at a glance: one HTML page, tables of students, checks and misconceptions."""

    name = "autograder-report"
    description = __doc__
    takes = "ASSIGNMENT"
    examples = """
        autograder report optimization              # into reports/
        autograder report optimization --to /tmp/x  # elsewhere
        """
    aliases: ClassVar[dict[str, Any]] = aliases("assignment", to="ReportApp.to")
    to = Unicode("reports", help="Folder to write into; reports otherwise.").tag(config=True)

    def run(self) -> None:
        from autograder.report.page import write_report

        [assignment] = self.assignments(required=True, nbgraders=True)
        for path in write_report(self.course, assignment, self.course.root / Path(self.to)):
            print(f"wrote {path}")
