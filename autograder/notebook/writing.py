"""Writes an autograded notebook as nbformat does, but for numbers that no browser reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import nbformat
from nbformat import v4

MOST_KEPT = 20_000  # characters of a cell whose text is kept for other notebooks
_NO_CELLS = '\n "cells": []'  # once: what stands deeper is indented by more
_BEFORE, _AFTER = '{\n "cells": [\n', '\n ],\n "metadata": {}\n}'


def notebook_text(nb: Mapping[str, Any]) -> str:
    """The notebook as JSON: keys sorted, indented by one, long texts split into lines.

    NaN and Infinity become null: JavaScript's reader of JSON takes neither. Most cells of a class
    are alike, and each of them is written once.
    """
    cells = ",\n".join(map(_cell_text, map(json.dumps, nb["cells"])))
    text = _written(json.dumps({**nb, "cells": []}))
    if cells:
        text = text.replace(_NO_CELLS, f'\n "cells": [\n{cells}\n ]', 1)
    return f"{text}\n"


def _cell_text(cell: str) -> str:
    return _kept(cell) if len(cell) <= MOST_KEPT else _kept.__wrapped__(cell)


@lru_cache(maxsize=1024)
def _kept(cell: str) -> str:
    """How nbformat writes a cell, given as JSON, among those of a notebook."""
    text = _written(f'{{"cells": [{cell}], "metadata": {{}}}}')
    return text.removeprefix(_BEFORE).removesuffix(_AFTER)


def _written(notebook: str) -> str:
    node = nbformat.from_dict(json.loads(notebook, parse_constant=_null))  # type: ignore[no-untyped-call]
    text: str = v4.writes(node)  # type: ignore[no-untyped-call]
    return text


def _null(_: str) -> None:
    """NaN and the infinities."""
