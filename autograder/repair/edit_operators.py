"""Small edits of one expression, the likely slips first.

Every operator yields what an expression may be replaced by. Costs are in steps of likelihood, as
they were counted on real wrong functions: 1 is a wrong key, 6 a piece of another formula.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from autograder.repair.places import OwnFunction, Site, is_number, masked, picks_a_size

FAMILIES = (
    ("randn", "rand", "uniform", "normal"),
    ("zeros", "ones", "empty", "zeros_like", "ones_like"),
    ("sqrt", "square", "abs", "exp", "log", "sum", "mean"),
    ("sum", "mean", "max", "min", "std", "var", "prod"),
    ("maximum", "minimum", "multiply", "dot"),
    ("argmax", "argmin", "argsort"),
    ("dot", "multiply", "outer", "matmul"),
    ("divide", "multiply", "add", "subtract", "power"),
    ("ceil", "floor", "round"),
    ("log", "log10", "log2", "log1p"),
    ("exp", "log", "power", "sqrt"),
    ("max", "min", "sum", "len"),
    ("ones", "zeros", "eye"),
    ("items", "keys", "values"),
    ("vstack", "hstack", "concatenate"),
)
OPERATORS: dict[type[ast.operator], tuple[tuple[str, float], ...]] = {
    ast.Add: (("-", 1.2), ("*", 4.0)),
    ast.Sub: (("+", 1.2), ("*", 4.0), ("/", 5.0)),
    ast.Mult: (("/", 2.3), ("**", 2.0), ("@", 3.5), ("+", 4.0), ("-", 4.0)),
    ast.Div: (("*", 2.3), ("//", 2.5), ("-", 5.0)),
    ast.FloorDiv: (("/", 2.5), ("%", 3.0)),
    ast.Mod: (("//", 3.0),),
    ast.Pow: (("*", 2.5),),
    ast.MatMult: (("*", 3.0),),
}
PREFIXES = ("W", "b", "dW", "db", "dA", "dZ", "A", "Z", "D")  # of keys that end in a layer's number
_NUMBERED = re.compile(r"([A-Za-z]+)(%[sdi]|\{\w*\})")
TAKES_THE_SHAPE = ("zeros_like", "ones_like", "full_like")  # of a value, and no more of it
REDUCING = ("sum", "mean", "max", "min", "norm", "std", "var", "argmax", "argmin")
ADDING, PICKING = ("sum", "mean"), ("max", "min", "prod", "std", "var")  # hardly mixed up
AVERAGED = {("sum", "mean"): "added up", ("mean", "sum"): "averaged"}
SIGNS = {"+", "-"}
COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">", ">="),
    ast.LtE: ("<", ">=", ">"),
    ast.Gt: (">=", "<", "<="),
    ast.GtE: (">", "<=", "<"),
    ast.Eq: ("!=", "<", ">"),
    ast.NotEq: ("==", "<", ">"),
}
SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.And: "and", ast.Or: "or", ast.LShift: "<<",
    ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What replaces an expression; `detail` is the same for the same slip in another place."""

    text: str
    kind: str
    cost: float
    detail: str
    name: str = ""  # of the student's own, for the sentence


@dataclass(frozen=True)
class Scope:
    """The names and pieces that edits may use, beside those of the function itself."""

    strings: tuple[str, ...] = ()  # keys that the solution uses
    functions: tuple[str, ...] = ()  # functions that the solution calls, as it writes them
    constants: tuple[str, ...] = ()
    integers: tuple[str, ...] = field(default=())  # variables that count
    factors: tuple[str, ...] = ()  # numbers with a name, such as np.pi
    calls: frozenset[str] = frozenset()  # that the solution makes, as it writes them


