"""What places of a function have in common, where one slip is made in several of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from autograder.repair.edit_operators import Change
from autograder.repair.places import OwnFunction, Site, target_of

SAME_ENDING = 3  # letters of names for one thing of two kinds
NOT_OF_A_KEY = (
    "call missing", "factor missing", "term missing", "index missing", "power missing", "function",
    "option",
)  # fmt: skip
OF_CALLS = ("option", "function", "call extra")  # made in all calls of one function
_NUMBER = re.compile(r"[A-Za-z](\d)$")


def keys(own: OwnFunction) -> set[int]:
    """All that keys are made of, as in ``v["dW" + str(l)]``."""
    return {
        id(part) for node in ast.walk(own.node) if isinstance(node, ast.Subscript)
        and any(isinstance(n, ast.Constant) and isinstance(n.value, str)
                for n in ast.walk(node.slice))
        for part in ast.walk(node.slice)
    }  # fmt: skip


def likenesses(
    own: OwnFunction, site: Site, change: Change, shapes: Mapping[int, str],
    around: Mapping[int, str],
) -> Iterator[tuple[str, ...]]:  # fmt: skip
    """What other places have in common with that of an edit: it may be one slip in all of them.

    `shapes` are those of statements and expressions, `around` the texts that these stand in.
    """
    kind, detail = change.kind, change.detail
    old = own.text(site.node)
    shape = shapes[id(site.statement)]
    target = target_of(site.statement)
    without_names = general(change, target)
    parent = around.get(id(site.parent), f"line {site.node.lineno}")
    yield from (
        ("text", kind, old, change.text),
        ("within", kind, old, change.text, str(site.statement.lineno)),
        ("statement", kind, shape, site.path, detail),
        ("statement", kind, shape, site.path, without_names),
        ("target", kind, shape, site.path, without_names, target),
        ("parent", kind, parent, detail, site.path.rpartition("/")[2]),
        ("expression", kind, shapes[id(site.node)], detail, type(site.parent).__name__),
    )
    if kind in OF_CALLS:
        yield ("call", kind, change.name, detail)
    if kind == "key" and fits_target(site.statement, change.text):
        yield ("filled", kind, old.strip("\"'"), change.text)  # with whatever quotes
    if alike := parallel(change):
        yield ("parallel", kind, alike, str(site.statement.lineno))


def fits_target(statement: ast.stmt, text: str) -> bool:
    """Whether a key belongs to the same parameter as the one that a statement fills."""
    new = text.strip("\"'")
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    keys = [
        n.value for t in targets for n in ast.walk(t)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value
    ]  # fmt: skip
    return bool(new) and any(k.endswith(new) or new.endswith(k) for k in keys)


def parallel(change: Change) -> str:
    """Names of one kind for those of another: ``theta…`` and ``J_…`` with the same endings."""
    old, _, new = change.detail.partition(">")
    if change.kind != "name" or not new:
        return ""
    both = min(len(old), len(new))
    same = next((n for n in range(both) if old[-1 - n] != new[-1 - n]), both)
    return f"{old[:-same]}>{new[:-same]}" if SAME_ENDING <= same < both else ""


def parents(own: OwnFunction) -> dict[int, str]:
    """The texts of the expressions that others stand in; each is kept once."""
    found = {id(s.parent): s.parent for s in own.sites if isinstance(s.parent, ast.expr)}
    return {
        key: own.text(parent) for key, parent in found.items()
        if not isinstance(parent, ast.JoinedStr)
    }  # fmt: skip


def general(change: Change, target: str) -> str:
    """The slip without the names: beta1 for beta2 here, b for W there; W3 missing in dW3."""
    if change.kind not in ("name", "key"):
        number = _NUMBER.search(target)
        return (
            re.sub(rf"(?<=[A-Za-z]){number[1]}$", "…", change.detail) if number else change.detail
        )
    old, _, new = change.detail.partition(">")
    return f"{new[: -len(old)]}…" if old and new.endswith(old) and new != old else new
