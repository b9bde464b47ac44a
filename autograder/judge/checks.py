"""The objects that a hidden check works with, and the verdict and message made from its end."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.graders.compare import Mismatch
from autograder.handout.words import Text
from autograder.judge import vocabulary
from autograder.judge.calls import Backend, Call, StandIns, call_open
from autograder.judge.drivers import driver_of, variable
from autograder.judge.known_words import digest_of, examples_of
from autograder.judge.message_gate import Gate
from autograder.judge.stops import tell_missing
from autograder.language.translation import ENGLISH, Translation, recognised
from autograder.model import Check, GraderError, Verdict
from autograder.sandbox import Callback, CallResult
from autograder.sandbox.driving import Driven, Driver, SentFunction


class StudentFailure(BaseException):
    """A student's function gave no value: the verdict, and the message for the student.

    No `except Exception` and no `pytest.raises(Exception)` of a grader takes it for an answer.

    `message` says how the call ended. `shown` quotes the function's exception, which may hold the
    check's inputs, and is therefore read only where the author marked the check public. `before`
    says what happened before the function got any input, and needs no gate.
    """

    def __init__(self, verdict: Verdict, message: str, shown: str, before: str = "") -> None:
        super().__init__(message)
        self.before = before
        self.verdict = verdict
        self.message = message
        self.shown = shown


@dataclass
class Recording:
    """One run of one check: the calls made, the streams of randomness, the remarks."""

    check: str
    seed: str
    translation: Translation = ENGLISH  # what the check tells is told in
    gate: Gate | None = None  # for what students read; None: an instructor reads it
    exercise: str = ""  # whose check it is
    calls: list[Call] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def generator(self) -> np.random.Generator:
        """The secret random stream, seeded by the course's seed and the check's name."""
        digest = hashlib.sha256(f"{self.seed}\0{self.check}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:16], "little"))

    def answers(self) -> bytes:
        """A digest of all values that the student's functions returned."""
        return digest_of([call.result.value for call in self.calls])

    def examples(self) -> frozenset[int]:
        """Numbers of columns of the arrays among the arguments: one column is one example."""
        return examples_of([a for c in self.calls for a in (*c.args, *c.kwargs.values())])

    def public_seed(self, side: str, name: str) -> int:
        """The global random seed of a function's next call: public, the same on both sides."""
        self._counts[side, name] += 1
        return zlib.crc32(f"{self.check}:{name}:{self._counts[side, name]}".encode())


