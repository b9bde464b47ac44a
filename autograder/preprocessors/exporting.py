"""How `nbgrader autograde` reads and writes a notebook, without validating it nine times.

Sanitizing leaves nothing that a schema would find, so a notebook is checked once, when it is
read; the text written is nbformat's, byte for byte.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from autograder.record.text import notebook_text


class AutogradedNotebook(NotebookExporter):
    """Notebook in, notebook out, through the preprocessors."""

    def from_notebook_node(  # type: ignore[override]  # as NotebookExporter has it
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The processed notebook as text."""
        done, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        resources["output_suffix"] = ".nbconvert"
        return notebook_text(done), resources

    def _validate_preprocessor(self, nbc: NotebookNode, preprocessor: object) -> None:
        """Nothing to find: see above."""
