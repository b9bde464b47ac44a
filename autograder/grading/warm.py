"""A cache of graders: one per assignment, until its files change or the process ends."""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from autograder.course import Course
from autograder.grading.fingerprint import shared_files
from autograder.grading.grader import Grader
from autograder.grading.lesson_trial import tried_grader
from autograder.model import CourseError, Graded, SubmissionError

MOST_WARM = 4  # each holds processes and memory; the one not used for longest goes first
Stamp = tuple[tuple[str, int, int], ...]


class Closable(Protocol):
    """An object that the cache can hold."""

    def close(self) -> None:
        """End its processes."""


@dataclass(frozen=True)
class GraderFiles:
    """The files elsewhere that graders read, and when all that a grader holds was written last."""

    shared: tuple[Path, ...]
    stamp: Stamp


@dataclass
class _Cached:
    thing: Closable
    stamp: Hashable


_kept: dict[Hashable, _Cached] = {}
_lock = threading.RLock()
Thing = TypeVar("Thing", bound=Closable)


def warm_grader(course: Course, assignment: str) -> Grader:
    """The assignment's grader; a new one when graders, solution, release or helpers change."""
    key = ("grader", course, assignment)
    made = _kept.get(key)
    before = made.stamp if made and isinstance(made.stamp, GraderFiles) else None
    files = grader_files(course, assignment, before)
    if files is not before:
        forget_modules_in(files.shared)
    return keep_warm(key, files, lambda: tried_grader(course, assignment))


def grader_files(course: Course, assignment: str, before: GraderFiles | None = None) -> GraderFiles:
    """The files that a grader reads; returns `before` itself while none of them has changed.

    Finding the files that graders share takes tens of milliseconds, and only a change can add one.
    """
    if before is not None and before.stamp == _stamp(course, assignment, before.shared):
        return before
    shared = tuple(shared_files(course, assignment))
    return GraderFiles(shared, _stamp(course, assignment, shared))


def _stamp(course: Course, assignment: str, shared: Sequence[Path]) -> Stamp:
    folders = (course.tests(assignment), course.source(assignment), course.release(assignment))
    hooks = [folder / "conftest.py" for folder in (course.root, course.root / "tests")]
    return stamps_of_files(*folders, course.solution(assignment), *hooks, *shared)


def forget_modules_in(paths: Sequence[Path]) -> None:
    """Drop these modules, so that they are imported anew, as those of tests/<assignment>/ are."""
    files = set(map(str, paths))
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) in files:
            del sys.modules[name]


def grade_warm(
    course: Course,
    assignment: str,
    notebook: bytes,
    student: str,
    files: Mapping[str, bytes],
    flags: tuple[str, ...] = (),
    *,
    hints: bool = True,
) -> Graded:
    """Grade with the cached grader; after a failure of the grader itself the cache drops it.

    Without `hints` no slip is searched for.
    """
    try:
        grader = warm_grader(course, assignment)
        return grader.grade(notebook, student, files=files, flags=flags, hints=hints)
    except (SubmissionError, CourseError):
        raise
    except Exception:
        cool_down(("grader", course, assignment))
        raise


def keep_warm(key: Hashable, stamp: Hashable, make: Callable[[], Thing]) -> Thing:
    """The object cached for this key; a new one from `make` when its stamp has changed."""
    with _lock:
        found = _kept.get(key)
        if found is not None and found.stamp == stamp:
            _kept[key] = _kept.pop(key)  # the last one is the one used last
            return found.thing  # type: ignore[return-value]  # a key has things of one kind
        if found is not None:
            cool_down(key)
        while len(_kept) >= MOST_WARM:
            cool_down(next(iter(_kept)))
        thing = make()
        _kept[key] = _Cached(thing, stamp)
        return thing


def cool_down(key: Hashable) -> None:
    """Close and drop one cached object: the next use makes a new one."""
    with _lock:
        if key in _kept:
            _kept.pop(key).thing.close()


def cool_down_all() -> None:
    """Close and drop all cached objects."""
    for key in list(_kept):
        cool_down(key)


atexit.register(cool_down_all)


def stamps_of_files(*places: Path) -> Stamp:
    """When the files in some places were written last, and how large they are."""
    files = {file for place in places for file in ([place] if place.is_file() else _below(place))}
    return tuple((str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in sorted(files))


def _below(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
