"""Cleans students' SVG drawings: keeps shapes, text and gradients, drops scripts and links."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

_NAMESPACE = "http://www.w3.org/2000/svg"
MOST_CHARACTERS = 4 << 20
_MOST_ELEMENTS = 50_000
_DEEPEST = 60
_NAMES_OF_ELEMENTS = """
    svg g defs use path rect circle ellipse line polyline polygon text tspan title desc
    clipPath linearGradient radialGradient stop
"""

_NAMES_OF_ATTRIBUTES = """
    id x y x1 x2 y1 y2 dx dy cx cy r rx ry fx fy d points width height viewBox transform
    preserveAspectRatio version role aria-label offset gradientUnits gradientTransform
    spreadMethod clipPathUnits textLength lengthAdjust style clip-path clip-rule color display
    visibility opacity fill fill-opacity fill-rule stroke stroke-width stroke-opacity
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
    stop-color stop-opacity font font-family font-size font-style font-weight font-variant
    text-anchor dominant-baseline letter-spacing
"""

_ELEMENTS = frozenset(_NAMES_OF_ELEMENTS.split())
_ATTRIBUTES = frozenset(_NAMES_OF_ATTRIBUTES.split())
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]*>")
_REFERENCE = re.compile(r"url\(\s*[\"']?#([\w.-]+)[\"']?\s*\)")
_HARMLESS = re.compile(r"[\w\s.,;:#%()+'\"-]*")
_NAME = re.compile(r"[\w.-]+")


def safe_svg(text: str) -> str:
    """A drawing rebuilt from elements known to be harmless; "" when it is no drawing.

    Ids get a prefix, so that they do not refer to the page around. `use` may copy only an element
    without `use`: ten of them nested ten levels deep would make ten thousand million elements.
    """
    text = _DOCTYPE.sub("", text, count=1)
    if len(text) > MOST_CHARACTERS or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return ""
    try:
        root = _parsed(text)
    except (ElementTree.ParseError, ValueError):
        return ""
    if root is None or root.tag != "svg":
        return ""
    copying = {name for e in root.iter() if (name := e.get("id")) and _copies(e)}
    for parent in list(root.iter()):
        for child in [c for c in parent if c.tag == "use" and c.get("href", "#")[1:] in copying]:
            parent.remove(child)
    root.set("xmlns", _NAMESPACE)
    return ElementTree.tostring(root, encoding="unicode")


def _copies(element: ElementTree.Element) -> bool:
    return any(e.tag == "use" for e in element.iter())


def _parsed(text: str) -> ElementTree.Element | None:
    """The tree of allowed elements; raises ValueError when there are too many."""
    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    parser.feed(text)
    parser.close()
    root: ElementTree.Element | None = None
    way: list[ElementTree.Element | None] = []
    count = 0
    for event, found in parser.read_events():
        if event == "end":
            made = way.pop()
            if made is not None and made.tag in ("text", "tspan", "title", "desc"):
                made.text = found.text
            if made is not None and made.tag == "tspan":
                made.tail = found.tail
            continue
        count += 1
        if count > _MOST_ELEMENTS or len(way) > _DEEPEST:
            raise ValueError("too much")
        parent = way[-1] if way else None
        way.append(_made(found, parent) if parent is not None or not way else None)
        root = way[0]
    return root


def _made(
    found: ElementTree.Element, parent: ElementTree.Element | None
) -> ElementTree.Element | None:
    """The cleaned element, appended to `parent`; None for one left out with its content."""
    tag = found.tag.removeprefix(f"{{{_NAMESPACE}}}")
    if tag not in _ELEMENTS or (tag == "use" and parent is not None and parent.tag == "clipPath"):
        return None
    attributes = {k.rpartition("}")[2]: s for k, v in found.items() if (s := _safe(tag, k, v))}
    if parent is None:
        return ElementTree.Element(tag, attributes)
    return ElementTree.SubElement(parent, tag, attributes)


def _safe(tag: str, name: str, value: str) -> str:
    if name.rpartition("}")[2] == "href":
        target = value.strip()
        return f"#svg-{target[1:]}" if tag == "use" and _is_place(target) else ""
    if name not in _ATTRIBUTES:
        return ""
    if name == "id":
        return f"svg-{value}" if _NAME.fullmatch(value) else ""
    rest = _REFERENCE.sub("", value)
    if not _HARMLESS.fullmatch(rest) or "url" in rest.lower():
        return ""
    return _REFERENCE.sub(r"url(#svg-\1)", value)


def _is_place(target: str) -> bool:
    return target[:1] == "#" and _NAME.fullmatch(target[1:]) is not None
