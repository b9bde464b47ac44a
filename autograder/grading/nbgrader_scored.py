"""Notebooks without hidden graders: their cells run as in a kernel, but in the sandbox.

Files that a student handed in go into the scratch folder first, and files that cells write come
back afterwards. A cell that failed without showing an error gets one, so that nbgrader's scoring
applies.
"""

from __future__ import annotations

import filecmp
import tempfile
from base64 import b64decode
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from autograder.course import Course
from autograder.grading.hand_outs import (
    files_beside_notebooks,
    hand_out,
    hand_outs,
    imports_of_author,
)
from autograder.grading.made_files import sound_files, take_back
from autograder.grading.ordinary_cells import cells_to_run, outside_judge
from autograder.grading.own_files import own_files
from autograder.grading.running import LiveSubmission
from autograder.grading.shown_errors import with_error_shown
from autograder.grading.waiting import with_waiting
from autograder.grading.warm import cool_down, keep_warm, stamps_of_files
from autograder.judge.stops import tell
from autograder.language.translation import Translation
from autograder.model import CourseError, GraderError
from autograder.notebook.cells import RunnableCell, runnable, with_outputs
from autograder.notebook.reading import read
from autograder.sandbox import (
    CallResult,
    CellResult,
    CellStop,
    Nursery,
    NurseryAddress,
    Sandbox,
)
from autograder.sandbox.requests import QUESTIONS
from autograder.testcells.needs import other_language
from autograder.testcells.plan import JudgedOutside, Run

_GET_SECONDS = 0.05  # for so much; the limit is a hundred times as long
_AFTER = -1  # the place of our own last cell
_GET = """
def _files(largest):
    import base64, pathlib
    found, left, out = {}, largest, []
    for path in sorted(pathlib.Path(".").rglob("*")):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            size = path.stat().st_size
            if size <= left:
                left -= size
                found[str(path)] = base64.b64encode(path.read_bytes()).decode()
            else:
                out.append(str(path))
    return found, len(out)
"""


_NOTHING: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class Ran:
    """A notebook whose cells have run."""

    notebook: dict[str, Any]
    files: Mapping[str, str]  # there afterwards, in base64
    flags: tuple[str, ...] = ()
    results: Mapping[int, CellResult] = field(default_factory=dict)  # by place in the notebook


def run_behind_the_wall(
    nb: Mapping[str, Any],
    course: Course,
    folder: Path,
    source: Path,
    on_timeout: Mapping[str, Any],
    outside: JudgedOutside | None = None,
    unsound: Collection[str] = (),
) -> Ran:
    """The notebook with the outputs of its cells; files they wrote are put into `folder`.

    `source` is the author's folder of the assignment. `on_timeout` is the error output of a cell
    that was not finished in time; `outside` are the test cells that the judge runs elsewhere,
    `unsound` those whose failure shows nothing. Raises GraderError for a notebook that is not
    Python.
    """
    given = own_files(folder, course.ignored, _same_as_authors(folder, source), course.limits)
    ran = run_cells(nb, course, given, source, on_timeout, outside, unsound)
    take_back(ran.files, folder)
    return ran


def run_cells(
    nb: Mapping[str, Any],
    course: Course,
    given: Mapping[str, bytes],
    source: Path,
    on_timeout: Mapping[str, Any],
    outside: JudgedOutside | None = None,
    unsound: Collection[str] = (),
) -> Ran:
    """The notebook with the outputs of its cells; `given` are files handed in, by path."""
    require_python(nb)
    if not runnable(nb, frozenset()):
        return Ran(dict(nb), {})
    ran = _run(nb, course, given, source, outside)
    shown = {
        place: with_error_shown(result, _told(on_timeout, ran.stops.get(place), course))
        for place, result in ran.results.items()
        if place >= 0
    }
    answer = ran.made.value if ran.made.status == "value" else None
    files, left_out = sound_files(answer, course.limits)
    flags = tuple(map(Translation(course.language), left_out))
    as_told = {name.encode("utf-8", "backslashreplace").decode() for name in given} - given.keys()
    files = {name: content for name, content in files.items() if name not in as_told}
    return Ran(with_waiting(with_outputs(nb, shown), unsound), files, flags, ran.results)


class _CellsRan(NamedTuple):
    """The results of the cells by place, with those of this module's own last cell."""

    results: Mapping[int, CellResult]
    stops: Mapping[int, CellStop]
    made: CallResult  # of `_files`
    used: Mapping[str, list[str]]  # of objects of the student's, by test cell


