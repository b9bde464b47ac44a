"""What can cost a whole class points is said, and nothing of a course that is in order."""

import json
import logging
import shutil
from types import SimpleNamespace

import lesson_course as make
import mixed_course
import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from two_doors import autograde, configured

from autograder.authoring.build import solution_text
from autograder.course import Course
from autograder.model import CourseError
from autograder.nbgrader_plugins.class_warnings import (
    _differing,
    _little_space,
    class_warnings,
    not_released,
)
from autograder.notebook.reading import read
from autograder.notebook.restoring import SourceCells
from autograder.sandbox import Limits

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
OLD = (
    "ps1.ipynb: the source has another text or other points than the last release in {}: everybody "
    "is graded by the last release. Run `{}`, or undo the change."
)
AGAIN = "nbgrader generate_assignment ps1 --force"
FAILS = (
    "ps1.ipynb: the author's own solution does not pass the test cell test_v here (AssertionError: "
    "43 is too much): who does not pass it either waits to be graded by hand. Mend the test, its "
    "data or what this machine lacks, and grade again."
)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    root = tmp_path_factory.mktemp("warned") / "course"
    mixed_course.write_course(root)
    for student in mixed_course.ANSWERS.keys() - {"right"}:
        shutil.rmtree(root / "submitted" / student)
    return root


@pytest.fixture
def root(mixed, tmp_path):
    """A course without hidden graders."""
    root = mixed_course.copied(mixed, tmp_path)
    shutil.rmtree(root / "tests")
    return root


def edit(root, name, change):
    path = root / "source" / "ps1" / "ps1.ipynb"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        if cell["id"] == name:
            change(cell)
    path.write_text(json.dumps(nb))


def hidden_test(cell):
    cell["source"] = cell["source"].replace("g(21) == 42", "g(22) == 44")


def found(root, say=class_warnings, **settings):
    coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
    return list(say(coursedir, Config(), Course(root, **settings), "ps1"))


def test_a_course_in_order_gets_no_word_nor_one_whose_solution_alone_was_changed(root):
    assert found(root) == []
    edit(root, "v", lambda cell: cell.update(source="### BEGIN SOLUTION\nv = 42\n### END SOLUTION"))
    assert found(root) == []


def test_a_test_cell_that_fails_for_nobody_is_named(mixed, tmp_path):
    """With hidden graders and without; where they judge a cell it may be empty."""
    root = mixed_course.copied(mixed, tmp_path)
    for name in ("test_g", "test_f"):
        edit(root, name, lambda cell: cell.update(source="# later\n"))
    edit(root, "share", lambda cell: cell["metadata"].update(tags=["skip-execution"]))
    mixed_course.release(root)
    told = (
        "ps1.ipynb: the test cell test_g holds no code: everybody gets its points. Write the "
        "test, or take the points away, and release it again.",
        "ps1.ipynb: the test cell share is tagged skip-execution and never runs: everybody gets "
        "its points. Take the tag away, or the points, and release it again.",
    )
    (root / "tests" / "ps1" / "test_g.py").write_text(
        (root / "tests" / "ps1" / "test_ps1.py").read_text().replace('"f"', '"g"')
    )
    assert found(root) == [told[1]]
    shutil.rmtree(root / "tests")
    empty = told[0].replace("test_g", "test_f")
    assert found(root) == [empty, *told]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("test_g", hidden_test),
        ("share", lambda cell: cell["metadata"]["nbgrader"].update(points=7)),
        ("essay", lambda cell: cell["metadata"]["nbgrader"].update(points=7)),
        ("imports", lambda cell: cell.update(source="import numpy")),
        ("test_v", lambda cell: cell["metadata"].pop("nbgrader")),
    ],
)
def test_what_was_changed_and_not_released_again_is_named(root, name, change):
    edit(root, name, change)
    assert found(root, not_released) == [OLD.format(name, AGAIN)]
    mixed_course.release(root)
    assert found(root, not_released) == []


def test_beside_hidden_graders_the_release_is_built(mixed, tmp_path):
    root = mixed_course.copied(mixed, tmp_path)
    edit(root, "test_g", hidden_test)
    assert found(root, not_released) == [OLD.format("test_g", "autograder build ps1")]


def test_a_solution_that_was_mended_and_not_built_is_named(mixed, tmp_path):
    """The answers that are expected are those of solutions/."""
    root = mixed_course.copied(mixed, tmp_path)
    course = Course(root)
    built = solution_text(course, "ps1", read(course.source_notebook("ps1")))
    (root / "solutions" / "ps1.py").write_text(built + "# a remark\n")
    assert found(root) == []
    edit(root, "f", lambda cell: cell.update(source=cell["source"].replace("x + 1", "1 + x")))
    assert [str(text) for text in found(root)] == [
        "solutions/ps1.py: the source has another solution by now: everybody is graded by the one "
        "that was built last. Run `autograder build ps1`, or undo the change."
    ]


