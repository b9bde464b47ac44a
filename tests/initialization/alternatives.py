"""Right answers written differently: each must earn full marks."""

# Written as students write: with the letter l, with % and with a plain zip.
# ruff: noqa: B905, E741, RUF007, UP031

import numpy as np

from autograder.graders import alternative

ZEROS = "initialize_parameters_zeros"
RANDOM = "initialize_parameters_random"
HE = "initialize_parameters_he"
XAVIER = "initialize_parameters_xavier"
SIZES = "activation_sizes"
DEEP = "initialize_parameters_deep"


@alternative(ZEROS)
def with_nested_lists(layers_dims):
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.array([[0.0] * layers_dims[l - 1] for _ in range(layers_dims[l])])
        parameters[f"b{l}"] = np.array([[0.0] for _ in range(layers_dims[l])])
    return parameters


@alternative(ZEROS)
def with_pairs_of_widths(layers_dims):
    parameters = {}
    for number, (below, own) in enumerate(zip(layers_dims, layers_dims[1:]), start=1):
        parameters.update({f"b{number}": np.zeros([own, 1]), f"W{number}": np.zeros([own, below])})
    return parameters


@alternative(ZEROS)
def by_multiplying_with_zero(layers_dims):
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 0
        parameters["b" + str(l)] = 0 * np.ones((layers_dims[l], 1))
    return parameters


@alternative(ZEROS)
def in_fortran_order_and_full(layers_dims):
    count = len(layers_dims) - 1
    weights = [np.zeros(shape, order="F") for shape in zip(layers_dims[1:], layers_dims[:-1])]
    biases = [np.full((width, 1), 0.0) for width in layers_dims[1:]]
    return {
        **{"W%d" % (i + 1): weights[i] for i in range(count)},
        **{"b%d" % (i + 1): biases[i] for i in range(count)},
    }


@alternative(RANDOM)
def with_a_generator_of_its_own(layers_dims):
    random = np.random.RandomState(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)] = 10 * random.standard_normal((layers_dims[l], layers_dims[l - 1]))
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


@alternative(RANDOM)
def with_numpys_normal(layers_dims):
    import numpy as the_numpy

    the_numpy.random.seed(3)
    L = len(layers_dims)
    W = [np.random.normal(0, 10, size=(layers_dims[l], layers_dims[l - 1])) for l in range(1, L)]
    b = [np.zeros_like(w[:, :1]) for w in W]
    return {f"{k}{i}": v for i, pair in enumerate(zip(W, b), 1) for k, v in zip("Wb", pair)}


@alternative(RANDOM)
def number_by_number_and_chatty(layers_dims):
    np.random.seed(3)
    parameters = {}
    l = 1
    while l < len(layers_dims):
        W = np.empty((layers_dims[l], layers_dims[l - 1]))
        for row in range(W.shape[0]):
            for column in range(W.shape[1]):
                W[row, column] = np.random.randn()
        W *= 10
        print("layer", l, "has weights of shape", W.shape)
        parameters[f"W{l}"], parameters[f"b{l}"] = W, np.zeros((layers_dims[l], 1))
        l += 1
    return parameters


@alternative(RANDOM)
def in_fortran_order(layers_dims):
    np.random.seed(seed=3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        draws = np.random.randn(layers_dims[l] * layers_dims[l - 1])
        W = draws.reshape(layers_dims[l], layers_dims[l - 1])
        parameters["W" + str(l)] = np.asfortranarray(10.0 * W)
        parameters["b" + str(l)] = np.zeros(layers_dims[l]).reshape(-1, 1)
    return parameters


@alternative(HE)
def with_a_helper(layers_dims):
    def layer(rows, columns):
        return np.random.randn(rows, columns) / np.sqrt(columns / 2), np.zeros((rows, 1))

    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)], parameters["b" + str(l)] = layer(
            layers_dims[l], layers_dims[l - 1]
        )
    return parameters


