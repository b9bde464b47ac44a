"""How much a search for slips may hold at a time.

A function can be written so that its edits would fill the memory: a hundred names, each of which
could stand in five hundred places. Such a one gets no hint; the grade is known by then.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from autograder.judge.vocabulary import MOST_PLACES
from autograder.repair.places import OwnFunction, Splice

MOST_HELD = 8_000_000  # of one list of edits, in characters; of real functions 1.8 million at most
AN_EDIT = 100  # characters that each counts for, beside those that it takes out and puts in
MOST_VERSIONS = 30_000_000  # characters of the versions of one function that are kept
LONGEST = 20_000  # characters of a function that is looked at; of real ones 2,500 at most


class TooManyEdits(Exception):
    """A function has more edits than may be held."""


class Spliced(Protocol):
    """What changes a function's text in some places."""

    @property
    def splices(self) -> tuple[Splice, ...]: ...


SplicedItem = TypeVar("SplicedItem", bound=Spliced)


class Holding:
    """Counts what the edits of one list hold."""

    def __init__(self) -> None:
        self._left = MOST_HELD

    def counted(self, found: Iterable[SplicedItem]) -> Iterator[SplicedItem]:
        """The items as they are made; raises TooManyEdits before they hold too much."""
        for item in found:
            self._left -= sum(AN_EDIT + s.end - s.start + len(s.text) for s in item.splices)
            if self._left < 0:
                raise TooManyEdits
            yield item


def is_too_large(own: OwnFunction) -> bool:
    """Whether one of so many places would tell much, or versions of such a text hold much."""
    return len(own.with_splices()) > LONGEST or sum(1 for _ in ast.walk(own.node)) > MOST_PLACES


def most_versions(own: OwnFunction, most: int) -> int:
    """How many of at most so many versions of a function may be kept: the longer, the fewer."""
    return min(most, MOST_VERSIONS // max(1, len(own.with_splices())))
