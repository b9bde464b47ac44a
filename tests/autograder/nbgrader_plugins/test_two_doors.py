"""`nbgrader autograde` and Formgrader's button through the wall: what an nbgrader user expects."""

import base64
import copy
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.workers import end_own_worker
from autograder.course import Course
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.report_store import ReportStore
from autograder.gradebook.staging import scores_of
from autograder.grading import warm as warm_module
from autograder.grading.grader import Grader
from autograder.grading.made_files import sound_files, take_back
from autograder.grading.nbgrader_scored import require_python
from autograder.model import GraderError, Key, Report
from autograder.nbgrader_plugins import configure, executing
from autograder.sandbox import Limits

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]

RIGHT = {"f": "def f(x):\n    return x + 1", "g": "def g(x):\n    return 2 * x"}
SOLUTIONS = "\n\n\n".join(RIGHT.values()) + "\n"
GRADERS = '''
import pytest
from autograder.graders import assert_same


@pytest.mark.exercise("f")
@pytest.mark.parametrize("x", [1, 5, -3])
def test_f(student, reference, x):
    """One more"""
    assert_same(student.f(x), reference.f(x))


@pytest.mark.exercise("g")
def test_g(student, reference):
    """Twice as much"""
    assert_same(student.g(21), reference.g(21))


@pytest.mark.exercise("g")
def test_g_of_nothing(student, reference):
    """Twice nothing"""
    assert_same(student.g(0), reference.g(0))
'''


@pytest.fixture(autouse=True)
def cold():
    """Ends what the test, or one before it in this process, kept warm."""
    end_own_worker()
    yield
    warm_module.cool_down_all()
    end_own_worker()


@pytest.fixture
def in_this_process(monkeypatch):
    """What the door gives to its worker is done here, so that a test can replace a part of it."""
    monkeypatch.setattr(executing, "in_own_worker", lambda budget, function, *args: function(*args))


@pytest.fixture
def graders(course):
    """The course with hidden graders for ps1."""
    (course / "solutions").mkdir()
    (course / "solutions" / "ps1.py").write_text(SOLUTIONS)
    (course / "tests" / "ps1").mkdir(parents=True)
    (course / "tests" / "ps1" / "test_ps1.py").write_text(GRADERS)
    return course


def configured(**execute):
    config = Config()
    configure(config)
    config.Execute.update(execute)
    return config


def autograde(root, config=None, force=False, **coursedir):
    """nbgrader's own converter; the text of its failure, or none."""
    directory = CourseDirectory(root=str(root), assignment_id="ps1", **coursedir)
    try:
        Autograde(coursedir=directory, config=config or configured(), force=force).start()
    except NbGraderException as error:
        return str(error)
    return ""


def submit(root, student, nb, **files):
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ps1.ipynb").write_text(nb if isinstance(nb, str) else json.dumps(nb))
    for name, text in files.items():
        (folder / name.replace("_py", ".py").replace("_txt", ".txt")).write_text(text)


def with_texts(nb, **texts):
    changed = copy.deepcopy(nb)
    for cell in changed["cells"]:
        cell["source"] = texts.get(cell["id"], cell["source"])
    return changed


def scores(found, student):
    return {g[2]: g[4] for g in found["grades"] if g[0] == student}


def autograded(root, student):
    return json.loads((root / "autograded" / student / "ps1" / "ps1.ipynb").read_text())


def outputs_of(root, student, name):
    cells = {c["id"]: c for c in autograded(root, student)["cells"]}
    return cells[name]["outputs"]


def a_class(root, release):
    submit(root, "right", with_texts(release, **RIGHT), timestamp_txt="2026-03-02 10:00:00 UTC")
    submit(root, "half", with_texts(release, f=RIGHT["f"], g="def g(x):\n    return x ** 2"))
    submit(root, "stub", release)
    submit(root, "broken", with_texts(release, f="def f(:", g=RIGHT["g"]))
    submit(root, "loop", with_texts(release, f=RIGHT["f"], g="def g(x):\n    while True: pass"))
    damaged = with_texts(release, test_f="print(1)", **RIGHT)
    damaged["cells"] = [c for c in damaged["cells"] if c["id"] not in ("test_g", "imports")]
    submit(root, "damaged", damaged)
    forged = "get_ipython().ast_transformers.append(1)\ndef f(x): return 0\nprint('3.0')"
    submit(root, "forger", with_texts(release, f=forged, g="def g(x): return 1"))


EXPECTED = {
    "right": (3.0, 2.5), "half": (3.0, 1.25), "stub": (0.0, 0.0), "broken": (0.0, 2.5),
    "loop": (3.0, 0.0), "damaged": (3.0, 2.5), "forger": (0.0, 0.0),
}  # fmt: skip


