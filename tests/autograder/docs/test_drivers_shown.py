"""What the guide for authors shows of drivers stands in the course that `verify` proves."""

import re
from pathlib import Path

from kinds_course import GRADERS, SOLUTIONS

ROOT = Path(__file__).parents[3]
SECTION = "### Classes, frames, figures, files: drivers"


def section():
    text = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    return text.partition(SECTION)[2].partition("\n### ")[0]


def test_every_driver_of_the_table_is_one_that_is_proven():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", section(), re.MULTILINE)[1:]
    assert len(rows) >= 12
    for kind, example in rows:
        shown = re.findall(r"`([^`]+)`", example)
        assert shown and [code for code in shown if code not in GRADERS] == [], kind


def test_every_exercise_of_the_course_is_in_the_guide():
    assert [name for name in SOLUTIONS if name not in section()] == []


def test_the_driver_that_is_shown_whole_is_one_of_them():
    [code] = re.findall(r"^```python\n(.*?)^```", section(), re.MULTILINE | re.DOTALL)
    assert code.partition("\n\n\n")[0] in GRADERS
