"""Before and after the due date: points, pages and the hand-in that counts."""

from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook
from watched_hand_ins import NOTHING, SQUARES, kinds, points

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


def due(course, moment: float) -> None:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
        when = datetime.fromtimestamp(moment, UTC)
        gradebook.update_or_create_assignment("tiny", duedate=when)


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


@pytest.mark.slow
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


@pytest.mark.slow
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
