"""The checks of one exercise as a table a student can read, in a notebook or on a page.

Words and symbols rather than colour, real table headings, and no colours of its own: it takes
those of the page around it, light, dark or printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from autograder.language.catalogue import Say, words
from autograder.model import Check, Exercise, Verdict
from autograder.notebook.outputs import escaped

WORDS = {
    Verdict.PASSED: ("✓", "passed"),
    Verdict.WRONG: ("✗", "not right yet"),
    Verdict.ERROR: ("✗", "raised an error"),
    Verdict.TIMEOUT: ("✗", "took too long"),
    Verdict.MEMORY: ("✗", "used too much memory"),
    Verdict.MISSING: ("✗", "not found"),
    Verdict.NOT_ATTEMPTED: ("○", "not attempted"),
    Verdict.GRADER_ERROR: ("!", "could not be checked"),
}
_LINE = "border:1px solid currentColor;padding:0.3em 0.6em;text-align:left;vertical-align:top"
_TABLE = "border-collapse:collapse;width:100%;margin:0.5em 0"


def exercise_table(
    exercise: Exercise, points: float, max_points: float, language: str = "en"
) -> str:
    """HTML for one exercise: its points, then each check with verdict, message and hint."""
    say = words(language)
    counted = say("{points} of {most} points").format(points=f"{points:g}", most=f"{max_points:g}")
    caption = say("{name}: {message}").format(name=escaped(exercise.name), message=counted)
    titles = (say("Check"), say("Result"), say("What to know"))
    heads = "".join(f'<th scope="col" style="{_LINE}">{title}</th>' for title in titles)
    rows = "".join(_row(check.lasting(0.0), say) for check in exercise.checks)
    return (
        f'<table class="autograder-checks" style="{_TABLE}">'
        f'<caption style="text-align:left;font-weight:bold">{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def notes(flags: Iterable[str], language: str = "en") -> str:
    """HTML for what was repaired or is suspicious in the whole notebook; empty without flags."""
    items = "".join(f"<li>{_inline(flag)}</li>" for flag in flags)
    if not items:
        return ""
    about = words(language)("About this notebook:")
    return f'<div class="autograder-notes"><p>{about}</p><ul>{items}</ul></div>'


def anchor(heading: str) -> str:
    """The id that Jupyter and nbconvert give a heading of the lesson."""
    return quote(heading.strip().replace(" ", "-"), safe="?/:@!$&'()*+,;=")


@lru_cache(maxsize=2048)  # of a class, most pass the same checks and fail them in the same ways
def _row(check: Check, say: Say) -> str:
    symbol, verdict = WORDS[check.verdict]
    title = _inline(check.title or check.id)
    return (
        f'<tr class="autograder-{check.verdict.value}">'
        f'<th scope="row" style="{_LINE};font-weight:normal">{title}</th>'
        f'<td style="{_LINE};white-space:nowrap">'
        f'<span aria-hidden="true">{symbol}</span> {say(verdict)}</td>'
        f'<td style="{_LINE}">{_explanation(check, say)}</td></tr>'
    )


def _explanation(check: Check, say: Say) -> str:
    parts = [_paragraphs(check.message)] if check.message else []
    if check.hint:
        hint, see = say("Hint:"), _see(check.section, say)
        parts.append(f"<p><strong>{hint}</strong> {_inline(check.hint)}{see}</p>")
    elif check.section:
        parts.append(f"<p>{_see(check.section, say).strip()}</p>")
    if check.remark:
        remark = say("Remark (costs nothing):")
        parts.append(f"<p><strong>{remark}</strong> {_inline(check.remark)}</p>")
    return "".join(parts)


def _see(section: str, say: Say) -> str:
    if not section:
        return ""
    link = f'<a href="#{escaped(anchor(section))}">“{escaped(section)}”</a>'
    return " " + say("See {section} in the lesson.").format(section=link)


def _paragraphs(message: str) -> str:
    first, _, rest = message.strip().partition("\n")
    more = f"<pre>{escaped(rest)}</pre>" if rest else ""
    return f"<p>{_inline(first)}</p>{more}"


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped(text))
