"""Grading on more than one machine: a dask cluster as an executor."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import Executor, Future
from importlib import import_module
from types import TracebackType
from typing import Any

from autograder.batch.pool import Job, budget_of_job
from autograder.batch.workers import Budget, Overran, WorkerLost, in_own_worker
from autograder.model import CourseError

ANSWER_SECONDS = 10.0  # within which a scheduler answers
LONELY_SECONDS = 60.0  # without a worker, until somebody is told


def dask_executor(address: str) -> Executor:
    """An executor whose jobs run on the cluster of a scheduler (``host:port``).

    The workers need this package and the course's folder under the same path. Raises
    CourseError when dask is not installed or the scheduler does not answer.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise CourseError("dask is an extra: pip install 'dl-autograder[dask]'") from error
    try:
        client = distributed.Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:  # ValueError: of no host:port
        raise CourseError(f"no dask scheduler answers at {address}: {error}") from error
    return _ClosingExecutor(client)


class _ClosingExecutor(Executor):
    """Dask's executor; it closes its client when it is shut down.

    Dask retries a job whose worker died on other workers, a few times; then the job is lost.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False, retries=2)
        self._closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Warn when the scheduler has no workers: the run then waits until there are some."""
        while not self._closed.wait(LONELY_SECONDS):
            try:
                workers = self._client.scheduler_info()["workers"]
            except Exception:  # the scheduler is gone: the jobs tell it
                return
            if not workers:
                print(
                    "the dask scheduler has no workers: the run resumes when there are some",
                    file=sys.stderr, flush=True,
                )  # fmt: skip

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown(wait=kind is None)  # after Ctrl-C nobody waits for what is under way

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        outer: Future[Any] = Future()
        if args and isinstance(args[0], Job):
            inner = self._inner.submit(_watched, budget_of_job(args[0]), fn, *args)
        else:
            inner = self._inner.submit(fn, *args, **kwargs)
        inner.add_done_callback(lambda done: _pass_on(done, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._inner.shutdown(wait=wait)
        self._closed.set()
        self._client.close()


def _watched(budget: Budget, fn: Any, *args: Any) -> Any:
    """Run a task, in a worker of the cluster, in a process that this worker watches.

    An exception comes back as a value, because dask runs a task that raises again.
    """
    try:
        return in_own_worker(budget, fn, *args)
    except (Overran, WorkerLost) as error:
        return error


def _pass_on(done: Future[Any], to: Future[Any]) -> None:
    """Set the outcome, with dask's errors translated into the pool's."""
    if done.cancelled():
        to.set_exception(
            CourseError(
                "the dask scheduler let go of a job: is it still running? What is recorded "
                "stays; the same command resumes"
            )
        )
    elif (error := done.exception()) is None:
        result = done.result()
        if isinstance(result, Overran | WorkerLost):
            to.set_exception(result)
        else:
            to.set_result(result)
    elif isinstance(error, import_module("distributed").KilledWorker):
        to.set_exception(WorkerLost(str(error), error.allowed_failures + 1))
    else:
        to.set_exception(error)
