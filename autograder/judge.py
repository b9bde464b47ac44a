"""Hidden graders and diagnosis, kept warm: functions in, checked exercises out.

The judge runs a live pytest session in a thread of its own: graders are imported and
collected once, and every submission walks through the same items.
"""

from __future__ import annotations

import inspect
import math
import os
import queue
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType, TracebackType
from typing import Literal

import pytest

from autograder.checks import Recording, Reference, Student, blank_check, check_of
from autograder.course import Course, load_solution
from autograder.diagnose import Diagnostician
from autograder.headings import chinese_headings
from autograder.model import Check, CourseError, Exercise, GraderError, Verdict
from autograder.notebook import read
from autograder.opencall import Backend, Call, OpenBackend
from autograder.plugin import DESK, Desk, finished_check
from autograder.public_check import Text
from autograder.sandbox import SandboxError
from autograder.voice import ENGLISH, Voice

QUIET = [
    "--import-mode=importlib",
    "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:logging", "-p", "no:warnings",
    "-p", "no:capture", "-p", "no:junitxml", "-p", "no:doctest", "-p", "no:unittest",
    "-p", "no:faulthandler", "-p", "no:debugging", "-p", "no:stepwise", "-p", "no:pastebin",
    "-p", "no:recwarn", "-p", "no:threadexception", "-p", "no:unraisableexception",
    "-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:setuponly", "-p", "no:setupplan",
    "-p", "no:reports", "-p", "no:subtests", "-p", "autograder.plugin",
]  # fmt: skip


OURS = (GraderError, SandboxError, MemoryError, OSError)  # never a student's fault


@dataclass(frozen=True)
class Task:
    """What the live session is asked to do: run some items against one backend."""

    backend: Backend
    only: frozenset[str] | None = None  # exercises; None means all


Finished = dict[str, tuple[Check, Recording]]


class LiveSession:
    """A pytest session over one folder of graders that never ends until closed."""

    def __init__(
        self, course: Course, assignment: str, reference: ModuleType, voice: Voice = ENGLISH
    ) -> None:
        self._tests = course.tests(assignment)
        self._root = course.root
        self._tasks: queue.Queue[tuple[Task, Future[Finished]] | None] = queue.Queue()
        self._ready: Future[list[pytest.Item]] = Future()
        self._current: Backend | None = None
        self._reference = reference
        self._seed = course.seed
        self._voice = voice
        self._direct: dict[str, Mapping[str, object]] = {}
        self.desk = Desk(
            backend=lambda _path: self._backend(),
            reference=lambda _path: reference,
            seed=lambda _path: course.seed,
            voice=voice,
            judged=True,
        )
        self._thread = threading.Thread(target=self._main, name="graders", daemon=True)
        with no_other_plugins():
            self._thread.start()
            self.items = self._ready.result()

    def run(self, task: Task) -> Finished:
        """All finished checks by node id."""
        future: Future[Finished] = Future()
        self._tasks.put((task, future))
        return future.result()

    def close(self) -> None:
        self._tasks.put(None)
        self._thread.join(timeout=10)

    def _backend(self) -> Backend:
        if self._current is None:
            raise GraderError("a grader asked for a student outside of a grading")
        return self._current

    def _main(self) -> None:
        forget_modules(f"tests.{self._tests.name}")
        arguments = [*QUIET, f"--rootdir={self._root}", "-c", "/dev/null", *self._files()]
        try:
            code = pytest.main(arguments, plugins=[self])
            if not self._ready.done():
                self._ready.set_exception(
                    CourseError(
                        f"no graders could be collected from {self._tests} (pytest exit {code}): "
                        f"run `pytest {self._tests}` to see why. {self._collect_error}"
                    )
                )
        except BaseException as error:  # the waiting side must learn of it
            if not self._ready.done():
                self._ready.set_exception(error)

    def _files(self) -> list[str]:
        """The files that hold hidden checks; others, such as tests of the demos, stay out."""
        paths = sorted(self._tests.glob("test_*.py"))
        return [str(p) for p in paths if "mark.exercise" in p.read_text(encoding="utf-8")]

    _collect_error = ""
    _failure: BaseException | None = None

    # --- pytest hooks -------------------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[DESK] = self.desk

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._collect_error = str(report.longrepr)[-2000:]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Public checks go first: a function that has seen a hidden input could tell it there."""
        items[:] = [item for item in items if item.get_closest_marker("exercise")]
        items.sort(key=lambda item: not is_public(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Only the check counts here: no traceback is drawn that nobody reads."""
        if (found := finished_check(item, call)) is not None:
            self.desk.checks[item.nodeid] = found
        if call.excinfo is not None and isinstance(call.excinfo.value, OURS):
            self._failure = call.excinfo.value
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            return True  # nothing that could be served
        self._direct = {
            i.nodeid: p for i in session.items if (p := plain_parameters(i)) is not None
        }
        self._ready.set_result(list(session.items))
        while (asked := self._tasks.get()) is not None:
            task, future = asked
            try:
                future.set_result(self._serve(session, task))
            except BaseException as error:  # reported to whoever waits
                future.set_exception(error)
        return True

    def _call_directly(self, item: pytest.Function) -> None:
        """Run a check that needs nothing of pytest but its arguments: a tenth of the cost."""
        recording = Recording(item.name, self._seed, self._voice)
        given = {
            "student": lambda: Student(self._backend(), recording),
            "reference": lambda: Reference(self._reference, recording),
            "rng": recording.generator,
        }
        parameters = self._direct[item.nodeid]
        asked = (name for name in given if name in item.fixturenames)
        arguments = {**parameters, **{name: given[name]() for name in asked}}
        error: BaseException | None = None
        start = time.perf_counter()
        try:
            item.obj(**arguments)
        except Exception as raised:
            error = raised
        except (pytest.skip.Exception, pytest.fail.Exception) as raised:
            error = raised
        if isinstance(error, OURS):
            self._failure = error
        seconds = time.perf_counter() - start
        self.desk.checks[item.nodeid] = check_of(item, error, seconds, recording), recording

    def _serve(self, session: pytest.Session, task: Task) -> Finished:
        self._current, self._failure = task.backend, None
        self.desk.checks = {}
        items = [item for item in session.items if task.only is None or owner(item) in task.only]
        try:
            for item, following in zip(items, [*items[1:], items[0]], strict=True):
                if isinstance(item, pytest.Function) and item.nodeid in self._direct:
                    self._call_directly(item)
                else:
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self._failure is not None:
                    raise self._failure
                if item.nodeid not in self.desk.checks:
                    raise GraderError(
                        f"a hidden check could not be set up or was skipped: {item.nodeid}"
                    )
        finally:
            self._current = None
        return self.desk.checks


