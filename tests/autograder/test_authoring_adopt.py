"""`autograder init`: a course of ours, new or old, and nothing of an instructor's changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.authoring.adopt import adopt
from autograder.authoring.config import IGNORED, RELEASE_PREPROCESSORS
from autograder.course import Course
from autograder.model import CourseError

OLD = """\
# my course
c = get_config()
c.CourseDirectory.course_id = "ml-2026"
c.CourseDirectory.ignore = ["*.zip", "*.pyc"]
c.ClearSolutions.text_stub = "write here"
"""


def config(folder: Path) -> Config:
    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


def test_an_empty_folder_becomes_a_course_with_a_secret_of_its_own(tmp_path: Path):
    one, two = tmp_path / "deep learning", tmp_path / "other"
    assert adopt(one) == [one / "nbgrader_config.py"]
    adopt(two)
    found = config(one)
    assert found.CourseDirectory.course_id == "deep_learning"
    assert found.GenerateAssignment.preprocessors == list(RELEASE_PREPROCESSORS)
    assert "autograder.preprocessors" in found.Autograde.autograde_preprocessors[0]
    seeds = {Course.load(one).seed, Course.load(two).seed}
    assert len(seeds) == 2 and all(len(seed) == 32 for seed in seeds)


def test_an_old_course_keeps_every_line_and_every_setting(tmp_path: Path):
    path = tmp_path / "nbgrader_config.py"
    path.write_text(OLD)
    adopt(tmp_path)
    assert path.read_text().startswith(OLD)
    found = config(tmp_path)
    assert found.CourseDirectory.course_id == "ml-2026"
    assert found.CourseDirectory.ignore[:2] == ["*.zip", "*.pyc"]
    assert set(found.CourseDirectory.ignore) == {"*.zip", *IGNORED}
    assert found.ClearSolutions.text_stub == "write here"
    assert found.GenerateAssignment.preprocessors == list(RELEASE_PREPROCESSORS)


def test_a_second_time_changes_nothing(tmp_path: Path):
    (path,) = adopt(tmp_path)
    before = path.read_text()
    assert adopt(tmp_path) == []
    assert path.read_text() == before


def test_only_what_is_missing_is_added(tmp_path: Path):
    (path,) = adopt(tmp_path)
    kept = [n for n in path.read_text().splitlines() if "configure" not in n]
    path.write_text("\n".join(kept))
    adopt(tmp_path)
    added = path.read_text().removeprefix("\n".join(kept))
    assert "configure(get_config())" in added
    assert "release_config" not in added and "seed" not in added


def test_a_broken_config_is_left_alone_and_named(tmp_path: Path):
    path = tmp_path / "nbgrader_config.py"
    path.write_text("c = get_config(\n")
    with pytest.raises(CourseError, match="is not Python"):
        adopt(tmp_path)
    assert path.read_text() == "c = get_config(\n"
