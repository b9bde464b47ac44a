"""One submission → one report.

grader = Grader(course, "optimization")      # once per process: everything stays warm
graded = grader.grade(notebook_bytes, "ada")  # many times
"""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any

import autograder
from autograder.course import Course, load_solution
from autograder.graders import preload
from autograder.judge import Judge
from autograder.live import LiveSubmission, RunnableCell
from autograder.model import CourseError, Exercise, Graded, Report
from autograder.notebook import Notebook, exercises, loads, read
from autograder.public_check import Text
from autograder.sandbox import CellResult, Nursery, NurseryAddress, Sandbox
from autograder.sanitize import (
    MISSING_CELL_NOTICE,
    SKIP_TAG,
    SourceCells,
    cell_text,
    nbgrader_metadata,
    sanitize,
)
from autograder.voice import Voice

_COMMENT = re.compile(r"#.*")
_BLANK = re.compile(r"\s+")
NOT_HANDED_OUT = (".ipynb", ".pyc")


class Grader:
    """The warm judge and the warm sandbox of one assignment.

    Raises CourseError when graders, solution or release are missing or broken, and
    SandboxError when the wall asked for cannot be built here.
    """

    def __init__(
        self, course: Course, assignment: str, nursery: NurseryAddress | None = None
    ) -> None:
        course.require(assignment)
        self.course = course
        self.assignment = assignment
        self._say = Voice.of(course, assignment)
        self._stack = ExitStack()
        with self._stack:
            release = read(course.release_notebook(assignment))
            self.points = {e.name: e.points for e in exercises(release)}
            warming = open_sandbox(course, assignment, release, nursery=nursery)
            with ThreadPoolExecutor(1) as aside:  # while graders and reference are imported
                started = aside.submit(warming.__enter__)
                try:
                    self.judge = self._open_judge()
                finally:
                    self.sandbox = started.result()
                    self._stack.push(warming.__exit__)
            self._release = SourceCells.from_notebook(release.raw)
            self._stubs = {e.name: e.solution.source for e in exercises(release)}
            self._provenance = self._gather_provenance()
            self._stack = self._stack.pop_all()

    def _open_judge(self) -> Judge | None:
        """The judge; None for an assignment that nbgrader itself scores."""
        if not self.course.has_graders(self.assignment):
            return None
        return self._stack.enter_context(Judge(self.course, self.assignment, self.points))

    def __enter__(self) -> Grader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the warm processes."""
        self._stack.close()

    def grade(
        self,
        notebook: bytes,
        student: str,
        *,
        known: Report | None = None,
        only: frozenset[str] | None = None,
    ) -> Graded:
        """Grade a submitted notebook.

        With `known`, an earlier result of the same notebook, only the exercises in `only` are
        checked again. Raises SubmissionError when the notebook cannot be read, GraderError
        when a check is broken.
        """
        clock = Clock()
        parsed = loads(notebook)
        clock.lap("read")
        notice = self._say(MISSING_CELL_NOTICE)
        clean, flags = sanitize(parsed.raw, self._release, notice=notice)
        clock.lap("sanitize")
        return self.grade_clean(clean, student, (*parsed.flags, *flags), clock, known, only)

    def grade_clean(
        self,
        notebook: dict[str, Any],
        student: str,
        flags: tuple[str, ...] = (),
        clock: Clock | None = None,
        known: Report | None = None,
        only: frozenset[str] | None = None,
    ) -> Graded:
        """Grade a notebook whose locked cells are known to be the course's own."""
        clock = clock or Clock()
        untouched = self._untouched(notebook)
        cells = runnable(notebook, frozenset(self.points))
        with LiveSubmission(
            self.sandbox,
            cells,
            seconds=self.course.submission_seconds,
            not_attempted=untouched,
            reference_seconds=self.judge.reference_seconds if self.judge else {},
        ) as live:
            results = live.run_cells()
            clock.lap("cells")
            checked = self._check(live, untouched, known, only)
            clock.lap("checks")
        clock.lap("close")
        executed = with_outputs(notebook, results)
        report = Report(
            assignment=self.assignment,
            student=student,
            notebook=self.assignment,
            exercises=checked,
            flags=tuple(map(self._say, (*flags, *self._tier_flags()))),
            provenance={**self._provenance, "submission": digest(_source_text(notebook))},
            seconds=clock.laps,
        )
        return Graded(report, executed)

    def _check(
        self,
        live: LiveSubmission,
        untouched: frozenset[str],
        known: Report | None,
        only: frozenset[str] | None,
    ) -> tuple[Exercise, ...]:
        if self.judge is None:
            return ()
        if known is None or only is None:
            return self.judge.run(live, not_attempted=untouched)
        fresh = {e.name: e for e in self.judge.run(live, not_attempted=untouched, only=only)}
        return tuple(fresh.get(e.name, e) for e in known.exercises)

    def _untouched(self, notebook: Mapping[str, Any]) -> frozenset[str]:
        """Exercises whose solution cell still is the released stub."""
        return frozenset(
            name
            for cell in notebook["cells"]
            if (name := nbgrader_metadata(cell).get("grade_id")) in self._stubs
            and same_code(cell_text(cell), self._stubs[name])
        )

    def _tier_flags(self) -> tuple[str, ...]:
        if self.sandbox.tier != "weak":
            return ()
        return (Text("Graded in the weak sandbox: student code was not confined."),)

    def _gather_provenance(self) -> Mapping[str, str]:
        import numpy as np

        return {
            "autograder": autograder.__version__,
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "sandbox": str(self.sandbox.tier),
            "language": self.course.language,
            "seed": digest(self.course.seed),
            "solution": digest_file(self.course.solution(self.assignment)),
            "graders": digest_files(sorted(self.course.tests(self.assignment).glob("*"))),
        }