def changes(own: OwnFunction, site: Site, scope: Scope) -> Iterator[Change]:
    """All edits of one expression."""
    node = site.node
    if isinstance(node, ast.Constant):
        yield from _constant(own, site, node, scope)
    elif isinstance(node, ast.Name):
        yield from _name(own, site, node, scope)
    elif isinstance(node, ast.BinOp):
        yield from _operation(own, node, scope)
    elif isinstance(node, ast.Compare):
        yield from _comparison(own, node)
    elif isinstance(node, ast.Call):
        yield from _call(own, node, scope)
    elif isinstance(node, ast.Subscript):
        yield from _subscript(own, node, scope)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        kind = "negated" if isinstance(node.op, ast.Not) else "sign"
        yield Change(own.operand(node.operand), kind, 2.0, "unary dropped")
        yield from _negative(own, site, node, scope)
    elif isinstance(node, ast.Attribute):
        is_called = isinstance(site.parent, ast.Call) and site.parent.func is node
        yield from _attribute(own, node, scope if is_called else Scope())
    if not isinstance(node, ast.Slice | ast.Tuple | ast.Starred | ast.JoinedStr | ast.Lambda):
        yield from _any(own, site, scope)


def _constant(own: OwnFunction, site: Site, node: ast.Constant, scope: Scope) -> Iterator[Change]:
    value = node.value
    if isinstance(site.parent, ast.For | ast.comprehension):
        return  # what a loop goes through is no number
    if isinstance(value, str):
        for key in dict.fromkeys([*own.strings, *scope.strings]):
            if key != value:
                yield Change(repr(key), "key", 1.0, f"{value}>{key}", value)
        if found := _NUMBERED.fullmatch(value):  # "dW%d" % l, "dW{}".format(l)
            for word in dict.fromkeys([*PREFIXES, *filter(str.isalpha, scope.strings)]):
                if word != found[1]:
                    yield Change(repr(word + found[2]), "key", 1.0, f"{found[1]}>{word}", value)
    elif isinstance(value, bool):
        common = isinstance(site.parent, ast.keyword) and site.parent.arg == "keepdims"
        yield Change(repr(not value), "option", 1.9 if common else 3.0, "bool", repr(value))
    elif isinstance(value, int | float):
        for name in scope.integers if isinstance(value, int) else ():
            yield Change(name, "digit", 1.8, f"{value}>{name}", own.text(node))
            for text in (f"({name} - 1)", f"({name} + 1)"):
                yield Change(text, "digit", 2.1, f"{value}>{text}", own.text(node))
        for factor in scope.factors:  # np.pi for 180
            yield Change(factor, "constant", 2.4, f"{value}>{factor}", own.text(node))
        near = [repr(value + 1), repr(value - 1)] if isinstance(value, int) else []
        for number in dict.fromkeys([*near, *scope.constants, "0", "1", "2"]):
            if number not in (repr(value), own.text(node)):
                likely = _is_called_with(own, site, number, scope) or picks_a_size(own, site)
                cost = 1.8 if likely else 3.0
                kind = "count" if number == "-1" else "constant"  # a counter that is one too far
                yield Change(number, kind, cost, f"{value}>{number}", own.text(node))
        counted = scope.integers if isinstance(value, int) else ()
        for name in (p for p in own.parameters if p not in counted):
            yield Change(name, "digit", 3.4, f"{value}>{name}", own.text(node))


def _negative(own: OwnFunction, site: Site, node: ast.UnaryOp, scope: Scope) -> Iterator[Change]:
    """Other numbers in the place of a negative one that is written out."""
    value = node.operand.value if isinstance(node.operand, ast.Constant) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    near = [repr(1 - value), repr(-1 - value)] if isinstance(value, int) else []
    for number in dict.fromkeys([*near, *scope.constants, "0", "1", "2"]):
        if number not in (repr(value), repr(-value)):  # its sign alone is another slip
            cost = 1.8 if picks_a_size(own, site) else 3.0
            yield Change(number, "constant", cost, f"{-value}>{number}", own.text(node))


def _is_called_with(own: OwnFunction, site: Site, number: str, scope: Scope) -> bool:
    """Whether the solution calls the same function with this number alone: a seed."""
    call = site.parent
    return isinstance(call, ast.Call) and f"{own.text(call.func)}({number})" in scope.calls


def _name(own: OwnFunction, site: Site, node: ast.Name, scope: Scope) -> Iterator[Change]:
    if isinstance(site.parent, ast.Call) and site.parent.func is node:
        yield from _function(node.id, node.id, scope)
        return
    if isinstance(site.parent, ast.Attribute) and node.id not in own.variables:
        return  # a module
    for name in own.variables:
        if name not in (node.id, "_"):  # nobody means what is thrown away
            cost = 1.1 if _alike(name, node.id) else 1.9
            if (name in own.containers) is not (node.id in own.containers):
                cost += 1.6
            yield Change(name, "name", cost, f"{node.id}>{name}", node.id)
    if node.id in scope.integers:
        for text in (f"({node.id} + 1)", f"({node.id} - 1)"):
            yield Change(text, "count", 2.2, text.replace(node.id, "n"), node.id)


