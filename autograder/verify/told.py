"""Rates the hints for slips whose place is known: mutants, and pairs of known mistakes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from autograder.language.catalogue import unsure
from autograder.model import Check

PAIR = "two mistakes"  # the operator of what two misconceptions were made of
IN_PART = " (in part)"
_MISSED = re.compile(
    r"`(\w+)` (?:is not known here|is a parameter of|是这个函数的参数|传给了)|不认识 `(\w+)`"
)
_LINES = re.compile(r"(?:lines? |第 )(\d[\d, 、]*)", re.IGNORECASE)


class Hint(StrEnum):
    """How good the hint for a slip is."""

    KNOWN = "known mistake"  # one with exactly these answers, or one of the two that were made
    PLACE = "its line"  # perhaps beside another one, or a name that the line has lost
    ELSEWHERE = "another line"  # where another edit mends it as well, or wrong
    STRANGER = "another mistake"  # only parts of the answers are its own
    NONE = "none"


@dataclass(frozen=True)
class Told:
    """One slip, and the rating of its hint."""

    id: str
    exercise: str
    operator: str
    hint: Hint
    text: str = ""


def rate_hint(
    id: str, operator: str, line: int, checks: Iterable[Check], lost: frozenset[str] = frozenset()
) -> Told | None:
    """The rating of the hint for a slip in this line; None where no check fails.

    `lost` are the names that the line has no more: one that is never read, or not known where it is
    read, leads there as well. For `PAIR` the id names the two mistakes.
    """
    failing = [check for check in checks if not check.passed]
    if not failing:
        return None
    first = next((check for check in failing if check.hint), failing[0])
    rating = _hint(id, operator, line, first)
    missed = {name for found in _MISSED.findall(first.hint) for name in found}
    if rating is Hint.ELSEWHERE and lost & missed:
        rating = Hint.PLACE
    return Told(id, first.exercise, operator, rating, first.hint)


def _hint(id: str, operator: str, line: int, check: Check) -> Hint:
    if not check.hint:
        return Hint.NONE
    if check.misconception:
        names = set(check.misconception.removesuffix(IN_PART).split(" + "))
        whole = not check.misconception.endswith(IN_PART) and not unsure(check.hint)
        if operator == PAIR:
            return Hint.KNOWN if whole or names <= set(id.split(" + ")) else Hint.STRANGER
        return Hint.KNOWN if whole else Hint.STRANGER
    lines = {int(n) for found in _LINES.findall(check.hint) for n in re.findall(r"\d+", found)}
    if operator == PAIR:
        return Hint.PLACE if lines else Hint.NONE
    return Hint.PLACE if line in lines else Hint.ELSEWHERE


def by_operator(found: Iterable[Told]) -> Mapping[str, Mapping[Hint, int]]:
    """How often each kind of hint is given, by the operator that made the slip."""
    counted: dict[str, Counter[Hint]] = {}
    for one in found:
        counted.setdefault(one.operator, Counter())[one.hint] += 1
    return {name: {hint: counted[name][hint] for hint in Hint} for name in sorted(counted)}
