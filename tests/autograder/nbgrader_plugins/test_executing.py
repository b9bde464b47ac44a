"""`nbgrader autograde` of notebooks without hidden graders."""

import base64
import json
import shutil
from pathlib import Path

import pytest
from two_doors import (
    RIGHT,
    autograde,
    configured,
    outputs_of,
    scores,
    submit,
    with_texts,
)
from typed_commands import typed

from autograder.grading.made_files import sound_files, take_back
from autograder.grading.nbgrader_scored import require_python
from autograder.model import GraderError
from autograder.sandbox import Limits

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]

# Without hidden graders nbgrader's own rule applies, and the cells still run behind the wall.

PLAIN = {
    "right": ("def f(x):\n    return x + 1", 3.0),
    "wrong": ("def f(x):\n    return x", 0.0),
    "stderr": ("import sys\ndef f(x):\n    print('x', file=sys.stderr)\n    return x + 1", 0.0),
    "loop": ("def f(x):\n    while True: pass", 0.0),
    "exit": ("def f(x):\n    import os; os._exit(0)", 0.0),
    "system-exit": ("def f(x):\n    raise SystemExit", 0.0),
    "hides": (
        "get_ipython().showtraceback = lambda *a, **k: None\ndef f(x):\n    return 1 / 0", 0.0,
    ),
    "peeks": ("def f(x):\n    return len(open(GRADEBOOK, 'rb').read()) * 0 + 2", 0.0),
    "files": (
        "import helper, own\nopen('made.txt', 'w').write('by a cell')\n"
        "def f(x):\n    return x + helper.A", 3.0,
    ),
    "environment": (
        "import os\nprint(os.environ['NBGRADER_EXECUTION'])\ndef f(x): return x + 1", 3.0,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain_class(released, release_text, tmp_path_factory):
    """A class in a course without hidden graders, autograded once."""
    root = tmp_path_factory.mktemp("plain") / "course"
    shutil.copytree(released, root)
    for student, (text, _) in PLAIN.items():
        text = text.replace("GRADEBOOK", repr(str(root / "gradebook.db")))
        submit(root, student, with_texts(json.loads(release_text), f=text, g=RIGHT["g"]))
    (root / "submitted" / "files" / "ps1" / "own.py").write_text("B = 2")
    assert autograde(root, configured(timeout=2)) == ""
    return root


@pytest.mark.parametrize("student", PLAIN)
def test_without_graders_the_outputs_of_the_cells_decide(plain_class, rows, student):
    found = scores(rows(plain_class), student)
    assert (found["test_f"], found["test_g"]) == (PLAIN[student][1], 2.5)


def test_a_hidden_error_is_shown(plain_class):
    shown = [o["ename"] for o in outputs_of(plain_class, "hides", "test_f")]
    assert shown == ["ZeroDivisionError"]


def test_a_cell_that_takes_too_long_ends_with_nbgraders_own_error(plain_class):
    assert outputs_of(plain_class, "loop", "test_f")[-1]["ename"] == "CellTimeoutError"


def test_files_that_cells_write_come_back(plain_class):
    made = plain_class / "autograded" / "files" / "ps1" / "made.txt"
    assert made.read_text() == "by a cell"
    assert oct(made.stat().st_mode)[-3:] == "444"


def test_the_cells_know_that_they_are_autograded(plain_class):
    assert outputs_of(plain_class, "environment", "f")[0]["text"] == ["autograde\n"]


def test_files_that_cells_write_replace_nothing_and_leave_the_folder_never(tmp_path):
    folder = tmp_path / "ps1"
    folder.mkdir()
    (folder / "helper.py").write_text("A = 1")
    (folder / "link.txt").symlink_to(tmp_path / "elsewhere")
    evil = base64.b64encode(b"evil").decode()
    names = ["../a", "/tmp/autograder-evil", "helper.py", "link.txt", "new.ipynb", "b/../../c"]
    said = {**dict.fromkeys(names, evil), "fine/new.txt": evil, "no": 3}
    take_back(sound_files((said, 0), Limits())[0], folder)
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert written == {"ps1/helper.py", "ps1/fine/new.txt"}
    assert (folder / "helper.py").read_text() == "A = 1"
    assert not Path("/tmp/autograder-evil").exists()


@pytest.mark.quick
@pytest.mark.parametrize("name", ["ir", "julia-1.10", "blah", "python2"])
def test_a_kernel_of_another_language_is_refused(name):
    language = "python" if name == "python2" else ""  # as Jupyter writes it
    with pytest.raises(GraderError, match=f"asks for the kernel '{name}'"):
        require_python({"metadata": {"kernelspec": {"name": name, "language": language}}})


@pytest.mark.parametrize(
    "kernel", [None, {}, {"name": "python3"}, {"name": "conda-env", "language": "python"}]
)
def test_kernels_of_python_are_fine(kernel):
    require_python({"metadata": {"kernelspec": kernel}})


def test_no_execute_keeps_outputs_and_scores_by_them(course, release, rows):
    nb = with_texts(release, **RIGHT)
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    next(c for c in nb["cells"] if c["id"] == "test_f")["outputs"] = [error]
    submit(course, "ada", nb)
    config = configured(enabled=False)
    config.ClearOutput.enabled = False
    autograde(course, config)
    assert outputs_of(course, "ada", "test_f") == [error]
    assert scores(rows(course), "ada")["test_f"] == 0.0


CONFIG = """
from autograder.nbgrader_plugins import configure
c = get_config()
configure(c)
"""


@pytest.mark.slow
def test_a_lesson_without_graders_that_stops_behind_the_wall_grades_nobody(course, release, rows):
    """In both doors: the author's cell is named, and what was graded before stays."""
    (course / "nbgrader_config.py").write_text(CONFIG)
    submit(course, "ada", with_texts(release, **RIGHT))
    assert autograde(course) == ""
    before = rows(course)
    assert scores(before, "ada")["test_f"] == 3.0
    source = course / "source" / "ps1" / "ps1.ipynb"
    nb = json.loads(source.read_text())
    [imports] = [cell for cell in nb["cells"] if cell["id"] == "imports"]
    imports["source"] = "import subprocess\nsubprocess.run(['true'], check=True)"
    source.write_text(json.dumps(nb))
    submit(course, "ada", with_texts(release, f="f = 1"))
    assert autograde(course, force=True)
    assert scores(rows(course), "ada") == scores(before, "ada")
    done = typed(course, "grade", "ps1", "--workers", "1")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "ps1 is not graded: it does not stand its own grading" in done.stderr
    assert "the provided cell 'imports' (cell " in done.stderr
    assert scores(rows(course), "ada") == scores(before, "ada")
