"""`student`, `reference` and `rng`: the fixtures of hidden checks.

A pytest session's `Desk` supplies them: the judge sets one for its own session, and
`autograder.pytest_plugin` sets one for plain pytest.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np

    from autograder.judge.calls import Backend
    from autograder.judge.checks import Recording, Reference, Student
    from autograder.judge.message_gate import Gate
    from autograder.language.translation import Translation
    from autograder.model import Check


DESK = pytest.StashKey["Desk"]()
MAKE_DESK = pytest.StashKey["Callable[[], Desk]"]()  # of a session that has no desk yet
RECORDING = pytest.StashKey["Recording"]()


@dataclass
class Desk:
    """Supplies the fixtures of one pytest session."""

    backend: Callable[[Path], Backend]  # a grader's file → where its student's functions live
    reference: Callable[[Path], ModuleType]
    seed: Callable[[Path], str]
    checks: dict[str, tuple[Check, Recording]] = field(default_factory=dict)  # by node id
    translation: Translation | None = None  # what is told is told in; None: English
    gate: Gate | None = None  # for what students read; None: an instructor reads it
    judged: bool = False  # the judge collects the checks itself and shows nothing

    def explain(self, path: Path, check: Check, recording: Recording) -> str:
        """The text that pytest shows for a failed check; "" keeps pytest's own."""
        return ""

    def close(self) -> None:
        """Close whatever was opened for the session."""


def desk_of(config: pytest.Config) -> Desk:
    """The session's desk; a plain pytest run makes its own on first use."""
    if DESK not in config.stash:
        config.stash[DESK] = config.stash[MAKE_DESK]()
    return config.stash[DESK]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "exercise(name, weight=1, public=False): a hidden check of one graded function; "
        "public ones may show expected values",
    )


@pytest.fixture
def _recording(request: pytest.FixtureRequest) -> Recording:
    from autograder.judge.checks import Recording

    item = request.node
    desk = desk_of(request.config)
    marker = item.get_closest_marker("exercise")
    exercise = str(marker.args[0]) if marker is not None else ""
    recording = Recording(item.name, desk.seed(item.path), gate=desk.gate, exercise=exercise)
    if desk.translation is not None:
        recording.translation = desk.translation
    item.stash[RECORDING] = recording
    return recording


@pytest.fixture
def student(request: pytest.FixtureRequest, _recording: Recording) -> Student:
    """The student's functions, called in the sandbox on copies of their arguments."""
    from autograder.judge.checks import Student

    return Student(desk_of(request.config).backend(request.node.path), _recording)


@pytest.fixture
def reference(request: pytest.FixtureRequest, _recording: Recording) -> Reference:
    """The reference solution, called here with the same random seeds as the student's."""
    from autograder.judge.checks import Reference

    return Reference(desk_of(request.config).reference(request.node.path), _recording)


@pytest.fixture
def rng(_recording: Recording) -> np.random.Generator:
    """A random generator on this check's own secret stream, for its fresh inputs."""
    return _recording.generator()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Switch numpy's warnings off: a student's values may be infinite or NaN."""
    if item.get_closest_marker("exercise") is None:
        return (yield)
    import numpy as np

    with np.errstate(all="ignore"):
        return (yield)


def finished_check(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> tuple[Check, Recording] | None:
    """The check that this phase of the item ended; None where it ended none.

    A fixture that fails before a check or after it ends the check, too.
    """
    ended = call.when == "call" or call.excinfo is not None
    if not ended or item.get_closest_marker("exercise") is None:
        return None
    recording = item.stash.get(RECORDING, None)
    if recording is None:
        return None
    from autograder.judge.checks import check_of

    error = call.excinfo.value if call.excinfo is not None else None
    return check_of(item, error, call.duration, recording), recording
