"""Two slips in one function, found without looking for a second edit behind every first one.

A version that was tried as a whole repair, and was none, may have repaired one slip of two: it is
seen by what it answers (`PartialRepairs`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise

from autograder.judge.hint_matching import WrongVersion
from autograder.repair.candidates import BETTER, VAGUE, Edit
from autograder.repair.handing_on import makes_good
from autograder.repair.holding import most_versions
from autograder.repair.leaving_out import without_effect
from autograder.repair.places import OwnFunction, Splice, replaced_by
from autograder.repair.profiles import PartialRepairs, PartPlace
from autograder.repair.trying import BATCH, Trials

MOST_COMPARED = 24  # versions that are compared with a known mistake in all calls
MANY = 4  # places apart from each other
LETS_GO = ("target", "extra")  # what such an edit leaves unread may be the line that is wrong
TAKES_AWAY = (
    "call extra", "factor extra", "term extra", "power extra", "index extra", "condition extra",
    "moved",
)  # fmt: skip
VAGUER = 1.0  # added to the cost of what says no more than the line
MOST_BETTER = 60  # versions whose answers to all calls are looked at
MOST_COMPARED_ALONE = 6  # where every call is made by itself
MOST_TOGETHER = 60  # pairs of edits that are tried
MOST_NEAR = 100  # edits of a few lines, each of which is tried with each
MOST_WITHIN = 2500  # of these pairs
MOST_ALIKE = 6  # edits that repair the same parts


@dataclass(frozen=True)
class Half:
    """One of two slips: the version that has it alone, and the edits that repair that."""

    own: OwnFunction
    edits: Sequence[Edit]
    is_right: Callable[[ast.stmt], bool]  # of a statement of the version
    mended: tuple[Splice, ...] = ()  # what made it of the student's own function


@dataclass(frozen=True)
class EditPair:
    """Two edits that repair together."""

    halves: tuple[Half, ...]
    source: str  # of the function with both


@dataclass(frozen=True)
class BesideKnown:
    """Edits that leave a known mistake, and nothing else that is wrong.

    `proof` is the function with one of them and a second edit, which repairs it, where one does.
    """

    edits: Sequence[Edit]
    known: WrongVersion
    source: str
    proof: str = ""
    is_certain: bool = True


def beside_known(
    own: OwnFunction, trials: Trials, tried: dict[str, Edit],
    proof: Callable[[Edit], str], lines: Collection[int] = (),
) -> BesideKnown | None:  # fmt: skip
    """The cheapest edits, in certain lines perhaps, that leave one known mistake and no other.

    `proof` repairs what an edit leaves by a second one, elsewhere. Without one the mistake is
    certain where the edit makes something right; what takes something away alone shows nothing.
    """
    if trials.notes is None:
        return None
    like = [(tried[source], source, known) for source, known in trials.notes.like]
    if lines:
        like = [item for item in like if set(item[0].lines) <= set(lines)]
    like.sort(key=lambda item: item[0].cost)
    found: list[tuple[Edit, str, WrongVersion]] = []
    gains: list[bool] = []
    most = MOST_COMPARED if trials.is_quick else MOST_COMPARED_ALONE
    for edit, source, known in like[:most]:
        if edit.kind in (*VAGUE, *LETS_GO) or makes_good(own, edit.kind, edit.lines):
            continue
        if found and edit.cost >= found[0][0].cost + BETTER:
            break
        gain = trials.gain_beside(own.with_splices(), source, known)
        if gain is not None and not _is_cancelled(own, trials, edit, known):
            found.append((edit, source, known))
            gains.append(gain)
    if not found:
        return None
    first, source, known = found[0]
    if _is_unspecific([one for one, _, other in like if other is known and one.kind not in VAGUE]):
        return None
    others = [edit for edit, _, other in found if _hint(other) != _hint(known)]
    if not all(_repairs(own, trials, first, other) for other in others):
        return None  # nobody knows which of two mistakes it is
    edits = [edit for edit, _, other in found if _hint(other) == _hint(known)]
    proven = proof(first)
    if not proven and first.kind in (*TAKES_AWAY, "call missing"):  # a draw around zeros, perhaps
        return None
    return BesideKnown(edits, known, source, proven, is_certain=bool(proven) or gains[0])


def _is_cancelled(own: OwnFunction, trials: Trials, edit: Edit, known: WrongVersion) -> bool:
    """Whether an edit shows nothing: its lines could as well have no effect, or give zero."""
    splices = without_effect(own, edit.lines)
    if not splices:
        return False
    source = own.with_splices(splices)
    return trials.gain_beside(own.with_splices(), source, known) is not None


def _is_unspecific(edits: Sequence[Edit]) -> bool:
    """Whether edits of many lines give the same answers: these are no sign of a mistake then."""
    apart: list[set[int]] = []
    for edit in edits:
        if not any(lines & set(edit.lines) for lines in apart):
            apart.append(set(edit.lines))
    return len(apart) >= MANY


def _hint(known: WrongVersion) -> str:
    return " ".join(version.hint for version in known.versions)


def independent(
    own: OwnFunction, trials: Trials, tried: dict[str, Edit], is_right: Callable[[ast.stmt], bool]
) -> EditPair | None:
    """Two edits, each of which repairs parts of the answers, and both all of them."""
    if trials.notes is None:
        return None
    groups = _by_parts(trials.notes, tried)
    pairs = sorted(_pairs(groups, frozenset(trials.notes.wanted)), key=_cost)
    for one, other in islice(pairs, MOST_TOGETHER):
        if one.kind == other.kind == "donor":
            continue  # half of the function anew, whatever is wrong in it
        if (source := together(own, one, other)) and trials.passes_all(source):
            firsts = [e for e in _rivals(groups, one) if _repairs(own, trials, e, other)]
            seconds = [e for e in _rivals(groups, other) if _repairs(own, trials, one, e)]
            halves = Half(own, [one, *firsts], is_right), Half(own, [other, *seconds], is_right)
            return EditPair(halves, source)
    return None


def within(
    own: OwnFunction, trials: Trials, edits: Sequence[Edit],
    is_right: Callable[[ast.stmt], bool], is_over: Callable[[], bool],
) -> EditPair | None:  # fmt: skip
    """The two cheapest of these edits that repair together."""
    notes, trials.notes = trials.notes, None  # of single edits
    near = [e for e in edits if e.kind not in VAGUE][:MOST_NEAR]
    pairs = sorted(combinations(near, 2), key=_cost)
    versions: dict[str, tuple[Edit, Edit]] = {}
    for pair in pairs:
        if len(versions) >= most_versions(own, MOST_WITHIN):
            break
        if source := together(own, *pair):
            versions[source] = pair
    found: list[tuple[Edit, Edit]] = []
    sources = list(versions)
    for start in range(0, len(sources), BATCH):
        batch = sources[start : start + BATCH]
        if is_over() or (found and _cost(versions[batch[0]]) >= _cost(found[0]) + BETTER):
            break
        for place in trials.promising(batch):
            if trials.passes_all(batch[place]):
                found.append(versions[batch[place]])
    trials.notes = notes
    if not found:
        return None
    one, other = found[0]
    firsts = [pair[0] for pair in found if pair[1] is other]
    seconds = [pair[1] for pair in found if pair[0] is one]
    halves = Half(own, firsts, is_right), Half(own, seconds, is_right)
    return EditPair(halves, together(own, one, other))


def partial_repairs(own: OwnFunction, trials: Trials, tried: dict[str, Edit]) -> list[Edit]:
    """The cheapest edits that make parts of the answers right, those that most go to first."""
    if trials.notes is None:
        return []
    better = sorted(trials.notes.better, key=lambda source: tried[source].cost)[:MOST_BETTER]
    measured = trials.measured(own.with_splices(), better)
    groups = _by_parts(measured, tried)
    if whole := groups.pop(frozenset(measured.wanted), []):  # a step that makes all others useless
        groups[frozenset(measured.wanted)] = [e for e in whole if not e.kind.startswith("missing")]
    first = {right: min(group, key=_dearer_if_vague) for right, group in groups.items() if group}
    return [first[right] for right in sorted(first, key=lambda r: (-len(r), first[r].cost))]


def _dearer_if_vague(edit: Edit) -> float:
    return edit.cost + (VAGUER if edit.kind in VAGUE else 0.0)


def _by_parts(
    notes: PartialRepairs, tried: dict[str, Edit]
) -> dict[frozenset[PartPlace], list[Edit]]:
    """Edits by the parts that are right with them, the cheapest first."""
    groups: dict[frozenset[PartPlace], list[Edit]] = {}
    for source, right in notes.better.items():
        groups.setdefault(right, []).append(tried[source])
    for group in groups.values():
        group.sort(key=lambda edit: edit.cost)
    return groups


def _pairs(
    groups: dict[frozenset[PartPlace], list[Edit]], wanted: frozenset[PartPlace]
) -> Iterator[tuple[Edit, Edit]]:
    for (one, firsts), (other, seconds) in combinations(groups.items(), 2):
        if one | other == wanted and one != wanted and other != wanted:
            for first in firsts[:MOST_ALIKE]:
                yield from ((first, second) for second in seconds[:MOST_ALIKE])


def _cost(pair: tuple[Edit, Edit]) -> float:
    return pair[0].cost + pair[1].cost


def together(own: OwnFunction, one: Edit, other: Edit) -> str:
    """The function with both edits, or nothing where they touch each other."""
    both = (part for splice in (*one.splices, *other.splices) for part in slim(own, splice))
    splices = sorted(both, key=lambda s: (s.start, s.end))
    apart = all(a.end <= b.start for a, b in pairwise(splices))
    return own.with_splices(tuple(splices)) if apart else ""


def slim(own: OwnFunction, splice: Splice) -> list[Splice]:
    """A splice without what stays: a call around something leaves room for an edit inside."""
    old, start, end = replaced_by(own, splice), splice.start, splice.end
    if old and old in splice.text:
        ahead, _, behind = splice.text.partition(old)
        return [Splice(start, start, ahead), Splice(end, end, behind)]
    return [splice]


def _rivals(groups: dict[frozenset[PartPlace], list[Edit]], edit: Edit) -> list[Edit]:
    """Edits of about the same cost that repair the same parts."""
    [group] = [g for g in groups.values() if edit in g]
    return [e for e in group if e is not edit and e.cost < edit.cost + BETTER][:MOST_ALIKE]


def _repairs(own: OwnFunction, trials: Trials, one: Edit, other: Edit) -> bool:
    source = together(own, one, other)
    return bool(source) and trials.passes_all(source)
