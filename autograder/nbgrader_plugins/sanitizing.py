"""The first step of `nbgrader autograde`: makes a submission safe to grade."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearOutput, NbGraderPreprocessor, OverwriteCells

from autograder.grading.own_files import found_files
from autograder.nbgrader_plugins.run_state import SubmittedNotebook, converter_of, tables_of
from autograder.notebook.opening import opened_below
from autograder.notebook.reading import without_what_is_no_number
from autograder.notebook.restoring import sanitize
from autograder.notebook.safe_outputs import for_a_terminal


class Sanitize(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is untyped
    """Replaces ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells and
    CheckCellMetadata; it follows the configuration of ClearOutput and OverwriteCells."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Restore the course's own cells; what had to be repaired goes into the log."""
        submitted = SubmittedNotebook.from_resources(resources)
        tables = tables_of(converter_of(self), submitted.db_url)
        clean, flags = sanitize(
            without_what_is_no_number(nb),
            tables.source(submitted.assignment, submitted.notebook),
            clear_outputs=ClearOutput(parent=self).enabled,
            notice=OverwriteCells(parent=self).missing_cell_notification,
        )
        for name in self._replace_copies(submitted):
            flags = (*flags, f"{name} is no regular file and was left out")
        for flag in flags:
            self.log.warning(
                "%s/%s: %s", submitted.student, submitted.notebook, for_a_terminal(flag)
            )
        return nbformat.from_dict(clean), resources  # type: ignore[no-untyped-call]

    def _replace_copies(self, submitted: SubmittedNotebook) -> Iterator[str]:
        """Make nbgrader's copies of the student's files anew: it has copied through links.

        Yields the places of files that are removed, because no regular file lies there.
        """
        converter = converter_of(self)
        coursedir, assignment = converter.coursedir, submitted.assignment
        there, here, source = (
            Path(coursedir.format_path(step, student, assignment))
            for step, student in (
                (coursedir.submitted_directory, submitted.student),
                (coursedir.autograded_directory, submitted.student),
                (coursedir.source_directory, "."),
            )
        )
        kept = converter.exclude_overwriting.get(assignment, ())
        has_run = any(here.glob("*.ipynb"))  # cells of another notebook, which may have made files
        for place in found_files(here, ("*.ipynb",)):
            if str(place) not in kept and (source / place).is_file():
                continue
            try:
                content = opened_below(there, place)
            except FileNotFoundError:
                if has_run:
                    continue
                content = None
            except OSError:
                content = None
            _replace(here / place, content)
            if content is None:
                yield str(place)


def _replace(path: Path, content: BinaryIO | None) -> None:
    """Replace a file's content, or remove the file."""
    mode = path.stat().st_mode
    path.unlink()
    if content is not None:
        with content, path.open("xb") as file:
            shutil.copyfileobj(content, file)
        path.chmod(stat.S_IMODE(mode))
