"""What an instructor may set as ``c.Watch.<name>``."""

from __future__ import annotations

from dataclasses import dataclass

from traitlets import Enum, Float, Int
from traitlets.config import Config, Configurable


class Watch(Configurable):
    """How hand-ins are answered while a course is watched."""

    attempts = Int(
        20,
        min=0,
        help="On how many hand-ins of one assignment a student gets hints; 0: on all of them.",
    ).tag(config=True)
    cooldown = Float(
        600.0,
        min=0,
        help="Seconds between two hand-ins of a student that are answered with hints; one that "
        "comes sooner is answered with points, and with its hints when the time is over.",
    ).tag(config=True)
    every = Int(
        1, min=1, help="Hints come on every n-th hand-in of a student, beginning with the first."
    ).tag(config=True)
    points = Enum(
        ["always", "after_due"],
        "always",
        help="When points are shown: always, or after_due, when the due date (with the student's "
        "extension) has passed; hints then wait, too.",
    ).tag(config=True)
    keep = Enum(
        ["last", "best"],
        "last",
        help="Which hand-in counts: the last one, as nbgrader has it, or the one with most points "
        "after the penalty for being late.",
    ).tag(config=True)
    interval = Float(0.25, min=0.01, help="Seconds between two looks at the exchange.").tag(
        config=True
    )


@dataclass(frozen=True)
class Rules:
    """The settings of `Watch` as plain data."""

    attempts: int = 20
    cooldown: float = 600.0
    every: int = 1
    points: str = "always"
    keep: str = "last"
    interval: float = 0.25

    @classmethod
    def from_config(cls, config: Config) -> Rules:
        """As the course sets them."""
        own = Watch(config=config)
        return cls(
            own.attempts, own.cooldown, own.every, own.points, own.keep, own.interval
        )  # fmt: skip
