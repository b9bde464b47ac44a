"""Hints for mistakes that no author registered: found by repairing the student's function."""

from __future__ import annotations

import ast
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from autograder.judge.hint_matching import IN_PART
from autograder.judge.judge import Judge
from autograder.judge.rehearsal import Remembered
from autograder.judge.vocabulary import MOST_PLACES
from autograder.language.catalogue import unsure
from autograder.language.translation import Translation
from autograder.model import Check, Exercise, Verdict
from autograder.repair.at_sight import (
    never_read,
    never_used,
    overwritten,
    returns_nothing,
    rounds_alike,
)
from autograder.repair.candidates import VAGUE, Edit, cheapest
from autograder.repair.places import OwnFunction, filled_names, names_in, target_of
from autograder.repair.searching import Search
from autograder.repair.sentences import sentence
from autograder.repair.statements import Donor
from autograder.repair.trying import Trials, Versions
from autograder.repair.ways import Ways
from autograder.sandbox import SandboxError

_LOG = logging.getLogger(__name__)

A_SECOND = 1500  # versions, and steps: fixed numbers, so that a busy machine finds the same
PATIENCE = 5  # times the seconds granted, after which a slow function is left alone
PAIRS_FROM = 2.0  # seconds: two edits take several times as long as one
MOST_STEPS = 22_500  # of a submission, for all its repairs together
NET = 1.6  # of a submission's seconds since it began; its whole budget is 2
AT_LEAST = 0.6  # of them for the search, where cells and calls have used all that is theirs
FOR_A_CHECK = 0.5  # steps that a worker may take more for every check that it has judged
AT_ONCE = 4500  # steps that a worker may take in any case
FOR_ONE = 0.5  # of the steps: for one edit, where two are looked for afterwards
MOST_LINES = 4  # of which one is meant
COUNTING = {"count", "constant", "term extra", "term missing", "digit"}  # off by one, perhaps
HOPELESS = (Verdict.NOT_ATTEMPTED, Verdict.MISSING, Verdict.TIMEOUT, Verdict.MEMORY)


@dataclass(frozen=True)
class Slip:
    """One slip: its kind, and the nodes in whose lines it stands."""

    kind: str
    nodes: tuple[int, ...]  # places in ast.walk of the function
    name: str = ""
    either: bool = False  # one of these lines, and nobody knows which


@dataclass(frozen=True)
class Repair:
    """What repaired a function: one slip, or two."""

    slips: tuple[Slip, ...]
    source: str = ""  # of the repaired function

    @property
    def is_single(self) -> bool:
        return len(self.slips) == 1

    @property
    def is_vague(self) -> bool:
        """Whether it says less than the sentence on the exception."""
        return all(slip.kind in (*VAGUE, "call missing") for slip in self.slips)