@contextmanager
def no_other_plugins() -> Iterator[None]:
    """Graders use no plugin but ours, and importing all that are installed takes a second."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def forget_modules(prefix: str) -> None:
    """Let graders be imported anew: pytest would take an older course's of the same name."""
    for name in [n for n in sys.modules if n == prefix or n.startswith(f"{prefix}.")]:
        del sys.modules[name]


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


class Judge:
    """Everything of one assignment that stays warm in one process.

    Raises CourseError when graders, solution or source notebook are missing or broken.
    """

    def __init__(self, course: Course, assignment: str, points: Mapping[str, float]) -> None:
        self.course = course
        self.assignment = assignment
        self.reference = load_solution(course, assignment)
        self.points = dict(points)  # exercise → points of its grade cell
        self.voice = Voice.of(course, assignment)
        self.session = LiveSession(course, assignment, self.reference, self.voice)
        self.diagnostician = Diagnostician(course, assignment, self.reference)
        self._require_graders()

    def __enter__(self) -> Judge:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()

    def _require_graders(self) -> None:
        graded = {owner(item) for item in self.session.items}
        if missing := [name for name in self.points if name not in graded]:
            raise CourseError(
                f"tests/{self.assignment} has no check of {', '.join(missing)}: "
                "every grade cell needs one"
            )
        for item in self.session.items:
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
    ) -> tuple[Exercise, ...]:
        """Check the functions of a backend.

        Raises GraderError when a check itself is broken.
        """
        wanted = [name for name in self.points if only is None or name in only]
        active = frozenset(wanted) - not_attempted
        finished = self.session.run(Task(backend, active)) if active else {}
        by_exercise = self._by_exercise(finished)
        return tuple(
            Exercise(name, self.points[name], self._untouched(name))
            if name in not_attempted
            else self._exercise(name, by_exercise.get(name, []))
            for name in wanted
        )

    def _by_exercise(self, finished: Finished) -> dict[str, list[tuple[Check, Recording]]]:
        found: dict[str, list[tuple[Check, Recording]]] = {}
        for check, recording in finished.values():
            found.setdefault(check.exercise, []).append((check, recording))
        return found

    def _exercise(self, name: str, finished: list[tuple[Check, Recording]]) -> Exercise:
        checks = tuple(self._settled(check) for check, _ in finished)
        if all(check.passed for check in checks):
            return Exercise(name, self.points[name], checks)
        calls = [call for _, recording in finished for call in recording.calls]
        return Exercise(name, self.points[name], self._hinted(name, checks, finished, calls))

    def _settled(self, check: Check) -> Check:
        """The check, or an error of ours if the check cannot even judge the reference."""
        if check.verdict is not Verdict.GRADER_ERROR:
            return check
        again = self.session.run(
            Task(OpenBackend(vars(self.reference)), frozenset([check.exercise]))
        )
        ours = next(c for c, _ in again.values() if c.id == check.id)
        if not ours.passed:
            raise GraderError(f"{self.assignment}: {check.id}: {check.message}")
        return replace(
            check,
            verdict=Verdict.WRONG,
            message=self.voice(
                Text(
                    "What `{name}` returned could not be used: it is not of the kind that the "
                    "exercise asks for.",
                    name=check.exercise,
                )
            ),
        )

    def _hinted(
        self,
        name: str,
        checks: tuple[Check, ...],
        finished: list[tuple[Check, Recording]],
        calls: list[Call],
    ) -> tuple[Check, ...]:
        overall = self.diagnostician.explain(name, calls)
        hinted = []
        for check, (_, recording) in zip(checks, finished, strict=True):
            found = overall or (
                None if check.passed else self.diagnostician.explain(name, recording.calls)
            )
            if check.passed or found is None:
                hinted.append(check)
                continue
            hinted.append(
                replace(
                    check,
                    hint=found.hint(self.course.language),
                    section=self._section(found.version.section),
                    misconception=found.version.name,
                )
            )
        return tuple(hinted)

    def _section(self, heading: str) -> str:
        """A heading of the lesson in the language that students read."""
        return self._translated.get(heading, heading)

    @cached_property
    def _translated(self) -> Mapping[str, str]:
        if self.course.language != "zh":
            return {}
        path = self.course.source_notebook(self.assignment)
        return chinese_headings(read(path, error=CourseError))

    def _untouched(self, name: str) -> tuple[Check, ...]:
        return tuple(
            blank_check(item, Verdict.NOT_ATTEMPTED, self.voice)
            for item in self.session.items
            if owner(item) == name
        )
