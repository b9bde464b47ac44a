"""Finds names of a function that nothing in its notebook gives a value, by reading alone.

The first one ends every call: what a second name lacks never shows.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator, Sequence

from autograder.handout.words import Text
from autograder.judge.exceptions import name_not_known
from autograder.repair.places import MOST_READ, OwnFunction, Splice

MOST_CELLS = 5 * MOST_READ  # characters of a notebook that is looked through
LONGEST = 60  # letters of a name that is told
SHORTEST = 3  # letters of a name that another one may have been meant for
MOST_NAMES = 3  # that are told of one function
OF_IPYTHON = frozenset({"get_ipython", "display", "In", "Out", "exit", "quit"})
# Where one of these is read, nobody can see which names there are.
FILLS_NAMES = frozenset({
    "exec", "eval", "globals", "locals", "vars", "setattr", "get_ipython", "__builtins__",
})  # fmt: skip
_HARMLESS = re.compile(r"^\s*(?:%(?:matplotlib|load_ext|autoreload|config)\b|!).*$", re.M)


def unknown_names(cells: Sequence[str], own: OwnFunction) -> list[Text]:
    """The sentences on names that a function reads and nobody can know, in the order of lines."""
    first: dict[str, ast.Name] = {}
    for node in _unknown(cells, own):
        first.setdefault(node.id, node)
    return [_said(own, node) for node in list(first.values())[:MOST_NAMES]]


def spelled_right(cells: Sequence[str], own: OwnFunction) -> OwnFunction | None:
    """The function with the names that were meant in the places of those that nobody knows.

    None where it has no such names, or where one is spelled like no other, or like several.
    """
    mine = {*own.variables, *own.parameters, *own.helpers}
    splices = []
    for node in _unknown(cells, own):
        known = (mine | _known_everywhere(cells)) - {node.id}
        near = [name for name in known if _are_near(node.id, name)]
        if len(near) != 1:
            return None
        splices.append(Splice(own.start(node), own.end(node), near[0]))
    return OwnFunction(own.with_splices(tuple(splices)), own.name) if splices else None


def _are_near(one: str, other: str) -> bool:
    """Whether two names differ by one letter more, or by underscores and capitals alone."""
    short, long = sorted((name.replace("_", "").lower() for name in (one, other)), key=len)
    if short == long:
        return True
    more = (long[:n] + long[n + 1 :] == short and c.isalpha() for n, c in enumerate(long))
    return len(short) >= SHORTEST and any(more)


def _unknown(cells: Sequence[str], own: OwnFunction) -> list[ast.Name]:
    """The places where a function reads a name that nothing gives a value, in their order."""
    if sum(map(len, cells)) > MOST_CELLS:
        return []
    try:
        tables = [_table(cell) for cell in cells]
        mine = _table(own.with_splices())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    known = set(dir(builtins)) | OF_IPYTHON
    known |= {name for table in tables for name in _given_everywhere(table)}
    names = {own.name, *own.helpers}
    read = {
        name for function in mine.get_children() if function.get_name() in names
        for name in _read_from_outside(function)
    }  # fmt: skip
    unknown = {name for name in read - known if name[0] != "_" and len(name) <= LONGEST}
    nodes = [n for n in ast.walk(own.bare) if isinstance(n, ast.Name) and n.id in unknown]
    return sorted(nodes, key=own.start)


def _known_everywhere(cells: Sequence[str]) -> set[str]:
    return {name for cell in cells for name in _given_everywhere(_table(cell))}


def _said(own: OwnFunction, node: ast.Name) -> Text:
    place = own.start(node)
    line, _ = own.lines_with(Splice(place, place, ""))
    return name_not_known(node.id, node.lineno, line)


def _table(cell: str) -> symtable.SymbolTable:
    """The names of a cell by scope. Raises SyntaxError where they cannot be seen."""
    if len(cell) > MOST_READ:
        raise SyntaxError("a cell that is too long to be looked at")
    text = _HARMLESS.sub("", cell)
    for node in ast.walk(ast.parse(text)):
        is_everything = isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
        if is_everything or (isinstance(node, ast.Name) and node.id in FILLS_NAMES):
            raise SyntaxError("names that nobody can see")
    return symtable.symtable(text, "<cell>", "exec")


def _given_everywhere(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that a cell gives a value for all functions."""
    is_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        is_given = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
        if is_given and (is_top or symbol.is_declared_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _given_everywhere(child)


def _read_from_outside(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that a function, or one inside of it, does not give a value itself."""
    for symbol in table.get_symbols():
        if symbol.is_referenced() and symbol.is_global():
            yield symbol.get_name()
    for child in table.get_children():
        yield from _read_from_outside(child)
