"""Two slips in one function: what repaired one of them, and what is left."""

import pytest

from autograder.repair.candidates import Edit
from autograder.repair.pairing import beside_known, independent
from autograder.repair.places import OwnFunction, Splice, in_original
from autograder.repair.profiles import PartialRepairs

pytestmark = pytest.mark.quick

CELL = '# mine\ndef f(x):\n    a = x + 1\n    b = x - 2\n    return {"a": a, "b": b}\n'
OWN = OwnFunction(CELL, "f")


def splice(own, old, new):
    place = own._bytes.decode().index(old)
    return Splice(place, place + len(old), new)


@pytest.mark.parametrize(("first", "second"), [("x + 1", "x - 2"), ("x - 2", "x + 1")])
def test_a_second_edit_is_found_again_in_the_function_without_the_first(first, second):
    one = (splice(OWN, first, "x * 1000"),)
    version = OwnFunction(OWN.with_splices(one), "f")
    other = (splice(version, second, "7"),)
    [back] = in_original(OWN, one, other)
    assert OWN.with_splices((*one, back)) == version.with_splices(other)
    assert in_original(OWN, one, (splice(version, "1000", "1"),)) is None


class Passing:
    """Trials that know which versions pass, or are like a known mistake."""

    def __init__(self, *sources, wanted=(), better=(), like=()):
        self.passing = sources
        self.notes = PartialRepairs({place: None for place in wanted}, {}, ())
        self.notes.better = {s: frozenset(places) for s, places in better}
        self.notes.like = list(like)

    is_quick, gain = True, True

    def passes_all(self, source):
        return source in self.passing

    def gain_beside(self, own, source, known):
        return self.gain if (source, known.name) in self.passing else None


def version(*splices):
    return OWN.with_splices(splices)


def test_two_edits_that_repair_other_parts_are_tried_together_the_cheapest_first():
    a, dear, b = (splice(OWN, *change) for change in
                  (("x + 1", "x"), ("x + 1", "x + 0"), ("x - 2", "x")))  # fmt: skip
    edits = [Edit((a,), "term extra", 1.5, (3,)), Edit((dear,), "constant", 3.0, (3,)),
             Edit((b,), "term extra", 1.6, (4,))]  # fmt: skip
    tried = {version(*edit.splices): edit for edit in edits}
    better = [(version(a), "a"), (version(dear), "a"), (version(b), "b")]
    trials = Passing(version(a, b), version(dear, b), wanted="ab", better=better)
    pair = independent(OWN, trials, tried, lambda _: False)
    assert [list(half.edits) for half in pair.halves] == [[edits[0]], [edits[2]]]
    assert pair.source == version(a, b)
    assert independent(OWN, Passing(wanted="ab", better=better), tried, None) is None


class Known:
    def __init__(self, name, hint):
        self.name = name
        self.versions = [type("Version", (), {"hint": hint})]


def beside(trials, tried, proof=""):
    return beside_known(OWN, trials, tried, lambda _: proof)


def test_a_mistake_is_left_where_all_answers_are_that_mistake_s():
    edit = Edit((splice(OWN, "x + 1", "x"),), "sign", 1.5, (3,))
    source = version(*edit.splices)
    one, other = Known("one", "First."), Known("other", "Second.")
    like = [(source, one), (source, other)]
    found = beside(Passing((source, "one"), like=like), {source: edit})
    assert found.known is one and found.edits == [edit]
    assert beside(Passing((source, "one"), (source, "other"), like=like), {source: edit}) is (
        None
    )  # nobody knows which of them it is
    assert beside(Passing(like=like), {source: edit}) is None


@pytest.mark.parametrize("kind", ["donor", "target", "extra"])
def test_no_edit_that_lets_go_of_a_line_is_told_beside_a_known_mistake(kind):
    """The line may be the wrong one, and the mistake another one than it seems then."""
    edit = Edit((splice(OWN, "x + 1", "x"),), kind, 1.5, (3,))
    source = version(*edit.splices)
    like = [(source, Known("one", "First."))]
    assert beside(Passing((source, "one"), like=like), {source: edit}) is None


@pytest.mark.parametrize("cell", [CELL, CELL.replace("a = x + 1", "a = x\n    a += x + 1")])
def test_an_edit_is_no_evidence_beside_a_known_mistake_if_its_line_could_have_no_effect(cell):
    own = OwnFunction(cell, "f")
    line = cell[: cell.index("x + 1")].count("\n") + 1
    edit = Edit((splice(own, "x + 1", "x - x"),), "name", 1.5, (line,))
    source = own.with_splices(edit.splices)
    idle = own.with_splices().replace("    a += x + 1", "    pass").replace("= x + 1", "= 0")
    like = [(source, Known("one", "First."))]
    for known, is_told in ([(source, "one")], True), ([(source, "one"), (idle, "one")], False):
        found = beside_known(own, Passing(*known, like=like), {source: edit}, lambda _: "")
        assert (found is not None) == is_told


@pytest.mark.parametrize(("lines", "is_told"), [((3, 4, 4, 5), True), ((2, 3, 4, 5), False)])
def test_answers_that_edits_of_many_lines_give_are_no_sign_of_a_known_mistake(lines, is_told):
    """A round that is searched for nothing gives the answers of one that is forgotten."""
    known = Known("one", "First.")
    tried = {
        version(splice(OWN, "x + 1", f"x + {n}")): Edit((), "sign", 1.5 + n, (line,))
        for n, line in enumerate(lines, 2)
    }
    like = [(source, known) for source in tried]
    trials = Passing(*((source, "one") for source in tried), like=like)
    assert (beside(trials, tried) is not None) == is_told


ONE, OTHER = Known("one", "First."), Known("other", "Second.")


@pytest.mark.parametrize(
    ("kind", "gain", "proof", "is_certain"),
    [
        ("factor extra", True, "", None),  # what is left out may be half of what belongs there
        ("moved", True, "", None),
        ("factor extra", False, "both", True),
        ("sign", True, "", True),
        ("sign", False, "both", True),
        ("sign", False, "", False),
    ],
)
def test_a_mistake_is_certain_where_a_second_edit_repairs_it_or_the_first_makes_more_right(
    kind, gain, proof, is_certain
):
    edit = Edit((splice(OWN, "x + 1", "x"),), kind, 1.5, (3,))
    source = version(*edit.splices)
    trials = Passing((source, "one"), like=[(source, ONE)])
    trials.gain = gain
    found = beside(trials, {source: edit}, proof)
    assert (found and found.is_certain) == is_certain
    assert found is None or found.proof == proof


@pytest.mark.parametrize("is_both", [True, False])
def test_of_two_edits_that_leave_other_mistakes_none_is_told_unless_both_repair(is_both):
    a, b = splice(OWN, "x + 1", "x"), splice(OWN, "x - 2", "x")
    tried = {version(a): Edit((a,), "sign", 1.5, (3,)), version(b): Edit((b,), "sign", 1.6, (4,))}
    like = [(version(a), ONE), (version(b), OTHER)]
    both = [version(a, b)] if is_both else []
    trials = Passing((version(a), "one"), (version(b), "other"), *both, like=like)
    assert (beside(trials, tried) is not None) == is_both
