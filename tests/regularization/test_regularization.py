"""Hidden graders of the assignment `regularization`.

Oracles of their own: costs and forward passes written out here, slopes by central
differences, masks drawn from the generator that numpy documents for seed 1. Weights
are points: those of an exercise add up to its points.
"""

from itertools import pairwise

import numpy as np
import pytest

from autograder.graders import Text, among, assert_same, documented, fail

WIDTHS = (4, 6, 5, 1)
STEP = 1e-5  # of the central differences; no unit of a drawn network is this near its kink
SLOPES = {"rtol": 1e-5, "atol": 1e-8}
SINGLE = {"rtol": 1e-5, "atol": 1e-6}  # a pass may be computed in single precision


def cases(function):
    """The documented cases of a function, as parameters of its public check."""
    return pytest.mark.parametrize("case", documented(function), ids=str)


def assert_documented(student, case):
    got = getattr(student, case.function)(*case.args, **case.kwargs)
    assert_same(got, case.expected, rtol=case.rtol, atol=case.atol)


def item(got, key, shape):
    """One numeric array out of a student's dictionary; anything else is wrong, not our error."""
    if not isinstance(got, dict) or key not in got:
        fail("the function has to return a dictionary with `{key}`", key=key)
    return numeric(got[key], f"`{key}`", shape)


def numeric(value, name, shape=None):
    """A student's value as an array of numbers, of this shape if one is named."""
    known = isinstance(value, np.ndarray | np.generic | int | float | list | tuple)
    try:
        array = np.asarray(value if known else "no number")
    except ValueError:
        fail("{name} has rows of different lengths", name=Text(name))
    if array.dtype.kind not in "biuf":
        fail("{name} has to hold numbers", name=Text(name))
    if shape is not None and array.shape != shape:
        words = "{name} has shape {found}, expected {wanted}"
        fail(words, name=Text(name), found=array.shape, wanted=shape)
    return array


def number(value, name):
    """A student's value as a single number."""
    array = numeric(value, name)
    if array.size != 1:
        fail("{name} has to be a single number", name=Text(name))
    if not np.all(np.isfinite(array)):
        fail("{name} is not a finite number", name=Text(name))
    return array.item()


def demand_weights_that_cost(cost, A3, Y, parameters):
    """Fail when the cost stays as it is although every weight is doubled."""
    heavier = {name: value * (2 if name[0] == "W" else 1) for name, value in parameters.items()}
    light, heavy = cost(A3, Y, parameters, 2.0), cost(A3, Y, heavier, 2.0)
    if np.isclose(number(light, "the cost"), number(heavy, "the cost"), rtol=1e-9):
        fail("the cost stays as it is when the weights change")


def demand_weights(got, prefix=""):
    """Fail unless W1, W2, W3 of an answer (dW1, dW2, dW3 with a prefix) hold numbers."""
    for layer in (1, 2, 3):
        key = f"{prefix}W{layer}"
        if not isinstance(got, dict) or key not in got:
            fail("the function has to return a dictionary with `{key}`", key=key)
        numeric(got[key], Text("`{key}`", key=key))


def drawn_parameters(rng, widths=WIDTHS):
    parameters = {}
    for layer, (before, here) in enumerate(pairwise(widths), start=1):
        parameters[f"W{layer}"] = rng.normal(size=(here, before))
        parameters[f"b{layer}"] = rng.normal(size=(here, 1)) * 0.5
    return parameters


def drawn_labels(rng, m):
    return rng.integers(0, 2, size=(1, m))


def forward(X, parameters, masks=(1.0, 1.0), keep_prob=1.0):
    """All values of a forward pass in which the masks are given, by name."""
    values = {}
    A = X
    for layer in (1, 2, 3):
        Z = parameters[f"W{layer}"] @ A + parameters[f"b{layer}"]
        A = np.maximum(Z, 0) * masks[layer - 1] / keep_prob if layer < 3 else 1 / (1 + np.exp(-Z))
        values[f"Z{layer}"], values[f"A{layer}"] = Z, A
    return values


