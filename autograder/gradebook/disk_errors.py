"""Errors of the disk and the gradebook, as messages that say where and what to do."""

from __future__ import annotations

import errno
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)

from autograder.model import CourseError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # of the disk, of a quota, of one file
_NOT_OURS = (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
MIB = 1 << 20
_CHANGE = "Another gradebook is named with --db or c.CourseDirectory.db_url"


class Refused(CourseError):
    """Nothing more can be written; what is recorded stays, and the same command resumes."""


class GradebookLocked(Refused):
    """Another process has locked the gradebook; nothing of the batch was written: try again."""


@contextmanager
def explained(place: Path | str) -> Iterator[None]:
    """Turn errors of the system into a Refused that names a file, a folder or a database."""
    try:
        yield
    except (OSError, SQLAlchemyError) as error:
        if (told := refused(error, place)) is None:
            raise
        raise told from error


def write_whole(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text to a file in one step: whatever fails, an earlier file stays as it is.

    What no encoding can hold, a name of bytes for example, is escaped. Raises OSError, which names
    the file.
    """
    is_device = path.exists() and not path.is_file()  # /dev/stdout
    path = path if is_device else path.resolve()
    aside = path if is_device else path.with_name(f".{path.name}.new")
    try:
        aside.write_text(text, encoding, errors="backslashreplace", newline="")
        if not is_device:
            aside.replace(path)
    except OSError as error:
        if not is_device:
            with suppress(OSError):
                aside.unlink()
        raise type(error)(error.errno, error.strerror, str(path)) from error


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A file to write a text to, which takes its place at the end of the block.

    Whatever ends the block before, an earlier file stays as it is.
    """
    if path.exists() and not path.is_file():  # /dev/stdout
        with path.open("w", encoding="utf-8") as file:
            yield file
        return
    aside = path.with_name(f".{path.name}.new")
    try:
        with aside.open("w", encoding="utf-8") as file:
            yield file
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def refused(error: OSError | SQLAlchemyError, place: Path | str = "") -> Refused | None:
    """The Refused for an error; None when the error is of another kind."""
    if isinstance(error, SQLAlchemyError):
        return _by_database(error, str(place))
    named = str(place) if place and "://" not in str(place) else error.filename
    where = Path(str(named or database_path(str(place)) or "."))
    if error.errno in _FULL:
        return Refused(_no_space(where, error.errno))
    if error.errno in _NOT_OURS:
        return Refused(f"{error.filename or where} cannot be written ({error.strerror})")
    return None


def is_gradebook_locked(error: DBAPIError) -> bool:
    """Whether another process is writing to the gradebook."""
    message = str(error.orig).lower()
    return "locked" in message or "busy" in message


def _by_database(error: SQLAlchemyError, db_url: str) -> Refused | None:
    where = database_path(db_url) or _without_password(db_url) or "the gradebook"
    if isinstance(error, ArgumentError):  # of no use as an address, or of an unknown database
        return Refused(f"{where} is no address of a gradebook: {error}. {_CHANGE}")
    if not isinstance(error, DBAPIError):
        return None
    message = str(error.orig).lower()
    if "not a database" in message or "malformed" in message:
        return Refused(
            f"{where} is no gradebook, or a damaged one ({error.orig}): put its last copy back, or "
            f"move it away, and run the same command again"
        )
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if is_gradebook_locked(error):
        return GradebookLocked(
            f"{where} is locked by another program (a Formgrader, another grading?): "
            "close it and run the same command again"
        )
    if "disk is full" in message:
        return Refused(_no_space(Path(where), errno.ENOSPC))
    if "disk i/o error" in message and (limit := _file_limit()) is not None:
        return Refused(
            f"{where} cannot be written ({error.orig}). Here a file may grow to {limit / MIB:g} "
            "MiB at most: take that limit away (`ulimit -f unlimited`) and run the same command "
            "again"
        )
    if "readonly" in message or "unable to open" in message or "disk i/o error" in message:
        return Refused(f"{where} cannot be written ({error.orig})")
    if "no such column" in message or "no such table" in message:
        return Refused(
            f"{where} was made by another version of nbgrader ({error.orig}): copy it, and run "
            "`nbgrader db upgrade`"
        )
    why = " ".join(str(error.orig).split())
    return Refused(f"the gradebook {where} cannot be reached: {why}. Is it running? {_CHANGE}")


def _without_password(db_url: str) -> str:
    try:
        return make_url(db_url).render_as_string(hide_password=True) if db_url else ""
    except ArgumentError:
        return db_url


def database_path(db_url: str) -> str:
    """The file behind a SQLite address; nothing for other databases."""
    try:
        url = make_url(db_url) if db_url else None
    except ArgumentError:
        return ""
    return url.database or "" if url and url.get_backend_name() == "sqlite" else ""


def _no_space(where: Path, number: int) -> str:
    if number == errno.EFBIG:
        limit = _file_limit()
        told = f"{limit / MIB:g} MiB here" if limit is not None else "the file system's own"
        return (
            f"{where} cannot grow: there is a limit on the size of a file ({told}). Take it away "
            "(`ulimit -f unlimited`), or ask whoever has set it, and run the same command again"
        )
    if number == errno.EDQUOT:
        return (
            f"{where} cannot be written: your quota on this disk is used up (`quota` shows it). "
            "Remove something of yours there, and run the same command again"
        )
    there = next((p for p in (where, *where.absolute().parents) if p.exists()), Path("/"))
    usage = shutil.disk_usage(there)
    return (
        f"no space left for {where} ({usage.free / MIB:.1f} of {usage.total / MIB:.1f} MiB are "
        "free there): make space and run the same command again"
    )


def _file_limit() -> int | None:
    """The most bytes that this process may write into one file; None without a limit."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return None if limit == resource.RLIM_INFINITY else limit
