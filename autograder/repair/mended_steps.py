"""Slips along the way of the values, as far as each is beyond doubt, where nothing repairs all.

An edit that makes the first wrong value right in every call, and a variable that right versions
have as well, mends a slip, whatever is wrong behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.repair.candidates import BETTER, Edit
from autograder.repair.chains import ChainSearch, Level
from autograder.repair.choosing import Slip, moved_slip, nodes_of_lines, slip_of
from autograder.repair.evident import is_guessed
from autograder.repair.places import OwnFunction
from autograder.repair.progress import Reached
from autograder.repair.searching import keeps_lines, last_line

MOST_LINES = 2  # of which one is meant


@dataclass(frozen=True)
class MendedStep:
    """One slip: the version with it, and the one without."""

    slip: Slip
    before: str
    source: str


def mended_steps(own: OwnFunction, search: ChainSearch) -> list[MendedStep]:
    """The first slips along the way, each in the version without those before it."""
    steps: list[MendedStep] = []
    version = own
    for level in search.levels:
        edit = _best(level)
        if level.own.with_splices() != version.with_splices() or edit is None:
            break
        slip = None if is_guessed(version, edit) else _slip(level, edit)
        if slip is None or not keeps_lines(version, edit):
            break
        before, source = version.with_splices(), version.with_splices(edit.splices)
        slip = slip if version is own else moved_slip(own, version, slip)
        steps.append(MendedStep(slip, before, source))
        if slip.kind == "unsure":
            break
        version = OwnFunction(source, own.name)
    return steps


def still_right(search: ChainSearch, steps: Sequence[MendedStep]) -> Iterator[MendedStep]:
    """Those that the values show in this notebook, too: its other cells may be others."""
    for step in steps:
        if not search.shows(step.before, step.source):
            return
        yield step


def _best(level: Level) -> Edit | None:
    """The cheapest of the edits that get farthest, if it puts right what is known to be wrong."""
    farthest = _farthest(level)
    if not farthest:
        return None
    _, edit, after = min(farthest, key=lambda item: item[0])
    return edit if level.right.shows(level.own, level.reached, after) else None


def _farthest(level: Level) -> list[tuple[float, Edit, Reached]]:
    return [
        item for item in level.edits
        if not any(_gets_farther(other, item[2]) for *_, other in level.edits)
    ]  # fmt: skip


def _gets_farther(one: Reached, other: Reached) -> bool:
    if not one.near or not other.near:
        return bool(other.near) and not one.near
    pairs = list(zip(one.made, other.made, strict=True))
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def _slip(level: Level, edit: Edit) -> Slip | None:
    """What the edits have in common that do as well; nothing where that is little."""
    found = _farthest(level)
    cost = min(cost for cost, *_ in found)
    rivals = [e for c, e, _ in found if c < cost + BETTER]
    first = level.reached.near[0]
    here = set(range(first.lineno, last_line(first) + 1))
    if all(here & set(e.lines) for e in rivals):
        if len({(e.kind, e.name) for e in rivals}) == 1:
            return slip_of(level.own, edit)
        return Slip("unsure", nodes_of_lines(level.own, [first.lineno]))
    lines = sorted({line for e in rivals for line in e.lines})
    if len(lines) > MOST_LINES:
        return None
    return Slip("unsure", nodes_of_lines(level.own, lines), either=True)
