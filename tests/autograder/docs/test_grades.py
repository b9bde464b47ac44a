"""Every test that docs/grades.md names is there, and every line of its tables names one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/grades.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def test_every_test_that_the_tables_name_is_there():
    named = NAMED.findall(TEXT)
    assert len(named) > 50
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (file := ROOT / "tests/autograder" / path).is_file()
        or not re.search(rf"^def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_every_line_of_the_tables_names_a_test():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "held by" not in line]
    assert len(rows) > 40
    assert [row for row in rows if not NAMED.search(row)] == []
