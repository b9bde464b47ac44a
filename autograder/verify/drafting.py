"""A draft of a misconception: the smallest edit of the solution that gives a student's answers.

Student code runs only in the sandbox, which gives the answers to compare with; the edits that run
here are of the solution's own text.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

from autograder.course import Course
from autograder.grading.grader import Grader
from autograder.judge.calls import Call
from autograder.judge.hint_matching import CheckCalls, Diagnosis, WrongVersion
from autograder.language.catalogue import words
from autograder.model import CourseError, SubmissionError
from autograder.repair.candidates import Edit, edits
from autograder.repair.places import OwnFunction
from autograder.verify.bench import Overrun, unheard, within_lines

MOST = 6000  # edits of the solution that are tried
LINES = 300_000  # that one of them may run for
COMMENT = "# Drafted from an answer; the hint is yours: the idea, not the code."


def draft(course: Course, assignment: str, exercise: str, student: str) -> str:
    """Code for ``tests/<assignment>/misconceptions.py``.

    An edit of the solution where one gives the student's answers, the student's own function where
    none does. Raises CourseError where there is nothing to draft.
    """
    comment = words(course.language)(COMMENT)
    if not course.has_graders(assignment):
        raise CourseError(
            f"{assignment} has no hidden graders, for which a known mistake could be drafted: "
            f"`autograder adopt {assignment}` makes them of test cells"
        )
    path = course.submitted(assignment, student) / f"{assignment}.ipynb"
    if not path.is_file():
        raise CourseError(f"{path}: there is no such submission")
    unhinted = replace(course, repair_seconds=0.0)  # nobody reads these hints
    with Grader(unhinted, assignment) as grader:
        judge = grader.judge
        if judge is None or not hasattr(judge.reference, exercise):
            raise CourseError(f"{assignment} has no exercise {exercise!r} with hidden graders")
        watching = _Watching(exercise)
        judge.diagnostician.explain = watching.explain  # type: ignore[method-assign]
        try:
            graded = grader.grade(path.read_bytes(), student)
        except SubmissionError as error:
            raise CourseError(f"{path}: {error}") from error
        calls = [c for row in watching.rows for c in row.calls if c.name == exercise]
        if not calls or all(row.passed for row in watching.rows):
            raise CourseError(f"{student} has no wrong answer to {exercise} that could be compared")
        original = getattr(judge.reference, exercise)
        if isinstance(inspect.unwrap(original), FunctionType):
            solution = inspect.getsource(original)
            for edit in _smallest(solution, exercise):
                if _gives(judge.reference, solution, edit, exercise, calls):
                    return _edited(exercise, solution, edit, comment)
    return _defined(exercise, _own_text(graded.notebook, exercise), comment)


class _Watching:
    """Replaces the diagnosis, and records the calls of one function."""

    def __init__(self, exercise: str) -> None:
        self._exercise = exercise
        self.rows: Sequence[CheckCalls] = ()

    def explain(self, function: str, rows: Sequence[CheckCalls]) -> Diagnosis | None:
        if function == self._exercise:
            self.rows = rows
        return None


def _smallest(solution: str, exercise: str) -> Iterator[Edit]:
    own = OwnFunction(solution, exercise)
    yield from edits(own, [], MOST)


def _gives(
    reference: ModuleType, solution: str, edit: Edit, exercise: str, calls: Sequence[Call]
) -> bool:
    """Whether the solution with this edit gives a student's answers to these calls."""
    space: dict[str, Any] = dict(vars(reference))
    text = OwnFunction(solution, exercise).with_splices(edit.splices)
    try:
        with within_lines(LINES), unheard():
            exec(compile(text, f"<cell {exercise}>", "exec"), space)
            return all(map(WrongVersion((), space).reproduces, calls))
    except (Exception, Overrun):
        return False


def _edited(exercise: str, solution: str, edit: Edit, comment: str) -> str:
    """The edit as `edited` takes it: lines of the solution, as they are and as they become."""
    own = OwnFunction(solution, exercise)
    pairs = []
    for splice in edit.splices:
        old, new = own.lines_with(splice)
        pairs.append(f"        ({old!r}, {new!r}),")
    named = [f"    {exercise!r},", f"    name={edit.kind.replace(' ', '_')!r},"]
    empty = ['    hint="",', '    hint_zh="",', '    section="",']
    replaced = ["    replace=[", *pairs, "    ],"]
    return "\n".join([comment, "edited(", *named, *empty, *replaced, ")"])


def _defined(exercise: str, text: str, comment: str) -> str:
    """The student's own function or class as a misconception; raises CourseError for a variable."""
    kinds = ast.FunctionDef | ast.ClassDef
    found = [n for n in ast.parse(text).body if isinstance(n, kinds) and n.name == exercise]
    if not found:
        raise CourseError(
            f"{exercise} is no function or class there: write the mistake as "
            f"edited({exercise!r}, …) of the solution's cell"
        )
    found[-1].name = "renamed"
    decorator = f"@misconception({exercise!r}, hint='', hint_zh='', section='')"
    return "\n".join([comment, decorator, ast.unparse(found[-1])])


def _own_text(notebook: dict[str, Any], exercise: str) -> str:
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == exercise:
            return str(cell["source"])
    raise CourseError(f"the notebook has no cell {exercise!r}")
