"""Why an answer is wrong, read in the notebook from a file that only that answer unlocks."""

import json
import subprocess
import sys

import numpy as np
import pytest

from autograder.handout.copies import handed_out
from autograder.handout.reasons import REASONS, digest, locked, place, reason, unlocked


def double(x, by=2):
    return x * x


@pytest.fixture
def folder(tmp_path):
    key = digest("double", [3.0, 2], 9.0)
    entry = {"section": "Doubling", "reasons": {place(key): locked("That is the square.\n", key)}}
    (tmp_path / REASONS).write_text(json.dumps({"double": entry}))
    return tmp_path


def test_a_known_wrong_answer_unlocks_its_reason_and_its_section(folder):
    assert reason(double, ((3.0,), {}), 9.0, folder) == ("That is the square.", "Doubling")
    assert reason(double, ((3,), {"by": 2}), np.float64(9.000000001), folder)[0]


@pytest.mark.parametrize("call, answer", [(((3.0,), {}), 8.0), (((4.0,), {}), 9.0), (None, None)])
def test_other_answers_and_other_questions_get_the_section_alone(folder, call, answer):
    assert reason(double, call, answer, folder) == ("", "Doubling")


def test_no_file_no_reason(tmp_path):
    assert reason(double, ((3.0,), {}), 9.0, tmp_path) == ("", "")


def test_the_sentence_cannot_be_read_in_the_file_nor_with_another_answer(folder):
    assert "square" not in (folder / REASONS).read_text()
    text = locked("That is the square.", "one key")
    assert unlocked(text, "one key") == "That is the square."
    with pytest.raises(UnicodeDecodeError):
        unlocked(text, "another key")


def test_lists_tuples_and_arrays_of_the_same_numbers_are_alike():
    same = {digest("f", [x], {"W": x}) for x in ([1, 2.0], (1.0, 2), np.array([1.0, 2.0]))}
    assert len(same) == 1
    assert digest("f", [[1.0, -0.0]], 0) == digest("f", [[1, 0]], 0.0)
    assert digest("f", [], np.zeros(200_000)) == digest("f", [], np.ones(200_000)) != ""


@pytest.mark.parametrize(
    "language, words",
    [("en", ["a likely reason: That is the square.", "read again: Doubling"]),
     ("zh", ["可能的原因：That is the square.", "再读一遍：Doubling"])],
)  # fmt: skip
def test_the_copy_beside_a_notebook_says_why_without_this_package(folder, language, words):
    (folder / "public_check.py").write_text(handed_out("public_check.py", language))
    (folder / "lesson.py").write_text(
        "from public_check import check\ndef double(x, by=2):\n    return x * x\n"
        "try:\n    check(double, 3.0, expected=6.0)\nexcept Exception as error:\n    print(error)\n"
    )
    command = [sys.executable, "-I", "-c", "import sys, runpy; sys.path.insert(0, '.');"
               "sys.modules['autograder'] = None; runpy.run_path('lesson.py')"]  # fmt: skip
    told = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", check=True,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
    ).stdout  # fmt: skip
    assert all(word in told for word in words)
