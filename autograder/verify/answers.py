"""Runs a proof's questions through the graders, on all cores."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.course import Course
from autograder.graders.samples import Parts, Sample
from autograder.grading.grader import Grader
from autograder.model import Check, CourseError, Exercise, GraderError, SubmissionError
from autograder.notebook.reading import dumps
from autograder.verify.bench import Bench
from autograder.verify.questions import Kind, Question
from autograder.verify.workers import Lost, answered

HINT_SECONDS = 5.0  # as `autograder hints` looks, and not as a class waits
PORTION = 8  # questions of a few milliseconds each


@dataclass(frozen=True)
class Verdicts:
    """The graders' verdicts on one question."""

    exercises: tuple[Exercise, ...] = ()
    problem: str = ""  # no verdict at all, and why
    lost: str = ""  # "timeout" or "crashed": the process ended
    seconds: float = 0.0

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for exercise in self.exercises for check in exercise.checks)


def answers(
    course: Course, asked: Sequence[Question], *, workers: int = 0
) -> Iterator[tuple[Question, Verdicts]]:
    """Every question with its answer, as they come.

    A question that ends its process has that as its answer; questions that shared the process are
    asked again.
    """
    tasks = _tasks(asked)
    again: list[Question] = []
    desk = _QuestionDesk(course)
    for place, result in answered(desk.serve, tasks, workers=workers):
        if not isinstance(result, Lost):
            yield from zip(tasks[place], result, strict=True)
        elif len(tasks[place]) == 1:
            yield tasks[place][0], Verdicts(lost=result.reason)
        else:
            again += tasks[place]
    single = [(question,) for question in again]
    for place, result in answered(desk.serve, single, workers=workers):
        lost = isinstance(result, Lost)
        yield again[place], Verdicts(lost=result.reason) if lost else result[0]  # type: ignore[union-attr, index]


def _tasks(asked: Sequence[Question]) -> list[tuple[Question, ...]]:
    """Questions in portions: an assignment's whole submissions together, mutants by eights."""
    portions: list[list[Question]] = []
    for question in asked:
        last = portions[-1] if portions else []
        if last and _together(last, question):
            last.append(question)
        else:
            portions.append([question])
    return [tuple(portion) for portion in portions]


def _together(portion: Sequence[Question], question: Question) -> bool:
    first = portion[0]
    if (first.assignment, first.kind) != (question.assignment, question.kind):
        return False
    if question.kind in (Kind.MUTANT, Kind.TERM, Kind.KNOWS_NOTHING):
        return question.term == first.term and len(portion) < PORTION
    if question.kind is Kind.HINT:
        return len(portion) < PORTION
    return question.kind is Kind.SUBMISSION


class _QuestionDesk:
    """Answers questions in a worker, with one cached bench per assignment."""

    def __init__(self, course: Course) -> None:
        self._course = replace(course, workers=1)
        self._benches: dict[tuple[str, int], Bench] = {}  # by assignment and term

    def serve(self, task: tuple[Question, ...]) -> list[Verdicts]:
        """Answer a portion of questions."""
        try:
            if task[0].kind in (Kind.SUBMISSION, Kind.HINT):
                return self._graded(task)
            return [self._answer(question) for question in task]
        except (CourseError, GraderError, SubmissionError) as error:
            return [Verdicts(problem=str(error))] * len(task)

    def _answer(self, question: Question) -> Verdicts:
        bench = self._bench(question.assignment, question.term)
        start = time.perf_counter()
        answer = _asked(bench, question)
        return replace(answer, seconds=time.perf_counter() - start)

    def _bench(self, assignment: str, term: int) -> Bench:
        if (assignment, term) not in self._benches:
            warnings.simplefilter("ignore")  # of graders fed with a mutant's inf and nan
            self._benches[assignment, term] = Bench(in_term(self._course, term), assignment)
        return self._benches[assignment, term]

    def _graded(self, task: tuple[Question, ...]) -> list[Verdicts]:
        """Grade whole notebooks in the sandbox, like submissions of a class."""
        parts = Parts.load(self._course, task[0].assignment)
        seconds = HINT_SECONDS if task[0].kind is Kind.HINT else 0.0
        course = replace(self._course, repair_seconds=seconds)
        with Grader(course, task[0].assignment) as grader:
            return [_submitted(grader, parts, question) for question in task]


def in_term(course: Course, term: int) -> Course:
    """The course with the secret inputs of another term; term 0 is the present one."""
    return replace(course, seed=f"{course.seed}, term {term}") if term else course


def _asked(bench: Bench, question: Question) -> Verdicts:
    match question.kind:
        case Kind.DOCUMENTED:
            return Verdicts(problem="; ".join(bench.documented()))
        case Kind.MUTANT | Kind.TERM | Kind.KNOWS_NOTHING:
            checks = bench.checked(question.cells, question.exercise)
            return Verdicts((Exercise(question.exercise, 0.0, checks),))
        case Kind.MISCONCEPTION | Kind.ALTERNATIVE:
            return Verdicts(bench.graded(question.cells))
        case _:
            only = [question.exercise] if question.exercise else None
            return Verdicts(bench.graded(question.cells, only))


def _submitted(grader: Grader, parts: Parts, question: Question) -> Verdicts:
    sample = question.sample or Sample("-hint-", str(question), _texts(question))
    start = time.perf_counter()
    text = dumps(parts.notebook(sample)).encode()
    try:
        report = grader.grade(text, sample.name).report
    except (GraderError, SubmissionError) as error:
        return Verdicts(problem=str(error))
    asked = {*parts.solutions, *sample.expect}  # not what ordinary test cells say beside them
    judged = tuple(exercise for exercise in report.exercises if exercise.name in asked)
    return Verdicts(judged, report.error, seconds=time.perf_counter() - start)


def _texts(question: Question) -> dict[str, str]:
    return {name: text for name, text in question.cells.items() if text is not None}
