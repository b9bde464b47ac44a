"""Two students' sessions alive at the same time, one of them hostile: held by trying."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from ordinary_user import ORDINARY, python_for_anyone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86-64"),
]

SCRIPT = Path(__file__).with_name("two_sessions.py")


def tried(python, user):
    """By tier, what a session did to another; in words where this machine has no such tier."""
    command = [python, str(SCRIPT), str(user), "A", "B"]
    environment = {**os.environ, "HOME": "/nowhere"}
    done = subprocess.run(command, capture_output=True, cwd="/", env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def nothing_got_through(found):
    assert isinstance(found["A"], dict), found["A"]
    for report in [tier for tier in found.values() if isinstance(tier, dict)]:
        assert (report["through"], report["attacker"]) == ([], "")
        assert report["attempts"] > 150
        assert report["others"] == ["done", "done"]


def test_a_session_does_nothing_to_another_that_is_at_work():
    nothing_got_through(tried(sys.executable, os.getuid()))


@pytest.mark.skipif(os.geteuid() != 0, reason="who runs this is an ordinary user: see above")
def test_nor_does_one_of_an_ordinary_user_where_both_have_one_number():
    """Nothing but Landlock, namespaces and the filter of system calls keeps these apart."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        nothing_got_through(tried(python_for_anyone(Path(folder)), ORDINARY))