def cross_entropy(A3, Y):
    return float(-np.mean(np.where(Y == 1, np.log(A3), np.log(1 - A3))))


def squares(parameters):
    return sum(float((value**2).sum()) for name, value in parameters.items() if name[0] == "W")


def slope(cost, parameters, name):
    """Central differences of ``cost(parameters)`` for every entry of one parameter."""
    slopes = np.zeros_like(parameters[name])
    for place in np.ndindex(slopes.shape):
        ends = []
        for step in (STEP, -STEP):
            moved = {key: value.copy() for key, value in parameters.items()}
            moved[name][place] += step
            ends.append(cost(moved))
        slopes[place] = (ends[0] - ends[1]) / (2 * STEP)
    return slopes


def assert_slope(got, name, cost, parameters):
    """The student's gradient of one parameter is the slope of the cost."""
    gradient = item(got, "d" + name, parameters[name].shape)
    assert_same(gradient, slope(cost, parameters, name), name=f"d{name}", **SLOPES)


def drawn_problem(rng, m=7, masks=(1.0, 1.0), keep_prob=1.0):
    """X, Y, parameters and forward values, drawn again until no unit sits near its kink.

    Every layer has units that are on, so that no gradient is zero as a whole.
    """
    while True:
        X, Y = rng.normal(size=(WIDTHS[0], m)), drawn_labels(rng, m)
        parameters = drawn_parameters(rng)
        values = forward(X, parameters, masks, keep_prob)
        hidden = np.abs(np.concatenate([values["Z1"].ravel(), values["Z2"].ravel()]))
        awake = values["A1"].any(axis=1).all() and values["A2"].any(axis=1).all()
        if hidden.min() > 1e-3 and np.abs(values["Z3"]).max() < 8 and awake:
            return X, Y, parameters, values


def drawn_masks(rng, keep_prob, m=7):
    """Two masks, drawn again until every unit is kept somewhere: others would never wake."""
    while True:
        masks = tuple(rng.random((width, m)) < keep_prob for width in WIDTHS[1:3])
        if all(mask.any(axis=1).all() for mask in masks):
            return masks


def plain_cache(parameters, values):
    return tuple(
        source[name]
        for layer in (1, 2, 3)
        for source, name in (
            (values, f"Z{layer}"), (values, f"A{layer}"),
            (parameters, f"W{layer}"), (parameters, f"b{layer}"),
        )
    )  # fmt: skip


def dropout_cache(parameters, values, masks):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = plain_cache(parameters, values)
    return Z1, masks[0], A1, W1, b1, Z2, masks[1], A2, W2, b2, Z3, A3, W3, b3


def seeded_masks(m, keep_prob):
    """The masks of seed 1: uniform numbers below keep_prob, layer 1 first."""
    draw = np.random.RandomState(1)
    return tuple(draw.random_sample((width, m)) < keep_prob for width in WIDTHS[1:3])


# --- compute_cost_with_regularization -----------------------------------------------------


@pytest.mark.exercise("compute_cost_with_regularization", weight=2, public=True)
@cases("compute_cost_with_regularization")
def test_l2_cost_documented(student, case):
    """The example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("compute_cost_with_regularization", weight=2)
@pytest.mark.parametrize("m", [1, 6, 25], ids=["1 example", "6 examples", "25 examples"])
def test_l2_penalty(student, rng, m):
    """What the weights cost, for another number of examples"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, m)), drawn_labels(rng, m), drawn_parameters(rng)
    unbiased = {name: value * (name[0] == "W") for name, value in parameters.items()}
    lambd = rng.uniform(0.5, 2)
    got = student.compute_cost_with_regularization(A3, Y, unbiased, lambd)
    expected = cross_entropy(A3, Y) + lambd / (2 * m) * squares(unbiased)
    assert_same(got, expected, rtol=1e-5, name="the cost")


