"""Which of several repairs is told, and where more than one line may be meant."""

import numpy as np
import pytest

from autograder.handout.words import Text
from autograder.repair.candidates import Edit
from autograder.repair.choosing import (
    Repair,
    chosen,
    of_one,
    of_two,
    of_two_within,
    replaced_lines,
    slip_of,
    slips_of,
    told,
    without_detours,
)
from autograder.repair.pairing import BesideKnown, EditPair, Half
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.searching import PairSearch
from autograder.repair.traces import BROKE

pytestmark = pytest.mark.quick

OWN = OwnFunction("def f(x):\n    y = x\n    return y\n", "f")


def test_two_lines_that_could_both_be_meant_are_both_named():
    found = [Edit((), "sign", 1.2, (2,)), Edit((), "sign", 1.3, (3,))]
    [one] = chosen(OWN, found).slips
    assert one.either and one.kind == "sign" and len(one.nodes) == 2
    assert chosen(OWN, [*found[:1], Edit((), "key", 1.3, (3,))]).slips[0].kind == "unsure"
    assert not chosen(OWN, [*found[:1], Edit((), "key", 1.3, (2,))]).slips[0].either


def test_no_exchange_of_two_names_is_told_where_another_name_in_one_of_the_places_does():
    splices = (Splice(20, 21, "y"), Splice(30, 31, "x"))
    exchange = Edit(splices, "names", 2.6, (2, 3), "x")
    alone = Edit((Splice(30, 31, "z"),), "name", 2.7, (3,), "y")
    elsewhere = Edit((Splice(40, 41, "z"),), "name", 2.7, (4,), "y")
    assert without_detours([exchange, alone]) == [alone]
    assert without_detours([exchange, elsewhere]) == [exchange, elsewhere]


THREE = OwnFunction("def f(x):\n    y = x\n    z = y\n    return z\n", "f")


def test_all_lines_that_could_be_meant_are_named():
    found = [Edit((), "sign", 1.2 + line / 10, (line,)) for line in (2, 3, 4)]
    [one] = chosen(THREE, found).slips
    assert one.either and one.kind == "sign" and len(one.nodes) == 3
    [one] = chosen(THREE, [*found[:2], Edit((), "key", 1.7, (4,))]).slips
    assert one.kind == "unsure" and len(one.nodes) == 3


GOING_AROUND = OwnFunction("def f(x):\n    y = x + 1\n    z = 2 * y\n    return z\n", "f")


def test_a_piece_of_the_solution_that_makes_a_line_above_useless_names_both():
    """Line 2 may be the wrong one: with 2 * x in line 3 nobody reads it any more."""
    begin = GOING_AROUND.with_splices().index("2 * y")
    around = Edit((Splice(begin, begin + 5, "2 * x"),), "donor", 3.5, (3,))
    [one] = chosen(GOING_AROUND, [around]).slips
    assert one.either and one.kind == "unsure" and len(one.nodes) == 2
    [one] = chosen(GOING_AROUND, [around], lambda s: s.lineno == 2).slips
    assert not one.either and one.kind == "donor"  # line 2 is known to be right
    within = Edit((Splice(begin, begin + 5, "3 * y"),), "donor", 3.5, (3,))
    [one] = chosen(GOING_AROUND, [within]).slips
    assert not one.either and one.kind == "donor"


def test_a_name_that_nobody_reads_any_more_may_be_wrong_where_it_gets_its_value():
    """`y` is right and of no use with x in line 3: perhaps x belongs into it."""
    begin = GOING_AROUND.with_splices().index("2 * y") + 4
    other = Edit((Splice(begin, begin + 1, "x"),), "name", 1.9, (3,), "y")
    [one] = chosen(GOING_AROUND, [other], lambda s: s.lineno == 2).slips
    assert one.either and one.kind == "unsure" and len(one.nodes) == 2
    forgotten = OwnFunction("def f(x):\n    y = x + 1\n    w = 2 * y\n    return y\n", "f")
    begin = forgotten.with_splices().index("return y") + 7
    other = Edit((Splice(begin, begin + 1, "w"),), "name", 1.1, (4,), "y")
    [one] = chosen(forgotten, [other]).slips
    assert not one.either and one.kind == "name"  # w was made to be read


