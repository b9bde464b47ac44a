"""What an instructor decides by a report: whom to ask, and what to discuss, in which order."""

from __future__ import annotations

import ast
import difflib
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.gradebook.report_store import ReportStore
from autograder.graders.misconceptions import Version, misconceptions
from autograder.language.catalogue import unsure, words
from autograder.language.refusals import in_own_words
from autograder.model import CourseError, Report, SubmissionError
from autograder.notebook.cells import nbgrader_metadata
from autograder.notebook.reading import loads, read_bytes
from autograder.notebook.safe_outputs import joined
from autograder.report.statistics import ClassStatistics, Misunderstanding

AT_RISK = 0.4  # of the points
CEILING = 0.95  # of the class with full marks: an exercise tells nobody apart
MOST_READ = 500  # notebooks that are looked through for what students wrote to their teacher
MOST_WRITTEN = 40  # of what one student wrote: predictions, hints called misleading
_MOST_BITS = 1024  # of a predicted number
FEWEST_READERS = 3  # of a hint, to be called weak
_PREDICTION = re.compile(r"^my_prediction\((.+)\)\s*$", re.MULTILINE)
_MISLED = re.compile(r"#\s*misled\b", re.IGNORECASE)


@dataclass(frozen=True)
class ClassIdea:
    """One idea that is misunderstood, in however many exercises."""

    name: str
    hint: str
    exercises: tuple[str, ...]
    students: tuple[str, ...]
    line: str = ""  # an answer like it, as the author of the hint wrote it
    section: str = ""  # of the lesson, to show again


@dataclass(frozen=True)
class Help:
    """The effect of hints: who read one, handed in again, and mended that mistake."""

    readers: int = 0
    right: int = 0
    weakest: str = ""  # misconception whose hint helped least
    weakest_of: tuple[int, int] = (0, 0)  # put right, readers


@dataclass(frozen=True)
class Decisions:
    """The part of a report before its figures."""

    warnings: tuple[str, ...] = ()  # on what can have cost everybody points
    missing: tuple[str, ...] = ()
    refused: Mapping[str, list[str]] = field(default_factory=dict)  # why not graded → students
    at_risk: tuple[str, ...] = ()
    ideas: tuple[ClassIdea, ...] = ()
    flags: Mapping[str, list[str]] = field(default_factory=dict)  # flag → students
    help: Help = Help()
    ceilings: tuple[str, ...] = ()
    misled: tuple[tuple[str, str], ...] = ()  # (student, exercise)
    predictions: Mapping[str, Counter[str]] = field(default_factory=dict)
    read: int = 0  # notebooks that were looked through for the last two


def decisions(course: Course, found: ClassStatistics, enrolled: Collection[str] = ()) -> Decisions:
    """The decisions that an assignment's reports call for.

    `enrolled` are the students on the gradebook's list; whoever has handed in anything in this
    course is expected to hand in, too.
    """
    assignment = found.assignment
    misled, predictions, read = _written(course, found)
    plain = from_reports(found)
    lines = _lines_like(course, assignment, plain.ideas)
    return replace(
        plain,
        missing=without_hand_in(course, assignment, [row.student for row in found.rows], enrolled),
        refused=refused(course, assignment),
        ideas=tuple(
            replace(idea, line=lines.get((idea.exercises[0], idea.name), ""))
            for idea in plain.ideas
        ),
        help=_help(ReportStore(course, assignment)),
        misled=tuple(misled),
        predictions=predictions,
        read=read,
    )


def from_reports(found: ClassStatistics) -> Decisions:
    """The decisions that need nothing but the reports."""
    flags: dict[str, list[str]] = {}
    for row in found.rows:
        for flag in row.flags:
            flags.setdefault(flag, []).append(row.student)
    return Decisions(
        at_risk=tuple(row.student for row in found.rows if row.share < AT_RISK),
        ideas=tuple(_ideas(found)),
        flags=dict(sorted(flags.items(), key=lambda item: -len(item[1]))),
        ceilings=tuple(e.name for e in found.exercises.values() if e.full >= CEILING),
    )


def without_hand_in(
    course: Course, assignment: str, graded: Iterable[str], enrolled: Collection[str] = ()
) -> tuple[str, ...]:
    """Who has handed in nothing for an assignment, of all who are expected to."""
    step = course.submitted_directory
    here = set(course.students(step, assignment)).union(graded)
    return tuple(sorted(expected_students(course, enrolled) - here))


def expected_students(course: Course, enrolled: Collection[str] = ()) -> set[str]:
    """Everybody on the gradebook's list, and whoever has handed in anything in this course."""
    step = course.submitted_directory
    handed_in = {s for name in course.assignments() for s in course.students(step, name)}
    return handed_in.union(enrolled)


def refused(course: Course, assignment: str) -> dict[str, list[str]]:
    """Why submissions could not be graded, and whose; the most frequent reason first.

    What is no longer handed in is left out.
    """
    step = course.submitted_directory
    there = {*course.students(step, assignment), *course.misnamed(step, assignment)}
    whose: dict[str, list[str]] = {}
    for student, reason in ReportStore(course, assignment).refusals().items():
        if student not in there:
            continue
        folder = course.submitted(assignment, student)
        reason = reason.replace(f"{folder}{os.sep}", "").replace(str(folder), "…")
        reason = in_own_words(reason, words(course.language))
        whose.setdefault(reason, []).append(student)
    return dict(sorted(whose.items(), key=lambda item: -len(item[1])))


