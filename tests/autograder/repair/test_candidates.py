"""Which edits are tried: for each kind of slip, the one that undoes it is among them."""

import ast
import re
import textwrap

import pytest

from autograder.repair.candidates import Clues, Edit, edits
from autograder.repair.places import OwnFunction, Splice
from autograder.repair.searching import _go_together
from autograder.repair.sentences import KINDS, sentence
from autograder.repair.statements import Donor

RIGHT = """
def step(parameters, grads, v, beta, t, k, size, X, Y):
    for l in range(len(X)):
        v["dW"] = beta * v["dW"] + (1 - beta) * grads["dW"]
        v["db"] = beta * v["db"] + (1 - beta) * grads["db"]
        part = (X[:, k * size : (k + 1) * size], Y[:, k * size : (k + 1) * size])
        scale = np.sqrt(v["dW"] ** 2) + 1e-8
        low = X[:, size:]
        if l < size:
            low = np.zeros((size, l + 1))
        corrected = v["dW"] / (1 - beta ** t)
    total = np.sum(low, axis=1, keepdims=True) / size
    return parameters, v, part, scale, total, corrected
"""


def letters(source):
    return re.sub(r"[\s()]", "", source).replace("'", '"')


def repairing(source, donors=()):
    """The cheapest edit that makes the right function of a source, or None."""
    own = OwnFunction(source, "step")
    for edit in edits(own, list(donors), 100_000):
        text = own.with_splices(edit.splices)
        if letters(text) == letters(RIGHT) and ast.dump(ast.parse(text)) == ast.dump(
            ast.parse(RIGHT)
        ):
            return edit
    return None


