"""What a student hands in beside the notebook reaches it, and counts, in every door."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from typed_commands import typed

from autograder.authoring.build import build
from autograder.batch.order import Order
from autograder.batch.submission_digests import handed_in
from autograder.course import Course
from autograder.grading import warm
from autograder.grading.grader import Grader
from autograder.grading.own_files import (
    PLACES_PER_FILE,
    AuthorsFiles,
    authors_files,
    links_left_out,
    own_files,
)
from autograder.model import SubmissionError
from autograder.sandbox import Limits

pytestmark = pytest.mark.family

OWN = "import own\ndef double(x):\n    return own.TWO * x"
SMALL = replace(Limits(), handed_in_bytes=100, handed_in_files=3)


def points(graded):
    return {e.name: e.points for e in graded.report.exercises}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ps1").mkdir()
    return tmp_path / "ps1"


@pytest.fixture(scope="module")
def lesson(built_course, tmp_path_factory):
    """The tiny course with a helper module that its first cell uses."""
    root = tmp_path_factory.mktemp("lesson") / "course"
    shutil.copytree(built_course.root, root)
    course = Course.load(root)
    (course.source("tiny") / "helper.py").write_text("TWO = 2\n")
    path = course.source_notebook("tiny")
    path.write_text(path.read_text().replace("import check", "import check\\nimport helper"))
    build(root)
    return course


@pytest.fixture(scope="module")
def grader(built_course):
    with Grader(built_course, "tiny") as found:
        yield found


@pytest.fixture(scope="module")
def lesson_grader(lesson):
    with Grader(lesson, "tiny") as found:
        yield found


def test_a_module_handed_in_is_imported_and_another_one_gives_another_grade(grader, filled, right):
    notebook = filled(**right | {"double": OWN})
    first, second, none = (
        grader.grade(notebook, "ada", files=files)
        for files in ({"own.py": b"TWO = 2\n"}, {"own.py": b"TWO = 3\n"}, {})
    )
    assert points(first) == {"double": 4, "norms": 6}
    assert points(second)["double"] == 0 and points(none)["double"] == 0
    assert first.report.provenance["files"] != second.report.provenance["files"]


def test_files_lie_where_cells_start_also_after_one_of_them_has_ended_the_process(
    grader, filled, right
):
    reads = "two = int(open('data/two.txt').read())\ndef double(x):\n    return two * x\n"
    ends = f"{reads}import os\nos._exit(0)"
    for source in (reads, ends):
        graded = grader.grade(
            filled(**right | {"double": source}), "ada", files={"data/two.txt": b"2"}
        )
        assert points(graded)["double"] == 4


@pytest.mark.quick
def test_names_of_any_bytes_and_empty_files_arrive(grader, filled, right):
    name = os.fsdecode("é".encode("latin-1")) + " 李"
    counts = "import os\nn = len(os.listdir(b'd')) + os.path.getsize('e')\n"
    counts += "def double(x):\n    return (n + 1) * x"
    graded = grader.grade(
        filled(**right | {"double": counts}), "ada", files={f"d/{name}": b"x", "e": b""}
    )
    assert points(graded)["double"] == 4


def test_a_handed_out_module_is_replaced_only_where_the_course_keeps_the_students(
    lesson, lesson_grader, filled, right, folder
):
    """As nbgrader does it: the author's files win, unless exclude_overwriting names them."""
    (folder / "helper.py").write_text("TWO = 5\n")
    uses = "def double(x):\n    return helper.TWO * x"
    notebook = json.loads(lesson.release_notebook("tiny").read_text())
    for cell in notebook["cells"]:
        cell["source"] = {**right, "double": uses}.get(cell["id"], cell["source"])
    found = {
        kept: points(
            lesson_grader.grade(
                json.dumps(notebook).encode(), "ada",
                files=own_files(
                    folder, lesson.ignored, authors_files(lesson, "tiny", kept), lesson.limits
                ),
            )
        )["double"]
        for kept in ((), ("helper.py",))
    }  # fmt: skip
    assert found == {(): 4, ("helper.py",): 0}


def test_only_the_students_own_regular_files_are_read(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    for name in ("own.py", "data/a.csv", "data/b/own.txt", "helper.py", "ps1.ipynb",
                 "timestamp.txt", "submission_secret.txt", "x.pyc", "lib", "figures"):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "link.txt").symlink_to(tmp_path / "secret")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    authors = {*map(Path, ("helper.py", "lib/tools.py", "data/b", "figures/a/b.png"))}
    assert own_files(folder, ("*.pyc",), authors, Limits()) == {
        "data/a.csv": b"data/a.csv", "own.py": b"own.py",
    }  # fmt: skip


def test_a_link_is_not_followed_and_a_flag_says_so(folder, tmp_path):
    (folder / "link.txt").symlink_to(tmp_path)
    (folder / "linked").symlink_to(tmp_path)
    (folder / "helper.py").symlink_to(tmp_path)  # the author's is there
    (folder / ".git").symlink_to(tmp_path)  # never looked at
    (folder / "real.txt").write_text("a file")
    flags = links_left_out(folder, (".git",), {Path("helper.py")})
    assert list(flags) == ["links were left out, and what they lead to: 'link.txt', 'linked'"]
    (folder / "link.txt").unlink()
    (folder / "linked").unlink()
    assert links_left_out(folder, (".git",), {Path("helper.py")}) == ()


