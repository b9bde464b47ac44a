"""Tries the author's solved notebooks without hidden graders before a class is graded.

A cell of the author's that stops in the sandbox but not in a kernel would cost every student the
points: a download, a missing module, a file that is not handed out. Nothing is graded then. Where
there is no source to try, or a kernel stops at the same cell, the trial reports nothing.

.autograder/trials/<assignment>.notebooks.json    the last trial and its problems
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.course import Course
from autograder.environment import with_fixed_hashes
from autograder.grading.fingerprint import digest, digest_file, files_below, fingerprint
from autograder.grading.hand_outs import files_beside_notebooks, hand_out
from autograder.grading.lesson_trial import MAY_FAIL, ONLY_THERE, name_of_cell, trial, why_stopped
from autograder.grading.nbgrader_scored import run_cells
from autograder.grading.warm import Stamp, stamps_of_files
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.reading import dumps, read
from autograder.sandbox import CellResult

_IN_A_KERNEL = """
import sys, nbformat
from nbclient import NotebookClient
for path in sys.argv[2:]:
    nb = nbformat.read(path, 4)
    NotebookClient(nb, timeout=float(sys.argv[1]), allow_errors=True).execute()
    nbformat.write(nb, path)
"""
_PART = ".notebooks"  # of the trial's file name
_MARGIN_SECONDS = 30.0  # for kernels to start

_tried: dict[tuple[Course, Path], Stamp] = {}  # what stood its trial, in this process


def require_tried_notebooks(course: Course, source: Path) -> None:
    """Raise CourseError when a cell of the author's own notebooks stops in the sandbox only.

    It runs the notebooks in `source` without hidden graders by name, once per change.
    """
    if _tried.get((course, source)) == (stamp := stamps_of_files(source)):
        return
    paths = [path for path in sorted(source.glob("*.ipynb")) if not _is_judged(course, path)]
    if paths:
        notebooks = {path: read(path, error=CourseError) for path in paths}
        with trial(course, source.name, _key(course, source), part=_PART) as now:
            if now.is_due:
                now.problems = list(_problems(course, source, notebooks))
    _tried[(course, source)] = stamp


def know_that_they_run(
    course: Course, source: Path, results: Mapping[str, Mapping[int, CellResult]]
) -> None:
    """Store a passed trial when the caller has just run all notebooks and no cell stopped.

    Where a cell stopped, it may be right in a kernel, and the trial finds out.
    """
    paths = [path for path in sorted(source.glob("*.ipynb")) if not _is_judged(course, path)]
    if {path.stem for path in paths} != results.keys():
        return
    for path in paths:
        notebook = read(path, error=CourseError)
        if _stopping(notebook, results[path.stem]):
            return
    with trial(course, source.name, _key(course, source), part=_PART) as now:
        if now.is_due:
            now.problems = []


def _stopping(notebook: Notebook, results: Mapping[int, CellResult]) -> dict[int, CellResult]:
    """Provided cells and test cells that stop and should not, by place."""
    return {
        index: result
        for index, result in results.items()
        if index >= 0 and result.status not in ("ok", "output") and _must_run(notebook, index)
    }


def _is_judged(course: Course, path: Path) -> bool:
    name = path.parent.name
    return path.stem == name and course.has_graders(name)


def _key(course: Course, source: Path) -> str:
    shared = fingerprint(course, source.name, ()).to_json()
    files = [(str(path.relative_to(source)), digest_file(path)) for path in files_below(source)]
    return digest(json.dumps([shared, files, sys.prefix], sort_keys=True))


def _problems(course: Course, source: Path, notebooks: Mapping[Path, Notebook]) -> Iterator[str]:
    failing = _stopped_behind_the_wall(course, source, notebooks)
    if not failing:
        return
    fine = _fine_in_a_kernel(course, source, notebooks)
    told = {at: why for at, why in failing.items() if at in fine}
    for (path, index), why in told.items():
        name = name_of_cell(notebooks[path].cells[index], index, path.name)
        yield f"the {name} stops behind the wall, not in a kernel: {why}"
    if told:
        yield ONLY_THERE.format(source=source)


def _stopped_behind_the_wall(
    course: Course, source: Path, notebooks: Mapping[Path, Notebook]
) -> dict[tuple[Path, int], str]:
    """Provided cells and test cells that stop in the sandbox and should not, with the reason."""
    made: dict[str, bytes] = {}
    found = {}
    for path, notebook in notebooks.items():
        ran = run_cells(notebook.raw, course, made, source, {})
        made |= {n: base64.b64decode(text) for n, text in ran.files.items() if n not in made}
        for index, result in _stopping(notebook, ran.results).items():
            found[path, index] = why_stopped(result)
    return found


def _must_run(notebook: Notebook, index: int) -> bool:
    cell = notebook.cells[index]
    return not cell.solution and MAY_FAIL not in cell.tags


def _fine_in_a_kernel(
    course: Course, source: Path, notebooks: Mapping[Path, Notebook]
) -> set[tuple[Path, int]]:
    """The cells that show no error in a kernel; none where the kernel did not finish."""
    limit = course.submission_seconds
    with tempfile.TemporaryDirectory(prefix="autograder-trial-") as name:
        folder = Path(name)
        beside = files_beside_notebooks(source, course.ignored)
        hand_out({place: path for path, place in beside}, folder)
        copies = {path: folder / path.name for path in notebooks}
        for path, notebook in notebooks.items():
            copies[path].write_text(dumps(notebook.raw), encoding="utf-8")
        cells = str(course.limits.cell_seconds)
        command = [sys.executable, "-c", _IN_A_KERNEL, cells, *map(str, copies.values())]
        try:
            subprocess.run(
                command, cwd=folder, timeout=limit + _MARGIN_SECONDS, check=True,
                env={**with_fixed_hashes(), "NBGRADER_EXECUTION": "autograde"},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            return set()
        return {
            (path, index)
            for path, copy in copies.items()
            for index, cell in enumerate(json.loads(copy.read_text(encoding="utf-8"))["cells"])
            if not any(o["output_type"] == "error" for o in cell.get("outputs", ()))
        }
