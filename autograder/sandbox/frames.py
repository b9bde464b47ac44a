"""Messages between the judge and the confined side: one frame, one tuple of plain values.

A frame is ``u64 length`` and a `wire` payload of that length. Every message is a tuple; its first
item is its kind. On the control socket, judge → child-maker → judge:

    ("start", settings)                 ("started", findings) or ("failed", text)
    ("fork", number, scratch) + 1 fd    ("forked", number)
    ("end", number, patience)           ("ended", number, was it we, wait status, peak bytes,
                                         cpu seconds)

On the session socket of one child. A token is a secret of one request: an answer that does not
carry it was not made for this request, and ends the session.

    child → judge   ("ready", seconds per step) or ("broken", text)
    judge → child   ("cells", token, cells), each a source, or a source and a line: then its
                    statements run one by one, up to that line
                    ("call", token, name, series of arguments, the keywords of the last of
                     them, {place: function}, seed, {name: stand-in})
                    ("calls", token, payload of calls that call nothing back), sent ahead
                    ("stubs", token, {name: (essence, names, silent)}), see inside/stubs.py
                    ("files", token, [(path, content)]), bytes as uint8 arrays: what was handed in
                    ("test", token, source, settings), to the session in which a test cell is
                    judged, which asks by calling back; what it asks goes as
                    ("answer", token, question) to the student's, see questions/asking.py
    child → judge   ("output", token, nbformat output), any number
                    ("at", token, line, inner line): where an interrupt met the cell, or which
                    of its statements begins
                    ("callback", token, name, payload); the judge sends
                    ("answer", token, ok, payload)
                    ("done", token, result fields), one for each cell or call, in order; for
                    a call that gave a value and no more, ("done", token, its payload)

A payload inside a message (a result) is a uint8 array holding a `wire` payload, of several values
where it is a series (`series`). A function, which is None among the arguments, is a text, the name
of one of the judge's to be called back, or (text, name, payload of values), one that runs in the
child; of either kind is a stand-in.
"""

from __future__ import annotations

import os
import struct
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.sandbox.wire import decode, decode_weighed, encode
from autograder.sandbox.wire_format import Caps, WireError

LENGTH = struct.Struct("<Q")
TRUSTED = Caps(size=1 << 32, items=1 << 24)  # what comes from the judge's side


def pack(message: tuple[Any, ...], caps: Caps = TRUSTED) -> bytes:
    """The frame of a message."""
    payload = b"".join(encode(message, caps))
    return LENGTH.pack(len(payload)) + payload


def wrap(value: object, caps: Caps = TRUSTED) -> np.ndarray[Any, Any]:
    """The payload of a value, as a value that can be part of a message."""
    return np.frombuffer(b"".join(encode(value, caps)), np.uint8)


def unwrap(payload: Any, caps: Caps = TRUSTED) -> Any:
    """The inverse of `wrap`; raises WireError for anything that is no such payload."""
    return unwrap_weighed(payload, caps)[0]


def unwrap_weighed(payload: Any, caps: Caps = TRUSTED) -> tuple[Any, int]:
    """The value of a payload, and about how many bytes it takes in memory."""
    return decode_weighed(content_of(payload), caps)


def content_of(payload: Any) -> memoryview:
    """The bytes of a payload inside a message; raises WireError for anything that is no such."""
    if type(payload) is not np.ndarray or payload.dtype != np.uint8 or payload.ndim != 1:
        raise WireError("a payload was expected")
    if not payload.flags.c_contiguous:
        raise WireError("a payload in pieces")
    return payload.data


def pack_answer(token: int, payload: Any) -> bytes:
    """The frame of ("done", token, payload), as `pack` makes it.

    Most messages are such answers, alike up to the payload. With this, 220 calls take a session
    19.6 ms, and without it 22.9 (means of eight, in turns).
    """
    begin = _beginning(token)
    length = LENGTH.pack(len(begin) + LENGTH.size + payload.nbytes)
    return b"".join((length, begin, LENGTH.pack(payload.nbytes), payload.data))


def read_answer(content: bytearray, token: int) -> tuple[Any, ...] | None:
    """The message in the content of a frame of `pack_answer`; None for any other content."""
    begin = _beginning(token)
    start = len(begin) + LENGTH.size
    if len(content) <= start or not content.startswith(begin):
        return None
    if LENGTH.unpack_from(content, len(begin))[0] != len(content) - start:
        return None
    return "done", token, np.frombuffer(content, np.uint8, offset=start)


@lru_cache(maxsize=4)
def _beginning(token: int) -> bytes:
    """What all answers of a request begin with: the header, up to the payload's size at its end."""
    encoded = b"".join(encode(("done", token, np.empty(0, np.uint8)), TRUSTED))
    return encoded[: -LENGTH.size]


def send(fd: int, message: tuple[Any, ...]) -> None:
    """Write one frame to a blocking descriptor; raises OSError when it is closed."""
    write(fd, pack(message))


def write(fd: int, frame: bytes) -> None:
    """The same of a frame that is packed already."""
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(fd, rest) :]


def receive(fd: int) -> Any:
    """Read one frame from a blocking descriptor; raises EOFError when it is closed."""
    (length,) = LENGTH.unpack(_exactly(fd, LENGTH.size))
    return decode(_exactly(fd, length), TRUSTED)


def _exactly(fd: int, length: int) -> bytearray:
    data = bytearray()
    while len(data) < length:
        piece = os.read(fd, min(length - len(data), 1 << 20))
        if not piece:
            raise EOFError("the other side has closed the socket")
        data += piece
    return data