@pytest.mark.exercise("compute_cost_with_regularization", weight=2)
def test_l2_cost_of_each_layer(student, rng):
    """The weights of every layer are paid for"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, 4)), drawn_labels(rng, 4), drawn_parameters(rng)
    for layer in (1, 2, 3):
        lone = {name: value * (name == f"W{layer}") for name, value in parameters.items()}
        none = {name: value * 0 for name, value in parameters.items()}
        with_layer = student.compute_cost_with_regularization(A3, Y, lone, 1.5)
        without = student.compute_cost_with_regularization(A3, Y, none, 1.5)
        if number(with_layer, "the cost") == number(without, "the cost"):
            fail("the weights of layer {layer} cost nothing", layer=among(layer, (1, 2, 3)))


@pytest.mark.exercise("compute_cost_with_regularization", weight=1)
def test_l2_leaves_biases_free(student, rng):
    """Biases cost nothing"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, 5)), drawn_labels(rng, 5), drawn_parameters(rng)
    unbiased = {name: value * (name[0] == "W") for name, value in parameters.items()}
    demand_weights_that_cost(student.compute_cost_with_regularization, A3, Y, parameters)
    with_biases = student.compute_cost_with_regularization(A3, Y, parameters, 2.0)
    without = student.compute_cost_with_regularization(A3, Y, unbiased, 2.0)
    if not np.isclose(number(with_biases, "the cost"), number(without, "the cost"), rtol=1e-9):
        fail("the cost changes when only the biases change: the penalty is for weights")


@pytest.mark.exercise("compute_cost_with_regularization", weight=1)
def test_l2_keeps_the_cross_entropy(student, rng):
    """With lambd = 0 the cross-entropy is left"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, 9)), drawn_labels(rng, 9), drawn_parameters(rng)
    got = student.compute_cost_with_regularization(A3, Y, parameters, 0)
    assert_same(got, cross_entropy(A3, Y), name="the cost")


# --- compute_cost_with_l1_regularization --------------------------------------------------


@pytest.mark.exercise("compute_cost_with_l1_regularization", weight=0.5, public=True)
@cases("compute_cost_with_l1_regularization")
def test_l1_cost_documented(student, case):
    """The example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("compute_cost_with_l1_regularization", weight=1.5)
@pytest.mark.parametrize("m", [3, 20], ids=["3 examples", "20 examples"])
def test_l1_penalty(student, rng, m):
    """What the weights cost, for another number of examples"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, m)), drawn_labels(rng, m), drawn_parameters(rng)
    unbiased = {name: value * (name[0] == "W") for name, value in parameters.items()}
    lambd = rng.uniform(0.5, 2)
    sizes = sum(float(np.abs(value).sum()) for value in unbiased.values())
    got = student.compute_cost_with_l1_regularization(A3, Y, unbiased, lambd)
    assert_same(got, cross_entropy(A3, Y) + lambd / m * sizes, name="the cost")


@pytest.mark.exercise("compute_cost_with_l1_regularization", weight=1)
def test_l1_ignores_signs(student, rng):
    """A negative weight costs what a positive one costs"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, 5)), drawn_labels(rng, 5), drawn_parameters(rng)
    positive = {name: np.abs(v) if name[0] == "W" else v for name, v in parameters.items()}
    demand_weights_that_cost(student.compute_cost_with_l1_regularization, A3, Y, parameters)
    one = student.compute_cost_with_l1_regularization(A3, Y, parameters, 1.2)
    other = student.compute_cost_with_l1_regularization(A3, Y, positive, 1.2)
    if not np.isclose(number(one, "the cost"), number(other, "the cost"), rtol=1e-9):
        fail("the cost changes when a weight changes its sign only")


