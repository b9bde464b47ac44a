"""``autograder new``: the skeleton of an assignment, which builds and verifies as it is."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from autograder.authoring.build import build
from autograder.course import Course
from autograder.model import CourseError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")


def new(course_root: Path | str, name: str) -> list[Path]:
    """Write the skeleton of assignment `name` and build it; return the files in order.

    It holds one solved exercise in two languages, graders, misconceptions, other right
    answers, whole submissions and a documented case: replace them one by one, and let
    ``autograder verify`` say what is missing. Raises CourseError when the name cannot be used
    or anything of that name is there already.
    """
    course = Course.load(course_root)
    _check(course, name)
    written = [
        *_write("source", course.source(name), name),
        *_write("tests", course.tests(name), name),
    ]
    return [*written, *(path for path in build(course.root, [name]) if path not in written)]


def _check(course: Course, name: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CourseError(
            f"{name!r} cannot name an assignment: use lower-case letters, digits and _, "
            "as in batch_norm"
        )
    if not course.has_graders(name) and any(course.source(name).glob("*.ipynb")):
        raise CourseError(
            f"{course.source(name)} has a notebook already: `autograder adopt {name}` makes hidden "
            "checks of its test cells; `new` is for an assignment that has no notebook yet"
        )
    places = (course.source(name), course.tests(name), course.solution(name), course.release(name))
    for path in places:
        if path.exists():
            raise CourseError(f"{path} is there already: choose another name, or remove it")


def _write(part: str, folder: Path, name: str) -> Iterator[Path]:
    """Copy one folder of templates with the assignment's name filled in."""
    folder.mkdir(parents=True)
    for template in sorted(_templates(part), key=lambda t: t.name):
        path = folder / _filled(template.name.removesuffix(".template"), name)
        path.write_text(_filled(template.read_text("utf-8"), name), encoding="utf-8")
        yield path


def _templates(part: str) -> list[Traversable]:
    found = (files("autograder") / "skeleton" / part).iterdir()
    return [item for item in found if item.is_file()]


def _filled(text: str, name: str) -> str:
    title = name.replace("_", " ").capitalize()
    return text.replace("{{assignment}}", name).replace("{{title}}", title)
