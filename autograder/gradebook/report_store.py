"""Stored reports, with the key of their inputs, which decides what is graded again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.files import Contents, kept_name
from autograder.gradebook.rows import NotebookScores
from autograder.grading.fingerprint import Outdated, change
from autograder.model import Key, Report

FORMAT = 2
MOST_BEFORE = 3  # earlier submissions of a student, of which a report is kept


@dataclass(frozen=True)
class StoredReport:
    """A student's last recorded report, its key, and the recorded scores."""

    report: Report
    key: Key | None  # None: kept by an earlier version, which did not know all that decides
    scores: Mapping[str, NotebookScores] = field(default_factory=dict)  # by notebook
    contents: Contents | None = None  # of the autograded folder that was recorded with it

    def change(self, now: Key) -> Outdated | None:
        """Why the report is out of date; None while it is up to date."""
        if self.key is None:
            return Outdated(("kept by an earlier version of autograder",), None)
        if self.report.error:
            return Outdated(("it could not be graded",), None)
        return change(self.key, now)


class ReportStore:
    """The reports of one assignment, one JSON file per student under ``.autograder/``."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.folder = course.root / ".autograder" / "reports" / assignment
        self._refused = course.root / ".autograder" / "refused" / assignment

    def find(self, student: str) -> StoredReport | None:
        """The student's kept report; None when there is none that can be read."""
        return _kept_at(self.folder / f"{kept_name(student)}.json")

    def forget(self, student: str) -> None:
        """Move the student's stored report aside: the gradebook is about to hold another.

        One report of each earlier submission stays for `resubmissions`, three at most.
        """
        place = self.folder / f"{kept_name(student)}.json"
        kept = self.find(student)
        if kept is None or kept.key is None:
            place.unlink(missing_ok=True)
            return
        aside = self.folder / "before" / kept_name(student)
        aside.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(repr(sorted(kept.key.submission.items())).encode()).hexdigest()[:16]
        place.replace(aside / f"{name}.json")
        oldest = sorted(aside.glob("*.json"), key=lambda p: -p.stat().st_mtime_ns)[MOST_BEFORE:]
        for path in oldest:
            path.unlink(missing_ok=True)

    def resubmissions(self) -> Iterator[tuple[Report, Report]]:
        """For students who handed in again: an earlier submission's report, and today's."""
        for aside in sorted((self.folder / "before").glob("*")):
            now = self.find(aside.name)
            if now is None or now.key is None:
                continue
            for path in sorted(aside.glob("*.json"), key=lambda p: -p.stat().st_mtime_ns):
                before = _kept_at(path)
                if before and before.key and before.key.submission != now.key.submission:
                    yield before.report, now.report
                    break

    def keep(self, report: Report, key: Key, scores: Mapping[str, NotebookScores]) -> None:
        """Store a recorded report, replacing the student's earlier one in one step."""
        self.draft(report, key, scores)
        self.publish(report.student)

    def draft(
        self,
        report: Report,
        key: Key,
        scores: Mapping[str, NotebookScores],
        contents: Contents | None = None,
    ) -> None:
        """Write a report beside its place; workers may do so."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = {
            "format": FORMAT,
            "key": key.to_json(),
            "scores": {
                name: {"scores": dict(found.scores), "comments": dict(found.comments)}
                for name, found in scores.items()
            },
            "contents": asdict(contents) if contents else None,
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
        self._draft(student).replace(self.folder / f"{kept_name(student)}.json")

    def discard(self, student: str) -> None:
        """Remove a draft."""
        self._draft(student).unlink(missing_ok=True)

    def refuse(self, student: str, reason: str) -> None:
        """Store why the last run could not grade a submission."""
        self._refused.mkdir(parents=True, exist_ok=True)
        (self._refused / f"{kept_name(student)}.json").write_text(json.dumps([student, reason]))

    def admit(self, student: str) -> None:
        """Remove the reason why an earlier run could not grade a student's submission."""
        (self._refused / f"{kept_name(student)}.json").unlink(missing_ok=True)

    def refusals(self) -> dict[str, str]:
        """Student → why the last run could not grade the submission."""
        found = {}
        for path in sorted(self._refused.glob("*.json")):
            with suppress(ValueError):  # of a run that was killed while it wrote
                student, reason = json.loads(path.read_bytes())
                found[student] = reason
        return found

    def _draft(self, student: str) -> Path:
        return self.folder / f"{kept_name(student)}.tmp"

    def reports(self) -> Iterator[Report]:
        """All kept reports, by student."""
        for path in sorted(self.folder.glob("*.json")):
            if (kept := self.find(path.stem)) is not None:
                yield kept.report


def assignments_kept(course: Course) -> tuple[str, ...]:
    """Assignments of which reports are kept, sorted."""
    folders = (course.root / ".autograder" / "reports").glob("*/")
    return tuple(sorted(folder.name for folder in folders))


def _kept_at(path: Path) -> StoredReport | None:
    try:
        return _revived(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _revived(content: bytes) -> StoredReport:
    data = json.loads(content)
    report = Report.from_json(data["report"])
    if data["format"] == 1:
        return StoredReport(report, None)
    if data["format"] != FORMAT:
        raise ValueError("kept by a later version")
    scores = {name: NotebookScores(**found) for name, found in data["scores"].items()}
    found = data.get("contents")
    contents = Contents(**found) if found else None
    return StoredReport(report, Key.from_json(data["key"]), scores, contents)
