"""The watcher of one course: each step looks for hand-ins, answers them and yields events."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder.course import Course
from autograder.gradebook.disk_errors import refused
from autograder.model import CourseError, GraderError
from autograder.watch.arrivals import HandIn, Inbound
from autograder.watch.assignment import WatchedAssignment
from autograder.watch.exchange import CourseExchange, shown
from autograder.watch.lock import CourseLock
from autograder.watch.pools import WarmPools
from autograder.watch.responding import Event
from autograder.watch.rules import Rules

NO_HAND_IN = (
    "the name of this folder in the exchange does not say whose hand-in it is: "
    "student+assignment+time stamp. Rename it, or hand in again"
)
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds until what failed is tried again


def folder_of(course: Course) -> Path:
    """Where a watcher keeps its lock, its status and its ledgers."""
    return course.root / ".autograder" / "watch"


class Watcher:
    """Watches some assignments of one course; use as a context manager.

    clock: gives seconds since 1970.
    """

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        course: Course,
        assignments: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises CourseError when the course is watched already or its exchange cannot be."""
        self.rules = Rules.from_config(config)
        self._db_url = coursedir.db_url
        self._clock = clock
        self._exchange = CourseExchange(coursedir, config)
        self._inbound = Inbound(self._exchange.inbound)
        self._folder = folder_of(course)
        self._lock = CourseLock(self._folder / "lock")
        self._pools = WarmPools(coursedir, config, course)
        self._watched = [
            WatchedAssignment(
                coursedir, config, course, name, self.rules, self._exchange, self._pools, clock
            )
            for name in assignments
        ]
        self._pauses: dict[str, tuple[float, float, str]] = {}  # until, length, why
        self._answered = 0
        self._status = ""

    def __enter__(self) -> Watcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pools.close()
        self._lock.__exit__(kind, error, trace)

    @property
    def waiting(self) -> int:
        """Hand-ins that the last step has left for the next one."""
        return sum(watched.waiting for watched in self._watched)

    @property
    def arriving(self) -> int:
        """Hand-ins that were there at the last look and may not be complete."""
        return self._inbound.arriving + sum(watched.arriving for watched in self._watched)

    @property
    def trouble(self) -> list[str]:
        """Sentences on what keeps hand-ins waiting."""
        return [why for _, _, why in self._pauses.values()]

    def warm_up(self) -> None:
        """Start the workers of the assignment that was named first, before anything arrives.

        What keeps them from starting is an event of the step in which a hand-in has arrived.
        """
        if self._watched:
            with suppress(CourseError):
                self._pools.get(self._watched[0].name)

    def step(self) -> Iterator[Event]:
        """Look once, and answer a batch of each assignment."""
        now = self._clock()
        names = {watched.name for watched in self._watched}
        arrived: list[HandIn] = []
        try:
            arrived = self._inbound.look(names, now)
            yield from self._well("")
            for name in self._inbound.strange:
                yield Event("refused", "", shown(name), NO_HAND_IN)
        except OSError as error:
            text = f"the exchange is away: {self._inbound.folder}: {error.strerror}"
            yield from self._in_trouble("", text, now)
        for watched in self._watched:
            until, length, _ = self._pauses.get(watched.name, (now, 0.0, ""))
            if now < until <= now + length:  # or the clock has been put back
                continue
            try:
                yield from watched.work([h for h in arrived if h.assignment == watched.name], now)
                yield from self._well(watched.name)
            except (CourseError, GraderError, OSError, SQLAlchemyError) as error:
                yield from self._in_trouble(watched.name, self._said(error), self._clock())
        self._write_status(now)

    def _said(self, error: Exception) -> str:
        if isinstance(error, OSError | SQLAlchemyError):
            return str(refused(error, self._db_url) or error)
        return str(error)

    def _in_trouble(self, name: str, text: str, now: float) -> Iterator[Event]:
        """Yield an event once for a new problem, and put the next try off."""
        _, length, before = self._pauses.get(name, (0.0, FIRST_PAUSE / 2, ""))
        length = min(2 * length, LONGEST_PAUSE)
        self._pauses[name] = (now + length, length, text)
        if text != before:
            yield Event("trouble", name, text=shown(text))

    def _well(self, name: str) -> Iterator[Event]:
        if self._pauses.pop(name, None):
            yield Event("well", name)

    def _write_status(self, now: float) -> None:
        """What `--status` reads; only when something has changed."""
        told = {"waiting": self.waiting, "trouble": self.trouble,
                "assignments": [watched.name for watched in self._watched]}  # fmt: skip
        if (text := json.dumps(told)) != self._status:
            self._status = text
            aside = self._folder / "status.tmp"
            aside.write_text(json.dumps({**told, "since": now}), encoding="utf-8")
            aside.replace(self._folder / "status.json")
