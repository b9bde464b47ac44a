"""What is told of a function that nothing repairs as a whole."""

from __future__ import annotations

import ast

from autograder.handout.words import Text
from autograder.language.translation import Translation
from autograder.repair.candidates import cheapest
from autograder.repair.chains import ChainSearch
from autograder.repair.choosing import (
    Partly,
    Repair,
    chosen,
    direct,
    inside_first,
    moved_slip,
    nodes_of_lines,
    told,
)
from autograder.repair.handing_on import called, hands_on, makes_good
from autograder.repair.mending import Mended
from autograder.repair.places import OwnFunction
from autograder.repair.sentences import NOT_ALL, PERHAPS_NOT_ALL, astray_at


def told_in_part(found: Partly, own: OwnFunction, say: Translation, language: str) -> str:
    texts = [told(Repair(found.slips), own, say, language)] if found.slips else []
    if where := _astray(found, own):
        texts += [say(where), say(PERHAPS_NOT_ALL)]
    elif texts and not found.is_all:
        texts.append(say(NOT_ALL))
    return " ".join(texts)


def _astray(found: Partly, own: OwnFunction) -> Text | None:
    """Where a function goes astray, or which function that it calls there does."""
    nodes = list(ast.walk(own.bare))
    places = [nodes[place] for place in found.astray]
    lines = [node.lineno for node in places if isinstance(node, ast.expr | ast.stmt)]
    helpers = called(own, places)
    if not lines or len(helpers) > 1:
        return None
    handed_on = len(places) == 1 and hands_on(own, places[0])
    return astray_at(lines, found.name, "".join(helpers), handed_on=handed_on)


def in_part(own: OwnFunction, search: ChainSearch) -> Partly | None:
    """What is known of a function that nothing repairs: where it goes astray, one slip perhaps."""
    first = search.astray
    if first is None:
        return None
    if all(makes_good(own, e.kind, e.lines) for e in first.edits):
        return Partly((), _nodes_of(own, first), first.astray.name)
    edits = inside_first(own, first.edits)
    slips = chosen(own, direct(own, edits), search.is_right).slips
    behind = search.astray_behind(cheapest(edits))
    if behind is None:
        return Partly(slips)
    ahead = own.first_line - behind.own.first_line
    if all(makes_good(behind.own, e.kind, e.lines) for e in behind.edits):
        return Partly(slips, _nodes_of(own, behind, ahead), behind.astray.name)
    edits = inside_first(behind.own, behind.edits)
    second = chosen(behind.own, direct(behind.own, edits), lambda _: False).slips
    return Partly((*slips, *(moved_slip(own, behind.own, slip) for slip in second)))


def _nodes_of(own: OwnFunction, mended: Mended, ahead: int = 0) -> tuple[int, ...]:
    return nodes_of_lines(own, [s.lineno + ahead for s in mended.astray.statements])
