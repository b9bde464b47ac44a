"""What a course tells its students, in their language.

A message is a `Text`: it keeps its template and its parts, so it is translated first and filled
in afterwards. Templates are looked up in what an assignment's author wrote in
``tests/<assignment>/zh.toml``, in the public check's own table, and in our catalogue.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter

from autograder.course import Course
from autograder.handout.chinese import CHINESE
from autograder.handout.words import Text
from autograder.language.catalogue import words
from autograder.model import CourseError

SECTIONS = ("titles", "cases", "messages", "samples")
_JOINT = re.compile(r"(?<=\w)-(?=[A-Za-z])")  # pytest puts it between the ids of two parameters


@dataclass(frozen=True)
class Translation:
    """Translates texts into one language; English texts stay as they are in the code."""

    language: str = "en"
    own: Mapping[str, str] = field(default_factory=dict)  # the assignment's, English → Chinese

    @classmethod
    def of(cls, course: Course, assignment: str) -> Translation:
        """An assignment's translation; raises CourseError when its ``zh.toml`` cannot be used."""
        if course.language == "en":
            return ENGLISH
        return cls(course.language, chinese_of(course.tests(assignment)))

    def __call__(self, text: str) -> str:
        """The text as a plain string; one without a translation stays English."""
        if self.language == "en":
            return str(text)
        return text.told(self._words) if isinstance(text, Text) else self._words(text)

    def title(self, title: str, case: str = "") -> str:
        """The title of a check: its docstring's first line, then the id of its parameters."""
        if not case:
            return self(title)
        if self.language == "en":
            return f"{title.rstrip(':')} ({case})"
        return f"{self(title).rstrip('：')}（{self._case(case)}）"

    def _case(self, case: str) -> str:
        if case in self.own:
            return self.own[case]
        parts = _JOINT.split(case)
        known = [self.own.get(part, part) for part in parts]
        return "，".join(known) if known != parts else case

    def _words(self, template: str) -> str:
        if not template:  # gettext has its own header under ""
            return template
        found = self.own.get(template) or CHINESE.get(template)
        return found or words(self.language)(template)


ENGLISH = Translation()

# Templates of the strings that the student's process sends: a line of a traceback, and why a
# value cannot cross the wire.
LONGEST_RECEIVED = 500  # characters; a longer string is not matched: student code may have sent it
_RECEIVED = (
    "{name}, line {n}: {text}",
    "a value of type {name}",
    "a dict key of type {name}",
    "a dict with keys that are equal as plain values",
    "an array of dtype {name} (only numbers and booleans can cross)",
    "an array of {n} dimensions",
    "an integer of {n} bits",
    "containers nested deeper than {n} (or in a circle)",
    "more than {n} values",
    "more than {n} bytes",
)


def recognised(received: str) -> Text:
    """A string that the student's process sent, as the template it was made from, if known."""
    for template in _RECEIVED if len(received) <= LONGEST_RECEIVED else ():
        if found := pattern_of(template).fullmatch(received):
            return Text(template, **found.groupdict())
    return Text(received)


@cache
def pattern_of(template: str) -> re.Pattern[str]:
    pattern = re.escape(template).replace(r"\{n\}", r"(?P<n>\d+)")
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*?)", pattern))


def chinese_path(tests: Path) -> Path:
    """The file with the Chinese translations of an assignment's graders."""
    return tests / "zh.toml"


def chinese_of(tests: Path) -> dict[str, str]:
    """English → Chinese from an assignment's ``zh.toml``; empty when there is none.

    Raises CourseError when it cannot be read, or a translation has other fields than its text.
    """
    path = chinese_path(tests)
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        pairs = [pair for section in SECTIONS for pair in found.get(section, {}).items()]
    except (ValueError, AttributeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error
    for english, chinese in pairs:
        if not isinstance(chinese, str) or fields(english) != fields(chinese):
            raise CourseError(f"{path}: the Chinese of {english!r} has other fields: {chinese!r}")
    return dict(pairs)


@cache
def fields(template: str) -> frozenset[str]:
    """Names of a template's fields; none when its braces are plain letters."""
    try:
        found = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        return frozenset()
    return frozenset(name for name in found if name.isidentifier())
