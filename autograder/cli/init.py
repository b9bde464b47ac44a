"""``autograder init``"""

from __future__ import annotations

from pathlib import Path

from autograder.cli.base import CourseApp
from autograder.nbgrader_plugins.course_at_a_glance import at_a_glance
from autograder.nbgrader_plugins.init_course import init


class InitApp(CourseApp):
    """Make a folder a course, or let an existing nbgrader course grade behind the wall."""

    name = "autograder-init"
    description = __doc__
    takes = "[FOLDER]"
    examples = """
        autograder init my-course      # a new course
        autograder init                # the nbgrader course in this folder: only adds
        """
    needs_course = False

    def run(self) -> None:
        folder = Path(self.extra_args[0] if self.extra_args else self.coursedir.root)
        for line in init(folder):
            print(line)
        for line in at_a_glance(folder):
            print(line)
