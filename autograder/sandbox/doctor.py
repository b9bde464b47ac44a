"""Finds by trying which layers of the sandbox this machine supports."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

from autograder.sandbox.box import Sandbox
from autograder.sandbox.limits import LayersMissing, SandboxError, Tier

SUMMARY = "sandbox tier {tier} on {system}, Landlock ABI {abi}"
PURPOSE = {
    "descriptors": "no open file of the grader is passed on",
    "limits": "memory, processor time and file sizes are bounded",
    "capabilities": "nothing that only root may do",
    "landlock": "files: read Python, write the scratch folder; no TCP",
    "seccomp": "no new process, program, socket, signal or namespace",
    "namespaces": "an empty network, process and file view (tier B)",
}
ADVICE = {
    "landlock": "needs Linux 5.13 or later with landlock in the boot option lsm=; "
    "a container must not filter the landlock system calls",
    "seccomp": "install the system library libseccomp2 (Debian, Ubuntu) or libseccomp (Fedora)",
    "namespaces": "tier A is sound without them; to have them, allow user namespaces "
    "(sysctl kernel.apparmor_restrict_unprivileged_userns=0 and user.max_user_namespaces) or, "
    "in a container, its seccomp profile must allow unshare and mount",
}
OTHERWISE = "a hardened or unusual kernel: report it, with the text above"


@dataclass(frozen=True)
class Layer:
    """One layer of the wall on this machine."""

    name: str
    purpose: str
    verified: bool  # what it must forbid was tried and failed
    detail: str = ""  # why it does not hold
    advice: str = ""


@dataclass(frozen=True)
class Findings:
    """`tier` is what grading with --sandbox auto gets here; weak is refused unless asked for."""

    tier: Tier
    layers: tuple[Layer, ...]
    system: str
    landlock_abi: int  # 0: none
    notes: tuple[str, ...] = ()  # of the warm process

    @property
    def missing(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in self.layers if not layer.verified)

    def __str__(self) -> str:
        return self.told(str)

    def told(self, say: Callable[[str], str]) -> str:
        """In the language of `say`; what the kernel answered stays as it is."""
        lines = [say(SUMMARY).format(tier=self.tier, system=self.system, abi=self.landlock_abi)]
        for layer in self.layers:
            symbol = "✓" if layer.verified else "✗"
            lines.append(f"  {symbol} {layer.name:<13}{say(layer.purpose)}")
            if not layer.verified:
                lines.append("      " + say("why: {reason}").format(reason=layer.detail))
                lines.append("      " + say("do:  {advice}").format(advice=say(layer.advice)))
        notes = (say("note: {note}").format(note=note) for note in self.notes)
        return "\n".join([*lines, *(f"  {note}" for note in notes)])


def probe() -> Findings:
    """Start the sandbox in tier B, then in tier A, and say which layers hold. Takes seconds."""
    reasons: dict[str, str] = {}
    for tier in (Tier.B, Tier.A):
        try:
            with Sandbox(tier=tier) as box:
                return _findings(tier, reasons, tuple(box.notes))
        except LayersMissing as error:
            reasons |= error.layers
        except SandboxError as error:
            reasons |= _blame(tier, str(error))
    return _findings(Tier.WEAK, reasons, ())


def _blame(tier: Tier, text: str) -> dict[str, str]:
    """A start that failed before its layers could be tried."""
    last = text.strip().splitlines()[-1]
    if tier is Tier.B:
        return {"namespaces": last}
    return {name: last for name in PURPOSE if name != "namespaces"}


def _findings(tier: Tier, reasons: dict[str, str], notes: tuple[str, ...]) -> Findings:
    held = {Tier.B: set(PURPOSE), Tier.A: set(PURPOSE) - {"namespaces"}}.get(tier, set())
    layers = tuple(
        Layer(name, purpose, True)
        if name in held or (name not in reasons and name != "namespaces")
        else Layer(
            name, purpose, False, reasons.get(name, "not tried"), ADVICE.get(name, OTHERWISE)
        )
        for name, purpose in PURPOSE.items()
    )
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return Findings(tier, layers, system, _landlock_abi(), notes)


def _landlock_abi() -> int:
    if sys.platform != "linux":
        return 0
    from landlockpy import abi_version

    return abi_version()
