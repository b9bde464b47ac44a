"""Puts hints beside the checks of an exercise that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograder.language.catalogue import unsure
from autograder.language.translation import Translation
from autograder.model import Exercise, Verdict
from autograder.repair.explained import may_hide_another
from autograder.repair.sentences import NO_FURTHER, NOT_ALL, PERHAPS_NOT_ALL


def behind(exercise: Exercise, hint: str) -> Exercise:
    """The exercise with a hint behind the words on a known mistake."""
    checks = (
        c if c.passed else replace(c, hint=f"{c.hint} {hint}") for c in exercise.checks
    )  # fmt: skip
    return replace(exercise, checks=tuple(checks))


def with_no_further(before: Exercise, exercise: Exercise, say: Translation) -> Exercise:
    """The exercise with a sentence behind the first words on an exception, if these stand alone.

    `before` has the checks as they were before a slip was searched for; what was added to one since
    says of the function whether more is wrong.
    """
    sentence, *said = map(say, (NO_FURTHER, NOT_ALL, PERHAPS_NOT_ALL))
    hides = may_hide_another(before)
    ended = [
        now.hint for old, now in zip(before.checks, exercise.checks, strict=True)
        if now.verdict is Verdict.ERROR and now.hint and now.hint == old.hint
        and not unsure(now.hint) and (hides or not now.misconception)
    ]  # fmt: skip
    if not ended or any(words in c.hint for c in exercise.checks for words in said):
        return exercise
    checks = (
        replace(c, hint=f"{c.hint} {sentence}") if c.hint == ended[0] else c
        for c in exercise.checks
    )
    return replace(exercise, checks=tuple(checks))


def with_hint(exercise: Exercise, hint: str, *, others: bool = False) -> Exercise:
    """The exercise with one hint beside every check that fails, or beside those without one.

    Without a hint it is as it was.
    """
    if not hint:
        return exercise
    checks = (
        c if c.passed or (others and c.hint)
        else replace(c, hint=hint, section="", misconception="")
        for c in exercise.checks
    )  # fmt: skip
    return replace(exercise, checks=tuple(checks))


def without_possible(exercise: Exercise) -> Exercise:
    """The exercise without what is only possible, where something certain is told."""
    checks = (
        replace(c, hint="", section="", misconception="") if unsure(c.hint) else c
        for c in exercise.checks
    )
    return replace(exercise, checks=tuple(checks))


def unhinted(exercise: Exercise) -> Exercise:
    checks = (c if c.passed else replace(c, hint="") for c in exercise.checks)
    return replace(exercise, checks=tuple(checks))


def with_all(exercise: Exercise, sentences: Sequence[str]) -> Exercise:
    """The exercise with all of some sentences behind a hint that is one of them."""
    checks = (
        replace(c, hint=" ".join(sentences)) if not c.passed and c.hint in sentences else c
        for c in exercise.checks
    )
    return replace(exercise, checks=tuple(checks))
