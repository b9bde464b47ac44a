"""A course's config imports little."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


def test_configuring_imports_nothing():
    """A config file that mentions us must not slow every nbgrader command down."""

    code = (
        "import sys; from traitlets.config import Config; "
        "from autograder.nbgrader_plugins import configure; configure(Config()); "
        "print([m for m in sys.modules if m.split('.')[0] in ('nbgrader', 'sqlalchemy', 'numpy')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"
