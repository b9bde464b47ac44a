"""The lock for one watcher per course; it names its holder and ends with the process."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from pathlib import Path
from typing import Any

from autograder.model import CourseError


class CourseLock:
    """Held by one process of the course, on whatever machine, as long as it lives.

    A record lock: the system takes it back when the process ends in any way, and forked
    workers do not hold it.
    """

    def __init__(self, path: Path) -> None:
        """Raises CourseError when another process holds it, with who that is."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            text = os.read(self._descriptor, 4096)
            os.close(self._descriptor)
            raise CourseError(f"this course is watched already, by {_who(text)}") from error
        mine = {"pid": os.getpid(), "host": socket.gethostname(), "user": getpass.getuser()}
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(mine).encode(), 0)

    def __enter__(self) -> CourseLock:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def holder(path: Path) -> str:
    """A sentence on who holds a lock; "" when nobody does."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return _who(os.read(descriptor, 4096))
    finally:
        os.close(descriptor)
    return ""


def _who(text: bytes) -> str:
    try:
        found: dict[str, Any] = json.loads(text)
        return f"process {found['pid']} of {found['user']} on {found['host']}"
    except (ValueError, KeyError, TypeError):  # it has not said so yet
        return "another process"