def undone(*slips):
    """The edit that makes the right function of one with slips, each an (old, new) text."""
    source = RIGHT
    for old, new in slips:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return repairing(source)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "kind", "line"),
    [
        ('* grads["db"]', '* grads["dW"]', "key", 5),
        ('* grads["db"]', '* v["db"]', "name", 5),
        ("+ 1e-8", "- 1e-8", "sign", 7),
        ("np.sqrt(v", "np.square(v", "function", 7),
        ('np.sqrt(v["dW"] ** 2) + 1e-8', 'np.sqrt(v["dW"] ** 2 + 1e-8)', "out of call", 7),
        ('v["dW"] ** 2', 'v["dW"]', "power missing", 7),
        ("beta ** t)", "beta)", "power missing", 11),
        ("beta ** t)", "beta * t)", "power", 11),
        ("l + 1)", "1 + 1)", "digit", 10),
        ("X[:, size:]", "X[:, k:]", "slice begin", 8),
        ("X[:, size:]", "X[:, size]", "colon", 8),
        ("l < size", "l <= size", "comparison", 9),
        ("zeros((size, l + 1))", "zeros(size, l + 1)", "tuple", 10),
        (") / size", ")", "factor missing", 12),
        (") / size", ") / size / t", "factor extra", 12),
        (", keepdims=True", "", "option", 12),
        ("Y[:, k * size : (k + 1) * size]", "Y", "index missing", 6),
        ("/ (1 - beta ** t)", "/ 1 - beta ** t", "brackets", 11),
        ('v["dW"] / (1 - beta ** t)', '(1 - beta ** t) / v["dW"]', "swapped", 11),
    ],
)
def test_every_kind_of_slip_is_undone_by_an_edit_of_its_kind(old, new, kind, line):
    edit = undone((old, new))
    assert edit is not None and (edit.kind, edit.lines) == (kind, (line,))


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("for l in range(1, y):\n  x", "for l in range(1, y + 1):\n  x", "count"),
        ("y *= x", "y /= x", "op"),
        ("y *= x + f(x)", "y = y * x + f(x)", "brackets"),
        ("z = min(max(x, y), y)", "z = max(min(x, y), y)", "nested"),
        ("z = x * f(y) + f(x) + f(y)", "z = x * (f(y) + f(x) + f(y))", "brackets"),
        ("z = x + y + x / y", "z = (x + y + x) / y", "brackets"),
        ("z = x / f(y) + x", "z = x / f(y + x)", "into call"),
        ("z = x[:y], x[x:x + y]", "z = x[:y], x[x + y:]", "slice"),
        ("x[0] = y\n x[1] = y", "x[0] = x[0] + y\n x[1] = x[1] + y", "old value"),
        (
            "for l in range(y):\n  z = l * x\n return z",
            "z = x\n for l in range(y):\n  z = l * z\n return z",
            "carried",
        ),
        ("z = f(x, axis=0)", "z = f(x, axis=1)", "option"),
        ("x[f'b{y}'] = 1", "x[f'b{y + 1}'] = 1", "count"),
        ("z = x[y:]", "z = x[:]", "slice begin"),
        ("z = x[1:y - x]", "z = x[1:y]", "slice end"),
        ("return z, x", "return y", "returned"),
        ("return x", "return x, y", "returned"),
        ("z = x - y * x + (1 - y)\n w = y", "z = x - x * x + (1 - x)\n w = y", "name"),
        ("z = g(x)", "z = g(x * np.pi)", "factor missing"),
        ("z = x[0]", "z = f(x[0], y)", "call missing"),
        ("f(7)", "f(3)", "constant"),
        ("a, b = x", "b, a = x", "names"),
        ("z1 = x\n z2 = z2 * y", "z1 = x\n z1 = z1 * y", "target"),
        ("z = 7 - x / f(y) + x", "z = 7 - x / (f(y) + x)", "brackets"),
        ("z = x + y - x * y", "z = x + (y - x) * y", "brackets"),
        ("z = y * z + (1 - y) * x", "z = (1 - y) * z + y * x", "swapped"),
        ("z = x * 2 * y", "z = x * y ** 2", "power"),
        ("z = f(y) * (x - y)", "z = (x - y) / f(y)", "op"),
        ("z = f(180 * x)", "z = f(np.pi * x)", "constant"),
        ("for l in range(-1, y):\n  x", "for l in range(1, y):\n  x", "sign"),
        ("z = x[-2]", "z = x[0]", "constant"),
        ("x['W%d' % y] = 1", "x['b%d' % y] = 1", "key"),
        ("x['W{}'.format(y)] = 1", "x['b{}'.format(y)] = 1", "key"),
        ("z = 2 * y", "z = y ** 2", "power"),
        ("z = x - f(y)", "z = x * f(y)", "op"),
        ("for l in y:\n  z = x[0]", "for l in y:\n  z = x[l - 1]", "digit"),
        ("z = len(x)", "z = len(x) // 2", "factor missing"),
        ("z = (1, y)", "z = (y, 1)", "swapped"),
        ("z = ('a', 'c')", "z = ('a', 'c', 'b')", "term missing"),
        ("z = np.sum(x, axis=1, keepdims=True)", "z = np.sum(x)", "option"),
        ("return x < y", "return x", "returned"),
        ("return x - 1", "return y", "returned"),
        ("z = w = x\n return y, x, z, w", "z = w = x\n return x, y, w, z", "returned"),
        ("z = g(1)\n w = g(1).h", "z = g(1)\n w = z.h", "again"),
        ("z = k(x - 1, 0)\n w = x + 1", "z = k(x - 1, 0)\n w = k(x + 1, 0)", "call missing"),
        ("z = np.log(x)\n w = x + y", "z = np.log(x)\n w = np.exp(x) + y", "call missing"),
        ("a_1 = f(1)\n a_2 = 7", "a_1 = f(1)\n a_2 = f(2)", "donor"),
        ("z = x[:, y], y[:, :3]", "z = x[:, y], y[:, y]", "slice"),
        ("w = x\n for l in y:\n  w = w", "for l in y:\n  w = x\n  w = w", "moved"),
        ("return g", "return h(x)", "donor"),
        ("y[0] = x", "y[1] = 2 * x", "donor"),
        ("def inner(a):\n  return a + x\n z = x", "def inner(a):\n  return a - x\n z = x", "sign"),
    ],
)
def test_slips_that_a_single_expression_does_not_show(wrong, right, kind):
    own = OwnFunction(f"def step(x, y):\n {wrong}\n", "step")
    text = "def step(x, y):\n f(3)\n z = g(x * np.pi)\n z = f(x, y)\n return x, y\n"
    other = "def step(x, y):\n y[1] = 2 * x\n z = 'b'\n z = h(x)\n return z\n"
    donors = [Donor(text, "step"), Donor(other, "step")]
    tried = {
        ast.unparse(ast.parse(own.with_splices(e.splices))): e.kind
        for e in reversed(edits(own, donors, 100_000))  # the cheapest counts
    }
    assert tried[ast.unparse(ast.parse(f"def step(x, y):\n {right}"))] == kind


