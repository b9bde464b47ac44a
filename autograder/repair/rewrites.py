"""Edits that write an expression anew: a call taken apart, a shape completed, a place renamed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import combinations

from autograder.repair.edit_operators import PREFIXES, REDUCING, SYMBOLS, Change, Scope
from autograder.repair.places import OwnFunction

_COUNTED = re.compile(r"\{(\w+)( [+-] 1)?\}")
_WRITTEN = re.compile(r"(?<=[A-Za-z])(\d)(?!\w)")  # the digit 1 in f"W1"
_LENGTH = re.compile(r"\w+\.shape\[[01]\]")
PLACES = ("argmax", "argmin", "argsort")
SHAPED = ("zeros", "ones", "empty", "full")


def rewrites(
    own: OwnFunction, node: ast.expr, statement: ast.stmt, scope: Scope
) -> Iterator[Change]:
    """What may stand for an expression of a statement as a whole."""
    if isinstance(node, ast.JoinedStr):
        yield from _key_in_text(own, node, scope)
    elif isinstance(node, ast.Call):
        yield from _of_a_call(own, node)
        yield from _other_length(own, node)
    elif isinstance(node, ast.BinOp):
        yield from _of_an_operation(own, node)
        yield from _of_a_product(own, node)
        yield from _of_a_sum(own, node)
        yield from _under_a_line(own, node)
        yield from _crossed(own, node)
        yield from _a_factor_as_power(own, node)
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant):
            text = f"{own.operand(node.left)} ** -{own.text(node.right)}"
            yield Change(text, "power", 1.8, "exponent negated")
    elif isinstance(node, ast.BoolOp):
        yield from _condition(own, node)
    elif isinstance(node, ast.Tuple | ast.List):
        yield from _of_a_list(own, node, scope)
    elif isinstance(node, ast.IfExp):
        one, other, test = (own.operand(n) for n in (node.body, node.orelse, node.test))
        yield Change(f"({other} if {test} else {one})", "condition", 2.6, "swap branches")
        yield Change(one, "condition", 3.0, "always")
        yield Change(other, "condition", 3.0, "never")
    if isinstance(statement, ast.Return) and node is statement.value:
        yield from _of_what_is_returned(own, node)
    if isinstance(statement, ast.Assign) and node is statement.value:
        yield from _like_its_sibling(own, statement)
    if isinstance(statement, ast.If | ast.While) and node is statement.test:
        yield Change(f"not {own.operand(node)}", "negated", 2.0, "not")
    yield from _of_any(own, node, statement, scope)


def _condition(own: OwnFunction, node: ast.BoolOp) -> Iterator[Change]:
    parts = [own.operand(v) for v in node.values]
    other = " or " if isinstance(node.op, ast.And) else " and "
    yield Change(other.join(parts), "condition", 3.0, "and or")
    for number in range(len(parts)):
        kept = [p for n, p in enumerate(parts) if n != number]
        yield Change(" or ".join(kept), "condition", 3.2, f"no condition {number}")


def _of_any(
    own: OwnFunction, node: ast.expr, statement: ast.stmt, scope: Scope
) -> Iterator[Change]:
    """What does not depend on the place of an expression in its statement."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        yield from _picked_as_elsewhere(own, node)
    if isinstance(node, ast.Name | ast.Subscript | ast.Call | ast.BinOp):
        for name in own.parameters:
            if name in own.numbers and own.text(node) != name:
                text = f"((1 - {name}) * {own.operand(node)})"
                yield Change(text, "factor missing", 2.5, f"times 1 - {name}", name)
    if isinstance(node, ast.Name) and node.id in own.numbers:
        for name in own.parameters:
            if name in own.numbers and name != node.id:
                yield Change(f"(1 - {name})", "name", 2.6, f"{node.id}>1 - {name}", node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isalpha():
        for name in scope.integers:
            text = f'f"{node.value}{{{name}}}"'
            yield Change(text, "key", 2.0, f"{node.value}>+{name}", node.value)
    if not isinstance(node, ast.Constant | ast.Slice | ast.Starred):
        yield from _again(own, node, statement)
        yield from _back(own, node)
        yield from _as_elsewhere(own, node, statement)


def _key_in_text(own: OwnFunction, node: ast.JoinedStr, scope: Scope) -> Iterator[Change]:
    text = own.text(node)
    for part in node.values:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            for key in (*PREFIXES, *scope.strings):
                if key != part.value and part.value in text:
                    new = text.replace(part.value, key, 1)
                    yield Change(new, "key", 1.0, f"{part.value}>{key}", part.value)
    for found in _COUNTED.finditer(text):
        name, step = found[1], found[2] or ""
        for other in ("", " + 1", " - 1"):
            if other == step:
                continue
            new = f"{text[: found.start()]}{{{name}{other}}}{text[found.end() :]}"
            yield Change(new, "count", 2.0, f"{step}>{other}", name)
    for found in _WRITTEN.finditer(text):
        for name in scope.integers:
            new = f"{text[: found.start()]}{{{name}}}{text[found.end() :]}"
            yield Change(new, "digit", 1.8, f"{found[1]}>{name}", found[1])


def _of_a_call(own: OwnFunction, node: ast.Call) -> Iterator[Change]:
    f, last = own.text(node.func), own.text(node.func).rsplit(".", 1)[-1]
    if f == "len":
        for number in (2, 3):
            yield Change(f"({own.text(node)} // {number})", "factor missing", 2.2, f"// {number}")
    if last in REDUCING and len(node.keywords) > 1:
        bare = f"{f}({', '.join(map(own.text, node.args))})"
        yield Change(bare, "option", 1.9, "no options", f)
    keywords = "".join(f", {own.text(k)}" for k in node.keywords)  # type: ignore[arg-type]
    if last in PLACES:
        for name in own.variables:
            if name in own.containers:
                yield Change(f"{name}[{own.text(node)}]", "place", 2.6, f"entry of {name}")
    if f == "range":
        yield from _of_a_range(own, node)
    for place, inner_call in enumerate(node.args):
        if isinstance(inner_call, ast.Call) and (g := own.text(inner_call.func)) != f:
            inside = own.text(inner_call)[len(g) :]
            texts = [own.text(a) for a in node.args]
            texts[place] = f"{f}{inside}"
            text = f"{g}({', '.join(texts)}{keywords})"
            yield Change(text, "nested", 2.4, f"{f} and {g}", f)
    if len(node.args) == 1 and last in SHAPED and not isinstance(node.args[0], ast.Tuple):
        inner = own.text(node.args[0])
        yield Change(f"{f}(({inner}, 1){keywords})", "shape", 2.0, "second axis", f)
    if len(node.args) == 1 and isinstance(node.args[0], ast.BinOp):
        inner_op = node.args[0]
        if isinstance(inner_op.op, ast.Add | ast.Sub):
            symbol = SYMBOLS[type(inner_op.op)]
            left, right = own.text(inner_op.left), own.text(inner_op.right)
            text = f"({f}({left}{keywords}) {symbol} {f}({right}{keywords}))"
            yield Change(text, "apart", 2.2, f"apart {f}", f)
    if len(node.args) == 1 and last in REDUCING and not node.keywords:
        inner = own.text(node.args[0])
        for axis in (0, 1):
            text = f"{f}(np.sum({inner}, axis={axis}))"
            yield Change(text, "option", 3.0, f"sum first {axis}", f)
    if len(node.args) == 2 and last in ("max", "min", "maximum", "minimum") and not keywords:
        a, b = (own.operand(n) for n in node.args)
        yield Change(f"({a} + {b})", "function", 2.6, "add the two", f)


def _other_length(own: OwnFunction, node: ast.Call) -> Iterator[Change]:
    """A number in the place of one length of an array whose other length stands beside it."""
    texts = [own.text(a) for a in node.args]
    lengths = [text for text in texts if _LENGTH.fullmatch(text)]
    for place, argument in enumerate(node.args):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, int):
            for length in lengths:
                other = length[:-2] + ("1]" if length.endswith("0]") else "0]")
                new = ", ".join([*texts[:place], other, *texts[place + 1 :]])
                text = f"{own.text(node.func)}({new})"
                yield Change(text, "constant", 2.0, "another length", own.text(argument))


