"""The lock for one watcher per course; it names its holder and ends with the process."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.batch.alone import holder_of, take
from autograder.model import CourseError


class CourseLock:
    """Held by one process of the course, on whatever machine, as long as it lives."""

    def __init__(self, path: Path) -> None:
        """Raises CourseError when another process holds it, with who that is.

        Raises OSError where files cannot be locked.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        if who := take(self._descriptor):
            os.close(self._descriptor)
            raise CourseError(f"this course is watched already, by {who}")

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
        return holder_of(descriptor)
    finally:
        os.close(descriptor)
