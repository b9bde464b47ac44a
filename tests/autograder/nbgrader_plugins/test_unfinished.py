"""`nbgrader autograde` after a kill: nbgrader would skip the student who was being graded."""

import pytest
from two_doors import RIGHT, autograde, scores, submit, with_texts

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
