"""Objects that a test makes of a library's classes, or of a helper module's, and hands over.

Such an object is copied to the student's side, attribute by attribute, and what the student's code
sets there comes back. The student's side makes none for the judge: an object of its own stays there
and has a stand-in.
"""

from __future__ import annotations

import importlib
from typing import Any

from autograder.sandbox.named import part_named
from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable

KIND = "instance"
_WRITTEN_IN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE


def is_plain(value: Any) -> bool:
    """Whether an object is made of its attributes alone, of a class that both sides can name."""
    kind: Any = type(value)
    return (
        kind.__new__ is object.__new__
        and isinstance(getattr(value, "__dict__", None), dict)
        and all(base.__flags__ & _WRITTEN_IN_PYTHON for base in kind.__mro__[:-1])
        and not any(base.__dict__.get("__slots__") for base in kind.__mro__)
        and kind.__module__ not in ("__main__", "builtins", "types", "typing")
        and part_named(kind.__module__, kind.__qualname__) is kind
    )


def write(value: Any, packing: Any) -> Node:
    """The content of such an object; raises Unsendable for another."""
    kind = type(value)
    if not is_plain(value):
        raise Unsendable(f"a value of type {kind.__name__}")
    attributes = [(name, _name_of(v) or packing.node(v)) for name, v in vars(value).items()]
    return (KIND, kind.__module__, kind.__qualname__, attributes)


def _name_of(value: Any) -> Node | None:
    """The node of a library's function, which is the same on both sides."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if type(module) is type(name) is str and module != "__main__" and callable(value):
        return ("named", module, name) if part_named(module, name) is value else None
    return None


def begin(content: Node, old: Any, trusts: bool) -> Any:
    """The object for a content, its attributes still to be set; `old` is the one that was there.

    Raises Malformed where there was none, unless the side that reads it trusts the other.
    """
    if old is not None:
        if not is_plain(old) or content[1:3] != (type(old).__module__, type(old).__qualname__):
            raise Malformed("an object that became another")
        return old
    if not trusts:
        raise Malformed("an object of a class")
    importlib.import_module(content[1])
    return object.__new__(part_named(content[1], content[2]))


def _is_named(value: Any, node: Node) -> bool:
    """Whether a node names the part of a library that an attribute is already."""
    if value is None or type(node) is not tuple or len(node) != 3 or node[0] != "named":
        return False
    return type(node[1]) is type(node[2]) is str and part_named(node[1], node[2]) is value


def _require_data(made: Any, attributes: dict[str, Any]) -> None:
    """Raise Malformed where a student's code would decide what an object of the test's does."""
    before = vars(made)
    for name, value in attributes.items():
        was = before.get(name)
        if value is not was and (callable(was) or callable(value)):
            raise Malformed(f"{name!r:.40} of an object became another")
        if name not in before and hasattr(type(made), name):
            raise Malformed(f"{name!r:.40} of an object hides what its class has")


def fill(made: Any, content: Node, reading: Any) -> None:
    """Give an object the attributes that its content says; raises Malformed."""
    pairs = content[3] if type(content) is tuple and len(content) == 4 else None
    if type(pairs) is not list or not all(
        type(pair) is tuple and len(pair) == 2 and type(pair[0]) is str for pair in pairs
    ):
        raise Malformed("malformed attributes")
    before = vars(made)
    attributes = {
        name: before[name] if _is_named(before.get(name), node) else reading.value(node)
        for name, node in pairs
    }
    if not reading.shared.trusts:
        _require_data(made, attributes)
    vars(made).clear()
    vars(made).update(attributes)
