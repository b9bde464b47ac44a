"""Right variants derived from every solution by rewriting; they must earn full marks.

Students print, warn, alias their imports, wrap functions in functions and return what numpy
happens to give. None of this is a mistake. Each variant turns the text of a solution cell
into another text that means the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

Variant = Callable[[str, str], str]  # (cell, function) → cell


def prints(cell: str, function: str) -> str:
    """Prints to both streams while it works; where it prints itself, that is its answer."""
    if any(isinstance(n, ast.Name) and n.id == "print" for n in ast.walk(ast.parse(cell))):
        return cell
    return _first_in(cell, function, "import sys\nprint('L =', 3)\nprint('w', file=sys.stderr)")


def warns(cell: str, function: str) -> str:
    """Raises a warning while it works."""
    return _first_in(cell, function, "import warnings\nwarnings.warn('overflow', RuntimeWarning)")


def aliased_import(cell: str, function: str) -> str:
    """Imports numpy under another name."""
    return "import numpy as numeric\n" + re.sub(r"\bnp\.", "numeric.", cell)


def whole_import(cell: str, function: str) -> str:
    """Imports numpy again inside every function that uses it, under its own name."""
    tree = ast.parse(cell)
    rest = list(tree.body)
    while rest:
        node = rest.pop()
        if isinstance(node, ast.FunctionDef):
            text = "\n".join(map(ast.unparse, node.body))
            if node.name == function or re.search(r"\bnp\.", text):
                node.body = ast.parse(re.sub(r"\bnp\.", "numpy.", text)).body
                _put_first(node, "import numpy")
        else:
            rest += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return ast.unparse(ast.fix_missing_locations(tree))


def helper_function(cell: str, function: str) -> str:
    """Does its work in a helper function of its own."""
    return _wrapped(cell, function, "result")


def fortran_order(cell: str, function: str) -> str:
    """Returns arrays in Fortran order."""
    return _wrapped(cell, function, "_each(_np.asfortranarray, result)")


def not_contiguous(cell: str, function: str) -> str:
    """Returns arrays that are views into larger ones."""
    view = "_np.repeat(a, 2, axis=-1)[..., ::2] if a.ndim else a"
    return _wrapped(cell, function, f"_each(lambda a: {view}, result)")


def numpy_scalars(cell: str, function: str) -> str:
    """Returns numbers as 0-dimensional arrays."""
    return _wrapped(cell, function, "_each(lambda a: a, result, numbers=True)")


def python_scalars(cell: str, function: str) -> str:
    """Returns 0-dimensional arrays as plain numbers."""
    return _wrapped(cell, function, "_each(lambda a: a if a.ndim else a.item(), result)")


def matmul(cell: str, function: str) -> str:
    """Multiplies matrices with `np.matmul` for `np.dot`, and the other way round."""
    return re.sub(r"\bnp\.(dot|matmul)\(", _other_product, cell)


def temporaries(cell: str, function: str) -> str:
    """Keeps every assigned value in a temporary first."""
    tree = ast.parse(cell)
    return ast.unparse(ast.fix_missing_locations(_Temporaries().visit(tree)))


def float32_input(cell: str, function: str) -> str:
    """Computes in single precision from the arguments to the result."""
    return f"{_EACH}\n{cell}\n_written_{function} = {function}\n" + (
        f"def {function}(*args, **kwargs):\n"
        "    single = lambda a: a.astype(_np.float32) if a.dtype == float and a.ndim else a\n"
        "    args = [_each(single, value) for value in args]\n"
        "    kwargs = {key: _each(single, value) for key, value in kwargs.items()}\n"
        f"    return _each(single, _written_{function}(*args, **kwargs))\n"
    )


VARIANTS: dict[str, Variant] = {
    "prints": prints,
    "warns": warns,
    "aliased import": aliased_import,
    "whole import": whole_import,
    "helper function": helper_function,
    "Fortran order": fortran_order,
    "not contiguous": not_contiguous,
    "numpy scalars": numpy_scalars,
    "Python scalars": python_scalars,
    "matmul": matmul,
    "temporaries": temporaries,
    "float32 input": float32_input,
}
WITHOUT_WRAPPER = ("prints", "warns", "aliased import", "matmul", "temporaries")


def variants(cell: str, function: str) -> dict[str, str]:
    """All variants of a solution cell that differ from it, by name.

    A class and a variable have no wrapper around them: those of a function are left out.
    """
    kinds = {type(node) for node in _definitions(ast.parse(cell), function)}
    apply = VARIANTS if ast.FunctionDef in kinds else {n: VARIANTS[n] for n in WITHOUT_WRAPPER}
    made = {name: variant(cell, function) for name, variant in apply.items()}
    return {name: text for name, text in made.items() if text != cell}


_EACH = """\
import numpy as _np
def _each(change, value, numbers=False):
    if isinstance(value, (_np.ndarray, _np.generic)):
        return change(_np.asarray(value))
    if isinstance(value, dict):
        return {key: _each(change, item, numbers) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_each(change, item, numbers) for item in value)
    if numbers and type(value) in (int, float):
        return _np.array(value)
    return value
"""


def _wrapped(cell: str, function: str, result: str) -> str:
    return (
        f"{_EACH}\n{cell}\n_written_{function} = {function}\n"
        f"def {function}(*args, **kwargs):\n"
        f"    result = _written_{function}(*args, **kwargs)\n"
        f"    return {result}\n"
    )


def _first_in(cell: str, function: str, statements: str) -> str:
    """The cell with statements put before a function's own (behind its docstring).

    Of a class into each method; of a variable before the cell.
    """
    tree = ast.parse(cell)
    defined = _definitions(tree, function)
    for node in defined:
        for own in [node] if isinstance(node, ast.FunctionDef) else node.body:
            if isinstance(own, ast.FunctionDef):
                _put_first(own, statements)
    if not defined:
        tree.body[:0] = ast.parse(statements).body
    return ast.unparse(ast.fix_missing_locations(tree))


def _definitions(tree: ast.Module, name: str) -> list[ast.FunctionDef | ast.ClassDef]:
    kinds = ast.FunctionDef | ast.ClassDef
    return [node for node in tree.body if isinstance(node, kinds) and node.name == name]


def _put_first(node: ast.FunctionDef, statements: str) -> None:
    skip = 1 if ast.get_docstring(node) is not None else 0
    node.body[skip:skip] = ast.parse(statements).body


def _other_product(found: re.Match[str]) -> str:
    return "np.matmul(" if found[1] == "dot" else "np.dot("


class _Temporaries(ast.NodeTransformer):
    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        name = "assigned_value"
        kept = ast.Assign([ast.Name(name, ast.Store())], node.value)
        return [kept, ast.Assign(node.targets, ast.Name(name, ast.Load()))]