@pytest.mark.parametrize(
    "filled",
    [
        "    y = 0 * x\n    for k in range(2):\n        y[k] = abs(x[k])\n",
        "    y = 0\n    for k in x:\n        y += k\n",
    ],
    ids=["entries", "sum"],
)
def test_a_piece_of_the_solution_at_the_end_names_all_lines_that_fill_what_nobody_needs_then(
    filled,
):
    """What is put into a variable is no use of it; the parts of a wrong sum may all be right."""
    own = OwnFunction(f"def f(x):\n{filled}    return y\n", "f")
    begin = own.with_splices().index("return y") + 7
    around = Edit((Splice(begin, begin + 1, "abs(x)"),), "donor", 4.5, (5,))
    [one] = chosen(own, [around], lambda s: s.lineno in (3, 4) and "+=" in filled).slips
    assert one.either and one.kind == "unsure" and len(one.nodes) == 3


ASKEW = OwnFunction(
    "def f(x):\n    n = len(x) - 1\n    b = 0 * x\n    for k in range(n):\n"
    "        b[k] = x[k]\n    return b\n",
    "f",
)


def test_one_round_too_few_may_be_a_mistake_in_the_number_of_rounds():
    longer = Edit((), "count", 1.8, (4,), "")
    [one] = chosen(ASKEW, [longer]).slips
    assert one.either and one.kind == "count" and len(one.nodes) == 2
    [one] = chosen(ASKEW, [Edit((), "sign", 1.8, (4,), "")]).slips
    assert not one.either


def test_what_changes_more_places_is_no_rival_of_what_changes_fewer():
    places = (Splice(0, 1, ""), Splice(2, 3, ""))
    found = [Edit(places[:1], "op", 1.8, (2,)), Edit(places, "factor missing", 1.9, (3,))]
    [one] = chosen(OWN, found).slips
    assert not one.either and one.kind == "op"


def test_one_too_many_here_or_one_too_few_there_is_said_as_that():
    found = [Edit((), "count", 1.2, (2,)), Edit((), "term extra", 1.3, (3,))]
    [one] = chosen(OWN, found).slips
    assert one.kind == "count" and one.either
    terms = [Edit((), "term missing", 1.2, (2,)), found[1]]  # of no number, perhaps
    [one] = chosen(OWN, terms).slips
    assert one.kind == "unsure" and one.either


def test_a_name_alone_holds_no_two_slips():
    own = OwnFunction("def f(x, y):\n    low = x\n    high = x + y\n    return low, high\n", "f")
    donor = {line: Edit((), "donor", 4.0, (line,)) for line in (2, 3)}
    assert replaced_lines(own, donor[2]) == frozenset()
    assert replaced_lines(own, donor[3]) == {3}


STEP = OwnFunction(
    """# mine
def step(W, grad, v, beta, rate):
    # the step is missing
    W = W + rate * v
    return W, v
""",
    "step",
)
MISSING = "    v = beta * v\n    v = v + grad\n"


def lines_told(own, first, line, kind="sign"):
    """The sentences on two edits of which the second was found in the version with the first."""
    version = OwnFunction(own.with_splices((first,)), own.name)
    one = Half(own, [Edit((first,), "missing", 3.0, (4,))], lambda _: False)
    begin = version.with_splices().index("W + rate")
    other = Edit((Splice(begin, begin + 1, "W"),), kind, 1.0, (line,))
    two = Half(version, [other], lambda _: False, (first,))
    return told(slips_of(own, EditPair((one, two), "")), own, str, "en")


