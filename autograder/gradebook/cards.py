"""The HTML of one exercise for students: a card for each idea, each sentence once, checks folded.

It uses words and symbols rather than colour, real headings and no script. Its colours are those of
the page around it, light, dark or printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import dedent
from urllib.parse import quote

from autograder.language.catalogue import Say, words
from autograder.model import Check, Exercise, Verdict
from autograder.notebook.safe_outputs import escaped

WORDS = {
    Verdict.PASSED: ("✓", "passed"),
    Verdict.WRONG: ("✗", "not right yet"),
    Verdict.ERROR: ("✗", "raised an error"),
    Verdict.TIMEOUT: ("✗", "took too long"),
    Verdict.MEMORY: ("✗", "used too much memory"),
    Verdict.MISSING: ("✗", "not found"),
    Verdict.NOT_ATTEMPTED: ("○", "not attempted"),
    Verdict.WAITS: ("…", "waits to be graded"),
    Verdict.GRADER_ERROR: ("!", "could not be checked"),
}
_CELL = "border:1px solid currentColor;padding:0.3em 0.6em;text-align:left;vertical-align:top"
_CARD = "border:1px solid currentColor;border-left-width:6px;padding:0.3em 0.9em;margin:0.6em 0"
# Formgrader's style sheet hides the triangle of <summary>
_FOLD = ' style="display:list-item;cursor:pointer"'
_CASE = re.compile(r"\s*(?:\([^()]*\)|（[^（）]*）)$")
_LINE = re.compile(r"( *\d+  )(.*)")


def exercise_cards(
    exercise: Exercise,
    points: float,
    max_points: float,
    language: str = "en",
    section: str = "",
) -> str:
    """HTML for one exercise: points, a card for each idea that is left, all checks folded.

    `section` is the heading that the exercise stands under, to read again where no hint says
    a nearer one.
    """
    say = words(language)
    counted = say("{points} of {most} points").format(points=f"{points:g}", most=f"{max_points:g}")
    caption = say("{name}: {message}").format(name=f"<code>{escaped(exercise.name)}</code>",
                                              message=counted)  # fmt: skip
    parts = [f'<p class="autograder-points"><strong>{caption}</strong></p>']
    ideas = ideas_of(exercise.checks)
    parts += [_card(idea, section, len(exercise.checks), say) for idea in ideas]
    parts += [
        f'<p class="autograder-remark"><strong>{say("Remark (costs nothing):")}</strong> '
        f"{_inline(remark)}</p>"
        for remark in dict.fromkeys(check.remark for check in exercise.checks if check.remark)
    ]
    parts.append(_all_checks(exercise.checks, say))
    return f'<div class="autograder-exercise">{"".join(parts)}</div>'


def notes(flags: Iterable[str], language: str = "en") -> str:
    """HTML for the notebook's flags (repaired or suspicious parts); "" without flags."""
    items = "".join(f"<li>{_inline(flag)}</li>" for flag in flags)
    if not items:
        return ""
    about = words(language)("About this notebook:")
    return f'<div class="autograder-notes"><p>{about}</p><ul>{items}</ul></div>'


def anchor(heading: str) -> str:
    """The id that Jupyter and nbconvert give a heading of the lesson."""
    return quote(heading.strip().replace(" ", "-"), safe="?/:@!$&'()*+,;=")


@dataclass(frozen=True)
class Idea:
    """One thing that the student has yet to understand: a sentence, and the checks about it."""

    sentence: str
    checks: tuple[Check, ...]
    section: str = ""

    @property
    def weight(self) -> float:
        return sum(check.weight for check in self.checks)


def ideas_of(checks: Sequence[Check]) -> list[Idea]:
    """The ideas that failed checks of one exercise leave, the most weight first.

    Checks with the same hint are one idea. Checks without a hint are one more idea, with the
    message that most of them have.
    """
    left = [check for check in checks if not check.passed]
    by_hint: dict[str, list[Check]] = {}
    for check in left:
        by_hint.setdefault(check.hint, []).append(check)
    unexplained = by_hint.pop("", [])
    ideas = [Idea(hint, tuple(own), own[0].section) for hint, own in by_hint.items()]
    ideas.sort(key=lambda idea: -idea.weight)
    if unexplained:
        ideas.append(Idea(_most_said(unexplained), tuple(unexplained), unexplained[0].section))
    return ideas


def _most_said(checks: Sequence[Check]) -> str:
    said = [check.message for check in checks if check.message]
    return max(said, key=said.count) if said else ""


