"""The table of bits in docs/security.md is what the words of the graders can tell today.

Each row is counted here a second time, by writing out what is said and multiplying, and held to
the gate's own count.
"""

import math
import re
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.graders.compare import MOST_CHOICES
from autograder.graders.misconceptions import misconceptions
from autograder.grading.grader import Grader
from autograder.judge import vocabulary
from autograder.repair import sentences

COURSE = Course.load(Path(__file__).parents[3])
TEXT = (COURSE.root / "docs/security.md").read_text(encoding="utf-8")
ROWS = dict(
    (name, tuple(float(number.replace(",", "")) for number in numbers))
    for name, *numbers in re.findall(
        r"^\| (\w+) \| (\d+) \| ([\d.]+) \| ([\d,]+) \| ([\d,]+) \|$", TEXT, re.MULTILINE
    )
)


def told_of_an_answer(known):
    """How many sentences there are about the answer of one call, every one written out."""
    places = {"the result", "a part of the result", *known.places}
    sayings = {str(saying) for saying in vocabulary.difference_words()} | {"is missing"}
    kinds = {*vocabulary.KINDS_OF_NUMBERS, "something else"}
    sayings |= {f"holds {kind}, expected {wanted}" for kind, wanted in product(kinds, repeat=2)}
    ours = {f"{place} {saying}" for place, saying in product(places, sayings)}
    ours.add("the result holds a key that should not be there")
    return len(ours) * (len(known.names) + 1) + told_by_authors(known.sentences, known)


def told_by_authors(texts, known):
    """In how many ways these sentences can be filled in, two places of each at most."""
    words = len(known.names | {"…"}) + len(known.texts) + MOST_CHOICES
    fields = [re.findall(r"(?<!\{)\{[^{}]+\}", text) for text in texts]
    return sum(words ** min(2, len(found)) for found in fields)


def bits_of_a_check(known):
    names = len(known.names) + 1
    ended = names * (
        len(vocabulary.ENDINGS) + len(vocabulary.DRIVEN) + 3 * len(vocabulary.EXCEPTIONS)
    )
    messages = 1 + 2 * told_of_an_answer(known) + ended  # nothing, one thing or more, no answer
    remarks = 1 + told_by_authors(known.remarks, known)
    in_place = 1 + names
    hints = 1 + vocabulary.EXCEPTION_HINTS
    return math.log2(messages * remarks * in_place * hints)


def bits_of_an_exercise(checks, mistakes):
    lines = (1 + vocabulary.MOST_LINES) ** 2  # of the exception, and of the call of a helper
    mistakes = (1 + mistakes) ** 2 * (checks + 2)  # sure of two, or possible beside one check
    words = places = vocabulary.MOST_PLACES
    slips = 1 + vocabulary.MOST_SLIPS * places * words * 8
    return math.log2(lines * mistakes), math.log2(2 * slips**4)


def test_every_assignment_has_its_row():
    assert sorted(ROWS) == sorted(COURSE.assignments())
    assert len(sentences.KINDS) < vocabulary.MOST_SLIPS


def test_the_text_says_the_largest_number_of_the_table():
    [most] = re.findall(r"at most (\d+) bits of a check", TEXT)
    assert int(most) == math.ceil(max(row[1] for row in ROWS.values()))


@pytest.mark.slow
@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_row_says_what_can_be_told_today(assignment):
    with Grader(COURSE, assignment) as grader:
        judge = grader.judge
        assert judge.rehearsal  # it knows the names of what the reference answers
        known, gate = judge.collected.gate.known, judge.collected.gate
        checks = len([i for i in judge.collected.items if i.nodeid not in judge.collected.public])
        exercises = len(judge.points)
    wrong = [m.function for m in misconceptions(COURSE, assignment) if m.wrong]
    mistakes = max(Counter(wrong).values())
    one, of_repairs = bits_of_an_exercise(checks, mistakes)
    a_check = bits_of_a_check(known)
    counted = checks * a_check + exercises * one
    said = gate.bits(checks, exercises, mistakes)
    repaired = gate.bits(checks, exercises, mistakes, repairs=True)[1]
    assert a_check <= said[0] < a_check + 0.1  # the gate counts a few sentences twice
    assert counted <= said[1] < counted + 0.1 * checks
    assert repaired - said[1] == pytest.approx(exercises * of_repairs)
    row = ROWS[assignment]
    assert row[0] == checks
    assert row[1] == pytest.approx(said[0], abs=0.15)
    assert row[2:] == pytest.approx((said[1], repaired), rel=0.01)  # a known mistake more or less
