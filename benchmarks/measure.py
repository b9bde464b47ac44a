"""One measured run of a command or a function: seconds, and the memory of its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Run:
    """The seconds and memory of one command."""

    seconds: float
    main_bytes: int  # most resident memory of the command's own process
    all_bytes: int  # of it and all its children together


def run(arguments: Sequence[str], cwd: Path, *, may_fail: bool = False) -> Run:
    """Run a command of this environment; raises RuntimeError with its output when it fails.

    `may_fail` is for stock nbgrader, which ends with 1 when a notebook has ended its kernel.
    """
    environment = surroundings()
    os.sync()  # earlier writes are not to reach the disk while this is measured
    start = time.perf_counter()
    with (cwd / "benchmark.log").open("w+") as log:
        process = subprocess.Popen(
            arguments, cwd=cwd, stdout=log, stderr=subprocess.STDOUT, env=environment
        )
        memory = _Memory(process.pid)
        code = process.wait()
        seconds = time.perf_counter() - start
        main, everything = memory.most()
        log.seek(0)
        if code and not may_fail:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{log.read()[-3000:]}")
    return Run(seconds, main, everything)


def surroundings() -> dict[str, str]:
    """The environment of measured commands."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled as pip leaves them
    return environment


class _Memory:
    """Looks at a process four times a second until it ends, and at its children once.

    To look costs time of the processor that is measured.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._main = self._all = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        try:
            root = psutil.Process(self._pid)
            for turn in count():
                if not root.is_running() or root.status() == psutil.STATUS_ZOMBIE:
                    return
                self._look(root, children=turn % 4 == 2)
                time.sleep(0.25)
        except psutil.Error:
            return

    def _look(self, root: psutil.Process, *, children: bool) -> None:
        total = own = root.memory_info().rss
        for child in root.children(recursive=True) if children else ():
            try:
                total += child.memory_info().rss
            except psutil.Error:
                continue
        self._main, self._all = max(self._main, own), max(self._all, total)

    def most(self) -> tuple[int, int]:
        self._thread.join(1.0)
        return self._main, self._all


def autograder(*arguments: str) -> list[str]:
    """The `autograder` command of this environment."""
    return [sys.executable, "-m", "autograder", *arguments]


def nbgrader(*arguments: str) -> list[str]:
    """The `nbgrader` command of this environment."""
    return [sys.executable, "-m", "nbgrader", *arguments]
