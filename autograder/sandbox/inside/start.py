"""From a fresh interpreter to a warm child-maker inside its namespaces."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

from autograder.sandbox.frames import receive, send
from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.confinement import SESSION_FD, Bounds, Confinement
from autograder.wire import Caps


def start(control_fd: int) -> NoReturn:
    """Read the settings, get warm, report, and serve until the judge hangs up."""
    control_fd = _out_of_the_way(control_fd)
    control = socket.socket(fileno=control_fd)
    sys.argv = [""]
    _, settings = receive(control_fd)
    if "session_fd" in settings:
        settings["session_fd"] = _out_of_the_way(settings["session_fd"])
    # no library may come to hold the descriptor that sessions take
    os.dup2(os.open(os.devnull, os.O_RDWR), SESSION_FD)
    try:
        if settings["tier"] == "B":
            _become_process_one(control_fd)
        maker, findings = _warm_up(control, settings)
    except BaseException:
        send(control_fd, ("failed", traceback.format_exc()))
        os._exit(1)
    send(control_fd, ("started", findings))
    try:
        maker()
    finally:
        os._exit(0)


def _out_of_the_way(fd: int) -> int:
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, SESSION_FD + 1)
    os.close(fd)
    return moved


def _become_process_one(control_fd: int) -> None:
    """Enter the namespaces; the caller goes on in a child, and this process waits for it."""
    from autograder.sandbox.inside.namespaces import enter_namespaces

    enter_namespaces()
    pid = os.fork()
    if pid == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.close(control_fd)
    os.waitpid(pid, 0)
    os._exit(0)


def _warm_up(control: socket.socket, settings: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    from autograder.sandbox.inside.child_maker import ChildMaker, serve_directly
    from autograder.sandbox.inside.self_check import check_layers
    from autograder.sandbox.inside.warm import begin, warm_shell

    assets, tier = settings["assets"], settings["tier"]
    shell, notes = warm_shell(settings["preload"], assets, settings["output_bytes"])
    prologue = begin(shell, settings["prologue"])
    readable = settings["readable"]
    confinement = Confinement(Bounds(**settings["bounds"]), readable, settings["without"], tier)
    confinement.prepare()
    caps = Caps(size=settings["reply_bytes"])
    findings: dict[str, Any] = {"notes": notes, "prologue": prologue, "layers": {}}
    if tier == "weak":
        session = int(settings["session_fd"])
        scratch = settings["scratch"]
        return (
            lambda: serve_directly(session, shell, confinement, caps, scratch, assets)
        ), findings
    if tier == "B":
        from autograder.sandbox.inside.namespaces import shrink_the_root

        shrink_the_root(readable)
    findings["layers"] = check_layers(confinement, settings["check_in"], settings["canary"])
    maker = ChildMaker(control, shell, confinement, caps)
    return (lambda: maker.serve(assets)), findings
