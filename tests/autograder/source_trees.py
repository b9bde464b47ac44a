"""Files of the package as trees, each read once by the tests that look at what is written."""

import ast
from functools import cache
from pathlib import Path


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Every node of a file, the whole of it first."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
