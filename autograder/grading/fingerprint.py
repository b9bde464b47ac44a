"""What a result depends on, as short hashes: one for the submission's run, one per exercise.

After one grader is mended only the exercises whose fingerprint changed are checked again.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import autograder
from autograder.course import Course
from autograder.grading.hand_outs import hand_outs
from autograder.language.catalogue import FOLDER
from autograder.language.translation import chinese_path

OWNERS = frozenset({"exercise", "misconception", "edited"})
PACKAGE = Path(autograder.__file__).parent


@dataclass(frozen=True)
class Fingerprint:
    """Hashes of everything that decides the results of one assignment."""

    run: str  # what the notebook's cells see: hand-outs, released cells, limits, versions
    exercises: dict[str, str]  # graders, misconceptions and solution of each exercise


def fingerprint(course: Course, assignment: str, exercises: Iterable[str]) -> Fingerprint:
    """The assignment's fingerprint as its files are now."""
    run = _digest(_run_parts(course, assignment))
    shared = [run, course.seed, _content(course.solution(assignment))]
    own: dict[str, str] = {}
    for path in sorted(course.tests(assignment).glob("*")):
        if path.name.startswith(("test_", "misconceptions")) and path.suffix == ".py":
            common, parts = split_by_exercise(path.read_text(encoding="utf-8"))
            shared.append(common)
            for name, text in parts.items():
                own[name] = own.get(name, "") + text
        elif path.name == chinese_path(path.parent).name:
            shared.append(_content(path) if course.language == "zh" else "")
        elif path.suffix in (".json", ".py") and not path.name.startswith(("samples", "alt")):
            shared.append(_content(path))
    return Fingerprint(run, {n: _digest([*shared, own.get(n, "")]) for n in exercises})


def split_by_exercise(source: str) -> tuple[str, dict[str, str]]:
    """A grader file's shared code, and the code that belongs to each exercise alone."""
    tree = ast.parse(source)
    constants = _constants(tree)
    shared: list[str] = []
    own: dict[str, str] = {}
    for node in tree.body:
        text = ast.dump(node)
        owners = set(_owners(node, constants))
        if not owners:
            shared.append(text)
        for owner in owners:
            own[owner] = own.get(owner, "") + text
    return "\n".join(shared), own


def _constants(tree: ast.Module) -> dict[str, str]:
    """Module-level names of texts: ``HE = "initialize_parameters_he"``."""
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


def _run_parts(course: Course, assignment: str) -> Iterator[str]:
    yield autograder.__version__
    yield _package()
    yield np.__version__
    yield repr((course.limits, course.submission_seconds, course.preload, course.tier))
    yield course.language
    for place, path in sorted(hand_outs(course, assignment).items()):
        yield f"{place}:{_content(path)}"
    yield _content(course.release_notebook(assignment))


@cache
def _package() -> str:
    """The package's own code and words, as far as they decide results."""
    files = [*sorted(PACKAGE.rglob("*.py")), *sorted(FOLDER.rglob("*.po"))]
    return _digest(_content(path) for path in files if "cli" not in path.parts)


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def digest(text: str) -> str:
    """A short name for a text's content."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def digest_files(paths: Sequence[Path]) -> str:
    return digest("".join(f"{p.name}:{digest_file(p)}" for p in paths if p.is_file()))
