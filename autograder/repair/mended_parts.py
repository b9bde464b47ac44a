"""Slips that are known by the parts of the answers which they spoil, where nothing repairs all.

An edit that makes parts of the answers right in all calls, and none wrong, mends a slip of its own:
what else is wrong spoils other parts.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from autograder.judge.vocabulary import SLIPS_TOLD
from autograder.repair.candidates import VAGUE, Edit, cheapest
from autograder.repair.chains import LOSES
from autograder.repair.choosing import Partly, Slip, chosen, direct
from autograder.repair.evident import is_made_good_late, is_suspect_reading
from autograder.repair.meant import MeantSearch
from autograder.repair.needed import needed
from autograder.repair.pairing import LETS_GO, TAKES_AWAY
from autograder.repair.places import OwnFunction
from autograder.repair.profiles import PartialRepairs, PartPlace, agreeing, profile
from autograder.repair.searching import ANEW, last_line
from autograder.repair.trying import Trials

MOST_MEASURED = 24  # versions whose answers to all calls are looked at
FEWEST = 3  # calls that show a slip, and different parts that become right in them
MOST_LINES = 2  # of which one is meant
MOST_CALLS = 80  # of all checks
UNCLEAR = (*VAGUE, *LETS_GO, *ANEW, *LOSES, "returned")
RightParts = frozenset[PartPlace]


@dataclass(frozen=True)
class MendedParts:
    """Slips of a function, and the version without them, which has more parts right."""

    slips: tuple[Slip, ...]
    source: str


def mended_parts(
    own: OwnFunction, trials: Trials, search: MeantSearch, better: Collection[str]
) -> list[MendedParts]:
    """The slips that edits show each of which makes other parts of the answers right.

    `better` are versions that were tried for a whole repair and made more right in a few calls.
    """
    clear = [source for source in better if search.tried[source].kind not in UNCLEAR]
    clear.sort(key=lambda source: search.tried[source].cost)
    if not clear:
        return []
    notes = trials.measured(own.with_splices(), clear[:MOST_MEASURED])
    groups: dict[RightParts, list[Edit]] = {}
    for source, right in notes.better.items():
        groups.setdefault(right, []).append(search.tried[source])
    most = [right for right in groups if not any(right < other for other in groups)]
    found = [
        MendedParts(slips, source)
        for right in most if _is_alone(right, most, notes, groups) and _is_shown(right, notes)
        for slips, source in _told(own, trials, search, groups[right])
        if trials.keeps_right(source) or _is_right_in_all(trials, source, right - notes.right)
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.slips[0].nodes)


def still_mended(
    own: OwnFunction, trials: Trials, known: Sequence[MendedParts]
) -> Iterator[MendedParts]:
    """Those that the versions show in this notebook, too: its other cells may be others."""
    if not known:
        return
    notes = trials.measured(own.with_splices(), [one.source for one in known])
    for one in known:
        right = notes.better.get(one.source)
        if right is None or not _is_shown(right, notes):
            continue
        gained = right - notes.right
        if trials.keeps_right(one.source) or _is_right_in_all(trials, one.source, gained):
            yield one


def made_together(own: OwnFunction, sources: Sequence[str]) -> str:
    """The function with the changed lines of several versions; nothing where they meet."""
    before = own.with_splices().split("\n")
    lines = list(before)
    for version in (source.split("\n") for source in sources):
        if len(version) != len(before):
            return ""
        changed = [n for n, line in enumerate(version) if line != before[n]]
        if any(lines[n] not in (before[n], version[n]) for n in changed):
            return ""
        for n in changed:
            lines[n] = version[n]
    return "\n".join(lines)


def joined(found: Partly | None, slips: Sequence[Slip]) -> Partly | None:
    """What is known of a function, with slips that were found in other ways."""
    if not slips:
        return found
    unique: list[Slip] = []
    for slip in (*slips, *(found.slips if found else ())):
        if not any(set(slip.nodes) & set(other.nodes) for other in unique):
            unique.append(slip)
    told = {node for slip in unique for node in slip.nodes}
    if found is None or not found.astray or not told.isdisjoint(found.astray):
        return Partly(tuple(unique[:SLIPS_TOLD]))
    return Partly(tuple(unique[: SLIPS_TOLD - 1]), found.astray, found.name)


def _is_shown(right: RightParts, notes: PartialRepairs) -> bool:
    """Whether enough calls show it, by the whole answer or by what is right in all of them."""
    gained = right - notes.right
    whole = {place[0] for place in notes.wanted} - {p[0] for p in notes.wanted if p not in right}
    never = {place[1:] for place in notes.wanted if place not in right}
    shown = [p for p in gained if p[0] in whole or p[1:] not in never]
    return min(len({p[0] for p in shown}), len({notes.wanted[p] for p in shown})) >= FEWEST


def _is_alone(
    right: RightParts,
    most: Sequence[RightParts],
    notes: PartialRepairs,
    groups: dict[RightParts, list[Edit]],
) -> bool:
    """Whether no edit of other lines makes some of these parts right, and others."""
    lines = {line for edit in groups[right] for line in edit.lines}
    return not any(
        (right & other) - notes.right
        and any(lines.isdisjoint(edit.lines) for edit in groups[other])
        for other in most if other != right
    )  # fmt: skip


def _edited(own: OwnFunction, edit: Edit) -> list[ast.stmt]:
    """The statements in whose lines an edit is, without loops and conditions around them."""
    return [
        s for s in own.statements
        if not hasattr(s, "body") and set(edit.lines) & set(range(s.lineno, last_line(s) + 1))
    ]  # fmt: skip


def _with_what_is_needed(own: OwnFunction, trials: Trials, edit: Edit) -> Edit:
    """The edit without the lines that add nothing to what is right with it."""
    if len(set(edit.lines)) < 2:
        return edit
    right = _right_with(own, trials, edit)
    return needed(own, edit, lambda fewer: bool(right) and _right_with(own, trials, fewer) == right)


def _right_with(own: OwnFunction, trials: Trials, edit: Edit) -> RightParts | None:
    """The parts of the answers that are right with an edit, if these are more."""
    source = own.with_splices(edit.splices)
    return trials.measured(own.with_splices(), [source]).better.get(source)


def _told(
    own: OwnFunction, trials: Trials, search: MeantSearch, edits: Sequence[Edit]
) -> Iterator[tuple[tuple[Slip, ...], str]]:
    """The slips, if the edits show one place, with a version that breaks nothing."""
    found = direct(own, list(edits))
    found = [_with_what_is_needed(own, trials, edit) for edit in found]
    slips = chosen(own, found, search.is_right).slips
    if any(slip.either and len(slip.nodes) > MOST_LINES for slip in slips):
        return
    first = cheapest(found)
    source = own.with_splices(first.splices)
    # A step that right versions take, too, is right: what is done with it may be wrong.
    is_taken_away = first.kind in TAKES_AWAY and any(map(search.is_right, _edited(own, first)))
    if not (is_taken_away or is_suspect_reading(own, first) or is_made_good_late(own, first)):
        yield slips, source


def _is_right_in_all(trials: Trials, source: str, gained: RightParts) -> bool:
    """Whether what a version makes right is so in every call of every check.

    A check that it fails and the own function passes was passed by accident then: by two wrongs.
    """
    calls = trials.every_call()
    if not gained or len(calls) > MOST_CALLS:
        return False
    places = {place[1:] for place in gained}
    answers = trials.answering(source)
    wanted = profile([call.result for call in calls])
    right = agreeing(profile([answers(call) for call in calls]), wanted)
    return all(place in right for place in wanted if place[1:] in places)
