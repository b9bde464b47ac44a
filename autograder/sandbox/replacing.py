"""Replaces functions by stand-ins wherever a notebook's code finds them by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def replaced(names: dict[str, Any], functions: Mapping[str, Any]) -> Iterator[None]:
    """Put functions in place of global names.

    A helper that was imported is reached by its module, too: ``helpers.f`` is replaced where it is
    the same object as ``f``.
    """
    spaces = [names, *_modules_of(names, functions)]
    before = [{name: space[name] for name in functions if name in space} for space in spaces]
    for space in spaces[1:]:
        space.update({name: new for name, new in functions.items() if _same(name, space, names)})
    names.update(functions)
    try:
        yield
    finally:
        for name in functions:
            names.pop(name, None)
        for space, kept in zip(spaces, before, strict=True):
            space.update(kept)


def _modules_of(names: Mapping[str, Any], functions: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The namespaces of modules that hold a function which is to be replaced."""
    modules = [vars(value) for value in names.values() if type(value) is ModuleType]
    spaces = {id(space): space for space in modules if space is not names}
    return [s for s in spaces.values() if any(_same(name, s, names) for name in functions)]


def _same(name: str, space: Mapping[str, Any], names: Mapping[str, Any]) -> bool:
    return name in space and name in names and space[name] is names[name]
