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
LEAST_SECONDS = 0.05
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
        self._deadline = 0.0
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
            "anew": student is not self._student,
            "names": list(test.names),
            "follows": list(test.follows),
            "imports": list(test.imports),
            "writes": list(test.writes),
            "leaves": [(list(names), source) for names, source in test.leaves],
            "objects": self._specials is None or test.name in self._specials,
            "specials": None if self._specials is None else self._specials.get(test.name, []),
            "count": count,
        }
        self._student, self._ended, self._computed = student, "", 0.0
        start = time.monotonic()
        self._deadline = start + seconds
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
        """Pass a question of the judge's on to the student's session."""
        student = self._student
        if student is None or not student.alive:
            return self._end("the notebook's process has ended"), None, []
        left = max(LEAST_SECONDS, self._deadline - time.monotonic())
        functions = {"call back": self._call_back}
        try:
            turn = student.conversation.request(
                ("answer", payload), left, functions, INTERRUPT_SECONDS
            )
        except GraderError as error:  # to be raised where nobody takes it for an answer
            self._fault = error
            return self._end("the notebook's process could not be asked"), None, []
        self._computed += turn.processor
        outputs = join_streams(turn.outputs)
        if isinstance(turn.fields, Ended):
            status = turn.fields.status
            what = "did not end in time" if status == "timeout" else f"ended its process ({status})"
            return self._end(f"the notebook's code {what}"), None, outputs
        if turn.interrupted:
            return self._end("the notebook's code did not end in time"), None, outputs
        answers = turn.fields.get("answers")
        if type(answers) is not list or len(answers) != 1 or type(answers[0]) is not np.ndarray:
            return self._end("the notebook's process gave no answer"), None, outputs
        return "answered", answers[0], outputs

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
