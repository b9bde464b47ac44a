"""The floor: the same cells, calls and graders in one warm process; no wall, files, gradebook."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.hand_outs import hand_outs, imports_of
from autograder.judge.calls import OpenBackend
from autograder.judge.judge import Judge
from autograder.notebook.cells import exercises, runnable
from autograder.notebook.reading import loads, read
from benchmarks.classes import make_course, submit
from benchmarks.measure import autograder, run

DANGEROUS = ("-loop", "-crash")  # they would end the only process


def floor(work: Path, original: Course, size: int) -> dict[str, Any]:
    """Our whole way on one core against the floor, for every assignment."""
    return {"rows": [_of(work, original, name, size) for name in original.assignments()]}


def _of(work: Path, original: Course, assignment: str, size: int) -> dict[str, Any]:
    course = make_course(work / f"{assignment}-floor", original, assignment)
    for student in submit(course, assignment, size):
        if student.endswith(DANGEROUS):
            shutil.rmtree(course.root / "submitted" / student)
    count, bare = floor_seconds(course, assignment)
    whole = _slope(course.root, assignment, "")
    without_search = _slope(course.root, assignment, "c.Autograder.repair_seconds = 0\n")
    return {
        "assignment": assignment,
        "submissions": count,
        "floor_ms": 1000 * bare / count,
        "ours_ms": 1000 * whole,
        "without_search_ms": 1000 * without_search,
    }


def _slope(root: Path, assignment: str, config: str) -> float:
    """Seconds that one submission more takes one worker, with some settings more."""
    path = root / "nbgrader_config.py"
    before = path.read_text()
    path.write_text(f"{before}\n{config}")
    everyone = sorted((root / "submitted").iterdir())
    quarter = len(everyone) // 4
    taken = []
    for part in (quarter, len(everyone)):
        clean(root)
        for folder in everyone[part:]:
            folder.rename(root / folder.name)
        taken.append(run(autograder("grade", assignment, "--workers", "1"), root).seconds)
        for folder in everyone[part:]:
            (root / folder.name).rename(folder)
    path.write_text(before)
    return (taken[1] - taken[0]) / (len(everyone) - quarter)


def floor_seconds(course: Course, assignment: str) -> tuple[int, float]:
    """Number of submissions, and seconds for all of them, on one core."""
    release = read(course.release_notebook(assignment))
    points = {e.name: e.points for e in exercises(release)}
    texts = [
        path.read_bytes()
        for path in sorted((course.root / "submitted").glob(f"*/{assignment}/*.ipynb"))
        if not path.parts[-3].endswith(DANGEROUS)
    ]
    with Judge(course, assignment, points) as judge:
        _import(course, assignment, imports_of(release, hand_outs(course, assignment)))
        for text in texts[:3]:
            _grade(judge, text, points)
        start = time.perf_counter()
        for text in texts:
            _grade(judge, text, points)
        return len(texts), time.perf_counter() - start


def _import(course: Course, assignment: str, names: list[str]) -> None:
    import importlib
    import sys

    sys.path.insert(0, str(course.source(assignment)))
    for name in names:
        importlib.import_module(name)


def _grade(judge: Judge, text: bytes, points: dict[str, float]) -> str:
    notebook = loads(text)
    space: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in runnable(notebook.raw, frozenset(points)):
            with contextlib.suppress(Exception):
                exec(compile(_plain(cell.source), f"<cell {cell.index}>", "exec"), space)
    checked = judge.run(OpenBackend(space))
    return json.dumps([[c.verdict for c in e.checks] for e in checked])


def _plain(source: str) -> ast.Module:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    return ast.parse("\n".join(lines))


def clean(folder: Path) -> None:
    """Put aside what a run has made.

    Nothing is removed before the end: for a minute after that, ext4 is slow to make files.
    """
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix="done-"))
    for name in ("autograded", "feedback", ".autograder", "gradebook.db"):
        if (folder / name).exists():
            (folder / name).rename(aside / name)
