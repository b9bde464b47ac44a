"""Tries new checks on the author's own solution, in a copy of the course."""

from __future__ import annotations

import linecache
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import replace
from pathlib import Path
from traceback import walk_tb
from typing import Any

import nbformat
import pytest

from autograder.adopt.adopted import Adopted, changed
from autograder.authoring.build import solution_text
from autograder.course import CONFIG_FILE, Course
from autograder.grading.hand_outs import files_beside_notebooks, hand_out, open_sandbox
from autograder.grading.running import LiveSubmission
from autograder.judge.calls import Backend
from autograder.judge.checks import Recording, Reference, Student, StudentFailure
from autograder.judge.collected import owner
from autograder.judge.judge import Judge
from autograder.model import CourseError, GraderError
from autograder.notebook.cells import exercises, runnable
from autograder.notebook.reading import loads, read
from autograder.verify.bench import OpenCells, unheard


def drop_what_fails(
    course: Course, assignment: str, nb: Mapping[str, Any], made: Sequence[Adopted]
) -> None:
    """Drop the checks that fail on the author's own solution, graded as a student's."""
    new = [one for one in made if one.is_new]
    if not new:
        return
    with tempfile.TemporaryDirectory(prefix="autograder-adopt-") as folder:
        new = _that_can_run(course, assignment, nb, new, Path(folder))
        trial = _aside(
            course, assignment, Path(folder, "course"), changed(nb, new, course.language), new
        )
        points = {one.name: one.points for one in new}
        try:
            failing = _tried(trial, assignment, points, Path(folder, "empty"))
            if _with_objects(new, failing):  # for what cannot cross by itself
                _write_checks(trial.tests(assignment), new)
                failing = _tried(trial, assignment, points, Path(folder, "again"))
        except CourseError as error:
            told = str(error).replace(str(trial.root), str(course.root))
            raise CourseError(
                f"nothing of {assignment} was adopted: {told}. The judge runs the solution cells "
                "of what it judges, and of other cells only the statements that those need: name "
                "the exercises to adopt, without the one that cannot run there"
            ) from error
    for one in new:
        for check, name in list(one.named_checks()):
            if why := failing.get((one.name, name)):
                one.checks.remove(check)
                one.stays[check.cell] = why


def _that_can_run(
    course: Course, assignment: str, nb: Mapping[str, Any], new: Sequence[Adopted], folder: Path
) -> list[Adopted]:
    """Those whose solution cells the judge can run; all where it can run none.

    The problem of the others says why not. Each is tried with those before it, and only where not
    all can run together.
    """
    if not _why_it_cannot_run(course, assignment, nb, new, folder / "all"):
        return list(new)
    able: list[Adopted] = []
    reasons: dict[str, str] = {}
    for one in new:
        tried = [*able, one]
        reason = _why_it_cannot_run(course, assignment, nb, tried, folder / f"with {one.name}")
        if reason:
            reasons[one.name] = reason
        else:
            able = tried
    for one in new:
        if able and one.name in reasons:
            one.problem = f"the judge cannot run its solution cell: {reasons[one.name]}"
    return able or list(new)


def _why_it_cannot_run(
    course: Course, assignment: str, nb: Mapping[str, Any], new: Sequence[Adopted], root: Path
) -> str:
    try:
        trial = _aside(course, assignment, root, changed(nb, new, course.language), new)
        with unheard(), Judge(trial, assignment, {one.name: one.points for one in new}):
            return ""
    except CourseError as error:
        return str(error).replace(str(root.resolve()), str(course.root))


def _with_objects(new: Sequence[Adopted], failing: Mapping[tuple[str, str], str]) -> bool:
    """Let checks that fail ask for objects, which stay where they are; whether there are any."""
    changed_some = False
    for one in new:
        for place, (check, name) in enumerate(one.named_checks()):
            if (one.name, name) in failing and not check.objects:
                one.checks[place] = replace(check, objects=True)
                changed_some = True
    return changed_some


def _tried(
    trial: Course, assignment: str, points: Mapping[str, float], folder: Path
) -> dict[tuple[str, str], str]:
    """The checks that fail on the author's solution: exercise and test function, and why.

    It answers behind the wall, and then in this process, where `verify` has it. Checks start in
    an empty folder: what they find of the student's files elsewhere would be the author's.
    """
    folder.mkdir()
    with unheard(), Judge(trial, assignment, points) as judge, chdir(folder):
        with _behind_the_wall(trial, assignment) as live:
            failing = dict(_failing(judge, live, points, folder))
        open_cells = OpenCells(vars(judge.reference))
        return dict(_failing(judge, open_cells, points)) | failing


