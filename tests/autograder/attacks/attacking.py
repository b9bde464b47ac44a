"""What an attack is, the arena it is tried in, and how one sees that it has failed.

An attack is a submission of the tiny assignment. `held` says in words what went wrong, or
nothing. What must hold after every one of them: both exercises score what the same wrong code
scores without the attack, no canary shows, nothing outside has changed, and the next honest
submission on the same worker gets full marks.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import secrets
import shutil
import socket
import sqlite3
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course import Course
from autograder.grading import grader, hand_outs
from autograder.model import Graded, Report, SubmissionError
from autograder.sandbox import Limits, Sandbox

FAMILIES = Path(__file__).parent / "families"
SOURCE_OF_TROUBLE = (
    "eating",
    "staying",
    "leaving_early",
    "remembered_answers",
)  # hard on whoever comes next
INSIDE = (
    "dear_answers",
    "edited_notebook",
    "leaving_early",
    "lying_values",
    "poisoned_tools",
    "remembered_answers",
    "telling",
    "tuned_to_the_test",
)  # families that stay in their own process: what they try, no layer of the wall stops
WORKED = "IT WORKED"  # what an attack shows when it has got through
TOLD = "SECRET:([0-9a-f]{16,})"  # how an attack tells what a hidden call was made with
# what the notebook shows anyway
DOCUMENTED = {np.asarray(v).tobytes().hex() for v in (3.0, np.eye(2))}

RIGHT = {
    "double": "def double(x):\n    return x * 2",
    "norms": "def norms(x):\n    return np.sqrt((double(x) ** 2).sum(axis=0))",
}
WRONG = {**RIGHT, "double": "def double(x):\n    return x + 1"}
LIMITS = Limits(
    cell_seconds=6.0,  # a walk through all objects ends, on a slow machine too
    call_seconds=1.5,
    memory_bytes=256 << 20,
    output_bytes=1 << 18,
    file_bytes=1 << 20,
    scratch_bytes=4 << 20,
    scratch_files=64,
    reply_bytes=8 << 20,
)
OF_ENDLESS = {"cell_seconds": 0.6, "call_seconds": 0.3}


@dataclass(frozen=True)
class Attack:
    """One hostile submission and what must come of it.

    outcome: Z, T, R, K, N or I as in ATTACKS.md of the design.
    cells: texts of solution cells; the others are right.
    honest: the same wrong code without the attack; by default a plainly wrong `double`.
    own: a cell of the student's own, in front of everything.
    edit: changes the notebook (plain dicts) in place.
    verdict: what `double` must come to, where that is part of the outcome.
    hurts: sabotages its own notebook: it may score less than the honest wrong code, never more.
    """

    outcome: str
    name: str
    cells: Mapping[str, str] = field(default_factory=dict)
    honest: Mapping[str, str] | None = None
    own: str = ""
    edit: Callable[[dict[str, Any]], None] | None = None
    verdict: tuple[str, ...] = ()
    flag: str = ""
    hurts: bool = False
    slow: bool = False
    endless: bool = False  # it never ends, or late: a short limit shows the same
    weak: bool = False  # one for its family in the weak tier, where each starts a Python
    family: str = ""

    def notebook(self, release: Mapping[str, Any], words: Mapping[str, str]) -> bytes:
        """The submission; `words` stand in the texts as <<word>>."""
        cells = {**(WRONG if self.own or not self.cells else RIGHT), **self.cells}
        nb = filled(release, {name: _text(text, words) for name, text in cells.items()})
        if self.own:
            nb["cells"].insert(1, own_cell(_text(self.own, words)))
        if self.edit:
            self.edit(nb)
        return json.dumps(nb).encode()

    @property
    def baseline(self) -> Mapping[str, str]:
        return {**WRONG, **(self.honest or {})}


def _text(text: str, words: Mapping[str, str]) -> str:
    text = textwrap.dedent(text).strip("\n")
    for word, value in words.items():
        text = text.replace(f"<<{word}>>", value)
    return text


def filled(release: Mapping[str, Any], cells: Mapping[str, str]) -> dict[str, Any]:
    """The released notebook with some cells' texts replaced."""
    nb: dict[str, Any] = json.loads(json.dumps(release))
    for cell in nb["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in cells:
            cell["source"] = cells[name]
    return nb


def own_cell(text: str, name: str = "own") -> dict[str, Any]:
    """A code cell that nbgrader knows nothing of."""
    return {
        "cell_type": "code", "id": name, "metadata": {}, "source": text, "outputs": [],
        "execution_count": None,
    }  # fmt: skip


def load(family: str) -> list[Attack]:
    """The attacks of one family, or the honest controls."""
    spec = importlib.util.spec_from_file_location(f"family_{family}", FAMILIES / f"{family}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [replace(attack, family=family) for attack in module.ATTACKS]


def families() -> list[str]:
    return sorted(path.stem for path in FAMILIES.glob("*.py") if path.stem != "honest_controls")


def attacks() -> list[Attack]:
    """All of them, family by family."""
    return [attack for family in families() for attack in load(family)]


class Arena:
    """A course full of canaries, a grader of it, and witnesses outside of the wall.

    `course` is a course of the tiny assignment that this arena may change; `without` names
    layers of the wall to leave out.
    """

    def __init__(self, course: Course, tier: str = "auto", without: tuple[str, ...] = ()) -> None:
        self.course = replace(
            course,
            tier=tier,
            limits=LIMITS,
            submission_seconds=60.0 if tier == "weak" else 10.0,  # it starts a Python each time
            repair_seconds=0.0,
        )
        self.canaries = plant_canaries(self.course)
        self.course = replace(self.course, seed=self.canaries["seed"])
        self.release = json.loads(course.release_notebook("tiny").read_text())
        self.witness = Witness(course.root.parent / f"witness-{secrets.token_hex(4)}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hand_outs, "Sandbox", partial(Sandbox, without=without))
            self.grader = grader.Grader(self.course, "tiny")
        self._baselines: dict[str, Report] = {}

    def close(self) -> None:
        self.grader.close()
        self.witness.close()

    @cached_property
    def words(self) -> dict[str, str]:
        """What attacks may know of the machine: an insider told them."""
        return {
            "root": str(self.course.root),
            "witness": str(self.witness.folder),
            "port": str(self.witness.port),
            "udp": str(self.witness.udp_port),
            "unix": self.witness.unix_path,
            "pid": str(os.getpid()),
            "maker": str(self.grader.sandbox._maker._process.pid)
            if hasattr(self.grader.sandbox._maker, "_process")
            else str(os.getpid()),
            "WORKED": "IT' + ' WORKED",
        }

    def grade(self, attack: Attack) -> Graded:
        sandbox, notebook = self.grader.sandbox, attack.notebook(self.release, self.words)
        with pytest.MonkeyPatch.context() as patch:
            if attack.endless:
                patch.setattr(sandbox, "limits", replace(sandbox.limits, **OF_ENDLESS))
            return self.grader.grade(notebook, "eve")

    def grade_cells(self, cells: Mapping[str, str]) -> Graded:
        return self.grader.grade(json.dumps(filled(self.release, cells)).encode(), "ada")

    def baseline(self, attack: Attack) -> Report:
        """The report of the same wrong code without the attack."""
        key = json.dumps(dict(attack.baseline), sort_keys=True)
        if key not in self._baselines:
            self._baselines[key] = self.grade_cells(attack.baseline).report
        return self._baselines[key]

    def held(self, attack: Attack) -> str:
        """Nothing when the attack came to what it must; else what got through."""
        baseline = self.baseline(attack)
        try:
            graded = self.grade(attack)
        except SubmissionError as error:
            return "" if attack.outcome == "I" else f"refused: {error}"
        found = [
            *self._scores(attack, graded.report, baseline),
            *self._outcome(attack, graded.report),
            *self.seen(graded),
            *self.witness.changes(),
        ]
        return "; ".join(found)

    def _scores(self, attack: Attack, report: Report, baseline: Report) -> list[str]:
        scores = [(e.name, report.exercise(e.name).points, e.points) for e in baseline.exercises]
        return [
            f"{name} scored {points:g}, honestly {honest:g}"
            for name, points, honest in scores
            if points > honest or (points < honest and not attack.hurts)
        ]

    def _outcome(self, attack: Attack, report: Report) -> list[str]:
        found = []
        verdict = report.exercise("double").verdict
        if attack.verdict and verdict not in attack.verdict:
            found.append(f"the verdict is {verdict}, not {' or '.join(attack.verdict)}")
        if attack.flag and not any(attack.flag in flag for flag in report.flags):
            found.append(f"no flag says {attack.flag!r}: {report.flags}")
        return found

    def seen(self, graded: Graded) -> list[str]:
        """Canaries and cries of success in what comes out (sources aside: they are theirs)."""
        shown = [cell.get("outputs", []) for cell in graded.notebook["cells"]]
        text = json.dumps([shown, graded.report.to_json()], ensure_ascii=False)
        found = [f"the canary of the {p} shows" for p, c in self.canaries.items() if c in text]
        found += [
            f"a hidden input shows in {check.id}"
            for exercise in graded.report.exercises
            for check in exercise.checks
            if set(re.findall(TOLD, str(check))) - DOCUMENTED
        ]
        return [*found, *(["it says that it worked"] if WORKED in text else [])]

    def next_is_right(self) -> str:
        """The next honest submission on this worker."""
        report = self.grade_cells(RIGHT).report
        return "" if report.points == 10 else f"the next student got {report.points} of 10"


PLACES = ("tests", "documented", "misconceptions", "solution", "seed", "gradebook", "submitted",
          "environment")  # fmt: skip


def plant_canaries(course: Course) -> dict[str, str]:
    """Put a unique text into everything that knows an answer."""
    canaries = {place: f"CANARY-{place}-{secrets.token_hex(8)}" for place in PLACES}
    tests = course.tests("tiny")
    _append(tests / "test_tiny.py", f"EXPECTED = {canaries['tests']!r}\n")
    _append(tests / "misconceptions.py", f"KNOWN = {canaries['misconceptions']!r}\n")
    _append(course.solution("tiny"), f"ANSWER = {canaries['solution']!r}\n")
    case = {"function": "double", "case": "c", "args": [], "kwargs": {}, "note": "",
            "expected": canaries["documented"]}  # fmt: skip
    (tests / "documented_cases.json").write_text(json.dumps([case]))
    with sqlite3.connect(course.root / "gradebook.db") as book:
        book.execute("create table canary (text)")
        book.execute("insert into canary values (?)", (canaries["gradebook"],))
    book.close()
    other = course.submitted("tiny", "ada")
    other.mkdir(parents=True)
    (other / "tiny.ipynb").write_text(json.dumps({"cells": [canaries["submitted"]]}))
    # the first of several arenas of a process put its own there
    canaries["environment"] = os.environ.setdefault(
        "AUTOGRADER_TEST_SECRET", canaries["environment"]
    )
    return canaries


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" + text)


class Witness:
    """A folder anyone may read and write, and sockets anyone may reach: nobody must."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
        self._file = folder / "precious.txt"
        self._file.write_text("precious " * 100)
        self._file.chmod(0o666)
        os.utime(self._file, (1e9, 1e9))
        self._sockets = [socket.create_server(("127.0.0.1", 0)), self._udp(), self._unix()]
        for end in self._sockets:
            end.setblocking(False)
        self._before = self._state()

    def _udp(self) -> socket.socket:
        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        end.bind(("127.0.0.1", 0))
        return end

    def _unix(self) -> socket.socket:
        self.unix_path = str(self.folder / "s")
        end = socket.socket(socket.AF_UNIX)
        end.bind(self.unix_path)
        end.listen()
        return end

    @property
    def port(self) -> int:
        return int(self._sockets[0].getsockname()[1])

    @property
    def udp_port(self) -> int:
        return int(self._sockets[1].getsockname()[1])

    def _state(self) -> dict[str, Any]:
        return {
            path.name: (s.st_mode, s.st_size, s.st_mtime, s.st_uid)
            for path in self.folder.rglob("*")
            if (s := path.lstat())
        } | {"mode": self.folder.stat().st_mode}

    def changes(self) -> list[str]:
        """What has been changed or reached since the last look; all is put right again."""
        found = []
        if (now := self._state()) != self._before:
            names = [n for n in {*now, *self._before} if now.get(n) != self._before.get(n)]
            found.append(f"outside has changed: {', '.join(sorted(names))}")
            self._mend(now)
        for end, what in zip(self._sockets, ("TCP", "UDP", "unix"), strict=True):
            try:
                end.recv(100) if what == "UDP" else end.accept()[0].close()
                found.append(f"the {what} socket was reached")
            except BlockingIOError:
                pass
        return found

    def _mend(self, now: Mapping[str, Any]) -> None:
        for name in [n for n in now if n not in self._before]:
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.folder.chmod(0o777)
        self._file.write_text("precious " * 100)
        self._file.chmod(0o666)
        os.utime(self._file, (1e9, 1e9))
        self._before = self._state()

    def close(self) -> None:
        for end in self._sockets:
            end.close()
