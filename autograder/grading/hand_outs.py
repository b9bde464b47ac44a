"""The files that students get beside a notebook, and a sandbox that has imported them."""

from __future__ import annotations

import ast
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from fnmatch import fnmatch
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.model import CourseError
from autograder.notebook.cells import (
    SKIP_TAG,
    Notebook,
    NotebookCell,
)
from autograder.notebook.reading import read
from autograder.sandbox import Nursery, NurseryAddress, Sandbox
from autograder.sandbox.requests import QUESTIONS

LEFT_BEHIND = (".ipynb_checkpoints", "*.pyc", "__pycache__")  # by Python and Jupyter
NEVER = ("*.ipynb", *LEFT_BEHIND)  # whatever a course says: notebooks go another way
_SETS_ENVIRONMENT = re.compile(r"\bos\.environ\b|\bputenv\(|^\s*%(set_)?env\b", re.MULTILINE)


def open_sandbox(
    course: Course,
    assignment: str,
    release: Notebook,
    tier: str = "",
    nursery: NurseryAddress | None = None,
) -> AbstractContextManager[Sandbox]:
    """A sandbox that holds the files that an assignment hands out, and nothing else of it.

    It warms up when it is entered, which may be in any thread: nothing is parsed there (CPython
    3.11 must not parse in two threads at once).
    """
    options: dict[str, Any] = {
        **_to_get_warm(course, assignment, release),
        "tier": tier or course.tier,
        "secrets": course.secrets(),
        "nursery": nursery,
    }
    return _opened(course, assignment, options)


@contextmanager
def _opened(course: Course, assignment: str, options: Mapping[str, Any]) -> Iterator[Sandbox]:
    with (
        _handed_out(course, assignment) as assets,
        Sandbox(course.limits, assets=assets, **options) as sandbox,
    ):
        yield sandbox


def warm_up(nursery: Nursery, course: Course, assignment: str) -> NurseryAddress:
    """Tell a nursery what an assignment's sandboxes import and run once.

    Raises CourseError when the release cannot be read.
    """
    release = read(course.release_notebook(assignment), error=CourseError)
    warm = _to_get_warm(course, assignment, release)
    with _handed_out(course, assignment) as assets:
        return nursery.warm_up(course.limits, assets, **warm)


def _to_get_warm(course: Course, assignment: str, release: Notebook) -> dict[str, Sequence[str]]:
    """Imports and cells that a sandbox runs or compiles once, with a nursery or without.

    Where ordinary test cells run, no cell runs beforehand: the judge's session starts empty.
    """
    asks = bool(judges_of(course, assignment, release).ordinary)
    imported = imports_of(release, hand_outs(course, assignment))
    return {
        "preload": (*imported, *course.preload, *([QUESTIONS] if asks else ())),
        "prologue": [] if asks else prologue_of(release),
        "cells": [c.source for c in _cells_that_run(release) if c.source.strip()],
    }


@contextmanager
def _handed_out(course: Course, assignment: str) -> Iterator[Path]:
    """A folder with the files that go with a notebook."""
    with tempfile.TemporaryDirectory(prefix="autograder-assets-") as folder:
        hand_out(hand_outs(course, assignment), Path(folder))
        yield Path(folder)


def hand_outs(course: Course, assignment: str) -> dict[Path, Path]:
    """The files that are handed out with an assignment's notebooks: place beside them → source.

    Release, graded sessions, fingerprints, solutions and autograded folders all use this list.
    Files come from the author's source; helpers that only the release has come from there.
    """
    return {
        place: path
        for folder in (course.release(assignment), course.source(assignment))
        for path, place in files_beside_notebooks(folder, course.ignored)
    }


def files_beside_notebooks(folder: Path, ignored: Iterable[str]) -> Iterator[tuple[Path, Path]]:
    """The files of an author's folder that nbgrader releases, and their places in it.

    Never a notebook. A link to a file is that file; a link to a folder is not followed.
    """
    patterns = (*ignored, *NEVER)
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_ignored(name, patterns))
        for name in sorted(names):
            path = Path(base, name)
            if path.is_file() and not is_ignored(name, patterns):
                yield path, path.relative_to(folder)


def is_ignored(name: str, patterns: Iterable[str]) -> bool:
    """nbgrader's rule: shell patterns on the bare name; `*` does not stand for a leading dot."""
    return any(
        fnmatch(name, pattern) and name.startswith(".") <= pattern.startswith(".")
        for pattern in patterns
    )


def hand_out(files: Mapping[Path, Path], assets: Path) -> None:
    """Copy hand-outs (see `hand_outs`) into a folder."""
    for place, path in files.items():
        (assets / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, assets / place)


def imports_of(notebook: Notebook, handed_out: Mapping[Path, Path]) -> list[str]:
    """Modules that a notebook's provided cells and helper modules import.

    Cells that are skipped do not count: an unused module would make every session larger.
    """
    return _imports([c for c in _cells_that_run(notebook) if c.locked], handed_out)


def imports_of_author(notebook: Notebook, handed_out: Mapping[Path, Path]) -> list[str]:
    """Modules that an author's cells import, those for students to write apart.

    Many courses lock no cell but the tests. What only the author's solution imports does not
    count: an imported `scipy.stats` is there for a student who imports `scipy`. A cell that sets
    the environment may decide what a later import does, so only cells before it count.
    """
    cells = takewhile(lambda c: not _SETS_ENVIRONMENT.search(c.source), _cells_that_run(notebook))
    return _imports([c for c in cells if not c.solution], handed_out)


def _cells_that_run(notebook: Notebook) -> list[NotebookCell]:
    return [c for c in notebook.cells if c.kind == "code" and SKIP_TAG not in c.tags]


def _imports(cells: Iterable[NotebookCell], handed_out: Mapping[Path, Path]) -> list[str]:
    own = {_module(place) for place in handed_out} - {""}
    texts = [c.source for c in cells]
    texts += [
        path.read_text(encoding="utf-8", errors="replace")
        for place, path in handed_out.items()
        if place.suffix == ".py" and place.parts[0].removesuffix(".py") in own
    ]
    found = {name for text in texts for name in imported_by(text)}
    return sorted(name for name in found if name.split(".")[0] not in own)


def _module(place: Path) -> str:
    """The module that a handed-out file is, or the package that it begins; or nothing."""
    if len(place.parts) == 2 and place.name == "__init__.py":
        return place.parts[0]
    return place.stem if len(place.parts) == 1 and place.suffix == ".py" else ""


def prologue_of(notebook: Notebook) -> list[str]:
    """The provided cells at the beginning of a notebook, which are the same for every student."""
    cells = takewhile(lambda c: c.locked and not c.grade, _cells_that_run(notebook))
    return [c.source for c in cells]


@lru_cache(maxsize=256)  # files; a course has a few dozen
def imported_by(text: str) -> tuple[str, ...]:
    """The modules that a piece of code imports when it runs, by their full names.

    Cached, because grading on arrival asks for the same files with every hand-in.
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return ()
    found: list[str] = []
    for node in _outside_of_functions(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return tuple(found)


def _outside_of_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes of code that runs on import, without the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _outside_of_functions(child)
