"""Which known misconception gives exactly these answers.

A misconception is a complete wrong version of a function, written by the author of an
assignment in ``tests/<assignment>/misconceptions.py``. The judge runs it on the same arguments as
the student's function. Its hint is a fact when one misconception, two of them in one function, or
two in different parts of the answer give all answers of the student's function.
"""

from __future__ import annotations

import copy
import inspect
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from types import FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from autograder.course import Course
from autograder.graders.compare import same
from autograder.graders.misconceptions import Version, misconceptions
from autograder.judge.calls import Call, call_open
from autograder.judge.solution_cells import SolutionCells
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.sandbox import CallResult, PreparedCall

IN_PART = " (in part)"  # behind the name of a mistake that was made in parts of the answer only
MOST_TOGETHER = 40  # misconceptions of one function that are also tried in pairs
_NO_ANSWERS = {"missing", "timeout", "memory", "crashed", "unsupported", "not_attempted"}


@dataclass(frozen=True)
class CheckCalls:
    """One check of a function: whether it passed, and the calls that it made."""

    passed: bool
    calls: Sequence[Call]


@dataclass(frozen=True)
class Diagnosis:
    """The mistakes that explain a student's answers; `certain` when they explain all of them.

    `rows` are the places of the failing checks that they explain.
    """

    versions: tuple[Version, ...]
    rows: tuple[int, ...]
    certain: bool = True
    whole: bool = True  # the function as it is, not only parts of what it returns

    @property
    def name(self) -> str:
        name = " + ".join(version.name for version in self.versions)
        return name if self.whole else name + IN_PART

    @property
    def section(self) -> str:
        return self.versions[0].section

    def hint(self, language: str = "en") -> str:
        """What the student reads."""
        text = _words(self.versions, language)
        return text if self.certain else words(language)("Possibly: ") + text


def _words(versions: Sequence[Version], language: str) -> str:
    texts = [(v.hint_zh if language == "zh" else "") or v.hint for v in versions]
    return " ".join(dict.fromkeys(texts))


class Diagnostician:
    """Holds an assignment's misconceptions, compiled against its reference solution."""

    def __init__(self, course: Course, assignment: str, reference: ModuleType) -> None:
        self._course = course
        self._assignment = assignment
        self._versions = misconceptions(course, assignment)
        self._reference = reference
        self.names = frozenset(vars(reference))  # that the solution has
        self._together: dict[str, list[WrongVersion]] = {}

    @cached_property
    def _compiled(self) -> dict[str, list[WrongVersion]]:
        found: dict[str, list[WrongVersion]] = {}
        for version in self._versions:
            if version.wrong:
                name = version.function
                text = version.source(self._original(name, version.name))
                found.setdefault(name, []).append(self._wrong((version,), text))
        return found

    def wrong_versions(self, function: str) -> Sequence[WrongVersion]:
        """The known wrong versions of a function, the most common first."""
        return self._compiled.get(function, [])

    def _original(self, function: str, misconception: str) -> str:
        if function not in self._originals:
            if not hasattr(self._reference, function):
                raise CourseError(
                    f"misconception {misconception!r} is of {function!r}, "
                    "which the solution does not define"
                )
            original = getattr(self._reference, function)
            is_function = isinstance(inspect.unwrap(original), FunctionType)
            self._originals[function] = (
                inspect.getsource(original) if is_function else self._cells.text(function)
            )
        return self._originals[function]

    @cached_property
    def _originals(self) -> dict[str, str]:
        return {}  # finding one takes as long as compiling it

    @cached_property
    def _cells(self) -> SolutionCells:
        return SolutionCells(self._course, self._assignment, self._reference.__name__)

    def _wrong(self, versions: tuple[Version, ...], text: str) -> WrongVersion:
        function = versions[0].function
        original = getattr(self._reference, function)
        if not isinstance(inspect.unwrap(original), FunctionType):
            return WrongVersion(versions, self._cells.run(function, text))
        space = dict(vars(self._reference))
        name = " + ".join(version.name for version in versions)
        exec(compile(text, f"<misconception {name}>", "exec"), space)
        return WrongVersion(versions, space)

    def explain(self, function: str, rows: Sequence[CheckCalls]) -> Diagnosis | None:
        """The misconceptions that give the answers of these checks, the most common first.

        It is certain when it gives all answers, and possible when it gives most of the wrong
        ones and contradicts none of the right ones.
        """
        own = [
            CheckCalls(row.passed, [call for call in row.calls if call.name == function])
            for row in rows
        ]
        failing = tuple(place for place, row in enumerate(own) if not row.passed)
        if not any(own[place].calls for place in failing):
            return None
        known = self._compiled.get(function, [])
        calls = [call for row in own for call in row.calls]
        if any(call.result.status in _NO_ANSWERS for call in calls):
            return _possible(known, own, failing)  # no version gives such an answer
        results = [call.result for call in calls]
        if fitting := [wrong for wrong in known if _reproduces_all(wrong, calls)]:
            sure = len(fitting) == 1 and not _is_constant(results)
            return Diagnosis(fitting[0].versions, failing, certain=sure)
        if not _differ(results):
            return _possible(known, own, failing)  # any two mistakes may end in the same number
        return (
            self._explained_together(function, calls, failing)
            or self._explained_in_parts(function, calls, failing)
            or _possible(known, own, failing)
        )

    def _explained_together(
        self, function: str, calls: Sequence[Call], failing: tuple[int, ...]
    ) -> Diagnosis | None:
        """Two mistakes in the same function that together give all answers."""
        for wrong in self.pairs(function):
            if _reproduces_all(wrong, calls):
                return Diagnosis(wrong.versions, failing)
        return None

    def pairs(self, function: str) -> list[WrongVersion]:
        """Two known mistakes together, of those that were registered as edits."""
        if function not in self._together:
            versions = [w.versions[0] for w in self._compiled.get(function, []) if w.edited]
            found = []
            for pair in combinations(versions[:MOST_TOGETHER], 2):
                text = self._original(function, pair[0].name)
                try:
                    for version in pair:
                        text = version.source(text)
                    found.append(self._wrong(pair, text))
                except (CourseError, SyntaxError):
                    continue  # both change the same place
            self._together[function] = found
        return self._together[function]

    def _explained_in_parts(
        self, function: str, calls: Sequence[Call], failing: tuple[int, ...]
    ) -> Diagnosis | None:
        """One or two mistakes, each of which gives some parts of what the function returns.

        A part that is wrong in any call must equal its mistake's part in every call.
        """
        right = WrongVersion((), dict(vars(self._reference)))
        parts: dict[tuple[Any, ...], list[tuple[Call, Any]]] = {}
        wrong_ones: set[tuple[Any, ...]] = set()
        for call in calls:
            given, wanted = _parts(call.result), _parts(right.answer(call)[0])
            if not given or given.keys() != wanted.keys():
                return None
            for key, part in given.items():
                parts.setdefault(key, []).append((call, part))
            wrong_ones |= {k for k, part in given.items() if not same(part, wanted[k])}
        if not wrong_ones:
            return None
        known = self._compiled.get(function, [])
        explained = {
            wrong.versions: {
                key for key in wrong_ones if all(_gives(wrong, c, key, p) for c, p in parts[key])
            }
            for wrong in known
        }
        for count in (1, 2):
            every = combinations(explained, count)
            fitting = [c for c in every if set().union(*(explained[v] for v in c)) == wrong_ones]
            if fitting:
                too_much = _of_right_values(known, parts, wrong_ones)
                return _in_parts(fitting, failing, too_much)
        return None


