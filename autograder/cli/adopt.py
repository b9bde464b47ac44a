"""``autograder adopt``"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from traitlets import Bool

from autograder.adopt.adopting import Adopted, adopt, cells_that_ask_nothing
from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS, counted
from autograder.model import CourseError


class AdoptApp(CourseApp):
    """Make hidden checks of the test cells of a notebook that you have, one exercise at a time or
    all: tests/ASSIGNMENT/test_EXERCISE.py, with the same points. What cannot be carried over stays
    an ordinary test cell, and the reason is said. Nothing that is there is overwritten."""

    name = "autograder-adopt"
    description = __doc__
    takes = "ASSIGNMENT [EXERCISE...]"
    examples = """
        autograder adopt ps1 --dry-run       # what would become of each test cell
        autograder adopt ps1 squares         # one exercise
        autograder adopt ps1                 # all of them
        """
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "dry-run": ({"AdoptApp": {"dry_run": True}}, "Say what would be done, and write nothing."),
    }
    dry_run = Bool(False, help="Write nothing.").tag(config=True)

    def run(self) -> None:
        if not self.extra_args:
            raise CourseError("say which assignment: autograder adopt ASSIGNMENT [EXERCISE...]")
        assignment, *wanted = self.extra_args
        made = adopt(self.course, assignment, wanted, write=not self.dry_run)
        for line in adopted_words(made, self.dry_run):
            print(line)
        if not made:
            raise CourseError(
                f"{assignment} has no test cell that asks for what a solution cell defines: there "
                "is nothing to adopt"
            )
        if not wanted and (names := cells_that_ask_nothing(self.course, assignment)):
            print(staying_words(names))
        if any(one.is_new for one in made) and not self.dry_run:
            print(f"\nNow: autograder build {assignment}, and autograder verify {assignment}")


def staying_words(names: list[str]) -> str:
    """Which test cells no hidden check can take over, and what grades and proves them."""
    ask, verb = ("asks", "stays") if len(names) == 1 else ("ask", "stay")
    return (
        f"{counted(len(names), 'test cell')} that {ask} for nothing a solution cell defines {verb} "
        f"as before, and autograder verify proves them, too: {', '.join(names)}"
    )


def adopted_words(made: list[Adopted], dry_run: bool) -> Iterator[str]:
    """What became of each exercise and its test cells."""
    for one in made:
        if one.problem:
            yield f"{one.name}: as it was: {one.problem}"
            continue
        verb = "would be judged" if dry_run else "is judged"
        if one.checks:
            checks = counted(len(one.checks), "check")
            yield f"{one.name}: {verb} by {checks} in test_{one.name}.py, {_points(one.points)}"
        else:
            yield f"{one.name}: as it was"
        yield from (f"  {check.cell}: a check, {_points(check.points)}" for check in one.checks)
        yield from (f"  {name}: stays a test cell: {why}" for name, why in one.stays.items())


def _points(number: float) -> str:
    return f"{number:g} point" + ("" if number == 1 else "s")
