"""How a run shows itself: a bar on a terminal, plain lines in a log, JSON for machines."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from tqdm import tqdm

from autograder.batch.pool import Failure
from autograder.cli.help import counted
from autograder.model import Report
from autograder.notebook.outputs import for_a_terminal

LINES = 10  # plain progress lines of one run


class Progress:
    """Counts submissions as they are done and tells how fast and how much longer."""

    def __init__(self, total: int, what: str, *, as_json: bool = False) -> None:
        self._total = total
        self._what = what
        self._json = as_json
        self._done = self._graded = 0
        self._start = time.monotonic()
        terminal = sys.stderr.isatty() and not as_json
        # a mean rate of what was graded: the last few say little, and what needed nothing less
        self._bar: Any = (
            tqdm(total=total, desc=what, unit=" submissions", smoothing=0, dynamic_ncols=True)
            if terminal
            else None
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
        pace = f" ({rate:.1f} submissions/s, {left:.0f} s left)" if left else ""
        return f"{self._what}: {self._done}/{self._total}{pace}"


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
    return {"student": failure.student, "failed": failure.reason, "ours": failure.ours}


@dataclass
class Tally:
    """What the summary needs of a run's reports, in little memory however large the class."""

    graded: int = 0
    max_points: float = 0.0
    points: list[float] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)  # of exercises
    slowest: list[tuple[float, str]] = field(default_factory=list)  # seconds, student
    flagged: list[str] = field(default_factory=list)

    def spread(self) -> dict[str, float]:
        """The points of the class: lowest, middle and highest, of so many; empty without any."""
        if not self.points:
            return {}
        points = sorted(self.points)
        lowest, middle, highest = points[0], points[len(points) // 2], points[-1]
        return {"lowest": lowest, "middle": middle, "highest": highest, "of": self.max_points}

    def to_json(self) -> dict[str, Any]:
        """The same as the summary that a person reads."""
        return {
            "graded": self.graded,
            "points": self.spread(),
            "verdicts": dict(self.verdicts),
            "slowest": {student: round(seconds, 3) for seconds, student in self.slowest},
            "flagged": self.flagged,
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


def summary_lines(
    tally: Tally, unchanged: int, failures: list[Failure], seconds: float
) -> list[str]:
    """What a person reads at the end of a run."""
    lines = [
        f"graded {counted(tally.graded, 'submission')} in {seconds:.1f} s"
        + (f", {unchanged} unchanged since the last time" if unchanged else "")
    ]
    if tally.graded:
        spread = tally.spread()
        lines += [
            f"points: lowest {spread['lowest']:g}, middle {spread['middle']:g}, "
            f"highest {spread['highest']:g} of {spread['of']:g}",
            "exercises: "
            + ", ".join(f"{n} {v.replace('_', ' ')}" for v, n in tally.verdicts.most_common()),
            "slowest: " + ", ".join(f"{student} {spent:.1f} s" for spent, student in tally.slowest),
        ]
    if tally.flagged:
        more = f" and {len(tally.flagged) - 10} more" if len(tally.flagged) > 10 else ""
        lines.append("flagged: " + ", ".join(tally.flagged[:10]) + more)
    for failure in failures:
        whose = "our fault, old grade kept" if failure.ours else "set aside, old grade kept"
        lines.append(f"NOT GRADED {failure.student} ({whose}): {failure.reason}")
    return [for_a_terminal(line) for line in lines]
