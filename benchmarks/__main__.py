"""``python -m benchmarks``: everything that docs/performance.md reports, in one command.

python -m benchmarks                      # all of it (about an hour)
python -m benchmarks --quick --only doors # a minute, for CI; fails on a regression by ten
python -m benchmarks --only floor,scale
python -m benchmarks --only processor     # also on a busy machine
"""

from __future__ import annotations

import argparse
import compileall
import json
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.environment import prepare_process

prepare_process()

from autograder.course import Course  # noqa: E402
from autograder.grading.grader import Grader  # noqa: E402
from benchmarks.assignments import assignments  # noqa: E402
from benchmarks.classes import STOCK, make_course, submit  # noqa: E402
from benchmarks.floor import clean, floor  # noqa: E402
from benchmarks.gradebook import gradebook  # noqa: E402
from benchmarks.hints import hints  # noqa: E402
from benchmarks.measure import autograder, nbgrader, run  # noqa: E402
from benchmarks.memory import memory  # noqa: E402
from benchmarks.processor import processor  # noqa: E402
from benchmarks.start import start  # noqa: E402
from benchmarks.walls import walls  # noqa: E402
from benchmarks.watching import watching  # noqa: E402
from benchmarks.writer import writer  # noqa: E402

ASSIGNMENT = "initialization"
ROOT = Path(__file__).resolve().parent.parent
MIB = 1 << 20


def doors(work: Path, original: Course, size: int, rounds: int) -> dict[str, Any]:
    """Stock nbgrader and both our doors, alternating over the same class in one run."""
    stock = make_course(work / "stock", original, ASSIGNMENT)
    submit(stock, ASSIGNMENT, size)
    ours = work / "ours"
    shutil.copytree(stock.root, ours)
    (stock.root / "nbgrader_config.py").write_text(STOCK)
    gradebook = stock.root / "gradebook.db"
    saved = {folder: (folder / "gradebook.db").read_bytes() for folder in (stock.root, ours)}
    seconds: dict[str, list[float]] = {"stock": [], "nbgrader autograde": [], "autograder": []}
    feedback: dict[str, list[float]] = {"stock": [], "autograder": []}
    assert gradebook.exists()
    fast = ("autograder", ours, autograder("grade", ASSIGNMENT))
    commands = (
        fast,
        ("stock", stock.root, nbgrader("autograde", ASSIGNMENT)),
        ("nbgrader autograde", ours, nbgrader("autograde", ASSIGNMENT)),
        fast,
    )
    for _ in range(rounds):
        for name, folder, command in commands:
            clean(folder)
            (folder / "gradebook.db").write_bytes(saved[folder])
            done = run(command, folder, may_fail=name == "stock")
            seconds[name].append(done.seconds)
        for name, folder, command in (
            ("stock", stock.root, nbgrader("generate_feedback", ASSIGNMENT)),
            ("autograder", ours, autograder("feedback", ASSIGNMENT)),
        ):
            shutil.rmtree(folder / "feedback", ignore_errors=True)
            feedback[name].append(run(command, folder, may_fail=name == "stock").seconds)
    return {"submissions": size, "grade_seconds": seconds, "feedback_seconds": feedback}


def steps(work: Path, original: Course, size: int) -> dict[str, Any]:
    """Milliseconds of each step of one submission: the median over a class."""
    course = make_course(work / "steps", original, ASSIGNMENT)
    students = submit(course, ASSIGNMENT, size)
    laps: dict[str, list[float]] = {}
    with Grader(course, ASSIGNMENT) as grader:
        for student in students:
            if student.endswith(("-loop", "-crash")):
                continue
            path = course.submitted(ASSIGNMENT, student) / f"{ASSIGNMENT}.ipynb"
            report = grader.grade(path.read_bytes(), student).report
            for name, value in (dict(report.seconds) | _confinement(grader)).items():
                laps.setdefault(name, []).append(1000 * value)
        tier = str(grader.sandbox.tier)
    return {"tier": tier, "milliseconds": {k: statistics.median(v) for k, v in laps.items()}}


