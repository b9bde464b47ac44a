"""The exporter of `nbgrader autograde`: reads and writes a notebook strictly, without copies.

nbgrader's exporter validates a notebook nine times and copies it four times per submission. Here
`autograder.notebook` reads it and refuses an invalid one with a reason, and `notebook_text` writes
it, byte for byte as nbformat would.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TextIO

import nbformat
from nbconvert.exporters import NotebookExporter

import autograder.nbgrader_plugins.beginning  # before the first student
import autograder.nbgrader_plugins.graded_notebooks  # before it begins a submission
import autograder.nbgrader_plugins.run_state  # before nbgrader opens its gradebooks
import autograder.nbgrader_plugins.unfinished  # noqa: F401 - the same
from autograder.course import Autograder
from autograder.notebook.reading import loads, read_bytes
from autograder.notebook.writing import notebook_text


class AutogradedNotebook(NotebookExporter):
    """Notebook in, notebook out, through the preprocessors."""

    def from_filename(  # type: ignore[override]  # as from_file
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The same for a file, which is read once: another may lie there the second time."""
        path, most = Path(filename), Autograder(parent=self).notebook_mib << 20
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        resources["metadata"]["name"], resources["metadata"]["path"] = path.stem, str(path.parent)
        return self._processed(read_bytes(path, most), filename, resources)

    def from_file(  # type: ignore[override]  # as NotebookExporter has it
        self, file_stream: TextIO, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The processed notebook as text; raises SubmissionError for what is no notebook."""
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        name = getattr(file_stream, "name", "notebook")
        return self._processed(file_stream.read(), name, resources)

    def _processed(
        self, content: str | bytes, name: str, resources: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        parsed = loads(content, name=name)
        for flag in parsed.flags:
            self.log.warning("%s: %s", name, flag)
        nb = nbformat.from_dict(parsed.raw)  # type: ignore[no-untyped-call]
        for step in self._preprocessors:
            nb, resources = step(nb, resources)
        return notebook_text(nb), resources
