"""What a course's ``nbgrader_config.py`` needs for releasing: names only, nothing is imported.

from autograder.authoring.config import release_config

c = get_config()
release_config(c)
"""

from __future__ import annotations

import os
import sysconfig

from traitlets.config import Config

# nbgrader's own list (converters/generate_assignment.py), with our stubs in place of its own,
# the choice of languages before, and the clean-up of metadata after.
RELEASE_PREPROCESSORS = (
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "autograder.authoring.release.ChooseLanguage",
    "nbgrader.preprocessors.LockCells",
    "autograder.authoring.release.DeriveStubs",
    "nbgrader.preprocessors.ClearOutput",
    "autograder.authoring.release.StripMetadata",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
)

# Never handed out: caches, editors' leftovers, and data sets that are not ours to give away.
IGNORED = (
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    ".*_cache",
    ".DS_Store",
    "*~",
    "*.mat",
    "feedback",
)


def release_config(c: Config) -> None:
    """Let ``nbgrader generate_assignment`` derive stubs, and put missing test cells back."""
    c.GenerateAssignment.preprocessors = list(RELEASE_PREPROCESSORS)
    chosen = c.CourseDirectory.get("ignore", [])
    own = list(chosen) if isinstance(chosen, list) else []
    c.CourseDirectory.ignore = [*own, *(name for name in IGNORED if name not in own)]
    c.OverwriteCells.add_missing_cells = True
    put_scripts_on_path()


def put_scripts_on_path() -> None:
    """Let nbgrader find ``alembic``, which it calls by its bare name, from any environment."""
    scripts = sysconfig.get_path("scripts")
    path = os.environ.get("PATH", os.defpath)
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([path, scripts])
