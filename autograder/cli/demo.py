"""``autograder demo``"""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from traitlets import Unicode

from autograder import demo
from autograder.authoring.build import build
from autograder.cli.base import CourseApp
from autograder.cli.help import aliases
from autograder.course import Course
from autograder.kept import KeptReports
from autograder.model import CourseError
from autograder.samples import samples


class DemoApp(CourseApp):
    """Take a sample class the whole way, in a scratch course: build, submit, grade, feedback."""

    name = "autograder-demo"
    description = __doc__
    takes = "[ASSIGNMENT...]"
    examples = """
        autograder demo                        # every assignment that has samples
        autograder demo initialization         # one
        autograder demo --to /tmp/my-demo
        """
    aliases: ClassVar[dict[str, Any]] = aliases("assignment", to="DemoApp.to")
    to = Unicode("demo-course", help="Folder of the scratch course.").tag(config=True)

    def run(self) -> None:
        course = self.course
        names = [name for name in self.assignments() if samples(course, name)]
        if not names:
            raise CourseError("no assignment has a tests/<assignment>/samples.py to show")
        scratch = demo.make_scratch_course(course, Path(self.to).resolve())
        self._say(f"scratch course: {scratch.root}")
        self._say("build: solutions/ and release/ from source/")
        build(scratch.root, names)
        surprises: list[str] = []
        for name in names:
            found = demo.submit_samples(scratch, name)
            self._say(f"{name}: {len(found)} students submit")
            for command in ("grade", "feedback", "report"):
                self._run(scratch, command, name)
            reports = list(KeptReports(scratch, name).reports())
            print_table(list(demo.rows(found, reports)), name)
            surprises += demo.surprises(found, reports)
        self._where(scratch, names, surprises)

    def _run(self, scratch: Course, command: str, name: str) -> None:
        """Run one of our own commands as a user would."""
        self._say(f"autograder {command} {name}")
        arguments = [sys.executable, "-m", "autograder", command, name]
        done = subprocess.run(arguments, cwd=scratch.root, check=False)
        if done.returncode:
            raise CourseError(f"`autograder {command} {name}` failed in {scratch.root}")

    def _where(self, scratch: Course, names: Sequence[str], surprises: list[str]) -> None:
        first = next(iter(samples(scratch, names[0])))
        print(f"""
Feedback pages   {scratch.root}/feedback/<student>/<assignment>/<assignment>.html
  for example    {scratch.root}/feedback/{first.name}/{names[0]}/{names[0]}.html
Class reports    {scratch.root}/reports/{names[0]}.html
Gradebook        {scratch.root}/gradebook.db
Formgrader       cd {scratch.root} && jupyter lab   (menu Nbgrader > Formgrader)
""")
        if surprises:
            raise CourseError("not as the samples expect:\n  " + "\n  ".join(surprises))

    def _say(self, text: str) -> None:
        print(f"\n== {text}", flush=True)


def print_table(rows: Sequence[demo.Row], title: str) -> None:
    """Who got what and why, as wide as the terminal."""
    width = max(60, min(120, shutil.get_terminal_size((110, 30)).columns))
    name = max(len(row.student) for row in rows)
    points = max(len(row.points) for row in rows)
    print(f"\n{title}: who got what, and why")
    for row in rows:
        print(f"{row.student:<{name}}  {row.points:>{points}}  {row.about}")
        for reason in row.why:
            indent = " " * (name + points + 4)
            print(
                textwrap.fill(reason, width, initial_indent=indent, subsequent_indent=indent + "  ")
            )
