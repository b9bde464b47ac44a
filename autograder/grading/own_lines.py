"""Finds the student's lines that a hint is about: those it names, or those like a wrong version."""

from __future__ import annotations

import ast
import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

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
_INSIDE = re.compile(r"\bThat is line \d+ of `(\w+)`|那是 `(\w+)` 的第 \d+ 行")
_WORD = re.compile(r"\w+|[^\w\s]+?")
_NUMBERS = re.compile(r"(?:\blines? |第 ?)(\d+(?:(?:, | and |[,、，和] ?)\d+)*)", re.IGNORECASE)

Words = tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """A statement's tokens, independent of layout, and its line numbers."""

    words: Words
    first: int
    last: int


@dataclass(frozen=True)
class _KnownStatements:
    """Statements of the author's versions of one function."""

    wrong: Mapping[str, list[Words]]  # by known mistake: those that no right version has
    right: tuple[Words, ...]


class OwnLines:
    """Finds the lines that hints are about, for all students of one assignment."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._known: dict[str, _KnownStatements] = {}  # by function, as it is asked for

    def with_lines(self, exercise: Exercise, source_of: Callable[[str], str]) -> Exercise:
        """The exercise, with the student's own lines in each check whose hint is about some.

        `source_of` gives the cell that defines a function.
        """
        if all(check.passed for check in exercise.checks):
            return exercise
        source = source_of(exercise.name)
        found = {
            key: self._lines(*key, exercise.name, _cell_of(key[0], source_of) or source)
            for key in map(_key, exercise.checks)
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
        if name not in self._known:
            self._known[name] = self._versions_of(name)
        known = self._known[name]
        wrong = [words for part in parts for words in known.wrong.get(part, ())]
        return wrong_lines(statements(source, name), wrong, known.right) if wrong else []

    @cached_property
    def _originals(self) -> dict[str, str]:
        """The text of every function of the solution."""
        text = self._course.solution(self._assignment).read_text(encoding="utf-8")
        functions = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
        lines = text.split("\n")
        return {n.name: "\n".join(lines[n.lineno - 1 : n.end_lineno]) for n in functions}

    @cached_property
    def _versions(self) -> tuple[Sequence[Version], Sequence[Version]]:
        """The author's right versions and known mistakes: their files are read once."""
        return (
            alternatives(self._course, self._assignment),
            misconceptions(self._course, self._assignment),
        )

    def _versions_of(self, name: str) -> _KnownStatements:
        original = self._originals.get(name, "")
        read: dict[str, Words] = {}  # versions share most of their statements
        right = dict.fromkeys(s.words for s in read_statements(original, name, read))
        also_right, wrong = ([v for v in some if v.function == name] for some in self._versions)
        for version in also_right:
            right |= dict.fromkeys(words_of(version, original, read))
        own = {
            v.name: [w for w in dict.fromkeys(words_of(v, original, read)) if w not in right]
            for v in wrong
        }
        shared = Counter(words for found in own.values() for words in found)
        return _KnownStatements(
            {key: _few(found, shared) for key, found in own.items()}, tuple(right)
        )


def _cell_of(sentence: str, source_of: Callable[[str], str]) -> str:
    """The cell of the helper that a sentence is about a line of, or nothing."""
    helper = _INSIDE.search(sentence)
    return source_of(helper[1] or helper[2]) if helper else ""


def _few(found: list[Words], shared: Mapping[Words, int]) -> list[Words]:
    """The statements that the fewest other mistakes share, if these are few."""
    if len(found) > MOST_WRONG:
        rarest = min(shared[words] for words in found)
        found = [words for words in found if shared[words] == rarest]
    return found if len(found) <= MOST_WRONG else []


def wrong_lines(
    own: Sequence[Statement], wrong: Iterable[Words], right: Sequence[Words]
) -> list[int]:
    """The lines of the statements that are most like wrong ones, and less like any right one."""
    chosen: set[int] = set()
    candidates = [s for s in own if s.words not in right and len(s.words) <= MOST_WORDS]
    for words in wrong:
        shares = {s: _alike(s.words, words, ALIKE) for s in candidates}
        best = max(shares.values(), default=0.0)
        for statement, share in shares.items():
            if share == best >= ALIKE and all(
                _alike(statement.words, r, share) < share for r in right
            ):
                chosen.update(range(statement.first, statement.last + 1))
    return sorted(chosen)


def words_of(version: Version, original: str, read: dict[str, Words]) -> list[Words]:
    """The statements of an author's version; none when it no longer applies to the original.

    `read` holds what was read before, as for `read_statements`.
    """
    try:
        source = version.source(original)
        return [s.words for s in read_statements(source, version.function, read)]
    except CourseError:
        return []


@lru_cache(maxsize=32)  # asked for each of a function's hints
def statements(source: str, function: str) -> Sequence[Statement]:
    """The statements of a function; none when it cannot be read."""
    return read_statements(source, function, {})


def read_statements(source: str, function: str, read: dict[str, Words]) -> Sequence[Statement]:
    """The same; `read` holds the words of texts that were read before, and takes those of new ones.

    Reading the versions of one function takes a third of the time with it: ast.unparse is slow.
    """
    try:
        own = OwnFunction(source, function)
        return tuple(_statement(own, s, read) for s in own.statements[:MOST_STATEMENTS])
    except (SyntaxError, LookupError, ValueError, RecursionError):
        return ()


def _statement(own: OwnFunction, node: ast.stmt, read: dict[str, Words]) -> Statement:
    body = getattr(node, "body", None)
    first = body[0] if body and isinstance(body[0], ast.stmt) else None
    written = own.head(node, first) if first else own.text(node)
    if written not in read:
        text = ast.unparse(node)
        read[written] = tuple(_WORD.findall(text.partition("\n")[0] if first else text))
    # of a loop or a condition, its head
    last = node.lineno if first else node.end_lineno or node.lineno
    return Statement(read[written], node.lineno, last)


def _alike(one: Words, other: Words, least: float) -> float:
    """The share of words in common; 0 where a quick bound shows that it is below `least`."""
    if 2 * min(len(one), len(other)) < least * (len(one) + len(other)):
        return 0.0
    both = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return both.ratio() if both.quick_ratio() >= least else 0.0


def _key(check: Check) -> tuple[str, str]:
    return check.hint or check.message, check.misconception


def _named(sentence: str) -> list[int]:
    """The numbers of the lines that a sentence names."""
    found = _NUMBERS.search(sentence)
    return [int(n) for n in re.findall(r"\d+", found[1])] if found else []
