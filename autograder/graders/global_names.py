"""Names that code takes from its module, and the statements of a module that bind them."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path


def global_names(text: str) -> set[str]:
    """Names that a piece of code looks up in its module; not those of its functions alone.

    Raises SyntaxError.
    """
    found: set[str] = set()
    tables = [symtable.symtable(text, "<names>", "exec")]
    while tables:
        table = tables.pop()
        is_module = table.get_type() == "module"
        found |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if (symbol.is_referenced() if is_module else symbol.is_global())
        }
        tables += table.get_children()
    return found


def statements_needed(text: str, file: Path) -> str:
    """The imports, constants and helper functions of a file that some code uses, as text.

    What the file takes from this package is left out: no notebook has it. So is a function that
    does nothing: it stands for the notebook's own.
    """
    bound = _bound_by_statement(file.read_text(encoding="utf-8"))
    wanted = global_names(text)
    kept: set[str] = set()
    while new := {one for one, names in bound.items() if one not in kept and names & wanted}:
        kept |= new
        wanted |= {name for one in new for name in global_names(one)}
    return "".join(f"{one}\n" for one in bound if one in kept)


@lru_cache(maxsize=8)  # a file's versions ask one after the other, 5 ms each without it
def _bound_by_statement(module: str) -> Mapping[str, set[str]]:
    """The statements of a module that may be needed, with the names that each binds."""
    body = ast.parse(module).body
    ours = {name for node in body if _is_import_of_ours(node) for name in _bound(node)}
    statements = [node for node in body if not _is_import_of_ours(node)]
    own = [node for node in statements if not _registers(node, ours) and not _is_empty(node)]
    return {ast.unparse(node): _bound(node) for node in own}


def _bound(node: ast.stmt) -> set[str]:
    """Names that a statement of a module binds."""
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    if isinstance(node, ast.Expr):
        return set()
    table = symtable.symtable(ast.unparse(node), "<names>", "exec")
    symbols = table.get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}


def _is_import_of_ours(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder")


def _registers(node: ast.stmt, ours: set[str]) -> bool:
    """Whether a statement is a definition that this package's decorators register."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    return any(global_names(ast.unparse(decorator)) & ours for decorator in decorators)


def _is_empty(node: ast.stmt) -> bool:
    """Whether a function does nothing: its body is a docstring, `pass` or `...`."""
    return isinstance(node, ast.FunctionDef) and all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in node.body
    )
