"""The author's own notebooks without hidden graders are tried behind the wall before the class."""

import shutil
from dataclasses import replace

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.gradebook.sources import written_tests
from autograder.grading import notebooks_trial
from autograder.grading.notebooks_trial import require_tried_notebooks
from autograder.grading.planning import has_plan, judged_outside, plans_of
from autograder.grading.warm import cool_down_all
from autograder.model import CourseError

pytestmark = pytest.mark.family

STOPS_HERE_ONLY = "import subprocess\nsubprocess.run(['true'], check=True)"
SOLVED = {"grade_id": "f", "solution": True, "grade": False, "locked": False, "schema_version": 3}
TEST = {"grade_id": "test_f", "solution": False, "grade": True, "locked": True, "points": 2,
        "schema_version": 3}  # fmt: skip


@pytest.fixture(autouse=True)
def cold(monkeypatch):
    """Begins and ends with nothing warm and nothing remembered in this process."""
    monkeypatch.setattr(notebooks_trial, "_tried", {})
    yield
    cool_down_all()


@pytest.fixture
def lesson(tiny):
    """Writes the author's notebook of an assignment that has no hidden graders."""
    source = tiny.source("plain")
    source.mkdir()

    def write(first, test="assert f(1) == 2", name="plain", **metadata):
        cells = [nbformat.v4.new_code_cell(first, metadata=metadata)]
        cells.append(nbformat.v4.new_code_cell("def f(x):\n    return x + 1"))
        cells[-1].metadata["nbgrader"] = SOLVED
        cells.append(nbformat.v4.new_code_cell(test))
        cells[-1].metadata["nbgrader"] = TEST
        nbformat.write(nbformat.v4.new_notebook(cells=cells), source / f"{name}.ipynb")
        return source

    return write


def test_a_cell_that_stops_behind_the_wall_only_is_named_until_it_is_mended(tiny, lesson):
    source = lesson(STOPS_HERE_ONLY)
    with pytest.raises(CourseError) as caught:
        require_tried_notebooks(tiny, source)
    said = str(caught.value)
    assert said.startswith("plain is not graded: it does not stand its own grading")
    assert "(cell 1 of plain.ipynb) stops behind the wall, not in a kernel: " in said
    assert f"beside the notebook in {source}" in said
    require_tried_notebooks(tiny, lesson("import math"))


def test_a_course_that_was_moved_is_not_tried_again(tiny, lesson, tmp_path, monkeypatch):
    require_tried_notebooks(tiny, lesson("import math"))
    shutil.copytree(tiny.root, tmp_path / "elsewhere")
    moved = Course.load(tmp_path / "elsewhere")
    monkeypatch.setattr(notebooks_trial, "_problems", None)
    require_tried_notebooks(moved, moved.source("plain"))


@pytest.mark.slow
def test_a_test_cell_is_named_too_and_files_of_an_earlier_notebook_are_there(tiny, lesson):
    lesson("open('made.txt', 'w').write('1')", name="a")
    source = lesson("assert open('made.txt').read() == '1'", test=STOPS_HERE_ONLY, name="b")
    with pytest.raises(CourseError) as caught:
        require_tried_notebooks(tiny, source)
    assert "the test cell 'test_f' (cell 3 of b.ipynb)" in str(caught.value)
    assert "cell 1 of" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "tags"),
    [("1 / 0", []), (STOPS_HERE_ONLY, ["raises-exception"]), (STOPS_HERE_ONLY, ["skip-execution"])],
)
def test_what_stops_in_a_kernel_too_or_may_stop_says_nothing(tiny, lesson, first, tags):
    require_tried_notebooks(tiny, lesson(first, tags=tags))


@pytest.mark.quick
def test_an_assignment_without_a_source_is_not_tried(tiny):
    require_tried_notebooks(tiny, tiny.source("gone"))


