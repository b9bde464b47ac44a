"""What is remembered of an answer is named by the value that was judged, not by its bytes."""

import struct
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox import Limits
from autograder.sandbox.channel import ChannelError
from autograder.sandbox.conversation import Conversation
from autograder.sandbox.frames import wrap
from autograder.sandbox.replies import Ended, Reply
from autograder.sandbox.requests import Turn
from autograder.sandbox.wire_format import Caps


def reply(packed, **fields):
    return Reply({"status": "value", "value": packed, **fields}, [], Caps(), 0.0)


def written_out(value):
    """All of a value that anybody could see, as one text: types, bits, order."""
    if isinstance(value, np.ndarray):
        shown = (value.dtype.str, value.shape, value.strides, value.tobytes())
    elif isinstance(value, dict):
        shown = [(written_out(key), written_out(item)) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        shown = [written_out(item) for item in value]
    else:
        shown = struct.pack("<d", value) if isinstance(value, float) else value
    return f"{type(value).__name__}:{shown!r}"


def seen(answer):
    result = answer.result
    return result.status, written_out(result.value), result.changed, result.error_name, result.lines


ANSWERS = st.sampled_from([
    1.5, 0.0, -0.0, 0, False, 1, True, "1", None, [], (), {}, [1.0], (1.0,), {"W1": 1},
    {"W1": True}, np.float64(1.5), np.float32(1.5), np.ones((2, 3)), np.ones((3, 2)), np.ones(6),
    np.ones(6, ">f8"), np.ones(6, int), np.ones(6, bool),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(6.0).reshape(2, 3), np.array([np.nan]), np.array([-np.nan]), np.empty((0, 3)),
    np.empty((3, 0)), {"a": 1, "b": 2}, {"b": 2, "a": 1},
])  # fmt: skip
DISGUISES = {
    "none": lambda packed: packed,
    "another dtype": lambda packed: packed.view(np.int8),
    "as booleans": lambda packed: packed.view(bool),
    "another rank": lambda packed: packed.reshape(1, -1),
    "a column": lambda packed: packed.reshape(-1, 1),
    "a view with strides": lambda packed: np.repeat(packed, 2)[::2],
    "turned round twice": lambda packed: packed[::-1].copy()[::-1],
    "read only": lambda packed: np.frombuffer(packed.tobytes(), np.uint8),
    "a tail": lambda packed: np.append(packed, packed[:1]),
    "shortened": lambda packed: packed[:-1],
    "wider": lambda packed: packed.astype(np.uint16),
    "text": lambda packed: packed.tobytes().decode("latin-1"),
    "a list": lambda packed: packed.tolist(),
    "another byte order": lambda packed: packed[: packed.size // 2 * 2].view(">u2"),
}  # fmt: skip


FIELDS = [
    {}, {"changed": ["0"]}, {"changed": ["x"]}, {"changed": [7]}, {"lines": ["f, line 1: x"]},
    {"error": ("ValueError", "no")},
]  # fmt: skip


@st.composite
def sent(draw):
    """A payload as a child could send it: disguised, or with a byte of it changed."""
    packed = np.array(wrap(draw(ANSWERS)))
    if draw(st.booleans()):
        packed[draw(st.integers(0, packed.size - 1))] ^= 1 << draw(st.integers(0, 7))
    fields = draw(st.sampled_from(FIELDS))
    return DISGUISES[draw(st.sampled_from(sorted(DISGUISES)))](packed), fields


@given(sent(), sent())
def test_answers_with_one_digest_are_one_answer(one, other):
    first, second = (reply(packed, **fields) for packed, fields in (one, other))
    if first.digest is not None and first.digest == second.digest:
        assert seen(first) == seen(second)


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_what_is_remembered_can_be_read(disguise):
    """An answer that cannot be read is no one else's, whatever its bytes."""
    honest = np.array(wrap(np.ones((2, 3))))
    answer = reply(DISGUISES[disguise](honest))
    assert (answer.digest is None) == (answer.result.status == "crashed")
    assert answer.digest in (None, reply(honest).digest)


def test_what_one_value_can_be_said_with_is_one_answer():
    """Booleans travel as bytes, of which any but 0 is true."""
    one = np.array(wrap(np.array([True, False])))
    other = one.copy()
    other[-2] = 7
    assert reply(one).digest == reply(other).digest is not None
    assert seen(reply(one)) == seen(reply(other))


def test_arguments_that_were_changed_are_part_of_an_answer():
    packed = wrap(1.0)
    digests = [reply(packed, changed=c).digest for c in ([], ["0"], ["1"], ["0", "1"], ["0', '1"])]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("fields", [
    {"status": "raised", "error": ("ValueError", "no")}, {"status": "missing"},
    {"status": "unsupported", "error": ("", "a value of type set")},
])  # fmt: skip
def test_nothing_is_remembered_of_an_answer_without_a_value(fields):
    assert Reply({"value": wrap(1.0), **fields}, [], Caps(), 0.0).digest is None


def test_a_value_comes_without_words():
    """A check that looks at more than the value must not be told what the digest leaves out."""
    answer = reply(wrap(1.0), error=("E", "secret"), lines=["f, line 1: x"])
    assert answer.result.error_message == "" and answer.result.lines == []


def test_a_large_answer_is_judged_again_and_not_written_anew():
    assert reply(wrap([[]] * 100_000)).digest is None
    assert reply(wrap(np.zeros(1 << 20))).digest is None
    assert reply(wrap(np.zeros(1 << 16))).digest is not None


@pytest.mark.parametrize("status", [None, 1, np.array([1, 2]), ["value"], np.array(["value"])])
def test_a_status_of_another_kind_ends_the_session(status):
    with pytest.raises(Ended):
        Reply({"status": status}, [], Caps(), 0.0)


@pytest.mark.parametrize("value", [[[]] * 1000, [{}] * 1000, [None] * 1000, ["x"] * 1000, {}, 1.0])
def test_an_answer_is_counted_as_it_lies_in_memory(value):
    import tracemalloc

    packed = wrap(value)
    tracemalloc.start()
    answer = reply(packed)
    assert answer.result.status == "value"
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.size >= taken / 2 - 2000  # an answer itself, beside its value


class Said:
    """In place of a channel to a child: gives one message, and takes any."""

    def __init__(self, message):
        self.message = message

    def send(self, message, deadline):
        pass

    def receive(self, deadline, token=None):
        return self.message

    def require(self, deadline):
        pass


@pytest.mark.parametrize(
    "payload",
    [wrap(value) for value in (5, None, 1.5, "ab", (1,), (1, 2, 3), (5, {}), {"a": 1}, [])]
    + [wrap((1, 2)).view(np.int8), np.zeros(3, np.uint8), None, 7],
    ids=repr,
)  # fmt: skip
def test_a_call_back_that_makes_no_sense_is_the_childs_and_no_error_of_ours(payload):
    process = SimpleNamespace(
        channel=Said(("callback", 7, "f", payload)), count_threads_now_and_then=lambda: None
    )
    conversation = Conversation(process, Limits())
    conversation._open = (7, Turn(0.0, 1e18, 0.0))
    try:
        answer = conversation.ask_back(("answer",))
    except ChannelError as error:
        assert "makes no sense" in str(error)
    else:
        assert type(answer) is tuple