@pytest.mark.exercise("compute_cost_with_l1_regularization", weight=0.5)
def test_l1_leaves_biases_free(student, rng):
    """Biases cost nothing"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, 5)), drawn_labels(rng, 5), drawn_parameters(rng)
    unbiased = {name: value * (name[0] == "W") for name, value in parameters.items()}
    demand_weights_that_cost(student.compute_cost_with_l1_regularization, A3, Y, parameters)
    with_biases = student.compute_cost_with_l1_regularization(A3, Y, parameters, 2.0)
    without = student.compute_cost_with_l1_regularization(A3, Y, unbiased, 2.0)
    if not np.isclose(number(with_biases, "the cost"), number(without, "the cost"), rtol=1e-9):
        fail("the cost changes when only the biases change: the penalty is for weights")


@pytest.mark.exercise("compute_cost_with_l1_regularization", weight=0.5)
def test_l1_keeps_the_cross_entropy(student, rng):
    """With lambd = 0 the cross-entropy is left"""
    A3, Y, parameters = rng.uniform(0.1, 0.9, (1, 9)), drawn_labels(rng, 9), drawn_parameters(rng)
    got = student.compute_cost_with_l1_regularization(A3, Y, parameters, 0)
    assert_same(got, cross_entropy(A3, Y), name="the cost")


# --- backward_propagation_with_regularization ---------------------------------------------


@pytest.mark.exercise("backward_propagation_with_regularization", weight=2, public=True)
@cases("backward_propagation_with_regularization")
def test_l2_backward_documented(student, case):
    """The example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("backward_propagation_with_regularization", weight=3)
@pytest.mark.parametrize("layer", [3, 2, 1], ids=lambda layer: f"layer {layer}")
def test_l2_backward_is_the_slope(student, rng, layer):
    """dW is the slope of the cost with its penalty, by finite differences"""
    X, Y, parameters, values = drawn_problem(rng)
    lambd, m = 1.3, X.shape[1]

    def cost(moved):
        A3 = forward(X, moved)["A3"]
        return cross_entropy(A3, Y) + lambd / (2 * m) * squares(moved)

    got = student.backward_propagation_with_regularization(
        X, Y, plain_cache(parameters, values), lambd
    )
    assert_slope(got, f"W{layer}", cost, parameters)


@pytest.mark.exercise("backward_propagation_with_regularization", weight=2)
def test_l2_backward_leaves_biases_free(student, rng):
    """db is the slope of the cross-entropy alone"""
    X, Y, parameters, values = drawn_problem(rng)
    got = student.backward_propagation_with_regularization(
        X, Y, plain_cache(parameters, values), 3.0
    )
    demand_weights(got, "d")
    for name in ("b3", "b2", "b1"):
        assert_slope(got, name, lambda moved: cross_entropy(forward(X, moved)["A3"], Y), parameters)


@pytest.mark.exercise("backward_propagation_with_regularization", weight=1)
def test_l2_backward_between_the_layers(student, rng):
    """dZ and dA do not know of the penalty"""
    X, Y, parameters, values = drawn_problem(rng)
    cache = plain_cache(parameters, values)
    got = student.backward_propagation_with_regularization(X, Y, cache, 3.0)
    demand_weights(got, "d")
    dZ = values["A3"] - Y
    for layer in (3, 2, 1):
        shape = values[f"Z{layer}"].shape
        assert_same(item(got, f"dZ{layer}", shape), dZ, name=f"dZ{layer}")
        if layer > 1:
            dA = parameters[f"W{layer}"].T @ dZ
            assert_same(item(got, f"dA{layer - 1}", dA.shape), dA, name=f"dA{layer - 1}")
            dZ = dA * (values[f"Z{layer - 1}"] > 0)


# --- update_parameters_with_weight_decay --------------------------------------------------