@pytest.mark.parametrize(
    ("names", "size"), [(["a", "b", "c", "d"], 1), (["a", "b"], 60), (["a"], 1 << 40)]
)
def test_too_many_and_too_large_files_are_refused_with_the_settings(folder, names, size):
    for name in names:
        with (folder / name).open("wb") as file:
            file.truncate(size)  # nothing is written: a sparse file of a TiB is no work
    with pytest.raises(SubmissionError, match=r"handed_in_files, handed_in_mib\)") as caught:
        own_files(folder, (), (), SMALL)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_so_are_folders_and_links_without_end(folder, make):
    """They take no room, and as long to go through as files do."""
    for number in range(PLACES_PER_FILE * SMALL.handed_in_files + 1):
        make(folder / f"place {number}")
    with pytest.raises(SubmissionError, match=r"handed_in_files, handed_in_mib\)"):
        own_files(folder, (), (), SMALL)


def test_the_authors_files_count_against_none_of_these_limits(folder):
    for name in "abcd":
        (folder / name).write_bytes(b"x" * 200)
    (folder / "own").write_text("mine")
    assert own_files(folder, (), {*map(Path, "abcd")}, SMALL) == {"own": b"mine"}


def test_the_limits_are_settings():
    config = Config()
    config.Autograder.update(
        handed_in_mib=300, handed_in_files=900, made_mib=70, file_mib=8, scratch_mib=64
    )
    limits = Course.from_config(config, Path("/course")).limits
    assert (limits.handed_in_bytes, limits.handed_in_files) == (300 << 20, 900)
    assert limits.made_bytes == 70 << 20
    # what may be handed in finds its place, and what may be kept comes back
    assert limits.file_bytes == 300 << 20 and limits.scratch_bytes == 600 << 20
    assert limits.scratch_files == 1800 and limits.reply_bytes == 140 << 20


def test_files_that_find_no_room_cost_that_submission_only(built_course, filled, right):
    tight = replace(built_course, limits=replace(built_course.limits, file_bytes=1000))
    notebook = filled(**right)
    with Grader(tight, "tiny") as grader:
        with pytest.raises(SubmissionError, match="do not fit where it runs"):
            grader.grade(notebook, "ada", files={"large.bin": b"x" * 2000})
        assert grader.grade(notebook, "bob").report.points == 10


def submit(course, student, notebook, files):
    folder = course.submitted("tiny", student)
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(notebook)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_a_file_beside_the_notebook_decides_whether_a_grade_is_up_to_date(tiny, filled):
    submit(tiny, "ada", filled(), {"own.py": "TWO = 2\n", "public_check.py": "old"})
    before = handed_in(tiny, "tiny", "ada", Order(), AuthorsFiles.of(tiny, "tiny"))
    (tiny.submitted("tiny", "ada") / "public_check.py").write_text("the author's wins")
    same = handed_in(tiny, "tiny", "ada", Order(), AuthorsFiles.of(tiny, "tiny"))
    (tiny.submitted("tiny", "ada") / "own.py").write_text("TWO = 3\n")
    after = handed_in(tiny, "tiny", "ada", Order(), AuthorsFiles.of(tiny, "tiny"))
    assert before.digests == same.digests
    assert {n for n in before.digests if before.digests[n] != after.digests[n]} == {
        "the submitted own.py"
    }


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
def test_both_doors_and_pytest_run_a_notebook_with_its_files(tiny, filled, right):
    """The same scores, whoever grades; a file where the author has a folder harms nobody else."""
    (tiny.source("tiny") / "data").mkdir()
    (tiny.source("tiny") / "data" / "a.csv").write_text("1")
    build(tiny.root)
    notebook = filled(**right | {"double": OWN})
    submit(tiny, "ada", notebook, {"own.py": "TWO = 2\n"})
    submit(tiny, "bob", notebook, {"own.py": "TWO = 3\n", "data": "a file"})
    done = typed(tiny.root, "grade", "tiny", "--workers", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    ours = {student: scores(tiny, student) for student in ("ada", "bob")}
    assert ours == {"ada": [4.0, 6.0], "bob": [0.0, 3.0]}

    shutil.rmtree(tiny.root / "autograded")
    (tiny.submitted("tiny", "bob") / "data").unlink()  # nbgrader itself cannot copy it
    config = Config()
    from autograder.nbgrader_plugins import configure

    configure(config)
    config.Autograder.update(call_seconds=0.5, repair_seconds=0.0, seed="tests")
    directory = CourseDirectory(root=str(tiny.root), assignment_id="tiny", config=config)
    try:
        Autograde(coursedir=directory, config=config).start()
    finally:
        warm.cool_down_all()
    assert {student: scores(tiny, student) for student in ("ada", "bob")} == ours

    plain = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/tiny", "-q", "-p", "no:cacheprovider",
         "--submission", str(tiny.submitted("tiny", "ada") / "tiny.ipynb")],
        cwd=tiny.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert plain.returncode == 0, plain.stdout


def scores(course, student):
    import nbformat
    from nbgrader.utils import determine_grade

    path = course.autograded("tiny", student) / "tiny.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return [determine_grade(c)[0] for c in cells if c.metadata.get("nbgrader", {}).get("grade")]