def test_a_second_slip_has_its_own_line_where_the_first_edit_puts_lines_in_or_takes_some_away():
    place = STEP.line_start(STEP.body[0])
    assert lines_told(STEP, Splice(place, place, MISSING), 5) == (
        "Line 4: a step is missing above this line. "
        "Line 4: look at the signs: what is added here, and what is taken off?"
    )
    end = STEP.after(STEP.body[0])
    assert lines_told(STEP, Splice(end, end, MISSING), 3).endswith(KINDS_SIGN.format(4))
    assert lines_told(STEP, Splice(end, end, MISSING), 6).endswith(KINDS_SIGN.format(5))
    comment = STEP.with_splices().index("    # the step") + STEP.start(STEP.node)
    gone = Splice(comment, place, "")
    assert lines_told(STEP, gone, 2).endswith(KINDS_SIGN.format(4))


def test_a_word_that_only_the_first_edit_has_put_into_a_line_is_not_told():
    begin = STEP.with_splices().index("W + rate") + STEP.start(STEP.node)
    first = Splice(begin, begin + 1, "beta")
    version = OwnFunction(STEP.with_splices((first,)), STEP.name)
    one = Half(STEP, [Edit((first,), "key", 3.0, (4,), "W")], lambda _: False)
    for name, words in (("beta", "another variable"), ("rate", "`rate` is not the variable")):
        two = Half(version, [Edit((), "name", 1.0, (3,), name)], lambda _: False, (first,))
        both = told(slips_of(STEP, EditPair((one, two), "")), STEP, str, "en")
        assert both.startswith("Line 4: the key `W`") and f" Line 4: {words}" in both


def test_of_statements_that_share_a_line_the_one_that_an_edit_changes_is_looked_at():
    own = OwnFunction("def f(x):\n    a = 1; y = x + 2\n    return a * y\n", "f")
    begin = own.with_splices().index("x + 2")
    edit = Edit((Splice(begin, begin + 1, "2 * x"),), "factor missing", 2.0, (2,))
    held: list[str] = []

    class Search:
        is_right = staticmethod(lambda statement: False)
        at_the_source = staticmethod(lambda _: edit)
        simplest = staticmethod(lambda found: found)
        exchanged = across_a_call = staticmethod(lambda first: [])
        evidence = type("Evidence", (), {"holds": staticmethod(held.append)})

    begin = own.with_splices().index("a * y") + 4
    read = Edit((Splice(begin, begin + 1, "(y + x)"),), "term missing", 2.0, (3,))
    of_one(own, Search(), [read])
    assert held == ["y"]


KINDS_SIGN = "Line {}: look at the signs: what is added here, and what is taken off?"


def test_of_two_slips_in_a_few_lines_the_one_that_raises_is_told_first():
    """What follows an author's words on an exception is the second one alone."""
    halves = [Half(OWN, [Edit((), kind, 1.0, (2,))], lambda _: False) for kind in ("sign", "op")]

    class Search:
        tried = ()
        two_within = staticmethod(lambda lines: EditPair(tuple(halves), ""))
        proof = staticmethod(lambda edit: "")
        unhidden = staticmethod(lambda pair: EditPair(pair.halves[::-1], ""))

    trials = type("Trials", (), {"notes": None})
    found = of_two_within(OWN, trials, Search(), (2,), False)
    assert [slip.kind for slip in found.slips] == ["op", "sign"]


def test_what_is_possible_only_is_said_so_and_never_behind_what_is_certain():
    words = {"hint": staticmethod(lambda language: "No root."), "versions": ("one",)}
    known = type("Known", (), words)
    [slip] = chosen(OWN, [Edit((), "sign", 1.0, (2,))]).slips
    possible = Repair((), known=known, is_certain=False)
    assert told(possible, OWN, str, "en") == "Possibly: No root."
    gained = Repair((slip,), known=known)
    assert told(gained, OWN, str, "en").startswith("No root. Line 2:")
    assert possible.hidden is None and gained.hidden is None
    proven = Repair((slip,), known=known, proof="def f(x): ...")
    assert told(proven.hidden, OWN, str, "en") == "No root."
    known.versions = ("one", "another")  # no accident gives the answers of both
    assert possible.hidden is None and told(gained.hidden, OWN, str, "en") == "No root."


