"""Given with the assignment: a small network of three layers, its cost, and the data.

Examples are columns: X is (n_x, m) and Y is (1, m) with labels 0 and 1.
"""

import numpy as np
from course_style import say


def sigmoid(z):
    """1 / (1 + e^-z), element by element; same shape as z."""
    return 1 / (1 + np.exp(-z))


def relu(z):
    """max(0, z), element by element; same shape as z."""
    return np.maximum(0, z)


def initialize_parameters(layer_dims):
    """He's random weights and zero biases, always the same ones (seed 3).

    layer_dims: [n_0, n_1, ..., n_L].
    Returns {"W1": (n_1, n_0), "b1": (n_1, 1), ..., "bL": (n_L, 1)}.
    """
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layer_dims)):
        fan_in = layer_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layer_dims[l], fan_in) * np.sqrt(2 / fan_in)
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def forward_propagation(X, parameters):
    """LINEAR -> RELU -> LINEAR -> RELU -> LINEAR -> SIGMOID.

    Returns A3, the probabilities (1, m), and a cache for the backward pass.
    """
    W1, b1, W2, b2, W3, b3 = (parameters[key] for key in ("W1", "b1", "W2", "b2", "W3", "b3"))
    A1 = relu(W1 @ X + b1)
    A2 = relu(W2 @ A1 + b2)
    A3 = sigmoid(W3 @ A2 + b3)
    return A3, (A1, A2, W2, A3, W3)


def backward_propagation(X, Y, cache):
    """Gradients of the mean cross-entropy over the m examples of this batch.

    Returns {"dW1", "db1", ..., "db3"}, shaped like the parameters.
    """
    A1, A2, W2, A3, W3 = cache
    dZ3 = (A3 - Y) / X.shape[1]
    dZ2 = (W3.T @ dZ3) * (A2 > 0)
    dZ1 = (W2.T @ dZ2) * (A1 > 0)
    return {
        "dW1": dZ1 @ X.T, "db1": dZ1.sum(axis=1, keepdims=True),
        "dW2": dZ2 @ A1.T, "db2": dZ2.sum(axis=1, keepdims=True),
        "dW3": dZ3 @ A2.T, "db3": dZ3.sum(axis=1, keepdims=True),
    }  # fmt: skip


def compute_cost(A3, Y):
    """The cross-entropy summed over the examples, a number.

    Not divided by m: the batches of an epoch may differ in size, so `model` adds up
    their sums and divides once, by the number of all examples.
    """
    return -np.sum(np.log(np.where(Y == 1, A3, 1 - A3)))


def predict_dec(parameters, X):
    """Labels for the examples in X: (1, m), true where the probability is above 0.5."""
    return forward_propagation(X, parameters)[0] > 0.5


def predict(X, Y, parameters):
    """Labels for the examples in X, (1, m) of 0 and 1; prints how many agree with Y."""
    labels = predict_dec(parameters, X).astype(int)
    say(f"Accuracy: {np.mean(labels == Y):.2%}")
    return labels


def example_network(W2_shape=(3, 3)):
    """Parameters and gradients of two layers, drawn with seed 1: what the checks start from.

    Returns {"W1": (2, 3), "b1": (2, 1), "W2": W2_shape, "b2": (3, 1)} and
    {"dW1", "db1", "dW2", "db2"} of the same shapes.
    """
    np.random.seed(1)
    shapes = {"W1": (2, 3), "b1": (2, 1), "W2": W2_shape, "b2": (3, 1)}
    parameters = {key: np.random.randn(*shape) for key, shape in shapes.items()}
    grads = {"d" + key: np.random.randn(*shape) for key, shape in shapes.items()}
    return parameters, grads


def load_dataset():
    """Two half moons that reach into each other: X (2, 300), Y (1, 300)."""
    from sklearn.datasets import make_moons

    np.random.seed(3)
    X, Y = make_moons(n_samples=300, noise=0.2)
    return X.T, Y.reshape(1, -1)


def plot_decision_boundary(model, X, Y, ax=None):
    """Shade where `model` says 1, and draw the examples over it.

    model: function from points as rows, (k, 2), to k labels, for instance
    ``lambda points: predict_dec(parameters, points.T)``.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.gca()
    low, high = X.min(axis=1) - 0.4, X.max(axis=1) + 0.4
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], 240), np.linspace(low[1], high[1], 240))
    said = np.reshape(model(np.c_[x1.ravel(), x2.ravel()]), x1.shape).astype(float)
    ax.contourf(x1, x2, said, levels=[-0.5, 0.5, 1.5], colors=["#ffffff", "#cfcfcf"])
    ax.contour(x1, x2, said, levels=[0.5], colors="black", linewidths=1.2)
    for label, marker, colour in ((0, "o", "#0072B2"), (1, "^", "#D55E00")):
        chosen = Y.ravel() == label
        ax.scatter(*X[:, chosen], marker=marker, s=16, color=colour, edgecolor="black",
                   linewidth=0.3, label=f"class {label}")  # fmt: skip
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
