"""Mutants: what is changed, where, and that nothing is made twice."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.model import CourseError
from autograder.verify.mixed_up import mixed_up
from autograder.verify.mutants import mutants, student_lines

CELL = '''\
def scaled(X, m, beta1=0.9, beta2=0.99):
    """Divide by m.

    Example: scaled(2, 1) is 2
    """
    total = X + 1
    ### START CODE HERE ### (≈ 2 lines of code)
    # the mean
    mean = total / m  # per example
    ### END CODE HERE ###
    return beta1 * mean
'''


def after(body, operator, header="def f(X, Y, W, A, m, l, t, L, beta1, beta2, epsilon, s, v):"):
    """What one operator makes of a function's body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    made = mutants(f"{header}\n{lines}\n", "f", [frozenset({"v", "s"})])
    return [mutant.after for mutant in made if mutant.operator == operator]


def test_only_the_students_lines_change():
    original = CELL.splitlines()
    for mutant in mutants(CELL, "scaled"):
        assert mutant.line == 9
        assert mutant.source.splitlines()[:8] == original[:8]
        assert mutant.source.splitlines()[-2:] == original[-2:]


def test_a_cell_without_markers_is_the_students_altogether_but_for_its_docstring():
    plain = "\n".join(line for line in CELL.splitlines() if "CODE HERE" not in line)
    changed = {mutant.line for mutant in mutants(plain, "scaled")}
    assert changed == {6, 8, 9}
    assert student_lines(plain) == frozenset(range(1, 10))


def test_nothing_is_made_twice_and_nothing_equals_the_original():
    made = [ast.dump(ast.parse(mutant.source)) for mutant in mutants(CELL, "scaled")]
    assert len(made) > 8
    assert len({*made, ast.dump(ast.parse(CELL))}) == len(made) + 1


def test_names_of_mutants_stay_when_lines_are_added_above():
    moved = CELL.replace("    total = X + 1\n", "    total = X + 1\n\n    other = 3\n")
    before = {(m.id, m.after) for m in mutants(CELL, "scaled")}
    assert {(m.id, m.after) for m in mutants(moved, "scaled")} == before
    assert len({m.id for m in mutants(CELL, "scaled")}) == len(before)


def test_two_runs_give_the_same_mutants_in_the_same_order():
    assert mutants(CELL, "scaled") == mutants(CELL, "scaled")


def test_the_same_change_of_two_equal_statements_has_two_names():
    made = mutants("def f(x):\n    x = x + 1\n    x = x + 1\n    return x\n", "f")
    twins = [m for m in made if m.after == "x = x - 1"]
    assert len(twins) == 2
    assert twins[0].id != twins[1].id


def test_a_cell_that_does_not_parse_is_the_authors_mistake():
    with pytest.raises(CourseError, match=r"solution cell of 'f' does not parse"):
        mutants("def f(:\n", "f")


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        ("arithmetic", "c = X + Y", "c = X - Y"),
        ("arithmetic", "c = W @ A", "c = W * A"),
        ("operand", "c = X / m", "c = X"),
        ("operand", "c = np.sqrt(s) + epsilon", "c = np.sqrt(s)"),
        ("swapped operands", "c = 1 - s", "c = s - 1"),
        ("comparison", "c = X < Y", "c = X <= Y"),
        ("comparison", "c = 0 < X < Y", "c = 0 < X <= Y"),
        ("number", "c = X * 10", "c = X * 9"),
        ("number", "c = X * 10", "c = X * -10"),
        ("truth", "c = g(X, keepdims=True)", "c = g(X, keepdims=False)"),
        ("truth", "c = X and Y", "c = X or Y"),
        ("condition", "if X > 0:\n    c = 1", "if True:"),
        ("branch", "c = X if m else Y", "c = Y"),
        ("sign", "c = -np.log(X)", "c = np.log(X)"),
        ("sign", "c = X - Y", "c = -(X - Y)"),
        ("arguments", "c = np.dot(W, A)", "c = np.dot(A, W)"),
        ("arguments", "c = np.sum(X, axis=1, keepdims=True)", "c = np.sum(X, axis=1)"),
        ("unwrapped", "c = X.copy()", "c = X"),
        ("unwrapped", "c = math.floor(m)", "c = m"),
        ("parts", "return v, s", "return (s, v)"),
        ("dropped", "s = X", "pass"),
        ("returned", "return X", "return None"),
        ("augmented", "s += X", "s -= X"),
        ("augmented", "s += X", "s = X"),
        ("loop", "for l in range(L):\n    s = X", "pass"),
        ("sibling", "c = np.std(X)", "c = np.var(X)"),
        ("axis", "c = np.mean(X, axis=1)", "c = np.mean(X, axis=0)"),
        ("axis", "c = np.var(X, axis=1)", "c = np.var(X, axis=1, ddof=1)"),
        ("norm", "c = np.linalg.norm(X)", "c = np.linalg.norm(X) ** 2"),
        ("transposed", "c = np.dot(W, A)", "c = np.dot(W.T, A)"),
        ("transposed", "c = W.T @ A", "c = W @ A"),
        ("epsilon moved", "c = v / (np.sqrt(s) + epsilon)", "c = v / np.sqrt(s + epsilon)"),
        ("epsilon moved", "c = v / (np.sqrt(s) + epsilon)", "c = v / np.sqrt(s) + epsilon"),
        ("epsilon moved", "c = np.sqrt(s + epsilon)", "c = np.sqrt(s) + epsilon"),
        ("power", "c = v / (1 - beta1 ** t)", "c = v / (1 - beta1 ** 2)"),
        ("power", "c = v / (1 - beta1 ** t)", "c = v / (1 - beta1 ** (t - 1))"),
        ("complement", "c = beta1 * v", "c = (1 - beta1) * v"),
        ("denominator", "c = X / m", "c = X / (2 * m)"),
        ("precedence", "c = X / (Y * m)", "c = X / Y * m"),
        ("precedence", "c = (X - Y) / m", "c = X - Y / m"),
        ("one off", "c = X[:, l * m:t]", "c = X[:, l * m:t - 1]"),
        ("one off", "n = math.floor(m / 64)", "n = math.floor(m / 64) - 1"),
        ("one off", "c = W['W' + str(l)]", "c = W['W' + str(l + 1)]"),
        ("open slice", "c = X[:, l:t]", "c = X[:, l:]"),
        ("literal size", "c = X.shape[1]", "c = 2"),
        ("literal size", "c = len(W)", "c = 2"),
        ("flat shape", "c = np.zeros((m, 1))", "c = np.zeros((m, m))"),
        ("wrong key", "v['dW'] = s['db']", "v['db'] = s['db']"),
        ("wrong name", "c = beta2 * s", "c = beta1 * s"),
        ("wrong name", "c = beta2 * s", "c = beta2 * v"),
        ("in place", "X = X - Y", "X -= Y"),
        ("float32", "c = X / m", "c = np.float32(X / m)"),
        ("seed moved", "c = np.random.randn(m)", "np.random.seed(0); c = np.random.randn(m)"),
    ],
)
def test_operators_make_the_mistakes_they_are_named_for(operator, body, expected):
    assert expected in after(body, operator)


