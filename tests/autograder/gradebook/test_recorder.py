"""The fast door writes what nbgrader's own autograde writes: same rows, same files."""

import copy
import json
import pickle
import shutil
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.gradebook import shared
from autograder.gradebook.disk_errors import GradebookLocked
from autograder.gradebook.files import AutogradedFiles, handed_in_at
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.scores import scored
from autograder.gradebook.shared import prepare_gradebook
from autograder.gradebook.staging import Prepared
from autograder.model import CourseError, GraderError, Key, SubmissionError

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]

PASSED = {"f": 1.0, "g": 1.0}


class Injected(NbGraderPreprocessor):
    """Stands for Execute: gives the notebook that a grader has executed and scored."""

    results: ClassVar[dict] = {}

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        graded = self.results[names["student"], names["notebook"]]
        return nbformat.from_dict(copy.deepcopy(scored(graded))), resources


def coursedir_of(root):
    return CourseDirectory(root=str(root), assignment_id="ps1")


def stock_door(root, graded, config=None):
    """Grade with nbgrader's own converter and preprocessors."""
    config = config or Config()
    config.OverwriteCells.add_missing_cells = True
    config.Autograde.autograde_preprocessors = [
        Injected, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata,
    ]  # fmt: skip
    Injected.results = {(g.report.student, g.report.notebook): g for g in graded}
    Autograde(coursedir=coursedir_of(root), config=config, force=True).start()


def fast_door(root, graded, config=None, **options):
    with Recorder(coursedir_of(root), "ps1", config, **options) as recorder:
        students = dict.fromkeys(g.report.student for g in graded)
        elsewhere = pickle.loads(pickle.dumps(recorder.staging))  # as a worker has it
        for number, student in enumerate(students):
            theirs = [g for g in graded if g.report.student == student]
            ready = [elsewhere(g) for g in theirs] if number % 2 and len(theirs) == 1 else theirs
            recorder.record(ready[0] if len(ready) == 1 else together(recorder, ready))
    return recorder


def together(recorder, graded):
    """Several notebooks of one student as one result."""
    parts = [recorder.preparation(one) for one in graded]
    texts = {name: text for part in parts for name, text in part.texts.items()}
    scores = {name: found for part in parts for name, found in part.scores.items()}
    return Prepared(graded[0].report, texts, scores)


def submit(root, student, nb, name="ps1", timestamp="", **files):
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(nb))
    if timestamp:
        (folder / "timestamp.txt").write_text(timestamp)
    for path, text in files.items():
        (folder / path.replace("_py", ".py")).write_text(text)


def files_below(folder):
    return {
        str(p.relative_to(folder)): (p.read_bytes(), oct(p.stat().st_mode))
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def two_courses(course):
    twin = course.with_name("twin")
    shutil.copytree(course, twin)
    return course, twin


@pytest.fixture
def executed(solution):
    """A solved notebook as it comes from the sandbox."""
    for number, cell in enumerate(solution["cells"]):
        if cell["cell_type"] == "code":
            printed = "".join(f"line {i}\n" for i in range(1500)) if number == 1 else "hello\n"
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": printed}]
            cell["execution_count"] = number
    return solution


def both(two_courses, executed, by_hand, rows, config=None, change=None):
    ours, theirs = two_courses
    graded = [
        by_hand(executed, {"f": 0.5, "g": 1.0}, student="ada"),
        by_hand(executed, {"f": 0.0, "g": 0.0}, student="bob", flags=("edited",)),
    ]
    for root in two_courses:
        submit(root, "ada", executed, timestamp="2026-03-02 10:00:00 UTC", helper_py="cheat")
        submit(root, "bob", executed, notes_py="own = 1")
        if change:
            change(root)
    stock_door(theirs, graded, copy.deepcopy(config))
    fast_door(ours, graded, copy.deepcopy(config))
    assert rows(ours) == rows(theirs)
    assert files_below(ours / "autograded") == files_below(theirs / "autograded")
    return rows(ours)


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


def test_links_in_a_submission_are_not_followed(course, executed, by_hand):
    submit(course, "ada", executed)
    link = course / "submitted" / "ada" / "ps1" / "stolen.txt"
    link.symlink_to(course / "gradebook.db")
    fast_door(course, [by_hand(executed, PASSED)])
    found = {p.name for p in (course / "autograded" / "ada" / "ps1").iterdir()}
    assert found == {"ps1.ipynb", "helper.py"}


def test_preparing_a_gradebook_can_be_repeated_and_makes_five_indexes(course):
    url = f"sqlite:///{course / 'gradebook.db'}"
    prepare_gradebook(url)
    prepare_gradebook(url)
    connection = sqlite3.connect(course / "gradebook.db")
    query = "select tbl_name from sqlite_master where type='index' and name like 'autograder%'"
    tables = {name for (name,) in connection.execute(query)}
    connection.close()
    expected = {"grade", "comment", "submitted_notebook", "base_cell", "submitted_assignment"}
    assert tables == expected


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
