"""An assignment without hidden graders: its cells run as in a kernel, but behind the wall.

Files that a student handed in go into the scratch folder first, files that cells write come
back afterwards, and an error nobody showed is shown: nbgrader's scoring then applies.
"""

from __future__ import annotations

import base64
import filecmp
import tempfile
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.course import Course
from autograder.grading.hand_outs import files_beside_notebooks, hand_out, imports_of
from autograder.grading.running import LiveSubmission
from autograder.grading.warm import keep_warm, stamp_of
from autograder.judge.stops import tell
from autograder.language.translation import Voice
from autograder.model import CourseError, GraderError, SubmissionError
from autograder.notebook.cells import RunnableCell, runnable, with_outputs
from autograder.notebook.outputs import safe_output
from autograder.notebook.reading import read
from autograder.sandbox import CellResult, CellStop, Sandbox

MAX_FILES_BYTES = 16 << 20  # of all files that go in, and of all that come back
_GET_SECONDS = 0.05  # for so much; the limit is a hundred times as long
_BEFORE, _AFTER = -2, -1  # places of our own cells
_PUT = """
def _put(files):
    import base64, os, pathlib
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    for name, content in files.items():
        path = pathlib.Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(base64.b64decode(content))

_put({files!r})
del _put
"""
_GET = """
def _files(largest):
    import base64, pathlib
    found, left = {}, largest
    for path in sorted(pathlib.Path(".").rglob("*")):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            left -= path.stat().st_size
            if left >= 0:
                found[str(path)] = base64.b64encode(path.read_bytes()).decode()
    return found
"""


def run_behind_the_wall(
    nb: Mapping[str, Any],
    course: Course,
    folder: Path,
    source: Path,
    on_timeout: Mapping[str, Any],
) -> dict[str, Any]:
    """The notebook with the outputs of its cells; files they wrote are put into `folder`.

    `source` is the author's folder of the assignment. `on_timeout` is the error output of a cell
    that was not finished in time. Raises GraderError for a notebook that is not Python.
    """
    executed, made = run_cells(nb, course, handed_in(folder, source), source, on_timeout)
    take_back(made, folder)
    return executed


def run_cells(
    nb: Mapping[str, Any],
    course: Course,
    given: Mapping[str, str],
    source: Path,
    on_timeout: Mapping[str, Any],
) -> tuple[dict[str, Any], Mapping[Any, Any]]:
    """The notebook with the outputs of its cells, and the files that were there afterwards.

    Files go in and come back by path, in base64. What comes back may be anything: see `take_back`.
    """
    require_python(nb)
    own = runnable(nb, frozenset())
    if not own:
        return dict(nb), {}
    sandbox = _warm_sandbox(course, source)
    cells = [
        RunnableCell(_BEFORE, _PUT.replace("{files!r}", repr(dict(given)))),
        *own,
        RunnableCell(_AFTER, _GET),
    ]
    with LiveSubmission(
        sandbox.box,
        cells,
        seconds=course.submission_seconds,
        reference_seconds={"_files": _GET_SECONDS},
    ) as live:
        results = dict(live.run_cells())
        stops = live.stops
        made = live.call("_files", (MAX_FILES_BYTES,), {}, seed=0, stand_ins={})
    shown = {
        place: _with_error_shown(result, _told(on_timeout, stops.get(place), course))
        for place, result in results.items()
        if place >= 0
    }
    found = made.value if made.status == "value" and isinstance(made.value, dict) else {}
    return with_outputs(nb, shown), found


def require_python(nb: Mapping[str, Any]) -> None:
    """Raise GraderError when the notebook asks for a kernel of another language."""
    kernel = nb["metadata"].get("kernelspec") or {}
    language = kernel.get("language") or kernel.get("name") or "python"
    if not str(language).lower().startswith("python"):
        raise GraderError(
            f"the notebook asks for the kernel {str(kernel.get('name'))[:60]!r}; behind the wall "
            "only Python runs. Give the source notebook a Python kernel, or set "
            "c.Autograde.autograde_preprocessors to nbgrader's own list for this course"
        )