class Clock:
    """Seconds spent in each step of one submission."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """End a step here."""
        now = time.perf_counter()
        self.laps[step] = round(now - self._last, 6)
        self._last = now


def open_sandbox(
    course: Course,
    assignment: str,
    release: Notebook,
    tier: str = "",
    nursery: NurseryAddress | None = None,
) -> AbstractContextManager[Sandbox]:
    """A warm sandbox that holds what an assignment hands out, and nothing else of it.

    It gets warm when it is entered, in any thread: nothing is parsed there, for which CPython 3.11
    needs to be alone.
    """
    options: dict[str, Any] = {
        **_to_get_warm(course, assignment, release),
        "tier": tier or course.tier,
        "secrets": course.secrets(),
        "nursery": nursery,
    }
    return _opened(course, assignment, options)


@contextmanager
def _opened(course: Course, assignment: str, options: Mapping[str, Any]) -> Iterator[Sandbox]:
    with (
        _handed_out(course, assignment) as assets,
        Sandbox(course.limits, assets=assets, **options) as sandbox,
    ):
        yield sandbox


def preload_judge(course: Course, assignment: str) -> None:
    """Import once what the judges of all forked workers will import."""
    preload()
    with suppress(CourseError):  # told by the judge that meets it
        load_solution(course, assignment)


def warm_up(nursery: Nursery, course: Course, assignment: str) -> NurseryAddress:
    """Say to a nursery what an assignment's sandboxes need to be warm."""
    release = read(course.release_notebook(assignment))
    warm = _to_get_warm(course, assignment, release)
    with _handed_out(course, assignment) as assets:
        return nursery.warm_up(course.limits, assets, **warm)


def _to_get_warm(course: Course, assignment: str, release: Notebook) -> dict[str, Sequence[str]]:
    """What a sandbox imports and runs once, whether it comes from a nursery or not."""
    return {
        "preload": (*imports_of(release, course.source(assignment)), *course.preload),
        "prologue": prologue_of(release),
    }


@contextmanager
def _handed_out(course: Course, assignment: str) -> Iterator[Path]:
    """A folder with the files that go with a notebook."""
    with tempfile.TemporaryDirectory(prefix="autograder-assets-") as folder:
        hand_out(course.source(assignment), Path(folder))
        yield Path(folder)


def hand_out(source: Path, assets: Path) -> None:
    """Copy the files that go with a notebook: helper modules and data, never a notebook."""
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        hidden = any(part.startswith((".", "__")) for part in inside.parts)
        if hidden or path.is_symlink() or not path.is_file() or path.suffix in NOT_HANDED_OUT:
            continue
        (assets / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, assets / inside)


def imports_of(notebook: Notebook, assets: Path) -> list[str]:
    """Modules that a notebook's provided cells and its helper modules import.

    Not those of cells that are skipped: a module that nobody needs makes every session larger.
    """
    helpers = {path.stem for path in assets.glob("*.py")}
    cells = [c for c in notebook.cells if c.kind == "code" and SKIP_TAG not in c.tags]
    texts = [c.source for c in cells if c.locked]
    texts += [path.read_text(encoding="utf-8") for path in assets.glob("*.py")]
    found = {name for text in texts for name in _imported(text)}
    return sorted(name for name in found if name.split(".")[0] not in helpers)


def prologue_of(notebook: Notebook) -> list[str]:
    """The provided cells that a notebook begins with: they are the same for every student."""
    cells = [c for c in notebook.cells if c.kind == "code" and SKIP_TAG not in c.tags]
    return [c.source for c in takewhile(lambda c: c.locked and not c.grade, cells)]


def _imported(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return []
    found: list[str] = []
    for node in _outside_of_functions(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


def _outside_of_functions(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported; what a function imports waits until it is called."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _outside_of_functions(child)


def runnable(notebook: Mapping[str, Any], graded: frozenset[str]) -> list[RunnableCell]:
    """The code cells that a grader runs, in order."""
    return [
        RunnableCell(index, cell_text(cell), _public_check(cell, graded))
        for index, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
        and cell_text(cell).strip()
        and SKIP_TAG not in cell["metadata"].get("tags", ())
    ]


def _public_check(cell: Mapping[str, Any], graded: frozenset[str]) -> str:
    meta = nbgrader_metadata(cell)
    name = str(meta.get("grade_id", "")).removeprefix("test_")
    return name if meta.get("grade") and not meta.get("solution") and name in graded else ""


def with_outputs(notebook: Mapping[str, Any], results: Mapping[int, CellResult]) -> dict[str, Any]:
    """The notebook with what its cells gave."""
    cells = list(notebook["cells"])
    for count, (index, result) in enumerate(sorted(results.items()), start=1):
        outputs = [
            {**o, "execution_count": count} if o["output_type"] == "execute_result" else o
            for o in result.outputs
        ]
        cells[index] = {**cells[index], "outputs": outputs, "execution_count": count}
    return {**notebook, "cells": cells}


def same_code(one: str, other: str) -> bool:
    """Whether two cells hold the same program, comments and layout aside."""
    return one == other or _bare(one) == _bare(other)


@lru_cache(maxsize=64)
def _bare(text: str) -> str:
    """A cell's text without comments and blanks."""
    return _BLANK.sub("", _COMMENT.sub("", text))


def _source_text(notebook: Mapping[str, Any]) -> str:
    return "\0".join(cell_text(cell) for cell in notebook["cells"])


def digest(text: str) -> str:
    """A short name for a text's content."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def digest_files(paths: Sequence[Path]) -> str:
    return digest("".join(f"{p.name}:{digest_file(p)}" for p in paths if p.is_file()))
