"""What the initialization notebook is given: a three-layer network, two circles of points, a plot.

Examples are columns: X is (n_x, m), Y is (1, m) of 0 and 1, W_l is (n_l, n_{l-1}), b_l is (n_l, 1).
"""

import time

import numpy as np
from course_style import COLOURS, say

NEGATIVE, POSITIVE = COLOURS["class 0"], COLOURS["class 1"]


def sigmoid(x):
    """1 / (1 + e^-x), of any shape; far below zero it is exactly 0, far above exactly 1."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def relu(x):
    """max(0, x), of any shape."""
    return np.maximum(0, x)


ACTIVATIONS = {"relu": relu, "tanh": np.tanh}  # by the words that the last exercises use


def forward_propagation(X, parameters):
    """LINEAR -> RELU -> LINEAR -> RELU -> LINEAR -> SIGMOID.

    X is (n_x, m), parameters holds W1, b1, W2, b2, W3, b3.
    Returns a3 of shape (1, m) and the cache that `backward_propagation` reads.
    """
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    z1 = W1 @ X + b1
    a1 = relu(z1)
    z2 = W2 @ a1 + b2
    a2 = relu(z2)
    z3 = W3 @ a2 + b3
    a3 = sigmoid(z3)
    return a3, (z1, a1, W1, b1, z2, a2, W2, b2, z3, a3, W3, b3)


def compute_loss(a3, Y):
    """Mean cross-entropy of a3 (1, m) against Y (1, m); inf when a sure answer is wrong."""
    with np.errstate(divide="ignore", invalid="ignore"):
        losses = -np.log(a3) * Y - np.log(1 - a3) * (1 - Y)
    return 1 / Y.shape[1] * np.nansum(losses)  # 0 * log 0 is nan and counts as 0


def backward_propagation(X, Y, cache):
    """Gradients of the mean cost for X (n_x, m), Y (1, m) and the cache of the forward pass.

    Returns a dictionary with dz, dW, db of the three layers and da of the hidden two.
    """
    m = X.shape[1]
    z1, a1, W1, b1, z2, a2, W2, b2, z3, a3, W3, b3 = cache
    dz3 = 1 / m * (a3 - Y)
    da2 = W3.T @ dz3
    dz2 = da2 * (a2 > 0)
    da1 = W2.T @ dz2
    dz1 = da1 * (a1 > 0)
    gradients = {"dz3": dz3, "da2": da2, "dz2": dz2, "da1": da1, "dz1": dz1}
    for layer, dz, inputs in ((3, dz3, a2), (2, dz2, a1), (1, dz1, X)):
        gradients[f"dW{layer}"] = dz @ inputs.T
        gradients[f"db{layer}"] = np.sum(dz, axis=1, keepdims=True)
    return gradients


def update_parameters(parameters, grads, learning_rate):
    """One step of gradient descent on every W and b; returns new arrays, leaves the old alone."""
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}


def predict(X, y, parameters):
    """Labels 0 or 1, shape (1, m), for the columns of X; prints how many agree with y (1, m)."""
    p = predict_dec(parameters, X).astype(int)
    say(f"Accuracy: {np.mean(p == y):.1%}")
    return p


def predict_dec(parameters, X):
    """True where the network says class 1, shape (1, m)."""
    a3, _ = forward_propagation(X, parameters)
    return a3 > 0.5


def _circles(m, noise, seed):
    """m points on two circles of radius 1 (class 0) and 0.8 (class 1), shuffled, then shaken.

    Draws in the order of scikit-learn's `make_circles`, so that both give the same points.
    Returns X (2, m) and Y (1, m).
    """
    random = np.random.RandomState(seed)
    outer = np.linspace(0, 2 * np.pi, m // 2, endpoint=False)
    inner = np.linspace(0, 2 * np.pi, m - m // 2, endpoint=False)
    X = np.vstack([
        np.append(np.cos(outer), np.cos(inner) * 0.8),
        np.append(np.sin(outer), np.sin(inner) * 0.8),
    ])
    Y = np.append(np.zeros(len(outer), dtype=int), np.ones(len(inner), dtype=int))
    order = np.arange(m)
    random.shuffle(order)
    shaken = X.T[order] + random.normal(scale=noise, size=(m, 2))
    return shaken.T, Y[order].reshape(1, m)


def load_dataset():
    """Two noisy circles: train_X (2, 300), train_Y (1, 300), test_X (2, 100), test_Y (1, 100)."""
    return *_circles(300, noise=0.05, seed=1), *_circles(100, noise=0.05, seed=2)


def plot_points(ax, X, y):
    """The columns of X (2, m): rings for class 0, filled triangles for class 1."""
    is_one = np.ravel(y) == 1
    ax.scatter(*X[:, ~is_one], s=18, marker="o", facecolors="none", edgecolors=NEGATIVE,
               label="class 0")
    ax.scatter(*X[:, is_one], s=18, marker="^", color=POSITIVE, edgecolors="white",
               linewidths=0.3, label="class 1")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def plot_decision_boundary(model, X, y, ax):
    """Shade where `model` says class 1, with the points of X (2, m) and y (1, m) on top.

    `model` takes points as rows, (k, 2), and returns k labels.
    """
    low, high = X.min(axis=1) - 0.25, X.max(axis=1) + 0.25
    xx, yy = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    said = np.reshape(model(np.c_[xx.ravel(), yy.ravel()]), xx.shape).astype(float)
    ax.contourf(xx, yy, said, levels=[-0.5, 0.5, 1.5], colors=["#ffffff", "#d9d9d9"])
    if 0 < said.mean() < 1:
        ax.contour(xx, yy, said, levels=[0.5], colors=["black"], linewidths=1.2)
    plot_points(ax, X, y)


def print_step_times(X, Y, starts):
    """Print the time of one forward and backward pass from each of the starts, {name: parameters}.

    The starts take turns, and the median of 201 passes counts.
    """
    times = {name: [] for name in starts}
    for _ in range(201):
        for name, parameters in starts.items():
            began = time.perf_counter()
            _, cache = forward_propagation(X, parameters)
            backward_propagation(X, Y, cache)
            times[name].append(time.perf_counter() - began)
    for name, seconds in times.items():
        say(f"{name:20s} one step takes {1e6 * np.median(seconds):.0f} µs")
