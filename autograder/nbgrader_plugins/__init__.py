"""The doors into nbgrader, and what a course's ``nbgrader_config.py`` imports.

from autograder.nbgrader_plugins import configure, release_config

c = get_config()
release_config(c)  # or derive_stubs(c), in a course that nbgrader releases already
configure(c)
"""

from autograder.authoring.config import derive_stubs, release_config
from autograder.nbgrader_plugins.configuring import configure

__all__ = ["configure", "derive_stubs", "release_config"]
