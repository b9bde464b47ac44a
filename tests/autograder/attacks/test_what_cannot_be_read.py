"""What cannot be read or is too much of one submission costs that submission, and nobody else."""

import errno
import logging
import os
from pathlib import Path

import nbformat
import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.order import Order, Product
from autograder.batch.pool import Failure, Fault
from autograder.batch.run import ClassRun
from autograder.cli.progress import Summary, Tally
from autograder.course import Course
from autograder.gradebook.staging import Staged, Staging
from autograder.grading import own_files as files
from autograder.grading.nbgrader_scored import run_behind_the_wall
from autograder.grading.own_files import found_files
from autograder.grading.warm import cool_down_all
from autograder.model import SubmissionError
from autograder.nbgrader_plugins import collecting
from autograder.nbgrader_plugins.collecting import CollectRegularFiles, TooMuch, copy_regular_files

pytestmark = pytest.mark.family


@pytest.fixture
def closed(monkeypatch):
    """A folder that may be listed and not entered, as mode 0444 makes it for a user."""
    look = files.is_of_kind

    def is_of_kind(kind, folder, name):
        if name == "one.txt":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
        return look(kind, folder, name)

    monkeypatch.setattr(files, "is_of_kind", is_of_kind)


def test_a_folder_that_may_not_be_entered_is_its_own_submissions_fault(tiny, submit, closed):
    submit("ada")
    figures = submit("bob") / "figures"
    figures.mkdir()
    (figures / "one.txt").write_text("1")
    staging = Staging.of(CourseDirectory(root=str(tiny.root)), "tiny", Config())
    run = ClassRun(Course.load(tiny.root), "tiny", order=Order(Product.STAGED, staging))
    with pytest.raises(SubmissionError, match=r"figures/one\.txt cannot be read \(Permission"):
        found_files(figures.parent, ())
    found = {job.student: outcome for job, outcome in run.outcomes(1)}
    assert isinstance(found["ada"], Staged), "the run goes on"
    assert [(failure.student, failure.fault) for failure in run.plan.unreadable] == [
        ("bob", Fault.SUBMISSION)
    ]


@pytest.mark.quick
def test_a_folder_that_may_not_be_listed_is_named(tmp_path, monkeypatch):
    (tmp_path / "shut").mkdir()
    (tmp_path / "a.txt").write_text("a")
    opened = os.open

    def closed(path, *options, **more):
        if path == "shut":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return opened(path, *options, **more)

    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(SubmissionError, match=f"{tmp_path}/shut cannot be read"):
        found_files(tmp_path, ())
    assert found_files(tmp_path, ("shut",)) == [Path("a.txt")]
    assert found_files(tmp_path / "is not there", ()) == []


@pytest.mark.quick
def test_files_larger_than_the_disk_are_not_collected(tmp_path):
    inbound = tmp_path / "inbound"
    inbound.mkdir()
    with (inbound / "large").open("wb") as file:
        file.truncate(1 << 40)  # of which nothing is on the disk
    with pytest.raises(TooMuch, match="more than 256 MiB"):
        copy_regular_files(inbound, tmp_path / "copy")
    assert not list((tmp_path / "copy").rglob("large"))


@pytest.mark.parametrize("kind", ["files", "folders"])
def test_files_without_number_are_not_collected(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(collecting, "MAX_ARCHIVE_FILES", 20)
    inbound = tmp_path / "inbound"
    inbound.mkdir()
    for number in range(21):
        path = inbound / str(number)
        path.write_text("") if kind == "files" else path.mkdir()
    with pytest.raises(TooMuch, match="more than 20 files"):
        copy_regular_files(inbound, tmp_path / "copy")


def test_whoever_cannot_be_collected_stops_nobody_else(tmp_path, caplog):
    """A folder nested as deep as no path can say; and an honest one after it."""
    deep, here = tmp_path / "deep", os.getcwd()  # noqa: PTH109
    deep.mkdir()
    os.chdir(deep)
    for _ in range(60):
        os.mkdir("d" * 200)  # noqa: PTH102
        os.chdir("d" * 200)
    os.chdir(here)
    (tmp_path / "honest").mkdir()
    (tmp_path / "honest/tiny.ipynb").write_text("{}")
    collect = CollectRegularFiles.__new__(CollectRegularFiles)
    with caplog.at_level(logging.ERROR):
        for name in ("deep", "honest"):
            try:
                CollectRegularFiles.do_copy(
                    collect, str(tmp_path / name), str(tmp_path / f"{name}2")
                )
            except AttributeError:  # of a coursedir that this one has not
                assert name == "honest"
    assert "deep was not collected" in caplog.text


@pytest.fixture
def cold():
    yield
    cool_down_all()


def test_a_forged_lock_has_nothing_imported_outside_of_the_wall(tiny, tmp_path, cold):
    """The student's cell says that it is the author's; what it imports stays in its session."""
    look = nbformat.v4.new_code_cell("import sys\nprint('wave' in sys.modules)")
    forged = nbformat.v4.new_code_cell("import wave")
    forged.metadata.nbgrader = {"locked": True, "grade": False, "solution": False,
                                "grade_id": "double", "schema_version": 3}  # fmt: skip
    nb = nbformat.v4.new_notebook(cells=[look, forged])
    (tmp_path / "submission").mkdir()
    for _ in range(2):
        arguments = (tiny, tmp_path / "submission", tiny.source("tiny"), {})
        executed = run_behind_the_wall(nb, *arguments).notebook
        assert executed["cells"][0]["outputs"][0]["text"] == "False\n"


FORGED = "x\x1b]0;owned\x07\x1b[2J\r\nNOT GRADED bob (our fault)"


def test_names_of_students_files_move_no_cursor_and_forge_no_line():
    failures = [Failure("eve", f"{FORGED} cannot be read", Fault.SUBMISSION)]
    [_, line] = Summary(Tally(), failures).lines()
    assert line.splitlines()[0].startswith("NOT GRADED eve") and "\x1b" not in line
    assert [x for x in line.splitlines() if x.startswith("NOT GRADED")] == [line.splitlines()[0]]


def test_names_in_the_log_of_collecting_move_no_cursor(tmp_path, caplog):
    (tmp_path / "box").mkdir()
    os.symlink("nowhere", tmp_path / "box" / FORGED.replace("/", "-"))  # noqa: PTH211
    with caplog.at_level(logging.WARNING):
        collecting.ExtractWithinBounds(force=True).extract(
            str(tmp_path / "box"), str(tmp_path / "out")
        )
    assert "is no regular file" in caplog.text and "\x1b" not in caplog.text
    assert "\nNOT GRADED" not in caplog.text
