"""What decides a grade decides whether it is up to date; what only moves rows runs nothing."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime

import pytest
from graded_again import DUE, Broken, grade, gradebook, ordered, points, policy
from nbgrader.coursedir import CourseDirectory
from typed_commands import typed

from autograder.batch import alone, pool
from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.feedback.feedback_page import of_another_run
from autograder.feedback.generating import generate
from autograder.gradebook.recording_preview import gradebook_differences
from autograder.model import CourseError

pytestmark = pytest.mark.family


@pytest.fixture(scope="module")
def graded(built_course, filled, tmp_path_factory):
    """A course in which ada and bob are graded: 10 points each, half of them for bob."""
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(built_course.root, root)
    course = Course.load(root)
    answers = {"double": "def double(x):\n    return x * 2", "norms": ""}
    norms = "def norms(x):\n    return np.sqrt((double(x) ** 2).sum(axis=0))"
    for student, cells in {"ada": {**answers, "norms": norms}, "bob": answers}.items():
        folder = course.submitted("tiny", student)
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(filled(**cells))
        (folder / "timestamp.txt").write_text("2026-01-15 12:00:00 UTC")
        (folder / "submission_secret.txt").write_text("first")
    jobs, renewed, failures = grade(root)
    assert [job.student for job in jobs] == ["ada", "bob"] and not renewed and not failures
    assert points(root) == {"ada": (10.0, 0.0), "bob": (4.0, 0.0)}
    pool.close_graders()
    return root


@pytest.fixture
def course(graded, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(graded, root)
    return root


def no_job(found):
    jobs, renewed, failures = found
    assert jobs == [] and failures == []
    return renewed


def test_nothing_changed_is_nothing_done(course):
    assert no_job(grade(course)) == {}


def due(root, when=DUE):
    with gradebook(root) as book:
        book.update_or_create_assignment("tiny", duedate=when)


def test_a_due_date_and_an_extension_move_penalties_and_run_nothing(course):
    due(course)
    told = ["late penalty of tiny none → 1 (1:00:00 late)"]
    assert no_job(grade(course)) == {"ada": told, "bob": told}
    assert points(course) == {"ada": (10.0, 1.0), "bob": (4.0, 1.0)}
    assert no_job(grade(course)) == {}
    with gradebook(course) as book:
        book.grant_extension("tiny", "ada", hours=2)
    assert no_job(grade(course)) == {"ada": ["late penalty of tiny 1 → none (not late)"]}
    assert points(course) == {"ada": (10.0, 0.0), "bob": (4.0, 1.0)}


def test_the_late_policy_and_its_settings_move_penalties(course):
    due(course)
    grade(course)
    assert no_job(grade(course, policy(points=2.5)))["bob"] == [
        "late penalty of tiny 1 → 2.5 (1:00:00 late)"
    ]
    assert points(course)["bob"] == (4.0, 2.5)


@pytest.mark.quick
def test_a_late_policy_that_raises_is_named_and_no_grade_changes(course):
    due(course)
    jobs, renewed, failures = grade(course, policy(Broken))
    assert not jobs and not renewed and [f.student for f in failures] == ["ada", "bob"]
    for failure in failures:
        assert "Broken" in failure.reason and "graded_again.py" in failure.reason
        assert "ZeroDivisionError" in failure.reason and "no such day" in failure.reason
    assert points(course) == {"ada": (10.0, 0.0), "bob": (4.0, 0.0)}


def test_the_same_file_handed_in_later_is_dated_anew_and_its_feedback_is_for_it(course):
    folder = course / "submitted/ada/tiny"
    (folder / "timestamp.txt").write_text("2026-01-16 09:00:00 UTC")
    (folder / "submission_secret.txt").write_text("second")
    told = "handed in 2026-01-15 12:00:00 → 2026-01-16 09:00:00"
    assert no_job(grade(course)) == {"ada": [told]}
    place = course / "autograded/ada/tiny"
    assert (place / "timestamp.txt").read_text() == "2026-01-16 09:00:00 UTC"
    assert (place / "submission_secret.txt").read_text() == "second"
    assert sorted(p.name for p in place.iterdir() if p.name.startswith(".")) == []
    with gradebook(course) as book:
        assert book.find_submission("tiny", "ada").timestamp == datetime(2026, 1, 16, 9)
    (folder / "submission_secret.txt").write_text("third")
    assert no_job(grade(course)) == {"ada": ["handed in again"]}


def test_another_file_handed_in_is_graded_again(course):
    (course / "submitted/ada/tiny/notes.txt").write_text("mine")
    jobs, _, _ = grade(course)
    assert [job.student for job in jobs] == ["ada"]
    assert (course / "autograded/ada/tiny/notes.txt").read_text() == "mine"


def test_who_could_not_be_graded_is_kept_for_the_report_until_he_is(course):
    path = course / "submitted/ada/tiny/tiny.ipynb"
    whole = path.read_bytes()
    path.unlink()
    assert [f.student for f in grade(course)[2]] == ["ada"]
    kept = ClassRun(Course.load(course), "tiny").kept
    assert set(kept.refusals()) == {"ada"} and "no such notebook" in kept.refusals()["ada"]
    assert kept.find("ada") is not None, "the old grade stays, and so does its report"
    path.write_bytes(whole)
    assert no_job(grade(course)) == {} and kept.refusals() == {}


@pytest.mark.parametrize("how", ["lost", "another", "student", "score"])
def test_a_gradebook_that_does_not_hold_the_grades_gets_them_and_nothing_is_run(course, how):
    name, lost = "gradebook.db", ["the gradebook did not hold it"]
    expected = {"ada": lost, "bob": lost}
    if how == "lost":
        (course / name).unlink()
    elif how == "another":
        name = "other.db"
    elif how == "student":
        with gradebook(course) as book:
            book.remove_student("ada")
        expected = {"ada": lost}
    else:
        with gradebook(course) as book:
            book.find_grade("test_double", "tiny", "tiny", "ada").auto_score = 1.0
            book.db.commit()
        expected = {"ada": ["test_double 1 → 4"]}
    url = f"sqlite:///{course}/{name}"
    assert no_job(grade(course, db_url=url)) == expected
    assert points(course, name) == {"ada": (10.0, 0.0), "bob": (4.0, 0.0)}
    assert no_job(grade(course, db_url=url)) == {}


def test_what_a_person_graded_by_hand_does_not_wait_for_him_again(course):
    with gradebook(course) as book:
        grade_row = book.find_grade("test_double", "tiny", "tiny", "ada")
        grade_row.manual_score, grade_row.needs_manual_grade = 2.0, False
        book.db.commit()
    due(course)
    assert set(no_job(grade(course))) == {"ada", "bob"}
    with gradebook(course) as book:
        found = book.find_grade("test_double", "tiny", "tiny", "ada")
        assert (found.manual_score, found.needs_manual_grade) == (2.0, False)


def test_another_limit_of_outputs_runs_cells_and_no_check(course):
    config = policy()
    config.LimitOutput.max_lines = 7
    jobs, renewed, failures = grade(course, config)
    assert [job.only for job in jobs] == [frozenset(), frozenset()]
    assert not renewed and not failures and points(course)["ada"] == (10.0, 0.0)
    assert no_job(grade(course, config)) == {}


NOT_RECORDED = ("its autograded folder is not the one that was recorded",)


def test_files_of_another_run_are_made_again_and_no_check_is_run(course):
    """As `nbgrader autograde` leaves them with other graders, or a backup that was put back."""
    ada, bob = (course / f"autograded/{name}/tiny" for name in ("ada", "bob"))
    recorded = (ada / "tiny.ipynb").read_bytes()
    assert (bob / "tiny.ipynb").read_bytes() != recorded
    (ada / "tiny.ipynb").unlink()
    shutil.copyfile(bob / "tiny.ipynb", ada / "tiny.ipynb")
    (bob / "left.txt").write_text("by another run")
    run = ClassRun(Course.load(course), "tiny", order=ordered(course))
    assert len(list(run.jobs())) == 2 and set(run.plan.reasons.values()) == {NOT_RECORDED}
    jobs, renewed, failures = grade(course)
    assert [job.only for job in jobs] == [frozenset(), frozenset()]
    assert not renewed and not failures and not (bob / "left.txt").exists()
    assert (ada / "tiny.ipynb").read_bytes() == recorded
    assert no_job(grade(course)) == {}
    copied = course / "autograded/ada/copy"
    shutil.copytree(ada, copied, copy_function=shutil.copyfile)  # times of its own
    shutil.rmtree(ada)
    copied.rename(ada)
    assert no_job(grade(course)) == {}


def test_no_page_is_made_of_another_run_than_the_points(course):
    def pages():
        found = generate(CourseDirectory(root=str(course)), "tiny", workers=1)
        return {made.student: made.error or len(made.pages) for made in found}

    assert pages() == {"ada": 1, "bob": 1}
    with gradebook(course) as book:  # a backup that was put back
        book.find_grade("test_norms", "tiny", "tiny", "ada").auto_score = 1.0
        book.db.commit()
    told = pages()
    assert told["bob"] == 1
    assert "of another run than the points of 'test_norms'" in told["ada"]
    assert "run `autograder grade tiny`" in told["ada"]
    chinese = of_another_run("tiny.ipynb", "test_norms", "tiny", "zh")
    assert "tiny.ipynb 与成绩册里 'test_norms' 的分数不是同一次评分的结果" in chinese
    grade(course)
    assert pages() == {"ada": 1, "bob": 1}


def test_pages_that_tell_of_another_run_are_removed(course):
    """`nbgrader release_feedback` would release them: a page stays while it tells the truth."""

    def pages():
        return sorted(p.parent.name for p in (course / "feedback").glob("*/tiny"))

    def made():
        assert all(g.pages for g in generate(CourseDirectory(root=str(course)), "tiny", workers=1))
        return pages()

    assert made() == ["ada", "bob"]
    grade(course)
    assert pages() == ["ada", "bob"]
    (course / "submitted/ada/tiny/notes.txt").write_text("mine")  # graded again, to other files
    grade(course)
    assert pages() == ["bob"]
    assert made() == ["ada", "bob"]
    with gradebook(course) as book:  # rows alone
        book.update_or_create_assignment("tiny", duedate=DUE)
        book.grant_extension("tiny", "ada", hours=2)
    grade(course)
    assert pages() == ["ada"]
    made()
    (course / "submitted/bob/tiny/submission_secret.txt").write_text("second")
    grade(course)
    assert pages() == ["ada"]


HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print('{"pid": 7, "user": "bob", "host": "a machine"}', file=file, flush=True)
print("held", flush=True)
sys.stdin.read()
"""


