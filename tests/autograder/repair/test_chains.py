"""Three slips in one function, found one after the other and proved together."""

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.repair.alike import parallel
from autograder.repair.candidates import Edit, edits
from autograder.repair.chains import _mends
from autograder.repair.edit_operators import Change
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.progress import RightWay, _raising, signature
from autograder.repair.right_versions import RightVersion
from autograder.repair.statements import Donor
from autograder.repair.traces import traced
from autograder.repair.watched_roots import WatchedRoots

CALL = (np.array([0.3, 1.7, 2.9]), np.array([2.2, 0.4, 5.1]))
RIGHT = """def step(x, y):
    found = {}
    for k in range(2):
        found["dW" + str(k)] = x * 3 + k
        found["db" + str(k)] = y / 7 - k
    mean = np.mean(x)
    return found["dW1"] - mean, found["db0"]
"""


def way():
    own = OwnFunction(RIGHT, "step")
    return RightWay([[RightVersion(own, _answer(traced(own)))]])


def _answer(text):
    space = {"np": np}
    exec(text, space)
    return space["step"](*CALL)


def reached(text, splices=(), **options):
    own = OwnFunction(text, "step")
    return way().reached(own, [_answer(WatchedRoots(own).version(splices))], **options)


@pytest.mark.quick
def test_a_version_is_followed_to_its_first_wrong_value():
    assert not reached(RIGHT).near
    wrong = reached(RIGHT.replace("y / 7", "y / 9"))
    assert wrong.near[0].lineno == 5 and wrong.wrong == {5, 7}
    later = reached(RIGHT.replace("np.mean(x)", "np.mean(y)"))
    assert sum(later.made) > sum(wrong.made)
    broken = reached(RIGHT.replace("np.mean(x)", "np.mean(z)"))
    assert 6 in [s.lineno for s in broken.near]


@pytest.mark.quick
def test_a_right_value_under_the_key_of_another_one_is_wrong_in_its_turn():
    text = RIGHT.replace("y / 7 - k", "x * 3 + k")
    assert reached(text).near[0].lineno == 5
    assert not reached(text, in_turn=False).near


@pytest.mark.quick
def test_a_version_is_watched_by_its_text():
    place = RIGHT.index("y / 7")
    after = reached(RIGHT.replace("y / 7", "y / 9"), (Splice(place, place + 5, "y / 7"),))
    assert not after.near
    whole = RIGHT.index("x * 3 + k")
    assert reached(RIGHT, (Splice(whole, whole + 9, "x, y"),)).wrong == {7}


@pytest.mark.quick
def test_names_of_one_kind_for_those_of_another_are_one_slip():
    details = ("point_plus>cost_plus", "point_minus>cost_minus")
    one, other = (parallel(Change("", "name", 1.9, detail)) for detail in details)
    assert one == other
    assert not parallel(Change("", "name", 1.9, "plus>cost_plus"))
    text = """def f(x):
    point_plus, point_minus = x + 1, x - 1
    cost_plus, cost_minus = point_plus ** 2, point_minus ** 2
    return (point_plus - point_minus) / 2, cost_plus, cost_minus
"""
    found = edits(OwnFunction(text, "f"), [Donor(text, "f")], 4000)
    both = ["cost_plus", "cost_minus"]
    assert any([s.text.strip("()") for s in e.splices] == both and e.lines == (4,) for e in found)


@pytest.mark.quick
def test_the_keys_of_one_parameter_in_lines_that_fill_another_are_one_slip():
    text = """def f(v, s):
    s["dW" + "1"] = v["dW" + "1"] * 2
    s["db" + "1"] = v['dW' + "1"] * 2
    v["b" + "1"] = s["dW" + "1"] - 1
    return s, v
"""
    found = edits(OwnFunction(text, "f"), [Donor(text.replace('v["dW"', 'v["db"'), "f")], 4000)
    keys = [e for e in found if e.kind == "key" and e.lines == (3, 4)]
    assert any({s.text.strip("()") for s in e.splices} == {"'db'"} for e in keys)


@pytest.mark.quick
def test_no_text_of_a_key_is_multiplied_and_no_root_taken_of_it():
    text = 'def f(v, n):\n    return v["dW" + str(n)] / n\n'
    own = OwnFunction(text, "f")
    found = edits(own, [Donor(text.replace("/ n", "/ np.sqrt(n)"), "f")], 9000)
    begin, end = text.index('"dW"'), text.index("] /")
    inside = [e for e in found for s in e.splices if begin <= s.start and s.end <= end]
    assert inside and not {e.kind for e in inside} & {"call missing", "factor missing"}
    assert any(e.kind == "call missing" for e in found)


