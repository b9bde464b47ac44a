"""Submissions that `nbgrader autograde` had begun when it was killed: the next run grades them.

nbgrader takes a folder in autograded/ for a graded submission, from the first copied file on. After
a kill it would skip that student for ever, with no points and without a word.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from nbgrader.converters import Autograde

_begin, _end = Autograde.init_destination, Autograde.set_permissions


def _begun(self: Autograde, assignment: str, student: str) -> bool:
    """nbgrader's `init_destination`: whether the submission is to be graded."""
    note, folder = _note(self, assignment, student), Path(self._format_dest(assignment, student))
    if note.exists() and folder.exists():
        self.log.warning("Grading %s of %s again: a run was killed there", assignment, student)
        if self.coursedir.notebook_id == "*":
            shutil.rmtree(folder, ignore_errors=True)
        else:
            for notebook in self.notebooks:
                (folder / Path(notebook).name).unlink(missing_ok=True)
    is_wanted = bool(_begin(self, assignment, student))
    if is_wanted:
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            note.touch()
    return is_wanted


def _finished(self: Autograde, assignment: str, student: str) -> None:
    """nbgrader's `set_permissions`, the last step of a submission."""
    _end(self, assignment, student)
    with suppress(OSError):
        _note(self, assignment, student).unlink(missing_ok=True)


def _note(self: Autograde, assignment: str, student: str) -> Path:
    return Path(self.coursedir.root, ".autograder", "autograding", assignment, student)


Autograde.init_destination, Autograde.set_permissions = _begun, _finished
