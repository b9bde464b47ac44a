"""The checks of one folder of graders: pytest collects them once; each submission runs them."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Literal, cast

import numpy as np
import pytest
from _pytest.config import default_plugins

from autograder.course import Course, forget_compiled
from autograder.graders.never_run import never_run
from autograder.judge.calls import Backend
from autograder.judge.checks import (
    Recording,
    Reference,
    Student,
    StudentFailure,
    check_of,
    reason,
)
from autograder.judge.fixtures import DESK, Desk, finished_check
from autograder.judge.known_words import KnownWords
from autograder.judge.message_gate import Gate
from autograder.language.translation import ENGLISH, Translation
from autograder.model import Check, CourseError, GraderError
from autograder.sandbox import SandboxError

QUIET = [
    "--import-mode=importlib",
    "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:logging", "-p", "no:warnings",
    "-p", "no:capture", "-p", "no:junitxml", "-p", "no:doctest", "-p", "no:unittest",
    "-p", "no:faulthandler", "-p", "no:debugging", "-p", "no:stepwise", "-p", "no:pastebin",
    "-p", "no:recwarn", "-p", "no:threadexception", "-p", "no:unraisableexception",
    "-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:setuponly", "-p", "no:setupplan",
    "-p", "no:reports", "-p", "no:subtests", "-p", "autograder.judge.fixtures",
]  # fmt: skip


_MARKS = re.compile(r"\bexercise\(|mark\.exercise")
OURS = (GraderError, SandboxError, MemoryError, OSError)  # never a student's fault


Finished = dict[str, tuple[Check, Recording]]  # by node id
Turns = Sequence[tuple[pytest.Item, Backend]]  # which check is run on whose functions


class DirectChecks:
    """Checks that need only their arguments from pytest: a direct call costs a tenth."""

    def __init__(self, reference: ModuleType, translation: Translation, gate: Gate) -> None:
        self._reference = reference
        self._translation = translation
        self._gate = gate
        self._parameters: dict[str, Mapping[str, object]] = {}

    def learn(self, items: Iterable[pytest.Item]) -> None:
        """Find out which of the checks can be called directly."""
        self._parameters = {
            item.nodeid: parameters
            for item in items
            if (parameters := plain_parameters(item)) is not None
        }

    def __contains__(self, item: pytest.Item) -> bool:
        return item.nodeid in self._parameters

    def run(
        self, item: pytest.Function, backend: Backend, seed: str
    ) -> tuple[tuple[Check, Recording], BaseException | None]:
        """What a check found, and the exception that it raised."""
        recording = Recording(item.name, seed, self._translation, self._gate, owner(item))
        given = {
            "student": lambda: Student(backend, recording),
            "reference": lambda: Reference(self._reference, recording),
            "rng": recording.generator,
        }
        asked = (name for name in given if name in item.fixturenames)
        arguments = {**self._parameters[item.nodeid], **{name: given[name]() for name in asked}}
        error: BaseException | None = None
        start = time.perf_counter()
        try:
            with np.errstate(all="ignore"):  # as the plugin has it for checks of any kind
                answer = item.obj(**arguments)
            if answer is not None:
                raise TypeError(f"it returns {type(answer).__name__}: did it mean `assert`?")
        except (
            Exception, StudentFailure, pytest.skip.Exception, pytest.fail.Exception
        ) as raised:  # fmt: skip
            error = raised
        seconds = time.perf_counter() - start
        return (check_of(item, error, seconds, recording), recording), error


class ChecksByPytest:
    """Checks that need fixtures of their author's: pytest runs them, in any order."""

    def __init__(self) -> None:
        self._last: pytest.Item | None = None

    def run(self, item: pytest.Item) -> None:
        """Run one check; the fixtures that outlive it stay, those of another file's checks go."""
        if self._last is not None and self._last.parent is not item.parent:
            self._tear_down(item)
        self._last = item
        # pytest asks of the next item only which of this one's parents it shares
        shared = cast("pytest.Item", item.parent)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=shared)

    def close(self) -> None:
        """Tear down the fixtures that outlive a check."""
        self._tear_down(None)
        self._last = None

    def _tear_down(self, next_item: pytest.Item | None) -> None:
        if (last := self._last) is not None:
            with kept("PYTEST_CURRENT_TEST"):  # which pytest deletes, also of one around this one
                last.config.hook.pytest_runtest_teardown(item=last, nextitem=next_item)


