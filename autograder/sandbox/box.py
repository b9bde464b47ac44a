"""A sandbox: one warm process, and sessions forked from it."""

from __future__ import annotations

import logging
import socket
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from weakref import WeakSet

from autograder.sandbox.channel import Channel, ChannelError, let_tell_who_sends
from autograder.sandbox.confined_process import ConfinedProcess, LimitsWatch
from autograder.sandbox.limits import Limits, SandboxError, Tier
from autograder.sandbox.nursery import NurseryAddress
from autograder.sandbox.processes import MadeChild, MakerDied, MakerProcess, ProcessPerSession
from autograder.sandbox.received_outputs import Output, clean_output, join_streams
from autograder.sandbox.results import MAKER_DIED, CellResult
from autograder.sandbox.roots import readable_roots, refuse_readable_secrets
from autograder.sandbox.scratch import ScratchFolders
from autograder.sandbox.session import Session
from autograder.sandbox.wire_format import Caps

log = logging.getLogger(__name__)

_READY_SECONDS = 30.0
_BOUNDS = ("memory_bytes", "file_bytes", "cpu_seconds", "scratch_bytes", "scratch_files")
_WEAK_WITHOUT = ("landlock", "descriptors", "seccomp")
_NOT_ELSEWHERE = () if sys.platform == "linux" else ("capabilities",)
_REPLY_MARGIN = 1 << 16  # of a message, beside the value that it carries
SCRATCH_IN_TIER_B = "/scratch"


