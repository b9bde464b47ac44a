"""A sample class taken the whole way in a scratch course: build, release, submit, grade."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course import CONFIG_FILE, Course
from autograder.model import Check, CourseError, Report, Verdict
from autograder.samples import Parts, Sample, samples

COPIED = ("source", "tests")
MARKER = ".autograder-demo"
TIMESTAMP = "2026-01-15 12:00:00 UTC\n"


def make_scratch_course(course: Course, folder: Path) -> Course:
    """A fresh copy of a course's sources and graders, with nothing submitted.

    Raises CourseError rather than replace a folder that is not an earlier demo.
    """
    if folder.exists() and not (folder / MARKER).is_file():
        raise CourseError(
            f"{folder} exists and is no earlier demo: move it away, or say another folder with --to"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    unwanted = shutil.ignore_patterns("__pycache__", "autograder", "conformance", ".*")
    for name in COPIED:
        shutil.copytree(course.root / name, folder / name, ignore=unwanted)
    shutil.copyfile(course.root / CONFIG_FILE, folder / CONFIG_FILE)
    return Course.load(folder)


def submit_samples(course: Course, assignment: str) -> list[Sample]:
    """Hand in every sample of an assignment as a student of that name."""
    parts = Parts.load(course, assignment)
    found = samples(course, assignment)
    for sample in found:
        folder = course.submitted(assignment, sample.name)
        folder.mkdir(parents=True)
        text = json.dumps(parts.notebook(sample), indent=1)
        (folder / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
        (folder / "timestamp.txt").write_text(TIMESTAMP, encoding="utf-8")
    return list(found)


@dataclass(frozen=True)
class Row:
    """One line of the table of who got what and why."""

    student: str
    about: str
    points: str
    why: tuple[str, ...]


def rows(found: Sequence[Sample], reports: Sequence[Report]) -> Iterator[Row]:
    """The table, in the order of the samples."""
    by_student = {report.student: report for report in reports}
    for sample in found:
        report = by_student.get(sample.name)
        if report is None:
            yield Row(sample.name, sample.title, "–", ("not graded",))
            continue
        points = f"{report.points:g}/{report.max_points:g}"
        yield Row(sample.name, sample.title, points, tuple(_reasons(report)))


def _reasons(report: Report) -> Iterator[str]:
    for exercise in report.exercises:
        failed = [check for check in exercise.checks if not check.passed]
        if failed:
            said = dict.fromkeys(_said(check) for check in failed)
            yield f"{exercise.name} {exercise.points:g}/{exercise.max_points:g}: {next(iter(said))}"
        elif remark := next((c.remark for c in exercise.checks if c.remark), ""):
            yield f"{exercise.name} (remark): {remark}"
    yield from report.flags


def _said(check: Check) -> str:
    if check.verdict is Verdict.NOT_ATTEMPTED:
        return "not attempted"
    return check.hint or check.message.splitlines()[0]


def surprises(found: Sequence[Sample], reports: Sequence[Report]) -> list[str]:
    """Samples that did not get what their author expects; empty when all is well."""
    by_student = {report.student: report for report in reports}
    wrong = []
    for sample in found:
        report = by_student.get(sample.name)
        for exercise in report.exercises if report else ():
            wanted = sample.expected(exercise.name)
            if isinstance(wanted, Verdict):
                got, same = str(exercise.verdict), exercise.verdict is wanted
            else:
                got, same = f"{exercise.fraction:g}", abs(exercise.fraction - wanted) < 1e-6
            if not same:
                wrong.append(f"{sample.name}: {exercise.name} got {got}, expected {wanted}")
    return wrong
