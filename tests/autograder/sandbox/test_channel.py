"""Frames to and from a process: pieces, caps, deadlines."""

import socket
import struct
import threading
import time
from types import SimpleNamespace

import pytest

from autograder.sandbox.channel import Channel, ChannelClosed, ChannelError, DeadlinePassed
from autograder.sandbox.frames import pack
from autograder.sandbox.wire_format import Caps

pytestmark = pytest.mark.family


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    channel = Channel(ours, Caps(size=1000), tick_seconds=0.02)
    yield channel, theirs
    channel.close()
    theirs.close()


def soon(seconds=0.2):
    return time.monotonic() + seconds


@pytest.mark.quick
def test_a_message_in_pieces_is_one_message(line):
    channel, theirs = line
    frame = pack(("done", 1, "x" * 500))

    def drip():
        for place in range(0, len(frame), 100):
            theirs.sendall(frame[place : place + 100])
            time.sleep(0.002)

    thread = threading.Thread(target=drip)
    thread.start()
    assert channel.receive(soon(5)) == ("done", 1, "x" * 500)
    thread.join()


@pytest.mark.quick("-DeadlinePassed")
@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"", DeadlinePassed),
        (b"\x05", DeadlinePassed),
        (struct.pack("<Q", 1001), ChannelError),
        (struct.pack("<Q", 5) + b"\0\0\0\0?", ChannelError),
        (struct.pack("<Q", 900), DeadlinePassed),
    ],
)
def test_bad_and_missing_frames_are_told_apart(line, sent, error):
    channel, theirs = line
    theirs.sendall(sent)
    with pytest.raises(error) as caught:
        channel.receive(soon())
    assert caught.type is error


def test_a_closed_line_is_noticed_at_once(line):
    channel, theirs = line
    theirs.close()
    with pytest.raises(ChannelClosed):
        channel.receive(soon(60))


def test_sending_to_nobody_who_listens_ends_at_the_deadline(line):
    channel, _ = line
    with pytest.raises(DeadlinePassed):
        channel.send(("x" * 10_000_000,), soon())


@pytest.mark.quick
def test_limits_are_looked_at_while_waiting():
    ticks = []
    watch = SimpleNamespace(look=ticks.append)
    ours, theirs = socket.socketpair()
    channel = Channel(ours, Caps(size=1000), watch=watch, tick_seconds=0.02)
    with pytest.raises(DeadlinePassed):
        channel.receive(soon(0.2))
    channel.close(), theirs.close()
    assert len(ticks) >= 3
