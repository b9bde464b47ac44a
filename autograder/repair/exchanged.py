"""Exchanges elsewhere that may repair as well as one of two sides, or of two names, does.

`a - b` for `b - a` makes good what two names exchanged in the lines above have spoilt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from autograder.repair.candidates import BETTER, Edit
from autograder.repair.places import OwnFunction, replaced_by, target_of

OF_TWO = ("swapped", "names")
AS_MANY = (*OF_TWO, "returned")
DEARER = 1.6  # than the edit that repairs; others are not looked for
MOST = 150
CLEAR = 0.1  # of a likeness between 0 and 1, for every two names


def exchanged(own: OwnFunction, first: Edit, candidates: Sequence[Edit]) -> Iterator[Edit]:
    """The exchanges in other lines that are as likely as an edit, or likelier by their names.

    These are guesses: whether they repair has to be tried. The names of what is filled tell which
    of two names belongs there: ``up`` is likelier made of ``x_up`` than of ``x_down``.
    """
    if first.kind not in OF_TWO or likeness_gained(own, first) > CLEAR:
        return
    near = [
        e for e in candidates
        if e.kind in AS_MANY and e.cost < first.cost + DEARER
        and set(e.lines).isdisjoint(first.lines)
    ]  # fmt: skip
    for edit in near[:MOST]:
        gained = likeness_gained(own, edit)
        if gained > CLEAR:
            yield replace(edit, cost=first.cost - 2 * BETTER)
        elif gained > -CLEAR:
            yield replace(edit, cost=first.cost + BETTER / 2)


def likeness_gained(own: OwnFunction, edit: Edit) -> float:
    """How much more the names that an edit puts in are like the names of what is filled there."""
    gained = 0.0
    for splice in edit.splices if edit.kind == "names" else ():
        around = [s for s in own.statements if own.start(s) <= splice.start < own.end(s)]
        target = target_of(max(around, key=own.start)) if around else ""
        if target:
            gained += _likeness(target, splice.text) - _likeness(target, replaced_by(own, splice))
    return gained


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
