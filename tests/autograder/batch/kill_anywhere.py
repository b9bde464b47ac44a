"""Kill a run that records a class at many moments, look at what it leaves, and go on with it.

``python kill_anywhere.py COURSE RESULTS SEED`` prints how many moments of each kind were tried
and what was wrong. A moment is a step that can be seen from outside: a file opened, moved or
removed below the course, or a statement sent to its gradebook.
"""

import json
import os
import pickle
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from concurrent.futures import Executor, Future
from pathlib import Path

from autograder.environment import prepare_process

prepare_process()

from nbgrader.coursedir import CourseDirectory  # noqa: E402
from sqlalchemy import Engine, event  # noqa: E402
from sqlalchemy.orm import configure_mappers  # noqa: E402
from traitlets.config import Config  # noqa: E402

from autograder.batch.order import Order, Product  # noqa: E402
from autograder.batch.recording import RecordingRun  # noqa: E402
from autograder.batch.run import ClassRun  # noqa: E402
from autograder.course import Course  # noqa: E402
from autograder.gradebook.recorder import Recorder  # noqa: E402
from autograder.gradebook.staging import Staging  # noqa: E402
from autograder.model import Graded  # noqa: E402

STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod")
OF_EACH_KIND = 2
GRADES = (
    "select a.student_id, c.name, g.auto_score from grade g "
    "join submitted_notebook n on g.notebook_id = n.id "
    "join submitted_assignment a on n.assignment_id = a.id "
    "join base_cell c on g.cell_id = c.id"
)


class Given(Executor):
    """Gives results that were made earlier."""

    def __init__(self, results):
        self.results = results
        self.given = []

    def submit(self, fn, /, job):
        self.given.append(job.student)
        result = self.results[job.student]
        future = Future()
        if isinstance(result, Graded):
            result = job.order.result(result, job.beside, job.key)
        future.set_result(result)
        return future


def record(root, results):
    """What `autograder grade` does with results; the students that it had to grade."""
    executor = Given(results)
    coursedir = CourseDirectory(root=str(root))
    order = Order(Product.STAGED, Staging.of(coursedir, "tiny", Config()))
    run = ClassRun(Course.load(root), "tiny", order=order)
    with (
        run.grading(1, lambda: executor) as outcomes,
        Recorder(coursedir, "tiny", batch=2) as recorder,
    ):
        recording = RecordingRun(run, recorder)
        for _, outcome in outcomes:
            recording.take(outcome)
        recording.renew()
    return sorted(executor.given)


def command(root, results, *arguments, stderr=subprocess.PIPE):
    """`autograder grade tiny` with results that were made earlier: exit status, outputs."""
    code = (
        "import os, pickle, sys; sys.path.insert(0, sys.argv[1]); "
        "import kill_anywhere; from autograder.batch import run; from autograder.cli import main; "
        "results = pickle.loads(open(sys.argv[2], 'rb').read()); "
        "run.local_pool = lambda *a, **k: kill_anywhere.Given(results); "
        "main(['grade', 'tiny', *sys.argv[3:]])"
    )
    return subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent), str(results), *arguments],
        cwd=root, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False,
    )  # fmt: skip


class Moments:
    """Every step of this process on one course, by kind; at the chosen one a signal is sent."""

    def __init__(self, root, last=None, group=False, signal=signal.SIGKILL):
        self.kinds = []
        self.group = group
        self.signal = signal
        self.root = str(root)
        self.last = last
        sys.addaudithook(self._audit)
        event.listen(Engine, "connect", lambda c, _: c.set_trace_callback(self._statement))

    def _audit(self, name, arguments):
        if name in STEPS and arguments and str(arguments[0]).startswith(self.root):
            self._step(f"{name} {self._place(str(arguments[0]))}")

    def _place(self, path):
        names = path.removeprefix(self.root).strip("/").split("/")
        return f"{names[0]} {names[-1] if names[-1].startswith('.') else ''}".strip()

    def _statement(self, text):
        self._step(text.split()[0])

    def _step(self, kind):
        # an error in a statement's callback would go nowhere, and Ctrl-C is one
        is_statement = " " not in kind and self.signal != signal.SIGKILL
        if self.last is not None and len(self.kinds) >= self.last and not is_statement:
            self.last = None
            os.kill(0 if self.group else os.getpid(), self.signal)
        self.kinds.append(kind)


