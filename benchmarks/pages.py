"""Seconds of processor and bytes of the reports of a growing class, and bytes of feedback pages.

    autograder demo optimization initialization gradient_checking --to /tmp/demo
    python -m benchmarks.pages /tmp/demo --students 10 10000

The class is synthetic: the kept reports of the demo's sample students under other names, with one
in 20 who hands in nothing. Nothing is graded. Formulas are what stands in <math> elements.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.points import ClassBook
from autograder.report.report_page import write_course_report, write_report

MATH = re.compile(rb"<math.*?</math>", re.DOTALL)


def make_class(demo: Path, root: Path, students: int) -> tuple[Course, ClassBook]:
    """A course whose kept reports are copies of the demo's."""
    root.mkdir()
    for name in ("nbgrader_config.py", "source", "tests", "solutions"):
        if (demo / name).is_dir():
            shutil.copytree(demo / name, root / name)
        else:
            shutil.copyfile(demo / name, root / name)
    names = [f"s{n:05}" for n in range(students)]
    for kept in sorted((demo / ".autograder/reports").iterdir()):
        samples = [json.loads(path.read_bytes()) for path in sorted(kept.glob("*.json"))]
        folder = root / ".autograder/reports" / kept.name
        folder.mkdir(parents=True)
        for number, name in enumerate(names):
            if number % 20 == 7:
                continue
            one = samples[number * 7 % len(samples)]
            one["report"]["student"] = name
            (folder / f"{name}.json").write_text(json.dumps(one))
    return Course.load(root), ClassBook(frozenset(names))


def measured(demo: Path, students: int) -> list[str]:
    """One line of the table for each kind of report."""
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        course, book = make_class(demo, Path(scratch) / "course", students)
        assignments = sorted(p.name for p in (course.root / ".autograder/reports").iterdir())
        jobs: dict[str, Callable[[], list[Path]]] = {
            f"class report, {assignments[-1]}": lambda: write_report(
                course, assignments[-1], course.root / "reports", book
            ),
            f"course report, {len(assignments)} assignments": lambda: write_course_report(
                course, course.root / "reports", book
            ),
        }
        for what, job in jobs.items():
            start = time.process_time()
            page = job()[0]
            seconds = time.process_time() - start
            lines.append(f"| {what} | {students} | {seconds:.1f} s | {sizes(page.read_bytes())} |")
    return lines


def sizes(page: bytes) -> str:
    """Bytes of a page as it is and as a server sends it."""
    return f"{len(page) / 1000:.0f} kB | {len(gzip.compress(page)) / 1000:.0f} kB"


def feedback_pages(demo: Path) -> list[str]:
    """Bytes of the pages of each assignment, and how many of them are formulas."""
    lines = []
    for kept in sorted((demo / ".autograder/reports").iterdir()):
        pages = [p.read_bytes() for p in demo.glob(f"feedback/*/{kept.name}/{kept.name}.html")]
        page = sorted(pages, key=len)[len(pages) // 2]
        without = MATH.sub(b"", page)
        formulas = len(MATH.findall(page))
        packed = (len(gzip.compress(page)) - len(gzip.compress(without))) / 1000
        lines.append(
            f"| {kept.name} | {sizes(page)} | {formulas} | {(len(page) - len(without)) / 1000:.0f} "
            f"kB, {packed:.0f} kB packed |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--students", type=int, nargs="+", default=[10, 10_000])
    asked = parser.parse_args()
    print("| page | students | seconds | bytes | packed (gzip) |\n|---|---|---|---|---|")
    for students in asked.students:
        print("\n".join(measured(asked.demo, students)))
    print("\n| feedback page (median) | bytes | packed (gzip) | formulas | of it formulas |")
    print("|---|---|---|---|---|")
    print("\n".join(feedback_pages(asked.demo)))


if __name__ == "__main__":
    main()
