"""The module of solutions, made from the notebook."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from scratch_course import Scratch, lesson

from autograder.authoring.build import build
from autograder.authoring.projection import solution_module
from autograder.course import Course, load_solution
from autograder.handout.copies import HANDED_OUT
from autograder.notebook.reading import loads

pytestmark = pytest.mark.family

# --- the solutions module -----------------------------------------------------------------


@pytest.mark.quick
@pytest.mark.slow
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
