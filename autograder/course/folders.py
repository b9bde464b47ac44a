"""Where the folders of one course lie, and whose they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import Path

STRUCTURE = str(Path("{nbgrader_step}", "{student_id}", "{assignment_id}"))  # nbgrader's default
MISNAMED = (
    "the name of this student's folder is not written in UTF-8 (other bytes are shown as \\xNN). "
    "Rename the folder, and grade it again."
)


@dataclass(frozen=True)
class Places:
    """Where the folders of one course lie; plain data."""

    root: Path
    directory_structure: str = STRUCTURE
    source_directory: str = "source"
    release_directory: str = "release"
    submitted_directory: str = "submitted"
    autograded_directory: str = "autograded"
    feedback_directory: str = "feedback"

    def place(self, step: str, student: str, assignment: str) -> Path:
        """Where nbgrader's `format_path` puts one step of a student's assignment."""
        names = {"nbgrader_step": step, "student_id": student, "assignment_id": assignment}
        return Path(self.root, self.directory_structure.format(**names))

    def students(self, step: str, assignment: str) -> list[str]:
        """Students with a folder of the assignment in a step, sorted; unreadable folders count.

        Those whose name is no text are left out: no gradebook or page can hold it.
        """
        return sorted(filter(is_text, self._names(step, assignment)))

    def misnamed(self, step: str, assignment: str) -> list[str]:
        """The names that `students` leaves out, as they can be shown; sorted."""
        found = (name for name in self._names(step, assignment) if not is_text(name))
        return sorted(os.fsencode(name).decode("utf-8", "backslashreplace") for name in found)

    def _names(self, step: str, assignment: str) -> list[str]:
        names = {"nbgrader_step": step, "assignment_id": assignment, "student_id": "\0"}
        parts = [p.format(**names) for p in Path(self.directory_structure).parts]
        at = next(i for i, part in enumerate(parts) if "\0" in part)
        base, after = Path(self.root, *parts[:at]), parts[at + 1 :]
        before, _, behind = parts[at].partition("\0")
        if not base.is_dir():
            return []
        found = (
            path.name.removeprefix(before).removesuffix(behind)
            for path in base.iterdir()
            if path.name.startswith(before)
            and path.name.endswith(behind)
            and _may_hold(path, after)
        )
        return [student for student in found if not student.startswith(".")]

    def step(self, step: str) -> Path:
        """The folder that holds all students and assignments of a step."""
        parts = takewhile(
            lambda part: "{student_id}" not in part and "{assignment_id}" not in part,
            Path(self.directory_structure).parts,
        )
        return Path(self.root, *(part.format(nbgrader_step=step) for part in parts))

    def source(self, assignment: str) -> Path:
        return self.place(self.source_directory, ".", assignment)

    def source_notebook(self, assignment: str) -> Path:
        return self.source(assignment) / f"{assignment}.ipynb"

    def release(self, assignment: str) -> Path:
        return self.place(self.release_directory, ".", assignment)

    def release_notebook(self, assignment: str) -> Path:
        return self.release(assignment) / f"{assignment}.ipynb"

    def solution(self, assignment: str) -> Path:
        return self.root / "solutions" / f"{assignment}.py"

    def tests(self, assignment: str) -> Path:
        return self.root / "tests" / assignment

    def submitted(self, assignment: str, student: str) -> Path:
        return self.place(self.submitted_directory, student, assignment)

    def autograded(self, assignment: str, student: str) -> Path:
        return self.place(self.autograded_directory, student, assignment)

    def feedback(self, assignment: str, student: str) -> Path:
        return self.place(self.feedback_directory, student, assignment)


def _may_hold(folder: Path, after: Sequence[str]) -> bool:
    """Whether a folder holds a submission, or may: one that cannot be read counts."""
    try:
        found = Path(folder, *after).lstat()
    except PermissionError:
        return True
    except OSError:
        return False
    return bool(after) or not stat.S_ISREG(found.st_mode)


def chosen(names: Sequence[str], pattern: str) -> list[str]:
    """The names that a pattern for students chooses: the one that it is, else those like it."""
    return [pattern] if pattern in names else [n for n in names if fnmatchcase(n, pattern)]


def is_text(name: str) -> bool:
    """Whether all of a name was read as UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
