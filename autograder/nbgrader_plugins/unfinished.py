"""Submissions that `nbgrader autograde` had begun when it was killed: the next run grades them.

nbgrader takes a folder in autograded/ for a graded submission, from the first copied file on. After
a kill it would skip that student for ever, with no points and without a word. What a finished run
has graded is noted, too: it keeps no report that could tell whether a file has changed since.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nbgrader.converters import Autograde

from autograder.notebook.opening import opened_below

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
            note.write_text(json.dumps(_digests(map(Path, self.notebooks))), encoding="utf-8")
    return is_wanted


def _finished(self: Autograde, assignment: str, student: str) -> None:
    """nbgrader's `set_permissions`, the last step of a submission."""
    _end(self, assignment, student)
    with suppress(OSError):
        note = _note(self, assignment, student)
        graded = _read(note)
        place = _graded(Path(self.coursedir.root), assignment, student)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({**_read(place), **graded}), encoding="utf-8")
        note.unlink(missing_ok=True)


def changed_notebooks(root: Path, folder: Path, assignment: str, student: str) -> list[str]:
    """Names of notebooks in a submission's folder that are not as `nbgrader autograde` read them.

    None where it graded nothing of this student, or no run of this package's did.
    """
    known = _read(_graded(root, assignment, student))
    now = _digests(folder / name for name in known)
    return [name for name, digest in known.items() if now.get(name) != digest]


def _digests(notebooks: Iterable[Path]) -> dict[str, str]:
    found = {}
    for path in notebooks:
        with suppress(OSError), opened_below(path.parent, Path(path.name)) as file:
            found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return found


def _read(note: Path) -> dict[str, str]:
    try:
        found = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _graded(root: Path, assignment: str, student: str) -> Path:
    return root / ".autograder" / "autograded" / assignment / student


def _note(self: Autograde, assignment: str, student: str) -> Path:
    return Path(self.coursedir.root, ".autograder", "autograding", assignment, student)


Autograde.init_destination, Autograde.set_permissions = _begun, _finished
