"""Several slips, found one after the other along the way of the values and proved together.

The statement of the first wrong value is edited until that is right, then the next one. That a
function is repaired by all these edits, and by no part of them, proves each.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.judge.calls import Call
from autograder.judge.vocabulary import SLIPS_TOLD
from autograder.repair.candidates import VAGUE, Clues, Edit, edits
from autograder.repair.going_round import goes_round
from autograder.repair.meant import MeantSearch
from autograder.repair.pairing import LETS_GO, EditPair, Half, slim
from autograder.repair.places import OwnFunction, Splice, in_original
from autograder.repair.progress import Reached, RightWay
from autograder.repair.searching import ANEW, last_line
from autograder.repair.trying import BATCH
from autograder.repair.watched_roots import WatchedRoots

MOST_STATES = 12  # versions with a few edits of which a next one is looked for
GENERATED = 700  # steps: the work of listing the edits of one of them
MOST_STEPS = 9000  # of all of them
MOST_TRACED = 1600  # edits of one of them, where the first wrong value is
MOST_AROUND = 100  # and of what surrounds and counts for that
ENOUGH, MUCH = 0.9, 1.6  # dearer than the best edit so far: those behind it are not tried
MOST_CALLS = 4
WIDTH = (3, 3, 2, 2)  # edits that are gone on with, after none, one, two …
LOSES = ("old value", "anew", "moved")  # the same: what was wrong may be gone
MOST_ENDS = 6  # edits of one version that leave no wrong value, whether they repair all
OF_RIGHT = 0.5  # added to the cost of an edit that changes what is right, too
OF_WRONG = 0.3  # taken off it for every further statement that is wrong
OF_LEFT = 0.3  # added to it where the statement that it mends is wrong in a later round
_WORD = re.compile(r"[^\W\d]\w*")
SHARE = 2  # part of the edits that are tried of a version


@dataclass(frozen=True)
class Mend:
    """One edit, in the version that the edits before it have made."""

    own: OwnFunction
    edit: Edit
    before: tuple[Splice, ...]  # what has made the version, in the student's own function
    splices: tuple[Splice, ...]  # the edit, in the student's own function


@dataclass(frozen=True)
class Level:
    """A version, how far it gets, and the edits that get farther and say more than the line."""

    own: OwnFunction
    reached: Reached
    right: RightWay
    edits: Sequence[tuple[float, Edit, Reached]]  # each with its cost


class ChainSearch(MeantSearch):
    """Looks for several slips along the way of the values."""

    levels: Sequence[Level] = ()  # of the chain as far as it went, each behind the first edit

    def several(self) -> EditPair | None:
        """Edits that repair together and do not go round what one of them should mend."""
        found = self.chain() or self.along() or self.two_apart() or self.pair() or self.anywhere()
        return None if found is None or goes_round(self._own, found, self._trials) else found

    def chain(self) -> EditPair | None:
        """The edits that repair a function together, none of them without the others."""
        notes, trials = self._trials.notes, self._trials
        found = next(filter(None, map(self._proved, self._chains())), None)
        trials.notes = notes
        trials.aim(self._own.with_splices())
        trials.screen(self._own.with_splices())
        return found

    def _chains(self) -> Iterator[list[Mend]]:
        """The edits along the way, each value in its turn; then in any, where that differs."""
        found = self._called()
        if found is None:
            return
        strict = _Along(self, *found, in_turn=True)
        steps = strict.steps()
        self.levels = strict.levels
        if steps:
            yield steps
        plain = _Along(self, *found, in_turn=False)
        one, other = strict.begun(), plain.begun()
        differ = one is not None and other is not None and one.near != other.near
        if differ and (steps := plain.steps()):
            yield steps

    def _called(self) -> tuple[list[Call], RightWay] | None:
        """A few telling calls, and right versions in them."""
        calls = list(self._trials.telling_calls.items())
        first = [pair for pair in calls if pair[0].endswith(" 0")]
        chosen = dict([*first, *(pair for pair in calls if pair not in first)][:MOST_CALLS])
        right = self._ways.in_calls(self._own, chosen)
        return (list(chosen.values()), RightWay(right)) if all(right) else None

    def shows(self, before: str, after: str) -> bool:
        """Whether a version has something right on the way that another one has wrong."""
        found = self._called()
        if found is None:
            return False
        along = _Along(self, *found, in_turn=True)
        own = OwnFunction(before, self._own.name)
        one, other = along.as_it_is(own), along.as_it_is(OwnFunction(after, self._own.name))
        return one is not None and other is not None and found[1].shows(own, one, other)

    def _proved(self, steps: Sequence[Mend]) -> EditPair | None:
        """As few of the edits as repair, each looked for anew beside the others."""
        needed = self._needed(steps)
        if not _are_clear(self._own, needed):
            return None
        halves = []
        for step in needed:
            others = tuple(s for other in needed if other is not step for s in other.splices)
            halves.append(self._anew(step, others))
        source = self._own.with_splices(tuple(s for step in needed for s in step.splices))
        return EditPair(tuple(halves), source)

    def _needed(self, steps: Sequence[Mend]) -> Sequence[Mend]:
        for count in range(1, len(steps)):
            for some in combinations(steps, count):
                source = self._own.with_splices(tuple(s for step in some for s in step.splices))
                if self._trials.passes_all(source):
                    return some
        return steps

    def _anew(self, step: Mend, others: tuple[Splice, ...]) -> Half:
        """The edits that repair what all other ones leave."""
        known = Half(step.own, (step.edit,), lambda _: False, step.before)
        if not others or self._is_over:
            return known
        try:
            own = OwnFunction(self._own.with_splices(others), self._own.name)
        except (SyntaxError, LookupError, ValueError):
            return known
        self._trials.aim(own.with_splices())
        inner = type(self)(own, self._trials, self._ways, self._most // 12, self._is_late)
        found = list(inner.singles())
        if not found or min(e.cost for e in found) > step.edit.cost + 1.0:
            return known
        return Half(own, inner.weighed(found), inner.is_right, others)


def _are_clear(own: OwnFunction, steps: Sequence[Mend]) -> bool:
    """Whether the edits say more than their lines, and stand in lines of their own."""
    lines = [{own.lines_between(0, part.start) for part in step.splices} for step in steps]
    apart = all(one != other for one, other in combinations(lines, 2))
    vague = (*VAGUE, *LETS_GO, *LOSES, "returned")
    return apart and not any(step.edit.kind in vague for step in steps)


def _mends(before: Reached, after: Reached, edit: Edit) -> bool:
    """Whether the statement that was wrong is right in all calls, and what comes before it.

    In a later round it may be wrong still, by another slip: if that shows elsewhere first. Where a
    condition is edited, the other branch may be wrong as early.
    """
    first = before.near[0].lineno
    if first in after.wrong and first == after.near[0].lineno:
        return False
    pairs = list(zip(before.made, after.made, strict=False))
    is_farther = any(a < b for a, b in pairs) or _is_of_a_condition(before, edit)
    return all(a <= b for a, b in pairs) and is_farther


def _is_of_a_condition(before: Reached, edit: Edit) -> bool:
    """Whether an edit is in a condition under which the first wrong value is made."""
    return set(edit.lines) <= {s.lineno for s in before.near[1:] if isinstance(s, ast.If)}


def _is_known(
    before: Reached, edit: Edit, after: Reached, found: Iterable[tuple[Edit, Reached]]
) -> bool:
    """Whether a cheaper edit of the same condition leads to the same values."""
    return _is_of_a_condition(before, edit) and any(
        (e.lines, r.made, r.met, r.wrong) == (edit.lines, after.made, after.met, after.wrong)
        for e, r in found
    )


def _more(edit: Edit, reached: Reached, after: Reached) -> float:
    """What an edit costs more that changes what is right, or less where it changes more wrong.

    It costs more, too, where the statement is wrong still in a later round.
    """
    wrong = reached.wrong & set(edit.lines)
    known = {n for s in reached.near for n in range(s.lineno, last_line(s) + 1)}
    others = set(edit.lines) - wrong - known
    less = OF_WRONG * (min(len(wrong), 3) - 1)
    is_left = reached.near[0].lineno in after.wrong
    return (OF_RIGHT if others else 0.0) + (OF_LEFT if is_left else 0.0) - less


class _OnTheWay:
    """Versions in some calls beside right ones."""

    def __init__(
        self, search: ChainSearch, calls: Sequence[Call], right: RightWay, in_turn: bool
    ) -> None:
        self._search = search
        self._calls = calls
        self._right = right
        self._in_turn = in_turn
        self._states = 0
        self._last_step = search._trials.steps + MOST_STEPS
        self._watched: WatchedRoots | None = None
        self._has_ended = False  # whether a last edit was looked for where no value is wrong
        self._seen: set[str] = set()

    @property
    def _is_over(self) -> bool:
        return self._search._is_over or self._search._trials.steps > self._last_step

    def begun(self) -> Reached | None:
        """How far the student's own function gets."""
        reached = self.as_it_is(self._search._own)
        return reached if reached is not None and reached.near else None

    def as_it_is(self, own: OwnFunction) -> Reached | None:
        nothing = Edit((), "", 0.0, ())
        found = self._reached(own, [nothing], self._right, self._calls)
        return next((reached for _, reached in found), None)

    def _traced(
        self, own: OwnFunction, found: Sequence[Edit], reached: Reached
    ) -> Iterator[tuple[Edit, Reached]]:
        """The edits with which a version gets farther in the call that shows the wrong value."""
        one = reached.call
        for start in range(0, len(found), BATCH):
            if self._is_over:
                return
            batch = found[start : start + BATCH]
            yield batch[0], reached  # how dear they are by now
            near = self._reached(own, batch, self._right.only(one), self._calls[one : one + 1])
            before = reached.made[one]
            farther = [
                e for e, r in near
                if r.made[0] > before or not r.near
                or (r.made[0] == before and _is_of_a_condition(reached, e))
            ]  # fmt: skip
            yield from self._reached(own, farther, self._right, self._calls)

    def _reached(
        self, own: OwnFunction, found: Sequence[Edit], right: RightWay, calls: Sequence[Call]
    ) -> Iterator[tuple[Edit, Reached]]:
        """How far versions get, but of those that cannot be watched."""
        if not found:
            return
        if self._watched is None or self._watched.own is not own:
            self._watched = WatchedRoots(own)
        sources = [self._watched.version(edit.splices) for edit in found]
        for edit, rows in zip(
            found, self._search._trials.tables_of_calls(sources, calls), strict=False
        ):
            if len(rows) == len(calls) and all(map(len, rows)):
                reads = {word for s in edit.splices for word in _WORD.findall(s.text)}
                yield edit, right.reached(own, rows, in_turn=self._in_turn, reads=reads)


