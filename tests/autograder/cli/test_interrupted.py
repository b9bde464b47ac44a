"""Ctrl-C ends a command whatever its workers do, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

pytestmark = pytest.mark.slow

DEAF = """
import os, pathlib

@pytest.mark.exercise("double")
def test_double_never_ends(student):
    '''Holds the interpreter, so that no signal is ever looked at'''
    student.double(3.0)
    if os.environ.get("BUSY"):
        pathlib.Path(os.environ["BUSY"]).touch()
        sum(range(10**15))
"""
STOCK = """
import sys
sys.path.insert(0, ".")
from nbgrader.apps.nbgraderapp import main
sys.argv = ["nbgrader", "autograde", "tiny"]
main()
"""
COMMANDS = {
    "autograder grade": ["-m", "autograder", "grade", "tiny", "--workers", "2"],
    "nbgrader autograde": ["-c", STOCK],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("to", ["everybody", "the main process"])
def test_ctrl_c_ends_a_run_whose_workers_are_deaf(tiny, submit, tmp_path, command, to):
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text() + DEAF)
    config = tiny.root / "nbgrader_config.py"
    text = "from autograder.nbgrader_plugins import configure\n" + config.read_text()
    config.write_text(text + "configure(c)\nc.Autograder.submission_seconds = 900.0\n")
    for student in ("ada", "bob", "cy"):
        submit(student)
    busy = tmp_path / "busy"
    run = subprocess.Popen(
        [sys.executable, *COMMANDS[command]], cwd=tiny.root, start_new_session=True,
        env={**os.environ, "BUSY": str(busy)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    while not busy.exists():
        assert run.poll() is None, run.communicate()[0].decode()
        time.sleep(0.1)
    family = psutil.Process(run.pid).children(recursive=True)
    if to == "everybody":
        os.killpg(run.pid, signal.SIGINT)
    else:
        run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=120)
    assert run.returncode != 0, said.decode()
    _, alive = psutil.wait_procs(family, timeout=120)
    assert not alive, said.decode()
