"""Pairs of submissions that are suspiciously alike, for a person to judge.

copydetect makes the fingerprints and finds the passages (winnowing, as in MOSS; MIT, pure Python,
with dependencies that this package has anyway). It ignores comments and names, so that renaming
hides nothing. Common code is taken out first: the stub, the lesson's own solution, and whatever
many of the class wrote. Rare words are listed beside each pair: names and comments that both
submissions and few others use.

Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting, 2003.
"""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.course.folders import MISNAMED
from autograder.model import CourseError, SubmissionError
from autograder.notebook.cells import Notebook, exercises
from autograder.notebook.reading import MAX_BYTES, read, read_bytes

PASSAGE = 20  # characters, once every name is one letter: about one line of numpy
WINDOW = 1  # every passage counts: texts are short, and thinned ones would differ from run to run
LONGEST = 40_000  # characters of code of one submission: some texts take a lexer the square of it
COMMON_STUDENTS = 3  # what more than these, and more than the share below, wrote is commonplace
COMMON_SHARE = 0.05
_DOCSTRING = re.compile(r'[ \t]*"""(?:.|\n)*?"""\n')
_WORD = re.compile(r"#[^\n]{4,}|[^\W\d]\w{3,}")

Slices = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SimilarPair:
    """Two submissions and what they share that is not common in the class."""

    students: tuple[str, str]
    alike: int  # characters of code in common, names shortened to one letter
    shares: tuple[float, float]  # of each one's own uncommon code, in [0, 1]
    words: tuple[str, ...]  # names and comments that few others use
    passages: tuple[Slices, Slices]  # where, in each one's text


@dataclass(frozen=True)
class Comparison:
    """All pairs above both limits, the most alike first."""

    assignment: str
    texts: Mapping[str, str]  # the graded cells of each student, one text
    pairs: tuple[SimilarPair, ...]
    unreadable: tuple[str, ...] = ()


def compare(
    course: Course, assignment: str, *, least: float = 0.4, characters: int = 30
) -> Comparison:
    """Compare the graded cells of all submissions of an assignment.

    A pair is listed when at least `characters` are alike, and `least` of what either student
    wrote beyond the commonplace. Cost: linear in the class, as only passages that few have
    are compared. Raises CourseError when copydetect or the submissions are missing.
    """
    library = _copydetect()
    graded = _graded(course, assignment)
    given = [
        _text_in(folder, graded, CourseError)
        for folder in (course.release(assignment), course.source(assignment))
    ]
    given += [_DOCSTRING.sub("", text) for text in given]
    texts, unreadable = _texts(course, assignment, graded)
    if len(texts) < 2:
        raise CourseError(f"{len(texts)} readable submissions of {assignment}: nothing to compare")
    pairs = _Detector(library, given, texts).pairs()
    chosen = [p for p in pairs if p.alike >= characters and max(p.shares) >= least]
    chosen.sort(key=lambda pair: (-pair.alike * max(pair.shares), pair.students))
    return Comparison(assignment, texts, tuple(chosen), tuple(unreadable))


def _copydetect() -> Any:
    try:
        import copydetect.utils
    except ImportError as error:
        raise CourseError(
            "`autograder similar` needs copydetect, which is not installed: "
            "pip install 'dl-autograder[similar]'"
        ) from error
    return copydetect


def _graded(course: Course, assignment: str) -> dict[str, list[str]]:
    """The graded solution cells of each notebook of an assignment, by name."""
    paths = sorted(course.release(assignment).glob("*.ipynb"))
    if not paths:
        raise CourseError(f"{course.release(assignment)} holds no notebook: release it first")
    return {path.stem: _cells_of(read(path, error=CourseError)) for path in paths}


def _cells_of(release: Notebook) -> list[str]:
    """Exercises by the rule of one name; where a test cell is of none, all solution cells."""
    paired = exercises(release)
    tests = [c for c in release.cells if c.kind == "code" and c.grade and not c.solution]
    if paired and len(paired) == len(tests):
        return [exercise.name for exercise in paired]
    return [c.grade_id for c in release.cells if c.solution and c.kind == "code"]


