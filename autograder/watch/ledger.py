"""The ledger of answers: one file per student, replaced in one step when an answer is out.

That step is the last one of an answer. A watcher that is killed before it repeats everything, with
the same result; after it, nothing is left to do. Hints count before anybody can read them: an
answer is first noted as being released, so that a kill at no moment gives hints away uncounted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from autograder.gradebook.files import kept_name

NOT_GRADED = ("refused", "overtaken")


@dataclass(frozen=True)
class LedgerEntry:
    """One hand-in that was answered. Times of the watcher are seconds since 1970."""

    hand_in: str  # its folder in the exchange, or what stands for it
    timestamp: str  # when it was handed in, by its own account: ISO, UTC; empty if it says nothing
    shown: str  # everything, points or receipt; one of NOT_GRADED, or before: without a watcher
    answered: float
    net: float = 0.0  # points less the penalty for being late
    most: float = 0.0
    hinted: float | None = None  # when hints were shown first
    again: float | None = None  # when more may be shown
    why: str = ""  # it was not graded
    is_out: bool = True  # False: counted, and its page is on its way

    @property
    def handed_in(self) -> datetime | None:
        """Its time stamp."""
        return datetime.fromisoformat(self.timestamp) if self.timestamp else None

    @property
    def is_graded(self) -> bool:
        """Whether it has points."""
        return self.shown not in NOT_GRADED

    @property
    def counts_as_attempt(self) -> bool:
        """Whether a watcher graded it."""
        return self.is_graded and self.shown != "before"


class Ledger:
    """The answers of one assignment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[LedgerEntry, ...]] = {}

    @property
    def has_begun(self) -> bool:
        """Whether the submissions recorded before the watching began have been noted."""
        return (self.folder / ".begun").exists()

    def begin(self) -> None:
        """Store that the submissions recorded before have been noted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ".begun").touch()

    def of(self, student: str) -> tuple[LedgerEntry, ...]:
        """A student's answers, in the order in which they were given."""
        if student not in self._known:
            self._known[student] = self._read(student)
        return self._known[student]

    def others(self, student: str, hand_in: str) -> list[LedgerEntry]:
        """The answers to a student's other hand-ins."""
        return [a for a in self.of(student) if a.hand_in != hand_in]

    def last(self, student: str) -> LedgerEntry | None:
        """The answer to the graded hand-in with the latest time stamp."""
        return max(self._graded(student), key=lambda a: a.timestamp, default=None)

    def best(self, student: str) -> LedgerEntry | None:
        """The answer with most points; the later one of equals."""
        answers = self._graded(student)
        return max(answers, key=lambda a: (round(a.net, 6), a.timestamp), default=None)

    def counting(self, student: str, keep: str) -> LedgerEntry | None:
        """The answer to the hand-in that counts: `keep` is "best" or "last"."""
        return self.best(student) if keep == "best" else self.last(student)

    def _graded(self, student: str) -> list[LedgerEntry]:
        return [a for a in self.of(student) if a.is_graded and a.is_out]

    def add(self, student: str, answer: LedgerEntry) -> None:
        """Note that an answer is out; the same hand-in's earlier one gives way to it."""
        self._write(student, [*self.others(student, answer.hand_in), answer])

    def take_back(self, student: str, hand_in: str, before: LedgerEntry | None) -> None:
        """Note again what stood there before a page was on its way that could not be put out."""
        self._write(student, [*self.others(student, hand_in), *([before] if before else [])])

    def entry(self, student: str, hand_in: str) -> LedgerEntry | None:
        """The answer to one hand-in."""
        return next((a for a in self.of(student) if a.hand_in == hand_in), None)

    def _write(self, student: str, answers: Sequence[LedgerEntry]) -> None:
        place = self.folder / f"{kept_name(student)}.json"
        aside = self.folder / f"{kept_name(student)}.tmp"
        self.folder.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps([asdict(a) for a in answers]), encoding="utf-8")
        aside.replace(place)
        self._known[student] = tuple(answers)

    def students(self) -> Iterator[str]:
        """Everybody who was answered."""
        yield from sorted(map(self._whose, self.folder.glob("*.json")))

    def _whose(self, path: Path) -> str:
        """The student of a file, by what it holds where its own name had to be cut."""
        name = path.stem
        for answer in self._read(name):
            student = answer.hand_in.partition(f"+{self.folder.name}+")[0]
            if student != name and kept_name(student) == name:
                return student
        return name

    def _read(self, student: str) -> tuple[LedgerEntry, ...]:
        path = self.folder / f"{kept_name(student)}.json"
        try:
            return tuple(LedgerEntry(**found) for found in json.loads(path.read_bytes()))
        except FileNotFoundError:
            return ()
        except (ValueError, TypeError):  # a disk that lost power; the gradebook has the points
            return ()
