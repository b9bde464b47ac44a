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

SECTIONS = ("titles", "cases", "messages")
_JOINT = re.compile(r"(?<=\w)-(?=[A-Za-z])")  # pytest puts it between the ids of two parameters


@dataclass(frozen=True)
class Voice:
    """Tells texts in one language; English is what the code says, and costs nothing."""

    language: str = "en"
    own: Mapping[str, str] = field(default_factory=dict)  # the assignment's, English → Chinese

    @classmethod
    def of(cls, course: Course, assignment: str) -> Voice:
        """The voice of an assignment; raises CourseError when its Chinese cannot be used."""
        if course.language == "en":
            return ENGLISH
        return cls(course.language, chinese_of(course.tests(assignment)))

    def __call__(self, text: str) -> str:
        """The text, plain; what has no twin stays English."""
        if self.language == "en":
            return str(text)
        return text.told(self._words) if isinstance(text, Text) else self._words(text)

    def title(self, title: str, case: str = "") -> str:
        """What a check is called: its docstring's first line, and the id of its parameters."""
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


ENGLISH = Voice()

# What comes from the student's side as a string: a line of a traceback, and what the wire says
# of a value that cannot cross.
LONGEST_RECEIVED = 500  # characters that are looked at: anybody may have sent them
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
    """A text from the student's side as the template that it was made from, if that is known."""
    for template in _RECEIVED if len(received) <= LONGEST_RECEIVED else ():
        if found := _pattern(template).fullmatch(received):
            return Text(template, **found.groupdict())
    return Text(received)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pattern = re.escape(template).replace(r"\{n\}", r"(?P<n>\d+)")
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*?)", pattern))


def chinese_path(tests: Path) -> Path:
    """Where an assignment's graders have their Chinese words."""
    return tests / "zh.toml"


def chinese_of(tests: Path) -> dict[str, str]:
    """English → Chinese from an assignment's ``zh.toml``; empty when there is none.

    Raises CourseError when it cannot be read or a message asks for other fields than its twin.
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
    """Names of the parts that a template asks for; none when its braces are plain letters."""
    try:
        found = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        return frozenset()
    return frozenset(name for name in found if name.isidentifier())
