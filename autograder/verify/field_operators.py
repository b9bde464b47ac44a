"""Mutation operators for deep learning in numpy: the slips that students really make.

The list follows the mistakes seen in published solutions: a wrong axis, keepdims lost, ε
inside the root, a power of β that does not grow, the other moment's decay, a transposed
operand, dW for db, one batch too few, float32 on the way, a seed in the wrong place.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence

from autograder.verify.mutation_operators import NodePlace

SIBLING_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "ceil": ("floor", "trunc"),
    "dot": ("multiply",),
    "exp": ("expm1", "exp2"),
    "floor": ("ceil", "rint"),
    "log": ("log2", "log1p", "log10"),
    "log10": ("log", "log2"),
    "max": ("min", "sum"),
    "maximum": ("minimum",),
    "mean": ("sum", "median"),
    "min": ("max",),
    "minimum": ("maximum",),
    "multiply": ("dot",),
    "ones": ("zeros",),
    "ones_like": ("zeros_like",),
    "permutation": ("arange",),
    "rand": ("randn",),
    "randn": ("rand",),
    "random": ("standard_normal",),
    "round": ("floor",),
    "sqrt": ("square", "cbrt"),
    "square": ("sqrt", "abs"),
    "std": ("var",),
    "sum": ("mean",),
    "uniform": ("normal",),
    "var": ("std",),
    "zeros": ("ones", "empty_like"),
    "zeros_like": ("ones_like",),
}

STATISTICS = ("var", "std")
NORMS = ("norm",)
SMALL = re.compile(r"^(eps|epsilon)$")
DECAY = re.compile(r"^(beta\d?|momentum|keep_prob|base|decay_rate)$")
WHOLE = ("floor", "ceil", "int", "len", "round")
LITERAL_SIZE = 2  # the depth or batch size that a documented case happens to have


def sibling(place: NodePlace) -> Iterator[ast.expr]:
    """A function of numpy for its neighbour: var for std, zeros for ones, floor for ceil."""
    node = place.node
    if isinstance(node, ast.Attribute) and _is_called(place):
        for name in SIBLING_FUNCTIONS.get(node.attr, ()):
            yield ast.Attribute(node.value, name, ast.Load())


def axis(place: NodePlace) -> Iterator[ast.expr]:
    """The other axis, no axis, keepdims turned around, ddof = 1."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    for index, keyword in enumerate(node.keywords):
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            other = 0 if keyword.value.value else 1
            yield _with_keyword(node, index, ast.Constant(other))
            yield _with_keyword(node, index, ast.Constant(None))
    if _function_name(node) in STATISTICS and not _has_keyword(node, "ddof"):
        ddof = ast.keyword("ddof", ast.Constant(1))
        yield ast.Call(node.func, node.args, [*node.keywords, ddof])


def norm(place: NodePlace) -> Iterator[ast.expr]:
    """A norm squared, or the L1 norm."""
    node = place.node
    if isinstance(node, ast.Call) and _function_name(node) in NORMS:
        yield ast.BinOp(node, ast.Pow(), ast.Constant(2))
        if len(node.args) == 1 and not node.keywords:
            yield ast.Call(node.func, [*node.args, ast.Constant(1)], [])


def transposed(place: NodePlace) -> Iterator[ast.expr]:
    """An operand of a matrix product transposed, or a transposition lost."""
    node = place.node
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif _is_matrix_operand(place) and isinstance(node, ast.expr):
        yield ast.Attribute(node, "T", ast.Load())


def epsilon_moved(place: NodePlace) -> Iterator[ast.expr]:
    """√(s + ε) for √s + ε, and back; a / b + ε for a / (b + ε)."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_small(node.right):
        root = node.left
        if isinstance(root, ast.Call) and _function_name(root) == "sqrt" and root.args:
            yield ast.Call(root.func, [ast.BinOp(root.args[0], ast.Add(), node.right)], [])
    if isinstance(node, ast.Call) and _function_name(node) == "sqrt" and node.args:
        inner = node.args[0]
        if isinstance(inner, ast.BinOp) and _is_small(inner.right):
            yield ast.BinOp(ast.Call(node.func, [inner.left], []), inner.op, inner.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        below = node.right
        if isinstance(below, ast.BinOp) and _is_small(below.right):
            yield ast.BinOp(ast.BinOp(node.left, ast.Div(), below.left), below.op, below.right)


def power(place: NodePlace) -> Iterator[ast.expr]:
    """Another exponent of a bias correction or a decay: t ± 1, or 2 whatever t is."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        if isinstance(node.right, ast.Constant):
            return
        for exponent in (*_one_off(node.right), ast.Constant(LITERAL_SIZE)):
            yield ast.BinOp(node.left, ast.Pow(), exponent)


