r"""Formulas as MathML, which browsers render by themselves: no script, no font, no network.

latex2mathml converts them, in less than a millisecond each; formulas that a class shares are
converted once. A formula that it cannot read, or that is too long, stays as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from xml.etree import ElementTree

from latex2mathml.converter import convert

LONGEST = 4000  # characters; a student's text may hold anything
DEEPEST = 60  # braces within braces
_TAGS = frozenset(
    ("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub",
     "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded",
     "mphantom", "mstyle", "menclose", "mfenced", "merror")
)  # fmt: skip
_ATTRIBUTES = frozenset(
    ("display", "stretchy", "mathvariant", "width", "height", "depth", "lspace", "rspace",
     "linethickness", "fence", "form", "columnalign", "rowspacing", "columnspacing", "accent",
     "movablelimits", "largeop", "minsize", "maxsize", "separator", "displaystyle", "scriptlevel",
     "symmetric", "notation")
)  # fmt: skip
_VALUE = re.compile(r"[\w.%+\- ]*")
_SPACE = "{http://www.w3.org/1998/Math/MathML}"


@lru_cache(maxsize=4096)
def mathml(formula: str, *, block: bool = False) -> str:
    r"""A formula in TeX, without its dollars, as a ``<math>`` element, or as text in ``<code>``."""
    plain = f"<code>{escape(formula.strip())}</code>"
    if len(formula) > LONGEST or _depth(formula) > DEEPEST:
        return plain
    try:
        found = convert(formula, display="block" if block else "inline")
        return found if _is_harmless(ElementTree.fromstring(found)) else plain
    except Exception:  # a library that meets what students write as TeX
        return plain


def _is_harmless(tree: ElementTree.Element) -> bool:
    return all(
        node.tag.removeprefix(_SPACE) in _TAGS
        and all(k in _ATTRIBUTES and _VALUE.fullmatch(v) for k, v in node.attrib.items())
        for node in tree.iter()
    )


def _depth(formula: str) -> int:
    depth = deepest = 0
    for letter in formula:
        depth += (letter == "{") - (letter == "}")
        deepest = max(deepest, depth)
    return deepest
