"""Mutation operators for any Python: what mutation testing has always changed.

An expression operator yields expressions to stand in for one expression; a statement
operator yields lists of statements to stand in for one statement. They build new nodes and
never change the ones they are given.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class NodePlace:
    """A node and where it stands."""

    tree: ast.Module
    statement: ast.stmt
    parent: ast.AST
    field: str  # of the parent
    node: ast.AST
    following: tuple[ast.stmt, ...] = ()  # statements behind it in the same block
    mixed_up: tuple[frozenset[str], ...] = ()  # names that students of the course mix up

    @property
    def is_target(self) -> bool:
        """Whether a value is stored or deleted here rather than read."""
        return isinstance(getattr(self.node, "ctx", None), (ast.Store, ast.Del))


SWAPPED_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
}

NEARBY_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq, ast.Gt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}

NOT_COMMUTATIVE = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def arithmetic(place: NodePlace) -> Iterator[ast.expr]:
    """Another arithmetic operator: + for -, * for /, and so on."""
    node = place.node
    if isinstance(node, ast.BinOp):
        other = SWAPPED_ARITHMETIC.get(type(node.op))
        if other is not None and not _joins_text(node):
            yield ast.BinOp(node.left, other(), node.right)


def operand(place: NodePlace) -> Iterator[ast.expr]:
    """One operand instead of two: a dropped term, factor, exponent or 1/m."""
    node = place.node
    if isinstance(node, ast.BinOp) and not _joins_text(node):
        yield node.left
        yield node.right


def swapped_operands(place: NodePlace) -> Iterator[ast.expr]:
    """b - a for a - b, B @ A for A @ B."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, NOT_COMMUTATIVE):
        yield ast.BinOp(node.right, node.op, node.left)


def comparison(place: NodePlace) -> Iterator[ast.expr]:
    """< for <=, > for <, not equal for equal; each link of a chain on its own."""
    node = place.node
    if not isinstance(node, ast.Compare):
        return
    for index, op in enumerate(node.ops):
        for other in NEARBY_COMPARISONS[type(op)]:
            ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def number(place: NodePlace) -> Iterator[ast.expr]:
    """A number one larger, one smaller, zero, or negated."""
    node = place.node
    if not isinstance(node, ast.Constant) or isinstance(node.value, (bool, str, bytes)):
        return
    if isinstance(place.parent, ast.keyword) and place.parent.arg == "axis":
        return  # -1 may be 1 again; the field's own operator takes the other axis
    if isinstance(node.value, (int, float)):
        value = node.value
        for other in (value + 1, value - 1, type(value)(0), -value):
            if other != value:
                yield ast.Constant(other)


def truth(place: NodePlace) -> Iterator[ast.expr]:
    """True for False, `and` for `or`, a condition turned around."""
    node = place.node
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        yield from node.values
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif place.field == "test" and not isinstance(node, ast.Compare):
        yield ast.UnaryOp(ast.Not(), node)  # type: ignore[arg-type]


def condition(place: NodePlace) -> Iterator[ast.expr]:
    """A condition that always, or never, holds."""
    if place.field == "test":
        yield ast.Constant(True)
        yield ast.Constant(False)
    if place.field == "ifs" and isinstance(place.parent, ast.comprehension):
        yield ast.Constant(True)


def branch(place: NodePlace) -> Iterator[ast.expr]:
    """One branch of `a if c else b` for good."""
    if isinstance(place.node, ast.IfExp):
        yield place.node.body
        yield place.node.orelse


def sign(place: NodePlace) -> Iterator[ast.expr]:
    """A minus sign lost, or put before a whole value."""
    node = place.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd, ast.Invert)):
        yield node.operand
    elif isinstance(node, ast.expr) and _is_whole_value(place) and _may_be_signed(node):
        yield ast.UnaryOp(ast.USub(), node)


def arguments(place: NodePlace) -> Iterator[ast.expr]:
    """Neighbouring positional arguments swapped; an optional one or a keyword left out."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    args = node.args
    for index in range(len(args) - 1):
        pair = [args[index + 1], args[index]]
        yield ast.Call(node.func, [*args[:index], *pair, *args[index + 2 :]], node.keywords)
    if len(args) > 1:
        yield ast.Call(node.func, args[:-1], node.keywords)
    for index in range(len(node.keywords)):
        rest = [*node.keywords[:index], *node.keywords[index + 1 :]]
        yield ast.Call(node.func, args, rest)


def unwrapped(place: NodePlace) -> Iterator[ast.expr]:
    """A call left out: x for np.sqrt(x), for x.copy(), for int(x)."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    elif isinstance(node.func, ast.Attribute) and not node.args:
        yield node.func.value


