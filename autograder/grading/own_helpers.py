"""A student's own helper, under a name that a cell of the course's takes later.

In the notebook the helper is called before that cell has run, and the notebook's own checks pass.
Hidden checks call when all cells have run: they find the helper again, as the student wrote it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from autograder.grading.inner_imports import PLACE
from autograder.notebook.cells import RunnableCell

_KEPT = PLACE - 100_000  # less the place of the cell whose helpers are kept
_LAST = PLACE - 200_000
_KEEP = (
    "globals().setdefault('_own_helpers', {{}})"
    ".update((n, globals()[n]) for n in {!r} if n in globals())"
)
_PUT_BACK = "globals().update(globals().get('_own_helpers', {}))"
_MOST_READ = 100_000  # characters of the cells of a notebook: reading them is in nobody's limit
_INSIDE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class _Names(NamedTuple):
    """The names of a cell: those that it binds, and those that its functions read when called."""

    bound: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    read_inside: frozenset[str] = frozenset()


class OwnHelpers:
    """Keeps students' helpers from the cells of one release."""

    def __init__(self, provided: Collection[str], graded: Collection[str]) -> None:
        """`provided` are the texts of the course's own cells, `graded` the names of exercises."""
        self._provided = frozenset(provided)
        bound = frozenset().union(*(_names_of(source).bound for source in self._provided))
        self._taken = bound - set(graded)  # names that a student's helper may lose

    def kept_in(self, cells: Sequence[RunnableCell], begun: int) -> list[RunnableCell]:
        """The cells, and such as keep a student's helpers and put them back when all have run.

        The first `begun` cells have run already. A helper stays replaced where a later cell of the
        student's has the name, too, or where a function in another cell reads it: that one may need
        what the course has put there.
        """
        if sum(len(cell.source) for cell in cells) > _MOST_READ:
            return list(cells)
        own = [
            place for place, cell in enumerate(cells)
            if place >= begun and cell.needed and cell.source not in self._provided
            and cell.source.count("def ") > 1
        ]  # fmt: skip
        names = [_names_of(cell.source) for cell in cells] if own else []
        kept = {}
        for place in own:
            helpers = sorted(names[place].defined & self._taken)
            if found := [h for h in helpers if self._is_taken(h, place, cells, names)]:
                kept[place] = found
        return list(_with(cells, kept)) if kept else list(cells)

    def _is_taken(
        self, name: str, place: int, cells: Sequence[RunnableCell], names: Sequence[_Names]
    ) -> bool:
        """Whether the course's cells below have the name, and nobody else needs it."""
        if any(name in found.read_inside for n, found in enumerate(names) if n != place):
            return False
        takers = [n for n in range(place + 1, len(cells)) if name in names[n].bound]
        return bool(takers) and all(cells[n].source in self._provided for n in takers)


def _with(cells: Sequence[RunnableCell], kept: dict[int, list[str]]) -> Iterator[RunnableCell]:
    for place, cell in enumerate(cells):
        yield cell
        if place in kept:
            yield RunnableCell(_KEPT - place, _KEEP.format(kept[place]))
    yield RunnableCell(_LAST, _PUT_BACK)


@lru_cache(maxsize=128)  # the cells of a lesson, and some of students'
def _names_of(source: str) -> _Names:
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return _Names()
    bound: set[str] = set()
    read: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _INSIDE):
            read |= _read_in(node)
            bound |= {node.name} if not isinstance(node, ast.Lambda) else set()
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        waiting += ast.iter_child_nodes(node)
    defined = {s.name for s in tree.body if isinstance(s, ast.FunctionDef)}
    return _Names(frozenset(bound), frozenset(defined), frozenset(read))


def _read_in(function: ast.AST) -> set[str]:
    """The names that a function or class reads, without its parameters and what it fills itself."""
    nodes = list(ast.walk(function))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - own
