"""What searches have found, for whoever has the same function.

What the session of one notebook answered decides for no other: its cells may have been written to
have others told a wrong slip, or none. A repair counts in another notebook where it repairs there,
too, and nothing takes its place; that nothing was found counts for the very same notebook alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeVar

from autograder.repair.places import OwnFunction
from autograder.repair.searched import Searched
from autograder.repair.versions import Versions

MOST_FUNCTIONS = 2000  # that repairs are kept of, and as many of which nothing was found
MOST_REPAIRS = 3  # of one function, found in different notebooks
FunctionKey = tuple[str, ...]
Value = TypeVar("Value")


class KnownSearches:
    """A worker's memory of what was found, and of what was not."""

    def __init__(self) -> None:
        self._repairs: dict[FunctionKey, tuple[Searched, ...]] = {}
        self._nothing: dict[FunctionKey, Searched] = {}

    def __len__(self) -> int:
        return len(self._repairs) + len(self._nothing)

    def repairs(self, key: FunctionKey) -> Sequence[Searched]:
        """The repairs of the same function that other notebooks have shown, the last one first."""
        return self._repairs.get(key, ())

    def without_repair(self, key: FunctionKey, live: Versions) -> Searched | None:
        """What was found of it in the same notebook, where that was no repair."""
        return self._nothing.get((*key, _texts(live)))

    def keep(self, key: FunctionKey, live: Versions, found: Searched) -> None:
        """Keep what a notebook has shown of a function."""
        if found.repair is not None:
            _put(self._repairs, key, (found, *self.repairs(key))[:MOST_REPAIRS])
        else:
            _put(self._nothing, (*key, _texts(live)), found)


def key_of(own: OwnFunction, exercise: str, failing: Sequence[str], live: Versions) -> FunctionKey:
    """What a function is known by, whatever its layout; digests, as any of it may be long."""
    written = sha256(own.normalized.encode("utf-8", "surrogatepass")).hexdigest()
    return exercise, written, *failing, digest_of_files(live.files)


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """What files are known by; they themselves would fill the memory of a worker."""
    found = [(name, sha256(content).hexdigest()) for name, content in files.items()]
    return sha256(repr(sorted(found)).encode()).hexdigest()


def _texts(live: Versions) -> str:
    return sha256(repr(list(live.sources)).encode("utf-8", "surrogatepass")).hexdigest()


def _put(store: dict[FunctionKey, Value], key: FunctionKey, value: Value) -> None:
    store.pop(key, None)
    store[key] = value
    if len(store) > MOST_FUNCTIONS:
        del store[next(iter(store))]
