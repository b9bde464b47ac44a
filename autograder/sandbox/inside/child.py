"""From the fork to the first request: a child becomes a session, confined, or ends."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.sandbox.frames import send
from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.confinement import SESSION_FD, Confinement, take_over_descriptors
from autograder.sandbox.inside.conversation import ChildConversation
from autograder.sandbox.inside.session import ChildSession
from autograder.sandbox.inside.shell import CellShell
from autograder.sandbox.inside.start_folder import HandOut, enter_scratch, hand_outs_of, settle_in
from autograder.sandbox.wire_format import Caps


@dataclass(frozen=True)
class PreparedChild:
    """What the child-maker has prepared for every child."""

    shell: CellShell
    confinement: Confinement
    reply_caps: Caps

    def serve(self) -> NoReturn:
        """Answer the judge for ever."""
        ChildSession(ChildConversation(SESSION_FD, self.shell, self.reply_caps)).serve()


def be_a_child(
    session: int,
    scratch: str,
    hand_outs: Sequence[HandOut],
    prepared: PreparedChild,
    started: tuple[int, float, float],
) -> NoReturn:
    """Run the session and end the process: never return into the loop of the parent.

    `started` is the parent's number, and the seconds on the clock before and after the fork.
    """
    parent, before, forked = started
    try:
        if sys.platform == "linux":
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        take_over_descriptors(session)
        enter_scratch(scratch, hand_outs, prepared.confinement)
        seconds = {"fork": forked - before, "scratch": time.perf_counter() - forked}
        seconds |= prepared.confinement.apply(scratch)
        prepared.shell.recorder.owns_descriptors = True
        prepared.shell.recorder.interruption.listen()
        random.seed(0)  # Python has seeded it anew after the fork
    except BaseException:
        send(SESSION_FD, ("broken", traceback.format_exc()))
        os._exit(1)
    try:
        send(SESSION_FD, ("ready", seconds))
        prepared.serve()
    finally:
        os._exit(0)


def serve_directly(session: int, scratch: str, assets: str, prepared: PreparedChild) -> NoReturn:
    """The weak tier: this process is the child, with resource limits and nothing else."""
    os.set_inheritable(session, False)
    take_over_descriptors(session)
    settle_in(scratch, prepared.confinement.tier)
    enter_scratch(scratch, hand_outs_of(assets), prepared.confinement)
    prepared.shell.recorder.owns_descriptors = hasattr(os, "memfd_create")
    prepared.shell.recorder.interruption.listen()
    seconds: dict[str, Any] = dict(prepared.confinement.apply(scratch))
    send(SESSION_FD, ("ready", seconds))
    try:
        prepared.serve()
    finally:
        os._exit(0)
