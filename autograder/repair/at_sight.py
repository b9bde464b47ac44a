"""Finds slips by reading a function alone: it returns nothing, never reads a parameter, or has a
loop whose rounds are all alike."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from autograder.handout.words import Text
from autograder.judge.calls import Call
from autograder.judge.exception_kinds import COMPARES
from autograder.repair.places import OwnFunction, filled_names
from autograder.repair.statements import Donor

NOTHING_RETURNED = "Line {line}: the function ends here, and nothing is returned."
NOTHING_READ = (
    "The function reads none of its parameters: has it been filled in, and with their names?"
)
NEVER_READ = "`{name}` is a parameter of this function, and the function never reads it."
OVERWRITTEN = (
    "Line {line}: `{name}` is a parameter of this function, and what the caller gave is replaced "
    "here before anything has read it."
)
OTHER_DEFAULT = (
    "Line {line}: a caller who gives no `{name}` gets another value here than in the function that "
    "was handed out."
)
NO_SEED = "No seed is set in this function, so that it draws other numbers in every call."
SEEDS = ("seed", "RandomState", "default_rng", "Generator", "SeedSequence", "set_state")
NEVER_USED = "Line {line}: what `{name}` gets here is never read afterwards."
NEW_ARRAYS = ("np.zeros", "np.ones", "np.empty", "np.zeros_like", "np.ones_like", "np.empty_like")
MOST_COMPARISONS = 4  # that are told of one function
ROUNDS_ALIKE = "Line {line}: no round of this loop reads `{name}`."


def returns_nothing(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """The sentence on a function without `return`, where every right version has one."""
    if not donors or _returns(own) or not all(_returns(donor.function) for donor in donors):
        return None
    return Text(NOTHING_RETURNED, line=own.node.end_lineno or own.node.lineno)


def nothing_read(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """The sentence on a function that reads none of several parameters, where right versions do."""
    if len(own.parameters) < 2 or _reads_any(own) or not donors:
        return None
    return Text(NOTHING_READ) if all(_reads_any(donor.function) for donor in donors) else None


def never_read(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """The sentence on a parameter that a function never reads and every right version reads."""
    for place, name in enumerate(own.parameters):
        if _is_read(own, name):
            continue
        if donors and all(_reads_at(donor.function, place) for donor in donors):
            return Text(NEVER_READ, name=name)
    return None


def overwritten(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """The sentence on a parameter that is replaced unread, where right versions read it."""
    for place, name in enumerate(own.parameters):
        if (line := _replaced_unread(own, name)) and donors:
            known = [d.function for d in donors if place < len(d.function.parameters)]
            if all(not _replaced_unread(f, f.parameters[place]) for f in known):
                return Text(OVERWRITTEN, line=line, name=name)
    return None


def other_default(own: OwnFunction, donors: Sequence[Donor], calls: Sequence[Call]) -> Text | None:
    """The sentence on a default that is another constant than in all right versions.

    And that one of the `calls` uses.
    """
    wanted = [_defaults(donor.function) for donor in donors]
    for place, (name, mine) in _defaults(own).items():
        uses = any(len(call.args) <= place and name not in call.kwargs for call in calls)
        right = [found[place][1] for found in wanted if place in found]
        if (
            uses
            and right
            and len(right) == len(wanted)
            and mine.value not in [r.value for r in right]
        ):
            return Text(OTHER_DEFAULT, line=mine.lineno, name=name)
    return None


def _defaults(own: OwnFunction) -> dict[int, tuple[str, ast.Constant]]:
    """By place, counted from the first one: parameters with a constant for a default, and that."""
    given = [*own.node.args.posonlyargs, *own.node.args.args]
    first = len(given) - len(own.node.args.defaults)
    pairs = enumerate(zip(given[first:], own.node.args.defaults, strict=True), first)
    return {place: (a.arg, node) for place, (a, node) in pairs if isinstance(node, ast.Constant)}


def _replaced_unread(own: OwnFunction, name: str) -> int:
    """The line of the function's own block that replaces a parameter before it is read, or 0."""
    for statement in own.body:
        if _reads([statement], name):
            return 0
        if isinstance(statement, ast.Assign) and name in filled_names(statement):
            return statement.lineno
    return 0


def comparisons(own: OwnFunction) -> list[Text]:
    """The sentences on lines that compare a variable, and do nothing with what comes out."""
    lines = [
        s.lineno for s in own.statements
        if isinstance(s, ast.Expr) and isinstance(s.value, ast.Compare)
        and isinstance(s.value.ops[0], ast.Eq) and isinstance(s.value.left, ast.Name)
    ]  # fmt: skip
    return [Text(COMPARES, line=line) for line in lines[:MOST_COMPARISONS]]


