"""A full disk, a locked gradebook, submissions that cannot be read: said, and nothing is lost."""

import json
import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import text
from typed_commands import typed

from autograder.batch.pool import Failure, Fault, grade_job
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.gradebook import shared
from autograder.gradebook.disk_errors import GradebookLocked
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.report_store import ReportStore
from autograder.sandbox import TooBusy

HERE = Path(__file__).parent
UNSHARE = ["unshare", "--mount", "--propagation", "private"]


def can_mount():
    if not shutil.which("unshare") or os.geteuid():
        return False
    mount = [*UNSHARE, "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


needs_mount = pytest.mark.skipif(
    not can_mount(), reason="a small disk needs the right to mount one (root, CAP_SYS_ADMIN)"
)


def expected_grades(results):
    """What the gradebook says of the whole class in the end."""
    return sorted(
        [student, f"test_{exercise.name}", exercise.points]
        for student, graded in pickle.loads(results.read_bytes()).items()
        for exercise in graded.report.exercises
    )


def listed(rows):
    return sorted(map(list, rows))


@needs_mount
@pytest.mark.slow
@pytest.mark.parametrize("place", ["autograded", ".autograder", "database"])
def test_a_full_disk_is_named_and_after_making_space_the_same_run_finishes(
    half_recorded, recording, place
):
    course, results = half_recorded
    if place == "database":
        (course.root / "database").mkdir()
        (course.root / "gradebook.db").rename(course.root / "database" / "gradebook.db")
        (course.root / "gradebook.db").symlink_to("database/gradebook.db")
    old = listed(recording.ask(course.root, recording.GRADES))
    script = [sys.executable, str(HERE / "small_disk.py")]
    done = subprocess.run(
        [*UNSHARE, *script, str(course.root), str(results), place],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    named = "gradebook.db" if place == "database" else place
    assert "no space left for" in found["said"] and named in found["said"]
    assert "make space and run the same command again" in found["said"]
    code, out, err = found["command"]
    assert code == 1 and "no space left for" in err and "Traceback" not in out + err
    if place == "database":  # the others stop the very first submission
        assert "graded submissions wait to be written" in err
        assert "0 were recorded by this run" in err
    new, left = expected_grades(results), found["left"]
    assert left["integrity"] == [["ok"]] and not left["broken"]
    assert all(row in new or row in old for row in left["grades"]), "nobody is marked wrongly"
    for student in left["kept"]:
        mine = [row for row in left["grades"] if row[0] == student]
        assert mine in ([r for r in new if r[0] == student], [r for r in old if r[0] == student])
    assert found["again"], "what was not recorded is graded again"
    assert listed(found["grades"]) == new
    assert not found["drafts"]
    names = {n for n in found["files"] if n.endswith("/tiny.ipynb")}
    assert names == {f"autograded/{s}/tiny/tiny.ipynb" for s in ("ada", "bob", "cy", "dan", "eve")}


@pytest.fixture
def locked(half_recorded):
    """The half-recorded class while somebody else writes to its gradebook."""
    course, results = half_recorded
    place = course.root / "gradebook.db"
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("begin immediate")
    yield course, results, other
    other.close()


@pytest.mark.slow
def test_a_gradebook_that_another_program_writes_to_is_named_and_nothing_is_lost(
    locked, recording, monkeypatch
):
    course, results, other = locked
    monkeypatch.setattr(shared, "LOCK_SECONDS", 0.1)
    before = listed(ask_beside(other, recording.GRADES))
    with pytest.raises(GradebookLocked, match=r"gradebook\.db is locked by another program"):
        recording.record(course.root, pickle.loads(results.read_bytes()))
    assert listed(ask_beside(other, recording.GRADES)) == before
    assert not list(course.root.glob("autograded/*/.tiny.*"))
    assert not list(course.root.glob(".autograder/**/*.tmp"))
    other.execute("rollback")
    again = recording.record(course.root, pickle.loads(results.read_bytes()))
    assert again == ["ada", "bob", "cy", "dan", "eve"]
    assert listed(recording.ask(course.root, recording.GRADES)) == expected_grades(results)


def ask_beside(connection, query):
    return connection.execute(query).fetchall()


@pytest.mark.slow
def test_the_writer_waits_twenty_seconds_for_another(half_recorded):
    course, _ = half_recorded
    with Recorder(CourseDirectory(root=str(course.root)), "tiny") as recorder:
        with recorder._gradebook.engine.connect() as connection:
            [milliseconds] = connection.execute(text("pragma busy_timeout")).one()
        assert milliseconds == 20_000


@pytest.mark.slow
def test_a_locked_gradebook_ends_the_command_with_one_line(half_recorded, recording):
    course, results = half_recorded
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    other.execute("begin exclusive")
    config = course.root / "nbgrader_config.py"
    patch = "import autograder.gradebook.shared as shared\nshared.LOCK_SECONDS = 0.1\n"
    config.write_text(patch + config.read_text())
    done = recording.command(course.root, results)
    other.close()
    assert done.returncode == 1
    assert "gradebook.db is locked by another program" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not list(course.root.glob("autograded/*/.tiny.new"))
    assert not list(course.root.glob(".autograder/**/*.tmp"))
    assert recording.command(course.root, results).returncode == 0
    assert listed(recording.ask(course.root, recording.GRADES)) == expected_grades(results)


UNREADABLE = {
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "not a regular file"),
    "broken JSON": (lambda path: path.write_text("{"), "JSON"),
    "no notebook": (lambda path: path.unlink(), "no such notebook"),
    "a pipe": (lambda path: (path.unlink(), os.mkfifo(path)), "not a regular file"),
    "a file in place of the folder": (
        lambda path: (shutil.rmtree(path.parent), path.parent.write_text("")), "not in a folder",
    ),
}  # fmt: skip


@pytest.mark.slow
def test_submissions_that_cannot_be_read_are_named_and_the_others_are_graded(
    half_recorded, recording
):
    course, results = half_recorded
    for number, (spoil, _) in enumerate(UNREADABLE.values()):
        folder = course.submitted("tiny", f"x{number}")
        shutil.copytree(course.submitted("tiny", "ada"), folder)
        spoil(folder / "tiny.ipynb")
    ready = pickle.loads(results.read_bytes())
    broken = [f"x{n}" for n, kind in enumerate(UNREADABLE) if kind == "broken JSON"]
    ready |= {name: Failure(name, "not valid JSON", Fault.SUBMISSION) for name in broken}
    results.with_name("with failures").write_bytes(pickle.dumps(ready))
    done = recording.command(course.root, results.with_name("with failures"))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for number, (_, words) in enumerate(UNREADABLE.values()):
        [line] = [x for x in done.stdout.splitlines() if x.startswith(f"NOT GRADED x{number} ")]
        assert "set aside" in line and words in line
    assert listed(recording.ask(course.root, recording.GRADES)) == expected_grades(results)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user for a while")
def test_submissions_that_this_user_may_not_read_are_named(half_recorded, recording):
    course, _ = half_recorded
    for place in (course.root, *course.root.parents):
        place.chmod(place.stat().st_mode | 0o055)
    for path in course.root.rglob("*"):
        path.chmod(path.stat().st_mode | 0o055)
    course.submitted("tiny", "ada").chmod(0)
    course.submitted("tiny", "bob").parent.chmod(0)
    (course.submitted("tiny", "cy") / "tiny.ipynb").chmod(0)
    os.seteuid(65534)
    try:
        run = ClassRun(course, "tiny")
        jobs = list(run.jobs())
    finally:
        os.seteuid(0)
    assert [job.student for job in jobs] == ["dan", "eve"]
    assert [failure.student for failure in run.plan.unreadable] == ["ada", "bob", "cy"]
    reasons = [failure.reason for failure in run.plan.unreadable]
    assert all(re.search("may not be read|cannot be read", reason) for reason in reasons), reasons


def test_another_file_of_a_submission_that_cannot_be_read_concerns_that_student_only(
    half_recorded, recording, monkeypatch
):
    course, results = half_recorded
    (course.submitted("tiny", "cy") / "notes.txt").write_text("mine")
    opened = os.open

    def refuse(path, *arguments, **options):
        if Path(path).name == "notes.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    run = ClassRun(course, "tiny")
    with Recorder(CourseDirectory(root=str(course.root)), "tiny") as recorder:
        recording_run = RecordingRun(run, recorder)
        given = recording.Given(pickle.loads(results.read_bytes()))
        for _, outcome in run.outcomes(1, lambda: given):  # as from another machine
            recording_run.take(outcome)
        recording_run.finish()
    [failure] = run.plan.unreadable
    assert (
        failure.student == "cy"
        and failure.fault is Fault.SUBMISSION
        and "notes.txt cannot be read" in failure.reason
    )
    graded = {student for student, _, _ in recording.ask(course.root, recording.GRADES)}
    assert graded == {"ada", "bob", "dan", "eve"}
    assert not list(course.root.glob("autograded/cy/.tiny.*"))


@pytest.mark.slow
def test_a_report_that_cannot_be_recorded_is_named_and_the_others_are(half_recorded, recording):
    course, results = half_recorded
    done = recording.command(course.root, results, "--reports", "reports.jsonl")
    assert done.returncode == 0, done.stderr
    (course.submitted("tiny", "cy") / "timestamp.txt").write_text("the day after tomorrow")
    done = typed(course.root, "record", "tiny", "reports.jsonl")
    assert done.returncode == 1
    assert "recorded 4 submissions of tiny" in done.stdout
    assert "cy: " in done.stderr and "timestamp.txt is no date" in done.stderr
    graded = {student for student, _, _ in recording.ask(course.root, recording.GRADES)}
    assert graded == {"ada", "bob", "dan", "eve"}


@pytest.mark.slow
def test_who_was_refused_elsewhere_is_recorded_for_the_class_report(tiny, submit):
    """By `grade --reports` into the file, by `record` out of it; nobody else's reason changes."""
    submit("bob").joinpath("tiny.ipynb").write_text("{")
    kept = ReportStore(tiny, "tiny")
    kept.refuse("cy", "looked at by another run")

    def command(*arguments):
        done = typed(tiny.root, *arguments)
        assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
        return done

    command("grade", "tiny", "--workers", "1", "--reports", "shard.jsonl")
    assert kept.refusals().keys() == {"cy"}
    done = command("record", "tiny", "shard.jsonl")
    assert "bob: " in done.stderr and "invalid JSON" in done.stderr
    assert kept.refusals().keys() == {"bob", "cy"}
    assert "invalid JSON" in kept.refusals()["bob"]


@pytest.mark.quick
def test_a_submission_that_the_machine_had_no_time_for_may_be_graded_later(monkeypatch):
    def graded(job):
        raise TooBusy("the machine was too busy")

    monkeypatch.setattr("autograder.batch.pool._graded", graded)
    failure = grade_job(SimpleNamespace(student="ada"))
    assert failure == Failure("ada", "the machine was too busy", Fault.GRADER)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems hold UTF-8 names only")
def test_a_folder_whose_name_is_not_utf_8_is_refused_and_breaks_nothing(tiny, submit):
    """Neither while it is there nor afterwards; nor a student's file with such a name."""
    misnamed = os.fsdecode(b"J\xfcrg")
    submit("bob").joinpath(os.fsdecode(b"Aufgabe_\xfc.txt")).write_text("")
    submit(misnamed)
    tiny.autograded("tiny", misnamed).mkdir(parents=True)  # what an earlier version has left
    ReportStore(tiny, "tiny").refuse(misnamed, "UnicodeEncodeError")

    def command(*arguments, code=0):
        done = typed(tiny.root, *arguments)
        assert done.returncode == code and "Traceback" not in done.stderr, done.stderr
        return done.stdout

    said = command("grade", "tiny", "--workers", "1", code=1)
    [line] = [x for x in said.splitlines() if x.startswith("NOT GRADED")]
    assert line.startswith(r"NOT GRADED J\xfcrg (set aside") and "Rename the folder" in line
    assert "graded 1 submission in" in said
    command("report", "tiny"), command("report"), command("feedback", "tiny")
    pages = [tiny.root / "reports" / f"{name}.html" for name in ("tiny", "index")]
    assert r"J\xfcrg" in pages[0].read_text() and "UnicodeEncodeError" not in pages[0].read_text()
    assert tiny.feedback("tiny", "bob").joinpath(os.fsdecode(b"Aufgabe_\xfc.txt")).exists()
    shutil.rmtree(tiny.root / "submitted" / misnamed)
    command("report", "tiny"), command("report")
    assert "xfcrg" not in "".join(page.read_text() for page in pages)
