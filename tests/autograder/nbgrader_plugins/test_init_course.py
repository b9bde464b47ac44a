"""An nbgrader course of before: what `autograder init` adds, and that the rest stays as it was."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typed_commands import typed

from autograder.course import Course
from autograder.model import CourseError
from autograder.nbgrader_plugins.course_at_a_glance import at_a_glance
from autograder.nbgrader_plugins.init_course import init
from tests.autograder.testcells.conftest import cell as code_cell
from tests.autograder.testcells.conftest import notebook

OWN = b"""# Our course, since 2019.\r
c = get_config()
c.CourseDirectory.course_id = 'biology'
c.ClearSolutions.code_stub = {'python': 'pass  # yours'}
c.CourseDirectory.ignore = ['*.key']
c.Execute.timeout = 20"""  # no newline at the end, and two kinds before it


def config_of(folder: Path):
    from traitlets.config.loader import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


def test_a_config_keeps_every_byte_and_gets_what_is_missing(tmp_path):
    file = tmp_path / "nbgrader_config.py"
    file.write_bytes(OWN)
    before = config_of(tmp_path)
    said = init(tmp_path)
    assert file.read_bytes().startswith(OWN) and not any("note" in line for line in said)
    after = config_of(tmp_path)
    for section in before:
        for name, value in before[section].items():
            assert after[section][name] == value, f"c.{section}.{name} is the course's own"
    assert len(after.Autograder.seed) == 16
    assert after.Autograde.autograde_preprocessors[0].startswith("autograder.")
    assert "autograder.authoring.release.DeriveStubs" in after.GenerateAssignment.preprocessors
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [file.name]


def test_a_second_time_there_is_nothing_to_do(tmp_path):
    file = tmp_path / "nbgrader_config.py"
    file.write_bytes(OWN)
    init(tmp_path)
    once = file.read_bytes()
    assert "nothing to do" in " ".join(init(tmp_path))
    assert file.read_bytes() == once


@pytest.mark.parametrize("own", ["seed", "grader", "stubs"])
def test_only_what_is_missing_is_added(tmp_path, own):
    has = {
        "seed": "c.Autograder.seed = 'mine'",
        "grader": "from autograder.nbgrader_plugins import configure\nconfigure(c)",
        "stubs": "from autograder.nbgrader_plugins import release_config\nrelease_config(c)",
    }
    added = {"seed": "c.Autograder.seed =", "grader": "_configure_autograder(c)",
             "stubs": "_derive_stubs(c)"}  # fmt: skip
    file = tmp_path / "nbgrader_config.py"
    text = f"c = get_config()\n{has[own]}\n"
    file.write_text(text)
    init(tmp_path)
    new = file.read_text().removeprefix(text)
    assert {name for name, line in added.items() if line in new} == set(added) - {own}


def test_a_mention_in_a_comment_is_no_setting(tmp_path):
    file = tmp_path / "nbgrader_config.py"
    file.write_text("# one day: autograder.nbgrader_plugins\nc = get_config()\n")
    init(tmp_path)
    assert config_of(tmp_path).Autograde.autograde_preprocessors


def test_settings_that_are_overruled_are_named(tmp_path):
    lines = [
        "c = get_config()",
        "stock = 'nbgrader.preprocessors.'",
        "c.Autograde.autograde_preprocessors = [stock + 'Execute']",
        "c.GenerateAssignment.preprocessors = ['mine.Own', stock + 'ClearSolutions']",
    ]
    (tmp_path / "nbgrader_config.py").write_text("\n".join(lines))
    notes = [line for line in init(tmp_path) if line.startswith("note")]
    assert notes == ["note: c.Autograde.autograde_preprocessors was set there and is replaced"]
    chain = config_of(tmp_path).GenerateAssignment.preprocessors
    assert chain[0] == "mine.Own" and chain[2].endswith("DeriveStubs") and len(chain) == 6


def test_a_list_without_a_place_for_the_stubs_is_named(tmp_path):
    text = "c = get_config()\nc.GenerateAssignment.preprocessors = ['mine.Own']\n"
    (tmp_path / "nbgrader_config.py").write_text(text)
    assert "no ClearSolutions" in " ".join(init(tmp_path))


def test_a_config_that_does_not_load_is_left_alone(tmp_path):
    file = tmp_path / "nbgrader_config.py"
    file.write_text("c = get_config()\nimport no_such_module_of_ours\n")
    before = file.read_bytes()
    with pytest.raises(CourseError, match=r"no_such_module_of_ours.*nothing was changed"):
        init(tmp_path)
    assert file.read_bytes() == before


def test_a_course_whose_settings_are_elsewhere_gets_no_name_from_us(tmp_path):
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    (tmp_path / "source" / "ps1" / "ps1.ipynb").write_text("{}")
    init(tmp_path)
    config = config_of(tmp_path)
    assert "course_id" not in config.CourseDirectory and "ignore" not in config.CourseDirectory
    assert config.Autograder.seed


# An assignment of before, autograded by stock nbgrader and then by the extended course.

ANSWER = "def f(x):\n    {}"
IMPORTS = """import sys, warnings
import numpy as np
import matplotlib.pyplot as plt
from IPython.display import HTML, Markdown, display
%matplotlib inline
import given"""
RICH = """print('hello')
print('there', file=sys.stderr)
display(HTML('<b>bold</b>'), Markdown('*x*'))
%precision 3
plt.plot([1, 2])
plt.show()
from mine import f
open('made.txt', 'w').write('by a cell')
np.arange(3)"""
# Test cells judged outside: the student's `%precision` is not theirs. The scores are the same.
SHOWN_OTHERWISE = {"rich": {"partial"}}
SUBMISSIONS = {
    "rich": RICH,
    "half": ANSWER.format("return x + 1 if x < 5 else None"),
    "raises": "print('so far')\n" + ANSWER.format("return {}['no']"),
    "syntax": "def f(x:",
    "warns": ANSWER.format("warnings.warn('careful'); return x + 1"),
    "asks": "%%capture kept\nprint('unseen')\n" + ANSWER.format("return input('who?')"),
    "leaves": "raise SystemExit(3)",
    "edits_the_test": None,
}


def cell(kind, name, source, **nbgrader):
    roles = {"grade": False, "solution": False, "locked": False, "task": False}
    metadata = {"nbgrader": {**roles, "grade_id": name, "schema_version": 3, **nbgrader}}
    made = {"cell_type": kind, "id": name, "metadata": metadata if nbgrader else {},
            "source": source}  # fmt: skip
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made


def of_before():
    graded = {"grade": True, "locked": True}
    solved = "def f(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION"
    cells = [
        cell("markdown", "title", "# Written for nbgrader"),
        cell("code", "imports", IMPORTS, locked=True),
        cell("code", "f", solved, solution=True),
        cell("code", "test_f", "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(7) == 8\n"
             "### END HIDDEN TESTS", **graded, points=3),
        cell("code", "partial", "sum(f(x) == x + given.ONE for x in range(10)) / 5", **graded,
             points=2),
        cell("code", "plot", "plt.bar([0, 1], [f(0), f(1)]);", grade=True, solution=True, points=1),
        cell("markdown", "essay", "Why?", grade=True, solution=True, points=4),
    ]  # fmt: skip
    cells[3]["metadata"]["jupyter"] = {"source_hidden": True}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "authors": [{"name": "Someone"}]}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def run(folder: Path, *words: str, status: int = 0) -> str:
    if words[:2] != ("nbgrader", "autograde"):
        done = typed(folder, *words[1:], program=words[0])
    else:  # whose process, of a stock course, nothing of ours has prepared
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True,
            timeout=300, check=False, env={**os.environ, "PATH": path},
        )  # fmt: skip
    assert done.returncode == status, f"{' '.join(words)}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def hand_in(course: Path, student: str, answer: str | None) -> None:
    folder = course / "submitted" / student / "ps1"
    shutil.copytree(course / "release" / "ps1", folder)
    notebook = json.loads((folder / "ps1.ipynb").read_text())
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    if answer is not None:
        cells["f"]["source"] = answer
    if student == "edits_the_test":
        cells["test_f"]["source"] = "assert True"
    (folder / "ps1.ipynb").write_text(json.dumps(notebook))
    (folder / "mine.py").write_text("def f(x):\n    return x + 1\n")


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The same course and class: by stock nbgrader, and after `autograder init`."""
    stock = tmp_path_factory.mktemp("before") / "course"
    (stock / "source" / "ps1").mkdir(parents=True)
    (stock / "nbgrader_config.py").write_bytes(OWN)
    (stock / "source" / "ps1" / "ps1.ipynb").write_text(json.dumps(of_before()))
    (stock / "source" / "ps1" / "given.py").write_text("ONE = 1\n")
    (stock / "source" / "ps1" / "data.mat").write_bytes(b"\x00\x01")
    run(stock, "nbgrader", "generate_assignment", "ps1")
    for student, answer in SUBMISSIONS.items():
        hand_in(stock, student, answer)
    extended = stock.with_name("extended")
    shutil.copytree(stock, extended)
    run(stock, "nbgrader", "autograde", "ps1")
    run(extended, "autograder", "init")
    run(extended, "nbgrader", "generate_assignment", "ps1", "--force")
    run(extended, "nbgrader", "autograde", "ps1")
    return stock, extended


