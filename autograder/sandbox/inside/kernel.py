"""The few Linux calls that Python has no name for."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECUREBITS, _NO_SETUID_FIXUP = 28, 1 << 2
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

MS_NOSUID, MS_NODEV = 2, 4
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2


ABOUT_THE_MACHINE = ("/proc/cpuinfo", "/proc/meminfo")  # torch and others print if they miss it

_CAPABILITY_VERSION_3 = 0x20080522
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID = 1, 2

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class _MountAttributes(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")
    )


def _checked(name: str, *arguments: object) -> int:
    if _libc is None:
        raise OSError(f"{name}: only on Linux")
    result = int(getattr(_libc, name)(*arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def prctl(option: int, argument: int = 0, second: int = 0) -> None:
    """prctl(2) with unsigned long arguments; raises OSError."""
    unsigned = ctypes.c_ulong
    _checked("prctl", option, unsigned(argument), unsigned(second), unsigned(0), unsigned(0))


def unshare(flags: int) -> None:
    """unshare(2); raises OSError."""
    _checked("unshare", flags)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2); raises OSError."""
    texts = [os.fsencode(text) or None for text in (source, target, kind, options)]
    _checked("mount", texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])


def unmount(target: str) -> None:
    """Detach a mount and everything below it; raises OSError."""
    _checked("umount2", os.fsencode(target), MNT_DETACH)


def pivot_root(new_root: str, put_old: str) -> None:
    """pivot_root(2); raises OSError."""
    _checked("pivot_root", os.fsencode(new_root), os.fsencode(put_old))


def make_read_only(target: str, *, recursive: bool) -> None:
    """Make a mount (and those below it) read-only and without setuid; raises OSError."""
    attributes = _MountAttributes(_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)
    _checked(
        "syscall",
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        _AT_FDCWD,
        os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE if recursive else 0),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )


def empty_the_bounding_set() -> None:
    """No program started from here on gains a capability (a process without any cannot tell)."""
    for capability in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # beyond the last capability that the kernel knows, or not allowed


def drop_capabilities() -> None:
    """Empty the ambient, effective, permitted and inheritable sets; raises OSError."""
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    _checked("capset", ctypes.byref(header), (ctypes.c_uint32 * 6)())


_NEEDED_FOR_OTHER_USERS = (5, 6, 7, 8)  # CAP_KILL, SETGID, SETUID, SETPCAP


def may_become_others() -> bool:
    """Whether this process is root with all it takes to run, and to end, processes of others."""
    if os.geteuid() != 0:
        return False
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    effective = next(int(s.split()[1], 16) for s in status.splitlines() if s[:7] == "CapEff:")
    return all(effective >> number & 1 for number in _NEEDED_FOR_OTHER_USERS)


def become(uid: int) -> None:
    """Run as another user than root from here on; raises OSError.

    Files are still opened as root's own (fsuid): without capabilities that is the right of an
    owner and no more, and Python may lie in a folder that is root's alone. The death of the
    parent ends this process as before.
    """
    prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP)  # the capabilities go last, all of them
    os.setresuid(uid, uid, uid)
    if _libc is not None:
        _libc.setfsuid(0)


def install_filter(program: bytes) -> None:
    """Put a seccomp program (struct sock_filter[]) before every system call; raises OSError."""
    instructions = ctypes.create_string_buffer(program, len(program))
    parcel = _FilterProgram(len(program) // 8, ctypes.addressof(instructions))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(parcel))
