"""What each statement of a function makes in a call, and of many versions of it.

A version is watched by its text alone, which is much faster than by its tree: `traces` looks at
every expression, and is for a few versions.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from autograder.repair.places import OwnFunction, Site, Splice
from autograder.repair.right_versions import is_whole
from autograder.repair.traces import BROKE, KEEP, TRACED, WIDTH

_CALLED = f"""
_plain_ = {{name}}
def {{name}}(*args, **kwargs):
    del _rows_[:]
    try:
        _plain_(*args, **kwargs)
    except Exception:
        _rows_.append([{BROKE}] + [0] * 6)
    return _np_.array(_rows_, dtype=float).reshape(-1, {WIDTH})
"""
_KEEP_ALL = """
def _kept_(place, *values):
    if len(values) != 1:
        return values
    return _keep_(place, values[0])
"""


class WatchedRoots:
    """A function of which many versions are watched."""

    def __init__(self, own: OwnFunction) -> None:
        self.own = own
        self._places = [
            (number, own.start(site.node), own.end(site.node))
            for number, site in enumerate(own.sites) if _is_root(site)
        ]  # fmt: skip

    def version(self, splices: Sequence[Splice] = ()) -> str:
        """The text of a version that answers with the values of the function's roots."""
        opened, closed = [], []
        for number, start, end in self._places:
            if not any(s.start < start < s.end or s.start < end < s.end for s in splices):
                opened.append(Splice(start, start, f"_kept_({number}, "))
                closed.append(Splice(end, end, ")"))
        text = self.own.with_splices((*opened, *splices, *closed))
        return f"{KEEP}{_KEEP_ALL}\n{text}\n{_CALLED.format(name=self.own.name)}"


def _is_root(site: Site) -> bool:
    if site.path.startswith("/target") or not isinstance(site.node, TRACED):
        return False  # of others there is no right value: lists, constants
    if isinstance(site.statement, ast.FunctionDef | ast.For | ast.With | ast.AsyncFunctionDef):
        return False
    return site.parent is site.statement or is_whole(site)
