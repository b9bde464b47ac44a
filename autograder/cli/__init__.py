"""The ``autograder`` command: nbgrader's own application class, flags and config file."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import sysconfig
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn


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


def prepare_process() -> None:
    """What nbgrader needs before it is imported.

    jsonschema imports an optional checker of URIs that costs most of nbgrader's start-up and
    is used by nothing here, and nbgrader itself imports setuptools, which costs most of the rest,
    to unpack archives; nbgrader calls a bare ``alembic``, which must be found.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    sys.modules.setdefault("setuptools.archive_util", ArchivesLater("setuptools.archive_util"))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    scripts = sysconfig.get_path("scripts")
    path = os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([str(Path(scripts)), path])


class ArchivesLater(ModuleType):
    """setuptools' module, imported when one of the functions that nbgrader takes is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system looks whether there is a __path__
            raise AttributeError(name)
        if not name.startswith("unpack_"):
            return getattr(self._real(), name)
        return lambda *args, **kwargs: getattr(self._real(), name)(*args, **kwargs)

    def _real(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return import_module(self.__name__)