@pytest.mark.exercise("update_parameters_with_weight_decay", weight=1, public=True)
@cases("update_parameters_with_weight_decay")
def test_decay_documented(student, case):
    """The example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("update_parameters_with_weight_decay", weight=3.5)
@pytest.mark.parametrize("widths", [(3, 2), (4, 6, 5, 1)], ids=["1 layer", "3 layers"])
def test_decay_is_a_step_on_the_l2_gradient(student, rng, widths):
    """The same weights as a plain step on the gradient with its penalty"""
    parameters = drawn_parameters(rng, widths)
    grads = {"d" + name: rng.normal(size=value.shape) for name, value in parameters.items()}
    got = student.update_parameters_with_weight_decay(
        parameters, grads, learning_rate=0.25, lambd=1.8, m=3
    )
    for name, W in parameters.items():
        if name[0] == "W":
            expected = W - 0.25 * (grads["d" + name] + 1.8 / 3 * W)
            assert_same(item(got, name, W.shape), expected, name=name)


@pytest.mark.exercise("update_parameters_with_weight_decay", weight=2)
def test_decay_leaves_biases_alone(student, rng):
    """Biases take the plain step"""
    parameters = drawn_parameters(rng)
    grads = {"d" + name: rng.normal(size=value.shape) for name, value in parameters.items()}
    got = student.update_parameters_with_weight_decay(
        parameters, grads, learning_rate=0.2, lambd=4.0, m=5
    )
    demand_weights(got)
    for name in ("b1", "b2", "b3"):
        expected = parameters[name] - 0.2 * grads["d" + name]
        assert_same(item(got, name, expected.shape), expected, name=name)


# --- forward_propagation_with_dropout -----------------------------------------------------


@pytest.mark.exercise("forward_propagation_with_dropout", weight=2, public=True)
@cases("forward_propagation_with_dropout")
def test_dropout_documented(student, case):
    """The example of the lesson"""
    got = student.forward_propagation_with_dropout(*case.args, **case.kwargs)
    values = by_name(got)
    assert_same(values.pop("output"), case.expected[0], name="A3", **SINGLE)
    for (name, value), expected in zip(values.items(), case.expected[1], strict=True):
        wanted = expected.astype(float) if name in ("D1", "D2") else expected
        assert_same(value, wanted, name=name, **SINGLE)


def by_name(result):
    """What a student's forward pass returns, as a dictionary of arrays of floats.

    Masks of booleans and masks of 0 and 1 mean the same here.
    """
    names = ["Z1", "D1", "A1", "W1", "b1", "Z2", "D2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3"]
    if not isinstance(result, tuple | list) or len(result) != 2:
        fail("the function has to return A3 and the cache")
    A3, cache = result
    if not isinstance(cache, tuple | list) or len(cache) != len(names):
        words = "the cache has to hold {n} arrays, in the order of the docstring"
        fail(words, n=among(len(names), (14,)))
    values = {
        name: numeric(value, Text("`{name}` in the cache", name=name))
        for name, value in zip(names, cache, strict=True)
    }
    for name in ("D1", "D2"):
        values[name] = values[name].astype(float)
    return {**values, "output": numeric(A3, "`A3`")}


@pytest.mark.exercise("forward_propagation_with_dropout", weight=2)
@pytest.mark.parametrize("keep_prob", [0.2, 0.5, 0.86], ids=lambda p: f"keep_prob = {p}")
def test_dropout_masks(student, rng, keep_prob):
    """The masks keep the units they should"""
    X, _, parameters, _ = drawn_problem(rng, m=40)
    values = by_name(student.forward_propagation_with_dropout(X, parameters, keep_prob))
    for name, expected in zip(("D1", "D2"), seeded_masks(40, keep_prob), strict=True):
        if values[name].shape != expected.shape:
            fail(
                "`{name}` has shape {found}, its layer has {wanted}",
                name=name, found=values[name].shape, wanted=expected.shape,
            )  # fmt: skip
        kept = values[name]
        if not set(np.unique(kept)) <= {0.0, 1.0}:
            fail("`{name}` has to hold True and False (or 1 and 0)", name=name)
        if not np.array_equal(kept, expected):
            near = abs(kept.mean() - keep_prob) < 0.05
            share = Text("as it should") if near else Text("another than keep_prob")
            words = "`{name}` keeps other units than it should; share kept: {share}"
            fail(words, name=Text(name), share=share)


@pytest.mark.exercise("forward_propagation_with_dropout", weight=3)
@pytest.mark.parametrize("keep_prob", [0.3, 0.8], ids=lambda p: f"keep_prob = {p}")
def test_dropout_scaling(student, rng, keep_prob):
    """Kept activations are scaled up, the others are zero"""
    X, _, parameters, _ = drawn_problem(rng, m=30)
    values = by_name(student.forward_propagation_with_dropout(X, parameters, keep_prob))
    for layer in (1, 2):
        Z, D, A = values[f"Z{layer}"], values[f"D{layer}"], values[f"A{layer}"]
        per_unit = (WIDTHS[layer], 30)
        if Z.shape != per_unit:
            words = "`Z{layer}` does not have a row for each unit of its layer"
            fail(words, layer=among(layer, (1, 2)))
        if D.shape not in (per_unit, (WIDTHS[layer], 1)):
            words = "`D{layer}` does not have a row for each unit of its layer"
            fail(words, layer=among(layer, (1, 2)))
        assert_same(
            A, np.where(D == 1, np.maximum(Z, 0), 0) / keep_prob, name=f"A{layer}", **SINGLE
        )


@pytest.mark.exercise("forward_propagation_with_dropout", weight=2)
def test_dropout_passes_on_what_is_left(student, rng):
    """Each layer is fed by the thinned layer before it, and the output is whole"""
    X, _, parameters, _ = drawn_problem(rng, m=9)
    values = by_name(student.forward_propagation_with_dropout(X, parameters, 0.7))
    for layer, inputs in ((1, X), (2, values["A1"]), (3, values["A2"])):
        numeric(inputs, f"`A{layer - 1}`", (WIDTHS[layer - 1], 9))
        expected = parameters[f"W{layer}"] @ inputs + parameters[f"b{layer}"]
        assert_same(values[f"Z{layer}"], expected, name=f"Z{layer}", **SINGLE)
    assert_same(values["output"], 1 / (1 + np.exp(-values["Z3"])), name="A3", **SINGLE)
    assert_same(values["A3"], values["output"], name="A3 in the cache", **SINGLE)


@pytest.mark.exercise("forward_propagation_with_dropout", weight=2)
def test_dropout_that_keeps_all(student, rng):
    """With keep_prob = 1 it is the plain forward pass"""
    X, _, parameters, values = drawn_problem(rng, m=8)
    got = by_name(student.forward_propagation_with_dropout(X, parameters, keep_prob=1))
    for name, expected in values.items():
        assert_same(got[name], expected, name=name, **SINGLE)
    assert_same(got["output"], values["A3"], name="A3", **SINGLE)


# --- backward_propagation_with_dropout ----------------------------------------------------


@pytest.mark.exercise("backward_propagation_with_dropout", weight=1.5, public=True)
@cases("backward_propagation_with_dropout")
def test_dropout_backward_documented(student, case):
    """The example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("backward_propagation_with_dropout", weight=1)
