"""The class at a glance: right numbers, readable by anyone, for ten students and ten thousand."""

import csv
import json
import os
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from autograder.gradebook.points import StudentPoints
from autograder.gradebook.report_store import ReportStore
from autograder.model import Check, CourseError, Exercise, Key, Report, Verdict
from autograder.report.decisions import decisions, from_reports
from autograder.report.report_page import render, write_report
from autograder.report.statistics import gather

pytestmark = pytest.mark.family

HINT = "The `norms` of the rows, not of the columns."


def report(student, *, double="passed", norms="passed", hint=False, seconds=0.1, flags=()):
    def check(exercise, name, verdict, **more):
        return Check(f"test_{exercise}_{name}", f"Title of `{name}`", exercise, verdict, **more)

    first, second = Verdict(double), Verdict(norms)
    found = {"misconception": "rows_for_columns", "hint": HINT} if hint else {}
    exercises = (
        Exercise("double", 4, (check("double", "any", first),)),
        Exercise("norms", 6, (
            check("norms", "easy", Verdict.PASSED), check("norms", "hard", second, **found),
        )),
    )  # fmt: skip
    return Report("tiny", student, "tiny", exercises, tuple(flags), seconds={"cells": seconds})


A_CLASS = [
    report("ada"),
    report("bob", norms="wrong", hint=True, seconds=4.5),
    report("cyn", norms="wrong", hint=True, flags=["The text of “test_f” had been edited"]),
    report("dan", double="error", norms="wrong"),
    report("eve", double="timeout", norms="not_attempted"),
    report("fay", double="missing"),
    report("<b>gus</b>"),
    *(report(name) for name in ("hal", "ivy", "jon")),
]


