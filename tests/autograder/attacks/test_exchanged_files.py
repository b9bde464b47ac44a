"""Files of a submission are exchanged while it is read: nothing else is read in their place.

Each reader is run again and again, and files are exchanged once, before the first, the second, …
file or folder that it opens. So every gap between a look and an opening is met.
"""

import os
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from test_files import stock_door
from traitlets.config import Config

from autograder.gradebook.files import handed_in_at
from autograder.gradebook.staging import Staging
from autograder.grading.own_files import links_left_out, own_files
from autograder.model import SubmissionError
from autograder.nbgrader_plugins.collecting import TooMuch, copy_regular_files
from autograder.notebook.reading import read_bytes
from autograder.sandbox import Limits
from autograder.watch.arrivals import _lying
from autograder.watch.best import _copied

SECRET = "CANARY of a hidden test"
MOST_OPENED = 60  # files and folders, by one reader

_at_each = []  # what to do before a file or folder is opened


def _told(event, arguments):
    if _at_each and event in ("open", "os.scandir", "os.listdir"):
        _at_each[-1]()


sys.addaudithook(_told)  # it cannot be removed


class Exchanged(Exception):
    """The reader waits for a pipe."""


@contextmanager
def exchanged_before(number, exchange):
    """Exchange files before so many openings, and end a reader that waits for ever."""
    left = [number]

    def count():
        left[0] -= 1
        if left[0] == 0:
            _at_each.clear()
            exchange()

    def waits(*_):
        raise Exchanged("it waits for a pipe")

    before = signal.signal(signal.SIGALRM, waits)
    _at_each.append(count)
    signal.alarm(20)
    try:
        yield lambda: left[0] <= 0
    finally:
        signal.alarm(0)
        _at_each.clear()
        signal.signal(signal.SIGALRM, before)


def a_folder_for_a_link(folder, hidden):
    (folder / "data").rename(folder / "was")
    (folder / "data").symlink_to(hidden)


def a_file_for_a_link(folder, hidden):
    for name in ("a.csv", "a.svg"):
        (folder / "data" / name).unlink()
        (folder / "data" / name).symlink_to(hidden / name)
    for name in ("tiny.ipynb", "timestamp.txt"):
        (folder / name).unlink()
        (folder / name).symlink_to(hidden / name)


def a_file_for_a_pipe(folder, hidden):
    for place in ("data/a.csv", "data/a.svg", "tiny.ipynb", "timestamp.txt"):
        (folder / place).unlink()
        os.mkfifo(folder / place)


def all_of_it(folder, hidden):
    folder.rename(folder.with_name("was"))
    folder.symlink_to(hidden)


EXCHANGES = (a_folder_for_a_link, a_file_for_a_link, a_file_for_a_pipe, all_of_it)


def fill(folder, text):
    (folder / "data").mkdir(parents=True)
    for place in ("data/a.csv", "a.csv", "tiny.ipynb"):
        (folder / place).write_text(text)
    for place in ("data/a.svg", "a.svg"):
        (folder / place).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg"><text>{text}</text></svg>'
        )
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC" if text == "mine" else text)


def all_text(folder):
    return " ".join(p.read_text() for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def read_for_the_cells(tiny, folder, out):
    return repr([own_files(folder, (), (), Limits()), links_left_out(folder, (), ())])


def read_the_notebook(tiny, folder, out):
    return repr(read_bytes(folder / "tiny.ipynb", below=folder))


def staged_for_pages(tiny, folder, out):
    staging = Staging.of(CourseDirectory(root=str(tiny.root)), "tiny", Config())
    staging.files.stage("eve", {"tiny": "{}"})
    return all_text(tiny.root / "autograded")


def collected(tiny, folder, out):
    copy_regular_files(folder, out)
    return all_text(out)


def stored_as_the_best(tiny, folder, out):
    _copied(folder, out, "new")
    return all_text(out)


def looked_at_by_a_watcher(tiny, folder, out):
    return repr(_lying(folder, "eve", "tiny", 1 << 20))


def receipt(tiny, folder, out):
    return repr(handed_in_at(folder))


def receipt_renewed(tiny, folder, out):
    files = Staging.of(CourseDirectory(root=str(tiny.root)), "tiny", Config()).files
    files.autograded("eve").mkdir(parents=True)
    files.renew_receipt("eve")
    return all_text(tiny.root / "autograded")


READERS = (
    read_for_the_cells, read_the_notebook, staged_for_pages, collected, stored_as_the_best,
    looked_at_by_a_watcher, receipt, receipt_renewed,
)  # fmt: skip


@pytest.mark.family
@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize("reader", READERS)
def test_nothing_is_read_in_the_place_of_what_is_exchanged(tiny, tmp_path, reader, exchange):
    folder, hidden, out = tiny.submitted("tiny", "eve"), tmp_path / "hidden", tmp_path / "out"
    fill(hidden, SECRET)
    for number in range(1, MOST_OPENED):
        for old in (tiny.root / "submitted", tiny.root / "autograded", out):
            shutil.rmtree(old, ignore_errors=True)
        fill(folder, "mine")
        with exchanged_before(number, lambda: exchange(folder, hidden)) as happened:
            try:
                found = reader(tiny, folder, out)
            except (SubmissionError, OSError, TooMuch) as error:
                found = str(error)
        assert SECRET not in found, f"exchanged before opening {number}"
        if not happened():
            assert "mine" in found or "2026" in found, "undisturbed, it reads everything"
            return
    pytest.fail(f"{MOST_OPENED} openings were not enough")


@pytest.mark.slow
@pytest.mark.family
def test_what_nbgrader_has_copied_through_a_link_is_copied_anew(tiny, submit, monkeypatch):
    """By nbgrader's own command, where the link is gone when we look."""
    folder = submit("eve")
    (folder / "a.csv").write_text("mine")
    (folder / "b.csv").write_text("mine")
    copy = shutil.copy

    def through_a_link(source, target):
        if Path(source).name.endswith(".csv"):
            Path(target).write_text(SECRET)
        else:
            copy(source, target)
        (folder / "b.csv").unlink(missing_ok=True)

    monkeypatch.setattr("nbgrader.converters.base.shutil.copy", through_a_link)
    assert stock_door(tiny)
    there = tiny.autograded("tiny", "eve")
    assert (there / "a.csv").read_text() == "mine"
    assert not (there / "b.csv").exists()
    assert SECRET not in all_text(there)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_a_second_name_of_somebody_elses_file_is_not_collected(tmp_path):
    """Where the kernel lets a student make one (fs.protected_hardlinks = 0)."""
    folder, secret = tmp_path / "hand-in", tmp_path / "test_tiny.py"
    folder.mkdir()
    secret.write_text(SECRET)
    os.chown(secret, 12345, 12345)
    os.link(secret, folder / "mine.py")
    (folder / "twice.csv").write_text("mine")
    os.link(folder / "twice.csv", folder / "again.csv")
    assert copy_regular_files(folder, tmp_path / "copy") == ["mine.py"]
    assert sorted(p.name for p in (tmp_path / "copy").iterdir()) == ["again.csv", "twice.csv"]