def test_what_was_tried_is_not_run_again_by_another_process(tiny, lesson, monkeypatch):
    source = lesson("import math")
    require_tried_notebooks(tiny, source)
    ran = []
    monkeypatch.setattr(notebooks_trial, "run_cells", lambda *_: ran.append(_) or 1 / 0)
    monkeypatch.setattr(notebooks_trial, "_tried", {})
    require_tried_notebooks(tiny, source)
    assert ran == []
    lesson("import cmath")
    with pytest.raises(ZeroDivisionError):
        require_tried_notebooks(tiny, source)


def test_the_notebook_with_hidden_graders_is_tried_elsewhere(tiny, monkeypatch):
    monkeypatch.setattr(notebooks_trial, "run_cells", lambda *_: 1 / 0)
    require_tried_notebooks(tiny, tiny.source("tiny"))


@pytest.mark.parametrize(("first", "runs"), [("import math", False), (STOPS_HERE_ONLY, True)])
def test_whoever_has_planned_the_test_cells_has_tried_them(tiny, lesson, monkeypatch, first, runs):
    source = lesson(first)
    assert not has_plan(tiny, "plain")
    hasty = replace(tiny, limits=replace(tiny.limits, cell_seconds=0.02), submission_seconds=0.1)
    assert plans_of(hasty, "plain")["plain"].outside == ("test_f",)
    assert has_plan(hasty, "plain") and has_plan(tiny, "plain")  # each command has another limit
    assert not has_plan(replace(tiny, preload=("math",)), "plain")
    ran = []
    monkeypatch.setattr(notebooks_trial, "_problems", lambda *args: ran.append(args) or ())
    require_tried_notebooks(hasty, source)
    assert bool(ran) is runs  # a cell that stops is the trial's to explain


MARKS = """
c.ClearHiddenTests.begin_test_delimeter = "OURS FROM HERE"
c.ClearHiddenTests.end_test_delimeter = "OURS TO HERE"
"""


def test_hidden_tests_are_those_between_the_course_s_own_marks(tiny, lesson):
    """What later cells need of a test cell runs where students are: nothing hidden may."""
    test = (
        "def helper(v):\n    assert f(v) == v + 1\n# OURS FROM HERE\n    assert f(7) == 8\n"
        "# OURS TO HERE\nhelper(1)"
    )
    source = lesson("import math", test)
    nb = nbformat.read(source / "plain.ipynb", as_version=4)
    nb.cells.append(nbformat.v4.new_code_cell("helper(2)"))
    nbformat.write(nb, source / "plain.ipynb")
    told = []
    for settings in ("", MARKS):
        config = tiny.root / "nbgrader_config.py"
        config.write_text(config.read_text() + settings)
        cell = judged_outside(Course.load(tiny.root), "plain")["plain"].cells["test_f"]
        assert "f(7)" in cell.text
        told.append("f(7)" in str(cell.leaves))
    assert told == [True, False], "without the setting these are no marks"


def test_a_test_that_nbgrader_writes_is_judged_outside_as_the_gradebook_holds_it(tiny, lesson):
    lesson("import hashlib", test="assert f(1) == 2\n### HASHED AUTOTEST f(3)")
    file = tiny.root / "other.db"
    url = f"sqlite:///{file}"
    assert written_tests(tiny, "plain", url) == {} and not file.exists()
    reason = "is written by nbgrader itself, where it says AUTOTEST, and not released yet"
    assert plans_of(tiny, "plain")["plain"].inside == {"test_f": reason}
    seen = []
    for right in ("f(3) == 4", "str(f(3)) == '4'"):
        text = f"assert f(1) == 2\nassert {right}"
        with Gradebook(url) as gradebook:
            gradebook.update_or_create_assignment("plain")
            gradebook.update_or_create_notebook("plain", "plain")
            gradebook.update_or_create_source_cell(
                "test_f", "plain", "plain", source=text, cell_type="code"
            )
            written = written_tests(tiny, "plain", gradebook)
        assert written == written_tests(tiny, "plain", url) == {"plain": {"test_f": text}}
        found = judged_outside(tiny, "plain", written)["plain"]
        assert found.cells["test_f"].text == text
        seen.append((tiny.root / ".autograder" / "testcells" / "plain.json").read_text())
    assert seen[0] != seen[1]
