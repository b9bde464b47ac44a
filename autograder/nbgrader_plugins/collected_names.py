"""Decides, by names, which student a file in a learning platform's archive belongs to.

The platform names its archives and files, and the course's regular expression finds the student in
these names. Inside an archive that a student has made, the student chose the names, which can be
anybody's.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from nbgrader.plugins.zipcollect import FileNameCollectorPlugin
from nbgrader.utils import parse_utc

from autograder.notebook.safe_outputs import for_a_terminal

_NO_STUDENT = re.compile(r"\.|\s*$|.*[/\\\x00-\x1f\x7f\ud800-\udfff]", re.DOTALL)


class CollectOwnNames(FileNameCollectorPlugin):  # type: ignore[misc]  # nbgrader is untyped
    """Replaces FileNameCollectorPlugin: takes a student's files from one place only, and leaves
    out a file whose owner is uncertain."""

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Student, file and time stamp of an extracted file, or None."""
        info: dict[str, str] | None = super().collect(submitted_file)
        if info is None or not isinstance(student := info.get("student_id"), str):
            return info  # nbgrader says what is wrong with the regular expression
        if why := self._why_not(submitted_file, student, info):
            name = for_a_terminal(submitted_file)
            self.log.error("%s was left out: %s", name, for_a_terminal(why))
            return None
        return info

    def _why_not(self, path: str, student: str, info: dict[str, str]) -> str:
        if _NO_STUDENT.match(student):
            return f"{student!r} cannot be a student's name"
        place = self._place(path)
        places = self._places.get(student, set())
        highest = {p for p in places if len(p.parts) == min(len(q.parts) for q in places)}
        highest = {p for p in highest if not self._is_students(p)} or highest
        if place is not None and place not in highest:
            return f"{student} is named inside of an archive, and there is another of that name"
        if len(highest) > 1 and (any(map(self._is_students, highest)) or not info.get("timestamp")):
            return f"{student} is named in {len(highest)} folders, and only one can be right"
        if len(highest) > 1 and student not in self._told:
            self._told.add(student)
            name = for_a_terminal(student)
            self.log.warning("%s is in %d folders: the newest file counts", name, len(highest))
        if not _is_date(info.get("timestamp")):
            return f"{info['timestamp']!r} is no date"
        file = (student, Path(info.get("file_id", "")).stem + Path(path).suffix)
        is_dated = bool(info.get("timestamp"))
        if file in self._given and not (is_dated and self._given[file]):
            return f"{student} has handed in another file of that name, and one has no date"
        self._given[file] = is_dated
        return ""

    @cached_property
    def _told(self) -> set[str]:
        """Students of whom it was said that they are in several folders."""
        return set()

    def _is_students(self, place: Path) -> bool:
        """Whether a folder has a student's name, so that a student may have filled it; folders
        that the platform packs for a class or a group have none."""
        return re.match(self.named_regexp, f"{place}/x.ipynb") is not None

    @cached_property
    def _given(self) -> dict[tuple[str, str], bool]:
        """Files that were collected, by student and name, and whether they have a date."""
        return {}

    @cached_property
    def _places(self) -> dict[str, set[Path]]:
        """Students → the folders in which something has their name."""
        found: dict[str, set[Path]] = {}
        app = self.parent
        if app is not None:
            for path in Path(app._format_collect_path(app.extracted_directory)).rglob("*"):
                match = re.match(self.named_regexp, str(path)) if path.is_file() else None
                place = self._place(str(path))
                if match and place and path.suffix in self.valid_ext:
                    found.setdefault(match["student_id"], set()).add(place)
        return found

    def _place(self, path: str) -> Path | None:
        """The folder that holds what has the student's name: a file, or a folder of files."""
        match = re.match(self.named_regexp, path)
        if match is None or "student_id" not in match.groupdict() or match["student_id"] is None:
            return None
        end = path.find("/", match.end("student_id"))
        return Path(path if end < 0 else path[:end]).parent


def _is_date(text: str | None) -> bool:
    try:
        return not text or parse_utc(text) is not None
    except (ValueError, ArithmeticError, TypeError):
        return False
