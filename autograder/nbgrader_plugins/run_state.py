"""State that the steps of one `nbgrader autograde` run share: the notebook, and open tables."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import nbgrader.converters.autograde as stock
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from autograder.gradebook.late_penalty import LatePolicy
from autograder.gradebook.released import check_release
from autograder.gradebook.rows import AssignmentRows
from autograder.gradebook.shared import SharedGradebook, prepare_gradebook
from autograder.gradebook.sources import gradebook_cells
from autograder.model import GraderError
from autograder.notebook.reading import read
from autograder.notebook.restoring import SourceCells

Made = TypeVar("Made")
stock.Gradebook = SharedGradebook  # it looks things up in nine new engines per submission


@dataclass(frozen=True)
class SubmittedNotebook:
    """The notebook that a step processes."""

    student: str
    assignment: str
    notebook: str
    db_url: str

    @classmethod
    def from_resources(cls, resources: dict[str, Any]) -> SubmittedNotebook:
        """nbgrader's own names of it."""
        names = resources["nbgrader"]
        return cls(names["student"], names["assignment"], names["notebook"], names["db_url"])


def converter_of(step: NbGraderPreprocessor) -> BaseConverter:
    """The converter that runs a preprocessor: its exporter's parent."""
    place = step.parent
    while place is not None and not isinstance(place, BaseConverter):
        place = place.parent
    if place is None:
        raise GraderError(
            f"{type(step).__name__} only works inside `nbgrader autograde`: it needs to know "
            "the course directory"
        )
    return place


class Tables:
    """The gradebook as one run needs it, read once."""

    def __init__(self, coursedir: CourseDirectory, config: Config, db_url: str) -> None:
        prepare_gradebook(db_url)
        self._coursedir = coursedir
        self._config = config
        self.gradebook = SharedGradebook(db_url)
        self._sources: dict[tuple[str, str], SourceCells] = {}
        self._rows: dict[str, AssignmentRows] = {}
        self._checked: set[str] = set()
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gave for this key, which it is asked for once in the run."""
        if key not in self._made:
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def source(self, assignment: str, notebook: str) -> SourceCells:
        """The author's cells, tags included where there is a release."""
        key = (assignment, notebook)
        if key not in self._sources:
            found = gradebook_cells(self.gradebook, assignment, notebook)
            self.gradebook.db.rollback()
            released = self._released(assignment, notebook)
            if released.is_file():
                found = found.as_handed_out(SourceCells.from_notebook(read(released).raw))
            self._sources[key] = found
        return self._sources[key]

    def rows(self, assignment: str) -> AssignmentRows:
        """The writer of the assignment's rows."""
        if assignment not in self._rows:
            policy = LatePolicy(self._config)
            self._rows[assignment] = AssignmentRows(self.gradebook, assignment, policy)
            self.gradebook.db.rollback()
        return self._rows[assignment]

    def check_release(self, assignment: str) -> None:
        """Raise CourseError when release and gradebook differ in the points; looks once."""
        if assignment not in self._checked:
            check_release(self._coursedir, self.gradebook, assignment)
            self.gradebook.db.rollback()
            self._checked.add(assignment)

    def _released(self, assignment: str, notebook: str) -> Path:
        step = self._coursedir.release_directory
        return Path(self._coursedir.format_path(step, ".", assignment), f"{notebook}.ipynb")


_tables: WeakKeyDictionary[BaseConverter, Tables] = WeakKeyDictionary()


def tables_of(converter: BaseConverter, db_url: str) -> Tables:
    """The tables of a run, which live as long as its converter."""
    if converter not in _tables:
        _tables[converter] = Tables(converter.coursedir, converter.config, db_url)
    return _tables[converter]