@pytest.mark.parametrize(
    ("layer", "keep_prob"),
    [(layer, keep_prob) for keep_prob in (0.6, 0.9) for layer in (3, 2, 1)],
    ids=[f"layer {layer}, keep_prob = {p}" for p in (0.6, 0.9) for layer in (3, 2, 1)],
)
def test_dropout_backward_is_the_slope(student, rng, keep_prob, layer):
    """dW and db are slopes of the masked cost, by finite differences"""
    masks = drawn_masks(rng, keep_prob)
    X, Y, parameters, values = drawn_problem(rng, masks=masks, keep_prob=keep_prob)

    def cost(moved):
        return cross_entropy(forward(X, moved, masks, keep_prob)["A3"], Y)

    cache = dropout_cache(parameters, values, masks)
    got = student.backward_propagation_with_dropout(X, Y, cache, keep_prob)
    for name in (f"W{layer}", f"b{layer}"):
        assert_slope(got, name, cost, parameters)


@pytest.mark.exercise("backward_propagation_with_dropout", weight=1.5)
@pytest.mark.parametrize("layer", [2, 1], ids=lambda layer: f"layer {layer}")
def test_dropout_backward_of_the_activations(student, rng, layer):
    """dA is scaled where a unit was kept and zero where it was not"""
    keep_prob = 0.75
    masks = drawn_masks(rng, keep_prob)
    X, Y, parameters, values = drawn_problem(rng, masks=masks, keep_prob=keep_prob)
    cache = dropout_cache(parameters, values, masks)
    got = student.backward_propagation_with_dropout(X, Y, cache, keep_prob)
    later = item(got, f"dZ{layer + 1}", values[f"Z{layer + 1}"].shape)
    full = parameters[f"W{layer + 1}"].T @ later
    dA = item(got, f"dA{layer}", full.shape)
    if np.any(dA[~masks[layer - 1]]):
        fail("`{name}` is not zero where the mask has dropped the unit", name=f"dA{layer}")
    assert_same(dA, np.where(masks[layer - 1], full / keep_prob, 0), name=f"dA{layer}")


