"""Reads one submission with its digests, which are its part of a result's key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.batch.order import Order
from autograder.batch.other_notebooks import Beside
from autograder.course import Course
from autograder.course.folders import MISNAMED
from autograder.grading.fingerprint import digest, digest_bytes, imported_in
from autograder.grading.own_files import (
    AuthorsFiles,
    digests,
    links_left_out,
    notebooks_left_out,
    own_files,
)
from autograder.model import SubmissionError
from autograder.notebook.reading import read_bytes, refuse_linked_folder


@dataclass(frozen=True)
class HandedIn:
    """One submission."""

    notebook: bytes | None  # the one with hidden graders
    beside: Beside | None
    files: Mapping[str, bytes]  # the student's own, by path
    flags: tuple[str, ...]  # what of it was left out
    digests: Mapping[str, str]
    imported: Sequence[str]  # libraries


def handed_in(
    course: Course, assignment: str, student: str, order: Order, authors: AuthorsFiles
) -> HandedIn:
    """Read a submission.

    Raises SubmissionError when it cannot be graded.
    """
    if "\\x" in student and student in course.misnamed(course.submitted_directory, assignment):
        raise SubmissionError(MISNAMED)
    folder = course.submitted(assignment, student)
    path = folder / f"{assignment}.ipynb"
    refuse_linked_folder(folder)
    files = own_files(folder, course.ignored, authors.replacing, course.limits)
    beside = order.others.handed_in(student, files) if order.others else None
    has_others = beside is not None and beside.notebooks
    is_left_out = has_others and not (order.has_main and path.exists())
    content = None if is_left_out else read_bytes(path, course.limits.notebook_bytes, below=folder)
    found = digests(files)
    if content is not None:
        found[path.name] = digest_bytes(content)
    if beside is not None:
        found |= digests({f"{n}.ipynb": text for n, text in beside.notebooks.items()})
    links = links_left_out(folder, course.ignored, authors.replacing)
    others = notebooks_left_out(folder, course.ignored, authors.notebooks)
    named = {f"the submitted {name}": mark for name, mark in found.items()}
    if links:
        named["the submitted links"] = digest(repr(links))
    if others:
        named["the notebooks that are not graded"] = digest(repr(others))
    texts = [*([content] if content else []), *(beside.notebooks.values() if beside else ())]
    return HandedIn(content, beside, files, (*links, *others), named, imported_in(texts))
