"""Messages for cells that stopped before their end.

They quote the student's own exceptions, which were raised before there was any hidden input.
"""

from __future__ import annotations

from autograder.handout.words import Text
from autograder.sandbox import CellStop

_LONGEST = 300  # characters of an exception's message
_WITH_LINE = {
    "error": "this cell stops at line {line}: {error}",
    "timeout": "this cell was stopped at line {line} after {seconds} seconds",
    "memory": "this cell was stopped at line {line}: it takes more memory or disk than there is",
    "crashed": "this cell ended the Python process it ran in, at line {line}",
}
_WITHOUT = {
    "error": "this cell stops: {error}",
    "timeout": "this cell was stopped after {seconds} seconds",
    "memory": "this cell was stopped: it takes more memory or disk than there is",
    "crashed": "this cell ended the Python process it ran in",
}


def tell(stop: CellStop) -> Text:
    """One sentence: where the cell stopped, and why."""
    template = (_WITH_LINE if stop.line else _WITHOUT)[stop.status]
    parts = {"line": str(stop.line), "seconds": f"{stop.seconds:g}", "error": _error(stop)}
    return Text(template, **{k: v for k, v in parts.items() if f"{{{k}}}" in template})


def tell_missing(name: str, stop: CellStop) -> Text:
    """One sentence on a function that is missing because its cell stopped."""
    return Text("`{name}` is not defined: {why}.", name=name, why=tell(stop))


def _error(stop: CellStop) -> str:
    """The exception's type and message; for a SyntaxError, its message alone."""
    lines = stop.error_message[:_LONGEST].splitlines()
    message = lines[0].partition(" (<ipython-input-")[0] if lines else ""
    readable = stop.error_name in ("SyntaxError", "IndentationError", "TabError")
    return message if readable and message else f"{stop.error_name}: {message}".rstrip(": ")
