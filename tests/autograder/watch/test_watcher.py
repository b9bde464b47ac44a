"""What is handed in is collected, graded once, recorded and answered, whatever happens."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook

from autograder.gradebook import shared
from autograder.grading.grader import Grader
from autograder.watch import exchange as watch_exchange
from autograder.watch.ledger import Ledger
from autograder.watch.lock import CourseLock, holder
from autograder.watch.pools import WarmPools

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)

SQUARES = "def double(x):\n    return x * x"
NOTHING = "def double(x):\n    return None"


def points(course) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
        return {
            s.student.id: s.score - s.late_submission_penalty
            for s in gradebook.assignment_submissions("tiny")
        }


def kinds(watcher) -> list[tuple[str, str]]:
    return [(event.kind, event.student) for event in watcher.step()]


def due(course, moment: float) -> None:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
        when = datetime.fromtimestamp(moment, UTC)
        gradebook.update_or_create_assignment("tiny", duedate=when)


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


def test_hints_on_the_best_hand_in_count_those_on_later_ones(exchange, watching, here, clock):
    """Or whoever hands in something worse meanwhile has more of them than there are."""
    watcher = watching(keep="best", cooldown=600, attempts=2)
    exchange.submit("ada", double=NOTHING)
    assert [event.shown for event in watcher.step()] == ["everything"]
    exchange.submit("ada", double=SQUARES)
    assert [event.shown for event in watcher.step()][:1] == ["points"]
    clock.now += 700
    exchange.submit("ada", double=NOTHING)
    found = [(event.kind, event.shown) for event in watcher.step()]
    assert found[0] == ("answered", "everything") and ("more", "everything") not in found
    clock.now += 700
    assert list(watcher.step()) == []


def test_the_best_hand_in_is_chosen_by_the_points_of_today(tiny, exchange, watching, here):
    """Points by hand, or of mended graders, count for what lies in place."""
    watcher = watching(keep="best", cooldown=0)
    exchange.submit("ada", double=NOTHING)
    assert kinds(watcher) == [("answered", "ada")]
    with Gradebook(f"sqlite:///{tiny.root}/gradebook.db", "tiny_course") as gradebook:
        gradebook.find_grade("test_norms", "tiny", "tiny", "ada").extra_credit = 50.0
        gradebook.db.commit()
    before = points(tiny)
    exchange.submit("ada")
    list(watcher.step())
    [first, second] = sorted(
        Ledger(tiny.root / ".autograder/watch/tiny").of("ada"), key=lambda a: a.timestamp
    )
    assert first.net == before["ada"] and second.net > first.net


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


def test_a_second_watcher_is_told_who_holds_the_course(tiny, exchange, watching, here):
    watching()
    path = tiny.root / ".autograder" / "watch" / "lock"
    code = (
        "import sys; from pathlib import Path; from autograder.watch.lock import *\n"
        "path = Path(sys.argv[1]); print(holder(path))\n"
        "try: CourseLock(path)\n"
        "except Exception as error: print(error)"
    )
    run = [sys.executable, "-c", code, str(path)]
    told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    who, refusal = told.splitlines()
    assert who.startswith(f"process {os.getpid()} of ")
    assert refusal == f"this course is watched already, by {who}"


def test_a_lock_ends_with_its_process(tmp_path):
    path = tmp_path / "lock"
    code = (
        "import os, sys; from pathlib import Path; from autograder.watch.lock import *\n"
        "lock = CourseLock(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.exists()
    assert holder(path) == ""
    with CourseLock(path):
        pass


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


def test_our_own_fault_keeps_a_hand_in_waiting(exchange, watching, here, clock, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk on fire")

    exchange.submit("ada")
    watcher = watching()
    with monkeypatch.context() as broken:
        broken.setattr(Grader, "grade", fail)
        [event] = watcher.step()
        assert (event.kind, event.text) == ("failed", "RuntimeError: disk on fire")
        assert kinds(watcher) == []
    clock.now += 61
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


def test_points_wait_for_the_due_date_of_each_student(tiny, exchange, watching, here, clock):
    exchange.submit("ada", double=SQUARES)
    exchange.submit("bob", double=SQUARES)
    watcher = watching(points="after_due")
    list(watcher.step())  # makes the gradebook
    due(tiny, clock.now + 3600)
    with Gradebook(f"sqlite:///{tiny.root}/gradebook.db", "tiny_course") as gradebook:
        gradebook.grant_extension("tiny", "bob", hours=1)
    exchange.submit("ada", double=SQUARES)
    exchange.submit("bob", double=SQUARES)
    assert {e.shown for e in watcher.step()} == {"receipt"}
    page = exchange.pages("ada")[1]
    assert "of 10" not in page
    assert "That is the square." not in page
    assert "are shown here from 2027-01-15 09:00 UTC on" in page
    clock.now += 3600
    assert kinds(watcher) == [("more", "ada")]
    assert "of 10 points" in exchange.pages("ada")[1]
    clock.now += 3600
    assert kinds(watcher) == [("more", "bob")]


def test_a_due_date_that_comes_later_shows_points_when_it_is_over(
    tiny, exchange, watching, here, clock
):
    exchange.submit("ada")
    watcher = watching(points="after_due")
    assert [e.shown for e in watcher.step()] == ["receipt"]
    due(tiny, clock.now + 900)
    clock.now += 600
    assert kinds(watcher) == []
    assert kinds(watching()) == []
    clock.now += 300
    assert kinds(watcher := watching()) == [("more", "ada")]
    assert "10 of 10 points" in exchange.pages("ada")[0]
    assert kinds(watcher) == []


def test_the_best_hand_in_counts_where_the_course_says_so(tiny, exchange, watching, here):
    watcher = watching(keep="best", cooldown=0)
    exchange.submit("ada")
    exchange.submit("ada", double=NOTHING)
    exchange.submit("ada", double=SQUARES)
    assert kinds(watcher) == [("answered", "ada")]
    assert watcher.waiting == 1, "all of them are graded, one after the other"
    assert kinds(watcher) == [("answered", "ada")]
    assert watcher.waiting == 1
    assert kinds(watcher) == [("answered", "ada"), ("kept", "ada")]
    assert watcher.waiting == 0
    assert points(tiny) == {"ada": 10}
    pages = exchange.pages("ada")
    assert len(pages) == 3
    assert "An earlier hand-in counts, with 10 of 10 points." in pages[2]
    assert "That is the square." in pages[2]
    submitted = (tiny.submitted("tiny", "ada") / "tiny.ipynb").read_text()
    assert "x * 2" in submitted
    assert kinds(watching()) == []


def test_after_the_due_date_the_best_page_opens_and_the_others_say_which_counts(
    tiny, exchange, watching, here, clock
):
    watcher = watching(keep="best", points="after_due", cooldown=0)
    exchange.submit("ada", double=NOTHING)
    assert [e.shown for e in watcher.step()] == ["receipt"]
    due(tiny, clock.now + 900)
    exchange.submit("ada")
    exchange.submit("ada", double=SQUARES)
    assert kinds(watcher) == [("answered", "ada")]
    assert kinds(watcher) == [("answered", "ada"), ("kept", "ada")]
    assert not any("of 10" in page for page in exchange.pages("ada"))
    clock.now += 900
    assert kinds(watching(keep="best", points="after_due", cooldown=0)) == [("more", "ada")]
    first, best, last = exchange.pages("ada")
    assert "10 of 10 points" in best
    for page in (first, last):
        assert "Another hand-in counts, with 10 of 10 points: read its page." in page
        assert "<h1>tiny: 10 of 10 points" not in page
    assert kinds(watching(keep="best", points="after_due", cooldown=0)) == []


def test_a_file_that_several_assignments_share_makes_the_workers_anew(tiny):
    path, common = tiny.tests("tiny") / "test_tiny.py", tiny.root / "tests/common.py"
    path.write_text("from common import A\n" + path.read_text())
    common.write_text("A = 1\n")
    with closing(WarmPools(tiny)) as pools:
        before = pools.get("tiny")
        assert pools.get("tiny") is before
        common.write_text("A = 10\n")
        assert pools.get("tiny") is not before