def complement(place: NodePlace) -> Iterator[ast.expr]:
    """1 - β for β, and β for 1 - β."""
    node = place.node
    if isinstance(node, ast.Name) and not place.is_target and DECAY.match(node.id):
        yield ast.BinOp(ast.Constant(1), ast.Sub(), node)


def denominator(place: NodePlace) -> Iterator[ast.expr]:
    """Division by m - 1, by 2m, or by m twice."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        below = node.right
        if isinstance(below, ast.Name):
            yield ast.BinOp(node.left, ast.Div(), _plus(below, -1))
            yield ast.BinOp(node.left, ast.Div(), ast.BinOp(ast.Constant(2), ast.Mult(), below))


def precedence(place: NodePlace) -> Iterator[ast.expr]:
    """Parentheses forgotten: a / b * c for a / (b * c), a + b / c for (a + b) / c."""
    node = place.node
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    if isinstance(node.op, (ast.Div, ast.Mult, ast.FloorDiv)):
        if isinstance(right, ast.BinOp) and not isinstance(right.op, ast.Pow):
            yield ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)
        if isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Add, ast.Sub)):
            yield ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))


def one_off(place: NodePlace) -> Iterator[ast.expr]:
    """One too many or too few: a slice's end, a range, a layer's number, a count of batches."""
    node = place.node
    if not isinstance(node, ast.expr) or isinstance(node, (ast.Constant, ast.Slice, ast.Tuple)):
        return
    if place.is_target:
        return
    counted = isinstance(node, ast.Call) and _function_name(node) in WHOLE
    layer = isinstance(node, ast.Name) and isinstance(place.parent, ast.Subscript)
    if counted or (layer and place.field == "slice") or _is_bound(place) or _is_label(place):
        yield from _one_off(node)


def open_slice(place: NodePlace) -> Iterator[ast.expr]:
    """A slice without its start or without its end."""
    node = place.node
    if isinstance(node, ast.Slice):
        if node.lower is not None:
            yield ast.Slice(None, node.upper, node.step)
        if node.upper is not None:
            yield ast.Slice(node.lower, None, node.step)


def literal_size(place: NodePlace) -> Iterator[ast.expr]:
    """A size written as a number: 2 for len(parameters) // 2 or X.shape[1]."""
    node = place.node
    sized = isinstance(node, ast.Call) and _function_name(node) == "len"
    shape = isinstance(node, ast.Subscript) and _attribute(node.value) == "shape"
    halved = (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.FloorDiv)
        and isinstance(node.left, ast.Call)
        and _function_name(node.left) == "len"
    )
    if sized or shape or halved or (isinstance(node, ast.Attribute) and node.attr == "size"):
        yield ast.Constant(LITERAL_SIZE)


def flat_shape(place: NodePlace) -> Iterator[ast.expr]:
    """(n,) for (n, 1); (n, n) for (n, 1)."""
    node = place.node
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and not place.is_target:
        first, last = node.elts
        if isinstance(last, ast.Constant) and last.value == 1:
            yield ast.Tuple([first], ast.Load())
            yield ast.Tuple([first, first], ast.Load())


def wrong_key(place: NodePlace) -> Iterator[ast.expr]:
    """Another key or prefix that the same function uses: "b" for "W", "db" for "dW"."""
    node = place.node
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _names_a_key(place):
        for other in _neighbours(node.value, _keys_of(place.tree)):
            yield ast.Constant(other)


def wrong_name(place: NodePlace) -> Iterator[ast.expr]:
    """A name for its twin: beta1 for beta2, A1 for A2, or what the course says is mixed up."""
    node = place.node
    if not isinstance(node, ast.Name) or place.is_target or _is_called(place):
        return
    for other in _twins(node.id, _names_of(place.tree), place.mixed_up):
        yield ast.Name(other, ast.Load())


def aliased(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """In place for a copy: a -= b for a = a - b, which changes what the caller holds."""
    node = place.statement
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp)):
        return
    target, value = node.targets[0], node.value
    if ast.unparse(target) == ast.unparse(value.left) and not isinstance(target, ast.Tuple):
        yield [ast.AugAssign(copy.deepcopy(target), value.op, value.right)]  # type: ignore[arg-type]


