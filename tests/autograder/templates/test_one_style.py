"""One frame and one style sheet for all pages of the project."""

import re
from pathlib import Path

import pytest

import autograder

TEMPLATES = Path(autograder.__file__).parent / "templates"
PAGES = sorted(p.name for p in TEMPLATES.glob("*.j2") if p.stem not in ("base.html", "macros.html"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_in_the_common_frame_and_has_no_style_of_its_own(name):
    text = (TEMPLATES / name).read_text()
    assert text.startswith('{% extends "base.html.j2" %}')
    assert "<style" not in text and "@media" not in text


def test_every_colour_that_is_named_is_there_by_day_and_by_night():
    text = (TEMPLATES / "style.css").read_text()
    day, night = (set(re.findall(r"(--[a-z]+):", block)) for block in text.split("@media")[:2])
    used = set(re.findall(r"var\((--[a-z]+)\)", text))
    assert used <= day and day == night
