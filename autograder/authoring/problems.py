"""What an author has to mend before an assignment can be graded. Each finding is a sentence."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.authoring.projection import plain_python, solution_cells
from autograder.authoring.stub import defined, regions, stub
from autograder.model import CourseError
from autograder.notebook.cells import Cell, Notebook, exercises


def source_problems(notebook: Notebook) -> Iterator[str]:
    """What is wrong in the notebook itself."""
    yield from notebook.flags
    yield from _repeated_grade_ids(notebook)
    yield from _unpaired(notebook)
    yield from _untranslated(notebook)
    for exercise in exercises(notebook):
        if exercise.grade.points is None:
            yield f"grade cell {exercise.grade.grade_id!r} has no points: set them in its metadata"
        yield from _solution_problems(exercise.solution)
    for cell in solution_cells(notebook):
        if not cell.solution:
            yield from _complaint(cell)


def grader_problems(notebook: Notebook, tests: Path) -> Iterator[str]:
    """Grade cells without a hidden grader, and hidden graders without a grade cell."""
    graded = {exercise.name for exercise in exercises(notebook)}
    marked = marked_exercises(tests)
    for name in sorted(graded - marked.keys()):
        yield f'no grader in {tests} is marked @pytest.mark.exercise("{name}")'
    for name in sorted(marked.keys() - graded):
        yield f"{marked[name]} grades {name!r}, but there is no grade cell 'test_{name}'"


def leak_problems(notebook: Notebook, released: Notebook, handed_out: Path) -> Iterator[str]:
    """Solutions that are left in what students get."""
    names = {exercise.name for exercise in exercises(notebook)}
    for exercise in exercises(notebook):
        cell = released.cell(exercise.name)
        left = _left_over(exercise.solution, cell.source) if cell else []
        if left:
            yield f"the released cell {exercise.name!r} still holds the solution: {left[0].strip()}"
    for path in sorted(handed_out.rglob("*.py")):
        for name in sorted(names & set(_definitions(path))):
            yield f"{path} defines {name!r}, which is an exercise: students get this file"


def marked_exercises(tests: Path) -> dict[str, str]:
    """Exercises named by ``pytest.mark.exercise("…")`` and the file and line that does so."""
    found: dict[str, str] = {}
    for path in sorted(tests.glob("test_*.py")):
        for name, line in _marks(_module(path)):
            found.setdefault(name, f"{path}:{line}")
    return found


def _repeated_grade_ids(notebook: Notebook) -> Iterator[str]:
    counts = Counter(cell.grade_id for cell in notebook.cells if cell.grade_id)
    for name, count in counts.items():
        if count > 1:
            yield f"{count} cells have the nbgrader id {name!r}: give each its own"


def _unpaired(notebook: Notebook) -> Iterator[str]:
    paired = {name for e in exercises(notebook) for name in (e.name, e.grade.grade_id)}
    for number, cell in enumerate(notebook.cells, start=1):
        where = f"cell {number} ({cell.grade_id!r})"
        if cell.kind != "code" or cell.grade_id in paired or (cell.grade and cell.solution):
            continue
        if cell.solution:
            yield f"{where} is a solution cell without a grade cell 'test_{cell.grade_id}'"
        elif cell.grade:
            yield f"{where} is a grade cell, but no solution cell has its name without 'test_'"


def _untranslated(notebook: Notebook) -> Iterator[str]:
    """In a lesson in two languages, prose without its twin right behind it."""
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


def _tongue(cell: Cell) -> str:
    return next((tag for tag in cell.tags if tag in ("lang-en", "lang-zh")), "")


def _solution_problems(cell: Cell) -> Iterator[str]:
    where = f"solution cell {cell.grade_id!r}"
    try:
        if not regions(cell.source):
            yield f"{where} has no START CODE HERE: nothing is left for the student"
        stub(cell.source)
        if cell.grade_id not in defined(ast.parse(cell.source)):
            yield f"{where} defines no function {cell.grade_id!r}"
        if cell.given:
            yield from _given_problems(cell, where)
    except CourseError as error:
        yield f"{where}: {error}"


def _given_problems(cell: Cell, where: str) -> Iterator[str]:
    """What is wrong with the text that a cell is released as."""
    try:
        names = defined(ast.parse(cell.given))
    except SyntaxError as error:
        yield f"{where}: the text in metadata.autograder.given is not Python: {error}"
        return
    if cell.grade_id not in names:
        yield f"{where}: metadata.autograder.given defines no function {cell.grade_id!r}"
    if _code(cell.given) == _code(cell.source):
        yield f"{where}: metadata.autograder.given is the solution itself: nothing is to repair"


def _complaint(cell: Cell) -> Iterator[str]:
    try:
        plain_python(cell)
    except CourseError as error:
        yield str(error)


def _left_over(solved: Cell, released: str) -> list[str]:
    """Lines of the solution that the release holds and the stub, or the given text, would not."""
    wanted, kept = _code(solved.given or stub(solved.source)), _code(released)
    return [line for line in _code(solved.source) if line in kept and line not in wanted]


def _code(source: str) -> list[str]:
    lines = (line.split("#")[0].strip() for line in source.splitlines())
    return [line for line in lines if line]


def _definitions(path: Path) -> list[str]:
    return defined(_module(path))


def _module(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not Python: {error}") from error


def _marks(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names given to ``mark.exercise``, as a text or as a constant of the module."""
    constants = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = _text(node.args[0], constants)
            if name and ast.unparse(node.func).endswith("mark.exercise"):
                yield name, node.lineno


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            value = _text(node.value, {})
            if value and isinstance(node.targets[0], ast.Name):
                yield node.targets[0].id, value


def _text(node: ast.expr, constants: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return constants.get(node.id, "")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
