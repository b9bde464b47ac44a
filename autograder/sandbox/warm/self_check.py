"""Tests each layer: tries what the layer must forbid, in a child that has this layer alone."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.confinement import LAYERS, SESSION_FD, Confinement
from autograder.sandbox.inside.start_folder import enter_scratch

HOLDS = "holds"
_TCP_ABI, _SCOPE_ABI = 4, 6  # of Landlock
_PTRACE_TRACEME = 0


class _Leak(Exception):
    """An action that must fail has worked."""


def check_layers(confinement: Confinement, scratch: str, canary: str) -> dict[str, str]:
    """For each layer "holds", or in words what does not.

    `canary` is a file that anyone may read and no session may.
    """
    confinement.prepare_scratch(scratch)
    held = os.open(os.devnull, os.O_RDONLY)
    probes: dict[str, Callable[[], None]] = {
        "descriptors": lambda: _must_fail(os.fstat, held),
        "limits": lambda: _probe_limits(confinement),
        "capabilities": lambda: _must_fail(os.chroot, "/"),
        "landlock": lambda: _probe_landlock(canary),
        "seccomp": _probe_seccomp,
    }
    wanted = [name for name in LAYERS if name not in confinement.without]
    found = {
        name: confinement.broken.get(name) or _in_a_child(confinement, scratch, name, probes[name])
        for name in wanted
    }
    if confinement.tier == "B":
        found["namespaces"] = _said(lambda: _probe_namespaces(canary))
    os.close(held)
    return found


def _in_a_child(
    confinement: Confinement, scratch: str, layer: str, probe: Callable[[], None]
) -> str:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(writing, SESSION_FD)
        confined = partial(_probe_behind, confinement, scratch, layer, probe)
        os.write(SESSION_FD, _said(confined).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode()
    os.waitpid(pid, 0)
    return text or "the check itself ended early"


def _probe_behind(
    confinement: Confinement, scratch: str, layer: str, probe: Callable[[], None]
) -> None:
    enter_scratch(scratch, (), confinement)
    confinement.apply(scratch, [layer])
    probe()


def _said(probe: Callable[[], None]) -> str:
    try:
        probe()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return HOLDS


def _must_fail(action: Callable[..., Any], *arguments: Any) -> None:
    with suppress(OSError):
        action(*arguments)
        raise _Leak(f"{getattr(action, '__name__', action)}{arguments} works")


def _probe_limits(confinement: Confinement) -> None:
    too_much = confinement.bounds.memory_bytes + confinement.baseline + (1 << 30)
    _must_fail(mmap.mmap, -1, too_much)
    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        if resource.RLIM_INFINITY in resource.getrlimit(kind):
            raise _Leak(f"resource limit {kind} is not set")


def _probe_landlock(canary: str) -> None:
    from landlockpy import abi_version

    Path("own").write_text("mine")
    if Path("own").read_text() != "mine":
        raise _Leak("the scratch folder cannot be used")
    _must_fail(os.listdir, "/")
    _must_fail(os.open, canary, os.O_RDONLY)
    _must_fail(os.open, f"{canary}-planted", os.O_CREAT | os.O_WRONLY)
    if abi_version() >= _TCP_ABI:
        with socket.socket() as tcp:
            _must_fail(tcp.bind, ("0.0.0.0", 0))
    if abi_version() >= _SCOPE_ABI:
        _must_fail(os.kill, os.getppid(), 0)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _probe_seccomp() -> None:
    for action, *arguments in (
        (_fork,),
        (socket.socket,),
        (os.execv, "/bin/true", ["true"]),
        (os.chmod, ".", 0o777),
        (os.utime, "."),
        (os.kill, os.getpid(), 0),
        (os.memfd_create, "x"),
        (kernel.unshare, kernel.CLONE_NEWUSER),
        (signal.pidfd_send_signal, 0, 0),
    ):
        _must_fail(action, *arguments)
    ctypes.set_errno(0)
    ctypes.CDLL(None, use_errno=True).ptrace(_PTRACE_TRACEME, 0, 0, 0)
    if ctypes.get_errno() != errno.EPERM:
        raise _Leak("ptrace works")
    thread = threading.Thread(target=lambda: None)
    thread.start()  # and this must work
    thread.join()


def _probe_namespaces(canary: str) -> None:
    interfaces = {name for _, name in socket.if_nameindex()}
    if os.getpid() != 1 or Path(canary).exists() or interfaces - {"lo"}:
        raise _Leak("the machine can still be seen")
    _must_fail(Path("/planted").touch)
