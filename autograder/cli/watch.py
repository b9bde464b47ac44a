"""``autograder watch``"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from functools import reduce
from typing import Any, ClassVar

from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from traitlets import Bool
from traitlets.traitlets import MetaHasTraits

from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS, aliases
from autograder.language.catalogue import Say, words
from autograder.language.refusals import in_own_words
from autograder.watch.arrivals import QUIET_SECONDS
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

    @property
    def _say(self) -> Say:
        return words(self.course.language)

    def _step_until_done(self, watcher: Watcher) -> None:
        """Answer what is there, and what was being copied when the command began."""
        patience = time.monotonic() + QUIET_SECONDS + watcher.rules.interval
        while True:
            if self._tell(watcher.step()) and watcher.waiting:
                continue  # as long as a step answers somebody
            if not watcher.arriving or watcher.trouble or time.monotonic() > patience:
                break
            time.sleep(watcher.rules.interval)
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
                line = f"{time.strftime('%H:%M:%S')} {worded(event, self._say)}"
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
        say = self._say
        print(say("watched by {who}").format(who=who) if who else say("nobody watches this course"))
        for assignment, n in answered.items():
            known = (
                say("{name}: {n} student known") if n == 1 else say("{name}: {n} students known")
            )
            print(known.format(name=assignment, n=n))
        if who:
            one = told["waiting"] == 1
            line = say("waiting: {n} hand-in") if one else say("waiting: {n} hand-ins")
            print(line.format(n=told["waiting"]))
            for text in told["trouble"]:
                print(text)


def worded(event: Event, say: Say) -> str:
    """An event as a line for people; points that a person has yet to give stand by themselves."""
    who = " ".join(filter(None, (event.assignment, event.student)))
    points = say("{points} of {most} points").format(
        points=f"{round(event.points, 2):g}", most=f"{round(event.most - event.waits, 2):g}"
    )
    if event.waits:
        points += say(" ({n} more by hand)").format(n=f"{round(event.waits, 2):g}")
    if event.kind in ("answered", "more"):
        return _answer(event, who, points, say)
    if event.kind == "kept":
        text = say("the better hand-in counts again, {points}").format(points=points)
    elif event.kind == "watching":
        return say("watching {assignments}").format(assignments=event.assignment)
    elif event.kind == "well":
        who, text = who or say("the exchange"), say("works again")
    elif event.kind == "refused":
        text = say("was not graded: {why}").format(why=in_own_words(event.text, say))
    elif event.kind == "failed":
        text = say("waits, it failed here: {why}").format(why=event.text)
    else:
        text = event.text
    return say("{name}: {message}").format(name=who, message=text) if who else text


def _answer(event: Event, who: str, points: str, say: Say) -> str:
    shown = {
        "everything": say("with hints"),
        "points": say("points only"),
        "receipt": say("no points yet"),
    }
    said = [say("hand-in {n}").format(n=event.number), points, shown[event.shown]]
    if event.kind == "more":
        said.append(say("as promised"))
    if event.seconds is not None:
        said.append(say("{s:.1f} s after it was handed in").format(s=event.seconds))
    joined = say("{first}, {second}")
    line = reduce(lambda first, second: joined.format(first=first, second=second), said)
    return say("{name}: {message}").format(name=who, message=line)
