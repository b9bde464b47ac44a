"""Work that may hang, eat memory or crash, on all cores: processes that are replaced.

Each worker is one forked process that answers one task after the other. A task that burns
more than its seconds of CPU, or takes the process down, becomes a `Lost` result, and a fresh
worker goes on with the next task.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

HEADROOM_BYTES = 2 << 30  # address space above what the worker has at its start


@dataclass(frozen=True)
class Lost:
    """A task that ended its worker."""

    reason: str  # "timeout" or "crashed"


@dataclass(frozen=True)
class Failed:
    """A task on which the worker's own function raised: our error, or the author's."""

    error: Exception


class WorkerFailure(Exception):
    """A worker process could not say what went wrong: its error does not cross processes."""


def answered(
    serve: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    workers: int = 0,
    cpu_seconds: float = 20.0,
) -> Iterator[tuple[int, Result | Lost]]:
    """Serve all tasks on several processes; yields (place of the task, result) as they end.

    `serve` runs in the workers; it may keep what it builds in module variables, for they stay
    with the worker. `workers` is 0 for one per core. An exception of `serve` is raised here.
    """
    crew = _Crew(serve, tasks, workers or (os.cpu_count() or 1), cpu_seconds)
    with contextlib.closing(crew):
        for place, result in crew.results():
            if isinstance(result, Failed):
                raise result.error
            yield place, result


class _Worker:
    """One process, the task it is on, and the pipe to it."""

    def __init__(self, context: BaseContext, serve: Callable[[Any], Any], seconds: float) -> None:
        self.pipe, theirs = context.Pipe()
        self.task: int | None = None
        self.process = context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, serve, seconds), daemon=True
        )
        self.process.start()
        theirs.close()

    def lost(self) -> Lost:
        self.process.join()
        return Lost("timeout" if self.process.exitcode == -signal.SIGPROF else "crashed")

    def dismiss(self) -> None:
        """Let the worker end by itself, so that it can close what it holds."""
        with contextlib.suppress(OSError):
            self.pipe.send(None)
        self.process.join(timeout=5)
        self.close()

    def close(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


class _Crew(Generic[Task, Result]):
    def __init__(
        self,
        serve: Callable[[Task], Result],
        tasks: Sequence[Task],
        size: int,
        cpu_seconds: float,
    ) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        self._serve = serve
        self._seconds = cpu_seconds
        self._tasks = tasks
        self._waiting = deque(range(len(tasks)))
        self._workers: dict[Connection, _Worker] = {}
        for _ in range(min(size, len(tasks))):
            self._hire()

    def results(self) -> Iterator[tuple[int, Result | Lost | Failed]]:
        while self._workers:
            for ready in wait(list(self._workers)):
                assert isinstance(ready, Connection)
                yield self._collect(self._workers[ready])

    def close(self) -> None:
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()

    def _collect(self, worker: _Worker) -> tuple[int, Result | Lost | Failed]:
        place = worker.task
        assert place is not None
        try:
            result = worker.pipe.recv()
        except EOFError:
            result = worker.lost()
            self._dismiss(worker)
            if self._waiting:
                self._hire()
        else:
            self._employ(worker)
        return place, result

    def _hire(self) -> None:
        worker = _Worker(self._context, self._serve, self._seconds)
        self._workers[worker.pipe] = worker
        self._employ(worker)

    def _employ(self, worker: _Worker) -> None:
        if not self._waiting:
            self._dismiss(worker)
            return
        worker.task = self._waiting.popleft()
        worker.pipe.send((self._tasks[worker.task],))

    def _dismiss(self, worker: _Worker) -> None:
        del self._workers[worker.pipe]
        worker.dismiss()


def _serve(pipe: Connection, serve: Callable[[Any], Any], seconds: float) -> None:
    """The worker's life: tasks in, results out, until it is told to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _limit_memory()
    while (message := pipe.recv()) is not None:
        (task,) = message
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            result = serve(task)
        except Exception as error:
            result = Failed(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        _send(pipe, result)


def _send(pipe: Connection, result: Any) -> None:
    try:
        pipe.send(result)
    except Exception as error:  # what does not pickle
        pipe.send(Failed(WorkerFailure(f"{type(error).__name__}: {error} (of {result!r})")))


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(OSError, ValueError):  # a lower hard limit stands already
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + HEADROOM_BYTES, hard))


def _address_space() -> int:
    """Bytes of address space in use; on other systems than Linux a guess."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 4 << 30
