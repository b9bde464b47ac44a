"""Frames to and from a process: pieces, caps, deadlines."""

import socket
import struct
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.sandbox.channel import Channel, ChannelClosed, ChannelError, DeadlinePassed
from autograder.sandbox.frames import pack, pack_answer, read_answer, unwrap, wrap
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


@pytest.mark.quick
def test_the_frame_of_an_answer_is_the_one_of_any_message():
    payload = wrap({"a": [1, 2.5], "b": np.arange(6.0).reshape(2, 3)})
    assert pack_answer(12345, payload) == pack(("done", 12345, payload))
    assert pack_answer(2**62 - 1, payload) == pack(("done", 2**62 - 1, payload))


@pytest.mark.quick
def test_an_answer_is_read_as_any_message_is(line):
    channel, theirs = line
    theirs.sendall(2 * pack(("done", 7, wrap([1, "x"]))))
    for token in (7, None):
        kind, number, payload = channel.receive(soon(5), token)
        assert (kind, number, unwrap(payload)) == ("done", 7, [1, "x"])


def changed(place, value):
    frame = bytearray(pack(("done", 7, wrap([1, "x"]))))
    frame[place] = value
    return bytes(frame)


@pytest.mark.quick
@pytest.mark.parametrize(
    "frame",
    [
        pack(("done", 8, wrap([1, "x"]))),
        pack(("done", 7, wrap([1, "x"]), 1)),
        pack(("done", 7, np.arange(3.0))),
        pack(("done", 7, np.zeros((2, 3), np.uint8))),
        pack(("done", 7, {"status": "value"})),
        pack(("output", 7, {"a": 1})),
    ],
)
def test_what_is_no_answer_to_this_request_is_read_in_full(line, frame):
    channel, theirs = line
    assert read_answer(bytearray(frame[8:]), 7) is None
    theirs.sendall(2 * frame)
    assert repr(channel.receive(soon(5), 7)) == repr(channel.receive(soon(5)))


@pytest.mark.quick
@pytest.mark.parametrize("size", [0, 1, 18, 20, 255])
def test_an_answer_that_lies_about_its_size_cannot_be_read(line, size):
    channel, theirs = line
    place = pack(("done", 7, wrap([1, "x"]))).index(wrap([1, "x"]).tobytes()) - 8
    theirs.sendall(changed(place, size))
    with pytest.raises(ChannelError):
        channel.receive(soon(5), 7)
