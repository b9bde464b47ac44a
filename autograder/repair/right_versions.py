"""What right versions of a function give their variables in a call."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from autograder.repair.places import OwnFunction, Site, filled_names, target_of
from autograder.repair.traces import Table


@dataclass(frozen=True)
class RightVersion:
    """A right version, and the values of its expressions in some calls."""

    own: OwnFunction
    rows: Table = field(repr=False)
    layouts: Sequence[Table] = ()  # the same rows in other layouts, where these are right, too

    @cached_property
    def forms(self) -> Table:
        """The rows in all layouts."""
        return np.concatenate([self.rows, *self.layouts])

    def filled(self, name: str) -> Table:
        """The values that a variable gets; without a name those that are returned."""
        return wholes(self.own, self.forms, name)

    def read_for(self, name: str) -> list[Table]:
        """All values in the statements that make those, in each layout."""
        filling = [s for s in self.own.statements if fills(s, name)]
        here = rows_of(self.own, self.rows, filling)
        return [table[here] for table in (self.rows, *self.layouts)]

    def last(self, name: str) -> Table:
        """The values that the last statement gives a variable."""
        filling = [s for s in self.own.statements if fills(s, name)][-1:]
        return wholes(self.own, self.forms[rows_of(self.own, self.forms, filling)], name)

    @cached_property
    def ends(self) -> Table:
        """What the last statement that fills a variable gives it, of all variables."""
        last = {n: s for s in self.own.statements for n in filled_by(s)}
        places = [
            n for n, site in enumerate(self.own.sites)
            if is_whole(site) and any(site.statement is s for s in last.values())
        ]  # fmt: skip
        return self.forms[np.isin(self.forms[:, 0].astype(int), places)]

    @cached_property
    def texts(self) -> frozenset[str]:
        return frozenset(
            ast.unparse(n) for s in self.own.body for n in ast.walk(s) if isinstance(n, ast.expr)
        )


def made_by(statement: ast.stmt) -> str | None:
    """The one variable that a statement fills, nothing for a return; None for other statements."""
    if isinstance(statement, ast.Return):
        return ""
    names = filled_by(statement)
    return next(iter(names)) if len(names) == 1 else None


def filled_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Assign):
        return filled_names(statement)
    return {target_of(statement)} - {""}


def fills(statement: ast.stmt, name: str) -> bool:
    return name in filled_by(statement) if name else isinstance(statement, ast.Return)


def grown(own: OwnFunction) -> set[str]:
    """Variables whose methods fill them, as lists."""
    return {
        site.node.func.value.id for site in own.sites
        if isinstance(site.node, ast.Call) and isinstance(site.parent, ast.Expr)
        and isinstance(site.node.func, ast.Attribute)
        and isinstance(site.node.func.value, ast.Name)
    }  # fmt: skip


def rows_of(own: OwnFunction, rows: Table, statements: Sequence[ast.stmt]) -> np.ndarray:
    """Which rows are of these statements."""
    places = {n for n, s in enumerate(own.sites) if any(s.statement is one for one in statements)}
    return np.isin(rows[:, 0].astype(int), list(places))


def wholes(own: OwnFunction, rows: Table, name: str) -> Table:
    """The values, as a whole, of the statements that fill a variable."""
    places = [
        n for n, site in enumerate(own.sites)
        if fills(site.statement, name) and is_whole(site)
        and (name or site.statement not in own.inner)
    ]  # fmt: skip
    found: Table = rows[np.isin(rows[:, 0].astype(int), places)]
    return found


def is_whole(site: Site) -> bool:
    """Whether it is all that a statement gives to a variable, and no part of that."""
    if is_added_up(site.statement) or site.path.startswith("/target"):
        return False
    return site.parent is site.statement or (
        isinstance(site.parent, ast.Tuple)
        and site.parent is getattr(site.statement, "value", None)  # and of no index or argument
    )


def is_added_up(statement: ast.stmt) -> bool:
    """Whether it adds to a variable, or takes off: what that holds then is not watched."""
    return isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub)
