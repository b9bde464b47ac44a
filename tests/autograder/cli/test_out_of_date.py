"""The class report says whose grades are not those of today; a restored gradebook is no secret."""

import shutil
from dataclasses import replace

import pytest
from graded_again import grade, gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch import pool
from autograder.cli.out_of_date import out_of_date, passed_over
from autograder.course import Course
from autograder.watch.ledger import Ledger, LedgerEntry


@pytest.fixture
def root(tiny, submit):
    for student in ("ada", "bob"):
        submit(student)
    _, _, failures = grade(tiny.root)
    assert failures == []
    yield tiny.root
    pool.close_graders()


def told(root):
    config = Config()
    directory = CourseDirectory(root=str(root), config=config)
    return out_of_date(directory, config, Course.load(root), "tiny")


COMMAND = "not everybody's grade is up to date: run `autograder grade tiny`"


@pytest.mark.slow
def test_a_gradebook_of_before_is_named_until_it_is_graded_again(root, submit):
    assert told(root) == []
    shutil.copy(root / "gradebook.db", root / "backup.db")
    submit("bob", double="def double(x):\n    return x * x")
    assert told(root) == [COMMAND, "not up to date: the submitted tiny.ipynb changed: bob"]
    grade(root)
    assert told(root) == []
    shutil.copy(root / "backup.db", root / "gradebook.db")
    first, *changes = told(root)
    assert first == COMMAND and all(line.endswith(": bob") for line in changes) and changes
    grade(root)
    assert told(root) == []


def test_who_is_not_graded_yet_and_who_is_gone_from_the_gradebook_is_named(root, submit):
    submit("cy")
    with gradebook(root) as book:
        book.remove_student("ada")
    assert sorted(told(root)) == sorted(
        [COMMAND, "not up to date: it is not graded yet: cy",
         "not up to date: the gradebook did not hold it: ada"]
    )  # fmt: skip


@pytest.mark.slow
def test_who_was_graded_in_a_kernel_is_graded(root, submit):
    submit("cy")
    shutil.copytree(root / "submitted/cy", root / "autograded/cy")
    assert told(root) == []


def test_without_submissions_nothing_is_said(root):
    shutil.rmtree(root / "submitted")
    assert told(root) == []


def test_a_hand_in_that_a_watcher_passed_over_is_named_until_a_later_one_is_answered(tiny):
    ledger = Ledger(tiny.root / ".autograder" / "watch" / "tiny")
    first = LedgerEntry("ada+tiny+2026-01-15", "2026-01-15T00:00:00", "points", 1.0)
    ledger.add("ada", first)
    assert passed_over(tiny, "tiny") == []
    why = "it came after a later hand-in was answered (ada+tiny+2026-01-15)"
    day = "2026-01-14T00:00:00"
    ledger.add("ada", LedgerEntry("ada+tiny+2026-01-14", day, "overtaken", 2.0, why=why))
    ledger.add("ada", replace(first, shown="everything"))  # more was shown of the first
    [line] = passed_over(tiny, "tiny")
    assert line.startswith("ada+tiny+2026-01-14 was not graded: it came after ada+tiny+2026-01-15")
    ledger.add("ada", LedgerEntry("ada+tiny+2026-01-16", "2026-01-16T00:00:00", "points", 3.0))
    assert passed_over(tiny, "tiny") == []
