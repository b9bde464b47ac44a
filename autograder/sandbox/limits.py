"""Limits of student code in seconds and bytes, and the tiers of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from autograder.model import GraderError


class TooBusy(GraderError):
    """The machine had no time for a submission: whatever came out would not be its own doing."""


class SandboxError(GraderError):
    """The sandbox cannot be built or has failed by itself: never the student's fault."""


class LayersMissing(SandboxError):
    """Layers of the sandbox that do not hold on this machine: name → why."""

    def __init__(self, tier: str, layers: dict[str, str]) -> None:
        failing = "; ".join(f"{name}: {text}" for name, text in layers.items())
        super().__init__(
            f"sandbox tier {tier} does not hold here ({failing}). "
            "`autograder doctor` says what to do about it."
        )
        self.layers = layers


class Tier(StrEnum):
    """The tiers of the sandbox: B is A in empty namespaces; weak has resource limits only."""

    A = "A"
    B = "B"
    WEAK = "weak"


@dataclass(frozen=True)
class Limits:
    """Limits of one session, except where a field says otherwise."""

    cell_seconds: float = 10.0  # processor time of one cell
    call_seconds: float = 0.2  # processor time of one call, stand-ins included
    memory_bytes: int = 1 << 30  # address space above the warm process
    output_bytes: int = 1 << 20  # what one cell or one call may show
    file_bytes: int = 32 << 20  # one file that is written
    scratch_bytes: int = 64 << 20  # all files
    scratch_files: int = 256  # files and folders
    notebook_bytes: int = 32 << 20  # one notebook, as it is handed in
    handed_in_bytes: int = 32 << 20  # the student's files beside the notebooks
    handed_in_files: int = 100
    made_bytes: int = 16 << 20  # files that cells wrote, which are kept
    reply_bytes: int = 64 << 20  # one message to the judge
    cpu_seconds: int = 900  # a backstop behind the wall clock
    callbacks: int = 10_000  # stand-in calls during one call
