"""Which hand-ins are collected, whatever lies in the exchange."""

import os
import shutil

import pytest
from watched_hand_ins import SQUARES, kinds, points

from autograder.cli.watch import worded
from autograder.watch import exchange as watch_exchange
from autograder.watch import passed_over
from autograder.watch.arrivals import QUIET_SECONDS, Inbound

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


def test_a_notebook_that_cannot_be_read_is_refused_and_the_next_one_counts(
    tiny, exchange, watching, here
):
    exchange.submit("ada", content=b"{")
    watcher = watching()
    [event] = watcher.step()
    assert (event.kind, event.student) == ("refused", "ada")
    [page] = exchange.pages("ada")
    assert "tiny: not graded" in page
    assert "JupyterLab does not open it either." in page
    assert str(tiny.root) not in page
    assert kinds(watcher) == []
    exchange.submit("ada")
    assert kinds(watcher) == [("answered", "ada")]
    assert points(tiny) == {"ada": 10}


def test_nobody_hands_in_in_somebody_elses_name(tiny, exchange, watching, here, config):
    config.ExchangeCollect.check_owner = True
    exchange.submit("somebody_else")
    [event] = watching().step()
    assert event.kind == "refused"
    assert "says that somebody_else handed it in, and belongs to" in event.text
    assert not tiny.submitted("tiny", "somebody_else").exists()


def test_a_hand_in_in_somebody_elses_name_does_not_stop_their_own(
    tiny, exchange, watching, here, config, monkeypatch
):
    """It says that it came in ninety years, and everything older would be old news."""
    config.ExchangeCollect.check_owner = True
    users = {os.geteuid(): "ada", 60_001: "mallory"}
    monkeypatch.setattr(watch_exchange, "name_of_user", users.get)
    own = exchange.submit("ada")
    forged = own.with_name("ada+tiny+2116-01-01 00:00:00 UTC+x")
    shutil.copytree(own, forged)
    watcher = watching()
    owners = {forged.stat().st_ino: 60_001}
    plain = os.fstat

    class Status:
        def __init__(self, descriptor):
            self._plain = plain(descriptor)
            self.st_uid = owners.get(self._plain.st_ino, self._plain.st_uid)

        def __getattr__(self, name):
            return getattr(self._plain, name)

    monkeypatch.setattr(os, "fstat", Status)
    assert kinds(watcher) == [("refused", "ada")]
    assert kinds(watcher) == [("answered", "ada")]
    exchange.submit("ada", double=SQUARES)
    assert kinds(watcher) == [("answered", "ada")]


def test_a_folder_that_another_has_taken_the_place_of_is_not_collected(
    tiny, exchange, watching, here, tmp_path
):
    """Between looking and collecting, its name leads to another student's folder."""
    folder = exchange.submit("mallory")
    watcher = watching()
    [seen] = watcher._inbound.look({"tiny"}, watcher._clock())
    shutil.move(folder, tmp_path / "aside")
    (tmp_path / "adas").mkdir()
    (tmp_path / "adas/tiny.ipynb").write_text("ada's")
    folder.symlink_to(tmp_path / "adas")
    assert seen.path == folder
    assert kinds(watcher) == [("refused", "mallory")]
    assert kinds(watcher) == []
    assert not tiny.submitted("tiny", "mallory").exists()


@pytest.mark.parametrize(
    "name",
    [
        b"a\xff+tiny+2026-11-01 12:00:00 UTC+x",  # no text: no gradebook holds it
        b"a\nb+tiny+2026-11-01 12:00:00 UTC+x",
        b"..+tiny+2026-11-01 12:00:00 UTC+x",
        b"a+tiny+2026-11-01 12:00:00 +999999999+x",
        b"a+tiny+0001-01-01 00:00:00 +86399+x",
        b"a+tiny+9999-12-31 23:59:59 -86399+x",
        b"a+tiny+1e999 1e999 1e999+x",
        b"a+tiny+\xd9\xa2\xd9\xa0 Nov+x",
        b"a" * 120 + b"+tiny+2026-11-01 12:00:00 UTC+" + b"x" * 90,
    ],
)  # fmt: skip
def test_a_hostile_name_in_the_exchange_stops_nobody(exchange, watching, here, name):
    folder = os.path.join(os.fsencode(exchange.inbound), name)  # noqa: PTH118
    shutil.copytree(os.fsencode(exchange.submit("ada")), folder)
    found = kinds(watching())
    assert ("answered", "ada") in found
    assert {kind for kind, _ in found} <= {"answered", "refused"}


def test_a_time_stamp_that_is_a_folder_is_replaced(tiny, exchange, watching, here):
    folder = exchange.submit("ada")
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").mkdir()
    assert kinds(watching()) == [("answered", "ada")]


def test_a_link_in_a_hand_in_is_not_followed(tiny, exchange, watching, here, tmp_path):
    (tmp_path / "secret").write_text("of the course")
    folder = exchange.submit("ada")
    (folder / "data.txt").symlink_to(tmp_path / "secret")
    assert kinds(watching()) == [("answered", "ada")]
    assert not (tiny.submitted("tiny", "ada") / "data.txt").exists()


