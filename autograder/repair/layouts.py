"""Functions that work on transposed arrays: examples as rows, where right versions have columns.

Their values are those of right versions, in another layout.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np

from autograder.repair.places import OwnFunction, Site
from autograder.repair.traces import CALL, Table

PRODUCTS = ("dot", "matmul", "einsum", "outer")


def turns(own: OwnFunction) -> bool:
    """Whether a function transposes something that is no factor of a matrix product."""
    return any(_is_turned(own, site) for site in own.sites)


def _is_turned(own: OwnFunction, site: Site) -> bool:
    node, parent = site.node, site.parent
    if not isinstance(node, ast.Attribute) or node.attr not in ("T", "transpose"):
        return False
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult):
        return False
    called = parent.func if isinstance(parent, ast.Call) else parent
    return not (isinstance(called, ast.Attribute) and called.attr in PRODUCTS)


def other_layouts(rows: Table, turned: Table) -> Sequence[Table]:
    """The digests of values in other layouts: transposed, and vectors with a single axis.

    `rows` are the values of a right version, `turned` the same ones transposed.
    """
    if not np.array_equal(rows[:, 0], turned[:, 0]):
        return ()
    lengths = rows[:, 2:4]
    is_vector = (rows[:, 1] % CALL == 2) & np.any(lengths == 1, axis=1) & np.all(lengths, axis=1)
    flat = rows.copy()
    flat[is_vector, 1] -= 1
    flat[is_vector, 2], flat[is_vector, 3] = np.max(lengths[is_vector], axis=1), 0
    return turned, flat
