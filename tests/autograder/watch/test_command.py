"""``autograder watch`` as it is typed."""

import json
import shutil
import signal
import subprocess
import sys
from functools import partial

import psutil
import pytest
import typed_commands

from autograder.cli.watch import worded
from autograder.feedback.grades import Points, ShownGrades
from autograder.language.catalogue import words
from autograder.watch.responding import Event

pytestmark = pytest.mark.family

CONFIG = """
c.Exchange.root = {root!r}
c.ExchangeCollect.check_owner = False
c.Autograder.workers = 1
"""


@pytest.fixture
def typed(tiny, exchange):
    config = tiny.root / "nbgrader_config.py"
    config.write_text(config.read_text() + CONFIG.format(root=str(exchange.root)))
    return partial(typed_commands.typed, tiny.root, "watch")


def test_once_answers_what_is_there_and_status_says_who_watches(tiny, exchange, typed):
    exchange.submit("ada", double="def double(x):\n    return x * x")
    done = typed("--once", "--json")
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    event = json.loads(line)
    assert (event["kind"], event["student"], event["shown"]) == ("answered", "ada", "everything")
    [page] = exchange.pages("ada")
    assert "That is the square." in page
    assert "You may hand in again at any time." in page
    [kept] = (tiny.root / ".autograder" / "reports" / "tiny").glob("*.json")
    key = json.loads(kept.read_text())["key"]
    assert key["graders"]["c.Autograder.fresh"] == "submission", "switched on by watching"
    status = typed("--status").stdout
    assert status == "nobody watches this course\ntiny: 1 student known\n"


def test_once_waits_for_what_may_still_be_copied(tiny, exchange, typed):
    """A folder that was put into submitted/ a moment ago had to wait for the next run of cron."""
    copied = exchange.submit("ada")
    shutil.copytree(copied, tiny.submitted("tiny", "ben"))
    shutil.rmtree(copied)
    done = typed("--once", "--json")
    answered = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(event["kind"], event["student"]) for event in answered] == [("answered", "ben")]


@pytest.mark.parametrize(
    ("sent", "status"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 0, marks=pytest.mark.slow)],
)
def test_it_ends_when_it_is_told_and_leaves_no_process(tiny, exchange, typed, sent, status):
    command = [sys.executable, "-m", "autograder", "watch", "tiny"]
    with subprocess.Popen(
        command, cwd=tiny.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watcher:
        assert watcher.stdout.readline().endswith("watching tiny\n")
        workers = psutil.Process(watcher.pid).children(recursive=True)
        who = typed("--status").stdout.splitlines()[0]
        assert who.startswith(f"watched by process {watcher.pid} of ")
        second = typed("--once")
        assert second.returncode == 1
        assert "this course is watched already, by process" in second.stderr
        watcher.send_signal(sent)
        watcher.communicate(timeout=60)
    assert watcher.returncode == status
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive
    assert typed("--status").stdout.startswith("nobody watches this course\n")


@pytest.mark.quick
def test_points_that_a_person_has_yet_to_give_are_told_by_themselves():
    """`autograder grade` counts what the checks give: 11 there are 11 here."""
    grades = ShownGrades({"checks": Points(9, 11), "essay": Points(0, 5, True),
                          "proof": Points(0, 2, True), "task": Points(1, 3)})  # fmt: skip
    assert (grades.max_score, grades.waits) == (21, 7)
    event = Event("answered", "tiny", "ada", "", 9, 18, "everything", 1, None, 7)
    assert (
        worded(event, words()) == "tiny ada: hand-in 1, 9 of 11 points (7 more by hand), with hints"
    )
    event = Event("answered", "tiny", "ada", "", 9, 11, "points", 2)
    assert worded(event, words()) == "tiny ada: hand-in 2, 9 of 11 points, points only"