def test_the_time_of_a_hand_in_is_what_its_folder_says(tiny, exchange, watching, here):
    folder = exchange.submit("ada")
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    assert kinds(watching()) == [("answered", "ada")]
    said = (tiny.submitted("tiny", "ada") / "timestamp.txt").read_text()
    assert said.split(".")[0] == folder.name.split("+")[2].split(".")[0]


def test_a_hand_in_that_is_being_copied_is_told_apart_from_none(tmp_path):
    inbound = Inbound(tmp_path)
    folder = tmp_path / "ada+tiny+2026-01-15 12:00:00 UTC"
    folder.mkdir(0o755)
    (tmp_path / "ben+other+2026-01-15 12:00:00 UTC").mkdir(0o755)
    made = folder.stat().st_mtime
    assert inbound.look({"tiny"}, made + 1) == [] and inbound.arriving == 1
    [hand_in] = inbound.look({"tiny"}, made + 2 * QUIET_SECONDS)
    assert (hand_in.student, inbound.arriving) == ("ada", 0)
    [hand_in] = Inbound(tmp_path).look({"tiny"}, made - 3600)  # the clock has been put back
    assert hand_in.student == "ada"


@pytest.mark.parametrize("name", ["ada+tiny+yesterday", "ada_tiny_2026-01-15", "ada+tiny"])
def test_a_folder_whose_name_says_nobodys_is_named_once(exchange, watching, here, name):
    exchange.submit("ada").rename(exchange.inbound / name)
    (exchange.inbound / ".hidden").mkdir()
    (exchange.inbound / "notes.txt").touch()
    watcher = watching()
    [event] = watcher.step()
    assert (event.kind, event.student) == ("refused", name)
    assert "does not say whose hand-in it is" in worded(event, str)
    assert kinds(watcher) == []


def test_a_link_to_a_name_that_is_too_long_holds_up_nobody(exchange, watching, here):
    (exchange.inbound / "ada+tiny+link").symlink_to("x" * 300)
    exchange.submit("ada")
    watcher = watching()
    assert [event.student for event in watcher.step() if event.kind == "answered"] == ["ada"]


def earlier_by_its_name(folder, later_by_its_folder):
    """A hand-in of a machine whose clock is behind, seen by the exchange at another time."""
    student, assignment, _, letters = folder.name.split("+")
    renamed = folder.with_name(f"{student}+{assignment}+2026-01-15 12:00:00.000000 UTC+{letters}")
    folder.rename(renamed)
    os.utime(renamed, (later_by_its_folder, later_by_its_folder))
    return renamed


@pytest.mark.parametrize("keep", ["last", "best"])
def test_a_hand_in_that_came_later_and_says_it_is_earlier_is_told(
    tiny, exchange, watching, here, clock, keep
):
    exchange.submit("ada", double=SQUARES)
    assert kinds(watching(keep=keep)) == [("answered", "ada")]
    earned = points(tiny)
    earlier_by_its_name(exchange.submit("ada"), clock() + 60)
    watcher = watching(keep=keep)
    [event] = watcher.step()
    assert (event.kind, event.student) == ("warning", "ada")
    assert "its name does not say that it is the later" in worded(event, str)
    assert "If it is to count, hand it in again" in exchange.pages("ada")[-1]
    assert points(tiny) == earned
    assert kinds(watcher) == kinds(watching(keep=keep)) == []  # told once
    exchange.submit("ada")
    assert kinds(watching(keep=keep)) == [("answered", "ada")]


def test_thousands_of_earlier_hand_ins_are_told_only_at_first(
    exchange, watching, here, clock, monkeypatch
):
    monkeypatch.setattr(passed_over, "MOST_TOLD", 2)
    exchange.submit("ada")
    watcher = watching()
    assert kinds(watcher) == [("answered", "ada")]
    folder = earlier_by_its_name(exchange.submit("ada"), clock() + 60)
    for number in range(3):
        shutil.copytree(folder, folder.with_name(f"{folder.name}{number}"))
    assert [kind for kind, _ in kinds(watcher)] == ["warning"] * 2
    assert kinds(watcher) == []
    exchange.submit("ben")
    assert kinds(watcher) == [("answered", "ben")]


def test_what_was_told_to_be_earlier_is_graded_when_somebody_puts_it_into_submitted(
    tiny, exchange, watching, here, clock
):
    exchange.submit("ada", double=SQUARES)
    watcher = watching()
    assert kinds(watcher) == [("answered", "ada")]
    folder = earlier_by_its_name(exchange.submit("ada"), clock() + 60)
    assert kinds(watcher) == [("warning", "ada")]
    shutil.rmtree(tiny.submitted("tiny", "ada"))
    shutil.copytree(folder, tiny.submitted("tiny", "ada"))
    (tiny.submitted("tiny", "ada") / "timestamp.txt").write_text("2026-01-15 12:00:00.000000 UTC")
    clock.now += QUIET_SECONDS * 3
    assert kinds(watcher) == [("answered", "ada")]
    assert points(tiny) == {"ada": 10}


def test_an_earlier_hand_in_that_lay_beside_the_graded_one_is_not_told(
    exchange, watching, here, clock
):
    earlier_by_its_name(exchange.submit("ada"), clock() - 60)
    exchange.submit("ada")
    watcher = watching(keep="last")
    assert kinds(watcher) == [("answered", "ada")]
    assert kinds(watcher) == []
