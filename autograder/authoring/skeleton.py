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
from autograder.language.catalogue import Say, words
from autograder.model import CourseError

MARKED = re.compile(r"\{\{_ (.*?) _\}\}", re.DOTALL)  # what is said in the course's language
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")


def new(course_root: Path | str, name: str) -> list[Path]:
    """Write the skeleton of assignment `name` and build it; return the files in order.

    It holds one solved exercise in two languages, graders, misconceptions, other right
    answers, whole submissions and a documented case: replace them one by one, and let
    ``autograder verify`` say what is missing. Raises CourseError when the name cannot be used
    or anything of that name is there already. What an author reads in it is in the language of the
    course; what students read is in both.
    """
    course = Course.load(course_root)
    _check(course, name)
    say = words(course.language)
    written = [
        *_write("source", course.source(name), name, say),
        *_write("tests", course.tests(name), name, say),
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


def _write(part: str, folder: Path, name: str, say: Say) -> Iterator[Path]:
    """Copy one folder of templates with the assignment's name and the course's words filled in."""
    folder.mkdir(parents=True)
    for template in sorted(_templates(part), key=lambda t: t.name):
        path = folder / _filled(template.name.removesuffix(".template"), name)
        text = MARKED.sub(lambda found: say(found[1]), template.read_text("utf-8"))
        path.write_text(_filled(text, name), encoding="utf-8")
        yield path


def _templates(part: str) -> list[Traversable]:
    found = (files("autograder") / "skeleton" / part).iterdir()
    return [item for item in found if item.is_file()]


def _filled(text: str, name: str) -> str:
    title = name.replace("_", " ").capitalize()
    return text.replace("{{assignment}}", name).replace("{{title}}", title)
