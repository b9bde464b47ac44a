"""The folder a child starts in: its own, writable, with links to the course's hand-outs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from autograder.sandbox.inside.confinement import Confinement
from autograder.sandbox.inside.namespaces import mount_scratch


def enter_scratch(scratch: str, assets: str, confinement: Confinement) -> None:
    """Make `scratch` the current and home folder of this process."""
    if confinement.tier == "B":
        scratch = mount_scratch(scratch, confinement.bounds)
    os.chdir(scratch)
    for name in ("HOME", "MPLCONFIGDIR", "IPYTHONDIR", "TMPDIR"):
        os.environ[name] = scratch
    tempfile.tempdir = None  # ask the environment again
    if assets:
        _link_hand_outs(Path(assets))


def _link_hand_outs(assets: Path) -> None:
    """Folders are made anew (a cell may save into them); files are links to read-only ones."""
    for path in sorted(assets.rglob("*")):
        target = path.relative_to(assets)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.symlink_to(path)