def in_child(action):
    """What an action gives in a process of its own; None when that was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.write(writing, json.dumps(action()).encode())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return None
    assert not status, "it failed"
    return json.loads(said)


def moments_of(root, results):
    moments = Moments(root)
    record(root, results)
    return moments.kinds


def ask(root, query):
    with sqlite3.connect(root / "gradebook.db") as gradebook:
        rows = sorted(gradebook.execute(query))
    gradebook.close()
    return rows


def files(root):
    """Every file by name, without what differs from run to run: a process's number, times."""
    found = {f".autograder/reports/tiny/{name}.json": data for name, data in kept(root).items()}
    for path in (p for f in ("autograded", ".autograder") for p in (root / f).rglob("*")):
        name = str(path.relative_to(root))
        if path.is_file() and path.suffix != ".lock":
            found.setdefault(name, path.read_bytes())
    return found


def kept(root):
    found = {}
    for path in (root / ".autograder/reports/tiny").glob("*.json"):
        found[path.stem] = json.loads(path.read_text())
        (found[path.stem].get("contents") or {}).pop("looks", None)
    return found


def wrong_after_the_kill(root):
    """What may never be seen, whenever the run dies."""
    if ask(root, "pragma integrity_check") != [("ok",)]:
        yield "the gradebook is damaged"
    grades = {(student, cell): score for student, cell, score in ask(root, GRADES)}
    if len(grades) != len(ask(root, GRADES)):
        yield "a grade cell has two rows"
    for folder in (root / "autograded").glob("*/tiny"):
        json.loads((folder / "tiny.ipynb").read_text())
    for student, data in kept(root).items():
        for exercise in data["report"]["exercises"]:
            passed = [c["weight"] for c in exercise["checks"] if c["verdict"] == "passed"]
            share = sum(passed) / sum(c["weight"] for c in exercise["checks"])
            points = round(share * exercise["max_points"], 2)
            if grades.get((student, f"test_{exercise['name']}")) != points:
                yield f"{student}'s report is kept and is not what the gradebook holds"


def is_killed(root, results, moment):
    """Whether a run dies at a moment: the last ones may not come, a rollback more or less."""
    return in_child(lambda: (Moments(root, moment), record(root, results))[1]) is None


def wrong_with(root, whole, results):
    """What a killed run leaves, and the same run again."""
    yield from wrong_after_the_kill(root)
    known = {s for s, data in kept(root).items() if data == kept(whole)[s]}
    again = in_child(lambda: record(root, results))
    if set(again) != results.keys() - known:
        yield f"{again} were graded again, {sorted(known)} were kept"
    if ask(root, GRADES) != ask(whole, GRADES):
        yield "other grades in the end"
    if files(root) != files(whole):
        have, want = files(root), files(whole)
        differ = sorted(n for n in have.keys() | want.keys() if have.get(n) != want.get(n))
        yield f"other files {differ}"


def main():
    course, given, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    results = pickle.loads(given.read_bytes())
    wrong, survived = [], []
    configure_mappers()  # once, and not in every child
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        whole = Path(shutil.copytree(course, place / "whole"))
        kinds = in_child(lambda: moments_of(whole, results))
        by_kind = {kind: [i for i, k in enumerate(kinds) if k == kind] for kind in kinds}
        choose = random.Random(seed)
        for kind, places in by_kind.items():
            for moment in choose.sample(places, min(OF_EACH_KIND, len(places))):
                root = Path(shutil.copytree(course, place / f"killed-{moment}"))
                if not is_killed(root, results, moment):
                    survived.append(len(kinds) - moment)
                    continue
                for what in wrong_with(root, whole, results):
                    wrong.append(f"killed at step {moment} ({kind}): {what}")
        if again := in_child(lambda: record(whole, results)):
            wrong.append(f"{again} were graded again although nothing was left to do")
    print(json.dumps({"moments": Counter(kinds), "wrong": wrong, "survived": survived}))


if __name__ == "__main__":
    main()
