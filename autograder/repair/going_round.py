"""Repairs that keep the line of an exception from being run, where it was to be mended."""

from __future__ import annotations

import ast
import re

from autograder.repair.candidates import cheapest
from autograder.repair.pairing import EditPair
from autograder.repair.places import OwnFunction, original_line
from autograder.repair.trying import Trials

_LINE = re.compile(r"(\w+), line (\d{1,5}): ")


def goes_round(own: OwnFunction, pair: EditPair, trials: Trials) -> bool:
    """Whether one of two edits changes a condition below which an exception arises."""
    edited = {
        original_line(own, half.mended, line)
        for half in pair.halves for line in cheapest(half.edits).lines
    }  # fmt: skip
    raised = _raised(own, trials)
    return not raised & edited and any(
        statement.test.lineno in edited and raised & _lines(statement)
        for statement in own.statements if isinstance(statement, ast.If | ast.While)
    )  # fmt: skip


def _raised(own: OwnFunction, trials: Trials) -> set[int]:
    """The lines of the function in which calls of failing checks end."""
    answer = trials.answering(own.with_splices())
    lines = [line for call in trials.telling_calls.values() for line in answer(call).lines]
    found = [match for line in lines if (match := _LINE.match(line))]
    return {int(match[2]) for match in found if match[1] == own.name}


def _lines(statement: ast.If | ast.While) -> set[int]:
    ends = [part.end_lineno or part.lineno for part in (*statement.body, *statement.orelse)]
    return set(range(statement.body[0].lineno, max(ends) + 1))
