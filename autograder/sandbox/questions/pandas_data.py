"""pandas' frames, series and indexes as plain data, column by column with exact types."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandbox.questions import arrays
from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable

_MASKED = re.compile(r"(U?Int(8|16|32|64)|Float(32|64)|boolean)")
_DATES = re.compile(
    r"datetime64\[(s|ms|us|ns)(, [A-Za-z0-9_+:/\-]{1,40})?\]|timedelta64\[\w{1,2}\]"
)
_FREQUENCY = re.compile(r"\d{0,4}[A-Za-z]{1,3}(-[A-Z]{3})?")


def _pandas() -> Any:
    return importlib.import_module("pandas")


def value_writer(kind: type) -> Callable[[Any, Any], Node] | None:
    """What writes a value of pandas' that cannot change, or None."""
    pd = _pandas()
    if kind is type(pd.NaT):
        return lambda value, packing: ("NaT",)
    if kind is type(pd.NA):
        return lambda value, packing: ("NA",)
    if kind is pd.Timestamp:
        return _write_timestamp
    if kind is pd.Interval:
        return lambda v, packing: ("Interval", *map(packing.node, (v.left, v.right, v.closed)))
    if kind is pd.Period:
        return lambda value, packing: ("Period", int(value.ordinal), value.freqstr)
    if kind is pd.Timedelta:
        return lambda value, packing: ("Timedelta", value.unit, int(value.value))
    if issubclass(kind, pd.Index):
        return _write_index
    return None


def content_writer(kind: type) -> Callable[[Any, Any], Node] | None:
    """What writes a frame or series, or None."""
    pd = _pandas()
    return {pd.DataFrame: _write_frame, pd.Series: _write_series}.get(kind)


def _write_timestamp(value: Any, packing: Any) -> Node:
    zone = None if value.tz is None else str(value.tz)
    return ("Timestamp", value.unit, int(value.value), zone)


def _write_frame(value: Any, packing: Any) -> Node:
    columns = [_column(value.iloc[:, place].array, packing) for place in range(value.shape[1])]
    return ("frame", columns, packing.node(value.columns), packing.node(value.index))


def _write_series(value: Any, packing: Any) -> Node:
    index, name = packing.node(value.index), packing.node(value.name)
    return ("series", _column(value.array, packing), index, name)


def _write_index(value: Any, packing: Any) -> Node:
    pd = _pandas()
    if type(value) is pd.RangeIndex:
        return ("range index", value.start, value.stop, value.step, packing.node(value.name))
    if type(value) is pd.MultiIndex:
        levels = [packing.node(level) for level in value.levels]
        codes = [np.asarray(code) for code in value.codes]
        return ("multi index", levels, codes, [packing.node(name) for name in value.names])
    frequency = getattr(value, "freqstr", None)
    return ("index", _column(value.array, packing), packing.node(value.name), frequency)


def _column(array: Any, packing: Any) -> Node:
    """The values of a column, its type with them."""
    pd = _pandas()
    if isinstance(array, pd.Categorical):
        codes = np.asarray(array.codes)
        return ("category", codes, packing.node(array.categories), bool(array.ordered))
    if isinstance(array.dtype, pd.StringDtype):
        texts = [None if pd.isna(item) else str(item) for item in array]
        return ("strings", array.dtype.storage, array.dtype.na_value is pd.NA, texts)
    if isinstance(array, pd.arrays.NumpyExtensionArray):
        return ("values", arrays.content(array.to_numpy(), packing))
    name = str(array.dtype)
    if isinstance(array, pd.arrays.DatetimeArray | pd.arrays.TimedeltaArray):
        return ("dates", name, np.asarray(array.asi8))
    if isinstance(array, pd.arrays.IntervalArray):
        return ("intervals", packing.node(array.left), packing.node(array.right), array.closed)
    if isinstance(array, pd.arrays.PeriodArray):
        return ("periods", array.freqstr, np.asarray(array.asi8))
    if _MASKED.fullmatch(name):
        missing = np.asarray(array.isna())
        return ("masked", name, np.asarray(array.to_numpy(_plain(name), na_value=0)), missing)
    raise Unsendable(f"a column of dtype {name:.40}")


def _plain(name: str) -> str:
    return "bool" if name == "boolean" else name.lower()


