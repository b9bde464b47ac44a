"""What a course's ``nbgrader_config.py`` needs for releasing: names only, nothing is imported.

from autograder.nbgrader_plugins import release_config

c = get_config()
release_config(c)

A course that nbgrader releases already takes ``derive_stubs`` instead, which touches only the
notebooks that are written for this package.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from traitlets.config import Config

from autograder.environment import put_scripts_on_path

# nbgrader's own list (converters/generate_assignment.py), by name.
_NBGRADERS = (
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
)

# In place of ClearSolutions: the choice of languages, our stubs, the clean-up of metadata.
STUBS = "autograder.authoring.release.DeriveStubs"
_OURS = (
    "autograder.authoring.release.ChooseLanguage",
    STUBS,
    "autograder.authoring.handing_out.HandOutHelpers",
    "autograder.authoring.release.StripMetadata",
    "autograder.authoring.release_plans.TellOfPlan",
)


def released_language(c: Config) -> str:
    """The language of released lessons: en, zh, or both side by side.

    ``c.ChooseLanguage.language`` where it is set, else the one language of the course.
    """
    return str(c.ChooseLanguage.get("language") or c.Autograder.get("language") or "en")


def _with_stubs(preprocessors: Iterable[Any]) -> list[Any]:
    """A list of preprocessors with ours where ClearSolutions stands."""
    return [
        one
        for given in preprocessors
        for one in (_OURS if _name(given) == "ClearSolutions" else (given,))
    ]


def _name(preprocessor: Any) -> str:
    """A class's name, given as the class or as a dotted text."""
    return str(getattr(preprocessor, "__name__", preprocessor)).rpartition(".")[2]


RELEASE_PREPROCESSORS = tuple(_with_stubs(_NBGRADERS))

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


def derive_stubs(c: Config) -> None:
    """Let ``nbgrader generate_assignment`` derive stubs where START CODE HERE marks them.

    The course's own list of preprocessors is kept, with ours where ClearSolutions stood; what
    else is released, and how, does not change.
    """
    chosen = c.GenerateAssignment.get("preprocessors")
    c.GenerateAssignment.preprocessors = _with_stubs(
        chosen if isinstance(chosen, list) else _NBGRADERS
    )
    put_scripts_on_path()
