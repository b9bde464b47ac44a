"""Addresses in what students write, read as a browser reads them.

Allowed are images that a page holds itself, images that lie beside it, places in the page, and
links to the web and to mail that a reader may follow. Every other address is refused. A browser
drops line ends and tabs from an address, reads a backslash as a slash, and goes up with `..` and
`%2e%2e`.
"""

from __future__ import annotations

import base64
import binascii
import re

from autograder.notebook.svg import safe_svg

_BLANK = "".join(map(chr, range(0x21)))
_DROPPED = re.compile(r"[\t\n\r]")
_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/= ]*", re.IGNORECASE)
_DRAWING = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/= ]*)", re.IGNORECASE)
_SEGMENT = r"\w[\w .()+-]*"
_BESIDE = re.compile(
    rf"(?:{_SEGMENT}/){{0,9}}{_SEGMENT}\.(?:png|jpe?g|gif|webp|bmp)", re.IGNORECASE
)
_PLACE = re.compile(r"#[^\s<>\"\\]*")
_WEB = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?(?:[/?#][^\s<>\"\\]*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"mailto:[\w.+%-]+@[\w.-]+", re.IGNORECASE)


def as_a_browser_reads(address: str) -> str:
    """The address without what the URL standard drops before it is parsed."""
    return _DROPPED.sub("", address.strip(_BLANK))


def safe_link(address: str) -> str | None:
    """A link that a reader may follow; None for one that is refused."""
    text = as_a_browser_reads(address)
    return text if any(p.fullmatch(text) for p in (_PLACE, _WEB, _MAIL, _BESIDE)) else None


def safe_image(address: str) -> str | None:
    """The address of an image in the page or its folder; None for any other."""
    text = as_a_browser_reads(address)
    if _IMAGE.fullmatch(text) or _BESIDE.fullmatch(text):
        return text
    if drawing := _DRAWING.fullmatch(text):
        try:
            source = base64.b64decode(drawing[1]).decode("utf-8")
        except (binascii.Error, ValueError):
            return None
        return svg_address(safe_svg(source)) or None
    return None


def svg_address(drawing: str) -> str:
    """The data address of a drawing once it is safe; "" where nothing of it is."""
    if not drawing:
        return ""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
