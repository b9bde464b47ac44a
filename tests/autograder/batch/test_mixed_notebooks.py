"""One notebook with hidden graders and ordinary test cells: each graded cell has one judge."""

import json
import shutil

import mixed_course
import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from typed_commands import typed

from autograder.authoring.build import check_problems
from autograder.course import Course
from autograder.feedback.generating import generate
from autograder.graders.marked import judges_of
from autograder.grading import warm as warm_module
from autograder.grading.grader import Grader
from autograder.grading.ordinary_cells import ordinary_cells
from autograder.model import CourseError
from autograder.nbgrader_plugins import configure
from autograder.notebook.reading import read

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
CELLS = ("test_f", "test_g", "share", "test_v")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """The course and its class, not graded."""
    root = tmp_path_factory.mktemp("mixed") / "course"
    mixed_course.write_course(root)
    return root


@pytest.fixture(scope="module")
def by_autograder(mixed, tmp_path_factory):
    """The course after `autograder grade`."""
    root = mixed_course.copied(mixed, tmp_path_factory.mktemp("autograder"))
    done = autograder(root, "grade", "ps1", "--workers", "2")
    assert done.returncode == 0, done.stderr + done.stdout
    return root


def autograder(root, *arguments):
    return typed(root, *arguments)


def files_below(folder):
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), oct(p.stat().st_mode)) for p in paths}


@pytest.mark.parametrize("student", mixed_course.ANSWERS)
def test_each_cell_gets_the_points_of_its_judge(by_autograder, rows, student):
    found = {g[2]: g[4] for g in rows(by_autograder)["grades"] if g[0] == student}
    assert tuple(found[name] for name in CELLS) == mixed_course.ANSWERS[student][1]


def test_both_doors_give_the_same_rows_files_and_feedback(
    mixed, by_autograder, tmp_path_factory, rows
):
    root = mixed_course.copied(mixed, tmp_path_factory.mktemp("nbgrader"))
    config = Config()
    configure(config)
    config.Autograder.cell_seconds = 1.0
    config.Autograder.repair_seconds = 0.0
    coursedir = CourseDirectory(root=str(root), assignment_id="ps1")
    Autograde(coursedir=coursedir, config=config, force=True).start()
    warm_module.cool_down_all()
    assert rows(by_autograder) == rows(root)
    theirs, ours = (files_below(course / "autograded") for course in (root, by_autograder))
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    pages = []
    for course in (root, by_autograder):
        made = list(generate(CourseDirectory(root=str(course)), "ps1"))
        assert not [m.error for m in made if m.error]
        pages.append(files_below(course / "feedback"))
    assert pages[0] == pages[1]
    page = pages[0]["guess/ps1/ps1.html"][0].decode()
    assert "AssertionError" in page and "autograder-card" not in page.partition("test_g")[2]


def test_a_hidden_test_is_judged_outside_also_where_the_cell_was_deleted(by_autograder):
    plan = json.loads((by_autograder / ".autograder/testcells/ps1.mixed.json").read_text())
    judged = {name: found["judged"] for name, found in plan["notebooks"]["ps1"].items()}
    assert judged == dict.fromkeys(CELLS[1:], "outside")
    done = json.loads((by_autograder / "autograded/without/ps1/ps1.ipynb").read_text())
    [cell] = [c for c in done["cells"] if c["id"] == "test_g"]
    assert "was missing from the submission" in "".join(cell["source"])
    [error] = cell["outputs"]
    assert error["ename"] == "NameError"


def test_resume_diff_report_and_files_of_reports_know_all_cells(by_autograder, tmp_path, rows):
    root = mixed_course.copied(by_autograder, tmp_path)
    count = len(mixed_course.ANSWERS)
    assert f"{count} unchanged" in autograder(root, "grade", "ps1").stdout
    shutil.copyfile(root / "submitted/right/ps1/ps1.ipynb", root / "submitted/guess/ps1/ps1.ipynb")
    said = autograder(root, "grade", "ps1", "--diff")
    assert "guess: test_g 0 → 2.5" in said.stdout, said.stdout + said.stderr
    assert "guess: share 2 → 6" in said.stdout
    graders = root / "tests/ps1/test_ps1.py"
    graders.write_text(graders.read_text().replace("[3, 5]", "[3, 5, 7]"))
    done = autograder(root, "grade", "ps1", "--reports", "all.jsonl")
    assert done.returncode == 0, done.stderr
    assert autograder(root, "record", "ps1", "all.jsonl").returncode == 0
    found = {g[:3]: g[4] for g in rows(root)["grades"]}
    assert found["guess", "ps1", "test_g"] == 2.5 and found["loud", "ps1", "test_g"] == 0.0
    assert "wrote " in autograder(root, "report", "ps1").stdout
    assert "share" in (root / "reports" / "ps1.csv").read_text(encoding="utf-8-sig")


def test_another_hidden_test_is_noticed_and_grades_everybody_again(by_autograder, tmp_path, rows):
    root = mixed_course.copied(by_autograder, tmp_path)
    for student in mixed_course.ANSWERS.keys() - {"right", "guess"}:
        shutil.rmtree(root / "submitted" / student)
    source = root / "source/ps1/ps1.ipynb"
    source.write_text(source.read_text().replace("assert g(21) == 42", "assert g(1) == 2"))
    done = autograder(root, "grade", "ps1")
    assert "graded 2 submissions" in done.stdout, done.stdout + done.stderr
    found = {g[:3]: g[4] for g in rows(root)["grades"]}
    assert found["guess", "ps1", "test_g"] == 2.5


