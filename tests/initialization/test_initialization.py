"""Hidden graders of `initialization`.

Each check looks at one thing (layers, draws, spread, biases, kind of number, manners), so that
a mistake costs once. Weights are points: those of an exercise add up to its points. The oracles
are the documented cases, numpy's legacy generator and the formulas themselves; none of them is
the reference solution.
"""

import math
import re

import numpy as np
import pytest

from autograder.graders import Text, among, assert_same, documented, fail

any_depth = pytest.mark.parametrize(
    "depth", [1, 2, 5], ids=["a net of 1 layer", "a net of 2 layers", "a net of 5 layers"]
)


def shown(function):
    return pytest.mark.parametrize("case", documented(function), ids=str)


def odd_widths(rng, depth):
    """Widths n_0 … n_depth: odd, at least 3, all different, so that no two shapes agree."""
    return [int(width) for width in rng.permutation(np.arange(3, 17, 2))[: depth + 1]]


def wide_widths(rng):
    """Widths of three large layers, in which spreads can be measured to about 1.4%."""
    k = int(rng.integers(27, 32))
    return [4 * k, k, 5 * k, k - 2]


def arrays(parameters, kind):
    """The entries W1, W2, … or b1, b2, … of a student's dictionary, as arrays by layer."""
    if not isinstance(parameters, dict):
        fail("The function must return the dictionary `parameters`.")
    found = {}
    for name, value in parameters.items():
        if not re.fullmatch(kind + "[1-9][0-9]*", str(name)):
            continue
        array = np.asarray(value if isinstance(value, (np.ndarray, int, float)) else None)
        if array.dtype.kind not in "biufc" or not array.size:
            fail("`{name}` is not an array of numbers.", name=name)
        found[int(str(name)[1:])] = array
    if not found:
        fail("The dictionary holds no `{name}`.", name=f"{kind}1")
    return dict(sorted(found.items()))


def demand_layers(parameters, widths):
    """Fail unless the keys are W1, b1, …, WL, bL and every W_l is (n_l, n_{l-1})."""
    weights = arrays(parameters, "W")
    layers = range(1, len(widths))
    wanted = {f"{kind}{layer}" for layer in layers for kind in "Wb"}
    if missing := sorted(wanted - set(parameters), key=_by_layer):
        fail(
            "`{name}` is missing: every layer has a `W` and a `b`, the last one too.",
            name=missing[0],
        )
    if extra := sorted(set(map(str, parameters)) - wanted):
        fail("`{name}` should not be there: layers are numbered from 1 to L.", name=extra[0])
    for layer in layers:
        shape = (widths[layer], widths[layer - 1])
        if weights[layer].shape != shape:
            found = weights[layer].shape
            fail(
                "`{name}` has shape {found}, expected {wanted}.",
                name=f"W{layer}", found=found, wanted=shape,
            )  # fmt: skip


def _by_layer(name):
    return name[1:], name[0]


def demand_zero_weights(parameters):
    """Fail unless every W holds zeros only, whatever its shape."""
    for layer, weights in arrays(parameters, "W").items():
        if weights.any():
            fail("`{name}` holds numbers that are not zero.", name=f"W{layer}")


def demand_zero_columns(parameters, widths):
    """Fail unless every b_l that is there is a column (n_l, 1) of zeros."""
    for layer, biases in arrays(parameters, "b").items():
        if layer >= len(widths):
            continue
        if biases.any():
            fail(
                "`{name}` is not zero: biases start at zero in all four schemes.",
                name=f"b{layer}",
            )
        if biases.ndim == 0:
            fail(
                "`{name}` is a single number, expected a column: one bias per unit.",
                name=f"b{layer}",
            )
        if biases.shape != (widths[layer], 1):
            fail(
                "`{name}` has shape {found}, expected {wanted}.",
                name=f"b{layer}", found=biases.shape, wanted=(widths[layer], 1),
            )  # fmt: skip


