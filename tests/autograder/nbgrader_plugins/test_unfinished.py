"""`nbgrader autograde` after a kill: nbgrader would skip the student who was being graded."""

import os

import pytest
from nbgrader.coursedir import CourseDirectory
from two_doors import RIGHT, autograde, configured, scores, submit, with_texts

from autograder.cli.out_of_date import out_of_date
from autograder.course import Course
from autograder.nbgrader_plugins.executing import GradeBehindTheWall
from autograder.nbgrader_plugins.sanitizing import Sanitize
from autograder.nbgrader_plugins.saving import SaveScores

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]
FULL = {"test_f": 3.0, "test_g": 2.5}


class Killed(BaseException):
    """Ends a run as a kill does: nbgrader cleans up after no error of this kind."""


def killed(step, monkeypatch, root, who):
    """Run the door until it comes to a step of one student."""
    with monkeypatch.context() as patched:
        whole = step.preprocess

        def preprocess(self, nb, resources, **rest):
            if resources["nbgrader"]["student"] == who:
                raise Killed
            return whole(self, nb, resources, **rest)

        patched.setattr(step, "preprocess", preprocess)
        with pytest.raises(Killed):
            autograde(root)


@pytest.mark.parametrize("step", [Sanitize, GradeBehindTheWall, SaveScores])
def test_the_next_run_grades_whom_a_kill_has_left(course, release, rows, monkeypatch, step):
    for student in ("ada", "ben", "cy"):
        submit(course, student, with_texts(release, **RIGHT))
    killed(step, monkeypatch, course, "ben")
    [done] = (course / "autograded/ada/ps1").glob("*.ipynb")
    before = done.stat().st_mtime_ns
    assert (course / "autograded/ben/ps1").is_dir()
    assert not autograde(course)
    found = rows(course)
    assert {s: {c: p for c, p in scores(found, s).items() if c in FULL} for s in
            ("ada", "ben", "cy")} == dict.fromkeys(("ada", "ben", "cy"), FULL)  # fmt: skip
    assert done.stat().st_mtime_ns == before, "it was finished, and is not graded again"
    assert not list((course / ".autograder/autograding").rglob("*/ben"))


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
