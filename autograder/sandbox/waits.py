"""How long a process that may be hostile is waited for: by what it could use of the time."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from autograder.sandbox.cpu_clock import Clocks
from autograder.sandbox.limits import TooBusy

MOST_PATIENCE = 0.75  # seconds, for a process that sleeps
MOST_QUEUED = 60.0  # seconds, for one that stands in the queue for a processor; of all requests
QUEUED_PER_COMPUTED = 20.0  # seconds more for each second that it has computed, if it was so long
_TOLD_AFTER = 1.0  # seconds


class _Slept(threading.local):
    """Seconds that the thread has waited of its own will, whatever for."""

    seconds = 0.0


_slept = _Slept()


def count_sleep(seconds: float) -> None:
    """Note that this thread has waited so long of its own will."""
    _slept.seconds += seconds


def kept_from_running() -> float:
    """Seconds for which this thread was kept from running; only differences mean anything.

    The clock less what the thread has computed and slept of its own will.
    """
    return time.monotonic() - time.thread_time() - _slept.seconds


class Waits(NamedTuple):
    """Seconds by which deadlines in a process were extended for want of a processor."""

    of_others: float  # that it waited for
    own: float  # what it stood in the queue itself, and what no clock shows


class _Granted:
    """What was granted in this process and has not been told yet."""

    def __init__(self) -> None:
        self.tell: Callable[[Waits], None] | None = None
        self._untold = Waits(0.0, 0.0)

    def count(self, of_others: float, own: float) -> None:
        self._untold = Waits(self._untold.of_others + of_others, self._untold.own + own)
        if self.tell is not None and sum(self._untold) >= _TOLD_AFTER:
            told, self._untold = self._untold, Waits(0.0, 0.0)
            self.tell(told)


_granted = _Granted()


def tell_of_waits(tell: Callable[[Waits], None]) -> None:
    """Have a function called with the seconds by which deadlines are extended from now on.

    It is told whenever a second has come together, of every process that is waited for here.
    """
    _granted.tell = tell


class DeadlineExtension:
    """By how much a deadline is extended while requests are answered, one after the other.

    By the time that the other side could not use, as its clocks show it (a busy machine) or as
    this process was itself kept from running (a limit of the system's on processor time, which no
    clock shows), and by a little for a process that sleeps. Apart from that little all requests
    together are given no more than MOST_QUEUED, and QUEUED_PER_COMPUTED for what the other side
    has computed, as far as a queue or a limit of the system's was the reason and not a disk: what
    would need more raises TooBusy.
    """

    def __init__(self, clocks: Clocks | None, tick_seconds: float) -> None:
        """The clocks may be set later, when it is known which process answers."""
        self.clocks = clocks
        self._tick_seconds = tick_seconds
        self._limit = 0.0  # of the request that is under way, in seconds
        self._used_before = 0.0
        self._busy_before = 0.0  # when seconds were last added
        self._granted = 0.0  # seconds on top of its deadline
        self._granted_beyond = 0.0  # of these, what was no patience
        self._queued_before = 0.0  # seconds beyond its patience that earlier requests were granted
        self._computed_before = 0.0  # seconds, in earlier requests
        self._kept_before = 0.0  # from running, at the last look
        self._lost = 0.0  # seconds for which this process was kept from running, in all requests

    def begin(self, limit: float) -> None:
        """Start another request with a limit in seconds of processor time."""
        self._queued_before += max(0.0, self._granted - MOST_PATIENCE)
        used = self.clocks.computed() if self.clocks else 0.0
        if math.isfinite(computed := used - self._used_before):
            self._computed_before += computed
        self._limit, self._granted, self._granted_beyond = limit, 0.0, 0.0
        self._kept_before = kept_from_running()
        self._used_before = used

    @property
    def was_kept_waiting(self) -> bool:
        """Whether this request has been granted more than its patience."""
        return self._granted_beyond >= self._tick_seconds

    def computed(self) -> float:
        """Seconds that the other side has computed since the request began; 0 where unknown."""
        return self.clocks.computed() - self._used_before if self.clocks else 0.0

    def left(self, deadline: float) -> float:
        """Seconds until a deadline in time.monotonic, extended by what it is due.

        Raises TooBusy when more would be due than all requests together are given.
        """
        left = deadline + self._granted - time.monotonic()
        if left > 0 or (clocks := self.clocks) is None:
            return left
        busy = clocks.computed() + clocks.queued()
        more = patience = MOST_PATIENCE - self._granted
        if patience <= 0:  # then as much again as the other side did not sleep
            kept = self._tick_seconds if clocks.is_kept_waiting() else 0.0
            more = min(max(busy - self._busy_before, kept), MOST_PATIENCE)
        may_compute = self._limit - self.computed()
        kept_now = kept_from_running()
        lost = max(0.0, kept_now - self._kept_before)
        granted = lost + max(0.0, min(more, may_compute)) if may_compute > 0 else 0.0
        self._busy_before, self._kept_before = busy, kept_now
        self._lost += lost
        queued = self._queued_before + self._granted
        if patience <= 0 < granted and queued >= MOST_QUEUED + self._most_beyond(clocks):
            raise TooBusy(
                "the machine was too busy: a process of this submission waited for a processor "
                f"for {queued:.0f} s; grade it again when less is running"
            )
        self._granted += granted
        own = min(lost, granted)
        of_others = granted - own if patience <= 0 else 0.0
        self._granted_beyond += own + of_others
        _granted.count(of_others, own)
        return left + granted

    def _most_beyond(self, clocks: Clocks) -> float:
        """Seconds that all requests together are given beyond MOST_QUEUED.

        Who waits for a disk makes that wait itself: it counts up to there.
        """
        computed = self._computed_before + self.computed()
        return min(QUEUED_PER_COMPUTED * computed, clocks.queued() + self._lost)
