"""What happens between the fork and the first line of student code, layer by layer."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.inside import kernel

SESSION_FD = 3
LAYERS = ("descriptors", "limits", "capabilities", "landlock", "seccomp")
_STACK_BYTES = 8 << 20
_OPEN_FILES = 256
_SAME_RULES = 250  # sessions
_THREADS = 64
_FIRST_UID = 0x40000000  # of users that are nobody: each session is one of its own
UIDS_OF_A_MAKER = 255  # in tier B, whose user namespace knows so many beside root
_HIGHEST_DESCRIPTOR = 1 << 16


@dataclass(frozen=True)
class Bounds:
    """The resource limits of one child; memory in bytes above the warm baseline."""

    memory_bytes: int
    file_bytes: int
    cpu_seconds: int
    scratch_bytes: int
    scratch_files: int


class Confinement:
    """The layers of this machine, prepared once in the child-maker and applied in each child.

    Anything that fails while applying raises: a child that is not confined runs nothing.
    """

    def __init__(
        self, bounds: Bounds, readable: Sequence[str], without: Sequence[str], tier: str
    ) -> None:
        self.bounds = bounds
        self.readable = readable
        self.without = frozenset(without)
        self.tier = tier
        self._rulesets: dict[str, Any] = {}
        self._build_ruleset: Any = None
        self._restrict: Any = None
        self._prepared = 0
        self._filter = b""
        self._held: dict[int, str] = {}
        self.broken: dict[str, str] = {}  # layers that this machine does not have, and why
        self.baseline = 0  # bytes of address space of the warm process
        self._resources: list[tuple[int, tuple[int, int]]] = []
        self._as_others = False

    def prepare(self) -> None:
        """Build what all children share; call it when the warm process is complete."""
        self.baseline = _address_space()
        self._as_others = kernel.may_become_others() and _end_of_users() > UIDS_OF_A_MAKER
        self._resources = list(self._limits_of_resources())
        self._held = _held_files()
        for name, step in (
            ("capabilities", kernel.empty_the_bounding_set),
            ("seccomp", self._prepare_seccomp),
            ("landlock", self._prepare_landlock),
        ):
            if name not in self.without:
                try:
                    step()
                except Exception as error:  # of a library, in its own words
                    self.broken[name] = f"{type(error).__name__}: {error}"

    def _prepare_seccomp(self) -> None:
        from autograder.sandbox.inside.system_calls import build_filter

        self._filter = build_filter()

    def _prepare_landlock(self) -> None:
        from autograder.sandbox.inside.file_access import build_ruleset, restrict

        build_ruleset(self.readable, str(Path.cwd())).close()
        self._build_ruleset, self._restrict = build_ruleset, restrict

    def prepare_scratch(self, scratch: str) -> None:
        """Build the rules for a scratch folder, the first time it is used, and now and then anew:
        each session adds a rule about itself.
        """
        self._prepared += 1
        if self._prepared % _SAME_RULES == 0 and scratch in self._rulesets:
            self._rulesets.pop(scratch).close()
        if self._build_ruleset and scratch not in self._rulesets:
            self._rulesets[scratch] = self._build_ruleset(self.readable, scratch)

    def apply(self, scratch: str, layers: Sequence[str] = LAYERS) -> Mapping[str, float]:
        """Confine the calling process for good; returns the seconds that each layer took."""
        steps: dict[str, Callable[[], None]] = {
            "limits": self._limit_resources,
            "capabilities": self._give_up_rights,
            "landlock": lambda: self._restrict(self._rulesets[scratch]),
            "descriptors": self._close_descriptors,
            "seccomp": lambda: kernel.install_filter(self._filter),
        }
        seconds = {}
        for name, step in steps.items():
            start = time.perf_counter()
            if name in layers and name not in self.without:
                step()
            seconds[name] = time.perf_counter() - start
        return seconds

    def _give_up_rights(self) -> None:
        """As root: become a user of this session's own, who can kill nobody."""
        if self._as_others:
            within = self.tier == "B"
            pid = os.getpid()
            kernel.become(1 + pid % UIDS_OF_A_MAKER if within else first_uid() + pid)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # forgotten by the change
        kernel.drop_capabilities()

    def _close_descriptors(self) -> None:
        """Close everything but the session; files that libraries hold (fonts) are opened anew."""
        os.closerange(SESSION_FD + 1, _HIGHEST_DESCRIPTOR)
        for fd, path in self._held.items():
            with suppress(OSError):
                again = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                if again != fd:
                    os.dup2(again, fd)
                    os.close(again)

    def _limit_resources(self) -> None:
        if not self._resources:
            raise RuntimeError("not prepared")
        for kind, limits in self._resources:
            resource.setrlimit(kind, limits)

    def _limits_of_resources(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Each limit as a soft and a hard one, within those of this process."""
        bounds = self.bounds
        for kind, value in (
            (resource.RLIMIT_AS, self.baseline + bounds.memory_bytes),
            (resource.RLIMIT_CPU, bounds.cpu_seconds + 1),
            (resource.RLIMIT_FSIZE, bounds.file_bytes),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_STACK, _STACK_BYTES),
            (resource.RLIMIT_NPROC, self._most_threads()),
        ):
            _, hard = resource.getrlimit(kind)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            if kind == resource.RLIMIT_CPU:  # first SIGXCPU, which tells, then SIGKILL
                yield kind, (max(1, value - 1), value)
            elif sys.platform == "linux" or kind != resource.RLIMIT_AS:
                yield kind, (value, value)

    def _most_threads(self) -> int:
        """The limit on all threads of this session's user, who has mostly no other process.

        In a user namespace its own count. Only an ordinary user in tier A shares the limit with
        all that this user runs elsewhere.
        """
        if self._as_others or self.tier == "B":
            return _THREADS
        return 2 * _threads_of(os.geteuid()) + 2 * _THREADS


def first_uid() -> int:
    """The first of the free user ids, far above those of accounts."""
    end = _end_of_users()
    return _FIRST_UID if end > 2 * _FIRST_UID else max(1, end // 2)


def _end_of_users() -> int:
    """One more than the highest number that a user can have in this namespace."""
    try:
        lines = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return 0
    return max((int(line.split()[0]) + int(line.split()[2]) for line in lines), default=0)


def _threads_of(user: int) -> int:
    """How many threads a user runs now, as far as the system tells."""
    found = 0
    for entry in os.scandir("/proc") if os.path.isdir("/proc") else ():  # noqa: PTH112
        with suppress(OSError):
            if entry.name.isdecimal() and entry.stat().st_uid == user:
                found += len(os.listdir(f"/proc/{entry.name}/task"))  # noqa: PTH208
    return found


def take_over_descriptors(session: int) -> None:
    """Standard input from nowhere; C-level output into two files; the session socket at 3."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    for fd in (1, 2):
        os.dup2(_anonymous_file(null), fd)
    if session != SESSION_FD:
        os.dup2(session, SESSION_FD)


def _anonymous_file(otherwise: int) -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("output")
    return otherwise


def _held_files() -> dict[int, str]:
    """Regular files that are open for reading in this process: descriptor and path."""
    held = {}
    for entry in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").exists() else ():
        with suppress(OSError):
            path = entry.readlink()
            if int(entry.name) > SESSION_FD and path.is_file():
                held[int(entry.name)] = str(path)
    return held


def _address_space() -> int:
    """Bytes of address space of this process (0 where /proc does not tell)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
