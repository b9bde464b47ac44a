"""What is set before nbgrader is imported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from nbgrader import api

from autograder.cli.application import AutograderApp
from autograder.environment import put_scripts_on_path

pytestmark = pytest.mark.family


def test_alembic_is_found_whatever_the_path(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    put_scripts_on_path()
    put_scripts_on_path()
    assert shutil.which("alembic")
    assert os.environ["PATH"].count(os.pathsep) == 1


def test_a_gradebook_of_the_tests_has_the_version_that_alembic_says():
    """Here it is learnt without the program, which imports all of nbgrader."""
    put_scripts_on_path()
    assert api.get_alembic_version() == api.get_alembic_version.__wrapped__()


def test_archives_are_unpacked_though_setuptools_waits_until_then(tmp_path: Path):
    (tmp_path / "out").mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ada.txt", "here")
    code = (
        "import sys; from autograder.environment import prepare_process; prepare_process()\n"
        "from nbgrader.utils import unzip; print('setuptools' in sys.modules)\n"
        "unzip('a.zip', 'out'); print(open('out/ada.txt').read())\n"
        "from setuptools.archive_util import UnrecognizedFormat; print('setuptools' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "here", "True"]


def test_the_process_that_starts_a_class_imports_what_notebooks_need_nowhere():
    """IPython is imported where cells run, at the same time: here it would be waited for."""
    code = (
        "import sys; from autograder.environment import prepare_process; prepare_process()\n"
        "import autograder.cli.application, autograder.cli.grade\n"
        "print(*sorted({'IPython', 'matplotlib'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_the_version_is_written_in_one_place():
    project = Path(__file__).parents[2] / "pyproject.toml"
    written = tomllib.loads(project.read_text())["project"]["version"]
    assert AutograderApp.version == written
