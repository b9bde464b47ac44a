"""``autograder init``: make a folder a course of ours, or let an nbgrader course grade with us."""

from __future__ import annotations

import secrets
from pathlib import Path

from autograder.course import CONFIG_FILE
from autograder.model import CourseError

_MARK = "autograder.preprocessors"

_FRESH = '''"""The course, as nbgrader and autograder read it."""

from autograder.authoring.config import release_config
from autograder.preprocessors import configure

c = get_config()

c.CourseDirectory.course_id = "{course_id}"

# The inputs of fresh checks are drawn from this: change it each term, show it to nobody.
c.Autograder.seed = "{seed}"

release_config(c)  # `nbgrader generate_assignment` derives the stubs
configure(c)  # `nbgrader autograde` and Formgrader grade behind the wall
'''

_ADDED = """

# Added by `autograder init`: `nbgrader autograde` and Formgrader grade behind the wall. Take these
# lines out again and everything is as it was.
from autograder.preprocessors import configure as _configure_autograder

c = get_config()
c.Autograder.seed = "{seed}"  # secret: the inputs of fresh checks are drawn from it
_configure_autograder(c)
"""


def init(folder: Path) -> list[str]:
    """Make or extend the course in a folder; returns what was done, a sentence each.

    An existing ``nbgrader_config.py`` keeps every line it has. Raises CourseError when it
    cannot be written.
    """
    config = folder / CONFIG_FILE
    seed = secrets.token_hex(8)
    try:
        if config.is_file():
            return _extend(config, seed)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("source", "tests"):
            (folder / name).mkdir(exist_ok=True)
        text = _FRESH.format(course_id=folder.resolve().name.replace(" ", "_"), seed=seed)
        config.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{config} cannot be written: {error.strerror}") from error
    return [f"wrote {config}, with a secret seed of its own", "made source/ and tests/"]


def _extend(config: Path, seed: str) -> list[str]:
    text = config.read_text(encoding="utf-8")
    if _MARK in text:
        return [f"{config} grades with autograder already: nothing to do"]
    with config.open("a", encoding="utf-8") as file:
        file.write(_ADDED.format(seed=seed))
    return [
        f"added the grader to {config}; nothing else was changed",
        "assignments without tests/<assignment>/ are graded as before, behind the wall",
    ]
