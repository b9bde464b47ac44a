"""Imports and first runs that are done once, before the fork, so that no child has to."""

from __future__ import annotations

import gc
import importlib
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from autograder.sandbox.inside.cell_outputs import Output, OutputRecorder
from autograder.sandbox.inside.shell import CellShell, build_shell

_REHEARSAL = """\
import matplotlib.pyplot as plt, numpy as np
plt.figure(); plt.plot([0, 1], [1, 2], label="a"); plt.title("t"); plt.legend(); plt.show()
%time plt.scatter([0, 1], [1, 2], c=[0, 1], cmap=plt.cm.Spectral); plt.contourf([[0, 1], [1, 2]])
def f(x):
    return g(x)
def g(x):
    return np.dot(x, np.ones(3))
f(np.ones(4))
"""


_REHEARSAL_BYTES = 1 << 20


def rehearsed_shell() -> tuple[CellShell, list[str]]:
    """A shell that has run cells, figures and an error once; notes on what went wrong."""
    shell = build_shell(OutputRecorder(_REHEARSAL_BYTES))
    return shell, _rehearse(shell)


def equip(shell: CellShell, preload: Sequence[str], assets: str, output_bytes: int) -> list[str]:
    """Import what one assignment needs; notes on what could not be imported.

    `preload` names modules; `assets` is the folder whose helper modules are imported too.
    """
    shell.recorder.limit = output_bytes
    helpers = _modules_in(Path(assets)) if assets else []
    if assets:
        sys.path.insert(0, assets)
    notes = [note for name in (*preload, *helpers) if (note := _import(name, assets))]
    if assets:
        sys.path.remove(assets)
    sys.path.insert(0, "")  # a child finds what lies in its own folder, as in a kernel
    _forget(shell)
    return notes


def _modules_in(folder: Path) -> list[str]:
    """The modules and packages that a folder holds."""
    names = {path.stem for path in folder.glob("*.py")}
    names |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return sorted(filter(str.isidentifier, names))


def run_prologue(shell: CellShell, prologue: Sequence[str]) -> list[list[Output]]:
    """Run the cells that every notebook begins with; the outputs of those that went well."""
    ran: list[list[Output]] = []
    for source in prologue:
        outputs: list[Output] = []
        shell.recorder.start(outputs.append)
        error = shell.run_source(source)
        shell.recorder.stop()
        if error is not None:
            break
        ran.append(outputs)
    random.seed(0)
    np.random.seed(0)
    _close_fonts()
    gc.collect()
    gc.freeze()
    gc.enable()
    return ran


def _close_fonts() -> None:
    """Close matplotlib's open fonts before the fork: otherwise every child closes them."""
    from matplotlib import font_manager

    if (cached := getattr(font_manager, "_get_font", None)) is not None:
        cached.cache_clear()


def _import(name: str, assets: str) -> str:
    """Import a module; a note when that fails (the cell that needs it will show the error).

    What it has imported of the assets is forgotten then: a second import would go on where the
    first one failed, and succeed where a kernel's does not.
    """
    before = {*sys.modules}
    try:
        importlib.import_module(name)
    except Exception as error:
        for other in sys.modules.keys() - before:
            if assets and _lies_in(sys.modules[other], assets):
                del sys.modules[other]
        return f"{name} could not be imported: {type(error).__name__}: {error}"
    return ""


def _lies_in(module: ModuleType, folder: str) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(folder) in Path(file).parents


def _rehearse(shell: CellShell) -> list[str]:
    outputs: list[Output] = []
    shell.recorder.start(outputs.append)
    shell.run_cell(_REHEARSAL, store_history=True)  # type: ignore[no-untyped-call]
    shell.run_source("def f(x):\n    return x\nf(1)")
    shell.recorder.stop()
    kinds = [output["output_type"] for output in outputs]
    if kinds.count("display_data") == 2 and "error" in kinds:
        return []
    return [f"the rehearsal of a cell with figures and an error gave {kinds}"]


def _forget(shell: CellShell) -> None:
    """Start as a fresh kernel does, the same one every time."""
    shell.reset(new_session=True)  # type: ignore[no-untyped-call]
    shell.execution_count = 1
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