def _run(
    nb: Mapping[str, Any],
    course: Course,
    given: Mapping[str, bytes],
    source: Path,
    outside: JudgedOutside | None,
) -> _CellsRan:
    sandbox = _warm_sandbox(course, source).box
    cells = cells_to_run(nb, runnable(nb, frozenset()), outside)
    with (
        outside_judge(sandbox, nb, outside) as judge,
        LiveSubmission(
            sandbox,
            [*cells, RunnableCell(_AFTER, _GET)],
            seconds=course.submission_seconds,
            reference_seconds={"_files": _GET_SECONDS},
            files=given,
            judge=judge.run,
        ) as live,
    ):
        results = dict(live.run_cells())
        stops = live.stops
        made = live.call("_files", (course.limits.made_bytes,), {}, seed=0, stand_ins={})
    return _CellsRan(results, stops, made, judge.used)


def try_cells(
    nb: Mapping[str, Any],
    course: Course,
    source: Path,
    outside: JudgedOutside | None,
    given: Mapping[str, bytes] = _NOTHING,
) -> Run:
    """The results of the author's own notebook, with some test cells outside or none.

    `given` are the files that notebooks before it have made.
    """
    require_python(nb)
    ran = _run(nb, course, given, source, outside)
    files, _ = sound_files(ran.made.value if ran.made.status == "value" else None, course.limits)
    return Run(ran.results, ran.used, {name: b64decode(text) for name, text in files.items()})


def require_python(nb: Mapping[str, Any]) -> None:
    """Raise GraderError when the notebook asks for a kernel of another language."""
    if other_language(nb):
        name = str(nb["metadata"]["kernelspec"].get("name"))[:60]
        raise GraderError(
            f"the notebook asks for the kernel {name!r}; behind the wall "
            "only Python 3 runs. Give the source notebook a Python kernel, or set "
            "c.Autograde.autograde_preprocessors to nbgrader's own list for this course"
        )


def _same_as_authors(folder: Path, source: Path) -> set[Path]:
    """Files of a folder that nbgrader has replaced by the author's, or that never differed."""
    places = {p.relative_to(source) for p in source.rglob("*") if p.is_file()}
    return {
        at
        for at in places
        if (folder / at).is_file() and filecmp.cmp(source / at, folder / at, shallow=False)
    }


def _told(
    on_timeout: Mapping[str, Any], stop: CellStop | None, course: Course
) -> Mapping[str, Any]:
    """nbgrader's output for a timeout, with the line at which the cell was stopped."""
    if stop is None or stop.status != "timeout":
        return on_timeout
    told = Translation(course.language)(tell(stop))
    return {**on_timeout, "traceback": [*on_timeout.get("traceback", []), told]}


def _preload(course: Course, source: Path, handed_out: Mapping[Path, Path]) -> tuple[str, ...]:
    """Modules to import once: those of the author's own notebooks; a submitted one adds none."""
    notebooks = [read(path, error=CourseError) for path in sorted(source.glob("*.ipynb"))]
    found = {name for nb in notebooks for name in imports_of_author(nb, handed_out)}
    return (*sorted(found), *course.preload, QUESTIONS)


def _handed_out(course: Course, source: Path) -> dict[Path, Path]:
    """The handed-out files; beside hidden graders also those that only the release has."""
    if course.has_graders(source.name) and course.source(source.name) == source:
        return hand_outs(course, source.name)
    return {place: path for path, place in files_beside_notebooks(source, course.ignored)}


class _WarmSandbox:
    """A sandbox with the author's hand-outs of one assignment."""

    def __init__(self, course: Course, source: Path, nursery: NurseryAddress | None) -> None:
        self._stack = ExitStack()
        with self._stack:
            assets = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
            handed_out = _handed_out(course, source)
            hand_out(handed_out, assets)
            self.box = self._stack.enter_context(
                Sandbox(
                    course.limits,
                    assets=assets,
                    preload=_preload(course, source, handed_out),
                    tier=course.tier,
                    secrets=(course.root,),
                    nursery=nursery,
                )
            )
            self._stack = self._stack.pop_all()

    def close(self) -> None:
        """End the warm process."""
        self._stack.close()


def end_sandbox(course: Course, source: Path) -> None:
    """End the warm sandbox of an assignment in this process."""
    cool_down(("sandbox", course, source))


def get_warm(course: Course, source: Path, nursery: NurseryAddress | None) -> None:
    """Make this process's sandbox of an assignment before its first notebook comes."""
    _warm_sandbox(course, source, nursery)


def warm_up_notebooks(nursery: Nursery, course: Course, source: Path) -> NurseryAddress:
    """Tell a nursery what the sandboxes of an assignment import."""
    handed_out = _handed_out(course, source)
    with tempfile.TemporaryDirectory() as folder:
        hand_out(handed_out, Path(folder))
        preload = _preload(course, source, handed_out)
        return nursery.warm_up(course.limits, Path(folder), preload, ())


def _warm_sandbox(
    course: Course, source: Path, nursery: NurseryAddress | None = None
) -> _WarmSandbox:
    key = ("sandbox", course, source)
    return keep_warm(key, stamps_of_files(source), lambda: _WarmSandbox(course, source, nursery))
