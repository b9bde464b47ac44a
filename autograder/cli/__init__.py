"""The ``autograder`` command: nbgrader's own application class, flags and config file."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from autograder.environment import prepare_process, with_fixed_hashes

NOBODY_READS = 141  # a shell's exit status for a program that a closed pipe has ended
# Commands in whose process, or in a fork of it, graders, plans or solutions run.
JUDGING = ("adopt", "build", "check", "draft", "grade", "hints", "plan", "verify", "watch")


def main(argv: list[str] | None = None) -> None:
    """Run the command line; exits with 1 on an error that the user can mend.

    With arguments it may be called any number of times in one process.
    """
    if argv is None:
        _run_alone()
    try:
        _run(argv)
    finally:
        _forget_the_application()


def _forget_the_application() -> None:
    """Let another command follow: beside the one that traitlets keeps no sibling can start."""
    from traitlets.config import Application

    if Application.initialized():
        type(Application.instance()).clear_instance()


def _run_alone() -> NoReturn:
    """Run the command and end the process without the interpreter's clean-up.

    Freeing imported modules takes time, and the system reclaims the memory anyway.
    """
    gc.disable()
    _start_again_where_needed(sys.argv[1:2])
    code: object = 0
    try:
        _run(None)
    except SystemExit as end:
        code = end.code
    except BrokenPipeError:  # nobody reads any more, as in `autograder report A | head`
        code = NOBODY_READS
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
    _prepare_streams()
    prepare_process()
    if (sys.argv[1:] if argv is None else argv)[:1] == ["grade"]:
        from autograder.sandbox.nursery import start_early

        start_early()
    from autograder.cli.application import AutograderApp

    AutograderApp.launch_instance(argv)


def _start_again_where_needed(command: list[str]) -> None:
    """Start again where this process does not read or order texts as every other one does.

    In UTF-8, where file names would be read in another code (LANG=*.ISO-8859-1): the name of a
    student's folder is the student's id. With fixed hashes, where something is judged.
    """
    environment = dict(os.environ)
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        environment["PYTHONUTF8"] = "1"
    if command and command[0] in JUDGING:
        environment["PYTHONHASHSEED"] = with_fixed_hashes()["PYTHONHASHSEED"]
    if environment != dict(os.environ):  # or it has been started again already
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)


def _prepare_streams() -> None:
    """Make output safe: a closed stream goes to /dev/null, an unknown letter is escaped."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # or the gradebook would be opened in its place
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 - as long as we live
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
