"""`autograder build`: what is written, what is checked, what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scratch_course import Scratch

from autograder.authoring.build import build
from autograder.model import CourseError

pytestmark = pytest.mark.family

# --- what --check finds -------------------------------------------------------------------


def test_a_fresh_build_passes_the_check(course: Scratch):
    build(course.root)
    assert build(course.root, check=True) == []


@pytest.mark.quick("<lambda>0-release/twice/twice.ipynb")
@pytest.mark.parametrize(
    "name",
    ["solutions/twice.py", "release/twice/twice.ipynb", "release/twice/aid.py",
     "release/twice/public_check.py"],
)  # fmt: skip
@pytest.mark.parametrize(
    "act", [lambda p: p.unlink(), lambda p: p.write_text(p.read_text() + "\n")]
)
def test_a_stale_or_missing_file_is_named(course: Scratch, name: str, act: Callable[[Path], Any]):
    build(course.root)
    act(course.root / name)
    found = course.problems()
    assert str(course.root / name) in found and "run `autograder build twice`" in found


def test_copies_for_the_author_s_own_notebook_may_be_missing_but_not_stale(course: Scratch):
    build(course.root)
    copy = course.root / "source/twice/public_check.py"
    copy.unlink()
    assert build(course.root, check=True) == []
    copy.write_text("check = print\n")
    assert f"{copy} is stale" in course.problems()


def test_a_file_in_the_release_that_the_source_does_not_have_is_named(course: Scratch):
    build(course.root)
    course.put("release/twice/old_utils.py", "x = 1\n")
    assert "release/twice/old_utils.py" in course.problems()


def test_a_changed_notebook_makes_solutions_and_release_stale(course: Scratch):
    build(course.root)
    double = course.cell("double")
    double["source"] = double["source"].replace("y = x + x * ONE", "y = 2 * x")
    course.save()
    found = course.problems()
    assert "1 problem to mend" in found and "solutions/twice.py" in found
    course.cell("both")["source"] = "Changed."
    course.save()
    assert "release/twice/twice.ipynb" in course.problems()


@pytest.mark.quick
def test_a_solution_left_in_the_release_is_named_with_its_line(course: Scratch):
    build(course.root)
    path = course.root / "release/twice/twice.ipynb"
    path.write_text(path.read_text().replace("y = None", "y = x + x * ONE"))
    found = course.problems()
    assert "the released cell 'double' still holds the solution: y = x + x * ONE" in found


def test_a_solution_module_that_would_be_handed_out_stops_the_build(course: Scratch):
    course.put("source/twice/answers.py", "def double(x):\n    return 2 * x\n")
    assert "answers.py defines 'double', which is an exercise" in course.problems(check=False)


def test_a_config_that_would_release_with_stock_stubs_is_refused(course: Scratch):
    course.put("nbgrader_config.py", "c = get_config()\n")
    for check in (False, True):
        assert "add the lines" in course.problems(check=check)


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path):
    with pytest.raises(CourseError, match="not a course directory"):
        build(tmp_path)


def test_a_notebook_without_hidden_checks_is_sent_to_nbgrader(course: Scratch):
    """As `autograder adopt` may leave one whose test cells cannot be carried over."""
    course.cell("test_double")["metadata"]["nbgrader"]["grade_id"] = "check_double"
    course.save()
    assert "is released by" not in course.problems(check=False)
    shutil.rmtree(course.root / "tests" / "twice")
    assert course.problems(check=False).endswith(
        f"no hidden checks are in {course.root / 'tests' / 'twice'}: an assignment without any is "
        "released by `nbgrader generate_assignment twice`"
    )
