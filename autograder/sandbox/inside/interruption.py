"""Lets an interrupt from the judge stop the running cell, but not the package's own code.

The judge sends SIGINT when the time of a cell is over. As in a kernel the cell gets a
KeyboardInterrupt, and what it had defined stays.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

CellPlace = tuple[int, int]  # of a cell: the line at its top level, and the innermost line in it
Tell = Callable[[CellPlace], None]


class Interruption:
    """Delivers SIGINT to the cell that runs; between cells it is ignored."""

    def __init__(self, undisturbed: str) -> None:
        """Nothing is raised in the file `undisturbed`, so that a message is written whole.

        Its functions look at `due` when they begin.
        """
        self._undisturbed = undisturbed
        self._tell: Tell | None = None
        self.due = False
        self._held = 0

    def listen(self) -> None:
        """Install the handler of SIGINT; call it in the main thread."""
        signal.signal(signal.SIGINT, self._arrived)

    def begin(self, tell: Tell) -> None:
        """Begin a cell; `tell` is called with its place when it is interrupted."""
        self.due = False
        self._tell = tell

    def end(self) -> None:
        """End the cell: from now on an interrupt is ignored."""
        self._tell = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Delay interrupts until the block ends: a message and its answer stay whole."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            if self.due and not self._held:
                self.strike_now()

    def strike_now(self) -> None:
        """Raise the KeyboardInterrupt that is due, when this is the thread that it is meant for."""
        if threading.current_thread() is threading.main_thread():
            self.due = False
            self._strike(sys._getframe())

    def _arrived(self, _: int, frame: FrameType | None) -> None:
        if self._held or self._undisturbed in (name for name, _ in lines_of_frames(frame)):
            self.due = True
        else:
            self._strike(frame)

    def _strike(self, frame: FrameType | None) -> None:
        if (tell := self._tell) is None:
            return
        with suppress(Exception):  # a cell may have closed the socket to the judge
            tell(place_in_cell(lines_of_frames(frame)))
        raise KeyboardInterrupt


def is_cell(filename: str) -> bool:
    """Whether code of this file name was compiled from a cell."""
    return filename.startswith("<ipython-input-")


def lines_of_frames(frame: FrameType | None) -> list[tuple[str, int]]:
    """File and line of a frame and of all that called it, the innermost first."""
    lines = []
    while frame is not None:
        lines.append((frame.f_code.co_filename, frame.f_lineno or 0))
        frame = frame.f_back
    return lines


def place_in_cell(lines: list[tuple[str, int]]) -> CellPlace:
    """Where the cell is that runs, of lines with the innermost first; zeros outside of cells."""
    own = [(name, line) for name, line in lines if is_cell(name)]
    if not own:
        return 0, 0
    running, top = own[-1]
    return top, next(line for name, line in own if name == running)
