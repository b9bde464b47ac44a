"""Tier B: the child-maker enters empty namespaces and a root folder that holds little."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.confinement import UIDS_OF_A_MAKER, first_uid

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_NEW_ROOT_AT = "/tmp"  # hidden by the new root only for this process and its children
SCRATCH_PARENT = "/scratch"


def enter_namespaces() -> None:
    """Leave the machine's users, network, processes, ipc, host name and mounts.

    The caller's next fork is process 1 of the new process namespace. Needs a process with one
    thread; raises OSError where the system does not allow it.
    """
    uid, gid = os.geteuid(), os.getegid()
    mapper = _UserMapper(os.getpid()) if kernel.may_become_others() else None
    kernel.unshare(
        kernel.CLONE_NEWUSER
        | kernel.CLONE_NEWNET
        | kernel.CLONE_NEWPID
        | kernel.CLONE_NEWIPC
        | kernel.CLONE_NEWUTS
        | kernel.CLONE_NEWNS
    )
    Path("/proc/self/setgroups").write_text("deny")
    if mapper is None or not mapper.map_users():
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)


class _UserMapper:
    """A process outside of the namespace, where root may map several users into it."""

    def __init__(self, pid: int) -> None:
        """Start it; it waits for `map_users`."""
        self._ends = reading, writing = os.pipe()
        self._helper = os.fork()
        if self._helper == 0:
            done = 1
            with suppress(BaseException):
                os.close(writing)
                os.read(reading, 1)
                first = first_uid() + (pid << 8) % first_uid()
                users = f"0 0 1\n1 {first} {UIDS_OF_A_MAKER}"
                done = not Path(f"/proc/{pid}/uid_map").write_text(users)
            os._exit(done)

    def map_users(self) -> bool:
        """Have it map them, and wait for its end; whether that worked."""
        for end in self._ends:
            os.close(end)
        return os.waitstatus_to_exitcode(os.waitpid(self._helper, 0)[1]) == 0


def shrink_the_root(readable: Sequence[str]) -> None:
    """Keep the readable folders (read-only), a few devices and an empty /scratch; raises OSError.

    Unless a readable folder lies in it, /tmp is a folder of each child's own beside its home.
    Call it when all that has to be imported from elsewhere is imported.
    """
    kernel.mount("none", _NEW_ROOT_AT, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m")
    old = Path(_NEW_ROOT_AT) / "old"
    old.mkdir()
    kernel.pivot_root(_NEW_ROOT_AT, str(old))
    os.chdir("/")
    for text in sorted({*readable, *_DEVICES}):
        _show(Path("/old") / text.lstrip("/"), Path(text))
    for name in ("bin", "lib", "lib64", "sbin"):
        link = Path("/old") / name
        if link.is_symlink() and not Path(f"/{name}").exists():
            Path(f"/{name}").symlink_to(link.readlink())
    for text in kernel.ABOUT_THE_MACHINE:
        _copy(Path("/old") / text.lstrip("/"), Path(text))
    Path(SCRATCH_PARENT, "own").mkdir(parents=True)
    if not Path("/tmp").exists():  # it does where Python or the course's temporary files lie in it
        Path("/tmp").symlink_to(f"{SCRATCH_PARENT}/own/tmp")
    kernel.unmount("/old")
    with suppress(OSError):
        Path("/old").rmdir()
    kernel.make_read_only("/", recursive=False)


def _show(source: Path, target: Path) -> None:
    """Bind one folder or file of the old root at the same place in the new one."""
    if not source.exists() or target.exists():
        return  # a folder inside one that is there already
    if source.is_dir():
        target.mkdir(parents=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    kernel.mount(str(source), str(target), flags=kernel.MS_BIND | kernel.MS_REC)
    if not str(target).startswith("/dev/"):
        kernel.make_read_only(str(target), recursive=True)


def _copy(source: Path, target: Path) -> None:
    with suppress(OSError):
        content = source.read_bytes()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
