"""The end of `nbgrader autograde`: scores, comments and late penalties into the gradebook."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from autograder.gradebook.rows import Entry
from autograder.gradebook.staging import scores_of
from autograder.nbgrader_plugins.tables import Submitted, converter_of, tables_of


class SaveScores(SaveAutoGrades):  # type: ignore[misc]  # nbgrader is untyped
    """In place of SaveAutoGrades and AssignLatePenalties: the same rows in one transaction."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Write what nbgrader reads from the notebook's cells; late penalties by its plugin."""
        submitted = Submitted.from_resources(resources)
        tables = tables_of(converter_of(self), submitted.db_url)
        entry = Entry(submitted.student, None, {submitted.notebook: scores_of(nb)})
        session = tables.gradebook.db()
        try:
            tables.rows(submitted.assignment).write(session, [entry])
            session.commit()
        finally:
            tables.gradebook.close()
        return nb, resources
