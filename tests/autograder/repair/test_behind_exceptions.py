"""Behind an exception nothing has run: that more may be wrong is said, if nothing disproves it."""

import ast
import json
from dataclasses import replace

import pytest

from autograder.grading.grader import Grader
from autograder.language.translation import ENGLISH
from autograder.model import Check, Exercise, Verdict
from autograder.repair.choosing import Repair, Slip
from autograder.repair.hints import Repairer, Searched
from autograder.repair.put_beside import with_no_further

MORE = " The function got no further than that: more may be wrong."


def hints(course, text, seconds=2.0, name="norms"):
    notebook = json.loads(course.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == name]
    cell["source"] = text
    with Grader(replace(course, repair_seconds=seconds), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    return {c.hint for c in report.exercise(name).checks if not c.passed}


AXIS = (
    "import numpy as np\n\ndef norms(x):\n    y = double(x)\n    z = np.sum(y * y, axis={axis})\n"
)


@pytest.mark.family
@pytest.mark.parametrize("seconds", [0.0, 0.5, 2.0])
def test_behind_an_exception_more_may_be_wrong(tiny, seconds):
    text = "def norms(x):\n    return [x] - [7 * x + 3]\n"
    said = (
        "Line 2: a list, a tuple or a text is calculated with here: only an array calculates with "
    )
    assert hints(tiny, text, seconds) == {said + "each of its entries." + MORE}


@pytest.mark.family
def test_where_one_edit_repairs_all_nothing_more_is_said_to_be_wrong(tiny):
    assert hints(tiny, AXIS.format(axis=2) + "    return np.sqrt(z)\n") == {
        "Line 5: look at the options of this call, such as `axis` and `keepdims`."
    }


@pytest.mark.family
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("def norms(x):\n    for k in range():\n        z = x - totl\n    return z * 7 + 3\n",
         " Line 3: `totl` is not known here: is it spelled like where it gets its value, and does "
         "it get one before this line?" + MORE),
        ("def norms(x):\n    for k in range():\n        z = k\n    return z * 7 + 3\n",
         " `x` is a parameter of this function, and the function never reads it." + MORE),
    ],
)  # fmt: skip
def test_what_is_wrong_at_sight_is_told_behind_an_exception(tiny, text, behind):
    said = "this call does not have the arguments that the function takes: look at how many, in "
    assert hints(tiny, text) == {f"Line 2: {said}which order, and at their names.{behind}"}


@pytest.mark.family
def test_the_line_of_a_students_own_helper_is_told_and_none_of_what_is_handed_out(tiny):
    own = "def root(z):\n    return z[5]\n\ndef norms(x):\n    return root(7 * x)\n"
    [told] = hints(tiny, own, 0.0)
    assert told.startswith("Line 5: an index is past the end.")
    assert " It happens in line 2 of `root`, which is called from here." in told
    given = own.replace("root", "double")
    [told] = hints(tiny, given, 0.0) - {""}
    assert told.startswith("Line 5: an index is past the end.") and "double" not in told


EDITED = """
edited("norms", name="third_axis", hint="A matrix has no third axis.",
       replace=[("axis=0", "axis=2")])
"""


@pytest.mark.family
@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_behind_a_known_mistake_that_ends_all_calls_more_may_be_wrong(tiny, seconds):
    """Where two slips are searched for it is proved that it is the only one: see two slips."""
    path = tiny.tests("tiny") / "misconceptions.py"
    path.write_text(path.read_text() + EDITED)
    text = AXIS.format(axis=2) + "    return np.sqrt(z)\n"
    assert hints(tiny, text, seconds) == {"A matrix has no third axis." + MORE}


@pytest.mark.family
@pytest.mark.parametrize(
    ("kind", "node", "more"),
    [
        ("donor", "z = ", " Line 5: this is not the expression that is asked for: compare it with "
         "the formula, letter by letter."),
        ("donor", "y = ", MORE),  # in another line than the exception: a way around it, perhaps
        ("missing", "z = ", MORE),
    ],
)  # fmt: skip
def test_another_expression_in_the_line_of_the_exception_is_all_that_is_wrong(
    tiny, monkeypatch, kind, node, more
):
    text = AXIS.format(axis=2) + "    return np.sqrt(z)\n"

    def found(_, exercise, own, live):
        places = [n for n, s in enumerate(own.bare.body) if own.text(s).startswith(node)]
        nodes = list(ast.walk(own.bare))
        [place] = [nodes.index(own.bare.body[n]) for n in places]
        return Searched(Repair((Slip(kind, (place,)),)))

    monkeypatch.setattr(Repairer, "_known_or_found", found)
    [told] = hints(tiny, text)
    assert told.startswith("Line 5: the array has no such axis") and told.endswith(
        f"0 and 1.{more}"
    )


def failing(*hints_told, verdict=Verdict.ERROR, misconception=""):
    checks = [
        Check(str(n), "", "f", verdict, hint=h, misconception=misconception)
        for n, h in enumerate(hints_told)
    ]
    return Exercise("f", 1.0, (Check("good", "", "f", Verdict.PASSED), *checks))


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (failing("a", "b", "a"), failing("a", "b", "a"), ["a" + MORE, "b", "a" + MORE]),
        (failing("a", ""), failing("a", "else"), ["a" + MORE, "else"]),
        (failing("a", ""), failing("a", "b Perhaps that is not all."),
         ["a", "b Perhaps that is not all."]),
        (failing("a"), failing("a and b"), ["a and b"]),
        (failing("Possibly: a"), failing("Possibly: a"), ["Possibly: a"]),
        (failing("a", verdict=Verdict.WRONG), failing("a", verdict=Verdict.WRONG), ["a"]),
        (failing("a", misconception="one"), failing("a", misconception="one"), ["a" + MORE]),
        (failing("a", misconception="one + two"), failing("a", misconception="one + two"), ["a"]),
    ],
)  # fmt: skip
def test_it_is_said_once_behind_words_on_an_exception_that_stand_alone(before, now, told):
    found = with_no_further(before, now, ENGLISH)
    assert [c.hint for c in found.checks] == ["", *told]
