"""Collecting what students hand in: regular files only, and archives within bounds.

A student owns the folder that `nbgrader collect` copies and the archive that `nbgrader zip_collect`
unpacks. A link in it would read, with the instructor's rights, files that the student may not read;
a small archive can unpack to more than the disk holds.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.plugins.zipcollect import ExtractorPlugin

from autograder.gradebook.files import handed_in_at
from autograder.model import SubmissionError
from autograder.notebook.opening import MOST_DEEP, is_of_kind, opened
from autograder.notebook.safe_outputs import for_a_terminal

MAX_ARCHIVE_BYTES = 256 << 20  # unpacked
MAX_ARCHIVE_FILES = 2000
# In a file's name: what would steer the terminal in which nbgrader lists it, and half characters.
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class CollectRegularFiles(ExchangeCollect):  # type: ignore[misc]  # nbgrader is untyped
    """Replaces ExchangeCollect: leaves out links, pipes and devices, and every submission that is
    too large or cannot be copied.

    Everybody may write into the folder that is collected from. Anything else in it is ignored; a
    submission that somebody else made in a student's name yields to the student's own.
    """

    src_records: list[dict[str, Any]]

    def init_src(self) -> None:
        """Find what has been handed in, by the names of the folders."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["filename"]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        try:
            status = os.lstat(path)
            if not stat.S_ISDIR(status.st_mode):
                raise ValueError("no folder")
            return {**super()._path_to_record(path), "user": status.st_uid}
        except (OSError, ExchangeError, ValueError, TypeError, ArithmeticError) as error:
            self.log.error("%s was not collected", _named(path, error))
            return {"username": path, "filename": "", "timestamp": datetime.min, "user": -1}

    def _sort_by_timestamp(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The latest first; where some belong to the student whom all of them name, only those."""
        own = [r for r in records if self.check_owner and r["username"] == name_of_user(r["user"])]
        latest_first: list[dict[str, Any]] = super()._sort_by_timestamp(own or records)
        return latest_first

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission; what is left out goes into the log."""
        with tempfile.TemporaryDirectory(prefix="collected-") as aside:
            copy = Path(aside, "submission")
            try:
                for name in copy_regular_files(Path(src), copy):
                    self.log.warning("%s was not collected: no file, or closed", _named(src, name))
                self._set_readable_time(copy, src)
            except (OSError, RecursionError, ValueError) as error:
                what, why = _named(src), _named(getattr(error, "strerror", None) or error)
                self.log.error("%s was not collected: %s. Ask for another.", what, why)
                return
            super().do_copy(str(copy), dest, log)

    def _set_readable_time(self, copy: Path, src: str) -> None:
        """Replace an unreadable time stamp, which would stop the next `collect` for everybody."""
        try:
            handed_in_at(copy)
        except SubmissionError as error:
            self.log.warning("%s; the folder's name is taken", _named(error))
            set_time(copy, super()._path_to_record(src)["timestamp"])


def name_of_user(number: int) -> str | None:
    """The name of a user of this machine, or None."""
    try:
        return pwd.getpwuid(number).pw_name
    except (KeyError, OverflowError):
        return None


def set_time(folder: Path, moment: datetime | None) -> None:
    """Write when a submission was handed in, in UTC, in place of what it says itself."""
    place = folder / "timestamp.txt"
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.write_text(f"{moment} UTC", encoding="utf-8")


class TooMuch(ValueError):
    """A folder that holds more than a submission may."""


def copy_regular_files(source: Path, target: Path, opened: int | None = None) -> list[str]:
    """Copy a folder without anything that is no regular file; returns what was left out.

    With a descriptor of the folder, that folder is copied, whatever has taken its name since. No
    link is followed at any depth, even one that appears while copying. Raises TooMuch for more
    files or bytes than an archive may hold, also for files that grow while they are copied or say
    that they are larger than they are.
    """
    left_out: list[str] = []
    closed: list[OSError] = []
    left = _Left()
    top = source if opened is None else Path()
    for place, folders, names, folder in os.fwalk(
        top, onerror=closed.append, follow_symlinks=False, dir_fd=opened
    ):
        here = Path(place).relative_to(top)
        if len(here.parts) > MOST_DEEP:
            raise TooMuch(f"its folders lie more than {MOST_DEEP} deep inside each other")
        (target / here).mkdir(parents=True, exist_ok=True)
        for name in names:
            left.one_more_file()
            if not _copy_regular(folder, name, target / here / name, left):
                left_out.append(str(here / name))
        left_out += [str(here / f) for f in folders if is_of_kind(stat.S_ISLNK, folder, f)]
        left.one_more_file(len(folders))
    return left_out + [os.fsdecode(error.filename or "a folder") for error in closed]


class _Left:
    """Counts how many files and bytes a submission may still hold."""

    def __init__(self) -> None:
        self.bytes, self._files = MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILES

    def one_more_file(self, number: int = 1) -> None:
        self._files -= number
        if self._files < 0:
            raise TooMuch(f"it holds more than {MAX_ARCHIVE_FILES} files and folders")

    def more_bytes(self, number: int) -> None:
        self.bytes -= number
        if self.bytes < 0:
            raise TooMuch(f"it holds more than {MAX_ARCHIVE_BYTES >> 20} MiB")


def _copy_regular(folder: int, name: str, target: Path, left: _Left) -> bool:
    try:
        file = opened(name, folder)
    except OSError:
        return False  # a link, a pipe, a socket, or closed to us
    with file:
        status = os.fstat(file.fileno())
        if status.st_nlink > 1 and status.st_uid != os.fstat(folder).st_uid:
            return False  # a second name of somebody else's file, which the student may not read
        if status.st_size > left.bytes:
            left.more_bytes(status.st_size)
        with target.open("wb") as copy:
            while piece := file.read(1 << 20):
                left.more_bytes(len(piece))
                copy.write(piece)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True


class ExtractWithinBounds(ExtractorPlugin):  # type: ignore[misc]  # nbgrader is untyped
    """Replaces ExtractorPlugin: an archive that is too large is not unpacked.

    Archives inside an archive (a learning platform's “download all”) are unpacked too, together
    within the same bounds; archives inside those are not.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack every archive below a folder into a folder of its own; copy the other files."""
        for place, _, names in os.walk(archive_path):
            here = Path(extracted_path) / Path(place).relative_to(archive_path)
            for name in sorted(names):
                here.mkdir(parents=True, exist_ok=True)
                self._extract_one(Path(place, name), here)

    def _extract_one(self, path: Path, here: Path) -> None:
        if not stat.S_ISREG(path.lstat().st_mode):
            self.log.error("%s is no regular file and was left out", _named(path))
        elif path.suffix not in self.zip_ext:
            shutil.copy(path, here / path.name)
        else:
            self._extract_archive(path, here, Room(tuple(self.zip_ext), nested=True))

    def _extract_archive(self, path: Path, here: Path, room: Room) -> None:
        if why := room.why_not_unpack(path):
            what = _named(path)
            self.log.error("%s was not unpacked: %s. Ask its student for another.", what, why)
            return
        with tempfile.TemporaryDirectory(prefix="unpacked-") as aside:
            self._unpack(path, Path(aside))
            inner = Room(room.archives, nested=False)
            for place, _, names in os.walk(aside):
                there = here / Path(place).relative_to(aside)
                there.mkdir(parents=True, exist_ok=True)
                for name in sorted(names):
                    file = Path(place, name)
                    if file.suffix in room.archives:
                        self._extract_inner(file, there, inner)
                    else:
                        shutil.move(file, there / name)

    def _extract_inner(self, path: Path, here: Path, room: Room) -> None:
        if why := room.why_not_unpack(path):
            self.log.error("%s was not unpacked: %s. Ask its student for another.", path.name, why)
        else:
            self._unpack(path, here)

    def _unpack(self, path: Path, here: Path) -> None:
        self.log.info("Unpacking %s", _named(path))
        try:
            left_out = unpack(path, here / _own_folder(path))
        except Exception as error:  # of a method unknown here, with a password, or made to fail
            self.log.error("%s could not be unpacked. Ask for another.", _named(path, error))
            return
        for name in left_out:
            self.log.error("%s: %r cannot be a file of it and was left out", path, name[:60])


def unpack(path: Path, target: Path) -> list[str]:
    """Write the regular files of an archive below a folder; returns the names of all others."""
    left_out = []
    target.mkdir(parents=True, exist_ok=True)
    with _opened(path) as archive:
        for member in archive.infolist() if isinstance(archive, zipfile.ZipFile) else archive:
            name, size, content = _content(archive, member)
            place = PurePosixPath(name)
            outside = place.is_absolute() or ".." in place.parts or not place.parts
            if content is None or outside or _NO_NAME.search(name):
                left_out += [] if name.endswith("/") or _is_folder(member) else [name]
                continue
            with content:
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                (target / place).write_bytes(content.read(size))
    return left_out


class Room:
    """Counts from archive headers how much may still be unpacked."""

    def __init__(self, archives: tuple[str, ...], *, nested: bool) -> None:
        self.archives = archives
        self._nested = nested  # archives in an archive are welcome
        self._files = MAX_ARCHIVE_FILES
        self._bytes = MAX_ARCHIVE_BYTES

    def why_not_unpack(self, path: Path) -> str:
        """The reason not to unpack an archive; "" when it fits, and its size is then reserved."""
        files, size = self._files, self._bytes
        try:
            for name, length in _members(path):
                files, size = files - 1, size - length
                if files < 0:
                    return f"it holds more than {MAX_ARCHIVE_FILES} files, with others beside it"
                if size < 0:
                    most = MAX_ARCHIVE_BYTES >> 20
                    return f"it holds more than {most} MiB, with others beside it"
                if name.endswith(self.archives) and not self._nested:
                    return f"it holds another archive ({name[:60]!r})"
        except Exception as error:  # a student may make it to break any reader of archives
            return f"it cannot be read ({type(error).__name__})"
        self._files, self._bytes = files, size
        return ""


def _members(path: Path) -> Iterator[tuple[str, int]]:
    with _opened(path) as archive:
        if isinstance(archive, zipfile.ZipFile):
            yield from ((item.filename, item.file_size) for item in archive.infolist())
        else:
            yield from ((item.name, item.size) for item in archive)


def _opened(path: Path) -> zipfile.ZipFile | tarfile.TarFile:
    return zipfile.ZipFile(path) if zipfile.is_zipfile(path) else tarfile.open(path)


def _content(
    archive: zipfile.ZipFile | tarfile.TarFile, member: zipfile.ZipInfo | tarfile.TarInfo
) -> tuple[str, int, IO[bytes] | None]:
    """A member's name, size and content; no content for what is no regular file."""
    if isinstance(archive, zipfile.ZipFile) and isinstance(member, zipfile.ZipInfo):
        kind = member.external_attr >> 16
        is_file = not member.is_dir() and (not stat.S_IFMT(kind) or stat.S_ISREG(kind))
        return member.filename, member.file_size, archive.open(member) if is_file else None
    assert isinstance(archive, tarfile.TarFile) and isinstance(member, tarfile.TarInfo)
    return member.name, member.size, archive.extractfile(member) if member.isreg() else None


def _is_folder(member: zipfile.ZipInfo | tarfile.TarInfo) -> bool:
    return isinstance(member, tarfile.TarInfo) and member.isdir()


def _own_folder(path: Path) -> str:
    """An archive's name without its ending, as nbgrader calls the folder it is unpacked into."""
    return path.stem.removesuffix(".tar")


def _named(*parts: object) -> str:
    """A path, and what is wrong with it, as a log may show them: a student chose the names."""
    return for_a_terminal(": ".join(map(str, parts)))
