"""Opens files of a folder that its owner may change meanwhile: no link in it is followed.

Whoever looks at a path and then opens it looks it up twice. Between the two a student can put a
link in place of a file, or of any folder on the way to it. Here each folder is opened by the
descriptor of the one above it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import BinaryIO

MOST_DEEP = 64  # folders inside each other; paths have an end
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe does not block
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


class NoRegularFile(OSError):
    """A folder, a pipe, a socket or a device."""


def opened(path: Path | str, folder: int | None = None) -> BinaryIO:
    """A regular file, in an open folder if one is given.

    Raises NoRegularFile, or another OSError, also for a link.
    """
    descriptor = os.open(path, _FILE, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoRegularFile(errno.EINVAL, "it is no regular file", str(path))
    return os.fdopen(descriptor, "rb")


def opened_below(folder: Path, place: PurePath) -> BinaryIO:
    """A regular file below a folder; raises OSError that names it, also where a link is met.

    The folder itself may be no link, what is above it may.
    """
    try:
        with _folder_below(folder, place.parent) as last:
            return opened(place.name, last)
    except OSError as error:
        error.filename = str(folder / place)
        raise


def opened_folder(path: Path | str, folder: int | None = None) -> int:
    """A descriptor of a folder that is no link; raises OSError."""
    return os.open(path, _FOLDER, dir_fd=folder)


@contextmanager
def _folder_below(folder: Path, place: PurePath) -> Iterator[int]:
    last = opened_folder(folder)
    try:
        for name in place.parts:
            above, last = last, opened_folder(name, last)
            os.close(above)
        yield last
    finally:
        os.close(last)


def walked(
    folder: Path, onerror: Callable[[OSError], None] = lambda error: None
) -> Iterator[tuple[Path, list[str], list[str], int]]:
    """Like os.fwalk: place, names of folders and of all else, a descriptor of each folder.

    `onerror` is given what cannot be read and what lies too deep. The caller may shorten or sort
    the list of folders.
    """
    waiting = [Path()]
    while waiting:
        place = waiting.pop()
        try:
            if len(place.parts) > MOST_DEEP:
                raise OSError(errno.ENAMETOOLONG, f"more than {MOST_DEEP} folders deep")
            with _folder_below(folder, place) as here:
                folders, names = _entries(here)
                yield place, folders, names, here
        except OSError as error:
            error.filename = str(folder / place)
            onerror(error)
        else:
            waiting += [place / name for name in reversed(folders)]


def _entries(folder: int) -> tuple[list[str], list[str]]:
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    return [name for name, is_dir in found if is_dir], [
        name for name, is_dir in found if not is_dir
    ]


def is_of_kind(kind: Callable[[int], bool], folder: int, name: str) -> bool:
    """Whether what has this name in an open folder is of a kind of the module `stat` at the moment.

    A link is never what it leads to. False for what has been removed; raises other OSErrors.
    """
    try:
        return kind(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False