def _alike(one: str, other: str) -> bool:
    if SequenceMatcher(None, one, other).ratio() > 0.6:
        return True
    return one.lower() == other.lower() or (len(one) <= 2 and len(other) <= 2)


def _function(name: str, written: str, scope: Scope) -> Iterator[Change]:
    """Another function of the same family, or one that the solution calls."""
    head = written[: len(written) - len(name)]
    mates = [mate for family in FAMILIES if name in family for mate in family]
    for mate in dict.fromkeys(mates):
        if mate != name:
            cost = 3.6 if (name in ADDING and mate in PICKING) or mate == "abs" else 1.6
            kind = AVERAGED.get((name, mate), "function")  # a divisor may be what is missing
            yield Change(head + mate, kind, cost, f"{name}>{mate}", written)
    for other in scope.functions:
        if other not in (written, head + name) and other.rsplit(".", 1)[-1] not in mates:
            yield Change(other, "function", 3.6, f"{name}>{other}", written)


def _operation(own: OwnFunction, node: ast.BinOp, scope: Scope) -> Iterator[Change]:
    left, right = own.operand(node.left), own.operand(node.right)
    symbol = SYMBOLS.get(type(node.op), "?")
    for other, cost in OPERATORS.get(type(node.op), ()):
        kind = "sign" if {symbol, other} == SIGNS else "power" if "**" in (symbol, other) else "op"
        yield Change(f"{left} {other} {right}", kind, cost, f"{symbol}>{other}")
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.MatMult | ast.Pow):
        alike = symbol == "-" and masked(node.left) == masked(node.right)
        yield Change(f"{right} {symbol} {left}", "swapped", 1.6 if alike else 3.0, "swap")
    if symbol == "*" and not isinstance(node.left, ast.Constant):
        yield Change(f"{right} / {left}", "op", 2.6, "*>/ swapped")
    if symbol == "*" and isinstance(node.left, ast.Constant):
        yield Change(f"{right} ** {left}", "power", 2.0, "*>**")
    yield from _dropped(node, left, right, symbol)
    yield from _regrouped(own, node, left, right, symbol)
    for side, rest, call in ((node.left, right, 0), (node.right, left, 1)):
        if isinstance(side, ast.Call) and len(side.args) == 1 and not side.keywords:
            f, inner = own.text(side.func), own.operand(side.args[0])
            both = f"{rest} {symbol} {inner}" if call else f"{inner} {symbol} {rest}"
            yield Change(f"{f}({both})", "into call", 1.5, f"into {f}", f)


def _dropped(node: ast.BinOp, left: str, right: str, symbol: str) -> Iterator[Change]:
    kind = "factor extra" if symbol in "*/@//" else "term extra"
    if symbol == "**":
        yield Change(left, "power extra", 1.7, "unpower", right)
        return
    yield Change(left, kind, 2.4, f"left of {symbol}", right if right.isidentifier() else "")
    if symbol not in ("/", "//", "%"):
        yield Change(right, kind, 2.4, f"right of {symbol}", left if left.isidentifier() else "")


def _regrouped(
    own: OwnFunction, node: ast.BinOp, left: str, right: str, symbol: str
) -> Iterator[Change]:
    """The same operands in the same order with other brackets."""
    inner = node.left
    if isinstance(inner, ast.BinOp):
        a, b = own.operand(inner.left), own.operand(inner.right)
        op = SYMBOLS[type(inner.op)]
        if not (b == right and b.isdigit()):  # x**2 / 2 was never meant as x**(2 / 2)
            yield Change(f"{a} {op} ({b} {symbol} {right})", "brackets", 2.0, f"a{op}(b{symbol}c)")
    inner = node.right
    if isinstance(inner, ast.BinOp):
        b, c = own.operand(inner.left), own.operand(inner.right)
        op = SYMBOLS[type(inner.op)]
        yield Change(f"({left} {symbol} {b}) {op} {c}", "brackets", 2.0, f"(a{symbol}b){op}c")
    deeper = node.right.left if isinstance(node.right, ast.BinOp) else None
    if isinstance(deeper, ast.BinOp) and isinstance(node.right, ast.BinOp):
        b, c = own.operand(deeper.left), own.operand(deeper.right)
        op, last = SYMBOLS[type(deeper.op)], SYMBOLS[type(node.right.op)]
        d = own.operand(node.right.right)
        yield Change(f"({left} {symbol} {b}) {op} {c} {last} {d}", "brackets", 2.6, "(ab)cd")


