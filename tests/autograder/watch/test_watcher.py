"""What is handed in is collected, graded once, recorded and answered, whatever happens."""

import os
import shutil
import sqlite3
import sys

import pytest
from watched_hand_ins import NOTHING, SQUARES, kinds, points

from autograder.cli.watch import worded
from autograder.gradebook import shared
from autograder.grading.grader import Grader
from autograder.watch import exchange as watch_exchange

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


@pytest.mark.slow
def test_a_real_pool_answers_with_pages_that_fetch_feedback_finds(tiny, exchange, watching):
    exchange.submit("ada", double=SQUARES)
    exchange.submit("bob")
    watcher = watching()
    watcher.warm_up()
    ada, bob = sorted(watcher.step(), key=lambda event: event.student)
    assert (ada.kind, ada.student, ada.most, ada.number) == ("answered", "ada", 10, 1)
    assert (bob.kind, bob.points) == ("answered", 10)
    assert points(tiny) == {"ada": ada.points, "bob": 10}
    assert 0 < ada.points < 10
    [page] = exchange.pages("ada")
    assert "That is the square." in page
    [page] = exchange.pages("bob")
    assert "10 of 10 points" in page
    assert kinds(watcher) == []


@pytest.mark.slow
def test_a_resubmission_is_graded_once_and_the_first_page_stays(tiny, exchange, watching, here):
    watcher = watching(cooldown=0)
    exchange.submit("ada", double=SQUARES)
    assert kinds(watcher) == [("answered", "ada")]
    exchange.submit("ada")
    assert kinds(watcher) == [("answered", "ada")]
    assert points(tiny) == {"ada": 10}
    first, second = exchange.pages("ada")
    assert "That is the square." in first
    assert "10 of 10 points" in second
    assert here.graded == ["ada", "ada"]
    assert kinds(watching()) == [], "another watcher finds nothing to do"
    assert here.graded == ["ada", "ada"]


def test_only_the_last_of_two_hand_ins_at_once_is_graded(tiny, exchange, watching, here):
    exchange.submit("ada", double=SQUARES)
    exchange.submit("ada")
    assert kinds(watching()) == [("answered", "ada")]
    assert here.graded == ["ada"]
    assert points(tiny) == {"ada": 10}


def test_a_hand_in_that_is_still_being_written_is_left(exchange, watching, here, clock):
    folder = exchange.submit("ada")
    clock.now = folder.stat().st_mtime
    folder.chmod(0o755)  # `nbgrader submit` opens it when all is there
    watcher = watching()
    assert kinds(watcher) == []
    folder.chmod(0o777)
    assert kinds(watcher) == [("answered", "ada")]


def test_hints_count_before_they_can_be_read(exchange, watching, here, monkeypatch):
    """Who is killed while a page is on its way gives no hints away, and who cannot, takes none."""

    class Killed(BaseException):
        pass

    release = watch_exchange.CourseExchange.release

    def and_dies(self, *names):
        release(self, *names)
        raise Killed

    exchange.submit("ada", double=SQUARES)
    with monkeypatch.context() as patch:
        patch.setattr(watch_exchange.CourseExchange, "release", and_dies)
        with pytest.raises(Killed):
            kinds(watching(attempts=1, cooldown=0))
    exchange.submit("ada", double=NOTHING)
    [event] = watching(attempts=1, cooldown=0).step()
    assert (event.kind, event.shown, event.number) == ("answered", "points", 2)
    assert "That is the square." in exchange.pages("ada")[0]

    def is_away(self, *names):
        raise watch_exchange.Away("gone")

    exchange.submit("bob", double=SQUARES)
    with monkeypatch.context() as patch:
        patch.setattr(watch_exchange.CourseExchange, "release", is_away)
        assert kinds(watching(attempts=1, cooldown=0)) == [("trouble", "")]
    exchange.submit("bob", double=NOTHING)
    [event] = watching(attempts=1, cooldown=0).step()
    assert (event.student, event.shown, event.number) == ("bob", "everything", 1)


def test_a_thousand_folders_in_a_students_name_keep_nobody_waiting(
    exchange, watching, here, monkeypatch
):
    """They are looked at together, and not one of each student in each look."""

    def owned(self, hand_in, user):
        if hand_in.name.endswith("not hers"):
            raise watch_exchange.NotTheirs("it is not hers")

    monkeypatch.setattr(watch_exchange.CourseExchange, "_require_owner", owned)
    own = exchange.submit("ada")
    for number in range(30):
        name = f"ada+tiny+2099-01-01 00:00:{number:02} UTC+not hers"
        shutil.copytree(own, exchange.inbound / name)
        (exchange.inbound / name).chmod(0o777)
    found = kinds(watching())
    assert found == [("refused", "ada")] * 30 + [("answered", "ada")]


def test_what_another_program_put_there_counts_after_a_while(exchange, watching, here, clock):
    folder = exchange.submit("ada")
    (folder / "submission_secret.txt").unlink()
    clock.now = folder.stat().st_mtime + 1
    watcher = watching()
    assert kinds(watcher) == []
    clock.now += 60
    assert kinds(watcher) == [("answered", "ada")]


