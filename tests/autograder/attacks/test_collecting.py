"""Hostile hand-ins in the exchange and in a platform's archive: they stop and replace nobody."""

import logging
import os
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import MissingEntry
from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import collect as stock
from traitlets.config import Config

from autograder.gradebook.files import handed_in_at
from autograder.model import SubmissionError
from autograder.nbgrader_plugins import collecting
from autograder.nbgrader_plugins.collected_names import CollectOwnNames
from autograder.nbgrader_plugins.collecting import CollectRegularFiles, ExtractWithinBounds

pytestmark = pytest.mark.quick

MOMENT = "2026-11-01 12:00:00.000000 UTC"
LATER = "2026-11-02 12:00:00.000000 UTC"


# --- the exchange -------------------------------------------------------------------------


class Empty:
    """A gradebook that knows of no due date: a real one takes seconds to be made."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def find_assignment(self, name):
        raise MissingEntry(name)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course without a release, and the folder that students hand in to."""
    monkeypatch.setattr(stock, "Gradebook", Empty)
    c = Config()
    c.CourseDirectory.update(root=str(tmp_path / "course"), course_id="c", assignment_id="tiny")
    c.Exchange.root = str(tmp_path / "exchange")
    (tmp_path / "course").mkdir()
    inbound = tmp_path / "exchange/c/inbound"
    inbound.mkdir(parents=True)
    return c, inbound


def handed_in(inbound, student, moment=MOMENT, text="{}", inside=MOMENT):
    folder = inbound / f"{student}+tiny+{moment}+x{len(list(inbound.iterdir()))}"
    folder.mkdir()
    (folder / "tiny.ipynb").write_text(text)
    if inside is not None:
        (folder / "timestamp.txt").write_text(inside)
    return folder


def collected(course, *, update=False):
    c, _ = course
    c.ExchangeCollect.update = update
    coursedir = CourseDirectory(config=c)
    collect = CollectRegularFiles(
        coursedir=coursedir, authenticator=Authenticator(config=c), config=c
    )
    collect.start()
    submitted = Path(coursedir.root, "submitted")
    return {p.parts[-3]: p.read_text() for p in submitted.glob("*/tiny/tiny.ipynb")}


def test_what_is_no_hand_in_stops_nobody(course, tmp_path):
    """Whatever any student can put there, under any name that is looked for."""
    _, inbound = course
    handed_in(inbound, "ada")
    (inbound / "mallory+tiny+no time at all+x").mkdir()
    (inbound / "mallory+tiny+0001-01-01 00:00:00 +99").mkdir()
    (inbound / "eve+tiny+9999-12-31 23:59:59 -23+x").mkdir()
    (inbound / f"bob+tiny+{MOMENT}+x").symlink_to(tmp_path / "is not there")
    (inbound / f"cy+tiny+{MOMENT}+x").symlink_to(tmp_path)
    (inbound / f"dan+tiny+{MOMENT}+x").write_text("a file")
    os.mkfifo(inbound / f"fay+tiny+{MOMENT}+x")
    found = collected(course)
    assert found == {"ada": "{}"}


def test_a_hand_in_of_another_user_replaces_nobodys(course, monkeypatch):
    _, inbound = course
    mine = handed_in(inbound, "ada", text="mine")
    forged = handed_in(inbound, "ada", LATER, text="forged")
    alone = handed_in(inbound, "bob", text="whoever")
    users = {1: "ada", 2: "mallory"}
    owners = {mine.name: 1, forged.name: 2, alone.name: 2}
    monkeypatch.setattr(collecting, "name_of_user", users.get)
    plain = os.lstat

    def lstat(path, **where):
        found = list(plain(path, **where))
        found[4] = owners.get(Path(path).name, found[4])
        return os.stat_result(found)

    monkeypatch.setattr(os, "lstat", lstat)
    assert collected(course) == {"ada": "mine", "bob": "whoever"}


