"""``autograder check``: what was handed out is enough, and hidden checks are not there."""

import subprocess
import sys

import pytest

from autograder.course import Course
from autograder.watch.public_checks import public_checks

pytestmark = pytest.mark.family

SQUARES = "def double(x):\n    return x * x"


def test_a_notebook_alone_is_told_what_is_right_and_why_the_rest_is_not(tmp_path, filled, right):
    cells = {**right, "double": SQUARES}
    (tmp_path / "tiny.ipynb").write_bytes(filled(**cells))
    command = [sys.executable, "-m", "autograder", "check", "tiny.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "✗ double: the result is wrong (off by up to 50%)"
    assert lines[1].strip() == "expected 6.0"
    assert [line for line in lines if line.startswith("✗ norms: ")]
    assert lines[-1] == "0 of 2 public checks passed"


def test_a_notebook_runs_behind_the_wall(tmp_path, filled, right):
    outside = tmp_path / "written.txt"
    (tmp_path / "tiny.ipynb").write_bytes(filled(**right, imports=f"open({str(outside)!r}, 'w')"))
    found = public_checks(tmp_path / "tiny.ipynb", Course(root=tmp_path))
    stopped = found[0]
    assert (stopped.name, stopped.passed) == ("", False)
    assert "No such file or directory" in stopped.lines[-1], "its folder is not there, inside"
    assert not outside.exists()
    assert [one.passed for one in found[1:]] == [False, False], "nothing was imported"
