"""English sentences that arrive ready-made, such as a CourseError's, in the language of a course.

They are recognised by their templates, in which {1}, {2}, … stand for what changes. The templates
and their translations are a catalogue of their own, ``ready_made.po`` beside ``autograder.po``.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Sequence
from functools import cache

from autograder.language.catalogue import FOLDER, LOCALES

DOMAIN = "ready_made"
LONGEST = 1000  # characters; a longer line is not matched
_FIELD = re.compile(r"\{(\d)\}")


def in_language(text: str, language: str) -> str:
    """The text with each line that is recognised translated, and the parts of those lines too."""
    if language not in LOCALES or not _templates(language):
        return text
    return "\n".join(_told(line, language) for line in text.split("\n"))


def _told(line: str, language: str) -> str:
    bare = line.strip()
    for pattern, chinese in _templates(language) if len(line) <= LONGEST else ():
        if found := pattern.fullmatch(bare):
            told = [_told(part, language) for part in found.groups()]
            return line[: len(line) - len(line.lstrip())] + _filled(chinese, told)
    return line


def _filled(template: str, parts: Sequence[str]) -> str:
    return _FIELD.sub(lambda field: parts[int(field[1]) - 1], template)


@cache
def _templates(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Pattern and translation of every template, those with most words of their own first.

    Those of marks alone come last: what stands between them is recognised by itself.
    """
    locale = LOCALES[language]
    found = gettext.translation(DOMAIN, FOLDER, languages=[locale], fallback=True)
    pairs = [(k, v) for k, v in getattr(found, "_catalog", {}).items() if k]
    pairs.sort(key=lambda pair: _rank(_FIELD.sub("", pair[0])))
    return tuple((_pattern(english), chinese) for english, chinese in pairs)


def _rank(literal: str) -> tuple[bool, bool, int]:
    has_words = any(map(str.isalpha, literal))
    if has_words:
        return False, False, -len(literal)
    return True, ";" not in literal, len(literal)


def _pattern(template: str) -> re.Pattern[str]:
    literal = map(re.escape, _FIELD.split(template)[::2])
    return re.compile("(.+?)".join(literal))
