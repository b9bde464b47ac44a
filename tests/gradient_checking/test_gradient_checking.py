"""Hidden graders of the assignment `gradient_checking`.

The two checks are graded with other costs standing in, whose two-sided differences are known
in closed form: for a cube, (J(θ+ε) - J(θ-ε)) / 2ε = 3θ² + ε² exactly, and for the square of
the sum s of all parameters it is 2s for each of them. So nothing here depends
on what the student's own forward or backward pass gives. The repaired backward pass is graded
against slopes of a cost that is written out in this file. Weights are points: those of an
exercise add up to its points.
"""

import numpy as np
import pytest

from autograder.graders import Text, assert_same, documented, fail, same

SHAPES = {"W1": (5, 4), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}
NARROW = {"W1": (2, 1), "b1": (2, 1), "W2": (1, 2), "b2": (1, 1), "W3": (1, 1), "b3": (1, 1)}
NARROWEST = {**NARROW, "W1": (1, 2), "b1": (1, 1), "W2": (1, 1)}  # 7 numbers in place of 9
TWO_LAYERS = {"W1": (1, 2), "b1": (1, 1), "W2": (1, 1), "b2": (1, 1)}
TWO_OUTPUTS = {**SHAPES, "W3": (2, 3), "b3": (2, 1)}
COUPLING = 0.05  # between all parameters of the cost that stands in
CLOSE = {"rtol": 1e-6, "atol": 1e-9, "name": Text("the difference")}
CLOSE_N = {**CLOSE, "atol": 2e-8}  # slopes kept in float32 move the difference by up to 1.5e-8


def cases(function):
    """The documented cases of a function, as parameters of its public check."""
    return pytest.mark.parametrize("case", documented(function), ids=str)


def relative_difference(one, other):
    """Of two whole vectors, in [0, 1]."""
    return np.sqrt(np.sum((one - other) ** 2)) / (
        np.sqrt(np.sum(one**2)) + np.sqrt(np.sum(other**2))
    )


# --- forward_propagation and backward_propagation -----------------------------------------


@pytest.mark.exercise("forward_propagation", weight=1, public=True)
@cases("forward_propagation")
def test_cost_documented(student, case):
    """The example of the lesson"""
    assert_same(student.forward_propagation(*case.args), case.expected)


@pytest.mark.exercise("forward_propagation", weight=2)
def test_cost_of_other_numbers(student, rng):
    """Right for other numbers, negative ones too"""
    for _ in range(5):
        x, theta = (float(number) for number in rng.uniform(-3, 3, size=2))
        assert_same(student.forward_propagation(x, theta), x * theta, name="J")


@pytest.mark.exercise("backward_propagation", weight=0.5, public=True)
@cases("backward_propagation")
def test_derivative_documented(student, case):
    """The examples of the lesson"""
    assert_same(student.backward_propagation(*case.args), case.expected)


@pytest.mark.exercise("backward_propagation", weight=2)
def test_derivative_of_other_numbers(student, rng):
    """Right for other numbers, negative ones too"""
    for place in (1, 1, 1, 1, 0):  # at 0, the cost divided by theta is no number
        x, theta = (float(number) for number in rng.uniform(-3, 3, size=2) * (1, place))
        slope = (x * (theta + 0.5) - x * (theta - 0.5)) / 1.0  # exact for a straight line
        assert_same(student.backward_propagation(x, theta), slope, name="dtheta", rtol=1e-6)


# --- gradient_check -----------------------------------------------------------------------


def with_line(student, factor=1):
    """With the lesson's own cost and derivative, so that only the check itself is graded.

    They are two other exercises' answers, so they stay here and are called back.
    """
    return student.standing_in(
        forward_propagation=lambda x, theta: theta * x,
        backward_propagation=lambda x, theta: factor * x,
    )


def cube(x, theta):
    """J = x θ³, as it is handed out with the lesson's examples."""
    return x * theta**3


def cube_slope(x, theta, factor):
    """Its derivative, times a factor."""
    return factor * 3 * x * theta**2