class _Along(_OnTheWay):
    """The search along the way of the values."""

    def __init__(
        self, search: ChainSearch, calls: Sequence[Call], right: RightWay, in_turn: bool
    ) -> None:
        super().__init__(search, calls, right, in_turn)
        self.levels: list[Level] = []

    def steps(self) -> list[Mend]:
        reached = self.begun()
        return self._behind(self._search._own, [], reached) if reached else []

    def _behind(self, own: OwnFunction, steps: list[Mend], reached: Reached) -> list[Mend]:
        """The steps with those that repair what is left; nothing where there are none."""
        if self._is_over or self._states >= MOST_STATES:
            return []
        self._states += 1
        if not reached.near:
            return self._last(own, steps)
        if len(steps) == SLIPS_TOLD:
            return []
        for step, version in self._mending(own, steps, reached):
            after = self.as_it_is(version)
            if after and (found := self._behind(version, [*steps, step], after)):
                return found
        return []

    def _last(self, own: OwnFunction, steps: list[Mend]) -> list[Mend]:
        """The steps, with one more where no value is wrong and the checks fail all the same."""
        search, trials = self._search, self._search._trials
        if trials.passes_all(own.with_splices()):
            return steps
        if len(steps) == SLIPS_TOLD:
            return []
        if self._has_ended:
            return []
        self._has_ended = True
        trials.aim(own.with_splices())
        inner = type(search)(own, trials, search._ways, search._most // 30, search._is_late)
        for edit in inner.singles():
            if (step := self._step(own, steps, edit)) is not None:
                return [*steps, step]
        return []

    def _mending(
        self, own: OwnFunction, steps: list[Mend], reached: Reached
    ) -> Iterator[tuple[Mend, OwnFunction]]:
        """The best edits with which a version gets farther, those that say most first."""
        found: list[tuple[bool, float, int, Edit, Reached]] = []
        best = 99.0
        for edit, after in self._traced(own, self._edits(own, reached), reached):
            count = sum(not item[0] for item in found)
            if edit.cost > best + (ENOUGH if count >= WIDTH[len(steps)] else MUCH):
                break
            same = _is_known(reached, edit, after, [item[3:] for item in found])
            if _mends(reached, after, edit) and not same:
                is_vague = edit.kind in (*VAGUE, *LETS_GO, *LOSES) or after.met <= reached.met
                cost = edit.cost + _more(edit, reached, after)
                best = best if is_vague else min(best, cost)
                found.append((is_vague, cost, len(found), edit, after))
        found.sort(key=lambda item: item[:3])
        clear = [item for item in found if not item[0]]
        if len(self.levels) == len(steps):
            ranked = [(cost, edit, after) for _, cost, _, edit, after in clear]
            self.levels.append(Level(own, reached, self._right, ranked))
        vague = [item for item in found if item[0]]
        ends = self._ending(own, [edit for *_, edit, after in clear if not after.near])
        others = [edit for *_, edit, _ in (*clear[: WIDTH[len(steps)]], *vague[:1])]
        for edit in (*ends, *others):
            step = self._step(own, steps, edit)
            if step is None:
                continue
            try:
                version = OwnFunction(own.with_splices(edit.splices), own.name)
            except (SyntaxError, LookupError, ValueError):
                continue
            if version.normalized not in self._seen:
                self._seen.add(version.normalized)
                yield step, version

    def _ending(self, own: OwnFunction, found: Sequence[Edit]) -> list[Edit]:
        """Those that repair all that is left, among such as leave no wrong value."""
        versions = [(edit, own.with_splices(edit.splices)) for edit in found[:MOST_ENDS]]
        return [e for e, source in versions if self._search._trials.passes_all(source)]

    def _edits(self, own: OwnFunction, reached: Reached) -> list[Edit]:
        """The edits of what is near the first wrong value."""
        search = self._search
        inner = type(search)(own, search._trials, search._ways, search._most, search._is_late)
        first, *others = reached.near
        here = frozenset(range(first.lineno, last_line(first) + 1))
        around = {n for s in others for n in range(s.lineno, last_line(s) + 1)} - here
        search._trials.steps += GENERATED
        known = Clues(names=inner._known.names, suspects=here)
        found = edits(own, search._ways.donors(own.name), search._most // SHARE, known)
        found = [e for e in found if e.kind not in ANEW]
        near = [e for e in found if here & set(e.lines)][:MOST_TRACED]
        far = [e for e in found if not here & set(e.lines) and around & set(e.lines)]
        return sorted([*near, *far[:MOST_AROUND]], key=lambda e: e.cost)

    def _step(self, own: OwnFunction, steps: list[Mend], edit: Edit) -> Mend | None:
        """An edit as a step behind others; None where it changes what they have put in."""
        whole, before = self._search._own, tuple(s for step in steps for s in step.splices)
        parts = tuple(part for splice in edit.splices for part in slim(own, splice))
        if steps:
            found = in_original(whole, before, parts)
            if found is None:
                return None
            parts = found
        is_same = whole.with_splices((*before, *parts)) == own.with_splices(edit.splices)
        return Mend(own, edit, before, parts) if is_same else None
