"""Semaphores for the threads of a session, which has a single process.

multiprocessing's own are shared between processes, which needs /dev/shm; a pool of threads uses
them too.
"""

from __future__ import annotations

import threading


class SemLock:
    """What ``_multiprocessing.SemLock`` is to multiprocessing: a recursive mutex or a semaphore."""

    SEM_VALUE_MAX = (1 << 31) - 1
    handle = 0

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        self.kind, self.maxvalue = kind, maxvalue
        self.name = None  # nobody else can open it, and nobody has to remove it
        self._recursive = kind == 0
        self._value = value
        self._owner = 0
        self._depth = 0
        self._changed = threading.Condition()

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Acquire the lock; whether that worked."""
        if self._recursive and self._is_mine():
            self._depth += 1
            return True
        with self._changed:
            seconds = (None if timeout is None else max(0.0, timeout)) if block else 0
            if not self._changed.wait_for(lambda: self._value > 0, seconds):
                return False
            self._value -= 1
            self._owner, self._depth = threading.get_ident(), self._depth + 1
            return True

    def release(self) -> None:
        """Raises AssertionError or ValueError as multiprocessing's own does."""
        if self._recursive:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._depth > 1:
                self._depth -= 1
                return
        with self._changed:
            if self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._value, self._depth = self._value + 1, self._depth - 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _count(self) -> int:
        return self._depth

    def _is_mine(self) -> bool:
        return self._depth > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0
