"""Several values in one payload, whose bytes can be compared value by value.

The header holds the nodes of the values one after the other, so that caps on depth count within
each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.sandbox.frames import TRUSTED, content_of
from autograder.sandbox.wire import Decoder, Encoder

Ends = list[tuple[int, int]]  # of each value: of its nodes in the header, of its arrays' bytes


def encode_series(values: Iterable[object]) -> tuple[bytes, Ends]:
    """The payload of the values, and where in it each of them ends; raises WireError."""
    encoder = Encoder(TRUSTED)
    ends = []
    for value in values:
        encoder.node(value, 0)
        ends.append((len(encoder.header), encoder.size))
    return b"".join(encoder.payload()), ends


def wrap_series(values: Iterable[object]) -> np.ndarray[Any, Any]:
    """The payload of the values, as a value that can be part of a message; raises WireError."""
    return np.frombuffer(encode_series(values)[0], np.uint8)


def unwrap_series(payload: Any) -> tuple[list[Any], Ends]:
    """The values of a payload that the judge has made, and where in it each of them ends."""
    decoder = Decoder(content_of(payload), TRUSTED)
    start = decoder.block
    values, ends = [], []
    while decoder.position < decoder.end:
        values.append(decoder.node(0))
        ends.append((decoder.position, decoder.block - start))
    decoder.finish()
    return values, ends


def parted(payload: bytes, ends: Ends) -> Sequence[tuple[bytes, bytes]]:
    """Of each value the bytes of its nodes and those of its arrays."""
    header = int.from_bytes(payload[:4], "little")
    nodes, arrays = payload[4 : 4 + header], payload[4 + header :]
    return [
        (nodes[node:node_end], arrays[array:array_end])
        for (node, array), (node_end, array_end) in pairwise([(0, 0), *ends])
    ]
