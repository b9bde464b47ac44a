"""The kinds of values that are copied between the student's session and the judge's.

Only values of exactly these types are copied; a subclass, whose methods a student may have
written, is not. What is written by `value_writer` is made anew on each side; what is written by
`content_writer` is an object with an identity: see `sharing`.
"""

from __future__ import annotations

import collections
import datetime
import importlib
import pathlib
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import EllipsisType, ModuleType, NotImplementedType
from typing import Any

import numpy as np

from autograder.sandbox.named import class_named, part_named
from autograder.sandbox.questions import arrays, pandas_data, torch_data
from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable

LONG_BITS = 4000  # of an integer that crosses as a text
_MOST_BITS = 1 << 20
_PARTS = {"pandas": pandas_data, "torch": torch_data}
# Classes of these packages are the same on both sides; whoever names one gets a class, no more.
_COMMON = frozenset(
    {"builtins", "numpy", "pandas", "datetime", "collections", "decimal", "fractions", "math",
     "json", "pathlib", "types", "scipy", "sklearn", "torch"}
)  # fmt: skip


def value_writer(kind: type) -> Callable[[Any, Any], Node] | None:
    """What writes a value of a kind that cannot change, or None."""
    if kind in _VALUES:
        return _VALUES[kind]
    if issubclass(kind, np.generic) and kind.__module__ == "numpy":
        return _write_scalar
    if issubclass(kind, np.dtype):
        return _write_dtype
    if issubclass(kind, type):
        return _write_class if kind is type or kind.__module__ in ("abc", "enum") else None
    library = _library_part(kind)
    return library.value_writer(kind) if library else None


def content_writer(kind: type) -> Callable[[Any, Any], Node] | None:
    """What writes the content of an object of a kind that can change, or None."""
    if kind in _CONTENTS:
        return _CONTENTS[kind]
    library = _library_part(kind)
    return library.content_writer(kind) if library else None


def _library_part(kind: type) -> ModuleType | None:
    """What knows the kinds of a library that is imported here."""
    package = kind.__module__.partition(".")[0]
    return _PARTS.get(package) if package in sys.modules else None


def _sequence(name: str) -> Callable[[Any, Any], Node]:
    return lambda value, packing: (name, [packing.node(item) for item in value])


def _plain(name: str, *attributes: str) -> Callable[[Any, Any], Node]:
    return lambda value, packing: (name, *(getattr(value, a) for a in attributes))


def _texted(name: str) -> Callable[[Any, Any], Node]:
    return lambda value, packing: (name, str(value))


def _write_scalar(value: Any, packing: Any) -> Node:
    if value.dtype.kind in arrays.NUMBERS and value.dtype.itemsize <= 16:
        return ("scalar", np.array(value))
    return ("item", arrays.content(np.array(value), packing))


def _write_dtype(value: Any, packing: Any) -> Node:
    if value.hasobject and value != np.dtype(object):
        raise Unsendable(f"the dtype {value!s:.40}")
    return ("dtype", value.str)


def _write_class(value: Any, packing: Any) -> Node:
    found = class_named(value.__module__, value.__qualname__)
    if found is value and value.__module__.partition(".")[0] in _COMMON:
        return ("class", value.__module__, value.__qualname__)
    return packing.shared.stranger(value)


def _write_time(value: Any, packing: Any) -> Node:
    if getattr(value, "tzinfo", None) not in (None, datetime.UTC):
        raise Unsendable("a time in a time zone of its own")
    return (type(value).__name__, value.isoformat())


_VALUES: dict[type, Callable[[Any, Any], Node]] = {
    tuple: _sequence("tuple"),
    frozenset: _sequence("frozenset"),
    bytes: lambda value, packing: ("bytes", np.frombuffer(value, np.uint8)),
    range: _plain("range", "start", "stop", "step"),
    slice: lambda v, packing: ("slice", *(packing.node(i) for i in (v.start, v.stop, v.step))),
    EllipsisType: _plain("ellipsis"),
    NotImplementedType: _plain("not implemented"),
    datetime.datetime: _write_time,
    datetime.date: _write_time,
    datetime.time: _write_time,
    datetime.timedelta: _plain("timedelta", "days", "seconds", "microseconds"),
    Fraction: _texted("fraction"),
    Decimal: _texted("decimal"),
    pathlib.PosixPath: _texted("path"),
    type({}.keys()): _sequence("keys"),
    type({}.values()): _sequence("values"),
    type({}.items()): _sequence("items"),
    ModuleType: lambda value, packing: ("module", value.__name__),
}


