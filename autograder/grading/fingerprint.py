"""Digests of all that a result depends on, and the reasons why one is out of date.

After one grader has changed, only the exercises whose own digest changed are checked again.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, lru_cache
from importlib import metadata
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import autograder
from autograder.course import Course
from autograder.grading.hand_outs import hand_outs, imported_by, imports_of
from autograder.language.catalogue import FOLDER
from autograder.language.translation import chinese_path
from autograder.model import CourseError, Key
from autograder.notebook.reading import read

OWNERS = frozenset({"exercise", "misconception", "edited"})
PACKAGE = Path(autograder.__file__).parent
# Folders and files of the package that can change a grade or what a student reads of it.
DECIDING = (
    "__init__.py", "model.py", "environment.py", "course", "handout", "sandbox", "language",
    "notebook", "graders", "judge", "repair", "testcells", "grading", "gradebook/scores.py",
    "gradebook/cards.py", "gradebook/staging.py", "batch/other_notebooks.py",
)  # fmt: skip
# Files of tests/<assignment>/ that only `autograder verify` reads.
FOR_VERIFY = ("samples*.py", "alternatives*.py", "equivalent_mutants.toml")
_VERSIONS = ("version.py", "_version.py", "__about__.py")
_INSTALLED = frozenset({"site-packages", "dist-packages"})
# What a course is made of, which no grader shares, and a folder's name as a part of a path.
_STEPS = frozenset(
    ("source", "release", "submitted", "autograded", "feedback", "solutions", "reports")
)
_JOINED = (
    r"""/\s*["']{0}["'/]|["']{0}["']\s*/|["'/]{0}/|(?:join|joinpath|Path)\([^()]*["']{0}["'/]"""
)
MOST_FILES = 2000  # of a library that lies elsewhere
MOST_LIBRARIES = 40  # of one submission
# In a notebook's JSON: a line that begins with an import.
_IMPORTS = re.compile(rb"""(?:"|\\n|;)\s*(?:from\s+([\w.]+)\s+import|import\s+([\w., ]+))""")
_CACHES = frozenset({"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".hypothesis"})


@dataclass(frozen=True)
class Outdated:
    """Why a result is out of date."""

    reasons: tuple[str, ...]  # in words, the part that changed first
    only: frozenset[str] | None  # the exercises to check again; None: all of them


def change(before: Key, now: Key) -> Outdated | None:
    """Why a result is out of date; None when it is up to date."""
    everything = [
        reason
        for name in ("submission", "run", "graders")
        for reason in _differences(getattr(before, name), getattr(now, name))
    ]
    exercises = list(_differences(before.exercises, now.exercises, "the checks of "))
    outputs = list(_differences(before.outputs, now.outputs))
    reasons = (*everything, *exercises, *outputs)
    if everything or before.exercises.keys() != now.exercises.keys():
        return Outdated(reasons, None)
    stale = (name for name, found in now.exercises.items() if before.exercises[name] != found)
    return Outdated(reasons, frozenset(stale)) if reasons else None


def _differences(
    before: Mapping[str, str], now: Mapping[str, str], prefix: str = ""
) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        if name not in before:
            yield f"{prefix}{name} is new"
        elif name not in now:
            yield f"{prefix}{name} is gone"
        elif before[name] != now[name]:
            yield f"{prefix}{name} changed"


def fingerprint(course: Course, assignment: str, exercises: Iterable[str]) -> Key:
    """The part of a key that all submissions of an assignment share, as its files are now."""
    own: dict[str, str] = {}
    shared = {
        "c.Autograder.seed": digest(course.seed),
        "c.Autograder.fresh": course.fresh,
        _named(course, course.solution(assignment)): _content(course.solution(assignment)),
    }
    tests = course.tests(assignment)
    for path in [*_deciding(tests), *shared_files(course, assignment)]:
        name = _named(course, path)
        if path.parent == tests and _is_graders(path.name):
            common, parts = split_by_exercise(path.read_text(encoding="utf-8"))
            shared[name] = digest(common)
            for exercise, text in parts.items():
                own[exercise] = own.get(exercise, "") + text
        elif path != chinese_path(tests) or course.language == "zh":
            shared[name] = _content(path)
    return Key(
        submission={},
        run=_run_parts(course, assignment),
        graders=shared,
        exercises={name: digest(own.get(name, "")) for name in exercises},
    )


def _deciding(folder: Path) -> list[Path]:
    """Files of graders that can change a verdict: all but those that `verify` alone reads."""
    found = files_below(folder)
    code = _code(found)
    return [p for p in found if not _is_for_verify(p, folder) or _is_used(p, code)]


def shared_files(course: Course, assignment: str) -> list[Path]:
    """Files outside of tests/<assignment>/ that its graders read: what several assignments share.

    conftest.py of the course and of tests/; modules and data of these two folders, and packages
    and folders of data in them, that the graders' code names, or the code of what it names.
    """
    tests = course.tests(assignment)
    beside = [p for folder in (tests.parent, course.root) for p in sorted(folder.glob("*"))]
    left = [p for p in beside if p not in (tests, tests.parent, PACKAGE)]
    found: list[Path] = []
    new = files_below(tests)
    while new:
        code = _code(new)
        named = [p for p in left if p.name == "conftest.py" or _is_named(p, tests.parent, code)]
        left = [p for p in left if p not in named]
        new = [p for place in named for p in ([place] if place.is_file() else files_below(place))]
        found += new
    return found


def _is_named(path: Path, tests: Path, code: Sequence[str]) -> bool:
    """Whether some code uses a file, imports a package, or names a folder in tests/."""
    if not path.is_dir():
        return _is_used(path, code)
    name = re.escape(path.name)
    words = [] if path.name.startswith(".") or path.name in _STEPS else [_JOINED.format(name)]
    if path.parent == tests:
        words += [rf"\btests\.{name}\b", rf"\b{name}/"]
    if path.name != PACKAGE.name:  # which is imported from where it is installed
        words.append(rf"^[ \t]*(import|from)\s+{name}\b")
    pattern = "|".join(words)
    return any(path.name in text and re.search(pattern, text, re.M) for text in code if words)


def _code(paths: Iterable[Path]) -> list[str]:
    return [p.read_text(encoding="utf-8", errors="replace") for p in paths if p.suffix == ".py"]


def _is_used(path: Path, code: Iterable[str]) -> bool:
    """Whether some code imports a module, or names a file."""
    imported = rf"\b(import|from)\s+[.\w]*\b{re.escape(path.stem)}\b"
    is_module = path.suffix == ".py"
    return any(
        path.name in text or (is_module and path.stem in text and re.search(imported, text))
        for text in code
    )


def _is_for_verify(path: Path, folder: Path) -> bool:
    return path.parent == folder and any(fnmatch(path.name, name) for name in FOR_VERIFY)


def _is_graders(name: str) -> bool:
    return name.startswith(("test_", "misconceptions")) and name.endswith(".py")


def files_below(folder: Path) -> list[Path]:
    """All files of a folder and, behind links too, of the folders in it; no caches."""
    found: list[Path] = []
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        folders[:] = [] if real in seen else sorted(set(folders) - _CACHES)
        if real not in seen:
            found += [Path(place, name) for name in names if not name.endswith(".pyc")]
        seen.add(real)
    return sorted(path for path in found if path.is_file())


@lru_cache(maxsize=32)  # forked workers ask again
def split_by_exercise(source: str) -> tuple[str, dict[str, str]]:
    """A grader file's shared code, and the code that belongs to each exercise alone."""
    tree = ast.parse(source)
    constants = _constants(tree)
    shared: list[str] = []
    own: dict[str, str] = {}
    for node in tree.body:
        text = tree_text(node)
        owners = set(_owners(node, constants))
        if not owners:
            shared.append(text)
        for owner in owners:
            own[owner] = own.get(owner, "") + text
    return "\n".join(shared), own


def tree_text(value: object) -> str:
    """A node of a tree in words that are the same in every version of Python."""
    if isinstance(value, list):
        return f"[{', '.join(map(tree_text, value))}]"
    if not isinstance(value, ast.AST):
        return repr(value)
    inner = ", ".join(f"{name}={tree_text(field)}" for name, field in _filled(value))
    return f"{type(value).__name__}({inner})"


def _filled(node: ast.AST) -> Iterator[tuple[str, object]]:
    """The fields of a node that have content: later versions have more of them, and `ast.dump`
    writes the others in some versions. Python 3.12 ends a format with a text of no letters."""
    for name, field in ast.iter_fields(node):
        if isinstance(node, ast.JoinedStr):
            field = [part for part in field if getattr(part, "value", None) != ""]
        if field not in (None, []):
            yield name, field


def _constants(tree: ast.Module) -> dict[str, str]:
    """Module-level constants that are strings: ``HE = "initialize_parameters_he"``."""
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _owners(node: ast.stmt, constants: dict[str, str]) -> Iterator[str]:
    calls: list[ast.expr] = list(getattr(node, "decorator_list", []))
    if isinstance(node, ast.Expr):
        calls.append(node.value)
    for call in calls:
        if isinstance(call, ast.Call) and call.args and _name(call.func) in OWNERS:
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
            elif isinstance(first, ast.Name) and first.id in constants:
                yield constants[first.id]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _run_parts(course: Course, assignment: str) -> dict[str, str]:
    release = course.release_notebook(assignment)
    handed_out = hand_outs(course, assignment)
    return {
        "the autograder package": package_digest(),
        "the version of Python": sys.version.split()[0],
        "the version of numpy": np.__version__,
        **{f"the library {name}": _version(name) for name in ("IPython", "nbgrader")},
        "the limits": repr((course.limits, course.submission_seconds)),
        "c.Autograder.preload": repr(course.preload),
        "c.Autograder.sandbox": course.tier,
        "c.Autograder.test_cells": course.test_cells,
        "c.Autograder.unsound_tests": course.unsound_tests,
        "c.ClearHiddenTests": repr(course.hidden_delimiters),
        "c.Autograder.language": course.language,
        _named(course, release): _content(release),
        **{f"the handed-out file {place}": _content(path) for place, path in handed_out.items()},
        **_libraries(course, assignment, handed_out),
    }


@cache
def _version(name: str) -> str:
    return metadata.version(name)


def _libraries(course: Course, assignment: str, handed_out: Mapping[Path, Path]) -> dict[str, str]:
    """Versions of the installed libraries that the lesson and the graders import.

    They are read from a few files of each library itself: finding the distribution that installed
    it would mean reading the metadata of all others.
    """
    release = course.release_notebook(assignment)
    names = list(course.preload)
    if release.is_file():
        names += imports_of(read(release, error=CourseError), handed_out)
    for text in _code(_deciding(course.tests(assignment))):
        names += imported_by(text)
    if (solution := course.solution(assignment)).is_file():  # imports what is handed out, too
        names += filter(_is_installed, imported_by(solution.read_text(encoding="utf-8")))
    return _digests_of_libraries(name.partition(".")[0] for name in names)


def imported_in(notebooks: Iterable[bytes]) -> list[str]:
    """The libraries that submitted notebooks import, as far as their text says so."""
    found = {
        name.strip().partition(b".")[0].partition(b" ")[0].decode()
        for content in notebooks
        for one, several in _IMPORTS.findall(content)
        for name in (one, *several.split(b","))
    }
    return sorted(found - {""})[:MOST_LIBRARIES]


def with_libraries(run: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """A key's part with the digests of further libraries, of those that are installed."""
    new = [n for n in names if f"the library {n}" not in run and _is_installed(n)]
    return {**run, **_digests_of_libraries(new)}


def _is_installed(name: str) -> bool:
    """Whether a module is a library's, and none that lies beside a notebook."""
    spec = PathFinder.find_spec(name.partition(".")[0])
    return bool(spec and spec.origin and not _INSTALLED.isdisjoint(Path(spec.origin).parts))


def _digests_of_libraries(names: Iterable[str]) -> dict[str, str]:
    own = sys.stdlib_module_names | {"autograder", "numpy"}
    return {f"the library {n}": digest("".join(_installed(n))) for n in {*names} - own}


def _installed(name: str) -> Iterator[str]:
    """What changes with a library: its version, or its files where it is being worked on."""
    spec = PathFinder.find_spec(name)
    if spec is None:
        with suppress(ValueError):  # of a module that was made by hand
            spec = find_spec(name)
    if spec is None or spec.origin is None:
        return
    origin = Path(spec.origin)
    files = [origin, *(origin.with_name(f) for f in _VERSIONS)]
    if not spec.submodule_search_locations:
        files = files[:1]
    elif _INSTALLED.isdisjoint(origin.parts):  # as `pip install -e` leaves it
        files = files_below(origin.parent)[:MOST_FILES]
    yield from map(_content, files)


def _named(course: Course, path: Path) -> str:
    return os.path.relpath(path, course.root)


@cache
def package_digest() -> str:
    """A digest of the package's own code and texts, as far as they decide results."""
    places = [PACKAGE / name for name in DECIDING]
    code = [p for place in places for p in (place.rglob("*.py") if place.is_dir() else [place])]
    files = [*sorted(code), *sorted(FOLDER.rglob("*.po"))]
    return digest("".join(map(_content, files)))


def _content(path: Path) -> str:
    return digest_file(path) if path.is_file() else "missing"


def digest(text: str) -> str:
    """A short digest of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digest_bytes(content: bytes) -> str:
    """A short digest of a file's content."""
    return hashlib.sha256(content).hexdigest()[:16]


def digest_file(path: Path) -> str:
    return digest_bytes(path.read_bytes())


def digest_files(paths: Sequence[Path]) -> str:
    return digest("".join(f"{p.name}:{digest_file(p)}" for p in paths if p.is_file()))
