"""Turns the outputs that a child sends into valid outputs of a notebook.

A hostile child may send anything: only known kinds, known fields and plain data pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

Output = dict[str, Any]

_MIME = re.compile(r"[a-z]+/[a-zA-Z0-9.+-]{1,100}")
_JSON_MIME = re.compile(r"application/(.*\+)?json")
_NAME_LENGTH = 200
_TRACEBACK_LINES = 500


def clean_output(output: Any) -> Output | None:
    """A valid nbformat 4 output; None where the child sent something else."""
    if type(output) is not dict:
        return None
    clean = _CLEANERS.get(_text(output.get("output_type")))
    return clean(output) if clean else None


def join_streams(outputs: Iterable[Output]) -> list[Output]:
    """The same outputs with neighbouring pieces of one stream joined, as nbformat stores them."""
    joined: list[Output] = []
    pieces: list[str] = []
    for output in outputs:
        if output["output_type"] != "stream":
            joined.append(output)
            continue
        last = joined[-1] if joined else {}
        if last.get("output_type") == "stream" and last["name"] == output["name"]:
            pieces.append(output["text"])
        else:
            joined.append({**output, "text": (pieces := [output["text"]])})
    return [
        {**output, "text": "".join(output["text"])} if output["output_type"] == "stream" else output
        for output in joined
    ]


def stdout_of(outputs: Iterable[Output]) -> str:
    """The text that went to standard output."""
    return "".join(
        output["text"]
        for output in outputs
        if output["output_type"] == "stream" and output["name"] == "stdout"
    )


def _stream(output: Output) -> Output:
    name = "stderr" if _text(output.get("name")) == "stderr" else "stdout"
    return {"output_type": "stream", "name": name, "text": _text(output.get("text"))}


def _display_data(output: Output) -> Output:
    return {
        "output_type": "display_data",
        "data": _bundle(output.get("data")),
        "metadata": _metadata(output.get("metadata")),
    }


def _execute_result(output: Output) -> Output:
    count = output.get("execution_count")
    sound = type(count) is int and 0 <= count < 1 << 31
    result = {**_display_data(output), "output_type": "execute_result"}
    return {**result, "execution_count": count if sound else None}


def _error(output: Output) -> Output:
    traceback = output.get("traceback")
    lines = traceback if type(traceback) is list else []
    return {
        "output_type": "error",
        "ename": _text(output.get("ename"))[:_NAME_LENGTH],
        "evalue": _text(output.get("evalue")),
        "traceback": [_text(line) for line in lines[:_TRACEBACK_LINES]],
    }


_CLEANERS = {
    "stream": _stream,
    "display_data": _display_data,
    "execute_result": _execute_result,
    "error": _error,
}


def _text(value: Any) -> str:
    return value if type(value) is str else ""


def _bundle(data: Any) -> dict[str, Any]:
    """Text for every mime type; JSON data where the type says so."""
    if type(data) is not dict:
        return {}
    return {
        mime: value if type(value) is str else _json(value)
        for mime, value in data.items()
        if type(mime) is str
        and _MIME.fullmatch(mime)
        and (type(value) is str or _JSON_MIME.fullmatch(mime))
    }


def _metadata(value: Any) -> dict[str, Any]:
    plain = _json(value)
    return plain if type(plain) is dict else {}


def _json(value: Any) -> Any:
    """The value as plain JSON data; None where it is not."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return None
