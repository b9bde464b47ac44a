"""Notebooks without hidden graders: those beside the one that has them, or all of an assignment.

Their cells run behind the wall, in the order of their names, and nbgrader's own
rule scores what the cells put out. `autograder grade` does here, in a worker and from plain
data, what `nbgrader autograde` does with Sanitize and GradeBehindTheWall.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.gradebook.files import AutogradedFiles, found_files
from autograder.grading.fingerprint import digest
from autograder.grading.nbgrader_scored import MAX_FILES_BYTES, may_come_back, run_cells
from autograder.model import Executed, GraderError
from autograder.notebook.reading import loads, read_bytes
from autograder.notebook.repair import SourceCells, sanitize


@dataclass(frozen=True)
class Beside:
    """What a student handed in without, or beside, the notebook with hidden graders."""

    notebooks: Mapping[str, bytes]  # by name
    files: Mapping[str, bytes]  # by path in the submission: those that the author's leave


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

    def parts(self) -> dict[str, str]:
        """What the results of these notebooks depend on: part of a result's key."""
        cells = {f"the cells of {n}.ipynb": digest(repr(s)) for n, s in self.sources.items()}
        settings = (self.notice, self.clear_outputs, dict(self.on_timeout), self.execute)
        limits = self.course.limits
        return {**cells, "c.Execute, c.ClearOutput or c.OverwriteCells": repr((*settings, limits))}

    def handed_in(self, student: str) -> Beside:
        """Read what a student handed in.

        Raises SubmissionError for what cannot be read, GraderError when it is too much.
        """
        folder = self.files.submitted(student)
        paths = {name: folder / f"{name}.ipynb" for name in self.sources}
        notebooks = {n: read_bytes(path) for n, path in paths.items() if path.exists()}
        files: dict[str, bytes] = {}
        left = MAX_FILES_BYTES
        for path, place in found_files(folder, self.files.ignored):
            left -= path.stat().st_size
            if left < 0:
                raise GraderError(f"{folder} holds more than {MAX_FILES_BYTES >> 20} MiB of files")
            if not (self.source / place).is_file() or str(place) in self.files.kept:
                files[str(place)] = read_bytes(path)
        return Beside(notebooks, files)

    def executed(self, beside: Beside) -> tuple[tuple[Executed, ...], dict[str, str]]:
        """The notebooks after their cells have run, and the files that cells have made."""
        given = {n: base64.b64encode(content).decode() for n, content in beside.files.items()}
        made: dict[str, str] = {}
        done = []
        for name in sorted(beside.notebooks):
            parsed = loads(beside.notebooks[name], name=f"{name}.ipynb")
            nb, _ = sanitize(
                parsed.raw,
                self.sources[name],
                clear_outputs=self.clear_outputs,
                notice=self.notice,
            )
            if self.execute:
                nb, new = run_cells(
                    nb, self.course, {**given, **made}, self.source, self.on_timeout
                )
                taken = {*given, *made}
                made |= {n: text for n, text in new.items() if may_come_back(n, text, taken)}
            done.append(Executed(name, nb))
        author = {n for n in made if (self.source / n).exists()}
        return tuple(done), {n: text for n, text in made.items() if n not in author}
