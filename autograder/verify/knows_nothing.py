"""Answers without knowledge of the exercise, each of which must earn nothing.

A student who has understood nothing may hand them in: an empty value, the arguments themselves,
zeros like them, and the stub with a print in it.
"""

from __future__ import annotations

import ast

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
    signature, names = _signature(cell, function)
    texts = {
        name: f"{_ZEROS_LIKE}\n{signature}\n    return "
        + value.format(first=names[0] if names else "None", all=", ".join(names))
        for name, value in RETURNED.items()
        if names or "{all}" not in value
    }
    return {**texts, "the stub with a print": prints(stub, function)}


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
