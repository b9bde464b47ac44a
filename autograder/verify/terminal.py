"""A proof as plain text, for a terminal or a log file, in the language of the course."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from autograder.language.catalogue import Say, words
from autograder.language.ready_made import in_language
from autograder.verify.proof import CheckRow, Fate, Proof
from autograder.verify.questions import STATEMENTS
from autograder.verify.told import Hint


def summary(proofs: Sequence[Proof], language: str = "en") -> str:
    """All proofs, problems last, and one line that says whether everything holds."""
    say = words(language)
    lines = [line for proof in proofs for line in _about(proof, say)]
    lines += [line for proof in proofs for line in _problems(proof, say, language)]
    seconds = sum(proof.seconds for proof in proofs)
    failed = [proof.assignment for proof in proofs if not proof.holds]
    verdict = say("proven")
    if failed:
        verdict = say("NOT PROVEN: {names}").format(names=say(", ").join(failed))
    took = say("{verdict} ({seconds:.1f} s of computing)")
    return "\n".join([*lines, "", took.format(verdict=verdict, seconds=seconds)])


def matrix(proof: Proof, language: str = "en") -> str:
    """Misconceptions down, checks across: which check catches which mistake."""
    say = words(language)
    return "\n".join(line for name in proof.exercises for line in _table(proof, name, say))


def _about(proof: Proof, say: Say) -> Iterator[str]:
    verdict = say("proven") if proof.holds else say("NOT PROVEN")
    yield say("{name}: {message}").format(name=proof.assignment, message=verdict)
    for kind, text in STATEMENTS.items():
        holds, asked = proof.claimed(kind)
        if asked:
            line = say("{statement}: {holds} of {asked}")
            yield "  " + line.format(statement=say(text), holds=holds, asked=asked)
    if proof.mutants:
        fates = say(", ").join(f"{proof.count(fate)} {say(fate.value)}" for fate in Fate)
        made = say("mutants: {n} made: {fates}")
        yield "  " + made.format(n=len(proof.mutants), fates=fates)
    if proof.mutants and not proof.checks:
        alive = say("its test cells let {n} of {made} mutants of the solution through")
        yield "  " + alive.format(n=proof.count(Fate.SURVIVED), made=len(proof.mutants))
    if proof.told:
        told = say("hints for {n} slips that nobody registered, by what made them:")
        yield "  " + told.format(n=len(proof.told))
        yield from (f"    {line}" for line in hint_lines(proof, say))
    if proof.blind:
        blind = say("misconceptions that every documented example lets pass: {n} ({names})")
        names = say("; ").join(map(str, proof.blind))
        yield "  " + blind.format(n=len(proof.blind), names=names)
    if proof.redundant:
        line = say("checks that catch nothing alone: {names}")
        yield "  " + line.format(names=say(", ").join(proof.redundant))


def hint_lines(proof: Proof, say: Say = str) -> Iterator[str]:
    """A line for each operator: how often each kind of hint is given."""
    rows = {**proof.hints, say("all"): dict(Counter(one.hint for one in proof.told))}
    for operator, counts in rows.items():
        said = [f"{counts[hint]} {say(hint.value)}" for hint in Hint if counts.get(hint)]
        yield say("{name}: {message}").format(name=operator, message=say(", ").join(said))


def _problems(proof: Proof, say: Say, language: str) -> Iterator[str]:
    if proof.holds:
        return
    yield ""
    line = say("{name}: {n} to mend")
    yield line.format(name=proof.assignment, n=len(proof.problems))
    for problem in proof.problems:
        yield f"  - {in_language(problem, language)}"


def _table(proof: Proof, exercise: str, say: Say) -> Iterator[str]:
    checks = [check for check in proof.checks if check.exercise == exercise]
    catches = [catch for catch in proof.catches if catch.exercise == exercise]
    yield ""
    yield exercise
    for number, check in enumerate(checks, 1):
        line = say("{name}: {message}").format(name=check.id, message=check.title)
        yield f"  {number:>2}  {line}{_note(check, proof, say)}"
    width = max((len(catch.name) for catch in catches), default=0)
    if catches:
        yield f"  {'':{width}}  " + " ".join(f"{n:>2}" for n in range(1, len(checks) + 1))
    for catch in catches:
        marks = " ".join(" x" if check.id in catch.checks else " ." for check in checks)
        yield f"  {catch.name:{width}}  {marks}"


def _note(check: CheckRow, proof: Proof, say: Say) -> str:
    if check.public:
        return " " + say("(public)")
    return " " + say("(catches nothing alone)") if check.test in proof.redundant else ""
