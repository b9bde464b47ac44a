"""Which known misconception gives exactly this answer.

A misconception is a complete wrong version of a function, written by the author of an
assignment in ``tests/<assignment>/misconceptions.py``. It is run by the judge on the very
arguments that a student's function was called with; when it reproduces every answer, the
student has most likely made this mistake, and reads its hint.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from autograder.compare import same
from autograder.course import Course, load_module
from autograder.model import CourseError
from autograder.opencall import Call, Outcome, call_open
from autograder.sandbox import PreparedCall
from autograder.words import words


@dataclass(frozen=True)
class Version:
    """One more way to write a graded function, wrong or right."""

    function: str
    name: str
    hint: str = ""
    hint_zh: str = ""
    section: str = ""
    wrong: bool = True
    definition: FunctionType | None = None
    replace: tuple[tuple[str, str], ...] = ()

    def source(self, solution: str) -> str:
        """The version as the text of a solution cell.

        `solution` is the reference's own text; raises CourseError when it no longer holds
        what this version replaces.
        """
        if self.definition is not None:
            return _renamed(textwrap.dedent(inspect.getsource(self.definition)), self.function)
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

Decorator = Callable[[FunctionType], FunctionType]


def misconception(
    function: str,
    *,
    hint: str,
    section: str = "",
    hint_zh: str = "",
    name: str = "",
    wrong: bool = True,
) -> Decorator:
    """Register a wrong version of a graded function, with what its author should read.

    `section` is a heading of the lesson; ``wrong=False`` marks right values with wrong
    manners, which cost nothing and earn a remark.
    """

    def register(definition: FunctionType) -> FunctionType:
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


def alternative(function: str, *, name: str = "") -> Decorator:
    """Register a right version written differently: it must get full marks."""

    def register(definition: FunctionType) -> FunctionType:
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
    load_module(path, f"_autograder_{stem}_{assignment}", course.source(assignment))
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
    assert isinstance(node, ast.FunctionDef)
    lines = source.splitlines(keepends=True)[node.lineno - 1 :]
    lines[0] = lines[0].replace(f"def {node.name}(", f"def {function}(", 1)
    return "".join(lines)


@dataclass(frozen=True)
class Diagnosis:
    """The mistake that explains a student's answers; `certain` when no other one does."""

    version: Version
    certain: bool = True

    def hint(self, language: str = "en") -> str:
        """What the student reads."""
        text = self.version.hint_zh if language == "zh" else ""
        text = text or self.version.hint
        return text if self.certain else words(language)("Possibly: ") + text


class Diagnostician:
    """Holds an assignment's misconceptions, compiled against its reference solution."""

    def __init__(self, course: Course, assignment: str, reference: ModuleType) -> None:
        self._versions = misconceptions(course, assignment)
        self._reference = reference

    @cached_property
    def _compiled(self) -> dict[str, list[WrongVersion]]:
        found: dict[str, list[WrongVersion]] = {}
        originals: dict[str, str] = {}  # to look one up takes as long as to compile it
        for version in self._versions:
            if version.wrong:
                name = version.function
                if name not in originals:
                    originals[name] = self._original(version)
                wrong = WrongVersion(version, self._namespace(version, originals[name]))
                found.setdefault(name, []).append(wrong)
        return found

    def _original(self, version: Version) -> str:
        original = getattr(self._reference, version.function, None)
        if original is None:
            raise CourseError(
                f"misconception {version.name!r} is of {version.function!r}, "
                "which the solution does not define"
            )
        return inspect.getsource(original)

    def _namespace(self, version: Version, original: str) -> dict[str, Any]:
        text = version.source(original)
        space = dict(vars(self._reference))
        exec(compile(text, f"<misconception {version.name}>", "exec"), space)
        return space

    def explain(self, function: str, calls: Sequence[Call]) -> Diagnosis | None:
        """The most common misconception that gives all the answers of these calls, if any."""
        calls = [call for call in calls if call.name == function]
        if not calls:
            return None
        fitting = [
            wrong.version
            for wrong in self._compiled.get(function, [])
            if all(wrong.reproduces(call) for call in calls)
        ]
        if not fitting:
            return None
        return Diagnosis(fitting[0], certain=len(fitting) == 1)


class WrongVersion:
    """A misconception that can be called; remembers what it answered to calls sent ahead."""

    def __init__(self, version: Version, space: dict[str, Any]) -> None:
        self.version = version
        self._space = space
        self._answers: dict[PreparedCall, tuple[Outcome, bool]] = {}

    def reproduces(self, call: Call) -> bool:
        """Whether it gives the answer of a call, and leaves the arguments as that did."""
        outcome, kept = self._answer(call)
        return (kept or bool(call.outcome.changed)) and _same_outcome(outcome, call.outcome)

    def _answer(self, call: Call) -> tuple[Outcome, bool]:
        if call.prepared is None:
            return self._call(call)
        if call.prepared not in self._answers:
            self._answers[call.prepared] = self._call(call)
        return self._answers[call.prepared]

    def _call(self, call: Call) -> tuple[Outcome, bool]:
        """What it answers, and whether the arguments are as they were."""
        args, kwargs = copy.deepcopy(call.args), copy.deepcopy(dict(call.kwargs))
        outcome = call_open(
            self._space, call.name, args, kwargs, seed=call.seed, stand_ins=call.stand_ins
        )
        return outcome, same([args, kwargs], [call.args, dict(call.kwargs)])


def _same_outcome(ours: Outcome, theirs: Outcome) -> bool:
    if ours.status != theirs.status:
        return False
    if ours.status == "value":  # both ways: integers are no floats, floats may stand for integers
        return same(theirs.value, ours.value) and same(ours.value, theirs.value)
    return ours.error_name == theirs.error_name
