"""The ``autograder`` command: nbgrader's own application class, flags and config file."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path


def main(argv: list[str] | None = None) -> None:
    """Run the command line; exits with 1 on an error that the user can mend."""
    prepare_process()
    if (sys.argv[1:] if argv is None else argv)[:1] == ["grade"]:
        from autograder.sandbox.nursery import start_early

        start_early()
    from autograder.cli.main import AutograderApp

    AutograderApp.launch_instance(argv)


def prepare_process() -> None:
    """What nbgrader needs before it is imported.

    jsonschema imports an optional checker of URIs that costs most of nbgrader's start-up and
    is used by nothing here; nbgrader calls a bare ``alembic``, which must be found.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    scripts = sysconfig.get_path("scripts")
    path = os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([str(Path(scripts)), path])
