"""nbgrader preprocessors that make a released notebook from a solved one."""

from __future__ import annotations

from typing import Any

from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Enum, List, Unicode, default

from autograder.authoring.config import released_language
from autograder.authoring.stub import has_region, stub
from autograder.notebook.cells import given_text

Resources = dict[str, Any]


class ChooseLanguage(NbGraderPreprocessor):  # type: ignore[misc]
    """Keeps the prose of one language: cells tagged ``lang-en`` or ``lang-zh``, or both."""

    language = Enum(
        ["en", "zh", "both"],
        help="The prose to release: en, zh, or both side by side. The course's language "
        "(Autograder.language) by default.",
    ).tag(config=True)

    @default("language")
    def _language_default(self) -> str:
        return released_language(self.config)

    def preprocess(self, nb: Any, resources: Resources) -> tuple[Any, Resources]:
        if self.language != "both":
            other = {"en": "lang-zh", "zh": "lang-en"}[self.language]
            nb.cells = [c for c in nb.cells if other not in c.metadata.get("tags", [])]
        return nb, resources


class DeriveStubs(ClearSolutions):  # type: ignore[misc]
    """Replaces the code between START CODE HERE and END CODE HERE by its stub.

    A cell whose metadata holds ``autograder.given`` is released as that text: code that a
    student has to repair. Cells with nbgrader's own markers, or with none, are treated as
    nbgrader does.
    """

    def _replace_solution_region(self, cell: Any, language: str) -> bool:
        if given := given_text(cell.metadata):
            cell.source = given
            return True
        if cell.cell_type == "code" and has_region(cell.source):
            cell.source = stub(cell.source)
            return True
        return bool(super()._replace_solution_region(cell, language))


class StripMetadata(NbGraderPreprocessor):  # type: ignore[misc]
    """Drops metadata of editors and converters, so that a release is reproducible.

    Notebooks without our stubs keep their metadata, as with nbgrader alone.
    """

    keep_notebook = List(
        Unicode(), ["kernelspec"], help="Keys of the notebook's metadata that are released."
    ).tag(config=True)
    keep_cell = List(
        Unicode(),
        ["nbgrader", "tags", "deletable", "editable", "slideshow", "jupyter"],
        help="Keys of a cell's metadata that are released.",
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Resources) -> tuple[Any, Resources]:
        if not any(has_region(c.source) or given_text(c.metadata) for c in nb.cells):
            return nb, resources
        language = nb.metadata.get("language_info", {}).get("name", "python")
        _keep(nb.metadata, self.keep_notebook)
        nb.metadata["language_info"] = {"name": language}
        for cell in nb.cells:
            _keep(cell.metadata, self.keep_cell)
        return nb, resources


def _keep(metadata: dict[str, Any], keys: list[str]) -> None:
    for key in set(metadata) - set(keys):
        del metadata[key]
