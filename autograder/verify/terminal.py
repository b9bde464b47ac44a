"""A proof as plain text, for a terminal or a log file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from autograder.verify.proof import CheckRow, Fate, Proof
from autograder.verify.questions import STATEMENTS
from autograder.verify.told import Hint


def summary(proofs: Sequence[Proof]) -> str:
    """All proofs, problems last, and one line that says whether everything holds."""
    lines = [line for proof in proofs for line in _about(proof)]
    lines += [line for proof in proofs for line in _problems(proof)]
    seconds = sum(proof.seconds for proof in proofs)
    failed = [proof.assignment for proof in proofs if not proof.holds]
    verdict = f"NOT PROVEN: {', '.join(failed)}" if failed else "proven"
    return "\n".join([*lines, "", f"{verdict} ({seconds:.1f} s of computing)"])


def matrix(proof: Proof) -> str:
    """Misconceptions down, checks across: which check catches which mistake."""
    return "\n".join(line for name in proof.exercises for line in _table(proof, name))


def _about(proof: Proof) -> Iterator[str]:
    yield f"{proof.assignment}: {'proven' if proof.holds else 'NOT PROVEN'}"
    for kind, text in STATEMENTS.items():
        holds, asked = proof.claimed(kind)
        if asked:
            yield f"  {text}: {holds} of {asked}"
    if proof.mutants:
        fates = ", ".join(f"{proof.count(fate)} {fate}" for fate in Fate)
        yield f"  mutants: {len(proof.mutants)} made: {fates}"
    if proof.mutants and not proof.checks:
        count = f"{proof.count(Fate.SURVIVED)} of {len(proof.mutants)}"
        yield f"  its test cells let {count} mutants of the solution through"
    if proof.told:
        yield f"  hints for {len(proof.told)} slips that nobody registered, by what made them:"
        yield from (f"    {line}" for line in hint_lines(proof))
    if proof.blind:
        yield (
            f"  misconceptions that every documented example lets pass: {len(proof.blind)} ("
            + "; ".join(map(str, proof.blind))
            + ")"
        )
    if proof.redundant:
        yield f"  checks that catch nothing alone: {', '.join(proof.redundant)}"


def hint_lines(proof: Proof) -> Iterator[str]:
    """A line for each operator: how often each kind of hint is given."""
    rows = {**proof.hints, "all": dict(Counter(one.hint for one in proof.told))}
    for operator, counts in rows.items():
        said = ", ".join(f"{counts[hint]} {hint}" for hint in Hint if counts.get(hint))
        yield f"{operator}: {said}"


def _problems(proof: Proof) -> Iterator[str]:
    if proof.holds:
        return
    yield ""
    yield f"{proof.assignment}: {len(proof.problems)} to mend"
    for problem in proof.problems:
        yield f"  - {problem}"


def _table(proof: Proof, exercise: str) -> Iterator[str]:
    checks = [check for check in proof.checks if check.exercise == exercise]
    catches = [catch for catch in proof.catches if catch.exercise == exercise]
    yield ""
    yield exercise
    for number, check in enumerate(checks, 1):
        yield f"  {number:>2}  {check.id}: {check.title}{_note(check, proof)}"
    width = max((len(catch.name) for catch in catches), default=0)
    if catches:
        yield f"  {'':{width}}  " + " ".join(f"{n:>2}" for n in range(1, len(checks) + 1))
    for catch in catches:
        marks = " ".join(" x" if check.id in catch.checks else " ." for check in checks)
        yield f"  {catch.name:{width}}  {marks}"


def _note(check: CheckRow, proof: Proof) -> str:
    if check.public:
        return " (public)"
    return " (catches nothing alone)" if check.test in proof.redundant else ""
