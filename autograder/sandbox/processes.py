"""The judge's handle on the confined side: the child-maker, or one process per session (weak)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.sandbox.channel import Channel, ChannelError
from autograder.sandbox.frames import TRUSTED
from autograder.sandbox.launching import end, launch
from autograder.sandbox.limits import LayersMissing, SandboxError
from autograder.sandbox.nursery import NurseryAddress
from autograder.sandbox.reaping import is_dead
from autograder.sandbox.results import KILLED, KILLED_BY_SYSTEM, MAKER_DIED, Usage
from autograder.sandbox.scratch import ScratchFolders

_START_SECONDS = 120.0
_ANSWER_SECONDS = 30.0


class MakerDied(SandboxError):
    """The child-maker is gone; a new one can be started."""


class MakerProcess:
    """The child-maker: one process, from which every session is forked.

    `settings` are what warm/start.py reads; with a nursery it is ready at once. Raises SandboxError
    when it does not start.
    """

    def __init__(
        self, settings: Mapping[str, Any], home: Path, nursery: NurseryAddress | None = None
    ) -> None:
        self._sessions = 0
        self._left: set[int] = set()  # children whose end nobody waits for
        self._lock = threading.Lock()
        self.findings: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        if nursery is None or not self._comes_from(nursery, settings):
            self._process, connection = launch(home)
            self._start(connection, settings)

    def _comes_from(self, nursery: NurseryAddress, settings: Mapping[str, Any]) -> bool:
        connection = nursery.connect()
        if connection is None:
            return False
        try:
            self._start(connection, settings)
        except MakerDied:
            return False
        return True

    def _start(self, connection: socket.socket, settings: Mapping[str, Any]) -> None:
        self._socket = connection
        self._channel = Channel(connection, TRUSTED)
        try:
            answer = self._ask(("start", dict(settings)), _START_SECONDS)
            if answer[0] != "started":
                raise SandboxError(f"the sandbox did not start: {answer[1].strip()}")
            self.findings = answer[1]
            layers = self.findings["layers"].items()
            if missing := {name: text for name, text in layers if text != "holds"}:
                raise LayersMissing(settings["tier"], missing)
        except BaseException:
            self.close()
            raise

    def open(self, scratch: str, session: socket.socket) -> int:
        """Fork a child that serves the other end of `session`; returns its number."""
        deadline = time.monotonic() + _ANSWER_SECONDS
        with self._lock:
            self._sessions += 1
            try:
                self._channel.send(("fork", self._sessions, scratch), deadline)
                socket.send_fds(self._socket, [b"."], [session.fileno()])
                self._answer(deadline)
            except (ChannelError, OSError) as error:
                raise MakerDied(f"the child-maker is gone: {error}") from error
            return self._sessions

    def end(self, number: int, patience: float) -> Usage:
        """Wait `patience` seconds for a child to end, then kill it; returns its usage."""
        answer = self._ask(("end", number, patience), _ANSWER_SECONDS)
        _, _, killed, status, peak, cpu = answer
        return Usage(peak, cpu, KILLED if killed else _ended(status))

    def leave(self, number: int) -> None:
        """Have a child killed without waiting; it is gone before the next one is made."""
        with self._lock, suppress(ChannelError):
            self._channel.send(("end", number, 0.0), time.monotonic() + _ANSWER_SECONDS)
            self._left.add(number)

    def _answer(self, deadline: float) -> Any:
        """The next answer, those to `leave` left out."""
        while True:
            answer = self._channel.receive(deadline)
            if answer[0] != "ended" or answer[1] not in self._left:
                return answer
            self._left.remove(answer[1])

    def _ask(self, message: tuple[Any, ...], seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        try:
            with self._lock:
                self._channel.send(message, deadline)
                return self._answer(deadline)
        except ChannelError as error:
            raise MakerDied(f"the child-maker is gone: {error}") from error

    def close(self) -> None:
        """End the child-maker and with it every child."""
        self._channel.close()
        if self._process is not None:
            end(self._process)


class ProcessPerSession:
    """The weak tier: each session is a process of its own, warm-up included."""

    def __init__(self, settings: Mapping[str, Any], home: Path) -> None:
        self._settings = settings
        self._home = home
        self._processes: dict[int, tuple[subprocess.Popen[bytes], socket.socket]] = {}
        self._sessions = 0
        self.findings: dict[str, Any] = {"notes": []}

    def open(self, scratch: str, session: socket.socket) -> int:
        """Start a process that serves the other end of `session`; returns its number."""
        process, control = launch(self._home, session.fileno())
        self._sessions += 1
        self._processes[self._sessions] = process, control
        channel = Channel(control, TRUSTED)
        settings = {**self._settings, "scratch": scratch}
        deadline = time.monotonic() + _START_SECONDS
        try:
            channel.send(("start", settings), deadline)
            kind, self.findings = channel.receive(deadline)
        except ChannelError as error:
            raise SandboxError(f"the weak sandbox did not start: {error}") from error
        if kind != "started":
            raise SandboxError(f"the weak sandbox did not start: {self.findings}")
        return self._sessions

    def leave(self, number: int) -> None:
        """Kill a process."""
        self.end(number, 0.0)

    def end(self, number: int, patience: float) -> Usage:
        """Kill a process, unless it dies by itself within `patience` seconds; it is gone then."""
        process, control = self._processes.pop(number)
        control.close()
        killed = not is_dead(process.pid, patience)
        os.kill(process.pid, signal.SIGKILL)  # Popen.kill would reap a corpse, usage and all
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Usage(peak, usage.ru_utime + usage.ru_stime, KILLED if killed else _ended(status))

    def close(self) -> None:
        for number in list(self._processes):
            self.end(number, 0.0)


class MadeChild:
    """One child of a child-maker, and the scratch folder that it gives back at its end."""

    def __init__(
        self,
        maker: MakerProcess | ProcessPerSession,
        number: int,
        folders: ScratchFolders,
        folder: Path | None,
    ) -> None:
        self.may_be_left = folder is None  # a folder is used again, once it is empty
        self._maker, self._number = maker, number
        self._folders, self._folder = folders, folder

    def end(self, patience: float) -> Usage:
        """Kill it, unless it dies by itself in `patience` seconds, and wait for its end."""
        try:
            return self._maker.end(self._number, patience)
        except MakerDied:
            return Usage(0, 0.0, MAKER_DIED)
        finally:
            if self._folder:
                self._folders.give_back(self._folder)

    def leave(self) -> None:
        """Kill it without waiting for its end."""
        self._maker.leave(self._number)


def _ended(status: int) -> str:
    if os.WIFEXITED(status):
        return "exited"
    number = os.WTERMSIG(status)
    return KILLED_BY_SYSTEM if number == signal.SIGKILL else f"signal {number}"
