"""The folder in which a child starts: its own, writable, with links to the hand-outs."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.confinement import Bounds, Confinement

HandOut = tuple[str, str]  # name, and what it is a link to; "" for a folder


def settle_in(scratch: str, tier: str) -> None:
    """Make `scratch` the home of this process and of its children, before they enter it."""
    if tier == "B":
        scratch = own_scratch(scratch)
    tempfile.tempdir = None  # ask the environment again
    if os.environ["HOME"] != scratch:
        for name in ("HOME", "MPLCONFIGDIR", "IPYTHONDIR", "TMPDIR"):
            os.environ[name] = scratch


def enter_scratch(scratch: str, hand_outs: Sequence[HandOut], confinement: Confinement) -> None:
    """Make `scratch` the current folder of this process, and put hand-outs into it."""
    if confinement.tier == "B":
        scratch = mount_scratch(scratch, confinement.bounds)
    os.chdir(scratch)
    if any(target for _, target in hand_outs):
        sys.addaudithook(own_what_is_written)
    for name, target in hand_outs:
        if target:
            os.symlink(target, name)  # noqa: PTH211 - every step here is paid by every session
        else:
            os.mkdir(name)  # noqa: PTH102


def own_scratch(parent: str) -> str:
    """The folder in which cells start, below what `mount_scratch` mounts."""
    return f"{parent}/own/home"


def mount_scratch(parent: str, bounds: Bounds) -> str:
    """A small file system of this child's own, gone when it ends; returns its home there."""
    kernel.unshare(kernel.CLONE_NEWNS)
    path = f"{parent}/own"
    options = f"size={bounds.scratch_bytes},nr_inodes={bounds.scratch_files + 18},mode=700"
    kernel.mount("scratch", path, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    home = own_scratch(parent)
    for folder in (home, f"{path}/tmp"):
        os.mkdir(folder, 0o700)  # noqa: PTH102 - every step here is paid by every session
    return home


def hand_outs_of(assets: str) -> list[HandOut]:
    """The links and folders that stand for hand-outs in a scratch folder; listed once.

    Folders are made anew (a cell may save into them); files are links to read-only ones, until
    somebody writes to one: see `own_what_is_written`.
    """
    base = Path(assets)
    return [
        (str(path.relative_to(base)), "" if path.is_dir() else str(path))
        for path in (sorted(base.rglob("*")) if assets else ())
    ]


def own_what_is_written(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: before a handed-out file is opened to be written to, it becomes a copy.

    So a session copies only the files that it changes, and the author's file stays.
    """
    if event == "open":
        path, _, flags = arguments
        if not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_RDWR):
            return
        if flags & os.O_EXCL:
            return
    elif event in ("sqlite3.connect", "os.truncate"):
        path, flags = arguments[0], 0
    else:
        return
    if not isinstance(path, int):
        with suppress(OSError, TypeError, ValueError):
            _become_a_copy(path, whole=not flags & os.O_TRUNC)


def _become_a_copy(path: Any, *, whole: bool) -> None:
    target = os.readlink(path)  # noqa: PTH115 - what is no link ends here
    content = Path(target).read_bytes() if whole else b""
    os.unlink(path)  # noqa: PTH108
    with open(path, "xb") as file:  # noqa: PTH123
        file.write(content)
