"""Statements that hand their work on to functions of the student's own.

Such a statement is innocent where the function that it calls is wrong.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from autograder.repair.places import OwnFunction, names_in

LAYOUT = ("T", "ravel", "flatten", "copy")  # what changes no value
PLAIN = (
    ast.Name, ast.Call, ast.Attribute, ast.keyword, ast.expr_context, ast.Constant,
)  # fmt: skip
EXCHANGES = (
    "name", "names", "key", "arguments", "argument extra", "function", "transposed", "constant",
    "digit", "moved",
)  # fmt: skip
CALCULATES = (
    "sign", "op", "power missing", "power extra", "power", "factor missing", "factor extra",
    "term missing", "term extra", "call missing", "call extra",
)  # fmt: skip
MORE = 2.0  # added to the cost of calculating with what is handed on: the other function may be it


def called(own: OwnFunction, nodes: Sequence[ast.AST]) -> list[str]:
    """The functions of the cell that some statements call, each once."""
    names = (n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name))
    return [name for name in dict.fromkeys(names) if name in own.neighbours]


def hands_on(own: OwnFunction, statement: ast.AST) -> bool:
    """Whether a statement calls one function of the cell and calculates nothing itself."""
    value = _value(statement)
    if value is None or len(called(own, [value])) != 1:
        return False
    return all(isinstance(n, PLAIN) and _is_plain(own, n) for n in ast.walk(value))


def _value(statement: ast.AST) -> ast.expr | None:
    """What a statement assigns, returns, or appends to a list."""
    match statement:
        case ast.Assign(value=value) | ast.Return(value=value):
            return value
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[value])):
            return value
    return None


def _is_plain(own: OwnFunction, node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in LAYOUT
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in own.neighbours
    return True


def makes_good(own: OwnFunction, kind: str, lines: Sequence[int]) -> bool:
    """Whether an edit calculates with what a statement only hands on.

    It can make good what is wrong in the function that is called. Another variable cannot.
    """
    if kind in EXCHANGES or not own.neighbours:
        return False
    return any(
        not hasattr(s, "body")
        and any(s.lineno <= line <= (s.end_lineno or s.lineno) for line in lines)
        and hands_on(own, s)
        for s in own.statements
    )


def calculated_for(own: OwnFunction, kind: str, lines: Collection[int]) -> str:
    """The function that some lines hand their work on to, where an edit calculates with that.

    What it returns is as suspicious as its call, unless other lines call it as well.
    """
    if kind not in CALCULATES:
        return ""
    here = [s for s in own.statements if s.lineno in lines and not hasattr(s, "body")]
    names = called(own, here)
    if len(names) != 1 or not all(hands_on(own, s) for s in here):
        return ""
    others = [s for s in own.statements if s not in here and not isinstance(s, ast.FunctionDef)]
    is_alone = not any(
        site.statement in others and isinstance(site.node, ast.Name) and site.node.id == names[0]
        for site in own.sites
    )
    return names[0] if is_alone else ""


def across_a_call(own: OwnFunction, lines: Collection[int]) -> set[int]:
    """The lines that call the functions inside in which some lines stand; of a call, those inside.

    What is passed wrongly can be made good where it is received, and the other way round.
    """
    inner = {s.name: s for s in own.statements if isinstance(s, ast.FunctionDef)}
    within = {
        name: {n.lineno for n in ast.walk(f) if isinstance(n, ast.stmt) and n is not f}
        for name, f in inner.items()
    }
    found: set[int] = set()
    for s in own.statements:
        if not hasattr(s, "body"):
            for name in names_in(s) & set(inner):
                if not within[name].isdisjoint(lines):
                    found |= set(range(s.lineno, (s.end_lineno or s.lineno) + 1))
                elif s.lineno in lines:
                    found |= within[name]
    return found - set(lines)


def of_a_call(own: OwnFunction, kind: str, lines: Sequence[int]) -> float:
    """What an edit costs more that makes good, perhaps, what a function has wrong."""
    return MORE if makes_good(own, kind, lines) else 0.0
