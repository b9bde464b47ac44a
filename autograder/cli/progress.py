"""Progress and summary of a run: a bar on a terminal, plain lines in a log, JSON for machines."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from tqdm import tqdm

from autograder.batch.pool import Failure, Fault
from autograder.language.catalogue import Say, words
from autograder.language.refusals import in_own_words
from autograder.model import Report, Verdict
from autograder.notebook.safe_outputs import for_a_terminal
from autograder.report.statistics import is_unexplained

LINES = 10  # plain progress lines of one run
SLOW_SECONDS = 1.0  # a submission that takes so long is named
NAMED = 10  # students, exercises or reasons in one line of the summary


class Progress:
    """Counts finished submissions, and shows the rate and the time left."""

    def __init__(
        self, total: int, what: str, *, as_json: bool = False, language: str = "en"
    ) -> None:
        self._say = words(language)
        self._total = total
        self._what = what
        self._json = as_json
        self._done = self._graded = 0
        self._start = time.monotonic()
        terminal = sys.stderr.isatty() and not as_json
        unit = self._say(" submissions")
        # a mean rate of what was graded: the last few say little, and what needed nothing less
        self._bar: Any = (
            tqdm(total=total, desc=what, unit=unit, smoothing=0, dynamic_ncols=True)
            if terminal
            else None
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self, done: Report | Failure, skipped: int = 0) -> None:
        """One more submission is done, and `skipped` in all needed nothing."""
        before, self._graded = self._done, self._graded + 1
        self._done = self._graded + skipped
        if self._bar is not None:
            self._bar.initial = skipped
            self._bar.update(self._done - before)
        elif self._json:
            event = failure_event(done) if isinstance(done, Failure) else graded_event(done)
            print(json.dumps(event), flush=True)
        elif self._done * LINES // self._total > before * LINES // self._total:
            print(self._line(), file=sys.stderr, flush=True)

    def _line(self) -> str:
        spent = time.monotonic() - self._start
        rate = self._graded / spent if spent > 0 else 0.0
        left = (self._total - self._done) / rate if rate else 0.0
        pace = self._say(" ({rate:.1f} submissions/s, {left:.0f} s left)") if left else ""
        return f"{self._what}: {self._done}/{self._total}" + pace.format(rate=rate, left=left)


def graded_event(report: Report) -> dict[str, Any]:
    """One graded submission as a line of JSON."""
    return {
        "student": report.student,
        "points": report.points,
        "max_points": report.max_points,
        "exercises": {e.name: {"points": e.points, "verdict": e.verdict}
                      for e in report.exercises},
        "misconceptions": sorted({c.misconception for e in report.exercises for c in e.checks
                                  if c.misconception}),
        "flags": list(report.flags),
        "seconds": round(sum(report.seconds.values()), 4),
    }  # fmt: skip


def failure_event(failure: Failure) -> dict[str, Any]:
    """One submission that was not graded as a line of JSON."""
    return {"student": failure.student, "failed": failure.reason, "fault": failure.fault}


@dataclass
class Tally:
    """Totals of a run's reports for the summary; its size does not grow with the class."""

    graded: int = 0
    max_points: float = 0.0
    points: list[float] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)  # of exercises
    slowest: list[tuple[float, str]] = field(default_factory=list)  # seconds, student
    flagged: list[str] = field(default_factory=list)
    unexplained: Counter[str] = field(default_factory=Counter)  # wrong without a hint, by exercise
    waiting: Counter[str] = field(default_factory=Counter)  # for a person, by exercise

    def spread(self) -> dict[str, float]:
        """The points of the class: lowest, median and highest, of so many; empty without any."""
        if not self.points:
            return {}
        points = sorted(self.points)
        lowest, middle, highest = points[0], median(points), points[-1]
        return {"lowest": lowest, "median": middle, "highest": highest, "of": self.max_points}

    def to_json(self) -> dict[str, Any]:
        """The same as the summary that a person reads."""
        return {
            "graded": self.graded,
            "points": self.spread(),
            "verdicts": dict(self.verdicts),
            "slowest": {student: round(seconds, 3) for seconds, student in self.slowest},
            "flagged": self.flagged,
            "unexplained": dict(self.unexplained),
            "waiting": dict(self.waiting),
        }

    def add(self, report: Report) -> None:
        """Count one graded submission."""
        self.graded += 1
        self.max_points = max(self.max_points, report.max_points)
        self.points.append(report.points)
        self.verdicts.update(str(e.verdict) for e in report.exercises)
        seconds = sum(report.seconds.values())
        self.slowest = sorted([*self.slowest, (seconds, report.student)], reverse=True)[:3]
        if report.flags:
            self.flagged.append(report.student)
        self.unexplained.update(e.name for e in report.exercises if is_unexplained(e))
        self.waiting.update(e.name for e in report.exercises if e.verdict is Verdict.WAITS)


