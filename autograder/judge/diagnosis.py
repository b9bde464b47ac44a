"""Which known misconception gives exactly this answer.

A misconception is a complete wrong version of a function, written by the author of an
assignment in ``tests/<assignment>/misconceptions.py``. It is run by the judge on the very
arguments that a student's function was called with; when it reproduces every answer, the
student has most likely made this mistake, and reads its hint.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

from autograder.course import Course
from autograder.graders.compare import same
from autograder.graders.misconceptions import Version, misconceptions
from autograder.judge.calls import Call, Outcome, call_open
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.sandbox import PreparedCall


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
