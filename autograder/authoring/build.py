"""``autograder build``: generates solutions and release from the source notebooks."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.authoring.generate import generate, generate_aside, spoken
from autograder.authoring.missing_chinese import chinese_problems
from autograder.authoring.problems import (
    grader_problems,
    leak_problems,
    section_problems,
    source_problems,
)
from autograder.authoring.projection import solution_module
from autograder.authoring.release_reasons import reasons_of
from autograder.authoring.stub import has_region
from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.graders.misconceptions import misconceptions
from autograder.grading.lesson_trial import require_tried
from autograder.handout.copies import HANDED_OUT, handed_out
from autograder.handout.reasons import REASONS
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.reading import read

_CACHES = {"__pycache__", ".ipynb_checkpoints"}


def build(
    course_root: Path | str = ".",
    assignments: Iterable[str] = (),
    *,
    check: bool = False,
    lang: str | None = None,
    db_url: str | None = None,
) -> list[Path]:
    """Generate helper copies, ``solutions/`` and ``release/``; return the files that changed.

    Without `assignments`, all that are written for this package: others in the course are left
    to nbgrader. `lang` (en, zh, both) chooses the prose of the release, `db_url` the gradebook;
    None leaves the choice to the config. With `check` nothing is written: the committed files are
    compared with fresh ones. Raises CourseError that lists all problems.
    """
    course = Course.load(course_root)
    chosen = tuple(assignments) or own_assignments(course)
    for assignment in chosen:
        course.require(assignment)
    if check:
        _raise_all(p for a in chosen for p in check_problems(course, a, lang=lang))
        return []
    _raise_all(p for a in chosen for p in _source_problems(course, a))
    helpers = [path for a in chosen for path in _put_all(_helpers(course, a, lang))]
    helpers += [path for a in chosen for path in _put_all(_reasons(course, a, lang))]
    with tempfile.TemporaryDirectory() as scratch:
        tried = {a: generate_aside(course, a, Path(scratch), lang=lang) for a in chosen}
        _raise_all(p for a in chosen for p in _leaks(course, a, tried[a]))
        written = [p for a in chosen for p in _write(course, a, tried[a], lang, db_url)]
    return helpers + written


def check_problems(course: Course, assignment: str, *, lang: str | None = None) -> Iterator[str]:
    """One sentence for each problem that ``build --check`` finds in an assignment."""
    found = list(_source_problems(course, assignment))
    found = found or list(_release_problems(course, assignment, lang))
    yield from found or _trial_problems(course, assignment)


def _release_problems(course: Course, assignment: str, lang: str | None) -> Iterator[str]:
    """Sentences on what is inconsistent or stale in graders, solutions and release."""
    notebook = _notebook(course, assignment)
    judges = judges_of(course, assignment, notebook)
    yield from grader_problems(judges, course.tests(assignment))
    yield from section_problems(notebook, misconceptions(course, assignment))
    if any("lang-zh" in cell.tags for cell in notebook.cells):
        yield from chinese_problems(course.tests(assignment))
    for path, text in generated_files(course, assignment, lang=lang).items():
        if path.name in HANDED_OUT and not path.is_file():
            continue  # made where it is needed, and tracked in release/ only
        if not path.is_file() or path.read_bytes() != text.encode():
            yield _stale(path, assignment)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = generate_aside(course, assignment, Path(scratch), lang=lang)
        for name in _differing(fresh, course.release(assignment)):
            if name != REASONS:  # made where it is needed, like the helper copies
                yield _stale(course.release(assignment) / name, assignment)
    for path, text in _reasons(course, assignment, lang).items():
        released = course.release(assignment) / path.name
        if not released.is_file() or released.read_bytes() != text.encode():
            yield _stale(released, assignment)
    yield from _leaks(course, assignment, course.release(assignment))


def _trial_problems(course: Course, assignment: str) -> Iterator[str]:
    """Sentences on what fails when the lesson's own solution is graded."""
    try:
        require_tried(course, assignment)
    except CourseError as error:
        yield str(error)


def generated_files(course: Course, assignment: str, *, lang: str | None = None) -> dict[Path, str]:
    """Texts made from the notebook and the package alone, by path."""
    solution = solution_text(course, assignment, _notebook(course, assignment))
    return {**_helpers(course, assignment, lang), course.solution(assignment): solution}


