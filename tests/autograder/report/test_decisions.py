"""What a class report says first: who and what to look at."""

import json
import os
from dataclasses import replace

import pytest
from reported_class import Page, report

from autograder.gradebook.report_store import ReportStore
from autograder.model import Check, Exercise, Key, Report, Verdict
from autograder.report.decisions import decisions, from_reports
from autograder.report.report_page import render
from autograder.report.statistics import gather

pytestmark = pytest.mark.family


def test_the_same_idea_in_two_exercises_is_one():
    def slip(exercise):
        check = Check("t", "T", exercise, Verdict.WRONG, misconception="squared", hint="Not twice.")
        return Exercise(exercise, 1, (check,))

    found = gather("tiny", [Report("tiny", "a", "tiny", (slip("f"), slip("g")))])
    [idea] = from_reports(found).ideas
    assert idea.exercises == ("f", "g") and idea.students == ("a",)


def test_what_is_only_possible_is_no_idea_of_the_class():
    def ideas(hint):
        check = Check("t", "T", "f", Verdict.WRONG, misconception="squared", hint=hint)
        reports = [Report("tiny", "a", "tiny", (Exercise("f", 1, (check,)),))]
        return [idea.hint for idea in from_reports(gather("tiny", reports)).ideas]

    assert ideas("Not twice.") == ["Not twice."] and ideas("Possibly: Not twice.") == []


def test_ideas_of_one_hint_are_one_whatever_their_authors_called_them():
    def slip(exercise, name):
        check = Check("t", "T", exercise, Verdict.WRONG, misconception=name, hint="Not twice.")
        return Exercise(exercise, 1, (check,))

    one = Report("tiny", "a", "tiny", (slip("f", "squared"), slip("g", "twice")))
    other = Report("tiny", "b", "tiny", (slip("f", "twice"),))
    [idea] = from_reports(gather("tiny", [one, other])).ideas
    assert sorted(idea.exercises) == ["f", "g"] and sorted(idea.students) == ["a", "b"]


def test_what_could_not_be_graded_stands_there_with_its_reason(tiny, submit):
    for student in ("ada", "bob", "cyn", "dan"):
        submit(student)
    kept = ReportStore(tiny, "tiny")
    kept.refuse("bob", "is <no> notebook")
    kept.refuse("cyn", f"{tiny.submitted('tiny', 'cyn')}/tiny.ipynb: is <no> notebook")
    kept.refuse("dan", "tiny.ipynb: is <no> notebook")
    found = gather("tiny", [report("ada")])
    asked = decisions(tiny, found, {"ada", "eve"})
    assert asked.refused == {
        "tiny.ipynb: is <no> notebook": ["cyn", "dan"], "is <no> notebook": ["bob"],
    }  # fmt: skip
    assert asked.missing == ("eve",)
    shown = render(found, asked)
    assert "tiny: 4 of 5 handed in" in shown
    assert '<b>3</b> <a href="#refused">could not be graded</a>' in shown
    assert Page(shown).row("tiny.ipynb: is <no> notebook") == ["2", "cyn, dan"]


def test_passed_in_the_notebook_and_then_lost_is_named():
    checks = (
        Check("p", "P", "f", Verdict.PASSED, public=True),
        *(Check(n, n, "f", Verdict.WRONG) for n in "xyz"),
    )
    found = gather("tiny", [Report("tiny", "a", "tiny", (Exercise("f", 4, checks),))])
    assert found.deceived == {"f": ["a"]}


def test_hints_that_helped_are_counted_over_resubmissions(tiny):
    kept = ReportStore(tiny, "tiny")
    for student, second in (("ada", "passed"), ("bob", "wrong"), ("cyn", "passed")):
        for number, norms in enumerate(("wrong", second)):
            key = Key({"tiny.ipynb": f"{student}{number}"}, {}, {}, {})
            kept.forget(student)
            kept.keep(report(student, norms=norms, hint=norms == "wrong"), key, {})
        kept.forget(student)  # graded once more, the same submission: no resubmission
        kept.keep(report(student, norms=second, hint=second == "wrong"), key, {})
    asked = decisions(tiny, gather("tiny", kept.reports()))
    assert (asked.help.readers, asked.help.right) == (3, 2)
    assert asked.help.weakest == "rows_for_columns" and asked.help.weakest_of == (2, 3)