def with_cube(student, factor=1.0):
    """With J = x θ³ and a derivative that is wrong by a factor."""
    return student.standing_in(
        forward_propagation=student.sent(cube),
        backward_propagation=student.sent(cube_slope, factor=factor),
    )


def cube_difference(x, theta, epsilon, factor=1.0):
    """What the check must say of `with_cube`, in closed form."""
    return relative_difference(
        np.array([factor * 3 * x * theta**2]), np.array([x * (3 * theta**2 + epsilon**2)])
    )


def drawn_point(rng):
    """x and θ away from zero, of either sign."""
    return tuple(float(n) for n in rng.uniform(1.0, 2.0, size=2) * rng.choice([-1, 1], size=2))


def assert_rounding_noise(got, case):
    """The difference of a right derivative: how it compares to the noise, not how many times."""
    if isinstance(got, np.floating | float | int) and abs(got) > 1e-6:
        fail("right gradients are called wrong: the difference should be rounding noise")
    assert_same(got, case.expected, rtol=case.rtol, atol=case.atol)


@pytest.mark.exercise("gradient_check", weight=1, public=True)
@cases("gradient_check")
def test_check_documented(student, case):
    """The examples of the lesson"""
    got = with_line(student).gradient_check(*case.args)
    assert_rounding_noise(got, case)
    doubled = with_line(student, 2).gradient_check(*case.args)
    if same(doubled, got, rtol=0, atol=1e-3):
        fail("the check says the same of a derivative that is twice as large")


@pytest.mark.exercise("gradient_check", weight=1, public=True)
@pytest.mark.parametrize("factor", [3.0, -3.0], ids=["three times", "minus three times"])
def test_check_of_the_cube_in_the_lesson(student, factor):
    """The lesson's other cost, with a derivative that is wrong by a factor"""
    got = with_cube(student, factor).gradient_check(2.0, 1.5, 0.5)
    assert_same(got, cube_difference(2.0, 1.5, 0.5, factor), **CLOSE)


@pytest.mark.exercise("gradient_check", weight=2.5)
@pytest.mark.parametrize("epsilon", [0.5, 0.03], ids=lambda e: f"epsilon = {e}")
def test_check_uses_two_sides(student, rng, epsilon):
    """Another cost, whose two-sided difference is known"""
    x, theta = drawn_point(rng)
    got = with_cube(student).gradient_check(x, theta, epsilon)
    assert_same(got, cube_difference(x, theta, epsilon), **CLOSE)


@pytest.mark.exercise("gradient_check", weight=2)
@pytest.mark.parametrize(
    "factor", [0.45, 1.01, 2.6], ids=["less than half", "one per cent too much", "more than twice"]
)
def test_check_finds_a_wrong_derivative(student, rng, factor):
    """It finds a derivative that is wrong by a factor"""
    # With 0.5 and 3 a constant 1 would be 3 and 2 times the right answer, and be told so.
    x, theta = drawn_point(rng)
    got = with_cube(student, factor).gradient_check(x, theta)
    assert_same(got, abs(factor - 1) / (factor + 1), **{**CLOSE, "rtol": 1e-4})


@pytest.mark.exercise("gradient_check", weight=3)
def test_check_finds_a_wrong_sign(student, rng):
    """A derivative with the wrong sign is as wrong as can be"""
    x, theta = drawn_point(rng)
    got = with_cube(student, -1.0).gradient_check(x, theta)
    assert_same(got, 1.0, **CLOSE)


@pytest.mark.exercise("gradient_check", weight=4)
def test_check_asks_both_functions(student, rng):
    """It calls forward_propagation and backward_propagation where it should"""
    x, theta = drawn_point(rng)
    asked = {"forward": [], "backward": []}

    def forward(x, theta):
        asked["forward"].append(float(theta))
        return x * theta**2

    def backward(x, theta):
        asked["backward"].append(float(theta))
        return 2 * x * theta

    student.standing_in(forward_propagation=forward, backward_propagation=backward).gradient_check(
        x, theta, 0.25
    )
    if not asked["backward"]:
        fail("backward_propagation is never called: the check has to ask it for the derivative")
    if not asked["forward"]:
        fail("forward_propagation is never called: the check has to ask it for the cost")
    if not np.allclose(asked["backward"], theta):
        fail("backward_propagation is asked somewhere else than at theta")
    for point, side in ((theta + 0.25, Text("right")), (theta - 0.25, Text("left"))):
        if not np.isclose(asked["forward"], point).any():
            words = "forward_propagation is not asked at epsilon to the {side} of theta"
            fail(words, side=side)


