"""Kill a watcher at many moments, look at what it leaves, and let another one go on.

``python killed_watcher.py COURSE EXCHANGE RESULTS SEED NUMBER`` prints how many moments were tried
and what was wrong. A moment is a step that can be seen from outside: a file opened, moved or
removed below the course or its exchange, or a statement sent to the gradebook.
"""

import json
import os
import pickle
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from pathlib import Path

from autograder.environment import prepare_process

prepare_process()
sys.path.append(str(Path(__file__).parents[1] / "batch"))

from kill_anywhere import in_child  # noqa: E402
from nbgrader.coursedir import CourseDirectory  # noqa: E402
from sqlalchemy import Engine, event  # noqa: E402
from traitlets.config import Config  # noqa: E402

from autograder.batch import pool  # noqa: E402
from autograder.course import Course  # noqa: E402
from autograder.grading.fingerprint import digest_bytes  # noqa: E402
from autograder.watch import pools  # noqa: E402
from autograder.watch.watcher import Watcher  # noqa: E402

STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod")
NOW = 1_800_000_000.0


class Given(Executor):
    """Gives gradings that were made earlier, and makes pages at once."""

    is_dismissed = False

    def __init__(self, results):
        self.results = results
        self.graded = []

    def submit(self, fn, /, *args):
        future = Future()
        if fn is pool.grade_job:
            [job] = args
            self.graded.append(job.student)
            graded = self.results[digest_bytes(job.notebook)]
            future.set_result(job.order.result(graded, job.beside, job.key))
        else:
            future.set_result(fn(*args))
        return future

    def submit_within(self, budget, fn, /, *args):
        return self.submit(fn, *args)

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass


def watch(folder, results):
    """Answer all that there is; what was graded."""
    executor = Given(results)
    pools.local_pool = lambda *args: executor
    pools.nursery_address = lambda *args: None
    pools.take_nursery = nullcontext
    c = Config()
    c.CourseDirectory.course_id = "tiny_course"
    c.Exchange.root = str(folder / "exchange")
    c.ExchangeCollect.check_owner = False
    c.Watch.keep = "best"
    c.Watch.cooldown = 0.0
    root = folder / "course"
    coursedir = CourseDirectory(config=c, root=str(root))
    with Watcher(coursedir, c, Course.from_config(c, root), ["tiny"], lambda: NOW) as watcher:
        for _ in range(9):
            for said in watcher.step():
                assert said.kind in ("answered", "kept"), said
    return executor.graded


class Moments:
    """Every step of this process below a folder; the chosen one is its last."""

    def __init__(self, folder, last=None):
        self.number = 0
        self._last = last
        self._folder = str(folder)
        sys.addaudithook(self._audit)
        event.listen(Engine, "connect", lambda c, _: c.set_trace_callback(self._step))

    def _audit(self, name, arguments):
        if name in STEPS and arguments and str(arguments[0]).startswith(self._folder):
            self._step()

    def _step(self, _=None):
        if self.number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.number += 1


def outcome(folder):
    """All that people see in the end: points, pages, what lies in submitted/, what is noted."""
    with sqlite3.connect(folder / "course" / "gradebook.db") as gradebook:
        grades = sorted(
            gradebook.execute(
                "select a.student_id, c.name, g.auto_score from grade g "
                "join submitted_notebook n on g.notebook_id = n.id "
                "join submitted_assignment a on n.assignment_id = a.id "
                "join base_cell c on g.cell_id = c.id"
            )
        )
    gradebook.close()
    released = folder / "exchange" / "tiny_course" / "feedback"
    pages = {p.name: p.read_text() for p in released.glob("*.html") if "-tmp" not in p.name}
    submitted = folder / "course" / "submitted"
    lies = {str(p.relative_to(submitted)): p.read_text() for p in submitted.glob("*/tiny/*")}
    ledger = folder / "course" / ".autograder" / "watch" / "tiny"
    notes = {p.name: json.loads(p.read_text()) for p in ledger.glob("*.json")}
    return {"grades": grades, "pages": pages, "submitted": lies, "answers": notes}


def copied(source):
    folder = Path(tempfile.mkdtemp(prefix="killed-"))
    for name in ("course", "exchange"):
        shutil.copytree(source / name, folder / name, copy_function=shutil.copy2)
    return folder


def counted(folder, results):
    moments = Moments(folder)
    graded = watch(folder, results)
    return moments.number, len(graded)


def main(source, results, seed, number):
    results = pickle.loads(Path(results).read_bytes())
    whole = copied(source)
    most, gradings = in_child(lambda: counted(whole, results))
    expected = outcome(whole)
    wrong = []
    for moment in sorted(random.Random(seed).sample(range(most), number)):
        folder = copied(source)
        killed = in_child(lambda f=folder, m=moment: (Moments(f, m), watch(f, results))[1])
        if killed is not None and moment < most - 60:
            wrong.append(f"{moment}: it was not killed")
        again = in_child(lambda f=folder: watch(f, results))
        found = outcome(folder)
        wrong += [f"{moment}: other {name}" for name in expected if found[name] != expected[name]]
        if len(again) > gradings:
            wrong.append(f"{moment}: graded {len(again)} times instead of {gradings}")
        if in_child(lambda f=folder: watch(f, results)) != []:
            wrong.append(f"{moment}: a third watcher grades again")
        shutil.rmtree(folder)
    shutil.rmtree(whole)
    print(json.dumps({"moments": most, "tried": number, "gradings": gradings, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