def refusal(root):
    course = Course.load(root)
    release = read(course.release_notebook("ps1"))
    with pytest.raises(CourseError) as error:
        ordinary_cells(course, "ps1", release, None)  # refused before a sandbox is asked
    return str(error.value)


def change(root, old, new, step="source"):
    path = root / step / "ps1" / "ps1.ipynb"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_hidden_tests_in_a_cell_that_graders_judge_are_never_dropped(mixed, tmp_path):
    root = mixed_course.copied(mixed, tmp_path)
    hidden = r"assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(2) == 3\n### END HIDDEN TESTS"
    change(root, "assert f(1) == 2", hidden)
    assert "'test_f' holds hidden tests that nobody would run" in refusal(root)
    assert any("nobody would run" in p for p in check_problems(Course.load(root), "ps1"))


def test_a_test_that_nbgrader_has_written_is_taken_from_the_release(mixed, tmp_path, rows):
    root = mixed_course.copied(mixed, tmp_path)
    change(root, "assert v == 42", "### AUTOTEST v")
    for student in mixed_course.ANSWERS.keys() - {"right", "loop", "without"}:
        shutil.rmtree(root / "submitted" / student)
    done = autograder(root, "grade", "ps1")
    assert "graded 3 submissions" in done.stdout, done.stdout + done.stderr
    found = {g[0]: g[4] for g in rows(root)["grades"] if g[2] == "test_v"}
    assert found == {"right": 1.0, "loop": 0.0, "without": 0.0}
    plan = json.loads((root / ".autograder/testcells/ps1.mixed.json").read_text())["notebooks"]
    assert plan["ps1"]["test_v"] == {"judged": "outside"}
    assert "test_v  outside" in autograder(root, "plan", "ps1").stdout


def test_hidden_tests_beside_those_that_nbgrader_writes_are_not_lost(mixed, tmp_path):
    root = mixed_course.copied(mixed, tmp_path)
    hidden = r"### AUTOTEST v\n### BEGIN HIDDEN TESTS\nassert v > 41\n### END HIDDEN TESTS"
    change(root, "assert v == 42", hidden)
    assert "has hidden tests beside AUTOTEST, which only the gradebook holds" in refusal(root)
    change(root, hidden, "### AUTOTEST v")
    change(root, "assert v == 42", "### AUTOTEST v", step="release")
    assert "the release does not hold what nbgrader writes there" in refusal(root)


def test_hidden_tests_between_delimiters_of_the_course_are_judged_outside_too(mixed, tmp_path):
    """The text of the plan had the course's delimiters and that of a submission nbgrader's."""
    root = mixed_course.copied(mixed, tmp_path)
    change(root, "BEGIN HIDDEN TESTS", "BEGIN SECRET")
    change(root, "END HIDDEN TESTS", "END SECRET")
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("c.ClearHiddenTests.begin_test_delimeter = 'BEGIN SECRET'\n")
        config.write("c.ClearHiddenTests.end_test_delimeter = 'END SECRET'\n")
    with Grader(Course.load(root), "ps1") as grader:
        texts, outside = grader.ordinary.texts, grader.ordinary.outside.cells
        assert "test_g" in outside
        assert {name: cell.text for name, cell in outside.items()} == {n: texts[n] for n in outside}


def test_a_release_of_another_notebook_is_not_graded(mixed, tmp_path):
    root = mixed_course.copied(mixed, tmp_path)
    change(root, "assert v == 42", "assert v == 43")
    assert "the test cell 'test_v' of the release is not that of" in refusal(root)


@pytest.mark.parametrize("text", ["# see the hidden checks", "", "check(g, 1, expected=2)"])
def test_a_test_cell_that_would_let_everybody_pass_needs_a_grader(mixed, tmp_path, text):
    root = mixed_course.copied(mixed, tmp_path)
    for step in ("source", "release"):
        path = root / step / "ps1" / "ps1.ipynb"
        nb = json.loads(path.read_text())
        for cell in nb["cells"]:
            changed = {"test_g": text, "imports": "from public_check import check"}
            cell["source"] = changed.get(cell["id"], cell["source"])
        path.write_text(json.dumps(nb))
    course = Course.load(root)
    assert [e.name for e in judges_of(course, "ps1", read(path)).hidden] == ["f", "g"]
    assert any("no grader in" in p and '("g")' in p for p in check_problems(course, "ps1"))


def test_checks_of_an_exercise_whose_cells_have_other_names_are_told(mixed, tmp_path):
    root = mixed_course.copied(mixed, tmp_path)
    graders = root / "tests/ps1/test_ps1.py"
    graders.write_text(
        f'{graders.read_text()}\n\n@pytest.mark.exercise("v2")\ndef test_v2(): ...\n'
    )
    with pytest.raises(CourseError) as error, Grader(Course.load(root), "ps1"):
        pass
    assert "has checks of v2, and no test cell is theirs: it is called test_v2" in str(error.value)
