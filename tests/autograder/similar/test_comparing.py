"""Pairs that a person should look at: copies are found, honest right answers are not."""

import builtins
import csv
import json
import re

import pytest
from typed_commands import typed

from autograder.model import CourseError
from autograder.similar.comparing import compare
from autograder.similar.similar_page import page, pieces

pytestmark = pytest.mark.family

COPIED = """def norms(x):
    y = double(x)
    total = np.zeros(y.shape[1])
    for column in range(y.shape[1]):
        for row in range(y.shape[0]):
            total[column] += abs(y[row, column]) ** 2  # sum up the squares by hand
    n = np.power(total, 1 / 2)
    return n"""
RENAMED = re.sub(r"\btotal\b", "acc", COPIED).replace("column", "j").replace("row", "i")
RENAMED = RENAMED.replace("sum up the squares by hand", "mine")
OTHERS = [
    "def norms(x):\n    return np.linalg.norm(double(x), axis=0)",
    "def norms(x):\n    y = double(x)\n    n = np.sqrt(np.einsum('ij,ij->j', y, y))\n    return n",
    "def norms(x):\n    y = double(x)\n    return np.array([np.sqrt(v @ v) for v in y.T])",
    "def norms(x):\n    y = double(x)\n    n = (y**2).sum(axis=0) ** 0.5\n    return n",
]


@pytest.fixture
def a_class(submit):
    pytest.importorskip("copydetect", reason="pip install 'dl-autograder[similar]'")
    for number, text in enumerate(OTHERS):
        submit(f"honest{number}", norms=text)


def test_of_a_text_without_end_a_bounded_part_is_compared(tiny, submit, a_class):
    """A lexer takes the square of some texts: of this one half a minute for 200,000 characters."""
    submit("eve", norms="def norms(x):\n    return '" + "\\N{" * 100_000)
    found = compare(tiny, "tiny")
    assert len(found.texts["eve"]) <= 40_001 and not found.unreadable


def test_who_is_left_out_is_named_whatever_the_reason(tiny, submit, a_class):
    for student, name in (("carla", "tiny_carla.ipynb"), ("hugo", "tiny.zip")):
        folder = submit(student)
        (folder / "tiny.ipynb").rename(folder / name)
    carla, hugo = compare(tiny, "tiny").unreadable
    assert "carla" in carla and "but tiny_carla.ipynb" in carla
    assert "hugo" in hugo and "Unpack the archive" in hugo


def pairs(course, **how):
    return [pair.students for pair in compare(course, "tiny", **how).pairs]


@pytest.mark.quick
def test_a_copy_is_found_although_every_name_was_changed(tiny, submit, a_class):
    submit("eve", norms=COPIED)
    submit("mallory", norms=RENAMED)
    [pair] = compare(tiny, "tiny").pairs
    assert pair.students == ("eve", "mallory")
    assert pair.shares == (1.0, 1.0) and pair.alike > 100


def test_honest_right_answers_of_one_class_are_not_listed(tiny, a_class):
    assert pairs(tiny) == []


def test_untouched_stubs_are_not_alike(tiny, submit, a_class, built_course, filled):
    for name in ("eve", "mallory"):
        folder = submit(name)
        (folder / "tiny.ipynb").write_bytes(filled())
    assert pairs(tiny) == []


def test_the_lessons_own_solution_is_nobodys_copy(tiny, submit, a_class):
    solution = (
        "def norms(x):\n    y = double(x)\n    n = np.sqrt(np.sum(y * y, axis=0))\n    return n"
    )
    submit("eve", norms=solution)
    submit("mallory", norms=solution)
    assert pairs(tiny) == []


def test_what_much_of_the_class_wrote_is_commonplace(tiny, submit, a_class):
    for number in range(5):
        submit(f"same{number}", norms=COPIED)
    assert pairs(tiny) == []


def test_words_that_only_two_use_are_named(tiny, submit, a_class):
    submit("eve", norms=COPIED)
    submit("mallory", norms=COPIED)
    [pair] = compare(tiny, "tiny").pairs
    assert "sum up the squares by hand" in pair.words and "total" in pair.words
    assert "double" not in pair.words, "the stub's own"


