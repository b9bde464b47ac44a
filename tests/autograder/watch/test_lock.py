"""One watcher at a time watches a course."""

import os
import signal

import pytest

from autograder.model import CourseError
from autograder.watch.lock import CourseLock, holder

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


def seen_by_another(path):
    """Who holds a lock, and what is said to somebody who wants it."""
    try:
        CourseLock(path)
    except CourseError as error:
        return holder(path), str(error)


def test_a_second_watcher_is_told_who_holds_the_course(tiny, exchange, watching, here, recording):
    watching()
    path = tiny.root / ".autograder" / "watch" / "lock"
    who, refusal = recording.in_child(lambda: seen_by_another(path))
    assert who.startswith(f"process {os.getpid()} of ")
    assert refusal == f"this course is watched already, by {who}"


def test_a_lock_ends_with_its_process(tmp_path, recording):
    path = tmp_path / "lock"
    killed = recording.in_child(lambda: [CourseLock(path), os.kill(os.getpid(), signal.SIGKILL)])
    assert killed is None
    assert path.exists()
    assert holder(path) == ""
    with CourseLock(path):
        pass