def _of_what_is_returned(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """One variable in place of several, or two of them exchanged."""
    if isinstance(node, ast.Compare):
        yield Change(own.text(node.left), "returned", 2.4, "no comparison")
    if not isinstance(node, ast.Name | ast.Tuple):
        for name in own.variables:
            yield Change(name, "returned", 3.0, f"return {name}")
    if not isinstance(node, ast.Tuple):
        return
    for name in own.variables:
        yield Change(name, "returned", 2.6, f"return {name}")
    texts = [own.text(e) for e in node.elts]
    for one, other in combinations(range(len(texts)), 2):
        swapped = texts[:]
        swapped[one], swapped[other] = texts[other], texts[one]
        yield Change(", ".join(swapped), "returned", 2.4, f"{one} and {other}")
        rest = [n for n in range(one + 1, len(texts)) if n != other]
        for third, fourth in combinations(rest, 2):
            twice = swapped[:]
            twice[third], twice[fourth] = texts[fourth], texts[third]
            yield Change(", ".join(twice), "returned", 2.8, f"{one} and {other}, twice")


def _of_a_range(own: OwnFunction, node: ast.Call) -> Iterator[Change]:
    """One turn more or less, at either end."""
    texts = [own.operand(a) for a in node.args]
    begins = ["1", *texts] if len(texts) == 1 else texts[:]
    for place in range(len(texts)):
        for step in ("+ 1", "- 1"):
            new = [f"{t} {step}" if n == place else t for n, t in enumerate(texts)]
            yield Change(f"range({', '.join(new)})", "count", 1.8, f"range {place} {step}")
    yield Change(f"range({', '.join(begins)})", "count", 2.2, "range from 1")
    if len(texts) == 2:
        yield Change(f"range({texts[0]}, {texts[1]} - {texts[0]})", "count", 3.0, "range as many")


def _of_a_sum(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """A factor of the first term, or of the last, that belongs to the whole sum."""
    terms: list[tuple[str, ast.expr]] = []
    inner: ast.expr = node
    while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub):
        terms.insert(0, (SYMBOLS[type(inner.op)], inner.right))
        inner = inner.left
    if len(terms) == 1 and isinstance(inner, ast.BinOp) and isinstance(inner.right, ast.Call):
        call = inner.right
        if len(call.args) == 1 and not call.keywords:  # x / f(a) + b
            a, b, x = own.operand(call.args[0]), own.operand(node.right), own.operand(inner.left)
            f, symbol = own.text(call.func), SYMBOLS[type(inner.op)]
            text = f"{x} {symbol} {f}({a} {terms[0][0]} {b})"
            yield Change(text, "into call", 1.9, f"into {f}", f)
    if len(terms) < 2:
        return
    rest = " ".join(f"{symbol} {own.operand(term)}" for symbol, term in terms)
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Mult):
        factor, first = own.operand(inner.left), own.operand(inner.right)
        yield Change(f"{factor} * ({first} {rest})", "brackets", 2.0, "factor of a sum")
    symbol, last = terms[-1]
    if isinstance(last, ast.BinOp) and isinstance(last.op, ast.Mult | ast.Div):
        before = " ".join(f"{s} {own.operand(t)}" for s, t in terms[:-1])
        whole = f"({own.operand(inner)} {before} {symbol} {own.operand(last.left)})"
        text = f"{whole} {SYMBOLS[type(last.op)]} {own.operand(last.right)}"
        yield Change(text, "brackets", 2.0, "sum over a divisor")
        if len(terms) > 1:
            _, middle = terms[-2]
            ahead = " ".join(f"{s} {own.operand(t)}" for s, t in terms[:-2])
            inside = f"({own.operand(middle)} {symbol} {own.operand(last.left)})"
            text = f"{own.operand(inner)} {ahead} {terms[-2][0]} {inside}"
            text = f"{text} {SYMBOLS[type(last.op)]} {own.operand(last.right)}"
            yield Change(text, "brackets", 2.0, "the last two over a divisor")


