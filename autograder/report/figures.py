"""The report's figures, as PNG with a text alternative: one message each, readable in grey."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from autograder.course_style import COLOURS
from autograder.report.statistics import ClassStatistics

DOTS_PER_INCH = 110


@dataclass(frozen=True)
class Figure:
    """A picture, what it shows in words, and its caption."""

    caption: str
    alt: str
    png: str  # base64


def score_distribution(found: ClassStatistics) -> Figure:
    """How many students have how many points."""
    points, top = found.points, found.max_points or 1.0
    canvas = Canvas(figsize=(6.4, 3.2), layout="constrained")
    axes = canvas.subplots()
    counts, edges = np.histogram(points, bins=10, range=(0.0, top))
    axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=_colour(0),
             edgecolor="white")  # fmt: skip
    axes.axvline(float(np.median(points)), color="black", linestyle="--", linewidth=1)
    axes.set_ylim(top=1.15 * max(counts.max(), 1))
    axes.annotate(f"median {np.median(points):.1f}", (float(np.median(points)), 1.0),
                  xycoords=("data", "axes fraction"), xytext=(3, -12),
                  textcoords="offset points", fontsize=9)  # fmt: skip
    axes.set(xlabel=f"points (of {top:g})", ylabel="students", xlim=(0, top))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    spread = ", ".join(
        f"{n} with {low:.0f} to {high:.0f}"
        for n, low, high in zip(counts, edges, edges[1:], strict=False)
        if n
    )
    return _finished(canvas, "Distribution of points", f"Histogram of points: {spread} points.")


def success_per_exercise(found: ClassStatistics) -> Figure:
    """Mean share of the points of each exercise, beside the share with all of them."""
    exercises = list(found.exercises.values())
    canvas = Canvas(figsize=(6.4, 0.45 * len(exercises) + 1.1), layout="constrained")
    axes = canvas.subplots()
    where = np.arange(len(exercises))
    mean = [100 * e.mean for e in exercises]
    full = [100 * e.full for e in exercises]
    axes.barh(where - 0.2, mean, height=0.38, color=_colour(0), label="mean share of the points")
    axes.barh(where + 0.2, full, height=0.38, color=_colour(1), hatch="//", edgecolor="white",
              label="students with all points")  # fmt: skip
    axes.set_yticks(where, [e.name for e in exercises])
    axes.invert_yaxis()
    axes.set(xlabel="percent", xlim=(0, 100))
    canvas.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    words = "; ".join(
        f"{e.name}: mean {m:.0f} %, full marks {f:.0f} %"
        for e, m, f in zip(exercises, mean, full, strict=True)
    )
    return _finished(canvas, "Success per exercise", f"Bars per exercise. {words}.")


def misunderstandings(found: ClassStatistics, most: int = 12) -> Figure | None:
    """The most common recognised misconceptions; None when there is none."""
    common = found.common_misunderstandings()[:most]
    if not common:
        return None
    canvas = Canvas(figsize=(6.4, 0.46 * len(common) + 0.9), layout="constrained")
    axes = canvas.subplots()
    labels = [f"{m.name.replace('_', ' ')}\n{m.exercise}" for m in common]
    axes.barh(labels, [len(m.students) for m in common], color=_colour(2), height=0.6)
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize=8)
    axes.set(xlabel="students")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    counts = zip(labels, common, strict=True)
    words = "; ".join(f"{label.replace(chr(10), ' in ')}: {len(m.students)}" for label, m in counts)
    return _finished(canvas, "Who misunderstood what", f"Bars per misconception. {words}.")


def _colour(position: int) -> str:
    colours = list(COLOURS.values()) if isinstance(COLOURS, dict) else list(COLOURS)
    return str(colours[position % len(colours)])


def _finished(canvas: Canvas, caption: str, alt: str) -> Figure:
    for axes in canvas.axes:
        axes.spines[["top", "right"]].set_visible(False)
    picture = BytesIO()
    canvas.savefig(picture, format="png", dpi=DOTS_PER_INCH)
    return Figure(caption, alt, base64.b64encode(picture.getvalue()).decode())
