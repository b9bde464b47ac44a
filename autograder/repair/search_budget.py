"""The steps and the time that searches for slips may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autograder.judge.judge import Judge
from autograder.model import Exercise
from autograder.repair.places import OwnFunction
from autograder.repair.trying import Trials
from autograder.repair.versions import Versions

PAIRS_FROM = 2.0  # seconds: two edits take several times as long as one
AT_ONCE = 4500  # steps that a worker may take in any case


class SearchBudget:
    """The steps and the time that searches may take."""

    def __init__(self, judge: Judge, seconds: float, clock: Callable[[], float]) -> None:
        self._judge = judge
        self._seconds = seconds
        self._deep = seconds >= PAIRS_FROM
        self._deadline = 0.0
        self._clock = clock
        self._left = 0  # steps of the submission
        self._spent = 0  # steps of all of them
        self._granted = float(AT_ONCE)
        self._right: set[str] = set()  # functions of the submission without a failing check

    def _may_search(self, live: Versions) -> bool:
        """Whether the steps of the submission allow one more function to be searched."""
        if self._left <= 0 or self._is_out_of_time(live):
            return False
        return self._deep or self._spent < self._granted

    def _is_out_of_time(self, live: Versions) -> bool:
        return self._clock() > self._deadline or live.time.is_over

    @contextmanager
    def _trials(self, own: OwnFunction, exercise: Exercise, live: Versions) -> Iterator[Trials]:
        """Trials whose steps are counted, and after which the function is the student's again."""
        right = self._right if self._deep else frozenset[str]()
        trials = Trials(self._judge, live, exercise.name, exercise.checks, right)
        trials.doubtful = frozenset(self._judge.points) - self._right - {exercise.name}
        try:
            yield trials
        finally:
            trials.restore(own.with_splices())
            self._spent += trials.steps
            self._left -= trials.steps
