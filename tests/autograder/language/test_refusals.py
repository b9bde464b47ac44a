"""Reasons of refusals, for readers who cannot look at the course's files."""

import os
from pathlib import Path

import pytest

from autograder.language.catalogue import words
from autograder.language.refusals import ANY, for_reader, in_own_words, known
from autograder.model import SubmissionError
from autograder.notebook.reading import read

RELEASED = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'


def refusal(path: Path, max_bytes: int = 1000) -> str:
    with pytest.raises(SubmissionError) as raised:
        read(path, max_bytes=max_bytes)
    return str(raised.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "no notebook, or a damaged one"),
        (b"", "no notebook, or a damaged one"),
        (b"[]", "no notebook, or a damaged one"),
        (b"\xff\xfe", "no notebook, or a damaged one"),
        (RELEASED.encode() + b" " * 1000, "too large"),
        (b'{"nbformat": 3}', ANY[:20]),
    ],
)
def test_what_the_reader_refuses_has_a_sentence_without_a_path(tmp_path, content, says):
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(content)
    reason = refusal(path)
    assert str(path) in reason
    told = for_reader(reason, words("en"))
    assert says in told
    assert str(tmp_path) not in told


def test_links_folders_and_missing_notebooks_have_sentences_of_their_own(tmp_path):
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "away")
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name in ("link", "pipe"):
        assert "is a link or no file" in known(refusal(tmp_path / f"{name}.ipynb"))
    assert "Keep the name" in known(refusal(tmp_path / "tiny.ipynb"))


def test_instructors_read_the_full_reason_in_english_and_a_sentence_in_chinese():
    reason = "/c/submitted/ada/tiny/tiny.ipynb: is not a notebook: invalid JSON (line 1). Take it"
    assert in_own_words(reason, words("en")) == reason
    assert "已经损坏" in in_own_words(reason, words("zh"))
    assert in_own_words("something new", words("zh")) == "something new"
