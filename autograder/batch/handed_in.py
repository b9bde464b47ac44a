"""What a student handed in, read with its digests: the part of a result's key that is his."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.batch.order import Order
from autograder.batch.other_notebooks import Beside
from autograder.course import Course
from autograder.gradebook.files import RECEIPT, found_files
from autograder.gradebook.staging import Staging
from autograder.grading.fingerprint import digest_bytes, digest_file
from autograder.model import SubmissionError
from autograder.notebook.reading import read_bytes, refuse_linked_folder


@dataclass(frozen=True)
class HandedIn:
    """One submission."""

    notebook: bytes | None  # the one with hidden graders
    beside: Beside | None
    digests: Mapping[str, str]


def handed_in(course: Course, assignment: str, student: str, order: Order) -> HandedIn:
    """Read a submission; raises SubmissionError or GraderError when it cannot be graded."""
    folder = course.submitted(assignment, student)
    path = folder / f"{assignment}.ipynb"
    refuse_linked_folder(folder)
    beside = order.others.handed_in(student) if order.others else None
    has_others = beside is not None and beside.notebooks
    is_left_out = has_others and not (order.has_main and path.exists())
    content = None if is_left_out else read_bytes(path)
    digests = _other_files(order.staging, student) if order.staging else {}
    if content is not None:
        digests[path.name] = digest_bytes(content)
    if beside is not None:
        digests |= {f"{n}.ipynb": digest_bytes(found) for n, found in beside.notebooks.items()}
    return HandedIn(content, beside, {f"the submitted {n}": found for n, found in digests.items()})


def _other_files(staging: Staging, student: str) -> dict[str, str]:
    """Digests of the files beside the notebooks; not of what tells when it was handed in."""
    files, found = staging.files, {}
    for path, place in found_files(files.submitted(student), files.ignored):
        if str(place) not in RECEIPT:
            try:
                found[str(place)] = digest_file(path)
            except OSError as error:
                raise SubmissionError(f"{path} cannot be read ({error.strerror})") from error
    return found
