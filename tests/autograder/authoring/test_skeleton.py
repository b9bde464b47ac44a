"""A new assignment: complete, fresh and proven from the first minute."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.authoring.build import build
from autograder.authoring.skeleton import new
from autograder.course import Course
from autograder.environment import put_scripts_on_path
from autograder.model import CourseError
from autograder.notebook.cells import exercises
from autograder.notebook.reading import read

pytestmark = pytest.mark.family

CONFIG = """\
from autograder.nbgrader_plugins import release_config
c = get_config()
release_config(c)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text(CONFIG)
    put_scripts_on_path()
    Gradebook(f"sqlite:///{root / 'gradebook.db'}").close()
    new(root, "first_steps")
    return root


def test_a_new_assignment_has_every_part_and_is_fresh(made: Path):
    course = Course.load(made)
    assert course.assignments() == ("first_steps",)
    parts = {path.name for path in course.tests("first_steps").iterdir()}
    assert parts >= {
        "test_first_steps.py", "misconceptions.py", "alternatives.py", "samples.py",
        "documented_cases.json",
    }  # fmt: skip
    assert build(made, check=True) == []
    assert course.release_notebook("first_steps").is_file()


def test_no_blank_of_the_template_is_left(made: Path):
    for path in made.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".ipynb", ".json"):
            assert "{{" not in path.read_text(encoding="utf-8"), path
    cells = read(made / "source/first_steps/first_steps.ipynb").cells
    assert cells[0].source.startswith("# First steps\n")


def test_its_notebook_says_everything_in_both_languages(made: Path):
    notebook = read(made / "source/first_steps/first_steps.ipynb")
    assert notebook.flags == ()
    assert [e.name for e in exercises(notebook)] == ["center_rows"]
    tags = [cell.tags[0] for cell in notebook.cells if cell.kind == "markdown"]
    assert tags == ["lang-en", "lang-zh"] * (len(tags) // 2)


@pytest.mark.slow
def test_its_graders_are_proven_at_once(made: Path):
    from autograder.verify.prove import prove

    (proof,) = prove(Course.load(made), ["first_steps"], workers=1)
    assert proof.holds, proof.problems


def test_nothing_that_is_there_is_overwritten(made: Path):
    with pytest.raises(CourseError, match="is there already: choose another name"):
        new(made, "first_steps")
    leftover = made / "release" / "second"
    leftover.mkdir()
    with pytest.raises(CourseError, match="is there already"):
        new(made, "second")
    assert not (made / "source" / "second").exists()
    shutil.rmtree(leftover)


def test_an_assignment_that_has_a_notebook_is_told_how_it_gets_hidden_checks(made: Path):
    folder = made / "source" / "third"
    folder.mkdir()
    (folder / "Third sheet.ipynb").write_text("{}")
    with pytest.raises(
        CourseError, match=f"{folder} has a notebook already: `autograder adopt third`"
    ):
        new(made, "third")
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["", "Batch", "a-b", "../x", "1st", "class", "a" * 80, "a.b"])
def test_a_name_that_python_or_the_disk_would_not_take_is_refused(made: Path, name: str):
    with pytest.raises(CourseError, match="cannot name an assignment"):
        new(made, name)
