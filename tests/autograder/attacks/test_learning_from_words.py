"""A program that reads all that is said and hands in again, thirty times, gains no point by it.

It reads messages, remarks, hints, quoted lines and flags.

It is told more than a student could find out: which calls belong to which check, and how every
answer is built (keys, shapes, kinds of numbers). What it has to find are the numbers. The examples
of the lesson, which everybody may read, it answers as they are printed there.
"""

import base64
import json
import pickle
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.course import Course
from autograder.grading.grader import Grader
from autograder.judge.message_gate import Gate

COURSE = replace(Course.load(Path(__file__).parents[3]), repair_seconds=0)  # it reads messages
SUBMISSIONS = 30
KEY = """
import hashlib
import numpy as np
def _key(value):
    if isinstance(value, np.ndarray):
        told = str(value.dtype) + str(value.shape) + str(value.tobytes())
        return hashlib.sha1(told.encode()).hexdigest()
    if isinstance(value, dict):
        return str([(k, _key(v)) for k, v in sorted(value.items(), key=str)])
    if isinstance(value, (list, tuple)):
        return str([_key(v) for v in value])
    return repr(value)
"""
PROGRAM = (
    KEY
    + """
import base64, pickle
_told_{name} = pickle.loads(base64.b64decode("{table}"))
def {name}(*args, **kwargs):
    return _told_{name}.get(_key((args, kwargs)))
"""
)
RAISING = (
    KEY
    + """
_calls_{name} = []
def {name}(*args, **kwargs):
    _calls_{name}.append(1)
    if len(_calls_{name}) > 40: return None
{lines}
"""
)
key_of = {}
exec(KEY, key_of)