def solution_text(course: Course, assignment: str, notebook: Notebook) -> str:
    """The text of ``solutions/<assignment>.py`` for a notebook and the assignment's graders."""
    folder = course.source(assignment).relative_to(course.root).as_posix()
    released = course.release(assignment).relative_to(course.root).as_posix()
    judges = judges_of(course, assignment, notebook)
    graders = sorted(course.tests(assignment).glob("*.py"))
    asked = (re.findall(r"\breference\.(\w+)", p.read_text(encoding="utf-8")) for p in graders)
    return solution_module(
        notebook, assignment, folder, released,
        judged={e.name for e in judges.hidden} if judges.ordinary else None,
        needed={name for names in asked for name in names},
    )  # fmt: skip


def _helpers(course: Course, assignment: str, lang: str | None) -> dict[Path, str]:
    language = spoken(course, lang)
    copies = {name: handed_out(name, language) for name in HANDED_OUT}
    return {course.source(assignment) / name: text for name, text in copies.items()}


def _reasons(course: Course, assignment: str, lang: str | None) -> dict[Path, str]:
    """The file of reasons for common wrong answers; nothing without registered misconceptions."""
    text = reasons_of(course, assignment, spoken(course, lang))
    return {course.source(assignment) / REASONS: text} if text else {}


def _write(
    course: Course, assignment: str, tried: Path, lang: str | None, db_url: str | None
) -> list[Path]:
    """Write the release first: if it fails, everything stays as it was."""
    release = course.release(assignment)
    before = _contents(release)
    solutions = generated_files(course, assignment, lang=lang)
    generate(course, assignment, tried, lang=lang, db_url=db_url)
    after = _contents(release)
    names = sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))
    return [*_put_all(solutions), *(release / name for name in names)]


def _put_all(texts: Mapping[Path, str]) -> list[Path]:
    """Write the files that differ; returns their paths."""
    return [path for path, text in texts.items() if _put(path, text)]


def _put(path: Path, text: str) -> bool:
    """Write a file unless it holds this text already; whether it was written."""
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return True


def _notebook(course: Course, assignment: str) -> Notebook:
    return read(course.source_notebook(assignment), error=CourseError)


def own_assignments(course: Course) -> tuple[str, ...]:
    """The assignments that are written for this package, sorted; the others are nbgrader's."""
    return tuple(a for a in course.assignments() if _is_own(course, a))


def _is_own(course: Course, assignment: str) -> bool:
    """Whether an assignment has hidden graders, or our markers in its notebook."""
    if course.has_graders(assignment):
        return True
    try:
        return any(has_region(cell.source) for cell in _notebook(course, assignment).cells)
    except CourseError:
        return True  # to be named among the problems


def _source_problems(course: Course, assignment: str) -> Iterator[str]:
    path = course.source_notebook(assignment)
    try:
        notebook = _notebook(course, assignment)
        found = list(source_problems(notebook, judges_of(course, assignment, notebook)))
        yield from (f"{path}: {problem}" for problem in found)
        if found and not course.has_graders(assignment):
            yield (
                f"no hidden checks are in {course.tests(assignment)}: an assignment without any "
                f"is released by `nbgrader generate_assignment {assignment}`"
            )
    except CourseError as error:
        yield str(error)


def _leaks(course: Course, assignment: str, release: Path) -> Iterator[str]:
    """Sentences on solutions that a release reveals, in its place or made aside."""
    path = release / f"{assignment}.ipynb"
    if path.is_file():
        released, notebook = read(path, error=CourseError), _notebook(course, assignment)
        judges = judges_of(course, assignment, notebook)
        for problem in leak_problems(notebook, released, release, judges):
            yield problem.replace(str(release), str(course.release(assignment)))


def _stale(path: Path, assignment: str) -> str:
    state = "is stale" if path.is_file() else "is missing"
    return f"{path} {state}: run `autograder build {assignment}` and commit the result"


def _differing(one: Path, other: Path) -> list[str]:
    left, right = _contents(one), _contents(other)
    return sorted(n for n in left.keys() | right.keys() if left.get(n) != right.get(n))


def _contents(folder: Path) -> dict[str, bytes]:
    """A folder's files by relative name, without caches."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _CACHES & set(path.parts)
    }


def _raise_all(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        raise CourseError("\n  ".join([f"{count} to mend:", *found]))
