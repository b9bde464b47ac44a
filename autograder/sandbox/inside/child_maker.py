"""The warm process: it forks a child per session, ends it on demand, and runs no student code."""

from __future__ import annotations

import array
import os
import random
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from autograder.sandbox.frames import receive, send
from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.confinement import SESSION_FD, Confinement, take_over_descriptors
from autograder.sandbox.inside.scratch import HandOut, enter_scratch, hand_outs_of, settle_in
from autograder.sandbox.inside.session import Session
from autograder.sandbox.inside.shell import CellShell
from autograder.sandbox.inside.warm_memory import Region, collapse
from autograder.sandbox.reaping import is_dead, patiently
from autograder.sandbox.wire import Caps

WORTH_HUGE_PAGES = 20  # sessions; huge pages are paid for by some fifty more


class ChildMaker:
    """Serves the control socket of one sandbox.

    `memory` is what becomes huge pages when many children are forked.
    """

    def __init__(
        self,
        control: socket.socket,
        shell: CellShell,
        confinement: Confinement,
        reply_caps: Caps,
        memory: list[Region],
    ) -> None:
        self._control = control
        self._shell = shell
        self._confinement = confinement
        self._caps = reply_caps
        self._memory = memory
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
        self._confinement.prepare_scratch(scratch)
        settle_in(scratch, self._confinement.tier)
        if number == WORTH_HUGE_PAGES:
            collapse(self._memory)
        parent, start = os.getpid(), time.perf_counter()
        pid = patiently(os.fork)
        if pid == 0:
            self._be_a_child(session, scratch, hand_outs, parent, start)
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

    def _be_a_child(
        self,
        session: int,
        scratch: str,
        hand_outs: Sequence[HandOut],
        parent: int,
        start: float,
    ) -> NoReturn:
        """Never returns into the loop of the parent, whatever happens."""
        try:
            forked = time.perf_counter()
            if sys.platform == "linux":
                kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)
            take_over_descriptors(session)
            enter_scratch(scratch, hand_outs, self._confinement)
            seconds = {"fork": forked - start, "scratch": time.perf_counter() - forked}
            seconds |= self._confinement.apply(scratch)
            self._shell.recorder.owns_descriptors = True
            self._shell.recorder.interruption.listen()
            random.seed(0)  # Python has seeded it anew after the fork
        except BaseException:
            send(SESSION_FD, ("broken", traceback.format_exc()))
            os._exit(1)
        try:
            send(SESSION_FD, ("ready", seconds))
            Session(SESSION_FD, self._shell, self._caps).serve()
        finally:
            os._exit(0)


def _forget_our_modules() -> None:
    """As in a kernel, children find nothing of ours to import or to reload."""
    for name in [name for name in sys.modules if name.split(".")[0] == "autograder"]:
        del sys.modules[name]


def _receive_descriptor(control: socket.socket) -> int:
    """The descriptor that comes with one byte behind a fork request."""
    _, ancillary, _, _ = control.recvmsg(1, socket.CMSG_SPACE(array.array("i").itemsize))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return array.array("i", data)[0]
    raise EOFError("a fork request without a socket")


def serve_directly(
    session: int,
    shell: CellShell,
    confinement: Confinement,
    reply_caps: Caps,
    scratch: str,
    assets: str,
) -> NoReturn:
    """The weak tier: this process is the child, with resource limits and nothing else."""
    os.set_inheritable(session, False)
    take_over_descriptors(session)
    settle_in(scratch, confinement.tier)
    enter_scratch(scratch, hand_outs_of(assets), confinement)
    shell.recorder.owns_descriptors = hasattr(os, "memfd_create")
    shell.recorder.interruption.listen()
    seconds: dict[str, Any] = dict(confinement.apply(scratch))
    send(SESSION_FD, ("ready", seconds))
    try:
        Session(SESSION_FD, shell, reply_caps).serve()
    finally:
        os._exit(0)
