"""Stand-ins in the judge's process for functions, classes and objects of the student.

A stand-in holds no data: each operation on it runs in the student's session. It has only those
special methods that the author's own objects needed, so that no ``__eq__`` of a student is called
where the test compares plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import GeneratorType
from typing import Any, NoReturn

from autograder.sandbox.named import class_named
from autograder.sandbox.questions.arrays import Malformed
from autograder.sandbox.questions.specials import OBJECT, SPECIALS, with_kin

Apply = Callable[..., Any]
_STEPS = ("__iter__", "__next__")  # of an iterator: what counts are the values that come
_CLASS = (str, str, list, list, str, str, str)  # kinds of what is said of a class
_READABLE = ("__dict__", "__name__", "__doc__")


class ObjectStandIns:
    """Makes stand-ins, and records which special methods are used."""

    def __init__(self, apply: Apply, refuse: Callable[[str], NoReturn]) -> None:
        self._apply = apply
        self._refuse = refuse
        self.allowed = True
        self._specials: Collection[str] = SPECIALS
        self.used: set[str] = set()
        self._classes: list[tuple[Any, Collection[str]]] = []  # and what the student's have
        self._meta = type("type", (type,), self._methods_of_a_class())

    def begin(self, objects: bool, specials: Collection[str] | None) -> None:
        """Begin another cell: whether it may use objects, and which special methods (None: any)."""
        self.allowed = objects
        self._specials = SPECIALS if specials is None else with_kin(specials)
        self.used = set()
        for kind, offered in self._classes:
            self._equip(kind, offered)

    def adopt(self, node: Any, reading: Any) -> Any:
        """The stand-in for what a node describes; raises Malformed."""
        if node[0] == "function" and [type(part) for part in node[1:2]] == [str] and len(node) == 3:
            return self._function(*node[1:])
        self.used.add(OBJECT)
        if node[0] == "instance" and len(node) == 2:
            kind: Any = reading.value(node[1])
            if type(kind) is not self._meta:
                raise Malformed("an instance of what is no class")
            if not self.allowed and not any(
                "__next__" in k.__dict__ for k in getattr(kind, "__mro__", ())
            ):
                self._refuse("an object came back where plain values are compared")
            return object.__new__(kind)  # type: ignore[arg-type]
        if node[0] != "class" or tuple(map(type, node[1:])) != _CLASS:
            raise Malformed("a malformed thing")
        module, name, bases, specials, error, *framework = node[1:]
        if error:
            return _exception(name, error)
        real = GeneratorType if name == "generator" else _library_class(module, name)
        real = real or _library_class(*framework)
        return self._class(module, name, [reading.value(base) for base in bases], specials, real)

    def _function(self, name: str, text: Any) -> Any:
        def function(*args: Any, **kwargs: Any) -> Any:
            return self._apply("call", [function, *args], kwargs)

        function.__name__ = function.__qualname__ = name
        function.__module__ = "__main__"
        function.__doc__ = text if isinstance(text, str) else None
        return function

    def _class(
        self, module: str, name: str, bases: list[Any], specials: list[str], real: Any
    ) -> Any:
        """`real` is the class of a library whose objects the stand-ins pass for."""
        if not all(type(base) is self._meta for base in bases):
            raise Malformed("a base that is no class")
        methods: dict[str, Any] = {}
        if real is not None:
            methods["__class__"] = property(lambda _: real)
        methods |= {
            "__module__": module,
            "__slots__": (),
            "__getattr__": lambda stand_in, name: self._get(stand_in, name),
            "__setattr__": lambda stand_in, n, v: self._apply("setattr", [stand_in, n, v]),
            "__delattr__": lambda stand_in, n: self._apply("delattr", [stand_in, n]),
            "__dict__": property(lambda stand_in: self._get(stand_in, "__dict__")),
        }
        kind: Any = type.__call__(self._meta, name, tuple(bases), methods)
        self._classes.append((kind, specials))
        self._equip(kind, specials)
        return kind

    def _equip(self, kind: Any, offered: Collection[str]) -> None:
        """Give a class the special methods that it may have in this cell, and no others."""
        may = {n for n in offered if n in self._specials or n in _STEPS}
        for name in SPECIALS:
            if name in may:
                type.__setattr__(kind, name, self._special(name))
            elif name in kind.__dict__:
                type.__delattr__(kind, name)
        if "__eq__" in may and "__hash__" not in offered:
            type.__setattr__(kind, "__hash__", None)

    def _special(self, name: str) -> Any:
        def method(*args: Any) -> Any:
            self.used.add(name)
            return self._apply("special", [name, *args])

        method.__name__ = name
        return method

    def _get(self, stand_in: Any, name: str) -> Any:
        if not self.allowed:
            raise AttributeError(name)
        self.used.add(OBJECT)
        if name.startswith("__") and name.endswith("__") and name not in _READABLE:
            raise AttributeError(name)
        return self._apply("getattr", [stand_in, name])

    def _methods_of_a_class(self) -> dict[str, Any]:
        def call(kind: Any, *args: Any, **kwargs: Any) -> Any:
            self.used.add(OBJECT)
            return self._apply("call", [kind, *args], kwargs)

        def assign(kind: Any, name: str, value: Any) -> None:
            self._apply("setattr", [kind, name, value])

        def get(kind: Any, name: str) -> Any:
            return self._get(kind, name)

        return {"__call__": call, "__getattr__": get, "__setattr__": assign}


def _exception(name: str, base: str) -> Any:
    """An exception class of the judge's, so that `except` knows it."""
    kind = class_named("builtins", base)
    if kind is None or not issubclass(kind, Exception):
        raise Malformed("a malformed exception")
    return type(name, (kind,), {"__module__": "__main__"})


def _library_class(module: str, name: str) -> Any:
    """The class of a library that this process has imported too, or None."""
    return class_named(module, name) if module not in ("__main__", "builtins") else None
