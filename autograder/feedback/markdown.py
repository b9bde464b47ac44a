"""Markdown as safe HTML; the lesson's prose, which a class shares, is rendered once."""

from __future__ import annotations

import hashlib
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.feedback.formulas import mathml
from autograder.notebook.addresses import safe_image, safe_link
from autograder.notebook.safe_outputs import takes_too_long

RENDER_SECONDS = 0.5  # of processor time for one cell; a lesson's takes milliseconds
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PYGMENTS_CLASS = re.compile(r"highlight|[a-z]{1,2}\d?")


def _only_known(tag: str, attribute: str, value: str) -> str | None:
    """Safe addresses only, and classes of code highlighting."""
    if attribute == "src":
        return safe_image(value)
    if attribute == "href":
        return safe_link(value)
    if attribute == "class" and tag != "a":
        return value if all(map(_PYGMENTS_CLASS.fullmatch, value.split())) else None
    if attribute == "class":
        return value if value == "anchor-link" else None
    return value


_CLEANER = nh3.Cleaner(
    tags=(set(nh3.ALLOWED_TAGS) | {"section"}) - {"map", "area"},
    attributes={
        "*": {"title", "lang", "dir"},
        **{heading: {"id"} for heading in _HEADINGS},
        "a": {"href", "class"},
        "img": {"src", "alt", "width", "height"},
        "div": {"class"},
        "span": {"class"},
        "td": {"align", "colspan", "rowspan"},
        "th": {"align", "colspan", "rowspan", "scope"},
        "ol": {"start"},
    },
    attribute_filter=_only_known,
    url_schemes={"http", "https", "mailto", "data"},
    link_rel="noopener noreferrer",
)


def safe_markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """HTML of a markdown text: headings with ids and links, formulas as MathML."""
    return _rendered(source) if not attachments else _render(source, attachments)


@pass_context
def markdown_filter(context: Context, source: str) -> str:
    """The same for nbconvert's templates, Formgrader's among them: replaces `markdown2html`."""
    cell = context.get("cell") or {}
    return safe_markdown(source, cell.get("attachments"))


@lru_cache(maxsize=4096)
def _rendered(source: str) -> str:
    return _render(source, {})


class _WithFormulas(IPythonRenderer):
    """Takes formulas out while a text is cleaned, so that only their own MathML passes."""

    def __init__(self, token: str, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=False, attachments=dict(attachments))
        self._token = token
        self.formulas: list[str] = []

    def inline_math(self, body: str) -> str:
        return self._aside(mathml(body))

    def block_math(self, body: str) -> str:
        return self._aside(mathml(body, block=True))

    def latex_environment(self, name: str, body: str) -> str:
        return self._aside(mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", block=True))

    def _aside(self, formula: str) -> str:
        self.formulas.append(formula)
        return f"{self._token}{len(self.formulas) - 1};"

    def put_back(self, html: str) -> str:
        """The cleaned text with its formulas."""
        pattern = re.compile(re.escape(self._token) + r"(\d+);")
        return pattern.sub(lambda found: self.formulas[int(found[1])], html)


class TakesTooLong(Exception):
    """Rendering a text took longer than it may."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TakesTooLong when the block computes longer; no limit outside of the main thread.

    Regular expressions check for signals, so they are interrupted too. The signal comes again:
    Python drops what is raised while it runs a finalizer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TakesTooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _render(source: str, attachments: Mapping[str, Any]) -> str:
    missing = {name: {"image/png": ""} for name in re.findall(r"attachment:([^)\s\"']+)", source)}
    token = f"formula-{hashlib.sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()}-"
    renderer = _WithFormulas(token, {**missing, **attachments})
    try:
        with at_most(RENDER_SECONDS):
            found = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # a student's text may be made to break any parser, or to keep it busy
        found = f"<pre>{escape(source)}</pre>"
    if takes_too_long(found):
        return escape(source)
    return renderer.put_back(str(_CLEANER.clean(found)))
