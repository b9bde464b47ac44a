"""`pip install .`, `uv` and `pipx`: one wheel, three installers, used from outside the checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

# One group: a wheel is made, and uv and pipx are installed, once.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NEEDED = ("autograder", "pyproject.toml", "README.md", "LICENSE")


def run(*command, cwd: Path, **environment: str) -> str:
    """Type a command in a shell that knows nothing of the environment which runs the tests."""
    kept = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "UV_", "SSL_", "LANG"))}
    kept |= {"HOME": str(cwd), "PATH": os.defpath, **environment}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=kept, capture_output=True, text=True,
        timeout=500, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{' '.join(map(str, command))}:\n{said[-4000:]}"
    return said


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder outside of the checkout."""
    return tmp_path_factory.mktemp("installing")


@pytest.fixture(scope="module")
def tools(place) -> Path:
    """The programs of an environment that has uv and pipx; skips where no index is reached."""
    run(sys.executable, "-m", "venv", place / "tools", cwd=place)
    programs = place / "tools" / "bin"
    try:
        run(programs / "pip", "install", "--quiet", "uv", "pipx", cwd=place)
    except AssertionError as error:
        pytest.skip(f"no package index can be reached, to install uv and pipx from: {error}")
    return programs


@pytest.fixture(scope="module")
def wheel(place, tools) -> Path:
    """The package built from what the checkout holds, and from nothing left of earlier builds."""
    checkout = place / "checkout"
    checkout.mkdir()
    caches = shutil.ignore_patterns("__pycache__")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name, ignore=caches)
        else:
            shutil.copyfile(ROOT / name, checkout / name)
    run(tools / "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", place, checkout, cwd=place)
    [made] = place.glob("*.whl")
    return made


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as pack:
        packed = {name for name in pack.namelist() if ".dist-info/" not in name}
    own = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "autograder").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == own, "no test, no solution and no lesson is installed"
    for part in ("templates/report.html.j2", "skeleton/tests/samples.py.template", "py.typed"):
        assert f"autograder/{part}" in packed
    assert any(name.endswith(".mo") for name in packed)


def by_pip(wheel: Path, tools: Path, place: Path) -> Path:
    """Into an environment that has our dependencies already: those of this one."""
    run(sys.executable, "-m", "venv", "--without-pip", place / "pip", cwd=place)
    [packages] = (place / "pip").glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    into = ("--python", place / "pip/bin/python")
    run(tools / "pip", *into, "install", "--quiet", "--no-deps", wheel, cwd=place)
    for program, module in (
        ("nbgrader", "nbgrader.apps.nbgraderapp"),
        ("alembic", "alembic.config"),
    ):
        script = place / "pip/bin" / program
        script.write_text(f"#!{place}/pip/bin/python\nfrom {module} import main\nmain()\n")
        script.chmod(0o755)
    return place / "pip/bin"


def by_uv(wheel: Path, tools: Path, place: Path) -> Path:
    """Into an empty environment: what we depend on comes from the index."""
    run(tools / "uv", "venv", "--quiet", "--python", sys.executable, place / "uv", cwd=place)
    target = ("--python", place / "uv/bin/python")
    run(tools / "uv", "pip", "install", "--quiet", *target, wheel, cwd=place)
    return place / "uv/bin"


def by_pipx(wheel: Path, tools: Path, place: Path) -> Path:
    """Into an environment of its own, with the programs that come with it."""
    run(
        tools / "pipx", "install", "--quiet", "--include-deps", "--python", sys.executable, wheel,
        cwd=place, PIPX_HOME=str(place / "pipx"), PIPX_BIN_DIR=str(place / "pipx-bin"),
        PIP_NO_COMPILE="1",  # what is used is compiled when it is imported
    )  # fmt: skip
    return place / "pipx-bin"


BEGIN = """
autograder doctor
autograder init course
cd course
autograder new warm_up
"""
GRADE = """
mkdir -p submitted/ada
cp -r source/warm_up submitted/ada/warm_up
autograder grade warm_up
autograder feedback warm_up
autograder report warm_up
"""


def type_in(text: str, folder: Path, programs: Path) -> str:
    """Type lines into a shell; what it said."""
    path = os.pathsep.join([str(programs), os.defpath])
    return run("bash", "-euo", "pipefail", "-c", text, cwd=folder, PATH=path)


def test_pip_installs_all_that_a_course_begins_with(wheel, tools, place, tmp_path):
    said = type_in(BEGIN, tmp_path, by_pip(wheel, tools, place))
    assert "tier" in said and "WARNING" not in said
    assert (tmp_path / "course/release/warm_up/warm_up.ipynb").is_file()


def test_uv_installs_all_that_a_class_is_graded_with(wheel, tools, place, tmp_path):
    said = type_in(BEGIN + GRADE, tmp_path, by_uv(wheel, tools, place))
    assert "WARNING" not in said and "graded 1 submission in" in said
    course = tmp_path / "course"
    page = (course / "feedback/ada/warm_up/warm_up.html").read_text()
    assert "5 of 5 points" in page
    assert "data:image/png;base64," in (course / "reports/warm_up.html").read_text()


def test_pipx_gives_the_programs_that_a_course_needs_too(wheel, tools, place, tmp_path):
    programs = by_pipx(wheel, tools, place)
    assert {"autograder", "nbgrader", "jupyter", "jupyter-lab", "pytest"} <= {
        path.name for path in programs.iterdir()
    }
    said = type_in("autograder doctor\nnbgrader --version\npytest --help", tmp_path, programs)
    assert "tier" in said and "--submission" in said, "pytest knows our plugin"
