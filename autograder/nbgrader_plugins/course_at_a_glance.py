"""The lines of ``autograder init`` about a course's assignments: read, not run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.grading.ordinary_cells import without_others
from autograder.model import CourseError
from autograder.notebook.reading import read
from autograder.testcells.needs import other_language, outside_by_reading, what_cells_need

_MOST_CELLS = 6


def at_a_glance(folder: Path) -> Iterator[str]:
    """A few lines for each assignment that nbgrader's own rule scores; none for a new course."""
    try:
        course = Course.load(folder)
    except CourseError:
        return
    inside = False
    for path in sorted(course.step(course.source_directory).glob("*/*.ipynb")):
        assignment = path.parent.name
        try:
            notebook = read(path, error=CourseError)
            nb = notebook.raw
            if path.stem == assignment and course.has_graders(assignment):
                ordinary = judges_of(course, assignment, notebook).ordinary
                if not ordinary:
                    continue
                nb = without_others(nb, {cell.grade_id for cell in ordinary})
        except CourseError as error:
            yield f"  {error}"
            continue
        lines = list(_of_notebook(nb))
        name = assignment if path.stem == assignment else f"{assignment}/{path.stem}"
        yield from (f"  {name}: {line}" for line in lines)
        inside = inside or any("inside" in line for line in lines)
    if inside:
        yield (
            "  what is judged inside runs in the student's own process: a submission can read the "
            "hidden tests of those cells and forge their points"
        )


def _of_notebook(nb: dict[str, Any]) -> Iterator[str]:
    if language := other_language(nb):
        yield (
            f"its kernel is of {language[:40]}: it is not graded behind the wall; set "
            "c.Autograde.autograde_preprocessors to nbgrader's own list for it"
        )
        return
    outside, inside = outside_by_reading(nb)
    if outside or inside:
        yield f"{outside} of {outside + len(inside)} test cells may be judged outside"
    reasons: dict[str, list[str]] = {}
    for name, why in inside.items():
        reasons.setdefault(f"inside, because the test {why}", []).append(name)
    for name, need in what_cells_need(nb):
        reasons.setdefault(f"not there while grading: {need}", []).append(name)
    for reason, names in reasons.items():
        more = f" and {len(names) - _MOST_CELLS} more" if len(names) > _MOST_CELLS else ""
        yield f"{reason}: {', '.join(names[:_MOST_CELLS])}{more}"
