"""The arenas: a grader per tier, warm for all attacks."""

import shutil
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.sandbox import SandboxError

sys.path.append(str(Path(__file__).parent))

from attacking import Arena, attacks


def pytest_generate_tests(metafunc):
    if "attack" in metafunc.fixturenames:
        marks = {True: [pytest.mark.slow], False: []}
        metafunc.parametrize(
            "attack",
            [pytest.param(a, id=f"{a.family}: {a.name}", marks=marks[a.slow]) for a in attacks()],
        )


def arena_of(built_course, tmp_path_factory, tier, without=()):
    root = tmp_path_factory.mktemp(f"arena-{tier}") / "course"
    root.parent.chmod(0o755)
    shutil.copytree(built_course.root, root)
    try:
        return Arena(Course.load(root), tier, without)
    except SandboxError as error:
        pytest.skip(f"no tier {tier} here: {error}")


@pytest.fixture(scope="session")
def arena(built_course, tmp_path_factory):
    """The best wall of this machine."""
    arena = arena_of(built_course, tmp_path_factory, "auto")
    yield arena
    arena.close()


@pytest.fixture(scope="session")
def arena_a(built_course, tmp_path_factory):
    arena = arena_of(built_course, tmp_path_factory, "A")
    yield arena
    arena.close()


@pytest.fixture(scope="session")
def arena_unwalled(built_course, tmp_path_factory):
    """Limits and nothing else, as in the weak tier, but one fork for each submission."""
    arena = arena_of(built_course, tmp_path_factory, "A", ("landlock", "seccomp"))
    yield arena
    arena.close()


@pytest.fixture(scope="session")
def arena_weak(built_course, tmp_path_factory):
    arena = arena_of(built_course, tmp_path_factory, "weak")
    yield arena
    arena.close()
