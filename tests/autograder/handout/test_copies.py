"""The copies that students get run on every Python that the student's guide names."""

import ast
import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from autograder.handout.copies import HANDED_OUT, OLDEST, handed_out

CONFTEST = Path(__file__).parents[2] / "conftest.py"
STUDENTS = Path(__file__).parents[3] / "docs" / "student.md"
CHECKS = """
import numpy as np
from public_check import CheckFailed, check, differences

check(lambda x: (x, [x, {"W": x}]), np.eye(2), expected=(np.eye(2), [np.eye(2), {"W": np.eye(2)}]))
check(lambda x: x.tolist(), np.eye(2), expected=np.eye(2))
check(lambda: "text", expected="text")
try:
    check(lambda x: 2 * x, np.eye(2), expected=np.eye(2))
except CheckFailed as error:
    assert "2 times" in str(error), error
else:
    raise AssertionError("a wrong answer passed")
print("done")
"""


def interpreter(version):
    """Where a Python of this version lies, on the path or under pyenv; or nothing."""
    under_pyenv = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    found = shutil.which(f"python{version}") or next(map(str, under_pyenv), "")
    if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
        return found
    return next(map(str, under_pyenv), "")  # pyenv's own names may lead nowhere


@pytest.mark.parametrize("name", HANDED_OUT)
def test_a_copy_is_written_in_the_oldest_python(name):
    for node in ast.walk(ast.parse(handed_out(name), feature_version=OLDEST)):
        assert not isinstance(node, ast.Match)
        if isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            strict = function == "zip" and any(word.arg == "strict" for word in node.keywords)
            union = function == "isinstance" and isinstance(node.args[1], ast.BinOp)
            assert not strict and not union, ast.unparse(node)


def test_the_public_check_works_on_the_oldest_python(tmp_path):
    python = interpreter("3.9")
    if not python or subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode:
        pytest.skip("there is no Python 3.9 with numpy here")
    (tmp_path / "public_check.py").write_text(handed_out("public_check.py"))
    done = subprocess.run(
        [python, "-c", CHECKS], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.endswith("done\n"), done.stderr


@pytest.mark.parametrize("name", HANDED_OUT)
def test_an_older_python_is_told_what_is_needed(tmp_path, name):
    python = interpreter("3.8")
    if not python:
        pytest.skip("there is no Python 3.8 here")
    (tmp_path / name).write_text(handed_out(name))
    done = subprocess.run(
        [python, "-c", f"import {name.removesuffix('.py')}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "ImportError: This notebook needs Python 3.9 or later, and this is 3.8" in done.stderr


def test_the_students_guide_names_the_oldest_python():
    assert f"Python {OLDEST[0]}.{OLDEST[1]}" in STUDENTS.read_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_old_copy_is_made_anew_in_its_own_language(language, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("course_conftest", CONFTEST)
    conftest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conftest)
    monkeypatch.setattr(conftest, "LESSONS", tmp_path)
    lesson = tmp_path / "lesson"
    lesson.mkdir()
    (lesson / "lesson.ipynb").touch()
    fresh = handed_out("public_check.py", language)
    (lesson / "public_check.py").write_text(fresh + "# old", encoding="utf-8")
    conftest.pytest_configure()
    assert (lesson / "public_check.py").read_text(encoding="utf-8") == fresh
    assert (lesson / "course_style.py").is_file()
