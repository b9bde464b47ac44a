"""Prepares results for the gradebook in the process that graded: scores, texts, files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import IgnorePattern, LimitOutput
from traitlets.config import Config

from autograder.course import Course
from autograder.gradebook.disk_errors import explained
from autograder.gradebook.files import AutogradedFiles, handed_in_at, share_folder, staged_contents
from autograder.gradebook.report_store import ReportStore
from autograder.gradebook.rows import Entry, NotebookScores
from autograder.gradebook.scores import scored
from autograder.grading.waiting import automatic_score
from autograder.model import Graded, GraderError, Key, Report
from autograder.notebook.cells import cell_checksum, nbgrader_metadata
from autograder.notebook.safe_outputs import limited
from autograder.notebook.writing import notebook_text

NO_RESPONSE = "No response."  # nbgrader's own comment on an untouched solution cell


_OWN_STEPS = (IgnorePattern, ClearMetadataPreprocessor)


@dataclass(frozen=True)
class Prepared:
    """A graded submission as it will be recorded."""

    report: Report
    texts: Mapping[str, str]  # by notebook
    scores: Mapping[str, NotebookScores]
    made: Mapping[str, str] = field(default_factory=dict)  # files by cells, in base64
    key: Key | None = None


@dataclass(frozen=True)
class Preparation:
    """Turns results into scores, tables and text to record. Plain data, for any process."""

    max_lines: int | None  # of a stream; None: outputs are kept whole
    max_traceback: int | None
    own_steps: Config | None = None  # of nbgrader's, that the course has switched on

    @classmethod
    def from_config(cls, config: Config) -> Preparation:
        """A preparation with the limits of nbgrader's own LimitOutput."""
        limits = LimitOutput(config=config)
        own = any(step(config=config).enabled for step in _OWN_STEPS)
        names = [step.__name__ for step in _OWN_STEPS]
        steps = Config({n: config[n] for n in names if n in config}) if own else None
        if not limits.enabled:
            return cls(None, None, steps)
        return cls(limits.max_lines, limits.max_traceback, steps)

    def __call__(self, graded: Graded) -> Prepared:
        """Prepare a result; raises GraderError when its report holds an error of the grader."""
        notebooks = {graded.report.notebook: scored(graded)} if graded.notebook else {}
        notebooks |= {other.name: other.notebook for other in graded.others}
        ready = {n: self._limited(self._by_own_steps(nb)) for n, nb in notebooks.items()}
        texts = {name: notebook_text(nb) for name, nb in ready.items()}
        scores = {name: scores_of(nb) for name, nb in ready.items()}
        return Prepared(graded.report, texts, scores, graded.made, graded.key)

    def parts(self) -> dict[str, str]:
        """The settings that decide the text of an autograded notebook, for a result's key."""
        return {"c.LimitOutput": repr((self.max_lines, self.max_traceback)),
                "c.IgnorePattern or c.ClearMetadataPreprocessor": repr(self.own_steps)}  # fmt: skip

    def _by_own_steps(self, nb: dict[str, Any]) -> dict[str, Any]:
        if self.own_steps is None:
            return nb
        node = nbformat.from_dict(nb)  # type: ignore[no-untyped-call]
        for step in _OWN_STEPS:
            node, _ = step(config=self.own_steps)(node, {})
        return dict(node)

    def _limited(self, nb: dict[str, Any]) -> dict[str, Any]:
        if self.max_lines is None or self.max_traceback is None:
            return nb
        most = (self.max_lines, self.max_traceback)
        cells = [
            {**c, "outputs": limited(c["outputs"], *most)} if c["cell_type"] == "code" else c
            for c in nb["cells"]
        ]
        return {**nb, "cells": cells}


@dataclass(frozen=True)
class Staged:
    """A submission whose autograded files and report have been staged."""

    report: Report
    scores: Mapping[str, NotebookScores]  # by notebook
    timestamp: datetime | None
    key: Key | None = None  # None: no report is to be kept