def float32(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """A value rounded to single precision on the way."""
    node = place.statement
    if isinstance(node, (ast.Assign, ast.AugAssign)) and _is_number(node.value):
        rounded = ast.Call(_numpy("float32"), [node.value], [])
        fields = {**dict(ast.iter_fields(node)), "value": rounded}
        yield [ast.copy_location(type(node)(**fields), node)]


def reseeded(place: NodePlace) -> Iterator[list[ast.stmt]]:
    """The generator seeded again at each use: every draw repeats the first."""
    node = place.statement
    if isinstance(node, (ast.Assign, ast.Return)) and "np.random." in ast.unparse(node):
        seed = _seed_of(place.tree) or ast.Constant(0)
        call = ast.Call(ast.Attribute(_numpy("random"), "seed", ast.Load()), [seed], [])
        yield [ast.Expr(call), node]


def _function_name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else _attribute(node.func)


def _attribute(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_called(place: NodePlace) -> bool:
    return isinstance(place.parent, ast.Call) and place.field == "func"


def _has_keyword(node: ast.Call, name: str) -> bool:
    return any(keyword.arg == name for keyword in node.keywords)


def _with_keyword(node: ast.Call, index: int, value: ast.expr) -> ast.Call:
    changed = ast.keyword(node.keywords[index].arg, value)
    return ast.Call(
        node.func, node.args, [*node.keywords[:index], changed, *node.keywords[index + 1 :]]
    )


def _is_matrix_operand(place: NodePlace) -> bool:
    parent = place.parent
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.MatMult)
    product = isinstance(parent, ast.Call) and _function_name(parent) in ("dot", "matmul")
    return product and place.field == "args"


def _is_small(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return bool(SMALL.match(node.id))
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value < 1e-3


def _one_off(node: ast.expr) -> Iterator[ast.expr]:
    yield _plus(node, 1)
    yield _plus(node, -1)


def _plus(node: ast.expr, step: int) -> ast.expr:
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))


def _is_bound(place: NodePlace) -> bool:
    """Whether this is where a slice or a range begins or ends."""
    if isinstance(place.parent, ast.Slice):
        return place.field in ("lower", "upper")
    ranged = isinstance(place.parent, ast.Call) and _function_name(place.parent) == "range"
    return ranged and place.field == "args"


def _is_label(place: NodePlace) -> bool:
    """Whether this is the number in a key: l in parameters["W" + str(l)] or f"W{l}"."""
    parent = place.parent
    if isinstance(parent, ast.FormattedValue):
        return True
    return isinstance(parent, ast.Call) and _function_name(parent) == "str"


def _names_a_key(place: NodePlace) -> bool:
    """Whether a text is a dictionary's key or the beginning of one."""
    parent = place.parent
    if isinstance(parent, ast.Subscript):
        return place.field == "slice"
    joined = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add)
    return joined or isinstance(parent, (ast.Dict, ast.JoinedStr))


def _keys_of(tree: ast.Module) -> list[str]:
    """Short texts of the function, in order of their spelling: its keys and prefixes."""
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    short = {t for t in texts if isinstance(t, str) and 0 < len(t) <= 12}
    return sorted(t for t in short if t.isidentifier())


def _names_of(tree: ast.Module) -> list[str]:
    """Parameters and variables of the function, in order of their spelling."""
    arguments = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return sorted(arguments | stored)


def _neighbours(value: str, others: list[str]) -> list[str]:
    """The two other texts most like this one: those of its length first."""
    ranked = sorted((o for o in others if o != value), key=lambda o: (_distance(value, o), o))
    return ranked[:2]


def _distance(one: str, other: str) -> int:
    differing = sum(a != b for a, b in zip(one, other, strict=False))
    return differing + 2 * abs(len(one) - len(other))


def _twins(name: str, names: list[str], mixed_up: Sequence[frozenset[str]]) -> list[str]:
    """Names that differ in a number only (beta1, beta2), or that are often mixed up."""
    stem = re.sub(r"\d+", "", name)
    known = {other for group in mixed_up if name in group for other in group}
    return [
        other
        for other in names
        if other != name and (other in known or re.sub(r"\d+", "", other) == stem)
    ]


def _is_number(value: ast.expr) -> bool:
    """Whether an assigned value may be an array or a number rather than a container."""
    if isinstance(value, ast.Call):
        return _function_name(value) not in (*WHOLE, "str", "list", "dict", "range", "append")
    return isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Subscript))


def _numpy(name: str) -> ast.expr:
    return ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())


def _seed_of(tree: ast.Module) -> ast.expr | None:
    """What the function already seeds numpy with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.random.seed" and node.args:
            return node.args[0]
    return None


FIELD_EXPRESSIONS: dict[str, Callable[[NodePlace], Iterator[ast.expr]]] = {
    "sibling": sibling,
    "axis": axis,
    "norm": norm,
    "transposed": transposed,
    "epsilon moved": epsilon_moved,
    "power": power,
    "complement": complement,
    "denominator": denominator,
    "precedence": precedence,
    "one off": one_off,
    "open slice": open_slice,
    "literal size": literal_size,
    "flat shape": flat_shape,
    "wrong key": wrong_key,
    "wrong name": wrong_name,
}

FIELD_STATEMENTS: dict[str, Callable[[NodePlace], Iterator[list[ast.stmt]]]] = {
    "in place": aliased,
    "float32": float32,
    "seed moved": reseeded,
}
