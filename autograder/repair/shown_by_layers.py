"""A fact from answers that are dictionaries with entries for each layer, as ``W1`` or ``db2``: the
first layer or the last one is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autograder.graders.compare import same
from autograder.handout.words import Text
from autograder.judge.calls import Call

AS_GIVEN = {
    -1: "What is returned for the last layer is as it was given: does every layer get its turn?",
    0: "What is returned for the first layer is as it was given: does every layer get its turn?",
}
NOTHING_FOR = {
    -1: "What is returned has nothing for the last layer: does every layer get its turn?",
    0: "What is returned has nothing for the first layer: does every layer get its turn?",
}
Entries = Mapping[str, Any]
Look = Callable[[Call, Entries, Entries], Mapping[str, bool]]
_NUMBERED = re.compile(r"[A-Za-z]+(\d+)")


def layer_left_out(pairs: Sequence[tuple[Call, Any]]) -> Text | None:
    """The sentence on the layer that is left out in every call, beside what a function answers."""
    for sentences, look in ((NOTHING_FOR, _missing), (AS_GIVEN, _as_given)):
        left: dict[int, list[tuple[Sequence[int], int]]] = {}
        for part, numbers, out in (f for call, mine in pairs for f in _left(call, mine, look)):
            left.setdefault(part, []).append((numbers, out))
        for place, sentence in sentences.items():
            if any(all(numbers[place] == n for numbers, n in found) for found in left.values()):
                return Text(sentence)
    return None


def _left(call: Call, mine: Any, look: Look) -> Iterator[tuple[int, Sequence[int], int]]:
    """Of each dictionary in the answer its place, the numbers of its layers, and the one left out.

    0 for such as leave out none, or several. What has a single layer shows nothing.
    """
    for part, one, wanted in _dictionaries(mine, call.result.value):
        layers: dict[int, list[str]] = {}
        for key in wanted:
            layers.setdefault(_number(key), []).append(key)
        numbers = sorted(layers)
        if 0 in numbers or len(numbers) < 2:
            continue
        asked = look(call, one, wanted)
        if not asked:
            continue
        keys = {n: [k for k in layers[n] if k in asked] for n in numbers}
        out = [n for n in numbers if keys[n] and all(asked[k] for k in keys[n])]
        yield part, numbers, out[0] if len(out) == 1 else 0


def _missing(call: Call, one: Entries, wanted: Entries) -> Mapping[str, bool]:
    """Of each entry whether it is missing."""
    return {key: key not in one for key in wanted}


def _as_given(call: Call, one: Entries, wanted: Entries) -> Mapping[str, bool]:
    """Of each entry that should change whether it is as it was given; nothing of other ones."""
    given = next((g for g in call.args if isinstance(g, dict) and g.keys() == wanted.keys()), None)
    if given is None:
        return {}
    changing = [k for k in wanted if not same(wanted[k], given[k])]
    return {k: k in one and same(one[k], given[k], rtol=0.0, atol=0.0) for k in changing}


def _dictionaries(mine: Any, wanted: Any) -> Iterator[tuple[int, Entries, Entries]]:
    """The dictionaries at the same places of two answers."""
    both = [(mine, wanted)]
    if isinstance(mine, tuple) and isinstance(wanted, tuple):
        both = list(zip(mine, wanted, strict=False))
    for part, (one, other) in enumerate(both):
        if isinstance(one, dict) and isinstance(other, dict) and other:
            yield part, one, other


def _number(key: Any) -> int:
    found = _NUMBERED.fullmatch(key) if isinstance(key, str) else None
    return int(found[1]) if found else 0