@pytest.mark.quick
def test_what_students_wrote_to_their_teacher_is_read(tiny, submit):
    folder = submit("ada", double="def double(x):  # misled\n    return x")
    path = folder / "tiny.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"].append({
        "cell_type": "code", "id": "guess", "metadata": {"tags": ["prediction"]}, "outputs": [],
        "execution_count": None, "source": "### YOUR PREDICTION ###\nmy_prediction('left', 0.25)",
    })  # fmt: skip
    path.write_text(json.dumps(notebook))
    asked = decisions(tiny, gather("tiny", [report("ada")]))
    assert asked.misled == (("ada", "double"),)
    assert {q: dict(c) for q, c in asked.predictions.items()} == {"left": {"0.25": 1}}
    less = replace(tiny, limits=replace(tiny.limits, notebook_bytes=path.stat().st_size - 1))
    asked = decisions(less, gather("tiny", [report("ada")]))
    assert not asked.predictions, "what is too large to be graded is too large here"


HOSTILE = {
    "a number of many digits": "my_prediction('left', 0x" + "f" * 9000 + ")",
    "brackets without end": "my_prediction(" + "(" * 9000 + ")",
    "no prediction": "my_prediction({}, [])  # misled",
    "very many": "\n".join(f"my_prediction('q{i}', {i})" for i in range(900)),
}


@pytest.mark.quick
def test_what_one_student_writes_to_the_teacher_stops_no_report(tiny, submit):
    path = submit("ada") / "tiny.ipynb"
    plain = json.loads(path.read_text())
    cell = {"cell_type": "code", "id": "own", "metadata": {"tags": ["prediction"]}, "outputs": [],
            "execution_count": None, "source": ""}  # fmt: skip
    found = gather("tiny", [report("ada")])
    for text in HOSTILE.values():
        path.write_text(json.dumps({**plain, "cells": [*plain["cells"], {**cell, "source": text}]}))
        assert sum(map(len, decisions(tiny, found).predictions.values())) <= 40


@pytest.mark.quick
@pytest.mark.parametrize(
    "cell",
    ['"misled"', '{"cell_type": "code", "source": 5}', '{"cell_type": "code", "metadata": null}',
     '{"cell_type": "code", "source": [1], "metadata": {"tags": 5, "nbgrader": "misled"}}',
     "[" * 100_000],
)  # fmt: skip
def test_a_later_hand_in_that_nobody_can_read_stops_no_report(tiny, submit, cell):
    """The row is of an earlier one, which was graded."""
    path = submit("ada") / "tiny.ipynb"
    path.write_text(f'{{"misled": 1, "nbformat": 4, "nbformat_minor": 5, "cells": [{cell}')
    found = gather("tiny", [report("ada")])
    assert decisions(tiny, found).misled == ()
    path.write_text(f'{path.read_text()}], "metadata": {{}}}}')
    assert decisions(tiny, found).misled == ()
    path.unlink()
    os.mkfifo(path)
    assert decisions(tiny, found).misled == ()


TWO_EDITS = """
from autograder.graders import edited

edited("norms", name="rows", hint="Rows.", replace=[
    ("y = double(x)", "y = 2 * x"), ("axis=0", "axis=1"),
])
edited("norms", name="not_doubled_twice", hint="Once.", replace=[
    ("y = double(x)", "y = 2 * x"),
])
edited("norms", name="sums", hint="Sums.", replace=[
    ("np.sqrt(np.sum(y * y, axis=0))", "np.sum(y * y, axis=0)"),
])
"""


def test_the_line_beside_an_idea_is_the_one_that_tells_it_from_other_mistakes(tiny):
    """Also where another function of the solution holds the same line rightly."""
    (tiny.tests("tiny") / "misconceptions.py").write_text(TWO_EDITS)
    names = ("rows", "not_doubled_twice", "sums")
    checks = [Check("c", "c", "norms", Verdict.WRONG, misconception=n, hint=n) for n in names]
    reports = [
        Report("tiny", check.misconception, "tiny", (Exercise("norms", 6, (check,)),))
        for check in checks
    ]
    asked = decisions(tiny, gather("tiny", reports))
    assert {idea.name: idea.line for idea in asked.ideas} == {
        "rows": "n = np.sqrt(np.sum(y * y, axis=1))",
        "not_doubled_twice": "y = 2 * x",
        "sums": "n = np.sum(y * y, axis=0)",
    }