class OwnFolders:
    """`tmp_path` for checks: pytest's own ends with its session, before any check runs."""

    @pytest.fixture
    def tmp_path(self) -> Iterator[Path]:
        """Return an empty folder, removed when the check is over."""
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


class CollectedChecks:
    """The checks of one assignment, as pytest has collected them.

    pytest's session ends after collecting: each check is run by itself afterwards.
    Raises CourseError when there are none, or one cannot be collected.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        reference: ModuleType,
        translation: Translation = ENGLISH,
    ) -> None:
        self._tests = course.tests(assignment)
        self._root = course.root
        self._current: Backend | None = None
        self._reference = reference
        self._seed = course.seed
        self._translation = translation
        self.gate = Gate(KnownWords.of(self._tests), course.seed)
        self._direct = DirectChecks(reference, translation, self.gate)
        self.desk = Desk(
            backend=lambda _path: self._backend(),
            reference=lambda _path: reference,
            seed=lambda _path: self._seed,
            translation=translation,
            gate=self.gate,
            judged=True,
        )
        self.items: list[pytest.Item] = []
        self._found: list[pytest.Item] = []  # with those that the author's conftest.py deselects
        self._by_pytest = ChecksByPytest()
        self._collect()
        self._direct.learn(self.items)
        self._owners = {item.nodeid: owner(item) for item in self.items}
        for name in self._owners.values():
            self.gate.known.learn(name)
        self.public = frozenset(item.nodeid for item in self.items if is_public(item))

    def run(self, turns: Turns, seed: str) -> Finished:
        """Run checks in this order, their inputs drawn from a seed.

        Raises GraderError where a check is broken.
        """
        self._seed = seed
        self._failure = None
        self.desk.checks = {}
        try:
            for item, backend in turns:
                self._current = backend
                if isinstance(item, pytest.Function) and item in self._direct:
                    found, error = self._direct.run(item, backend, self._seed)
                    self.desk.checks[item.nodeid] = found
                    self._failure = error if isinstance(error, OURS) else None
                else:
                    self._by_pytest.run(item)
                if self._failure is not None:
                    raise self._failure
                if item.nodeid not in self.desk.checks:
                    raise GraderError(f"a hidden check was skipped: {item.nodeid}")
        finally:
            self._current = None
        return self.desk.checks

    def items_of(self, exercises: frozenset[str]) -> list[pytest.Item]:
        """The checks of some exercises, in the order in which they run."""
        return [item for item in self.items if self._owners[item.nodeid] in exercises]

    def close(self) -> None:
        """Tear down the fixtures that outlive a check."""
        self._by_pytest.close()

    def _backend(self) -> Backend:
        if self._current is None:
            raise GraderError("a grader asked for a student outside of a grading")
        return self._current

    def _collect(self) -> None:
        forget_modules(f"tests.{self._tests.name}")
        forget_compiled(self._tests)
        # nothing above the course is looked through, and no conftest.py found there is run
        roots = f"--rootdir={self._root}", f"--confcutdir={self._root}"
        files, code = self._files(), int(pytest.ExitCode.NO_TESTS_COLLECTED)
        if files:  # or pytest would look through the folder that it is started in
            with no_other_plugins():
                own = [self, OwnFolders()]
                code = pytest.main([*QUIET, *roots, "-c", "/dev/null", *files], own)
        if self._interrupt is not None:
            raise self._interrupt
        if not self.items:
            raise CourseError(
                f"no graders could be collected from {self._tests} (pytest exit {code}): "
                f"run `pytest {self._tests}` to see why. {self._collect_error}"
            )
        _require_all_that_are_written(self._tests, self._found)

    def _files(self) -> list[str]:
        """The files that hold hidden checks; others, such as tests of the demos, stay out."""
        paths = sorted(self._tests.glob("test_*.py"))
        return [str(p) for p in paths if _MARKS.search(p.read_text(encoding="utf-8"))]

    _collect_error = ""
    _failure: BaseException | None = None
    _interrupt: BaseException | None = None

    # --- pytest hooks -------------------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[DESK] = self.desk

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._collect_error = str(report.longrepr)[-2000:]

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        self._found.append(item)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run public checks first: a function that has seen a hidden input could show it there."""
        items[:] = [item for item in items if item.get_closest_marker("exercise")]
        items.sort(key=lambda item: not is_public(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Skip pytest's traceback, which nobody reads here."""
        earlier = self.desk.checks.get(item.nodeid) if call.when == "teardown" else None
        found = finished_check(item, call)
        if found is not None and (earlier is None or earlier[0].passed):
            self.desk.checks[item.nodeid] = found
        error = call.excinfo.value if call.excinfo is not None else None
        if isinstance(error, OURS):
            self._failure = error
        elif error is not None and found is None and not isinstance(error, pytest.skip.Exception):
            why = reason(error)
            self._failure = GraderError(f"a hidden check could not be set up: {item.name}: {why}")
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if isinstance(excinfo.value, KeyboardInterrupt):  # and no pytest.exit
            self._interrupt = excinfo.value

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.testsfailed:
            self.items = list(session.items)
        return True  # none is run here


def preload() -> None:
    """Import what pytest imports when it collects: once, before workers are forked."""
    for name in (*default_plugins, "assertion.rewrite", "assertion.util"):
        if f"no:{name}" not in QUIET:
            importlib.import_module(f"_pytest.{name}")


@contextmanager
def no_other_plugins() -> Iterator[None]:
    """Load no installed pytest plugin: graders need none, and importing all takes a second."""
    with kept("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        yield


@contextmanager
def kept(name: str) -> Iterator[None]:
    """Restore an environment variable at the end of the block."""
    before = os.environ.get(name)
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def forget_modules(prefix: str) -> None:
    """Let graders be imported anew: pytest would take an older course's of the same name."""
    for name in [n for n in sys.modules if n == prefix or n.startswith(f"{prefix}.")]:
        del sys.modules[name]


def _require_all_that_are_written(tests: Path, items: Iterable[pytest.Item]) -> None:
    """Raise CourseError for a marked function that pytest has not collected: nobody would miss
    it, and wrong answers would pass."""
    files = {p: p.read_bytes() for p in sorted(tests.rglob("*.py"))}
    marked = [item for item in items if item.get_closest_marker("exercise")]
    lines = {line for item in marked for line in _first_lines(item)}
    names = set(map(_written_name, marked))
    for path, check in never_run(files, lines, names):
        raise CourseError(
            f"{path}:{check.line}: {check.name} is marked as a check and would never run. "
            "Checks are functions called test_…, each name once in its file and class, in "
            f"files test_*.py of {tests} itself; their classes are called Test… and have "
            "no __init__"
        )


def _first_lines(item: pytest.Item) -> Iterator[tuple[Path, int]]:
    """Where the functions of a check begin: its own, and what a decorator of its author's wraps.

    The code of a module that pytest (before 9.2) took from its cache can name another file: the one
    that held it before the course was moved or copied.
    """
    function = getattr(item, "function", None)
    while function is not None:
        code = getattr(function, "__code__", None)
        if code is not None:
            file = function.__globals__.get("__file__", code.co_filename)
            yield Path(file), code.co_firstlineno
        function = getattr(function, "__wrapped__", None)


def _written_name(item: pytest.Item) -> tuple[Path, str]:
    """The file and the name under which a check is written, with that of its class."""
    name = getattr(item, "originalname", item.name)
    for kind in getattr(getattr(item, "cls", None), "__mro__", ()):
        if name in vars(kind):
            file = getattr(sys.modules.get(kind.__module__), "__file__", None)
            return Path(file or item.path), f"{kind.__qualname__}.{name}"
    return item.path, name


def owner(item: pytest.Item) -> str:
    """The exercise that an item is a check of."""
    marker = item.get_closest_marker("exercise")
    assert marker is not None
    return str(marker.args[0])


def is_public(item: pytest.Item) -> bool:
    """Whether students may read the values that a check compares."""
    marker = item.get_closest_marker("exercise")
    return marker is not None and bool(marker.kwargs.get("public", False))


def plain_parameters(item: pytest.Item) -> Mapping[str, object] | None:
    """The parameters of a check that takes only our fixtures and plain parameters, else None."""
    if not isinstance(item, pytest.Function) or item.cls is not None:
        return None
    if inspect.iscoroutinefunction(item.function):
        return None
    if any(mark.name not in ("exercise", "parametrize") for mark in item.iter_markers()):
        return None
    if any(mark.kwargs.get("indirect") for mark in item.iter_markers("parametrize")):
        return None
    callspec = getattr(item, "callspec", None)
    parameters = dict(callspec.params) if callspec is not None else {}
    known = {"student", "reference", "rng", "request", "_recording", *parameters}
    if not set(item.fixturenames) <= known:
        return None
    arguments = inspect.signature(item.function).parameters
    return {n: parameters[n] for n in arguments if n in parameters}