def _comparison(own: OwnFunction, node: ast.Compare) -> Iterator[Change]:
    if len(node.ops) != 1:
        return
    left, right = own.operand(node.left), own.operand(node.comparators[0])
    for other in COMPARISONS.get(type(node.ops[0]), ()):
        cost = 2.2 if isinstance(node.ops[0], ast.Eq | ast.NotEq) else 1.0
        yield Change(f"{left} {other} {right}", "comparison", cost, f"cmp>{other}")


def _call(own: OwnFunction, node: ast.Call, scope: Scope) -> Iterator[Change]:
    f, arguments = own.text(node.func), [own.text(a) for a in node.args]
    keywords = [f"{k.arg}={own.text(k.value)}" if k.arg else "" for k in node.keywords]
    if not all(keywords) or any(isinstance(a, ast.Starred) for a in node.args):
        return
    rest = [*arguments[1:], *keywords]
    first = node.args[0] if node.args else None
    if first is not None and len(node.args) == 1:
        yield Change(own.operand(first), "call extra", 2.5, f"unwrap {f}", f)
        if isinstance(first, ast.BinOp):
            yield from _out_of_call(own, f, first, keywords)
    if isinstance(first, ast.Tuple) and len(node.args) == 1:
        inside = ", ".join([*(own.text(e) for e in first.elts), *rest])
        yield Change(f"{f}({inside})", "tuple", 2.0, "untuple", f)
    if len(node.args) == 2:
        a, b = arguments
        tail = "".join(f", {k}" for k in keywords)
        cost = 2.6 if "." in f else 1.8  # of a function of the lesson: any order could be right
        yield Change(f"{f}({b}, {a}{tail})", "arguments", cost, f"swap arguments of {f}", f)
        yield Change(f"{f}(({a}, {b}){tail})", "tuple", 2.4, "tuple", f)
    for place in range(len(arguments) - 1 if len(arguments) > 2 else 0):
        order = [*arguments[:place], *arguments[place : place + 2][::-1], *arguments[place + 2 :]]
        text = f"{f}({', '.join([*order, *keywords])})"
        cost = 1.2 if place and f.endswith("where") else 2.4  # which is for yes, which for no
        yield Change(text, "arguments", cost, f"swap arguments {place} of {f}", f)
    for number, keyword in enumerate(node.keywords):
        kept = [*arguments, *(k for n, k in enumerate(keywords) if n != number)]
        yield Change(f"{f}({', '.join(kept)})", "option", 2.6, f"no {keyword.arg}", f)
    if f.rsplit(".", 1)[-1] in REDUCING:
        given = {k.arg for k in node.keywords}
        for option in ("keepdims=True", "axis=0", "axis=1", "axis=1, keepdims=True"):
            if not given & {o.split("=")[0] for o in option.split(", ")}:
                everything = ", ".join([*arguments, *keywords, option])
                cost = 2.2 if given == {"axis"} else 3.0
                yield Change(f"{f}({everything})", "option", cost, option, f)


def _out_of_call(
    own: OwnFunction, f: str, inner: ast.BinOp, keywords: list[str]
) -> Iterator[Change]:
    symbol = SYMBOLS.get(type(inner.op), "?")
    left, right = own.operand(inner.left), own.operand(inner.right)
    tail = "".join(f", {k}" for k in keywords)
    yield Change(f"{f}({left}{tail}) {symbol} {right}", "out of call", 1.5, f"out right {f}", f)
    if symbol != "/":
        yield Change(f"{left} {symbol} {f}({right}{tail})", "out of call", 1.6, f"out left {f}", f)


