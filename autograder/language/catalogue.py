"""The package's own texts in the language of the course, by gettext.

Catalogues are ``locale/<locale>/LC_MESSAGES/autograder.po``; `msgfmt -o autograder.mo
autograder.po` beside it compiles them. The text in the code is the English one.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

LOCALES = {"en": "en", "zh": "zh_CN"}
TAGS = {"en": "en", "zh": "zh-Hans"}  # as HTML names them
FOLDER = Path(__file__).parents[1] / "locale"

Say = Callable[[str], str]


@cache
def words(language: str = "en") -> Say:
    """What turns an English text into the language's; an unknown text or language stays English."""
    locale = LOCALES.get(language, "en")
    found = gettext.translation("autograder", FOLDER, languages=[locale], fallback=True)
    return found.gettext


def unsure(hint: str) -> bool:
    """Whether a hint, in any language, names a mistake as a possibility only."""
    return any(hint.startswith(words(name)("Possibly: ")) for name in LOCALES)
