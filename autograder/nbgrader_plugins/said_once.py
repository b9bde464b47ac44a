"""Lets a warning of an unknown setting pass once: each object that reads it repeats it."""

from __future__ import annotations

import logging

_BEGINNING = "Config option "  # as traitlets words it


class SaidOnce(logging.Filter):
    """A filter of a logger for as long as a command runs."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is new, or of another kind."""
        text = record.getMessage()
        if not text.startswith(_BEGINNING):
            return True
        is_new = text not in self._said
        self._said.add(text)
        return is_new
