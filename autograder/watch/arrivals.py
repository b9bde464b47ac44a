"""Finds new submissions: folders in the exchange's inbound, and in submitted/."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.gradebook.files import handed_in_at
from autograder.model import SubmissionError
from autograder.notebook.opening import opened_below

# Of a folder that nothing says to be complete: so long must it have been left alone.
QUIET_SECONDS = 10.0
DISKS_OWN = "lost+found"  # in the root of a mounted disk
MOST_STRANGE = 50  # names that are no hand-in's, of which a folder is named
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # line ends, bytes that are no text
_OPEN_TO_ALL = 0o777  # what `nbgrader submit` gives a hand-in as its last step


@dataclass(frozen=True)
class HandIn:
    """One hand-in of one student."""

    student: str
    assignment: str
    name: str  # of its folder in the exchange, or what stands for it
    timestamp: datetime | None  # UTC, by its own account
    path: Path | None = None  # in the exchange; None: it lies in submitted/ already

    @property
    def stamp(self) -> str:
        """The time stamp as the ledger keeps it."""
        return self.timestamp.isoformat() if self.timestamp else ""


class Inbound:
    """The folder of the exchange that students hand in to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arriving = 0  # hand-ins that were not complete yet at the last look
        self.strange: list[str] = []  # folders that are nobody's hand-in, seen first at that look
        self._complete: dict[str, HandIn] = {}
        self._foreign: set[str] = set()  # names that are no hand-in

    def look(self, assignments: Collection[str], now: float) -> list[HandIn]:
        """Every complete hand-in; raises OSError when the exchange cannot be read."""
        found = []
        self.arriving, self.strange = 0, []
        with os.scandir(self.folder) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            hand_in = self._complete.get(name) or self._new(name)
            if hand_in and hand_in.assignment in assignments:
                if self._is_complete(hand_in, now):
                    found.append(hand_in)
                else:
                    self.arriving += 1
        return found

    def _new(self, name: str) -> HandIn | None:
        if name in self._foreign:
            return None
        hand_in = _parsed(self.folder / name)
        if hand_in is None:
            self._foreign.add(name)
            with suppress(OSError):  # a link whose target has too long a name
                is_named = not name.startswith(".") and name != DISKS_OWN
                is_first = len(self._foreign) <= MOST_STRANGE
                if is_named and is_first and (self.folder / name).is_dir():
                    self.strange.append(name)
        return hand_in

    def _is_complete(self, hand_in: HandIn, now: float) -> bool:
        if hand_in.name in self._complete:
            return True
        with suppress(OSError):  # taken away between two looks
            if is_whole(self.folder / hand_in.name, now):
                self._complete[hand_in.name] = hand_in
                return True
        return False


def is_whole(folder: Path, now: float) -> bool:
    """Whether a hand-in is complete: `nbgrader submit` fills its folder in place.

    Its last step opens the folder's permissions to everybody; a folder that another program makes
    counts when it has not changed for a while.
    """
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    is_open = status.st_mode & _OPEN_TO_ALL == _OPEN_TO_ALL
    if is_open and (folder / "submission_secret.txt").exists():
        return True
    return _is_quiet(now, status.st_mtime, status.st_ctime)


def _is_quiet(now: float, *changed: float) -> bool:
    """Whether nothing has changed for a while; a time to come is from before a clock was put
    back."""
    return all(abs(now - moment) > QUIET_SECONDS for moment in changed)


def _parsed(path: Path) -> HandIn | None:
    """The hand-in of a folder named student+assignment+time stamp, often with +random letters."""
    parts = path.name.split("+", 2)
    if len(parts) < 3 or not all(parts) or parts[0].startswith(".") or "/" in path.name:
        return None
    student, assignment, rest = parts
    if _NO_NAME.search(path.name):
        return None
    for text in (rest.rpartition("+")[0], rest):
        with suppress(ValueError, OverflowError):
            if text:
                return HandIn(student, assignment, path.name, parse_utc(text), path)
    return None


class SubmittedFolder:
    """submitted/ of one assignment: submissions that did not come through the exchange."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self.arriving = 0  # submissions that may still be written, at the last look
        self._seen: dict[str, tuple[int, ...]] = {}  # student → what it looked like
        self._settled: dict[str, HandIn] = {}

    def look(self, now: float) -> Iterator[HandIn]:
        """The submissions that have not changed since the last look, or for a while."""
        course, assignment = self._course, self._assignment
        self.arriving = 0
        most = course.limits.notebook_bytes
        for student in course.students(course.submitted_directory, assignment):
            folder = course.submitted(assignment, student)
            looks = _looks(folder)
            if looks is None:
                continue
            if self._seen.get(student) != looks:
                is_quiet = _is_quiet(now, *(moment / 1e9 for moment in looks[:2]))
                self._seen[student] = looks
                self._settled.pop(student, None)
                if not is_quiet:
                    self.arriving += 1
                    continue
            if student not in self._settled:
                self._settled[student] = _lying(folder, student, assignment, most)
            yield self._settled[student]

    def forget(self, student: str) -> None:
        """Note that the watcher itself has replaced a student's submission."""
        self._seen.pop(student, None)
        self._settled.pop(student, None)


def _looks(folder: Path) -> tuple[int, ...] | None:
    try:
        times = folder.stat()
        inside = [e.stat(follow_symlinks=False) for e in os.scandir(folder)]
    except OSError:
        return None
    newest = max((s.st_mtime_ns for s in inside), default=0)
    return (times.st_mtime_ns, newest, len(inside), sum(s.st_size for s in inside))


def _lying(folder: Path, student: str, assignment: str, most: int) -> HandIn:
    """The hand-in that lies in submitted/; `most` bytes of a notebook tell it from others."""
    timestamp = None
    with suppress(SubmissionError):
        timestamp = handed_in_at(folder)
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.ipynb")):
        with suppress(OSError), opened_below(folder, Path(path.name)) as file:
            digest.update(file.read(most))
    text = timestamp.isoformat() if timestamp else ""
    name = f"{student}+{assignment}+{text}+{digest.hexdigest()[:12]}"
    return HandIn(student, assignment, name, timestamp)
