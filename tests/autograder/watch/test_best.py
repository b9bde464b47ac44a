"""The best hand-in counts, where the course says so."""

import pytest
from nbgrader.api import Gradebook
from watched_hand_ins import NOTHING, SQUARES, kinds, points

from autograder.watch.ledger import Ledger

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


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
