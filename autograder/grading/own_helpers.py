"""A student's own helper, under a name that a cell of the course's takes later.

In the notebook the helper is called before that cell has run, and the notebook's own checks pass.
Hidden checks call when all cells have run: a function finds such helpers as they were when its own
cell had run, and who reads the name elsewhere what the notebook ends up with
(`sandbox.inside.own_helpers`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from autograder.grading.inner_imports import PLACE
from autograder.notebook.cells import RunnableCell

_WRITTEN, _TAKEN = PLACE - 100_000, PLACE - 200_000  # less the place of the cell that has run
_KEEP = (  # `names` are the notebook's
    "kept = names.setdefault('_own_helpers', ({{}}, {{}}))[0]\n"
    "helpers = {{n: names[n] for n in {kept!r} if n in names}}\n"
    "kept.update((n, (names[n], helpers)) for n in {exercises!r} if n in names)"
)
_TAKE = "names['_own_helpers'][1].update((n, names[n]) for n in {taken!r} if n in names)"
_OURS = "try:\n    exec({!r}, {{'names': globals()}})\nexcept Exception:\n    pass"
# What a cell defines, whatever else is in it: IPython reads more than Python's parser does.
_DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)


class OwnHelpers:
    """Keeps students' helpers from the cells of one release."""

    def __init__(self, provided: Collection[str], graded: Collection[str]) -> None:
        """`provided` are the texts of the course's own cells, `graded` the names of exercises."""
        self._graded = frozenset(graded)
        self._takes = {source: _bound_in(source) - self._graded for source in provided}
        self._taken = frozenset().union(*self._takes.values())

    def kept_in(self, cells: Sequence[RunnableCell], begun: int) -> Iterator[RunnableCell]:
        """The cells, and such as note a student's helpers and what takes their names.

        The first `begun` cells have run already.
        """
        kept: set[str] = set()
        for place, cell in enumerate(cells):
            yield cell
            if cell.source in self._takes:
                if taken := kept & self._takes[cell.source]:
                    yield _ours(_TAKEN - place, _TAKE.format(taken=sorted(taken)))
            elif place >= begun and cell.needed:
                defined = {*_DEFINED.findall(cell.source)}
                if exercises := sorted(defined & self._graded):
                    kept |= defined & self._taken
                    if kept:
                        text = _KEEP.format(kept=sorted(kept), exercises=exercises)
                        yield _ours(_WRITTEN - place, text)


def _ours(place: int, text: str) -> RunnableCell:
    """A cell that leaves no name of its own, and that nothing in a notebook makes fail."""
    return RunnableCell(place, _OURS.format(text))


def _bound_in(source: str) -> frozenset[str]:
    """The names that a cell of the course's binds outside of functions."""
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    try:
        waiting: list[ast.AST] = [ast.parse("\n".join(lines))]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return frozenset()
    bound: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name.split(".")[0])
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return frozenset(bound)
