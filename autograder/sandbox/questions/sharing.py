"""Values that two sessions share, the student's and the judge's: copies that keep their identity.

What can change (a list, a dict, an array, a frame) is an object with a number that both sides
know. A message holds the contents of the objects that are new or have changed, and nodes that
refer to them, so that an argument that a function changes in place is changed on the other side
too, and ``f(a, a)``, or a result that is a view of an argument, stays what it was.

A node is None, a bool, int, float, complex or str as it is, ("ref", number) for an object, or a
tuple that begins with the name of its kind. Whatever is read here may have been written by a
student's process: reading makes exact types of a closed list, calls nothing that it is told to
call, and raises `Malformed` for the rest.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Container, Iterable
from typing import Any

import numpy as np

from autograder.sandbox.frames import TRUSTED
from autograder.sandbox.questions import instances, kinds
from autograder.sandbox.questions.arrays import NUMBERS, Malformed, Node, Unsendable
from autograder.sandbox.wire import encode
from autograder.sandbox.wire_format import WireError

NumberedContents = list[tuple[int, Node]]

ATOMS = (type(None), bool, float, complex, str)
_WORTH = 4  # times as large an array goes with one that looks into it
_UNREFERENCED = 3  # by the table, by a loop and by the question


def _as_it_is(value: Any) -> Any:
    return value


class Shared:
    """One side's table of the objects that both sides know."""

    def __init__(
        self, first: int, describe: Callable[[Any], Node], adopt: Callable[..., Any],
        *, trusts: bool, simplify: Callable[[Any], Any] = _as_it_is,
    ) -> None:  # fmt: skip
        """`first` is 0 or 1: each side numbers its own objects, by twos.

        The student's side `trusts` what it reads: it may name any part of a library.
        `describe` gives the node of what cannot be copied, or raises Unsendable; `adopt` makes of
        such a node, and the message it came in, what stands for it here, or raises Malformed;
        `simplify` gives the plain value that is copied in place of another.
        """
        self._next = first
        self.trusts = trusts
        self._describe = describe
        self._adopt = adopt
        self.simplify = simplify
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by id
        self._strange: set[int] = set()  # objects without contents: those not copied
        self._known: dict[int, bytes] = {}  # digests of the contents that both sides have

    def forget_unused(self) -> list[int]:
        """Drop the objects that nothing here refers to any more, and return their numbers."""
        unused = [n for n, obj in self._objects.items() if sys.getrefcount(obj) <= _UNREFERENCED]
        self.forget(unused)
        return unused

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop objects."""
        for number in numbers:
            if number in self._objects:
                self._numbers.pop(id(self._objects.pop(number)), None)
                self._known.pop(number, None)
                self._strange.discard(number)

    def holds(self, value: Any) -> bool:
        """Whether both sides know an object."""
        return id(value) in self._numbers

    def known(self, value: Any) -> int | None:
        """The number of an object, if it has one."""
        return self._numbers.get(id(value))

    def is_own(self, value: Any) -> bool:
        """Whether an object is one that this side has named first."""
        return self._numbers.get(id(value), self._next + 1) % 2 == self._next % 2

    def number_of(self, value: Any) -> int:
        """The number of an object, a new one where it has none."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._next
            self._next += 2
            self.enter(number, value)
        return number

    def enter(self, number: int, value: Any) -> None:
        """Give an object its number."""
        self._objects[number] = value
        self._numbers[id(value)] = number

    def pack(self, values: Iterable[Any]) -> tuple[list[Node], NumberedContents]:
        """The nodes of values, and the contents that the other side does not have yet.

        Raises Unsendable for a value that cannot be sent.
        """
        packing = Packing(self)
        nodes = [packing.node(value) for value in values]
        packing.write()
        for number in list(self._known):
            packing.contents |= self._still_shared(number, packing.contents)
        return nodes, self._news(packing.contents)

    def _still_shared(self, number: int, done: dict[int, Node]) -> dict[int, Node]:
        """The contents that an object has now, and the objects in it.

        An object of the judge's that cannot be sent any more is as it was: it is not asked for.
        """
        packing = Packing(self, done)
        try:
            packing.visit(number)
            packing.write()
        except Unsendable:
            if self.trusts:
                raise
            return {}
        return packing.contents

    def node(self, value: Any) -> Node:
        """The node of a value alone: two that are equal stand for the same value or object."""
        return Packing(self).node(value)

    def _news(self, contents: dict[int, Node]) -> NumberedContents:
        news = []
        for number, content in contents.items():
            try:
                digest = _digest(content)
            except WireError as error:
                raise Unsendable(str(error)) from None
            if self._known.get(number) != digest:
                self._known[number] = digest
                news.append((number, content))
        return news

    def is_strange(self, number: int) -> bool:
        return number in self._strange

    def stranger(self, value: Any) -> Node:
        """The node of an object that is not copied."""
        number = self._numbers.get(id(value))
        if number is not None and number in self._strange and not self.is_own(value):
            return ("ref", number)
        node = self._describe(value)
        if node[0] == "handle":
            number = self.number_of(value)
            self._strange.add(number)
            return ("handle", number, *node[1:])
        return node

    def object(self, number: Any) -> Any:
        """The object with a number; raises Malformed."""
        try:
            return self._objects[number]
        except (KeyError, TypeError):
            raise Malformed(f"no such object: {number!r:.20}") from None

    def unpack(self, nodes: Iterable[Node], contents: Any) -> list[Any]:
        """The values of nodes, after the contents of objects have been brought up to date."""
        reading = Reading(self, contents)
        reading.read_all()
        found = [reading.value(node) for node in nodes]
        for number, content in reading.contents.items():
            if content[0] != "random":  # of a stream each side has its own state
                self._known[number] = _digest(content)
        return found

    def adopted(self, node: Node, reading: Reading) -> Any:
        """The stand-in for an object that stays on the other side."""
        if len(node) < 3 or type(node[1]) is not int:
            raise Malformed("a handle without a number")
        number = node[1]
        if number not in self._objects:
            self.enter(number, self._adopt(node[2:], reading))
            self._strange.add(number)
        return self._objects[number]


