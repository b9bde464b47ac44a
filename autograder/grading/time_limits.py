"""Limits in seconds for a submission, its cells and the calls of its functions."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from autograder.sandbox import CallResult, Limits, Session
from autograder.sandbox.cpu_clock import waited_for_a_processor
from autograder.sandbox.waits import kept_from_running

MOST_FATAL_CALLS = 2  # of one function; later calls like these are not tried
AS_SLOW_AS = 100  # times the reference: a limit on a call is never shorter
CALLS_SHARE = 0.5  # of a submission's time, which calls have when its cells have used all of it
RETRY_SHARE = 0.1  # of the limit, for a call like one that has run into it already
FATAL = ("timeout", "memory", "crashed")

# A function and the names of its stand-ins, with which it may end where it does not by itself.
CalledWith = tuple[str, ...]


class TimeLimits:
    """The time left of one submission, and the shorter limits after its fatal calls.

    The time is the clock's, less that for which its sessions have waited for a processor and this
    process was kept from running.
    """

    def __init__(
        self, limits: Limits, seconds: float, reference_seconds: Mapping[str, float]
    ) -> None:
        """`seconds` is for the whole submission, `reference_seconds` what a call of each function
        takes the reference."""
        self._limits = limits
        self._seconds = seconds
        self.began = time.monotonic()
        self._deadline = self.began + seconds
        self._reference_seconds = reference_seconds
        self._session: Session | None = None
        self._kept_before = kept_from_running()
        self._fatal_calls: Counter[CalledWith] = Counter()
        self._last_fatal: dict[CalledWith, str] = {}

    def follow(self, session: Session) -> None:
        """Give back what another session's process waits for a processor, from now on."""
        self._session = session

    @property
    def is_over(self) -> bool:
        """Whether the time of the submission is over."""
        return self._left() <= 0

    @property
    def left(self) -> float:
        """Seconds left, at least as many as it takes to notice that none are."""
        return max(0.05, self._left())

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0 and self._session is not None:  # only then, as the system is slow to tell
            left += waited_for_a_processor(self._session.channel.peer)
            left += max(0.0, kept_from_running() - self._kept_before)
        return left

    def keep_some_for_calls(self) -> None:
        """Give calls time of their own where cells have used all of it."""
        self._deadline = max(self._deadline, time.monotonic() + CALLS_SHARE * self._seconds)

    def of_cell(self, public_check: str) -> float:
        """Seconds for one cell; a public check of a function has those of a call."""
        if public_check:
            return self.of_call((public_check,))
        return min(self._limits.cell_seconds, self.left)

    def of_call(self, called: CalledWith) -> float:
        """Seconds for one call; more where the reference is slow on this machine."""
        slow = AS_SLOW_AS * self._reference_seconds.get(called[0], 0.0)
        share = RETRY_SHARE if self._last_fatal.get(called) == "timeout" else 1.0
        return min(share * max(self._limits.call_seconds, slow), self.left)

    def count_fatal(self, called: CalledWith, status: str) -> None:
        """Note that a call has ended the session."""
        self._fatal_calls[called] += 1
        self._last_fatal[called] = status if status in FATAL else "crashed"

    def known_result(self, called: CalledWith) -> CallResult | None:
        """The result of a call like earlier fatal ones; None where it has to be made."""
        if self.is_over:
            return CallResult(status="timeout")
        if self._fatal_calls[called] >= MOST_FATAL_CALLS:
            return CallResult(status=self._last_fatal[called])
        return None
