"""Notebooks without hidden graders: those beside the one that has them, or all of an assignment.

The notebooks run in the sandbox, in the order of their names, and nbgrader's own rule scores the
outputs of their cells. This is the door of `autograder grade`, in a worker and on plain data;
`nbgrader autograde` does the same with Sanitize and GradeBehindTheWall.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.gradebook.files import AutogradedFiles
from autograder.grading.fingerprint import digest
from autograder.grading.made_files import beside_what_is_there
from autograder.grading.nbgrader_scored import get_warm, run_cells, warm_up_notebooks
from autograder.grading.notebooks_trial import require_tried_notebooks
from autograder.handout.words import Text
from autograder.language.translation import Translation
from autograder.model import Executed
from autograder.notebook.flags import joined_by_kind
from autograder.notebook.reading import loads, read_bytes
from autograder.notebook.restoring import SourceCells, sanitize
from autograder.sandbox import Nursery, NurseryAddress
from autograder.testcells.plan import JudgedOutside


@dataclass(frozen=True)
class Beside:
    """A student's notebooks without hidden graders, and the files beside them."""

    notebooks: Mapping[str, bytes]  # by name
    files: Mapping[str, bytes]  # by path in the submission: those that the author's leave


@dataclass(frozen=True)
class AllRan:
    """The notebooks after their cells have run."""

    notebooks: tuple[Executed, ...]
    made: Mapping[str, str]  # files that cells have written, in base64
    flags: tuple[str, ...]


@dataclass(frozen=True)
class OtherNotebooks:
    """The notebooks of one assignment that have no graders; plain data, for any process."""

    course: Course  # with nbgrader's own limit for a cell
    assignment: str
    source: Path
    sources: Mapping[str, SourceCells]  # by notebook
    files: AutogradedFiles
    clear_outputs: bool
    notice: str
    on_timeout: Mapping[str, Any]
    execute: bool
    are_all: bool = False  # the assignment has no hidden graders
    outside: Mapping[str, JudgedOutside] = field(default_factory=dict)  # test cells, by notebook
    unsound: Mapping[str, frozenset[str]] = field(default_factory=dict)  # the same; see `waiting`

    def parts(self) -> dict[str, str]:
        """The inputs of these notebooks' results, as a part of a result's key."""
        cells = {f"the cells of {n}.ipynb": digest(repr(s)) for n, s in self.sources.items()}
        settings = (self.notice, self.clear_outputs, dict(self.on_timeout), self.execute)
        limits = self.course.limits
        outside = {
            f"what is judged outside of {n}.ipynb": digest(repr(found))
            for n, found in self.outside.items()
        }
        unsound = {
            f"what the author's own solution does not pass of {n}.ipynb": repr(sorted(found))
            for n, found in self.unsound.items()
        }
        return {
            **cells,
            **outside,
            **unsound,
            "c.Execute, c.ClearOutput or c.OverwriteCells": repr((*settings, limits)),
        }

    def handed_in(self, student: str, files: Mapping[str, bytes]) -> Beside:
        """Read the notebooks that a student handed in with these files.

        Raises SubmissionError for what cannot be read.
        """
        folder = self.files.submitted(student)
        paths = {name: folder / f"{name}.ipynb" for name in self.sources}
        most = self.course.limits.notebook_bytes
        notebooks = {n: read_bytes(p, most, below=folder) for n, p in paths.items() if p.exists()}
        return Beside(notebooks, files)

    def warm_up(self, nursery: Nursery) -> NurseryAddress:
        """Tell a nursery what the notebooks import."""
        return warm_up_notebooks(nursery, self.course, self.source)

    def get_warm(self, nursery: NurseryAddress | None) -> None:
        """Make this process's sandbox before the first submission comes."""
        if self.execute:
            get_warm(self.course, self.source, nursery)

    def executed(self, beside: Beside) -> AllRan:
        """The notebooks after their cells have run.

        Raises CourseError when the author's own do not stand their grading.
        """
        if self.execute and beside.notebooks:
            require_tried_notebooks(self.course, self.source)
        made: dict[str, str] = {}
        done: list[Executed] = []
        flags: list[str] = []
        for name in sorted(beside.notebooks):
            parsed = loads(beside.notebooks[name], name=f"{name}.ipynb")
            nb, repaired = sanitize(
                parsed.raw,
                self.sources[name],
                clear_outputs=self.clear_outputs,
                notice=self.notice,
            )
            flags += self._told(name, (*joined_by_kind(parsed.flags), *repaired))
            if self.execute:
                earlier = {name: base64.b64decode(text) for name, text in made.items()}
                given = {**beside.files, **earlier}
                ran = run_cells(
                    nb, self.course, given, self.source, self.on_timeout,
                    self.outside.get(name), self.unsound.get(name, ()),
                )  # fmt: skip
                made |= beside_what_is_there(ran.files, given)
                flags += ran.flags
                nb = ran.notebook
            done.append(Executed(name, nb))
        author = {n for n in made if (self.source / n).exists()}
        made = {n: text for n, text in made.items() if n not in author}
        return AllRan(tuple(done), made, tuple(dict.fromkeys(flags)))

    def _told(self, name: str, flags: Iterable[str]) -> list[str]:
        """The flags of one notebook in the course's language; of several, with its name."""
        if len(self.sources) > 1 or not self.are_all:
            flags = [Text("{name}: {message}", name=f"{name}.ipynb", message=f) for f in flags]
        return list(map(Translation(self.course.language), flags))