def _reproduces_all(wrong: WrongVersion, calls: Sequence[Call]) -> bool:
    """Whether it gives the same answers to all calls; the quick ones first, as most differ there.

    Where a call takes the reference some milliseconds, explaining takes half the time with this.
    """
    return all(map(wrong.reproduces, sorted(calls, key=lambda call: call.result.seconds)))


def _in_parts(
    fitting: Sequence[tuple[tuple[Version, ...], ...]], failing: tuple[int, ...],
    too_much: set[tuple[Version, ...]],
) -> Diagnosis | None:  # fmt: skip
    """What one or two mistakes explain that fit; nothing where several pairs do.

    Words on one of a pair are about other parts of the answer, too, which it does not explain.
    """
    found = [tuple(v for some in chosen for v in some) for chosen in fitting]
    says = {frozenset(version.hint for version in versions) for versions in found}
    if len(fitting[0]) > 1 and len(says) > 1:
        return None
    sure = len(says) == 1 and too_much.isdisjoint(fitting[0])
    return Diagnosis(found[0], failing, certain=sure, whole=False)


def _of_right_values(
    known: Sequence[WrongVersion], parts: Mapping[tuple[Any, ...], list[tuple[Call, Any]]],
    wrong_ones: set[tuple[Any, ...]],
) -> set[tuple[Version, ...]]:  # fmt: skip
    """Mistakes whose words are about other returned values, too, which are right here."""
    whole = {key[0] for key in parts} - {key[0] for key in wrong_ones}
    right_ones = [key for key in parts if key[0] in whole and isinstance(key[0], int)]
    return {
        wrong.versions
        for wrong in known
        if not all(_gives(wrong, c, key, p) for key in right_ones for c, p in parts[key])
    }