class Repairer:
    """Searches repairs for the functions of one assignment; caches them by source."""

    def __init__(
        self, judge: Judge, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """With `PAIRS_FROM` seconds or more, two edits are tried where one does not repair.

        With fewer it takes a share of the class's work, and leaves the other functions alone:
        points are not to wait for hints. The work is counted in steps, so that a function gets the
        same hint on every machine; a search that the clock ends all the same gives none.
        """
        self._judge = judge
        self._seconds = seconds
        self._deep = seconds >= PAIRS_FROM
        self._known: Remembered[tuple[Repair | None]] = Remembered()
        self._once: set[object] = set()  # functions that could not be repaired in one notebook
        self._ways = Ways(judge)
        self._deadline = 0.0
        self._clock = clock
        self._left = 0  # steps of the submission
        self._spent = 0  # steps of all of them
        self._granted = float(AT_ONCE)

    def hinted(self, exercises: Sequence[Exercise], live: Versions) -> tuple[Exercise, ...]:
        """The exercises, with a hint for every function that one small edit repairs."""
        if self._seconds <= 0:
            return tuple(exercises)
        seconds = self._judge.course.submission_seconds
        self._deadline = max(live.time.began + NET * seconds, self._clock() + AT_LEAST * seconds)
        self._left = MOST_STEPS
        self._granted += FOR_A_CHECK * sum(len(exercise.checks) for exercise in exercises)
        return tuple(self._with_hint(e, live) if _needs_hint(e) else e for e in exercises)

    def _with_hint(self, exercise: Exercise, live: Versions) -> Exercise:
        try:
            own = OwnFunction(live.source_of(exercise.name), exercise.name)
        except (SyntaxError, LookupError, ValueError, RecursionError):
            return exercise
        if sum(1 for _ in ast.walk(own.node)) > MOST_PLACES:
            return exercise  # one of so many places would tell much
        donors = self._donors(exercise.name)
        if plain := returns_nothing(own, donors):
            return _with(exercise, self._judge.translation(plain))
        repair = self._known_or_found(exercise, own, live)
        is_hinted = any(check.hint for check in exercise.checks)
        say = self._judge.translation
        lost = overwritten(own, donors)  # two edits that make that good are a detour
        if repair is not None and not repair.is_vague and (repair.is_single or not lost):
            return _with(exercise, _told(repair, own, say))
        if fact := never_read(own, donors) or lost:
            return _with(exercise, say(fact), others=is_hinted)
        if alike := rounds_alike(own, donors):  # a fact, and perhaps not the slip
            return _with(exercise, say("Possibly: ") + say(alike), others=is_hinted)
        if repair is not None:
            return _with(exercise, _told(repair, own, say), others=is_hinted)
        if unused := never_used(own, donors):
            return _with(exercise, say("Possibly: ") + say(unused), others=is_hinted)
        return exercise

    def _donors(self, name: str) -> Sequence[Donor]:
        try:
            return self._ways.donors(name)
        except Exception:  # of an author's file; a hint is missing then
            _LOG.exception("no right version of %s was found", name)
            return []

    def _known_or_found(
        self, exercise: Exercise, own: OwnFunction, live: Versions
    ) -> Repair | None:
        failing = tuple(check.id for check in exercise.checks if not check.passed)
        key = (exercise.name, own.normalized, failing, tuple(sorted(live.files.items())))
        known = self._known.get(key)
        if known is None or not self._holds_here(known[0], own, exercise, live):
            if not self._may_search(live):
                return None
            try:
                repair = self._repair(own, exercise, live)
            except (SandboxError, MemoryError):
                raise
            except Exception:  # a fault of the search costs a hint and never a grade
                _LOG.exception("no repair of %s was found", exercise.name)
                repair = None
            if self._is_out_of_time(live):
                return None  # another machine may find another one
            if repair is None and self._left <= 0:
                return None  # for another student it may be found
            if repair is None and key not in self._once:
                self._once.add(key)  # another notebook's cells may have hindered it
                return None
            self._known[key] = (repair,)
        [repair] = self._known[key]
        return repair

    def _holds_here(
        self, repair: Repair | None, own: OwnFunction, exercise: Exercise, live: Versions
    ) -> bool:
        """Whether what repaired the same function in another notebook repairs it in this one.

        The other cells of a notebook decide what a function does, and could have been written to
        have others told a wrong slip.
        """
        if repair is None:
            return True
        trials = Trials(self._judge, live, exercise.name, exercise.checks)
        try:
            return trials.passes_all(repair.source)
        finally:
            trials.restore(own.with_splices())

    def _may_search(self, live: Versions) -> bool:
        """Whether the steps of the submission allow one more function to be searched."""
        if self._left <= 0 or self._is_out_of_time(live):
            return False
        return self._deep or self._spent < self._granted

    def _is_out_of_time(self, live: Versions) -> bool:
        return self._clock() > self._deadline or live.time.is_over

    def _repair(self, own: OwnFunction, exercise: Exercise, live: Versions) -> Repair | None:
        trials = Trials(self._judge, live, exercise.name, exercise.checks)
        most = int(A_SECOND * self._seconds)
        steps = min(PATIENCE * most, self._left)
        search = Search(
            own, trials, self._ways, most,
            lambda: trials.steps >= steps or self._is_out_of_time(live),
            (lambda: trials.steps >= FOR_ONE * steps) if self._deep else None,
        )  # fmt: skip
        try:
            if found := _direct(own, list(search.singles())):
                first = cheapest(found)
                simplest = search.simplest(first)
                one = None if simplest is first else Repair((_slip(own, simplest),))
                text = own.with_splices(simplest.splices)
                return replace(one or _chosen(own, found, search.is_right), source=text)
            is_paired = any(_is_composed(c) and not unsure(c.hint) for c in exercise.checks)
            pair = search.pair() if self._deep and not is_paired else None
        finally:
            trials.restore(own.with_splices())
            self._spent += trials.steps
            self._left -= trials.steps
        if pair is None:
            return None
        slips = [_slip(own, edit) for edit in pair.edits]
        return Repair(tuple(slips), source=pair.source)


def _told(repair: Repair, own: OwnFunction, say: Translation) -> str:
    """The sentences, with the lines that the slips have in this student's own layout."""
    nodes = list(ast.walk(own.node))
    texts = []
    for slip in repair.slips:
        found = (nodes[place] for place in slip.nodes)
        lines = [n.lineno for n in found if isinstance(n, ast.expr | ast.stmt)]
        texts.append(sentence(slip.kind, lines, slip.name, either=slip.either))
    return " ".join(dict.fromkeys(map(say, texts)))


def _needs_hint(exercise: Exercise) -> bool:
    """Whether an exercise fails, can be tried, and is not yet explained by a certain hint."""
    failing = [check for check in exercise.checks if not check.passed]
    if not failing or any(check.verdict in HOPELESS for check in failing):
        return False
    if all(map(_is_of_a_name, failing)):
        return False
    return any(
        not check.misconception or unsure(check.hint) or _is_composed(check) for check in failing
    )


def _is_of_a_name(check: Check) -> bool:
    """Whether a NameError ended the check: its message already names the slip."""
    return check.verdict is Verdict.ERROR and "NameError" in check.message and bool(check.hint)


def _is_composed(check: Check) -> bool:
    """Whether a hint is put together of several mistakes, or fits parts of the answers only.

    One slip that explains the whole function is simpler, and likelier.
    """
    return " + " in check.misconception or check.misconception.endswith(IN_PART)


def _with(exercise: Exercise, hint: str, *, others: bool = False) -> Exercise:
    """The exercise with one hint beside every check that fails, or beside those without one."""
    checks = (
        c if c.passed or (others and c.hint)
        else replace(c, hint=hint, section="", misconception="")
        for c in exercise.checks
    )  # fmt: skip
    return replace(exercise, checks=tuple(checks))


def _chosen(
    own: OwnFunction, found: Sequence[Edit], is_right: Callable[[ast.stmt], bool] = lambda _: False
) -> Repair:
    """The cheapest repair; the places alone where another line could be meant as well.

    What changes more places is no rival of what changes fewer. `is_right` says of a statement
    whether all its values are known to be right.
    """
    first = cheapest(found)
    others = [
        e for e in found
        if not set(e.lines) & set(first.lines)
        and len(e.splices) <= len(first.splices)
    ]  # fmt: skip
    if not others:
        around = [
            s.lineno for s in _gone_around(own, first)
            if first.kind == "name" or not is_right(s) or isinstance(s, ast.AugAssign)
        ]  # fmt: skip
        # A value that is right, and that nobody needs, is not what was to be put there; the parts
        # of a wrong sum may all occur on the right way.
        if counted := _counted(own, first):
            return Repair((Slip("count", _nodes(own, (*counted, *first.lines)), either=True),))
        if not around:
            return Repair((_slip(own, first),))
        return Repair((Slip("unsure", _nodes(own, (*around, *first.lines)), either=True),))
    kinds = {first.kind, *(e.kind for e in others)}
    kind = first.kind if len(kinds) == 1 else "count" if kinds <= COUNTING else "unsure"
    lines = dict.fromkeys(line for e in (first, *others) for line in e.lines)
    return Repair((Slip(kind, _nodes(own, [*lines][:MOST_LINES]), either=True),))


def _direct(own: OwnFunction, found: list[Edit]) -> list[Edit]:
    """The repairs without those that only stop reading a value that another one corrects."""
    return [e for e in found if not any(_goes_around(own, e, o) for o in found)] or found


def _goes_around(own: OwnFunction, edit: Edit, first: Edit) -> bool:
    """Whether an edit only stops reading a value that the other one corrects."""
    filled = {target_of(s) for s in own.statements if s.lineno in first.lines}
    changed = OwnFunction(own.with_splices(edit.splices), own.name)
    return bool(filled & set(own.read) - set(changed.read))


def _gone_around(own: OwnFunction, edit: Edit) -> list[ast.stmt]:
    """What a piece of the solution, or another name, makes useless: the slip may be there too.

    Not where the other name is of a variable that nothing else reads: that is what was forgotten.
    """
    if edit.kind not in (*VAGUE, "name"):
        return []
    changed = OwnFunction(own.with_splices(edit.splices), own.name)
    before, after = _made_use_of(own), _made_use_of(changed)
    if edit.kind == "name" and after - before:
        return []
    return [s for s in own.statements if target_of(s) in before - after]


def _made_use_of(own: OwnFunction) -> set[str]:
    """Names that are read, not only to put something into what they hold."""
    return {
        s.node.id for s in own.sites
        if isinstance(s.node, ast.Name)
        and not (s.path.startswith("/target") and s.node.id == target_of(s.statement))
    }  # fmt: skip


def _counted(own: OwnFunction, edit: Edit) -> list[int]:
    """Lines that add or take off a number where they fill what an edit counts by, or reads from.

    One too many in a line can be made good by one too few in another.
    """
    if edit.kind != "count":
        return []
    lines = set(edit.lines)
    read = (s for s in own.sites if s.node.lineno in lines and not s.path.startswith("/target"))
    touched = set().union(*(names_in(s.node) for s in read))
    return [
        s.lineno for s in own.statements
        if isinstance(s, ast.Assign) and s.lineno not in lines and touched & filled_names(s)
        and any(isinstance(n, ast.BinOp) and _is_off_by_a_number(n) for n in ast.walk(s))
    ]  # fmt: skip


def _is_off_by_a_number(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    whole = any(isinstance(n, ast.Constant) and isinstance(n.value, int) for n in sides)
    return whole and isinstance(node.op, ast.Add | ast.Sub)


def _slip(own: OwnFunction, edit: Edit) -> Slip:
    return Slip(edit.kind, _nodes(own, edit.lines), edit.name)


def _nodes(own: OwnFunction, lines: Sequence[int]) -> tuple[int, ...]:
    """A node for each line, by its place in the tree: layout and comments do not change that."""
    firsts: dict[int, int] = {}
    for place, node in enumerate(ast.walk(own.node)):
        if isinstance(node, ast.expr | ast.stmt):
            firsts.setdefault(node.lineno, place)
    return tuple(firsts[line] for line in dict.fromkeys(lines) if line in firsts)
