"""Turns the graders' answers to each question into the claims of a proof."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from autograder.model import Check, Exercise, Verdict
from autograder.verify.answers import Verdicts
from autograder.verify.equivalent import Exceptions
from autograder.verify.proof import Blind, Catch, CheckRow, Claim, Fate, Proof, Tried
from autograder.verify.questions import Kind, Question
from autograder.verify.told import PAIR, Told, rate_hint

ROUNDED = 0.005  # an author writes 0.33 for a third
Answered = Sequence[tuple[Question, Verdicts]]


def judged(assignment: str, answered: Answered, listed: Exceptions, *, whole: bool) -> Proof:
    """The proof of one assignment.

    Listed exceptions that fit nothing count only for the `whole` assignment.
    """
    tried = [_tried(q, a, listed) for q, a in answered if q.kind is Kind.MUTANT]
    checks = _rows(answered)
    return Proof(
        assignment=assignment,
        exercises=tuple(dict.fromkeys(row.exercise for row in checks)),
        claims=tuple(c for q, a in answered for c in _claims(q, a, listed)),
        told=tuple(t for q, a in answered if q.kind is Kind.HINT and (t := _told(q, a))),
        blind=tuple(b for q, a in answered if _shows_catches(q) and (b := _blind(q, a))),
        mutants=tuple(tried),
        checks=checks,
        catches=tuple(_catch(q, a) for q, a in answered if _shows_catches(q)),
        idle=_idle(answered, tried, listed) if whole else (),
        seconds=round(sum(a.seconds for _, a in answered), 2),
    )


def _claims(question: Question, answer: Verdicts, listed: Exceptions) -> Iterator[Claim]:
    detail = answer.problem
    if question.kind not in (Kind.MUTANT, Kind.HINT):
        lost = "" if question.kind is Kind.KNOWS_NOTHING else answer.lost
        detail = detail or lost or _JUDGES[question.kind](question, answer)
        subject = (question.exercise, question.name)
        if question.kind is Kind.KNOWS_NOTHING and listed.lets_pass(*subject):
            detail = "" if detail else "is listed as one that earns something, but earns nothing"
        if question.kind is Kind.VARIANT and listed.excuses(*subject):
            detail = "" if detail else "is listed as inapplicable, but earns full marks"
        yield Claim(question.kind, str(question), not detail, detail)
    elif detail:
        yield Claim(question.kind, str(question), False, detail)


def _full_marks(question: Question, answer: Verdicts) -> str:
    """Empty when every check passed, or what failed."""
    return _failures(answer.checks)


def _nothing(question: Question, answer: Verdicts) -> str:
    return ""  # what contradicts these claims came as the answer's problem


def _misconception(question: Question, answer: Verdicts) -> str:
    assert question.version is not None
    own = [check for check in answer.checks if check.exercise == question.exercise]
    others = [check for check in answer.checks if check.exercise != question.exercise]
    problems = [_accepted(own) if not question.version.wrong else _caught(own, question.name)]
    if elsewhere := _failures(others):
        problems.append(f"costs another exercise too: {elsewhere}")
    return "; ".join(filter(None, problems))


def _accepted(own: Sequence[Check]) -> str:
    if failed := _failures(own):
        return f"is to be accepted with a remark, but fails {failed}"
    return "" if any(check.remark for check in own) else "earns no remark"


def _caught(own: Sequence[Check], name: str) -> str:
    failed = [check for check in own if not check.passed]
    if not failed:
        return "no check catches it"
    hinted = {check.misconception for check in failed if check.misconception}
    if not hinted:
        return "is caught, but no failing check gives its hint"
    if strangers := hinted - {name}:
        return f"the student reads the hint of {', '.join(sorted(strangers))} instead"
    return ""


def _term(question: Question, answer: Verdicts) -> str:
    if not _is_wrong(question):
        return _failures(answer.checks)
    return "" if _failures(answer.checks) else "no check catches it with that term's inputs"


def _submission(question: Question, answer: Verdicts) -> str:
    assert question.sample is not None
    wrong = []
    for exercise in answer.exercises:
        wanted = question.sample.expected(exercise.name)
        got = exercise.verdict if isinstance(wanted, Verdict) else round(exercise.fraction, 3)
        if not _meets(got, wanted):
            wrong.append(f"{exercise.name} came to {got}, expected {wanted}: {_first(exercise)}")
    return "; ".join(wrong)


def _meets(got: float | Verdict, wanted: float | Verdict) -> bool:
    if isinstance(got, Verdict) or isinstance(wanted, Verdict):
        return got == wanted
    return abs(got - wanted) < ROUNDED


def _first(exercise: Exercise) -> str:
    return _failures(exercise.checks) or "all checks passed"


def _earns_nothing(question: Question, answer: Verdicts) -> str:
    passed = [check for check in answer.checks if check.passed]
    if not passed:
        return ""
    share = sum(check.weight for check in passed) / sum(check.weight for check in answer.checks)
    more = f", and {len(passed) - 1} more" if len(passed) > 1 else ""
    return f"earns {share:.0%}: it passes {passed[0].id}{more}"


_JUDGES = {
    Kind.RELEASE: _nothing,
    Kind.REFERENCE: _full_marks,
    Kind.DOCUMENTED: _nothing,
    Kind.MISCONCEPTION: _misconception,
    Kind.ALTERNATIVE: _full_marks,
    Kind.VARIANT: _full_marks,
    Kind.SUBMISSION: _submission,
    Kind.TERM: _term,
    Kind.KNOWS_NOTHING: _earns_nothing,
}


def _failures(checks: Iterable[Check]) -> str:
    failed = [check for check in checks if not check.passed]
    if not failed:
        return ""
    first = failed[0]
    more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    return f"{first.id} ({first.verdict}: {first.message}){more}"


def _tried(question: Question, answer: Verdicts, listed: Exceptions) -> Tried:
    assert question.mutant is not None
    mutant = question.mutant
    fate, by = _fate(answer)
    if fate is Fate.SURVIVED and (reason := listed.reason(mutant)):
        fate, by = Fate.EQUIVALENT, reason
    return Tried(
        mutant.id, mutant.function, mutant.operator, mutant.line, mutant.before, mutant.after,
        fate, by, tuple(check.id for check in answer.checks if not check.passed),
    )  # fmt: skip


def _fate(answer: Verdicts) -> tuple[Fate, str]:
    if answer.lost:
        return Fate.KILLED, answer.lost
    for check in answer.checks:
        if not check.passed:
            return Fate.KILLED, check.id
    remarks = [check.remark for check in answer.checks if check.remark]
    return (Fate.NOTICED, remarks[0]) if remarks else (Fate.SURVIVED, "")


def _told(question: Question, answer: Verdicts) -> Told | None:
    """The hint that a student gets for a slip; None where no check fails or none gave a verdict."""
    mutant = question.mutant
    operator, line = (mutant.operator, mutant.line) if mutant else (PAIR, 0)
    own = (check for check in answer.checks if check.exercise == question.exercise)
    lost = _words(mutant.before) - _words(mutant.after) if mutant else frozenset()
    return rate_hint(question.name, operator, line, own, lost)


def _words(code: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d]\w*", code))


def _blind(question: Question, answer: Verdicts) -> Blind | None:
    """Where all public checks pass and a hidden one fails: ✓ in the notebook, points gone."""
    own = [check for check in answer.checks if check.exercise == question.exercise]
    public = [check for check in own if check.public]
    if not public or not all(check.passed for check in public) or all(c.passed for c in own):
        return None
    return Blind(question.exercise, question.name, tuple(check.title for check in public))


def _idle(answered: Answered, tried: Sequence[Tried], listed: Exceptions) -> tuple[str, ...]:
    """Entries of the list that excuse no survivor and no variant."""
    alive = {mutant.id for mutant in tried if mutant.fate is Fate.EQUIVALENT}
    mutants = [q.mutant for q, _ in answered if q.kind is Kind.MUTANT]  # once each, hints aside
    survivors = [mutant for mutant in mutants if mutant is not None and mutant.id in alive]
    variants = {(q.exercise, q.name) for q, _ in answered if q.kind is Kind.VARIANT}
    ignorant = {(q.exercise, q.name) for q, _ in answered if q.kind is Kind.KNOWS_NOTHING}
    strangers = [e for e in listed.earning if (e.function, e.answer) not in ignorant]
    unknown = [e for e in listed.inapplicable if (e.function, e.variant) not in variants]
    return (*listed.idle(survivors), *map(str, (*unknown, *strangers)))


def _rows(answered: Answered) -> tuple[CheckRow, ...]:
    for question, answer in answered:
        if question.kind is Kind.REFERENCE and answer.checks:
            return tuple(CheckRow(c.exercise, c.id, c.title, c.public) for c in answer.checks)
    return ()


def _shows_catches(question: Question) -> bool:
    return question.kind is Kind.MISCONCEPTION and _is_wrong(question)


def _is_wrong(question: Question) -> bool:
    return question.version is not None and question.version.wrong


def _catch(question: Question, answer: Verdicts) -> Catch:
    own = (c.id for c in answer.checks if c.exercise == question.exercise and not c.passed)
    return Catch(question.exercise, question.name, tuple(own))
