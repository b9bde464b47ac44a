"""What students receive must not hold an answer or a hidden test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.problems import leak_problems
from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.model import CourseError
from autograder.notebook.reading import read


def leaks(course: Course, assignment: str) -> list[str]:
    """Everything in the release that belongs to the graders' side, one sentence each."""
    source = read(course.source_notebook(assignment), error=CourseError)
    released = read(course.release_notebook(assignment), error=CourseError)
    folder = course.release(assignment)
    judges = judges_of(course, assignment, source)
    return [*leak_problems(source, released, folder, judges), *_hidden_files(course, assignment)]


def _hidden_files(course: Course, assignment: str) -> Iterator[str]:
    """Released files that are, by name or content, of the graders' side."""
    hidden = [*_regular(course.tests(assignment)), course.solution(assignment)]
    names = {path.name for path in hidden}
    contents = {path.read_bytes() for path in hidden if path.is_file()} - {b""}
    for path in _regular(course.release(assignment)):
        if path.name in names or path.name.startswith("test_"):
            yield f"{path} has the name of a hidden file: students would get it"
        elif path.read_bytes() in contents:
            yield f"{path} is a copy of a hidden file: students would get it"


def _regular(folder: Path) -> list[Path]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts]
