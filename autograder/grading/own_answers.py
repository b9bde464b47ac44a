"""What the judge gets of a submission's answers: bounded together, with the student's own lines."""

from __future__ import annotations

from dataclasses import replace

from autograder.grading.own_text import OwnText
from autograder.grading.replay import size_of
from autograder.grading.running_cells import RunningCells
from autograder.judge.calls import Answer, Outcome
from autograder.sandbox import CallResult, CellStop, Reply

MOST_REPLIED = 256 << 20  # bytes of all answers of one submission


class OwnAnswers:
    """The answers of one submission; their sizes are counted as they come."""

    def __init__(self, text: OwnText, cells: RunningCells) -> None:
        self._text = text
        self._cells = cells
        self._replied = 0  # bytes

    def outcome(self, name: str, result: CallResult) -> Outcome:
        """What came of a call that was made by itself."""
        if result.status == "missing":
            return replace(result, stop=self._stop_before(name))
        if self._is_too_much(size_of(result.value)):
            return CallResult(status="memory")
        return self._text.with_own_lines(result)

    def answer(self, name: str, reply: Reply | CallResult) -> Answer:
        """What came of a call that was sent ahead."""
        if isinstance(reply, CallResult):
            return Answer(None, reply.seconds, lambda: reply)
        if self._replied > MOST_REPLIED or self._is_too_much(reply.size):
            return Answer(None, reply.seconds, lambda: CallResult(status="memory"))
        if reply.status == "missing":
            stop = self._stop_before(name)
            return Answer(reply.mark, reply.seconds, lambda: replace(reply.result, stop=stop))
        return Answer(reply.mark, reply.seconds, lambda: self._text.with_own_lines(reply.result))

    def _is_too_much(self, size: int) -> bool:
        """Count what has come: the judge keeps all answers until it has judged them."""
        self._replied += size
        return self._replied > MOST_REPLIED

    def _stop_before(self, function: str) -> CellStop | None:
        """How the last cell that was to define a function ended, if before its end."""
        place = self._text.place_of(function)
        return None if place is None else self._cells.stops.get(place)
