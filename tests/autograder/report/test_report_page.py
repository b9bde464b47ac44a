"""The class at a glance: right numbers, readable by anyone, for ten students and ten thousand."""

import re
from dataclasses import replace

import pytest
from reported_class import A_CLASS, HINT, Page, report

from autograder.model import Check, CourseError, Exercise, Report, Verdict
from autograder.report.report_page import render, write_report
from autograder.report.statistics import gather

pytestmark = pytest.mark.family


@pytest.mark.quick
def test_it_tells_points_success_and_trouble_of_each_exercise(shown):
    page = Page(shown)
    assert "10 graded, mean 7.6 of 10 points" in shown
    assert page.row("double", "4") == ["70%", "70%", "0", "dan, eve, fay"]
    assert page.row("norms", "6") == ["80%", "60%", "1", "nobody"]


@pytest.mark.parametrize(("exercises", "upright"), [(4, False), (5, True)])
def test_the_names_of_many_exercises_stand_upright_so_that_none_is_cut(exercises, upright):
    check = Check("t", "title", "f", Verdict.PASSED)
    each = tuple(Exercise(f"a_long_name_{n}", 1.0, (check,)) for n in range(exercises))
    text = render(gather("a", [Report("a", "ada", "a", each)]))
    assert ('<div class="wide many"' in text) is upright
    assert ".many thead .n code { writing-mode: vertical-rl; }" in text


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
        (0, "not handed in yet", ""),
        (2, "with less than 40% of the points", "dan, eve"),
        (2, "wrong, and no hint explains why (groups: 2)", ""),  # a timeout says why
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


@pytest.mark.quick
def test_nothing_graded_yet_is_said(tiny):
    with pytest.raises(CourseError, match="run `autograder grade tiny`"):
        write_report(tiny, "tiny", tiny.root / "reports")


def test_a_draft_is_offered_only_for_an_exercise_with_hidden_graders():
    checks = (Check("t", "T", "f", Verdict.WRONG, message="NameError: name 'f' is not defined"),)
    found = gather("tiny", [Report("tiny", "ada", "tiny", (Exercise("f", 4, checks),))])
    assert "autograder draft tiny f ada" in render(found, hidden=["f"])
    assert "autograder draft" not in render(found)
