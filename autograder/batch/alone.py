"""One process at a time grades an assignment: two would write each other's files aside.

What one has staged the other would publish: rows of one run, and pages and a report of another.
"""

from __future__ import annotations

import errno
import fcntl
import getpass
import json
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.gradebook.files import share_folder
from autograder.language.catalogue import Say, words
from autograder.model import CourseError

PATIENCE_SECONDS = 15.0  # a watcher is done with a batch sooner
_LOOK_SECONDS = 0.1
_held: Counter[Path] = Counter()  # by this process, which may take a lock twice


@contextmanager
def graded_alone(course: Course, assignment: str) -> Iterator[None]:
    """Hold the assignment's lock while the block runs; the system takes it back from the dead.

    Where files cannot be locked, or this one not opened, the block runs without. Raises
    CourseError when another process still holds it after a while, with who that is.
    """
    path = course.root / ".autograder" / "grading" / f"{assignment}.lock"
    descriptor = None if _held[path] else _opened(path)
    try:
        if descriptor is not None:
            _take(descriptor, assignment, words(course.language))
        _held[path] += 1
        try:
            yield
        finally:
            _held[path] -= 1
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _opened(path: Path) -> int | None:
    """The lock's file, open to whoever shares the folders above it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        share = path.parent.parent.stat().st_mode & 0o020
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        return None
    if share:
        with suppress(OSError):
            share_folder(path.parent)
            os.fchmod(descriptor, 0o660)
    return descriptor


def _take(descriptor: int, assignment: str, say: Say) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while who := _taken_by_another(descriptor):
        if time.monotonic() >= deadline:
            sentence = (
                "{assignment} is being graded already, by {who}: run this again when it is done"
            )
            raise CourseError(say(sentence).format(assignment=assignment, who=who))
        time.sleep(_LOOK_SECONDS)


def _taken_by_another(descriptor: int) -> str:
    """Who has the lock; "" once it is taken, and where a file system has no locks."""
    try:
        return take(descriptor)
    except OSError:
        return ""


def take(descriptor: int) -> str:
    """Take the record lock of an open file and write into it who has it; else return who has it.

    Returns "" when it is taken. The system gives it back when the process ends in any way, and
    forked workers do not hold it. Raises OSError where files cannot be locked.
    """
    if who := holder_of(descriptor):
        return who
    mine = {"pid": os.getpid(), "host": socket.gethostname(), "user": getpass.getuser()}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(mine).encode(), 0)
    return ""


def holder_of(descriptor: int) -> str:
    """Who has the record lock of an open file; "" when this process has it now."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise
        return _who(os.pread(descriptor, 4096, 0))
    return ""


def _who(text: bytes) -> str:
    try:
        found: dict[str, Any] = json.loads(text)
        return f"process {found['pid']} of {found['user']} on {found['host']}"
    except (ValueError, KeyError, TypeError):  # it has not said so yet
        return "another process"
