"""Templates of all pages, and the one style sheet that every page includes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.language.catalogue import TAGS, words

# What slipped through all cleaning still could not run, call home or send anything anywhere.
CONTENT_POLICY = (
    "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)


def page(template: str, language: str = "en", **values: Any) -> str:
    """The HTML of one page; values are escaped unless they are `Markup`."""
    return (
        _environment()
        .get_template(template)
        .render(
            policy=CONTENT_POLICY,
            lang=TAGS.get(language, "en"),
            gap="" if language == "zh" else " ",  # between two sentences
            _=words(language),
            **values,
        )
    )


def with_code(text: str) -> Markup:
    """A text with `names` set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def breakable(name: str) -> Markup:
    """A long name that may break into the next line after an underscore."""
    return Markup("_<wbr>").join(name.split("_"))


def with_lines(text: str) -> Markup:
    """A text with `names` set as code, line by line."""
    return Markup("<br>").join(map(with_code, text.splitlines()))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = with_code
    environment.filters["lines"] = with_lines
    environment.filters["breakable"] = breakable
    environment.filters["points"] = lambda points: f"{round(points, 2):g}"
    return environment
