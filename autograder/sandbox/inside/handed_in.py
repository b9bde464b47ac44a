"""Puts the files that a student handed in into the folder where the cells start."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable


def put_files(files: Iterable[tuple[bytes, memoryview]]) -> None:
    """Write files into the current folder, in place of hand-outs of the same name.

    Modules that were imported from hand-outs are forgotten when one of these is replaced.
    Raises OSError.
    """
    replaced: set[bytes] = set()  # folders of hand-outs
    for path, content in files:
        if os.path.islink(path):  # noqa: PTH114 - a name may be any bytes
            replaced.add(os.readlink(path).removesuffix(path))  # noqa: PTH115
            os.unlink(path)  # noqa: PTH108
        elif above := os.path.dirname(path):  # noqa: PTH120
            os.makedirs(above, exist_ok=True)  # noqa: PTH103
        with open(path, "xb") as file:  # noqa: PTH123
            file.write(content)
    for name, module in [*sys.modules.items()] if replaced else ():
        origin = os.fsencode(getattr(module, "__file__", None) or "")
        if any(origin.startswith(folder) for folder in replaced):
            del sys.modules[name]
    importlib.invalidate_caches()
