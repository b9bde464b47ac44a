"""Finds names of a function that nothing in its notebook gives a value, by reading alone.

The first one ends every call: what a second name lacks never shows.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from autograder.handout.words import Text
from autograder.judge.exceptions import name_not_known
from autograder.repair.places import MOST_READ, OwnFunction, Splice

MOST_CELLS = 5 * MOST_READ  # characters of a notebook that is looked through
LONGEST = 60  # letters of a name that is told
SHORTEST = 3  # letters of a name that another one may have been meant for
ALIKE = 0.9  # of the letters of a long name and of one that was perhaps meant
BEGINNING = 4  # letters with which a name and one that was perhaps meant begin
MOST_NAMES = 3  # that are told of one function
MOST_KNOWN = 2000  # names of a notebook among which those are looked for
MOST_MEANT = 20  # different names of one function that others are looked for in place of
OF_IPYTHON = frozenset({"get_ipython", "display", "In", "Out", "exit", "quit"})
# Where one of these is read, nobody can see which names there are.
FILLS_NAMES = frozenset({
    "exec", "eval", "globals", "locals", "vars", "setattr", "get_ipython", "__builtins__",
})  # fmt: skip
_LOOK_ALIKE = str.maketrans("lio", "110")
_HARMLESS = re.compile(r"^\s*(?:%(?:matplotlib|load_ext|autoreload|config)\b|!).*$", re.M)


@dataclass(frozen=True)
class Meant:
    """A function with the names that were meant; another one could have been, unless it is sure."""

    own: OwnFunction
    is_sure: bool


def unknown_names(cells: Sequence[str], own: OwnFunction) -> list[Text]:
    """The sentences on names that a function reads and nobody can know, in the order of lines."""
    first: dict[str, ast.Name] = {}
    for node in _unknown(_given_in(cells), own):
        first.setdefault(node.id, node)
    return [_said(own, node) for node in list(first.values())[:MOST_NAMES]]


def spelled_right(
    cells: Sequence[str], own: OwnFunction, told: Collection[str] = ()
) -> Meant | None:
    """The function with the names that were meant in the places of those that nobody knows.

    `told` are names that were not known when it ran: a later cell may give them a value. None where
    it has no such names, or where one is spelled like no other, or like several.
    """
    mine = {*own.variables, *own.parameters, *own.helpers}
    given = _given_in(cells)
    places: dict[str, list[ast.Name]] = {}
    for node in _unknown(given, own, set(told) - mine):
        places.setdefault(node.id, []).append(node)
    if not places or len(places) > MOST_MEANT:
        return None
    splices: dict[Splice, bool] = {}
    for name, nodes in places.items():
        near = [n for n in (mine | (given or set())) - {name} if _are_near(name, n)]
        perhaps = near or _perhaps_meant(name, own, given or ())
        targets = [] if perhaps else list(_filled_by_key(own, name))
        if len(perhaps or targets) != 1:
            return None
        new = perhaps[0] if perhaps else name
        splices |= {Splice(own.start(n), own.end(n), new): bool(near) for n in targets or nodes}
    return Meant(OwnFunction(own.with_splices(tuple(splices)), own.name), all(splices.values()))


def _perhaps_meant(name: str, own: OwnFunction, given: Collection[str]) -> list[str]:
    """The names that one which is spelled otherwise was meant for, perhaps."""
    begun = [other for other in own.variables if _begin_alike(name, other)]
    if begun or len(given) > MOST_KNOWN:
        return begun
    return get_close_matches(name, sorted(given), cutoff=ALIKE)


def _filled_by_key(own: OwnFunction, name: str) -> Iterator[ast.Name]:
    """The variables that get what has a name as its key, as `b2` in ``b2 = parameters["b3"]``."""
    for statement in own.statements:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(statement, ast.Assign):
            keys = (n.value for n in ast.walk(statement.value) if isinstance(n, ast.Constant))
            if name in keys:
                yield target


def _begin_alike(one: str, other: str) -> bool:
    begins = {name.replace("_", "").lower()[:BEGINNING] for name in (one, other)}
    return len(begins) == 1 and len(begins.pop()) == BEGINNING


def _are_near(one: str, other: str) -> bool:
    """Whether two names differ by one letter more, or by underscores, capitals or 1 for l alone."""
    short, long = sorted((name.replace("_", "").lower() for name in (one, other)), key=len)
    if len(long) > len(short) + 1:
        return False
    if short.translate(_LOOK_ALIKE) == long.translate(_LOOK_ALIKE):
        return True
    more = (long[:n] + long[n + 1 :] == short and c.isalpha() for n, c in enumerate(long))
    return len(short) >= SHORTEST and any(more)


def _unknown(
    given: frozenset[str] | None, own: OwnFunction, told: Collection[str] = ()
) -> list[ast.Name]:
    """The places where a function reads a name that nothing gives a value, in their order."""
    if given is None:
        return _places(own, told)
    try:
        mine = _table(own.with_splices())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _places(own, told)
    known = {*dir(builtins), *OF_IPYTHON, *given}
    names = {own.name, *own.helpers}
    read = {
        name for function in mine.get_children() if function.get_name() in names
        for name in _read_from_outside(function)
    }  # fmt: skip
    unknown = {name for name in read - known if name[0] != "_" and len(name) <= LONGEST}
    return _places(own, unknown | set(told))


def _places(own: OwnFunction, names: Collection[str]) -> list[ast.Name]:
    nodes = [n for n in ast.walk(own.bare) if isinstance(n, ast.Name) and n.id in names]
    return sorted(nodes, key=own.start)


def _given_in(cells: Sequence[str]) -> frozenset[str] | None:
    """The names that the cells give a value for all functions; None where that cannot be seen."""
    if sum(map(len, cells)) > MOST_CELLS:
        return None
    try:
        return frozenset(name for cell in cells for name in _given_everywhere(_table(cell)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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