# --- gradient_check_n ---------------------------------------------------------------------


def drawn_arrays(rng, shapes=SHAPES):
    """Arrays of these shapes with entries between 0.5 and 1.5, of either sign."""
    return {
        name: rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1, 1], size=shape)
        for name, shape in shapes.items()
    }


def as_vector(arrays):
    return np.concatenate([np.ravel(array) for array in arrays.values()])


def from_vector(theta, like=None, shapes=()):
    """The arrays of these shapes whose entries are in a vector."""
    import math

    import numpy as np

    theta, arrays, start = np.ravel(theta), {}, 0
    for name, shape in dict(shapes).items():
        stop = start + math.prod(shape)
        arrays[name] = theta[start:stop].reshape(shape).copy()
        start = stop
    if start != theta.size:
        raise ValueError(f"{theta.size} entries, the arrays have {start}")
    return arrays


def cubes(X, Y, parameters, weights, coupling):
    """A cost of all parameters: the sum of weight · θ³, each entry with its own weight.

    The square of their sum comes on top, so that no parameter can be moved unnoticed.
    """
    import numpy as np

    theta = np.concatenate([parameters[name].ravel() for name in weights])
    flat_weights = np.concatenate([weight.ravel() for weight in weights.values()])
    return float(flat_weights @ theta**3 + coupling * theta.sum() ** 2), ()


def cube_slopes(parameters, weights, epsilon=0.0):
    """Its gradient; with epsilon, its two-sided differences, in closed form."""
    shared = 2 * COUPLING * as_vector(parameters).sum()
    return {
        name: weights[name] * (3 * parameters[name] ** 2 + epsilon**2) + shared
        for name in parameters
    }


def as_gradients(slopes):
    return {"d" + name: slope for name, slope in slopes.items()}


def drawn_cubes(rng, shapes=NARROW):
    X, Y = rng.normal(size=(4, 3)), np.array([[1, 0, 1]])
    return X, Y, drawn_arrays(rng, shapes), drawn_arrays(rng, shapes)


def with_cubes(student, weights, coupling=COUPLING):
    """The student, with the cost of these weights standing in.

    So does vector_to_dictionary, which a student need not tell that the network is not the
    lesson's. Both run in the student's session: each parameter calls them four times.
    """
    shapes = {name: weight.shape for name, weight in weights.items()}
    return student.standing_in(
        forward_propagation_n=student.sent(cubes, weights=weights, coupling=coupling),
        vector_to_dictionary=student.sent(from_vector, shapes=shapes),
    )


@pytest.mark.exercise("gradient_check_n", weight=1, public=True)
@cases("gradient_check_n")
def test_check_n_documented(student, case):
    """The network of the lesson"""
    got = student.gradient_check_n(*case.args)
    if case.rtol:
        assert_same(got, case.expected, rtol=case.rtol, atol=case.atol)
    else:
        assert_rounding_noise(got, case)


def lesson_cubes():
    """The small network of the lesson's second example: parameters and weights."""
    values = {"W1": [[1.0], [-0.5]], "b1": [[0.5], [1.5]], "W2": [[-1.0, 2.0]], "b2": [[0.8]]}
    weights = {"W1": [[1.0], [2.0]], "b1": [[-1.0], [0.5]], "W2": [[1.5, -0.5]], "b2": [[2.0]]}
    return tuple({name: np.array(rows) for name, rows in d.items()} for d in (values, weights))


