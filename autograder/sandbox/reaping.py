"""Distinguishes a child that died by itself from one that has to be killed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

Process = TypeVar("Process")
_TRIES = 100


def is_dead(pid: int, patience: float) -> bool:
    """Whether a child dies within `patience` seconds; the caller still has to reap it."""
    if not hasattr(os, "waitid"):
        return False  # macOS cannot tell: every child counts as killed by the judge
    deadline = time.monotonic() + patience
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.001)
    return True


def patiently(start: Callable[[], Process]) -> Process:
    """Start a process; retry for a while when the system has none left (a thread bomb)."""
    for _ in range(_TRIES):
        try:
            return start()
        except BlockingIOError:
            time.sleep(0.05)
    return start()
