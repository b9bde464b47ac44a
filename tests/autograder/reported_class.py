"""A small class, reported."""

from collections import Counter
from html.parser import HTMLParser

import pytest

from autograder.model import Check, Exercise, Report, Verdict
from autograder.report.report_page import render
from autograder.report.statistics import gather

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