class Sandbox:
    """Starts the warm child-maker of one worker; use as a context manager.

    limits: of every session.
    assets: folder of public hand-outs (helper modules, data); copied without its notebooks, and
        counted against no limit.
    preload: modules that the notebooks import, imported once here.
    prologue: cells of the course's own that every notebook begins with, run once here; those
        that went well are in `begun`, and every session starts behind them.
    cells: all that most notebooks run, in order, compiled once here.
    tier: "auto" is the best of A and B that works here, never weak.
    secrets: paths that student code must never read; refused when it could.
    without: layers to leave out, for audits only; the tier is then weak.
    nursery: address of a process that has loaded the same assets, preload, prologue and cells.

    Raises SandboxError (a GraderError) with what to do about it.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        assets: Path | None = None,
        preload: Sequence[str] = (),
        prologue: Sequence[str] = (),
        cells: Sequence[str] = (),
        tier: str = "auto",
        secrets: Sequence[Path] = (),
        without: Sequence[str] = (),
        nursery: NurseryAddress | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._preload = tuple(preload)
        self._prologue = tuple(prologue)
        self._cells = tuple(cells)
        self._without = tuple(without)
        self._readable = readable_roots()
        refuse_readable_secrets(secrets, [*self._readable, *([assets] if assets else [])])
        self._folders = ScratchFolders()
        self._nursery = nursery
        self._assets = nursery.assets if nursery else assets and self._folders.copy_assets(assets)
        self.limits = with_room_for(self._assets, self.limits)
        self._sessions: WeakSet[Session] = WeakSet()
        self.restarts = 0
        self.why_not_b = ""
        try:
            self.tier, self._maker = self._start_best(tier)
        except BaseException:
            self._folders.remove()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the warm process and every session, and remove all folders."""
        for session in self._sessions:
            session.close()
        self._maker.close()
        if self._folders.base.exists():
            self._folders.remove()

    @property
    def layers(self) -> dict[str, str]:
        """What the self-check of the warm process found for each layer: "holds"."""
        return dict(self._maker.findings.get("layers", {}))

    @property
    def begun(self) -> list[tuple[str, CellResult]]:
        """The cells of the prologue that have run, with what they gave."""
        gave = map(_cleaned, self._maker.findings.get("prologue", []))
        return [
            (s, CellResult("ok", outputs)) for s, outputs in zip(self._prologue, gave, strict=False)
        ]

    @property
    def notes(self) -> list[str]:
        """What the warm process could not import or rehearse."""
        return list(self._maker.findings.get("notes", []))

    def session(self) -> Session:
        """A fresh confined process; restarts the warm process when that has died."""
        try:
            return self._open()
        except MakerDied as error:
            log.warning("the sandbox is started again: %s", error)
            self.restarts += 1
            self._maker.close()
            self._maker = self._start(self._mode)
            return self._open()

    def _open(self) -> Session:
        watched = None if self._mode == Tier.B else self._folders.take()
        judges_end, childs_end = socket.socketpair()
        let_tell_who_sends(judges_end)
        with childs_end:
            try:
                number = self._maker.open(str(watched or SCRATCH_IN_TIER_B), childs_end)
            except SandboxError:
                judges_end.close()
                raise
        watch = LimitsWatch(self.limits, watched)
        channel = Channel(judges_end, Caps(size=self.limits.reply_bytes), watch=watch)
        child = MadeChild(self._maker, number, self._folders, watched)
        self.last_steps = _confined(channel, child)
        session = Session(ConfinedProcess(channel, child, self.limits, watch), self.limits)
        self._sessions.add(session)
        return session

    def _start_best(self, tier: str) -> tuple[Tier, MakerProcess | ProcessPerSession]:
        if tier != "auto":
            self._mode = Tier(tier)
            maker = self._start(self._mode)
            return (Tier.WEAK if self._without else self._mode), maker
        try:
            return self._start_best("B")
        except SandboxError as error:
            self.why_not_b = str(error)
            return self._start_best("A")

    def _start(self, mode: Tier) -> MakerProcess | ProcessPerSession:
        settings: dict[str, Any] = {
            "tier": str(mode),
            "assets": str(self._assets or ""),
            "preload": list(self._preload),
            "prologue": [] if mode == Tier.WEAK else list(self._prologue),
            "cells": [] if mode == Tier.WEAK else list(self._cells),
            "readable": [str(path) for path in (*self._readable, self._assets) if path],
            "without": list(self._without),
            **_limits_inside(self.limits),
            "canary": str(self._folders.canary),
            "check_in": SCRATCH_IN_TIER_B if mode == Tier.B else str(self._folders.check_in),
        }
        if mode == Tier.WEAK:
            settings["without"] += [*_WEAK_WITHOUT, *_NOT_ELSEWHERE]
            return ProcessPerSession(settings, self._folders.base)
        if sys.platform != "linux":
            raise SandboxError(f"tier {mode} needs Linux; say --sandbox weak to grade without it")
        return MakerProcess(settings, self._folders.base, self._nursery)


def _limits_inside(limits: Limits) -> dict[str, Any]:
    """The limits that a session enforces itself or through the kernel."""
    return {
        "bounds": {name: asdict(limits)[name] for name in _BOUNDS},
        "output_bytes": limits.output_bytes,
        "reply_bytes": max(1, limits.reply_bytes - _REPLY_MARGIN),
    }


def _cleaned(outputs: Iterable[Any]) -> list[Output]:
    return join_streams([output for output in map(clean_output, outputs) if output])


def with_room_for(assets: Path | None, limits: Limits) -> Limits:
    """Limits of a session whose folder holds the hand-outs too, which do not count."""
    own = sum(1 for _ in assets.rglob("*")) if assets else 0
    return replace(limits, scratch_files=limits.scratch_files + own)


def _confined(channel: Channel, child: MadeChild) -> dict[str, float]:
    """Wait until the child reports that every layer holds; the seconds that each layer took."""
    try:
        kind, content = channel.receive(time.monotonic() + _READY_SECONDS)
    except ChannelError as error:
        kind, content = "broken", str(error)
    if kind == "ready":
        return dict(content)
    channel.close()
    if child.end(0.0).ended == MAKER_DIED:
        raise MakerDied(f"the warm process died while a session began: {content}")
    raise SandboxError(f"the wall could not be built: {str(content).strip()}")
