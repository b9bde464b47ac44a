"""The report's figures, as PNG with a text alternative: one message each, readable in grey."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib import rc_context, rcParams
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from autograder.handout.course_style import COLOURS, course_fonts, has_chinese_font
from autograder.language.catalogue import Say, words
from autograder.report.statistics import ClassStatistics

DOTS_PER_INCH = 110


@dataclass(frozen=True)
class Figure:
    """A picture, what it shows in words, and its caption."""

    caption: str
    alt: str
    png: str  # base64


@dataclass(frozen=True)
class Labels:
    """The words of a figure: of what is read beside it, and of what is drawn in it."""

    language: str = "en"  # of what is read
    drawn: str = "en"

    @property
    def say(self) -> Say:
        return words(self.language)

    @property
    def draw(self) -> Say:
        return words(self.drawn)


@contextmanager
def labels_in(language: str) -> Iterator[Labels]:
    """Labels in a language while figures are drawn: English ones where no font holds it."""
    drawn = language if language == "en" or has_chinese_font() else "en"
    with rc_context():
        if drawn != "en":
            rcParams["font.family"] = course_fonts()
        yield Labels(language, drawn)


ENGLISH = Labels()


def score_distribution(found: ClassStatistics, labels: Labels = ENGLISH) -> Figure:
    """How many students have how many points."""
    say, draw = labels.say, labels.draw
    points, top = found.points, found.max_points or 1.0
    canvas = Canvas(figsize=(6.4, 3.2), layout="constrained")
    axes = canvas.subplots()
    counts, edges = np.histogram(points, bins=10, range=(0.0, top))
    axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=_colour(0),
             edgecolor="white")  # fmt: skip
    axes.axvline(float(np.median(points)), color="black", linestyle="--", linewidth=1)
    axes.set_ylim(top=1.15 * max(counts.max(), 1))
    median = draw("median {points:.1f}").format(points=np.median(points))
    axes.annotate(median, (float(np.median(points)), 1.0),
                  xycoords=("data", "axes fraction"), xytext=(3, -12),
                  textcoords="offset points", fontsize=9)  # fmt: skip
    axes.set(
        xlabel=draw("points (of {most:g})").format(most=top), ylabel=draw("students"), xlim=(0, top)
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    spread = ", ".join(
        say("{n} with {low:.0f} to {high:.0f}").format(n=n, low=low, high=high)
        for n, low, high in zip(counts, edges, edges[1:], strict=False)
        if n
    )
    alt = say("Histogram of points: {spread} points.").format(spread=spread)
    return _finished(canvas, say("Distribution of points"), alt)


def success_per_exercise(found: ClassStatistics, labels: Labels = ENGLISH) -> Figure:
    """Mean share of the points of each exercise, beside the share with all of them."""
    say, draw = labels.say, labels.draw
    exercises = list(found.exercises.values())
    canvas = Canvas(figsize=(6.4, 0.45 * len(exercises) + 1.1), layout="constrained")
    axes = canvas.subplots()
    where = np.arange(len(exercises))
    mean = [100 * e.mean for e in exercises]
    full = [100 * e.full for e in exercises]
    axes.barh(
        where - 0.2, mean, height=0.38, color=_colour(0), label=draw("mean share of the points")
    )
    axes.barh(where + 0.2, full, height=0.38, color=_colour(1), hatch="//", edgecolor="white",
              label=draw("students with all points"))  # fmt: skip
    axes.set_yticks(where, [e.name for e in exercises])
    axes.invert_yaxis()
    axes.set(xlabel=draw("percent"), xlim=(0, 100))
    canvas.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    one = say("{name}: mean {mean:.0f}%, full marks {full:.0f}%")
    all_of_them = "; ".join(
        one.format(name=e.name, mean=m, full=f)
        for e, m, f in zip(exercises, mean, full, strict=True)
    )
    alt = say("Bars per exercise. {bars}.").format(bars=all_of_them)
    return _finished(canvas, say("Success per exercise"), alt)


def _colour(position: int) -> str:
    colours = list(COLOURS.values()) if isinstance(COLOURS, dict) else list(COLOURS)
    return str(colours[position % len(colours)])


def _finished(canvas: Canvas, caption: str, alt: str) -> Figure:
    for axes in canvas.axes:
        axes.spines[["top", "right"]].set_visible(False)
    picture = BytesIO()
    canvas.savefig(picture, format="png", dpi=DOTS_PER_INCH)
    return Figure(caption, alt, base64.b64encode(picture.getvalue()).decode())