def _confinement(grader: Grader) -> dict[str, float]:
    return {f"confine: {name}": value for name, value in grader.sandbox.last_steps.items()}


def scale(work: Path, original: Course, sizes: list[int]) -> dict[str, Any]:
    """Seconds and memory over the size of a class."""
    rows = []
    for size in sizes:
        course = make_course(work / f"scale-{size}", original, ASSIGNMENT)
        submit(course, ASSIGNMENT, size)
        graded = run(autograder("grade", ASSIGNMENT), course.root)
        again = run(autograder("grade", ASSIGNMENT), course.root)
        pages = run(autograder("feedback", ASSIGNMENT), course.root)
        report = run(autograder("report", ASSIGNMENT), course.root)
        export = run(nbgrader("export"), course.root)
        rows.append(
            {
                "submissions": size,
                "grade": graded.seconds,
                "nothing_changed": again.seconds,
                "feedback": pages.seconds,
                "report": report.seconds,
                "export": export.seconds,
                "main_mib": graded.main_bytes / MIB,
                "all_mib": graded.all_bytes / MIB,
            }
        )
    return {"rows": rows}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--only",
        default="doors,assignments,processor,start,steps,floor,scale,gradebook,writer,memory,watch,hints",
    )
    parser.add_argument("--submissions", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--to", type=Path, default=ROOT / "benchmarks" / "results.json")
    options = parser.parse_args()
    options.sizes = [int(size) for size in options.sizes.split(",")]
    if options.quick:
        options.submissions, options.rounds, options.sizes = 16, 1, [20, 40]
    return options


def main() -> None:
    options = _options()
    sizes = options.sizes
    compileall.compile_dir(ROOT / "autograder", quiet=2)
    original = Course.load(ROOT)
    wanted = options.only.split(",")
    found: dict[str, Any] = json.loads(options.to.read_text()) if options.to.is_file() else {}
    found["machine"] = {"python": platform.python_version(), "system": platform.system(),
                        "kernel": platform.release().split("-")[0], "cores": _cores()}  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        work = Path(folder)
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "doors": lambda: doors(work, original, options.submissions, options.rounds),
            "assignments": lambda: assignments(work, original, options.submissions),
            "processor": lambda: processor(work, original, min(200, options.submissions)),
            "start": lambda: start(work, original, ASSIGNMENT),
            "steps": lambda: steps(work, original, min(200, options.submissions)),
            "floor": lambda: floor(work, original, options.submissions),
            "scale": lambda: scale(work, original, sizes),
            "gradebook": lambda: gradebook(work, original, sizes),
            "memory": lambda: memory(work, original, sizes),
            "hints": lambda: hints(work, original, "optimization", options.submissions),
            "watch": lambda: watching(work, original, ASSIGNMENT, min(200, options.submissions)),
            "walls": lambda: walls(work, original, ASSIGNMENT, options.submissions),
            "writer": lambda: writer(work, original, min(1000, 10 * sizes[-1])),
        }
        for name in wanted:
            earlier = found.get(name, {}).get("then")  # of a commit long ago; stays
            found[name] = parts[name]() | ({"then": earlier} if earlier else {})
            print(json.dumps({name: found[name]}, indent=1), flush=True)
            if not options.quick:
                options.to.write_text(json.dumps(found, indent=1) + "\n")
    if options.quick and "doors" in wanted:
        sys.exit(_verdict(found["doors"]))


def _verdict(measured: dict[str, Any]) -> int:
    """1 when a tiny class, mostly start-up, is not even graded twice as fast as by stock nbgrader.

    It is about twenty times as fast: only a regression by an order of magnitude fails.
    """
    ratio = min(measured["grade_seconds"]["stock"]) / min(measured["grade_seconds"]["autograder"])
    print(f"autograder grade is {ratio:.1f} times as fast as stock on a tiny class")
    return 0 if ratio > 2 else 1


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
