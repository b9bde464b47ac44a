"""Runs nbgrader's own ``generate_assignment`` in this process."""

from __future__ import annotations

import copy
import logging
import tempfile
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.authoring.config import STUBS, released_language
from autograder.course import CONFIG_FILE, Course, importable
from autograder.environment import put_scripts_on_path
from autograder.gradebook.files import share_folder
from autograder.gradebook.released import require_same_cells
from autograder.model import CourseError

_SAVE_CELLS = "nbgrader.preprocessors.SaveCells"


def generate(
    course: Course,
    assignment: str,
    tried: Path,
    *,
    lang: str | None = None,
    db_url: str | None = None,
) -> None:
    """Make ``release/<assignment>/`` anew and record its cells in the gradebook.

    `tried` is the same release, made aside before. `lang` (en, zh, both) overrides the
    language that the course releases, `db_url` its gradebook. Raises CourseError when it fails;
    release and gradebook then are as they were.
    """
    put_scripts_on_path()
    config = _config(course, lang)
    if db_url is not None:
        config.CourseDirectory.db_url = db_url
    directory = CourseDirectory(config=config)
    require_same_cells(directory, assignment, tried)
    place = course.release(assignment)
    place.parent.mkdir(parents=True, exist_ok=True)
    if directory.groupshared:
        share_folder(place.parent)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=course.root) as folder:
        config.CourseDirectory.release_directory = str(Path(folder, "new"))
        _run(course, assignment, config)
        _replace(_released(course, Path(folder, "new"), assignment), place, Path(folder, "old"))


def _replace(fresh: Path, place: Path, aside: Path) -> None:
    """Replace a folder by another; the old one stays until the new one is complete."""
    had_one = place.exists()
    if had_one:
        place.rename(aside)
    try:
        fresh.rename(place)
    except OSError:
        if had_one:
            aside.rename(place)
        raise


def _released(course: Course, into: Path, assignment: str) -> Path:
    return course.place(str(into), ".", assignment)


def generate_aside(course: Course, assignment: str, into: Path, *, lang: str | None = None) -> Path:
    """The same release in ``into/<assignment>/``, without touching the gradebook."""
    config = _config(course, lang)
    config.CourseDirectory.release_directory = str(into)
    config.GenerateAssignment.no_database = True
    chosen = config.GenerateAssignment.preprocessors
    config.GenerateAssignment.preprocessors = [p for p in chosen if p != _SAVE_CELLS]
    _run(course, assignment, config)
    return _released(course, into, assignment)


def spoken(course: Course, lang: str | None = None) -> str:
    """The language (en or zh) of the public check's messages in a release.

    A release of both languages speaks that of the course.
    """
    chosen = lang or released_language(_config(course, lang))
    return course.language if chosen == "both" else chosen


def _config(course: Course, lang: str | None) -> Config:
    """The course's configuration, for releasing."""
    with importable(course.root):
        loaded = PyFileConfigLoader(CONFIG_FILE, path=str(course.root)).load_config()
    config = copy.deepcopy(loaded)
    if STUBS not in config.GenerateAssignment.get("preprocessors", ()):
        raise CourseError(
            f"{course.root / CONFIG_FILE} does not set up releases: add the lines "
            "`from autograder.nbgrader_plugins import release_config` and `release_config(c)`, "
            "or let `autograder init` add what is missing"
        )
    config.CourseDirectory.root = str(course.root)
    config.GenerateAssignment.force = True
    if lang is not None:
        config.ChooseLanguage.language = lang
    return config


def _run(course: Course, assignment: str, config: Config) -> None:
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config.CourseDirectory.assignment_id = assignment
    heard = _Listener()
    try:
        directory = CourseDirectory(config=config)
        GenerateAssignment(coursedir=directory, config=config, log=heard.log).start()
    except NbGraderException as error:
        raise CourseError(
            f"{course.source_notebook(assignment)}: nbgrader could not make the release: "
            f"{heard.words() or error}"
        ) from error


class _Listener(logging.Handler):
    """Collects nbgrader's error messages."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []
        self.log = logging.Logger("autograder.generate", logging.WARNING)
        self.log.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record.getMessage())

    def words(self) -> str:
        """The last line of the first traceback, or all messages."""
        traces = [r.strip().splitlines()[-1] for r in self.records if "Traceback" in r]
        return traces[0] if traces else " ".join(self.records)
