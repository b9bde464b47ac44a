"""Memory of the process that records, over the size of the class: ``--only memory``.

The command is `autograder grade`; in place of workers an executor gives one result under every
name, so that only the main process works, and does all of its work.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.model import Graded
from benchmarks.classes import TIMESTAMP, make_course
from benchmarks.writer import ASSIGNMENT, graded_once

MAIN = """
import pickle, resource, sys
sys.path.insert(0, sys.argv[1])
from autograder.environment import prepare_process
prepare_process()
from autograder.batch import run as classrun
from autograder.cli.application import AutograderApp
from benchmarks.memory import OneResult

graded = pickle.loads(open(sys.argv[2], "rb").read())
classrun.local_pool = lambda *_: OneResult(graded)
try:
    AutograderApp.launch_instance(["grade", sys.argv[3]])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


class OneResult(Executor):
    """Gives the same result to every job, under the job's own name."""

    def __init__(self, graded: Graded) -> None:
        self._graded = graded

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        job = args[0]
        report = replace(self._graded.report, student=job.student)
        future: Future[Any] = Future()
        future.set_result(job.then(replace(self._graded, report=report)))
        return future


def memory(work: Path, original: Course, sizes: list[int]) -> dict[str, Any]:
    """Most resident memory of the main process, in MiB, for every size of the class."""
    course = make_course(work / "memory", original, ASSIGNMENT)
    notebook = course.release_notebook(ASSIGNMENT).read_bytes()
    rows: list[dict[str, Any]] = []
    for size in sorted(sizes):
        for number in range(size):
            folder = course.submitted(ASSIGNMENT, f"s{number:05d}")
            if not folder.exists():
                folder.mkdir(parents=True)
                (folder / f"{ASSIGNMENT}.ipynb").write_bytes(notebook)
                (folder / "timestamp.txt").write_text(TIMESTAMP)
        if not rows:
            result = work / "result.pickle"
            result.write_bytes(pickle.dumps(graded_once(course, "s00000")))
        found = {"submissions": size}
        for name in ("main_mib", "again_mib"):  # all to be recorded, then nothing to do
            found[name] = _most(course, result) >> 10
        rows.append(found)
        print(json.dumps(found), flush=True)
        for path in (course.root / ".autograder").rglob("*.json"):
            path.unlink()
    return {"rows": rows}


def _most(course: Course, result: Path) -> int:
    """KiB."""
    here = str(Path(__file__).resolve().parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", MAIN, here, str(result), ASSIGNMENT],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return int(done.stderr.split()[-1])
