"""Worker processes under a budget: a thread here watches them and ends one that overruns.

A task may hang, use up memory, ignore every signal or crash: other tasks are not affected. No
process outlives the one that started it (Linux), and no temporary file of a worker outlives it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.batch.worker_life import SEARCHES, Task, serve
from autograder.environment import with_fixed_hashes
from autograder.sandbox.cpu_clock import waited_for_a_processor
from autograder.sandbox.scratch import empty_folder
from autograder.sandbox.waits import Waits

TICK_SECONDS = 0.2  # between two looks at what the workers use
END_SECONDS = 10.0  # for an idle worker to end by itself
MOST_STILLBORN = 5
_PROGRAM = "import sys; from autograder.batch.worker_life import begin; begin(int(sys.argv[1]))"


@dataclass(frozen=True)
class Budget:
    """Limits of one task: seconds on the clock, and memory above what its worker had before.

    The seconds do not count for which the worker, or what it waits for, stood in the queue for a
    processor.
    """

    seconds: float
    memory_bytes: int


class Overran(Exception):
    """A task exceeded its budget and its worker was ended; the text names the resource."""

    after_judging = False  # whether only hints were left to search for


class WorkerLost(BrokenExecutor):
    """The workers of one job died, `times` of them; the executor and its other jobs go on.

    An executor that outlives its workers, such as a cluster, raises this for a job. One that breaks
    as a whole raises another BrokenExecutor, as those of concurrent.futures do.
    """

    after_judging = False  # as of Overran

    def __init__(self, message: str, times: int = 1) -> None:
        super().__init__(message)
        self.times = times


@dataclass
class _Assigned:
    future: Future[Any]
    task: Task
    budget: Budget


class Workers(Executor):
    """An executor of `count` processes, each on one task at a time.

    budget: of every task without one of its own (`submit_within`).
    prepare, finish: called in each worker before its first and after its last task; the time that
        `prepare` takes counts for no task.

    A task that exceeds its budget raises Overran, one whose worker died WorkerLost. When an
    exception (Ctrl-C) leaves the block, the workers are killed at once.
    """

    def __init__(
        self,
        count: int,
        budget: Budget,
        prepare: Task | None = None,
        finish: Callable[[], None] | None = None,
    ) -> None:
        self._count = count
        self._budget = budget
        self._setup = (prepare, finish)
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        self._folder.chmod(0o711)  # a session may run as another user
        self._waiting: deque[_Assigned] = deque()
        self._lock = threading.Lock()
        self._closing = self._killing = False
        self._stillborn = 0  # workers in a row that died before they were ready
        self._wake, self._woken = Pipe(duplex=False)[::-1]
        self._workers: list[_Worker] = []
        if threading.active_count() == 1:  # a fork is safe, and warm
            self._workers = [self._hire(fork=True) for _ in range(count)]
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown(wait=kind is None, cancel_futures=kind is not None)

    @property
    def is_dismissed(self) -> bool:
        """Whether `shutdown` was called: nothing can be submitted any more."""
        return self._closing

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function of a module in a worker; everything crosses as plain data."""
        if kwargs:
            raise TypeError("workers take positional arguments only")
        return self.submit_within(self._budget, fn, *args)

    def submit_within(self, budget: Budget, fn: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """`submit` with a budget for this task."""
        future: Future[Any] = Future()
        with self._lock:
            if self._closing:
                raise BrokenExecutor("these workers have been dismissed")
            self._waiting.append(_Assigned(future, (fn, args), budget))
        self._wake.send(None)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers finish what was submitted and end; without `wait`, kill them now."""
        with self._lock:
            first, self._closing = not self._closing, True
            self._killing |= not wait
            if cancel_futures:
                while self._waiting:
                    self._waiting.popleft().future.cancel()
        with contextlib.suppress(OSError):
            self._wake.send(None)
        self._thread.join()
        if first:
            for end in (self._wake, self._woken):
                end.close()
            with contextlib.suppress(OSError):
                empty_folder(self._folder)
                self._folder.rmdir()

    def _watch(self) -> None:
        """The thread that hands out tasks, takes results, and ends tasks over budget."""
        try:
            while not self._is_finished():
                self._assign()
                busy = any(worker.busy for worker in self._workers)
                pipes = [self._woken, *(worker.pipe for worker in self._workers)]
                for ready in wait(pipes, TICK_SECONDS if busy else None):
                    if ready is self._woken:
                        self._woken.recv()
                for worker in list(self._workers):
                    if not worker.look():
                        self._dismiss(worker)
        finally:
            self._refuse_the_rest()
            patience = 0.0 if self._killing else END_SECONDS
            for worker in self._workers:
                worker.ask_to_end()
            deadline = time.monotonic() + patience
            for worker in self._workers:
                worker.end(max(0.0, deadline - time.monotonic()))

    def _is_finished(self) -> bool:
        with self._lock:
            if self._killing:
                return True
            under_way = self._waiting or any(worker.busy for worker in self._workers)
            return self._closing and not under_way

    def _assign(self) -> None:
        while len(self._workers) < self._count:
            self._workers.append(self._hire(fork=False))
        for worker in self._workers:
            with self._lock:
                if not self._waiting or not worker.idle:
                    continue
                assigned = self._waiting.popleft()
            if assigned.future.set_running_or_notify_cancel():
                worker.take(assigned)

    def _hire(self, *, fork: bool) -> _Worker:
        setup = (*self._setup, str(self._folder))
        return _Worker(setup, [w.pipe for w in self._workers] if fork else None)

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._stillborn = 0 if worker.is_ready else self._stillborn + 1
        if self._stillborn > MOST_STILLBORN:
            self._killing = True
        worker.end(0.0)

    def _refuse_the_rest(self) -> None:
        with self._lock:
            self._closing = True
            while self._waiting:
                error = BrokenExecutor("no worker could be started")
                self._waiting.popleft().future.set_exception(error)


class _Worker:
    """One worker process, as the watching thread sees it."""

    def __init__(self, setup: Any, others: list[Connection] | None) -> None:
        """`others`, the pipes of workers that were forked before; None starts an interpreter."""
        self.pipe, workers_end = Pipe()
        self._process: subprocess.Popen[bytes] | None = None
        self._assigned: _Assigned | None = None
        self.is_ready = False
        self._deadline = 0.0
        self._queued_before = 0.0  # seconds in the queue for a processor, before the task
        self._kept = 0.0  # seconds in the task for which it says that it was kept from running
        self._most_memory = 0.0
        self._searches = False  # whether all of its task is judged, and hints are searched for
        if others is not None:
            self._pid = _forked(workers_end, setup, [self.pipe, *others])
        else:
            self._process = _started(workers_end)
            self._pid = self._process.pid
            with contextlib.suppress(OSError):
                self.pipe.send((os.getpid(), list(sys.path)))
                self.pipe.send(setup)
        workers_end.close()

    @property
    def busy(self) -> bool:
        return self._assigned is not None

    @property
    def idle(self) -> bool:
        """Whether it has reported that it is ready, and has no task."""
        return self.is_ready and self._assigned is None

    def take(self, assigned: _Assigned) -> None:
        """Give it a task; the task's budget counts from now on."""
        self._assigned = assigned
        self._deadline = time.monotonic() + assigned.budget.seconds
        self._queued_before, self._kept = waited_for_a_processor(self._pid), 0.0
        self._most_memory = memory_of(self._pid) + assigned.budget.memory_bytes
        self._searches = False
        try:
            task = pickle.dumps(assigned.task)
        except Exception as error:
            self._answer(error, None)
            return
        with contextlib.suppress(OSError):  # it died while it was idle; the next look finds out
            self.pipe.send_bytes(task)

    def look(self) -> bool:
        """Take a result if one has come; False when the worker has to be replaced."""
        try:
            if self.pipe.poll():
                message = self.pipe.recv()
                if isinstance(message, Waits):
                    self._deadline += message.of_others
                    self._kept += message.own
                elif message == SEARCHES:
                    self._searches = True
                elif not self.is_ready:
                    self.is_ready = True
                elif self._assigned is not None:
                    self._answer(*message)
                return True
        except (EOFError, OSError):
            self._answer(WorkerLost("its worker died"), None)
            return False
        return not self._has_overrun()

    def _has_overrun(self) -> bool:
        if self._assigned is None:
            return False
        budget = self._assigned.budget
        if time.monotonic() > self._deadline and self._is_late():
            self._answer(Overran(f"it took longer than {budget.seconds:g} s"), None)
        elif memory_of(self._pid) > self._most_memory:
            most = f"{budget.memory_bytes >> 20} MiB"
            self._answer(Overran(f"it took more than {most} of memory"), None)
        else:
            return False
        return True

    def _is_late(self) -> bool:
        """Whether it is over time also without the time for which it could not run itself.

        Of a wait in the queue it tells too, where it knows of it: the longer account holds both.
        """
        queued = waited_for_a_processor(self._pid) - self._queued_before
        return time.monotonic() > self._deadline + max(queued, self._kept)

    def _answer(self, error: BaseException | None, result: Any) -> None:
        assigned, self._assigned = self._assigned, None
        if assigned is None:
            return
        if isinstance(error, Overran | WorkerLost):
            error.after_judging = self._searches
        if error is not None:
            assigned.future.set_exception(error)
        else:
            assigned.future.set_result(result)

    def ask_to_end(self) -> None:
        if not self.busy:
            with contextlib.suppress(OSError):
                self.pipe.send_bytes(b"")

    def end(self, patience: float) -> None:
        """Wait `patience` seconds for an idle worker to end, then kill it."""
        with contextlib.suppress(OSError, EOFError):
            if not self.busy and patience > 0:
                while self.pipe.poll(patience):
                    self.pipe.recv()  # until it closes its end
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        else:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
        self.pipe.close()
        self._answer(WorkerLost("its worker was ended"), None)


def memory_of(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not report it."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * resource.getpagesize()


def _forked(pipe: Connection, setup: Any, others: list[Connection]) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        try:
            for other in others:
                other.close()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            serve(pipe, parent, *setup)
        finally:
            os._exit(1)
    return pid


def _started(pipe: Connection) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(pipe.fileno())],
        pass_fds=[pipe.fileno()],
        stdin=subprocess.DEVNULL,
        env=with_fixed_hashes(),
    )


_own = threading.local()


def in_own_worker(budget: Budget, fn: Callable[..., Any], /, *args: Any) -> Any:
    """Run a function in this thread's cached worker; raises what the function raises.

    Raises Overran and WorkerLost too; the next call starts with a fresh worker then.
    """
    if getattr(_own, "workers", None) is None:
        _own.workers = Workers(1, budget)
        atexit.register(_own.workers.shutdown, wait=False)
    try:
        return _own.workers.submit_within(budget, fn, *args).result()
    except BaseException as error:
        if not isinstance(error, Exception):  # Ctrl-C: nobody waits for what it is doing
            end_own_worker()
        raise


def end_own_worker() -> None:
    """Kill this thread's cached worker, if it has one."""
    if getattr(_own, "workers", None) is not None:
        _own.workers.shutdown(wait=False)
        _own.workers = None
