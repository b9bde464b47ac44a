"""Frames to and from a process that may be hostile: every wait has a deadline, every size a cap."""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any, Protocol

from autograder.sandbox.cpu_clock import Clocks, clocks_of
from autograder.sandbox.frames import LENGTH, pack, read_answer
from autograder.sandbox.waits import DeadlineExtension, count_sleep
from autograder.sandbox.wire import decode
from autograder.sandbox.wire_format import Caps, WireError

_PIECE, _LARGE_PIECE = 1 << 14, 1 << 20
_CREDENTIALS = socket.CMSG_SPACE(struct.calcsize("3i")) if hasattr(socket, "SO_PASSCRED") else 0
NAP_SECONDS = 0.001


class ChannelError(Exception):
    """The other side broke the protocol or a cap."""


class ChannelClosed(ChannelError):
    """The other side has closed the socket."""


class DeadlinePassed(ChannelError):
    """No complete message came in time."""


def let_tell_who_sends(end: socket.socket) -> None:
    """Ask the kernel to attach the sender's pid to what arrives (SO_PASSCRED, Linux)."""
    if _CREDENTIALS:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


class EnforcedLimits(Protocol):
    """Limits on the process at the other end that are enforced while this one waits."""

    def look(self, pid: int) -> None:
        """Raise an exception of its own when a limit has been passed."""


class Channel:
    """One end of a stream socket; `watch` looks about every `tick_seconds` while waiting.

    Deadlines are extended (`waits.DeadlineExtension`). The clocks are those of the process that
    sends the first message, unless they are given.
    """

    def __init__(
        self,
        end: socket.socket,
        caps: Caps,
        *,
        watch: EnforcedLimits | None = None,
        clocks: Clocks | None = None,
        tick_seconds: float = 0.05,
    ) -> None:
        end.setblocking(False)
        self._socket = end
        self._caps = caps
        self._tick_seconds = tick_seconds
        self._poll = select.poll()
        self._poll.register(end, select.POLLIN)
        self._come = bytearray()  # and not yet been asked for
        self._length = -1  # of the message of which the length has come
        self.peer = 0  # the process at the other end, once it has sent something
        self._watch = watch
        self._more = False
        self.extension = DeadlineExtension(clocks, tick_seconds)

    def begin(self, limit: float, *, more: bool = False) -> None:
        """Start another request with a limit in seconds; `more` were sent behind it."""
        self._more = more
        self.extension.begin(limit)

    def require(self, deadline: float) -> None:
        """Raise DeadlinePassed when the deadline is over."""
        if self.extension.left(deadline) <= 0:
            raise DeadlinePassed("no answer in time")

    def send(self, message: tuple[Any, ...], deadline: float) -> None:
        """Send a message; `deadline` as in time.monotonic. Raises ChannelClosed, DeadlinePassed."""
        rest = memoryview(pack(message))
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
            except OSError as error:
                raise ChannelClosed(str(error)) from None

    def receive(self, deadline: float, token: int | None = None) -> Any:
        """The next message, perhaps the answer to a call of the request with this token.

        Raises ChannelError in one of its forms, or what `watch` raises.
        """
        if self._length < 0:  # a deadline may have passed in the middle of a message
            (self._length,) = LENGTH.unpack(self._exactly(LENGTH.size, deadline))
        if self._length > self._caps.size:
            raise ChannelError(f"a message of {self._length} bytes, the cap is {self._caps.size}")
        content = self._exactly(self._length, deadline)
        self._length = -1
        if token is not None and (answer := read_answer(content, token)) is not None:
            return answer
        try:
            return decode(content, self._caps)
        except WireError as error:
            raise ChannelError(str(error)) from None

    def is_silent(self) -> bool:
        """Whether nothing has come since the last message, and the socket is open."""
        return not self._come and not self._poll.poll(0)

    def close(self) -> None:
        self._socket.close()

    def _exactly(self, length: int, deadline: float) -> bytearray:
        """The next bytes; whatever comes behind them stays for the next time."""
        nap = self._more
        while len(self._come) < length:
            try:
                piece = self._receive(max(_PIECE, min(length - len(self._come), _LARGE_PIECE)))
            except BlockingIOError:
                if nap:  # several answers at a time: to be woken for each costs more than it
                    time.sleep(NAP_SECONDS)
                    count_sleep(NAP_SECONDS)
                    nap = False
                else:
                    self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                raise ChannelClosed(str(error)) from None
            if not piece:
                raise ChannelClosed("the other side has closed the socket")
            self._come += piece
        data = self._come[:length]
        del self._come[:length]  # which moves none of the rest
        return data

    def _receive(self, length: int) -> bytes:
        if self.peer or not _CREDENTIALS:
            return self._socket.recv(length)
        piece, told, _, _ = self._socket.recvmsg(length, _CREDENTIALS)
        self.peer = next((struct.unpack_from("i", data)[0] for _, _, data in told), -1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self.extension.clocks = self.extension.clocks or clocks_of(self.peer)
        return piece

    def _wait(self, event: int, deadline: float) -> None:
        """Wait until the socket is ready, or a tick has passed."""
        left = self.extension.left(deadline)
        if left <= 0:
            raise DeadlinePassed("no answer in time")
        poll = self._poll
        if event != select.POLLIN:
            poll = select.poll()
            poll.register(self._socket, event)
        seconds = max(0.001, min(left, self._tick_seconds))
        begun = time.monotonic()
        ready = poll.poll(seconds * 1000)
        count_sleep(min(seconds, time.monotonic() - begun))
        if not ready and self._watch is not None:
            self._watch.look(self.peer)
