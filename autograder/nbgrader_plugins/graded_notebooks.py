"""Which notebooks `nbgrader autograde` has graded, by digest.

It keeps no report that could tell whether a file in submitted/ has changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from nbgrader.converters import Autograde

from autograder.notebook.opening import opened_below

_begin, _end = Autograde.init_destination, Autograde.set_permissions
_read: WeakKeyDictionary[Autograde, dict[tuple[str, str], dict[str, str]]] = WeakKeyDictionary()


def changed_notebooks(root: Path, folder: Path, assignment: str, student: str) -> list[str]:
    """Names of notebooks in a submission's folder that are not as `nbgrader autograde` read them.

    None where it graded nothing of this student, or no run of this package's did.
    """
    known = _kept(_place(root, assignment, student))
    now = _digests(folder / name for name in known)
    return [name for name, digest in known.items() if now.get(name) != digest]


def _begun(self: Autograde, assignment: str, student: str) -> bool:
    """nbgrader's `init_destination`: the digests are those from before it reads the notebooks."""
    is_wanted = bool(_begin(self, assignment, student))
    if is_wanted:
        found = _digests(map(Path, self.notebooks))
        _read.setdefault(self, {})[assignment, student] = found
    return is_wanted


def _finished(self: Autograde, assignment: str, student: str) -> None:
    """nbgrader's `set_permissions`, the last step of a submission."""
    _end(self, assignment, student)
    graded = _read.get(self, {}).pop((assignment, student), {})
    place = _place(Path(self.coursedir.root), assignment, student)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({**_kept(place), **graded}), encoding="utf-8")


def _digests(notebooks: Iterable[Path]) -> dict[str, str]:
    found = {}
    for path in notebooks:
        with suppress(OSError), opened_below(path.parent, Path(path.name)) as file:
            found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return found


def _kept(place: Path) -> dict[str, str]:
    try:
        found = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _place(root: Path, assignment: str, student: str) -> Path:
    return root / ".autograder" / "autograded" / assignment / student


Autograde.init_destination, Autograde.set_permissions = _begun, _finished
