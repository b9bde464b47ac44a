"""The questions of a proof to an assignment's graders, one per made-up submission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations

from autograder.course import Course
from autograder.graders.misconceptions import Version
from autograder.graders.samples import SOLUTION, STUB, Parts, Sample, samples
from autograder.model import CourseError, Verdict
from autograder.verify.knows_nothing import know_nothing
from autograder.verify.mixed_up import mixed_up
from autograder.verify.mutants import Mutant, mutants
from autograder.verify.variants import variants

OTHER_TERMS = 2  # courses with another secret seed, on which the graders are tried as well


class Kind(StrEnum):
    """The kinds of claims."""

    RELEASE = "release"  # what students get holds no answer
    REFERENCE = "reference"  # the solution earns everything
    DOCUMENTED = "documented"  # the solution reproduces every documented case
    MISCONCEPTION = "misconception"  # caught by its own exercise, only by it, with its own hint
    ALTERNATIVE = "alternative"  # another right answer earns everything
    VARIANT = "variant"  # a right answer derived by a machine earns everything
    TERM = "term"  # with other secret inputs, right answers stay right and wrong ones wrong
    KNOWS_NOTHING = "knows nothing"  # an answer that knows nothing of the exercise earns nothing
    MUTANT = "mutant"  # some check fails
    HINT = "hint"  # what a student reads who made a slip that nobody registered, or two mistakes
    SUBMISSION = "submission"  # a whole notebook, behind the wall, gets what is expected


STATEMENTS = {
    Kind.RELEASE: "release free of answers",
    Kind.SUBMISSION: "whole submissions as expected",
    Kind.REFERENCE: "solution earns full marks",
    Kind.DOCUMENTED: "documented cases reproduced",
    Kind.MISCONCEPTION: "misconceptions caught, each with its own hint",
    Kind.ALTERNATIVE: "right answers written differently accepted",
    Kind.VARIANT: "right answers varied by machine accepted",
    Kind.TERM: "right and wrong answers told apart with other terms' inputs",
    Kind.KNOWS_NOTHING: "answers that know nothing earn nothing",
}


@dataclass(frozen=True)
class Question:
    """One submission, and which exercises' checks it meets."""

    assignment: str
    kind: Kind
    exercise: str = ""  # whose version this is
    name: str = ""
    cells: Mapping[str, str | None] = field(default_factory=dict)  # in place of the solution's
    version: Version | None = None
    mutant: Mutant | None = None
    sample: Sample | None = None
    term: int = 0  # 0: the course's own seed

    def __str__(self) -> str:
        subject = ": ".join(part for part in (self.exercise, self.name) if part)
        return (subject or self.assignment) + (f" (term {self.term})" if self.term else "")


def questions(
    course: Course, assignment: str, exercise: str = "", hints: int = 0
) -> list[Question]:
    """All questions about an assignment, or those about one exercise; mutants come last.

    With `hints` every so many-th mutant, and pair of misconceptions, is asked for its hint.

    Raises CourseError when the assignment, or a version of a function, is broken.
    """
    parts = Parts.load(course, assignment)
    asked = _chosen(parts, exercise)
    whole = [] if exercise else [Question(assignment, Kind.DOCUMENTED)]
    return [
        *_submissions(course, parts, exercise),
        Question(assignment, Kind.REFERENCE, exercise),
        *whole,
        *(q for name in asked for q in _versions(parts, name)),
        *(q for name in asked for q in _variants(parts, name)),
        *(q for term in range(OTHER_TERMS) for name in asked for q in _term(parts, name, term + 1)),
        *(q for name in asked for q in _know_nothing(parts, name)),
        *(q for name in asked for q in _mutants(course, parts, name)),
        *(_hints(course, parts, asked)[::hints] if hints else []),
    ]


def _chosen(parts: Parts, exercise: str) -> list[str]:
    if exercise and exercise not in parts.solutions:
        known = ", ".join(parts.solutions)
        raise CourseError(f"{parts.assignment} has no exercise {exercise!r}: there are {known}")
    return [exercise] if exercise else list(parts.solutions)


def _submissions(course: Course, parts: Parts, exercise: str) -> Iterator[Question]:
    if exercise:
        return
    for sample in (*whole_submissions(parts), *samples(course, parts.assignment)):
        yield Question(parts.assignment, Kind.SUBMISSION, name=sample.title, sample=sample)


def whole_submissions(parts: Parts) -> tuple[Sample, ...]:
    """The two that every assignment has: everything solved, and nothing touched."""
    names = list(parts.solutions)
    untouched = dict.fromkeys(names, str(Verdict.NOT_ATTEMPTED))
    return (
        Sample("-solved-", "Every cell holds the solution", dict.fromkeys(names, SOLUTION)),
        Sample("-untouched-", "The release as it is", dict.fromkeys(names, STUB), untouched),
    )


def _versions(parts: Parts, exercise: str) -> Iterator[Question]:
    for kind, versions in (
        (Kind.MISCONCEPTION, parts.misconceptions),
        (Kind.ALTERNATIVE, parts.alternatives),
    ):
        for version in versions:
            if version.function == exercise:
                cells = {exercise: version.source(parts.solutions[exercise])}
                yield Question(
                    parts.assignment, kind, exercise, version.name, cells, version=version
                )


def _term(parts: Parts, exercise: str, term: int) -> Iterator[Question]:
    """The solution and every version of one function, in a course with another seed."""
    yield Question(parts.assignment, Kind.TERM, exercise, "solution", term=term)
    for question in _versions(parts, exercise):
        yield replace(question, kind=Kind.TERM, term=term)


def _variants(parts: Parts, exercise: str) -> Iterator[Question]:
    for name, text in variants(parts.solutions[exercise], exercise).items():
        yield Question(parts.assignment, Kind.VARIANT, exercise, name, {exercise: text})


def _know_nothing(parts: Parts, exercise: str) -> Iterator[Question]:
    stub = parts.cell(exercise, STUB) or ""
    for name, text in know_nothing(parts.solutions[exercise], stub, exercise).items():
        yield Question(parts.assignment, Kind.KNOWS_NOTHING, exercise, name, {exercise: text})


def _mutants(course: Course, parts: Parts, exercise: str) -> Iterator[Question]:
    for mutant in mutants(parts.solutions[exercise], exercise, mixed_up(course)):
        cells = {exercise: mutant.source}
        yield Question(parts.assignment, Kind.MUTANT, exercise, mutant.id, cells, mutant=mutant)


def _hints(course: Course, parts: Parts, asked: Sequence[str]) -> list[Question]:
    """Mutants, and two misconceptions in one function where they do not change the same place."""
    slips = [replace(q, kind=Kind.HINT) for name in asked for q in _mutants(course, parts, name)]
    return [*slips, *(q for name in asked for q in _pairs(parts, name))]


def _pairs(parts: Parts, exercise: str) -> Iterator[Question]:
    known = [v for v in parts.misconceptions if v.function == exercise and v.wrong and v.replace]
    for pair in combinations(known, 2):
        text = parts.solutions[exercise]
        try:
            for version in pair:
                text = version.source(text)
            compile(text, exercise, "exec")
        except (CourseError, SyntaxError):
            continue
        name = " + ".join(version.name for version in pair)
        yield Question(parts.assignment, Kind.HINT, exercise, name, {exercise: text})
