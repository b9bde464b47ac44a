"""Answers without knowledge of the exercise, each of which must earn nothing.

A student who has understood nothing may hand them in: an empty value, the arguments themselves,
zeros like them, and the stub with a print in it.
"""

from __future__ import annotations

import ast
import copy

from autograder.verify.variants import prints

# What stands behind `return`; {first} is the first parameter, {all} are all of them.
RETURNED = {
    "return None": "None",
    "return []": "[]",
    "return {}": "{{}}",
    "return 0": "0",
    "return the first argument": "{first}",
    "return all arguments": "({all},)",
    "return zeros like the first argument": "_zeros_like({first})",
    "return zeros like all arguments": "tuple(map(_zeros_like, ({all},)))",
}
_ZEROS_LIKE = """\
def _zeros_like(value):
    if isinstance(value, dict):
        return {key: _zeros_like(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_zeros_like, value))
    if hasattr(value, "dtype"):
        return value * 0
    return 0 * value if isinstance(value, (int, float, complex)) else None
"""


def know_nothing(cell: str, stub: str, function: str) -> dict[str, str]:
    """Texts for a solution cell, by what they answer; `stub` is the cell as it is released."""
    tree = ast.parse(cell)
    last = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == function
    ]
    talking = {"the stub with a print": prints(stub, function)}
    if not last:
        return {**_emptied(tree, function), **talking}
    if isinstance(last[-1], ast.ClassDef):
        return {**_idle(last[-1]), **talking}
    signature, names = _signature(cell, function)
    texts = {
        name: f"{_ZEROS_LIKE}\n{signature}\n    return "
        + value.format(first=names[0] if names else "None", all=", ".join(names))
        for name, value in RETURNED.items()
        if names or "{all}" not in value
    }
    return {**texts, **talking}


def _emptied(tree: ast.Module, name: str) -> dict[str, str]:
    """Cells that set every variable of the solution to one and the same value."""
    assigned = {
        node.id
        for statement in tree.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    names = sorted({name, *assigned})
    values = ("None", "[]", "{}", "0", "1", "''")
    return {f"{name} = {value}": "".join(f"{n} = {value}\n" for n in names) for value in values}


def _idle(node: ast.ClassDef) -> dict[str, str]:
    """Classes with the same methods, which answer what knows nothing; and one without any."""
    empty = copy.deepcopy(node)
    empty.body = [ast.Pass()]
    found = {"an empty class": ast.unparse(empty)}
    for value in ("None", "0", "[]", "the first argument"):
        idle = copy.deepcopy(node)
        idle.body = [_answering(m, value) for m in idle.body if isinstance(m, ast.FunctionDef)]
        if idle.body:
            found[f"methods that return {value}"] = ast.unparse(ast.fix_missing_locations(idle))
    return found


def _answering(method: ast.FunctionDef, value: str) -> ast.FunctionDef:
    """The method, with nothing in it but a `return`."""
    given = [argument.arg for argument in (*method.args.posonlyargs, *method.args.args)]
    first = given[1] if len(given) > 1 else "None"
    text = "None" if method.name == "__init__" else value.replace("the first argument", first)
    method.body = ast.parse(f"def f():\n    return {text}").body[0].body  # type: ignore[attr-defined]
    return method


def _signature(cell: str, function: str) -> tuple[str, list[str]]:
    """``def f(x, k=1):`` as the author wrote it, and the names of its parameters."""
    [node] = [
        node
        for node in ast.parse(cell).body
        if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    given = node.args
    names = [part.arg for part in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return f"def {function}({ast.unparse(given)}):", names
