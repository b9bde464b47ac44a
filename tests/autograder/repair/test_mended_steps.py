"""Slips along the way of the values, told as far as each is beyond doubt."""

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.model import Check, Exercise, Verdict
from autograder.repair.at_sight import rounds_alike
from autograder.repair.candidates import Edit, edits
from autograder.repair.chains import Level, Mend, _are_clear
from autograder.repair.choosing import Partly, Repair, Slip
from autograder.repair.evident import is_guessed
from autograder.repair.hints import Repairer
from autograder.repair.mended_steps import mended_steps
from autograder.repair.partly import told_in_part
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.progress import RightWay, _raising
from autograder.repair.right_versions import RightVersion
from autograder.repair.searched import Searched
from autograder.repair.sentences import NOT_ALL
from autograder.repair.statements import Donor
from autograder.repair.traces import traced
from autograder.repair.watched_roots import WatchedRoots

CALL = (np.array([[0.3, 1.7, 2.9]]), 2.5)
RIGHT = """def step(x, y):
    found = []
    part = x[:, 1:]
    total = part * y + 1 / 3
    if y > 2:
        total = total / 7
    found.append(total)
    return found
"""


def _answer(text):
    space = {"np": np}
    exec(text, space)
    return space["step"](*CALL)


def level(text, *changes):
    """A version and some edits of it: what stands there, what else could, and the kind."""
    own = OwnFunction(text, "step")
    way = RightWay([[RightVersion(OwnFunction(RIGHT, "step"), _answer(traced(own_right())))]])
    watched = WatchedRoots(own)

    def reached(splices=()):
        return way.reached(own, [_answer(watched.version(splices))])

    tried = []
    for old, new, kind in changes:
        start = text.index(old)
        splices = (Splice(start, start + len(old), new),)
        line = text[:start].count("\n") + 1
        tried.append((2.0, Edit(splices, kind, 2.0, (line,)), reached(splices)))
    return Level(own, reached(), way, tried)


def own_right():
    return OwnFunction(RIGHT, "step")


def steps(text, *changes):
    search = type("Search", (), {"levels": [level(text, *changes)]})
    return mended_steps(OwnFunction(text, "step"), search)


@pytest.mark.quick
def test_a_right_function_with_slices_and_lists_keeps_to_the_way():
    assert not level(RIGHT).reached.near


@pytest.mark.quick
def test_what_nobody_reads_is_no_place_where_a_function_goes_astray():
    assert not level(RIGHT.replace("    if y", "    junk = x * 17\n    if y")).reached.near


WRONG = RIGHT.replace("part * y", "part / y").replace("return found", "return found[::2]")


@pytest.mark.quick
def test_the_first_slip_on_the_way_is_told_whatever_is_wrong_behind_it():
    [step] = steps(WRONG, ("part / y", "part * y", "op"))
    assert step.slip.kind == "op" and "part * y" in step.source and "part / y" in step.before


@pytest.mark.quick
def test_edits_of_one_line_that_do_as_well_tell_that_line_alone():
    [step] = steps(
        WRONG, ("part / y", "part * y", "op"), ("part / y + 1", "y * part + 1", "swapped")
    )
    assert step.slip.kind == "unsure" and len(step.slip.nodes) == 1


@pytest.mark.quick
@pytest.mark.parametrize("kind", ["names", "call missing", "term missing", "arguments"])
def test_an_edit_of_a_kind_of_which_there_are_very_many_is_no_evidence(kind):
    assert not steps(WRONG, ("part / y", "part * y", kind))


@pytest.mark.quick
def test_another_name_is_evidence_only_of_what_the_function_does_not_fill_itself():
    given = WRONG.replace("(x, y)", "(x, y, z=3)").replace("part / y", "part * z")
    assert [s.slip.kind for s in steps(given, ("z +", "y +", "name"))] == ["name"]
    for filled in ("z = 3", "for z in (3,): pass", "z += 1", "def helper(z): pass"):
        text = given.replace("    found =", f"    {filled}\n    found =")
        assert not steps(text, ("z +", "y +", "name"))


@pytest.mark.quick
def test_an_edit_that_keeps_the_wrong_line_from_running_shows_nothing():
    text = RIGHT.replace("total / 7", "total / 9")
    assert steps(text, ("total / 9", "total / 7", "constant"))
    assert not steps(text, ("y > 2", "y > 99", "constant"))


@pytest.mark.quick
def test_a_slip_in_two_lines_and_another_one_in_one_of_them_are_two_slips():
    own = own_right()
    places = [RIGHT.index(text) for text in ("part * y", "total / 7", "/ 7")]
    parts = [Splice(place, place + 1, "z") for place in places]

    def mend(*splices):
        return Mend(own, Edit(splices, "sign", 1.0, ()), (), splices)

    assert _are_clear(own, [mend(*parts[:2]), mend(parts[2])])
    assert not _are_clear(own, [mend(parts[1]), mend(parts[2])])


@pytest.mark.quick
def test_all_slips_behind_one_that_raises_are_told_beside_the_words_on_that():
    slips = tuple(Slip(kind, (place,)) for place, kind in enumerate(("colon", "sign", "op")))
    assert Repair(slips).hidden == Repair(slips[1:])


@pytest.mark.quick
def test_an_exception_behind_a_variable_that_was_filled_is_of_the_next_statement():
    text = RIGHT.replace("part * y + 1 / 3", "np.copy(part, y, y, y, y, y)")
    assert [s.lineno for s in level(text).reached.near] == [4]
    own = OwnFunction(RIGHT.replace("total = part", "found[9] = part"), "step")
    assert [s.lineno for s in _raising(own, own.statements[2])] == [4, 5, 6]


