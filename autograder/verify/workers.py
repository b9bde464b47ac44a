"""Work that may hang, eat memory or crash, on all cores: processes that are replaced.

A task that burns more than its seconds of processor time, or takes its process down, becomes a
`Lost` result; pebble's pool goes on with a fresh process.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from autograder.processors import processors

Portion = TypeVar("Portion")
Served = TypeVar("Served")

HEADROOM_BYTES = 2 << 30  # address space above what the worker has at its start


@dataclass(frozen=True)
class Lost:
    """A task that ended its worker."""

    reason: str  # "timeout" or "crashed"


def answered(
    serve: Callable[[Portion], Served],
    tasks: Sequence[Portion],
    *,
    workers: int = 0,
    cpu_seconds: float = 20.0,
) -> Iterator[tuple[int, Served | Lost]]:
    """Serve all tasks on several processes; yields (place of the task, result) as they end.

    `serve` runs in the workers; it may keep what it builds in module variables, for they stay
    with the worker. `workers` is 0 for one per processor. An exception of `serve` is raised here.
    """
    if not tasks:
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPool(
        min(workers or processors(), len(tasks)),
        initializer=_begin,
        initargs=(serve, cpu_seconds),
        context=multiprocessing.get_context(method),
    )
    try:
        places: dict[Future[Any], int] = {
            pool.schedule(_serve, (task,)): place for place, task in enumerate(tasks)
        }
        for future in as_completed(places):
            error = future.exception()
            if isinstance(error, ProcessExpired):
                ended = "timeout" if error.exitcode == -signal.SIGPROF else "crashed"
                yield places[future], Lost(ended)
            else:
                yield places[future], future.result()
        pool.close()  # workers end by themselves, and close what they hold
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()


_serving: tuple[Callable[[Any], Any], float] | None = None  # of this worker


def _begin(serve: Callable[[Any], Any], cpu_seconds: float) -> None:
    global _serving
    _serving = serve, cpu_seconds
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _limit_memory()


def _serve(task: Any) -> Any:
    assert _serving is not None
    serve, cpu_seconds = _serving
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        return serve(task)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


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
