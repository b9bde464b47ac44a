"""What is seen to be missing in a function without trying anything: it returns nothing, or never
reads what it is handed."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from autograder.handout.words import Text
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor

NOTHING_RETURNED = "Line {line}: the function ends here, and nothing is returned."
NEVER_READ = "`{name}` is handed to this function, and the function never looks at it."


def returns_nothing(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """What is said of a function without `return` where right ones have it."""
    if not donors or _returns(own) or not all(_returns(donor.function) for donor in donors):
        return None
    return Text(NOTHING_RETURNED, line=own.node.end_lineno or own.node.lineno)


def never_read(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """What is said of a parameter that a function never reads, and every right version does."""
    for place, name in enumerate(own.parameters):
        if _is_read(own, name):
            continue
        if donors and all(_reads_at(donor.function, place) for donor in donors):
            return Text(NEVER_READ, name=name)
    return None


def _returns(own: OwnFunction) -> bool:
    return any(isinstance(n, ast.Return) and n.value for n in ast.walk(own.node))


def _reads_at(own: OwnFunction, place: int) -> bool:
    return place < len(own.parameters) and _is_read(own, own.parameters[place])


def _is_read(own: OwnFunction, name: str) -> bool:
    """Whether it is read anywhere, in a text or a function inside, too, or changed in place."""
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        for statement in own.body
        for n in ast.walk(statement)
    )
