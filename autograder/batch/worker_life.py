"""The main loop of a worker process."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from autograder.grading.only_hints import tell_of_searches
from autograder.sandbox.inside.kernel import PR_SET_PDEATHSIG, prctl
from autograder.sandbox.waits import Waits, tell_of_waits

SEARCHES = "only hints are left"  # what a worker says of the task that it is on
Task = tuple[Callable[..., Any], tuple[Any, ...]]


def begin(descriptor: int) -> NoReturn:
    """The main function of a worker that was started with its own interpreter."""
    from autograder.environment import prepare_process

    pipe = Connection(descriptor)
    parent, sys.path[:] = pipe.recv()
    prepare_process()
    serve(pipe, parent, *pipe.recv())


def serve(
    pipe: Connection,
    parent: int,
    prepare: Task | None,
    finish: Callable[[], None] | None,
    folder: str,
) -> NoReturn:
    """Run tasks and send their results until the worker is told to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that watches decides
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    tempfile.tempdir = folder
    tell_of_waits(lambda waits: _tell(pipe, waits))
    tell_of_searches(lambda: _tell(pipe, SEARCHES))
    if prepare is not None:
        function, arguments = prepare
        with contextlib.suppress(Exception):  # it shows again in the task that needs it
            function(*arguments)
    gc.collect()
    gc.freeze()  # cached objects stay: scanning them in every collection takes 5% of the time
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)
        while task := pipe.recv_bytes():
            _send(pipe, *_done(task))
            del task
    if finish is not None:
        with contextlib.suppress(Exception):
            finish()
    os._exit(0)


def _tell(pipe: Connection, word: Waits | str) -> None:
    """Tell who watches that a task has waited for a processor, for which its budget is extended.

    Or that all is judged and it searches for hints.
    """
    with contextlib.suppress(OSError):
        pipe.send(word)


def _done(task: bytes) -> tuple[Any, Any]:
    try:
        function, arguments = pickle.loads(task)
        return None, function(*arguments)
    except Exception as error:
        return error, None


def _send(pipe: Connection, error: Exception | None, result: Any) -> None:
    try:
        pickle.loads(pickle.dumps(error))  # many an exception cannot be made again
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    try:
        pipe.send((error, result))
    except (TypeError, AttributeError, pickle.PicklingError) as problem:
        pipe.send((RuntimeError(f"{type(problem).__name__}: {problem}"), None))