def files_below(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.slow
def test_both_doors_give_the_same_scores_rows_and_files(graders, release, rows):
    a_class(graders, release)
    assert autograde(graders) == ""
    stock_rows, stock_files = rows(graders), files_below(graders / "autograded")
    assert {s: tuple(scores(stock_rows, s)[t] for t in ("test_f", "test_g")) for s in EXPECTED} == (
        EXPECTED
    )
    html = "".join(outputs_of(graders, "damaged", "test_f")[-1]["data"]["text/html"])
    assert "The text of “test_f” had been edited" in html
    assert "2 cells had been deleted (“imports”, “test_g”): they were put back." in html
    (graders / "autograded").rename(graders / "autograded-stock")
    with Grader(Course(graders), "ps1") as grader:
        coursedir = CourseDirectory(root=str(graders), assignment_id="ps1")
        with Recorder(coursedir, "ps1") as recorder:
            for student in EXPECTED:
                text = (graders / "submitted" / student / "ps1" / "ps1.ipynb").read_bytes()
                recorder.record(grader.grade(text, student))
    assert rows(graders) == stock_rows
    assert files_below(graders / "autograded") == stock_files


@pytest.mark.slow
def test_an_error_of_ours_fails_that_submission_only(
    graders, release, rows, monkeypatch, in_this_process
):
    grade = Grader.grade

    def fails_for_a_bad_ada(self, notebook, student, **options):
        if student == "ada" and b"f = 1" in notebook:
            raise ZeroDivisionError("in a grader")
        return grade(self, notebook, student, **options)

    monkeypatch.setattr(Grader, "grade", fails_for_a_bad_ada)
    submit(graders, "ada", with_texts(release, **RIGHT))
    submit(graders, "bob", with_texts(release, **RIGHT))
    assert autograde(graders) == ""
    submit(graders, "ada", with_texts(release, f="f = 1"))
    assert "failures" in autograde(graders, force=True)
    assert scores(rows(graders), "ada")["test_f"] == 3.0
    assert not (graders / "autograded" / "ada" / "ps1").exists()
    assert outputs_of(graders, "bob", "test_f")


@pytest.mark.slow
def test_a_broken_grader_is_nobodys_zero(graders, release, rows):
    submit(graders, "ada", with_texts(release, **RIGHT))
    assert autograde(graders) == ""
    tests = graders / "tests" / "ps1" / "test_ps1.py"
    tests.write_text(GRADERS.replace("reference.f(x)", "reference.no_such_function(x)"))
    assert autograde(graders, force=True)
    assert scores(rows(graders), "ada")["test_f"] == 3.0


@pytest.mark.slow
def test_points_that_differ_from_the_release_fail_clearly(graders, release, rows, caplog):
    submit(graders, "ada", with_texts(release, **RIGHT))
    release["cells"][3]["metadata"]["nbgrader"]["points"] = 30
    (graders / "release" / "ps1" / "ps1.ipynb").write_text(json.dumps(release))
    assert autograde(graders)
    assert "differ in the points of test_f: run `nbgrader generate_assignment" in caplog.text
    assert scores(rows(graders), "ada")["test_f"] is None


@pytest.mark.slow
def test_a_mended_grader_is_used_at_once(graders, release, rows):
    submit(graders, "ada", with_texts(release, f="def f(x):\n    return x + 2", g=RIGHT["g"]))
    autograde(graders)
    assert scores(rows(graders), "ada")["test_f"] == 0.0
    for name in ("solutions/ps1.py", "source/ps1/ps1.ipynb", "release/ps1/ps1.ipynb"):
        text = (graders / name).read_text().replace("return x + 1", "return x + 2")
        (graders / name).write_text(text.replace("assert f(1) == 2", "assert f(1) == 3"))
    assert autograde(graders, force=True) == ""
    assert scores(rows(graders), "ada")["test_f"] == 3.0


@pytest.mark.slow
def test_a_run_of_nbgraders_with_other_points_leaves_no_report_of_ours(graders, release):
    """Rows, page and report stay of one run: the class report reads the report."""
    reports = ReportStore(Course(graders), "ps1")
    for student, f in (("ada", "x + 2"), ("bob", "x + 1")):
        submit(graders, student, with_texts(release, f=f"def f(x):\n    return {f}", g=RIGHT["g"]))
    autograde(graders)
    for student in ("ada", "bob"):
        nb = nbformat.read(graders / "autograded" / student / "ps1" / "ps1.ipynb", 4)
        report = Report("ps1", student, "ps1", (), (), {})
        reports.keep(report, Key({}, {}, {}, {}), {"ps1": scores_of(nb)})
    autograde(graders, force=True)
    assert reports.find("ada") and reports.find("bob")
    tests = graders / "tests" / "ps1" / "test_ps1.py"
    tests.write_text(GRADERS.replace("[1, 5, -3]", "[1, 5]"))
    for name in ("solutions/ps1.py", "source/ps1/ps1.ipynb", "release/ps1/ps1.ipynb"):
        text = (graders / name).read_text().replace("return x + 1", "return x + 2")
        (graders / name).write_text(text.replace("assert f(1) == 2", "assert f(1) == 3"))
    autograde(graders, force=True)
    assert reports.find("ada") is None and reports.find("bob") is None


@pytest.mark.slow
def test_the_grader_stays_warm_between_clicks(graders, release):
    made = graders / "made.txt"  # a line each time that the graders are imported
    tests = graders / "tests" / "ps1" / "test_ps1.py"
    tests.write_text(f"open({str(made)!r}, 'a').write('imported\\n')\n{GRADERS}")
    for student in ("ada", "bob", "cy"):
        submit(graders, student, with_texts(release, **RIGHT))
        assert autograde(graders, configured(), student_id=student) == ""  # config loaded afresh
        if student == "ada":
            first = made.read_text()
    assert made.read_text() == first


@pytest.mark.slow
def test_it_works_outside_the_main_thread(graders, release, rows):
    submit(graders, "ada", with_texts(release, **RIGHT))
    failures = []
    thread = threading.Thread(target=lambda: failures.append(autograde(graders)))
    thread.start()
    thread.join(60)
    assert failures == [""]
    assert scores(rows(graders), "ada")["test_f"] == 3.0


def test_what_is_no_notebook_fails_alone_and_says_why(course, release, rows, caplog):
    old = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []})
    texts = ["", "{", "[]", '{"cells": 1}', old]
    for number, text in enumerate(texts):
        submit(course, f"s{number}", text)
    submit(course, "bob", with_texts(release, **RIGHT))
    assert autograde(course)
    assert caplog.text.count("autograder.model.SubmissionError") == len(texts)
    assert scores(rows(course), "bob")["test_f"] == 3.0
    assert [p.parent.name for p in (course / "autograded").glob("*/ps1")] == ["bob"]


