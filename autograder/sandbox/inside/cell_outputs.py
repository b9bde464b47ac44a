"""What a cell shows, in order, as nbformat 4 outputs that go to the judge while the cell runs."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from autograder.sandbox.inside.interruption import Interruption

_STREAMS = {1: "stdout", 2: "stderr"}
_SEND_AFTER_SECONDS = 0.01
_SEND_AFTER_CHARACTERS = 1 << 15

Output = dict[str, Any]


class OutputRecorder:
    """Joins printed text into stream outputs, in order with rich outputs.

    Text printed while nothing is being recorded (a late thread) is dropped.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit  # bytes per request
        self.owns_descriptors = False  # 1 and 2 are this process's own files
        self.interruption = Interruption(__file__)
        self._lock = threading.RLock()
        self._emit: Callable[[Output], None] | None = None
        self._left = 0
        self._name = ""
        self._pending: list[str] = []
        self._pending_size = 0
        self._sent_at = 0.0

    def start(self, emit: Callable[[Output], None]) -> None:
        """Hand outputs to `emit` from now on."""
        with self._lock:
            self._emit, self._left, self._sent_at = emit, self.limit, 0.0

    def stop(self) -> bool:
        """Send what is pending and drop what comes later; True when outputs were cut off."""
        with self._lock:
            self._collect_descriptors()
            self._flush()
            self._emit = None
            return self._left < 0

    def write(self, name: str, text: str) -> None:
        """Add text to the stream output `name` (stdout or stderr)."""
        if self.interruption.due:
            self.interruption.strike_now()
        with self._lock:
            if self._emit is None or self._left < 0:
                return
            if name != self._name:
                self._flush()
                self._name = name
            self._pending.append(text[: self._left])
            self._pending_size += len(text)
            self._left -= len(text)
            late = time.monotonic() - self._sent_at > _SEND_AFTER_SECONDS
            if (late and text.endswith("\n")) or self._pending_size > _SEND_AFTER_CHARACTERS:
                self._flush()

    def add(self, output: Output) -> None:
        """Add a rich output or an error behind the text before it."""
        if self.interruption.due:
            self.interruption.strike_now()
        with self._lock:
            self._flush()
            if self._left >= 0:
                self._left -= sum(len(str(value)) for value in _leaves(output))
            if self._left >= 0:
                self._send(output)

    def _flush(self) -> None:
        text, self._pending, self._pending_size = "".join(self._pending), [], 0
        if text:
            self._send({"output_type": "stream", "name": self._name, "text": text})

    def _send(self, output: Output) -> None:
        if self._emit is not None:
            self._emit(output)
            self._sent_at = time.monotonic()

    def _collect_descriptors(self) -> None:
        """What C code or os.write wrote to descriptors 1 and 2, behind everything else."""
        for fd, name in _STREAMS.items() if self.owns_descriptors else ():
            with suppress(OSError):  # a cell may close them
                if os.fstat(fd).st_size:
                    data = os.pread(fd, self.limit, 0)
                    os.lseek(fd, 0, os.SEEK_SET)
                    os.ftruncate(fd, 0)
                    self.write(name, data.decode("utf-8", "replace"))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


class RecordedStream(io.TextIOBase):
    """sys.stdout or sys.stderr of a child."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, recorder: OutputRecorder, fd: int) -> None:
        self._recorder = recorder
        self._fd = fd
        self.name = f"<{_STREAMS[fd]}>"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._fd

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.write(_STREAMS[self._fd], text)
        return len(text)
