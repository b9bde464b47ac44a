"""What can cost a whole class points and shows in no submission: said before it is graded."""

from __future__ import annotations

import ast
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import InstantiateTests, SaveCells
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from autograder.authoring.build import solution_text
from autograder.authoring.release_plans import TellOfPlan
from autograder.course import Course
from autograder.gradebook.disk_errors import MIB, database_path
from autograder.gradebook.shared import SharedGradebook
from autograder.gradebook.sources import gradebook_cells, written_tests
from autograder.graders.marked import judges_of
from autograder.grading.planning import plan_of_ordinary, plans_of
from autograder.handout.words import Text
from autograder.model import CourseError
from autograder.nbgrader_plugins.misread_times import misread_times
from autograder.notebook.cells import AUTOTEST, SKIP_TAG, NotebookCell, is_written_by_nbgrader
from autograder.notebook.reading import read
from autograder.notebook.restoring import SourceCell, SourceCells
from autograder.testcells.plan import NotebookPlan

_LEFT_OUT = (InstantiateTests, TellOfPlan)  # one runs the notebook, one only talks


def class_warnings(
    coursedir: CourseDirectory,
    config: Config,
    course: Course,
    assignment: str,
    *,
    again: bool = False,
) -> list[Text]:
    """Sentences for the instructor; none in a course without the source.

    Makes the plans of test cells where they are not stored, and with `again` also where the
    author's own solution did not pass a test; raises what `plans_of` raises.
    """
    if not course.source(assignment).is_dir():
        return []
    written = written_tests(course, assignment, coursedir.db_url)
    plans = plans_of(course, assignment, written, again=again)
    if ordinary := plan_of_ordinary(course, assignment, again=again):
        plans = {assignment: ordinary, **plans}
    return [
        *not_released(coursedir, config, course, assignment),
        *_not_built(course, assignment),
        *misread_times(coursedir, config, course, assignment),
        *_not_passed(plans, course),
        *_not_tried(plans),
        *_fails_for_nobody(course, assignment),
        *_little_space(course),
    ]


def _little_space(course: Course) -> Iterator[Text]:
    """A sentence where the disk has less space than one submission may fill."""
    folder, most = tempfile.gettempdir(), course.limits.scratch_bytes
    free = shutil.disk_usage(folder).free
    if free < most:
        yield Text(
            "{free} MiB are free in {folder}, where student code writes its files, and one "
            "submission may write {most} MiB: who finds no space there may lose points. Make "
            "space, or set TMPDIR to another folder, and grade again.",
            free=f"{free / MIB:.1f}", folder=folder, most=f"{most / MIB:g}",
        )  # fmt: skip


def _fails_for_nobody(course: Course, assignment: str) -> Iterator[Text]:
    """A sentence for each test cell with points that runs nothing: everybody gets its points."""
    for path in sorted(course.source(assignment).glob("*.ipynb")):
        notebook = read(path, error=CourseError)
        judged = frozenset[str]()
        if path.stem == assignment and course.has_graders(assignment):
            hidden = judges_of(course, assignment, notebook).hidden
            judged = frozenset(exercise.grade.grade_id for exercise in hidden)
        for cell in notebook.cells:
            if cell.kind == "code" and cell.grade and not cell.solution and cell.points:
                told = None if cell.grade_id in judged else _why_nothing_runs(path.name, cell)
                if told is not None:
                    yield told


def _why_nothing_runs(notebook: str, cell: NotebookCell) -> Text | None:
    if SKIP_TAG in cell.tags:
        return Text(
            "{notebook}: the test cell {cell} is tagged skip-execution and never runs: everybody "
            "gets its points. Take the tag away, or the points, and release it again.",
            notebook=notebook, cell=cell.grade_id,
        )  # fmt: skip
    lines = (line.partition("#")[0].strip() for line in cell.source.splitlines())
    if any(lines) or is_written_by_nbgrader(cell.source):
        return None
    return Text(
        "{notebook}: the test cell {cell} holds no code: everybody gets its points. Write the "
        "test, or take the points away, and release it again.",
        notebook=notebook, cell=cell.grade_id,
    )  # fmt: skip


def _not_passed(plans: Mapping[str, NotebookPlan], course: Course) -> Iterator[Text]:
    """A sentence for each test cell that the author's own solution does not pass."""
    for notebook, plan in plans.items():
        for cell, how in plan.lost.items():
            where = {"notebook": f"{notebook}.ipynb", "cell": cell, "how": Text(how)}
            if course.unsound_tests == "manual":
                yield Text(
                    "{notebook}: the author's own solution does not pass the test cell {cell} here "
                    "({how}): who does not pass it either waits to be graded by hand. Mend the "
                    "test, its data or what this machine lacks, and grade again.",
                    **where,
                )
            else:
                yield Text(
                    "{notebook}: the author's own solution does not pass the test cell {cell} here "
                    "({how}): everybody may lose its points (c.Autograder.unsound_tests). Mend the "
                    "test, its data or what this machine lacks, and grade again.",
                    **where,
                )


