"""The text of ``--help``, and the error for a mistyped command or option."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from textwrap import dedent, fill, indent
from typing import Any, ClassVar

from nbgrader.apps.baseapp import NbGrader

from autograder.nbgrader_plugins.said_once import SaidOnce

WIDTH = 88

# nbgrader's own names for these options, in fewer words.
ALIASES: dict[str, tuple[str, str]] = {
    "log-level": ("Application.log_level", "How much is said: DEBUG, INFO, WARN or ERROR."),
    "course-dir": ("CourseDirectory.root", "The course's folder; the current one otherwise."),
    "assignment": ("CourseDirectory.assignment_id", "The assignment, if not given by position."),
    "student": (
        "CourseDirectory.student_id",
        "Only these: a student's ID, or a pattern: 'a*'.",
    ),
    "db": ("CourseDirectory.db_url", "URL of the gradebook; gradebook.db in the course otherwise."),
    "sandbox": (
        "Autograder.sandbox",
        "Tier of the sandbox: auto takes B where this machine supports it, else A; weak has to be "
        "set and is flagged in every report.",
    ),
    "workers": (
        "Autograder.workers",
        "Processes at work; 0: one more than there are cores.",
    ),
    "seed": ("Autograder.seed", "Secret text from which the inputs of fresh checks are drawn."),
}
EVERYWHERE = ("course-dir", "log-level")
FLAGS: dict[str, Any] = {
    "debug": ({"Application": {"log_level": "DEBUG"}}, "Say everything."),
    "quiet": ({"Application": {"log_level": "CRITICAL"}}, "Say only what ends the run."),
}
ALWAYS = ("help", "help-all", "version")


def aliases(*names: str, **own: str) -> dict[str, Any]:
    """The options of a command: its own (option=Class.trait), and some that commands share."""
    return {**own, **{name: ALIASES[name] for name in (*names, *EVERYWHERE)}}


def counted(number: int, thing: str) -> str:
    """A number of things in words: 1 student, 2 students."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


class PlainApp(NbGrader):  # type: ignore[misc]  # nbgrader is untyped
    """A command with a help page to read, that refuses options it does not know."""

    version = "0.1.0"
    aliases: ClassVar[dict[str, Any]] = aliases()
    flags: ClassVar[dict[str, Any]] = dict(FLAGS)
    takes = ""  # the positional arguments, as in "ASSIGNMENT"

    def emit_description(self) -> Iterator[str]:
        """How it is typed, and what it does."""
        words = (str(self.name).replace("-", " "), self.takes, "[OPTION...]")
        yield f"Usage: {' '.join(filter(None, words))}"
        yield ""
        for paragraph in dedent(f"    {self.description}").strip().split("\n\n"):
            yield fill(" ".join(paragraph.split()), WIDTH)
            yield ""

    def emit_options_help(self) -> Iterator[str]:
        """Every option with one sentence."""
        yield from ("Options", "-------", "")
        own = {flag: text for flag, (_, text) in self.flags.items() if flag not in FLAGS}
        for flag, text in own.items():
            yield from _entry(f"-{flag}" if len(flag) == 1 else f"--{flag}", text)
        traits = {c.__name__: c.class_traits(config=True) for c in self._help_classes()}
        for name, meaning in self.aliases.items():
            target, text = meaning if isinstance(meaning, tuple) else (meaning, "")
            section, trait = target.split(".")
            yield from _entry(f"--{name}=…", text or traits[section][trait].help)
        for flag, (_, text) in FLAGS.items():
            yield from _entry(f"--{flag}", text)
        yield ""

    def _help_classes(self) -> Iterator[Any]:
        return (c for one in self.classes for c in one.mro() if hasattr(c, "class_traits"))

    def emit_examples(self) -> Iterator[str]:
        """The examples below each other; traitlets loses the first one's place."""
        if self.examples:
            yield from ("Examples", "--------", "")
            yield indent(dedent(self.examples).strip(), "    ")
            yield ""

    def emit_help_epilogue(self, classes: bool) -> Iterator[str]:
        """Where the rest is."""
        if not classes:
            yield fill(
                "Every setting of nbgrader_config.py can be given here too, as "
                "--Class.name=value; --help-all lists them.", WIDTH,
            )  # fmt: skip

    def load_config_file(self, **how: Any) -> None:
        """As nbgrader does, but without a warning where there is no course yet."""
        self.log.addFilter(_says_more_than_no_config)
        self.log.addFilter(SaidOnce())
        super().load_config_file(**how)

    def parse_command_line(self, argv: Sequence[str] | None = None) -> None:
        """Refuse a command or an option that does not exist; traitlets lets both pass."""
        words = list(sys.argv[1:] if argv is None else argv)
        if not (words and words[0] in self.subcommands):
            if self.subcommands and words and not words[0].startswith("-"):
                _refuse("command", words[0], list(self.subcommands))
            known = [f"--{name}" for name in (*self.aliases, *self.flags, *ALWAYS)]
            for word in words[: words.index("--") if "--" in words else None]:
                option = word.partition("=")[0]
                if option.startswith("--") and "." not in option and option not in known:
                    _refuse("option", option, known)
        super().parse_command_line(argv)


def _says_more_than_no_config(record: logging.LogRecord) -> bool:
    """Commands that need a course say so themselves, and what to do."""
    return not str(record.msg).startswith("No nbgrader_config.py file found")


def _entry(option: str, text: str) -> Iterator[str]:
    left = f"  {option:<18}"
    filled = fill(text, WIDTH, initial_indent=left, subsequent_indent=" " * len(left))
    yield filled if len(option) <= 18 else f"  {option}\n{' ' * len(left)}{text}"


def _refuse(kind: str, word: str, known: Sequence[str]) -> None:
    """End with an error that suggests the nearest known word."""
    near = get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    sys.exit(f"autograder: no {kind} {word!r}; {hint}")
