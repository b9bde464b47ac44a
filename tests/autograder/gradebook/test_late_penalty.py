"""Late penalties are those of the course's own policy, as stock nbgrader books them."""

import shutil
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.utils import parse_utc
from scratch_course import empty_gradebook as empty_gradebook
from traitlets.config import Config
from two_recorders import PASSED, both, fast_door, submit

from autograder.gradebook.files import handed_in_at
from autograder.gradebook.late_penalty import LatePolicy
from autograder.gradebook.rows import AssignmentRows, Entry, NotebookScores
from autograder.model import SubmissionError

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


def set_duedate(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=datetime(2026, 3, 1))


class PerDay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.0 + total_seconds_late / timedelta(days=1).total_seconds() / 10


class MoreThanAll(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1e6


@pytest.mark.parametrize("plugin", [PerDay, MoreThanAll, LateSubmissionPlugin])
def test_late_penalties_are_the_plugins_in_both(two_courses, executed, by_hand, rows, plugin):
    config = Config()
    config.AssignLatePenalties.plugin_class = plugin
    found = both(two_courses, executed, by_hand, rows, config, set_duedate)
    penalties = {n[0]: n[3] for n in found["notebooks"]}
    expected = {PerDay: 1.0 + 34 / 24 / 10, MoreThanAll: 4.0, LateSubmissionPlugin: None}[plugin]
    assert penalties == {"ada": pytest.approx(expected) if expected else None, "bob": None}


class FailsForAda(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        if student_id == "ada":
            raise ZeroDivisionError("in the plugin")
        return 1.0


def test_a_plugin_that_fails_for_one_leaves_the_others(course, executed, by_hand, rows):
    config = Config()
    config.AssignLatePenalties.plugin_class = FailsForAda
    set_duedate(course)
    students = ("ada", "bob", "cy")
    for student in students:
        submit(course, student, executed, timestamp="2026-03-02 10:00:00 UTC")
    graded = [by_hand(executed, PASSED, student=s) for s in students]
    recorder = fast_door(course, graded, config)
    assert [u.student for u in recorder.unrecorded] == ["ada"]
    assert "in the plugin" in recorder.unrecorded[0].reason
    assert {n[0]: n[3] for n in rows(course)["notebooks"]} == {"bob": 1.0, "cy": 1.0}
    assert not (course / "autograded" / "ada" / "ps1").exists()


def test_a_notebook_that_was_not_handed_in_again_keeps_no_penalty(empty_gradebook, tmp_path):
    """It scores 0, and an earlier penalty would be taken off the points of the others."""
    place = shutil.copy(empty_gradebook, tmp_path)
    with Gradebook(f"sqlite:///{place}") as gradebook:
        gradebook.add_assignment("ps1", duedate=datetime(2026, 3, 1))
        for name in ("one", "two"):
            gradebook.add_notebook(name, "ps1")
            gradebook.add_grade_cell("test_f", name, "ps1", max_score=4, cell_type="code")
        config = Config()
        config.AssignLatePenalties.plugin_class = PerDay
        rows = AssignmentRows(gradebook, "ps1", LatePolicy(config))
        late, full = datetime(2026, 3, 2), NotebookScores({"test_f": 4.0})
        rows.write(gradebook.db(), [Entry("ada", late, {"one": full, "two": full})])
        rows.write(gradebook.db(), [Entry("ada", datetime(2026, 2, 1), {"one": full}, ("two",))])
        gradebook.db.commit()
        found = gradebook.find_submission("ps1", "ada")
        assert (found.score, found.late_submission_penalty) == (4.0, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 10:00:00 UTC", "2026-03-02 10:00:00.123456 UTC", "2026-03-02 10:00:00.5 UTC",
        "2026-03-02 10:00:00", "2026-03-02 10:00:00 +0200", "2026-03-02T10:00:00+02:00",
        "2026-03-02 10:00:00 America/New_York", "2 March 2026 10:00",
    ],
)  # fmt: skip
def test_a_date_is_read_as_nbgrader_reads_it(tmp_path, text):
    (tmp_path / "timestamp.txt").write_text(f"{text}\n")
    assert handed_in_at(tmp_path) == parse_utc(text)


@pytest.mark.parametrize("text", ["2026-13-02 10:00:00 UTC", "2026-03-02 25:00:00 UTC"])
def test_a_date_that_only_looks_like_one_is_refused(tmp_path, text):
    (tmp_path / "timestamp.txt").write_text(text)
    with pytest.raises(SubmissionError, match="is no date"):
        handed_in_at(tmp_path)
