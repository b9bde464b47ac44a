"""Feedback pages for a class: grades read in bulk, pages rendered in parallel."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.workers import Overran, Workers
from autograder.course import HIDDEN_DELIMITERS, Autograder, hidden_delimiters
from autograder.course.folders import is_text
from autograder.feedback.feedback_page import (
    EVERYTHING,
    PAGES,
    Extent,
    feedback_page,
    of_another_run,
)
from autograder.feedback.grades import ShownGrades, other_runs_cell, shown_grades
from autograder.gradebook.files import kept_name
from autograder.gradebook.shared import SharedGradebook
from autograder.grading.own_files import found_files
from autograder.model import SubmissionError
from autograder.notebook.reading import read
from autograder.processors import processors

WORTH_WORKERS = 60  # students from which on a second process pays


@dataclass(frozen=True)
class Generated:
    """One student's feedback: its pages, or why there are none."""

    student: str
    pages: tuple[Path, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class FeedbackJob:
    """The pages to write for one student; plain data, for any process."""

    student: str
    assignment: str
    submitted: Path
    source: Path
    target: Path
    ignored: tuple[str, ...]
    mode: int
    contact: str
    language: str
    grades: dict[str, ShownGrades]  # by notebook
    hidden: tuple[str, str] = HIDDEN_DELIMITERS
    extent: Extent = EVERYTHING


def generate(
    coursedir: CourseDirectory,
    assignment: str,
    students: Sequence[str] | None = None,
    *,
    config: Config | None = None,
    workers: int = 0,
) -> Iterator[Generated]:
    """Write the feedback folders of some students, or of all that are autograded.

    The same pages as `nbgrader generate_feedback --force`. `workers` 0 means one per processor.
    A student without grades or with an unreadable notebook is reported and left out.
    """
    jobs = feedback_jobs(coursedir, assignment, students, config or Config())
    workers = workers or processors()
    with Workers(workers if len(jobs) >= WORTH_WORKERS else 1, PAGES) as pool:
        yield from generated(jobs, pool)


def generated(jobs: Iterable[FeedbackJob], pool: Workers) -> Iterator[Generated]:
    """Write the feedback folders of these students, in existing workers."""
    for job, future in [(job, pool.submit_within(PAGES, _write, job)) for job in jobs]:
        try:
            yield future.result()
        except (Overran, SubmissionError) as error:
            yield Generated(job.student, error=f"no page was made: {error}")
        except BrokenExecutor:
            yield Generated(job.student, error="no page was made: it ended the process")


def feedback_jobs(
    coursedir: CourseDirectory, assignment: str, students: Sequence[str] | None, config: Config
) -> list[FeedbackJob]:
    """The job of each student, with the grades from the gradebook."""
    converter = GenerateFeedback(coursedir=coursedir, config=config)
    settings = Autograder(config=converter.config)
    if students is None:
        pattern = coursedir.directory_structure.format(
            nbgrader_step=coursedir.autograded_directory, student_id="*", assignment_id=assignment
        )
        names = (_student(coursedir, path) for path in Path(coursedir.root).glob(pattern))
        students = sorted(filter(is_text, names))
    with SharedGradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        grades = shown_grades(gradebook.db(), assignment, students)
    by_student: dict[str, dict[str, ShownGrades]] = {student: {} for student in students}
    for (student, notebook), found in grades.items():
        by_student[student][notebook] = found
    return [
        FeedbackJob(
            student,
            assignment,
            Path(coursedir.format_path(coursedir.submitted_directory, student, assignment)),
            Path(coursedir.format_path(coursedir.autograded_directory, student, assignment)),
            Path(coursedir.format_path(coursedir.feedback_directory, student, assignment)),
            (*coursedir.ignore, "*.ipynb"),
            int(str(converter.permissions), 8),
            settings.contact,
            settings.language,
            by_student[student],
            hidden=hidden_delimiters(converter.config),
        )
        for student in students
    ]


def _student(coursedir: CourseDirectory, folder: Path) -> str:
    parts = Path(coursedir.directory_structure).parts
    depth = next(len(parts) - i for i, part in enumerate(parts) if "{student_id}" in part)
    return folder.parts[-depth]


def _write(job: FeedbackJob) -> Generated:
    notebooks = [path for path in sorted(job.source.glob("*.ipynb")) if path.stem in job.grades]
    try:
        pages = {path.stem: _page(path, job) for path in notebooks}
    except SubmissionError as error:
        return Generated(job.student, error=str(error))
    made = {name: page for name, page in pages.items() if page}
    if not made:
        return Generated(
            job.student,
            error=f"{job.source} has no notebook with grades: "
            f"run `autograder grade {job.assignment}`",
        )
    return Generated(job.student, tuple(_replace_folder(job, made)))


def _page(path: Path, job: FeedbackJob) -> str:
    """The page; none of a notebook that an earlier hand-in had and this one has not."""
    nb = read(path, max_bytes=path.stat().st_size).raw  # our own, outputs of all cells with it
    if cell := other_runs_cell(nb, job.grades[path.stem]):
        if not (job.submitted / path.name).exists():
            return ""
        raise SubmissionError(of_another_run(str(path), cell, job.assignment, job.language))
    return feedback_page(
        nb,
        job.grades[path.stem],
        assignment=job.assignment,
        notebook=path.stem,
        language=job.language,
        contact=job.contact,
        extent=job.extent,
        hidden=job.hidden,
    )


def _replace_folder(job: FeedbackJob, pages: dict[str, str]) -> Iterable[Path]:
    """Write the notebook's files and the pages to a folder aside, then move it into place."""
    aside = job.target.with_name(f".{kept_name(job.target.name)}.new")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        for target in found_files(job.source, job.ignored):
            (aside / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(job.source / target, aside / target)
            (aside / target).chmod(job.mode)
        for name, page in pages.items():
            text = page.encode("utf-8", "backslashreplace")
            (aside / f"{name}.html").write_bytes(text)
            (aside / f"{name}.html").chmod(job.mode)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise type(error)(error.errno, error.strerror, str(job.target)) from error
    shutil.rmtree(job.target, ignore_errors=True)
    aside.rename(job.target)
    return [job.target / f"{name}.html" for name in pages]
