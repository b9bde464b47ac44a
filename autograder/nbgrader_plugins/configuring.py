"""Configures nbgrader so that `nbgrader autograde` and Formgrader's button use this package.

In ``nbgrader_config.py``::

    from autograder.nbgrader_plugins import configure, release_config

    c = get_config()
    release_config(c)
    configure(c)

It sets names of classes and imports nothing more, because every nbgrader command reads the file.
"""

from __future__ import annotations

import sys

from traitlets.config import Config

from autograder.environment import put_scripts_on_path

_OURS = "autograder.nbgrader_plugins"
_STOCK = "nbgrader.preprocessors"

SANITIZE = (f"{_OURS}.sanitizing.Sanitize",)
AUTOGRADE = (
    f"{_OURS}.executing.GradeBehindTheWall",
    f"{_STOCK}.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    f"{_STOCK}.LimitOutput",
    f"{_OURS}.saving.SaveScores",
)


def configure(c: Config) -> None:
    """Route nbgrader's collect, autograde and feedback through this package.

    Formgrader shows students' markdown without what could run in the instructor's browser.
    Everything else keeps its meaning: ``Execute.timeout`` and ``Execute.enabled``
    (``--no-execute``), ``LimitOutput``, ``AssignLatePenalties.plugin_class``, permissions.
    """
    c.Autograde.sanitize_preprocessors = list(SANITIZE)
    c.Autograde.autograde_preprocessors = list(AUTOGRADE)
    c.Autograde.exporter_class = f"{_OURS}.exporting.AutogradedNotebook"
    c.GenerateFeedback.exporter_class = "autograder.feedback.exporting.FeedbackPage"
    c.GenerateFeedback.preprocessors = []
    own = c.HTMLExporter.filters if "filters" in c.HTMLExporter else {}
    safe = {"markdown2html": "autograder.feedback.markdown.markdown_filter"}
    c.HTMLExporter.filters = {**safe, **own}
    c.ExchangeFactory.collect = f"{_OURS}.collecting.CollectRegularFiles"
    if "release_feedback" not in c.ExchangeFactory:  # else of another exchange
        c.ExchangeFactory.release_feedback = f"{_OURS}.releasing.ReleaseWhatCanBe"
    c.ZipCollectApp.extractor_plugin = f"{_OURS}.collecting.ExtractWithinBounds"
    c.ZipCollectApp.collector_plugin = f"{_OURS}.collected_names.CollectOwnNames"
    c.OverwriteCells.add_missing_cells = True
    put_scripts_on_path()
    if "nbgrader.apps.api" in sys.modules:  # a Formgrader, which reads this file for every page
        from autograder.gradebook.shared import use_in_formgrader

        use_in_formgrader()
    if "nbgrader.server_extensions.formgrader.handlers" in sys.modules:
        from autograder.nbgrader_plugins.headers import protect_formgrader

        protect_formgrader()