def demand_draws(first, second, widths):
    """Fail unless the weights are seed 3's draws, layer after layer, up to a factor per layer."""
    first, second = arrays(first, "W"), arrays(second, "W")
    for layer, weights in first.items():
        if layer not in second or not np.array_equal(weights, second[layer]):
            fail("Two calls with the same `layers_dims` gave different numbers.")
    stream = np.random.RandomState(3)
    for layer in range(1, len(widths)):
        draws = stream.standard_normal(widths[layer] * widths[layer - 1])
        if layer in first and not _along(first[layer].ravel(), draws):
            last = f"W{layer - 1}"
            before = Text("right up to `{name}` and ", name=last) if layer > 1 else ""
            fail(
                "The numbers are {before}not those of seed 3 in `{name}`: seed once, then draw "
                "each W with one call of `np.random.randn`, from the first layer to the last.",
                before=before, name=f"W{layer}",
            )  # fmt: skip


def _along(numbers, draws):
    """Whether some numbers are the draws times one positive factor."""
    if numbers.shape != draws.shape or not numbers.any():
        return False
    with np.errstate(all="ignore"):  # a student's numbers may be infinite
        direction = numbers / np.linalg.norm(numbers)
        return np.allclose(direction, draws / np.linalg.norm(draws), rtol=1e-5, atol=1e-8)


def demand_spread(parameters, widths, spread):
    """Fail unless W_l is centred on 0 with standard deviation spread(n_{l-1}), to 10%."""
    for layer, weights in arrays(parameters, "W").items():
        if layer >= len(widths):
            continue
        wanted = spread(widths[layer - 1])
        with np.errstate(all="ignore"):  # a student's numbers may be infinite
            centre, deviation = abs(np.mean(weights)), float(np.std(weights))
        if not 0.9 < deviation / wanted < 1.1:
            how = Text("farther") if deviation > wanted else Text("less far")
            words = "The numbers in `{name}` spread {how} than they should."
            fail(words, name=f"W{layer}", how=how)
        if centre > 0.1 * wanted:
            fail("The numbers in `{name}` are not centred on 0.", name=f"W{layer}")


def demand_floats(parameters):
    """Fail unless there are arrays, and every one holds floating-point numbers."""
    for kind in "Wb":
        for layer, values in arrays(parameters, kind).items():
            if values.ndim and values.dtype.kind != "f":
                fail("`{name}` has to hold floating-point numbers.", name=f"{kind}{layer}")


def demand_untouched(student, parameters):
    """Fail when the call that gave these parameters changed the list that it was given."""
    arrays(parameters, "W")
    if student.last.changed:
        fail("The function changes the caller's `layers_dims`: read the list, leave it as it is.")


# --- zeros ---------------------------------------------------------------------------------


@pytest.mark.exercise("initialize_parameters_zeros", weight=1, public=True)
@shown("initialize_parameters_zeros")
def test_zeros_shown(student, case):
    """The examples of the notebook"""
    assert_same(
        student.initialize_parameters_zeros(*case.args),
        case.expected,
        rtol=case.rtol,
        atol=case.atol,
    )


