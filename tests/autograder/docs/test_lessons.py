"""docs/lessons.md names every exercise, section and figure of the lessons, and none besides.

Sections are set in italics, what code names in backticks.
"""

import json
import re
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.graders.misconceptions import misconceptions
from autograder.notebook.cells import exercises
from autograder.notebook.reading import read

ROOT = Path(__file__).parents[3]
LESSONS = sorted(path.stem for path in ROOT.glob("source/*/*.ipynb"))
PARTS = dict(
    part.split("\n", 1)
    for part in re.split(r"^## ", (ROOT / "docs/lessons.md").read_text(), flags=re.MULTILINE)[1:]
)
IN_ITALICS = re.compile(r"(?<![*`])\*([^*`]+)\*(?!\*)")


def rows(lesson: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading."""
    table = PARTS[lesson].split(f"| {heading} |", 1)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def cells_of(lesson: str) -> list[dict]:
    return json.loads((ROOT / f"source/{lesson}/{lesson}.ipynb").read_text())["cells"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_functions_of_the_course_of_before_find_what_its_notebooks_import(lesson):
    """Nearly every published `random_mini_batches` calls `math.floor`."""
    code = ["".join(c["source"]) for c in cells_of(lesson) if "imports" in c["id"]]
    lines = [line for text in code for line in text.splitlines()]
    assert {"import math", "import numpy as np"} <= set(lines)


def test_there_is_a_part_for_every_lesson():
    assert sorted(PARTS) == LESSONS


@pytest.mark.parametrize("lesson", LESSONS)
def test_exercises_have_their_points_and_a_lesson_has_100_in_halves(lesson):
    told = {}
    for names, points, _ in rows(lesson, "exercise"):
        told.update(zip(re.findall(r"`(\w+)`", names), map(float, points.split(",")), strict=True))
    notebook = read(ROOT / f"source/{lesson}/{lesson}.ipynb")
    assert told == {exercise.name: exercise.points for exercise in exercises(notebook)}
    assert sum(told.values()) == 100 and all(2 * points % 1 == 0 for points in told.values())


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_section_and_every_demo_is_named_and_none_that_is_not_there(lesson):
    cells = cells_of(lesson)
    prose = "\n".join("".join(c["source"]) for c in cells if "lang-en" in tags(c))
    title, *sections = re.findall(r"^#+ (.+)$", prose, flags=re.MULTILINE)
    demos = {c["id"] for c in cells if c["id"].startswith("demo")}
    table = [*rows(lesson, "topic"), *rows(lesson, "claim in circulation")]
    named = {name for row in table for text in row for name in IN_ITALICS.findall(text)}
    assert not {n for n in named if not any(s.startswith(n.rstrip(" …")) for s in sections)}
    known = {s for s in sections for name in named if s.startswith(name.rstrip(" …"))}
    assert set(sections) - known == {"What to keep"}, title
    told = {name for row in table for name in re.findall(r"`(demo[-_][\w-]+)`", row[-1] + row[1])}
    assert demos <= told


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_holds_a_claim_is_a_misconception_of_that_lesson(lesson):
    known = {version.name for version in misconceptions(Course.load(ROOT), lesson)}
    held = {
        n for row in rows(lesson, "claim in circulation") for n in re.findall(r"`(.*?)`", row[2])
    }
    assert held <= known


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_a_hunt_a_task_without_grade_a_prediction_a_figure_to_play_with_and_today(
    lesson,
):
    cells = cells_of(lesson)
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    prose = "\n".join("".join(c["source"]) for c in cells if "lang-en" in tags(c))
    assert any("given" in c["metadata"].get("autograder", {}) for c in cells)
    assert "## Not graded:" in prose and any(c["id"].startswith("own") for c in cells)
    asked = set(re.findall(r"my_prediction\(\s*\"([\w-]+)\"", code))
    assert asked and asked == set(re.findall(r"show_prediction\(\s*\"([\w-]+)\"", code))
    assert re.search(r"^play\(", code, flags=re.MULTILINE)
    today = prose.split("## Today", 1)[1].split("## ", 1)[0]
    assert "torch." in today
    links = prose.split("**Sources**", 1)[1]
    assert all("](https://" in line for line in links.splitlines() if line.startswith("- "))


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


@pytest.mark.parametrize("lesson", LESSONS)
def test_long_checks_and_drawings_are_folded_and_what_is_to_be_written_is_not(lesson):
    for cell in cells_of(lesson):
        if cell["cell_type"] == "code":
            lines, meta = len("".join(cell["source"]).splitlines()), cell["metadata"]
            graded = meta.get("nbgrader", {}).get("grade", False)
            long = lines > 8 if graded else "skip-execution" in tags(cell) and lines > 15
            folded = meta.get("jupyter", {}).get("source_hidden", False)
            assert folded == (long or cell["id"] == "imports"), cell["id"]


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize(("tag", "mark"), [("lang-en", "**Exercise.**"), ("lang-zh", "**练习。**")])
def test_every_exercise_says_what_to_write_in_both_languages(lesson, tag, mark):
    told = 0
    for cell in cells_of(lesson):
        if tag in tags(cell):
            told += "".join(cell["source"]).count(mark)
        elif "START CODE HERE" in "".join(cell["source"]) and cell["cell_type"] == "code":
            assert told == 1, cell["id"]
            told = 0
    assert told == 0
