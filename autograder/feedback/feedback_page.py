"""One autograded notebook as one HTML page, for screens, screen readers and paper.

First comes a card for each idea that the student has yet to understand; all checks and the notebook
are folded. A page never shows frames of a traceback that are not the student's own, nor regions of
a cell that the author hid. It holds no script and loads nothing from a server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from html import escape, unescape
from typing import Any
from urllib.parse import quote

import nh3
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.batch.workers import Budget
from autograder.course import HIDDEN_DELIMITERS
from autograder.feedback.grades import Points, ShownGrades
from autograder.feedback.markdown import safe_markdown
from autograder.gradebook.scores import exercise_of
from autograder.gradebook.staging import NO_RESPONSE
from autograder.grading.waiting import waits
from autograder.language.catalogue import Say, words
from autograder.notebook.addresses import svg_address
from autograder.notebook.cells import cell_text, nbgrader_metadata
from autograder.notebook.safe_outputs import joined, plain, safe_output, short_traceback
from autograder.templates import page
from autograder.testcells.released import released_text, with_nbgraders_delimiters

PAGES = Budget(seconds=60.0, memory_bytes=1 << 30)  # for the pages of one student
MARK_SCHEME = re.compile(
    r"^[^\n]*BEGIN MARK SCHEME[^\n]*$.*?(?:^[^\n]*END MARK SCHEME[^\n]*$|\Z)\n?",
    re.MULTILINE | re.DOTALL,
)
MOST_COLOURED = 100_000  # characters of a cell; what is longer takes seconds to colour
MOST_MAILED = 600  # characters of a hint, or of the names of checks, in a mail
_TITLES = re.compile(r"<li>(.*?)(?=<p>|</li>)")
_HINT = re.compile(r'<p class="autograder-hint">.*?</p>', re.DOTALL)
_LANGUAGES = {"lang-en": "en", "lang-zh": "zh-Hans"}

_TABLE_CLEANER = nh3.Cleaner(
    tags={
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "mark"),
        *("p", "pre", "strong", "a", "code", "span", "div", "ul", "li"),
    },
    attributes={
        "a": {"href"},
        "th": {"scope", "style"},
        "td": {"style"},
        "table": {"style"},
        "caption": {"style"},
        "div": {"style"},
        "span": {"aria-hidden"},
    },
    allowed_classes={
        "table": {"autograder-checks"},
        "div": {"autograder-notes", "autograder-exercise", "autograder-card"},
        "p": {
            *("autograder-points", "autograder-hint", "autograder-remark"),
            "autograder-untouched",
        },
        "pre": {"autograder-lines"},
        "details": {"autograder-all"},
        "tr": {
            f"autograder-{v}"
            for v in ("passed", "wrong", "error", "timeout", "memory", "missing", "not_attempted")
        },
    },
    filter_style_properties={
        *("border", "padding", "text-align", "vertical-align", "white-space"),
        *("border-collapse", "border-left-width", "width", "margin", "font-weight"),
    },
    link_rel=None,
)


@dataclass(frozen=True)
class Extent:
    """How much of the grading a page shows, and its sentence about the rest."""

    points: bool = True
    checks: bool = True  # what failed and why; needs points
    notice: str = ""


EVERYTHING = Extent()


@dataclass(frozen=True)
class ShownCell:
    """A cell as the template prints it."""

    kind: str  # prose, code or raw
    html: Markup
    lang: str = ""
    anchor: str = ""
    label: str = ""  # what the cell is, when nbgrader knows it
    points: Points | None = None
    comment: str = ""
    outputs: tuple[Markup, ...] = ()
    quiet: bool = False  # a cell of the lesson, whose output readers know
    cards: str | Markup = ""  # of a graded exercise
    name: str = ""  # of the exercise

    @property
    def state(self) -> str:
        """complete, partly, none or waits."""
        assert self.points is not None
        if self.points.waits:
            return "waits"
        if self.points.score >= self.points.max_score:
            return "complete"
        return "partly" if self.points.score > 0 else "none"

    @property
    def untouched(self) -> bool:
        """Whether nothing of an exercise was attempted, and nobody commented on it."""
        return 'class="autograder-untouched"' in self.cards and not self.comment

    @property
    def missing(self) -> float:
        """Points that the exercise could still earn."""
        return self.points.max_score - self.points.score if self.points else 0.0


def feedback_page(
    nb: Mapping[str, Any],
    grades: ShownGrades,
    *,
    assignment: str,
    notebook: str,
    language: str = "en",
    contact: str = "",
    extent: Extent = EVERYTHING,
    hidden: tuple[str, str] = HIDDEN_DELIMITERS,
) -> str:
    """The page of one autograded notebook (nbformat 4, plain dicts or NotebookNode).

    `hidden` are the texts in the lines before and after hidden tests, which are left out.

    `contact` is the address to which a student may mail that a hint misled, from beside the hint;
    without one the page says how else.
    """
    say = words(language)
    cells = tuple(_within(extent, _shown(cell, grades, say, hidden), cell) for cell in nb["cells"])
    graded = [cell for cell in cells if cell.points]
    order = [cell.anchor for cell in graded]
    title = assignment if notebook == assignment else f"{assignment}, {notebook}"
    graded = sorted(graded, key=lambda c: -c.missing)
    graded = list(_said_once(graded, Misled(contact, title, say), say))
    left = [cell for cell in graded if cell.state != "complete"]
    return page(
        "feedback.html.j2",
        language,
        title=title,
        cells=cells,
        graded=[c for name in order for c in graded if c.anchor == name],
        left=left,
        ideas=len({hint for c in left for hint in _HINT.findall(c.cards)}),
        grades=grades,
        extent=extent,
        contact=contact,
        styles=_code_styles(),
    )


def of_another_run(notebook: str, cell: str, assignment: str, language: str) -> str:
    """Why no page is made: its cards would say other points than the gradebook."""
    sentence = words(language)(
        "{notebook} is of another run than the points of {cell!r} in the gradebook: "
        "run `autograder grade {assignment}`"
    )
    return sentence.format(notebook=notebook, cell=cell, assignment=assignment)


def _within(extent: Extent, shown: ShownCell, cell: Mapping[str, Any]) -> ShownCell:
    """A cell without the results that `extent` hides; a student's own outputs stay."""
    meta = nbgrader_metadata(cell)
    if not extent.checks and meta.get("grade") and not meta.get("solution"):
        shown = replace(shown, cards=Markup(""), outputs=())
    return shown if extent.points else replace(shown, points=None)


