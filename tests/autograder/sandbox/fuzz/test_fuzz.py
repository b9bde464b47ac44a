"""A quick, blind run of the fuzzer's target; the long one is fuzz_decode.py."""

import importlib.util
import random
from pathlib import Path

import pytest

pytestmark = pytest.mark.family

SPEC = importlib.util.spec_from_file_location("one_input", Path(__file__).parent / "one_input.py")
ONE_INPUT = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ONE_INPUT)


@pytest.mark.quick("payload18")
@pytest.mark.parametrize("payload", ONE_INPUT.seeds())
def test_every_seed_is_a_value(payload):
    assert ONE_INPUT.try_one(payload)


def mutated(payload, chance):
    data = bytearray(payload)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                data[at] ^= 1 << chance.randrange(8)
            case 2:
                del data[at : at + chance.randint(1, 8)]
            case _:
                data[at:at] = data[at : at + chance.randint(1, 16)]
        if not data:
            return b""
    return bytes(data)


def test_mutations_are_values_or_refused():
    chance, seeds = random.Random(20), ONE_INPUT.seeds()
    values = sum(ONE_INPUT.try_one(mutated(chance.choice(seeds), chance)) for _ in range(4000))
    assert 100 < values < 3900


SPEC = importlib.util.spec_from_file_location("one_answer", Path(__file__).parent / "one_answer.py")
ONE_ANSWER = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ONE_ANSWER)


def test_answers_to_a_test_cell_are_values_or_refused():
    """What another session's hostile process may say when a test cell is judged outside."""
    chance = random.Random(13)
    sound = sum(ONE_ANSWER.try_one(chance, 0.0) for _ in range(20))
    values = sum(ONE_ANSWER.try_one(chance) for _ in range(1500))
    assert sound == 20 and 100 < values < 1400


SPEC = importlib.util.spec_from_file_location(
    "one_exchange", Path(__file__).parent / "one_exchange.py"
)
ONE_EXCHANGE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ONE_EXCHANGE)


def test_frames_in_the_middle_of_a_call_back_or_an_answer_end_the_session_at_most():
    chance = random.Random(17)
    sound = sum(ONE_EXCHANGE.try_one(random.Random(chance.random())) for _ in range(600))
    assert 20 < sound < 580


SPEC = importlib.util.spec_from_file_location("one_digest", Path(__file__).parent / "one_digest.py")
ONE_DIGEST = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ONE_DIGEST)


def test_answers_with_equal_digests_are_equal_answers():
    """What was judged once is remembered by this digest, for every student of a worker."""
    digests = ONE_DIGEST.Digests(13)
    for _ in range(6000):
        digests.try_one()
    assert digests.remembered > 500
    assert len(digests.seen) < digests.remembered, "some answers came in several forms"


def test_a_digest_of_the_bytes_alone_would_be_found_out(monkeypatch):
    """The fuzzer sees a digest that is made before the value is decoded."""
    early = property(lambda reply: bytes(reply.changed_to))
    init = ONE_DIGEST.Reply.__init__

    def begin(reply, fields, *rest):
        init(reply, fields, *rest)
        reply.changed_to = fields["value"].tobytes()[:4]

    monkeypatch.setattr(ONE_DIGEST.Reply, "__init__", begin)
    monkeypatch.setattr(ONE_DIGEST.Reply, "digest", early)
    digests = ONE_DIGEST.Digests(13)
    with pytest.raises(ONE_DIGEST.Broken):
        for _ in range(2000):
            digests.try_one()
