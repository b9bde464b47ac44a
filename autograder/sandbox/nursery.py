"""One process imports everything for all workers of a run; their child-makers are its forks."""

from __future__ import annotations

import atexit
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.sandbox.launching import end, launch
from autograder.sandbox.limits import Limits
from autograder.sandbox.scratch import ScratchFolders


@dataclass(frozen=True)
class NurseryAddress:
    """The socket of a nursery, and the hand-outs that it has imported; plain data."""

    path: str
    assets: Path

    def connect(self) -> socket.socket | None:
        """The control socket of a new child-maker; None when the nursery is gone."""
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self.path)
        except OSError:
            connection.close()
            return None
        return connection


class Nursery:
    """The process; it imports what every notebook needs before the assignment is known.

    Use as a context manager, or `close` it.
    """

    def __init__(self) -> None:
        """Raises OSError where the path is too long for a socket."""
        self._folders = ScratchFolders()
        self._path = str(self._folders.base / "door")
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.bind(self._path)
                door.listen(256)
                self._process, self._socket = launch(self._folders.base, door.fileno())
        except OSError:
            self._folders.remove()
            raise
        self._open = True

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(patience=5.0 if kind is None else 0.0)

    def warm_up(
        self,
        limits: Limits,
        assets: Path,
        preload: Sequence[str],
        prologue: Sequence[str],
        cells: Sequence[str] = (),
    ) -> NurseryAddress:
        """Send what to import and run, as for `Sandbox`, without waiting.

        A connection waits until that is done, and is closed if it fails.
        """
        from autograder.sandbox.frames import send  # numpy takes longer than the launch

        copied = self._folders.copy_assets(assets)
        settings: dict[str, Any] = {
            "assets": str(copied),
            "preload": list(preload),
            "prologue": list(prologue),
            "cells": list(cells),
            "output_bytes": limits.output_bytes,
        }
        with suppress(OSError):
            send(self._socket.fileno(), ("nursery", settings))
        return NurseryAddress(self._path, copied)

    def close(self, patience: float = 5.0) -> None:
        """End the process; child-makers that were forked from it stay with their judges."""
        if self._open:
            self._open = False
            self._socket.close()
            end(self._process, patience)
            self._folders.remove()


_early: list[Nursery] = []


def start_early() -> None:
    """Launch a nursery before the assignment is known, while this process imports the rest."""
    with suppress(OSError):
        _early.append(Nursery())
        atexit.register(_early[-1].close)


@contextmanager
def take_nursery() -> Iterator[Nursery | None]:
    """The nursery that was started early, or a new one.

    None where none can be made (a very long TMPDIR): sandboxes then warm up by themselves.
    """
    try:
        nursery = _early.pop() if _early else Nursery()
    except OSError:
        yield None
        return
    with nursery:
        yield nursery
