"""Reports kept between runs, with what they were made from: what to grade again, and what not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.rows import NotebookScores
from autograder.grading.fingerprint import Change, change
from autograder.model import Key, Report

FORMAT = 2


@dataclass(frozen=True)
class Kept:
    """A student's last recorded report, what it was made from and what was recorded."""

    report: Report
    key: Key | None  # None: kept by an earlier version, which did not know all that decides
    scores: Mapping[str, NotebookScores] = field(default_factory=dict)  # by notebook

    def change(self, now: Key) -> Change | None:
        """What has changed since; None while the report is up to date."""
        if self.key is None:
            return Change(("kept by an earlier version of autograder",), None)
        if self.report.error:
            return Change(("it could not be graded",), None)
        return change(self.key, now)


class KeptReports:
    """The reports of one assignment, one JSON file per student under ``.autograder/``."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.folder = course.root / ".autograder" / "reports" / assignment

    def find(self, student: str) -> Kept | None:
        """The student's kept report; None when there is none that can be read."""
        try:
            return _revived((self.folder / f"{student}.json").read_bytes())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def forget(self, student: str) -> None:
        """Drop the student's kept report: the gradebook is about to hold another."""
        (self.folder / f"{student}.json").unlink(missing_ok=True)

    def keep(self, report: Report, key: Key, scores: Mapping[str, NotebookScores]) -> None:
        """Store a recorded report, replacing the student's earlier one in one step."""
        self.draft(report, key, scores)
        self.publish(report.student)

    def draft(self, report: Report, key: Key, scores: Mapping[str, NotebookScores]) -> None:
        """Write a report beside its place, where whoever graded it may do so."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = {
            "format": FORMAT,
            "key": key.to_json(),
            "scores": {
                name: {"scores": dict(found.scores), "comments": dict(found.comments)}
                for name, found in scores.items()
            },
            "report": report.to_json(),
        }
        draft = self._draft(report.student)  # what a killed run has left is written over
        try:
            draft.write_text(json.dumps(data), encoding="utf-8")
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def publish(self, student: str) -> None:
        """Move a draft into its place."""
        self._draft(student).replace(self.folder / f"{student}.json")

    def discard(self, student: str) -> None:
        """Forget a draft."""
        self._draft(student).unlink(missing_ok=True)

    def _draft(self, student: str) -> Path:
        return self.folder / f"{student}.tmp"

    def reports(self) -> Iterator[Report]:
        """All kept reports, by student."""
        for path in sorted(self.folder.glob("*.json")):
            if (kept := self.find(path.stem)) is not None:
                yield kept.report


def _revived(content: bytes) -> Kept:
    data = json.loads(content)
    report = Report.from_json(data["report"])
    if data["format"] == 1:
        return Kept(report, None)
    if data["format"] != FORMAT:
        raise ValueError("kept by a later version")
    scores = {name: NotebookScores(**found) for name, found in data["scores"].items()}
    return Kept(report, Key.from_json(data["key"]), scores)
