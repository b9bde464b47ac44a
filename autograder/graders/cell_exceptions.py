"""Exceptions of a student's, made again in a check: a test meets them as the cell would."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from types import WrapperDescriptorType
from typing import Any

from autograder.sandbox.named import class_named

_OF_ALL = "builtins:Exception"
_LIBRARIES = frozenset({"numpy", "scipy", "pandas", "sklearn", "torch"})
_OF_TESTS = frozenset({"unittest", "doctest", "bdb"})  # take theirs for no failure
_READABLE = (_LIBRARIES | sys.stdlib_module_names) - _OF_TESTS


class CellExceptions:
    """The classes that stand for a student's, one for each name in one check.

    `kinds` name a class and its bases, nearest first, as ``module:name`` (`sandbox.raised`). Those
    of Python and of a few libraries are themselves; any other is a class of this name, below what
    stands for its bases.
    """

    def __init__(self) -> None:
        self._own: dict[str, type[Exception]] = {}

    def raised(self, result: Any) -> Exception | None:
        """What ended a call, as a test may meet it; None for what `except Exception` lets pass."""
        name = result.error_name
        kinds = result.kinds or _kinds_by_name(name)
        if result.status != "raised" or _OF_ALL not in kinds:
            return None
        for kind in self.kind(kinds).__mro__:
            with suppress(TypeError):  # some take more than a text
                return _made(kind, result.error_message, result.arguments)
        return None

    def kind(self, kinds: Sequence[str]) -> type[Exception]:
        """What stands for a class that is named with its bases."""
        found: list[type[Exception]] = [Exception]
        for name in reversed(kinds[: kinds.index(_OF_ALL) if _OF_ALL in kinds else None]):
            found.insert(0, _known(name) or self._own_kind(name, _nearest(found)))
        return found[0]

    def _own_kind(self, name: str, bases: Sequence[type[Exception]]) -> type[Exception]:
        own = self._own.setdefault(name, _below(name, *bases))
        missing = [base for base in bases if not issubclass(own, base)]
        return _below(name, own, *missing) if missing else own


def own_kind(name: str) -> tuple[str, ...]:
    """A class of the notebook's, of whose bases nothing is known."""
    return f"__main__:{name}", _OF_ALL


def _kinds_by_name(name: str) -> tuple[str, ...]:
    kind = class_named("builtins", name)
    if kind is not None and issubclass(kind, BaseException):
        return tuple(f"builtins:{base.__name__}" for base in kind.__mro__)
    return own_kind(name)


def _known(kind: str) -> type[Exception] | None:
    """The class of Python or a library that a student's process names, where it is known here."""
    module, _, name = kind.partition(":")
    if module.partition(".")[0] not in _READABLE:
        return None
    found = class_named(module, name)
    # a student's AssertionError must not be taken for the test's
    is_one = found is not None and issubclass(found, Exception)
    return found if is_one and not issubclass(found, AssertionError) else None


def _nearest(kinds: Sequence[type[Exception]]) -> list[type[Exception]]:
    """The classes that are no base of one before them."""
    return [k for i, k in enumerate(kinds) if not any(issubclass(o, k) for o in kinds[:i])]


def _below(name: str, *bases: type[Exception]) -> type[Exception]:
    plain = name.rpartition(":")[2].rpartition(".")[2]
    shown = plain if plain.isidentifier() else "Exception"
    try:
        return type(shown, bases, {"__module__": "__main__"})
    except TypeError:  # bases that no class has together
        return type(shown, bases[:1], {"__module__": "__main__"})


def _made(kind: type[Exception], message: str, arguments: tuple[Any, ...]) -> Exception:
    """An exception with a text and arguments, whatever else its class asks for.

    It is of the class itself where that says this text of the arguments, or of the text alone: a
    KeyError puts quotes around it.
    """
    if isinstance(kind.__init__, WrapperDescriptorType):
        for given in (arguments, (message,)):
            with suppress(Exception):
                made: Exception = kind(*given)
                if type(made) is kind and str(made) == message:
                    return made
    says = {"__module__": kind.__module__, "__qualname__": kind.__qualname__,
            "__init__": lambda *_: None, "__str__": lambda _: message}  # fmt: skip
    made = type(kind.__name__, (kind,), says)(*(arguments or (message,)))
    made.args = arguments or (message,)
    return made
