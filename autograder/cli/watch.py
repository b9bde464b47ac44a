"""``autograder watch``"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar

from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from traitlets import Bool
from traitlets.traitlets import MetaHasTraits

from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS, aliases, counted
from autograder.watch.ledger import Ledger
from autograder.watch.lock import holder
from autograder.watch.responding import Event
from autograder.watch.rules import Watch
from autograder.watch.watcher import Watcher, folder_of


class WatchApp(CourseApp):
    """Grade what students hand in as it arrives, and release what they may read of it.

    Looks into nbgrader's exchange and submitted/, collects, grades, records, makes the feedback
    page and releases it: `nbgrader fetch_feedback` and JupyterLab's assignment list show it.
    One process per course; it may be stopped and started at any moment.
    """

    name = "autograder-watch"
    description = __doc__
    takes = "[ASSIGNMENT...]"
    examples = """
        autograder watch                          # all assignments of the course
        autograder watch optimization             # one
        autograder watch --once                   # what is there now, for cron
        autograder watch --status                 # who watches, and what waits
        """
    aliases: ClassVar[dict[str, Any]] = aliases(
        "db", "workers", keep="Watch.keep", points="Watch.points", attempts="Watch.attempts",
        cooldown="Watch.cooldown",
    )  # fmt: skip
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "once": ({"WatchApp": {"once": True}}, "Answer what is there now, and end."),
        "status": ({"WatchApp": {"status": True}}, "Say who watches and what waits."),
        "json": ({"WatchApp": {"as_json": True}}, "Print one line of JSON for each event."),
    }
    once = Bool(False, help="Answer what is there now, and end.").tag(config=True)
    status = Bool(False, help="Say who watches and what waits.").tag(config=True)
    as_json = Bool(False, help="Print one line of JSON for each event.").tag(config=True)

    def _classes_default(self) -> list[MetaHasTraits]:
        own = [Watch, Autograde, GenerateFeedback, ExchangeCollect, LimitOutput]
        return [*super()._classes_default(), *own, AssignLatePenalties]

    def run(self) -> None:
        if self.status:
            self._say_status()
            return
        assignments = self.assignments(nbgraders=True)
        (self.course.root / ".autograder" / "watch").mkdir(parents=True, exist_ok=True)
        course = self.course  # read again: a watched course draws its inputs per submission
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with Watcher(self.coursedir, self.config, course, assignments) as watcher:
            if self.once:
                self._step_until_done(watcher)
                return
            watcher.warm_up()
            self._tell([Event("watching", ", ".join(assignments))])
            while True:
                self._tell(watcher.step())
                if not watcher.waiting or watcher.trouble:
                    time.sleep(watcher.rules.interval)

    def _step_until_done(self, watcher: Watcher) -> None:
        while self._tell(watcher.step()) and watcher.waiting:
            pass  # as long as a step answers somebody
        if watcher.trouble:
            sys.exit(1)

    def _tell(self, events: Iterable[Event]) -> bool:
        """Print events; whether hand-ins were answered."""
        answered = False
        for event in events:
            answered |= event.kind in ("answered", "refused")
            if self.as_json:
                line = json.dumps({"at": time.time(), **asdict(event)})
            else:
                line = f"{time.strftime('%H:%M:%S')} {worded(event)}"
            print(line, flush=True)
        return answered

    def _say_status(self) -> None:
        course = self.course
        folder = folder_of(course)
        who = holder(folder / "lock")
        try:
            told: dict[str, Any] = json.loads((folder / "status.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            told = {"waiting": 0, "trouble": [], "assignments": []}
        answered = {
            path.parent.name: len(list(Ledger(path.parent).students()))
            for path in sorted(folder.glob("*/.begun"))
        }
        if self.as_json:
            print(json.dumps({"watcher": who, **told, "students": answered}))
            return
        print(f"watched by {who}" if who else "nobody watches this course")
        for assignment, students in answered.items():
            print(f"{assignment}: {counted(students, 'student')} known")
        if who:
            print(f"waiting: {counted(told['waiting'], 'hand-in')}")
            for text in told["trouble"]:
                print(text)


def worded(event: Event) -> str:
    """An event as a line for people; points that a person has yet to give stand by themselves."""
    who = " ".join(filter(None, (event.assignment, event.student)))
    points = f"{round(event.points, 2):g} of {round(event.most - event.waits, 2):g} points"
    points += f" ({round(event.waits, 2):g} more by hand)" if event.waits else ""
    if event.kind in ("answered", "more"):
        what = {"everything": "with hints", "points": "points only", "receipt": "no points yet"}
        took = "" if event.seconds is None else f", {event.seconds:.1f} s after it was handed in"
        more = "" if event.kind == "answered" else ", as promised"
        return f"{who}: hand-in {event.number}, {points}, {what[event.shown]}{more}{took}"
    if event.kind == "kept":
        return f"{who}: the better hand-in counts again, {points}"
    if event.kind == "watching":
        return f"watching {event.assignment}"
    if event.kind == "well":
        return f"{who or 'the exchange'}: works again"
    said = {"refused": "was not graded: ", "failed": "waits, it failed here: "}
    return f"{who}: {said.get(event.kind, '')}{event.text}" if who else event.text
