"""What the hints of an exercise explain before a slip is searched for."""

from __future__ import annotations

from autograder.judge.hint_matching import IN_PART
from autograder.language.catalogue import unsure
from autograder.model import Check, Exercise, Verdict

HOPELESS = (Verdict.NOT_ATTEMPTED, Verdict.MISSING, Verdict.TIMEOUT, Verdict.MEMORY)


def is_explained(exercise: Exercise) -> bool:
    """Whether every failing check has a hint that is certain."""
    return all(c.passed or (c.hint and not unsure(c.hint)) for c in exercise.checks)


def is_certain(exercise: Exercise) -> bool:
    return any(check.hint and not unsure(check.hint) for check in exercise.checks)


def is_raised(exercise: Exercise) -> bool:
    """Whether exceptions end all failing checks, and nothing but words on these is told."""
    return all(
        c.verdict is Verdict.ERROR and c.hint and not c.misconception
        for c in exercise.checks if not c.passed
    )  # fmt: skip


def is_possible(exercise: Exercise) -> bool:
    return any(not check.passed and unsure(check.hint) for check in exercise.checks)


def needs_hint(exercise: Exercise) -> bool:
    """Whether an exercise fails, can be tried, and is not yet explained by a certain hint."""
    failing = [check for check in exercise.checks if not check.passed]
    if not failing or any(check.verdict in HOPELESS for check in failing):
        return False
    if all(map(is_of_a_name, failing)):
        return False
    return any(
        not check.misconception or unsure(check.hint) or is_composed(check) for check in failing
    )


def may_hide_another(exercise: Exercise) -> bool:
    """Whether a known mistake ends every failing call: what comes behind it is never seen."""
    failing = [check for check in exercise.checks if not check.passed]
    known = {check.misconception for check in failing}
    return len(known) == 1 and all(
        c.verdict is Verdict.ERROR and c.misconception and not unsure(c.hint) and not is_composed(c)
        for c in failing
    )


def is_of_a_name(check: Check) -> bool:
    """Whether a name without a value ended the check: its message, or hint, names the slip."""
    compares = "`==`" in check.hint and not check.misconception
    is_named = "NameError" in check.message or compares
    return check.verdict is Verdict.ERROR and is_named and bool(check.hint)


def is_composed(check: Check) -> bool:
    """Whether a hint is put together of several mistakes, or fits parts of the answers only.

    One slip that explains the whole function is simpler, and likelier.
    """
    return " + " in check.misconception or check.misconception.endswith(IN_PART)
