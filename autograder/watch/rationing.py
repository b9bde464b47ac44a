"""Decides how much of an answer is shown: unlimited hints would reveal hidden checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograder.language.catalogue import Say
from autograder.watch.ledger import LedgerEntry
from autograder.watch.rules import Rules

LOOK_AGAIN_SECONDS = 600.0  # for a due date that an assignment did not have


@dataclass(frozen=True)
class Ration:
    """How much a student sees of one hand-in."""

    shown: str  # everything, points or receipt
    notice: str = ""  # what stands on the page: what may be done next, and when
    again: float | None = None  # when more of this hand-in may be shown

    @property
    def rank(self) -> int:
        """More is higher."""
        return ("receipt", "points", "everything").index(self.shown)


def ration(
    rules: Rules,
    before: Sequence[LedgerEntry],
    now: float,
    due: float | None,
    say: Say,
    when: Callable[[float], str],
    until: str = "",
) -> Ration:
    """Decide how much to show of a hand-in beside the answers `before` it.

    All answers count as attempts with hints. With `until`, the hand-in's time stamp, its place in
    the order is counted by the answers to hand-ins up to that time.

    now, due: seconds since 1970; `due` is the student's own due date, None without one.
    say: translates; when: a moment in words.
    """
    before = [answer for answer in before if answer.counts_as_attempt]
    if rules.points == "after_due":
        if due is None:
            text = say("Points are shown when this assignment has a due date.")
            return Ration("receipt", text, now + LOOK_AGAIN_SECONDS)
        if now < due:
            text = say("Points and hints are shown here from {time} on.")
            return Ration("receipt", text.format(time=when(due)), due)
    hinted = [answer.hinted for answer in before if answer.hinted is not None]
    if rules.attempts and len(hinted) >= rules.attempts:
        text = say("You have had hints on {n} hand-ins, the most there are: now points only.")
        return Ration("points", text.format(n=rules.attempts))
    place = sum(not until or answer.timestamp <= until for answer in before)
    left = (rules.every - place % rules.every) % rules.every
    if left:
        text = say("Hints come with every {n}. hand-in: hand in {left} more for the next ones.")
        return Ration("points", text.format(n=rules.every, left=left))
    ready = max(hinted, default=0.0) + rules.cooldown
    if hinted and now < ready:
        text = say("Hints on this hand-in are shown here from {time} on: fetch feedback then.")
        return Ration("points", text.format(time=when(ready)), ready)
    return Ration("everything", _next(rules, len(hinted) + 1, now, say, when))


def _next(rules: Rules, hinted: int, now: float, say: Say, when: Callable[[float], str]) -> str:
    """The sentence on when a student who has just had hints gets the next ones."""
    if rules.attempts and hinted >= rules.attempts:
        return say("These were your last hints. Further hand-ins show points only.")
    parts = [say("You may hand in again at any time.")]
    if rules.every > 1:
        parts.append(say("Hints come with every {n}. hand-in.").format(n=rules.every))
    if rules.cooldown:
        parts.append(say("The next hints: from {time} on.").format(time=when(now + rules.cooldown)))
    if rules.attempts:
        left = rules.attempts - hinted
        parts.append(say("Hand-ins with hints that are left: {n}.").format(n=left))
    return " ".join(parts)
