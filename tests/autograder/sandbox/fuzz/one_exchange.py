"""What the judge does with frames of a child, whatever they are and whenever they come.

By hand, for some minutes: python tests/autograder/sandbox/fuzz/one_exchange.py [SECONDS]
"""

from __future__ import annotations

import itertools
import random
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox import Limits
from autograder.sandbox.channel import Channel
from autograder.sandbox.confined_process import ConfinedProcess, LimitsWatch
from autograder.sandbox.frames import LENGTH, pack, receive, wrap
from autograder.sandbox.results import KILLED, CallResult, CellResult, Usage
from autograder.sandbox.session import Session
from autograder.sandbox.wire import Caps

LIMITS = Limits(output_bytes=2000, reply_bytes=1 << 16, callbacks=5, call_seconds=30.0)
STATUSES = {"value", "raised", "missing", "unsupported", "crashed", "ok", "error", "output"}
SHOWN = {"output_type": "stream", "name": "stdout", "text": "x"}
ERROR = {"status": "raised", "error": ("ValueError", "x"), "lines": ["1"], "changed": ["0"]}
ODD: list[Any] = [
    None, True, -1, 0, 7, 2**59, 1.5, float("nan"), "", "done", "callback", "f", "x" * 300, [], (),
    {}, ((), {}), [[], {}], {"status": "value"}, {"status": 3}, {"status": ["value"]}, np.zeros(3),
    np.zeros(0, np.uint8), np.zeros((2, 2), np.uint8), wrap(((), {})), wrap(((1, 2), {1: 2})),
    wrap(3), wrap("ab"), wrap(({}, [])), wrap((np.ones(2), {"f": None})), wrap(((1.0,), {})),
    {"output_type": "stream", "name": 3, "text": ["x"]}, {"output_type": []}, {"a": {"b": [1]}},
]  # fmt: skip


class Broken(Exception):
    """A promise of the conversation does not hold."""


def sound(token: int) -> list[tuple[Any, ...]]:
    """What an honest child says during one call, its end aside."""
    return [
        ("output", token, SHOWN),
        ("callback", token, "f", wrap(((2.0,), {}))),
        ("at", token, 3, 1),
    ]


def last(token: int, chance: random.Random) -> tuple[Any, ...]:
    """The end of it."""
    files = ({"a.txt": "eA==", "b/c": ""}, 0)  # as of a call for what cells have made
    value = chance.choice((2.0, None, np.ones((2, 2)), {"a": [1]}, files))
    return ("done", token, chance.choice((wrap(value), ERROR, {"status": "missing"}, {})))


def odd(message: tuple[Any, ...], chance: random.Random) -> Any:
    """The same message with a part of it exchanged, left out, doubled or made its own inside."""
    parts: list[Any] = list(message)
    at = chance.randrange(len(parts))
    match chance.randrange(5):
        case 0:
            parts[at] = chance.choice(ODD)
        case 1:
            del parts[at]
        case 2:
            parts.insert(at, chance.choice(ODD))
        case 3 if type(parts[-1]) is np.ndarray and parts[-1].size:
            parts[-1] = parts[-1].copy()
            parts[-1].flat[chance.randrange(parts[-1].size)] = chance.randrange(256)
        case _:
            return chance.choice(ODD)
    return tuple(parts)


def spoilt(frame: bytes, chance: random.Random) -> bytes:
    """The bytes of a frame with some changed: its length, its end, its inside."""
    data = bytearray(frame)
    match chance.randrange(4):
        case 0:
            data[: LENGTH.size] = LENGTH.pack(chance.choice((0, 1, 1 << 15, 1 << 40, 2**64 - 1)))
        case 1:
            del data[chance.randrange(len(data)) :]
        case 2:
            data[chance.randrange(LENGTH.size, len(data))] = chance.randrange(256)
        case _:
            data += chance.randbytes(chance.randrange(1, 20))
    return bytes(data)


def be_the_child(end: socket.socket, chance: random.Random) -> None:
    """Take a request, and say what nobody expects."""
    with end, suppress(OSError, EOFError):
        _, token, *_ = receive(end.fileno())
        said: list[Any] = chance.choices(sound(token), k=chance.randrange(6))
        said.append(last(token, chance))
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(said))
            if type(said[at]) is tuple and said[at]:
                said[at] = odd(said[at], chance)
        spoil = chance.randrange(4 * len(said))
        for number, message in enumerate(said):
            frame = pack(message)
            end.sendall(spoilt(frame, chance) if number == spoil else frame)


class Thread:
    """A child that is a thread, which ends by itself when the channel is closed."""

    may_be_left = False

    def end(self, patience: float) -> Usage:
        return Usage(0, 0.0, KILLED)

    def leave(self) -> None:
        raise AssertionError


def try_one(chance: random.Random) -> bool:
    """One call, or one cell; whether it went well.

    Raises Broken, or whatever the judge raises that it must not.
    """
    ours, theirs = socket.socketpair()
    child = threading.Thread(target=be_the_child, args=(theirs, chance))
    watch = LimitsWatch(LIMITS)
    channel = Channel(ours, Caps(size=LIMITS.reply_bytes), watch=watch)
    process = ConfinedProcess(channel, Thread(), LIMITS, watch)
    calls: list[Any] = []
    session = Session(process, LIMITS)
    cell = chance.random() < 0.3
    child.start()
    try:
        result: CellResult | CallResult = (
            session.run_cell("pass", seconds=30.0)
            if cell
            else session.call("g", stand_ins={"f": lambda *a, **k: calls.append((a, k))})
        )
    finally:
        session.close()
        child.join()
    if result.status not in STATUSES or len(calls) > LIMITS.callbacks:
        raise Broken(f"{result.status} after {len(calls)} calls")
    if any(type(t) is not str for t in (result.error_name, result.error_message)):
        raise Broken("an error in other things than words")
    return result.status in ("value", "ok", "raised", "missing")


def main() -> None:
    end, values = time.monotonic() + float((sys.argv[1:] or ["300"])[0]), 0
    for number in itertools.count(1):
        seed = random.randrange(1 << 62)
        try:
            values += try_one(random.Random(seed))
        except BaseException:
            print(f"seed {seed}", flush=True)
            raise
        if time.monotonic() > end:
            left = len(list(Path("/proc/self/fd").iterdir()))
            print(f"{number} exchanges, {values} of them sound; {left} descriptors are open")
            return


if __name__ == "__main__":
    main()
