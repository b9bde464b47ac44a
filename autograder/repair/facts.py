"""What is known of a wrong function at sight, and by calls alone, whether anything repairs it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from autograder.handout.words import Text
from autograder.judge.judge import Judge
from autograder.model import Exercise
from autograder.repair.at_sight import never_read, no_seed, other_default, overwritten
from autograder.repair.draws import wrong_draws
from autograder.repair.handed_over import HandedOver
from autograder.repair.places import OwnFunction
from autograder.repair.search_budget import SearchBudget
from autograder.repair.shown_by_calls import shown_by_calls
from autograder.repair.shown_by_shapes import shown_by_shapes
from autograder.repair.statements import Donor
from autograder.repair.trying import Trials
from autograder.repair.versions import Versions
from autograder.repair.ways import Ways
from autograder.sandbox import SandboxError

MOST_SHAPES = 8  # calls whose answers' shapes are looked at
_LOG = logging.getLogger(__name__)


class Facts(SearchBudget):
    """What is known of a function at sight, and by calls alone.

    What calls show is not remembered: other cells decide what a function answers.
    """

    def __init__(self, judge: Judge, seconds: float, clock: Callable[[], float]) -> None:
        super().__init__(judge, seconds, clock)
        self._ways = Ways(judge)
        self._handed_over = HandedOver(judge)

    def _donors(self, name: str) -> Sequence[Donor]:
        try:
            return self._ways.donors(name)
        except Exception:  # of an author's file; a hint is missing then
            _LOG.exception("no right version of %s was found", name)
            return []

    def _fact(
        self, own: OwnFunction, alone: OwnFunction, exercise: Exercise, live: Versions
    ) -> Text | None:
        """A fact at sight, or by the shapes of answers; `alone` is without its helpers."""
        donors = self._donors(own.name)
        unused = never_read(alone, donors) or overwritten(alone, donors)
        at_sight = unused or no_seed(own, donors) or wrong_draws(own, donors)
        look = partial(_defaults_and_shapes, donors=donors)
        return at_sight or self._by_calls(own, exercise, live, look)

    def _given_to_others(self, own: OwnFunction, exercise: Exercise, live: Versions) -> Text | None:
        """A fact by what the function gives to others of the notebook."""
        donors = self._donors(own.name)
        look = partial(self._handed_over.said, donors=donors)
        return self._by_calls(own, exercise, live, look) if donors else None

    def _by_calls(
        self, own: OwnFunction, exercise: Exercise, live: Versions,
        look: Callable[[OwnFunction, Trials], Text | None],
    ) -> Text | None:  # fmt: skip
        if not self._deep or self._is_out_of_time(live):
            return None  # a few calls are made, also where no steps are left
        with self._trials(own, exercise, live) as trials:
            try:
                found = look(own, trials)
            except (SandboxError, MemoryError):
                raise
            except Exception:  # costs a hint and never a grade
                _LOG.exception("calls of %s showed nothing", own.name)
                return None
        return None if self._is_out_of_time(live) else found

    def _shown(
        self, own: OwnFunction, exercise: Exercise, live: Versions, donors: Sequence[Donor]
    ) -> str:
        """What calls alone show, a possibility perhaps."""
        if not donors or not self._may_search(live):
            return ""
        with self._trials(own, exercise, live) as trials:
            is_over = partial(self._is_out_of_time, live)
            shown = shown_by_calls(own, trials, self._judge, donors, is_over)
        if self._is_out_of_time(live):
            return ""  # some calls were left unanswered, perhaps
        return "".join(map(self._judge.translation, shown))


def _defaults_and_shapes(own: OwnFunction, trials: Trials, donors: Sequence[Donor]) -> Text | None:
    calls = list(trials.telling_calls.values())
    found = other_default(own, donors, calls)
    return found or shown_by_shapes(own, calls[:MOST_SHAPES], trials.answering(own.with_splices()))
