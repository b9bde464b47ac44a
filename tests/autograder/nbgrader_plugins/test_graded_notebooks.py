"""`nbgrader autograde` keeps no report: a digest says whether a file has changed since."""

import os

import pytest
from nbgrader.coursedir import CourseDirectory
from two_doors import RIGHT, autograde, configured, submit, with_texts

from autograder.cli.out_of_date import out_of_date
from autograder.course import Course

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


def test_a_file_that_was_replaced_since_nbgrader_graded_it_is_named(course, release):
    """Under its old time stamp, and with the old time of the file: nbgrader looks at no more."""
    for student in ("ada", "ben"):
        submit(course, student, with_texts(release, **RIGHT))
    assert not autograde(course)

    def told():
        where = CourseDirectory(root=str(course), assignment_id="ps1")
        return out_of_date(where, configured(), Course(course), "ps1")

    assert told() == []
    path = course / "submitted/ben/ps1/ps1.ipynb"
    before = path.stat()
    submit(course, "ben", with_texts(release))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert told()[1:] == ["not up to date: the submitted ps1.ipynb changed: ben"]
    assert not autograde(course, force=True)
    assert told() == []
