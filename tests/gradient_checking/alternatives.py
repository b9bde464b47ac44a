"""Right answers to `gradient_checking`, written differently: all of them get full marks."""
# ruff: noqa: RUF059  (a cache is unpacked whole, as students do)

import numpy as np
from gc_utils import dictionary_to_vector, gradients_to_vector, vector_to_dictionary

from autograder.graders import alternative


def backward_propagation(x, theta):
    """Stands for the notebook's own, which is there when these versions run."""


def forward_propagation(x, theta):
    """Stands for the notebook's own, which is there when these versions run."""


def forward_propagation_n(X, Y, parameters):
    """Stands for the notebook's own, which is there when these versions run."""


@alternative("forward_propagation")
def with_dot(x, theta):
    return np.dot(theta, x)


@alternative("forward_propagation")
def as_a_zero_dimensional_array(x, theta):
    return np.multiply(np.array(x), theta)


@alternative("backward_propagation")
def as_a_float(x, theta):
    print("theta is not needed:", theta)
    return float(x)


@alternative("backward_propagation")
def by_dividing_the_cost(x, theta):
    return (x * (theta + 1)) - (x * theta)


@alternative("gradient_check")
def with_absolute_values(x, theta, epsilon=1e-7):
    approx = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / (
        2.0 * epsilon
    )
    grad = backward_propagation(x, theta)
    return abs(grad - approx) / (abs(grad) + abs(approx))


@alternative("gradient_check")
def with_a_message(x, theta, epsilon=1e-7, print_msg=True):
    J = {side: forward_propagation(x, theta + side * epsilon) for side in (+1, -1)}
    gradapprox = 0.5 / epsilon * (J[1] - J[-1])
    grad = backward_propagation(x, theta)
    numerator = np.linalg.norm(grad - gradapprox, ord=None)
    difference = numerator / (np.linalg.norm(gradapprox) + np.linalg.norm(grad))
    if print_msg:
        print("The gradient is", "correct" if difference < 1e-7 else "wrong", difference)
    return difference


@alternative("gradient_check_n")
def with_the_shapes_of_the_example(parameters, gradients, X, Y, epsilon=1e-7):
    parameters_values, _ = dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    num_parameters = parameters_values.shape[0]
    J_plus = np.zeros((num_parameters, 1))
    J_minus = np.zeros((num_parameters, 1))
    gradapprox = np.zeros((num_parameters, 1))
    for i in range(num_parameters):
        thetaplus = np.copy(parameters_values)
        thetaplus[i][0] += epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaplus))
        thetaminus = np.copy(parameters_values)
        thetaminus[i][0] -= epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaminus))
        gradapprox[i] = (J_plus[i] - J_minus[i]) / (2 * epsilon)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    return numerator / denominator


@alternative("gradient_check_n")
def with_a_comprehension_and_unit_vectors(parameters, gradients, X, Y, epsilon=1e-7):
    theta = dictionary_to_vector(parameters)[0]

    def cost(shift):
        return forward_propagation_n(X, Y, vector_to_dictionary(theta + shift, parameters))[0]

    steps = [epsilon * np.eye(len(theta))[:, [i]] for i in range(len(theta))]
    approx = np.array([cost(step) - cost(-step) for step in steps]) / (2 * epsilon)
    grad = gradients_to_vector(gradients).ravel()
    size = np.sqrt((grad**2).sum()) + np.sqrt((approx**2).sum())
    return np.sqrt(((grad - approx) ** 2).sum()) / size


@alternative("gradient_check_n")
def moving_one_vector_there_and_back(parameters, gradients, X, Y, epsilon=1e-7):
    theta, keys = dictionary_to_vector(parameters)
    theta = theta.astype(float).copy()
    approx = []
    for i in range(theta.size):
        kept = theta[i, 0]
        theta[i, 0] = kept + epsilon
        right = forward_propagation_n(X, Y, vector_to_dictionary(theta, parameters))[0]
        theta[i, 0] = kept - epsilon
        left = forward_propagation_n(X, Y, vector_to_dictionary(theta, parameters))[0]
        theta[i, 0] = kept
        approx.append([(right - left) / 2 / epsilon])
    approx = np.array(approx)
    grad = gradients_to_vector(gradients)
    return np.linalg.norm(approx - grad) / (np.linalg.norm(approx) + np.linalg.norm(grad))


@alternative("backward_propagation_n")
def with_matmul_and_means(X, Y, cache):
    m = Y.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3, db3 = dZ3 @ A2.T / m, dZ3.mean(axis=1, keepdims=True)
    dA2 = W3.T @ dZ3
    dZ2 = np.where(Z2 > 0, dA2, 0)
    dW2, db2 = dZ2 @ A1.T / m, dZ2.mean(axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = np.where(Z1 > 0, dA1, 0)
    dW1, db1 = dZ1 @ X.T / m, dZ1.mean(axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
            "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}  # fmt: skip


@alternative("backward_propagation_n")
def with_nested_lists(X, Y, cache):
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    found = {"dA1": dA1, "dA2": dA2}
    for layer, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        found[f"dZ{layer}"] = dZ
        found[f"dW{layer}"] = dZ @ A.T / Y.shape[1]
        found[f"db{layer}"] = dZ.mean(axis=1, keepdims=True)
    return {name: array.tolist() for name, array in found.items()}


@alternative("backward_propagation_n")
def with_einsum(X, Y, cache):
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    gradients = {"dZ3": np.subtract(A3, Y)}
    inputs, weights = (X, A1, A2), (W1, W2, W3)
    for layer in (3, 2, 1):
        dZ, A = gradients[f"dZ{layer}"], inputs[layer - 1]
        gradients[f"dW{layer}"] = np.einsum("im,jm->ij", dZ, A) / X.shape[1]
        gradients[f"db{layer}"] = np.einsum("im->i", dZ)[:, None] / X.shape[1]
        if layer > 1:
            gradients[f"dA{layer - 1}"] = weights[layer - 1].T.dot(dZ)
            gradients[f"dZ{layer - 1}"] = gradients[f"dA{layer - 1}"] * (A > 0)
    return gradients


@alternative("differences_by_name")
def with_sums_of_squares(gradients, slopes):
    def size(array):
        return np.sqrt(np.sum(np.square(array)))

    differences = {}
    for name in slopes:
        both = size(gradients[name]) + size(slopes[name])
        differences[name] = size(slopes[name] - gradients[name]) / both if both else 0.0
    return differences
