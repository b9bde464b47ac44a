"""What is kept warm in a process that lives long follows every file that it was made of."""

import importlib
import os
import sys

import pytest

from autograder.grading import warm


class Thing:
    """In place of a grader: what a module of the graders said when it was made."""

    def __init__(self, course, assignment):
        self.says = importlib.import_module("common").A

    def close(self):
        pass


@pytest.fixture
def made(tiny, monkeypatch):
    """Makes, or finds, the warm grader of a course whose assignments share a module."""
    monkeypatch.setattr(warm, "tried_grader", Thing)
    monkeypatch.syspath_prepend(tiny.root / "tests")
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text("from common import A\n" + path.read_text())
    yield lambda: warm.warm_grader(tiny, "tiny")
    warm.cool_down_all()
    sys.modules.pop("common", None)


def write(path, text, moment):
    path.write_text(text)
    os.utime(path, ns=(moment, moment))


@pytest.mark.parametrize("place", ["tests/common.py", "tests/conftest.py"])
def test_a_file_that_several_assignments_share_makes_the_grader_anew(tiny, made, place):
    write(tiny.root / "tests/common.py", "A = 1\n", 10**18)
    first = made()
    assert first.says == 1 and made() is first
    write(tiny.root / place, "A = 1 + 1\n", 10**18 + 1)
    second = made()
    assert second is not first and made() is second
    assert second.says == (2 if place.endswith("common.py") else 1)


class Resource:
    def __init__(self):
        self.closed = False

    def close(self):
        self.closed = True


def test_what_is_kept_warm_is_few_and_the_same_while_its_files_are():
    first = warm.keep_warm("first", (), Resource)
    assert warm.keep_warm("first", (), Resource) is first
    others = [warm.keep_warm(n, (), Resource) for n in range(warm.MOST_WARM - 1)]
    assert warm.keep_warm("first", (), Resource) is first  # used last now
    warm.keep_warm("one more", (), Resource)
    assert others[0].closed and not first.closed
    assert warm.keep_warm("first", (("file", 2, 3),), Resource) is not first
    assert first.closed
