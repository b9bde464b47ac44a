"""Plain ``pytest tests/<assignment>``: runs the reference, or ``--submission``, in the sandbox."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.course import CONFIG_FILE, Course, load_solution
from autograder.grading.hand_outs import open_sandbox
from autograder.grading.own_files import all_of_it, authors_files, own_files
from autograder.grading.running import LiveSubmission
from autograder.judge.calls import Backend, OpenBackend
from autograder.judge.checks import Recording
from autograder.judge.fixtures import Desk
from autograder.judge.hint_matching import CheckCalls, Diagnostician
from autograder.model import Check, CourseError
from autograder.notebook.cells import exercises, runnable
from autograder.notebook.reading import read
from autograder.notebook.restoring import SourceCells, sanitize


class PlainDesk(Desk):
    """Opens each assignment that a pytest run asks for, once, and closes it at the end."""

    def __init__(self, submission: str | None = None, tier: str | None = None) -> None:
        super().__init__(self._backend, self._reference, self._seed)
        self._submission = Path(submission) if submission else None
        self._tier = tier or ""
        self._stack = ExitStack()
        self._open: dict[str, OpenAssignment] = {}

    def close(self) -> None:
        """End sandboxes and their children."""
        self._stack.close()

    def explain(self, path: Path, check: Check, recording: Recording) -> str:
        """The text of a failed check for the terminal."""
        found = self._assignment(path).diagnostician.explain(
            check.exercise, [CheckCalls(check.passed, recording.calls)]
        )
        lines = [f"{check.verdict}: {check.title}", check.message]
        last = recording.calls[-1].result if recording.calls else None
        lines += [line for line in last.lines if line not in check.message] if last else []
        if last is not None and last.error_message and last.error_message not in check.message:
            lines.append(f"{last.error_name}: {last.error_message}")  # students do not read this
        if found is not None:
            lines.append(f"hint: {found.hint()}  [{found.name}]")
        return "\n".join(lines)

    def _assignment(self, path: Path) -> OpenAssignment:
        name = path.parent.name
        if name not in self._open:
            course = course_of(path)
            course.require(name)
            self._open[name] = OpenAssignment(
                course, name, self._submission, self._tier, self._stack
            )
        return self._open[name]

    def _backend(self, path: Path) -> Backend:
        return self._assignment(path).backend

    def _reference(self, path: Path) -> ModuleType:
        return self._assignment(path).reference

    def _seed(self, path: Path) -> str:
        return self._assignment(path).seed


class OpenAssignment:
    """One assignment of a pytest run: its reference here, the notebook in the sandbox."""

    def __init__(
        self, course: Course, name: str, submission: Path | None, tier: str, stack: ExitStack
    ) -> None:
        self.course = replace(course, tier=tier if tier not in ("", "open") else course.tier)
        self._open = tier == "open"
        self._name = name
        self._submission = submission
        self._stack = stack

    @cached_property
    def reference(self) -> ModuleType:
        return load_solution(self.course, self._name)

    @cached_property
    def diagnostician(self) -> Diagnostician:
        return Diagnostician(self.course, self._name, self.reference)

    @property
    def seed(self) -> str:
        """The seed of fresh inputs, the same as in a grading of this submission."""
        if self._submission is None:
            return self.course.seed
        return self.course.seed_of(all_of_it(self._notebook, self._files()))

    @cached_property
    def _notebook(self) -> dict[str, Any]:
        if self._submission is None:
            return read(self.course.source_notebook(self._name)).raw
        release = read(self.course.release_notebook(self._name))
        notebook, _ = sanitize(read(self._submission).raw, SourceCells.from_notebook(release.raw))
        return notebook

    def _files(self) -> dict[str, bytes]:
        """The files handed in beside the notebook, where it lies in a student's folder."""
        if self._submission is None:
            return {}
        folder, step = self._submission.resolve().parent, self.course.submitted_directory
        students = self.course.students(step, self._name)
        if folder not in [self.course.submitted(self._name, student) for student in students]:
            return {}
        authors = authors_files(self.course, self._name)
        return own_files(folder, self.course.ignored, authors, self.course.limits)

    @cached_property
    def backend(self) -> Backend:
        if self._open:
            if self._submission is not None:
                raise CourseError("--sandbox open runs trusted code only: leave out --submission")
            return OpenBackend(vars(self.reference))
        source = read(self.course.source_notebook(self._name))
        sandbox = self._stack.enter_context(open_sandbox(self.course, self._name, source))
        graded = frozenset(e.name for e in exercises(source))
        cells = runnable(self._notebook, graded)
        live = LiveSubmission(sandbox, cells, seconds=3600.0, files=self._files())
        self._stack.enter_context(live)
        live.run_cells()
        return live


def course_of(path: Path) -> Course:
    """The course that a grader's file belongs to: the nearest folder above with a config."""
    for folder in path.resolve().parents:
        if (folder / CONFIG_FILE).is_file():
            return Course.load(folder)
    raise CourseError(f"{path} is in no course directory: no {CONFIG_FILE} above it")
