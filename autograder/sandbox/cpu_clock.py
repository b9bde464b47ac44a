"""The processor time of another process, which the limits of cells and calls count."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_CPUCLOCK_SCHED = 2  # the clock of a whole process, as clock_getcpuclockid(3) composes it


class ProcessorTime:
    """When called, gives the seconds that all threads of a process have computed so far.

    Once the process is gone it gives infinity, so that no deadline waits for it.
    """

    def __init__(self, pid: int) -> None:
        self._clock = (~pid << 3) | _CPUCLOCK_SCHED

    def __call__(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return float("inf")


def processor_time(pid: int) -> ProcessorTime | None:
    """The clock of a process; None where the system has none, or the process is gone."""
    if pid <= 0 or sys.platform != "linux":
        return None
    clock = ProcessorTime(pid)
    return clock if clock() < float("inf") else None


def clocks_of(
    pid: int,
) -> tuple[ProcessorTime | None, Callable[[], float], Callable[[], bool]]:
    """The clock of a process, the seconds that it or this process waited for a processor, and
    whether it is kept waiting now.

    This process counts too, because the other one may be waiting for its answer.
    """
    ours = os.getpid()
    return (
        processor_time(pid),
        lambda: waited_for_a_processor(pid) + waited_for_a_processor(ours),
        lambda: is_kept_waiting(pid),
    )


def waited_for_a_processor(pid: int) -> float:
    """Seconds that a process's threads were ready to compute and no processor was free for them.

    0 where the system does not tell, or when the process is gone.
    """
    waited = 0
    with suppress(OSError, IndexError, ValueError):
        for task in os.scandir(f"/proc/{pid}/task"):
            with open(f"{task.path}/schedstat", "rb") as file:  # noqa: PTH123 - as below
                waited += int(file.read().split()[1])
    return waited / 1e9


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
