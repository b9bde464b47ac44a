"""Grading on more than one machine: a dask cluster as an executor."""

from __future__ import annotations

from concurrent.futures import Executor
from importlib import import_module
from typing import Any

from autograder.model import CourseError


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
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise CourseError(f"no dask scheduler answers at {address}: {error}") from error
    return _ClosingExecutor(client)


class _ClosingExecutor(Executor):
    """Dask's executor, which closes its client when it is shut down."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False, retries=2)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._inner.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._inner.shutdown(wait=wait)
        self._client.close()
