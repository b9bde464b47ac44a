"""The first minutes: a student without this package, and the quick start's own commands."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import typed_commands

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
RELEASED = sorted(ROOT.glob("release/*/*.ipynb"))

# What a student has: Python, numpy, matplotlib and IPython, and nothing of this package.
STUDENT = """
import json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("autograder", "nbgrader", "pytest"):
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Absent())
import matplotlib
matplotlib.use("agg")
from IPython.terminal.interactiveshell import TerminalInteractiveShell

shell = TerminalInteractiveShell.instance(colors="nocolor", simple_prompt=True)
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code" and "skip-execution" not in cell["metadata"].get("tags", []):
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"])
        print(f"== {name}", flush=True)
        if not shell.run_cell("".join(cell["source"])).success:
            break
"""


def student_runs(notebook: Path) -> list[tuple[str, str]]:
    """(cell, what it printed) up to the first cell that fails, in a plain terminal."""
    done = subprocess.run(
        [sys.executable, "-c", STUDENT, notebook.name],
        cwd=notebook.parent, capture_output=True, text=True, check=True, timeout=300,
        env={**os.environ, "HOME": str(notebook.parent), "MPLCONFIGDIR": str(notebook.parent)},
    )  # fmt: skip
    pieces = re.split(r"^== (.*)\n", done.stdout, flags=re.MULTILINE)[1:]
    return list(zip(pieces[::2], map(str.strip, pieces[1::2]), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_a_released_notebook_needs_nothing_of_ours_and_stops_at_the_first_stub(released, tmp_path):
    folder = tmp_path / "student"
    shutil.copytree(released.parent, folder)
    *before, (name, said) = student_runs(folder / released.name)
    assert name.startswith("test_"), f"{name} fails before any check:\n{said}"
    assert not [cell for cell, _ in before if cell.startswith("test_")], "the very first check"
    lines = said.splitlines()
    assert name.removeprefix("test_") in lines[0] and len(lines) <= 3, said
    assert "Traceback" not in said and "\x1b" not in said


@pytest.mark.slow
def test_a_check_says_in_a_line_what_differs(tiny, filled, right, tmp_path):
    shutil.copytree(tiny.release("tiny"), tmp_path / "student")
    notebook = tmp_path / "student" / "tiny.ipynb"
    answer = "def double(x):\n    return -2 * x"
    notebook.write_bytes(filled(**{**right, "double": answer}))
    name, said = student_runs(notebook)[-1]
    assert name == "test_double" and "✗ double" in said and "sign" in said
    notebook.write_bytes(filled(**right))
    ran = dict(student_runs(notebook))
    assert (
        ran["test_double"]
        == "✓ double: as expected"
        == ran["test_norms"].replace("norms", "double")
    )


def marked_blocks(text: str) -> list[str]:
    """The command blocks that a page says are run."""
    found = []
    for part in text.split("<!-- run -->")[1:]:
        block = re.match(r"\s*\n((?:    .*\n|\n)+)", part)
        assert block, f"no block follows the mark: {part[:60]!r}"
        found.append(re.sub(r"^    ", "", block[1], flags=re.MULTILINE).strip())
    return found


def run_page(page: Path, folder: Path) -> None:
    """Type all marked blocks of a page into one shell; fails with what it said.

    Our programs and nbgrader's start warm.
    """
    programs = folder / "programs"
    programs.mkdir()
    typed_commands.programs(programs)
    scripts = sysconfig.get_path("scripts")
    done = subprocess.run(
        ["bash", "-euxo", "pipefail"], input="\n".join(marked_blocks(page.read_text())),
        cwd=folder, capture_output=True, text=True, check=False, timeout=560,
        env={
            **os.environ,
            "PATH": os.pathsep.join([str(programs), scripts, os.environ["PATH"]]),
            "JUPYTER_CONFIG_PATH": str(folder / "machine"),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.slow
def test_every_marked_command_of_the_quick_start_works_as_written(tmp_path):
    run_page(DOCS / "quickstart.md", tmp_path)
    course = tmp_path / "my-course"
    assert (course / "reports" / "warm_up.html").is_file()
    page = (course / "feedback" / "ada" / "warm_up" / "warm_up.html").read_text()
    assert "Every exercise is complete." in page and "not attempted" not in page
    grades = (course / "grades.csv").read_text().splitlines()
    ada = dict(zip(grades[0].split(","), grades[1].split(","), strict=True))
    assert ada["student_id"] == "ada" and float(ada["score"]) == float(ada["max_score"]) > 0


@pytest.mark.slow
def test_every_marked_command_of_the_authors_guide_works_as_written(tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    (tmp_path / "machine").mkdir()
    config = f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n"
    (tmp_path / "machine" / "nbgrader_config.py").write_text(config)
    run_page(DOCS / "authoring.md", tmp_path)
    assert list(exchange.glob("*/outbound/centering/centering.ipynb"))


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_links_of_the_docs_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert not [target for target in targets if not (page.parent / target).exists()]
