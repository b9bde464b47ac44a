"""What the release says of wrong answers to its examples: the reason of that answer, no other."""

import json

import numpy as np
import pytest

from autograder.authoring.release_reasons import reasons_of
from autograder.handout.reasons import REASONS, reason

CASES = [
    {"function": "double", "case": "three", "args": [3.0], "expected": 6.0},
    {"function": "double", "case": "two, which hides a square", "args": [2.0], "expected": 4.0},
    {"function": "norms", "case": "a matrix", "args": [{"array": [[3.0, 0.0], [4.0, 2.0]]}],
     "expected": [10.0, 4.0]},
]  # fmt: skip
MISCONCEPTIONS = """
import numpy as np
from autograder.graders import edited, misconception

edited("double", name="squares", hint="That is the square.", hint_zh="这是平方。",
       section="Doubling", replace=[("2 * x", "x * x")])
edited("double", name="adds", hint="Two is added.", replace=[("2 * x", "2 + x")])
edited("double", name="thrice", hint="Three times.", replace=[("2 * x", "3 * x")])
edited("double", name="also nine", hint="Nine, always.", replace=[("2 * x", "0 * x + 9.0")])
edited("double", name="manners", hint="Fine.", wrong=False, replace=[("2 * x", "5 * x")])
edited("double", name="breaks", hint="Breaks.", replace=[("2 * x", "x / None")])

@misconception("norms", hint="The rows, not the columns.")
def rows(x):
    y = double(x)
    return np.sqrt(np.sum(y * y, axis=1))
"""


def double(x):
    return x


def norms(x):
    return x


@pytest.fixture
def told(tiny, tmp_path):
    """Asks for the reason of an answer, as a notebook beside the file does."""
    tests = tiny.tests("tiny")
    (tests / "documented_cases.json").write_text(json.dumps(CASES))
    (tests / "misconceptions.py").write_text(MISCONCEPTIONS)
    folder = tmp_path / "release"
    folder.mkdir()

    def ask(function, argument, answer, language="en"):
        text = reasons_of(tiny, "tiny", language)
        (folder / REASONS).write_text(text, encoding="utf-8")
        return reason(function, ((argument,), {}), answer, folder)[0]

    return ask


def test_each_wrong_answer_has_the_reason_of_the_mistake_that_gives_it(told):
    assert told(double, 3.0, 5.0) == "Two is added."
    assert told(double, 2.0, 6.0) == "Three times."
    assert told(norms, np.array([[3.0, 0.0], [4.0, 2.0]]), np.sqrt([36.0, 80.0])) == (
        "The rows, not the columns."
    )


def test_an_answer_that_several_mistakes_give_has_none(told):
    """3 squared is 9, three times three is, and always nine is."""
    assert told(double, 3.0, 9.0) == ""


def test_right_answers_and_right_ones_with_wrong_manners_have_none(told):
    assert told(double, 3.0, 6.0) == ""
    assert told(double, 2.0, 4.0) == ""  # 2 squared, and 2 and 2
    assert told(double, 3.0, 15.0) == ""


def test_an_answer_has_its_reason_for_its_own_example_only(told):
    assert told(double, 4.0, 6.0) == ""
    assert told(double, 2.0, 5.0) == ""


def test_students_of_a_chinese_course_read_it_in_chinese(told, tiny):
    path = tiny.tests("tiny") / "misconceptions.py"
    text = path.read_text().replace('"3 * x"', '"4 * x"').replace('+ 9.0"', '+ 8.0"')
    path.write_text(text)
    assert told(double, 3.0, 9.0, "en") == "That is the square."
    assert told(double, 3.0, 9.0, "zh") == "这是平方。"


def test_the_file_holds_no_word_of_a_hint_and_no_function_without_an_example(told, tiny):
    text = reasons_of(tiny, "tiny", "en")
    assert set(json.loads(text)) == {"double", "norms"}
    assert not any(word in text for word in ("square", "added", "columns", "x * x"))
