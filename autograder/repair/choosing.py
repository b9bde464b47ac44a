"""Which of the edits that repair a function is told, and in which lines it is said to be."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from autograder.handout.words import Text
from autograder.judge.hint_matching import WrongVersion
from autograder.language.translation import Translation
from autograder.repair.bypassing import bypassed, suspected
from autograder.repair.candidates import BETTER, VAGUE, Edit, cheapest
from autograder.repair.chains import ChainSearch
from autograder.repair.evident import counted
from autograder.repair.going_round import silence
from autograder.repair.handing_on import calculated_for, makes_good
from autograder.repair.needed import needed, needed_of_pair
from autograder.repair.pairing import BesideKnown, EditPair, Half, beside_known
from autograder.repair.places import (
    OwnFunction,
    original_line,
    own_word,
    target_of,
    words_in,
)
from autograder.repair.rivals import rivals
from autograder.repair.sentences import sentence
from autograder.repair.trying import Trials

MOST_LINES = 4  # of which one is meant
SURE = 2  # slips of which none goes round another one
OF_AXES = ("colon", "index missing", "index extra")
OF_TERMS = {"term extra", "term missing"}
OF_NAMES = ("name", "names", "target", "returned", *VAGUE)  # what an unknown name looks like
COUNTING = OF_TERMS | {"count", "constant", "digit"}  # off by one, perhaps


@dataclass(frozen=True)
class Slip:
    """One slip: its kind, and the nodes in whose lines it stands."""

    kind: str
    nodes: tuple[int, ...]  # places in ast.walk of the function without its docstring
    name: str = ""
    either: bool = False  # one of these lines, and nobody knows which


@dataclass(frozen=True)
class Repair:
    """What repaired a function: one slip, or two."""

    slips: tuple[Slip, ...]
    source: str = ""  # of the repaired function
    known: WrongVersion | None = None  # a mistake that is left in it, beside the slip
    proof: str = ""  # the function with that mistake repaired, too
    is_certain: bool = True  # or else that mistake alone is told, as a possibility

    @property
    def hidden(self) -> Repair | None:
        """The second slip alone, which an exception of the first one hides."""
        if self.known is not None:
            is_sure = self.proof or (self.is_certain and len(self.known.versions) > 1)
            return replace(self, slips=()) if is_sure else None  # no accident gives two of them
        if len(self.slips) < 2:
            return None
        first, *others = self.slips
        vague = (*VAGUE, "call missing")
        held = set(first.nodes) if first.kind in vague else set()
        if any(slip.kind in vague or held & set(slip.nodes) for slip in others):
            return None  # two edits may be a way around one slip that no edit mends
        return replace(self, slips=tuple(others))

    @property
    def is_single(self) -> bool:
        return len(self.slips) == 1 and self.known is None

    @property
    def is_vague(self) -> bool:
        """Whether it says less than the sentence on the exception."""
        return all(slip.kind in (*VAGUE, "call missing") for slip in self.slips)


@dataclass(frozen=True)
class Partly:
    """What is known of a function that nothing repairs as a whole."""

    slips: tuple[Slip, ...]
    astray: tuple[int, ...] = ()  # nodes of the statements where it goes astray behind these
    name: str = ""  # of the variable that is wrong there
    is_all: bool = False  # together they repair it


def told(
    repair: Repair, own: OwnFunction, say: Translation, language: str,
    unknown: Sequence[Text] = (),
) -> str:  # fmt: skip
    """The sentences, with the lines that the slips have in this student's own layout.

    `unknown` are sentences on names of the function that nobody can know: where an edit reads
    another variable in such a line, that says more.
    """
    nodes = list(ast.walk(own.bare))
    texts = []
    for slip in repair.slips:
        found = (nodes[place] for place in slip.nodes)
        lines = [n.lineno for n in found if isinstance(n, ast.expr | ast.stmt)]
        named = [text for text in unknown if text.parts["line"] in lines]
        is_of_a_name = slip.kind in OF_NAMES and bool(named)
        said = sentence(slip.kind, lines, slip.name, either=slip.either)
        texts += named if is_of_a_name else [said]
    known = [repair.known.hint(language)] if repair.known is not None else []
    sentences = " ".join(dict.fromkeys([*known, *map(say, texts)]))
    return sentences if repair.is_certain else say("Possibly: ") + sentences


def chosen(
    own: OwnFunction, found: Sequence[Edit], is_right: Callable[[ast.stmt], bool] = lambda _: False
) -> Repair:
    """The cheapest repair; the places alone where another line could be meant as well.

    What changes more places is no rival of what changes fewer. `is_right` says of a statement
    whether all its values are known to be right.
    """
    first = cheapest(found)
    others = [
        e for e in found
        if not set(e.lines) & set(first.lines) and e.cost < first.cost + BETTER
        and len(e.splices) <= (1 if first.kind == "moved" else len(first.splices))
    ]  # fmt: skip
    if not others:
        around = [
            s.lineno for s in _gone_around(own, first)
            if first.kind == "name" or not is_right(s) or isinstance(s, ast.AugAssign)
        ]  # fmt: skip
        # A value that is right, and that nobody needs, is not what was to be put there; the parts
        # of a wrong sum may all occur on the right way.
        if off := counted(own, first):
            return Repair((Slip("count", nodes_of_lines(own, (*off, *first.lines)), either=True),))
        if not around:
            return Repair((slip_of(own, first),))
        return Repair((Slip("unsure", nodes_of_lines(own, (*around, *first.lines)), either=True),))
    kinds = {first.kind, *(e.kind for e in others)}
    is_counted = kinds <= COUNTING and not kinds <= OF_TERMS
    kind = first.kind if len(kinds) == 1 else "count" if is_counted else "unsure"
    lines = dict.fromkeys(line for e in (first, *others) for line in e.lines)
    return Repair((Slip(kind, nodes_of_lines(own, [*lines][:MOST_LINES]), either=True),))


def direct(own: OwnFunction, found: list[Edit]) -> list[Edit]:
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


def replaced_lines(own: OwnFunction, edit: Edit) -> frozenset[int]:
    """The lines of the statements for which a piece of the solution stands: two slips, perhaps."""
    if edit.kind == "donor":
        here = [s for s in own.statements if set(edit.lines) & set(_lines(s))]
        here += _gone_around(own, edit)
    elif edit.kind in ("missing", "missing below"):
        [new] = edit.splices
        filled = {target_of(s) for s in ast.parse(textwrap.dedent(new.text)).body} - {""}
        here = [s for s in own.statements if target_of(s) in filled]
    else:
        return frozenset()
    if all(isinstance(s, ast.Assign) and isinstance(s.value, ast.Name) for s in here):
        return frozenset()  # a name alone holds no two slips
    return frozenset(n for s in here for n in _lines(s))


def _lines(statement: ast.stmt) -> range:
    """Those of a statement itself; of a loop or a condition, its first."""
    last = statement.lineno if hasattr(statement, "body") else statement.end_lineno
    return range(statement.lineno, (last or statement.lineno) + 1)


def _made_use_of(own: OwnFunction) -> set[str]:
    """Names that are read, not only to put something into what they hold."""
    return {
        s.node.id for s in own.sites
        if isinstance(s.node, ast.Name)
        and not (s.path.startswith("/target") and s.node.id == target_of(s.statement))
    }  # fmt: skip


def slip_of(own: OwnFunction, edit: Edit) -> Slip:
    return Slip(edit.kind, nodes_of_lines(own, edit.lines), edit.name)


def nodes_of_lines(own: OwnFunction, lines: Sequence[int]) -> tuple[int, ...]:
    """A node for each line, by its place in the tree: layout and comments do not change that."""
    firsts: dict[int, int] = {}
    for place, node in enumerate(ast.walk(own.bare)):
        if isinstance(node, ast.expr | ast.stmt):
            firsts.setdefault(node.lineno, place)
    return tuple(firsts[line] for line in dict.fromkeys(lines) if line in firsts)


def repaired(
    own: OwnFunction, trials: Trials, search: ChainSearch, *, is_deep: bool, is_paired: bool
) -> Repair | None:
    """What is told of a function: one slip, or with `is_deep` two where one does not do.

    `is_paired`: two known mistakes explain it, and one slip alone could be simpler.
    """
    if found := direct(own, list(search.singles())):
        found = without_detours(inside_first(own, search.weighed(found)))
        first = cheapest(found)
        lines = replaced_lines(own, first) if is_deep else frozenset()
        is_anew = first.kind != "donor" or bool(_gone_around(own, first))
        two = of_two_within(own, trials, search, lines, is_anew) if lines else None
        return two or of_one(own, search, found)
    return of_two(own, trials, search) if is_deep and not is_paired else None


def inside_first(own: OwnFunction, found: Sequence[Edit]) -> list[Edit]:
    """The repairs without those that only make good what a function that is called has wrong."""
    return [e for e in found if not (makes_good(own, e.kind, e.lines) or bypassed(own, e))] or list(
        found
    )


def without_detours(found: Sequence[Edit]) -> list[Edit]:
    """The repairs without exchanges of two names, in one of whose places another name would do."""
    alone = [e for e in found if e.kind == "name" and len(e.splices) == 1]
    return [
        e for e in found
        if not (
            e.kind == "names"
            and any(set(o.lines) < set(e.lines) and o.cost < e.cost + BETTER for o in alone)
        )
    ]  # fmt: skip


def of_one(own: OwnFunction, search: ChainSearch, found: Sequence[Edit]) -> Repair:
    """What is told of the edits each of which repairs alone."""
    first = cheapest(found)
    if (call := _suspicious_call(own, first)) is not None:
        return Repair((call,), source=own.with_splices(first.splices))
    simplest = search.simplest(first)
    one = None if simplest is first else Repair((slip_of(own, simplest),))
    text = own.with_splices(simplest.splices)
    if one is None:
        found = [*found, *rivals(own, search, found)]
    return replace(one or chosen(own, found, search.is_right), source=text)


def _suspicious_call(own: OwnFunction, edit: Edit) -> Slip | None:
    """The slip in a call whose function may be what is wrong."""
    if (call := bypassed(own, edit) or suspected(own, edit)) is not None:
        return Slip("bypassed", nodes_of_lines(own, [call[0]]), call[1])
    name = calculated_for(own, edit.kind, edit.lines)
    return Slip("bypassed", nodes_of_lines(own, edit.lines), name) if name else None


def of_two(own: OwnFunction, trials: Trials, search: ChainSearch) -> Repair | None:
    """What is told where no edit repairs alone."""
    beside = beside_known(own, trials, search.tried, search.proof)
    if beside is not None and silence(own, beside.edits, beside.source, trials):
        beside = None
    if beside is not None and beside.is_certain:
        return _beside(own, trials, search, beside)
    pair = search.several()
    pair = needed_of_pair(own, trials, pair) if pair is not None else None
    two = slips_of(own, search.unhidden(pair)) if pair is not None else None
    if two is not None and not all(slip.either for slip in two.slips):
        return two
    is_shown = beside is not None and _is_shown(own, beside)
    return _beside(own, trials, search, beside) if beside is not None and is_shown else None


def _is_shown(own: OwnFunction, beside: BesideKnown) -> bool:
    """Whether a known mistake that no right answer shows is left by what mends something.

    What only leaves unread a variable that the function has made gives its answers as well: of a
    function that does take the step, which is wrong in some other way.
    """
    return beside.is_certain or not any(_unread_after(own, edit) for edit in beside.edits)


def _unread_after(own: OwnFunction, edit: Edit) -> set[str]:
    """The variables that an edit leaves without a reader."""
    changed = OwnFunction(own.with_splices(edit.splices), own.name)
    return {target_of(s) for s in own.statements} & (_made_use_of(own) - _made_use_of(changed))


def of_two_within(
    own: OwnFunction, trials: Trials, search: ChainSearch, lines: Collection[int], is_anew: bool
) -> Repair | None:
    """What is told of two slips in lines for which a piece of the solution would do, too.

    `is_anew`: the piece is a step of the solution that replaces what they have computed.
    """
    beside = beside_known(own, trials, search.tried, search.proof, lines)
    if beside is not None and beside.is_certain:
        return _beside(own, trials, search, beside)
    if pair := search.two_within(lines):
        return slips_of(own, search.unhidden(needed_of_pair(own, trials, pair)))
    two = of_two(own, trials, search) if is_anew else None
    is_told = two is not None and two.is_certain and all(s.kind not in VAGUE for s in two.slips)
    return two if is_told else None


def moved_slip(own: OwnFunction, version: OwnFunction, slip: Slip) -> Slip:
    """A slip of a version that has the same lines, in the student's own function."""
    nodes, ahead = list(ast.walk(version.bare)), own.first_line - version.first_line
    found_at = [nodes[place].lineno for place in slip.nodes]  # type: ignore[attr-defined]
    lines = [line + ahead for line in found_at]
    name = own_word(slip.name, words_in(own, lines), words_in(version, found_at))
    return replace(slip, nodes=nodes_of_lines(own, lines), name=name)


