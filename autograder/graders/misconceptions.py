"""An author's further versions of a function: wrong ones with their hints, and right ones."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import TypeVar

from autograder.course import Course, load_module
from autograder.graders.global_names import statements_needed
from autograder.model import CourseError


@dataclass(frozen=True)
class Version:
    """One more way to write an exercise, wrong or right."""

    function: str
    name: str
    hint: str = ""
    hint_zh: str = ""
    section: str = ""
    wrong: bool = True
    definition: FunctionType | type | None = None
    replace: tuple[tuple[str, str], ...] = ()

    def source(self, solution: str) -> str:
        """The version as the text of a solution cell.

        `solution` is the reference's own text; raises CourseError when it no longer holds
        what this version replaces. The imports and helpers of its file come with it.
        """
        if self.definition is not None:
            own = textwrap.dedent(inspect.getsource(self.definition))
            text = _renamed(own, self.function)
            return statements_needed(text, Path(inspect.getfile(self.definition))) + text
        text = solution
        for old, new in self.replace:
            if old not in text:
                raise CourseError(f"{self.name}: the solution of {self.function} has no {old!r}")
            text = text.replace(old, new)
        return text


class _Registry(list[Version]):
    """Versions in the order in which their file names them: the most common first."""


_misconceptions = _Registry()


_alternatives = _Registry()


Versioned = TypeVar("Versioned", FunctionType, type)


def misconception(
    function: str,
    *,
    hint: str,
    section: str = "",
    hint_zh: str = "",
    name: str = "",
    wrong: bool = True,
) -> Callable[[Versioned], Versioned]:
    """Register a wrong version of a graded function or class, with the hint for who wrote it.

    `section` is a heading of the lesson; ``wrong=False`` marks right values with wrong
    manners, which cost nothing and earn a remark.
    """

    def register(definition: Versioned) -> Versioned:
        _misconceptions.append(
            Version(
                function, name or definition.__name__, hint, hint_zh, section, wrong, definition
            )
        )
        return definition

    return register


def edited(
    function: str,
    *,
    name: str,
    hint: str,
    replace: Sequence[tuple[str, str]],
    section: str = "",
    hint_zh: str = "",
    wrong: bool = True,
) -> None:
    """Register a wrong version that differs from the reference solution in a few places."""
    _misconceptions.append(
        Version(function, name, hint, hint_zh, section, wrong, None, tuple(replace))
    )


def alternative(function: str, *, name: str = "") -> Callable[[Versioned], Versioned]:
    """Register a right version written differently: it must get full marks."""

    def register(definition: Versioned) -> Versioned:
        _alternatives.append(
            Version(function, name or definition.__name__, wrong=False, definition=definition)
        )
        return definition

    return register


def misconceptions(course: Course, assignment: str) -> tuple[Version, ...]:
    """All misconceptions of an assignment, in their file's order; empty when it has no file."""
    return _collect(course, assignment, "misconceptions", _misconceptions)


def alternatives(course: Course, assignment: str) -> tuple[Version, ...]:
    """All right answers written differently; empty when the assignment has no such file."""
    return _collect(course, assignment, "alternatives", _alternatives)


def _collect(
    course: Course, assignment: str, stem: str, registry: _Registry
) -> tuple[Version, ...]:
    path = course.tests(assignment) / f"{stem}.py"
    if not path.is_file():
        return ()
    registry.clear()
    load_module(
        path,
        f"_autograder_{stem}_{assignment}",
        course.source(assignment),
        course.release(assignment),
    )
    found = tuple(registry)
    registry.clear()
    _reject_twins(path, found)
    return found


def _reject_twins(path: Path, versions: Iterable[Version]) -> None:
    seen: set[tuple[str, str]] = set()
    for version in versions:
        key = (version.function, version.name)
        if key in seen:
            raise CourseError(f"{path}: {version.name!r} is registered twice: rename one")
        seen.add(key)


def _renamed(source: str, function: str) -> str:
    """The definition's own source, without decorators and under the graded name."""
    tree = ast.parse(source)
    node = tree.body[0]
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    lines = source.splitlines(keepends=True)[node.lineno - 1 :]
    lines[0] = re.sub(rf"^(def|class) {node.name}\b", rf"\1 {function}", lines[0], count=1)
    return "".join(lines)
