"""Other versions of a function in a student's session: what they are called through, and how
their loops end."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from autograder.judge.calls import Answer, StandIns
from autograder.repair.places import OwnFunction
from autograder.sandbox import CallResult, PreparedCall

MOST_TURNS = 20_000  # of a while loop in a version


class Time(Protocol):
    """The time of a submission, after which its versions are not answered any more."""

    began: float  # in seconds of time.monotonic

    @property
    def is_over(self) -> bool: ...


class Versions(Protocol):
    """A submission whose cells have run and whose functions can be tried in other versions."""

    files: Mapping[str, bytes]  # handed in beside it
    sources: Sequence[str]  # the text of every cell of the notebook

    @property
    def time(self) -> Time: ...

    def source_of(self, function: str) -> str: ...

    def versions(
        self, name: str, sources: Sequence[str], calls: Sequence[PreparedCall], seconds: float
    ) -> list[list[Answer]]: ...

    def call_version(
        self, source: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any],
        *, seed: int, stand_ins: StandIns, seconds: float,
    ) -> CallResult: ...  # fmt: skip


class OneVersion:
    """A backend in which one function is another version of itself."""

    def __init__(
        self, live: Versions, source: str, seconds: float, count: Callable[[CallResult], None]
    ) -> None:
        self._live = live
        self._source = source
        self._seconds = seconds
        self._count = count

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, seed: int,
        stand_ins: StandIns,
    ) -> CallResult:  # fmt: skip
        """Call a function of the notebook in which the version has been defined.

        What runs into its limit is called once more: a machine that stalls ends right ones, too.
        """
        for _ in range(2):
            result = self._live.call_version(
                self._source, name, args, kwargs,
                seed=seed, stand_ins=stand_ins, seconds=self._seconds,
            )  # fmt: skip
            if result.status != "timeout":
                break
        self._count(result)
        return result


def with_ends(source: str) -> str:
    """The version with loops that end: an endless one raises an exception after some turns."""
    if "while" not in source:
        return source
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source  # as it is: it raises behind the wall
    ended = ast.unparse(ast.fix_missing_locations(_Ending().visit(tree)))
    return ended + "\n"


class _Ending(ast.NodeTransformer):
    """Makes every `while` count its turns and raise an exception after too many."""

    def visit_While(self, node: ast.While) -> list[ast.stmt]:
        self.generic_visit(node)
        name = f"_turns_{node.lineno}_"
        begin = ast.parse(f"{name} = 0").body
        count = ast.parse(f"{name} += 1\nif {name} > {MOST_TURNS}:\n    raise RuntimeError").body
        node.body[:0] = count
        return [*begin, node]


def with_and_without_helpers(name: str, live: Versions) -> tuple[OwnFunction, OwnFunction]:
    """A student's function, with the helpers of its cell and by itself.

    Raises LookupError where another cell defines a helper anew: the slip may be in that one.
    """
    cell = live.source_of(name)
    own = OwnFunction(cell, name)
    if any(live.source_of(helper) != cell for helper in own.helpers):
        raise LookupError(name)
    return own, OwnFunction(cell, name, alone=True)