def test_a_seed_and_the_order_of_a_lesson_s_arguments_are_likelier_than_other_numbers_and_calls():
    own = OwnFunction("def step(x, y):\n f(7)\n z = g(x, y) + np.g(x, y) + 7\n", "step")
    donor = Donor("def step(x, y):\n f(3)\n return x + 3\n", "step")
    costs = {
        own.lines_with(e.splices[0])[1].strip(): e.cost
        for e in edits(own, [donor], 100_000) if len(e.splices) == 1
    }  # fmt: skip
    assert costs["f(3)"] < costs["z = g(x, y) + np.g(x, y) + (3)"]
    assert costs["z = (g(y, x)) + np.g(x, y) + 7"] < costs["z = g(x, y) + (np.g(y, x)) + 7"]


def costs_of(body, *donors):
    own = OwnFunction(f"def step(x, y, t):\n{body}", "step")
    return {
        body_of(own.with_splices(e.splices)): e.cost
        for e in reversed(edits(own, [Donor(d, "step") for d in donors], 100_000))
    }


def body_of(source):
    """A function's body, as Python itself would write it."""
    return "; ".join(ast.unparse(s).replace("\n   ", "") for s in ast.parse(source).body[0].body)


@pytest.mark.parametrize(
    ("body", "likely", "unlikely"),
    [
        (" z = x.shape[0] + 7", "z = x.shape[1] + 7", "z = x.shape[0] + 8"),
        (" if x < y:\n  z = 1", "if x > y: z = 1", "if y < x: z = 1"),
        (
            " v = w = z = [x]\n return v + w",
            "v = w = z = [x]; return v * z + w",
            "v = w = z = [x]; return v * w + w",
        ),
        (" return np.sqrt(x)", "return x", "return np.abs(x)"),
    ],
)
def test_which_slip_is_likelier(body, likely, unlikely):
    costs = costs_of(body, "def step(x, y, t):\n return np.abs(x[1])\n")
    assert costs[likely] < costs[unlikely]


def test_a_list_that_a_loop_goes_through_is_not_made_longer():
    costs = costs_of(" for i, z in enumerate(x):\n  y = z * t")
    assert not any(text.startswith("for i, z in enumerate(x * ") for text in costs)


def test_a_number_written_down_twice_for_a_parameter_is_undone_at_once():
    costs = costs_of(" z = x / (1 - x ** 2)\n w = y / (1 - y ** 2)")
    assert "z = x / (1 - x ** t); w = y / (1 - y ** t)" in costs


def test_the_whole_of_what_is_returned_is_no_entry_that_is_missing():
    """It would be a rival of the slip in every function of an array."""
    own = OwnFunction("def step(x, y):\n z = x[1]\n return z\n", "step")
    donor = Donor("def step(x, y):\n return x[y]\n", "step")
    found = [e for e in edits(own, [donor], 100_000) if "x[y]" in e.splices[0].text]
    assert {e.kind for e in found if e.lines == (3,)} <= {"donor"}


def test_a_second_edit_that_takes_the_first_one_back_is_none():
    own = OwnFunction("\ndef step(x, y):\n    z = x * x\n    return z\n", "step")
    places = [own.start(s.node) for s in own.sites if own.text(s.node) == "x"]
    first = Edit(tuple(Splice(p, p + 1, "(y)") for p in places), "name", 1.0, (3,))
    after = OwnFunction(own.with_splices(first.splices), "step")
    assert after.with_splices().splitlines()[1] == "    z = (y) * (y)"
    back, behind = (Splice(after.start(s.node), after.end(s.node), "x") for s in after.sites[2:])
    assert after.with_splices((back,)).splitlines()[1] == "    z = (y) * (x)"
    assert after.with_splices((behind,)).splitlines()[2] == "    return x"
    for splice, kind, together in (
        (back, "name", False), (behind, "name", True), (back, "key", True),
        (behind, "missing", False),
    ):  # fmt: skip
        assert _go_together(own, first, Edit((splice,), kind, 1.0, (2,))) is together


def test_a_slip_made_twice_alike_is_undone_at_once():
    edit = undone(
        ('(1 - beta) * grads["dW"]', '(1 + beta) * grads["dW"]'),
        ('(1 - beta) * grads["db"]', '(1 + beta) * grads["db"]'),
    )
    assert edit.kind == "sign" and edit.lines == (4, 5)


