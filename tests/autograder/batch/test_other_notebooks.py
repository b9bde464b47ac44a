"""An assignment of several notebooks: both doors grade all of them, and alike."""

import json
import os
import shutil
import sysconfig
from pathlib import Path

import lesson_course
import pytest
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from typed_commands import typed

from autograder.feedback.generating import generate
from autograder.grading import warm as warm_module
from autograder.nbgrader_plugins import configure

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")

HERE = Path(__file__).parent
CONFIG = """
from autograder.nbgrader_plugins import configure
c = get_config()
c.CourseDirectory.course_id = "several"
c.Execute.timeout = 1
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "harmless"
configure(c)
"""
HIDDEN = """
assert h(1) == 3
### BEGIN HIDDEN TESTS
assert h(5) == 7
### END HIDDEN TESTS
"""
RIGHT = {"f": "def f(x):\n    return x + 1", "g": "def g(x):\n    return 2 * x"}
GOOD, GUESS = "def h(x):\n    return x + 2", "def h(x):\n    return 3"
ANSWERS = {  # student: texts of `extra`, of `more`, points of test_h and test_m
    "right": (GOOD, "m = open('made.txt').read()", (4.0, 2.0)),
    "guess": (GUESS, "m = 'no file'", (0.0, 0.0)),
    "noisy": (f"import sys\nprint('harmless', file=sys.stderr)\n{GOOD}", "m = 0", (4.0, 0.0)),
    "loud": (GOOD, "m = 'by extra'\nimport sys\nprint('!', file=sys.stderr)", (4.0, 2.0)),
    "loop": ("while True: pass", "m = 'by extra'", (0.0, 2.0)),
    "files": (f"import own, helper\n{GOOD}", "m = 'by extra'", (4.0, 2.0)),
    "alone": (None, "m = 'by extra'", (0.0, 2.0)),
    "first": (None, None, (0.0, 0.0)),
    "others": (GOOD, "m = 'by extra'", (4.0, 2.0)),  # without the one with hidden graders
}


def notebooks():
    """The source of two notebooks beside ps1; `more` reads a file that `extra` makes."""
    make = lesson_course
    extra = make.notebook(
        make.code("imports", "import helper\nopen('made.txt', 'w').write('by extra')", {}),
        make.code("h", "def h(x):\n" + make.solved("    return x + 2"), {"solution": True}),
        make.code("test_h", HIDDEN.strip(), {"grade": True, "locked": True, "points": 4}),
        make.markdown("essay2", "Your answer", {"grade": True, "solution": True, "points": 3}),
    )
    more = make.notebook(
        make.code("m", make.solved("m = open('made.txt').read()"), {"solution": True}),
        make.code("test_m", "assert m == 'by extra'", {"grade": True, "locked": True, "points": 2}),
    )
    return {"extra": extra, "more": more}


@pytest.fixture(scope="module")
def several(released, tmp_path_factory):
    """A course whose ps1 has hidden graders and two notebooks more, with a class handed in."""
    root = tmp_path_factory.mktemp("several") / "course"
    shutil.copytree(released, root)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "solutions").mkdir()
    (root / "solutions" / "ps1.py").write_text("\n\n\n".join(RIGHT.values()) + "\n")
    graders = root / "tests" / "ps1"
    graders.mkdir(parents=True)
    (graders / "test_ps1.py").write_text(GRADERS)
    for name, nb in notebooks().items():
        (root / "source" / "ps1" / f"{name}.ipynb").write_text(json.dumps(nb))
    before = os.environ["PATH"]
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + before
    try:
        coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
        GenerateAssignment(coursedir=coursedir, config=Config(), force=True).start()
    finally:
        os.environ["PATH"] = before
    for student, (extra, more, _) in ANSWERS.items():
        texts = {"ps1": RIGHT, "extra": {"h": extra}, "more": {"m": more}}
        if student == "others":
            del texts["ps1"]
        hand_in(root, student, texts)
    (root / "submitted" / "files" / "ps1" / "own.py").write_text("B = 2\n")
    (root / "submitted" / "files" / "ps1" / "helper.py").write_text("raise ValueError\n")
    (root / "submitted" / "right" / "ps1" / "unknown.ipynb").write_text("{}")
    return root


GRADERS = '''
import pytest
from autograder.graders import assert_same


@pytest.mark.exercise("f")
def test_f(student, reference):
    """One more"""
    assert_same(student.f(3), reference.f(3))


@pytest.mark.exercise("g")
def test_g(student, reference):
    """Twice as much"""
    assert_same(student.g(21), reference.g(21))
'''


