"""Repairs that keep lines from being run, where these were to be mended."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from autograder.judge.calls import Call
from autograder.repair.candidates import Edit, cheapest
from autograder.repair.pairing import EditPair
from autograder.repair.places import OwnFunction, names_in, original_line
from autograder.repair.right_versions import filled_by
from autograder.repair.traces import BROKE, fitting, traced
from autograder.repair.trying import Trials

_LINE = re.compile(r"(\w+), line (\d{1,5}): ")


def goes_round(own: OwnFunction, pair: EditPair, trials: Trials) -> bool:
    """Whether one of two edits keeps an exception from arising, or lines from being run at all."""
    edited = {
        original_line(own, half.mended, line)
        for half in pair.halves for line in cheapest(half.edits).lines
    }  # fmt: skip
    return _silence(own, edited, pair.source, trials)


def silence(own: OwnFunction, edits: Sequence[Edit], source: str, trials: Trials) -> bool:
    """Whether a version with some of these edits does not run lines that were to be mended."""
    return _silence(own, {line for edit in edits for line in edit.lines}, source, trials)


def _silence(own: OwnFunction, edited: set[int], source: str, trials: Trials) -> bool:
    if not any(head in edited for head, _ in _blocks(own)):
        return False
    raised = _raised(own, trials)
    feeding = {s.lineno for s in own.statements if filled_by(s) & _read_in(own, raised)}
    is_round = not raised & edited and any(
        statement.test.lineno in edited
        and raised & (lines := _lines(statement)) and not feeding & edited & lines
        for statement in own.statements if isinstance(statement, ast.If | ast.While)
    )  # fmt: skip
    return is_round or _are_lost(own, edited, source, trials, is_cut_off=bool(raised))


def _read_in(own: OwnFunction, lines: Collection[int]) -> set[str]:
    """The variables that statements in some lines read."""
    here = (s for s in own.statements if s.lineno in lines and not hasattr(s, "body"))
    return set().union(*map(names_in, here))


def _are_lost(
    own: OwnFunction, edited: set[int], source: str, trials: Trials, *, is_cut_off: bool
) -> bool:
    """Whether lines below an edited condition are run in calls that fail, and never any more.

    Of calls that an exception has cut off nobody knows what they would have run.
    """
    blocks = list(_blocks(own))
    try:
        version = OwnFunction(source, own.name)
        traced(version)
    except (SyntaxError, LookupError, ValueError):
        return False
    others = list(_blocks(version))
    telling = list(trials.telling_calls.values())
    ran = _run(own, trials, telling)
    if len(others) != len(blocks) or not (ran or is_cut_off):
        return False
    pairs = list(zip(blocks, others, strict=True))
    if not (now := _run(version, trials, telling)):
        return False
    lost = [
        two for (head, one), two in pairs
        if head in edited and (is_cut_off or one & ran) and not two[1] & now
    ]  # fmt: skip
    if not lost:
        return False
    now = _run(version, trials, trials.every_call())
    return any(not block & now for _, block in lost)


def _blocks(own: OwnFunction) -> Iterator[tuple[int, set[int]]]:
    """The lines of each condition or loop, and those that are run or not by it."""
    for statement in own.statements:
        if isinstance(statement, ast.If | ast.While | ast.For):
            for block in filter(None, (statement.body, statement.orelse)):
                nodes = [node for part in block for node in ast.walk(part)]
                yield statement.lineno, {n.lineno for n in nodes if isinstance(n, ast.stmt)}


def _run(own: OwnFunction, trials: Trials, calls: Sequence[Call]) -> set[int]:
    """The lines of the statements that are run in some calls."""
    tables = trials.tables_of_calls([traced(own)], calls)
    found = [fitting(own, table) for rows in tables for table in rows]
    places = {int(row[0]) for table in found for row in table}
    return {own.sites[place].statement.lineno for place in places if place != BROKE}


def _raised(own: OwnFunction, trials: Trials) -> set[int]:
    """The lines of the function in which calls of failing checks end."""
    answer = trials.answering(own.with_splices())
    lines = [line for call in trials.telling_calls.values() for line in answer(call).lines]
    found = [match for line in lines if (match := _LINE.match(line))]
    return {int(match[2]) for match in found if match[1] == own.name}


def _lines(statement: ast.If | ast.While) -> set[int]:
    ends = [part.end_lineno or part.lineno for part in (*statement.body, *statement.orelse)]
    return set(range(statement.body[0].lineno, max(ends) + 1))
