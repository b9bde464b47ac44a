"""Finds what is wrong with random draws by reading a function alone: the seed, or what is drawn."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from autograder.handout.words import Text
from autograder.repair.at_sight import called_here, no_seed
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.statements import Donor

OTHER_SEED = "Line {line}: the seed is another number here than the one that is asked for."
NORMAL_WANTED = (
    "Line {line}: `{name}` draws numbers that are spread evenly, and normally distributed ones are "
    "wanted."
)
EVEN_WANTED = (
    "Line {line}: `{name}` draws normally distributed numbers, and such as are spread evenly are "
    "wanted."
)
NOTHING_DRAWN = "Nothing is drawn at random in this function, and random numbers are wanted."
NORMAL = frozenset({"randn", "normal", "standard_normal"})
EVEN = frozenset({"rand", "random", "random_sample", "uniform"})
DRAWING = NORMAL | EVEN | {"permutation", "shuffle", "choice", "randint", "integers", "permuted"}
SEEDING = ("seed", "RandomState", "default_rng")


def wrong_draws(own: OwnFunction, donors: Sequence[Donor]) -> Text | None:
    """The sentence on a draw of another kind than all of right versions, or on none at all."""
    known = [d.function for d in donors if _drawn(d.function)]
    others = [d.function for d in donors if not _drawn(d.function)]
    if not known or not all(map(called_here, others)):  # these call what draws for them
        return None
    wanted = {name for function in known for name in _drawn(function)}
    mine = _drawn(own)
    if not mine:
        harmless = set.intersection(*map(called_here, known))
        may_draw = called_here(own) - harmless or _is_random_elsewhere(own)
        return None if may_draw else Text(NOTHING_DRAWN)
    for name, line in mine.items():
        if wanted <= NORMAL and name in EVEN:
            return Text(NORMAL_WANTED, line=line, name=name)
        if wanted <= EVEN and name in NORMAL:
            return Text(EVEN_WANTED, line=line, name=name)
    return None


def seeded(own: OwnFunction, donors: Sequence[Donor]) -> tuple[Text, OwnFunction] | None:
    """The sentence on a seed that is missing or another one, and the function with the right one.

    Its lines are those of the student's own. None where right versions set several seeds, or none.
    """
    wanted = {number for donor in donors for number in map(_number, _seeds(donor.function))}
    if len(wanted) != 1 or None in wanted:
        return None
    found, mine = None, _seeds(own)
    if len(mine) == 1 and _number(mine[0]) not in (None, *wanted):
        found = Text(OTHER_SEED, line=mine[0].lineno)
        splice = Splice(own.start(mine[0]), own.end(mine[0]), str(*wanted))
    elif not mine and own.body and not hasattr(own.body[0], "body"):
        found = no_seed(own, donors)
        place = own.start(own.body[0])
        splice = Splice(place, place, f"np.random.seed({next(iter(wanted))}); ")
    if found is None:
        return None
    above = "\n" * (own.first_line - 1)
    return found, OwnFunction(above + own.with_splices((splice,)), own.name)


def _seeds(own: OwnFunction) -> list[ast.expr]:
    """What a function seeds generators with."""
    calls = [n for n in ast.walk(own.bare) if isinstance(n, ast.Call)]
    seeding = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in SEEDING]
    return [given for c in seeding for given in [*c.args, *(k.value for k in c.keywords)]]


def _number(node: ast.expr) -> int | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if type(value) is int else None


def _drawn(own: OwnFunction) -> dict[str, int]:
    """The functions that draw, of any generator, each with its first line."""
    found: dict[str, int] = {}
    for node in ast.walk(own.bare):
        function = node.func if isinstance(node, ast.Call) else None
        if isinstance(function, ast.Attribute) and function.attr in DRAWING:
            found.setdefault(function.attr, function.lineno)
    return found


def _is_random_elsewhere(own: OwnFunction) -> bool:
    """Whether more is read of a module of random numbers than what sets a seed."""
    nodes = list(ast.walk(own.bare))
    attributes = [n for n in nodes if isinstance(n, ast.Attribute)]
    seeding = {id(n.value) for n in attributes if n.attr in SEEDING}
    modules = [n for n in attributes if n.attr == "random"]
    names = [n for n in nodes if isinstance(n, ast.Name) and n.id == "random"]
    return any(id(n) not in seeding for n in (*modules, *names))
