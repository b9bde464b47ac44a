"""``autograder check``"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from autograder.cli.base import CourseApp
from autograder.cli.help import aliases
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.notebook.safe_outputs import for_a_terminal


class CheckApp(CourseApp):
    """Run the public checks of a notebook in a terminal, without course, hub or JupyterLab.

    Each says whether it passes, and why not. The notebook runs behind the same wall as in grading,
    with the files beside it. Hidden checks are run when it is handed in.
    """

    name = "autograder-check"
    description = __doc__
    takes = "NOTEBOOK"
    examples = """
        autograder check optimization.ipynb
        autograder check optimization.ipynb --sandbox weak     # macOS: limits, but no wall
        """
    aliases: ClassVar[dict[str, Any]] = aliases("sandbox")
    needs_course = False

    def run(self) -> None:
        from autograder.watch.public_checks import public_checks

        if len(self.extra_args) != 1:
            raise CourseError("say which notebook: autograder check NOTEBOOK")
        path = Path(self.extra_args[0])
        course = self.course
        say, found = words(course.language), public_checks(path.absolute(), course)
        for one in found:
            symbol = "✓" if one.passed else "✗"
            lines = one_verdict(one.name, one.lines, passed=one.passed) or [f"{symbol} {one.name}"]
            head = lines[0]
            if head[:1] not in "✓✗":
                head = f"{symbol} " + say("{name}: {message}").format(name=one.name, message=head)
            if not one.name:
                head = "✗ " + say("a cell stops: {why}").format(why=lines[0])
            print(for_a_terminal("\n".join([head, *lines[1:]])))
        checks = [one for one in found if one.name]
        if not checks:
            raise CourseError(f"{path} has no public checks: is it a notebook of a course?")
        right = sum(one.passed for one in checks)
        line = say("{right} of {n} public checks passed")
        if len(checks) == 1:
            line = say("{right} of 1 public check passed")
        print(line.format(right=right, n=len(checks)))
        if right < len(found):
            sys.exit(1)


def one_verdict(name: str, lines: Sequence[str], *, passed: bool) -> list[str]:
    """The lines of a check with one ✓ where it passes, and without any where an example fails."""
    number = r"(, example \d+|\uff0c例 \d+)?"  # in English and in Chinese
    right = re.compile(rf"✓ {re.escape(name)}{number}[:\uff1a]")
    first = next(filter(right.match, lines), None) if passed else None
    return [line for line in lines if line is first or not right.match(line)]