def _under_a_line(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """The last term of a sum, added to the divisor of the term before it: a - b / c + d."""
    if not isinstance(node.op, ast.Add | ast.Sub):
        return
    begin, stop = own.start(node), own.end(node.left)
    text = own.text(node).encode()
    added = f"{SYMBOLS[type(node.op)]} {own.operand(node.right)}"
    inner: ast.expr = node.left
    while isinstance(inner, ast.BinOp):
        if isinstance(inner.op, ast.Div):
            start, end = own.start(inner.right) - begin, own.end(inner.right) - begin
            ahead, behind = text[:start].decode(), text[end : stop - begin].decode()
            whole = f"{ahead}({own.text(inner.right)} {added}){behind}"
            if whole.count("(") == whole.count(")"):
                yield Change(whole, "brackets", 2.0, "under a line")
        inner = inner.right if isinstance(inner.op, ast.Add | ast.Sub) else inner.left


def _of_a_product(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """A sum in brackets among the factors: no brackets, or brackets that reach further."""
    text, begin = own.text(node), own.start(node)
    if not text.isascii():
        return
    for inner in _factors(node):
        start, end = own.start(inner) - begin, own.end(inner) - begin
        if not isinstance(inner.op, ast.Add | ast.Sub) or text[start - 1 : start] != "(":
            continue
        if text[end : end + 1] != ")":
            continue
        ahead, within, behind = text[: start - 1], text[start:end], text[end + 1 :]
        yield Change(f"{ahead}{within}{behind}", "brackets", 2.2, "no brackets")
        yield Change(f"{ahead}({within}{behind})", "brackets", 2.2, "closed later")
        yield Change(f"({ahead}{within}){behind}", "brackets", 2.2, "opened earlier")


def _factors(node: ast.expr) -> Iterator[ast.BinOp]:
    """The operations in brackets among the factors and divisors of a product."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div):
        return
    for side in (node.left, node.right):
        if isinstance(side, ast.BinOp):
            yield side
        yield from _factors(side)


def _of_an_operation(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """The same function of both sides: of the whole instead."""
    one, other = node.left, node.right
    if not isinstance(one, ast.Call) or not isinstance(other, ast.Call):
        return
    f = own.text(one.func)
    plain = not one.keywords and not other.keywords
    if f == own.text(other.func) and plain and len(one.args) == len(other.args) == 1:
        a, b = own.operand(one.args[0]), own.operand(other.args[0])
        for symbol in dict.fromkeys((SYMBOLS[type(node.op)], "-", "+")):
            yield Change(f"{f}({a} {symbol} {b})", "together", 2.2, f"together {symbol}", f)


def _a_factor_as_power(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """``a * 2 * b`` for ``a * b ** 2``."""
    inner = node.left
    if not isinstance(node.op, ast.Mult) or not isinstance(inner, ast.BinOp):
        return
    if isinstance(inner.op, ast.Mult) and isinstance(inner.right, ast.Constant):
        a, b, c = own.operand(inner.left), own.operand(node.right), own.text(inner.right)
        yield Change(f"{a} * {b} ** {c}", "power", 2.0, "*>**")


def _crossed(own: OwnFunction, node: ast.BinOp) -> Iterator[Change]:
    """The weights of two terms of a sum, exchanged."""
    one, other = node.left, node.right
    if not isinstance(one, ast.BinOp) or not isinstance(other, ast.BinOp):
        return
    if not all(isinstance(side.op, ast.Mult) for side in (one, other)):
        return
    a, b, c, d = (own.operand(n) for n in (one.left, one.right, other.left, other.right))
    symbol = SYMBOLS[type(node.op)]
    yield Change(f"{c} * {b} {symbol} {a} * {d}", "swapped", 2.0, "factors crossed")
    yield Change(f"{d} * {b} {symbol} {c} * {a}", "swapped", 2.2, "factors crossed outside")


def _of_a_list(own: OwnFunction, node: ast.Tuple | ast.List, scope: Scope) -> Iterator[Change]:
    """Two items of a list exchanged, or one missing."""
    texts = [own.text(e) for e in node.elts]
    if len(texts) == 2 and not any(isinstance(e, ast.Slice | ast.Starred) for e in node.elts):
        brackets = "[{}]" if isinstance(node, ast.List) else "({})"
        yield Change(brackets.format(f"{texts[1]}, {texts[0]}"), "swapped", 2.2, "swap the two")
    words = [e.value for e in node.elts if isinstance(e, ast.Constant)]
    if len(words) == len(texts) > 1 and all(isinstance(w, str) for w in words):
        for word in dict.fromkeys((*scope.strings, *own.strings)):
            if word not in words:
                text = f"({', '.join([*texts, repr(word)])})"
                yield Change(text, "term missing", 2.6, f"and {word}")


def _like_its_sibling(own: OwnFunction, statement: ast.Assign) -> Iterator[Change]:
    """The expression of the test set, or of layer 2, written for the dev set or layer 1."""
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        return
    for other in own.statements:
        sibling = other.targets[0] if isinstance(other, ast.Assign) else None
        if not isinstance(sibling, ast.Name) or not isinstance(other, ast.Assign):
            continue
        same = [a == b for a, b in zip(target.id, sibling.id, strict=False)]
        ahead = same.index(False) if False in same else 0
        one, two = target.id[ahead:], sibling.id[ahead:]
        if not ahead:
            continue
        text = re.sub(rf"(?<![a-z]){re.escape(two)}(?![a-z])", one, own.text(other.value))
        if text != own.text(statement.value):
            yield Change(text, "donor", 2.2, f"{two}>{one}")


def _picked_as_elsewhere(own: OwnFunction, node: ast.Subscript) -> Iterator[Change]:
    """The columns by which an array beside it is indexed."""
    for index in own.indices:
        if index.startswith(":,") and index != own.text(node.slice):
            yield Change(f"{own.operand(node.value)}[{index}]", "slice", 2.2, f"columns {index}")


def _again(own: OwnFunction, node: ast.expr, statement: ast.stmt) -> Iterator[Change]:
    """A variable in place of an expression that it already holds."""
    if not isinstance(node, ast.Call):
        return
    text = own.text(node)
    for other in own.statements:
        if other.lineno >= statement.lineno or not isinstance(other, ast.Assign):
            continue
        target = other.targets[0]
        if isinstance(target, ast.Name) and own.text(other.value) == text and text != target.id:
            yield Change(target.id, "again", 1.2, "again", target.id)


def _back(own: OwnFunction, node: ast.expr) -> Iterator[Change]:
    """The exponential of a logarithm that was taken above."""
    if isinstance(node, ast.Name) and "np.log(" in own.with_splices():
        yield Change(f"np.exp({node.id})", "call missing", 2.6, "exp")
    if isinstance(node, ast.Name) and "np.log10(" in own.with_splices():
        yield Change(f"10.0 ** {node.id}", "power missing", 2.6, "to the power of ten")


def _draws(own: OwnFunction, call: ast.Call) -> bool:
    """Whether a function inside is called that draws: one more call changes all other draws."""
    inner = (s for s in own.statements if isinstance(s, ast.FunctionDef))
    return any(s.name == own.text(call.func) and "random" in own.text(s) for s in inner)


def _as_elsewhere(own: OwnFunction, node: ast.expr, statement: ast.stmt) -> Iterator[Change]:
    """The call that another statement has around a similar expression."""
    calls = [(s.statement, s.node) for s in own.sites if isinstance(s.node, ast.Call)]
    around = {own.text(call.func) for _, call in calls if node in call.args}
    calls = calls if isinstance(node, ast.BinOp | ast.Subscript | ast.Name) else []
    for other, call in calls:
        if other is statement or call.keywords or own.text(call.func) in around:
            continue
        if len(call.args) < 2 or type(call.args[0]) is not type(node) or _draws(own, call):
            continue
        if not all(isinstance(a, ast.Constant | ast.Name) for a in call.args[1:]):
            continue
        rest = ", ".join(own.text(a) for a in call.args[1:])
        text = f"{own.text(call.func)}({own.text(node)}, {rest})"
        yield Change(text, "call missing", 2.4, f"as {own.text(call.func)}")