@pytest.mark.parametrize(
    ("lines", "kind", "told"),
    [
        (("a = X['W']", "b = Y['W']"), "key", "Lines 2, 3: the key `W` is not the one that"),
        (("a = low * X", "b = high * Y"), "name", "Lines 2, 3: another variable belongs here"),
    ],
)
def test_twins_are_told_under_a_name_that_all_of_them_have(lines, kind, told):
    right = [re.sub(r"'W'|low|high", lambda m: "'b'" if kind == "key" else "A", s) for s in lines]
    donors = ["a = X['b']\nreturn a"] if kind == "key" else []
    wrong, mended = ("\n".join([*text, "return a, b"]) for text in (lines, right))
    edit = edit_to(wrong, mended, *donors)
    assert edit.kind == kind and str(sentence(kind, edit.lines, edit.name)).startswith(told)


@pytest.mark.slow
def test_a_missing_step_is_found_in_the_solution_and_its_place_is_told():
    source = RIGHT.replace("        low = X[:, size:]\n", "")
    renamed = Donor(RIGHT.replace("size", "width").replace("grads", "g"), "step")
    assert repairing(source) is None
    edit = repairing(source, [renamed])
    assert edit.kind == "missing" and edit.lines == (8,)


def test_a_piece_of_the_solution_that_is_not_in_the_students_names_is_not_tried():
    stranger = Donor(RIGHT.replace("low", "other"), "step")
    own = OwnFunction(RIGHT, "step")
    assert not any("other" in s.text for e in edits(own, [stranger], 100_000) for s in e.splices)


def test_no_edit_makes_a_constant_of_what_was_none():
    own = OwnFunction("def step(x, y):\n    return x * y + x\n", "step")
    numbers = [e for e in edits(own, [], 100_000) if any(s.text.isdigit() for s in e.splices)]
    assert numbers == []


def of_body(text):
    return "def step(X, Y, low, high, layers, A):\n" + textwrap.indent(text + "\n", "    ")


def edit_to(wrong, right, *donors):
    """The cheapest edit that turns one body into another, or None."""
    own = OwnFunction(of_body(wrong), "step")
    for edit in edits(own, [Donor(of_body(text), "step") for text in donors], 100_000):
        made = ast.parse(own.with_splices(edit.splices))
        if ast.dump(made) == ast.dump(ast.parse(of_body(right))):
            return edit
    return None


@pytest.mark.parametrize(
    ("wrong", "right", "kind", "lines"),
    [
        # the same slip in two statements that are alike and put it into different variables
        ("a = np.log10(high)\nb = np.log10(low)\nreturn a + b",
         "a = np.log10(1 - high)\nb = np.log10(1 - low)\nreturn a + b", "term missing", (2, 3)),
        ("D = np.random.rand(A.shape[0], 1)\nreturn D",
         "D = np.random.rand(A.shape[0], A.shape[1])\nreturn D", "constant", (2,)),
        ("v = A.var(axis=1)\nreturn v", "v = A.var(axis=1, keepdims=True)\nreturn v",
         "option", (2,)),
        ("p = {}\nfor l in range(3):\n    p['b'] = l\nreturn p",
         "p = {}\nfor l in range(3):\n    p[f'b{l}'] = l\nreturn p", "key", (4,)),
        ("a = X\nb = a + 1\nc = Y\nd = X\na = a * Y\nreturn b",
         "a = X\nc = Y\nd = X\na = a * Y\nb = a + 1\nreturn b", "moved", (3,)),
        ("a = X\nc = Y\nd = X\na = a * Y\nb = a + 1\nreturn b",
         "a = X\nb = a + 1\nc = Y\nd = X\na = a * Y\nreturn b", "moved", (6,)),
        ("X_dev, low, high = fit(X)\nX_test = apply(Y, low, high)\nreturn X_dev, X_test",
         "X_dev = apply(Y, low, high)\nX_test = apply(Y, low, high)\nreturn X_dev, X_test",
         "donor", (2,)),
        ("z = low * X * 2\nreturn z", "z = low * X ** 2\nreturn z", "power", (2,)),
        ("return low * X + Y / high", "return low * (X + Y) / high", "brackets", (2,)),
        ("return np.multiply(low, X + Y)", "return np.multiply(low, X) + Y", "out of call", (2,)),
        ("B = A\nB[0] = X\nreturn B", "B = A.copy()\nB[0] = X\nreturn B", "copy", (2,)),
        ("a = X['W'] + Y['dW']\nb = Y['dW'] / low\nreturn a + b",
         "a = X['W'] + Y['dW']\nb = X['W'] / low\nreturn a + b", "name", (3,)),
        ("a = X + 1\nb = Y['v'] * low\nreturn b", "a = X + 1\nb = a * low\nreturn b", "name", (3,)),
        ("z = (X[1] + low) - (X[0] + low)\nreturn z", "z = (X[0] + low) - (X[1] + low)\nreturn z",
         "swapped", (2,)),
        ("z = 0\nfor l in range(3):\n    if low:\n        z = z + X\n        return z",
         "z = 0\nfor l in range(3):\n    if low:\n        z = z + X\nreturn z", "moved", (6,)),
        ("def f(a):\n    np.random.seed(1)\n    return a\nreturn f(X)",
         "def f(a):\n    pass\n    return a\nreturn f(X)", "extra", (3,)),
        ("if low >= high:\n    return X\nreturn Y",
         "if low - layers >= high:\n    return X\nreturn Y", "term missing", (2,)),
        ("m = X.shape[1]\nreturn f(A) / m", "m = X.shape[1]\nreturn f(X) / m", "name", (3,)),
        ("dW3 = Y + low\ndW2 = X + low\nreturn dW3, dW2",
         "dW3 = Y + low * high\ndW2 = X + low * high\nreturn dW3, dW2", "factor missing", (2, 3)),
        ("return np.sum(X) + low", "return np.mean(X) + low", "added up", (2,)),
        ("return np.mean(X) + low", "return np.sum(X) + low", "averaged", (2,)),
    ],
)  # fmt: skip
def test_slips_of_these_kinds_are_undone_as_what_they_are(wrong, right, kind, lines):
    found = edit_to(wrong, right)
    assert found is not None
    assert (found.kind, found.lines) == (kind, lines)