class Student:
    """The student's functions by name: ``student.f(x)`` calls f in the sandbox.

    Raises StudentFailure, which graders must not catch, when the function gives no value.
    """

    def __init__(
        self, backend: Backend, recording: Recording, stand_ins: StandIns | None = None
    ) -> None:
        self._backend = backend
        self._recording = recording
        self._stand_ins: StandIns = stand_ins or {}

    @property
    def last(self) -> CallResult:
        """The result of the latest call: `changed` names the arguments it changed in place."""
        return self._recording.calls[-1].result

    def standing_in(self, **functions: Callable[..., Any]) -> Student:
        """The same student, with the judge's functions in place of names in the notebook."""
        return Student(self._backend, self._recording, {**self._stand_ins, **functions})

    def callback(self, function: Callable[..., Any]) -> Callback:
        """A function of the judge to pass as an argument; only its values cross the wire.

        A plain function among the arguments is wrapped like this too.
        """
        return Callback(function)

    def sent(self, function: Callable[..., Any], /, **values: Any) -> SentFunction:
        """A function of the grader's file as an argument or stand-in that runs where it is called.

        Its text and the values of some of its parameters go to the student's session, as a
        driver's do: student code can read and keep both, so they may answer no exercise. A call
        of it does not cross the wall, as one of `callback`'s does.
        """
        return SentFunction(driver_of(function, frozenset(values)), values)

    def remark(self, message: str, /, **parts: Any) -> None:
        """Add a remark for the student that costs no points; see `fail` for its fields."""
        text = Text(message, **parts)
        if text not in self._recording.remarks:
            self._recording.remarks.append(text)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def function(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        return function

    def drive(self, driver: Callable[..., Any], /, **values: Any) -> Any:
        """What a function of the grader's file finds, which runs in the student's session.

        Its parameters without a value here are what the notebook defines under these names. See
        `drivers`: student code can read its text, and only plain values cross.
        """
        sent = driver_of(driver, frozenset(values))
        alone = bool(getattr(driver, "alone", False))
        return self._call(_driven(self._recording, sent, alone), (), values)

    def variable(self, name: str) -> Any:
        """The value of a variable of the notebook, where it is plain."""
        return self._call(_driven(self._recording, variable(name)), (), {})

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        args = tuple(map(_called_back, args))
        kwargs = {key: _called_back(item) for key, item in kwargs.items()}
        seed = self._recording.public_seed("student", name)
        result = self._backend.call(name, args, kwargs, seed=seed, stand_ins=self._stand_ins)
        self._recording.calls.append(Call(name, args, kwargs, seed, result, self._stand_ins))
        if result.status != "value":
            raise StudentFailure(
                _VERDICTS[result.status],
                how_it_ended(name, result),
                quote(name, result),
                tell_missing(_missing(name, result), result.stop) if result.stop else "",
            )
        return result.value


def _driven(recording: Recording, driver: Driver, alone: bool = False) -> Driven:
    """A use of the exercise that the check is of."""
    return Driven(recording.exercise or driver.names[0], driver, alone)


def _called_back(argument: Any) -> Any:
    """The argument; a bare function as one that the student's code calls back."""
    bare = callable(argument) and not isinstance(argument, Callback | SentFunction | type)
    return Callback(argument) if bare else argument


class Reference:
    """The reference solution by name: ``reference.f(x)``, on copies of its arguments."""

    def __init__(
        self, module: ModuleType, recording: Recording, stand_ins: StandIns | None = None
    ) -> None:
        self._module = module
        self._recording = recording
        self._stand_ins: StandIns = stand_ins or {}

    def standing_in(self, **functions: Callable[..., Any]) -> Reference:
        """The same reference, with other functions in place of names in its module."""
        return Reference(self._module, self._recording, {**self._stand_ins, **functions})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._module, name)
        if not callable(value):
            return value

        def function(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        return function

    def drive(self, driver: Callable[..., Any], /, **values: Any) -> Any:
        """What a driver finds in the reference solution; see `Student.drive`."""
        return self._call(
            _driven(self._recording, driver_of(driver, frozenset(values))), (), values
        )

    def variable(self, name: str) -> Any:
        """The value of a variable of the solution."""
        return self._call(_driven(self._recording, variable(name)), (), {})

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        seed = self._recording.public_seed("reference", name)
        result = call_open(
            vars(self._module), name, deepcopy(args), deepcopy(dict(kwargs)),
            seed=seed, stand_ins=self._stand_ins,
        )  # fmt: skip
        if result.status == "missing":
            raise GraderError(f"the solution does not define {result.error_message or name!r}")
        if result.status != "value":
            raise RuntimeError(
                f"the reference's {name} raised {result.error_name}: {result.error_message}"
            )
        return result.value


_VERDICTS = {
    "raised": Verdict.ERROR,
    "timeout": Verdict.TIMEOUT,
    "memory": Verdict.MEMORY,
    "crashed": Verdict.ERROR,
    "missing": Verdict.MISSING,
    "unsupported": Verdict.WRONG,
    "not_attempted": Verdict.NOT_ATTEMPTED,
}


def how_it_ended(name: str, result: CallResult) -> str:
    """How a call without a value ended, without the text of its exception."""
    if result.status == "raised":
        return _raised(name, result.error_name, result)
    telling = _TELLING_OF_DRIVERS if isinstance(name, Driven) else {}
    words = {**_TELLING, **telling}.get(result.status, "`{name}` is not attempted yet.")
    return Text(words, name=_missing(name, result))


def _missing(name: str, result: CallResult) -> str:
    """What a notebook does not define: a name that the driver uses, or what was called."""
    return name.missing(result.error_message) if isinstance(name, Driven) else name


def quote(name: str, result: CallResult) -> str:
    """`describe` with the text of the student's exception, for inputs that are public."""
    if result.status == "raised":
        error = f"{result.error_name}: {result.error_message}".rstrip(": ")
        return _with_lines(_raised(name, error, result), result.lines)
    if result.status == "unsupported":
        words = "`{name}` returned what is not plain numbers: {error}."
        if isinstance(name, Driven):
            words = "`{name}` gave what is not plain numbers: {error}."
        return Text(words, name=name, error=recognised(result.error_message))
    return how_it_ended(name, result)


_ENDED = ("timeout", "memory", "crashed", "missing", "unsupported")
_TELLING = dict(zip(_ENDED, vocabulary.ENDINGS, strict=False))
_TELLING_OF_DRIVERS = dict(zip(_ENDED[-2:], vocabulary.DRIVEN, strict=True))


def _with_lines(text: Text, lines: Sequence[str]) -> Text:
    for line in lines:
        text = Text("{text}\n{line}", text=text, line=recognised(line))
    return text


def _raised(name: str, error: str, result: CallResult) -> Text:
    words = vocabulary.USED if isinstance(name, Driven) else vocabulary.RAISED
    text = Text(words, name=str(name), error=error)
    if result.error_name == "TypeError" and "0-dimensional" in result.error_message:
        return Text("{text}. {advice}", text=text, advice=Text(vocabulary.ADVICE))
    return text


def check_of(
    item: pytest.Item, error: BaseException | None, seconds: float, recording: Recording
) -> Check:
    """The finished check: its verdict and message from how it ended."""
    say = recording.translation
    blank = blank_check(item, Verdict.PASSED, say)
    verdict, message = _judged(error, blank.public, recording)
    remarks: Sequence[str] = [*recording.remarks, *_manners(recording)]
    if recording.gate is not None and not blank.public:
        remarks = recording.gate.remarks(remarks)
    return replace(
        blank,
        verdict=verdict,
        message=say(message),
        remark="; ".join(map(say, remarks)),
        seconds=round(seconds, 6),
    )


def blank_check(item: pytest.Item, verdict: Verdict, say: Translation = ENGLISH) -> Check:
    """A check as its author wrote it, with a verdict and no findings."""
    marker = item.get_closest_marker("exercise")
    assert marker is not None
    return Check(
        id=item.name,
        title=_title(item, say),
        exercise=str(marker.args[0]),
        verdict=verdict,
        weight=float(marker.kwargs.get("weight", 1)),
        public=bool(marker.kwargs.get("public", False)),
    )


def _manners(recording: Recording) -> list[str]:
    """Remarks on what is right in value and still bad practice."""
    changed = {str(call.name) for call in recording.calls if call.result.changed}
    return [Text(vocabulary.IN_PLACE, name=name) for name in sorted(changed)]


def _judged(error: BaseException | None, public: bool, recording: Recording) -> tuple[Verdict, str]:
    if error is None:
        return Verdict.PASSED, ""
    if not isinstance(error, Mismatch | StudentFailure):
        return Verdict.GRADER_ERROR, reason(error)
    verdict = Verdict.WRONG if isinstance(error, Mismatch) else error.verdict
    if isinstance(error, StudentFailure) and error.before:
        return verdict, error.before
    if public:
        return verdict, error.shown
    if recording.gate is None:
        return verdict, error.message
    if isinstance(error, StudentFailure):
        return verdict, recording.gate.ended(error.message)
    return verdict, recording.gate.wrong(error.told, recording.answers(), recording.examples())


def reason(error: BaseException) -> str:
    """Why a check itself stopped, for its author."""
    if isinstance(error, pytest.FixtureLookupError):
        return f"hidden checks have no fixture {error.argname!r}"
    return f"{type(error).__name__}: {error}"


def _title(item: pytest.Item, say: Translation) -> str:
    text = getattr(getattr(item, "function", None), "__doc__", None) or item.name
    title = text.strip().splitlines()[0].rstrip(".")
    callspec = getattr(item, "callspec", None)
    return say.title(title, callspec.id if callspec is not None else "")
