"""Pages for a hand-in that cannot be graded, or that does not count."""

from __future__ import annotations

import os
from collections.abc import Sequence

from autograder.course import Course
from autograder.language.catalogue import words
from autograder.language.refusals import for_reader
from autograder.nbgrader_plugins.releasing import secret_in
from autograder.notebook.opening import opened, opened_folder
from autograder.templates import page
from autograder.watch.exchange import CourseExchange
from autograder.watch.ledger import LedgerEntry

MOST_NOTEBOOKS = 20  # of one hand-in that get a page


class Notes:
    """Releases pages for hand-ins of one assignment that have no feedback page."""

    def __init__(self, course: Course, assignment: str, exchange: CourseExchange) -> None:
        self._assignment = assignment
        self._exchange = exchange
        self._language = course.language
        self._say = words(course.language)

    def refused(self, hand_in: str, reason: str) -> None:
        """Say that a hand-in was not graded, and what to do; raises Away like a release."""
        heading = self._say("{title}: not graded").format(title=self._assignment)
        stays = self._say(
            "This hand-in was not graded; what was graded before stays. You may hand in again."
        )
        self._put(hand_in, heading, [for_reader(reason, self._say), stays])

    def does_not_count(self, answer: LedgerEntry, counting: LedgerEntry) -> None:
        """Open the page of a hand-in in whose place another counts."""
        heading = self._say("{title}: {points} of {most} points").format(
            title=self._assignment, points=_number(answer.net), most=_number(answer.most)
        )
        text = self._say("Another hand-in counts, with {points} of {most} points: read its page.")
        text = text.format(points=_number(counting.net), most=_number(counting.most))
        self._put(answer.hand_in, heading, [text])

    def _put(self, hand_in: str, heading: str, texts: Sequence[str]) -> None:
        student = hand_in.split("+", 1)[0]
        secret, notebooks = self._names(hand_in, student)
        if not secret:  # it came past the exchange: nobody could find a page
            return
        text = page(
            "note.html.j2", self._language, title=self._assignment, heading=heading, texts=texts
        )
        self._exchange.release_note(self._assignment, student, secret, notebooks, text)

    def _names(self, hand_in: str, student: str) -> tuple[str, list[str]]:
        """A hand-in's secret, and under which names `nbgrader fetch_feedback` looks for pages.

        The student owns the folder and may have put something else in its place: no link is
        followed, and nothing that belongs to another is read.
        """
        try:
            folder = opened_folder(self._exchange.inbound / hand_in)
        except OSError:
            return "", []
        try:
            if not self._exchange.may_hand_in(os.fstat(folder).st_uid, student):
                return "", []
            with os.scandir(folder) as entries:
                names = [entry.name[:-6] for entry in entries if entry.name.endswith(".ipynb")]
            return _secret(folder), sorted(filter(str.isprintable, names))[:MOST_NOTEBOOKS]
        except OSError:
            return "", []
        finally:
            os.close(folder)


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def _secret(folder: int) -> str:
    with opened("submission_secret.txt", folder) as file:
        return secret_in(file)
