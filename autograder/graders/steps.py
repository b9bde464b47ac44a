"""The driver that carries out what a check does with a notebook's classes and objects.

A check uses an object in steps: make it, call a method, read an attribute. The student's session
keeps no object from one step to the next: each step arrives with all that came before it, and the
driver repeats them. So an answer depends on the steps alone, whoever was asked what in between.

A step is ``[operation, arguments, keyword arguments]``. An argument is

    ["value", plain]                 a value of the check
    ["name", name]                   what the notebook defines under this name
    ["part", step, path]             what a step gave, or a part of it: indices and keys
    ["list" | "tuple", arguments]    containers of these
    ["set" | "frozenset" | "slice", [plain …]]
    ["dict", [[key, argument], …]]

and what comes back is ``[answer, states, changed]``: the answer; the attributes, as an answer, of
it and of each argument that is an instance with an ``__eq__`` of its own, else None; and each
argument that is a plain container and was changed in place, else None. An answer is

    ["value", plain]                 a value that can cross
    ["set" | "frozenset", [plain …]]
    ["object", kind, module, same]   anything else: class, function, iterator, instance or
                                     exception; the module of its class, or of an exception
                                     ``module:name`` of it and its bases; the first step that
                                     gave the same
    ["list" | "tuple" | "dict", …]   containers that hold such things
    ["raised", name, message]        where `_caught`
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

DRIVER = """\
def use(_steps, _caught, {names}):
    objects = {objects}
    import builtins, contextlib, copy, io, operator, random, types
    import numpy
    made = []

    def given(what):
        form = what[0]
        if form == "value":
            return what[1]
        if form == "name":
            return objects[what[1]]
        if form == "part":
            value = made[what[1]]
            for key in what[2]:
                value = value[key]
            return value
        if form == "dict":
            return {{key: given(item) for key, item in what[1]}}
        if form in ("set", "frozenset", "slice"):
            items = what[1]
            return slice(*items) if form == "slice" else getattr(builtins, form)(items)
        return (list if form == "list" else tuple)(given(item) for item in what[1])

    def done(operation, values, keywords):
        if operation == "give":
            return values[0]
        if operation == "call":
            named = {{key: given(item) for key, item in keywords.items()}}
            return values[0](*values[1:], **named)
        if operation in ("copy", "deepcopy"):
            return getattr(copy, operation)(values[0])
        function = getattr(builtins, operation, None) or getattr(operator, operation)
        return function(*values)

    def state(value):
        if issubclass(type(value), type) or type(value).__eq__ is object.__eq__ or is_plain(value):
            return None
        found = dict(getattr(value, "__dict__", {{}}))
        for kind in type(value).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            for name in [slots] if isinstance(slots, str) else slots:
                if name != "__dict__" and hasattr(value, name):
                    found[name] = getattr(value, name)
        return answer(found)

    def is_plain(value):
        kind = type(value)
        if kind in (list, tuple):
            return all(is_plain(item) for item in value)
        if kind is dict:
            return all(is_plain(item) for pair in value.items() for item in pair)
        numbers = kind is numpy.ndarray or issubclass(kind, numpy.generic)
        if numbers:
            return value.dtype.kind in "biufc" or kind is numpy.str_
        return value is None or kind in (bool, int, float, complex, str)

    def is_container(value):
        return type(value) in (list, dict, numpy.ndarray) and is_plain(value)

    def differs(old, new):
        if old is None or type(old) is not type(new):
            return False
        if type(old) is numpy.ndarray:
            same = (old.shape, old.dtype) == (new.shape, new.dtype)
            return not same or old.tobytes() != new.tobytes()
        return is_plain(new) and repr(old) != repr(new)

    def answer(value):
        kind = type(value)
        if is_plain(value):
            return ["value", value]
        if kind in (set, frozenset) and all(is_plain(item) for item in value):
            return [kind.__name__, list(value)]
        if kind in (list, tuple):
            return [kind.__name__, [answer(item) for item in value]]
        if kind is dict and all(is_plain(key) for key in value):
            return ["dict", [[key, answer(item)] for key, item in value.items()]]
        same = next((place for place, one in enumerate(made) if one is value), len(made))
        functions = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
        if issubclass(kind, type):
            exception = issubclass(value, Exception)
            form = "exception" if exception else "class"
            module = value.__module__
            if exception:
                kinds = type.__dict__["__mro__"].__get__(value)
                module = " ".join(f"{{one.__module__}}:{{one.__qualname__}}" for one in kinds)
        else:
            module = kind.__module__
            form = "function" if issubclass(kind, functions) else "instance"
            form = "iterator" if hasattr(kind, "__next__") else form
        return ["object", form, str(module), same]

    random.seed(0)
    numpy.random.seed(0)
    for step in _steps[:-1]:
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                made.append(done(step[0], [given(one) for one in step[1]], step[2]))
            except Exception:
                made.append(None)
    operation, arguments, keywords = _steps[-1]
    values = [given(argument) for argument in arguments]
    before = copy.deepcopy([value if is_container(value) else None for value in values])
    try:
        value = done(operation, values, keywords)
    except Exception as error:
        if not _caught:
            raise
        return [["raised", type(error).__name__, str(error)], [], []]
    states = [state(one) for one in (value, *values)]
    changed = [one if differs(old, one) else None for old, one in zip(before, values)]
    return [answer(value), states, changed]
"""


@lru_cache(maxsize=256)
def driver_for(names: Sequence[str], alone: bool = False) -> Callable[..., Any]:
    """The driver that may use these names of the notebook; `alone`: see `Driven`."""
    objects = ", ".join(f"{name!r}: {name}" for name in names)
    text = DRIVER.format(names=", ".join(names), objects=f"{{{objects}}}")
    file = f"<steps with {', '.join(names)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"__name__": __name__}
    exec(compile(text, file, "exec"), space)
    function: Any = space["use"]
    function.alone = alone
    made: Callable[..., Any] = function
    return made
