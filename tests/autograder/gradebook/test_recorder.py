"""The fast door writes what nbgrader's own autograde writes: same rows, same files."""

import copy
import json
import sqlite3
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from two_recorders import PASSED, both, coursedir_of, fast_door, files_below, submit

from autograder.gradebook import shared
from autograder.gradebook.disk_errors import GradebookLocked
from autograder.gradebook.files import AutogradedFiles
from autograder.gradebook.recorder import Recorder
from autograder.model import GraderError, SubmissionError

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]


def test_rows_and_files_are_those_of_the_stock_door(two_courses, executed, by_hand, rows):
    found = both(two_courses, executed, by_hand, rows)
    scores = {(g[0], g[2]): g[4] for g in found["grades"]}
    assert scores["ada", "test_f"] == 1.5 and scores["ada", "test_g"] == 2.5
    assert scores["bob", "test_f"] == 0.0
    manual = {(g[0], g[2]): g[7] for g in found["grades"]}
    assert manual["ada", "free_code"] == 0 and manual["ada", "essay"] == 0
    assert manual["ada", "work"] == 1


def test_a_written_answer_waits_for_a_person_in_both(two_courses, executed, by_hand, rows):
    next(c for c in executed["cells"] if c["id"] == "essay")["source"] = "An answer"
    found = both(two_courses, executed, by_hand, rows)
    waiting = {g[2] for g in found["grades"] if g[0] == "ada" and g[7]}
    assert waiting == {"essay", "work"}
    comments = {m[2]: m[4] for m in found["comments"] if m[0] == "ada"}
    assert comments["free_code"] == "No response." and comments["essay"] is None


def test_regrading_keeps_what_a_person_wrote_in_both(two_courses, executed, by_hand, rows):
    both(two_courses, executed, by_hand, rows)

    def grade_by_hand(root):
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            gradebook.find_grade("test_f", "ps1", "ps1", "ada").manual_score = 2.75
            gradebook.find_grade("test_g", "ps1", "ps1", "ada").extra_credit = 0.25
            work = gradebook.find_grade("work", "ps1", "ps1", "ada")
            work.manual_score, work.needs_manual_grade = 1, False
            gradebook.find_comment("f", "ps1", "ps1", "ada").manual_comment = "Well done"
            gradebook.db.commit()

    found = both(two_courses, executed, by_hand, rows, change=grade_by_hand)
    ada = {g[2]: g[4:] for g in found["grades"] if g[0] == "ada"}
    assert ada["test_f"] == (1.5, 2.75, None, 1)
    assert ada["test_g"] == (2.5, None, 0.25, 0)
    assert ada["work"] == (None, 1.0, None, 0)
    assert "Well done" in {m[5] for m in found["comments"]}


@pytest.fixture
def two_notebooks(two_courses, release):
    """The assignment with a second notebook, `extra`, in both courses."""
    second = copy.deepcopy(release)
    for root in two_courses:
        (root / "release" / "ps1" / "extra.ipynb").write_text(json.dumps(second))
        (root / "gradebook.db").unlink()
        with Recorder(coursedir_of(root), "ps1"):
            pass
    return two_courses


def test_a_notebook_not_handed_in_scores_zero_in_both(two_notebooks, executed, by_hand, rows):
    found = both(two_notebooks, executed, by_hand, rows)
    extra = [g for g in found["grades"] if g[:2] == ("ada", "extra")]
    assert len(extra) == 5
    assert all(g[4] == 0 and g[7] == 0 for g in extra)


def test_an_error_of_ours_is_never_recorded(course, executed, by_hand, rows):
    submit(course, "ada", executed)
    fast_door(course, [by_hand(executed, PASSED)])
    before = rows(course), files_below(course / "autograded")
    with Recorder(coursedir_of(course), "ps1") as recorder, pytest.raises(GraderError, match="ada"):
        recorder.record(by_hand(executed, {"f": 0.0, "g": 0.0}, error="a grader crashed"))
    assert (rows(course), files_below(course / "autograded")) == before


def test_a_grade_cell_without_a_grader_is_never_recorded(course, executed, by_hand):
    graded = by_hand(executed, PASSED)
    executed["cells"][3]["metadata"]["nbgrader"]["grade_id"] = "test_unknown"
    with Recorder(coursedir_of(course), "ps1") as recorder:
        with pytest.raises(GraderError, match="test_unknown has no hidden grader"):
            recorder.record(graded)
        assert recorder.recorded == 0


def test_a_bad_timestamp_concerns_that_student_only(course, executed, by_hand, rows):
    submit(course, "ada", executed, timestamp="the day after tomorrow")
    submit(course, "bob", executed)
    with Recorder(coursedir_of(course), "ps1") as recorder:
        with pytest.raises(SubmissionError, match=r"timestamp\.txt is no date"):
            recorder.record(by_hand(executed, PASSED))
        recorder.record(by_hand(executed, PASSED, student="bob"))
    assert {s[1] for s in rows(course)["submissions"]} == {"bob"}


def test_a_locked_gradebook_is_a_clear_error_and_can_be_tried_again(
    course, executed, by_hand, rows, monkeypatch
):
    monkeypatch.setattr(shared, "LOCK_SECONDS", 0.2)
    submit(course, "ada", executed)
    recorder = Recorder(coursedir_of(course), "ps1")
    recorder.record(by_hand(executed, PASSED))
    other = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(GradebookLocked, match="1 graded submissions wait"):
        recorder.flush()
    assert not (course / "autograded" / "ada" / "ps1").exists()
    other.execute("rollback")
    other.close()
    recorder.flush()
    recorder.close()
    assert {g[4] for g in rows(course)["grades"] if g[2] == "test_f"} == {3.0}
    assert (course / "autograded" / "ada" / "ps1" / "ps1.ipynb").exists()


def test_a_kill_before_the_commit_leaves_nothing_half_done(course, executed, by_hand, rows):
    submit(course, "ada", executed)
    recorder = Recorder(coursedir_of(course), "ps1")
    recorder.record(by_hand(executed, PASSED))  # staged; the process dies here
    assert rows(course)["grades"] == []
    assert not (course / "autograded" / "ada" / "ps1").exists()
    fast_door(course, [by_hand(executed, PASSED)])
    assert [p.name for p in (course / "autograded" / "ada").iterdir()] == ["ps1"]


def test_a_kill_between_commit_and_move_is_graded_again(
    course, executed, by_hand, rows, monkeypatch
):
    submit(course, "ada", executed)
    files = AutogradedFiles
    with monkeypatch.context() as patch:
        patch.setattr(files, "publish", lambda self, student: 1 / 0)
        with Recorder(coursedir_of(course), "ps1") as recorder:
            recorder.record(by_hand(executed, PASSED))
    with Recorder(coursedir_of(course), "ps1") as recorder:
        assert not (course / "autograded" / "ada" / "ps1").exists()
        recorder.record(by_hand(executed, PASSED))
    assert [g[4] for g in rows(course)["grades"] if g[2] == "test_f"] == [3.0]


def test_ten_thousand_rows_go_in_batches(course, executed, by_hand, rows):
    graded = by_hand(executed, PASSED)
    for number in range(250):
        submit(course, f"s{number:03}", graded.notebook)
    recorder = fast_door(
        course, [by_hand(executed, PASSED, student=f"s{n:03}") for n in range(250)], batch=100
    )
    assert recorder.recorded == 250
    assert len(rows(course)["grades"]) == 250 * 5
    assert len(list(Path(course / "autograded").glob("*/ps1/ps1.ipynb"))) == 250