@pytest.mark.quick
@pytest.mark.parametrize(("text", "is_tried"), [("a * b * c", True), ("(a * b) * c", False)])
def test_the_first_sign_of_a_product_may_be_the_wrong_one(text, is_tried):
    source = f"def f(a, b, c):\n    return {text}\n"
    found = edits(OwnFunction(source, "f"), [Donor(source, "f")], 4000)
    made = {s.text.strip("()") for e in found if e.kind == "op" for s in e.splices}
    assert ("a + b * c" in made) == is_tried


@pytest.mark.quick
@pytest.mark.parametrize("change", ["at = at + size", "at += size"])
def test_a_loop_that_carries_its_place_along_needs_no_loop_variable(change):
    own = f"""def batches(X, size):
    found, at = [], 0
    for k in range(3):
        found.append(X[:, at : at + size])
        {change}
    return found
"""
    right = "def batches(X, size):\n    return [X[:, k : k + size] for k in range(3)]\n"
    loop = "def batches(X, size):\n    for k in range(3):\n        X = X[:, k:]\n    return X\n"
    assert rounds_alike(OwnFunction(own.replace(f"        {change}\n", ""), "batches"), [
        Donor(right, "batches"), Donor(loop, "batches"),
    ])  # fmt: skip
    assert not rounds_alike(OwnFunction(own, "batches"), [Donor(loop, "batches")])


@pytest.mark.quick
def test_behind_a_known_mistake_that_ends_every_call_it_is_told_that_no_seed_is_set(
    tiny, monkeypatch
):
    judge = type("J", (), {"translation": staticmethod(str), "course": tiny})
    check = Check("a", "", "draw", Verdict.ERROR, hint="A tuple.", misconception="of_a_tuple")
    exercise, text = Exercise("draw", 1.0, (check,)), "def draw(n):\n    return np.random.rand(n)\n"
    donor = Donor(text.replace("return", "np.random.seed(3)\n    return"), "draw")
    monkeypatch.setattr(Repairer, "_donors", lambda *_: [donor])
    monkeypatch.setattr(Repairer, "_in_part", lambda *_: "")
    live = type("Submission", (), {"sources": ["import numpy as np"]})
    repairer, more = (
        Repairer(judge, 5.0),
        "The function got no further than that: more may be wrong.",
    )
    functions = [OwnFunction(own, "draw") for own in (text, donor.function.with_splices())]
    told = [repairer._behind_known(exercise, own, own, live, Searched()) for own in functions]
    assert [e.checks[0].hint for e in told] == [
        "A tuple. No seed is set in this function, so that it draws other numbers in every call. "
        + more,
        "A tuple. " + more,
    ]


NAMED = """
from autograder.graders import alternative

@alternative("norms")
def step_by_step(x):
    y = double(x)
    squares = y * y
    total = np.sum(squares, axis=0)
    return np.sqrt(total)
"""
LOST = """import numpy as np

def norms(x):
    y = double(x) + 1
    squares = y * x
    total = np.mean(squares, axis=0)
    return np.log(np.abs(total)) * 2 + 7
"""


@pytest.mark.family
def test_what_an_exception_hides_is_told_behind_the_words_on_it(tiny):
    path = tiny.tests("tiny") / "alternatives.py"
    path.write_text(path.read_text() + NAMED)
    notebook = json.loads(tiny.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == "norms"]
    cell["source"] = LOST.replace("(total)) * 2 + 7", "(total, x, x, x, x))")
    with Grader(replace(tiny, repair_seconds=2.0), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    [told] = {c.hint for c in report.exercise("norms").checks if not c.passed}
    assert told.startswith("Line 7: this call does not have the arguments")
    assert told.endswith(
        "Line 4: there is a term here that should not be. "
        "Line 5: `x` is not the variable that belongs here. "
        "Line 6: this is a mean, where a sum is wanted. "
        "That is not all yet: something else is wrong as well."
    )


@pytest.mark.quick
def test_nothing_else_is_said_to_be_wrong_where_what_is_told_repairs_all():
    own = own_right()
    slips = (Slip("sign", (9,)), Slip("op", (12,)))
    some, every = (told_in_part(Partly(slips, is_all=b), own, str, "en") for b in (False, True))
    assert some == f"{every} {NOT_ALL}"


@pytest.mark.family
def test_three_slips_on_the_way_are_told_though_nothing_repairs_what_comes_behind(tiny):
    path = tiny.tests("tiny") / "alternatives.py"
    path.write_text(path.read_text() + NAMED)
    notebook = json.loads(tiny.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == "norms"]
    cell["source"] = LOST
    with Grader(replace(tiny, repair_seconds=2.0), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    [told] = {c.hint for c in report.exercise("norms").checks if not c.passed}
    assert told == (
        "Line 4: there is a term here that should not be. "
        "Line 5: `x` is not the variable that belongs here. "
        "Line 6: this is a mean, where a sum is wanted. "
        "That is not all yet: something else is wrong as well."
    )


@pytest.mark.quick
@pytest.mark.parametrize(
    ("old", "new", "guessed"),
    [("up - down", "up", True), ("(up - down) / 3", "(up)", True),
     ("up - down", "up + down", False), ("up * 2", "up", False)],
)  # fmt: skip
def test_what_a_variable_holds_anyway_is_no_evidence_for_an_edit(old, new, guessed):
    text = "def f(up, down):\n    w = {}\n    return w\n"
    own = OwnFunction(text.format("np.sqrt(up * 2)" if old == "up * 2" else old), "f")
    begin = own.with_splices().index(old)
    edit = Edit((Splice(begin, begin + len(old), new),), "term extra", 1.0, (2,))
    assert is_guessed(own, edit) is guessed