def _not_tried(plans: Mapping[str, NotebookPlan]) -> Iterator[Text]:
    """A sentence for each notebook whose source holds no solution for some test cells."""
    for notebook, plan in plans.items():
        if plan.untried:
            yield Text(
                "{notebook}: the source holds no solution for {cells}: nothing shows that a right "
                "answer passes there, and who fails loses the points. Write the solution into the "
                "source to have that tried.",
                notebook=f"{notebook}.ipynb", cells=", ".join(plan.untried),
            )  # fmt: skip


def not_released(
    coursedir: CourseDirectory, config: Config, course: Course, assignment: str
) -> Iterator[Text]:
    """A sentence for each notebook whose source was changed after the last release.

    Looked at are all that decides a grade: locked cells, and the points of all.
    """
    file = database_path(coursedir.db_url)
    if file and not Path(file).exists():
        return
    command = f"nbgrader generate_assignment {assignment} --force"
    if course.has_graders(assignment):
        command = f"autograder build {assignment}"
    for path in sorted(course.source(assignment).glob("*.ipynb")):
        fresh = _as_released_now(coursedir, config, assignment, path)
        held = _held(coursedir, assignment, path.stem)
        if fresh and held and (cells := _differing(fresh, held)):
            yield Text(
                "{notebook}: the source has another text or other points than the last release in "
                "{cells}: everybody is graded by the last release. Run `{command}`, or undo the "
                "change.",
                notebook=path.name, cells=", ".join(cells), command=command,
            )  # fmt: skip


def _not_built(course: Course, assignment: str) -> Iterator[Text]:
    """A sentence where the answers that are expected are not those of the source any more."""
    path = course.solution(assignment)
    if not course.has_graders(assignment) or not path.is_file():
        return
    try:
        notebook = read(course.source_notebook(assignment), error=CourseError)
        fresh, held = solution_text(course, assignment, notebook), path.read_text(encoding="utf-8")
        is_built = fresh.partition("\n")[0] == held.partition("\n")[0]  # or else an author's own
        is_same = ast.dump(ast.parse(fresh)) == ast.dump(ast.parse(held))
    except (CourseError, ValueError, SyntaxError):  # other commands say so
        return
    if is_built and not is_same:
        yield Text(
            "{solution}: the source has another solution by now: everybody is graded by the one "
            "that was built last. Run `{command}`, or undo the change.",
            solution=f"{path.parent.name}/{path.name}",
            command=f"autograder build {assignment}",
        )  # fmt: skip


def _held(coursedir: CourseDirectory, assignment: str, notebook: str) -> SourceCells | None:
    with SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            return gradebook_cells(gradebook, assignment, notebook)
        except CourseError:  # never released: other commands say so
            return None


def _as_released_now(
    coursedir: CourseDirectory, config: Config, assignment: str, path: Path
) -> SourceCells | None:
    """What `nbgrader generate_assignment` would put into the gradebook; None where it would fail.

    Tests that nbgrader writes itself are left as the source has them.
    """
    converter = GenerateAssignment(coursedir=coursedir, config=config)
    kinds = [import_item(k) if isinstance(k, str) else k for k in converter.preprocessors]
    if SaveCells not in kinds:
        return None
    names = {"student": ".", "assignment": assignment, "notebook": path.stem}
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    resources = {"nbgrader": {**names, "db_url": coursedir.db_url}}
    before = Path.cwd()
    try:
        os.chdir(coursedir.root)  # a header is named from there
        nb = nbformat.read(path, 4)  # type: ignore[no-untyped-call]
        for kind in kinds[: kinds.index(SaveCells)]:
            if kind not in _LEFT_OUT:
                nb, resources = kind(parent=exporter)(nb, resources)
        return SourceCells.from_notebook(nb)
    except Exception:  # whatever an author's notebook or preprocessor raises, `--force` shows it
        return None
    finally:
        os.chdir(before)


def _differing(fresh: SourceCells, held: SourceCells) -> list[str]:
    names = dict.fromkeys((*fresh.cells, *held.cells))
    return [n for n in names if not _is_alike(fresh.cells.get(n), held.cells.get(n))]


def _is_alike(fresh: SourceCell | None, held: SourceCell | None) -> bool:
    """Whether a cell decides grades as it did."""
    if fresh is None or held is None:
        return fresh is held
    roles = [(c.cell_type, c.locked, c.grade, c.solution, c.task, c.points) for c in (fresh, held)]
    if roles[0] != roles[1]:
        return False
    if not is_written_by_nbgrader(fresh.source):
        return not fresh.locked or fresh.source == held.source
    rest = iter(_said(held.source))  # what the author wrote stands among what nbgrader writes
    asked = all(snippet in held.source for snippet in _asked(fresh.source))
    return asked and all(line in rest for line in _said(fresh.source))


def _asked(source: str) -> list[str]:
    """The expressions of which nbgrader writes tests: they stand in what it writes."""
    lines = re.findall(rf"{AUTOTEST}(.*)$", source, re.MULTILINE)
    return [part.strip() for line in lines for part in line.split(";") if part.strip()]


def _said(source: str) -> list[str]:
    """The lines of a test cell, without those in whose place nbgrader writes tests."""
    lines = (line.strip() for line in source.splitlines())
    return [line for line in lines if line and not is_written_by_nbgrader(line)]
