"""Requests to a confined child, and the result of each cell or call."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any

from autograder.sandbox.channel import ChannelError, DeadlinePassed
from autograder.sandbox.confined_process import ConfinedProcess
from autograder.sandbox.frames import unwrap, wrap
from autograder.sandbox.limits import Limits, SandboxError
from autograder.sandbox.received_outputs import clean_output
from autograder.sandbox.replies import Ended, fields_of, place_of, text_size
from autograder.sandbox.requests import StandIns, Turn
from autograder.sandbox.wire_format import Caps, WireError

NO_FUNCTIONS: StandIns = {}


class Conversation:
    """Sends requests to a child and reads its answers, one request at a time."""

    def __init__(self, process: ConfinedProcess, limits: Limits) -> None:
        self.caps = Caps(size=limits.reply_bytes)
        self.process = process
        self._channel = process.channel
        self._limits = limits
        self._open: tuple[int, Turn] | None = None  # the request under way
        self._over: list[Any] | None = None  # its end, where it came in place of an answer

    def exchange(
        self,
        message: tuple[Any, ...],
        count: int,
        seconds: Iterable[float],
        stand_ins: StandIns = NO_FUNCTIONS,
        patience: Iterable[float] = repeat(0.0),
        deadline: float = math.inf,
    ) -> Iterator[Turn]:
        """Send a request and yield the result of each cell or call.

        `seconds` are limits of processor time, which count on the clock too, and no longer than
        until a `deadline` in time.monotonic; where the child had no processor it has longer (see
        `waits`). A result that ends the session comes as Ended, and is the last one.
        """
        if not self.process.alive:
            raise SandboxError("this session is over; open another one")
        token = secrets.randbits(62)
        sent = False
        for number, limit, more in zip(range(count), seconds, patience, strict=False):
            start = time.monotonic()
            turn = Turn(start, min(start + limit, deadline), more)
            self._channel.begin(limit, more=number + 1 < count)
            try:
                if not sent:
                    sent = True
                    self._begin(token, message, turn.deadline)
                turn.fields = self._result(token, turn, stand_ins)
                turn.processor = self._channel.extension.computed()
            except Ended as end:
                self.process.end()
                turn.fields = end
            except BaseException:  # the judge's: nobody waits for what the child is doing
                self.process.close()
                raise
            yield turn
            if not self.process.alive:
                return

    def request(
        self,
        message: tuple[Any, ...],
        seconds: float,
        functions: StandIns = NO_FUNCTIONS,
        patience: float = 0.0,
        deadline: float = math.inf,
    ) -> Turn:
        """Make one request of any kind (see `frames`) and return its result; see `exchange`."""
        [turn] = self.exchange(message, 1, [seconds], functions, [patience], deadline)
        return turn

    def put_off(self, seconds: float) -> None:
        """Put off the deadline of the request under way, for which its child only waited."""
        assert self._open is not None
        self._open[1].deadline += seconds

    def ask_back(self, answer: tuple[Any, ...]) -> tuple[Any, ...]:
        """Answer the call-back that the child waits for; returns its next call-back.

        Only a function that is handling that call-back may use it. Raises ChannelError, Ended.
        """
        assert self._open is not None
        token, turn = self._open
        self._channel.send(("answer", token, True, wrap(answer)), turn.deadline)
        for kind, rest in self._messages(token, turn):
            if kind == "callback" and len(rest) == 2:
                try:
                    args, _ = unwrap(rest[1], self.caps)
                    return tuple(args)
                except (ValueError, TypeError, WireError) as error:
                    raise ChannelError(f"a call that makes no sense: {error}") from None
            if kind == "output" and (output := clean_output(rest[0] if rest else None)) is not None:
                turn.outputs.append(output)
            if kind == "done":  # it was interrupted: `_result` waits for that
                self._over = rest
                break
        raise ChannelError("an answer to no question")

    def _begin(self, token: int, message: tuple[Any, ...], deadline: float) -> None:
        if not self._channel.is_silent():
            raise self.process.why_it_spoke()
        try:
            self._channel.send((message[0], token, *message[1:]), deadline)
        except ChannelError as error:
            raise self.process.why(error) from None

    def _result(self, token: int, turn: Turn, stand_ins: StandIns) -> dict[str, Any]:
        """Wait for the fields of one result, collecting outputs and answering on the way."""
        self._open = (token, turn)
        try:
            for kind, rest in self._messages(token, turn):
                if kind == "done":
                    self.process.look_at_files()
                    return fields_of(rest)
                if kind == "callback":
                    answer = _answered(rest, stand_ins, self.caps)
                    if self._over is not None:  # nobody waits for the answer
                        rest, self._over = self._over, None
                        return fields_of(rest)
                    self._channel.send(("answer", token, *answer), turn.deadline)
                elif kind == "at":
                    turn.place = place_of(tuple(rest))
                elif (output := clean_output(rest[0] if rest else None)) is not None:
                    turn.outputs.append(output)
        except ChannelError as error:
            raise self.process.why(error) from None
        raise AssertionError("unreachable")

    def _messages(self, token: int, turn: Turn) -> Iterator[tuple[str, list[Any]]]:
        """Messages that carry the token of this request, within the caps on their number."""
        left = 2 * self._limits.output_bytes + (1 << 16)
        callbacks = self._limits.callbacks
        while left > 0 and callbacks >= 0:
            message = self._next(token, turn)
            self.process.count_threads_now_and_then()
            if type(message) is not tuple or [type(part) for part in message[:2]] != [str, int]:
                raise ChannelError("not a message")
            kind, sent_token, *rest = message
            if kind not in ("done", "output", "callback", "at") or sent_token != token:
                raise ChannelError("an answer to no question")
            callbacks -= kind == "callback"
            left -= text_size(rest) if kind == "output" else kind == "at"
            yield kind, rest
        raise ChannelError("more outputs or stand-in calls than allowed")

    def _next(self, token: int, turn: Turn) -> Any:
        """The next message; a cell whose time is over is interrupted once, if it has patience."""
        message = None
        try:
            message = self._channel.receive(turn.deadline, token)
            self._channel.require(turn.deadline)
        except DeadlinePassed:
            if not turn.patience or not self.process.interrupt():
                raise
            turn.deadline, turn.interrupted = time.monotonic() + turn.patience, True
            self._channel.begin(turn.patience)
            turn.patience = 0.0
        return self._next(token, turn) if message is None else message


def _answered(rest: list[Any], stand_ins: StandIns, caps: Caps) -> tuple[bool, Any]:
    """The answer of a stand-in to the arguments that the child sent."""
    try:
        name, payload = rest
        args, kwargs = unwrap(payload, caps)
        stand_in = stand_ins[name]
    except (ValueError, TypeError, KeyError, WireError) as error:
        raise ChannelError(f"a stand-in call that makes no sense: {error}") from None
    try:
        return True, wrap(stand_in(*args, **kwargs))
    except Exception:
        return False, None  # what went wrong here is not for the student's eyes
