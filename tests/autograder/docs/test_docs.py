"""What the documentation tells a reader to type: run where it can be, else checked word by word."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import typed_commands
from nbgrader.apps.nbgraderapp import NbGraderApp

from autograder.authoring.skeleton import new
from autograder.cli.application import COMMANDS
from autograder.course import Autograder
from autograder.nbgrader_plugins.init_course import init

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = {"cd", "cp", "docker", "git", "jupyter", "mkdir", "source", ".ci/run"}


def blocks(text: str, *, run: bool = False) -> list[str]:
    """The indented blocks of a page; with `run`, those that it marks."""
    found = re.findall(r"(<!-- run -->\s*)?\n\n((?:    .*\n|\n(?=    ))+)", f"\n{text}")
    return [
        re.sub(r"^    ", "", block, flags=re.MULTILINE) for mark, block in found if mark or not run
    ]


def commands() -> list[tuple[str, list[str]]]:
    """(page, words) of every command of every page, from blocks, workflows and running text."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fenced = re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        lines = [
            line for block in blocks(prose) for line in block.replace("\\\n", " ").splitlines()
        ]
        lines += re.findall(r"^ +- run: (.*)$", "".join(t for k, t in fenced if k == "yaml"), re.M)
        lines += re.findall(r"`((?:autograder|nbgrader|pytest|make|python -m) [^`\n]+)`", prose)
        for line in lines:
            for part in re.split(r"\s*(?:&&|;|\|)\s*", line.split("  #")[0].strip()):
                found.append((page.name, shlex.split(part.split(" # ")[0])))
    known = {"autograder", "nbgrader", "pytest", "make", "pip", "pipx", "uv", "python"} | OTHERS
    return [(page, words) for page, words in found if words and words[0] in known]


def test_every_page_has_commands_that_are_found():
    counts = dict.fromkeys((page.name for page in PAGES), 0)
    for page, _ in commands():
        counts[page] += 1
    assert counts["README.md"] > 15 and counts["instructor.md"] > 20 and counts["ci.md"] >= 4


def every(program: str):
    chosen = [(page, words) for page, words in commands() if words[0] == program]
    assert chosen
    return pytest.mark.parametrize(
        "words", [pytest.param(w, id=f"{p}: {' '.join(w)}") for p, w in chosen]
    )


def options_of(words: list[str]) -> list[str]:
    return [word.partition("=")[0] for word in words if word.startswith("-")]


@every("autograder")
def test_our_commands_are_typed_with_options_that_exist(words):
    command, *rest = words[1:]
    if command == "COMMAND":
        return
    assert command in COMMANDS
    made = getattr(import_module(f"autograder.cli.{command}"), f"{command.capitalize()}App")()
    if "…" not in " ".join(rest):
        made.parse_command_line([word for word in rest if word not in ("--help", "en|zh|both")])


@every("nbgrader")
def test_nbgraders_commands_are_typed_with_options_that_exist(words):
    app, _ = NbGraderApp.subcommands[words[1]]
    known = {f"--{name}" for name in (*app.aliases, *app.flags)} | {"--help", "--force"}
    plugin = {"--exporter", "--to", "--assignment", "--student"}  # of `nbgrader export`
    assert set(options_of(words)) <= known | (plugin if words[1] == "export" else set())
    for word in words:
        if word.startswith("--exporter="):
            module, _, name = word.partition("=")[2].rpartition(".")
            assert hasattr(import_module(module), name)


@every("make")
def test_make_has_the_target(words):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(words[1:]) <= set(targets)


@every("pytest")
def test_pytest_knows_the_option(words, request):
    parser = request.config._parser
    known = {name for group in parser._groups for o in group.options for name in o.names()}
    known |= {name for o in parser._anonymous.options for name in o.names()}
    assert set(options_of(words)) <= known


@every("pip")
def test_pip_is_asked_for_what_there_is(words):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    target = words[-1]
    assert words[1] == "install" and re.match(rf"\.|{project['name']}\b", target)
    for extra in re.findall(r"\[(\w+)\]", target):
        assert extra in project["optional-dependencies"]


