"""Limits the total size of a submission's answers, and adds the student's lines to tracebacks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from autograder.grading.own_text import OwnText
from autograder.grading.replay import size_of
from autograder.grading.running_cells import RunningCells
from autograder.judge.calls import Answer
from autograder.sandbox import CallResult, Reply
from autograder.sandbox.driving import Driven

MOST_REPLIED = 256 << 20  # bytes of all answers of one submission


class OwnAnswers:
    """Converts the answers of one submission for the judge, and adds up their sizes."""

    def __init__(self, text: OwnText, cells: RunningCells) -> None:
        self._text = text
        self._cells = cells
        self._replied = 0  # bytes
        self._of_versions = 0

    def result(self, name: str, result: CallResult) -> CallResult:
        """The result of a call that was sent by itself."""
        if result.status == "missing":
            return self._with_stop(name, result)
        if self._is_too_much(size_of(result.value)):
            return CallResult(status="memory")
        return self._text.with_own_lines(result)

    def answer(self, name: str, reply: Reply | CallResult) -> Answer:
        """The answer to a call that was sent ahead."""
        if isinstance(reply, CallResult):
            return Answer(None, reply.seconds, lambda: reply)
        if self._replied > MOST_REPLIED or self._is_too_much(reply.size):
            return Answer(None, reply.seconds, lambda: CallResult(status="memory"))
        if reply.status == "missing":
            missing = self._with_stop(name, reply.result)
            return Answer(reply.digest, reply.seconds, lambda: missing)
        return Answer(reply.digest, reply.seconds, lambda: self._text.with_own_lines(reply.result))

    def begin_versions(self) -> None:
        """Add up anew what versions answer: those of one message are there together."""
        self._of_versions = 0

    def of_version(self, reply: Reply) -> Answer:
        """The answer of a version that is tried for a hint."""
        size = reply.size
        self._of_versions += size
        if self._of_versions > MOST_REPLIED:
            return Answer(None, reply.seconds, lambda: CallResult(status="memory"), size)
        return Answer(reply.digest, reply.seconds, partial(getattr, reply, "result"), size)

    def _is_too_much(self, size: int) -> bool:
        """Add to the total size: the judge keeps all answers until it has judged them."""
        self._replied += size
        return self._replied > MOST_REPLIED

    def _with_stop(self, name: str, result: CallResult) -> CallResult:
        """A result for what is missing, with how the last cell that should define it stopped."""
        missing = name.missing(result.error_message) if isinstance(name, Driven) else name
        place = self._text.place_of(missing)
        return result if place is None else replace(result, stop=self._cells.stops.get(place))
