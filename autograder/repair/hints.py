"""Hints for mistakes that no author registered: found by repairing the student's function."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from autograder.handout.words import Text
from autograder.judge.exception_kinds import FRACTION
from autograder.judge.hint_matching import WrongVersion
from autograder.judge.judge import Judge
from autograder.language.catalogue import unsure
from autograder.language.translation import Translation
from autograder.model import Exercise, Verdict
from autograder.repair.at_sight import (
    never_used,
    nothing_read,
    overwritten,
    returns_nothing,
    rounds_alike,
)
from autograder.repair.behind_exceptions import BehindExceptions
from autograder.repair.chains import ChainSearch
from autograder.repair.choosing import Repair, repaired, told
from autograder.repair.draws import seeded, wrong_draws
from autograder.repair.explained import (
    is_certain,
    is_composed,
    is_explained,
    is_possible,
    is_raised,
    may_hide_another,
    needs_hint,
)
from autograder.repair.holding import is_too_large
from autograder.repair.known_searches import KnownSearches, key_of
from autograder.repair.mended_parts import mended_parts
from autograder.repair.mended_steps import mended_steps
from autograder.repair.partly import told_in_part
from autograder.repair.places import OwnFunction
from autograder.repair.put_beside import with_hint, with_no_further, without_possible
from autograder.repair.searched import Searched, known_here
from autograder.repair.sentences import NOT_ALL, PERHAPS_NOT_ALL
from autograder.repair.statements import Donor
from autograder.repair.trying import Trials
from autograder.repair.unknown_names import Meant, unknown_names
from autograder.repair.versions import Versions, with_and_without_helpers
from autograder.sandbox import SandboxError

_LOG = logging.getLogger(__name__)

A_SECOND = 1500  # versions, and steps: fixed numbers, so that a busy machine finds the same
PATIENCE = 5  # times the seconds granted, after which a slow function is left alone
MOST_STEPS = 22_500  # of a submission, for all its repairs together
NET = 1.6  # of a submission's seconds since it began; its whole budget is 2
AT_LEAST = 0.6  # of them for the search, where cells and calls have used all that is theirs
FOR_A_CHECK = 0.5  # steps that a worker may take more for every check that it has judged
FOR_SEARCHES = 0.85  # of the steps left: the others show where a function goes astray
MOST_EDITS = 1500  # edits among which one is looked for that puts that right
FOR_ONE = 0.5  # of the steps: for one edit, where two are looked for afterwards
MOST_PAIRS = 300  # of known mistakes that versions are compared with
QUICK = 0.05  # seconds of a call that so many mistakes answer


class _WithoutRepair(BehindExceptions):
    """What is said of a function that nothing repairs."""

    def _in_part(
        self, own: OwnFunction, exercise: Exercise, live: Versions, searched: Searched,
        written: OwnFunction | None = None,
    ) -> str:  # fmt: skip
        """Where the function goes astray; not remembered, as other cells decide what it does.

        `written`: as the student has it, where it is looked at with other names.
        """
        if not self._deep or is_explained(exercise) or not self._may_search(live):
            return ""
        if not self._donors(own.name):
            return ""
        with self._trials(own, exercise, live) as trials:
            search = ChainSearch(
                own, trials, self._ways, MOST_EDITS, lambda: self._is_out_of_time(live)
            )
            found = known_here(own, trials, search, searched)
        if found is None or self._is_out_of_time(live):
            return ""
        say, language = self._judge.translation, self._judge.course.language
        return told_in_part(found, written or own, say, language)

    def _known_mistakes(self, exercise: Exercise) -> Sequence[WrongVersion]:
        """The known mistakes of a function; two of them together where an exception hides all."""
        name, diagnostician = exercise.name, self._judge.diagnostician
        known = diagnostician.wrong_versions(name)
        failing = [check for check in exercise.checks if not check.passed]
        seconds = self._judge.reference_seconds.get(name, 0.0)
        if all(c.verdict is Verdict.ERROR for c in failing) and seconds < QUICK:
            return [*known, *diagnostician.pairs(name)[:MOST_PAIRS]]
        return known

    def _with_less(
        self, exercise: Exercise, own: OwnFunction, alone: OwnFunction, live: Versions,
        searched: Searched,
    ) -> Exercise:  # fmt: skip
        """The exercise with what is known of a function that no clear repair was found for."""
        say, language = self._judge.translation, self._judge.course.language
        if is_raised(exercise):  # the words on the exception say nothing of other slips
            return self._behind_exception(exercise, own, alone, live, searched)
        donors, repair = self._donors(exercise.name), searched.repair
        is_hinted = any(check.hint for check in exercise.checks)
        may_guess = not is_possible(exercise)  # one thing at most is said to be possible
        more = self._in_part(own, exercise, live, searched) if repair is None else ""
        if fact := self._fact(own, alone, exercise, live):
            is_alone = self._deep and not more and repair is None
            more = say(PERHAPS_NOT_ALL) if is_alone else more
            return with_hint(exercise, f"{say(fact)} {more}".strip(), others=is_hinted)
        if alike := rounds_alike(alone, donors):  # a fact, and perhaps not the slip
            possible = f"{say('Possibly: ')}{say(alike)}" if may_guess else ""
            return with_hint(exercise, f"{more} {possible}".strip(), others=is_hinted)
        if repair is not None:
            more = "" if repair.is_certain else self._in_part(own, exercise, live, searched)
            is_told = repair.is_certain or may_guess
            text = told(repair, own, say, language) if is_told else ""
            return with_hint(exercise, f"{text} {more}".strip(), others=is_hinted)
        if more:
            return with_hint(exercise, more, others=is_certain(exercise))
        if given := self._given_to_others(own, exercise, live):
            text = f"{say(given)} {say(PERHAPS_NOT_ALL)}"
            return with_hint(exercise, text, others=is_certain(exercise))
        if hint := self._shown(alone, exercise, live, donors):
            is_fact = not unsure(hint)
            if not (is_fact or may_guess):
                return exercise
            return with_hint(exercise, hint, others=is_certain(exercise) if is_fact else is_hinted)
        unused = never_used(alone, donors) if may_guess else None
        hint = say("Possibly: ") + say(unused) if unused else ""
        return with_hint(exercise, hint, others=is_hinted)


class _Searching(_WithoutRepair):
    """Searches repairs, and caches them by source."""

    def __init__(self, judge: Judge, seconds: float, clock: Callable[[], float]) -> None:
        super().__init__(judge, seconds, clock)
        self._known = KnownSearches()

    def _known_or_found(self, exercise: Exercise, own: OwnFunction, live: Versions) -> Searched:
        failing = [check.id for check in exercise.checks if not check.passed]
        key = key_of(own, exercise.name, failing, live)
        for known in self._known.repairs(key):
            if known.repair is not None and self._holds_here(known.repair, own, exercise, live):
                return known
        if (found := self._known.without_repair(key, live)) is not None:
            return found
        if not self._may_search(live):
            return Searched()
        found = self._searched_safely(own, exercise, live)
        if self._is_out_of_time(live):
            return Searched()  # another machine may find another one
        if found.repair is None and self._left <= 0:
            return Searched()  # for another student it may be found
        self._known.keep(key, live, found)
        return found

    def _searched_safely(self, own: OwnFunction, exercise: Exercise, live: Versions) -> Searched:
        try:
            return self._searched(own, exercise, live)
        except (SandboxError, MemoryError):
            raise
        except Exception:  # something else may be said of the function all the same
            _LOG.exception("no repair of %s was found", exercise.name)
            return Searched()

    def _holds_here(
        self, repair: Repair, own: OwnFunction, exercise: Exercise, live: Versions
    ) -> bool:
        """Whether what repaired the same function in another notebook repairs it in this one.

        The other cells of a notebook decide what a function does, and could have been written to
        have others told a wrong slip.
        """
        trials = Trials(self._judge, live, exercise.name, exercise.checks)
        try:
            if repair.known is not None:
                gain = trials.gain_beside(own.with_splices(), repair.source, repair.known)
                if gain is None or not repair.proof:
                    return gain is not None and (gain or not repair.is_certain)
                return trials.passes_all(repair.proof)
            return trials.passes_all(repair.source)
        finally:
            trials.restore(own.with_splices())

    def _searched(self, own: OwnFunction, exercise: Exercise, live: Versions) -> Searched:
        most = int(A_SECOND * self._seconds)
        steps = min(PATIENCE * most, int(FOR_SEARCHES * self._left))
        with self._trials(own, exercise, live) as trials:
            search = ChainSearch(
                own, trials, self._ways, most,
                lambda: trials.steps >= steps or self._is_out_of_time(live),
                (lambda: trials.steps >= FOR_ONE * steps) if self._deep else None,
                self._known_mistakes(exercise) if self._deep else None,
            )  # fmt: skip
            is_paired = any(is_composed(c) and not unsure(c.hint) for c in exercise.checks)
            found = repaired(own, trials, search, is_deep=self._deep, is_paired=is_paired)
            if found is not None or not self._deep:
                return Searched(found)
            parts = mended_parts(own, trials, search, search.better)
            return Searched(parts=parts, steps=mended_steps(own, search))


class Repairer(_Searching):
    """Searches repairs for the functions of one assignment; caches them by source."""

    def __init__(
        self, judge: Judge, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """With `PAIRS_FROM` seconds or more, two edits are tried where one does not repair.

        With fewer it takes a share of the class's work, and leaves the other functions alone:
        points are not to wait for hints. The work is counted in steps, so that a function gets the
        same hint on every machine; a search that the clock ends all the same gives none.
        """
        super().__init__(judge, seconds, clock)

    def hinted(self, exercises: Sequence[Exercise], live: Versions) -> tuple[Exercise, ...]:
        """The exercises, with a hint for every function that one small edit repairs."""
        if self._seconds <= 0:
            return self.unsearched(exercises)
        seconds = self._judge.course.submission_seconds
        self._deadline = max(live.time.began + NET * seconds, self._clock() + AT_LEAST * seconds)
        self._left = MOST_STEPS
        self._whole = set()
        self._right = {e.name for e in exercises if all(check.passed for check in e.checks)}
        self._granted += FOR_A_CHECK * sum(len(exercise.checks) for exercise in exercises)
        found: list[Exercise] = []
        try:
            for exercise in exercises:
                found.append(self._with_hint_or_as_it_is(exercise, live))
        except (SandboxError, MemoryError):  # the next submission finds another sandbox
            _LOG.exception("the search for hints was given up")
        return (*found, *self.unsearched(exercises[len(found) :]))

    def unsearched(self, exercises: Sequence[Exercise]) -> tuple[Exercise, ...]:
        """The exercises as they are told where nothing has been searched for."""
        return tuple(with_no_further(e, e, self._judge.translation) for e in exercises)

    def _with_hint_or_as_it_is(self, exercise: Exercise, live: Versions) -> Exercise:
        is_searched = needs_hint(exercise) or (self._deep and may_hide_another(exercise))
        found = before = exercise
        try:
            if is_searched:
                found = self._with_hint(exercise, live)
            else:
                found = before = self._with_further_names(exercise, live)
                found = self._behind_names(before, live)
        except (SandboxError, MemoryError):
            raise
        except Exception:  # a fault of the search costs a hint and never a grade
            _LOG.exception("no hint on %s was found", exercise.name)
        if exercise.name in self._whole:
            return found
        return with_no_further(before, found, self._judge.translation)

    def _told_of_seed(
        self, exercise: Exercise, own: OwnFunction, donors: Sequence[Donor], live: Versions
    ) -> str:
        """What is told of a wrong seed and of what else is wrong; nothing of a seed alone."""
        found = seeded(own, donors) if self._deep and not is_raised(exercise) else None
        if found is None:
            return ""
        seed, version = found
        say = self._judge.translation
        try:
            more = self._told_behind(version, Meant(version, is_sure=True), exercise, live)
        finally:
            Trials(self._judge, live, exercise.name, exercise.checks).restore(own.with_splices())
        if more == say(NOT_ALL) and (drawn := wrong_draws(own, donors)):
            more = f"{say(drawn)} {say(PERHAPS_NOT_ALL)}"
        return f"{say(seed)} {more}" if more else ""

    def _with_hint(self, exercise: Exercise, live: Versions) -> Exercise:
        try:
            own, alone = with_and_without_helpers(exercise.name, live)
        except (SyntaxError, LookupError, ValueError, RecursionError):
            return exercise
        if is_too_large(own):
            return exercise
        donors = self._donors(exercise.name)
        plain = returns_nothing(alone, donors) or nothing_read(alone, donors)
        if plain and needs_hint(exercise):
            return with_hint(exercise, self._judge.translation(plain))
        say, language = self._judge.translation, self._judge.course.language
        if needs_hint(exercise) and (text := self._told_of_seed(exercise, own, donors, live)):
            return with_hint(exercise, text, others=is_certain(exercise))
        searched = self._known_or_found(exercise, own, live)
        repair = searched.repair
        if not needs_hint(exercise):
            return self._behind_known(exercise, own, alone, live, searched)
        if repair is not None and repair.is_certain:
            exercise = without_possible(exercise)
        lost = overwritten(alone, donors)  # two edits that make that good are a detour
        if repair is not None and not repair.is_vague and (repair.is_single or not lost):
            fraction = _of_a_fraction(exercise, repair, own, say)
            unknown = unknown_names(live.sources, own)
            text = told(repair, own, say, language, unknown)
            return with_hint(exercise, f"{fraction} {text}".strip())
        return self._with_less(exercise, own, alone, live, searched)


def _of_a_fraction(exercise: Exercise, repair: Repair, own: OwnFunction, say: Translation) -> str:
    """What an exception has told of a fraction, where a slice is repaired: that says more."""
    if not all(slip.kind.startswith("slice") for slip in repair.slips):
        return ""
    known = {say(Text(FRACTION, line=statement.lineno)) for statement in own.statements}
    return next((c.hint for c in exercise.checks if not c.passed and c.hint in known), "")
