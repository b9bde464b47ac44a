"""Starts the interpreter of the confined side, with an empty environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.reaping import patiently

_PROGRAM = Path(__file__).parent / "warm" / "__main__.py"
_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS")


def launch(home: Path, *descriptors: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A fresh interpreter with an empty environment and one end of a socket."""
    own_end, other_end = socket.socketpair()
    with other_end:
        handed = (other_end.fileno(), *descriptors)
        process = patiently(
            lambda: subprocess.Popen(
                [sys.executable, "-s", "-P", str(_PROGRAM), *map(str, handed)],
                env=_environment(home),
                cwd=home,
                pass_fds=handed,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
    return process, own_end


def end(process: subprocess.Popen[bytes], patience: float = 5.0) -> None:
    """Wait `patience` seconds for a process that was told to end, then kill it."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    process.kill()
    process.wait()


def _environment(home: Path) -> dict[str, str]:
    """Only variables that numerical libraries read when they are loaded."""
    threads = {f"{name}_NUM_THREADS": "1" for name in _THREADS}
    return threads | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "USER": "student",
        "LOGNAME": "student",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": str(_font_cache(home)),
        "IPYTHONDIR": str(home / "ipython"),
        "MALLOC_ARENA_MAX": "2",  # a thread more is not 128 MB of address space more
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "JOBLIB_MULTIPROCESSING": "0",  # there is one process: no warning that says so
    }


def _font_cache(otherwise: Path) -> Path:
    """The folder of matplotlib's font list, which takes seconds to make."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "autograder" / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return otherwise
    return folder if os.access(folder, os.W_OK) else otherwise
