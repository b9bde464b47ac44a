"""Contents decide what is graded: clocks are put back, and files are replaced by hand."""

import os
import shutil

import pytest
from watched_hand_ins import NOTHING, SQUARES, kinds, points

from autograder.cli.watch import worded
from autograder.watch.ledger import Ledger

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def stamped(exchange):
    """Hands in; the folder and its time stamp say another time."""

    def hand_in(student, time, **cells):
        folder = exchange.submit(student, **cells)
        stamp = f"{time} UTC"
        (folder / "timestamp.txt").write_text(stamp)
        return folder.rename(folder.with_name(f"{student}+tiny+{stamp}+x{len(cells)}"))

    return hand_in


@pytest.mark.parametrize("keep", ["last", "best"])
def test_a_hand_in_that_comes_later_with_an_earlier_time_stamp_is_graded(
    tiny, stamped, watching, here, keep
):
    stamped("ada", "2026-01-15 12:00:00", double=NOTHING)
    watcher = watching(keep=keep, cooldown=0)
    assert kinds(watcher) == [("answered", "ada")]
    stamped("ada", "2026-01-15 11:00:00")
    warning, answer = watcher.step()
    assert "was a clock put back? It is graded" in worded(warning, str)
    assert (answer.kind, answer.points, answer.number) == ("answered", 10, 2)
    assert points(tiny) == {"ada": 10}
    assert kinds(watcher) == [] and kinds(watching()) == []
    stamped("ada", "2026-01-15 11:10:00", double=SQUARES)
    watcher = watching()
    assert ("answered", "ada") in kinds(watcher)
    assert points(tiny)["ada"] < 10 or keep == "best"
    assert kinds(watcher) == [] and len(here.graded) == (3 if keep == "last" else 4)


def test_older_hand_ins_that_a_newer_one_stood_for_are_never_graded(
    tiny, stamped, watching, here, clock
):
    """Also one whose `nbgrader submit` was ended before it was whole."""
    stamped("ada", "2026-01-15 10:00:00", double=NOTHING)
    ended = stamped("ada", "2026-01-15 11:00:00", double=NOTHING, triple=NOTHING)
    ended.chmod(0o755)
    clock.now = ended.stat().st_mtime
    stamped("ada", "2026-01-15 12:00:00")
    watcher = watching()
    assert kinds(watcher) == [("answered", "ada")]
    clock.now += 3600
    assert kinds(watcher) == [] and kinds(watching()) == []
    assert here.graded == ["ada"] and points(tiny) == {"ada": 10}


def test_a_ledger_of_an_earlier_version_knows_what_is_older(tiny, stamped, watching, here):
    stamped("ada", "2026-01-15 10:00:00", double=NOTHING)
    stamped("ada", "2026-01-15 12:00:00")
    assert kinds(watching()) == [("answered", "ada")]
    ledger = Ledger(tiny.root / ".autograder" / "watch" / "tiny")
    [entry] = ledger.of("ada")
    old = {k: v for k, v in vars(entry).items() if k not in ("contents", "passed")}
    ledger.change("ada", type(entry)(**old))
    watcher = watching()
    assert kinds(watcher) == []
    stamped("ada", "2026-01-15 11:00:00", double=NOTHING)
    assert kinds(watcher) == [("warning", "ada"), ("answered", "ada")]
    assert here.graded == ["ada", "ada"]


def test_a_notebook_that_is_replaced_by_hand_is_graded_whatever_its_time_stamp(
    tiny, submit, filled, right, watching, here
):
    submit("eve", timestamp="2026-01-15 12:00:00 UTC")
    watcher = watching()
    assert kinds(watcher) == [("answered", "eve")]
    folder = tiny.submitted("tiny", "eve")
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)

    def replaced(content):
        (folder / "tiny.ipynb").write_bytes(content)
        os.utime(folder / "tiny.ipynb", (1_700_000_000, 1_700_000_000))
        return kinds(watcher) or kinds(watcher)

    assert replaced(filled(**{**right, "double": NOTHING})) == [("answered", "eve")]
    assert points(tiny)["eve"] < 10
    assert kinds(watcher) == [] and kinds(watching()) == []
    watcher = watching()
    assert replaced((kept / "tiny.ipynb").read_bytes()) == [("answered", "eve")]
    assert points(tiny) == {"eve": 10}
    assert kinds(watcher) == [] and kinds(watching()) == []


def test_a_refused_notebook_that_is_mended_by_hand_is_graded(
    tiny, exchange, filled, right, watching, here
):
    exchange.submit("ada", content=b"{")
    watcher = watching()
    assert kinds(watcher) == [("refused", "ada")]
    mended = tiny.submitted("tiny", "ada") / "tiny.ipynb"
    mended.chmod(0o644)
    mended.write_bytes(filled(**right))
    assert (kinds(watcher) or kinds(watcher)) == [("answered", "ada")]
    assert points(tiny) == {"ada": 10}
    assert kinds(watcher) == [] and kinds(watching()) == []