@pytest.mark.exercise("initialize_parameters_zeros", weight=1)
@any_depth
def test_zeros_layers(student, rng, depth):
    """A `W` and a `b` for every layer, every `W` of shape (n_l, n_{l-1})"""
    widths = odd_widths(rng, depth)
    demand_layers(student.initialize_parameters_zeros(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_zeros", weight=1.5)
def test_zeros_weights(student, rng):
    """All weights are zero"""
    demand_zero_weights(student.initialize_parameters_zeros(odd_widths(rng, 4)))


@pytest.mark.exercise("initialize_parameters_zeros", weight=2.5)
def test_zeros_biases(student, rng):
    """Biases are columns of zeros, one per unit"""
    widths = odd_widths(rng, 4)
    demand_zero_columns(student.initialize_parameters_zeros(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_zeros", weight=0.5)
def test_zeros_floats(student, rng):
    """All arrays hold floating-point numbers"""
    demand_floats(student.initialize_parameters_zeros(odd_widths(rng, 4)))


@pytest.mark.exercise("initialize_parameters_zeros", weight=0.5)
def test_zeros_manners(student, rng):
    """The caller's `layers_dims` stays as it was"""
    demand_untouched(student, student.initialize_parameters_zeros(odd_widths(rng, 4)))


# --- random --------------------------------------------------------------------------------


@pytest.mark.exercise("initialize_parameters_random", weight=1, public=True)
@shown("initialize_parameters_random")
def test_random_shown(student, case):
    """The examples of the notebook"""
    assert_same(
        student.initialize_parameters_random(*case.args),
        case.expected,
        rtol=case.rtol,
        atol=case.atol,
    )


@pytest.mark.exercise("initialize_parameters_random", weight=0.5)
@any_depth
def test_random_layers(student, rng, depth):
    """A `W` and a `b` for every layer, every `W` of shape (n_l, n_{l-1})"""
    widths = odd_widths(rng, depth)
    demand_layers(student.initialize_parameters_random(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_random", weight=2)
def test_random_draws(student, rng):
    """The draws are those of seed 3, the same in every call"""
    widths = odd_widths(rng, 4)
    first = student.initialize_parameters_random(list(widths))
    demand_draws(first, student.initialize_parameters_random(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_random", weight=3)
def test_random_spread(student, rng):
    """Weights are centred on 0 with a standard deviation of 10"""
    widths = wide_widths(rng)
    demand_spread(student.initialize_parameters_random(list(widths)), widths, lambda fan_in: 10)


@pytest.mark.exercise("initialize_parameters_random", weight=0.5)
def test_random_biases(student, rng):
    """Biases are columns of zeros, one per unit"""
    widths = odd_widths(rng, 4)
    demand_zero_columns(student.initialize_parameters_random(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_random", weight=0.5)
def test_random_floats(student, rng):
    """All arrays hold floating-point numbers"""
    demand_floats(student.initialize_parameters_random(odd_widths(rng, 4)))


@pytest.mark.exercise("initialize_parameters_random", weight=0.5)
def test_random_manners(student, rng):
    """The caller's `layers_dims` stays as it was"""
    demand_untouched(student, student.initialize_parameters_random(odd_widths(rng, 4)))


# --- He ------------------------------------------------------------------------------------


@pytest.mark.exercise("initialize_parameters_he", weight=1, public=True)
@shown("initialize_parameters_he")
def test_he_shown(student, case):
    """The examples of the notebook"""
    assert_same(
        student.initialize_parameters_he(*case.args), case.expected, rtol=case.rtol, atol=case.atol
    )


@pytest.mark.exercise("initialize_parameters_he", weight=1)
@any_depth
def test_he_layers(student, rng, depth):
    """A `W` and a `b` for every layer, every `W` of shape (n_l, n_{l-1})"""
    widths = odd_widths(rng, depth)
    demand_layers(student.initialize_parameters_he(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_he", weight=3)
def test_he_draws(student, rng):
    """The draws are those of seed 3, the same in every call"""
    widths = odd_widths(rng, 4)
    first = student.initialize_parameters_he(list(widths))
    demand_draws(first, student.initialize_parameters_he(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_he", weight=12)
def test_he_spread(student, rng):
    """Weights are centred on 0 with the standard deviation of He's rule"""
    widths = wide_widths(rng)
    demand_spread(
        student.initialize_parameters_he(list(widths)), widths, lambda fan_in: (2 / fan_in) ** 0.5
    )


@pytest.mark.exercise("initialize_parameters_he", weight=2)
def test_he_biases(student, rng):
    """Biases are columns of zeros, one per unit"""
    widths = odd_widths(rng, 4)
    demand_zero_columns(student.initialize_parameters_he(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_he", weight=1)
def test_he_floats(student, rng):
    """All arrays hold floating-point numbers"""
    demand_floats(student.initialize_parameters_he(odd_widths(rng, 4)))


@pytest.mark.exercise("initialize_parameters_he", weight=1)
def test_he_manners(student, rng):
    """The caller's `layers_dims` stays as it was"""
    demand_untouched(student, student.initialize_parameters_he(odd_widths(rng, 4)))


# --- Xavier --------------------------------------------------------------------------------


@pytest.mark.exercise("initialize_parameters_xavier", weight=1, public=True)
@shown("initialize_parameters_xavier")
def test_xavier_shown(student, case):
    """The examples of the notebook"""
    assert_same(
        student.initialize_parameters_xavier(*case.args),
        case.expected,
        rtol=case.rtol,
        atol=case.atol,
    )


@pytest.mark.exercise("initialize_parameters_xavier", weight=0.5)
@any_depth
def test_xavier_layers(student, rng, depth):
    """A `W` and a `b` for every layer, every `W` of shape (n_l, n_{l-1})"""
    widths = odd_widths(rng, depth)
    demand_layers(student.initialize_parameters_xavier(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_xavier", weight=2.5)
def test_xavier_draws(student, rng):
    """The draws are those of seed 3, the same in every call"""
    widths = odd_widths(rng, 4)
    first = student.initialize_parameters_xavier(list(widths))
    demand_draws(first, student.initialize_parameters_xavier(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_xavier", weight=7)
def test_xavier_spread(student, rng):
    """Weights are centred on 0 with the standard deviation of Xavier's rule"""
    widths = wide_widths(rng)
    demand_spread(
        student.initialize_parameters_xavier(list(widths)),
        widths,
        lambda fan_in: (1 / fan_in) ** 0.5,
    )


@pytest.mark.exercise("initialize_parameters_xavier", weight=1)
def test_xavier_biases(student, rng):
    """Biases are columns of zeros, one per unit"""
    widths = odd_widths(rng, 4)
    demand_zero_columns(student.initialize_parameters_xavier(list(widths)), widths)


@pytest.mark.exercise("initialize_parameters_xavier", weight=0.5)
def test_xavier_floats(student, rng):
    """All arrays hold floating-point numbers"""
    demand_floats(student.initialize_parameters_xavier(odd_widths(rng, 4)))


@pytest.mark.exercise("initialize_parameters_xavier", weight=0.5)
def test_xavier_manners(student, rng):
    """The caller's `layers_dims` stays as it was"""
    demand_untouched(student, student.initialize_parameters_xavier(odd_widths(rng, 4)))


# --- the instrument -------------------------------------------------------------------------

ACTIVATIONS = {"relu": lambda z: max(z, 0.0), "tanh": math.tanh}


def a_network(rng, activations):
    """X and parameters of a network with odd widths and biases that are not zero."""
    widths = odd_widths(rng, len(activations))
    parameters = {}
    for layer in range(1, len(widths)):
        shape = (widths[layer], widths[layer - 1])
        parameters[f"W{layer}"] = rng.normal(scale=0.5, size=shape)
        parameters[f"b{layer}"] = rng.normal(scale=0.7, size=(widths[layer], 1))
    return rng.normal(size=(widths[0], 4)), parameters


def sizes_by_hand(X, parameters, activations):
    """The same sizes with plain numbers, example by example and unit by unit."""
    columns, sizes = X.T.tolist(), []
    for layer, name in enumerate(activations, start=1):
        rows = parameters[f"W{layer}"].tolist()
        biases = parameters[f"b{layer}"].ravel().tolist()
        columns = [
            [
                ACTIVATIONS[name](math.fsum(w * a for w, a in zip(row, column, strict=True)) + b)
                for row, b in zip(rows, biases, strict=True)
            ]
            for column in columns
        ]
        numbers = [a for column in columns for a in column]
        sizes.append(math.sqrt(math.fsum(a * a for a in numbers) / len(numbers)))
    return np.array(sizes)


@pytest.mark.exercise("activation_sizes", weight=3, public=True)
@shown("activation_sizes")
def test_sizes_shown(student, case):
    """The example of the notebook"""
    assert_same(student.activation_sizes(*case.args), case.expected, rtol=1e-6)


@pytest.mark.exercise("activation_sizes", weight=4)
@pytest.mark.parametrize(
    "activations",
    [["relu"], ["tanh", "tanh"], ["relu", "relu", "tanh", "relu", "tanh"]],
    ids=["one layer of ReLU", "two layers of tanh", "five layers of both"],
)
def test_sizes_fresh(student, rng, activations):
    """The size of every layer, for"""
    X, parameters = a_network(rng, activations)
    wanted = sizes_by_hand(X, parameters, activations)
    assert_same(student.activation_sizes(X, parameters, list(activations)), wanted)


# --- the repair -----------------------------------------------------------------------------

FACTORS = {"relu": 2, "tanh": 1}


def deep(student, widths, activations):
    return student.initialize_parameters_deep(list(widths), list(activations))


@pytest.mark.exercise("initialize_parameters_deep", weight=3, public=True)
def test_deep_shown(student):
    """What the notebook's instrument says: nothing is left to repair"""
    widths, names = [100, 25, 100, 25, 100], ["relu", "relu", "tanh", "tanh"]
    parameters = deep(student, widths, names)
    demand_layers(parameters, widths)
    weights = arrays(parameters, "W")
    demand_different_units(weights)
    demand_factors(weights, widths, names)
    demand_zero_columns(parameters, widths)
    demand_draws(parameters, parameters, widths)


def demand_different_units(weights):
    """Fail unless no two rows of a W are alike."""
    for layer, W in weights.items():
        if W.ndim != 2 or len(np.unique(W.round(10), axis=0)) < len(W):
            words = "Units of layer {layer} are alike: they will stay alike."
            fail(words, layer=among(layer, range(1, 9)))


def demand_factors(weights, widths, activations):
    """Fail unless W_l spreads as its inputs and its own activation ask for, to a quarter."""
    for layer, name in enumerate(activations, start=1):
        if layer not in weights:
            fail("The dictionary holds no `{name}`.", name=f"W{layer}")
        wanted = math.sqrt(FACTORS[name] / widths[layer - 1])
        with np.errstate(all="ignore"):  # a student's numbers may be infinite
            times = float(np.sqrt(np.mean(weights[layer] ** 2))) / wanted
        if not 0.75 < times < 1.33:
            fail(
                "The spread of `{name}` does not fit the layer's inputs and activation.",
                name=f"W{layer}",
            )


@pytest.mark.exercise("initialize_parameters_deep", weight=7)
def test_deep_units_differ(student, rng):
    """No two units of a layer are alike"""
    names = ["relu", "tanh", "relu", "tanh"]
    demand_different_units(arrays(deep(student, odd_widths(rng, 4), names), "W"))


@pytest.mark.exercise("initialize_parameters_deep", weight=3.5)
@pytest.mark.parametrize("name", ["relu", "tanh"], ids=["ReLU", "tanh"])
def test_deep_spreads(student, rng, name):
    """The spread fits the number of inputs, in layers of"""
    k = int(rng.integers(110, 126))  # units that are alike measure the spread by one row
    widths, names = [k, 3 * k, 5], [name] * 2
    demand_factors(arrays(deep(student, widths, names), "W"), widths, names)


@pytest.mark.exercise("initialize_parameters_deep", weight=8)
def test_deep_whole(student, rng):
    """Repaired and otherwise as it was: keys, shapes, draws of seed 3, biases"""
    widths = odd_widths(rng, 5)
    names = ["relu", "tanh", "tanh", "relu", "relu"]
    wanted, stream = {}, np.random.RandomState(3)
    for layer, name in enumerate(names, start=1):
        draws = stream.standard_normal((widths[layer], widths[layer - 1]))
        wanted[f"W{layer}"] = draws * math.sqrt(FACTORS[name] / widths[layer - 1])
        wanted[f"b{layer}"] = np.zeros((widths[layer], 1))
    assert_same(deep(student, widths, names), wanted)
