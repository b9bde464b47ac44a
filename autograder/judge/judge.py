"""Hidden graders and diagnosis, kept warm: functions in, checked exercises out."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from autograder.course import Course, load_solution
from autograder.handout.words import Text
from autograder.judge import vocabulary
from autograder.judge.calls import Backend, OpenBackend
from autograder.judge.checks import blank_check
from autograder.judge.collected import CollectedChecks, owner
from autograder.judge.hint_matching import Diagnostician
from autograder.judge.hinting import Hinting
from autograder.judge.message_gate import with_one_line
from autograder.judge.rehearsal import Judged, Rehearsal
from autograder.language.translation import Translation
from autograder.model import Check, CourseError, Exercise, GraderError, Verdict

PLAIN_ASSERTS = ("AssertionError", "Failed")  # `assert` and `pytest.fail`


def answers_nothing(name: str, judged: Sequence[Judged]) -> bool:
    """Whether a function gave None, or containers of it, for every documented case."""
    results = [
        call.result
        for found in judged
        if found.check.public
        for call in found.calls()
        if call.name == name
    ]
    given = [result.value for result in results if result.status == "value"]
    return bool(given) and all(map(is_nothing, given))


def is_nothing(value: object) -> bool:
    """None, or a container that holds nothing else."""
    if isinstance(value, dict):
        return bool(value) and all(map(is_nothing, value.values()))
    if isinstance(value, list | tuple):
        return bool(value) and all(map(is_nothing, value))
    return value is None


def missing_told_once(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks, with the reason for a missing function in the first of them only."""
    said: set[str] = set()
    told = []
    for check in checks:
        again = check.verdict is Verdict.MISSING and check.message in said
        said.add(check.message)
        told.append(replace(check, message="") if again else check)
    return tuple(told)


def require_asserts() -> None:
    """Raise CourseError where this Python drops asserts and docstrings."""
    if sys.flags.optimize:
        raise CourseError(
            "Python runs without assert statements and docstrings here (-O, -OO or "
            "PYTHONOPTIMIZE): checks and their titles are made of both. Start it without"
        )


