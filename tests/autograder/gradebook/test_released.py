"""The gradebook's assignment is the released one."""

import json

import pytest
from two_recorders import coursedir_of

from autograder.gradebook.recorder import Recorder
from autograder.model import CourseError

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


def test_a_gradebook_without_the_assignment_gets_it_as_released(course, rows):
    expected = rows(course)
    (course / "gradebook.db").unlink()
    with Recorder(coursedir_of(course), "ps1"):
        pass
    assert rows(course) == expected


def test_an_assignment_that_nobody_released_is_a_clear_error(course):
    with pytest.raises(CourseError, match=r"neither in the gradebook.*generate_assignment ps9"):
        Recorder(coursedir_of(course), "ps9")


def test_points_that_differ_from_the_release_are_a_clear_error(course, release):
    release["cells"][3]["metadata"]["nbgrader"]["points"] = 7
    (course / "release" / "ps1" / "ps1.ipynb").write_text(json.dumps(release))
    with pytest.raises(CourseError, match=r"differ in the points of test_f.*--force"):
        Recorder(coursedir_of(course), "ps1")
