"""Edits of a slice: where it begins, where it ends, and in which steps."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.repair.edit_operators import Change
from autograder.repair.places import OwnFunction


def of_a_slice(own: OwnFunction, node: ast.Slice) -> Iterator[Change]:
    """Another begin or end, or both; or no step, or the other direction, where there is one."""
    low, high, step = (
        own.text(part) if part else "" for part in (node.lower, node.upper, node.step)
    )
    rest = f":{step}" if step else ""
    ends = _slice_ends(own)
    for bound in ["", *ends]:
        if bound != low:
            yield Change(f"{bound}:{high}{rest}", "slice begin", 1.9, f"begin {bound}")
        if bound != high:
            yield Change(f"{low}:{bound}{rest}", "slice end", 1.9, f"end {bound}")
    for further, symbol in (("+ 1", "+"), ("- 1", "-")):
        if low:
            yield Change(f"({low}) {further}:{high}{rest}", "slice begin", 2.0, f"begin {symbol}")
        if high:
            yield Change(f"{low}:({high}) {further}{rest}", "slice end", 2.0, f"end {symbol}")
    if low and high:
        yield Change(f"{low}:({low}) + ({high}){rest}", "slice end", 2.0, "end is a length")
    if step:
        kind = "slice step" if low or high else "index extra"  # without the step it takes all
        yield Change(f"{low}:{high}", kind, 1.9, "no step")
        yield Change(f"{low}:{high}:-({step})", "slice step", 2.0, "backwards")
    yield from _both_ends(own, node)


def _slice_ends(own: OwnFunction) -> list[str]:
    """The bounds of all slices of the function, and products of what counts."""
    found = [
        own.text(bound)
        for site in own.sites
        if isinstance(site.node, ast.Slice)
        for bound in (site.node.lower, site.node.upper)
        if bound is not None
    ]
    names = {n for text in found for n in own.variables if n in text}
    ordered = [n for n in own.variables if n in names]
    products = [f"{a} * {b}" for i, a in enumerate(ordered) for b in ordered[i + 1 :]]
    return list(dict.fromkeys([*found, *ordered, *products]))


def _both_ends(own: OwnFunction, node: ast.Slice) -> Iterator[Change]:
    """Both ends at once: the slice begins where another one ends, and runs to the end."""
    if node.lower is None or node.upper is None or node.step is not None:
        return
    others = (s.node.upper for s in own.sites if isinstance(s.node, ast.Slice) and s.node.upper)
    for end in dict.fromkeys(own.text(o) for o in others):
        yield Change(f"{end}:", "slice", 2.4, f"from {end}")