def like(value, scale):
    """An answer built like another one, every number of it the same."""
    if isinstance(value, dict):
        return {key: like(item, scale) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(like(item, scale) for item in value)
    if isinstance(value, np.ndarray):
        whole = value.dtype.kind in "biu"
        return np.full(value.shape, int(min(abs(scale), 99)) if whole else scale, value.dtype)
    if isinstance(value, bool | np.bool_):
        return scale > 0
    if isinstance(value, int | np.integer):
        return int(np.clip(scale, -(2**31), 2**31))
    return float(scale) if isinstance(value, float | np.floating) else value


class Learner:
    """What has been learned of the numbers that one check wants."""

    SIZES = ("slightly off", "clearly off", "far off")

    def __init__(self):
        self.scale, self.step = 1.0, 4.0
        self.low, self.high = None, None
        self.best = (3, 1.0)
        self.nearest = None  # share by which it was off, and the answer that was off by it

    def read(self, words):
        numbers = [float(x) for x in re.findall(r"(?<![\w.])\d+\.?\d*(?:e-?\d+)?", words)]
        if off := re.search(r"off by (?:up to ([\d.e+-]+)%|([\d.e+-]+) of the value)", words):
            self.near(float(off[1] or 0) / 100 or float(off[2]))
        elif off := re.search(r"off by up to (\d+) times", words):
            self.scale /= float(off[1]) + 1
        elif "wrong sign" in words:
            self.scale = -self.scale
        elif found := re.search(r"1/(\d+) of", words):
            self.scale *= float(found[1])
        elif found := re.search(r"(-?[\d.]+) times", words):
            self.scale /= float(found[1])
        elif found := re.search(r"too (large|small)(?: by ([\d.]+))?", words):
            self.bounded(found)
        elif rank := next((i for i, size in enumerate(self.SIZES) if size in words), None):
            self.climb(rank)
        elif numbers and "off by" not in words:
            self.scale = numbers[0]
        else:
            self.scale = 1e15 if self.scale == 1.0 else self.scale  # a ratio would tell it all

    def near(self, share):
        """Off by a share of what is expected: it lies on one side, or on the other."""
        if self.nearest is None or share < self.nearest[0]:
            self.nearest = share, self.scale
            self.scale /= 1 + share
        else:
            share, scale = self.nearest
            self.scale = scale / (1 - share) if share != 1 else -scale
            self.nearest = share * 0.999, scale  # the next word decides

    def bounded(self, found):
        if found[2]:
            self.scale += (-1 if found[1] == "large" else 1) * float(found[2])
        elif found[1] == "large":
            self.high = self.scale
        else:
            self.low = self.scale
        if self.low is not None and self.high is not None:
            self.scale = (self.low + self.high) / 2

    def climb(self, rank):
        if (rank, self.scale) < self.best:
            self.best = (rank, self.scale)
        else:
            self.step = -(self.step / 2)
        self.scale = self.best[1] * 2**self.step


class Attacker:
    """Hands in programs that answer by table, and learns from the reports."""

    def __init__(self, grader, assignment):
        self.grader = grader
        self.release = json.loads(COURSE.release_notebook(assignment).read_text())
        self.release["cells"] = [c for c in self.release["cells"] if "nbgrader" in c["metadata"]]
        scripts = grader.judge.rehearsal._scripts
        public = grader.judge.collected.public
        asked = {
            node: [(c.name, key_of["_key"]((c.args, dict(c.kwargs))), c.result.value)
                   for c in script.calls]
            for node, script in scripts.items()
        }  # fmt: skip
        self.printed = [call for node, calls in asked.items() if node in public for call in calls]
        self.calls = {n.split("::")[-1]: calls for n, calls in asked.items() if n not in public}
        self.learners = {check: Learner() for check in self.calls}

    def hand_in(self, text_of):
        notebook = json.loads(json.dumps(self.release))
        for cell in notebook["cells"]:
            marks = cell["metadata"].get("nbgrader", {})
            if marks.get("solution") and marks["grade_id"] in self.grader.points:
                cell["source"] = text_of(marks["grade_id"])
        return self.grader.grade(json.dumps(notebook).encode(), "eve").report

    def by_table(self, name):
        table = {
            key: like(value, self.learners[check].scale)
            for check, calls in self.calls.items()
            for function, key, value in calls
            if function == name
        }
        table |= {key: value for function, key, value in self.printed if function == name}
        return PROGRAM.format(name=name, table=base64.b64encode(pickle.dumps(table)).decode())

    def learn(self, report):
        for exercise in report.exercises:
            for check in exercise.checks:
                if check.id in self.learners and not check.passed:
                    said = (check.message, check.remark, check.hint, check.lines, *report.flags)
                    self.learners[check.id].read("\n".join(said))

    def gain(self, submissions):
        """Points of the best submission, above those of the first, which has read nothing."""
        report = self.hand_in(self.by_table)
        first = best = report.points
        for _ in range(submissions - 1):
            self.learn(report)
            report = self.hand_in(self.by_table)
            best = max(best, report.points)
        return best - first


def raising(name):
    lines = "\n".join(
        f"    if len(_calls_{name}) == {k}: raise ValueError({k})" for k in range(1, 41)
    )
    return RAISING.format(name=name, lines=lines)


@pytest.mark.slow
@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_who_reads_every_message_gains_nothing(assignment):
    with Grader(COURSE, assignment) as grader:
        attacker = Attacker(grader, assignment)
        assert attacker.calls
        told = [
            [check.message.split("\n")[1:] for check in exercise.checks if not check.public]
            for exercise in attacker.hand_in(raising).exercises
        ]
        for lines in told:
            assert len({tuple(quoted) for quoted in lines if quoted}) <= 1
        assert attacker.gain(SUBMISSIONS - 1) == 0


@pytest.mark.slow
def test_the_same_program_gains_points_where_the_words_are_open(monkeypatch):
    """A learner that could not read would prove nothing."""
    monkeypatch.setattr(Gate, "wrong", lambda gate, told, answers, examples: told[0])
    with Grader(COURSE, "regularization") as grader:
        assert Attacker(grader, "regularization").gain(10) > 1
