"""Why a submission is graded or recorded again, in the language of the course.

The reasons are English where they are found: a result keeps them as names of what it depends on.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.language.catalogue import Say
from autograder.language.translation import pattern_of

SENTENCES = (
    "its autograded folder is gone",
    "the gradebook did not hold it",
    "handed in again",
    "no file has a report of it",
    "it is not graded yet",
    "handed in {before} → {after}",
    "late penalty of {name} {before} → {after} ({late})",
)
CHANGES = ("{name} is new", "{name} is gone", "{name} changed")
PARTS = (
    "the checks of {name}",
    "the autograder package",
    "the version of Python",
    "the version of numpy",
    "the limits",
    "the handed-out file {name}",
    "the library {name}",
    "the cells of {name}",
    "the submitted links",
    "the submitted {name}",
    "the author's notebook",
    "at no known time",
    "none",
    "not late",
    "{time} late",
)


def in_words(reason: str, say: Say) -> str:
    """The reason in the language of `say`; names of files and points stay as they are."""
    return _told(reason, (*SENTENCES, *CHANGES), say)


def _told(text: str, templates: Iterable[str], say: Say) -> str:
    for template in templates:
        if found := pattern_of(template).fullmatch(text):
            parts = {name: _told(part, PARTS, say) for name, part in found.groupdict().items()}
            return say(template).format(**parts)
    return text