def _card(idea: Idea, section: str, most: int, say: Say) -> str:
    if all(check.verdict is Verdict.NOT_ATTEMPTED for check in idea.checks):
        return f'<p class="autograder-untouched">○ {say("not attempted")}</p>'
    sentence = idea.sentence or say(WORDS[idea.checks[0].verdict][1])
    first, _, rest = sentence.strip().partition("\n")
    parts = [_own_lines(idea), f'<p class="autograder-hint">{_inline(first)}</p>']
    if rest:
        parts.append(f"<pre>{escaped(rest)}</pre>")
    if section := idea.section or section:
        link = f'<a href="#{escaped(anchor(section))}">{escaped(section)}</a>'
        parts.append(f"<p>{say('Read again: {section}').format(section=link)}</p>")
    about = say("Checks about this: {n} of {most}").format(n=len(idea.checks), most=most)
    items = "".join(_about(title, own, sentence) for title, own in _properties(idea.checks))
    parts.append(f"<details><summary{_FOLD}>{about}</summary><ul>{items}</ul></details>")
    return f'<div class="autograder-card" style="{_CARD}">{"".join(parts)}</div>'


def _about(title: str, checks: Sequence[Check], sentence: str) -> str:
    """A property, and the messages of its checks beyond the card's sentence, each once."""
    said = dict.fromkeys(c.message for c in checks if c.message and c.message != sentence)
    more = "".join(f"<p>{_inline(text.partition(chr(10))[0])}</p>" for text in said)
    return f"<li>{_counted(title, checks)}{more}</li>"


def _own_lines(idea: Idea) -> str:
    """The student's lines that an idea is about, where they are known."""
    found = next((check.lines for check in idea.checks if check.lines), "")
    numbered = [match for match in map(_LINE.fullmatch, found.splitlines()) if match]
    if not numbered:
        return ""
    code = dedent("\n".join(match[2] for match in numbered)).split("\n")
    shown = [
        f"{match[1]}{line[: len(line) - len(text)]}<mark>{escaped(text)}</mark>"
        for match, line, text in zip(numbered, code, map(str.lstrip, code), strict=True)
    ]
    return f'<pre class="autograder-lines">{chr(10).join(shown)}</pre>'


def _all_checks(checks: Sequence[Check], say: Say) -> str:
    """The table of all checks, grouped by property, with the number of cases of each."""
    heads = (say("Check"), say("Result"))
    headings = "".join(f'<th scope="col" style="{_CELL}">{title}</th>' for title in heads)
    rows = "".join(_row(title, own, say) for title, own in _properties(checks))
    style = "border-collapse:collapse;width:100%;margin:0.5em 0"
    passed = sum(check.passed for check in checks)
    about = say("All checks: {n}").format(n=len(checks))
    if 0 < passed < len(checks):
        about = "✓ " + say("Right already: {n} of {most} checks").format(n=passed, most=len(checks))
    return (
        f'<details class="autograder-all"><summary{_FOLD}>{about}</summary>'
        f'<table class="autograder-checks" style="{style}">'
        f"<thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _row(title: str, checks: Sequence[Check], say: Say) -> str:
    worst = next((check for check in checks if not check.passed), checks[0])
    symbol, verdict = WORDS[worst.verdict]
    passed = sum(check.passed for check in checks)
    count = say("{n} of {most} cases").format(n=passed, most=len(checks))
    cases = f" ({count})" if 1 < len(checks) != passed else ""
    return (
        f'<tr class="autograder-{worst.verdict.value}">'
        f'<th scope="row" style="{_CELL};font-weight:normal">{_counted(title, checks)}</th>'
        f'<td style="{_CELL};white-space:nowrap">'
        f'<span aria-hidden="true">{symbol}</span> {say(verdict)}{cases}</td></tr>'
    )


def _properties(checks: Sequence[Check]) -> list[tuple[str, list[Check]]]:
    """Checks by property: the parametrized cases of one test belong together."""
    found: dict[str, list[Check]] = {}
    for check in checks:
        found.setdefault(check.id.partition("[")[0], []).append(check)
    return [(_property(own), own) for own in found.values()]


def _property(checks: Sequence[Check]) -> str:
    title = checks[0].title or checks[0].id
    return _CASE.sub("", title).rstrip(":：") if "[" in checks[0].id else title


def _counted(title: str, checks: Sequence[Check]) -> str:
    return _inline(title) + (f" ×{len(checks)}" if len(checks) > 1 else "")


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped(text))
