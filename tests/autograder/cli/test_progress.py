"""What a run shows: a bar on a terminal, plain lines in a log, JSON for machines, a summary."""

import fcntl
import json
import os
import pickle
import pty
import re
import struct
import sys
import termios

import pytest

from autograder.batch.pool import Failure, Fault
from autograder.cli.progress import Progress

pytestmark = pytest.mark.slow


@pytest.fixture
def with_failures(half_recorded, tmp_path):
    """The class, two of its five not graded: one by our fault, one because it is no notebook."""
    course, results = half_recorded
    outcomes = pickle.loads(results.read_bytes())
    outcomes["cy"] = Failure("cy", "GraderError: a check is broken")
    outcomes["eve"] = Failure("eve", "this is no notebook", Fault.SUBMISSION)
    path = tmp_path / "with-failures"
    path.write_bytes(pickle.dumps(outcomes))
    return course, path


def on_a_terminal(recording, course, results, *arguments):
    """The command with a terminal for its messages: exit status, output, what the terminal got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    try:
        done = recording.command(course.root, results, *arguments, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # the end, as Linux says it
                break
            if not piece:
                break
            shown += piece
    finally:
        os.close(ours)
    return done.returncode, done.stdout, shown.decode()


def test_a_terminal_shows_a_bar_with_rate_and_time_left(half_recorded, recording):
    code, said, shown = on_a_terminal(recording, *half_recorded)
    assert code == 0, shown
    states = [state for state in shown.split("\r") if state.startswith("tiny: ")]
    assert states[0].startswith("tiny:   0%"), "there before the first result"
    last = states[-1]
    assert "100%" in last and "5/5" in last
    assert re.search(r"\[\d\d:\d\d<\d\d:\d\d, +[\d.]+( submissions/s|s/ submissions)\]", last), last
    assert "graded 5 submissions" in said


def test_a_log_gets_plain_lines(half_recorded, recording):
    done = recording.command(half_recorded[0].root, half_recorded[1])
    lines = [line for line in done.stderr.splitlines() if line.startswith("tiny: ")]
    assert [line.split()[1] for line in lines] == [f"{n}/5" for n in range(1, 6)]
    paces = [re.search(r"\([\d.]+ submissions/s, \d+ s left\)$", line) for line in lines]
    assert all(paces[:-1]) and paces[-1] is None, "nothing is left at the end"
    assert "\r" not in done.stderr and "%" not in done.stderr


def test_machines_get_one_line_of_json_per_submission_and_a_summary(with_failures, recording):
    course, results = with_failures
    code, said, shown = on_a_terminal(recording, course, results, "--json")
    assert code == 1 and "submissions/s" not in shown
    *events, summary = map(json.loads, said.splitlines())
    by_student = {event["student"]: event for event in events}
    assert sorted(by_student) == ["ada", "bob", "cy", "dan", "eve"]
    assert by_student["ada"]["points"] == 10 and by_student["ada"]["max_points"] == 10
    assert by_student["ada"]["exercises"]["double"] == {"points": 4, "verdict": "passed"}
    assert by_student["cy"] == {
        "student": "cy", "failed": "GraderError: a check is broken", "fault": "grader",
    }  # fmt: skip
    assert summary["graded"] == 3 and summary["unchanged"] == 0
    assert summary["points"] == {"lowest": 0, "median": 4, "highest": 10, "of": 10}
    assert sum(summary["verdicts"].values()) == 6 and summary["verdicts"]["passed"] == 3
    assert set(summary["slowest"]) == {"ada", "bob", "dan"}
    assert {f["student"]: f["fault"] for f in summary["failed"]} == {
        "cy": "grader",
        "eve": "submission",
    }


def test_the_summary_says_scores_verdicts_and_whose_fault(with_failures, recording):
    course, results = with_failures
    done = recording.command(course.root, results)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"graded 3 submissions in [\d.]+ s", lines[0])
    assert lines[1] == "points: lowest 0, median 4, highest 10 of 10"
    assert lines[2].startswith("exercises: 3 passed, ")
    assert lines[-1] == "next: autograder feedback tiny; autograder report tiny"
    assert set(lines[3:-1]) >= {
        "NOT GRADED cy (the grader failed, old grade kept): GraderError: a check is broken",
        "NOT GRADED eve (set aside, old grade kept): this is no notebook",
    }


def test_what_needed_nothing_does_not_count_for_the_rate(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with Progress(100, "tiny") as progress:
        progress.advance({}, skipped=90)
        assert progress._bar.n == 91 and progress._bar.initial == 90
