"""Whole submissions made from parts: for proofs, demonstrations and benchmarks.

``tests/<assignment>/samples.py`` holds a list ``SAMPLES``. Each names what stands in the
solution cells of a made-up student and the result that the graders must give.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.course import Course, load_module
from autograder.graders.marked import judges_of
from autograder.graders.misconceptions import Version, alternatives, misconceptions
from autograder.model import CourseError, Verdict
from autograder.notebook.cells import Notebook, exercises
from autograder.notebook.reading import read

SOLUTION = "solution"
STUB = "stub"
MISSING = "missing"
MISCONCEPTION = "misconception:"
ALTERNATIVE = "alternative:"


@dataclass(frozen=True)
class Sample:
    """One made-up student's submission and the result it must get.

    `cells` says what stands in an exercise's solution cell: ``"solution"``, ``"stub"``,
    ``"missing"``, ``"misconception:NAME"``, ``"alternative:NAME"``, or else the literal text
    of the cell. `expect` is a fraction of the points in [0, 1] or the value of a Verdict.
    Exercises not named hold the solution and are expected to earn everything.
    """

    name: str
    title: str
    cells: Mapping[str, str] = field(default_factory=dict)
    expect: Mapping[str, float | str] = field(default_factory=dict)

    def expected(self, exercise: str) -> float | Verdict:
        """The fraction or the verdict that an exercise must get.

        Raises CourseError when the author wrote neither.
        """
        wanted = self.expect.get(exercise, 1.0)
        if isinstance(wanted, str):
            try:
                return Verdict(wanted)
            except ValueError:
                known = ", ".join(Verdict)
                raise self._mistake(exercise, f"{wanted!r} is no verdict ({known})") from None
        if not 0 <= wanted <= 1:
            raise self._mistake(exercise, f"{wanted} is no fraction between 0 and 1")
        return float(wanted)

    def _mistake(self, exercise: str, what: str) -> CourseError:
        return CourseError(f"sample {self.name!r} expects of {exercise}: {what}")


@dataclass(frozen=True)
class Parts:
    """What submissions of one assignment can be made of."""

    assignment: str
    release: Notebook
    solutions: Mapping[str, str]  # exercise → text of its solution cell
    misconceptions: Sequence[Version] = ()
    alternatives: Sequence[Version] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    """Solution cells whose tests are ordinary test cells: they always hold the solution."""

    @classmethod
    def load(cls, course: Course, assignment: str) -> Parts:
        """Read the source, the release and the versions; raises CourseError when one is broken."""
        source = read(course.source_notebook(assignment), error=CourseError)
        hidden = judges_of(course, assignment, source).hidden
        solutions = {exercise.name: exercise.solution.source for exercise in hidden}
        own = [c for c in source.cells if c.kind == "code" and c.solution and not c.grade]
        return cls(
            assignment,
            read(course.release_notebook(assignment), error=CourseError),
            solutions,
            misconceptions(course, assignment),
            alternatives(course, assignment),
            {cell.grade_id: cell.source for cell in own if cell.grade_id not in solutions},
        )

    def cell(self, exercise: str, content: str) -> str | None:
        """The text of a solution cell; None when the cell is to be missing.

        Raises CourseError when `exercise` or the version named by `content` does not exist.
        """
        if exercise not in self.solutions:
            known = ", ".join(self.solutions)
            raise CourseError(
                f"{self.assignment} has no exercise {exercise!r}: its solution cells are {known}"
            )
        if content == MISSING:
            return None
        if content == STUB:
            return self._stub(exercise)
        if content == SOLUTION:
            return self.solutions[exercise]
        for prefix, versions in self._versions():
            if content.startswith(prefix):
                return self._version(exercise, content.removeprefix(prefix), prefix, versions)
        return content

    @property
    def points(self) -> dict[str, float]:
        """Points of the grade cells that graders judge by exercise, in the notebook's order."""
        return {e.name: e.points for e in exercises(self.release) if e.name in self.solutions}

    def notebook(self, sample: Sample) -> dict[str, Any]:
        """The submission as nbformat 4: the release with the sample's cells filled in."""
        contents = {**dict.fromkeys(self.solutions, SOLUTION), **sample.cells}
        texts: dict[str, str | None] = dict(self.others)
        texts |= {name: self.cell(name, content) for name, content in contents.items()}
        notebook = copy.deepcopy(self.release.raw)
        notebook["cells"] = [
            _filled(cell, texts)
            for cell in notebook["cells"]
            if texts.get(_solution_of(cell), "") is not None
        ]
        return notebook

    def _versions(self) -> tuple[tuple[str, Sequence[Version]], ...]:
        return (MISCONCEPTION, self.misconceptions), (ALTERNATIVE, self.alternatives)

    def _stub(self, exercise: str) -> str:
        cell = self.release.cell(exercise)
        if cell is None:
            raise CourseError(
                f"the release of {self.assignment} has no cell {exercise!r}: "
                f"run `autograder build {self.assignment}`"
            )
        return cell.source

    def _version(self, exercise: str, name: str, prefix: str, versions: Sequence[Version]) -> str:
        own = {version.name: version for version in versions if version.function == exercise}
        if name not in own:
            known = ", ".join(own) or "none"
            kind = prefix.rstrip(":")
            raise CourseError(f"{exercise} has no {kind} {name!r}; it has: {known}")
        return own[name].source(self.solutions[exercise])


def samples(course: Course, assignment: str) -> tuple[Sample, ...]:
    """The made-up submissions of an assignment; empty when its tests have no samples.py.

    Raises CourseError when the file does not import, or two samples share a name.
    """
    path = course.tests(assignment) / "samples.py"
    if not path.is_file():
        return ()
    module = load_module(path, f"_autograder_samples_{assignment}", course.source(assignment))
    found = tuple(getattr(module, "SAMPLES", ()))
    names = [sample.name for sample in found]
    if twins := sorted({name for name in names if names.count(name) > 1}):
        raise CourseError(f"{path}: {', '.join(twins)} named twice: rename one of the samples")
    return found


def _solution_of(cell: Mapping[str, Any]) -> str:
    """The exercise that a cell is the solution of; empty when it is none."""
    meta = cell["metadata"].get("nbgrader", {})
    return str(meta["grade_id"]) if meta.get("solution") else ""


def _filled(cell: dict[str, Any], texts: Mapping[str, str | None]) -> dict[str, Any]:
    text = texts.get(_solution_of(cell))
    return cell if text is None else {**cell, "source": text}
