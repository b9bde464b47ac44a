"""The child-maker: it forks a child per session, kills it on demand, and runs no student code."""

from __future__ import annotations

import array
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence

from autograder.sandbox.frames import receive, send
from autograder.sandbox.inside.child import PreparedChild, be_a_child
from autograder.sandbox.inside.start_folder import HandOut, hand_outs_of, settle_in
from autograder.sandbox.reaping import is_dead, patiently


class ChildMaker:
    """Serves the control socket of one sandbox."""

    def __init__(self, control: socket.socket, prepared: PreparedChild) -> None:
        self._control = control
        self._prepared = prepared
        self._children: dict[int, int] = {}

    def serve(self, assets: str) -> None:
        """Answer fork and end requests until the judge hangs up; then no child is left."""
        hand_outs = hand_outs_of(assets)
        _forget_our_modules()
        try:
            while True:
                kind, number, *rest = receive(self._control.fileno())
                if kind == "fork":
                    self._fork(number, rest[0], hand_outs)
                else:
                    self._end(number, *rest)
        except EOFError:
            pass
        finally:
            for pid in self._children.values():
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def _fork(self, number: int, scratch: str, hand_outs: Sequence[HandOut]) -> None:
        session = _receive_descriptor(self._control)
        confinement = self._prepared.confinement
        confinement.prepare_scratch(scratch)
        settle_in(scratch, confinement.tier)
        parent, start = os.getpid(), time.perf_counter()
        pid = patiently(os.fork)
        if pid == 0:
            started = (parent, start, time.perf_counter())
            be_a_child(session, scratch, hand_outs, self._prepared, started)
        os.close(session)
        self._children[number] = pid
        send(self._control.fileno(), ("forked", number))

    def _end(self, number: int, patience: float) -> None:
        """Kill a child, unless it dies by itself within `patience` seconds, and reap it."""
        pid = self._children.pop(number)
        killed = not is_dead(pid, patience)
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        cpu = usage.ru_utime + usage.ru_stime
        send(self._control.fileno(), ("ended", number, killed, status, peak, cpu))


def _forget_our_modules() -> None:
    """Remove this package from `sys.modules`: as in a kernel, cells do not find it there."""
    for name in [name for name in sys.modules if name.split(".")[0] == "autograder"]:
        del sys.modules[name]


def _receive_descriptor(control: socket.socket) -> int:
    """The descriptor that comes with one byte behind a fork request."""
    _, ancillary, _, _ = control.recvmsg(1, socket.CMSG_SPACE(array.array("i").itemsize))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return array.array("i", data)[0]
    raise EOFError("a fork request without a socket")