def rows(course: Path):
    """Every score that nbgrader keeps, and what a person still has to grade."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "biology") as gradebook:
        return {
            (submission.student.id, grade.name): (
                grade.auto_score, grade.manual_score, grade.extra_credit, grade.max_score,
                grade.needs_manual_grade, submission.score, submission.needs_manual_grade,
            )
            for submission in gradebook.assignment_submissions("ps1")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }  # fmt: skip


def shown(course: Path, student: str):
    """The autograded notebook without what differs from run to run."""
    path = course / "autograded" / student / "ps1" / "ps1.ipynb"
    notebook = json.loads(path.read_text())
    kept = ("id", "cell_type", "source")
    return [
        (*(cell[key] for key in kept), cell["metadata"].get("nbgrader"), outputs(cell))
        for cell in notebook["cells"]
    ]


CELL_FILE = re.compile(r"<ipython-input-[^>]+>|(?:/[^ :]+/ipykernel_\d+/)?\b\d{6,}\.py")


def outputs(cell):
    """What a cell showed; its code lies in another file in every process."""
    found = []
    for output in json.loads(CELL_FILE.sub("CELL", json.dumps(cell.get("outputs", ())))):
        kept = {key: value for key, value in output.items() if key not in ("traceback", "metadata")}
        if "image/png" in kept.get("data", ()):
            kept["data"] = sorted(kept["data"])
        found.append(kept)
    return found


@pytest.mark.slow
def test_the_release_of_an_old_assignment_does_not_change(twice):
    stock, extended = (
        {str(p.relative_to(c)): p.read_bytes() for p in (c / "release").rglob("*") if p.is_file()}
        for c in twice
    )
    assert extended == stock and "release/ps1/data.mat" in stock
    assert b"pass  # yours" in stock["release/ps1/ps1.ipynb"]
    assert b"Someone" in stock["release/ps1/ps1.ipynb"]


@pytest.mark.slow
def test_an_old_assignment_gets_stock_nbgraders_scores(twice):
    stock, extended = map(rows, twice)
    assert extended == stock
    points = {student: stock[student, "test_f"][0] for student in SUBMISSIONS}
    assert points["rich"] == 3 and points["edits_the_test"] == points["warns"] == 0
    assert stock["half", "partial"][0] == 1.0 and len(stock) == 4 * len(SUBMISSIONS)


@pytest.mark.slow
@pytest.mark.parametrize("student", SUBMISSIONS)
def test_an_old_assignment_shows_the_same_cells_and_outputs(twice, student):
    stock, extended = (shown(course, student) for course in twice)
    differing = {ours[0] for ours, theirs in zip(extended, stock, strict=True) if ours != theirs}
    assert differing == SHOWN_OTHERWISE.get(student, set())


@pytest.mark.slow
def test_files_of_an_old_assignment_are_kept_alike(twice):
    stock, extended = (
        sorted(
            str(path.relative_to(course / "autograded"))
            for path in (course / "autograded").rglob("*")
            if "__pycache__" not in path.parts  # a stock kernel leaves it beside a helper module
        )
        for course in twice
    )
    assert extended == stock and "rich/ps1/made.txt" in stock


@pytest.mark.slow
def test_a_new_assignment_stands_beside_the_old_one(twice):
    _, extended = twice
    run(extended, "autograder", "new", "warm_up")
    assert "fresh" in run(extended, "autograder", "build", "--check")
    folder = extended / "submitted" / "half" / "warm_up"
    shutil.copytree(extended / "source" / "warm_up", folder)
    before = rows(extended)
    run(extended, "autograder", "grade", "warm_up")
    with Gradebook(f"sqlite:///{extended}/gradebook.db", "biology") as gradebook:
        [submission] = gradebook.assignment_submissions("warm_up")
        assert submission.score == submission.max_score > 0
    assert rows(extended) == before
    assert "proven" in run(extended, "autograder", "verify")
    assert Course.load(extended).assignments() == ("ps1", "warm_up")


@pytest.mark.slow
def test_an_old_assignment_takes_the_fast_door_with_the_same_rows_and_files(twice, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(twice[1], course)
    before = {p: p.read_bytes() for p in (course / "autograded").rglob("*/ps1/*") if p.is_file()}
    shutil.rmtree(course / "autograded")
    run(course, "autograder", "grade", "ps1", "--workers", "2")
    assert rows(course) == rows(twice[1])
    assert {p: p.read_bytes() for p in before if p.exists()} == before


REACHES_OUT = """import socket, subprocess
!echo shell
try:
    subprocess.run(["true"])
