"""A watcher that is killed at any moment loses nothing and leaves nothing to be done twice."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.fingerprint import digest_bytes

pytestmark = pytest.mark.family

SQUARES = "def double(x):\n    return x * x"
NOTHING = "def double(x):\n    return None"


@pytest.fixture
def handed_in(tiny, exchange, grader, tmp_path):
    """Hand-ins of two students, the better one of ada first; and how they are graded."""
    folders = [
        exchange.submit("ada"),
        exchange.submit("ada", double=SQUARES),
        exchange.submit("bob", double=NOTHING),
    ]
    results = {}
    for folder in folders:
        content = (folder / "tiny.ipynb").read_bytes()
        results[digest_bytes(content)] = grader.grade(content, folder.name.partition("+")[0])
    path = tmp_path / "results"
    path.write_bytes(pickle.dumps(results))
    return tmp_path, path


def test_killed_at_any_moment_another_watcher_does_the_rest(handed_in):
    source, results = handed_in
    script = Path(__file__).with_name("killed_watcher.py")
    told = subprocess.run(
        [sys.executable, str(script), str(source), str(results), "18", "9"],
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found = json.loads(told.stdout)
    assert found["wrong"] == []
    assert found["moments"] > 300
    assert found["gradings"] == 4, "three hand-ins, and the better one again when it is put back"