@pytest.mark.exercise("gradient_check_n", weight=2, public=True)
def test_check_n_of_the_small_network_in_the_lesson(student):
    """The lesson's small network with another cost"""
    values, weights = lesson_cubes()
    gradients = {f"d{name}": 3 * weights[name] * value**2 for name, value in values.items()}
    approx = [weights[name] * (3 * value**2 + 0.4**2) for name, value in values.items()]
    one = np.ones((1, 1))
    student = with_cubes(student, weights, coupling=0)
    got = student.gradient_check_n(values, gradients, one, one, 0.4)
    expected = relative_difference(
        as_vector(gradients), np.concatenate([np.ravel(array) for array in approx])
    )
    assert_same(got, expected, **CLOSE_N)


@pytest.mark.exercise("gradient_check_n", weight=5)
@pytest.mark.parametrize("epsilon", [0.4, 0.05], ids=lambda e: f"epsilon = {e}")
def test_check_n_uses_two_sides_of_each(student, rng, epsilon):
    """Another cost, whose two-sided differences are known"""
    X, Y, parameters, weights = drawn_cubes(rng)
    right = cube_slopes(parameters, weights)
    got = with_cubes(student, weights).gradient_check_n(
        parameters, as_gradients(right), X, Y, epsilon
    )
    approx = as_vector(cube_slopes(parameters, weights, epsilon))
    assert_same(got, relative_difference(as_vector(right), approx), **CLOSE_N)


@pytest.mark.exercise("gradient_check_n", weight=3)
@pytest.mark.parametrize("factor", [0.45, 1.1], ids=["less than half", "a tenth too much"])
def test_check_n_finds_wrong_gradients(student, rng, factor):
    """It finds gradients that are all wrong by a factor"""
    X, Y, parameters, weights = drawn_cubes(rng, NARROWEST)
    wrong = {name: factor * v for name, v in cube_slopes(parameters, weights).items()}
    got = with_cubes(student, weights).gradient_check_n(parameters, as_gradients(wrong), X, Y)
    assert_same(got, abs(factor - 1) / (factor + 1), **{**CLOSE_N, "rtol": 1e-4})


@pytest.mark.exercise("gradient_check_n", weight=3)
@pytest.mark.parametrize("name", ["W1", "b3"], ids=["dW1", "db3"])
def test_check_n_finds_one_wrong_block(student, rng, name):
    """One wrong gradient among right ones is found"""
    X, Y, parameters, weights = drawn_cubes(rng, NARROWEST)
    right = cube_slopes(parameters, weights)
    wrong = {**right, name: right[name] + rng.uniform(1, 2, size=NARROWEST[name])}
    got = with_cubes(student, weights).gradient_check_n(parameters, as_gradients(wrong), X, Y)
    expected = relative_difference(as_vector(wrong), as_vector(right))
    assert_same(got, expected, **{**CLOSE_N, "rtol": 1e-4})


@pytest.mark.exercise("gradient_check_n", weight=4)
def test_check_n_is_not_fooled_by_equal_lengths(student, rng):
    """Gradients of the right length that point elsewhere are found"""
    X, Y, parameters, weights = drawn_cubes(rng, NARROWEST)
    right = cube_slopes(parameters, weights)
    turned = {name: -slope for name, slope in right.items()}
    got = with_cubes(student, weights).gradient_check_n(parameters, as_gradients(turned), X, Y)
    assert_same(got, 1.0, **CLOSE_N)


@pytest.mark.exercise("gradient_check_n", weight=4)
def test_check_n_for_another_network(student, rng):
    """Right for a network of other shapes"""
    X, Y, parameters, weights = drawn_cubes(rng, TWO_LAYERS)
    right = cube_slopes(parameters, weights)
    got = with_cubes(student, weights).gradient_check_n(parameters, as_gradients(right), X, Y, 0.3)
    approx = as_vector(cube_slopes(parameters, weights, 0.3))
    assert_same(got, relative_difference(as_vector(right), approx), **CLOSE_N)


# --- differences_by_name ------------------------------------------------------------------


def drawn_slopes(rng):
    return {f"d{name}": array for name, array in drawn_arrays(rng).items()}


