"""Versions of a function become the text of a solution cell, with what they need of their file."""

from types import SimpleNamespace

import pytest

from autograder.graders.misconceptions import alternatives

FILE = '''
"""Right answers."""
import re
import unused
import collections.abc
from functools import lru_cache
from autograder.graders import alternative

WORD = re.compile(SMALL := r"[a-z]+")

@lru_cache
def lower(text):
    return text.lower()

def letters(text):
    """Stands for the notebook's own."""

@alternative("words")
def of_letters(text):
    return ["".join(letters(word)) for word in lower(text).split()]

@alternative("words")
def with_a_pattern(text):
    re = WORD  # a name of its own
    return [word for word in re.findall(lower(text))]

@alternative("words")
def by_spaces(text):
    assert isinstance(text, collections.abc.Sized)
    return text.lower().split()
'''


@pytest.fixture
def versions(tmp_path):
    unused = tmp_path / "source"
    unused.mkdir()
    (unused / "unused.py").write_text("")
    (tmp_path / "alternatives.py").write_text(FILE)
    course = SimpleNamespace(
        tests=lambda _: tmp_path, source=lambda _: unused, release=lambda _: unused
    )
    return {v.name: v.source("def words(text):\n    ...\n") for v in alternatives(course, "ps1")}


def test_a_version_takes_along_what_it_uses_of_its_file(versions):
    text = versions["with_a_pattern"]
    space = {}
    exec(text, space)
    assert space["words"]("A b") == ["a", "b"]
    assert "unused" not in text and "alternative" not in text and "collections" not in text


def test_a_module_inside_a_package_is_imported_under_the_name_that_it_binds(versions):
    text = versions["by_spaces"]
    assert text.startswith("import collections.abc\ndef words(text):\n")


def test_a_function_that_does_nothing_stands_for_the_notebook_s_own(versions):
    """It had replaced it, and right answers to `gradient_checking` were refused."""
    space = {"letters": list}
    exec(versions["of_letters"], space)
    assert space["words"]("A b") == ["a", "b"]