@pytest.mark.parametrize("inside", ["no time at all", "1 " * 200_000, "2026-13-45", "folder"])
def test_a_time_that_nobody_can_read_stops_no_later_collecting(course, inside):
    """nbgrader reads the file of what it has collected before, of everybody's."""
    _, inbound = course
    folder = handed_in(inbound, "mallory", inside=None if inside == "folder" else inside)
    if inside == "folder":
        (folder / "timestamp.txt").mkdir()
    handed_in(inbound, "ada")
    assert collected(course) == {"ada": "{}", "mallory": "{}"}
    place = Path(course[0].CourseDirectory.root, "submitted/mallory/tiny")
    assert handed_in_at(place) == datetime(2026, 11, 1, 12)
    handed_in(inbound, "ada", LATER, text="newer", inside=LATER)
    assert collected(course, update=True)["ada"] == "newer"


def test_folders_that_are_deeper_than_a_path_can_be_are_not_collected(tmp_path):
    """Or whoever copies them meets the end of all paths, again at each try."""
    top = os.open(tmp_path, os.O_RDONLY)
    for _ in range(80):
        os.mkdir("inside", dir_fd=top)
        below = os.open("inside", os.O_RDONLY, dir_fd=top)
        os.close(top)
        top = below
    os.close(top)
    with pytest.raises(collecting.TooMuch, match="64 deep inside each other"):
        collecting.copy_regular_files(tmp_path, tmp_path.with_name("copy"))


def test_a_date_is_looked_for_in_a_short_regular_file_only(tmp_path):
    place = tmp_path / "timestamp.txt"
    place.write_text("1 " * 10_000_000)  # a parser of dates would be busy for hours
    start = time.process_time()
    with pytest.raises(SubmissionError, match="longer than 256 bytes"):
        handed_in_at(tmp_path)
    assert time.process_time() - start < 1
    place.unlink()
    os.mkfifo(place)
    with pytest.raises(SubmissionError, match="no regular file"):
        handed_in_at(tmp_path)
    place.unlink()
    place.symlink_to("/dev/zero")
    with pytest.raises(SubmissionError):
        handed_in_at(tmp_path)


# --- archives -----------------------------------------------------------------------------


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


@pytest.fixture
def platform(tmp_path):
    """What a learning platform gave, and what comes of it."""
    c = Config()
    c.CourseDirectory.update(root=str(tmp_path), course_id="c", assignment_id="tiny")
    named = r".*?/tiny_(?P<student_id>[^/]+?)_attempt(_(?P<timestamp>[^_/]+))?[_/](?P<file_id>.*)"
    c.FileNameCollectorPlugin.named_regexp = named
    c.ZipCollectApp.update(
        extractor_plugin=ExtractWithinBounds, collector_plugin=CollectOwnNames, force=True
    )
    (tmp_path / "release/tiny").mkdir(parents=True)
    (tmp_path / "release/tiny/tiny.ipynb").write_text("{}")
    folder = tmp_path / "downloaded/tiny/archive"
    folder.mkdir(parents=True)

    def collect(**changes):
        c.FileNameCollectorPlugin.update(changes)
        app = ZipCollectApp(config=c, coursedir=CourseDirectory(config=c))
        app.log.setLevel(logging.CRITICAL)
        app.init_plugins()
        app.extract_archive_files()
        app.process_extracted_files()
        found = (tmp_path / "submitted").rglob("*.ipynb")
        return {str(p.relative_to(tmp_path / "submitted")): p.read_text() for p in found}

    return folder, collect


GREEDY = r".*/tiny_(?P<student_id>[^/]+?)_attempt(_(?P<timestamp>[^_/]+))?[_/](?P<file_id>.*)"


def test_files_in_an_archive_are_nobody_elses(platform):
    """The expression that reads the last name in a path meets names that a student chose."""
    folder, collect = platform
    zipped(folder / "tiny_ada_attempt.zip", {"tiny.ipynb": "mine"})
    zipped(
        folder / "tiny_mallory_attempt.zip",
        {"tiny.ipynb": "own", "tiny_ada_attempt_2030-01-01_tiny.ipynb": "forged"},
    )
    found = collect(named_regexp=GREEDY)
    assert found == {"ada/tiny/tiny.ipynb": "mine", "mallory/tiny/tiny.ipynb": "own"}


