"""How many processors this process may use."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")


def processors(groups: Path = GROUPS, own: Path = OWN_GROUPS) -> int:
    """Processors that this process may run on, and no more than its control groups grant.

    A container on a machine of 64 processors that is granted the time of two has two: 64 processes
    would stand in the queue most of the time. At least 1.
    """
    known = hasattr(os, "sched_getaffinity")  # not on macOS
    here = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    return max(1, min([here, *(math.ceil(granted) for granted in _granted(groups, own))]))


def _granted(groups: Path, own: Path) -> Iterator[float]:
    """The limits in seconds of processor time per second, of our groups and those above them."""
    for folder in _folders(groups, own):
        with suppress(OSError, ValueError, IndexError, ZeroDivisionError):  # no limit: "max"
            quota, period = (folder / "cpu.max").read_text().split()
            yield int(quota) / int(period)
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota = (folder / "cpu.cfs_quota_us").read_text()
            if int(quota) > 0:  # no limit: -1
                yield int(quota) / int((folder / "cpu.cfs_period_us").read_text())


def _folders(groups: Path, own: Path) -> Iterator[Path]:
    """Where the limits of our groups stand, by cgroups(7); in a container the root is its own."""
    with suppress(OSError, ValueError):
        for line in own.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            root = groups / "cpu" if "cpu" in controllers.split(",") else groups
            if root != groups or not controllers:
                place = PurePosixPath(path)
                yield from (root / part.relative_to("/") for part in (place, *place.parents))