except OSError as error:
    print("process:", error.strerror)
try:
    socket.create_connection(("127.0.0.1", 9))
except OSError as error:
    print("network:", error.strerror)
def f(x):
    return x + 1"""


@pytest.mark.slow
def test_what_the_wall_takes_from_an_old_assignment_is_told_to_its_cells(twice, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(twice[1], course)
    hand_in(course, "reach_out", REACHES_OUT)
    hand_in(course, "reach_on", "import asyncio\nawait asyncio.sleep(0)")
    run(course, "nbgrader", "autograde", "ps1", "--student", "reach_*")
    [found] = [cell[-1] for cell in shown(course, "reach_out") if cell[0] == "f"]
    said = "".join(str(output) for output in found)
    assert "shell commands do not run while grading" in said
    assert "process: Operation not permitted" in said and "network: " in said
    [[error]] = [cell[-1] for cell in shown(course, "reach_on") if cell[0] == "f"]
    assert error["ename"] == "PermissionError"


def test_init_says_what_may_be_judged_outside_and_what_is_not_there(tmp_path):
    nb = notebook("def f(): pass", "assert f() is None", "assert eval('f()') is None")
    nb["cells"].insert(0, code_cell("!ls"))
    folder = tmp_path / "source" / "ps1"
    folder.mkdir(parents=True)
    (folder / "ps1.ipynb").write_text(json.dumps({**nb, "nbformat": 4, "nbformat_minor": 5}))
    other = {
        "cells": [],
        "metadata": {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
    }
    (folder / "r.ipynb").write_text(json.dumps({**other, "nbformat": 4, "nbformat_minor": 5}))
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    said = list(at_a_glance(tmp_path))
    assert said[:4] == [
        "  ps1: 1 of 2 test cells may be judged outside",
        "  ps1: inside, because the test executes code in strings: t2",
        "  ps1: not there while grading: the shell: cell 1",
        "  ps1/r: its kernel is of r: it is not graded behind the wall; set "
        "c.Autograde.autograde_preprocessors to nbgrader's own list for it",
    ]
    assert "forge" in said[4] and len(said) == 5