@dataclass(frozen=True)
class Misled:
    """A link beside each hint: a mail to the teacher that names assignment, checks and hint."""

    contact: str
    title: str
    say: Say

    def link(self, exercise: str, hint: str, checks: Iterable[str]) -> str:
        """The link's HTML; nothing without an address."""
        if not self.contact:
            return ""
        say = self.say
        subject = say("A hint misled me: {title}").format(title=f"{self.title}, {exercise}")
        text = say(
            "Assignment: {title}\nExercise: {exercise}\nChecks: {checks}\nHint: {hint}\n\n"
            "What was right about my answer, or what the hint made me think:\n"
        )
        body = text.format(
            title=self.title,
            exercise=exercise,
            checks=say("; ").join(_words(check) for check in checks)[:MOST_MAILED],
            hint=_words(hint)[:MOST_MAILED],
        )
        address = quote(self.contact, safe="@")
        mail = f"mailto:{address}?subject={quote(subject)}&body={quote(body)}"
        words = say("This hint misled me")
        return f'<p class="misled"><a href="{escape(mail)}">{words}</a></p>'


def _words(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def _said_once(cells: Iterable[ShownCell], misled: Misled, say: Say) -> Iterator[ShownCell]:
    """The cells, with a sentence that an earlier exercise shows replaced by a link to it."""
    said: dict[str, ShownCell] = {}
    for cell in cells:
        once = partial(_hint_or_link, said, cell, misled, say)
        yield replace(cell, cards=Markup(_HINT.sub(once, cell.cards)))


def _hint_or_link(
    said: dict[str, ShownCell], cell: ShownCell, misled: Misled, say: Say, found: re.Match[str]
) -> str:
    """A hint found in a cell's cards, or a link to the cell that shows it first."""
    first = said.setdefault(found[0], cell)
    if first is cell:
        checks = _TITLES.findall(found.string[found.end() :].partition("</ul>")[0])
        return found[0] + misled.link(cell.name, found[0], checks)
    link = f'<a href="#{escape(first.anchor)}"><code>{escape(first.name)}</code></a>'
    return f"<p>{say('The same idea as in {name}.').format(name=link)}</p>"


def _shown(
    cell: Mapping[str, Any], grades: ShownGrades, say: Say, hidden: tuple[str, str]
) -> ShownCell:
    meta = nbgrader_metadata(cell)
    name = str(meta.get("grade_id", ""))
    tags = cell["metadata"].get("tags", ())
    outputs = list(_outputs(cell, say))
    cards = [text for text in outputs if text.startswith('<div class="autograder-exercise">')]
    # of a test cell that has no card, the error says what went wrong: as the notebook shows it
    is_test = meta.get("grade") and not meta.get("solution")
    errors = [text for text in outputs if text.startswith('<pre class="error">')]
    told = cards or (errors[-1:] if is_test else [])
    points = grades.cells.get(name)
    if waits(cell):
        told = [_why_it_waits(say)] if points and points.waits else []
    return ShownCell(
        kind={"markdown": "prose", "code": "code"}.get(cell["cell_type"], "raw"),
        html=Markup(_body(cell, hidden)),
        lang=next((_LANGUAGES[t] for t in tags if t in _LANGUAGES), ""),
        anchor=f"cell-{name}" if name else "",
        label=_label(cell, meta, say),
        points=points,
        comment=_comment(grades.comments.get(name, ""), say),
        outputs=tuple(text for text in outputs if text not in cards),
        quiet=bool(meta.get("locked") and not meta.get("grade")),
        cards=Markup("").join(told),
        name=exercise_of(cell) if meta.get("grade") else name,
    )


def _why_it_waits(say: Say) -> Markup:
    sentence = say(
        "The check went wrong, and it goes wrong for the teacher's own solution, too: that says "
        "nothing about your answer. A person will look at it and give the points."
    )
    return Markup("<p>{}</p>").format(sentence)


def _label(cell: Mapping[str, Any], meta: Mapping[str, Any], say: Say) -> str:
    if meta.get("task"):
        return say("Task {name}").format(name=meta["grade_id"])
    if meta.get("grade") and not meta.get("solution"):
        return say("Checks of {name}").format(name=exercise_of(cell))
    if meta.get("solution"):
        return say("Your answer {name}").format(name=meta["grade_id"])
    return ""


def _comment(text: str, say: Say) -> Markup:
    if text == NO_RESPONSE:
        text = say("No response.")
    return Markup(safe_markdown(text))


def _body(cell: Mapping[str, Any], hidden: tuple[str, str]) -> str:
    text = MARK_SCHEME.sub("", released_text(with_nbgraders_delimiters(cell_text(cell), hidden)))
    if cell["cell_type"] == "markdown":
        return safe_markdown(text, cell.get("attachments"))
    if cell["cell_type"] == "code" and len(text) <= MOST_COLOURED:
        return _highlighted(text) if text.strip() else ""
    return f"<pre>{escape(plain(text))}</pre>"


@lru_cache(maxsize=4096)
def _highlighted(source: str) -> str:
    return str(highlight(source, PythonLexer(), HtmlFormatter()))


@cache
def _code_styles() -> Markup:
    light = HtmlFormatter(style="xcode").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return Markup(f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}")


def _outputs(cell: Mapping[str, Any], say: Say) -> Iterator[Markup]:
    graded = bool(nbgrader_metadata(cell).get("grade"))
    for output in cell.get("outputs", ()):
        yield Markup(_output(output, graded, say))


def _output(output: Mapping[str, Any], graded: bool, say: Say) -> str:
    kind = output["output_type"]
    if kind == "stream":
        return f"<pre>{escape(plain(joined(output['text'])))}</pre>"
    if kind == "error":
        # a grade cell's own frames may show what its author hid
        text = short_traceback({**output, "traceback": []} if graded else output)
        return f'<pre class="error">{escape(text)}</pre>'
    if graded and "text/html" in output["data"]:
        return str(_TABLE_CLEANER.clean(joined(output["data"]["text/html"])))
    return _display(safe_output(output, say), say)


def _display(output: Mapping[str, Any], say: Say) -> str:
    data = output["data"]
    if "text/html" in data:
        return str(data["text/html"])
    for mime in ("image/png", "image/jpeg", "image/svg+xml"):
        if mime in data:
            alt = output["metadata"].get(mime, {}).get("alt")
            alt = alt or say("Figure without a description")
            if mime == "image/svg+xml":
                return f'<img src="{svg_address(data[mime])}" alt="{escape(alt)}">'
            source = "".join(data[mime].split())
            return f'<img src="data:{mime};base64,{source}" alt="{escape(alt)}">'
    if "text/markdown" in data:
        return safe_markdown(data["text/markdown"])
    if "text/latex" in data:
        return f"<div>{data['text/latex']}</div>"
    return f"<pre>{escape(plain(data['text/plain']))}</pre>"
