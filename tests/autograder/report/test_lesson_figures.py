"""The figure of a lesson's section, taken from the lesson as it was executed."""

import base64
import io
import json

import pytest
from PIL import Image

from autograder.model import Check, Exercise, Report, Verdict
from autograder.report.decisions import from_reports
from autograder.report.lesson_figures import WIDTH, section_figures
from autograder.report.report_page import render
from autograder.report.statistics import gather


def png(width=1000, height=500):
    file = io.BytesIO()
    Image.effect_noise((width, height), 90).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def markdown(text, *tags):
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": text}


def picture(data, alt):
    metadata = {"image/png": {"alt": alt}} if alt else {}
    output = {"output_type": "display_data", "data": {"image/png": data}, "metadata": metadata}
    return {"cell_type": "code", "metadata": {}, "source": "", "outputs": [output],
            "execution_count": None}  # fmt: skip


@pytest.fixture
def lesson(tiny):
    """Writes the executed lesson beside the solution."""

    def write(*cells):
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
            {**cell, "id": f"c{n}"} for n, cell in enumerate(cells)]}  # fmt: skip
        tiny.solution("tiny").with_suffix(".ipynb").write_text(json.dumps(notebook))
        return tiny

    return write


def test_a_section_has_its_first_figure_small_with_its_words(lesson):
    course = lesson(
        markdown("# Title\n\n## Norms"), picture(png(), ""), markdown("### Below\n\ntext"),
        picture(png(), "Rows and columns."), picture(png(), "Later."), markdown("## Other"),
    )  # fmt: skip
    found = section_figures(course, "tiny", {"Norms", "Other", "Elsewhere"})
    assert set(found) == {"Norms"} and found["Norms"].alt == "Rows and columns."
    with Image.open(io.BytesIO(base64.b64decode(found["Norms"].png))) as small:
        assert small.size == (WIDTH, WIDTH // 2)


def test_a_figure_belongs_to_the_innermost_section_that_any_hint_names(lesson):
    course = lesson(
        markdown("## Norms"), markdown("### Trap"), picture(png(), "The trap."),
        markdown("### Text"), picture(png(), "Rows."),
    )  # fmt: skip
    (course.tests("tiny") / "misconceptions.py").write_text(
        "from autograder.graders import misconception\n"
        '@misconception("norms", hint="The trap.", section="Trap")\n'
        "def trapped(x):\n    return x\n"
    )
    assert section_figures(course, "tiny", {"Norms"})["Norms"].alt == "Rows."


def test_a_section_is_found_by_its_chinese_heading(lesson):
    course = lesson(
        markdown("## Norms", "lang-en"), markdown("## 范数", "lang-zh"), picture(png(), "Rows.")
    )
    assert set(section_figures(course, "tiny", {"范数"})) == {"范数"}
    assert set(section_figures(course, "tiny", {"Norms"})) == {"Norms"}


def test_what_is_no_picture_is_left_out_and_so_is_what_is_no_lesson(lesson):
    course = lesson(markdown("## Norms"), picture("bm90aGluZw==", "Nothing."))
    assert section_figures(course, "tiny", {"Norms"}) == {}
    course.solution("tiny").with_suffix(".ipynb").write_text("{")
    assert section_figures(course, "tiny", {"Norms"}) == {}


def test_two_ideas_of_a_section_show_its_figure_once(lesson):
    course = lesson(markdown("## Norms"), picture(png(), "Rows and <b>."))
    shown = section_figures(course, "tiny", {"Norms"})
    checks = tuple(
        Check(name, name, "f", Verdict.WRONG, misconception=name, hint=name, section="Norms")
        for name in ("rows", "squares")
    )
    found = gather("tiny", [Report("tiny", "ada", "tiny", (Exercise("f", 1, checks),))])
    assert len(from_reports(found).ideas) == 2
    text = render(found, lesson=shown)
    assert text.count(shown["Norms"].png) == 1 and 'alt="Rows and &lt;b&gt;."' in text