def handed_in(folder: Path, source: Path) -> dict[str, str]:
    """Files of a submission that differ from the author's: path → content in base64."""
    files: dict[str, str] = {}
    left = MAX_FILES_BYTES
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb":
            continue
        name = path.relative_to(folder)
        if (source / name).is_file() and filecmp.cmp(source / name, path, shallow=False):
            continue
        left -= path.stat().st_size
        if left < 0:
            raise SubmissionError(
                f"{folder} holds more than {MAX_FILES_BYTES >> 20} MiB of files beside those that "
                "were handed out: remove what the notebook does not need"
            )
        files[str(name)] = base64.b64encode(path.read_bytes()).decode()
    return files


def take_back(files: Mapping[Any, Any], folder: Path) -> None:
    """Write files that cells made: new names below the folder only, never a notebook."""
    for name, content in files.items():
        target = folder / PurePosixPath(str(name))
        if not may_come_back(name, content) or target.exists() or target.is_symlink():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(content))


def may_come_back(name: object, content: object, taken: Collection[str] = ()) -> bool:
    """Whether a file that a cell made is one to keep."""
    path = PurePosixPath(str(name))
    outside = path.is_absolute() or ".." in path.parts
    return (
        not outside and path.suffix != ".ipynb" and isinstance(content, str) and name not in taken
    )


def _with_error_shown(result: CellResult, on_timeout: Mapping[str, Any]) -> CellResult:
    """nbgrader's rule: a cell that failed shows an error, whatever its code did to hide it."""
    outputs = [safe_output(output) for output in result.outputs]
    if result.status not in ("ok", "output"):
        shown = {o["ename"] for o in outputs if o["output_type"] == "error"}
        if result.status == "timeout":
            outputs.append({"output_type": "error", **on_timeout})
        elif result.error_name not in shown:
            outputs.append(_error(result))
    return CellResult(result.status, outputs)


def _told(
    on_timeout: Mapping[str, Any], stop: CellStop | None, course: Course
) -> Mapping[str, Any]:
    """nbgrader's own output, and where the cell was when it was stopped."""
    if stop is None or stop.status != "timeout":
        return on_timeout
    told = Voice(course.language)(tell(stop))
    return {**on_timeout, "traceback": [*on_timeout.get("traceback", []), told]}


def _error(result: CellResult) -> dict[str, Any]:
    text = f"{result.error_name}: {result.error_message}"
    return {
        "output_type": "error",
        "ename": result.error_name,
        "evalue": result.error_message,
        "traceback": [text],
    }


def _imports_of_author(source: Path, handed_out: Mapping[Path, Path]) -> list[str]:
    """What the author's own notebooks import, never what a submitted one says that it does."""
    notebooks = [read(path, error=CourseError) for path in sorted(source.glob("*.ipynb"))]
    return sorted({name for nb in notebooks for name in imports_of(nb, handed_out)})


class _WarmSandbox:
    """A sandbox with the author's hand-outs of one assignment."""

    def __init__(self, course: Course, source: Path) -> None:
        self._stack = ExitStack()
        with self._stack:
            assets = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
            handed_out = {
                place: path for path, place in files_beside_notebooks(source, course.ignored)
            }
            hand_out(handed_out, assets)
            preload = (*_imports_of_author(source, handed_out), *course.preload)
            self.box = self._stack.enter_context(
                Sandbox(
                    course.limits,
                    assets=assets,
                    preload=preload,
                    tier=course.tier,
                    secrets=(course.root,),
                )
            )
            self._stack = self._stack.pop_all()

    def close(self) -> None:
        """End the warm process."""
        self._stack.close()


def _warm_sandbox(course: Course, source: Path) -> _WarmSandbox:
    key = ("sandbox", course, source)
    return keep_warm(key, stamp_of(source), lambda: _WarmSandbox(course, source))
