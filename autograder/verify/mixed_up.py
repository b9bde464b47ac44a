"""Names that students of a course confuse, as its authors have listed them."""

from __future__ import annotations

import tomllib

from autograder.course import Course
from autograder.model import CourseError

FILE = "mixed_up.toml"


def mixed_up(course: Course) -> tuple[frozenset[str], ...]:
    """The groups in ``tests/mixed_up.toml``; none where there is no such file."""
    path = course.root / "tests" / FILE
    if not path.is_file():
        return ()
    try:
        groups = tomllib.loads(path.read_text(encoding="utf-8"))["names"]
        return tuple(frozenset(str(name) for name in group) for group in groups)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CourseError(
            f'{path}: a line `names = [["v", "s"], ["mu", "sigma"]]` is wanted, in which each '
            f"group holds names that are mixed up: {error}"
        ) from error