@pytest.mark.quick
def test_what_an_assignment_fills_is_a_variable_and_the_texts_in_its_key():
    own = OwnFunction('def f(v, k):\n    v["dW" + str(k)] = 1\n    n = 2\n    return v, n\n', "f")
    assert [signature(s) for s in own.body] == [("v", "[]", "dW"), ("n",), ()]


LAYERS = """def step(x, y):
    part = x
    for k in range(1, 4):
        if k == 3:
            part = np.sqrt(part)
        else:
            scale = {"by": y[k - 1]}
            wide = part * scale["by"]
            part = wide + 1 / 7
    return part
"""


def along_layers(text, splices=()):
    """How far a version gets beside a network of three layers."""
    right = OwnFunction(LAYERS, "step")
    own = OwnFunction(text, "step")
    words = {splice.text for splice in splices}
    found = RightWay([[RightVersion(right, _answer(traced(right)))]])
    return found.reached(own, [_answer(WatchedRoots(own).version(splices))], reads=words)


@pytest.mark.quick
def test_an_edit_mends_a_line_that_another_slip_makes_wrong_in_the_next_round():
    text = LAYERS.replace("wide + 1 / 7", "part + 1 / 7").replace("y[k - 1]", "y[0]")
    before = along_layers(text)
    assert before.near[0].lineno == 9
    place = text.index("part + 1")
    splice = Splice(place, place + 4, "wide")
    after = along_layers(text, (splice,))
    assert 9 in after.wrong and after.near[0].lineno == 8
    assert _mends(before, after, Edit((splice,), "name", 1.0, (9,)))
    assert 7 in [s.lineno for s in after.near]  # a dictionary shows no value
    constant = Splice(place, place + 4, "y[2]")
    later = along_layers(text, (constant,))
    assert not _mends(before, later, Edit((constant,), "name", 1.0, (9,)))


@pytest.mark.quick
def test_an_edit_of_a_condition_mends_though_the_other_branch_is_wrong_as_early():
    text = LAYERS.replace("k == 3", "k == 2").replace("y[k - 1]", "y[0]")
    before = along_layers(text)
    assert before.near[0].lineno == 5
    place = text.index("== 2")
    splice = Splice(place, place + 4, "== 3")
    after = along_layers(text, (splice,))
    assert after.near[0].lineno == 8 and after.made == before.made
    assert _mends(before, after, Edit((splice,), "constant", 1.0, (4,)))
    assert not _mends(before, after, Edit((splice,), "constant", 1.0, (5,)))


@pytest.mark.quick
def test_behind_the_last_statement_of_a_round_an_exception_is_of_the_next_one():
    own = OwnFunction(LAYERS, "step")
    last = next(s for s in own.statements if s.lineno == 9)
    assert [s.lineno for s in _raising(own, last)] == [4, 10]


IN_TURN = """def step(x, y):
    part = np.sqrt(x)
    part = part * y / 3
    return part + 1 / 9
"""


def taken_in(text):
    right, own = OwnFunction(IN_TURN, "step"), OwnFunction(text, "step")
    found = RightWay([[RightVersion(right, _answer(traced(right)))]])
    return found.reached(own, [_answer(WatchedRoots(own).version())])


@pytest.mark.quick
def test_a_step_that_right_versions_take_within_another_one_is_right_but_not_as_the_last():
    merged = IN_TURN.replace("np.sqrt(x)", "np.sqrt(x) * y").replace("part * y / 3", "part / 3")
    assert not taken_in(merged).near
    left_out = IN_TURN.replace("part * y / 3", "part * y")
    assert taken_in(left_out).near[0].lineno == 3


THREE = """import numpy as np

def norms(x):
    y = double(x) {first}
    squares = y * {second}
    total = np.{third}(squares, axis=0)
    return np.sqrt(total)
"""
NAMED = """
from autograder.graders import alternative

@alternative("norms")
def step_by_step(x):
    y = double(x)
    squares = y * y
    total = np.sum(squares, axis=0)
    return np.sqrt(total)
"""


@pytest.mark.family
def test_three_slips_are_told_where_they_repair_together_and_no_two_of_them_do(tiny):
    path = tiny.tests("tiny") / "alternatives.py"
    path.write_text(path.read_text() + NAMED)
    notebook = json.loads(tiny.source_notebook("tiny").read_text())
    [cell] = [c for c in notebook["cells"] if c["id"] == "norms"]
    cell["source"] = THREE.format(first="+ 1", second="x", third="mean")
    with Grader(replace(tiny, repair_seconds=2.0), "tiny") as grader:
        report = grader.grade(json.dumps(notebook).encode(), "ada").report
    [told] = {c.hint for c in report.exercise("norms").checks if not c.passed}
    assert told == (
        "Line 4: there is a term here that should not be. "
        "Line 5: `x` is not the variable that belongs here. "
        "Line 6: this is a mean, where a sum is wanted."
    )