def _beside(own: OwnFunction, trials: Trials, search: ChainSearch, beside: BesideKnown) -> Repair:
    leaves = partial(_leaves, own, trials, beside.known)
    edits = without_detours([needed(own, edit, leaves) for edit in beside.edits])
    slips = chosen(own, edits, search.is_right).slips if beside.is_certain else ()
    return Repair(slips, beside.source, beside.known, beside.proof, beside.is_certain)


def _leaves(own: OwnFunction, trials: Trials, known: WrongVersion, edit: Edit) -> bool:
    """Whether an edit leaves a known mistake, and nothing else that is wrong."""
    source = own.with_splices(edit.splices)
    return trials.gain_beside(own.with_splices(), source, known) is not None


def slips_of(own: OwnFunction, pair: EditPair) -> Repair:
    """What is told of several edits: of each, where it is meant in the student's own function.

    Of more than two, one that takes another axis only fits what another slip has left, perhaps.
    """
    slips = [slip for half in pair.halves for slip in _of_half(own, half)]
    if len(slips) > SURE:
        slips = [slip for slip in slips if slip.kind not in OF_AXES] or slips
    return Repair(tuple(slips), source=pair.source)


def _of_half(own: OwnFunction, half: Half) -> list[Slip]:
    call = _suspicious_call(half.own, cheapest(half.edits))
    edits = direct(half.own, list(half.edits))
    found = (call,) if call else chosen(half.own, edits, half.is_right).slips
    if half.own is own:
        return list(found)
    nodes = list(ast.walk(half.own.bare))
    ahead = own.first_line - half.own.first_line
    slips = []
    for slip in found:
        found_at = [nodes[place].lineno for place in slip.nodes]  # type: ignore[attr-defined]
        lines = [original_line(own, half.mended, line + ahead) for line in found_at]
        name = own_word(slip.name, words_in(own, lines), words_in(half.own, found_at))
        slips.append(replace(slip, nodes=nodes_of_lines(own, lines), name=name))
    return slips
