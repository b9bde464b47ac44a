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
    places = [PACKAGE, PACKAGE / "sandbox"]
    assert [n for n in rows if not any((p / n).is_file() for p in places)] == []


def test_the_lines_of_each_part_of_the_wall_are_counted():
    text = section("What an auditor reads").partition("**What reads")[0]
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+`) \| ([\d,]+) \|$", text, re.MULTILINE)
    folder = PACKAGE / "sandbox"
    listed = []
    for cells, number in rows:
        files = [folder / name for name in re.findall(r"`([\w/]+\.py)`", cells)]
        lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
        most = int(number.replace(",", ""))
        assert 0.9 * most < lines <= most, f"{cells}: {lines}"
        listed += files
    rooms = ("inside", "warm", "questions")
    assert {f for f in listed if f.parent != folder} == {
        f for room in rooms for f in (folder / room).glob("*.py")
    }
    [said] = re.findall(r"So at most ([\d,]+) lines of `inside/`", text)
    inside = sum(len(f.read_text().splitlines()) for f in (folder / "inside").glob("*.py"))
    assert 0.9 * int(said.replace(",", "")) < inside <= int(said.replace(",", ""))