@alternative(HE)
def with_powers_and_a_comprehension(layers_dims):
    np.random.seed(3)
    pairs = list(zip(layers_dims[1:], layers_dims[:-1]))
    W = {f"W{l}": (2.0 / n) ** 0.5 * np.random.randn(m, n) for l, (m, n) in enumerate(pairs, 1)}
    return W | {f"b{l}": np.zeros((m, 1)) for l, (m, _) in enumerate(pairs, 1)}


@alternative(HE)
def with_numpys_normal_and_a_warning(layers_dims):
    import warnings

    np.random.seed(3)
    dims = np.array(layers_dims)
    parameters = {}
    for l in range(1, dims.size):
        warnings.warn("drawing a layer", stacklevel=1)
        spread = np.sqrt(np.divide(2, dims[l - 1]))
        parameters["W" + str(l)] = np.random.normal(scale=spread, size=(dims[l], dims[l - 1]))
        parameters["b" + str(l)] = np.zeros((dims[l], 1), dtype=float)
    return parameters


@alternative(HE)
def from_a_copy_of_the_list(layers_dims):
    random = np.random.RandomState(3)
    left, parameters = list(layers_dims), {}
    below = left.pop(0)
    while left:
        l = len(layers_dims) - len(left)
        own = left.pop(0)
        parameters[f"W{l}"] = np.einsum("ij,->ij", random.randn(own, below), np.sqrt(2 / below))
        parameters[f"b{l}"] = np.zeros((own, 1))
        below = own
    return parameters


@alternative(XAVIER)
def divided_by_the_root(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) / np.sqrt(
            layers_dims[l - 1]
        )
        parameters["b" + str(l)] = np.zeros(shape=(layers_dims[l], 1))
    return parameters


@alternative(XAVIER)
def with_a_matrix_product(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        draws = np.random.randn(layers_dims[l], layers_dims[l - 1])
        spreads = np.diag(np.full(layers_dims[l - 1], layers_dims[l - 1] ** -0.5))
        parameters["W" + str(l)] = np.matmul(draws, spreads)
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


@alternative(XAVIER)
def from_he(layers_dims):
    parameters = initialize_parameters_he(layers_dims)  # noqa: F821 - another cell's
    return {k: v / np.sqrt(2) if k.startswith("W") else v for k, v in parameters.items()}


@alternative(XAVIER)
def scaled_in_place(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l, (below, own) in enumerate(zip(layers_dims[:-1], layers_dims[1:]), start=1):
        W = np.random.randn(own, below)
        W /= below**0.5
        parameters["W" + str(l)] = W
        parameters["b" + str(l)] = np.zeros((own, 1))
    return parameters


@alternative(SIZES)
def with_norms(X, parameters, activations):
    sizes = []
    for l in range(1, len(activations) + 1):
        Z = parameters["W" + str(l)] @ X + parameters["b" + str(l)]
        X = np.tanh(Z) if activations[l - 1] == "tanh" else np.where(Z > 0, Z, 0)
        sizes.append(np.linalg.norm(X) / np.sqrt(X.size))
    return np.array(sizes)


@alternative(SIZES)
def as_an_array_of_means_over_two_axes(X, parameters, activations):
    A, sizes = X, np.zeros(len(activations))
    for i, name in enumerate(activations):
        A = ACTIVATIONS[name](parameters[f"W{i + 1}"].dot(A) + parameters[f"b{i + 1}"])  # noqa: F821 - given
        sizes[i] = np.mean(np.mean(A * A, axis=0)) ** 0.5
    return sizes


@alternative(DEEP)
def with_one_root_per_activation(layers_dims, activations):
    random, parameters = np.random.RandomState(3), {}
    for l, name in enumerate(activations, 1):
        n = layers_dims[l - 1]
        spread = (2 / n) ** 0.5 if name == "relu" else n**-0.5
        parameters["W" + str(l)] = random.normal(0, spread, (layers_dims[l], n))
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


@alternative(DEEP)
def from_he_for_every_layer(layers_dims, activations):
    parameters = initialize_parameters_he(layers_dims)  # noqa: F821 - another cell's
    for l, name in enumerate(activations, start=1):
        if name == "tanh":
            parameters["W" + str(l)] = parameters["W" + str(l)] / np.sqrt(2)
    return parameters
