"""The files of an autograded folder, their permissions among them."""

from dataclasses import replace

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from two_recorders import PASSED, both, fast_door, submit

from autograder.gradebook.recorder import Recorder
from autograder.model import Key

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


def test_custom_permissions_and_kept_files_are_followed(two_courses, executed, by_hand, rows):
    config = Config()
    config.Autograde.permissions = 640
    config.Autograde.exclude_overwriting = {"ps1": ["helper.py"]}
    both(two_courses, executed, by_hand, rows, config)
    helper = two_courses[0] / "autograded" / "ada" / "ps1" / "helper.py"
    assert helper.read_text() == "cheat"
    assert oct(helper.stat().st_mode)[-3:] == "640"


def test_shared_groups_get_shared_folders(course, executed, by_hand):
    submit(course, "ada", executed)
    coursedir = CourseDirectory(root=str(course), groupshared=True)
    with Recorder(coursedir, "ps1") as recorder:
        recorder.record(replace(by_hand(executed, PASSED), key=Key({}, {}, {}, {})))
    folder = course / "autograded" / "ada" / "ps1"
    for place in (folder, folder.parent, folder.parent.parent, course / ".autograder/reports/ps1"):
        assert place.stat().st_mode & 0o2770 == 0o2770, place
    assert oct((folder / "ps1.ipynb").stat().st_mode)[-3:] == "664"


def test_links_in_a_submission_are_not_followed(course, executed, by_hand):
    submit(course, "ada", executed)
    link = course / "submitted" / "ada" / "ps1" / "stolen.txt"
    link.symlink_to(course / "gradebook.db")
    fast_door(course, [by_hand(executed, PASSED)])
    found = {p.name for p in (course / "autograded" / "ada" / "ps1").iterdir()}
    assert found == {"ps1.ipynb", "helper.py"}