@dataclass(frozen=True)
class Staging:
    """Prepares a result and stages its files where it was made; plain data, for any process
    that sees the course's folder."""

    preparation: Preparation
    files: AutogradedFiles
    reports: ReportStore

    @classmethod
    def of(cls, coursedir: CourseDirectory, assignment: str, config: Config) -> Staging:
        """The staging that a course's configuration asks for."""
        converter = Autograde(coursedir=coursedir, config=config)
        files = AutogradedFiles.from_converter(converter, assignment)
        reports = ReportStore(Course(Path(coursedir.root)), assignment)
        return cls(Preparation.from_config(config), files, reports)

    def outputs(self) -> dict[str, str]:
        """The settings that decide the autograded files, as a part of a result's key."""
        files = self.files
        own = (files.mode, files.groupshared, sorted(files.kept), files.ignored)
        return {**self.preparation.parts(), "what is copied, and its permissions": repr(own)}

    def __call__(self, result: Graded | Prepared) -> Staged:
        """Stage a result; raises the errors of `Recorder.record`."""
        ready = self.preparation(result) if isinstance(result, Graded) else result
        student = ready.report.student
        timestamp = handed_in_at(self.files.submitted(student))
        try:
            with explained(self.files.autograded(student)):
                self.files.stage(student, ready.texts, ready.made)
            if ready.key is not None:
                with explained(self.reports.folder):
                    staged = staged_contents(self.files.autograded(student))
                    self.reports.draft(ready.report, ready.key, ready.scores, staged)
                if self.files.groupshared:
                    for folder in (self.reports.folder, *self.reports.folder.parents[:2]):
                        share_folder(folder)
        except BaseException:
            self.discard(student)
            raise
        return Staged(ready.report, ready.scores, timestamp, ready.key)

    def publish(self, staged: Staged) -> None:
        """Move the staged files and report into place."""
        self.files.publish(staged.report.student)
        if staged.key is not None:
            with explained(self.reports.folder):
                self.reports.publish(staged.report.student)

    def discard(self, student: str) -> None:
        """Remove the staged files and report of a student who is not recorded after all."""
        self.files.discard(student)
        self.reports.discard(student)


def not_handed_in(
    files: AutogradedFiles, student: str, notebooks: Iterable[str], graded: Collection[str]
) -> tuple[str, ...]:
    """Notebooks of the assignment that a student did not hand in; graded ones count as there."""
    folder = files.submitted(student)
    missing = (name for name in notebooks if not (folder / f"{name}.ipynb").exists())
    return tuple(name for name in missing if name not in graded)


def known_entry(
    files: AutogradedFiles,
    student: str,
    notebooks: Iterable[str],
    scores: Mapping[str, NotebookScores],
) -> Entry:
    """The entry that the gradebook should hold for a result that was recorded before.

    Raises SubmissionError when the submission's timestamp.txt cannot be understood.
    """
    missing = not_handed_in(files, student, notebooks, scores)
    timestamp = handed_in_at(files.submitted(student))
    return Entry(student, timestamp, scores, missing, is_known=True)


def scores_of(nb: Mapping[str, Any]) -> NotebookScores:
    """What nbgrader's SaveAutoGrades reads from an autograded notebook, by its own functions.

    Raises GraderError for a cell whose partial credit nbgrader refuses.
    """
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in nb["cells"]:
        meta = nbgrader_metadata(cell)
        if meta.get("grade"):
            scores[meta["grade_id"]] = _score(cell)
        if meta.get("task"):
            comments[meta["grade_id"]] = None
        elif meta.get("solution"):
            untouched = meta.get("checksum") == cell_checksum(cell)
            comments[meta["grade_id"]] = NO_RESPONSE if untouched else None
    return NotebookScores(scores, comments)


def _score(cell: Mapping[str, Any]) -> float | None:
    try:
        return automatic_score(cell)
    except ValueError as error:
        meta = nbgrader_metadata(cell)
        raise GraderError(
            f"the test cell {meta['grade_id']!r} shows partial credit that nbgrader refuses, for "
            f"it is worth {float(meta['points']):g} points: {error}. Change the points or the "
            "number that the cell shows at its end, and release it again"
        ) from error