def _texts(
    course: Course, assignment: str, graded: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    misnamed = course.misnamed(course.submitted_directory, assignment)
    unreadable = [f"{student}: {MISNAMED}" for student in misnamed]
    for student in course.students(course.submitted_directory, assignment):
        folder = course.submitted(assignment, student)
        try:
            if not any((folder / f"{name}.ipynb").exists() for name in graded):
                read_bytes(folder / f"{next(iter(graded))}.ipynb")  # which says what is there
            found[student] = _text_in(folder, graded, SubmissionError, course.limits.notebook_bytes)
        except SubmissionError as error:
            unreadable.append(str(error))
    return found, unreadable


def _text_in(
    folder: Path,
    graded: Mapping[str, Sequence[str]],
    error: type[CourseError] | type[SubmissionError],
    most: int = MAX_BYTES,
) -> str:
    """The graded cells of all notebooks in a folder, as one text."""
    paths = {folder / f"{name}.ipynb": names for name, names in graded.items()}
    texts = [
        _graded_text(read(path, max_bytes=most, error=error), names)
        for path, names in paths.items()
        if path.exists()
    ]
    return "\n".join(texts)[:LONGEST]


def _graded_text(notebook: Notebook, names: Sequence[str]) -> str:
    cells = (notebook.cell(name) for name in names)
    return "\n\n".join(cell.source.strip() for cell in cells if cell)[:LONGEST] + "\n"


class _Detector:
    """The fingerprints of one class, without those that many share."""

    def __init__(self, library: Any, given: Sequence[str], texts: Mapping[str, str]) -> None:
        self._library = library
        self._texts = texts
        known = set().union(*(self._fingerprint(text).hashes for text in given))
        all_marks = (self._fingerprint(text).hashes for text in texts.values())
        known |= _commonplace(all_marks, len(texts))
        self._prints = {student: self._fingerprint(text, known) for student, text in texts.items()}
        self._words = self._rare_words(given)

    def _fingerprint(self, text: str, known: Set[int] = frozenset()) -> Any:
        """A text's fingerprint without the known passages.

        copydetect's own way to leave passages out (`boilerplate`) keeps the second place at
        which one stands.
        """
        found = self._library.CodeFingerprint("cells.py", PASSAGE, WINDOW, fp=io.StringIO(text))
        found.hashes = found.hashes - known
        found.hash_idx = {kgram: found.hash_idx[kgram] for kgram in found.hashes}
        coverage = self._library.utils.get_token_coverage
        found.token_coverage = coverage(found.hash_idx, PASSAGE, len(found.filtered_code))
        return found

    def _rare_words(self, given: Sequence[str]) -> dict[str, frozenset[str]]:
        common = {word for text in given for word in _words(text)}
        found = {student: _words(text) - common for student, text in self._texts.items()}
        many = _commonplace(found.values(), len(found))
        return {student: frozenset(words - many) for student, words in found.items()}

    def pairs(self) -> Iterator[SimilarPair]:
        """Every pair that shares an uncommon fingerprint."""
        owners: dict[int, list[str]] = defaultdict(list)
        for student, found in self._prints.items():
            for kgram in found.hashes:
                owners[kgram].append(student)
        candidates = {pair for who in owners.values() for pair in combinations(sorted(who), 2)}
        yield from (self._pair(one, other) for one, other in sorted(candidates))

    def _pair(self, one: str, other: str) -> SimilarPair:
        prints = self._prints[one], self._prints[other]
        alike, shares, slices = self._library.compare_files(*prints)
        words = sorted(self._words[one] & self._words[other])
        left, right = (
            tuple((int(a), int(b)) for a, b in found.T) if len(found) else () for found in slices
        )
        capped = tuple(min(1.0, float(share)) for share in shares)
        return SimilarPair(
            (one, other), int(alike), (capped[0], capped[1]), tuple(words), (left, right)
        )  # fmt: skip


def _words(text: str) -> set[str]:
    return {_printable(word.lstrip("# ").rstrip()) for word in _WORD.findall(text)}


def _printable(word: str) -> str:
    """A word without the characters that control a terminal."""
    return "".join(c if c.isprintable() else " " for c in word)[:60]


def _commonplace(kgrams: Iterable[Iterable[Any]], students: int) -> set[Any]:
    """Fingerprints that more of the class share than could have copied from each other."""
    count = Counter(kgram for of_one in kgrams for kgram in set(of_one))
    limit = max(COMMON_STUDENTS, COMMON_SHARE * students)
    return {kgram for kgram, times in count.items() if times > limit}
