"""What is handed out is said once: the release, graded sessions and fingerprints agree."""

import json
from pathlib import Path

import lesson_course as make
import pytest

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.fingerprint import fingerprint
from autograder.grading.grader import Grader
from autograder.grading.hand_outs import (
    files_beside_notebooks,
    hand_outs,
    imports_of,
    imports_of_author,
)
from autograder.notebook.reading import read

pytestmark = pytest.mark.family

BESIDE = {
    "tools/__init__.py": "from tools.numbers import TWO\n",
    "tools/numbers.py": "import colorsys\nTWO = 2\n",
    "tools/data/__seed__.txt": "2",
    ".hidden.txt": "2",
    "__seed__.txt": "2",
    ".ipynb_checkpoints/old.txt": "2",
    "__pycache__/old.pyc": "2",
    "notes~": "2",
    "secret.mat": "2",
}
LINKED = "linked.csv"
NEVER = {".ipynb_checkpoints/old.txt", "__pycache__/old.pyc", "notes~", "secret.mat"}
READS_ALL = """
import tools
def read(name):
    with open(name) as file:
        return int(file.read())
def double(x):
    numbers = [tools.TWO, read("tools/data/__seed__.txt"), read(".hidden.txt"),
               read("__seed__.txt"), read("linked.csv")]
    return x * sum(numbers) / 5
"""


def write_beside(course: Course) -> None:
    folder = course.source("tiny")
    for name, text in BESIDE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    table = course.root / "table.csv"
    table.write_text("2")
    (folder / LINKED).symlink_to(table)


@pytest.fixture
def with_files(tiny) -> Course:
    write_beside(tiny)
    build(tiny.root)
    return Course.load(tiny.root)


def test_hand_outs_are_what_nbgrader_releases(with_files):
    folder = with_files.release("tiny")
    released = {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()}
    assert hand_outs(with_files, "tiny").keys() == released - {Path("tiny.ipynb")}
    expected = {*map(Path, BESIDE), Path(LINKED)} - set(map(Path, NEVER))
    assert expected <= released
    assert not released & set(map(Path, NEVER))


@pytest.mark.quick
def test_a_course_says_itself_what_stays_behind(tiny):
    config = tiny.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.CourseDirectory.ignore.append('*.key')\n")
    (tiny.source("tiny") / "answers.key").write_text("42")
    (tiny.source("tiny") / "data.csv").write_text("1")
    course = Course.load(tiny.root)
    names = {place.name for place in hand_outs(course, "tiny")}
    assert "data.csv" in names and "answers.key" not in names


def test_everything_that_is_released_reaches_a_graded_session(with_files, filled, right):
    with Grader(with_files, "tiny") as grader:
        report = grader.grade(filled(**right | {"double": READS_ALL}), "ada").report
        assert report.points == 10, report
        assert grader.sandbox.notes == []


def test_a_helper_package_is_warm_with_what_it_imports(with_files):
    notebook = read(with_files.release_notebook("tiny"))
    imported = imports_of(notebook, hand_outs(with_files, "tiny"))
    assert "colorsys" in imported
    assert not any(name.startswith("tools") for name in imported)


def test_a_course_that_locks_no_cell_is_warm_with_what_its_notebook_imports(tmp_path):
    """But for what only the solution imports, which a student would find half imported, and for
    what may read a setting of the environment that a cell before makes."""
    cells = [
        make.code("a", "import calendar", {}),
        make.code("b", "import fractions", {"solution": True}),
        make.code("c", "import os\nos.environ['BACKEND'] = 'plain'", {}),
        make.code("d", "import colorsys", {}),
    ]
    path = tmp_path / "tiny.ipynb"
    path.write_text(json.dumps(make.notebook(*cells)))
    assert imports_of_author(read(path), {}) == ["calendar"]
    assert imports_of(read(path), {}) == []


@pytest.mark.parametrize("name", ["tools/__init__.py", ".hidden.txt", "__seed__.txt", LINKED])
def test_every_hand_out_is_in_the_fingerprint(with_files, name):
    before = fingerprint(with_files, "tiny", ["double"])
    (with_files.source("tiny") / name).resolve().write_text("3")
    assert fingerprint(with_files, "tiny", ["double"]) != before


def test_the_authors_files_count_against_no_limit_of_the_students(tiny, filled, right):
    """Neither of their number, nor of their size."""
    folder = tiny.source("tiny") / "data"
    folder.mkdir()
    for i in range(300):
        (folder / f"{i}.csv").write_text("1")
    (folder / "large.bin").write_bytes(b"x" * (tiny.limits.file_bytes + 1))
    saves = "open('own.txt', 'w').write('x')\n" + right["double"]
    with Grader(tiny, "tiny") as grader:
        assert grader.grade(filled(**right | {"double": saves}), "ada").report.points == 10


@pytest.mark.quick
def test_a_link_to_a_folder_is_not_followed(tmp_path):
    (tmp_path / "lesson").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text("a")
    (tmp_path / "lesson" / "loop").symlink_to(tmp_path / "outside")
    assert list(files_beside_notebooks(tmp_path / "lesson", ())) == []
