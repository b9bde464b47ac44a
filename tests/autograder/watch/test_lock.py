"""One watcher at a time watches a course."""

import os
import subprocess
import sys

import pytest

from autograder.watch.lock import CourseLock, holder

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


def test_a_second_watcher_is_told_who_holds_the_course(tiny, exchange, watching, here):
    watching()
    path = tiny.root / ".autograder" / "watch" / "lock"
    code = (
        "import sys; from pathlib import Path; from autograder.watch.lock import *\n"
        "path = Path(sys.argv[1]); print(holder(path))\n"
        "try: CourseLock(path)\n"
        "except Exception as error: print(error)"
    )
    run = [sys.executable, "-c", code, str(path)]
    told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    who, refusal = told.splitlines()
    assert who.startswith(f"process {os.getpid()} of ")
    assert refusal == f"this course is watched already, by {who}"


def test_a_lock_ends_with_its_process(tmp_path):
    path = tmp_path / "lock"
    code = (
        "import os, sys; from pathlib import Path; from autograder.watch.lock import *\n"
        "lock = CourseLock(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.exists()
    assert holder(path) == ""
    with CourseLock(path):
        pass
