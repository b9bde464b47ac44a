"""Imports inside of a student's functions, done before the first call.

To import a library can take longer than a call may. In a kernel that costs nobody a point.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache

from autograder.notebook.cells import RunnableCell

PLACE = -1000  # less the place of the cell that the imports are from
_MOST = 20  # imports of one cell
_MOST_READ = 100_000  # characters of the cells of a notebook: reading them is in nobody's limit
_QUICK = sys.stdlib_module_names | {"numpy", "matplotlib"}  # or imported already
_EACH = "for line in {}:\n    try:\n        exec(line, {{}})\n    except Exception:\n        pass"
_NOT_READ = (SyntaxError, ValueError, MemoryError, RecursionError)


def with_inner_imports(cells: Iterable[RunnableCell], begun: int) -> Iterator[RunnableCell]:
    """The cells, each that needs it followed by a cell of ours that imports what it will need.

    The first `begun` cells have run already.
    """
    left = _MOST_READ
    for number, cell in enumerate(cells):
        yield cell
        if number < begun or not cell.needed or "import " not in cell.source:
            continue
        if len(cell.source) <= left:
            left -= len(cell.source)
            if text := _importing(cell.source):
                yield RunnableCell(PLACE - cell.index, text)


def is_ours(cell: RunnableCell) -> bool:
    """Whether a cell is one that was put in here."""
    return cell.index <= PLACE


@lru_cache(maxsize=64)
def _importing(source: str) -> str:
    """Code that does the imports of a cell's functions and leaves no name; "" for none."""
    found = list(dict.fromkeys(_inner_imports(source)))[:_MOST]
    if not found:
        return ""
    return f"exec({_EACH.format(repr(found))!r}, {{}})"


def _inner_imports(source: str) -> Iterator[str]:
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    try:
        tree = ast.parse("\n".join(lines))
    except _NOT_READ:
        return
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]  # and whether it is in a function
    while waiting:
        node, inside = waiting.pop()
        if inside and any(name.partition(".")[0] not in _QUICK for name in _imported(node)):
            yield ast.unparse(node)
        inside = inside or isinstance(node, ast.FunctionDef)
        waiting += [(child, inside) for child in ast.iter_child_nodes(node)][::-1]


def _imported(node: ast.AST) -> list[str]:
    """The names of the modules that a node imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []
