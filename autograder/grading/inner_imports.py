"""Imports inside of a student's functions, done before the first call.

To import a library can take longer than a call may. In a kernel that costs nobody a point.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache

from autograder.notebook.cells import RunnableCell

_PLACE = -1000  # less the place of the cell that the imports are from
_MOST = 20  # imports of one cell
_QUICK = sys.stdlib_module_names | {"numpy", "matplotlib"}  # or imported already
_EACH = "for line in {}:\n    try:\n        exec(line, {{}})\n    except Exception:\n        pass"
_NOT_READ = (SyntaxError, ValueError, MemoryError, RecursionError)


def with_inner_imports(cells: Iterable[RunnableCell], begun: int) -> Iterator[RunnableCell]:
    """The cells, each that needs it followed by a cell of ours that imports what it will need.

    The first `begun` cells have run already.
    """
    for number, cell in enumerate(cells):
        yield cell
        if number >= begun and cell.needed and (text := _importing(cell.source)):
            yield RunnableCell(_PLACE - cell.index, text)


@lru_cache(maxsize=64)
def _importing(source: str) -> str:
    """Code that does the imports of a cell's functions and leaves no name; "" for none."""
    found = list(dict.fromkeys(_inner_imports(source)))[:_MOST] if "import " in source else []
    if not found:
        return ""
    return f"exec({_EACH.format(repr(found))!r}, {{}})"


def _inner_imports(source: str) -> Iterator[str]:
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    try:
        tree = ast.parse("\n".join(lines))
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        for node in (node for function in functions for node in ast.walk(function)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            else:
                continue
            if any(name.partition(".")[0] not in _QUICK for name in names):
                yield ast.unparse(node)
    except _NOT_READ:
        return