def hand_in(root, student, texts):
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-03-02 10:00:00 UTC")
    for name, cells in texts.items():
        if None in cells.values():
            continue
        nb = json.loads((root / "release" / "ps1" / f"{name}.ipynb").read_text())
        for cell in nb["cells"]:
            cell["source"] = cells.get(cell["id"], cell["source"])
        (folder / f"{name}.ipynb").write_text(json.dumps(nb))


def copied(root, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(root, course)
    return course


def files_below(folder):
    return {
        str(p.relative_to(folder)): (p.read_bytes(), oct(p.stat().st_mode))
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def by_nbgrader(several, tmp_path_factory):
    """The course after `nbgrader autograde` with our config."""
    root = copied(several, tmp_path_factory.mktemp("nbgrader"))
    config = Config()
    configure(config)
    config.Execute.timeout = 1
    config.IgnorePattern.enabled = True
    config.IgnorePattern.pattern = "harmless"
    coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
    Autograde(coursedir=coursedir, config=config, force=True).start()
    warm_module.cool_down_all()
    return root


def autograder(root, *arguments):
    return typed(root, *arguments)


@pytest.fixture(scope="module")
def by_autograder(several, tmp_path_factory):
    """The course after `autograder grade`."""
    root = copied(several, tmp_path_factory.mktemp("autograder"))
    done = autograder(root, "grade", "ps1", "--workers", "2")
    assert done.returncode == 0, done.stderr + done.stdout
    return root


@pytest.mark.slow
def test_both_doors_give_the_same_rows_files_and_feedback(by_nbgrader, by_autograder, rows):
    assert rows(by_autograder) == rows(by_nbgrader)
    theirs = files_below(by_nbgrader / "autograded")
    ours = files_below(by_autograder / "autograded")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    pages = []
    for root in (by_nbgrader, by_autograder):
        made = list(generate(CourseDirectory(root=str(root)), "ps1"))
        assert not [m.error for m in made if m.error]
        pages.append(files_below(root / "feedback"))
    assert pages[0] == pages[1]
    assert "right/ps1/extra.html" in pages[0] and "right/ps1/unknown.html" not in pages[0]


@pytest.mark.slow
@pytest.mark.parametrize("student", ANSWERS)
def test_other_notebooks_are_scored_by_nbgraders_own_rule(by_autograder, rows, student):
    found = {(g[1], g[2]): g[4] for g in rows(by_autograder)["grades"] if g[0] == student}
    points = (0.0, 0.0) if student == "others" else (3.0, 2.5)
    assert (found["ps1", "test_f"], found["ps1", "test_g"]) == points
    assert (found["extra", "test_h"], found["more", "test_m"]) == ANSWERS[student][2]


@pytest.mark.slow
def test_a_change_in_another_notebook_or_its_tests_is_graded_again(by_autograder, tmp_path, rows):
    root = copied(by_autograder, tmp_path)
    again = autograder(root, "grade", "ps1")
    assert f"{len(ANSWERS)} unchanged" in again.stdout, again.stdout + again.stderr
    hand = root / "submitted" / "guess" / "ps1" / "extra.ipynb"
    shutil.copyfile(root / "submitted" / "right" / "ps1" / "extra.ipynb", hand)
    again = autograder(root, "grade", "ps1")
    assert "graded 1 submission in" in again.stdout, again.stdout + again.stderr
    found = {g[2]: g[4] for g in rows(root)["grades"] if g[:2] == ("guess", "extra")}
    assert found["test_h"] == 4.0


@pytest.mark.slow
def test_results_of_all_notebooks_go_through_a_file(several, by_autograder, tmp_path, rows):
    root = copied(several, tmp_path)
    for index in (1, 2):
        done = autograder(
            root, "grade", "ps1", "--shard", f"{index}/2", "--reports", f"{index}.jsonl"
        )
        assert done.returncode == 0, done.stderr
    assert autograder(root, "record", "ps1", "1.jsonl", "2.jsonl").returncode == 0
    assert rows(root) == rows(by_autograder)
    assert files_below(root / "autograded") == files_below(by_autograder / "autograded")


@pytest.mark.slow
def test_a_notebook_that_only_the_gradebook_knows_is_not_passed_over(several, tmp_path):
    root = copied(several, tmp_path)
    (root / "release" / "ps1" / "more.ipynb").unlink()
    for student in ANSWERS:
        if student not in ("right", "first"):
            shutil.rmtree(root / "submitted" / student)
    done = autograder(root, "grade", "ps1")
    assert done.returncode == 1
    [line] = [text for text in done.stdout.splitlines() if text.startswith("NOT GRADED")]
    assert "more of right was handed in and not graded" in line
    assert "nbgrader generate_assignment ps1 --force" in line


FEW = ("right", "guess", "loop", "alone", "others")


@pytest.fixture(scope="module")
def ungraded(several, tmp_path_factory):
    """The same course before anybody wrote hidden graders for it, with a smaller class."""
    root = copied(several, tmp_path_factory.mktemp("ungraded"))
    shutil.rmtree(root / "tests")
    shutil.rmtree(root / "solutions")
    for student in ANSWERS.keys() - set(FEW):
        shutil.rmtree(root / "submitted" / student)
    (root / "submitted" / "nobody" / "ps1").mkdir(parents=True)
    return root


@pytest.fixture(scope="module")
def ungraded_by_nbgrader(ungraded, tmp_path_factory):
    root = copied(ungraded, tmp_path_factory.mktemp("stock"))
    shutil.rmtree(root / "submitted" / "nobody")
    config = Config()
    configure(config)
    config.Execute.timeout = 1
    config.IgnorePattern.enabled = True
    config.IgnorePattern.pattern = "harmless"
    coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
    Autograde(coursedir=coursedir, config=config, force=True).start()
    warm_module.cool_down_all()
    return root


@pytest.mark.slow
def test_an_assignment_without_hidden_graders_takes_the_fast_door_too(
    ungraded, ungraded_by_nbgrader, tmp_path, rows
):
    root = copied(ungraded, tmp_path)
    said = autograder(root, "grade", "ps1", "--diff", "--workers", "2")
    assert "right: new, 11.5 of 11.5 points" in said.stdout, said.stderr
    assert not (root / "autograded").exists()
    done = autograder(root, "grade", "ps1", "--workers", "2")
    assert done.returncode == 1, "one handed in an empty folder"
    assert f"graded {len(FEW)} submissions" in done.stdout, done.stdout + done.stderr
    assert "NOT GRADED nobody" in done.stdout
    plan = json.loads((root / ".autograder" / "testcells" / "ps1.json").read_text())["notebooks"]
    assert plan["extra"] == {"test_h": {"judged": "outside"}}
    assert rows(root) == rows(ungraded_by_nbgrader)
    theirs = files_below(ungraded_by_nbgrader / "autograded")
    ours = files_below(root / "autograded")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    shutil.rmtree(root / "submitted" / "nobody")
    assert f"{len(FEW)} unchanged" in autograder(root, "grade", "ps1").stdout
    shutil.copyfile(
        root / "submitted/right/ps1/extra.ipynb", root / "submitted/guess/ps1/extra.ipynb"
    )
    said = autograder(root, "grade", "ps1", "--diff").stdout
    assert "guess: extra/test_h 0 → 4" in said
    assert "graded again: the submitted extra.ipynb changed: guess" in said
    assert "wrote " in autograder(root, "report", "ps1").stdout
    table = (root / "reports" / "ps1.csv").read_text(encoding="utf-8-sig")
    assert "extra/test_h" in table and "right" in table
    assert "feedback page" in autograder(root, "feedback", "ps1").stdout


@pytest.mark.slow
def test_without_the_gradebook_that_has_the_hidden_tests_nobody_is_graded(ungraded, tmp_path):
    root = copied(ungraded, tmp_path)
    (root / "gradebook.db").unlink()
    done = autograder(root, "grade", "ps1")
    assert done.returncode == 1 and not (root / "autograded").exists()
    assert not (root / "gradebook.db").exists()
    assert "does not hold the cells of ps1" in done.stderr, done.stderr
    assert "`nbgrader generate_assignment ps1 --force`" in done.stderr


@pytest.mark.slow
def test_results_without_hidden_graders_go_through_a_file(
    ungraded, ungraded_by_nbgrader, tmp_path, rows
):
    root = copied(ungraded, tmp_path)
    shutil.rmtree(root / "submitted" / "nobody")
    done = autograder(root, "grade", "ps1", "--shard", "1/1", "--reports", "all.jsonl")
    assert done.returncode == 0, done.stderr
    done = autograder(root, "record", "ps1", "all.jsonl")
    assert f"recorded {len(FEW)} submissions" in done.stdout, done.stderr
    assert rows(root) == rows(ungraded_by_nbgrader)
    assert f"{len(FEW)} unchanged" in autograder(root, "grade", "ps1").stdout