def rounds_alike(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """The sentence on a loop that never reads its loop variable, where right versions read it."""
    loops = [loop for donor in donors for loop in _loops(donor.function)]
    if not loops or any(map(_is_unread, loops)):
        return None
    for loop, name in _loops(own):
        if not name.startswith("_") and _is_unread((loop, name)) and not _moves_on(own, loop):
            return Text(ROUNDS_ALIKE, line=loop.lineno, name=name)
    return None


def no_seed(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """The sentence on a function that sets no seed, where every right one that draws sets one."""
    drawing = [d.function for d in donors if "random" in _attributes(d.function)]
    if not drawing or not all(_attributes(function) & set(SEEDS) for function in drawing):
        return None
    harmless = set.intersection(*map(called_here, drawing))  # which set no seed there either
    may_be_set = called_here(own) - harmless or _attributes(own) & set(SEEDS)
    return Text(NO_SEED) if "random" in _attributes(own) and not may_be_set else None


def called_here(own: OwnFunction) -> set[str]:
    """Functions of the notebook that are called, without those that are looked at with it."""
    nodes = list(ast.walk(own.bare))
    inside = {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
    called = {n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    return called - inside - set(dir(builtins))


def _attributes(own: OwnFunction) -> set[str]:
    return {n.attr for n in ast.walk(own.node) if isinstance(n, ast.Attribute)}


def _moves_on(own: OwnFunction, loop: ast.For) -> bool:
    """Whether a round changes a variable by what that held before: the next one is another then."""
    within = {id(n) for part in loop.body for n in ast.walk(part)}
    inside = [s for s in own.statements if id(s) in within]
    return any(
        isinstance(s, ast.AugAssign)
        or (isinstance(s, ast.Assign) and any(_reads([s], name) for name in filled_names(s)))
        for s in inside
    )  # fmt: skip


def never_used(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """What is said of a variable that gets a value which nobody reads, as none of right ones do."""
    if any(_unused(donor.function) for donor in donors):
        return None
    return next((Text(NEVER_USED, line=line, name=name) for line, name in _unused(own)), None)


def _unused(own: OwnFunction) -> list[tuple[int, str]]:
    """Lines that put something into a variable that no other statement reads."""
    found = []
    for statement in own.statements:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Name) or target.id.startswith("_"):
            continue
        others = [s for s in own.statements if s is not statement]
        nodes = [n for s in others for n in _own_nodes(s)]
        filled = _entries_filled(nodes, target.id) if _is_new(statement) else {}
        if not any(
            isinstance(n, ast.Name) and n.id == target.id and isinstance(n.ctx, ast.Load)
            and id(n) not in filled
            for n in nodes
        ):  # fmt: skip
            line = max(filled.values(), default=statement.lineno)
            found.append((line, target.id))
    return found


def _is_new(statement: ast.stmt) -> bool:
    """Whether a variable gets a container of its own: other names may stand for one given."""
    value = statement.value if isinstance(statement, ast.Assign) else None
    is_array = isinstance(value, ast.Call) and ast.unparse(value.func) in NEW_ARRAYS
    return is_array or (isinstance(value, ast.Dict | ast.List))


def _entries_filled(nodes: Sequence[ast.AST], name: str) -> dict[int, int]:
    """Where an entry of a variable is filled, as in ``J[i] = …``: the name's node, and its line."""
    found = {}
    for node in nodes:
        inner = node
        while isinstance(inner, ast.Subscript):
            inner = inner.value
        is_filled = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        if is_filled and isinstance(inner, ast.Name) and inner.id == name:
            found[id(inner)] = inner.lineno
    return found


def _own_nodes(statement: ast.stmt) -> list[ast.AST]:
    """What a statement holds, without the statements inside it; all of a function or class."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return list(ast.walk(statement))
    inner = {
        id(n) for field in ("body", "orelse") for s in getattr(statement, field, [])
        if isinstance(s, ast.stmt) for n in ast.walk(s)
    }  # fmt: skip
    return [n for n in ast.walk(statement) if id(n) not in inner]


def _loops(own: OwnFunction) -> list[tuple[ast.For, str]]:
    """The loops with a single loop variable, each with its name."""
    found = (n for n in ast.walk(own.node) if isinstance(n, ast.For))
    return [(n, n.target.id) for n in found if isinstance(n.target, ast.Name)]


def _is_unread(loop: tuple[ast.For, str]) -> bool:
    return not _reads(loop[0].body, loop[1])


def _returns(own: OwnFunction) -> bool:
    return any(isinstance(n, ast.Return) and n.value for n in ast.walk(own.node))


def _reads_at(own: OwnFunction, place: int) -> bool:
    return place < len(own.parameters) and _is_read(own, own.parameters[place])


def _reads_any(own: OwnFunction) -> bool:
    return any(_is_read(own, name) for name in own.parameters)


def _is_read(own: OwnFunction, name: str) -> bool:
    return _reads(own.body, name)


def _reads(statements: Sequence[ast.stmt], name: str) -> bool:
    """Whether a name is read or changed in place, also in f-strings and inner functions."""
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        for statement in statements
        for n in ast.walk(statement)
    )