def test_two_processes_do_not_grade_an_assignment_at_once(course, monkeypatch):
    """What one has staged the other would publish."""
    monkeypatch.setattr(alone, "PATIENCE_SECONDS", 0.0)
    lock = course / ".autograder/grading/tiny.lock"
    staged = course / "autograded/ada/.tiny.new"
    staged.mkdir()
    command = [sys.executable, "-c", HOLDER, str(lock)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"held\n"
        told = "tiny is being graded already, by process 7 of bob on a machine"
        with pytest.raises(CourseError, match=told):
            grade(course)
        chinese = replace(Course.load(course), language="zh")
        with (
            pytest.raises(CourseError, match="tiny 正在由 process 7 of bob on a machine 评分"),
            alone.graded_alone(chinese, "tiny"),
        ):
            pass
        assert staged.exists(), "what the other one has staged stays"
    finally:
        other.communicate()
    assert no_job(grade(course)) == {}


def test_differences_are_told_and_not_written(course):
    due(course)
    (course / "submitted/bob/tiny/timestamp.txt").write_text("2026-01-15 13:00:00 UTC")
    kept = ClassRun(Course.load(course), "tiny").kept
    known = {student: kept.find(student).scores for student in ("ada", "bob")}
    before = (course / "gradebook.db").read_bytes()
    directory = CourseDirectory(root=str(course))
    found = dict(gradebook_differences(directory, "tiny", policy(), known))
    assert found == {
        "ada": ["late penalty of tiny none → 1 (1:00:00 late)"],
        "bob": [
            "handed in 2026-01-15 12:00:00 → 2026-01-15 13:00:00",
            "late penalty of tiny none → 2 (2:00:00 late)",
        ],
    }
    assert (course / "gradebook.db").read_bytes() == before
    (course / "gradebook.db").unlink()
    lost = {name: ["the gradebook did not hold it"] for name in known}
    assert dict(gradebook_differences(directory, "tiny", policy(), known)) == lost
    assert not (course / "gradebook.db").exists()


def autograder(root, *words):
    return typed(root, *words)


@pytest.mark.slow
def test_the_command_says_why_and_the_next_one_does_it(course):
    assert autograder(course, "grade", "tiny", "--workers", "1").returncode == 0
    (course / "source/tiny/data.json").write_text("{}")
    said = autograder(course, "grade", "tiny", "--diff", "--workers", "1")
    assert said.returncode == 0, said.stderr
    assert "graded again: the handed-out file data.json is new: ada, bob" in (said.stdout)
    (course / "source/tiny/data.json").unlink()
    due(course)
    (course / "gradebook.db").rename(course / "was.db")
    said = autograder(course, "grade", "tiny", "--diff", "--workers", "1")
    lines = said.stdout.splitlines()
    assert "recorded again, nothing was run: the gradebook did not hold it: ada, bob" in lines
    assert not (course / "gradebook.db").exists()
    done = autograder(course, "grade", "tiny", "--json", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout.splitlines()[-1])["recorded again"]) == {"ada", "bob"}
    made = autograder(course, "feedback", "tiny")
    assert "wrote 2 feedback pages" in made.stdout, made.stderr
