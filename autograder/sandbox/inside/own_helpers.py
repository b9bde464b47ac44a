"""A student's own helpers, as they were when a function's cell had run.

A cell of the course's below may give a helper's name to something else. The notebook's own check
has called the function before that; a call that comes when all cells have run finds the helper
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# In the notebook's names: two dictionaries. By a function's name the function, and the helpers as
# they were then; by a helper's name what a cell of the course's has put in its place.
KEPT = "_own_helpers"


def helpers_of(names: dict[str, Any], called: str | Sequence[str]) -> dict[str, Any]:
    """The helpers to put back while a function is called, or while a driver uses several names.

    None whose name the student has given to something else since, and none that a driver asks for.
    """
    kept = names.get(KEPT)
    if kept is None:
        return {}
    used = (called,) if isinstance(called, str) else called
    found: dict[str, Any] = {}
    try:
        written, taken = kept
        for name in used:
            function, helpers = written.get(name, (None, {}))
            if function is not None and function is names.get(name):
                found |= {n: helpers[n] for n in helpers if n in taken and n not in used}
        return {n: v for n, v in found.items() if names.get(n) is taken[n] and v is not taken[n]}
    except Exception:  # what a student has put there
        return {}
