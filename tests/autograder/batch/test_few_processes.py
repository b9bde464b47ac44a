"""A bomb costs its own submission also where a container has 512 processes for everything."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from ordinary_user import ORDINARY, python_for_anyone

from autograder.course import Course

pytestmark = pytest.mark.slow

MOST = 512
SCRIPT = Path(__file__).with_name("few_processes.py")
THREADS = """
import threading, time
threading.stack_size(32768)
def bomb():
    go = threading.Event()
    for _ in range(5000):
        try: threading.Thread(target=go.wait, daemon=True).start()
        except RuntimeError: pass
    time.sleep(60)
"""
FORKS = """
import ctypes, os
def bomb():
    libc = ctypes.CDLL(None)
    for _ in range(5000):
        for number in (56, 57, 58, 435):  # clone, fork, vfork, clone3
            if libc.syscall(number, 0, 0, 0, 0, 0) == 0: os.kill(os.getppid(), 0)
        try: os.fork()
        except OSError: pass
    return 2 * x
"""


@pytest.fixture
def group():
    """A control group of the kernel's in which no more than 512 processes and threads can be."""
    base = Path("/sys/fs/cgroup/pids")
    if not base.is_dir():
        base = Path("/sys/fs/cgroup")
    folder = base / f"few-{os.getpid()}"
    try:
        folder.mkdir()
        (folder / "pids.max").write_text(str(MOST))
    except OSError as error:
        with suppress(OSError):
            folder.rmdir()
        pytest.skip(f"no group of processes can be limited here: {error}")
    yield folder
    with suppress(OSError):
        folder.rmdir()


@pytest.fixture
def course(built_course):
    """A copy that any user may write into."""
    with tempfile.TemporaryDirectory(prefix="few-") as folder:
        Path(folder).chmod(0o755)
        root = Path(folder, "course")
        shutil.copytree(built_course.root, root)
        yield Course.load(root)


@pytest.mark.parametrize(
    ("who", "tier"), [("root", "auto"), ("powerless", "A"), (str(ORDINARY), "A")]
)
def test_bombs_cost_their_own_submissions(course, group, filled, right, who, tier):
    """As root, as root without a right (threads are counted from outside), as an ordinary user."""
    if os.geteuid() != 0:
        pytest.skip("to be another user takes root")
    user = int(who) if who.isdigit() else 0
    python = python_for_anyone(course.root.with_name("python")) if user else sys.executable
    bombs = {
        "bomb in a cell": {"norms": f"{THREADS}\nbomb()"},
        "bomb in a call": {"norms": f"{THREADS}\ndef norms(x):\n    bomb()"},
        "forks": {"norms": f"{FORKS}\ndef norms(x):\n    bomb()"},
    }
    cells = {"ada": {}, **bombs, "bob": {}, "more": bombs["bomb in a cell"], "zoe": {}}
    for student, changed in cells.items():
        folder = course.submitted("tiny", student)
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(filled(**{**right, **changed}))
    for path in (course.root, *course.root.rglob("*")):
        os.chown(path, user, user)
    command = [python, str(SCRIPT), str(course.root), str(group), who, tier]
    environment = {**os.environ, "HOME": str(course.root)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    most = found.pop("most")
    for student in ("ada", "bob", "zoe"):
        assert found[student] == {"double": 4, "norms": 6}
    assert set(found) == set(cells)
    for student in (*bombs, "more"):
        assert found[student]["norms"] == 0, student
    if who != "powerless":  # seen from outside, a bomb may fill the group for a moment
        assert most < MOST