@pytest.mark.exercise("backward_propagation_with_dropout", weight=1.5)
def test_dropout_backward_that_keeps_all(student, rng):
    """With keep_prob = 1 and full masks it is the plain backward pass"""
    X, Y, parameters, values = drawn_problem(rng)
    masks = tuple(np.ones((width, 7), dtype=bool) for width in WIDTHS[1:3])
    cache = dropout_cache(parameters, values, masks)
    got = student.backward_propagation_with_dropout(X, Y, cache, 1)
    for name in parameters:
        assert_slope(got, name, lambda moved: cross_entropy(forward(X, moved)["A3"], Y), parameters)


# --- early_stopping -----------------------------------------------------------------------


@pytest.mark.exercise("early_stopping", weight=0.5, public=True)
@cases("early_stopping")
def test_early_stopping_documented(student, case):
    """The examples of the lesson"""
    assert_documented(student, case)


def best_before_stopping(costs, patience):
    """The answer, found from the end: which is the first record that holds long enough?"""
    records = [i for i, cost in enumerate(costs) if i == 0 or cost < min(costs[:i])]
    for record, following in zip(records, [*records[1:], len(costs) + patience], strict=True):
        if following - record > patience:
            return record
    raise AssertionError("the last record always holds")


@pytest.mark.exercise("early_stopping", weight=1.5)
@pytest.mark.parametrize("patience", [1, 2, 4], ids=lambda patience: f"patience {patience}")
def test_early_stopping_on_noisy_curves(student, rng, patience):
    """Right on twenty noisy curves, with"""
    for _ in range(20):
        costs = [float(cost) for cost in rng.permutation(rng.uniform(size=14).cumsum())]
        got = number(student.early_stopping(costs, patience), "the epoch")
        if got != best_before_stopping(costs, patience):
            fail("another epoch than the best one seen before patience ran out")


@pytest.mark.exercise("early_stopping", weight=1)
def test_early_stopping_at_the_last_moment(student, rng):
    """A lower cost in the very last epoch of the patience still counts"""
    patience = int(rng.integers(3, 6))
    waiting = [1.0, *[2.0] * (patience - 1), 0.5, *[3.0] * 10]
    if number(student.early_stopping(waiting, patience), "the epoch") != patience:
        fail("stopped too early: the cost fell again while there was patience left")
    too_late = [1.0, *[2.0] * patience, 0.5]
    if number(student.early_stopping(too_late, patience), "the epoch") != 0:
        fail("waited too long: patience had run out before the cost fell again")


@pytest.mark.exercise("early_stopping", weight=1)
def test_early_stopping_counts_anew(student, rng):
    """Every improvement starts the patience anew"""
    steps = np.repeat(np.arange(6, 0, -1.0), 3) + np.tile([0.0, 0.3, 0.2], 6)
    if number(student.early_stopping(list(steps), 3), "the epoch") != 15:
        fail("patience is counted from the last improvement, not over the whole training")


@pytest.mark.exercise("early_stopping", weight=0.5)
def test_early_stopping_with_equal_costs(student):
    """An equal cost is not a lower one"""
    got = student.early_stopping([3.0, 2.0, 2.0, 2.0, 1.0], 2)
    if number(got, "the epoch") != 1:
        fail("an epoch with the same cost as the best one is no improvement")


