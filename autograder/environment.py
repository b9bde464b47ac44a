"""What has to be set in a process before nbgrader is imported."""

from __future__ import annotations

import os
import sys
import sysconfig
from importlib import import_module
from types import ModuleType
from typing import Any

# Of every process that judges: the order of a set of texts is part of what a grader may do, and two
# runs of one submission are to give one result.
HASH_SEED = "0"


def with_fixed_hashes() -> dict[str, str]:
    """The environment of a process that judges; whoever has chosen a seed keeps it."""
    chosen = os.environ.get("PYTHONHASHSEED", "random")
    return {**os.environ, "PYTHONHASHSEED": HASH_SEED if chosen == "random" else chosen}


def put_scripts_on_path() -> None:
    """Let nbgrader find ``alembic``, which it calls by its bare name, from any environment."""
    scripts = sysconfig.get_path("scripts")
    path = os.environ.get("PATH", os.defpath)
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, path])


def prepare_process() -> None:
    """Set what nbgrader needs, and skip two imports that nothing here uses.

    jsonschema imports an optional checker of URIs: with it, start-up takes 2.0 times the processor
    time (2.36 s for 1.17 s). nbgrader imports setuptools only to unpack archives: 1.15 times.
    nbgrader calls ``alembic`` by its bare name.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    sys.modules.setdefault("setuptools.archive_util", ArchivesLater("setuptools.archive_util"))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    put_scripts_on_path()


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
