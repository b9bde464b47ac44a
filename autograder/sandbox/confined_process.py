"""A confined process as the judge sees it: limits, usage, interrupting and killing it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from autograder.sandbox.channel import Channel, ChannelClosed, ChannelError, DeadlinePassed
from autograder.sandbox.cpu_clock import threads_of
from autograder.sandbox.limits import Limits
from autograder.sandbox.processes import MakerDied
from autograder.sandbox.replies import Ended
from autograder.sandbox.results import (
    KILLED,
    KILLED_BY_SYSTEM,
    LEFT,
    MAKER_DIED,
    OUT_OF_TIME,
    Usage,
)
from autograder.sandbox.scratch import over_limits

MOST_THREADS = 70  # a few more than a session of a user of its own can start
_WATCH_SECONDS = 0.05
_PATIENCE_SECONDS = 0.2


class Child(Protocol):
    """The child process behind a session, as whoever started it can end it."""

    may_be_left: bool  # nothing has to be done after its end

    def end(self, patience: float) -> Usage:
        """Kill it, unless it dies by itself in `patience` seconds, and wait for its end."""

    def leave(self) -> None:
        """Kill it without waiting for its end."""


class LimitsWatch:
    """Enforces limits that no kernel counts everywhere: all files, and threads of root."""

    def __init__(self, limits: Limits, folder: Path | None = None) -> None:
        """`folder` is the scratch folder where no limit of the kernel's counts what lies in it."""
        self._limits = limits
        self._folder = folder
        self._counted_at = 0.0

    def look(self, pid: int) -> None:
        """Raise Ended when the process has passed a limit."""
        self.look_at_files()
        self._count_threads(pid)

    def look_at_files(self) -> None:
        """Raise Ended when it wrote more, or larger, files than allowed."""
        if self._folder and over_limits(self._folder, self._limits):
            raise Ended("memory", "more or larger files than allowed")

    def count_threads_now_and_then(self, pid: int) -> None:
        """Count threads while a child sends without pause, which leaves no time to look."""
        if time.monotonic() > self._counted_at + _WATCH_SECONDS:
            self._count_threads(pid)

    def _count_threads(self, pid: int) -> None:
        self._counted_at = time.monotonic()
        if threads_of(pid) > MOST_THREADS:
            raise Ended("memory", "more threads than allowed")


class ConfinedProcess:
    """The process of one session. `usage` is known when it is over."""

    def __init__(self, channel: Channel, child: Child, limits: Limits, watch: LimitsWatch) -> None:
        """`watch` is the one that the channel has."""
        self.channel = channel
        self.usage: Usage | None = None
        self._child = child
        self._limits = limits
        self._watch = watch

    @property
    def alive(self) -> bool:
        return self.usage is None

    def close(self) -> None:
        """Kill the child and remove its scratch folder; nothing the second time.

        Where nobody has to wait for the end of it, nobody knows what it used: see `end`.
        """
        if not self._child.may_be_left:
            self.end()
        elif self.usage is None:
            self.usage = Usage(0, 0.0, LEFT)
            self._child.leave()
            self.channel.close()

    def end(self, patience: float = 0.0) -> Usage:
        """Kill the child, unless it dies by itself in `patience` seconds, and wait for its end."""
        if self.usage is None:
            self.usage = self._child.end(patience)
            self.channel.close()
        return self.usage

    def look_at_files(self) -> None:
        """Raise Ended when it wrote more, or larger, files than allowed."""
        self._watch.look_at_files()

    def count_threads_now_and_then(self) -> None:
        """Raise Ended when it has more threads than allowed; counts a few times a second."""
        self._watch.count_threads_now_and_then(self.channel.peer)

    def interrupt(self) -> bool:
        """Interrupt the running cell, as one interrupts a kernel; whether that was possible."""
        if self.channel.peer <= 0:
            return False
        with suppress(OSError):
            os.kill(self.channel.peer, signal.SIGINT)
        return True

    def why(self, error: ChannelError) -> Ended:
        """The reason behind an error of the channel."""
        if isinstance(error, DeadlinePassed):
            return Ended("timeout", "not finished in time")
        if isinstance(error, ChannelClosed):
            return self._how_it_died()
        return Ended("crashed", f"an answer that cannot be read: {error}")

    def why_it_spoke(self) -> Ended:
        """The reason for data before a request: the child's end, or an answer made in advance."""
        try:
            self.channel.receive(time.monotonic())
        except ChannelClosed:
            return self._how_it_died()
        except ChannelError:
            pass
        return Ended("crashed", "an answer before the question")

    def _how_it_died(self) -> Ended:
        usage = self.end(_PATIENCE_SECONDS)
        if usage.ended == MAKER_DIED:
            raise MakerDied("the warm process died under this session: grade it again")
        if usage.ended == OUT_OF_TIME or usage.cpu_seconds >= self._limits.cpu_seconds:
            return Ended("timeout", "more processor time than allowed")
        if usage.ended == KILLED_BY_SYSTEM:
            return Ended("memory", "killed by the system: out of memory")
        if usage.ended == KILLED:
            return Ended("crashed", "the process hung up")
        return Ended("crashed", f"the process ended by itself ({usage.ended})")
