"""Handles: what stands in a check for the classes, instances and functions of a student.

A handle holds no data and no method of the student's. What is done with it is a step that the
student's session carries out (`steps`), and the answer is a plain value or another handle. The
solution carries out the same steps here, and says what kind of answer a step may have: an object
of the student's never stands where the solution has a plain value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any, NoReturn

import numpy as np

from autograder.graders.cell_calls import CellCalls, with_scalars
from autograder.graders.cell_exceptions import own_kind
from autograder.graders.compare import fail, same
from autograder.graders.steps import driver_for
from autograder.model import GraderError
from autograder.sandbox.raised import both_ends

MOST_STEPS = 200  # of one check; each step repeats those before it
TOO_MANY = "this takes more than 200 steps with objects"
OF_A_LIBRARY = "an object of a library cannot be asked from outside"
STRANGE = "the result is not what it should be"
_READABLE = ("__name__", "__doc__", "__dict__")
_HOMES = ("__main__", "_autograder_solution_")  # modules of which a notebook's classes are
_CONTAINERS = {"list": list, "tuple": tuple}
_SETS = {"set": set, "frozenset": frozenset}


class Handle:
    """Something of the student's that cannot cross; see `_SPECIALS` for its operators."""

    __slots__ = ("_handle_objects", "_handle_place", "_handle_states")
    __array_ufunc__ = None  # numpy's numbers leave an operator to the handle

    def __init__(self, objects: Objects, place: list[Any]) -> None:
        object.__setattr__(self, "_handle_objects", objects)
        object.__setattr__(self, "_handle_place", place)
        object.__setattr__(self, "_handle_states", [None, None])  # attributes last seen: the
        # student's, and those of the solution's

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in _READABLE:
            raise AttributeError(name)
        return self._handle_objects.do("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._handle_objects.do("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._handle_objects.do("delattr", self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._handle_objects.do("call", self, *args, **kwargs)

    def __instancecheck__(self, value: Any) -> bool:
        is_handle = type(value) is Handle
        return is_handle and self._handle_objects.do("isinstance", value, self) is True

    def __subclasscheck__(self, value: Any) -> bool:
        is_handle = type(value) is Handle
        return is_handle and self._handle_objects.do("issubclass", value, self) is True

    def __eq__(self, other: object) -> Any:
        if type(other) is not Handle:
            return NotImplemented
        return self is other or self._handle_objects.equal(self, other)

    def __ne__(self, other: object) -> Any:
        if type(other) is not Handle:
            return NotImplemented
        return self is not other and self._handle_objects.do("ne", self, other)

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __dir__(self) -> Any:
        return self._handle_objects.do("dir", self)

    def __copy__(self) -> Any:
        return self._handle_objects.do("copy", self)

    def __deepcopy__(self, _: Any) -> Any:
        return self._handle_objects.do("deepcopy", self)


def _special(operation: str, reflected: bool = False) -> Callable[..., Any]:
    def method(handle: Handle, *args: Any) -> Any:
        values = (*args, handle) if reflected else (handle, *args)
        return handle._handle_objects.do(operation, *values)

    return method


_UNARY = ("len", "bool", "iter", "next", "reversed", "str", "repr", "int", "float", "complex",
          "round", "abs", "neg", "pos", "invert", "format", "index")  # fmt: skip
_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "xor")
_OTHERS = {"__contains__": "contains", "__getitem__": "getitem", "__setitem__": "setitem",
           "__delitem__": "delitem", "__lt__": "lt", "__le__": "le", "__gt__": "gt",
           "__ge__": "ge", "__and__": "and_", "__or__": "or_"}  # fmt: skip
for _name in (*_UNARY, *_BINARY):
    _OTHERS[f"__{_name}__"] = _name
for _method, _operation in _OTHERS.items():
    setattr(Handle, _method, _special(_operation))
for _name in _BINARY:
    setattr(Handle, f"__r{_name}__", _special(_name, reflected=True))
    setattr(Handle, f"__i{_name}__", _special(f"i{_name}"))


class Objects:
    """The steps of one check, and the handles that they gave."""

    def __init__(self, calls: CellCalls, student: Any, reference: Any) -> None:
        self._calls = calls
        self._student = student
        self._reference = reference
        self._steps: list[list[Any]] = []
        self._names: list[str] = []
        self._known: dict[str, Any] = {}  # what the notebook's names gave
        self._handles: dict[int, Handle] = {}  # by the step that gave what they stand for first

    def named(self, name: str) -> Any:
        """What the notebook defines under a name: one value, or one handle, in the whole check."""
        if name not in self._known:
            self._names.append(name)
            answer, wanted, states, _ = self._ask("give", (_Name(name),), {})
            if wanted[:2] == ["object", "exception"]:
                is_one = _is_object(answer) and answer[1] == "exception"
                kinds = answer[2].split() if is_one else own_kind(name)
                self._known[name] = self._calls.exceptions.kind(both_ends(kinds))
            else:
                self._known[name] = given = self._read(answer, wanted)
                if type(given) is Handle and states:
                    given._handle_states[:] = states[0]
        return self._known[name]

    def do(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Carry out one more step: its answer, or what it raised."""
        answer, wanted, states, changed = self._ask(operation, args, kwargs)
        result = self._read(answer, wanted)
        for value, new in zip(args, changed, strict=False):
            change_in_place(value, new)
        for value, state in zip((result, *args), states, strict=False):
            if type(value) is Handle:
                value._handle_states[:] = state
        return result

    def equal(self, one: Handle, other: Handle) -> bool:
        """Whether the student's class says that two objects are equal, and they looked so.

        What an object looked like was said with the step that gave or used it: before the student's
        process got to know the other. They need not look alike where the solution's are equal and
        do not.
        """
        answer, wanted, *_ = self._ask("eq", (one, other), {})
        if self._read(answer, wanted) is not True:
            return False
        mine, right = one._handle_states
        mine_too, right_too = other._handle_states
        if wanted == ["value", True] and not _alike(right, right_too):
            return True
        has_none = mine in (None, ["value", {}]) and mine != right
        return _alike(mine, mine_too) and not has_none

    def _ask(
        self, operation: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, Any, list[tuple[Any, Any]], list[Any]]:
        """The student's answer to one more step, the solution's, the states of both, and the
        arguments that the student's code changed."""
        if len(self._steps) >= MOST_STEPS:
            self._refuse(TOO_MANY)
        named = {key: _written(value) for key, value in kwargs.items()}
        self._steps = [*self._steps, [operation, [*map(_written, args)], named]]
        driver = driver_for(tuple(self._names), alone=operation in ("eq", "ne"))
        try:
            wanted = self._reference.drive(driver, _steps=self._steps, _caught=True)
        except RuntimeError as error:
            raise GraderError(str(error)) from error
        call = partial(self._student.drive, driver, _steps=self._steps, _caught=False)
        found = self._calls.ask(call, operation == "next" or wanted[0][0] == "raised")
        if type(found) is not list or [type(part) for part in found] != [list, list, list]:
            self._refuse(STRANGE)
        answer, states, changed = found
        return answer, wanted[0], list(zip(states, wanted[1], strict=False)), changed

    def _read(self, answer: Any, wanted: Any) -> Any:
        """What an answer says, where the solution's is of this kind."""
        if not _fits(answer, wanted):
            self._refuse(STRANGE)
        if _is_of_a_library(wanted):
            self._refuse(OF_A_LIBRARY)
        if answer[0] == "object" and answer[3] == wanted[3] and answer[3] in self._handles:
            return self._handles[answer[3]]
        return self._value(answer, len(self._steps) - 1, [])

    def _value(self, answer: Any, step: int, path: list[Any]) -> Any:
        form, *rest = answer
        if form == "value":
            return with_scalars(rest[0])
        if form in _SETS:
            try:
                return _SETS[form](map(with_scalars, rest[0]))
            except TypeError:
                self._refuse(STRANGE)
        if form in _CONTAINERS:
            parts = (self._value(a, step, [*path, i]) for i, a in enumerate(rest[0]))
            return _CONTAINERS[form](parts)
        if form == "dict":
            return {key: self._value(a, step, [*path, key]) for key, a in rest[0]}
        handle = Handle(self, ["part", step, path])
        if not path:
            self._handles[step] = handle
        return handle

    def _refuse(self, why: str) -> NoReturn:
        try:
            fail(why)
        except Exception as error:
            self._calls.ended = self._calls.ended or error
            raise


def changed_by(student: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The arguments that a function of the student's changes in place, as it leaves them."""
    named = {key: _written(value) for key, value in kwargs.items()}
    step = ["call", [_written(_Name(name)), *map(_written, args)], named]
    found = student.drive(driver_for((name,)), _steps=[step], _caught=True)
    is_whole = type(found) is list and len(found) == 3 and type(found[2]) is list
    return found[2][1:] if is_whole else []


def change_in_place(value: Any, new: Any) -> None:
    """Give a container of the check's what the student's code has made of its copy."""
    if type(value) is not type(new):
        return
    new = with_scalars(new)
    if type(value) is list:
        value[:] = new
    elif type(value) is dict:
        value.clear()
        value.update(new)
    elif type(value) is np.ndarray and value.shape == new.shape:
        np.copyto(value, new, casting="unsafe")


class _Name(str):
    """A name of the notebook, as an argument of a step."""

    __slots__ = ()


def _written(value: Any) -> list[Any]:
    """An argument of a step."""
    kind = type(value)
    if kind is _Name:
        return ["name", str(value)]
    if kind is Handle:
        place: list[Any] = value._handle_place
        return place
    if kind in (list, tuple):
        parts = [_written(item) for item in value]
        return ["value", deepcopy(value)] if _are_plain(parts) else [kind.__name__, parts]
    if kind in (set, frozenset):
        return [kind.__name__, list(value)]
    if kind is slice:
        return ["slice", [value.start, value.stop, value.step]]
    if kind is dict:
        pairs = [[key, _written(item)] for key, item in value.items()]
        is_plain = _are_plain([item for _, item in pairs])
        return ["value", deepcopy(value)] if is_plain else ["dict", pairs]
    return ["value", value.copy() if kind is np.ndarray else value]


def _are_plain(parts: list[list[Any]]) -> bool:
    return all(part[0] == "value" for part in parts)


def _is_object(answer: Any) -> bool:
    kinds = [type(part) for part in answer]
    return answer[0] == "object" and kinds == [str, str, str, int]


def _fits(answer: Any, wanted: Any) -> bool:
    """Whether an answer is well formed, and has objects only where the solution's has them."""
    if type(answer) is not list or not answer or type(answer[0]) is not str:
        return False
    form = answer[0]
    if form == "object":
        return _is_object(answer) and wanted[0] == "object"
    if len(answer) != 2:
        return False
    if form == "value":
        return True
    items, wished = answer[1], wanted[1]
    if type(items) is not list or form not in (*_SETS, *_CONTAINERS, "dict"):
        return False
    if form in _SETS:
        return True
    if type(wished) is not list or len(wished) != len(items) or wanted[0] in ("value", *_SETS):
        return False
    if form in _CONTAINERS:
        is_list = wanted[0] in _CONTAINERS
        return is_list and all(map(_fits, items, wished))
    pairs = all(type(item) is list and len(item) == 2 for item in items)
    if not pairs or wanted[0] != "dict":
        return False
    return all(
        item[0] == wish[0] and _fits(item[1], wish[1])
        for item, wish in zip(items, wished, strict=True)
    )


def _is_of_a_library(wanted: Any) -> bool:
    """Whether the solution's answer holds an instance of a class that no notebook defines."""
    form, *rest = wanted
    if form == "object":
        return rest[0] == "instance" and not rest[1].startswith(_HOMES)
    if form in _CONTAINERS:
        return any(map(_is_of_a_library, rest[0]))
    return form == "dict" and any(_is_of_a_library(item) for _, item in rest[0])


def _alike(one: Any, other: Any) -> bool:
    """Whether two answers say the same; of objects in them, whether they are of one kind."""
    if type(one) is not list or type(other) is not list:
        return same(one, other)
    if one[:1] == other[:1] == ["object"]:
        return one[1:3] == other[1:3]
    return len(one) == len(other) and all(map(_alike, one, other))