@pytest.mark.quick
def test_an_unreadable_submission_is_left_out_and_named(tiny, submit, a_class):
    (submit("eve") / "tiny.ipynb").write_bytes(b"{")
    found = compare(tiny, "tiny")
    assert "eve" not in found.texts
    [reason] = found.unreadable
    assert "JSON" in reason


def test_one_submission_has_nothing_to_be_compared_with(tiny, submit):
    pytest.importorskip("copydetect", reason="pip install 'dl-autograder[similar]'")
    submit("ada")
    with pytest.raises(CourseError, match="nothing to compare"):
        compare(tiny, "tiny")


def test_without_the_extra_the_command_says_what_to_install(tiny, submit, monkeypatch):
    submit("ada")
    real = builtins.__import__

    def refuse(name, *rest):
        if name.startswith("copydetect"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(CourseError, match=r"pip install 'dl-autograder\[similar\]'"):
        compare(tiny, "tiny")


def test_the_page_marks_what_is_alike_and_escapes_what_students_wrote(tiny, submit, a_class):
    text = COPIED.replace("# sum up the squares by hand", "# <script>alert(1)</script>")
    submit("eve", norms=text)
    submit("mallory", norms=text)
    shown = page(compare(tiny, "tiny"))
    assert "<script" not in shown and "&lt;script&gt;" in shown
    marks = re.findall(r"<mark>(.*?)</mark>", shown, re.DOTALL)
    assert marks and all("np.linalg" not in mark for mark in marks)
    assert any("range(y.shape[0])" in mark for mark in marks)


def test_pieces_make_up_the_whole_text():
    text = "abcdefghij"
    found = list(pieces(text, ((6, 8), (1, 4), (3, 5))))
    assert "".join(piece for _, piece in found) == text
    assert [piece for alike, piece in found if alike] == ["bcd", "e", "gh"]


@pytest.mark.slow
def test_the_command_prints_a_table_and_writes_csv_and_page(tiny, submit, a_class):
    submit("eve", norms=COPIED + "\n# \x1b[2J cleared")
    submit("mallory", norms=COPIED + "\n# \x1b[2J cleared")
    done = typed(tiny.root, "similar", "tiny", "--csv", "out/pairs.csv", "--html", "out/pairs.html")
    assert re.search(r"^eve +mallory +\d+ +100%/100%", done.stdout, re.MULTILINE)
    assert "no proof" in done.stdout and "\x1b" not in done.stdout
    with (tiny.root / "out/pairs.csv").open(newline="", encoding="utf-8-sig") as file:
        [row] = csv.DictReader(file)
    assert (row["first"], row["second"]) == ("eve", "mallory")
    assert "<summary>eve and mallory</summary>" in (tiny.root / "out/pairs.html").read_text()


def test_the_solution_cells_of_notebooks_without_exercises_are_compared(tiny):
    pytest.importorskip("copydetect", reason="pip install 'dl-autograder[similar]'")
    solution = {"grade": False, "solution": True, "grade_id": "s", "schema_version": 3}

    def put(folder, name, source):
        folder.mkdir(parents=True, exist_ok=True)
        cell = {"cell_type": "code", "metadata": {"nbgrader": solution}, "source": source,
                "outputs": [], "execution_count": None}  # fmt: skip
        nb = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (folder / name).write_text(json.dumps(nb), encoding="utf-8")

    rare = "def f(v):\n    total = sum(3 * k ** 2 - 7 for k in v if k % 5)\n    return total // 11"
    others = ["def f(v): return len(v)", "def f(v):\n    return [x for x in v][::-1]"]
    for folder in (tiny.source("old"), tiny.release("old")):
        put(folder, "a.ipynb", "def f(v): ...")
        put(folder, "b.ipynb", "y = 1")
    for number, text in enumerate([rare, rare, *others]):
        put(tiny.submitted("old", f"s{number}"), "a.ipynb", text)
    [pair] = compare(tiny, "old").pairs
    assert pair.students == ("s0", "s1")
