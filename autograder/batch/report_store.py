"""Reports kept between runs, with the content that made them: what to grade again, and what not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.grading.fingerprint import Fingerprint
from autograder.model import Report

FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """A student's last recorded report and the fingerprints under which it was made."""

    report: Report
    submission: str
    run: str
    exercises: dict[str, str]

    def stale(self, submission: str, now: Fingerprint) -> frozenset[str] | None:
        """Exercises to check again: none when nothing changed, None when everything did."""
        if self.submission != submission or self.run != now.run or self.report.error:
            return None
        if set(self.exercises) != set(now.exercises):
            return None
        return frozenset(n for n, mark in now.exercises.items() if self.exercises[n] != mark)


class KeptReports:
    """The reports of one assignment, one JSON file per student under ``.autograder/``."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.folder = course.root / ".autograder" / "reports" / assignment

    def find(self, student: str) -> Kept | None:
        """The student's kept report; None when there is none that can be read."""
        try:
            return _revived((self.folder / f"{student}.json").read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self, student: str) -> None:
        """Drop the student's kept report: the gradebook is about to hold another."""
        (self.folder / f"{student}.json").unlink(missing_ok=True)

    def keep(self, report: Report, submission: str, now: Fingerprint) -> None:
        """Put a recorded report by, replacing the student's earlier one in one step."""
        self.draft(report, submission, now)
        self.publish(report.student)

    def draft(self, report: Report, submission: str, now: Fingerprint) -> None:
        """Write a report beside its place, where whoever graded it may do so."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = {
            "format": FORMAT,
            "submission": submission,
            "run": now.run,
            "exercises": now.exercises,
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
    if data["format"] != FORMAT:
        raise ValueError("made by another version")
    return Kept(
        Report.from_json(data["report"]), data["submission"], data["run"], data["exercises"]
    )


def content_digest(notebook: bytes) -> str:
    """The name of a submission's content."""
    return hashlib.sha256(notebook).hexdigest()
