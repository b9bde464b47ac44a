"""The example network of the lesson, and gradients of it that somebody has noted down.

Three examples of four features, layers of 5, 3 and 1 units: 47 parameters in all.
"""

from contextlib import contextmanager

import numpy as np
from gc_utils import EXAMPLE_SHAPES, vector_to_dictionary

# What the backward pass of this lesson gave on the day it arrived.
RECORDED = {
    "dW1": [
        [-0.37347778780965, -1.4790321603097862, 0.1759614253429018, -1.3368503644957601],
        [-0.01967513615719457, -0.08573553401542801, 0.011884652345551057, -0.07674312151045774],
        [0.03916037129037356, -0.05539734986948789, 0.04872714728071104, -0.093593934454497],
        [-0.05337777545025737, -0.21138458326994772, 0.025148562394954707, -0.19106383537598334],
        [0.0, 0.0, 0.0, 0.0],
    ],
    "db1": [
        [2.5316314879024926],
        [0.149005592009627],
        [-0.25605205219980437],
        [0.3618230092787558],
        [0.0],
    ],
    "dW2": [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1.831603303757299, 0.04903095183035456, -0.21595907569274134, 1.8056378182797364, 0.0],
    ],
    "db2": [
        [0.0],
        [0.0],
        [0.1976334252390789],
    ],
    "dW3": [
        [0.0, 0.0, 2.244042377990228],
    ],
    "db3": [
        [0.21225752708273302],
    ],
}

# Two-sided differences of the cost at epsilon = 1e-7, measured once: slopes with their noise.
MEASURED = {
    "dW1": [
        [-0.3734777420660862, -1.4790319036173116, 0.17596132995123526, -1.3368505369371064],
        [-0.01967496832122606, -0.0857352233651909, 0.011884662143302194, -0.07674277213709502],
        [0.039160370501889474, -0.05539734893034165, 0.04872714898240815, -0.09359393260410798],
        [-0.05337766673108035, -0.21138479411320077, 0.025148632065707943, -0.1910637092983336],
        [0.0, 0.0, 0.0, 0.0],
    ],
    "db1": [
        [0.6329079438316398],
        [0.0372511066437653],
        [-0.06401301266834025],
        [0.09045545867891747],
        [0.0],
    ],
    "dW2": [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.9158017033605859, 0.024515414143166936, -0.10797953642338598, 0.9028187908377561, 0.0],
    ],
    "db2": [
        [0.0],
        [0.0],
        [0.19763343850343063],
    ],
    "dW3": [
        [0.0, 0.0, 2.244042269783364],
    ],
    "db3": [
        [0.212257422749218],
    ],
}
# The same of every example's own loss, by Z3: what dZ3 holds.
MEASURED_BY_EXAMPLE = {"dZ3": [[-0.027933275394652343, -0.334167432106125, 0.9988732819987688]]}


def example():
    """``X`` (4, 3), ``Y`` (1, 3) and the parameters of the example network."""
    random = np.random.RandomState(1)
    X, Y = random.randn(4, 3), np.array([[1, 1, 0]])
    return X, Y, {name: random.randn(*shape) for name, shape in EXAMPLE_SHAPES.items()}


def recorded_gradients():
    """``dW1``, ``db1``, … of the example network, some of them wrong."""
    return {name: np.array(rows) for name, rows in RECORDED.items()}


def measured_slopes():
    """``dW1``, ``db1``, … as two-sided differences of the cost give them at 1e-7."""
    return {name: np.array(rows) for name, rows in MEASURED.items()}


def gradients_still_off(backward, forward):
    """In words: the gradients in which a backward pass differs from the measured slopes.

    The slopes are those of the cost; for ``dZ3``, which belongs to one example and not to their
    mean, those of each example's loss.

    ``forward(X, Y, parameters)`` gives cost and cache, ``backward(X, Y, cache)`` the gradients.
    """
    X, Y, parameters = example()
    _, cache = forward(X, Y, parameters)
    gradients = backward(X, Y, cache)
    slopes = {**MEASURED, **MEASURED_BY_EXAMPLE}
    off = [name for name, rows in slopes.items() if not _agrees(gradients.get(name), rows)]
    return f"still off: {', '.join(off)}" if off else "none is off"


def _agrees(gradient, rows):
    slopes = np.array(rows)
    return np.shape(gradient) == slopes.shape and np.allclose(gradient, slopes, 1e-4, 1e-6)


def of_a_cube(gradient_check, x, theta, epsilon, factor):
    """What a check says when another cost stands in: J = x theta^3, its derivative times `factor`.

    While it runs, ``forward_propagation`` and ``backward_propagation`` are replaced.
    """
    with _standing_in(
        gradient_check,
        forward_propagation=lambda x, theta: x * theta**3,
        backward_propagation=lambda x, theta: factor * 3 * x * theta**2,
    ):
        return gradient_check(x, theta, epsilon)


# A network of 1, 2 and 1 units, and the weight of every parameter's cube in the cost below.
SMALL = {"W1": [[1.0], [-0.5]], "b1": [[0.5], [1.5]], "W2": [[-1.0, 2.0]], "b2": [[0.8]]}
WEIGHTS = {"W1": [[1.0], [2.0]], "b1": [[-1.0], [0.5]], "W2": [[1.5, -0.5]], "b2": [[2.0]]}


def of_small_cubes(gradient_check_n, epsilon):
    """What a check says of right gradients when another cost of 7 parameters stands in.

    The cost is the sum of weight times cube over all parameters. While it runs,
    ``forward_propagation_n`` and ``vector_to_dictionary`` are replaced.
    """
    parameters = {name: np.array(rows) for name, rows in SMALL.items()}
    weights = {name: np.array(rows) for name, rows in WEIGHTS.items()}
    gradients = {f"d{n}": 3 * weights[n] * value**2 for n, value in parameters.items()}

    def cost(X, Y, parameters):
        return sum(float(np.sum(weights[n] * parameters[n] ** 3)) for n in weights), ()

    with _standing_in(
        gradient_check_n,
        forward_propagation_n=cost,
        vector_to_dictionary=lambda theta, like=None: vector_to_dictionary(theta, parameters),
    ):
        return gradient_check_n(parameters, gradients, np.ones((1, 1)), np.ones((1, 1)), epsilon)


@contextmanager
def _standing_in(function, **others):
    """Replace what a function of the notebook calls, for as long as the block runs."""
    space = function.__globals__
    own = {name: space[name] for name in others if name in space}
    space.update(others)
    try:
        yield
    finally:
        for name in others:
            del space[name]
        space.update(own)