def _subscript(own: OwnFunction, node: ast.Subscript, scope: Scope) -> Iterator[Change]:
    value, index = own.operand(node.value), node.slice
    yield Change(value, "index extra", 3.0, "no index")
    parts = list(index.elts) if isinstance(index, ast.Tuple) else [index]
    texts = [own.text(p) for p in parts]
    for number, part in enumerate(parts):
        if isinstance(part, ast.Slice | ast.Constant | ast.JoinedStr):
            continue
        for shape in ("{}:", ":{}"):
            new = ", ".join(shape.format(t) if n == number else t for n, t in enumerate(texts))
            yield Change(f"{value}[{new}]", "colon", 2.0, f"colon {number}{shape}")
    if len(parts) == 2:
        yield Change(f"{value}[{texts[1]}, {texts[0]}]", "swapped", 3.0, "swap index")


def _attribute(own: OwnFunction, node: ast.Attribute, scope: Scope) -> Iterator[Change]:
    value = own.operand(node.value)
    if node.attr == "T":
        yield Change(value, "transposed", 2.4, "no T")
    elif node.attr == "shape":
        yield Change(f"{value}.T.shape", "transposed", 4.0, "T shape")
    yield from _function(node.attr, own.text(node), scope)


def _any(own: OwnFunction, site: Site, scope: Scope) -> Iterator[Change]:
    """The expression with a power, a factor, a call, an index or a sign added."""
    node, text = site.node, own.operand(site.node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bool | type(None)):
        return
    if isinstance(site.parent, ast.Call) and site.parent.func is node:
        return
    part = isinstance(site.parent, ast.Attribute | ast.Subscript | ast.Slice | ast.keyword)
    if part and isinstance(node, ast.Name | ast.Constant):
        return
    simple = isinstance(node, ast.Name | ast.Subscript | ast.Call | ast.Attribute)
    if simple:
        if "sqrt" not in text:
            yield Change(f"{text} ** 2", "power missing", 1.7, "square")
        for name in scope.integers:
            yield Change(f"{text} ** {name}", "power missing", 1.8, f"power {name}")
        yield Change(f"{text}.T", "transposed", 2.4, "T")
    if is_number(node) or isinstance(node, ast.Slice):
        return
    yield Change(f"(-{text})", "sign", 2.6, "minus")
    yield Change(f"(1 - {text})", "term missing", 2.8, "one minus")
    yield from _within_calls(own, site, scope)
    for name in own.variables:
        if text != name:
            dearer = 0.0 if name in own.numbers else 1.2
            yield Change(f"({text} / {name})", "factor missing", 2.6 + dearer, f"over {name}", name)
            yield Change(
                f"({text} * {name})", "factor missing", 2.7 + dearer, f"times {name}", name
            )
    if isinstance(site.parent, ast.BinOp | ast.Assign | ast.Return | ast.Call | ast.Compare):
        for factor in scope.factors:
            yield Change(f"({text} * {factor})", "factor missing", 3.0, f"times {factor}")
        yield Change(f"({text} / 2)", "factor missing", 3.3, "half")
        yield Change(f"({text} * 2)", "factor missing", 3.3, "twice")
        for name in (n for n in own.variables if n != text):
            yield Change(f"({text} + {name})", "term missing", 3.6, f"plus {name}", name)
            yield Change(f"({text} - {name})", "term missing", 3.6, f"less {name}", name)
    if simple:
        yield from _indexed(own, node, text, scope)


def _within_calls(own: OwnFunction, site: Site, scope: Scope) -> Iterator[Change]:
    """A function of right versions applied to an expression; hardly to what goes into it anyway."""
    outer = own.text(site.parent.func) if isinstance(site.parent, ast.Call) else ""
    for function in scope.functions:
        kind = "donor" if function.endswith(TAKES_THE_SHAPE) else "call missing"
        cost = 4.4 if function == outer else 2.9
        yield Change(f"{function}({own.text(site.node)})", kind, cost, f"wrap {function}")


def _indexed(own: OwnFunction, node: ast.expr, text: str, scope: Scope) -> Iterator[Change]:
    """An index added to an expression."""
    indices = [*own.indices, *scope.integers] if isinstance(node, ast.Name) else []
    for index in dict.fromkeys(indices):
        yield Change(f"{text}[{index}]", "index missing", 2.9, f"index {index}")
    for index in ("[0]", "[:, None]", "[-1]"):
        yield Change(f"{text}{index}", "index missing", 3.4, f"index {index}")