@pytest.mark.slow
def test_without_force_only_newer_submissions_are_graded(graders, release, rows):
    old, new = "2026-03-02 10:00:00 UTC", "2026-03-02 11:00:00 UTC"
    submit(graders, "ada", release, timestamp_txt=old)
    autograde(graders)
    submit(graders, "ada", with_texts(release, **RIGHT))
    autograde(graders)
    assert scores(rows(graders), "ada")["test_f"] == 0.0
    submit(graders, "ada", with_texts(release, **RIGHT), timestamp_txt=new)
    autograde(graders)
    assert scores(rows(graders), "ada")["test_f"] == 3.0


def test_a_resubmission_without_its_test_cells_keeps_no_old_points(graders, release, rows):
    submit(graders, "ada", with_texts(release, **RIGHT))
    autograde(graders)
    worse = with_texts(release, f="f = None")
    worse["cells"] = [c for c in worse["cells"] if not c["id"].startswith("test")]
    submit(graders, "ada", worse)
    autograde(graders, force=True)
    assert scores(rows(graders), "ada")["test_f"] == 0.0


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
@pytest.mark.parametrize("name", ["ir", "julia-1.10", "blah"])
def test_a_kernel_of_another_language_is_refused(name):
    with pytest.raises(GraderError, match=f"asks for the kernel '{name}'"):
        require_python({"metadata": {"kernelspec": {"name": name}}})


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


def test_configuring_imports_nothing():
    """A config file that mentions us must not slow every nbgrader command down."""
    import subprocess
    import sys

    code = (
        "import sys; from traitlets.config import Config; "
        "from autograder.nbgrader_plugins import configure; configure(Config()); "
        "print([m for m in sys.modules if m.split('.')[0] in ('nbgrader', 'sqlalchemy', 'numpy')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"


class Thing:
    def __init__(self):
        self.closed = False

    def close(self):
        self.closed = True


def test_what_is_kept_warm_is_few_and_the_same_while_its_files_are():
    first = warm_module.keep_warm("first", (), Thing)
    assert warm_module.keep_warm("first", (), Thing) is first
    others = [warm_module.keep_warm(n, (), Thing) for n in range(warm_module.MOST_WARM - 1)]
    assert warm_module.keep_warm("first", (), Thing) is first  # used last now
    warm_module.keep_warm("one more", (), Thing)
    assert others[0].closed and not first.closed
    assert warm_module.keep_warm("first", (("file", 2, 3),), Thing) is not first
    assert first.closed


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
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "ps1", "--workers", "1"],
        cwd=course, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "ps1 is not graded: it does not stand its own grading" in done.stderr
    assert "the provided cell 'imports' (cell " in done.stderr
    assert scores(rows(course), "ada") == scores(before, "ada")
