"""Limits the judge's own memory while it works on arguments that a student chose."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STAND_IN_BYTES = 1 << 30  # of all stand-in calls of one request


@contextmanager
def memory_allowance(extra: int = STAND_IN_BYTES) -> Iterator[None]:
    """Let this process take at most `extra` bytes more of address space; then MemoryError.

    The limit is the whole process's, for as long as the block runs. No limit on macOS.
    """
    if sys.platform != "linux":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    bounds = [now + extra, *(b for b in (soft, hard) if b != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
