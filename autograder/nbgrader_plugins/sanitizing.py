"""The first step of `nbgrader autograde`: makes a submission safe to grade."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearOutput, NbGraderPreprocessor, OverwriteCells

from autograder.grading.own_files import is_regular
from autograder.nbgrader_plugins.run_state import SubmittedNotebook, converter_of, tables_of
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
        for name in self._remove_what_links_led_to(submitted):
            flags = (*flags, f"{name} is no regular file and was left out")
        for flag in flags:
            self.log.warning(
                "%s/%s: %s", submitted.student, submitted.notebook, for_a_terminal(flag)
            )
        return nbformat.from_dict(clean), resources  # type: ignore[no-untyped-call]

    def _remove_what_links_led_to(self, submitted: SubmittedNotebook) -> Iterator[str]:
        """Remove files that nbgrader has copied through links."""
        coursedir = converter_of(self).coursedir
        there, here = (
            Path(coursedir.format_path(step, submitted.student, submitted.assignment))
            for step in (coursedir.submitted_directory, coursedir.autograded_directory)
        )
        for path in there.rglob("*"):
            copy = here / path.relative_to(there)
            if not path.is_dir() and not is_regular(path) and copy.is_file():
                copy.unlink()
                yield str(path.relative_to(there))
