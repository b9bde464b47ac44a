"""Tells whoever watches this process that a submission is judged: only hints are searched for now.

What the search takes too much of then costs the hints: the submission is graded again without it.
"""

from __future__ import annotations

from collections.abc import Callable


class _WhoIsTold:
    """Who is told."""

    tell: Callable[[], None] | None = None


def tell_of_searches(tell: Callable[[], None]) -> None:
    """Have a function called whenever all of a submission is judged, and the search begins."""
    _WhoIsTold.tell = tell


def only_hints_are_left() -> None:
    """Say that the search begins."""
    if _WhoIsTold.tell is not None:
        _WhoIsTold.tell()
