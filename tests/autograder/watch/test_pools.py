"""Warm workers are made anew when what they hold has changed."""

import shutil
from contextlib import closing
from pathlib import Path

import mixed_course
import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.sandbox import NurseryAddress
from autograder.watch import pools as pools_module
from autograder.watch.pools import WarmPools
from autograder.watch.watcher import Watcher

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


def made(root: Path, config: Config | None = None) -> WarmPools:
    config = config or Config()
    coursedir = CourseDirectory(config=config, root=str(root))
    return WarmPools(coursedir, config, Course.from_config(config, root))


@pytest.mark.slow
def test_a_file_that_several_assignments_share_makes_the_workers_anew(tiny):
    path, common = tiny.tests("tiny") / "test_tiny.py", tiny.root / "tests/common.py"
    path.write_text("from common import A\n" + path.read_text())
    common.write_text("A = 1\n")
    with closing(made(tiny.root)) as pools:
        before = pools.get("tiny")
        assert pools.get("tiny") is before
        common.write_text("A = 10\n")
        assert pools.get("tiny") is not before


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    """A released course whose test cells have no hidden graders; do not change it."""
    root = tmp_path_factory.mktemp("ordinary") / "course"
    mixed_course.write_course(root)
    shutil.rmtree(root / "tests")
    return root


def test_workers_of_test_cells_without_hidden_graders_come_from_the_nursery(ordinary, monkeypatch):
    """A nursery was started for them, and nothing was ever forked from it."""
    given = []
    monkeypatch.setattr(pools_module, "local_pool", lambda *args: given.append(args))
    made(ordinary)._made("ps1", None).stack.close()
    [(_, assignment, _, address, others)] = given
    assert assignment == "ps1"
    assert isinstance(address, NurseryAddress)
    assert others.are_all and others.sources.keys() == {"ps1"}


def test_a_watcher_begins_although_its_first_assignment_is_not_released(ordinary, tmp_path):
    root = mixed_course.copied(ordinary, tmp_path)
    (root / "gradebook.db").unlink()
    config = Config()
    config.Exchange.root = str(tmp_path / "exchange")
    config.CourseDirectory.course_id = "mixed"
    (tmp_path / "exchange/mixed/inbound").mkdir(parents=True)
    coursedir = CourseDirectory(config=config, root=str(root))
    course = Course.from_config(config, root)
    with Watcher(coursedir, config, course, ["ps1"], lambda: 1_800_000_000.0) as watcher:
        watcher.warm_up()
        said = list(watcher.step())
    assert [event.kind for event in said] == ["trouble"]
    assert "the gradebook in use does not hold the cells of ps1" in said[0].text