def _read_column(node: Node, reading: Any) -> Any:
    pd = _pandas()
    if type(node) is not tuple or not node:
        raise Malformed("a malformed column")
    if node[0] == "values":
        return arrays.MAKERS[node[1][0]](node[1][1:], reading)
    if node[0] == "category":
        categories = reading.value(node[2])
        return pd.Categorical.from_codes(node[1], categories, ordered=node[3])
    if node[0] == "dates" and _DATES.fullmatch(node[1]):
        if node[1].startswith("timedelta64"):
            return pd.array(node[2].view(node[1].replace("timedelta64", "m8")))
        unit, _, zone = node[1][11:-1].partition(", ")
        dates = pd.DatetimeIndex(node[2].view(f"M8[{unit}]"))
        return (dates.tz_localize("UTC").tz_convert(zone) if zone else dates).array
    if node[0] == "masked" and _MASKED.fullmatch(node[1]):
        made = pd.array(node[2].tolist(), dtype=node[1])
        made[node[3].astype(bool)] = pd.NA
        return made
    if node[0] == "intervals":
        sides = [pd.Index(reading.value(side)) for side in node[1:3]]
        return pd.arrays.IntervalArray.from_arrays(*sides, closed=node[3])
    if node[0] == "periods" and _FREQUENCY.fullmatch(node[1]):
        return pd.PeriodIndex.from_ordinals(node[2], freq=node[1]).array
    if node[0] == "strings":
        kind = pd.StringDtype(node[1], na_value=pd.NA if node[2] is True else np.nan)
        return pd.array(node[3], dtype=kind)
    raise Malformed("a malformed column")


def _read_index(node: tuple[Any, ...], reading: Any) -> Any:
    pd = _pandas()
    column, name, frequency = node
    array = _read_column(column, reading)
    made = pd.Index(array, name=reading.value(name), dtype=array.dtype)
    if frequency is not None and isinstance(made, pd.DatetimeIndex | pd.TimedeltaIndex):
        made.freq = frequency
    return made


def _read_multi_index(node: tuple[Any, ...], reading: Any) -> Any:
    levels, codes, names = node
    return _pandas().MultiIndex(
        levels=[reading.value(level) for level in levels],
        codes=codes,
        names=[reading.value(name) for name in names],
    )


def _read_timestamp(node: tuple[Any, ...], reading: Any) -> Any:
    unit, value, zone = node
    made = _pandas().Timestamp(np.datetime64(value, "ns")).as_unit(unit)
    return made.tz_localize("UTC").tz_convert(zone) if zone is not None else made


def _read_period(node: tuple[Any, ...], reading: Any) -> Any:
    ordinal, frequency = node
    if type(ordinal) is not int or not _FREQUENCY.fullmatch(frequency):
        raise Malformed("a malformed period")
    return _pandas().Period(ordinal=ordinal, freq=frequency)


def _make_frame(node: tuple[Any, ...], reading: Any) -> Any:
    pd = _pandas()
    columns, names, index = node
    found = {place: _read_column(column, reading) for place, column in enumerate(columns)}
    made = pd.DataFrame(found, index=reading.value(index))
    made.columns = reading.value(names)
    return made


def _make_series(node: tuple[Any, ...], reading: Any) -> Any:
    column, index, name = node
    array = _read_column(column, reading)
    return _pandas().Series(array, reading.value(index), array.dtype, reading.value(name))


READERS: dict[str, Callable[[tuple[Any, ...], Any], Any]] = {
    "NaT": lambda node, reading: _pandas().NaT,
    "NA": lambda node, reading: _pandas().NA,
    "Timestamp": _read_timestamp,
    "Timedelta": lambda node, reading: _pandas().Timedelta(node[1]).as_unit(node[0]),
    "Interval": lambda n, r: _pandas().Interval(r.value(n[0]), r.value(n[1]), closed=n[2]),
    "Period": _read_period,
    "range index": lambda n, reading: _pandas().RangeIndex(*n[:3], name=reading.value(n[3])),
    "multi index": _read_multi_index,
    "index": _read_index,
}
MAKERS: dict[str, Callable[[tuple[Any, ...], Any], Any]] = {
    "frame": _make_frame,
    "series": _make_series,
}


def update(old: Any, made: Any) -> None:
    """Give a frame or series the content of another; raises Malformed for anything else."""
    pd = _pandas()
    if type(old) not in (pd.DataFrame, pd.Series):
        raise Malformed("an object that cannot change")
    old._mgr = made._mgr
    if type(old) is pd.Series:
        old.name = made.name
