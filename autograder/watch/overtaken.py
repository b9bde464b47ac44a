"""What instructors are told of hand-ins that are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from autograder.language.catalogue import Say
from autograder.watch.arrivals import HandIn
from autograder.watch.ledger import Ledger, LedgerEntry

OVERTAKEN = (
    "it came after another hand-in was answered ({later}), and its name does not say that it is "
    "the later"
)


def replaced(assignment: str, student: str, answer: LedgerEntry, say: Say) -> str:
    """Says that submitted/ holds something else than what was graded, and what grades it."""
    command = f"autograder grade {assignment} --student {quote(student)}"
    text = say(
        "what lies in submitted/ under the time stamp of {hand_in} is not what was graded: the "
        "grade is of what lay there before. To grade what lies there now, run `{command}`"
    )
    return text.format(hand_in=answer.hand_in, command=command)


def overtaken(ledger: Ledger, hand_in: HandIn, now: float, say: Say) -> tuple[LedgerEntry, str]:
    """The entry for a hand-in that is passed over, and the sentence on it."""
    later = newest(ledger, hand_in.student)
    assert later is not None
    why = OVERTAKEN.format(later=later.hand_in)
    answer = LedgerEntry(hand_in.name, hand_in.stamp, "overtaken", now, why=why)
    return answer, sentence(answer, later, say)


def sentence(answer: LedgerEntry, later: LedgerEntry, say: Say) -> str:
    """Says what was not graded, and which hand-in is the later one."""
    text = say(
        "{hand_in} was not graded: it came after {later} was answered, and its name does not say "
        "that it is the later of the two. To have it graded, rename its folder to a later time"
    )
    return text.format(hand_in=answer.hand_in, later=later.hand_in)


def newest(ledger: Ledger, student: str) -> LedgerEntry | None:
    """The answer that is the last by its hand-in's time stamp."""
    found = [a for a in ledger.of(student) if a.shown != "overtaken"]
    return max(found, key=lambda a: a.timestamp, default=None)


def left_over(ledger: Ledger) -> Iterator[tuple[LedgerEntry, LedgerEntry]]:
    """Who was overtaken and has handed in nothing since: pairs with the later one."""
    for student in ledger.students():
        later = newest(ledger, student)
        answers = ledger.of(student)
        graded = {a.timestamp for a in answers if a.is_graded}  # also from submitted/
        for answer in (a for a in answers if a.shown == "overtaken" and later):
            if later and later.hand_in in answer.why and answer.timestamp not in graded:
                yield answer, later
