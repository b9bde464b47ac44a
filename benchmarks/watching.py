"""Hand-ins of many students, one after the other and in a burst: from submit to released feedback.

Stock nbgrader answers the same hand-ins with the four commands that a script of a course would run.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.graders.samples import Parts
from benchmarks.classes import STOCK, Mix, make_course, members
from benchmarks.measure import autograder, nbgrader, run, surroundings

EXCHANGE = """
c.CourseDirectory.course_id = "benchmark"
c.Exchange.root = {root!r}
c.ExchangeCollect.check_owner = False
"""
STEPS = (
    ("collect", "--update"),
    ("autograde",),
    ("generate_feedback", "--force"),
    ("release_feedback",),
)
TRIES = 3  # of stock, which takes one hand-in at a time


def watching(work: Path, original: Course, assignment: str, size: int) -> dict[str, Any]:
    """Seconds from a hand-in to its released page: a few alone, and `size` in one burst."""
    ours = make_course(work / "watched", original, assignment)
    notebooks = _notebooks(ours, assignment, size)
    stock = work / "watched-stock"
    shutil.copytree(ours.root, stock)
    exchanges = {}
    for root, text in ((ours.root, ""), (stock, STOCK)):
        exchanges[root] = _exchange(root.with_name(f"{root.name}-exchange"))
        config = root / "nbgrader_config.py"
        own = text or config.read_text()
        config.write_text(own + EXCHANGE.format(root=str(exchanges[root])))
    alone = max(3, min(20, size // 5))
    with _watcher(ours.root, assignment) as said:
        latencies = []
        for number in range(alone):
            name = f"alone{number:03d}"
            begin = time.perf_counter()
            _hand_in(exchanges[ours.root], assignment, name, notebooks[number % size])
            _answers(said, {name})
            latencies.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        names = {f"burst{number:05d}" for number in range(size)}
        for name, notebook in zip(sorted(names), notebooks, strict=True):
            _hand_in(exchanges[ours.root], assignment, name, notebook)
        handed_in = time.perf_counter() - begin
        burst = [at - begin for at in _answers(said, names)]
    return {
        "alone": {"hand_ins": alone, "seconds": latencies,
                  "stock": _stock_alone(stock, exchanges[stock], assignment, notebooks)},
        "burst": {"hand_ins": size, "handing_in": handed_in, "median": statistics.median(burst),
                  "worst": max(burst),
                  "stock": _stock_burst(stock, exchanges[stock], assignment, notebooks)},
    }  # fmt: skip


def _notebooks(course: Course, assignment: str, size: int) -> list[str]:
    """Right, wrong and untouched ones; none that loops, which would measure limits."""
    parts = Parts.load(course, assignment)
    return [json.dumps(parts.notebook(s)) for s in members(parts, size, Mix(loop=0, crash=0))]


def _exchange(root: Path) -> Path:
    for name in ("inbound", "feedback", "outbound"):
        (root / "benchmark" / name).mkdir(parents=True)
    root.chmod(0o777)
    return root


def _hand_in(exchange: Path, assignment: str, student: str, notebook: str) -> None:
    """Write what `nbgrader submit` writes, in the same order."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    folder = exchange / "benchmark" / "inbound" / f"{student}+{assignment}+{when}+{student}"
    folder.mkdir(mode=0o755)
    (folder / f"{assignment}.ipynb").write_text(notebook)
    (folder / "timestamp.txt").write_text(when)
    (folder / "submission_secret.txt").write_text(student)
    folder.chmod(0o777)


@contextmanager
def _watcher(root: Path, assignment: str) -> Iterator[Any]:
    """Run the command until it is warm; gives its output, one line for each event."""
    command = autograder("watch", assignment, "--json", "--cooldown=0")
    with subprocess.Popen(
        command, cwd=root, env=surroundings(), text=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()  # it watches
            yield process.stdout
        finally:
            process.terminate()


def _answers(said: Any, names: set[str]) -> list[float]:
    """The time at which each of these students was answered."""
    moments, left = [], set(names)
    while left:
        event = json.loads(said.readline())
        if event["kind"] != "answered":
            raise RuntimeError(f"a hand-in was not answered: {event}")
        left.discard(event["student"])
        moments.append(time.perf_counter())
    return moments


def _stock_alone(
    root: Path, exchange: Path, assignment: str, notebooks: Sequence[str]
) -> list[float]:
    found = []
    for number, notebook in enumerate(notebooks[:TRIES]):
        name = f"alone{number:03d}"
        _hand_in(exchange, assignment, name, notebook)
        found.append(sum(_commands(root, assignment, "--student", name)))
    return found


def _stock_burst(root: Path, exchange: Path, assignment: str, notebooks: Sequence[str]) -> float:
    for number, notebook in enumerate(notebooks):
        _hand_in(exchange, assignment, f"burst{number:05d}", notebook)
    return sum(_commands(root, assignment))


def _commands(root: Path, assignment: str, *more: str) -> Iterator[float]:
    for step, *options in STEPS:
        command = nbgrader(step, assignment, *options, *more)
        yield run(command, root, may_fail=step == "autograde").seconds
