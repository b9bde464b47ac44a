"""Scratch folders on the machine's own disk (tier A and weak): watched, emptied, used again.

base/           made for one sandbox, removed with it
  canary        readable for anyone, but not for a session: the self-check tries
  check/        where the self-check runs
  assets/       a copy of the hand-outs, without notebooks; in /var/tmp where base is in /tmp
  0/ 1/ ...     one folder per session that is open at the same time
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.limits import Limits

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class ScratchFolders:
    """The folders of one sandbox."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="autograder-")).resolve()
        self._free: list[Path] = []
        self._made = 0
        self._elsewhere: Path | None = None
        self.canary = self.base / "canary"
        self.canary.write_text("nobody inside may read this\n")
        self.check_in = self.base / "check"
        self.check_in.mkdir()

    def copy_assets(self, assets: Path) -> Path:
        """Copy the hand-outs to where student code may read; notebooks stay behind.

        Not into /tmp, which is each session's own in tier B.
        """
        self._elsewhere = _folder_outside_of_tmp(self.base)
        target = (self._elsewhere or self.base) / "assets"
        shutil.copytree(assets, target, ignore=shutil.ignore_patterns("*.ipynb"))
        return target

    def take(self) -> Path:
        """An empty folder."""
        if self._free:
            return self._free.pop()
        path = self.base / str(self._made)
        self._made += 1
        path.mkdir(mode=0o700)
        return path

    def give_back(self, folder: Path) -> None:
        """Empty a folder whose session is over; one that resists is not used again."""
        with suppress(OSError):
            empty_folder(folder)
            self._free.append(folder)

    def remove(self) -> None:
        """Remove everything."""
        for folder in (self.base, self._elsewhere):
            if folder is not None and folder.exists():
                empty_folder(folder)
                folder.rmdir()


def _folder_outside_of_tmp(base: Path) -> Path | None:
    """A new folder outside of /tmp; None where the base is not in /tmp, or there is no other."""
    if not base.is_relative_to("/tmp"):
        return None
    with suppress(OSError):
        return Path(tempfile.mkdtemp(prefix="autograder-", dir="/var/tmp")).resolve()
    return None


def empty_folder(folder: Path) -> None:
    """Remove all that a folder holds, however deeply nested, and never follow a link.

    Walks down and up again with one descriptor: no path gets long, nothing recurses. Nobody else
    may be at work in the folder.
    """
    here = os.open(folder, _FOLDER)
    way: list[str] = []
    try:
        while True:
            stubborn = _remove_what_is_easy(here)
            if stubborn:
                os.chmod(stubborn, 0o700, dir_fd=here)
                here = _move(here, stubborn)
                way.append(stubborn)
            elif way:
                here = _move(here, "..")
                os.rmdir(way.pop(), dir_fd=here)
            else:
                return
    finally:
        os.close(here)


def _remove_what_is_easy(here: int) -> str:
    """Remove files, links and empty folders; the name of a folder that is left, or nothing."""
    left = ""
    for entry in list(os.scandir(here)):
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.name, dir_fd=here)
            continue
        try:
            os.rmdir(entry.name, dir_fd=here)
        except OSError:
            left = entry.name
    return left


def _move(here: int, name: str) -> int:
    there = os.open(name, _FOLDER, dir_fd=here)
    os.close(here)
    return there


def over_limits(folder: Path, limits: Limits) -> bool:
    """Whether a folder holds more files or bytes than allowed; stops counting there.

    A subfolder that hides what it holds counts as too much.
    """
    files = size = 0
    rest = [folder]
    while rest:
        try:
            entries = list(os.scandir(rest.pop()))
        except FileNotFoundError:
            continue  # removed while we looked
        except OSError:
            return True  # not to be read, or nested deeper than a path can say
        for entry in entries:
            files += 1
            if entry.is_dir(follow_symlinks=False):
                rest.append(Path(entry.path))
            elif not entry.is_symlink():
                size += _size(entry)
            if files > limits.scratch_files or size > limits.scratch_bytes:
                return True
    return False


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
