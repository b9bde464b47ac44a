"""The ``autograder`` command: nbgrader's own application class, flags and config file."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from autograder.environment import prepare_process


def main(argv: list[str] | None = None) -> None:
    """Run the command line; exits with 1 on an error that the user can mend."""
    if argv is None:
        _run_alone()
    else:
        _run(argv)


def _run_alone() -> NoReturn:
    """Run as this process's only purpose, and end without taking the interpreter apart.

    Nothing that is imported is garbage, and nobody looks at memory that was given back.
    """
    gc.disable()
    code: object = 0
    try:
        _run(None)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads any more
            stream.flush()
    os._exit(code or 0)


def _run(argv: list[str] | None) -> None:
    prepare_process()
    if (sys.argv[1:] if argv is None else argv)[:1] == ["grade"]:
        from autograder.sandbox.nursery import start_early

        start_early()
    from autograder.cli.main import AutograderApp

    AutograderApp.launch_instance(argv)