def _possible(
    known: Sequence[WrongVersion], rows: Sequence[CheckCalls], failing: tuple[int, ...]
) -> Diagnosis | None:
    """The only mistake that explains most failing checks and would fail none that passed.

    One whose answers there are all the same is no sign of it: many mistakes end in 0 or 1.
    """
    found = []
    for wrong in known:
        explained = tuple(
            place
            for place in failing
            if rows[place].calls and all(map(wrong.reproduces, rows[place].calls))
        )
        if 2 * len(explained) > len(failing) and all(
            wrong.reproduces(call) for row in rows if row.passed for call in row.calls
        ):
            found.append(Diagnosis(wrong.versions, explained, certain=False))
    if len(found) != 1:
        return None
    results = [call.result for place in found[0].rows for call in rows[place].calls]
    finite = [result for result in results if not _is_nan(result)]
    return found[0] if _differ(finite or results) else None


def _is_nan(result: CallResult) -> bool:
    """Whether a call gave nan: 0/0 is as little a sign of one mistake as 1 is."""
    return isinstance(result.value, float) and math.isnan(result.value)


def _differ(results: Sequence[CallResult]) -> bool:
    """Whether there are two different ones among several results."""
    first, *others = results
    return not others or not all(_same_result(first, other) for other in others)


def _is_constant(results: Sequence[CallResult]) -> bool:
    """Whether several calls all return the same value: many mistakes end in 0."""
    first = results[0]
    is_value = first.status == "value" and first.value is not None
    return is_value and len(results) > 1 and not _differ(results)


class WrongVersion:
    """A misconception that can be called; caches its answers to calls sent ahead."""

    def __init__(self, versions: tuple[Version, ...], space: dict[str, Any]) -> None:
        self.versions = versions
        self.space = space
        # by call: those of one submission alone go with it
        self._answers: WeakKeyDictionary[PreparedCall, tuple[CallResult, bool]] = (
            WeakKeyDictionary()
        )

    @property
    def function(self) -> str:
        return self.versions[0].function

    def hint(self, language: str = "en") -> str:
        """The authors' words for it."""
        return _words(self.versions, language)

    @property
    def edited(self) -> bool:
        """Whether it was registered by `edited`; two of those can be combined."""
        return all(version.definition is None for version in self.versions)

    def reproduces(self, call: Call) -> bool:
        """Whether it gives the same answer to a call, and leaves the same arguments behind."""
        result, kept = self.answer(call)
        return (kept or bool(call.result.changed)) and _same_result(result, call.result)

    def answer(self, call: Call) -> tuple[CallResult, bool]:
        """Its answer, and whether it left the arguments unchanged."""
        if call.prepared is None:
            return self._call(call)
        if call.prepared not in self._answers:
            self._answers[call.prepared] = self._call(call)
        return self._answers[call.prepared]

    def _call(self, call: Call) -> tuple[CallResult, bool]:
        args, kwargs = copy.deepcopy(call.args), copy.deepcopy(dict(call.kwargs))
        result = call_open(
            self.space, call.name, args, kwargs, seed=call.seed, stand_ins=call.stand_ins
        )
        return result, same([args, kwargs], [call.args, dict(call.kwargs)])


def _same_result(known: CallResult, given: CallResult) -> bool:
    """Whether two answers are the same; what is printed matters only where nothing is returned.

    A function that prints its result in place of returning it prints it in words of its own.
    """
    if known.status != given.status:
        return False
    if known.status == "value":
        if known.value is None and known.stdout and not given.stdout:
            return False
        return _same_both_ways(known.value, given.value)
    return known.error_name == given.error_name and _same_message(known, given)


def _same_both_ways(known: Any, given: Any) -> bool:
    """Equal in both directions: integers are no floats, floats may stand for integers."""
    return same(given, known) and same(known, given)


def _same_message(known: CallResult, given: CallResult) -> bool:
    return _normalized(known) == _normalized(given)


def _normalized(result: CallResult) -> str:
    """An exception's message without names of variables, the order of shapes, and addresses."""
    text = re.sub(r"0x[0-9a-f]+", "0x", result.error_message)
    if result.error_name in ("NameError", "UnboundLocalError"):
        return re.sub(r"'\w+'", "''", text)
    if "shapes" in text:
        return " ".join(sorted(re.findall(r"\([\d,]*\)", text)))
    return re.sub(r"^\w+\(\)", "()", text)


def _parts(result: CallResult) -> dict[tuple[Any, ...], Any]:
    """The parts of a returned value, by place in the tuple and key of the dictionary."""
    if result.status != "value" or not isinstance(result.value, (tuple, dict)):
        return {}
    return dict(_flat(result.value, ()))


def _flat(value: Any, path: tuple[Any, ...]) -> list[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict) and value:
        return [found for key, item in value.items() for found in _flat(item, (*path, key))]
    if isinstance(value, tuple) and value:
        return [found for place, item in enumerate(value) for found in _flat(item, (*path, place))]
    return [(path, value)]


def _gives(wrong: WrongVersion, call: Call, key: tuple[Any, ...], part: Any) -> bool:
    parts = _parts(wrong.answer(call)[0])
    return key in parts and _same_both_ways(parts[key], part)