def _write_mapping(value: Any, packing: Any) -> Node:
    factory = packing.node(getattr(value, "default_factory", None))
    pairs = [(packing.node(key), packing.node(item)) for key, item in value.items()]
    return ("mapping", type(value).__name__, factory, pairs)


def _write_random(value: Any, packing: Any) -> Node:
    if type(value) is np.random.RandomState:
        return ("random", "RandomState", _state_node(value.get_state(legacy=False), packing))
    return ("random", "Generator", _state_node(value.bit_generator.state, packing))


def _state_node(state: Any, packing: Any) -> Node:
    if isinstance(state, dict):
        return ("state", [(key, _state_node(item, packing)) for key, item in state.items()])
    return ("scalar array", state) if isinstance(state, np.ndarray) else packing.node(state)


_CONTENTS: dict[type, Callable[[Any, Any], Node]] = {
    list: _sequence("list"),
    set: _sequence("set"),
    collections.deque: lambda v, p: ("deque", v.maxlen, [p.node(item) for item in v]),
    bytearray: lambda value, packing: ("bytearray", np.frombuffer(bytes(value), np.uint8)),
    np.ndarray: arrays.content,
    np.random.RandomState: _write_random,
    np.random.Generator: _write_random,
    **{
        kind: _write_mapping
        for kind in (
            dict, collections.OrderedDict, collections.defaultdict, collections.Counter,
        )
    },
}  # fmt: skip
_MAPPINGS: dict[str, Callable[[], Any]] = {
    "dict": dict,
    "OrderedDict": collections.OrderedDict,
    "defaultdict": collections.defaultdict,
    "Counter": collections.Counter,
}


def read_value(node: tuple[Any, ...], reading: Any) -> Any:
    """The value of a node that refers to no object; raises Malformed."""
    read = _READERS.get(node[0])
    if read is None:
        raise Malformed(f"a value of kind {node[0]!r:.40}")
    try:
        return read(node[1:], reading)
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError, ArithmeticError) as e:
        raise Malformed(f"a value of kind {node[0]!r:.40}: {e}") from None


def _items(node: tuple[Any, ...], reading: Any) -> list[Any]:
    (items,) = node
    if type(items) is not list:
        raise Malformed("no list of items")
    return [reading.value(item) for item in items]


def _read_int(node: tuple[Any, ...], reading: Any) -> int:
    (text,) = node
    if type(text) is not str or len(text) > _MOST_BITS // 4:
        raise Malformed("a malformed integer")
    return int(text, 16)


def _read_scalar(node: tuple[Any, ...], reading: Any) -> Any:
    (array,) = node
    if type(array) is not np.ndarray or array.shape:
        raise Malformed("a malformed scalar")
    return array[()]


def _read_class(node: tuple[Any, ...], reading: Any) -> Any:
    module, name = node
    if not reading.shared.trusts and module.partition(".")[0] not in _COMMON:
        raise Malformed(f"a class of {module!r:.40}")
    found = class_named(module, name)
    if found is None:
        raise Malformed(f"no class: {name!r:.40}")
    return found


def _read_module(node: tuple[Any, ...], reading: Any) -> Any:
    (name,) = node
    if reading.shared.trusts:
        return importlib.import_module(name)
    if name.partition(".")[0] not in _COMMON:
        raise Malformed(f"the module {name!r:.40}")
    if type(found := sys.modules.get(name)) is not ModuleType:
        raise Malformed(f"the module {name!r:.40}")
    return found


def _read_named(node: tuple[Any, ...], reading: Any) -> Any:
    if not reading.shared.trusts:
        raise Malformed("a name of a library")
    module, name = node
    importlib.import_module(module)
    return part_named(module, name)


