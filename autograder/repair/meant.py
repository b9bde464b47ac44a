"""The search for the repair that was meant, among those that were found and a few further ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from autograder.repair.at_the_source import at_the_source
from autograder.repair.candidates import BETTER, VAGUE, Edit, cheapest
from autograder.repair.exchanged import exchanged
from autograder.repair.handing_on import across_a_call, makes_good
from autograder.repair.places import OwnFunction
from autograder.repair.searching import PairSearch, last_line
from autograder.repair.trying import BATCH
from autograder.repair.weighing import Evidence

FARTHER = 2.4  # dearer than the cheapest repair, in statements that this one leaves wrong
MOST_FURTHER = 300  # edits of these
MOST_ACROSS = 150  # of what a function inside is given, or of that function itself


class MeantSearch(PairSearch):
    """Weighs repairs by the values on the way, and looks for those that they point to."""

    @cached_property
    def evidence(self) -> Evidence:
        """What the values on the way say of the repairs."""
        return Evidence(self._own, self._trials, self._ways)

    def weighed(self, found: Sequence[Edit]) -> list[Edit]:
        """The repairs by what they leave wrong, with further ones of what the best one leaves."""
        own, evidence = self._own, self.evidence
        found = [self.simplest(e) if evidence.vanishes(e) else e for e in found]
        found = [self._clearer(e) if e.kind in VAGUE else e for e in found]
        first = cheapest(evidence.weighed(found))
        lines = {n for s in evidence.left(first) for n in range(s.lineno, last_line(s) + 1)}
        if first.kind in VAGUE:  # what says more than the line may be dearer
            lines |= set(first.lines)
        further = [
            e for e in self._candidates
            if set(e.lines) <= lines and e.cost < first.cost + FARTHER
            and own.with_splices(e.splices) not in self.tried
        ]  # fmt: skip
        versions = {own.with_splices(e.splices): e for e in further[:MOST_FURTHER]}
        self.tried |= versions
        sources = list(versions)
        more = [versions[sources[place]] for place in self._repairing(sources)]
        if first.kind in VAGUE and (clear := [e for e in more if _says_more(e, first)]):
            found, more = [e for e in found if e.kind not in VAGUE], clear
        return evidence.weighed([*found, *more])

    def _clearer(self, edit: Edit) -> Edit:
        """The same change as an edit that says more than the line, where there is one."""
        wanted = self._made(edit)
        near = (e for e in self._candidates if _says_more(e, edit) and e.cost < edit.cost + FARTHER)
        return next((replace(e, cost=edit.cost) for e in near if self._made(e) == wanted), edit)

    def _made(self, edit: Edit) -> str:
        """The function with an edit, without brackets that change nothing."""
        try:
            return OwnFunction(self._own.with_splices(edit.splices), self._own.name).normalized
        except (SyntaxError, LookupError):
            return ""

    def at_the_source(self, edit: Edit) -> Edit | None:
        """The edit where a variable gets its value, of one that changes how it is read."""
        others = list(at_the_source(self._own, edit))
        sources = [self._own.with_splices(e.splices) for e in others]
        return next((others[place] for place in self._repairing(sources)), None)

    def exchanged(self, first: Edit) -> list[Edit]:
        """Exchanges in other lines that repair as well as an edit."""
        found = {
            self._own.with_splices(e.splices): e
            for e in exchanged(self._own, first, self._candidates)
        }  # fmt: skip
        sources = [source for source in found if source not in self.tried]
        return [found[sources[place]] for place in self._repairing(sources)]

    def across_a_call(self, first: Edit) -> list[Edit]:
        """Edits that repair as well where what an edit changes is passed on, or received."""
        own, lines = self._own, across_a_call(self._own, first.lines)
        near = [
            e for e in self._candidates
            if set(e.lines) <= lines and e.cost < first.cost + FARTHER and e.kind not in VAGUE
            and own.with_splices(e.splices) not in self.tried
            and not makes_good(own, e.kind, e.lines)
        ]  # fmt: skip
        near = near[:MOST_ACROSS]
        places = self._repairing([own.with_splices(e.splices) for e in near])
        repairing = [near[place] for place in places]
        if not repairing:
            return []
        at_best = first.cost + BETTER / 2
        weighed = self.evidence.weighed([replace(e, cost=at_best) for e in (first, *repairing)])
        least = weighed[0].cost
        return [replace(e, cost=at_best) for e in weighed[1:] if e.cost <= least]

    def _repairing(self, sources: Sequence[str]) -> Iterator[int]:
        """Places of the versions that pass all checks."""
        for start in range(0, len(sources), BATCH):
            if self._is_over:
                return
            batch = sources[start : start + BATCH]
            for place in self._trials.promising(batch):
                if self._trials.passes_all(batch[place]):
                    yield start + place


def _says_more(edit: Edit, vague: Edit) -> bool:
    return edit.kind not in VAGUE and set(edit.lines) <= set(vague.lines)
