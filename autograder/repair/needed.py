"""Which lines of an edit in several places are needed for what it repairs.

The same slip in four lines may be one in two of them, when another edit makes good what the others
did: these are innocent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from autograder.repair.candidates import Edit, cheapest
from autograder.repair.pairing import EditPair, Half, together
from autograder.repair.places import OwnFunction, Splice, replaced_by
from autograder.repair.trying import Trials

# What is taken away here is put in there: half of it is no edit of its own.
AS_A_WHOLE = ("moved", "swapped", "elsewhere", "carried", "branches", "asked again", "nested")
MOST_LINES = 12


def needed(own: OwnFunction, edit: Edit, repairs: Callable[[Edit], bool]) -> Edit:
    """The edit without the lines that it can do without, as `repairs` says of what is left."""
    lines = sorted({_line(own, splice) for splice in edit.splices})
    if edit.kind in AS_A_WHOLE or not set(lines) <= set(edit.lines):
        return edit
    if not 1 < len(lines) <= MOST_LINES:
        return edit
    alone = (_without(own, edit, {n for n in lines if n != line}) for line in lines)
    if one := next(filter(repairs, alone), None):
        return one
    for line in lines:
        fewer = _without(own, edit, {line})
        if fewer.splices and repairs(fewer):
            edit = fewer
    return edit


def needed_of_pair(own: OwnFunction, trials: Trials, pair: EditPair) -> EditPair:
    """Two edits that repair together, each without the lines that nobody needs."""
    if len(pair.halves) != 2:
        return pair
    first, second = pair.halves
    if second.own is own or first.own is not own:
        first = _of_half(own, trials, first, second)
    else:  # the second one stands in the version that the first one has made
        first = _in_lines(own, trials, first, pair.source)
    return replace(pair, halves=(first, _of_half(own, trials, second, first)))


def _in_lines(own: OwnFunction, trials: Trials, half: Half, source: str) -> Half:
    """One half without the lines that the repaired function can have as they were."""
    first = cheapest(half.edits)
    before, now = own.with_splices().split("\n"), source.split("\n")
    if len(before) != len(now) or len(set(first.lines)) < 2:
        return half
    for line in sorted(set(first.lines)):
        place = line - own.first_line
        back = [*now[:place], before[place], *now[place + 1 :]]
        if trials.passes_all("\n".join(back)):
            fewer, now = _without(own, first, {line}), back
            first = fewer if fewer.splices else first
    others = (e for e in half.edits if e is not cheapest(half.edits))
    return replace(half, edits=(first, *others))


def _of_half(own: OwnFunction, trials: Trials, half: Half, other: Half) -> Half:
    """One half with its cheapest edit in fewer lines, if these are enough."""
    first = cheapest(half.edits)
    is_apart = half.own is own and other.own is own
    beside = cheapest(other.edits) if is_apart else None
    fewer = needed(half.own, first, partial(_repairs, half.own, trials, beside))
    if fewer is first:
        return half
    return replace(half, edits=(fewer, *(e for e in half.edits if e is not first)))


def _repairs(own: OwnFunction, trials: Trials, beside: Edit | None, edit: Edit) -> bool:
    """Whether an edit repairs, together with another one of the same version, perhaps."""
    whole = together(own, edit, beside) if beside else own.with_splices(edit.splices)
    return bool(whole) and trials.passes_all(whole)


def _without(own: OwnFunction, edit: Edit, gone: set[int]) -> Edit:
    splices = tuple(s for s in edit.splices if _line(own, s) not in gone)
    lines = tuple(sorted({_line(own, s) for s in splices}))
    if edit.kind == "names" and len(lines) == 1 and len(splices) == 1:
        return replace(
            edit, splices=splices, lines=lines, kind="name", name=replaced_by(own, splices[0])
        )
    return replace(edit, splices=splices, lines=lines)


def _line(own: OwnFunction, splice: Splice) -> int:
    return 1 + own.lines_between(0, splice.start)
