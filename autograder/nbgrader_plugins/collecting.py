"""Collecting what students hand in: regular files only, and archives within bounds.

A student owns the folder that `nbgrader collect` copies from and the archive that
`nbgrader zip_collect` unpacks. A link in there would make the instructor's own rights read what
the student may not; a small archive can hold more than the disk.
"""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.plugins.zipcollect import ExtractorPlugin
from nbgrader.utils import unzip

MAX_ARCHIVE_BYTES = 256 << 20  # unpacked
MAX_ARCHIVE_FILES = 2000
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class CollectRegularFiles(ExchangeCollect):  # type: ignore[misc]  # nbgrader is untyped
    """In place of ExchangeCollect: links, pipes and devices stay where they are."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission; what is left out goes into the log."""
        with tempfile.TemporaryDirectory(prefix="collected-") as aside:
            copy = Path(aside, "submission")
            for name in copy_regular_files(Path(src), copy):
                self.log.warning("%s: %s is no regular file and was not collected", src, name)
            super().do_copy(str(copy), dest, log)


def copy_regular_files(source: Path, target: Path) -> list[str]:
    """Copy a folder without anything that is no regular file; returns what was left out.

    No link is followed at any depth, even one that appears while copying.
    """
    left_out: list[str] = []
    for place, folders, names, folder in os.fwalk(source, follow_symlinks=False):
        here = Path(place).relative_to(source)
        (target / here).mkdir(parents=True, exist_ok=True)
        for name in names:
            if not _copy_regular(folder, name, target / here / name):
                left_out.append(str(here / name))
        links = [f for f in folders if stat.S_ISLNK(_status(folder, f).st_mode)]
        left_out += [str(here / name) for name in links]
    return left_out


def _status(folder: int, name: str) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _copy_regular(folder: int, name: str, target: Path) -> bool:
    try:
        descriptor = os.open(name, _OPEN, dir_fd=folder)
    except OSError:
        return False  # a link, or a socket
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return False
        with target.open("wb") as copy:
            shutil.copyfileobj(file, copy)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True


class ExtractWithinBounds(ExtractorPlugin):  # type: ignore[misc]  # nbgrader is untyped
    """In place of ExtractorPlugin: an archive that is too large, or holds archives, is left."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack every archive below a folder into a folder of its own; copy the other files."""
        for place, _, names in os.walk(archive_path):
            here = Path(extracted_path) / Path(place).relative_to(archive_path)
            for name in sorted(names):
                here.mkdir(parents=True, exist_ok=True)
                self._extract_one(Path(place, name), here)

    def _extract_one(self, path: Path, here: Path) -> None:
        if not stat.S_ISREG(path.lstat().st_mode):
            self.log.error("%s is no regular file and was left out", path)
        elif path.suffix not in self.zip_ext:
            shutil.copy(path, here / path.name)
        elif why := why_not_unpack(path, tuple(self.zip_ext)):
            self.log.error("%s was not unpacked: %s. Ask its student for another.", path, why)
        else:
            self._unpack(path, here)

    def _unpack(self, path: Path, here: Path) -> None:
        self.log.info("Unpacking %s", path)
        try:
            unzip(str(path), str(here), zip_ext=self.zip_ext, create_own_folder=True, tree=False)
        except Exception as error:  # of four libraries; the others' archives are to be unpacked
            self.log.error("%s could not be unpacked: %s. Ask for another.", path, error)


def why_not_unpack(path: Path, archives: tuple[str, ...] = (".zip", ".gz")) -> str:
    """What is wrong with an archive, or nothing: read from its headers, nothing is unpacked."""
    size = files = 0
    try:
        for name, length in _members(path):
            files, size = files + 1, size + length
            if files > MAX_ARCHIVE_FILES:
                return f"it holds more than {MAX_ARCHIVE_FILES} files"
            if size > MAX_ARCHIVE_BYTES:
                return f"it holds more than {MAX_ARCHIVE_BYTES >> 20} MiB"
            if name.endswith(archives):
                return f"it holds another archive ({name[:60]!r})"
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, tarfile.TarError) as error:
        return f"it cannot be read ({type(error).__name__})"
    return ""


def _members(path: Path) -> Iterator[tuple[str, int]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((item.filename, item.file_size) for item in archive.infolist())
        return
    with tarfile.open(path) as archive:
        yield from ((item.name, item.size) for item in archive)
