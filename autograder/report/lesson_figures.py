"""The lesson's own figures, to show again beside an idea: small, with the words they came with."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from autograder.course import Course
from autograder.graders.misconceptions import misconceptions
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.headings import chinese_headings, open_headings
from autograder.notebook.reading import read
from autograder.notebook.safe_outputs import joined
from autograder.report.figures import Figure

WIDTH = 480  # pixels of a figure in the report
COLOURS = 64  # a plot has few
MOST_PIXELS = 40_000_000  # of a figure that is looked at


def section_figures(
    course: Course, assignment: str, sections: Collection[str]
) -> dict[str, Figure]:
    """Section of the lesson → its first figure, taken from an executed lesson.

    A figure belongs to the innermost heading above it that any hint of the assignment names.
    Looked through are ``solutions/<assignment>.ipynb``, the release and the source; outputs are
    kept in none of them unless an author does so. Sections without a figure are left out.
    """
    places = (
        course.solution(assignment).with_suffix(".ipynb"),
        course.release_notebook(assignment),
        course.source_notebook(assignment),
    )
    found: dict[str, Figure] = {}
    hinted = {one.section for one in misconceptions(course, assignment)} | {*sections}
    hinted.discard("")
    for lesson in filter(None, map(_lesson, places)):
        chinese = chinese_headings(lesson)
        twins = {**chinese, **{twin: heading for heading, twin in chinese.items()}}
        for headings, pictured in _pictured(lesson):
            pairs = ({heading, twins.get(heading, "")} & hinted for heading in reversed(headings))
            for name in next(filter(None, pairs), set()) & set(sections) - found.keys():
                if png := _small(pictured["data"]["image/png"]):
                    found[name] = Figure(name, _alt(pictured), png)
    return found


def _lesson(path: Path) -> Notebook | None:
    try:
        return read(path, error=CourseError) if path.is_file() else None
    except CourseError:
        return None


def _pictured(lesson: Notebook) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The headings that stand above each figure with words, and the figure's output."""
    for headings, cell in zip(open_headings(lesson), lesson.raw["cells"], strict=True):
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", ()) and _alt(output):
                yield headings, output


def _alt(output: Mapping[str, Any]) -> str:
    about = output.get("metadata", {}).get("image/png", {})
    return str(about.get("alt", "")) if isinstance(about, dict) else ""


def _small(data: object) -> str:
    """A PNG as small as a page needs it, in base64; empty when it is none."""
    try:
        with Image.open(BytesIO(base64.b64decode(joined(data))), formats=["PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return ""
            ground = Image.new("RGBA", picture.size, "white")
            ground.alpha_composite(picture.convert("RGBA"))
    except (OSError, ValueError, SyntaxError):  # what Pillow raises for what is no PNG
        return ""
    ground.thumbnail((WIDTH, 4 * WIDTH), Image.Resampling.LANCZOS)
    small = BytesIO()
    plain = ground.convert("RGB")
    plain = plain.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    plain.save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode()
