"""Files that a student hands in beside the notebooks; they reach the cells through every door.

As nbgrader does it, the author's files replace the student's of the same name, unless
``c.Autograde.exclude_overwriting`` names them.
"""

from __future__ import annotations

import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from autograder.course import Course
from autograder.grading.fingerprint import digest_bytes
from autograder.grading.hand_outs import LEFT_BEHIND, NEVER, hand_outs, is_ignored
from autograder.handout.words import Text
from autograder.model import SubmissionError
from autograder.notebook.cells import cell_text, nbgrader_metadata
from autograder.notebook.opening import is_of_kind, opened_below, walked
from autograder.notebook.reading import fit_to_print
from autograder.sandbox import Limits

# What nbgrader writes beside a submission when it is handed in; students' cells do not see it.
RECEIPT = ("timestamp.txt", "submission_secret.txt")
MOST_NAMED = 5
PLACES_PER_FILE = 20  # files, folders and links that are looked at, for each file that may be


def authors_files(course: Course, assignment: str, kept: Collection[str] = ()) -> frozenset[Path]:
    """The author's files that replace a student's; `kept` are names that do not."""
    return frozenset(at for at in hand_outs(course, assignment) if str(at) not in kept)


def authors_notebooks(course: Course, assignment: str) -> frozenset[Path]:
    """The places of an assignment's own notebooks, as its release or its source has them."""
    folders = (course.release(assignment), course.source(assignment))
    found = {path.relative_to(folder) for folder in folders for path in folder.rglob("*.ipynb")}
    return frozenset({*found, Path(f"{assignment}.ipynb")})


@dataclass(frozen=True)
class AuthorsFiles:
    """What of a submission is not the student's own, by place in it."""

    replacing: frozenset[Path]  # files that replace the student's
    notebooks: frozenset[Path]

    @classmethod
    def of(cls, course: Course, assignment: str, kept: Collection[str] = ()) -> AuthorsFiles:
        """Of an assignment; `kept` are names of files that do not replace a student's."""
        replacing = authors_files(course, assignment, kept)
        return cls(replacing, authors_notebooks(course, assignment))


def own_files(
    folder: Path, ignored: Sequence[str], authors: Collection[Path], limits: Limits
) -> dict[str, bytes]:
    """The student's own files in a submission's folder: path in it → content.

    No notebooks, no links, nothing that the author's files replace. Raises SubmissionError for
    what cannot be read, and for more files or bytes than the course allows.
    """
    files: dict[str, bytes] = {}
    left = limits.handed_in_bytes
    if _has_more_places(folder, PLACES_PER_FILE * limits.handed_in_files):
        raise _too_much(folder, limits)
    for place in found_files(folder, (*ignored, *NEVER)):
        if str(place) in RECEIPT or gives_way(place, authors):
            continue
        with opened_handed_in(folder, place) as file:
            files[str(place)] = file.read(left + 1)
        left -= len(files[str(place)])
        if left < 0 or len(files) > limits.handed_in_files:
            raise _too_much(folder, limits)
    return files


def opened_handed_in(folder: Path, place: PurePath) -> BinaryIO:
    """A regular file of a submission; raises SubmissionError when it cannot be read, or no more."""
    try:
        return opened_below(folder, place)
    except OSError as error:
        raise SubmissionError(f"{error.filename} cannot be read ({error.strerror})") from error


def _has_more_places(folder: Path, most: int) -> bool:
    """Whether files, folders and links together are more: links and folders have no bytes."""
    for _, folders, names, _ in walked(folder):
        most -= len(folders) + len(names)
        if most < 0:
            return True
    return False


def _too_much(folder: Path, limits: Limits) -> SubmissionError:
    return SubmissionError(
        f"{folder} holds more than {limits.handed_in_files} files or "
        f"{limits.handed_in_bytes >> 20} MiB beside the notebooks and what was handed "
        "out: remove what the notebooks do not need (c.Autograder.handed_in_files, "
        "handed_in_mib)"
    )