@pytest.mark.exercise("early_stopping", weight=1)
def test_early_stopping_with_patience_to_spare(student, rng):
    """If patience is never used up, the best of all"""
    costs = list(rng.permutation(np.arange(1.0, 13.0)))
    assert_same(student.early_stopping(costs, 50), costs.index(1.0), name="the epoch")


# --- flip_horizontal ----------------------------------------------------------------------


@pytest.mark.exercise("flip_horizontal", weight=0.5, public=True)
@cases("flip_horizontal")
def test_flip_documented(student, case):
    """The example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("flip_horizontal", weight=1)
@pytest.mark.parametrize("shape", [(3, 4, 5, 3), (2, 6, 6, 3)], ids=["oblong", "square"])
def test_flip_of_colour_images(student, rng, shape):
    """Right for several colour images"""
    images = rng.integers(0, 256, size=shape)
    got = student.flip_horizontal(images)
    columns = [images[:, :, column] for column in range(shape[2])]
    assert_same(got, np.stack(columns[::-1], axis=2))


@pytest.mark.exercise("flip_horizontal", weight=1.5)
def test_flip_twice(student, rng):
    """Twice flipped is the original"""
    images = rng.uniform(size=(2, 3, 4, 3))
    once = student.flip_horizontal(images)
    assert_same(student.flip_horizontal(once), images)
    if np.array_equal(once, images):
        fail("the images come back as they were")


# --- dropout_layer ------------------------------------------------------------------------


def drawn_activations(rng, shape):
    """Activations away from zero, so that a zero in the answer is a unit switched off."""
    return rng.uniform(0.5, 2.0, size=shape)


def thinned(student, A, keep_prob, seed=4):
    """What the student's layer hands on while training; some of it has to be switched off."""
    got = numeric(student.dropout_layer(A, keep_prob, True, seed), "the result", A.shape)
    if np.all(got != 0) or not np.any(got):
        fail("while training, some units are switched off and the others are not")
    return got


@pytest.mark.exercise("dropout_layer", weight=2, public=True)
def test_layer_documented(student):
    """What the notebook's instrument says: nothing is left to repair"""
    A = np.random.RandomState(2).uniform(0.5, 1.5, size=(30, 200))
    one = thinned(student, A, 0.8, seed=1)
    predicted = numeric(student.dropout_layer(A, 0.8, False, 1), "the result", A.shape)
    assert_same(predicted, A, name="what is handed on when predicting")
    demand_masks_of_their_own(one)
    kept = np.random.default_rng(1).random(A.shape) < 0.8
    assert_same(one, np.where(kept, A / 0.8, 0), name="what is handed on while training")


def demand_masks_of_their_own(handed_on):
    """Fail when all examples lose the same units."""
    if np.all((handed_on != 0) == (handed_on[:, :1] != 0)):
        fail("all examples lose the same units: each has a mask of its own")


@pytest.mark.exercise("dropout_layer", weight=4)
def test_layer_predicts_with_everything(student, rng):
    """Predicting hands on the activations as they are, training does not"""
    A = drawn_activations(rng, (9, 14))
    thinned(student, A, 0.6)
    predicted = numeric(student.dropout_layer(A, 0.6, False, 4), "the result", A.shape)
    assert_same(predicted, A, name="what is handed on when predicting")


@pytest.mark.exercise("dropout_layer", weight=4)
def test_layer_gives_every_example_its_own_mask(student, rng):
    """Every example loses units of its own"""
    demand_masks_of_their_own(thinned(student, drawn_activations(rng, (8, 40)), 0.7))


@pytest.mark.exercise("dropout_layer", weight=4)
def test_layer_while_training(student, rng):
    """Repaired and otherwise as it was: draws of the seed, scaling"""
    A, seed = drawn_activations(rng, (7, 11)), int(rng.integers(5, 500))
    kept = np.random.default_rng(seed).random(A.shape) < 0.65
    wanted = np.where(kept, A / 0.65, 0)
    assert_same(thinned(student, A, 0.65, seed), wanted, name="what is handed on while training")
