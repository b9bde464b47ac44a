"""Markdown as safe HTML; the lesson's prose, alike for a whole class, is rendered once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.notebook.outputs import is_nested_too_deeply

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PYGMENTS_CLASS = re.compile(r"highlight|[a-z]{1,2}\d?")


def _only_known(tag: str, attribute: str, value: str) -> str | None:
    """Images by data only or from beside the notebook; classes of code highlighting only."""
    if attribute == "src":
        local = "//" not in value and not value.startswith(("/", "."))
        return value if value.startswith("data:image/") or local else None
    if attribute == "href" and value.startswith("data:"):
        return None
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
    """HTML of a markdown text, headings with ids and links, mathematics left for MathJax."""
    return _rendered(source) if not attachments else _render(source, attachments)


@pass_context
def markdown_filter(context: Context, source: str) -> str:
    """The same for nbconvert's templates, Formgrader's among them: replaces `markdown2html`."""
    cell = context.get("cell") or {}
    return safe_markdown(source, cell.get("attachments"))


@lru_cache(maxsize=4096)
def _rendered(source: str) -> str:
    return _render(source, {})


def _render(source: str, attachments: Mapping[str, Any]) -> str:
    missing = {name: {"image/png": ""} for name in re.findall(r"attachment:([^)\s\"']+)", source)}
    renderer = IPythonRenderer(escape=False, attachments={**missing, **attachments})
    try:
        found = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # a student's text may be made to break any parser
        found = f"<pre>{escape(source)}</pre>"
    return escape(source) if is_nested_too_deeply(found) else str(_CLEANER.clean(found))
