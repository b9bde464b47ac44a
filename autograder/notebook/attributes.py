"""Whether a tag of a student's HTML has so many attributes that reading it takes minutes.

A parser compares each attribute of a tag with all others before it. A tag in a comment, in a
style sheet or in a drawing is no tag, or is one after all, by rules that fill a book: of a text
that is large enough to matter, only one without such parts can be counted.
"""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 1000
_ALWAYS_FEW = 20_000  # characters that can part attributes: so many take 0.1 s
_PARTING = " \t\n\f\r/\"'"
_BLANK = r"[\t\n\f\r ]"
_TAG = re.compile(r"</?[a-zA-Z][^\t\n\f\r />]*")
_ATTRIBUTE = re.compile(
    r"[\t\n\f\r /]*[^\t\n\f\r />][^\t\n\f\r />=]*"
    rf"(?:{_BLANK}*={_BLANK}*(?:\"[^\"]*\"?|'[^']*'?|[^\t\n\f\r >\"'][^\t\n\f\r >]*)?)?"
)
# What has no tag in it, however it is read; tables of pandas begin with one.
_PLAIN_STYLE = re.compile(r"(<style[^<>\"']*>)[^<\"']*(?=</style>)", re.IGNORECASE)
_READ_OTHERWISE = re.compile(
    r"<(?:[!?]|/[^a-zA-Z]|style[^<>]*>(?!</style>)|(?:script|textarea|title|xmp|iframe|noembed"
    r"|noframes|noscript|plaintext|select|template|svg|math|frameset)\b)",
    re.IGNORECASE,
)


def has_too_many_attributes(text: str) -> bool:
    """Whether a tag may have more than MOST_ATTRIBUTES; in time that grows with the text."""
    if sum(map(text.count, _PARTING)) <= _ALWAYS_FEW:
        return False
    text = _PLAIN_STYLE.sub(r"\1", text)
    return bool(_READ_OTHERWISE.search(text)) or any(
        number > MOST_ATTRIBUTES for number in _attributes_of_tags(text)
    )


def _attributes_of_tags(text: str) -> list[int]:
    numbers = []
    at = 0
    while begun := _TAG.search(text, at):
        at, number = begun.end(), 0
        while found := _ATTRIBUTE.match(text, at):
            at, number = found.end(), number + 1
        numbers.append(number)
    return numbers
