"""The Landlock layer: read what Python needs, write one's own scratch folder, no TCP.

A ruleset is built once per scratch folder and enforced in every child that gets this folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from landlockpy import AccessFS, LandlockError, Ruleset, Scope

from autograder.sandbox.inside import kernel

READ = AccessFS.READ_FILE | AccessFS.READ_DIR
SCRATCH = (
    READ
    | AccessFS.WRITE_FILE
    | AccessFS.TRUNCATE
    | AccessFS.MAKE_REG
    | AccessFS.MAKE_DIR
    | AccessFS.REMOVE_FILE
    | AccessFS.REMOVE_DIR
    | AccessFS.REFER
)
NULL_DEVICE = "/dev/null"
OWN_MAPS = "/proc/self/maps"  # by which threadpoolctl finds the libraries of scikit-learn


def build_ruleset(readable: Sequence[str], scratch: str) -> Ruleset:
    """Files below `readable` can be read, below `scratch` also made and removed.

    Signals and abstract sockets are scoped where the kernel can (Landlock ABI 6).
    Raises landlockpy.LandlockError when the kernel refuses.
    """
    rules = Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET)
    for text in (*readable, *kernel.ABOUT_THE_MACHINE):
        path = Path(text)
        if path.exists():
            rules.allow_path(path, READ if path.is_dir() else AccessFS.READ_FILE)
    rules.allow_path(NULL_DEVICE, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
    rules.allow_path(scratch, SCRATCH)
    return rules


def restrict(rules: Ruleset) -> None:
    """Enforce a ruleset on this process, which may read its own maps besides."""
    with suppress(OSError, LandlockError):  # where there is no /proc, nobody asks for it
        rules.allow_path(OWN_MAPS, AccessFS.READ_FILE)
    rules.restrict()
