"""What places of a function have in common, where one slip is made in several of them."""

from __future__ import annotations

import ast
import re

from autograder.repair.edit_operators import Change
from autograder.repair.places import OwnFunction, Site

SAME_ENDING = 3  # letters of names for one thing of two kinds
NOT_OF_A_KEY = (
    "call missing", "factor missing", "term missing", "index missing", "power missing", "function",
    "option",
)  # fmt: skip
_NUMBER = re.compile(r"[A-Za-z](\d)$")


def keys(own: OwnFunction) -> set[int]:
    """All that keys are made of, as in ``v["dW" + str(l)]``."""
    return {
        id(part) for node in ast.walk(own.node) if isinstance(node, ast.Subscript)
        and any(isinstance(n, ast.Constant) and isinstance(n.value, str)
                for n in ast.walk(node.slice))
        for part in ast.walk(node.slice)
    }  # fmt: skip


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


def parent_text(own: OwnFunction, site: Site) -> str:
    parent = site.parent
    known = isinstance(parent, ast.expr) and not isinstance(parent, ast.JoinedStr)
    return own.text(parent) if known else f"line {site.node.lineno}"  # type: ignore[arg-type]


def general(change: Change, target: str) -> str:
    """The slip without the names: beta1 for beta2 here, b for W there; W3 missing in dW3."""
    if change.kind not in ("name", "key"):
        number = _NUMBER.search(target)
        return (
            re.sub(rf"(?<=[A-Za-z]){number[1]}$", "…", change.detail) if number else change.detail
        )
    old, _, new = change.detail.partition(">")
    return f"{new[: -len(old)]}…" if old and new.endswith(old) and new != old else new