@dataclass(frozen=True)
class Summary:
    """The lines at the end of a run, the most urgent first, and the next commands to type."""

    tally: Tally
    failures: Sequence[Failure] = ()
    unchanged: int = 0
    seconds: float = 0.0
    missing: Sequence[str] = ()  # students who handed in nothing
    next: Sequence[str] = ()  # commands
    language: str = "en"
    by_hand: float = 0.0  # points on top, for what a person grades
    due: datetime | None = None  # in UTC
    late: Sequence[str] = ()  # students who handed in after that

    def lines(self) -> list[str]:
        """Graded, not graded and why, not handed in, flagged, unexplained, next."""
        say = words(self.language)
        lines = [
            *self._graded(say),
            *self._not_graded(say),
            *_named(say("not handed in"), self.missing, say),
            *_named(self._late(say), self.late, say),
            *_named(say("flagged"), self.tally.flagged, say),
            *_named(say("wrong, and no hint explains why"), _counts(self.tally.unexplained), say),
            *_named(
                say("waits to be graded by hand, since the author's own solution fails the test"),
                _counts(self.tally.waiting),
                say,
            ),
        ]
        if self.next:
            lines.append(say("next: {commands}").format(commands="; ".join(self.next)))
        return [for_a_terminal(line) for line in lines]

    def _late(self, say: Say) -> str:
        return say("late, after {due} UTC").format(
            due=f"{self.due:%Y-%m-%d %H:%M}" if self.due else ""
        )

    def _graded(self, say: Say) -> Iterator[str]:
        tally = self.tally
        one = say("graded 1 submission in {seconds:.1f} s")
        many = say("graded {n} submissions in {seconds:.1f} s")
        line = (one if tally.graded == 1 else many).format(n=tally.graded, seconds=self.seconds)
        if self.unchanged:
            line += say(", {n} unchanged since the last time").format(n=self.unchanged)
        yield line
        if tally.graded:
            points = say(
                "points: lowest {lowest:g}, median {median:g}, highest {highest:g} of {of:g}"
            )
            more = say(" ({n} more by hand)").format(n=f"{self.by_hand:g}") if self.by_hand else ""
            yield points.format(**tally.spread()) + more
            verdicts = [f"{n} {say(v.replace('_', ' '))}" for v, n in tally.verdicts.most_common()]
            yield say("exercises: {verdicts}").format(verdicts=say(", ").join(verdicts))
            slowest = [
                say("{student} {seconds:.1f} s").format(student=student, seconds=spent)
                for spent, student in tally.slowest
                if spent >= SLOW_SECONDS
            ]
            if slowest:
                yield say("slowest: {students}").format(students=say(", ").join(slowest))

    def _not_graded(self, say: Say) -> Iterator[str]:
        """Each submission that was not graded; first the reasons, where they are many."""
        said = [in_own_words(re.sub(r"\S*/", "", failure.reason), say) for failure in self.failures]
        reasons = Counter(re.split(r"\. |。", reason)[0] for reason in said)
        if len(self.failures) > len(reasons):
            why = say("; ").join(f"{n} × {reason}" for reason, n in reasons.most_common(NAMED))
            yield say("not graded: {n} ({why})").format(n=len(self.failures), why=why)
        grader_failed = say("the grader failed, old grade kept")
        set_aside = say("set aside, old grade kept")
        for failure in self.failures:
            yield say("NOT GRADED {student} ({whose}): {reason}").format(
                student=failure.student,
                whose=grader_failed if failure.fault is Fault.GRADER else set_aside,
                reason=in_own_words(failure.reason, say),
            )


def _named(what: str, names: Sequence[str], say: Say) -> Iterator[str]:
    """One line with the first few of those that there are; none without any."""
    if names:
        left = len(names) - NAMED
        more = say(" and {n} more").format(n=left) if left > 0 else ""
        some = say(", ").join(names[:NAMED])
        yield say("{what}: {names}").format(what=f"{what} ({len(names)})", names=f"{some}{more}")


def _counts(found: Counter[str]) -> list[str]:
    return [f"{name} ×{n}" for name, n in found.most_common()]
