"""What docs/security.md names for an auditor is there: tests, and every file inside the wall."""

import re
from pathlib import Path

import autograder

ROOT = Path(__file__).parents[3]
PACKAGE = Path(autograder.__file__).parent
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def section(title):
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_test_that_the_table_of_attacks_names_is_there():
    named = re.findall(r"`([\w/]+\.py)`", section("From attack to layer to test"))
    assert len(named) > 25
    assert [name for name in named if not (ROOT / "tests/autograder" / name).is_file()] == []


def test_every_file_that_an_auditor_is_to_read_is_there():
    text = section("What an auditor reads")
    rows = re.findall(r"`([\w/]+\.py)`", text.partition("| file |")[2])
    places = [PACKAGE, PACKAGE / "sandbox", PACKAGE / "sandbox/inside"]
    assert [n for n in rows if not any((p / n).is_file() for p in places)] == []
    first = re.findall(r"`(\w+\.py)`", text.partition("**What reads")[0])
    places = [PACKAGE / "sandbox", PACKAGE / "sandbox/inside"]
    assert [n for n in first if not any((p / n).is_file() for p in places)] == []
