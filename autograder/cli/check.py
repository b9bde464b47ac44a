"""``autograder check``"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from autograder.cli.base import CourseApp
from autograder.cli.help import aliases, counted
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
        found = public_checks(path.absolute(), self.course)
        for one in found:
            symbol = "✓" if one.passed else "✗"
            lines = (
                list(dict.fromkeys(one.lines)) if one.passed else one_verdict(one.name, one.lines)
            )
            lines = lines or [f"{symbol} {one.name}"]
            head = lines[0] if lines[0][:1] in "✓✗" else f"{symbol} {one.name}: {lines[0]}"
            if not one.name:
                head = f"✗ a cell stops: {lines[0]}"
            print(for_a_terminal("\n".join([head, *lines[1:]])))
        checks = [one for one in found if one.name]
        if not checks:
            raise CourseError(f"{path} has no public checks: is it a notebook of a course?")
        right = sum(one.passed for one in checks)
        print(f"{right} of {counted(len(checks), 'public check')} passed")
        if right < len(found):
            sys.exit(1)


def one_verdict(name: str, lines: Sequence[str]) -> list[str]:
    """The lines of a check that fails, without those that say ✓ of its other examples."""
    told = (f"✓ {name}:", f"✓ {name}\uff1a")  # in English and in Chinese
    return [line for line in lines if not line.startswith(told)]
