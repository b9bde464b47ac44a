"""`nbgrader autograde` beside another grading of the same assignment."""

import subprocess
import sys
import time

import pytest
from two_doors import RIGHT, autograde, submit, with_texts

from autograder.batch import alone
from autograder.batch.alone import graded_alone
from autograder.course import Course
from autograder.nbgrader_plugins.executing import GradeBehindTheWall

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]
HOLDER = """
import sys
from pathlib import Path
from autograder.batch.alone import graded_alone
from autograder.course import Course
with graded_alone(Course(Path(sys.argv[1])), "ps1"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(course):
    """Another process that grades the assignment."""
    command = [sys.executable, "-c", HOLDER, str(course)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"held\n"
    yield other
    other.kill()
    other.communicate()


def test_it_begins_nothing_while_another_process_grades_and_says_who(
    course, release, holder, monkeypatch, caplog
):
    monkeypatch.setattr(alone, "PATIENCE_SECONDS", 0.0)
    submit(course, "ada", with_texts(release, **RIGHT))
    told = f"ps1: ps1 is being graded already, by process {holder.pid} of "
    assert autograde(course).startswith(told)
    assert caplog.text.count("is being graded already") == 1
    assert not (course / "autograded").exists()


def test_one_that_was_killed_blocks_nobody(course, release, holder):
    submit(course, "ada", with_texts(release, **RIGHT))
    holder.kill()
    holder.wait()
    began = time.monotonic()
    assert not autograde(course)
    assert time.monotonic() - began < alone.PATIENCE_SECONDS
    assert (course / "autograded/ada/ps1/ps1.ipynb").is_file()


def test_autograder_grade_waits_for_it_and_so_does_watch(course, release, monkeypatch):
    """Both take the lock in `graded_alone`; here by another process, while nbgrader grades."""
    submit(course, "ada", with_texts(release, **RIGHT))
    said = []
    whole = GradeBehindTheWall.preprocess

    def preprocess(self, nb, resources, **rest):
        script = "from pathlib import Path\nimport autograder.batch.alone as alone\n"
        script += "from autograder.course import Course\nalone.PATIENCE_SECONDS = 0.0\n"
        script += f"with alone.graded_alone(Course(Path({str(course)!r})), 'ps1'): pass"
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        said.append(done.stderr)
        return whole(self, nb, resources, **rest)

    monkeypatch.setattr(GradeBehindTheWall, "preprocess", preprocess)
    assert not autograde(course)
    [error] = said
    assert "ps1 is being graded already" in error
    with graded_alone(Course(course), "ps1"):
        pass


def test_a_process_may_take_it_twice(course, release):
    """As a Formgrader does whose button is pressed while it grades."""
    submit(course, "ada", with_texts(release, **RIGHT))
    with graded_alone(Course(course), "ps1"):
        assert not autograde(course)
    assert (course / "autograded/ada/ps1/ps1.ipynb").is_file()
