"""Known mistakes that a repair disproves: an exception alone may have come of many slips.

A loop that goes one too far asks for an entry that is not there, and so does `widths[l + 1]` in a
loop that ends where it should.
"""

from __future__ import annotations

import ast
import inspect

from autograder.graders.misconceptions import Version
from autograder.judge.judge import Judge
from autograder.model import Exercise
from autograder.repair.candidates import VAGUE
from autograder.repair.choosing import Repair
from autograder.repair.places import OwnFunction


def is_disproved(judge: Judge, exercise: Exercise, own: OwnFunction, repair: Repair) -> bool:
    """Whether the mistake that exceptions show is of a loop, and what repairs is in no loop."""
    if not repair.is_certain or repair.known is not None or not repair.slips:
        return False
    if repair.slips[0].kind in VAGUE or repair.slips[0].either:  # the one that ends all calls
        return False
    nodes = list(ast.walk(own.bare))
    if any(isinstance(nodes[p], ast.For | ast.While) for s in repair.slips for p in s.nodes):
        return False
    named = {check.misconception for check in exercise.checks if not check.passed}
    known = [
        version for wrong in judge.diagnostician.wrong_versions(exercise.name)
        for version in wrong.versions if version.name in named
    ]  # fmt: skip
    original = inspect.getsource(getattr(judge.reference, exercise.name))
    return bool(known) and all(is_of_a_loop(version, original) for version in known)


def is_of_a_loop(version: Version, original: str) -> bool:
    """Whether a wrong version differs from the right one only by what its loops go through."""
    one, other = ast.parse(original), ast.parse(version.source(original))
    return ast.dump(one) != ast.dump(other) and _without_heads(one) == _without_heads(other)


def _without_heads(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            node.iter = ast.Constant(None)
        elif isinstance(node, ast.While):
            node.test = ast.Constant(None)
    return ast.dump(tree)
