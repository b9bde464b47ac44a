"""The files of one autograded submission: written to a folder aside, then moved into place.

autograded/<student>/<assignment>/            in use
autograded/<student>/.<assignment>.new        being written
autograded/<student>/.<assignment>.old        being replaced
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from nbgrader.converters import Autograde
from nbgrader.utils import parse_utc

from autograder.grading.fingerprint import digest, digest_file
from autograder.grading.hand_outs import files_beside_notebooks
from autograder.grading.made_files import beside_what_is_there
from autograder.grading.own_files import (
    RECEIPT,
    found_files,
    gives_way,
    is_regular,
    opened_handed_in,
)
from autograder.model import SubmissionError
from autograder.notebook.files_beside import Content, inert_file
from autograder.notebook.opening import opened, opened_below

_LONGEST_DATE, _LONGEST_RECEIPT = 256, 1 << 20  # bytes
_WRITTEN_BY_NBGRADER = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})? UTC")
LONGEST_NAME = 200  # bytes of a student's name in that of a file; a folder's may have 255


@dataclass(frozen=True)
class AutogradedFiles:
    """Writes autograded folders with the contents and permissions that nbgrader gives them.

    Plain data: the process that graded a submission can stage its files; one process publishes.
    """

    root: str
    structure: str  # nbgrader's directory_structure
    source: str
    submitted_step: str
    autograded_step: str
    feedback_step: str
    assignment: str
    mode: int
    ignored: tuple[str, ...]
    kept: frozenset[str]  # names that the author's files do not replace
    groupshared: bool
    token: str = field(default_factory=lambda: uuid4().hex)  # of one run

    @classmethod
    def from_converter(cls, converter: Autograde, assignment: str) -> AutogradedFiles:
        """Paths, permissions and names not to overwrite, from nbgrader's own converter."""
        coursedir = converter.coursedir
        return cls(
            root=coursedir.root,
            structure=coursedir.directory_structure,
            source=coursedir.source_directory,
            submitted_step=coursedir.submitted_directory,
            autograded_step=coursedir.autograded_directory,
            feedback_step=coursedir.feedback_directory,
            assignment=assignment,
            mode=int(str(converter.permissions), 8),
            ignored=(*coursedir.ignore, "*.ipynb"),
            kept=frozenset(converter.exclude_overwriting.get(assignment, ())),
            groupshared=bool(coursedir.groupshared),
        )

    def submitted(self, student: str) -> Path:
        """The folder of a student's submission."""
        return self._path(self.submitted_step, student)

    def autograded(self, student: str) -> Path:
        """The folder of the same submission, graded."""
        return self._path(self.autograded_step, student)

    def stage(
        self, student: str, notebooks: Mapping[str, str], made: Mapping[str, str] | None = None
    ) -> None:
        """Write notebooks and files to the folder aside.

        `notebooks` by name; `made` are files that cells have made, in base64, which replace none.
        """
        place = self.autograded(student)
        aside = _aside(place, "new")
        _remove(aside)
        place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        aside.mkdir(mode=0o755)
        contents = self._contents(student, place, notebooks)
        for name, text in beside_what_is_there(made or {}, map(str, contents)).items():
            target, content = inert_file(Path(name), base64.b64decode(text))
            contents.setdefault(target, content)
        for target, content in contents.items():
            if len(target.parts) > 1:
                (aside / target).parent.mkdir(parents=True, exist_ok=True)
            _put(aside / target, content, self.mode)
        if self.groupshared:
            _share_folders(aside)
            for folder in place.parents[: len(place.relative_to(self.root).parts) - 1]:
                share_folder(folder)

    def publish(self, student: str) -> None:
        """Move what was staged into place."""
        place = self.autograded(student)
        aside, old = _aside(place, "new"), _aside(place, "old")
        if not aside.exists():
            return
        _remove(old)
        if place.exists():
            place.rename(old)
        aside.rename(place)
        _remove(old)

    def forget_other_pages(self, student: str, *, is_changed: bool) -> None:
        """Remove feedback pages of another run: `nbgrader release_feedback` would release them."""
        if self._path(self.feedback_step, student).exists() and (
            is_changed
            or self.is_receipt_old(student)
            or _is_another_staged(self.autograded(student))
        ):
            self.forget_pages(student)

    def forget_pages(self, student: str) -> None:
        """Remove the student's feedback pages."""
        _remove(self._path(self.feedback_step, student))

    def discard(self, student: str) -> None:
        """Remove the staged files."""
        _remove(_aside(self.autograded(student), "new"))

    def is_receipt_old(self, student: str) -> bool:
        """Whether the student has handed in the same content again since it was published."""
        there, here = self.submitted(student), self.autograded(student)
        return any(_read(there, name) != _read(here, name) for name in RECEIPT)

    def renew_receipt(self, student: str) -> None:
        """Copy time stamp and secret of a submission whose other files are published already."""
        there, here = self.submitted(student), self.autograded(student)
        for name in RECEIPT:
            content = _read(there, name)
            if content is None:
                (here / name).unlink(missing_ok=True)
            elif content != _read(here, name):
                aside = here / f".{name}.new"
                aside.unlink(missing_ok=True)
                _put(aside, content, self.mode)
                aside.replace(here / name)

    def _path(self, step: str, student: str) -> Path:
        names = {"nbgrader_step": step, "student_id": student, "assignment_id": self.assignment}
        return Path(self.root, self.structure.format(**names))

    def _handed_out(self) -> dict[Path, bytes]:
        """The author's files, read once in each process of a run."""
        if self.token not in _handed_out:
            _handed_out.clear()
            source = files_beside_notebooks(self._path(self.source, "."), self.ignored)
            _handed_out[self.token] = {
                at: path.read_bytes() for path, at in source if str(at) not in self.kept
            }
        return _handed_out[self.token]

    def _contents(
        self, student: str, place: Path, notebooks: Mapping[str, str]
    ) -> dict[Path, Content]:
        """Path → content: the student's files, the author's over them, then the notebooks.

        A student's file that a browser could run gets another name (`inert_file`).
        """
        handed_out = self._handed_out()
        earlier = (path for path in place.glob("*.ipynb") if path.stem not in notebooks)
        folder = self.submitted(student)
        own = (at for at in found_files(folder, self.ignored) if not gives_way(at, handed_out))
        return {
            **{Path(path.name): partial(opened, path) for path in earlier},
            **dict(inert_file(at, partial(opened_handed_in, folder, at)) for at in own),
            **handed_out,
            **{Path(f"{name}.ipynb"): text.encode() for name, text in notebooks.items()},
        }


