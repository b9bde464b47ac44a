"""Which test cells of a notebook hidden graders judge, and which are left to nbgrader's own rule.

Each test cell has one judge. Hidden graders judge `test_f` when a check is marked for `f`, or when
the cell itself decides nothing: it calls the public check, or nothing at all. Any other test cell
is an ordinary one: its outputs decide its points, as in stock nbgrader.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from autograder.course import Course
from autograder.model import CourseError
from autograder.notebook.cells import (
    ExerciseCells,
    Notebook,
    NotebookCell,
    exercises,
    is_written_by_nbgrader,
)

HIDDEN_TESTS = "BEGIN HIDDEN TESTS"  # nbgrader's own marker
_PUBLIC_CHECK = re.compile(r"^\s*(from|import)\s+public_check\b", re.MULTILINE)
_CALLS_CHECK = re.compile(r"(?<![\w.])check\(")


class Judges(NamedTuple):
    """Who judges the test cells of one notebook."""

    hidden: tuple[ExerciseCells, ...]  # hidden graders
    ordinary: tuple[NotebookCell, ...]  # nbgrader's own rule


def judges_of(course: Course, assignment: str, notebook: Notebook) -> Judges:
    """Who judges the test cells of the notebook that carries the assignment's name.

    Without hidden graders every pair of one name counts as hidden, and nothing as ordinary.
    Raises CourseError when a file of graders is not Python.
    """
    paired = exercises(notebook)
    if not course.has_graders(assignment):
        return Judges(paired, ())
    marked = marked_exercises(course.tests(assignment))
    checks = any(_PUBLIC_CHECK.search(cell.source) for cell in notebook.cells)
    hidden = tuple(e for e in paired if e.name in marked or _is_mute(e.grade, checks))
    judged_hidden = {exercise.grade.grade_id for exercise in hidden}
    ordinary = tuple(
        cell
        for cell in notebook.cells
        if cell.kind == "code" and cell.grade and not cell.solution
        if cell.grade_id not in judged_hidden and not _is_mute(cell, checks)
    )
    return Judges(hidden, ordinary)


def _is_mute(cell: NotebookCell, imports_check: bool) -> bool:
    """Whether a test cell decides nothing by itself: it could cost nobody a point."""
    if is_written_by_nbgrader(cell.source):
        return False
    lines = (line.partition("#")[0].strip() for line in cell.source.splitlines())
    if not any(lines):
        return True
    return imports_check and _CALLS_CHECK.search(cell.source) is not None


def two_judges(name: str, tests: Path) -> str:
    """The message for hidden tests in a cell that graders judge."""
    return (
        f"the test cell {name!r} holds hidden tests that nobody would run: the graders in {tests} "
        "judge its exercise. Move them there, or take the graders away"
    )


def marked_exercises(tests: Path) -> dict[str, str]:
    """Exercises named by ``pytest.mark.exercise("…")``, or by another name for
    ``pytest.mark.exercise`` that ends in `exercise`, and the file and line that does so."""
    found: dict[str, str] = {}
    for path in sorted(tests.glob("test_*.py")):
        for name, line in _marks(path, path.read_bytes()):
            found.setdefault(name, f"{path}:{line}")
    return found


def module_of(path: Path) -> ast.Module:
    """The syntax tree of a file; raises CourseError when it is not Python."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not Python: {error}") from error


@lru_cache(maxsize=32)  # forked workers ask again; by content, which may change
def _marks(path: Path, content: bytes) -> Sequence[tuple[str, int]]:
    """Names given to ``mark.exercise``, as a text or as a constant of the module; their lines."""
    tree = module_of(path)
    constants = dict(_constants(tree))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    return [
        (name, call.lineno)
        for call in calls
        if (name := _text(call.args[0], constants))
        and ast.unparse(call.func).rpartition(".")[2] == "exercise"
    ]


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
