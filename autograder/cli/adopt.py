"""``autograder adopt``"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from traitlets import Bool

from autograder.adopt.adopted import Adopted
from autograder.adopt.adopting import adopt, cells_of_nbgraders, cells_that_ask_nothing
from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS
from autograder.language.catalogue import Say, words
from autograder.language.ready_made import in_language
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
        language = self.course.language
        say = words(language)
        made = adopt(self.course, assignment, wanted, write=not self.dry_run)
        for line in adopted_words(made, self.dry_run, language):
            print(line)
        if not made:
            raise CourseError(
                f"{assignment} has no test cell that asks for what a solution cell defines: there "
                "is nothing to adopt"
            )
        if not wanted and (names := cells_that_ask_nothing(self.course, assignment)):
            print(staying_words(names, say))
        if not wanted and (names := cells_of_nbgraders(self.course, assignment)):
            line = say(
                "nbgrader writes the tests of these (AUTOTEST), and they stay as before: {names}"
            )
            print(line.format(names=say(", ").join(names)))
        if any(one.is_new for one in made) and not self.dry_run:
            now = say("Now: autograder build {name}, and autograder verify {name}")
            print("\n" + now.format(name=assignment))


def staying_words(names: list[str], say: Say = str) -> str:
    """Which test cells no hidden check can take over, and what grades and proves them."""
    line = say(
        "{n} test cells that ask for nothing a solution cell defines stay as before, and "
        "autograder verify proves them, too: {names}"
    )
    if len(names) == 1:
        line = say(
            "1 test cell that asks for nothing a solution cell defines stays as before, and "
            "autograder verify proves it, too: {names}"
        )
    return line.format(n=len(names), names=say(", ").join(names))


def adopted_words(made: list[Adopted], dry_run: bool, language: str = "en") -> Iterator[str]:
    """What became of each exercise and its test cells."""
    say = words(language)
    for one in made:
        if one.problem:
            problem = in_language(one.problem, language)
            yield say("{name}: as it was: {problem}").format(name=one.name, problem=problem)
            continue
        if one.checks:
            checks = say("1 check") if len(one.checks) == 1 else say("{n} checks")
            line = say("{name}: is judged by {checks} in {file}, {points}")
            if dry_run:
                line = say("{name}: would be judged by {checks} in {file}, {points}")
            yield line.format(
                name=one.name, checks=checks.format(n=len(one.checks)),
                file=f"test_{one.name}.py", points=_points(one.points, say),
            )  # fmt: skip
        else:
            yield say("{name}: as it was").format(name=one.name)
        for check in one.checks:
            line = say("{cell}: a check, {points}")
            yield "  " + line.format(cell=check.cell, points=_points(check.points, say))
        for name, why in one.stays.items():
            line = say("{cell}: stays a test cell: {why}")
            yield "  " + line.format(cell=name, why=in_language(why, language))


def _points(number: float, say: Say) -> str:
    return (say("1 point") if number == 1 else say("{n:g} points")).format(n=number)
