"""Hints are rationed: what is shown of a hand-in, and what its page says about the rest."""

import pytest

from autograder.watch.ledger import Ledger, LedgerEntry
from autograder.watch.rationing import ration
from autograder.watch.rules import Rules

NOW = 1000.0


def answered(*hinted, shown="everything"):
    return [LedgerEntry(f"h{i}", "", shown, at or 0.0, hinted=at) for i, at in enumerate(hinted)]


def look(rules, before, now=NOW, due=None):
    found = ration(rules, before, now, due, lambda text: text, lambda moment: f"<{moment:g}>")
    return found.shown, found.again, found.notice


def test_the_first_hand_in_is_answered_with_everything():
    shown, again, notice = look(Rules(attempts=3, cooldown=600), [])
    assert (shown, again) == ("everything", None)
    assert notice == (
        "You may hand in again at any time. The next hints: from <1600> on. "
        "Hand-ins with hints that are left: 2."
    )


@pytest.mark.parametrize(("now", "shown"), [(NOW + 59, "points"), (NOW + 60, "everything")])
def test_a_cooldown_begins_with_the_last_hints(now, shown):
    assert look(Rules(cooldown=60), answered(100.0, NOW), now)[0] == shown


def test_who_waits_for_a_cooldown_is_told_how_long():
    shown, again, notice = look(Rules(cooldown=60), answered(NOW - 10))
    assert (shown, again) == ("points", NOW + 50)
    assert "from <1050> on" in notice


def test_hints_end_after_so_many_attempts_and_points_go_on():
    rules = Rules(attempts=2, cooldown=0)
    assert look(rules, answered(1.0))[::2] == (
        "everything", "These were your last hints. Further hand-ins show points only.",
    )  # fmt: skip
    assert look(rules, answered(1.0, 2.0))[:2] == ("points", None)
    assert look(Rules(attempts=0, cooldown=0), answered(*range(1, 99)))[0] == "everything"


def test_a_hand_in_without_hints_uses_no_attempt():
    before = [*answered(1.0), *answered(None, None, shown="points")]
    assert look(Rules(attempts=2, cooldown=0), before)[0] == "everything"


def test_hints_on_every_third_hand_in():
    rules = Rules(every=3, cooldown=0)
    shown = [look(rules, answered(*[1.0] * n))[0] for n in range(7)]
    assert shown == ["everything", "points", "points"] * 2 + ["everything"]
    assert "hand in 2 more" in look(rules, answered(1.0))[2]


def test_what_was_refused_or_recorded_before_is_no_attempt():
    before = [*answered(None, shown="refused"), *answered(None, shown="before")]
    assert look(Rules(every=3, cooldown=0), before)[0] == "everything"


@pytest.mark.parametrize(
    ("due", "expected"),
    [(NOW + 1, ("receipt", NOW + 1)), (NOW, ("everything", None)), (None, ("receipt", NOW + 600))],
)
def test_points_that_wait_for_the_due_date(due, expected):
    assert look(Rules(points="after_due"), [], due=due)[:2] == expected


def test_a_ledger_holds_one_answer_per_hand_in(tmp_path):
    ledger = Ledger(tmp_path / "tiny")
    ledger.add("ada", LedgerEntry("first", "2026-01-01T00:00:00", "points", NOW, again=NOW + 1))
    ledger.add("ada", LedgerEntry("second", "", "points", NOW))
    ledger.add("ada", LedgerEntry("first", "2026-01-01T00:00:00", "everything", NOW, hinted=NOW))
    found = Ledger(tmp_path / "tiny").of("ada")
    assert [(a.hand_in, a.shown) for a in found] == [("second", "points"), ("first", "everything")]
    assert list(ledger.students()) == ["ada"]


def test_a_ledger_knows_names_that_are_longer_than_a_files(tmp_path):
    ledger, name = Ledger(tmp_path / "tiny"), "李" * 80
    for student in ("ada", name):
        ledger.add(student, LedgerEntry(f"{student}+tiny+2026-01-01 00:00:00", "", "points", NOW))
    assert sorted(Ledger(tmp_path / "tiny").students()) == ["ada", name]


def test_a_ledger_that_a_disk_has_damaged_stops_nobody(tmp_path):
    (tmp_path / "ada.json").write_text('[{"hand_in"')
    assert Ledger(tmp_path).of("ada") == ()
