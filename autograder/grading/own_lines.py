"""The student's own lines that a hint is about: named by it, or like the author's wrong line."""

from __future__ import annotations

import ast
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from autograder.course import Course
from autograder.graders.misconceptions import Version, alternatives, misconceptions
from autograder.judge.hint_matching import IN_PART
from autograder.model import Check, CourseError, Exercise
from autograder.repair.places import OwnFunction

MOST_LINES = 4  # of a student's own that a card shows
MOST_STATEMENTS = 60  # of a function that is looked through
MOST_WORDS = 120  # of a statement that is compared
MOST_WRONG = 3  # statements: with more, a version is another style and not one slip
MOST_QUOTED = 40  # characters of a line by which a sentence that quotes it is known
ALIKE = 0.8  # of the words of a statement: from here on it is the author's wrong one
_WORD = re.compile(r"\w+|[^\w\s]+?")
_NUMBERS = re.compile(r"(?:\blines? |第 ?)(\d+(?:(?:, | and |[,、，和] ?)\d+)*)", re.IGNORECASE)

Words = tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """A statement's words, however it is written, and the lines where it stands."""

    words: Words
    first: int
    last: int


class OwnLines:
    """Finds the lines of one assignment's students that hints are about."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment

    def marked(self, exercise: Exercise, source: str) -> Exercise:
        """The exercise, with the student's own lines in each check whose hint is about some.

        `source` is the cell that defines the function.
        """
        if all(check.passed for check in exercise.checks):
            return exercise
        found = {
            key: self._lines(*key, exercise.name, source) for key in map(_key, exercise.checks)
        }
        checks = tuple(
            check if check.passed else replace(check, lines=found[_key(check)])
            for check in exercise.checks
        )
        return replace(exercise, checks=checks)

    def _lines(self, sentence: str, misconception: str, name: str, source: str) -> str:
        numbers = _named(sentence)
        if not numbers and misconception:
            numbers = self._like_the_authors(misconception, name, source)
        text = dict(enumerate(source.splitlines(), start=1))
        own = {n: text.get(n, "") for n in numbers}
        if any(line.strip()[:MOST_QUOTED] in sentence for line in own.values()):
            return ""
        return "\n".join(f"{n:>3}  {own[n]}" for n in list(own)[:MOST_LINES])

    def _like_the_authors(self, misconception: str, name: str, source: str) -> list[int]:
        parts = misconception.removesuffix(IN_PART).split(" + ")
        wrong = [words for part in parts for words in self._wrong.get((name, part), ())]
        right = self._rights.get(name, ())
        return wrong_lines(statements(source, name), wrong, right) if wrong else []

    @cached_property
    def _solution(self) -> str:
        return self._course.solution(self._assignment).read_text(encoding="utf-8")

    @cached_property
    def _wrong(self) -> dict[tuple[str, str], list[Words]]:
        """The statements of each known mistake that no right version of its function has.

        Of many, those that fewest of the other mistakes have.
        """
        own = {
            (version.function, version.name): {
                words: None
                for words in words_of(version, self._solution)
                if words not in self._rights.get(version.function, ())
            }
            for version in misconceptions(self._course, self._assignment)
        }
        shared = Counter((name, words) for (name, _), found in own.items() for words in found)
        return {key: _few(list(found), key[0], shared) for key, found in own.items()}

    @cached_property
    def _rights(self) -> dict[str, tuple[Words, ...]]:
        found: dict[str, list[Words]] = {}
        for version in alternatives(self._course, self._assignment):
            found.setdefault(version.function, []).extend(words_of(version, self._solution))
        for node in ast.parse(self._solution).body:
            if isinstance(node, ast.FunctionDef):
                own = (s.words for s in statements(self._solution, node.name))
                found.setdefault(node.name, []).extend(own)
        return {name: tuple(dict.fromkeys(own)) for name, own in found.items()}


def _few(found: list[Words], name: str, shared: Counter[tuple[str, Words]]) -> list[Words]:
    if len(found) > MOST_WRONG:
        rarest = min(shared[name, words] for words in found)
        found = [words for words in found if shared[name, words] == rarest]
    return found if len(found) <= MOST_WRONG else []


def wrong_lines(
    own: Sequence[Statement], wrong: Iterable[Words], right: Sequence[Words]
) -> list[int]:
    """The lines of the statements that are most like wrong ones, and less like any right one."""
    chosen: set[int] = set()
    candidates = [s for s in own if s.words not in right and len(s.words) <= MOST_WORDS]
    for words in wrong:
        shares = {s: _alike(s.words, words) for s in candidates}
        best = max(shares.values(), default=0.0)
        for statement, share in shares.items():
            if share == best >= ALIKE and all(_alike(statement.words, r) < share for r in right):
                chosen.update(range(statement.first, statement.last + 1))
    return sorted(chosen)


def words_of(version: Version, solution: str) -> list[Words]:
    """The statements of an author's version; none when it no longer fits the solution."""
    try:
        return [s.words for s in statements(version.source(solution), version.function)]
    except CourseError:
        return []


def statements(source: str, function: str) -> list[Statement]:
    """The statements of a function; none when it cannot be read."""
    try:
        own = OwnFunction(source, function)
        return list(_statements(own.statements))[:MOST_STATEMENTS]
    except (SyntaxError, LookupError, ValueError, RecursionError):
        return []


def _statements(found: Iterable[ast.stmt]) -> Iterator[Statement]:
    for node in found:
        text = ast.unparse(node)
        last = node.end_lineno or node.lineno
        body = getattr(node, "body", None)
        if body and isinstance(body[0], ast.stmt):  # of a loop or a condition, its head
            text, last = text.partition("\n")[0], node.lineno
        yield Statement(tuple(_WORD.findall(text)), node.lineno, last)


def _alike(one: Words, other: Words) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _key(check: Check) -> tuple[str, str]:
    return check.hint or check.message, check.misconception


def _named(sentence: str) -> list[int]:
    """The numbers of the lines that a sentence names."""
    found = _NUMBERS.search(sentence)
    return [int(n) for n in re.findall(r"\d+", found[1])] if found else []
