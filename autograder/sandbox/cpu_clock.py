"""The processor time of another process, which the limits of cells and calls count."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

_CPUCLOCK_SCHED = 2  # the clock of a whole process, as clock_getcpuclockid(3) composes it


class Clocks:
    """What the system has booked for a process: time computed, and time in the queue."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._clock = (~pid << 3) | _CPUCLOCK_SCHED

    def computed(self) -> float:
        """Seconds that all threads of the process have computed so far.

        Infinity once the process is gone, so that no deadline waits for it.
        """
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return float("inf")

    def queued(self) -> float:
        """Seconds that the process has waited for a processor so far."""
        return waited_for_a_processor(self._pid)

    def is_kept_waiting(self) -> bool:
        """Whether the process waits for a processor, or for a disk, at this moment."""
        return is_kept_waiting(self._pid)


def clocks_of(pid: int) -> Clocks | None:
    """The clocks of a process; None where the system has none, or the process is gone."""
    if pid <= 0 or sys.platform != "linux":
        return None
    clocks = Clocks(pid)
    return clocks if clocks.computed() < float("inf") else None


def waited_for_a_processor(pid: int) -> float:
    """Seconds that the thread of a process that waited most was ready and no processor was free.

    Of all threads together they would be more than passed on the clock: sixty that wake at the
    same moment wait for each other. 0 where the system does not tell, or the process is gone.
    """
    waited = 0
    with suppress(OSError, IndexError, ValueError):
        for task in os.scandir(f"/proc/{pid}/task"):
            with open(f"{task.path}/schedstat", "rb") as file:  # noqa: PTH123 - as below
                waited = max(waited, int(file.read().split()[1]))
    return waited / 1e9


def this_thread_waited() -> float:
    """Seconds that this thread was ready and no processor was free; 0 where nobody tells."""
    try:
        with open("/proc/thread-self/schedstat", "rb") as file:  # noqa: PTH123 - in each call
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def is_kept_waiting(pid: int) -> bool:
    """Whether a thread of a process is ready to compute, or waits for a disk, at this moment.

    The system books the wait for a processor only when it is over.
    """
    with suppress(OSError, IndexError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            state = (task / "stat").read_bytes().rpartition(b")")[2].split()[0]
            if state in (b"R", b"D"):
                return True
    return False


def threads_of(pid: int) -> int:
    """How many threads a process has; 0 where the system does not tell, or when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - twenty times a second
            return int(file.read().rpartition(b")")[2].split()[17])
    except (OSError, IndexError, ValueError):
        return 0