def _ideas(found: ClassStatistics) -> list[ClassIdea]:
    """Misconceptions of one name or of one hint are one idea; the most frequent comes first."""
    by_name: dict[str, list[Misunderstanding]] = {}
    names: dict[str, str] = {}  # hint → the name under which it is counted
    for one in found.common_misunderstandings():
        by_name.setdefault(names.setdefault(one.hint, one.name), []).append(one)
    ideas = [
        ClassIdea(
            name,
            parts[0].hint,
            tuple(dict.fromkeys(part.exercise for part in parts)),
            tuple(dict.fromkeys(s for part in parts for s in part.students)),
            section=parts[0].section,
        )
        for name, parts in by_name.items()
    ]
    return sorted(ideas, key=lambda idea: (-len(idea.students), idea.name))


def _lines_like(
    course: Course, assignment: str, ideas: Iterable[ClassIdea]
) -> dict[tuple[str, str], str]:
    """(Function, name) of a misconception → a line of it, as its author wrote it.

    It is none of the solution's; of several the one that fewest other versions of the function
    have, then the one that is most like a line of the solution.
    """
    try:
        solution = course.solution(assignment).read_text(encoding="utf-8")
        known = [*misconceptions(course, assignment)]
    except (OSError, CourseError):
        return {}
    found: dict[tuple[str, str], str] = {}
    for name in {idea.exercises[0] for idea in ideas}:
        own = _function(solution, name) or solution
        right = set(_lines(own))
        codes = {v.name: _code(v, own, solution) for v in known if v.function == name}
        shared = Counter(line for code in codes.values() for line in set(code))
        for version, code in codes.items():
            wrong = [line for line in code if line not in right]
            found[name, version] = min(wrong, key=partial(_rank, shared, right), default="")
    return found


def _rank(shared: Counter[str], right: set[str], line: str) -> tuple[int, bool]:
    return shared[line], not difflib.get_close_matches(line, right, n=1, cutoff=0.75)


def _code(version: Version, own: str, solution: str) -> list[str]:
    """The lines of a version's function below its head; none when it no longer fits."""
    for text in (own, solution):
        with suppress(CourseError):
            made = version.source(text)
            return _lines(_function(made, version.function) or made)[1:]
    return []


def _lines(text: str) -> list[str]:
    return [line for row in text.splitlines() if (line := row.strip()) and line[0] not in "#\"'"]


def _function(text: str, name: str) -> str:
    """The last function of a name in a module's text, its docstring left out; empty if none."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return ""
    for node in reversed(body):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            if ast.get_docstring(node) is not None and len(node.body) > 1:
                first = node.body[1].lineno - 1
                lines = text.splitlines()
                return "\n".join(
                    lines[node.lineno - 1 : node.lineno] + lines[first : node.end_lineno]
                )
            return ast.get_source_segment(text, node) or ""
    return ""


def _help(kept: ReportStore) -> Help:
    """The effect of hints on students who handed in again after reading one."""
    read: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for before, after in kept.resubmissions():
        now = _mistakes(after)
        for mistake in _mistakes(before):
            read[mistake[1]] += 1
            right[mistake[1]] += mistake not in now
    weak = [(right[n] / read[n], n) for n in read if read[n] >= FEWEST_READERS]
    worst = min(weak)[1] if weak and min(weak)[0] < 1 else ""
    return Help(read.total(), right.total(), worst, (right[worst], read[worst]))


def _mistakes(report: Report) -> set[tuple[str, str]]:
    return {
        (exercise.name, check.misconception)
        for exercise in report.exercises
        for check in exercise.checks
        if check.misconception and not unsure(check.hint)
    }


def _written(
    course: Course, found: ClassStatistics
) -> tuple[list[tuple[str, str]], dict[str, Counter[str]], int]:
    """Hints called misleading, and predictions, from what students handed in."""
    misled: list[tuple[str, str]] = []
    predictions: dict[str, Counter[str]] = {}
    read = 0
    for row in islice(found.rows, MOST_READ):
        folder = course.submitted(found.assignment, row.student)
        path = folder / f"{found.assignment}.ipynb"
        cells = _cells(path, course.limits.notebook_bytes)
        read += bool(cells)
        saying_so = [c for c in cells if _MISLED.search(c["source"])][:MOST_WRITTEN]
        misled += [(row.student, _grade_id(cell)) for cell in saying_so]
        for question, guess in islice(_predictions(cells), MOST_WRITTEN):
            predictions.setdefault(question, Counter())[guess] += 1
    return misled, predictions, read


def _cells(path: Path, most: int) -> list[dict[str, Any]]:
    """The code cells of a notebook that says something to a teacher; none when unreadable."""
    try:
        text = read_bytes(path, most)
        if b"misled" not in text and b"my_prediction" not in text:
            return []
        cells = loads(text).raw["cells"]
    except SubmissionError:  # of a later hand-in; the grade is of an earlier one
        return []
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [{**cell, "source": joined(cell["source"])} for cell in code]


def _grade_id(cell: Mapping[str, Any]) -> str:
    found = nbgrader_metadata(cell).get("grade_id")
    return found[:80] if isinstance(found, str) else ""


def _predictions(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        if "prediction" in cell["metadata"].get("tags", ()):
            yield from _predicted(cell["source"])


def _predicted(text: str) -> Iterator[tuple[str, str]]:
    for call in _PREDICTION.findall(text):
        try:
            question, guess = ast.literal_eval(f"({call})")
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        if isinstance(guess, int) and guess.bit_length() > _MOST_BITS:
            continue  # Python writes out no number of so many digits
        if guess is not None and isinstance(question, str) and isinstance(guess, str | int | float):
            yield question[:80], f"{guess:.4g}" if isinstance(guess, float) else str(guess)[:40]
