"""Repairs in other lines that are as likely as the cheapest ones, and were not tried with these."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from autograder.repair.candidates import BETTER, Edit, cheapest
from autograder.repair.chains import ChainSearch
from autograder.repair.places import OwnFunction, target_of

MOST_SOURCES = 4  # repairs that are tried where a variable gets its value


def rivals(own: OwnFunction, search: ChainSearch, found: Sequence[Edit]) -> list[Edit]:
    """Repairs where a variable gets its value, where two names are used, and across a call."""
    first = cheapest(found)
    others = _at_the_source(own, search, found)
    return [*others, *search.exchanged(first), *search.across_a_call(first)]


def _at_the_source(own: OwnFunction, search: ChainSearch, found: Sequence[Edit]) -> list[Edit]:
    """The cheapest repairs once more where a variable gets its value, if that is as likely.

    It is likelier where several readings would have to be changed, and as likely where nothing
    says that the variable is right as it is.
    """
    most = cheapest(found).cost + BETTER
    near = sorted((e for e in found if e.cost < most), key=lambda e: e.cost)[:MOST_SOURCES]
    sources = []
    for edit in near:
        if (other := search.at_the_source(edit)) is None:
            continue
        if len(edit.splices) > 1:
            sources.append(replace(other, cost=cheapest(found).cost - BETTER))
        elif not (_is_whole(own, edit) or _is_settled(own, search, other)):
            sources.append(other)
    return sources


def _is_whole(own: OwnFunction, edit: Edit) -> bool:
    """Whether an edit changes all that a statement puts into a variable."""
    [splice] = edit.splices
    return any(
        (own.start(s.value), own.end(s.value)) == (splice.start, splice.end)
        for s in own.statements if isinstance(s, ast.Assign) and s.lineno in edit.lines
    )  # fmt: skip


def _is_settled(own: OwnFunction, search: ChainSearch, edit: Edit) -> bool:
    """Whether the variable that an edit changes is right, and more than another name.

    Another operation, or another sign, gives no value that would be right elsewhere.
    """
    filling = _changed_by(own, edit)
    if edit.kind in ("op", "sign") and search.is_right(filling):
        return True
    is_alias = isinstance(filling, ast.Assign) and isinstance(filling.value, ast.Name)
    return search.evidence.holds(target_of(filling)) and not is_alias


def _changed_by(own: OwnFunction, edit: Edit) -> ast.stmt:
    """The innermost statement in which an edit begins: several may share a line."""
    begin = edit.splices[0].start
    around = [s for s in own.statements if own.start(s) <= begin <= own.end(s)]
    return max(around, key=own.start)