class Judge:
    """The checks, reference and misconceptions of one assignment, loaded once per process.

    Raises CourseError when graders, solution or source notebook are missing or broken.
    """

    def __init__(self, course: Course, assignment: str, points: Mapping[str, float]) -> None:
        require_asserts()
        self.course = course
        self.assignment = assignment
        self.reference = load_solution(course, assignment)
        self.points = dict(points)  # exercise → points of its grade cell
        self.translation = Translation.of(course, assignment)
        self.collected = CollectedChecks(course, assignment, self.reference, self.translation)
        self.diagnostician = Diagnostician(course, assignment, self.reference)
        self._hinting = Hinting(course, assignment, self.diagnostician, self.translation)
        self._require_graders()

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.collected.close()

    @property
    def graded(self) -> frozenset[str]:
        """The exercises that checks are marked for, with points or without."""
        return frozenset(owner(item) for item in self.collected.items)

    def _require_graders(self) -> None:
        graded = self.graded
        if missing := [name for name in self.points if name not in graded]:
            raise CourseError(
                f"tests/{self.assignment} has no check of {', '.join(missing)}: "
                "every grade cell needs one"
            )
        for item in self.collected.items:
            weight = blank_check(item, Verdict.PASSED).weight
            if not 0 < weight < math.inf:
                raise CourseError(
                    f"{item.nodeid}: its weight is {weight}: give a number greater than 0"
                )

    def run(
        self,
        backend: Backend,
        *,
        not_attempted: frozenset[str] = frozenset(),
        only: Collection[str] | None = None,
        submission: str = "",
    ) -> tuple[Exercise, ...]:
        """Check the functions of a backend; `submission` is the text that inputs may depend on.

        Raises GraderError when a check itself is broken.
        """
        wanted = [name for name in self.points if only is None or name in only]
        active = frozenset(wanted) - not_attempted
        by_exercise: dict[str, list[Judged]] = {}
        rehearsal = self._rehearsal_for(submission, active)
        for judged in rehearsal.run(backend, active):
            by_exercise.setdefault(judged.check.exercise, []).append(judged)
        return tuple(
            Exercise(name, self.points[name], self._untouched(name))
            if name in not_attempted
            else self._exercise(name, by_exercise.get(name, []), rehearsal.seed)
            for name in wanted
        )

    @cached_property
    def rehearsal(self) -> Rehearsal:
        """The calls that each check makes of the reference, with the course's own seed."""
        return Rehearsal(self.collected, vars(self.reference), self.course.seed)

    def _rehearsal_for(self, submission: str, exercises: frozenset[str]) -> Rehearsal:
        lasting = self.rehearsal  # also where it is not used: it knows the names of the answers
        seed = self.course.seed_of(submission)
        if not submission or seed == lasting.seed:
            return lasting
        return Rehearsal(self.collected, vars(self.reference), seed, exercises)

    @property
    def free_checks(self) -> Sequence[str]:
        """Names of the checks that pass without a call of any function of the student's."""
        return self.rehearsal.free

    @property
    def reference_seconds(self) -> Mapping[str, float]:
        """The longest time in seconds that each of the reference's functions took here."""
        return self.rehearsal.seconds

    def _exercise(self, name: str, judged: Sequence[Judged], seed: str) -> Exercise:
        checks = tuple(self._settled(found, seed) for found in judged)
        if all(check.passed for check in checks):
            return Exercise(name, self.points[name], checks)
        if answers_nothing(name, judged) and not self._is_nothing_right(name):
            checks = tuple(self._with_nothing_earned(check) for check in checks)
        lines = [
            found.lines() if check.verdict is Verdict.ERROR else ()
            for check, found in zip(checks, judged, strict=True)
        ]
        hinted = self._hinting.hinted(name, checks, judged, seed)
        told = with_one_line(hinted, lines, self.translation)
        return Exercise(name, self.points[name], missing_told_once(told))

    def _with_nothing_earned(self, check: Check) -> Check:
        """A check that passes whatever is returned, of a function that returns nothing."""
        if not check.passed:
            return check
        said = Text(
            "`{name}` returns nothing but `None`: a `return`, or a line, is not filled in.",
            name=check.exercise,
        )
        return replace(check, verdict=Verdict.WRONG, message=self.translation(said))

    def _is_nothing_right(self, name: str) -> bool:
        """Whether the reference itself answers nothing in every documented case."""
        items = self.collected.items_of(frozenset([name]))
        scripts = [self.rehearsal.script(i) for i in items if i.nodeid in self.collected.public]
        calls = [c for script in scripts if script for c in script.calls if c.name == name]
        return bool(calls) and all(is_nothing(call.result.value) for call in calls)

    def _settled(self, found: Judged, seed: str) -> Check:
        """The check; raises GraderError if it called nothing, or fails on the reference, too."""
        check = found.check
        if check.verdict is not Verdict.GRADER_ERROR:
            return check
        if not found.calls():
            raise GraderError(
                f"{self.assignment}: {check.id} stopped before it had called a student's function: "
                f"{check.message}"
            )
        items = self.collected.items_of(frozenset([check.exercise]))
        reference = OpenBackend(vars(self.reference))
        again = self.collected.run([(item, reference) for item in items], seed)
        if not all(one.passed for one, _ in again.values() if one.id == check.id):
            raise GraderError(f"{self.assignment}: {check.id}: {check.message}")
        unfit, wrong = vocabulary.UNFIT
        told = wrong if check.message.startswith(PLAIN_ASSERTS) else unfit
        message = self.translation(Text(told, name=check.exercise))
        return replace(check, verdict=Verdict.WRONG, message=message)

    def _untouched(self, name: str) -> tuple[Check, ...]:
        return tuple(
            blank_check(item, Verdict.NOT_ATTEMPTED, self.translation)
            for item in self.collected.items
            if owner(item) == name
        )