def _digest(content: Node) -> bytes:
    name = hashlib.blake2b(digest_size=16)
    for part in encode(content, TRUSTED):
        name.update(part)
    return name.digest()


class Packing:
    """One message being written: the contents of all objects that its values reach."""

    def __init__(self, shared: Shared, done: Container[int] = ()) -> None:
        """Objects that are `done` are not written again."""
        self.shared = shared
        self.contents: dict[int, Node] = {}
        self._done = done
        self._waiting: list[int] = []  # objects in objects in objects: no recursion is that deep

    def node(self, value: Any) -> Node:
        """The node of a value."""
        kind = type(value)
        if kind in ATOMS:
            return value
        if kind is int:
            return value if value.bit_length() < kinds.LONG_BITS else ("int", hex(value))
        if (write := kinds.value_writer(kind)) is not None:
            return write(value, self)
        if kinds.content_writer(kind) is None and not self._is_copied(value):
            simple = self.shared.simplify(value)
            return self.shared.stranger(value) if simple is value else self.node(simple)
        number = self.shared.number_of(value)
        self.visit(number)
        return ("ref", number)

    def _is_copied(self, value: Any) -> bool:
        """Whether an object goes by its attributes: one that the test has made."""
        number = self.shared.known(value)
        if number is None:
            return not self.shared.trusts and instances.is_plain(value)
        return not self.shared.is_strange(number)

    def visit(self, number: int) -> None:
        """Have the content of an object written, once."""
        known = number in self.contents or number in self._done
        if not known and not self.shared.is_strange(number):
            self.contents[number] = None
            self._waiting.append(number)

    def write(self) -> None:
        """Write the contents of all objects that have been visited."""
        while self._waiting:
            number = self._waiting.pop()
            value = self.shared.object(number)
            write = kinds.content_writer(type(value)) or instances.write
            self.contents[number] = self._view(value) or write(value, self)

    def _view(self, value: Any) -> Node | None:
        """An array that looks into another one that both sides know."""
        base = value.base if type(value) is np.ndarray else None
        while type(base) is np.ndarray and type(base.base) is np.ndarray:
            base = base.base
        if type(base) is not np.ndarray or base.dtype.kind not in NUMBERS:
            return None
        if not base.flags.c_contiguous:
            return None
        if not self.shared.holds(base) and base.nbytes > _WORTH * value.nbytes:
            return None
        offset = value.__array_interface__["data"][0] - base.__array_interface__["data"][0]
        self.visit(self.shared.number_of(base))
        dtype, strides = value.dtype.str, value.strides
        return ("view", self.shared.number_of(base), offset, value.shape, strides, dtype)


class Reading:
    """One message being read."""

    def __init__(self, shared: Shared, contents: Any) -> None:
        """Raises Malformed."""
        self.shared = shared
        self.contents: dict[int, Node] = {}
        self._made: dict[int, Any] = {}
        if type(contents) is not list:
            raise Malformed("no list of contents")
        for item in contents:
            if type(item) is not tuple or len(item) != 2 or type(item[0]) is not int:
                raise Malformed("a content without a number")
            self.contents[item[0]] = item[1]

    def read_all(self) -> None:
        """Bring every object up to date; those that are new are made."""
        for number in self.contents:
            self.object(number)
        for number, content in self.contents.items():
            fill = instances.fill if content[0] == instances.KIND else kinds.fill
            fill(self._made[number], content, self)

    def value(self, node: Node) -> Any:
        """The value of a node; raises Malformed."""
        if type(node) in ATOMS or type(node) is int:
            return node
        if type(node) is not tuple or not node or type(node[0]) is not str:
            raise Malformed("a malformed node")
        if node[0] == "ref":
            return self.object(node[1])
        if node[0] == "handle":
            return self.shared.adopted(node, self)
        return kinds.read_value(node, self)

    def object(self, number: Any) -> Any:
        """An object, made now if it is new; lists and the like are filled later."""
        if type(number) is not int:
            raise Malformed("a reference without a number")
        if number in self._made or number not in self.contents:
            return self._made[number] if number in self._made else self.shared.object(number)
        content = self.contents[number]
        try:
            old = self.shared.object(number)
        except Malformed:
            old = None
        if type(content) is tuple and content[:1] == (instances.KIND,):
            made = instances.begin(content, old, self.shared.trusts)
        else:
            made = kinds.begin(content, self)
            made = made if old is None else kinds.updated(old, made, self)
        if old is None:
            self.shared.enter(number, made)
        self._made[number] = made
        return made
