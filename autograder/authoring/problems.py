"""Problems that an author has to mend before an assignment can be graded, a sentence each."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.authoring.projection import plain_python, solution_cells
from autograder.authoring.stub import (
    NBGRADERS_REGION,
    defined,
    has_nbgraders_region,
    regions,
    stub,
)
from autograder.graders.marked import (
    HIDDEN_TESTS,
    Judges,
    marked_exercises,
    module_of,
    two_judges,
)
from autograder.graders.misconceptions import Version
from autograder.model import CourseError
from autograder.notebook.cells import Notebook, NotebookCell, exercises
from autograder.notebook.headings import all_headings
from autograder.testcells.program import names_bound


def source_problems(notebook: Notebook, judges: Judges | None = None) -> Iterator[str]:
    """Problems in the notebook itself; without `judges`, graders judge all of it."""
    judges = judges or Judges(exercises(notebook), ())
    yield from notebook.flags
    yield from _repeated_grade_ids(notebook)
    yield from _unpaired(notebook, judges)
    yield from _untranslated(notebook)
    for exercise in judges.hidden:
        if exercise.grade.points is None:
            yield f"grade cell {exercise.grade.grade_id!r} has no points: set them in its metadata"
        yield from _solution_problems(exercise.solution)
    for cell in solution_cells(notebook):
        if not cell.solution:
            yield from _complaint(cell)


def grader_problems(judges: Judges, tests: Path) -> Iterator[str]:
    """Grade cells without a hidden grader, hidden graders without a grade cell, and hidden tests
    in a cell that graders judge."""
    graded = {exercise.name for exercise in judges.hidden}
    marked = marked_exercises(tests)
    for name in sorted(graded - marked.keys()):
        yield f'no grader in {tests} is marked @pytest.mark.exercise("{name}")'
    for name in sorted(marked.keys() - graded):
        yield f"{marked[name]} grades {name!r}, but there is no grade cell 'test_{name}'"
    for exercise in judges.hidden:
        if HIDDEN_TESTS in exercise.grade.source:
            yield two_judges(exercise.grade.grade_id, tests)


def section_problems(lesson: Notebook, versions: Iterable[Version]) -> Iterator[str]:
    """Misconceptions whose hint would lead students to a heading that the lesson has not."""
    there = all_headings(lesson)
    for version in versions:
        if version.section and version.section not in there:
            yield (
                f"misconception {version.name!r} of {version.function!r}: its section "
                f"{version.section!r} is no heading of the lesson"
            )


def leak_problems(
    notebook: Notebook, released: Notebook, handed_out: Path, judges: Judges | None = None
) -> Iterator[str]:
    """Solutions of exercises that graders judge which are left in what students get."""
    hidden = judges.hidden if judges else exercises(notebook)
    names = {exercise.name for exercise in hidden}
    for exercise in hidden:
        cell = released.cell(exercise.name)
        left = _left_over(exercise.solution, cell.source) if cell else []
        if left:
            yield f"the released cell {exercise.name!r} still holds the solution: {left[0].strip()}"
    for path in sorted(handed_out.rglob("*.py")):
        for name in sorted(names & set(_definitions(path))):
            yield f"{path} defines {name!r}, which is an exercise: students get this file"


def _repeated_grade_ids(notebook: Notebook) -> Iterator[str]:
    counts = Counter(cell.grade_id for cell in notebook.cells if cell.grade_id)
    for name, count in counts.items():
        if count > 1:
            yield f"{count} cells have the nbgrader id {name!r}: give each its own"


def _unpaired(notebook: Notebook, judges: Judges) -> Iterator[str]:
    """Cells that graders cannot judge and that no ordinary test cell after them tests."""
    paired = {name for e in judges.hidden for name in (e.name, e.grade.grade_id)}
    ordinary = {cell.grade_id for cell in judges.ordinary}
    last = max((n for n, c in enumerate(notebook.cells, 1) if c.grade_id in ordinary), default=0)
    for number, cell in enumerate(notebook.cells, start=1):
        where = f"cell {number} ({cell.grade_id!r})"
        if cell.kind != "code" or cell.grade_id in paired or (cell.grade and cell.solution):
            continue
        if cell.grade_id in ordinary or number < last:
            continue
        if cell.solution and not has_nbgraders_region(cell.source):
            yield f"{where} is a solution cell without a grade cell 'test_{cell.grade_id}'"
        elif cell.grade and not cell.solution:
            yield f"{where} is a grade cell, but no solution cell has its name without 'test_'"


def _untranslated(notebook: Notebook) -> Iterator[str]:
    """Prose without its translation right behind it, in a lesson in two languages."""
    tongues = [_tongue(cell) for cell in notebook.cells]
    if not {"lang-en", "lang-zh"} <= set(tongues):
        return
    for number, (before, own, after) in enumerate(
        zip(["", *tongues], tongues, [*tongues[1:], ""], strict=False), start=1
    ):
        if own == "lang-en" and after != "lang-zh":
            yield f"cell {number} is tagged lang-en, but the next one is not its lang-zh twin"
        if own == "lang-zh" and before != "lang-en":
            yield f"cell {number} is tagged lang-zh, but the one before is not its lang-en twin"


def _tongue(cell: NotebookCell) -> str:
    return next((tag for tag in cell.tags if tag in ("lang-en", "lang-zh")), "")


def _solution_problems(cell: NotebookCell) -> Iterator[str]:
    where = f"solution cell {cell.grade_id!r}"
    try:
        if not regions(cell.source) and not has_nbgraders_region(cell.source):
            yield f"{where} has no START CODE HERE: nothing is left for the student"
        stub(cell.source)
        if cell.grade_id not in names_bound(ast.parse(cell.source)):
            yield f"{where} defines no function, class or variable {cell.grade_id!r}"
        if cell.given:
            yield from _given_problems(cell, where)
    except CourseError as error:
        yield f"{where}: {error}"


def _given_problems(cell: NotebookCell, where: str) -> Iterator[str]:
    """Problems in the text that replaces a cell in the release (`given`)."""
    try:
        names = names_bound(ast.parse(cell.given))
    except SyntaxError as error:
        yield f"{where}: the text in metadata.autograder.given is not Python: {error}"
        return
    if cell.grade_id not in names:
        unlike = f"defines no function, class or variable {cell.grade_id!r}"
        yield f"{where}: metadata.autograder.given {unlike}"
    if _code(cell.given) == _code(cell.source):
        yield f"{where}: metadata.autograder.given is the solution itself: nothing is to repair"


def _complaint(cell: NotebookCell) -> Iterator[str]:
    try:
        plain_python(cell)
    except CourseError as error:
        yield str(error)


def _left_over(solved: NotebookCell, released: str) -> list[str]:
    """Lines of the solution that the release holds and the stub, or the given text, would not."""
    wanted, kept = _code(solved.given or _as_released(solved.source)), _code(released)
    return [line for line in _code(solved.source) if line in kept and line not in wanted]


def _as_released(source: str) -> str:
    """A solved cell as it is released: its stub, or its text outside of nbgrader's regions."""
    return stub(NBGRADERS_REGION.sub(r"\1raise NotImplementedError()\n", source))


def _code(source: str) -> list[str]:
    lines = (line.split("#")[0].strip() for line in source.splitlines())
    return [line for line in lines if line]


def _definitions(path: Path) -> list[str]:
    return defined(module_of(path))
