"""How a run shows itself: a bar on a terminal, plain lines in a log, JSON for machines."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from types import TracebackType
from typing import Any

from tqdm import tqdm

from autograder.model import Report
from autograder.pool import Failure

LINES = 10  # plain progress lines of one run


class Progress:
    """Counts submissions as they are done and tells how fast and how much longer."""

    def __init__(self, total: int, what: str, *, as_json: bool = False) -> None:
        self._total = total
        self._what = what
        self._json = as_json
        self._done = 0
        self._start = time.monotonic()
        terminal = sys.stderr.isatty() and not as_json
        self._bar: Any = tqdm(total=total, desc=what, unit="submission") if terminal else None

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

    def advance(self, event: dict[str, Any] | None = None) -> None:
        """One more submission is done; `event` is what `--json` prints of it."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif self._json:
            print(json.dumps(event or {}), flush=True)
        elif self._done * LINES // self._total > (self._done - 1) * LINES // self._total:
            print(self._line(), file=sys.stderr, flush=True)

    def _line(self) -> str:
        spent = time.monotonic() - self._start
        rate = self._done / spent if spent > 0 else 0.0
        left = (self._total - self._done) / rate if rate else 0.0
        return (
            f"{self._what}: {self._done}/{self._total} "
            f"({rate:.1f} submissions/s, {left:.0f} s left)"
        )


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


def summary_lines(
    reports: list[Report], unchanged: int, failures: list[Failure], seconds: float
) -> list[str]:
    """What a person reads at the end of a run."""
    lines = [
        f"graded {len(reports)} submissions in {seconds:.1f} s"
        + (f", {unchanged} unchanged since the last time" if unchanged else "")
    ]
    if reports:
        points = sorted(r.points for r in reports)
        middle = points[len(points) // 2]
        verdicts = Counter(str(e.verdict) for r in reports for e in r.exercises)
        lines += [
            f"points: lowest {points[0]:g}, middle {middle:g}, highest {points[-1]:g} "
            f"of {reports[0].max_points:g}",
            "exercises: " + ", ".join(f"{n} {v}" for v, n in verdicts.most_common()),
            "slowest: " + ", ".join(
                f"{r.student} {sum(r.seconds.values()):.1f} s"
                for r in sorted(reports, key=lambda r: -sum(r.seconds.values()))[:3]
            ),
        ]  # fmt: skip
    if flagged := [r for r in reports if r.flags]:
        lines.append("flagged: " + ", ".join(r.student for r in flagged[:10]))
    for failure in failures:
        whose = "our fault, old grade kept" if failure.ours else "cannot be read, old grade kept"
        lines.append(f"NOT GRADED {failure.student} ({whose}): {failure.reason}")
    return lines