@dataclass(frozen=True)
class Contents:
    """What a folder holds but for time stamp and secret, in two digests."""

    looks: str  # of names, sizes and times: equal ones need not be read
    bytes: str

    def are_those_of(self, folder: Path) -> bool:
        """Whether a folder holds the same; a copy of it does, too."""
        return self.looks == _looks(folder) or self.bytes == _bytes(folder)


def staged_contents(place: Path) -> Contents:
    """What is staged for an autograded folder, to be known again."""
    return contents_of(_aside(place, "new"))


def _is_another_staged(place: Path) -> bool:
    return _aside(place, "new").exists() and not staged_contents(place).are_those_of(place)


def contents_of(folder: Path) -> Contents:
    """What a folder holds now."""
    return Contents(_looks(folder), _bytes(folder))


def _looks(folder: Path) -> str:
    found = ((at, path.stat()) for at, path in _recorded_files(folder))
    return digest(repr([(at, status.st_size, status.st_mtime_ns) for at, status in found]))


def _bytes(folder: Path) -> str:
    return digest(repr([(at, digest_file(path)) for at, path in _recorded_files(folder)]))


def _recorded_files(folder: Path) -> list[tuple[str, Path]]:
    found = ((str(path.relative_to(folder)), path) for path in folder.rglob("*"))
    return sorted((at, path) for at, path in found if at not in RECEIPT and is_regular(path))


def _read(folder: Path, name: str) -> bytes | None:
    """A receipt, as long as it may be; None where there is no such file."""
    try:
        with opened_below(folder, Path(name)) as file:
            return file.read(_LONGEST_RECEIPT)
    except OSError:
        return None


_handed_out: dict[str, dict[Path, bytes]] = {}  # of the last run in this process


def handed_in_at(folder: Path) -> datetime | None:
    """When a submission was handed in, in UTC, as its timestamp.txt says.

    Raises SubmissionError when that file cannot be understood.
    """
    path = folder / "timestamp.txt"
    try:
        text = _beginning(folder, path.name).strip()
        return _utc(text) if text else None
    except FileNotFoundError:
        return None
    except Exception as error:
        why = getattr(error, "strerror", None) or error
        raise SubmissionError(
            f"{path} is no date that nbgrader understands ({why}): correct or delete it"
        ) from error


def time_stamp(folder: Path) -> str:
    """The text of a submission's timestamp.txt; "" where there is none that can be read."""
    try:
        return _beginning(folder, "timestamp.txt").strip()
    except (OSError, ValueError):
        return ""


def _beginning(folder: Path, name: str) -> str:
    """The text of a student's timestamp.txt; raises ValueError for a file that is too long.

    Only a regular file is read: a pipe would block and a link could lead anywhere. Parsing many
    megabytes as a date would take hours.
    """
    with opened_below(folder, Path(name)) as file:
        found = file.read(_LONGEST_DATE + 1)
    if len(found) > _LONGEST_DATE:
        raise ValueError(f"it is longer than {_LONGEST_DATE} bytes")
    return found.decode("utf-8")


def _utc(text: str) -> datetime:
    """A date as nbgrader parses it; its own format, which `collect` writes, goes a faster way."""
    if _WRITTEN_BY_NBGRADER.fullmatch(text):
        return datetime.fromisoformat(text.removesuffix(" UTC"))
    found: datetime = parse_utc(text)
    return found


def _put(target: Path, content: Content, mode: int) -> None:
    with target.open("xb", buffering=0) as file:
        if not isinstance(content, bytes):
            with content() as source:
                shutil.copyfileobj(source, file)
        else:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
        os.fchmod(file.fileno(), mode)


def _share_folders(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            share_folder(path)


def share_folder(folder: Path) -> None:
    """Give a folder to its group, as nbgrader does with ``c.CourseDirectory.groupshared``.

    A folder that is shared already, or belongs to another user, stays as it is.
    """
    mode = folder.stat().st_mode
    if mode & 0o2770 != 0o2770:
        with suppress(PermissionError):
            folder.chmod((mode | 0o2770) & 0o2777)


def kept_name(student: str) -> str:
    """The file name for a student: the student's id, cut where it would be too long."""
    name = os.fsencode(student)
    if len(name) <= LONGEST_NAME:
        return student
    digest = hashlib.sha256(name).hexdigest()[:16]
    return f"{name[: LONGEST_NAME - 17].decode('utf-8', 'ignore')}~{digest}"


def _aside(place: Path, what: str) -> Path:
    return place.with_name(f".{kept_name(place.name)}.{what}")


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
