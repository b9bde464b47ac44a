"""One submission's test cells, run in the judge's session against the student's."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.model import GraderError
from autograder.notebook.cells import RunnableCell
from autograder.sandbox import CellResult, Sandbox, Session
from autograder.sandbox.channel import ChannelError
from autograder.sandbox.received_outputs import join_streams
from autograder.sandbox.replies import Ended, error_of, place_of, texts_of
from autograder.sandbox.requests import Turn
from autograder.testcells.program import JudgedCell

PROVIDED_SECONDS = 60.0  # for what the judge's side runs of the author's own statements
STOPPED = "TestStopped"  # the name of the error of a cell that could not be judged
INTERRUPT_SECONDS = 0.5  # in which an interrupted cell has to end
LEAST_SECONDS = 0.05  # of processor time, for one question
_BEGIN = 'import os\nos.environ["NBGRADER_EXECUTION"] = "autograde"\ndel os'
_MOST_USED = 100


class OutsideJudge:
    """The other session of one submission; use as a context manager."""

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Mapping[int, JudgedCell],
        specials: Mapping[str, list[str]] | None,
    ) -> None:
        """`cells` by place in the submitted notebook; `specials` are the special methods that
        objects of the author's needed, by test cell. A cell not named there uses no object;
        with None every cell may use any."""
        self._sandbox = sandbox
        self._cells = dict(sorted(cells.items()))
        self._specials = specials
        self._session: Session | None = None
        self._prepared = -1  # the last place whose statements have run
        self._fatal: set[str] = set()  # statements that end a session
        self._student: Session | None = None
        self._seconds = 0.0  # for the cell
        self._deadline = 0.0  # of the cell, in time.monotonic
        self._fault: GraderError | None = None  # the judge's, while the student's process was asked
        self._computed = 0.0  # seconds of the student's process for the cell
        self._ended = ""  # why the student's side gave no answer
        self.used: dict[str, list[str]] = {}  # special methods of the student's objects, by cell

    def __enter__(self) -> OutsideJudge:
        return self

    def __exit__(self, *_: object) -> None:
        if self._session is not None:
            self._session.close()

    def run(self, cell: RunnableCell, student: Session, seconds: float, count: int) -> CellResult:
        """Run one test cell; `count` is the number that a kernel would give it."""
        test = self._cells[cell.index]
        session = self._prepare(cell.index)
        settings = {
            **_settings(test, self._specials),
            "anew": student is not self._student,
            "count": count,
        }
        self._student, self._ended, self._computed = student, "", 0.0
        start = time.monotonic()
        self._seconds, self._deadline = seconds, start + seconds
        message = ("test", cell.source, settings)
        turn = session.conversation.request(message, seconds, {"ask": self._ask}, INTERRUPT_SECONDS)
        if self._fault is not None:
            raise self._fault
        return replace(
            self._result(test, turn),
            seconds=time.monotonic() - start,
            processor=self._computed + turn.processor,
        )

    def _result(self, test: JudgedCell, turn: Turn) -> CellResult:
        fields: Any = turn.fields
        outputs = join_streams(turn.outputs)
        if isinstance(fields, Ended) or turn.interrupted:
            status = fields.status if isinstance(fields, Ended) else "timeout"
            return CellResult(status, outputs, "TimeoutError", "not finished in time")
        self.used[test.name] = texts_of(fields.get("used"), _MOST_USED)
        broken = fields.get("broken") or self._ended
        if broken:
            text = str(broken)
            if "end in time" in text:
                return CellResult("timeout", outputs, "TimeoutError", text)
            return CellResult("error", outputs, STOPPED, text)
        name, text = error_of(dict(fields))
        statement, line = place_of(fields.get("place"))
        status = "error" if name else "output" if fields.get("cut") is True else "ok"
        return CellResult(status, outputs, name, text, line=line, statement=statement)

    def _prepare(self, place: int) -> Session:
        """A session in which the author's statements before a place have run.

        A statement that ends the session (no memory, no time) is left out of the next one.
        """
        while True:
            session = self._session
            if session is None or not session.alive:
                session = self._sandbox.session()
                session.run_cell(_BEGIN)
                self._session, self._student, self._prepared = session, None, -1
            if self._caught_up(session, place):
                return session

    def _caught_up(self, session: Session, place: int) -> bool:
        for index, test in self._cells.items():
            if self._prepared < index <= place:
                for source in test.before:
                    if source not in self._fatal:
                        session.run_cell(source, seconds=PROVIDED_SECONDS)
                    if not session.alive:
                        self._fatal.add(source)
                        return False
                self._prepared = index
        return True

    def _ask(self, kind: str, payload: Any) -> tuple[str, Any, list[dict[str, Any]]]:
        """Pass a question of the judge's on to the student's session.

        All questions of a cell together have the cell's seconds. The judge's own deadline is put
        off meanwhile: the student's process may stand in the queue for a processor.
        """
        student = self._student
        if student is None or not student.alive or self._session is None:
            return self._end("the notebook's process has ended"), None, []
        begun = time.monotonic()
        try:
            turn = student.conversation.request(
                ("answer", payload),
                max(LEAST_SECONDS, self._seconds - self._computed),
                {"call back": self._call_back},
                INTERRUPT_SECONDS,
                self._deadline,
            )
        except GraderError as error:  # to be raised where nobody takes it for an answer
            self._fault = error
            return self._end("the notebook's process could not be asked"), None, []
        finally:
            now = time.monotonic()
            self._session.conversation.put_off(now - begun)
            if student.channel.extension.was_kept_waiting:
                self._deadline = max(self._deadline, now)
        self._computed += turn.processor
        outputs = join_streams(turn.outputs)
        answer = _answer(turn)
        if isinstance(answer, str):
            return self._end(answer), None, outputs
        return "answered", answer, outputs

    def _call_back(self, payload: Any) -> Any:
        """The student's code calls a function of the test's."""
        assert self._session is not None
        try:
            kind, answer = self._session.conversation.ask_back(("called back", payload, []))
        except (ChannelError, Ended, ValueError) as error:
            self._end("a function of the test could not be called")
            raise RuntimeError("a function of the test could not be called") from error
        if kind != "returned":
            self._end("a function of the test calls the notebook's code from within")
            raise RuntimeError("a function of the test calls the notebook's code from within")
        return answer

    def _end(self, why: str) -> str:
        self._ended = self._ended or why
        return why


def _settings(test: JudgedCell, specials: Mapping[str, list[str]] | None) -> dict[str, Any]:
    """What `Asking.run` takes for a cell, whoever's submission it is."""
    return {
        "names": list(test.names),
        "follows": list(test.follows),
        "imports": list(test.imports),
        "writes": list(test.writes),
        "leaves": [(list(names), source) for names, source in test.leaves],
        "objects": specials is None or test.name in specials,
        "specials": None if specials is None else specials.get(test.name, []),
    }


def _answer(turn: Turn) -> np.ndarray | str:
    """The payload that answers a question, or why there is none."""
    fields: Any = turn.fields
    if isinstance(fields, Ended) and fields.status != "timeout":
        return f"the notebook's code ended its process ({fields.status})"
    if isinstance(fields, Ended) or turn.interrupted:
        return "the notebook's code did not end in time"
    answers = fields.get("answers")
    if type(answers) is not list or len(answers) != 1 or type(answers[0]) is not np.ndarray:
        return "the notebook's process gave no answer"
    return answers[0]