class Page(HTMLParser):
    """What the page holds: words per element, attributes, and what it asks of the network."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.rows, self.in_cell = Counter(), [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.in_cell = False
            self.rows[-1][-1] = " ".join(self.rows[-1][-1].split())

    def handle_data(self, text):
        if self.in_cell:
            self.rows[-1][-1] += text

    def row(self, *first):
        """What stands behind some words in the first row that begins with them."""
        return next(row[len(first) :] for row in self.rows if row[: len(first)] == list(first))


@pytest.fixture(scope="module")
def shown():
    return render(gather("tiny", A_CLASS))


@pytest.mark.quick
def test_it_tells_points_success_and_trouble_of_each_exercise(shown):
    page = Page(shown)
    assert "10 graded, mean 7.6 of 10 points" in shown
    assert page.row("double", "4") == ["70%", "70%", "0", "dan, eve, fay"]
    assert page.row("norms", "6") == ["80%", "60%", "1", "nobody"]


def test_it_counts_what_went_wrong(shown):
    [header] = [row for row in Page(shown).rows if "timeout" in row[1:] and row[0] == "Exercise"]
    assert header == ["Exercise", "wrong", "error", "timeout", "missing", "not attempted"]
    tables = [row for row in Page(shown).rows if len(row) == len(header)]
    assert ["double", "0", "1", "1", "1", "0"] in tables


def test_it_names_who_misunderstood_what_and_the_hint_they_read(shown):
    [row] = [row for row in Page(shown).rows if row and row[0].startswith(HINT.replace("`", ""))]
    assert row == [HINT.replace("`", "") + "norms", "2", "", ""]
    assert "<code>norms</code> of the rows" in shown


def test_it_says_first_who_is_missing_at_risk_unexplained_and_to_look_at(shown):
    keys = re.findall(
        r"<li><b>(\d+)</b> (?:<a[^>]*>)?([^<]*)(?:</a>)?(?:<div>([^<]*)</div>)?", shown
    )
    assert [(int(n), " ".join(words.split()), names.strip()) for n, words, names in keys] == [
        (0, "have not handed in", ""),
        (2, "have less than 40% of the points", "dan, eve"),
        (2, "wrong answers that no hint explains (groups: 2)", ""),  # a timeout says why
        (1, "to look at", ""),
    ]
    assert Page(shown).row("double", "1", "error", "dan") == []
    assert shown.index("To discuss") < shown.index("<img")


@pytest.mark.quick
def test_chinese_sentences_follow_each_other_without_a_gap():
    timed_out = replace(report("ada", norms="wrong"), flags=("x",))
    text = render(gather("tiny", [timed_out]), language="zh")
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert re.findall(r"[。：；，！？] +(?:<[^/][^>]*>)*\w+", text) == []


@pytest.mark.quick
def test_answers_that_fail_alike_are_one_group():
    wrong = [replace(report(name, norms="wrong"), student=name) for name in ("a", "b", "c")]
    found = gather("tiny", [*wrong, report("d", norms="error")])
    groups = [(g.exercise, g.students) for g in found.unexplained.values()]
    assert groups == [("norms", ["a", "b", "c"]), ("norms", ["d"])]


def test_the_same_idea_in_two_exercises_is_one():
    def slip(exercise):
        check = Check("t", "T", exercise, Verdict.WRONG, misconception="squared", hint="Not twice.")
        return Exercise(exercise, 1, (check,))

    found = gather("tiny", [Report("tiny", "a", "tiny", (slip("f"), slip("g")))])
    [idea] = from_reports(found).ideas
    assert idea.exercises == ("f", "g") and idea.students == ("a",)


def test_ideas_of_one_hint_are_one_whatever_their_authors_called_them():
    def slip(exercise, name):
        check = Check("t", "T", exercise, Verdict.WRONG, misconception=name, hint="Not twice.")
        return Exercise(exercise, 1, (check,))

    one = Report("tiny", "a", "tiny", (slip("f", "squared"), slip("g", "twice")))
    other = Report("tiny", "b", "tiny", (slip("f", "twice"),))
    [idea] = from_reports(gather("tiny", [one, other])).ideas
    assert sorted(idea.exercises) == ["f", "g"] and sorted(idea.students) == ["a", "b"]


def test_points_by_hand_count_and_what_was_late_is_taken_off():
    by_hand = StudentPoints(4.0, 10.0, by_hand=5.0, most_by_hand=10.0, waits=1)
    late = StudentPoints(10.0, 10.0, most_by_hand=10.0, late_penalty=3.0)
    only_there = StudentPoints(by_hand=2.0, most_by_hand=20.0)
    found = gather("tiny", [report("dan", double="error", norms="wrong"), report("ada")],
                   {"dan": by_hand, "ada": late, "zoe": only_there})  # fmt: skip
    assert [(row.student, row.points, row.max_points) for row in found.rows] == [
        ("dan", 9.0, 20.0), ("ada", 7.0, 20.0), ("zoe", 2.0, 20.0),
    ]  # fmt: skip
    assert from_reports(found).at_risk == ("ada", "zoe")
    shown = render(found)
    assert "mean 6.0 of 20 points" in shown and "graded by hand: 1" in shown
    page = Page(shown)
    assert page.row("dan", "9") == ["5 + ?", "", "0", "3"]
    assert page.row("ada", "7") == ["0", "−3", "4", "6"]


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


def test_it_says_how_well_a_check_separates(shown):
    hard = Page(shown).row("Title of hard", "norms")
    assert hard[:2] == ["60%", "3 wrong, 1 not attempted"] and 0.5 < float(hard[2]) < 1
    assert Page(shown).row("Title of easy", "norms") == ["100%", "", "–"]


def test_it_names_the_slow_and_the_flagged(shown):
    assert Page(shown).row("bob", "4.50") == []
    assert "95 in 100 within 2.52 s" in " ".join(shown.split())
    assert Page(shown).row("The text of “test_f” had been edited") == ["cyn"]


def test_a_reader_without_eyes_gets_words_for_every_figure_and_cell(shown):
    page = Page(shown)
    pictures = [a["alt"] for tag, a in page.attributes if tag == "img"]
    assert len(pictures) == 2 and "median" not in pictures[0]
    assert "5 with 9 to 10" in pictures[0] and "norms: mean 80%, full marks 60%" in pictures[1]
    assert all(a.get("scope") in ("col", "row") for tag, a in page.attributes if tag == "th")
    assert page.tags["caption"] == page.tags["table"] and page.tags["h1"] == 1
    assert page.tags["main"] == 1 and ("html", {"lang": "en"}) in page.attributes


@pytest.mark.quick
def test_it_needs_nothing_beside_it_and_runs_nothing(shown):
    page = Page(shown)
    asked = [v for _, a in page.attributes for k, v in a.items() if k in ("src", "href", "srcset")]
    assert all(value.startswith(("data:image/png;base64,", "#")) for value in asked)
    assert not page.tags["script"] and not page.tags["link"] and "url(" not in shown
    assert "&lt;b&gt;gus" in shown and "<b>gus" not in shown


def test_figures_need_no_colour(shown):
    """The second kind of bar is hatched, so that it is told apart in grey too."""
    from autograder.report import figures

    drawn = []
    finish = figures._finished
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "_finished", lambda c, *a: drawn.append(c) or finish(c, *a))
        render(gather("tiny", A_CLASS))
    assert all(axes.get_xlabel() for canvas in drawn for axes in canvas.axes)
    bars = [p.get_hatch() for p in drawn[1].axes[0].patches]
    assert bars == [None, None, "//", "//"]


@pytest.mark.slow
def test_a_class_of_ten_thousand_is_one_page_of_half_a_megabyte():
    def many():
        for number in range(10_000):
            yield replace(A_CLASS[number % 10], student=f"s{number:05}")

    found = gather("tiny", many())
    text = render(found)
    assert len(text) < 600_000
    opened = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    assert len(opened) < 200_000, "names are folded away"
    assert [row[1] for row in Page(text).rows if row[0].startswith("The norms")] == ["2000"]
    assert "1000 students" in text and "The other 9500 are in tiny.csv." in text


def test_points_of_a_report_are_added_up_once(monkeypatch):
    asked = Counter()
    points = Exercise.points.fget
    monkeypatch.setattr(
        Exercise, "points", property(lambda self: asked.update([self.name]) or points(self))
    )
    gather("tiny", A_CLASS)
    assert max(asked.values()) <= 2 * len(A_CLASS), "not once for every check"


def table(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_the_same_numbers_lie_beside_it_as_csv(tiny):
    for one in A_CLASS:
        name = re.sub(r"<.*?>", "", one.student)
        ReportStore(tiny, "tiny").keep(replace(one, student=name), Key({}, {}, {}, {}), {})
    page, students, checks, misconceptions = write_report(tiny, "tiny", tiny.root / "reports")
    assert page.name == "tiny.html" and page.parent == students.parent
    bob = next(row for row in table(students) if row["student"] == "bob")
    numbers = [float(bob[title]) for title in ("points", "double", "norms", "seconds")]
    assert numbers == [7.0, 4.0, 3.0, 4.5]
    hard = next(row for row in table(checks) if row["check"] == "test_norms_hard")
    assert (hard["students"], hard["passed"], hard["wrong"], hard["not_attempted"]) == (
        "10", "6", "3", "1",
    )  # fmt: skip
    assert 0.5 < float(hard["discrimination"]) < 1
    assert table(misconceptions) == [
        {"exercise": "norms", "misconception": "rows_for_columns", "students": "2", "hint": HINT,
         "who": "bob, cyn"}
    ]  # fmt: skip


@pytest.mark.quick
def test_nothing_graded_yet_is_said(tiny):
    with pytest.raises(CourseError, match="run `autograder grade tiny`"):
        write_report(tiny, "tiny", tiny.root / "reports")


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
