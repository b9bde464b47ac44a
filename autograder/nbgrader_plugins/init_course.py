"""``autograder init``: make a folder a course of ours, or let an nbgrader course grade with us."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.authoring.config import STUBS, derive_stubs
from autograder.course import CONFIG_FILE, importable
from autograder.model import CourseError
from autograder.nbgrader_plugins.configuring import AUTOGRADE, configure

_FRESH = '''"""The course, as nbgrader and autograder read it."""

from autograder.nbgrader_plugins import configure, release_config

c = get_config()

c.CourseDirectory.course_id = "{course_id}"

# The inputs of fresh checks are drawn from this: change it each term, show it to nobody.
c.Autograder.seed = "{seed}"

release_config(c)  # `nbgrader generate_assignment` derives the stubs
configure(c)  # `nbgrader autograde` and Formgrader grade behind the wall
'''

_ADDED = """
# Added by `autograder init`. Take these lines out again and everything is as it was.
c = get_config()
{lines}"""
_SEED = """c.Autograder.seed = "{seed}"  # secret: the inputs of fresh checks are drawn from it
"""
_STUBS = """
# Notebooks with START CODE HERE are released with derived stubs, others as before.
from autograder.nbgrader_plugins import derive_stubs as _derive_stubs

_derive_stubs(c)
"""
_GRADER = """
# `nbgrader autograde` and Formgrader grade behind the wall.
from autograder.nbgrader_plugins import configure as _configure_autograder

_configure_autograder(c)
"""


def init(folder: Path) -> list[str]:
    """Make or extend the course in a folder; returns what was done, a sentence each.

    An existing ``nbgrader_config.py`` keeps every line it has. Raises CourseError when it
    cannot be read or written.
    """
    config = folder / CONFIG_FILE
    try:
        if config.is_file() or _is_nbgraders(folder):
            return list(_extend(config))
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("source", "tests"):
            (folder / name).mkdir(exist_ok=True)
        course_id = folder.resolve().name.replace(" ", "_")
        config.write_text(_FRESH.format(course_id=course_id, seed=_seed()), encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{config} cannot be written: {error.strerror}") from error
    return [f"wrote {config}, with a secret seed of its own", "made source/ and tests/"]


def _is_nbgraders(folder: Path) -> bool:
    """Whether nbgrader works here already, with its settings elsewhere or none."""
    return any(folder.glob("source/*/*.ipynb")) or (folder / "gradebook.db").exists()


def _seed() -> str:
    return secrets.token_hex(8)


def _extend(file: Path) -> Iterator[str]:
    """Add to a course's settings what they lack."""
    config = _loaded(file) if file.is_file() else Config()
    grader = AUTOGRADE[0] not in _list(config.Autograde, "autograde_preprocessors")
    stubs = STUBS not in _list(config.GenerateAssignment, "preprocessors")
    lines = [
        _SEED.format(seed=_seed()) if "seed" not in config.Autograder else "",
        _STUBS if stubs else "",
        _GRADER if grader else "",
    ]
    if not any(lines):
        yield f"{file} has all that autograder needs: nothing to do"
        return
    with file.open("a", encoding="utf-8") as text:
        text.write(_ADDED.format(lines="".join(lines)))
    yield f"added to {file} what was missing; nothing else was changed"
    yield from (f"note: {name} was set there and is replaced" for name in _replaced(config))
    if stubs and STUBS not in _after(config).GenerateAssignment.preprocessors:
        yield (
            "note: c.GenerateAssignment.preprocessors has no ClearSolutions to put the stubs in "
            f"place of: add {STUBS!r} to it yourself"
        )
    yield (
        "assignments without tests/<assignment>/ are graded as before, but behind the wall: "
        "no network, no shell, no other process"
    )
    yield (
        "their test cells are judged outside of the student's process where a run of the author's "
        "own solution shows that they can be: `autograder plan` says which, and why others are not"
    )


def _list(settings: Config, name: str) -> list[object]:
    """A setting that is a list; empty when it is not set, or only appended to."""
    value = settings.get(name)
    return value if isinstance(value, list) else []


def _loaded(file: Path) -> Config:
    """The settings as nbgrader reads them."""
    try:
        with importable(file.parent):
            return PyFileConfigLoader(file.name, path=str(file.parent.resolve())).load_config()
    except Exception as error:  # whatever the instructor's own lines raise
        reason = f"{type(error).__name__}: {error}"
        raise CourseError(f"{file} cannot be read ({reason}): nothing was changed") from error


def _after(config: Config) -> Config:
    """The settings once our lines have been read."""
    after = copy.deepcopy(config)
    derive_stubs(after)
    configure(after)
    return after


def _replaced(config: Config) -> Iterator[str]:
    """Settings of the course that our lines overrule."""
    after = _after(config)
    extended = {("GenerateAssignment", "preprocessors"), ("HTMLExporter", "filters")}
    for section, settings in config.items():
        for name, value in settings.items() if isinstance(settings, Config) else ():
            if (section, name) not in extended and after[section][name] != value:
                yield f"c.{section}.{name}"
