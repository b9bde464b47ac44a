"""A hand-in that the watcher passes over, and that holds something else than what was graded."""

import os
import shutil

import pytest
from graded_again import grade
from watched_hand_ins import SQUARES, kinds, points

from autograder.cli.watch import worded
from autograder.watch.arrivals import QUIET_SECONDS

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def ada(tiny, exchange):
    """Ada hands in what earns little; gives the place of her submission."""
    exchange.submit("ada", double=SQUARES)
    return tiny.submitted("tiny", "ada")


def replaced(place, content, clock):
    """Somebody puts another notebook there and leaves the time stamp as it is."""
    (place / "tiny.ipynb").write_bytes(content)
    clock.now += QUIET_SECONDS * 3


def test_a_notebook_replaced_under_its_time_stamp_is_told_once_and_graded_by_the_command(
    tiny, ada, watching, here, clock, filled, right
):
    watcher = watching()
    assert kinds(watcher) == [("answered", "ada")]
    [hand_in] = watcher._watched[0].ledger.of("ada")
    earned = points(tiny)
    assert kinds(watcher) == kinds(watcher) == []
    replaced(ada, filled(**right), clock)
    [event] = watcher.step()
    assert (event.kind, event.student) == ("warning", "ada")
    line = worded(event, str)
    assert line.startswith("tiny ada: what lies in submitted/ under the time stamp of ada+tiny+")
    assert f"of {hand_in.hand_in} is not what was graded" in line
    assert "`autograder grade tiny --student ada`" in line
    assert kinds(watcher) == [] and points(tiny) == earned
    assert kinds(watching()) == [("warning", "ada")], "whoever watches next is told, too"
    grade(tiny.root)
    assert points(tiny) == {"ada": 10}
    assert kinds(watching()) == []


def test_what_decides_no_grade_is_not_told(ada, watching, here, clock):
    watcher = watching()
    assert kinds(watcher) == [("answered", "ada")]
    (ada / ".ipynb_checkpoints").mkdir()
    shutil.copy(ada / "tiny.ipynb", ada / ".ipynb_checkpoints" / "tiny-checkpoint.ipynb")
    os.utime(ada / "tiny.ipynb")
    clock.now += QUIET_SECONDS * 3
    assert kinds(watcher) == kinds(watcher) == kinds(watching()) == []


@pytest.mark.parametrize("keep", ["last", "best"])
def test_what_the_watcher_itself_puts_there_is_not_told(ada, exchange, watching, here, clock, keep):
    watcher = watching(keep=keep)
    assert kinds(watcher) == [("answered", "ada")]
    exchange.submit("ada")
    exchange.submit("bob", content=b"{")
    seen = [kind for _ in range(3) for kind, _ in kinds(watcher)]
    assert sorted(seen) == ["answered", "refused"]
    exchange.submit("ada", double=SQUARES)
    seen = [kind for _ in range(4) for kind, _ in kinds(watcher)]
    assert seen == (["answered", "kept"] if keep == "best" else ["answered"])
    assert kinds(watching(keep=keep)) == []


def test_a_file_that_is_replaced_while_its_cells_run_is_told(
    tiny, ada, watching, here, clock, filled, right, monkeypatch
):
    watcher = watching()
    submit = here.submit

    def slow(fn, /, *args):
        if here.graded == [] and ada.exists():
            (ada / "tiny.ipynb").write_bytes(filled(**right))
        return submit(fn, *args)

    monkeypatch.setattr(here, "submit", slow)
    seen = kinds(watcher)
    clock.now += QUIET_SECONDS * 3
    seen += kinds(watcher)
    assert seen == [("answered", "ada"), ("warning", "ada")]
    assert points(tiny)["ada"] < 10, "of the version that was read"


def test_a_clock_that_is_behind_in_folder_and_name_alike_is_told(exchange, watching, here, clock):
    """Student and exchange share a machine, and its clock was put back between two hand-ins."""
    exchange.submit("ada", double=SQUARES)
    watcher = watching()
    assert kinds(watcher) == [("answered", "ada")]
    late = exchange.submit("ada")
    letters = late.name.rpartition("+")[2]
    late = late.rename(late.with_name(f"ada+tiny+2026-01-15 12:00:00.000000 UTC+{letters}"))
    os.utime(late, (1_700_000_000, 1_700_000_000))
    [event] = watcher.step()
    assert (event.kind, event.student) == ("warning", "ada")
    assert f"{late.name} was not graded" in event.text
    assert kinds(watcher) == kinds(watching()) == []


def test_an_exchange_that_was_away_makes_no_earlier_hand_in_come_later(exchange, watching, here):
    first = exchange.submit("ada", double=SQUARES)
    os.utime(first, (1_700_000_000, 1_700_000_000))
    exchange.submit("ada")
    watcher = watching(keep="last")
    assert kinds(watcher) == [("answered", "ada")]
    aside = exchange.inbound.rename(exchange.inbound.with_name("aside"))
    assert kinds(watcher) == kinds(watching())[:1] == [("trouble", "")]
    aside.rename(exchange.inbound)
    assert [kind for kind, _ in kinds(watching())] == []


def test_what_a_disk_puts_into_its_root_is_no_hand_in(exchange, watching, here):
    (exchange.inbound / "lost+found").mkdir(0o700)
    assert kinds(watching()) == []