def links_left_out(
    folder: Path, ignored: Sequence[str], authors: Collection[Path]
) -> tuple[Text, ...]:
    """A flag that names the links in a submission, which are not followed."""
    found = [
        place / name
        for place, folders, names, here in walked(folder)
        for name in (*folders, *names)
        if is_of_kind(stat.S_ISLNK, here, name) and not is_ignored(name, (*ignored, *NEVER))
    ]
    own = sorted(str(at) for at in found if not gives_way(at, authors))
    if not own:
        return ()
    names = ", ".join(fit_to_print(name) for name in own[:MOST_NAMED])
    return (Text("links were left out, and what they lead to: {names}", names=names),)


def notebooks_left_out(
    folder: Path, ignored: Sequence[str], authors: Collection[Path]
) -> tuple[Text, ...]:
    """A flag that names the notebooks in a submission that are not the assignment's own.

    `authors` are the places of those that are (`authors_notebooks`).
    """
    found = found_files(folder, (*ignored, *LEFT_BEHIND))
    own = sorted(str(at) for at in found if at.suffix == ".ipynb" and at not in authors)
    if not own:
        return ()
    names = ", ".join(map(fit_to_print, own[:MOST_NAMED]))
    if len(own) > MOST_NAMED:
        names += ", …"
    if len(own) == 1:
        words = "another notebook was handed in beside it and was not graded: {names}"
    else:
        words = "other notebooks were handed in beside it and were not graded: {names}"
    return (Text(words, names=names),)


def gives_way(place: Path, authors: Collection[Path]) -> bool:
    """Whether a student's file is replaced: an author's file has its path or a part of it."""
    return (
        place in authors
        or any(above in authors for above in place.parents)
        or any(place in author.parents for author in authors)
    )


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """A digest of the content of each file."""
    return {name: digest_bytes(content) for name, content in files.items()}


def all_of_it(notebook: Mapping[str, Any], files: Mapping[str, bytes] | None) -> str:
    """All of a submission that its own code can depend on, as one text.

    A cell's kind, its tags and nbgrader's metadata decide whether it runs, and a file beside it is
    read: what would be left out here could be changed while the inputs that are drawn from this
    text stay the same. Outputs, counts and what an editor notes of a cell decide nothing, and are
    left out: who opens a notebook and saves it again hands in the same answer.
    """
    cells = [
        (
            cell["cell_type"], cell_text(cell), cell["metadata"].get("tags", ()),
            sorted(nbgrader_metadata(cell).items()),
        )
        for cell in notebook["cells"]
    ]  # fmt: skip
    return repr((cells, sorted(digests(files or {}).items())))


def found_files(folder: Path, ignored: Sequence[str]) -> list[Path]:
    """Regular files below a folder that a course does not ignore, as places in it.

    Raises SubmissionError when a part of the folder cannot be read.
    """
    found: list[Path] = []
    for place, folders, names, here in walked(folder, _cannot_be_read):
        folders[:] = sorted(name for name in folders if not is_ignored(name, ignored))
        for name in sorted(names):
            try:
                if is_of_kind(stat.S_ISREG, here, name) and not is_ignored(name, ignored):
                    found.append(place / name)
            except OSError as error:  # a folder that may be listed and not entered
                error.filename = str(folder / place / name)
                _cannot_be_read(error)
    return found


def _cannot_be_read(error: OSError) -> None:
    """Raise SubmissionError, unless the file has been removed in the meantime."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise SubmissionError(
            f"{error.filename} cannot be read ({error.strerror}): change its permissions "
            "(chmod -R u+rX) or leave it out"
        ) from error


def is_regular(path: Path) -> bool:
    """Whether a path is a regular file: no link, pipe or device, which a submission may hold."""
    return stat.S_ISREG(path.lstat().st_mode)