@pytest.mark.exercise("differences_by_name", weight=1, public=True)
@cases("differences_by_name")
def test_names_documented(student, case):
    """The example of the lesson"""
    assert_same(student.differences_by_name(*case.args), case.expected)


@pytest.mark.exercise("differences_by_name", weight=5)
def test_names_of_other_gradients(student, rng):
    """Right for every gradient of another network"""
    gradients, slopes = drawn_slopes(rng), drawn_slopes(rng)
    wanted = {
        name: float(relative_difference(gradients[name].ravel(), slope.ravel()))
        for name, slope in slopes.items()
    }
    got = student.differences_by_name({**gradients, "dZ1": rng.normal(size=(5, 3))}, slopes)
    assert_same(got, wanted)


@pytest.mark.exercise("differences_by_name", weight=3)
def test_names_tell_where(student, rng):
    """Of one wrong gradient among right ones, the name and the factor"""
    slopes = drawn_slopes(rng)
    gradients = {**slopes, "dW2": 3 * slopes["dW2"]}
    assert_same(
        student.differences_by_name(gradients, slopes),
        {name: 0.5 if name == "dW2" else 0.0 for name in slopes},
    )


@pytest.mark.exercise("differences_by_name", weight=1)
def test_names_of_what_is_zero(student, rng):
    """A gradient that is zero on both sides agrees, on one side it does not"""
    slopes = drawn_slopes(rng)
    slopes["db1"] = np.zeros_like(slopes["db1"])
    gradients = {name: 3 * slope for name, slope in slopes.items()}
    gradients["dW1"] = np.zeros_like(gradients["dW1"])
    slopes["db3"] = np.zeros_like(slopes["db3"])
    wanted = {name: {"db1": 0.0, "dW1": 1.0, "db3": 1.0}.get(name, 0.5) for name in slopes}
    assert_same(student.differences_by_name(gradients, slopes), wanted)


# --- backward_propagation_n ---------------------------------------------------------------


def network_forward(X, parameters):
    """All values of a forward pass, by name."""
    values = {"A0": X}
    for layer in (1, 2, 3):
        Z = parameters[f"W{layer}"] @ values[f"A{layer - 1}"] + parameters[f"b{layer}"]
        values[f"Z{layer}"] = Z
        values[f"A{layer}"] = np.maximum(Z, 0) if layer < 3 else 1 / (1 + np.exp(-Z))
    return values


def network_cost(X, Y, parameters):
    """Mean cross-entropy, from Z3 and so without the rounding of log(1 - A3).

    A mean over the examples; the losses of several output units add up.
    """
    Z3 = network_forward(X, parameters)["Z3"]
    return float(np.sum(np.logaddexp(0, Z3) - Y * Z3)) / X.shape[1]


def network_slopes(X, Y, parameters, name, step=1e-5):
    """Central differences of the cost for every entry of one parameter."""
    slopes = np.zeros_like(parameters[name])
    for place in np.ndindex(slopes.shape):
        ends = []
        for move in (step, -step):
            moved = {key: value.copy() for key, value in parameters.items()}
            moved[name][place] += move
            ends.append(network_cost(X, Y, moved))
        slopes[place] = (ends[0] - ends[1]) / (2 * step)
    return slopes


def network_cache(values, parameters):
    return tuple(
        source[name]
        for layer in (1, 2, 3)
        for source, name in (
            (values, f"Z{layer}"), (values, f"A{layer}"),
            (parameters, f"W{layer}"), (parameters, f"b{layer}"),
        )
    )  # fmt: skip


def drawn_network(rng, m=6, shapes=SHAPES):
    """X, Y, parameters and values of a network without units that sit at their kink or sleep."""
    while True:
        X, Y = rng.normal(size=(4, m)), rng.integers(0, 2, size=(shapes["b3"][0], m))
        parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        values = network_forward(X, parameters)
        hidden = np.abs(np.concatenate([values["Z1"].ravel(), values["Z2"].ravel()]))
        awake = values["A1"].any(axis=1).all() and values["A2"].any(axis=1).all()
        if hidden.min() > 1e-3 and awake and np.abs(values["Z3"]).max() < 6:
            return X, Y, parameters, values


