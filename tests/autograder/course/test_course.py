"""One truth of where things lie: nbgrader's own format_path."""

import json
import os
import shutil
import sys

import pytest
from nbgrader.coursedir import CourseDirectory
from typed_commands import typed

from autograder.course import Course, forget_compiled
from autograder.course.folders import chosen

BY_ASSIGNMENT = "{nbgrader_step}/{assignment_id}/{student_id}"
STRUCTURES = (
    BY_ASSIGNMENT,
    "{nbgrader_step}/{student_id}/{assignment_id}",
    "all/{nbgrader_step}/of-{student_id}-here/{assignment_id}",
)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_course_finds_everything_where_nbgrader_puts_it(tmp_path, structure):
    course = Course(tmp_path, directory_structure=structure)
    nbgraders = CourseDirectory(root=str(tmp_path), directory_structure=structure)

    def place(step, student):
        return tmp_path / nbgraders.format_path(step, student, "ps1")

    assert course.source("ps1").resolve() == place("source", ".").resolve()
    assert course.release("ps1").resolve() == place("release", ".").resolve()
    assert course.submitted("ps1", "ada") == place("submitted", "ada")
    assert course.autograded("ps1", "ada") == place("autograded", "ada")
    assert course.feedback("ps1", "ada") == place("feedback", "ada")
    for student in ("ada", "李雷", ".ipynb_checkpoints"):
        place("submitted", student).mkdir(parents=True)
    assert course.students("submitted", "ps1") == ["ada", "李雷"]
    assert course.students("autograded", "ps1") == []
    course.source("ps1").mkdir(parents=True)
    course.source_notebook("ps1").write_text("{}")
    assert course.assignments() == ("ps1",)


def test_a_file_among_the_students_is_none_of_them(tmp_path):
    course = Course(tmp_path, directory_structure=BY_ASSIGNMENT)
    (tmp_path / "submitted/ps1/ada").mkdir(parents=True)
    (tmp_path / "submitted/ps1/readme.txt").write_text("")
    assert course.students("submitted", "ps1") == ["ada"]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems hold UTF-8 names only")
def test_a_name_that_is_not_utf_8_is_no_students_and_can_be_shown(tmp_path):
    course = Course(tmp_path)
    for name in (b"ada", b"J\xfcrg", "李雷".encode()):
        course.submitted("ps1", os.fsdecode(name)).mkdir(parents=True)
    assert course.students("submitted", "ps1") == ["ada", "李雷"]
    assert course.misnamed("submitted", "ps1") == [r"J\xfcrg"]


def autograder(root, *words):
    return typed(root, *words)


@pytest.mark.slow
def test_another_directory_structure_works_in_every_command(tiny, submit):
    pytest.importorskip("copydetect", reason="pip install 'dl-autograder[similar]'")
    submit("ada")
    submit("bob", norms="")
    config = tiny.root / "nbgrader_config.py"
    setting = f"c.CourseDirectory.directory_structure = {BY_ASSIGNMENT!r}\n"
    config.write_text(config.read_text() + setting)
    for student in ("ada", "bob"):
        place = tiny.root / "submitted/tiny" / student
        place.parent.mkdir(exist_ok=True)
        shutil.move(tiny.root / "submitted" / student / "tiny", place)
        (tiny.root / "submitted" / student).rmdir()
    said = autograder(tiny.root, "grade", "tiny", "--workers", "1")
    assert said.returncode == 0 and "graded 2 submissions" in said.stdout, said.stderr
    graded = json.loads((tiny.root / "autograded/tiny/ada/tiny.ipynb").read_text())
    assert graded["cells"]
    assert "2 unchanged" in autograder(tiny.root, "grade", "tiny").stdout
    said = autograder(tiny.root, "feedback", "tiny", "--student", "a*")
    assert "wrote 1 feedback page" in said.stdout, said.stderr
    assert (tiny.root / "feedback/tiny/ada/tiny.html").is_file()
    said = autograder(tiny.root, "report", "tiny")
    assert said.returncode == 0, said.stderr
    said = autograder(tiny.root, "similar", "tiny")
    assert "2 submissions of tiny" in said.stdout, said.stderr


def test_a_student_whose_name_is_a_pattern_is_chosen_alone():
    names = ["a1", "a[1]", "b"]
    assert chosen(names, "a[1]") == ["a[1]"]
    assert chosen(names, "a*") == ["a1", "a[1]"]
    assert chosen(["a1", "b"], "a[1]") == ["a1"]


def test_what_is_compiled_of_an_assignment_and_beside_it_is_forgotten(tmp_path):
    names = ("tests/ps1", "tests/ps1/tools", "tests", "tests/ps2")
    compiled = {name: tmp_path / name / "__pycache__" / "a.cpython-311.pyc" for name in names}
    for path in compiled.values():
        path.parent.mkdir(parents=True)
        path.touch()
    forget_compiled(tmp_path / "tests" / "ps1", tmp_path / "nowhere")
    assert [name for name in names if compiled[name].exists()] == ["tests/ps2"]
