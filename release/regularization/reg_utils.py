"""What the lesson on regularization hands out: a three-layer network and its data.

Conventions of the course: rows are features or units, columns are examples.
``X`` is ``(n_x, m)``, ``Y`` is ``(1, m)`` of 0 and 1, ``W_l`` is ``(n_l, n_{l-1})``
and ``b_l`` is ``(n_l, 1)``.
"""

from pathlib import Path

import numpy as np
from course_style import COLOURS, say

DATA_FILE = Path(__file__).with_name("data.mat")
OWN_DATA_SEED = 7
CLASS_COLOURS = (COLOURS["class 0"], COLOURS["class 1"])
CLASS_MARKERS = ("o", "^")


def sigmoid(x):
    """Logistic function of an array of any shape, entry by entry."""
    return 1 / (1 + np.exp(-x))


def relu(x):
    """Larger of 0 and ``x``, entry by entry."""
    return np.maximum(0, x)


def initialize_parameters(layer_dims):
    """Draw weights for a network with layers of these sizes, seed 3.

    Returns a dictionary with ``W1``, ``b1``, …: ``W_l`` is normal and divided by
    √n_{l-1}, ``b_l`` is zero.
    """
    np.random.seed(3)
    parameters = {}
    for layer in range(1, len(layer_dims)):
        before, here = layer_dims[layer - 1], layer_dims[layer]
        parameters[f"W{layer}"] = np.random.randn(here, before) / np.sqrt(before)
        parameters[f"b{layer}"] = np.zeros((here, 1))
    return parameters


def forward_propagation(X, parameters):
    """Run linear, ReLU, linear, ReLU, linear, sigmoid.

    Returns ``A3`` of shape ``(1, m)`` and the cache
    ``(Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)`` for the way back.
    """
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)


def compute_cost(A3, Y):
    """Mean cross-entropy of the predictions ``A3`` for the labels ``Y``, both ``(1, m)``.

    An example that is right beyond the precision of a float (0 times log 0) counts as 0.
    """
    m = Y.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        losses = -np.log(A3) * Y - np.log(1 - A3) * (1 - Y)
    return np.nansum(losses) / m


def backward_propagation(X, Y, cache):
    """Gradients of `compute_cost` for all that `forward_propagation` put into the cache."""
    m = X.shape[1]
    (_, A1, _, _, _, A2, W2, _, _, A3, W3, _) = cache
    dZ3 = A3 - Y
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = dA2 * (A2 > 0)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = dA1 * (A1 > 0)
    gradients = {"dZ3": dZ3, "dA2": dA2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
    for layer, dZ, A_before in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        gradients[f"dW{layer}"] = np.dot(dZ, A_before.T) / m
        gradients[f"db{layer}"] = np.sum(dZ, axis=1, keepdims=True) / m
    return gradients


def update_parameters(parameters, grads, learning_rate):
    """One step of gradient descent: a new dictionary, the old one stays as it is."""
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}


def predict_dec(parameters, X):
    """True where the network gives class 1 at least even odds, shape ``(1, m)``."""
    probability, _ = forward_propagation(X, parameters)
    return probability > 0.5


def predict(X, y, parameters):
    """Print the share of right answers and return the predictions, 0 or 1, ``(1, m)``."""
    predictions = predict_dec(parameters, X).astype(int)
    say(f"Accuracy: {np.mean(predictions == y):.4f}")
    return predictions


def load_2D_dataset(path=DATA_FILE):
    """Points of a plane in two classes: ``train_X, train_Y, dev_X, dev_Y``.

    Reads ``data.mat`` (keys ``X``, ``y``, ``Xval``, ``yval``) if your instructor has put
    one beside the notebook; otherwise draws our own data, the same ones every time.
    ``X`` is ``(2, m)``, ``Y`` is ``(1, m)`` of int64; 211 examples to train, 200 for dev.
    """
    if not Path(path).exists():
        return own_dataset()
    from scipy.io import loadmat

    data = loadmat(path)
    return (
        data["X"].T,
        data["y"].T.astype(np.int64),
        data["Xval"].T,
        data["yval"].T.astype(np.int64),
    )


def own_dataset(seed=OWN_DATA_SEED):
    """The course's own noisy two-class field, in the form of `load_2D_dataset`."""
    rng = np.random.default_rng(seed)
    train_X, train_Y = _noisy_field(rng, 211)
    dev_X, dev_Y = _noisy_field(rng, 200)
    return train_X, train_Y, dev_X, dev_Y


def _noisy_field(rng, m):
    """Draw m points around the origin; the class changes along a slightly bent diagonal."""
    X = np.clip(rng.normal(0, [[0.25], [0.32]], size=(2, m)), -0.75, 0.75)
    height = X[1] - 1.6 * X[0] - 0.15 + 0.2 * np.sin(4 * X[0])
    Y = (height + rng.normal(0, 0.2, size=m) > 0).astype(np.int64)
    return X, Y.reshape(1, m)


def _current_axes():
    import matplotlib.pyplot as plt

    return plt.gca()


def plot_decision_boundary(model, X, y, ax=None):
    """Shade where ``model`` says 1 and draw the examples ``X`` (2, m) on top.

    ``model`` takes points as rows ``(k, 2)`` and returns k predictions of 0 or 1, in the
    way ``lambda points: predict_dec(parameters, points.T)`` does. Classes differ in
    colour and in marker.
    """
    ax = ax if ax is not None else _current_axes()
    low, high = X.min(axis=1) - 0.08, X.max(axis=1) + 0.08
    across, up = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    answers = np.asarray(model(np.c_[across.ravel(), up.ravel()])).reshape(across.shape)
    ax.contourf(
        across, up, answers, levels=[-0.5, 0.5, 1.5], colors=["#FFFFFF", "#D9D9D9"], zorder=0
    )
    ax.contour(across, up, answers, levels=[0.5], colors="black", linewidths=1.2)
    plot_classes(X, y, ax)


def plot_classes(X, y, ax=None):
    """Draw the examples ``X`` (2, m): blue circles for class 0, vermilion triangles for class 1."""
    ax = ax if ax is not None else _current_axes()
    for label, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        chosen = np.ravel(y) == label
        ax.scatter(
            X[0, chosen],
            X[1, chosen],
            s=22,
            marker=marker,
            color=colour,
            edgecolor="white",
            linewidth=0.5,
            label=f"class {label}",
        )
    ax.set_aspect("equal")
    ax.set_xlabel("$x_1$: across the field")
    ax.set_ylabel("$x_2$: along the field")