_READERS: dict[str, Callable[[tuple[Any, ...], Any], Any]] = {
    "int": _read_int,
    "tuple": lambda node, reading: tuple(_items(node, reading)),
    "frozenset": lambda node, reading: frozenset(_items(node, reading)),
    "keys": lambda node, reading: dict.fromkeys(_items(node, reading)).keys(),
    "values": lambda node, reading: dict(enumerate(_items(node, reading))).values(),
    "items": lambda node, reading: dict(_items(node, reading)).items(),
    "bytes": lambda node, reading: node[0].astype(np.uint8).tobytes(),
    "range": lambda node, reading: range(*node),
    "slice": lambda node, reading: slice(*map(reading.value, node)),
    "ellipsis": lambda node, reading: Ellipsis,
    "not implemented": lambda node, reading: NotImplemented,
    "datetime": lambda node, reading: datetime.datetime.fromisoformat(*node),
    "date": lambda node, reading: datetime.date.fromisoformat(*node),
    "time": lambda node, reading: datetime.time.fromisoformat(*node),
    "timedelta": lambda node, reading: datetime.timedelta(*node),
    "fraction": lambda node, reading: Fraction(*node),
    "decimal": lambda node, reading: Decimal(*node),
    "path": lambda node, reading: pathlib.PosixPath(*node),
    "scalar": _read_scalar,
    "item": lambda node, reading: begin(node[0], reading)[()],
    "dtype": arrays.read_dtype,
    "class": _read_class,
    "module": _read_module,
    "named": _read_named,
    "scalar array": lambda node, reading: node[0],
    "state": lambda node, reading: {key: reading.value(item) for key, item in node[0]},
    **pandas_data.READERS,
    **torch_data.READERS,
}


def begin(content: Node, reading: Any) -> Any:
    """An object for a content, still empty where it may hold itself; raises Malformed."""
    if type(content) is not tuple or not content or type(content[0]) is not str:
        raise Malformed("a malformed content")
    make = _MAKERS.get(content[0])
    if make is None:
        raise Malformed(f"a content of kind {content[0]!r:.40}")
    try:
        return make(content[1:], reading)
    except (ValueError, TypeError, IndexError, AttributeError, KeyError, OverflowError) as error:
        raise Malformed(f"a content of kind {content[0]!r:.40}: {error}") from None


def _make_random(node: tuple[Any, ...], reading: Any) -> Any:
    name, state = node
    if name == "RandomState":
        made = np.random.RandomState(0)
        made.set_state(reading.value(state))
        return made
    found = reading.value(state)
    kinds = {k.__name__: k for k in (np.random.PCG64, np.random.MT19937, np.random.PCG64DXSM,
                                     np.random.Philox, np.random.SFC64)}  # fmt: skip
    generator = kinds[found["bit_generator"]](0)
    generator.state = found
    return np.random.Generator(generator)


_MAKERS: dict[str, Callable[[tuple[Any, ...], Any], Any]] = {
    "list": lambda node, reading: [],
    "set": lambda node, reading: set(),
    "deque": lambda node, reading: collections.deque(maxlen=node[0]),
    "bytearray": lambda node, reading: bytearray(node[0].astype(np.uint8).tobytes()),
    "mapping": lambda node, reading: _MAPPINGS[node[0]](),
    **arrays.MAKERS,
    "random": _make_random,
    **pandas_data.MAKERS,
    **torch_data.MAKERS,
}


def fill(made: Any, content: Node, reading: Any) -> None:
    """Put into a list or the like what its content says; raises Malformed."""
    try:
        if content[0] in ("list", "set", "deque"):
            items = _items(content[-1:], reading)
            made.clear()
            (made.update if content[0] == "set" else made.extend)(items)
        elif content[0] == "mapping":
            if content[1] == "defaultdict":
                made.default_factory = reading.value(content[2])
            pairs = [(reading.value(key), reading.value(item)) for key, item in content[3]]
            made.clear()
            for key, item in pairs:
                made[key] = item
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise Malformed(f"a content of kind {content[0]!r:.40}: {error}") from None


def updated(old: Any, made: Any, reading: Any) -> Any:
    """The object that was there, with the state of the one made for its new content.

    Raises Malformed where it would have to become another object.
    """
    if type(old) is not type(made):
        raise Malformed("an object that became another")
    if type(old) is np.ndarray:
        if old.dtype != made.dtype:
            raise Malformed("an array that became another")
        if old.size != made.size and not reading.shared.trusts:
            raise Malformed("an array that became another")  # others may look into its memory
        if old.shape != made.shape:
            old.resize(made.shape, refcheck=False)
        old[...] = made
    elif type(old) is bytearray:
        old[:] = made
    elif type(old) in (np.random.RandomState, np.random.Generator):
        if reading.shared.trusts:  # what the student makes of a stream is the student's
            _set_random(old, made)
    elif (library := _library_part(type(old))) is not None:
        library.update(old, made)
    return old


def _set_random(old: Any, made: Any) -> None:
    if type(old) is np.random.RandomState:
        old.set_state(made.get_state())
    else:
        old.bit_generator.state = made.bit_generator.state
