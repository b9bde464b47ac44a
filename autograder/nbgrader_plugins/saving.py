"""The last step of `nbgrader autograde`: scores, comments and late penalties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from autograder.course import Course
from autograder.gradebook.files import AutogradedFiles
from autograder.gradebook.report_store import ReportStore
from autograder.gradebook.rows import Entry, NotebookScores
from autograder.gradebook.staging import not_handed_in, scores_of
from autograder.nbgrader_plugins.run_state import SubmittedNotebook, converter_of, tables_of
from autograder.notebook.files_beside import make_inert


class SaveScores(SaveAutoGrades):  # type: ignore[misc]  # nbgrader is untyped
    """Replaces SaveAutoGrades and AssignLatePenalties: the same rows in one transaction."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Write what nbgrader reads from the notebook's cells; late penalties by its plugin."""
        submitted = SubmittedNotebook.from_resources(resources)
        tables = tables_of(converter_of(self), submitted.db_url)
        scores = scores_of(nb)
        rows = tables.rows(submitted.assignment)
        files = AutogradedFiles.from_converter(converter_of(self), submitted.assignment)
        own = {submitted.notebook: scores}
        missing = not_handed_in(files, submitted.student, rows.notebooks, own)
        entry = Entry(submitted.student, None, own, missing)
        session = tables.gradebook.db()
        try:
            changed = rows.write(session, [entry])
            self._forget_a_report_of_other_points(submitted, scores)
            if changed.get(submitted.student):  # `nbgrader release_feedback` would release them
                files.forget_pages(submitted.student)
            session.commit()
        finally:
            tables.gradebook.close()
        self._make_files_inert(submitted)
        return nb, resources

    def _forget_a_report_of_other_points(
        self, submitted: SubmittedNotebook, scores: NotebookScores
    ) -> None:
        """What `autograder grade` has kept is not about this run then, and the class report
        would mix the two."""
        course = Course(Path(converter_of(self).coursedir.root))
        reports = ReportStore(course, submitted.assignment)
        kept = reports.find(submitted.student)
        if kept and kept.scores.get(submitted.notebook, scores).scores != scores.scores:
            reports.forget(submitted.student)

    def _make_files_inert(self, submitted: SubmittedNotebook) -> None:
        """Rename copied files of the student that a browser could run."""
        converter = converter_of(self)
        coursedir = converter.coursedir
        names = submitted.student, submitted.assignment
        folder = Path(coursedir.format_path(coursedir.autograded_directory, *names))
        source = Path(coursedir.format_path(coursedir.source_directory, ".", names[1]))
        kept = set(converter.exclude_overwriting.get(names[1], ()))
        for path in [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]:
            place = path.relative_to(folder)
            if str(place) in kept or not (source / place).is_file():
                make_inert(folder, place)
