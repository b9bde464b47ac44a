"""Which arguments a call has changed: told value by value, each encoded once, none decoded."""

import numpy as np
import pytest

from autograder.sandbox.inside.changes import changed_places
from autograder.sandbox.series import unwrap_series, wrap_series
from autograder.sandbox.wire import Decoder, Encoder

NUMBERS = 300
ARGUMENTS = [[*map(float, range(NUMBERS))], np.arange(6.0), {"a": 1, "b": np.zeros(2)}, "text", []]


def after(change, arguments=ARGUMENTS):
    """What is told of a call that changes its arguments so."""
    payload = wrap_series(arguments)
    values, ends = unwrap_series(payload)
    change(values)
    return changed_places(payload, ends, values)


def exchange_arrays(values):
    values[1][:2], values[2]["b"][:] = values[2]["b"].copy(), values[1][:2].copy()


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda values: None, []),
        (lambda values: values[0].reverse(), [0]),
        (lambda values: values[4].append(values[0].pop()), [0, 4]),
        (lambda values: values[1].resize((9,), refcheck=False), [1]),
        (lambda values: values[1].sort(), []),
        (exchange_arrays, [1, 2]),
        (lambda values: values[2].update(a=values[2].pop("a")), [2]),
        (lambda values: values[0].__setitem__(0, 0), [0]),
        (lambda values: values[4].append(values), [4]),
        (lambda values: (values[4].append(object()), values[0].clear()), [0, 4]),
    ],
)
def test_exactly_the_changed_arguments_are_told(change, told):
    assert after(change) == told


def test_no_arguments_are_not_changed():
    assert after(lambda values: None, []) == []


@pytest.mark.parametrize(
    "change", [lambda values: None, lambda values: values[0].reverse(), exchange_arrays]
)
def test_every_value_is_encoded_once_and_none_is_decoded(change, monkeypatch):
    payload = wrap_series(ARGUMENTS)
    values, ends = unwrap_series(payload)
    change(values)
    encoded, write = [], Encoder.node

    def counted(encoder, value, depth):
        encoded.append(value)
        write(encoder, value, depth)

    monkeypatch.setattr(Encoder, "node", counted)
    monkeypatch.setattr(Decoder, "node", lambda *asked: pytest.fail("a value is decoded"))
    changed_places(payload, ends, values)
    assert sum(type(value) is float for value in encoded) == NUMBERS
