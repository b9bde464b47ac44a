"""The whole proof: questions, answers, judgement, for one assignment or for the course."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograder.course import Course
from autograder.graders.marked import judges_of
from autograder.model import CourseError
from autograder.notebook.reading import read
from autograder.verify.answers import Verdicts, answers
from autograder.verify.equivalent import exceptions
from autograder.verify.judgement import judged
from autograder.verify.leaks import leaks
from autograder.verify.proof import Claim, Proof
from autograder.verify.questions import Kind, Question, questions

OnProgress = Callable[[int, int], None]  # (answered, asked)


def prove(
    course: Course,
    assignments: Sequence[str],
    *,
    exercise: str = "",
    hints: int = 0,
    workers: int = 0,
    progress: OnProgress | None = None,
) -> tuple[Proof, ...]:
    """Prove the graders of some assignments, on `workers` processes (0: one per core).

    `exercise` narrows the proof to one graded function of one assignment. With `hints` every
    so many-th mutant, and pair of misconceptions, is graded as a student's, for its hint.
    An assignment that is broken as a whole gives a proof that says so.
    """
    asked: dict[str, list[Question]] = {}
    broken: dict[str, str] = {}
    for assignment in assignments:
        try:
            asked[assignment] = questions(course, assignment, exercise, hints)
        except CourseError as error:
            broken[assignment] = str(error)
    answered = _answered(course, asked, workers, progress)
    return tuple(
        _failed(name, broken[name])
        if name in broken
        else _proof(course, name, asked[name], answered[name], whole=not exercise)
        for name in assignments
    )


def hidden_ones(course: Course, assignment: str, exercise: str = "") -> bool:
    """Whether hidden graders judge something of an assignment, or this exercise of it.

    Of an exercise that nobody knows they say so.
    """
    if not course.has_graders(assignment):
        return False
    if not exercise:
        return True
    notebook = read(course.source_notebook(assignment), error=CourseError)
    judges = judges_of(course, assignment, notebook)
    return not judges.ordinary or exercise in {e.name for e in judges.hidden}


def _answered(
    course: Course,
    asked: dict[str, list[Question]],
    workers: int,
    progress: OnProgress | None,
) -> dict[str, dict[int, Verdicts]]:
    """Answers by assignment and by the question's place in its assignment."""
    everything = [question for own in asked.values() for question in own]
    places = {id(q): (name, i) for name, own in asked.items() for i, q in enumerate(own)}
    found: dict[str, dict[int, Verdicts]] = {name: {} for name in asked}
    for count, (question, answer) in enumerate(answers(course, everything, workers=workers), 1):
        name, place = places[id(question)]
        found[name][place] = answer
        if progress is not None:
            progress(count, len(everything))
    return found


def _proof(
    course: Course,
    assignment: str,
    asked: Sequence[Question],
    answered: dict[int, Verdicts],
    *,
    whole: bool,
) -> Proof:
    pairs = [(question, answered[place]) for place, question in enumerate(asked)]
    try:
        listed = exceptions(course.tests(assignment))
        if whole:
            found = "; ".join(leaks(course, assignment))
            pairs.insert(0, (Question(assignment, Kind.RELEASE), Verdicts(problem=found)))
    except CourseError as error:
        return _failed(assignment, str(error))
    return judged(assignment, pairs, listed, whole=whole)


def _failed(assignment: str, why: str) -> Proof:
    claim = Claim(Kind.REFERENCE, assignment, False, why)
    return Proof(assignment, (), (claim,), (), (), ())