def test_what_came_past_the_exchange_is_graded_and_nothing_is_released(
    tiny, exchange, watching, here, submit, clock
):
    submit("eve", timestamp="2026-01-15 12:00:00 UTC")
    clock.now = tiny.submitted("tiny", "eve").stat().st_mtime
    watcher = watching()
    assert kinds(watcher) == [], "it may still be being copied"
    assert kinds(watcher) == [("answered", "eve")]
    assert points(tiny) == {"eve": 10}
    assert "10 of 10 points" in (tiny.feedback("tiny", "eve") / "tiny.html").read_text()
    assert list((exchange.root / "tiny_course" / "feedback").iterdir()) == []
    assert kinds(watcher) == []
    assert kinds(watching()) == []


def test_what_was_recorded_before_is_not_answered(tiny, exchange, watching, here):
    exchange.submit("ada", double=SQUARES)
    assert kinds(watching()) == [("answered", "ada")]
    shutil.rmtree(tiny.root / ".autograder" / "watch")  # as if `autograder grade` had done it
    for page in (exchange.root / "tiny_course" / "feedback").iterdir():
        page.unlink()
    assert kinds(watching()) == []
    assert exchange.pages("ada") == []
    exchange.submit("ada")
    [event] = watching().step()
    assert (event.kind, event.points, event.number) == ("answered", 10, 1)


def test_a_locked_gradebook_is_waited_for(tiny, exchange, watching, here, clock, monkeypatch):
    exchange.submit("ada")
    watcher = watching()
    list(watcher.step())  # makes the gradebook
    exchange.submit("bob")
    monkeypatch.setattr(shared, "LOCK_SECONDS", 0.1)
    shared._engines.clear()
    with sqlite3.connect(tiny.root / "gradebook.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        [event] = watcher.step()
        assert event.kind == "trouble"
        assert "gradebook.db is locked by another program" in event.text
        assert kinds(watcher) == [], "it is said once, and tried again later"
        other.execute("ROLLBACK")
    other.close()
    clock.now += 60
    assert kinds(watcher) == [("answered", "bob"), ("well", "")]
    assert points(tiny) == {"ada": 10, "bob": 10}


def test_an_exchange_that_goes_away_and_comes_back_loses_nothing(exchange, watching, here, clock):
    exchange.submit("ada")
    watcher = watching()
    away = exchange.root.with_name("away")
    exchange.root.rename(away)
    assert kinds(watcher) == [("trouble", "")]
    assert kinds(watcher) == []
    away.rename(exchange.root)
    assert kinds(watcher) == [("well", ""), ("answered", "ada")]
    assert len(exchange.pages("ada")) == 1


def test_feedback_that_cannot_be_released_waits_and_nothing_is_graded_again(
    exchange, watching, here, clock
):
    exchange.submit("ada")
    watcher = watching()
    place = exchange.root / "tiny_course" / "feedback"
    place.rmdir()
    place.write_text("in the way")
    assert kinds(watcher) == [("trouble", "")]
    place.unlink()
    clock.now += 60
    assert kinds(watcher) == [("answered", "ada"), ("well", "")]
    assert here.graded == ["ada"]
    assert len(exchange.pages("ada")) == 1


@pytest.mark.parametrize("passed", [61, -3600], ids=["a minute later", "the clock is put back"])
def test_our_own_fault_keeps_a_hand_in_waiting(
    exchange, watching, here, clock, monkeypatch, passed
):
    def fail(*args, **kwargs):
        raise RuntimeError("disk on fire")

    exchange.submit("ada")
    watcher = watching()
    with monkeypatch.context() as broken:
        broken.setattr(Grader, "grade", fail)
        [event] = watcher.step()
        assert (event.kind, event.text) == ("failed", "RuntimeError: disk on fire")
        assert kinds(watcher) == []
    clock.now += passed
    assert kinds(watcher) == [("answered", "ada")]


def test_without_a_cooldown_every_hand_in_has_hints(exchange, watching, here):
    watcher = watching(cooldown=0, attempts=0)
    for _ in range(2):
        exchange.submit("ada", double=SQUARES)
        [event] = watcher.step()
        assert event.shown == "everything"
    assert all("That is the square." in page for page in exchange.pages("ada"))


def test_hints_wait_for_the_cooldown_and_then_come_by_themselves(exchange, watching, here, clock):
    watcher = watching(cooldown=600)
    exchange.submit("ada", double=NOTHING)
    assert [e.shown for e in watcher.step()] == ["everything"]
    clock.now += 599
    exchange.submit("ada", double=SQUARES)
    assert [e.shown for e in watcher.step()] == ["points"]
    page = exchange.pages("ada")[1]
    assert "That is the square." not in page
    assert "Doubles any numbers" not in page
    assert "Hints on this hand-in are shown here from 2027-01-15 08:10 UTC on" in page
    assert "of 10 points" in page
    assert kinds(watcher) == []
    clock.now += 1
    watcher = watching()  # whoever watches then
    [event] = watcher.step()
    assert (event.kind, event.shown, event.number) == ("more", "everything", 2)
    assert "That is the square." in exchange.pages("ada")[1]
    assert kinds(watcher) == []
    assert here.graded == ["ada", "ada"]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems hold UTF-8 names only")
def test_a_folder_whose_name_is_not_utf_8_is_named_once(submit, watching, here):
    submit(os.fsdecode(b"J\xfcrg"))
    watcher = watching()
    [event] = watcher.step()
    assert (event.kind, event.student) == ("refused", r"J\xfcrg")
    assert "Rename the folder" in worded(event, str)
    assert kinds(watcher) == []