def test_nothing_is_taken_off_itself():
    """It would be zero, whatever it is: the slip would be called a missing term."""
    own = OwnFunction(of_body("z = low\nreturn z"), "step")
    texts = {s.text for e in edits(own, [], 100_000) for s in e.splices}
    assert "(low - low)" not in texts and "(low - high)" in texts


def test_one_value_where_several_are_returned_is_said_as_that():
    found = edit_to("a = X + Y\nreturn a", "a = X + Y\nreturn (a, {'X': X})",
                    "a = X + Y\nreturn a, {'X': X}")  # fmt: skip
    assert found.kind == "returned"


def test_what_puts_something_into_a_variable_that_is_right_is_left_alone():
    own = OwnFunction(RIGHT, "step")
    places = [
        (own.start(s), own.end(s))
        for s in own.statements
        if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]).startswith("v[")
    ]
    touched = [
        e
        for e in edits(own, [], 100_000, Clues(settled=["v"]))
        if e.kind not in ("extra", "moved", "missing")
        for s in e.splices
        if any(start <= s.start < end for start, end in places)
    ]
    assert touched == []


def test_letters_of_any_alphabet_before_an_expression_do_not_move_it():
    own = OwnFunction("x = 1\n\ndef step(x):\n    é = 'größe'; y = x + 1\n    return y\n", "step")
    [plus] = [s.node for s in own.sites if isinstance(s.node, ast.BinOp)]
    assert own.text(plus) == "x + 1"
    changed = own.with_splices((Splice(own.start(plus), own.end(plus), "x - 1"),))
    assert changed == "def step(x):\n    é = 'größe'; y = x - 1\n    return y"


def test_the_last_definition_counts():
    own = OwnFunction("def step(x):\n    return 1\n\ndef step(x):\n    return 2\n", "step")
    assert own.with_splices() == "def step(x):\n    return 2"
    with pytest.raises(LookupError):
        OwnFunction("x = 1", "step")


def test_layout_comments_and_docstrings_do_not_count_for_what_is_remembered():
    short = OwnFunction("def step(x):\n    return x+1\n", "step")
    text = '''
    def step(x):
        """Adds one."""
        # to what is given
        return (x + 1)
    '''
    assert short.normalized == OwnFunction(textwrap.dedent(text), "step").normalized


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sentence_that_begins_with_the_place(kind):
    assert sentence(kind, [7], "np.sqrt").startswith("Line 7: ")
    assert sentence(kind, [9, 7], "np.sqrt").startswith("Lines 7, 9: ")
    assert sentence(kind, [9, 7], "x", either=True).startswith("One of the lines 7, 9: ")
    assert "{" not in sentence(kind, [7])
