"""A cache of worker pools for the assignments that were handed in last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.pool import default_workers, local_pool, nursery_address
from autograder.batch.workers import Workers
from autograder.course import Course
from autograder.grading.warm import GraderFiles, grader_files
from autograder.nbgrader_plugins.other_notebooks import other_notebooks
from autograder.sandbox.nursery import take_nursery

MOST_WARM = 2  # assignments; each holds two processes per worker


@dataclass
class _Pool:
    workers: Workers
    files: GraderFiles
    stack: ExitStack


class WarmPools:
    """One pool of workers per assignment; made anew when its graders or its release change."""

    def __init__(self, coursedir: CourseDirectory, config: Config, course: Course) -> None:
        self._coursedir = coursedir
        self._config = config
        self._course = course
        self._pools: dict[str, _Pool] = {}

    @property
    def count(self) -> int:
        """Workers of one pool."""
        return default_workers(self._course)

    def get(self, assignment: str) -> Workers:
        """The assignment's workers.

        Raises CourseError when its release cannot be read or the gradebook does not know it.
        """
        found = self._pools.get(assignment)
        files = grader_files(self._course, assignment, found.files if found else None)
        if found and (found.files != files or found.workers.is_dismissed):
            self.drop(assignment)
            found = None
        if found is None:
            while len(self._pools) >= MOST_WARM:
                self.drop(next(iter(self._pools)))
            found = self._made(assignment, files)
        else:
            del self._pools[assignment]
        self._pools[assignment] = found  # the last one is the one used last
        return found.workers

    @contextmanager
    def lent(self, assignment: str) -> Iterator[Workers]:
        """The assignment's workers for one batch; an error in the block kills them."""
        try:
            yield self.get(assignment)
        except BaseException:
            self.drop(assignment)
            raise

    def drop(self, assignment: str) -> None:
        """End an assignment's workers."""
        pool = self._pools.pop(assignment, None)
        if pool is not None:
            pool.workers.shutdown(wait=False, cancel_futures=True)
            pool.stack.close()

    def close(self) -> None:
        """End all of them."""
        for assignment in list(self._pools):
            self.drop(assignment)

    def _made(self, assignment: str, files: GraderFiles) -> _Pool:
        others = other_notebooks(self._coursedir, assignment, self._course, self._config)
        stack = ExitStack()
        try:
            nursery = stack.enter_context(take_nursery())
            address = nursery_address(nursery, self._course, assignment, others)
            workers = local_pool(self._course, assignment, self.count, address, others)
        except BaseException:
            stack.close()
            raise
        return _Pool(workers, files, stack)