@contextmanager
def _behind_the_wall(trial: Course, assignment: str) -> Iterator[LiveSubmission]:
    """The author's notebook as a submission, its cells run."""
    notebook = read(trial.source_notebook(assignment), error=CourseError)
    cells = runnable(notebook.raw, frozenset(e.name for e in exercises(notebook)))
    with (
        open_sandbox(trial, assignment, notebook) as sandbox,
        LiveSubmission(sandbox, cells, seconds=trial.submission_seconds) as live,
    ):
        live.run_cells()
        yield live


def _failing(
    judge: Judge, answering: Backend, names: Collection[str], folder: Path | None = None
) -> Iterator[tuple[tuple[str, str], str]]:
    """Those that fail; with `folder`, where they start, also those that leave a file there."""
    for item in judge.collected.items:
        if owner(item) not in names:
            continue
        why = _why_it_fails(judge, item, answering)
        if folder is not None and (left := sorted(folder.iterdir())):
            why = why or f"writes the file {left[0].name!r}, which student code cannot read"
            for path in left:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if why:
            yield (owner(item), item.name), why


def _why_it_fails(judge: Judge, item: pytest.Item, answering: Backend) -> str:
    """Why a check fails on the author's solution; nothing where it passes."""
    try:
        turn = [(item, answering)]
        [(check, _)] = judge.collected.run(turn, judge.course.seed).values()
        why = "" if check.passed else check.message or str(check.verdict)
    except OSError as error:
        if error.filename is not None:
            return (
                f"opens {Path(os.fsdecode(error.filename)).name!r}, and files of the notebook are "
                "not where checks run"
            )
        why = str(error)
    except (GraderError, MemoryError) as error:
        why = str(error)
    if not why:
        return ""
    told, line = " ".join(why.split())[:160], _line_that_fails(judge, item, answering)
    return f"its check does not pass your own solution: {told}" + (f" ({line})" if line else "")


def _line_that_fails(judge: Judge, item: pytest.Item, answering: Backend) -> str:
    """The line of a check where it ends when it is run once more; "" where nobody knows."""
    recording = Recording(item.name, judge.course.seed, exercise=owner(item))
    sides = {
        "student": Student(answering, recording),
        "reference": Reference(judge.reference, recording),
    }
    assert isinstance(item, pytest.Function)
    try:
        item.obj(**{name: sides[name] for name in sides if name in item.fixturenames})
    except (Exception, StudentFailure) as error:
        trace = (error.__context__ or error).__traceback__  # of the assert behind the failure
        own = [n for frame, n in walk_tb(trace) if frame.f_code.co_filename == str(item.path)]
        return linecache.getline(str(item.path), own[-1]).strip()[:120] if own else ""
    return ""


def _aside(
    course: Course, assignment: str, root: Path, nb: Mapping[str, Any], new: Sequence[Adopted]
) -> Course:
    """A copy of the course as adopting would make it, in another folder."""
    trial = replace(course, root=root.resolve())
    source, tests = trial.source(assignment), trial.tests(assignment)
    source.mkdir(parents=True)
    beside = files_beside_notebooks(course.source(assignment), course.ignored)
    hand_out({place: path for path, place in beside}, source)
    trial.source_notebook(assignment).write_text(as_json(nb), encoding="utf-8")
    shutil.copyfile(course.root / CONFIG_FILE, trial.root / CONFIG_FILE)
    if course.tests(assignment).is_dir():
        unwanted = shutil.ignore_patterns("__pycache__")  # it names the files of the course
        shutil.copytree(course.tests(assignment), tests, ignore=unwanted)
    tests.mkdir(parents=True, exist_ok=True)
    _write_checks(tests, new)
    notebook = loads(as_json(nb).encode(), error=CourseError)
    trial.solution(assignment).parent.mkdir()
    text = solution_text(trial, assignment, notebook)
    trial.solution(assignment).write_text(text, encoding="utf-8")
    return trial


def _write_checks(tests: Path, new: Sequence[Adopted]) -> None:
    for one in new:
        (tests / f"test_{one.name}.py").write_text(one.text(), encoding="utf-8")


def as_json(nb: Mapping[str, Any]) -> str:
    """A notebook's text as Jupyter writes it."""
    node = nbformat.from_dict(nb)  # type: ignore[no-untyped-call]
    return str(nbformat.writes(node)).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]
