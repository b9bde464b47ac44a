"""Adds an assignment to the gradebook from its release, and compares the two."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells

from autograder.gradebook.disk_errors import explained
from autograder.gradebook.shared import SharedGradebook
from autograder.gradebook.sources import gradebook_cells
from autograder.model import CourseError
from autograder.notebook.reading import read
from autograder.notebook.restoring import SourceCells


def release_into_gradebook(coursedir: CourseDirectory, assignment: str) -> None:
    """Ensure that the gradebook and the release hold the same grade cells and points.

    An assignment the gradebook does not know yet is added as `nbgrader generate_assignment`
    adds it. Raises CourseError when there is no release to add, or when the two differ.
    """
    released = _released(coursedir, assignment)
    with SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        known = check_release(coursedir, gradebook, assignment)
    if known:
        return
    if not released:
        raise CourseError(
            f"assignment {assignment!r} is neither in the gradebook nor released: "
            f"run `nbgrader generate_assignment {assignment}`"
        )
    _add(coursedir, assignment, released)


def check_release(coursedir: CourseDirectory, gradebook: Gradebook, assignment: str) -> bool:
    """Whether the gradebook knows notebooks of the assignment.

    Raises CourseError when their points are not those of the release.
    """
    try:
        known = {nb.name for nb in gradebook.find_assignment(assignment).notebooks}
    except MissingEntry:
        return False
    for path in _released(coursedir, assignment):
        if path.stem in known:
            _compare(gradebook, assignment, path)
    return bool(known)


def require_same_cells(coursedir: CourseDirectory, assignment: str, fresh: Path) -> None:
    """Raise CourseError when nbgrader would not record a new release of an assignment.

    nbgrader adds or removes no cell and no notebook once submissions are in the gradebook.
    """
    with (
        explained(coursedir.db_url),
        SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook,
    ):
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return
        known = {nb.name: {c.name for c in nb.source_cells} for nb in found.notebooks}
        count = len(found.submissions)
    if not count:
        return
    wanted = {
        path.stem: set(SourceCells.from_notebook(read(path, error=CourseError).raw).cells)
        for path in sorted(fresh.glob("*.ipynb"))
    }
    changes = [*_more(wanted, known, "new"), *_more(known, wanted, "gone")]
    if changes:
        raise CourseError(
            f"{assignment} cannot be released: {', '.join(changes)}, and the gradebook holds "
            f"{count} submissions of it already; nbgrader changes the cells of no assignment that "
            "was handed in. The release is as it was. Undo the change, or give the new exercise an "
            f"assignment of its own; or copy the gradebook, take the assignment out of it "
            f"(`nbgrader db assignment remove {assignment} --force`: points and comments by hand "
            f"are lost), build again and run `autograder grade {assignment}`"
        )


def _more(
    one: Mapping[str, Collection[str]], other: Mapping[str, Collection[str]], word: str
) -> Iterator[str]:
    """Sentences on notebooks and cells that the first has and the second lacks."""
    for name, cells in sorted(one.items()):
        if name not in other:
            yield f"{name}.ipynb is {word}"
        elif more := sorted(set(cells) - set(other[name])):
            are = "is" if len(more) == 1 else "are"
            yield f"{', '.join(more)} of {name}.ipynb {are} {word}"


def _released(coursedir: CourseDirectory, assignment: str) -> list[Path]:
    folder = Path(coursedir.format_path(coursedir.release_directory, ".", assignment))
    return sorted(folder.glob("*.ipynb"))


def _add(coursedir: CourseDirectory, assignment: str, released: list[Path]) -> None:
    with SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.update_or_create_assignment(assignment)
    for path in released:
        names = {"notebook": path.stem, "assignment": assignment, "db_url": coursedir.db_url}
        notebook = nbformat.read(path, 4)  # type: ignore[no-untyped-call]
        SaveCells().preprocess(notebook, {"nbgrader": names})


def _compare(gradebook: Gradebook, assignment: str, path: Path) -> None:
    in_release = _points(SourceCells.from_notebook(read(path, error=CourseError).raw))
    in_gradebook = _points(gradebook_cells(gradebook, assignment, path.stem))
    if in_release != in_gradebook:
        names = sorted({name for name, _ in in_release.items() ^ in_gradebook.items()})
        raise CourseError(
            f"{path} and the gradebook differ in the points of {', '.join(names)}: "
            f"run `nbgrader generate_assignment {assignment} --force`"
        )


def _points(source: SourceCells) -> dict[str, float]:
    return {name: c.points for name, c in source.cells.items() if c.points is not None}
