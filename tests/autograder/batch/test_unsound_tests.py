"""A test cell that the author's own solution fails costs nobody points without a person."""

import json
import shutil
from html import unescape

import mixed_course
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from two_doors import autograde, configured
from typed_commands import typed

from autograder.course import Course
from autograder.feedback.generating import generate
from autograder.nbgrader_plugins.class_warnings import class_warnings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
CLASS = {"right": {}, "luck": {"v": "v = 43"}, "wrong": {"v": "v = 1", "g": "def g(x): return x"}}
UNSOUND = "assert v == 43, '43 is too much'"
HALF = "0.5 if v == 42 else 1.0 if v == 43 else 0.0"
WAITS = "waits to be graded by hand, since the author's own solution fails the test"
PAGE = "The check went wrong, and it goes wrong for the teacher's own solution, too"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Beside hidden graders; the author's v is 42 and its test wants 43."""
    root = tmp_path_factory.mktemp("unsound") / "course"
    mixed_course.write_course(root)
    test_v(root, UNSOUND)
    shutil.rmtree(root / "submitted")
    for student, cells in CLASS.items():
        mixed_course.hand_in(root, student, {**mixed_course.RIGHT, **cells})
    return root


def test_v(root, text):
    """Give the test of v another text, and release it."""
    path = root / "source" / "ps1" / "ps1.ipynb"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        if cell["id"] == "test_v":
            cell["source"] = text
    path.write_text(json.dumps(nb))
    mixed_course.release(root)


test_v.__test__ = False


def copied(course, tmp_path, *, graders):
    """Beside hidden graders, a test cell that stops lets nobody be graded: one that shows half of
    its points to the author does."""
    root = mixed_course.copied(course, tmp_path)
    if graders:
        test_v(root, HALF)
    else:
        shutil.rmtree(root / "tests")
    return root


def of_v(rows, root):
    """Student → automatic score, and whether a person has to grade it."""
    return {g[0]: (g[4], bool(g[7])) for g in rows(root)["grades"] if g[2] == "test_v"}


def by_command(root, *options):
    done = typed(root, "grade", "ps1", "--workers", "1", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("graders", [False, True])
def test_in_both_doors_what_it_takes_waits_for_a_person(course, tmp_path, rows, graders):
    root = copied(course, tmp_path / "grade", graders=graders)
    said = by_command(root)
    assert of_v(rows, root) == {"right": (None, True), "luck": (1.0, False), "wrong": (None, True)}
    assert f"{WAITS} (1): test_v ×2" in said
    unexplained = [line for line in said.splitlines() if "no hint explains why" in line]
    assert not any("test_v" in line for line in unexplained)
    other = copied(course, tmp_path / "autograde", graders=graders)
    config = configured()
    config.Autograder.repair_seconds = 0.0
    assert not autograde(other, config)
    assert rows(root) == rows(other)
    for student in CLASS:
        place = f"autograded/{student}/ps1/ps1.ipynb"
        assert (root / place).read_bytes() == (other / place).read_bytes()
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        assert gradebook.find_submission("ps1", "right").needs_manual_grade


@pytest.mark.parametrize("graders", [False, True])
def test_it_is_told_in_the_report_and_on_the_page_and_again_when_it_is_mended(
    course, tmp_path, rows, graders
):
    root = copied(course, tmp_path, graders=graders)
    by_command(root)
    assert "3 unchanged" in by_command(root)
    assert not [m.error for m in generate(CourseDirectory(root=str(root)), "ps1") if m.error]
    pages = {s: (root / "feedback" / s / "ps1" / "ps1.html").read_text() for s in CLASS}
    assert {s for s, page in pages.items() if PAGE in unescape(page)} == {"right", "wrong"}
    assert typed(root, "report", "ps1").returncode == 0
    page = (root / "reports" / "ps1.html").read_text()
    assert "does not pass the test cell test_v" in page
    assert page.count('<span title="waits to be graded">…</span>') == 2
    tables = [path.read_text() for path in (root / "reports").glob("*.csv")]
    assert any("waits_to_be_graded" in table for table in tables)
    test_v(root, "assert v == 42")
    assert "right: test_v 0 → 1" in by_command(root, "--diff")
    said = by_command(root)
    assert WAITS not in said
    assert of_v(rows, root) == {"right": (1.0, False), "luck": (0.0, False), "wrong": (0.0, False)}


def test_a_test_that_gives_the_author_a_part_of_its_points_only_is_no_better(
    course, tmp_path, rows
):
    root = copied(course, tmp_path, graders=False)
    test_v(root, HALF)
    assert "(0.5 of 1 points)" in by_command(root)
    assert of_v(rows, root) == {"right": (None, True), "luck": (1.0, False), "wrong": (None, True)}


def test_a_course_may_have_it_by_nbgraders_own_rule(course, tmp_path, rows):
    root = copied(course, tmp_path, graders=False)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + 'c.Autograder.unsound_tests = "automatic"\n')
    said = by_command(root)
    assert "everybody may lose its points (c.Autograder.unsound_tests)" in said
    assert of_v(rows, root) == {"right": (0.0, False), "luck": (1.0, False), "wrong": (0.0, False)}


def test_a_source_without_a_solution_says_nothing_about_its_tests(course, tmp_path, rows):
    root = copied(course, tmp_path, graders=False)
    path = root / "source" / "ps1" / "ps1.ipynb"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        if cell["id"] == "v":
            cell["source"] = "# YOUR CODE HERE\nraise NotImplementedError()"
    path.write_text(json.dumps(nb))
    said = by_command(root)
    assert "the source holds no solution for test_v" in said and WAITS not in said
    assert of_v(rows, root) == {"right": (0.0, False), "luck": (1.0, False), "wrong": (0.0, False)}


def test_what_a_student_writes_into_the_metadata_lets_nothing_wait(course, tmp_path, rows):
    root = copied(course, tmp_path, graders=False)
    test_v(root, "assert v == 42")
    path = root / "submitted" / "wrong" / "ps1" / "ps1.ipynb"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        cell["metadata"]["autograder_waits"] = True
    path.write_text(json.dumps(nb))
    by_command(root)
    assert of_v(rows, root)["wrong"] == (0.0, False)


@pytest.mark.parametrize("graders", [False, True])
def test_what_a_machine_lacked_is_tried_again(course, tmp_path, graders):
    """As a module that was not installed, or the network; a limit of time is not tried again."""
    root = copied(course, tmp_path, graders=graders)
    test_v(root, "assert v == 42")

    def told(**again):
        found = class_warnings(
            CourseDirectory(root=str(root)), Config(), Course(root), "ps1", **again
        )
        return [text.parts["how"] for text in found]

    assert told() == []
    place = root / ".autograder" / "testcells" / ("ps1.mixed.json" if graders else "ps1.json")
    plan = json.loads(place.read_text())
    words = "the author's own solution ends it with"
    for why, now in (("timeout", ["timeout"]), ("ModuleNotFoundError: none", [])):
        plan["notebooks"]["ps1"]["test_v"][words] = why
        place.write_text(json.dumps(plan))
        assert told() == [why]
        assert told(again=True) == now
