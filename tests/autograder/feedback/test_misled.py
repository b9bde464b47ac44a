"""A hint that misled: a mail that names it, from beside it, or a line to copy; no server."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from autograder.feedback.feedback_page import feedback_page
from autograder.feedback.grades import Points, ShownGrades
from autograder.gradebook.cards import exercise_cards
from autograder.model import Check, Exercise, Verdict

HINT = "Divide by `m` & mind <b>."


def page(contact="", language="en"):
    checks = (
        Check(
            "t[1]", "Any `size` (1)", "f", Verdict.WRONG, hint=HINT, message="is twice too large"
        ),
        Check("u", "One column", "f", Verdict.WRONG, hint=HINT),
        Check("v", "Shape", "f", Verdict.PASSED),
    )
    cards = exercise_cards(Exercise("f", 4.0, checks), 1.0, 4.0, language)
    output = {"output_type": "execute_result", "data": {"text/html": cards}, "metadata": {}}
    meta = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "test_f"}}
    cell = {"cell_type": "code", "metadata": meta, "source": "", "outputs": [output]}
    grades = ShownGrades({"test_f": Points(1.0, 4.0)})
    return feedback_page(
        {"cells": [cell]}, grades, assignment="ps1", notebook="ps1", contact=contact,
        language=language,
    )  # fmt: skip


def mails(text):
    return [unescape(link) for link in re.findall(r'href="(mailto:[^"]*)"', text)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_mail_names_assignment_checks_and_hint_and_stands_beside_the_hint(language):
    text = page("ada@example.org", language)
    [mail] = mails(text)
    asked = urlsplit(mail)
    filled = parse_qs(asked.query)
    assert asked.path == "ada@example.org"
    assert "ps1" in filled["subject"][0] and "f" in filled["subject"][0]
    [body] = filled["body"]
    assert "Divide by m & mind <b>." in body and "One column" in body and "Any size" in body
    assert "Shape" not in body and "twice too large" not in body
    assert text.index("autograder-hint") < text.index("mailto:") < text.index("<details")
    assert "# misled" not in text


def test_an_address_or_a_hint_cannot_add_to_the_mail():
    [mail] = mails(page('ada@example.org?bcc=eve@x"><script>'))
    assert set(parse_qs(urlsplit(mail).query)) == {"subject", "body"}
    assert "<script" not in page('ada@example.org"><script>')


def test_without_an_address_there_is_a_line_to_copy():
    text = page()
    assert mails(text) == [] and text.count("<code># misled</code>") == 1
