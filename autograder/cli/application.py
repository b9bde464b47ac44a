"""The list of subcommands; each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from typing import Any, ClassVar

from nbgrader.apps.baseapp import NbGrader

from autograder.cli.help import PlainApp

COMMANDS = {
    "init": "Make a folder, or an nbgrader course, one of ours.",
    "new": "Make the skeleton of another assignment.",
    "build": "Make solutions/ and release/ from source/, or --check them.",
    "adopt": "Make hidden checks of the test cells that a notebook has.",
    "plan": "Show which test cells are judged outside, and why others are not.",
    "verify": "Prove that the graders of an assignment are right.",
    "grade": "Grade a class: in parallel, resumable, behind the wall.",
    "hints": "Look longer for the slips in answers that no hint explains.",
    "watch": "Grade and answer what students hand in, as it arrives.",
    "record": "Put reports made elsewhere into the gradebook.",
    "feedback": "Make the feedback page of every student.",
    "report": "Show how the class did: HTML, CSV, plots.",
    "draft": "Draft a known mistake from a wrong answer that no hint explains.",
    "similar": "List submissions that are suspiciously alike.",
    "check": "Run the public checks of one notebook, as a student.",
    "demo": "Take a sample class the whole way, in a scratch course.",
    "doctor": "Say what this machine has and lacks.",
}


class AutograderApp(PlainApp):
    """Auto-graded exercises inside nbgrader, graded in parallel and behind a wall."""

    name = "autograder"
    version = metadata.version("dl-autograder")
    description = __doc__
    takes = "COMMAND"
    examples = """
        autograder demo                     # see the whole way on a sample class
        autograder build                    # solutions/ and release/ from source/
        autograder grade optimization       # grade every submission of an assignment
        autograder report optimization      # the class at a glance
        autograder COMMAND --help           # more about one command
        """
    subcommands: ClassVar[dict[str, Any]] = {
        name: (f"autograder.cli.{name}.{name.capitalize()}App", text)
        for name, text in COMMANDS.items()
    }

    def all_configurable_classes(self) -> list[Any]:
        return [NbGrader]

    def emit_subcommands_help(self) -> Iterator[str]:
        """The commands, in the order in which a course meets them."""
        yield from ("Commands", "--------", "")
        width = max(map(len, COMMANDS))
        yield from (f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
        yield ""

    def start(self) -> None:
        """Hand over to the subcommand, or show what there is."""
        if self.subapp is None:
            print("\n".join([*self.emit_description(), *self.emit_subcommands_help()]))
            print("autograder COMMAND --help says more about each.")
            return
        super().start()
