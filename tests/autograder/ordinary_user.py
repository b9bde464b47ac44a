"""A Python for tests that are root and give that up: the own one is often in root's own folder."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ORDINARY = 60002  # of nobody's


def python_for_anyone(folder: Path) -> str:
    """An interpreter of this version, with these packages, that an ordinary user may run.

    `folder` is a new one that anyone may read; skips the test where there is none.
    """
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if may_run(sys.executable):
        return sys.executable
    for home in ("/usr/bin", "/usr/local/bin"):
        if Path(home, own).exists():
            linked = _linked(folder / home.replace("/", "-"), Path(home, own))
            if may_run(linked):
                return linked
    pytest.skip(f"no {own} with our packages may be run by an ordinary user here")


def may_run(python: str) -> bool:
    command = [python, "-c", "import autograder, numpy, IPython, zmq"]
    with suppress(PermissionError):
        return subprocess.run(
            command, user=ORDINARY, group=ORDINARY, extra_groups=[], cwd="/", capture_output=True,
            check=False, env={**os.environ, "HOME": "/nowhere"},
        ).returncode == 0  # fmt: skip
    return False


def _linked(folder: Path, python: Path) -> str:
    """A virtual environment around another interpreter of the same version: ours, in links."""
    for name in ("bin", f"lib/{python.name}"):
        (folder / name).mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {python.parent}\n")
    (folder / "bin/python").symlink_to(python)
    packages = Path(pytest.__file__).parents[1]
    (folder / f"lib/{python.name}/site-packages").symlink_to(packages)
    return str(folder / "bin/python")