@pytest.mark.slow
def test_which_names_are_mixed_up_is_for_the_course_to_say(tiny):
    body = "def f(v, s):\n    return v\n"
    assert not [m for m in mutants(body, "f") if m.operator == "wrong name"]
    (tiny.root / "tests/mixed_up.toml").write_text('names = [["v", "s"]]\n')
    [named] = [m for m in mutants(body, "f", mixed_up(tiny)) if m.operator == "wrong name"]
    assert named.after == "return s"
    (tiny.root / "tests/mixed_up.toml").write_text("names = 3\n")
    with pytest.raises(CourseError, match=r"mixed_up\.toml: a line `names"):
        mixed_up(tiny)


def test_a_seed_that_moves_keeps_its_number():
    body = "np.random.seed(3)\nc = np.random.randn(m)"
    assert "np.random.seed(3); c = np.random.randn(m)" in after(body, "seed moved")


def test_text_put_together_is_no_arithmetic():
    assert not after("c = 'W' + str(l)", "arithmetic")


def test_the_head_of_a_block_changes_and_its_body_keeps_its_comments():
    source = "def f(x):\n    if x > 0:\n        y = 1  # positive\n    return x\n"
    changed = [m.source for m in mutants(source, "f") if m.after == "if x >= 0:"]
    assert changed == [source.replace(">", ">=")]


def test_an_elif_stays_an_elif():
    source = (
        "def f(x):\n    if x > 0:\n        y = 1\n    elif x < 9:\n        y = 2\n    return y\n"
    )
    changed = [m.source for m in mutants(source, "f") if m.after == "if x <= 9:"]
    assert changed == [source.replace("x < 9", "x <= 9")]


def test_statements_that_share_a_line_are_changed_one_at_a_time():
    made = mutants("def f(x):\n    a = x + 1; b = x * 2\n    return a, b\n", "f")
    sources = {(mutant.before, mutant.after): mutant.source for mutant in made}
    assert called(sources["a = x + 1", "a = x - 1"]) == (4, 10)
    assert called(sources["b = x * 2", "b = x / 2"]) == (6, 2.5)


def called(source):
    space = {}
    exec(source, space)
    return space["f"](5)


names = st.sampled_from(["x", "y", "m"])
numbers = st.one_of(st.integers(0, 9).map(str), st.sampled_from(["0.5", "1e-8"]))
expressions = st.recursive(
    names | numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "@", "**"]), inner).map(
            lambda three: "({} {} {})".format(*three)
        ),
        inner.map(lambda text: f"np.sum({text}, axis=1, keepdims=True)"),
        st.tuples(names, inner).map(lambda two: "{}[{}:, 1]".format(*two)),
    ),
    max_leaves=4,
)
statements = st.lists(
    st.tuples(names, expressions).map(lambda two: "{} = {}".format(*two)), max_size=2
)


@settings(deadline=None, max_examples=30)
@given(statements)
def test_any_program_gives_distinct_programs_that_parse(body):
    lines = [f"    {line}" for line in ["### START CODE HERE ###", *body, "### END CODE HERE ###"]]
    source = "\n".join(["def f(x, y, m):", *lines, "    return x"])
    made = mutants(source, "f")
    trees = {ast.dump(ast.parse(mutant.source)) for mutant in made}
    assert len(trees) == len(made) == len({mutant.id for mutant in made})
    assert ast.dump(ast.parse(source)) not in trees
    assert all(1 < mutant.line <= len(body) + 2 for mutant in made)


def test_only_what_a_student_writes_is_changed_between_nbgraders_marks_too():
    cell = (
        "class Box:\n    def __init__(self, x):\n        self.x = x\n\n    def grow(self):\n"
        "        ### BEGIN SOLUTION\n        self.x += 1\n        ### END SOLUTION\n"
    )
    found = mutants(cell, "Box")
    assert found and {mutant.line for mutant in found} == {7}