def parts(place: NodePlace) -> Iterator[ast.expr]:
    """Two neighbours of a tuple, a list or a dictionary swapped; its last part left out."""
    node = place.node
    if place.is_target:
        return
    if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) > 1:
        *swapped, shorter = _rearranged(node.elts)
        for elements in swapped:
            yield _sequence(node, elements)
        if not _takes_everything(node.elts[-1]):
            yield _sequence(node, shorter)
    elif isinstance(node, ast.Dict) and len(node.values) > 1:
        for values in _rearranged(node.values)[:-1]:
            yield ast.Dict(node.keys, values)
        yield ast.Dict(node.keys[:-1], node.values[:-1])


def _is_whole_value(place: NodePlace) -> bool:
    """Whether it is what a statement assigns or returns; nobody sees what a lone call gives."""
    own = place.parent is place.statement and place.field == "value"
    return own and not isinstance(place.statement, ast.Expr)


def _may_be_signed(value: ast.expr) -> bool:
    """Whether a minus sign makes sense and a difference: zero has none, nor has a truth value."""
    zeros = isinstance(value, ast.Call) and "zeros" in ast.unparse(value.func)
    unsigned = (ast.Tuple, ast.Dict, ast.List, ast.Constant, ast.Compare, ast.BoolOp)
    return not zeros and not isinstance(value, unsigned)


def _takes_everything(index: ast.expr) -> bool:
    """Whether an index is a bare colon, which numpy adds by itself at the end."""
    return isinstance(index, ast.Slice) and not (index.lower or index.upper or index.step)


def _sequence(node: ast.Tuple | ast.List, elements: list[ast.expr]) -> ast.expr:
    return type(node)(elements, ast.Load())


def _rearranged(values: list[ast.expr]) -> list[list[ast.expr]]:
    swaps = [
        [*values[:i], values[i + 1], values[i], *values[i + 2 :]] for i in range(len(values) - 1)
    ]
    return [*swaps, values[:-1]]


def _joins_text(node: ast.BinOp) -> bool:
    """Whether a + puts strings together, as in "W" + str(l): keys have operators of their own."""
    ends = (node.left, node.right)
    return any(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in ends)


def dropped(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """A statement left out."""
    droppable = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Break, ast.Continue)
    if isinstance(place.statement, droppable):
        yield [ast.Pass()]


def jump(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """break for continue, and the other way round."""
    if isinstance(place.statement, ast.Break):
        yield [ast.Continue()]
    elif isinstance(place.statement, ast.Continue):
        yield [ast.Break()]


def returned(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """Nothing returned."""
    node = place.statement
    if isinstance(node, ast.Return) and node.value is not None:
        yield [ast.Return(ast.Constant(None))]


def augmented(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """a -= b or a = b for a += b."""
    node = place.statement
    if isinstance(node, ast.AugAssign):
        other = SWAPPED_ARITHMETIC.get(type(node.op))
        if other is not None:
            yield [ast.AugAssign(node.target, other(), node.value)]
        yield [ast.Assign([node.target], node.value, lineno=node.lineno)]


def empty_loop(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """A loop that runs once at most, or not at all."""
    node = place.statement
    if isinstance(node, (ast.For, ast.While)):
        yield [ast.Pass()]
        if not isinstance(node.body[-1], (ast.Return, ast.Break, ast.Continue)):
            fields = {**dict(ast.iter_fields(node)), "body": [*node.body, ast.Break()]}
            yield [ast.copy_location(type(node)(**fields), node)]


EXPRESSIONS: dict[str, Callable[[NodePlace], Iterator[ast.expr]]] = {
    "arithmetic": arithmetic,
    "operand": operand,
    "swapped operands": swapped_operands,
    "comparison": comparison,
    "number": number,
    "truth": truth,
    "condition": condition,
    "branch": branch,
    "sign": sign,
    "arguments": arguments,
    "unwrapped": unwrapped,
    "parts": parts,
}

STATEMENTS: dict[str, Callable[[NodePlace], Iterator[list[ast.stmt]]]] = {
    "dropped": dropped,
    "jump": jump,
    "returned": returned,
    "augmented": augmented,
    "loop": empty_loop,
}
