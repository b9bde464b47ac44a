"""Which folders student code may read: Python, the system libraries, fonts, time zones."""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.sandbox.limits import SandboxError

_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/usr/local/lib",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/zoneinfo",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)


def readable_roots() -> list[Path]:
    """Existing folders and files, links resolved, none inside another."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    libraries = [Path(prefix, name) for prefix in prefixes for name in ("lib", "lib64")]
    schemes = [Path(path) for name, path in sysconfig.get_paths().items() if "lib" in name]
    packages = [Path(path) for path in site.getsitepackages()]
    return _outermost([*libraries, *schemes, *packages, *map(Path, _SYSTEM)])


def _outermost(paths: Iterable[Path]) -> list[Path]:
    existing = sorted({path.resolve() for path in paths if path.exists()})
    return [
        path
        for path in existing
        if not any(other != path and path.is_relative_to(other) for other in existing)
    ]


def refuse_readable_secrets(secrets: Sequence[Path], readable: Sequence[Path]) -> None:
    """Raise SandboxError when student code could read one of the secret paths."""
    for secret in secrets:
        place = secret.resolve()
        for root in readable:
            if place.is_relative_to(root) or root.is_relative_to(place):
                raise SandboxError(
                    f"{secret} must stay secret, but student code can read {root}. "
                    "Keep the course outside of folders that hold Python packages."
                )
