"""From a fresh interpreter to a warm child-maker inside its namespaces, or to many of them."""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.sandbox.frames import receive, send
from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.confinement import SESSION_FD, Bounds, Confinement
from autograder.sandbox.wire_format import Caps


@dataclass(frozen=True)
class Warm:
    """All that takes about a second: imports, the shell, and the prologue's cells."""

    shell: Any  # a CellShell; its module is imported only after the descriptors are in order
    notes: list[str]
    prologue: list[Any]


def start(control_fd: int, other_fd: int = -1) -> NoReturn:
    """Import, read what to become, report, and serve until the judge hangs up.

    `other_fd` is the listening socket of a nursery or, in the weak tier, the socket of the single
    session that the process serves.
    """
    control_fd = _out_of_the_way(control_fd)
    if other_fd >= 0:
        other_fd = _out_of_the_way(other_fd)
    # no library may come to hold the descriptor that sessions take
    os.dup2(os.open(os.devnull, os.O_RDWR), SESSION_FD)
    control = socket.socket(fileno=control_fd)
    sys.argv = [""]
    gc.disable()  # until all is imported, of which nothing is garbage
    from autograder.sandbox.warm.ready import rehearsed_shell

    shell, notes = rehearsed_shell()  # while the judge finds out its settings
    try:
        kind, settings = receive(control_fd)
        if kind == "nursery":
            door = socket.socket(fileno=other_fd)
            _be_a_nursery(control, door, lambda: _get_warm(shell, notes, settings))
        else:
            _be_a_maker(control, settings, other_fd, lambda: _get_warm(shell, notes, settings))
    except EOFError:
        pass  # never asked for anything
    finally:
        os._exit(0)


def _out_of_the_way(fd: int) -> int:
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, SESSION_FD + 1)
    os.close(fd)
    return moved


def _get_warm(shell: Any, notes: list[str], settings: dict[str, Any]) -> Warm:
    from autograder.sandbox.warm.ready import equip, run_prologue

    own = equip(shell, settings["preload"], settings["assets"], settings["output_bytes"])
    shell.codes.compile_ahead(settings["cells"])
    return Warm(shell, own + notes, run_prologue(shell, settings["prologue"]))


def _be_a_nursery(
    control: socket.socket, door: socket.socket, get_warm: Callable[[], Warm]
) -> None:
    """Fork a child-maker for every connection to the listening socket, until the judge hangs up."""
    with _told(control):
        warm = get_warm()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # makers end when their judges hang up
    while True:
        ready, _, _ = select.select([control, door], [], [])
        if control in ready:
            return
        connection, _ = door.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (control, door):
                end.close()
            _, settings = receive(connection.fileno())
            _be_a_maker(connection, settings, -1, lambda: warm)
            return
        connection.close()


def _be_a_maker(
    control: socket.socket, settings: dict[str, Any], session_fd: int, get_warm: Callable[[], Warm]
) -> None:
    with _told(control):
        if settings["tier"] == "B":
            _become_process_one(control.fileno())
        serve, findings = _maker(control, settings, session_fd, get_warm())
    send(control.fileno(), ("started", findings))
    serve()


class _told:
    """Report any error in the block to the judge, and end the process."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            send(self._control.fileno(), ("failed", traceback.format_exc()))
            os._exit(1)


def _become_process_one(control_fd: int) -> None:
    """Enter the namespaces; the caller goes on in a child, and this process waits for it."""
    from autograder.sandbox.warm.root import enter_namespaces

    enter_namespaces()
    pid = os.fork()
    if pid == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.close(control_fd)
    os.waitpid(pid, 0)
    os._exit(0)


def _maker(
    control: socket.socket, settings: dict[str, Any], session_fd: int, warm: Warm
) -> tuple[Callable[[], None], dict[str, Any]]:
    """The function that serves the judge, and the findings of the start."""
    from autograder.sandbox.inside.child import PreparedChild, serve_directly
    from autograder.sandbox.warm.child_maker import ChildMaker
    from autograder.sandbox.warm.self_check import check_layers

    assets, tier, readable = settings["assets"], settings["tier"], settings["readable"]
    confinement = Confinement(Bounds(**settings["bounds"]), readable, settings["without"], tier)
    confinement.prepare()
    prepared = PreparedChild(warm.shell, confinement, Caps(size=settings["reply_bytes"]))
    findings: dict[str, Any] = {"notes": warm.notes, "prologue": warm.prologue, "layers": {}}
    if tier == "weak":
        scratch = settings["scratch"]
        return (lambda: serve_directly(session_fd, scratch, assets, prepared)), findings
    if tier == "B":
        from autograder.sandbox.warm.root import shrink_the_root

        shrink_the_root(readable)
    findings["layers"] = check_layers(confinement, settings["check_in"], settings["canary"])
    maker = ChildMaker(control, prepared)
    return (lambda: maker.serve(assets)), findings
