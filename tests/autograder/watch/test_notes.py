"""Pages without a notebook reach who handed in, and nobody else."""

import os
from types import SimpleNamespace

import pytest

from autograder.watch.notes import Notes


class Exchange:
    """Takes notes; hand-ins belong to the user who runs the tests, who is ada."""

    def __init__(self, inbound):
        self.inbound = inbound
        self.notes = []

    def may_hand_in(self, user, student):
        return (user, student) == (os.getuid(), "ada")

    def release_note(self, *what):
        self.notes.append(what)


@pytest.fixture
def exchange(tmp_path):
    for student in ("ada", "bob"):
        folder = tmp_path / f"{student}+tiny+2026-01-01"
        folder.mkdir()
        (folder / "submission_secret.txt").write_text(f"secret of {student}")
        (folder / "tiny.ipynb").write_text("{")
    return Exchange(tmp_path)


def refuse(exchange, hand_in, reason="invalid JSON", language="en"):
    Notes(SimpleNamespace(language=language), "tiny", exchange).refused(hand_in, reason)
    return exchange.notes


def test_a_note_goes_under_the_names_of_what_was_handed_in(exchange):
    [(assignment, student, secret, notebooks, page)] = refuse(exchange, "ada+tiny+2026-01-01")
    assert (assignment, student, secret) == ("tiny", "ada", "secret of ada")
    assert list(notebooks) == ["tiny"]
    assert "tiny: not graded" in page


def test_a_note_speaks_the_language_of_the_course(exchange):
    [(*_, page)] = refuse(exchange, "ada+tiny+2026-01-01", language="zh")
    assert "未评分" in page
    assert "JupyterLab 也打不开" in page


def test_nothing_is_put_in_place_of_another_students_page(exchange):
    assert refuse(exchange, "bob+tiny+2026-01-01") == []
    own = exchange.inbound / "ada+tiny+2026-01-01"
    (own / "submission_secret.txt").unlink()
    (own / "submission_secret.txt").symlink_to("../bob+tiny+2026-01-01/submission_secret.txt")
    assert refuse(exchange, own.name) == []
    linked = exchange.inbound / "ada+tiny+2026-01-02"
    linked.symlink_to("bob+tiny+2026-01-01")
    assert refuse(exchange, linked.name) == []


def test_what_came_past_the_exchange_has_no_page(exchange):
    assert refuse(exchange, "ada+tiny+gone") == []