@every("python")
def test_modules_that_are_run_exist_with_the_option(words):
    assert words[1] == "-m"
    path = ROOT.joinpath(*words[2].split("."))
    path = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    text = path.read_text()
    assert all(f'"{option}"' in text for option in options_of(words[3:]))


def test_python_in_a_page_is_python():
    for page in PAGES:
        for code in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.DOTALL):
            ast.parse(code)


def test_every_picture_and_page_that_is_linked_is_there():
    shown = set()
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
                shown.add((page.parent / target).resolve())
    pictures = {path.resolve() for path in (ROOT / "docs/images").iterdir()}
    assert pictures <= shown, "a picture that no page shows"


def test_the_table_of_settings_is_complete_and_true():
    page = (ROOT / "docs/instructor.md").read_text()
    table = page.split("| name | default |")[1].split("\n\n")[0]
    told = {}
    for names, default in re.findall(r"^\| (`[^|]+?) \| *([^|]*?) *\|", table, re.MULTILINE):
        values = [v.strip().strip("`") for v in default.split(",")]
        for name, value in zip(re.findall(r"`(\w+)`", names), values, strict=True):
            told[name] = value
    traits = Autograder.class_own_traits(config=True)
    assert told.keys() == traits.keys()
    for name, value in told.items():
        if re.fullmatch(r"[\d.]+", value):
            assert float(value) == traits[name].default_value, name


# Lines that stand in a block which is run, and are not typed.
NOT_TYPED = re.compile(r"pip install|.*--dask |.*--workers |autograder init")


@pytest.fixture
def path(tmp_path) -> str:
    """Where a shell finds our programs, and nbgrader's: they start warm."""
    folder = tmp_path / "programs"
    folder.mkdir()
    typed_commands.programs(folder)
    return os.pathsep.join([str(folder), sysconfig.get_path("scripts"), os.environ["PATH"]])


def type_in(text: str, folder: Path, path: str) -> None:
    """Type lines into a shell; fails with what it said."""
    done = subprocess.run(
        ["bash", "-euxo", "pipefail"], input=text, cwd=folder, capture_output=True, text=True,
        check=False, timeout=560, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def type_page(page: Path, course: Path, path: str) -> None:
    """Type what a page marks into a shell, in the tiny course; fails with what it said."""
    text = page.read_text(encoding="utf-8").replace("optimization", "tiny")
    lines = [line for block in blocks(text, run=True) for line in block.splitlines()]
    typed = "\n".join(line for line in lines if not NOT_TYPED.match(line))
    assert "autograder grade tiny" in typed
    type_in(typed, course, path)


@pytest.mark.slow
def test_the_programs_start_from_nothing(tiny):
    """Each as it was installed; where pages are typed, they are forked from a warm process."""
    (tiny.root / "gradebook.db").unlink()
    shutil.rmtree(tiny.root / "release")
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    type_in("autograder build\nnbgrader validate release/tiny/tiny.ipynb", tiny.root, path)
    assert tiny.release_notebook("tiny").is_file() and (tiny.root / "gradebook.db").is_file()


@pytest.mark.slow
def test_every_marked_command_of_the_readme_works_as_written(tmp_path, path):
    course, exchange = tmp_path / "course", tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    init(course)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Exchange.root = {str(exchange)!r}\n")
    new(course, "tiny")
    shutil.copytree(course / "source/tiny", course / "submitted/ada/tiny")
    shutil.rmtree(course / "release")
    type_page(ROOT / "README.md", course, path)
    assert list(exchange.glob("*/outbound/tiny/tiny.ipynb"))
    for made in ("feedback/ada/tiny/tiny.html", "reports/tiny.html", "gradebook.db"):
        assert (course / made).is_file()


@pytest.mark.slow
def test_every_marked_command_of_the_instructors_guide_works_as_written(tiny, submit, path):
    for number in range(9):
        submit(f"student{number}")
    type_page(ROOT / "docs/instructor.md", tiny.root, path)
    written = {path.name for path in tiny.root.iterdir()}
    assert {"canvas.csv", "moodle.csv", "checks.csv", "shard3.jsonl"} <= written