SCALED = "def f(x, g):\n    z = x - 1\n    y = g * z\n    return y, z\n"


@pytest.mark.parametrize(
    ("old", "new", "is_told"), [("return y", "return z", False), ("x - 1", "x + 1", True)]
)
@pytest.mark.parametrize("is_certain", [True, False])
def test_what_leaves_a_step_unread_is_no_sign_that_the_step_is_missing(
    old, new, is_told, is_certain, monkeypatch
):
    """With z in place of y the answers are those of a function without g, whatever y is."""
    own = OwnFunction(SCALED, "f")
    begin = own.with_splices().index(old)
    edit = Edit((Splice(begin, begin + len(old), new),), "name", 1.0, (4,))
    known = type("Known", (), {"hint": staticmethod(lambda language: "No g.")})
    beside = BesideKnown([edit], known, "version", is_certain=is_certain)
    monkeypatch.setattr("autograder.repair.choosing.beside_known", lambda *_: beside)
    search = type("Search", (), {"tried": {}, "proof": None, "several": lambda _: None,
                                 "is_right": lambda *_: False})()  # fmt: skip
    found = of_two(own, None, search)
    assert (found is not None) is (is_told or is_certain)


@pytest.mark.parametrize("is_over", [True, False])
def test_the_edit_that_ends_an_exception_comes_first(is_over):
    """The version with the first edit ends in it still, or does not any more."""
    versions = []

    def tables(sources):
        versions.extend(sources)
        return [np.array([[0, 1], [1 if is_over else BROKE, 1]])]

    search = PairSearch.__new__(PairSearch)
    search._own, search._trials = OWN, type("Trials", (), {"tables": staticmethod(tables)})
    begin = OWN.with_splices().index("y = x") + 4
    first = Edit((Splice(begin, begin + 1, "x + 77"),), "term missing", 1.0, (2,))
    halves = Half(OWN, [first], None), Half(OWN, [Edit((), "sign", 1.0, (3,))], None)
    found = search.unhidden(EditPair(halves, "both"))
    assert found.halves == (halves if is_over else halves[::-1]) and found.source == "both"
    assert "77" in versions[0]


@pytest.mark.parametrize(
    ("kinds", "told_of"),
    [
        (("sign", "colon", "op"), ["sign", "op"]),
        (("sign", "colon"), ["sign", "colon"]),
        (("sign", "op", "power"), ["sign", "op", "power"]),
        (("colon", "index missing", "index extra"), ["colon", "index missing", "index extra"]),
    ],
)
def test_of_three_slips_one_that_takes_another_axis_is_not_told_beside_others(kinds, told_of):
    """It may only fit the axes that another one has lost."""
    halves = [Half(OWN, [Edit((), kind, 1.0, (2,))], lambda _: False) for kind in kinds]
    found = slips_of(OWN, EditPair(tuple(halves), ""))
    assert [slip.kind for slip in found.slips] == told_of


@pytest.mark.parametrize(
    ("kind", "is_named"), [("name", True), ("unsure", True), ("returned", True), ("sign", False)]
)
def test_a_name_that_nobody_knows_is_told_in_place_of_another_variable(kind, is_named):
    name = Text("Line {line}: `{name}` is not known here.", line=2, name="lost")
    repair = Repair((slip_of(OWN, Edit((), kind, 1.0, (2,), "lost")),))
    text = told(repair, OWN, str, "en", [name])
    assert (text == "Line 2: `lost` is not known here.") == is_named
    assert "not known" not in told(repair, OWN, str, "en", [Text("{line}{name}", line=3, name="x")])
