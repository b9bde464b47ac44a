"""The first half of `nbgrader autograde`: a submission made safe to grade."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearOutput, NbGraderPreprocessor, OverwriteCells

from autograder.preprocessors.course import Submitted, converter_of, tables_of
from autograder.sanitize import sanitize


class Sanitize(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is untyped
    """In place of ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells and
    CheckCellMetadata; the configuration of ClearOutput and OverwriteCells is followed."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Restore the course's own cells; what had to be repaired goes into the log."""
        submitted = Submitted.from_resources(resources)
        tables = tables_of(converter_of(self), submitted.db_url)
        clean, flags = sanitize(
            nb,
            tables.source(submitted.assignment, submitted.notebook),
            clear_outputs=ClearOutput(parent=self).enabled,
            notice=OverwriteCells(parent=self).missing_cell_notification,
        )
        for flag in flags:
            self.log.warning("%s/%s: %s", submitted.student, submitted.notebook, flag)
        return nbformat.from_dict(clean), resources  # type: ignore[no-untyped-call]
