"""The exporter behind `nbgrader generate_feedback` and Formgrader's button for feedback."""

from __future__ import annotations

from functools import partial
from typing import Any, TextIO

from nbconvert.exporters import HTMLExporter

from autograder.batch.workers import Overran, in_own_worker
from autograder.course import Autograder, hidden_delimiters
from autograder.feedback.feedback_page import PAGES, feedback_page, of_another_run
from autograder.feedback.grades import ShownGrades, other_runs_cell, shown_grades
from autograder.gradebook.shared import SharedGradebook
from autograder.model import GraderError, SubmissionError
from autograder.notebook.reading import loads


class FeedbackPage(HTMLExporter):
    """An autograded notebook as a feedback page."""

    def from_file(  # type: ignore[override]  # as HTMLExporter has it
        self, file_stream: TextIO, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page and where it goes; raises GraderError outside nbgrader's converter."""
        if not resources or "nbgrader" not in resources:
            raise GraderError("feedback pages are made by `nbgrader generate_feedback`")
        nb = loads(file_stream.read(), name=getattr(file_stream, "name", "notebook")).raw
        names = resources["nbgrader"]
        grades = _grades(names)
        settings = Autograder(config=self.config)
        if cell := other_runs_cell(nb, grades):
            notebook = f"{names['notebook']}.ipynb of {names['student']}"
            told = of_another_run(notebook, cell, names["assignment"], settings.language)
            raise SubmissionError(told)
        page = partial(
            feedback_page,
            assignment=names["assignment"],
            notebook=names["notebook"],
            language=settings.language,
            contact=settings.contact,
            hidden=hidden_delimiters(self.config),
        )
        try:
            made = str(in_own_worker(PAGES, page, nb, grades))
        except Overran as error:
            raise SubmissionError(f"no page was made: {error}") from error
        resources["output_extension"] = self.file_extension
        return made, resources


def _grades(names: dict[str, Any]) -> ShownGrades:
    student, notebook = names["student"], names["notebook"]
    with SharedGradebook(names["db_url"]) as gradebook:
        found = shown_grades(gradebook.db(), names["assignment"], [student])
    if (student, notebook) not in found:
        raise GraderError(
            f"the gradebook has no grades of {student} for {notebook}: "
            f"run `nbgrader autograde {names['assignment']} --student {student}`"
        )
    return found[student, notebook]
