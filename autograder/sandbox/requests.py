"""What the judge asks of a session: calls, prepared or not, and the turn of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from autograder.sandbox.frames import wrap
from autograder.sandbox.outputs import Output
from autograder.sandbox.replies import Ended

# To be imported ahead (`preload`) where one session is to ask another for what it has made.
QUESTIONS = "autograder.sandbox.questions"


@dataclass(frozen=True)
class Callback:
    """A function of the judge's as an argument of a call: only values cross, by copy."""

    function: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


class PreparedCall:
    """A call without stand-ins and callbacks, packed once for any number of sessions."""

    def __init__(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], seed: int | None
    ) -> None:
        """Raises wire.WireError for arguments that cannot cross."""
        self.name = name
        positional = [wrap(item) for item in args]
        keywords = {key: wrap(item) for key, item in kwargs.items()}
        self.payload = wrap((name, positional, keywords, seed, []))


@lru_cache(maxsize=256)
def packed(calls: tuple[PreparedCall, ...]) -> Any:
    """Many calls in one payload."""
    return wrap([call.payload for call in calls])


def argument(item: Any, callbacks: dict[str, Callable[..., Any]]) -> Any:
    """What crosses for an argument: its payload, or the name under which it is called back."""
    if not isinstance(item, Callback):
        return wrap(item)
    name = f"callback {len(callbacks)}"  # no name that a notebook could hold
    callbacks[name] = item
    return name


@dataclass
class Turn:
    """One cell or call of a request: how long it may take, and what came of it."""

    start: float
    deadline: float
    patience: float  # seconds that are left to it when it is interrupted; 0 ends it at once
    outputs: list[Output] = field(default_factory=list)
    fields: dict[str, Any] | Ended = field(default_factory=dict)
    interrupted: bool = False
    place: tuple[int, int] = (0, 0)  # the last one that the child told
