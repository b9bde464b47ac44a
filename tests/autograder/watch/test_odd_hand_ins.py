"""Hand-ins whose files or names are none that `nbgrader submit` writes."""

import pytest
from watched_hand_ins import SQUARES, kinds, points

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)
STAMP = "2026-01-15 12:00:00 UTC"


def named(folder, stamp, letters):
    student, assignment, *_ = folder.name.split("+")
    return folder.rename(folder.with_name(f"{student}+{assignment}+{stamp}+{letters}"))


@pytest.mark.parametrize("secret", [b"\xff\xfe", b"", "密码".encode()])
@pytest.mark.parametrize("content", [None, b"{"])
def test_a_secret_that_nbgrader_cannot_use_stops_nobody(
    tiny, exchange, watching, here, secret, content
):
    place = exchange.submit("ada", content=content) / "submission_secret.txt"
    place.chmod(0o666)
    place.write_bytes(secret)
    exchange.submit("bob")
    watcher = watching()
    seen = "answered" if content is None else "refused"
    assert sorted(kinds(watcher)) == sorted([(seen, "ada"), ("answered", "bob")])
    assert kinds(watcher) == [] and points(tiny)["bob"] == 10
    assert exchange.pages("bob")


@pytest.mark.parametrize("keep", ["last", "best"])
def test_a_second_hand_in_of_the_same_time_is_told(tiny, exchange, watching, here, keep):
    """The course's stamps have no parts of a second, or a clock stood still."""
    first = named(exchange.submit("ada", double=SQUARES), STAMP, "a")
    watcher = watching(keep=keep)
    assert kinds(watcher) == [("answered", "ada")]
    second = named(exchange.submit("ada"), STAMP, "b")
    [event] = watcher.step()
    assert (event.kind, event.student) == ("warning", "ada")
    assert f"{second.name} was not graded: it came after {first.name} was answered" in event.text
    assert kinds(watcher) == kinds(watching(keep=keep)) == []


def test_hand_ins_of_the_same_time_that_lay_there_together_are_left_alone(exchange, watching, here):
    named(exchange.submit("ada"), STAMP, "a")
    named(exchange.submit("ada"), STAMP, "b")
    watcher = watching()
    assert kinds(watcher) == [("answered", "ada")]
    assert kinds(watcher) == kinds(watching()) == []