@pytest.mark.quick
def test_a_disk_with_less_space_than_a_submission_may_fill_is_named(tmp_path, monkeypatch):
    usage = SimpleNamespace(free=3 << 19)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/small")
    course = Course(tmp_path, limits=Limits(scratch_bytes=2 << 20))
    assert [str(text) for text in _little_space(course)] == [
        "1.5 MiB are free in /small, where student code writes its files, and one submission may "
        "write 2 MiB: who finds no space there may lose points. Make space, or set TMPDIR to "
        "another folder, and grade again."
    ]
    usage.free = 2 << 20
    assert list(_little_space(course)) == []


def test_a_course_without_its_source_or_gradebook_gets_no_word(root):
    edit(root, "test_g", hidden_test)
    (root / "gradebook.db").rename(root / "away.db")
    assert found(root, not_released) == []
    (root / "away.db").rename(root / "gradebook.db")
    shutil.rmtree(root / "source")
    assert found(root) == []


def test_both_doors_name_a_cell_that_the_authors_own_solution_does_not_pass(root, caplog):
    edit(root, "test_v", lambda cell: cell.update(source="assert v == 43, '43 is too much'"))
    mixed_course.release(root)
    assert found(root) == [FAILS]
    assert found(root) == [FAILS], "also by a stored plan"
    caplog.set_level(logging.INFO, "traitlets")
    assert not autograde(root)
    assert caplog.text.count(f"ps1: {FAILS}") == 1
    assert caplog.text.index(FAILS) < caplog.text.index("Sanitizing"), "before the first student"


@pytest.mark.parametrize("graders", [False, True])
def test_it_is_named_where_all_test_cells_are_judged_inside(mixed, root, tmp_path, graders):
    root = mixed_course.copied(mixed, tmp_path / "mixed") if graders else root
    edit(root, "test_v", lambda cell: cell.update(source="assert v == 43, '43 is too much'"))
    mixed_course.release(root)
    assert found(root, test_cells="inside") == [FAILS]
    assert found(root, test_cells="inside") == [FAILS], "also by a stored plan"
    plan = json.loads(next((root / ".autograder" / "testcells").glob("ps1*.json")).read_text())
    assert {cell["judged"] for cell in plan["notebooks"]["ps1"].values()} == {"inside"}


def test_why_nobody_can_be_graded_stands_in_the_log_of_the_run(root, caplog, monkeypatch):
    def broken(*_, **again):
        raise CourseError("zh.toml cannot be read: no good")

    monkeypatch.setattr("autograder.nbgrader_plugins.beginning.class_warnings", broken)
    assert autograde(root) == "ps1: zh.toml cannot be read: no good"
    assert "There was an error processing" not in caplog.text and "Sanitizing" not in caplog.text
    assert caplog.text.count("no good") == 1
    assert not (root / "autograded").exists()


def test_an_unknown_setting_is_said_once_however_many_students_there_are(root, caplog):
    shutil.copytree(root / "submitted" / "right", root / "submitted" / "zoe")
    caplog.set_level(logging.INFO, "traitlets")
    config = configured()
    config.GradeBehindTheWall.tiemout = 3
    assert not autograde(root, config)
    assert caplog.text.count("Autograding") == 2
    assert caplog.text.count("`tiemout` not recognized by `GradeBehindTheWall`") == 1


@pytest.mark.parametrize(
    ("held", "differs"),
    [
        ("assert f(1) == 2\n# nbgrader's\nassert f(3) == 4\nassert f(5) == 6", False),
        ("assert f(1) == 3\n# nbgrader's\nassert f(3) == 4\nassert f(5) == 6", True),
        ("assert f(5) == 6\n# nbgrader's\nassert f(1) == 2", True),
        ("assert f(1) == 2\n# nbgrader's\nassert f(4) == 4\nassert f(5) == 6", True),
    ],
)
def test_beside_tests_that_nbgrader_writes_the_authors_own_lines_are_compared(held, differs):
    def cells(source):
        made = make.code("t", source, {"grade": True, "locked": True, "points": 1})
        return SourceCells.from_notebook(make.notebook(made))

    fresh = cells("assert f(1) == 2\n### AUTOTEST f(3)\nassert f(5) == 6")
    assert _differing(fresh, cells(held)) == (["t"] if differs else [])