def item(gradients, key, shape):
    """One numeric array out of a student's dictionary; anything else is wrong, not our error."""
    if not isinstance(gradients, dict) or key not in gradients:
        fail("the function has to return a dictionary with `{key}`", key=key)
    value = gradients[key]
    known = isinstance(value, np.ndarray | np.generic | int | float | list | tuple)
    try:
        array = np.asarray(value if known else "no number")
    except ValueError:
        fail("`{key}` has rows of different lengths", key=key)
    if array.dtype.kind not in "biuf":
        fail("`{key}` has to hold real numbers", key=key)
    if array.shape != shape:
        words = "`{key}` has shape {found}, expected {wanted}"
        fail(words, key=key, found=array.shape, wanted=shape)
    return array


def assert_slope(gradients, name, X, Y, parameters):
    """The gradient of one parameter is its slope; the message does not say how far off it is."""
    key, slopes = f"d{name}", network_slopes(X, Y, parameters, name)
    got = item(gradients, key, slopes.shape)
    if not np.allclose(got, slopes, rtol=1e-5, atol=1e-8):
        fail("`{key}` is still off: it is not the slope of the cost", key=key)


def demand_a_repair(gradients, X, Y, parameters):
    """Fail when both wrong gradients are wrong still: then nothing has been left as it was."""
    for name in ("W2", "b1"):
        slopes = network_slopes(X, Y, parameters, name)
        got = item(gradients, f"d{name}", slopes.shape)
        if np.allclose(got, slopes, rtol=1e-5, atol=1e-8):
            return
    fail("neither of the two wrong gradients is repaired")


@pytest.mark.exercise("backward_propagation_n", weight=4, public=True)
def test_repair_documented(student, reference):
    """The network of the lesson passes its gradient check"""
    parameters, _, X, Y = documented("gradient_check_n")[-1].args
    values = network_forward(X, parameters)
    gradients = student.backward_propagation_n(X, Y, network_cache(values, parameters))
    own = {f"d{name}": item(gradients, f"d{name}", shape) for name, shape in SHAPES.items()}
    difference = reference.gradient_check_n(parameters, own, X, Y)
    if not difference < 2e-7:
        fail("the gradient check does not get below 2e-7 with these gradients")
    assert_same(item(gradients, "dZ3", Y.shape), values["A3"] - Y, name="dZ3")


@pytest.mark.exercise("backward_propagation_n", weight=8)
@pytest.mark.parametrize("name", ["W2", "b1"], ids=["dW2", "db1"])
def test_repair_of_the_wrong_gradients(student, rng, name):
    """A gradient that was wrong is the slope of the cost now"""
    X, Y, parameters, values = drawn_network(rng)
    gradients = student.backward_propagation_n(X, Y, network_cache(values, parameters))
    assert_slope(gradients, name, X, Y, parameters)


@pytest.mark.exercise("backward_propagation_n", weight=4)
@pytest.mark.parametrize("shapes", [SHAPES, TWO_OUTPUTS], ids=["1 output", "2 outputs"])
def test_repair_leaves_the_right_gradients(student, rng, shapes):
    """The gradients that were right still are"""
    X, Y, parameters, values = drawn_network(rng, shapes=shapes)
    gradients = student.backward_propagation_n(X, Y, network_cache(values, parameters))
    demand_a_repair(gradients, X, Y, parameters)
    for name in ("W3", "b3", "b2", "W1"):
        assert_slope(gradients, name, X, Y, parameters)
    dZ = values["A3"] - Y
    for layer in (2, 1):
        dA = parameters[f"W{layer + 1}"].T @ dZ
        assert_same(item(gradients, f"dA{layer}", dA.shape), dA, name=f"dA{layer}")
        dZ = np.where(values[f"Z{layer}"] > 0, dA, 0)
        assert_same(item(gradients, f"dZ{layer}", dZ.shape), dZ, name=f"dZ{layer}")
