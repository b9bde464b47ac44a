"""An autograded notebook as nbformat itself would write it, byte for byte, and faster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_MOST_KEPT = 1024  # texts of cells; a class hands in most of them unchanged
_LARGE = 1 << 14  # characters of a text that is not kept
_TRANSIENT = ("orig_nbformat", "orig_nbformat_minor", "signature")
_SPLIT_ALSO = ("application/javascript", "image/svg+xml")


def notebook_text(nb: Mapping[str, Any]) -> str:
    """The notebook as JSON: keys sorted, indented by one, long texts split into lines."""
    metadata = {k: v for k, v in nb["metadata"].items() if k not in _TRANSIENT}
    cells = [_split_cell(cell) for cell in nb["cells"]]
    out: list[str] = []
    _write({**nb, "metadata": metadata, "cells": cells}, "\n", out)
    out.append("\n")
    return "".join(out)


def _split_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    split = {
        **cell,
        "source": _source_json(cell["source"]),
        "metadata": _metadata_json(cell["metadata"]),
    }
    if cell["cell_type"] == "code":
        split["outputs"] = [_split_output(output) for output in cell["outputs"]]
    if "attachments" in cell:
        split["attachments"] = {k: _split_bundle(v) for k, v in cell["attachments"].items()}
    return split


def _split_output(output: Mapping[str, Any]) -> Mapping[str, Any]:
    if output["output_type"] in ("execute_result", "display_data"):
        return {**output, "data": _split_bundle(output.get("data", {}))}
    if output["output_type"] == "stream":
        return {**output, "text": _lines(output["text"])}
    return output


def _split_bundle(bundle: Mapping[str, Any]) -> dict[str, Any]:
    return {
        mime: _lines(content) if mime.startswith("text/") or mime in _SPLIT_ALSO else content
        for mime, content in bundle.items()
    }


def _lines(text: object) -> object:
    return text.splitlines(keepends=True) if isinstance(text, str) else text


class _Json(str):
    """A value of a cell, written already."""

    __slots__ = ()


_IN_A_CELL = "\n   "  # starts the lines of a cell's fields


def _source_json(source: object) -> object:
    if isinstance(source, str) and len(source) < _LARGE:
        return _written_source(source)
    return _lines(source)


@lru_cache(_MOST_KEPT)
def _written_source(source: str) -> _Json:
    return _written(_lines(source))


def _metadata_json(metadata: Mapping[str, Any]) -> object:
    named = _Named(metadata)
    return named.kept() if len(named.name) < _LARGE else named.kept_fields()


class _Named:
    """Metadata by their text, in which 1, 1.0 and True are three values."""

    def __init__(self, metadata: Mapping[str, Any]) -> None:
        self._metadata = metadata
        self.name = repr(metadata)

    def kept_fields(self) -> dict[str, Any]:
        return {k: v for k, v in self._metadata.items() if k != "trusted"}

    @lru_cache(_MOST_KEPT)  # noqa: B019 - it is the text that is kept, and no more than so many
    def kept(self) -> _Json:
        return _written(self.kept_fields())

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and self.name == other.name


def _written(value: object) -> _Json:
    out: list[str] = []
    _write(value, _IN_A_CELL, out)
    return _Json("".join(out))


_CONSTANTS = {None: "null", True: "true", False: "false"}
_string = json.encoder.encode_basestring


def _write(value: object, indent: str, out: list[str]) -> None:
    """Append JSON like ``json.dumps(indent=1, sort_keys=True)``; `indent` starts a line."""
    if type(value) is _Json:
        out.append(value)
    elif isinstance(value, str):
        out.append(_string(value))
    elif isinstance(value, dict) and value:
        _write_items(value, indent + " ", out)
        out.append(indent + "}")
    elif isinstance(value, list | tuple) and value:
        _write_list(value, indent + " ", out)
        out.append(indent + "]")
    elif value is None or value is True or value is False:
        out.append(_CONSTANTS[value])
    else:
        out.append(json.dumps(value))


def _write_items(value: dict[Any, object], indent: str, out: list[str]) -> None:
    start = "{" + indent
    for key in sorted(value):
        out.append(f"{start}{_string(str(key))}: ")
        _write(value[key], indent, out)
        start = "," + indent


def _write_list(value: list[object] | tuple[object, ...], indent: str, out: list[str]) -> None:
    if all(type(item) is str for item in value):
        out.append("[" + indent + ("," + indent).join(_string(str(item)) for item in value))
        return
    start = "[" + indent
    for item in value:
        out.append(start)
        _write(item, indent, out)
        start = "," + indent
