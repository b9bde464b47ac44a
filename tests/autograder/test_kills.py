"""kill -9 of a worker, of a child-maker or of the whole run: nothing is lost, nothing counts twice."""

import json
import os
import pickle
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory

from autograder import pool
from autograder.classrun import ClassRun
from autograder.grading import Grader
from autograder.record.recorder import Recorder
from autograder.sandbox.channel import Channel

SEED = 20260115
SQUARES = "def double(x):\n    return x * x"
HERE = Path(__file__).parent


def comparable(report):
    """A report without its times."""
    data = report.to_json()
    data.pop("seconds")
    for exercise in data["exercises"]:
        for check in exercise["checks"]:
            check.pop("seconds")
    return data


@pytest.fixture
def results(tiny, submit):
    """A class of five: two were recorded with other answers, all five are to be recorded now."""
    for name in ("ada", "bob"):
        submit(name, double=SQUARES)
    with Grader(tiny, "tiny") as grader, Recorder(CourseDirectory(root=str(tiny.root)), "tiny") as recorder:  # fmt: skip
        run = ClassRun(tiny, "tiny")
        for job in list(run.jobs()):
            graded = grader.grade(job.notebook, job.student)
            recorder.record(graded)
            recorder.flush()
            run.keep(graded.report)
        submit("ada"), submit("cy"), submit("dan", norms="norms = 1"), submit("eve")
        submit("bob", norms=SQUARES)
        return {
            job.student: recorder.preparation(grader.grade(job.notebook, job.student))
            for job in ClassRun(tiny, "tiny").jobs()
        }


@pytest.mark.slow
def test_a_run_killed_at_any_step_of_recording_goes_on_where_it_stopped(tiny, results, tmp_path):
    assert sorted(results) == ["ada", "bob", "cy", "dan", "eve"]
    given = tmp_path / "results"
    given.write_bytes(pickle.dumps(results))
    script = str(HERE / "kill_anywhere.py")
    done = subprocess.run(
        [sys.executable, script, str(tiny.root), str(given), str(SEED)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert {"COMMIT", "os.rename autograded .tiny.new", "open .autograder"} <= found["moments"].keys()
    assert not found["wrong"], "\n".join(found["wrong"])