def test_names_in_an_archive_steer_no_terminal(platform):
    """nbgrader lists every file that it finds, as it is named."""
    folder, collect = platform
    steering = ["\x1b[2J\x1b[Hclean.ipynb", "a\r\nINFO | all is well.ipynb", "\x9b2J.ipynb"]
    files = {f"sub/{name}": "x" for name in steering}
    zipped(folder / "tiny_ada_attempt.zip", {"tiny.ipynb": "mine", **files})
    assert collect() == {"ada/tiny/tiny.ipynb": "mine"}
    extracted = (folder.parent / "extracted").rglob("*")
    assert [p.name for p in extracted if not p.name.isprintable()] == []


def test_two_archives_that_name_one_student_inside_give_neither(platform):
    folder, collect = platform
    zipped(folder / "one.zip", {"tiny_ada_attempt_tiny.ipynb": "mine"})
    zipped(folder / "two.zip", {"tiny_ada_attempt_tiny.ipynb": "forged"})
    zipped(folder / "three.zip", {"tiny_bob_attempt_tiny.ipynb": "bob's"})
    assert collect() == {"bob/tiny/tiny.ipynb": "bob's"}


def test_of_a_student_in_two_class_archives_the_newest_file_counts(platform):
    """As nbgrader does it; without dates nobody can tell which that is."""
    folder, collect = platform
    for day, archive in ((2, "tuesday"), (1, "monday"), (3, "wednesday")):
        name = f"tiny_ada_attempt_2026-01-0{day}_tiny.ipynb"
        zipped(folder / f"{archive}.zip", {name: archive, "tiny_bob_attempt_tiny.ipynb": archive})
    assert collect() == {"ada/tiny/tiny.ipynb": "wednesday"}


def test_an_archive_of_a_student_takes_nobody_out_of_a_class_archive(platform):
    folder, collect = platform
    forged = "tiny_ada_attempt_2030-01-01_tiny.ipynb"
    zipped(folder / "monday.zip", {"tiny_ada_attempt_2026-01-01_tiny.ipynb": "mine"})
    zipped(folder / "tiny_mallory_attempt.zip", {"tiny.ipynb": "own", forged: "forged"})
    found = collect(named_regexp=GREEDY)
    assert found == {"ada/tiny/tiny.ipynb": "mine", "mallory/tiny/tiny.ipynb": "own"}


def test_several_attempts_of_one_class_archive_are_collected_as_before(platform):
    folder, collect = platform
    first, second = "tiny_ada_attempt_2026-01-01_tiny.ipynb", "tiny_ada_attempt_2026-01-02_tiny"
    zipped(folder / "class.zip", {first: "first", f"{second}.ipynb": "second"})
    assert collect() == {"ada/tiny/tiny.ipynb": "second"}


@pytest.mark.parametrize(
    "files",
    [
        {"a/tiny.ipynb": "1", "b/tiny.ipynb": "2"},  # the same file twice, and no time
        {"tiny.ipynb": "1", "x.ipynb": "2"},
    ],
)
def test_no_archive_of_a_student_stops_the_others(platform, files):
    folder, collect = platform
    zipped(folder / "tiny_mallory_attempt.zip", files)
    zipped(folder / "tiny_ada_attempt.zip", {"tiny.ipynb": "mine"})
    found = collect(named_regexp=GREEDY.replace("(?P<file_id>.*)", "(.*/)?(?P<file_id>[^/]*)"))
    assert found["ada/tiny/tiny.ipynb"] == "mine"
    assert len([name for name in found if name.startswith("mallory")]) == len(
        {Path(name).name for name in files}
    )


@pytest.mark.parametrize("name", ["..", ".", ".hidden", " ", "a\nb"])
def test_what_cannot_be_a_students_name_is_no_folder(platform, name, tmp_path):
    """`submitted/../tiny` would be a folder of the course."""
    folder, collect = platform
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/keep").write_text("of the course")
    (folder / f"tiny_{name}_attempt_tiny.ipynb").write_text("x")
    (folder / "tiny_ada_attempt_no date_tiny.ipynb").write_text("x")
    (folder / "tiny_bob_attempt_tiny.ipynb").write_text("bob's")
    assert collect() == {"bob/tiny/tiny.ipynb": "bob's"}
    assert [p.name for p in (tmp_path / "tiny").iterdir()] == ["keep"]
