"""Parts of modules by a name that may have come from a student's process.

Such a name decides nothing but which entry is read: no attribute is asked for, so that no
``__getattr__`` of a library runs (that of `ctypes.cdll` loads a file), and nothing is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

_of_module: Any = vars(ModuleType)["__dict__"].__get__
_of_class: Any = vars(type)["__dict__"].__get__


def part_named(module: object, name: object) -> Any:
    """What an imported module, or a class in it, holds under a name; None where nothing is."""
    if type(module) is not str or type(name) is not str or module not in sys.modules:
        return None
    found: Any = sys.modules[module]
    space: Mapping[str, Any] = _of_module(found) if issubclass(type(found), ModuleType) else {}
    for part in name.split("."):
        if part not in space:
            return None
        found = space[part]
        space = _of_class(found) if issubclass(type(found), type) else {}
    return found.__func__ if type(found) is staticmethod else found


def class_named(module: object, name: object) -> Any:
    """The class of an imported module that calls itself so, or None."""
    found = part_named(module, name)
    is_class = issubclass(type(found), type)
    return found if is_class and (found.__module__, found.__qualname__) == (module, name) else None
