"""Building a course: one notebook in; stubs, solutions and release out, or all problems at once."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.authoring.build import build
from autograder.authoring.config import IGNORED, RELEASE_PREPROCESSORS, release_config
from autograder.authoring.projection import solution_module
from autograder.course import Course, load_solution
from autograder.environment import put_scripts_on_path
from autograder.graders.marked import marked_exercises
from autograder.handout.copies import HANDED_OUT, handed_out
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.reading import loads, read

pytestmark = pytest.mark.family

CONFIG = """\
from autograder.nbgrader_plugins import release_config
c = get_config()
c.CourseDirectory.course_id = "scratch"
release_config(c)
"""
GRADERS = """\
import pytest

@pytest.mark.exercise("double", weight=2)
def test_double(student, reference):
    \"\"\"Doubles any number\"\"\"
    assert student.double(3) == reference.double(3)
"""

CHINESE = """\
[titles]
"Doubles any number" = "任何数都加倍"
"""


def cell(name: str, source: str, points: float | None = None, **flags: bool) -> dict[str, Any]:
    """A code cell with nbgrader metadata."""
    known = {"grade": False, "solution": False, "locked": False, "task": False} | flags
    nbgrader: dict[str, Any] = known | {"grade_id": name, "schema_version": 3}
    if points is not None:
        nbgrader["points"] = points
    return {
        "cell_type": "code", "id": name, "source": source, "outputs": [], "execution_count": None,
        "metadata": {"nbgrader": nbgrader, "jupytext": {"leaks": True}, "collapsed": True},
    }  # fmt: skip


def prose(name: str, source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "source": source, "metadata": {"tags": list(tags)}}


def lesson() -> dict[str, Any]:
    """A notebook with one exercise, in two languages, solved and run."""
    imports = "%matplotlib inline\nimport numpy as np\nfrom public_check import check\n"
    solved = (
        'def double(x):\n    """Twice x, an array (n,)."""\n'
        "    ### START CODE HERE ### (≈ 1 line of code)\n    # both halves\n    y = x + x * ONE\n"
        "    ### END CODE HERE ###\n    return y"
    )
    cells = [
        prose("intro-en", "# Doubling", "lang-en"),
        prose("intro-zh", "# 加倍", "lang-zh"),
        cell("imports", imports + "from aid import ONE", locked=True),
        cell("double", solved, solution=True),
        cell(
            "test_double",
            "check(double, np.ones(2), expected=[2.0, 2.0])",
            3,
            grade=True,
            locked=True,
        ),
        cell("demo_plot", "open('never.txt')", locked=True),
        prose("both", "Shared."),
    ]
    cells[5]["metadata"]["tags"] = ["skip-execution"]
    cells[4]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "✓\n"}]
    cells[4]["execution_count"] = 7
    metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python", "version": "3.11.7"},
        "jupytext": {"formats": "ipynb,py"},
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


class Scratch:
    """A course in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.raw = lesson()
        self.put("nbgrader_config.py", CONFIG)
        self.put("source/twice/aid.py", "ONE = 1\n")
        self.put("tests/twice/test_twice.py", GRADERS)
        self.put("tests/twice/zh.toml", CHINESE)
        self.save()

    def put(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def save(self) -> None:
        self.put("source/twice/twice.ipynb", json.dumps(self.raw))

    def cell(self, name: str) -> dict[str, Any]:
        return next(c for c in self.raw["cells"] if c["id"] == name)

    def released(self) -> Notebook:
        return read(self.root / "release/twice/twice.ipynb")

    def files(self, folder: str) -> dict[str, bytes]:
        base = self.root / folder
        return {
            p.relative_to(base).as_posix(): p.read_bytes() for p in base.rglob("*") if p.is_file()
        }

    def problems(self, *, check: bool = True) -> str:
        with pytest.raises(CourseError) as caught:
            build(self.root, check=check)
        return str(caught.value)


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: nbgrader starts a process for every new gradebook."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    put_scripts_on_path()
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def course(tmp_path: Path, empty_gradebook: Path) -> Scratch:
    shutil.copy(empty_gradebook, tmp_path)
    return Scratch(tmp_path)


# --- the release --------------------------------------------------------------------------


@pytest.mark.quick
def test_the_release_holds_the_stub_and_nothing_of_the_solution(course: Scratch):
    build(course.root)
    released = course.released()
    double = released.cell("double")
    assert double and double.source == (
        'def double(x):\n    """Twice x, an array (n,)."""\n'
        "    ### START CODE HERE ### (≈ 1 line of code)\n    # both halves\n    y = None\n"
        "    ### END CODE HERE ###\n    return y"
    )
    assert b"x * ONE" not in b"".join(course.files("release").values())
    check = released.cell("test_double")
    assert check and check.points == 3 and check.locked


def test_the_release_is_clean_valid_and_locked(course: Scratch):
    build(course.root)
    raw = course.released().raw
    nbformat.validate(raw)
    assert raw["metadata"].keys() == {"kernelspec", "language_info"}
    assert raw["metadata"]["language_info"] == {"name": "python"}
    allowed = {"nbgrader", "tags", "deletable", "editable"}
    assert all(c["metadata"].keys() <= allowed for c in raw["cells"])
    assert [c["outputs"] for c in raw["cells"] if c["cell_type"] == "code"] == [[]] * 4
    test_cell = next(c for c in raw["cells"] if c["id"] == "test_double")
    assert test_cell["metadata"]["editable"] is False and test_cell["execution_count"] is None


def test_helpers_and_the_public_check_are_handed_out_and_data_and_caches_are_not(course: Scratch):
    course.put("source/twice/data.mat", "not ours to give away")
    course.put("source/twice/__pycache__/aid.pyc", "")
    course.put("source/twice/.ipynb_checkpoints/twice-checkpoint.ipynb", "{}")
    build(course.root)
    wanted = {"twice.ipynb", "aid.py", "public_check.py", "course_style.py"}
    assert course.files("release/twice").keys() == wanted
    copied = course.files("release/twice")["public_check.py"].decode()
    assert copied == handed_out("public_check.py")
    assert copied.startswith("# Generated by `autograder build`")


@pytest.mark.quick("None-ids3")
@pytest.mark.parametrize(
    ("lang", "ids"),
    [("en", ["intro-en", "both"]), ("zh", ["intro-zh", "both"]),
     ("both", ["intro-en", "intro-zh", "both"]), (None, ["intro-en", "both"])],
)  # fmt: skip
def test_prose_is_released_in_the_language_asked_for(
    course: Scratch, lang: str | None, ids: list[str]
):
    build(course.root, lang=lang)
    assert [c.id for c in course.released().cells if c.kind == "markdown"] == ids


def test_the_courses_own_choice_of_language_counts_when_none_is_asked_for(course: Scratch):
    course.put("nbgrader_config.py", CONFIG + 'c.ChooseLanguage.language = "zh"\n')
    build(course.root)
    build(course.root, check=True)
    assert course.released().cells[0].source == "# 加倍"


def test_two_builds_give_the_same_bytes_and_the_second_changes_nothing(course: Scratch):
    changed = build(course.root)
    assert {p.relative_to(course.root).as_posix() for p in changed} >= {
        "solutions/twice.py", "release/twice/twice.ipynb", "source/twice/public_check.py",
    }  # fmt: skip
    before = course.files("release")
    assert build(course.root) == []
    assert course.files("release") == before


def test_nbgraders_own_markers_and_manual_answers_are_treated_as_nbgrader_does(course: Scratch):
    essay = prose("essay", "My answer.")
    flags = {"grade": True, "solution": True, "locked": False, "task": False, "points": 2}
    essay["metadata"]["nbgrader"] = flags | {"grade_id": "essay", "schema_version": 3}
    hidden = "assert True\n### BEGIN HIDDEN TESTS\nassert double(1) == 2\n### END HIDDEN TESTS"
    course.raw["cells"] += [
        essay,
        cell("free", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", 1, grade=True, solution=True),
    ]
    course.cell("test_double")["source"] = hidden
    course.save()
    build(course.root)
    released = {c.id: c.source for c in course.released().cells}
    assert released["essay"] == "YOUR ANSWER HERE"
    assert released["free"] == "# YOUR CODE HERE\nraise NotImplementedError()"
    assert released["test_double"] == "assert True"


@pytest.mark.slow
def test_plain_nbgrader_generate_assignment_makes_the_same_release(course: Scratch):
    build(course.root)
    ours = course.files("release")
    (course.root / "gradebook.db").unlink()
    environment = dict(os.environ) | {"PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "twice", "--force"],
        cwd=course.root, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    assert course.files("release") == ours
    assert (course.root / "gradebook.db").is_file()


@pytest.mark.slow
def test_nbgrader_itself_releases_a_fresh_clone_with_checks_and_reasons(tmp_path: Path):
    repository, name = Path(__file__).parents[3], "practical_aspects"
    made = shutil.ignore_patterns("public_*", "course_style.py", "__pycache__")
    for folder in ("source", "tests"):
        shutil.copytree(repository / folder / name, tmp_path / folder / name, ignore=made)
    shutil.copyfile(repository / "nbgrader_config.py", tmp_path / "nbgrader_config.py")
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", name],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    committed = repository / "release" / name
    assert (committed / "public_reasons.json").is_file()
    for path in committed.iterdir():
        assert (tmp_path / "release" / name / path.name).read_bytes() == path.read_bytes()


def test_the_gradebook_learns_the_points_and_a_check_leaves_it_alone(course: Scratch):
    build(course.root)
    database = course.root / "gradebook.db"
    with Gradebook(f"sqlite:///{database}") as gradebook:
        (found,) = gradebook.find_notebook("twice", "twice").grade_cells
        assert (found.name, found.max_score) == ("test_double", 3.0)
    database.unlink()
    build(course.root, check=True)
    assert not database.exists()


def test_only_the_named_assignments_are_built(course: Scratch):
    course.put("source/other/other.ipynb", "broken")
    build(course.root, ["twice"])
    assert course.files("release").keys() >= {"twice/twice.ipynb"}
    with pytest.raises(CourseError, match="unknown assignment 'none'"):
        build(course.root, ["none"])


def test_an_assignment_written_for_stock_nbgrader_is_left_to_it(course: Scratch):
    stock = lesson()
    stock["cells"] = [cell("task1", "assert True", 2, grade=True, locked=True)]
    course.put("source/old/old.ipynb", json.dumps(stock))
    build(course.root)
    assert not (course.root / "release/old").exists()
    assert build(course.root, check=True) == []


def test_our_preprocessors_keep_nbgraders_order():
    from nbgrader.converters import GenerateAssignment
    from traitlets.utils.importstring import import_item

    stock = GenerateAssignment.class_traits()["preprocessors"].default()
    ours = [import_item(name) for name in RELEASE_PREPROCESSORS]
    kept = [next((s for s in stock if issubclass(o, s)), None) for o in ours]
    assert [found for found in kept if found] == stock


def test_ignored_names_include_nbgraders_own():
    from nbgrader.coursedir import CourseDirectory

    assert set(CourseDirectory().ignore) <= set(IGNORED)


def test_names_that_an_instructor_ignores_stay_ignored():
    c = Config()
    c.CourseDirectory.ignore = ["*.zip", "*.pyc"]
    release_config(c)
    assert c.CourseDirectory.ignore[:2] == ["*.zip", "*.pyc"]
    assert sorted(c.CourseDirectory.ignore) == sorted({"*.zip", *IGNORED})


def test_alembic_is_found_whatever_the_path(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    put_scripts_on_path()
    put_scripts_on_path()
    assert shutil.which("alembic")
    assert os.environ["PATH"].count(os.pathsep) == 1


def test_archives_are_unpacked_though_setuptools_waits_until_then(tmp_path: Path):
    (tmp_path / "out").mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ada.txt", "here")
    code = (
        "import sys; from autograder.environment import prepare_process; prepare_process()\n"
        "from nbgrader.utils import unzip; print('setuptools' in sys.modules)\n"
        "unzip('a.zip', 'out'); print(open('out/ada.txt').read())\n"
        "from setuptools.archive_util import UnrecognizedFormat; print('setuptools' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "here", "True"]


# --- the solutions module -----------------------------------------------------------------


@pytest.mark.quick
def test_the_solutions_module_imports_from_anywhere_and_holds_the_solved_functions(course: Scratch):
    build(course.root)
    code = "import numpy as np, solutions.twice as s; print(s.double(np.ones(2)), s.ONE)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=course.root, check=True, capture_output=True, text=True
    )
    assert done.stdout == "[2. 2.] 1\n"


def test_the_solutions_module_reads_like_the_notebook_without_marks_magics_and_demos():
    text = solution_module(loads(json.dumps(lesson())), "twice", "source/twice")
    assert "CODE HERE" not in text and "%matplotlib" not in text and "never.txt" not in text
    assert "check(double" not in text and "source/twice/twice.ipynb" in text
    assert text.index("# --- imports") < text.index("# --- double")
    assert (
        '    """Twice x, an array (n,)."""\n    # both halves\n    y = x + x * ONE\n    return y\n'
        in text
    )


def test_a_percent_sign_that_is_python_is_no_magic():
    raw = lesson()
    raw["cells"][3]["source"] = "def double(x):\n    return (x\n    % 7)"
    assert "    % 7)" in solution_module(loads(json.dumps(raw)), "twice", "source/twice")


def test_the_solutions_module_does_not_wait_for_figures():
    raw = lesson()
    raw["cells"][2]["source"] = (
        "import matplotlib.pyplot as plt\nimport matplotlib\nimport numpy as np\n"
        "from matplotlib import (\n    cm,\n    colors,\n)\nfrom course_style import show\n"
        "%matplotlib inline\nuse_course_style()\nuse_course_style = None\nONE = 1"
    )
    text = solution_module(loads(json.dumps(raw)), "twice", "source/twice")
    kept = text[text.index("# --- imports") : text.index("# --- double")]
    assert kept.split("\n")[1:-2] == [
        "", "import numpy as np", "from course_style import show", "use_course_style = None",
        "ONE = 1", "",
    ]  # fmt: skip


@pytest.mark.quick
@pytest.mark.parametrize(
    "line",
    [
        "import matplotlib.pyplot as plt; TWO = 2", "TWO = 2; import matplotlib.pyplot as plt",
        "TWO = [\n    2,\n]; import matplotlib.pyplot as plt",
    ],
)  # fmt: skip
def test_what_stands_beside_an_import_of_matplotlib_stays(line: str):
    raw = lesson()
    raw["cells"][2]["source"] += f"\n{line}"
    assert line in solution_module(loads(json.dumps(raw)), "twice", "source/twice")


@pytest.mark.parametrize(
    "line",
    [
        "import matplotlib.pyplot as plt", "from matplotlib import cm, pyplot as plt",
        "import matplotlib as plt",
    ],
)  # fmt: skip
def test_what_a_function_of_the_solution_draws_with_stays(line: str):
    raw = lesson()
    raw["cells"][2]["source"] += f"\n{line}"
    raw["cells"][3]["source"] = "def double(x):\n    return plt.figure()"
    assert line in solution_module(loads(json.dumps(raw)), "twice", "source/twice")


# --- what --check finds -------------------------------------------------------------------


def test_a_fresh_build_passes_the_check(course: Scratch):
    build(course.root)
    assert build(course.root, check=True) == []


@pytest.mark.quick("<lambda>0-release/twice/twice.ipynb", "<lambda>1-release/twice/public_check.py")
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


def test_a_solution_imports_in_a_fresh_clone(course: Scratch):
    """A helper of the author's may import what we hand out, which only release/ has tracked."""
    course.put(
        "source/twice/aid.py", "from course_style import COLOURS\n\nONE = len(COLOURS) ** 0\n"
    )
    build(course.root)
    for name in HANDED_OUT:
        (course.root / "source/twice" / name).unlink()
    loaded = load_solution(Course.load(course.root), "twice")
    assert loaded.double(2) == 4
    plain = [sys.executable, "-c", "import twice; print(twice.double(3))"]
    done = subprocess.run(plain, cwd=course.root / "solutions", capture_output=True, check=True)
    assert done.stdout == b"6\n"


def test_nbgrader_alone_hands_out_the_helpers_too(course: Scratch):
    build(course.root)
    before = course.files("release/twice")
    shutil.rmtree(course.root / "release")
    (course.root / "source/twice/public_check.py").unlink()
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "twice", "--force"]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True)
    assert course.files("release/twice") == before


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


def test_graders_and_grade_cells_must_match(course: Scratch):
    build(course.root)
    course.put("tests/twice/test_twice.py", GRADERS.replace('"double"', '"triple"'))
    found = course.problems()
    assert '@pytest.mark.exercise("double")' in found
    assert "test_twice.py:3 grades 'triple', but there is no grade cell 'test_triple'" in found
    assert found.startswith("2 problems to mend:")


SAYS = """

@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [1, 2], ids=["one number", "n2"])
def test_more(student, n):
    \"\"\"Doubles any number\"\"\"
    words = "`{key}` is missing"
    fail(words, key=n)
    student.remark("neat")
    assert_same(n, n, name="the sum")
    assert_same(n, n, name="W1")
    fail(Text("{a}: {b}", a=1, b=2))
    fail("the result is a number, expected a text")
    fail("{name} holds {kind}, expected {wanted}", name=1, kind=2, wanted=3)
"""


def test_whatever_graders_say_needs_its_chinese_in_a_lesson_that_has_it(course: Scratch):
    build(course.root)
    course.put("tests/twice/test_twice.py", GRADERS + SAYS)
    found = course.problems()
    told = [
        ("one number", "cases"), ("`{key}` is missing", "messages"), ("neat", "messages"),
        ("the sum", "messages"), ("the result is a number, expected a text", "messages"),
    ]  # fmt: skip
    for english, section in told:
        assert f"says {english!r}: give its Chinese under [{section}] in" in found
    assert found.startswith(f"{len(told)} problems to mend:")


def test_a_title_without_chinese_is_a_problem_and_none_without_chinese_prose(course: Scratch):
    build(course.root)
    path = course.put("tests/twice/zh.toml", "[cases]\n")
    assert f"says 'Doubles any number': give its Chinese under [titles] in {path}" in (
        course.problems()
    )
    course.raw["cells"] = [c for c in course.raw["cells"] if c["id"] != "intro-zh"]
    course.save()
    build(course.root)
    build(course.root, check=True)


def test_a_message_that_cannot_be_translated_is_a_problem(course: Scratch):
    build(course.root)
    told = '\n\ndef helper(key):\n    fail(f"`{key}` is missing here")\n'
    path = course.put("tests/twice/test_twice.py", GRADERS + told)
    assert f"{path}:10: f'`{{key}}` is missing here' cannot be translated" in course.problems()


@pytest.mark.quick
@pytest.mark.parametrize(
    "text",
    ['[messages]\n"{a} is" = "是"\n', '[titles]\n"Doubles" = 2\n', "[titles\n", "titles = 1\n"],
)
def test_chinese_that_would_not_fit_is_a_problem(course: Scratch, text: str):
    build(course.root)
    path = course.put("tests/twice/zh.toml", text)
    assert str(path) in course.problems()


@pytest.mark.parametrize(
    ("config", "lang", "spoken"),
    [
        ("", None, "en"),
        ("", "zh", "zh"),
        ("", "both", "en"),
        ('c.ChooseLanguage.language = "zh"\n', None, "zh"),
        ('c.Autograder.language = "zh"\n', None, "en"),
        ('c.Autograder.language = "zh"\nc.ChooseLanguage.language = "both"\n', None, "zh"),
    ],
)
def test_the_public_check_speaks_the_language_of_the_release(
    course: Scratch, config: str, lang: str | None, spoken: str
):
    course.put("nbgrader_config.py", CONFIG + config)
    build(course.root, lang=lang)
    build(course.root, check=True, lang=lang)
    for folder in ("source", "release"):
        text = (course.root / folder / "twice/public_check.py").read_text(encoding="utf-8")
        assert f'\nLANGUAGE = "{spoken}"  #' in text


def test_marks_are_found_on_functions_modules_classes_and_parameters(tmp_path: Path):
    (tmp_path / "test_a.py").write_text(
        "import pytest\nfrom pytest import mark\npytestmark = pytest.mark.exercise('a')\n"
        "@mark.exercise('b')\nclass TestIt:\n    pass\n"
        "P = pytest.param(1, marks=[pytest.mark.exercise('c', weight=2)])\n"
        "ADAM = 'd'\n@pytest.mark.exercise(ADAM)\ndef test_adam(): pass\n"
        "@pytest.mark.slow\ndef test_none(): pass\n"
    )
    assert set(marked_exercises(tmp_path)) == {"a", "b", "c", "d"}


def edit(name: str, **fields: Any) -> Callable[[Scratch], None]:
    """Change fields of a cell's nbgrader metadata; None removes one."""

    def act(course: Scratch) -> None:
        nbgrader = course.cell(name)["metadata"]["nbgrader"]
        nbgrader.update(fields)
        for key in [key for key, value in fields.items() if value is None]:
            del nbgrader[key]

    return act


def source(name: str, old: str, new: str) -> Callable[[Scratch], None]:
    def act(course: Scratch) -> None:
        assert old in course.cell(name)["source"]
        course.cell(name)["source"] = course.cell(name)["source"].replace(old, new)

    return act


def drop(name: str) -> Callable[[Scratch], None]:
    """Remove a cell, and add a pair in both languages at the end."""

    def act(course: Scratch) -> None:
        course.raw["cells"].remove(course.cell(name))
        course.raw["cells"] += [prose("en", "One", "lang-en"), prose("zh", "一", "lang-zh")]

    return act


def again(name: str, **fields: str) -> Callable[[Scratch], None]:
    return lambda course: course.raw["cells"].append(copy.deepcopy(course.cell(name)) | fields)


@pytest.mark.quick(
    "act-solution cell without a grade cell",
    "act-cell 1 is tagged lang-zh, but the one before is not",
)
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (edit("test_double", points=None), "grade cell 'test_double' has no points"),
        (edit("test_double", grade_id="check_double"), "solution cell without a grade cell"),
        (edit("test_double", grade_id="check_double"), "no solution cell has its name"),
        (again("double", id="copy"), "2 cells have the nbgrader id 'double'"),
        (again("both"), "cell 8 repeats the id 'both'"),
        (again("both", id="with space"), "cell 8 has no valid id"),
        (drop("intro-zh"), "cell 1 is tagged lang-en, but the next one is not"),
        (drop("intro-en"), "cell 1 is tagged lang-zh, but the one before is not"),
        (source("double", "def double", "def twice"), "defines no function 'double'"),
        (source("double", "    ### END CODE HERE ###\n", ""), "without an END CODE HERE"),
        (source("double", "### START CODE HERE ### (≈ 1 line of code)", "#"), "without a START"),
        (source("double", "x + x", "x + + * x"), "not Python"),
        (source("imports", "import numpy as np", "import numpy like np"), "cell 'imports' is not"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_notebook_stops_build_and_check(
    course: Scratch, spoil: Callable[[Scratch], None], words: str
):
    spoil(course)
    course.save()
    for check in (False, True):
        found = course.problems(check=check)
        assert words in found and "source/twice/twice.ipynb" in found
    assert not (course.root / "release").exists()


@pytest.mark.quick
def test_a_cell_without_a_region_leaves_nothing_to_the_student(course: Scratch):
    double = course.cell("double")
    double["source"] = "\n".join(n for n in double["source"].split("\n") if "CODE HERE" not in n)
    course.save()
    assert "'double' has no START CODE HERE" in course.problems()


def test_all_problems_of_all_assignments_come_at_once(course: Scratch):
    course.put("source/other/other.ipynb", "{")
    edit("test_double", points=None)(course)
    course.save()
    found = course.problems()
    assert found.startswith("2 problems to mend:")
    assert "other.ipynb: is not a notebook" in found and "has no points" in found


def test_what_nbgrader_itself_refuses_is_told_in_its_own_words(course: Scratch):
    solved = course.cell("double")["source"]
    course.cell("demo_plot")["source"] = solved.replace("double", "other")
    course.save()
    assert "Solution region detected in a non-solution cell" in course.problems(check=False)


@pytest.mark.slow
def test_nbgrader_validate_tells_a_student_which_check_fails_and_why(course: Scratch):
    build(course.root)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", "twice.ipynb"],
        cwd=course.root / "release/twice", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "VALIDATION FAILED ON 1 CELL(S)" in done.stdout
    assert "✗ double: not attempted yet: fill the region below START CODE HERE" in done.stdout
    assert "still there: y = None" in done.stdout and "Traceback" not in done.stdout
    shutil.copyfile(
        course.root / "source/twice/twice.ipynb", course.root / "release/twice/mine.ipynb"
    )
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", "mine.ipynb"],
        cwd=course.root / "release/twice", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Success! Your notebook passes all the tests." in done.stdout


def test_a_config_that_would_release_with_stock_stubs_is_refused(course: Scratch):
    course.put("nbgrader_config.py", "c = get_config()\n")
    for check in (False, True):
        assert "add the lines" in course.problems(check=check)


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path):
    with pytest.raises(CourseError, match="not a course directory"):
        build(tmp_path)
