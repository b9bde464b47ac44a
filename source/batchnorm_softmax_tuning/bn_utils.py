"""Data, small parts and figures that the lesson "batch norm, softmax, tuning" hands out."""

import numpy as np
from course_style import COLOURS

CLASS_MARKERS = ("o", "^", "s")


def load_spirals(per_class=100, noise=0.15, seed=1):
    """Three interleaved spirals of m = 3 · per_class points: X (2, m), and Y (3, m), one-hot."""
    rng = np.random.RandomState(seed)
    points, labels = [], []
    for k in range(3):
        radius = np.linspace(0.1, 1.0, per_class)
        angle = 2 * np.pi * k / 3 + 5.0 * radius + noise * rng.randn(per_class)
        points.append(radius * np.array([np.sin(angle), np.cos(angle)]))
        labels.append(np.full(per_class, k))
    X, classes = np.hstack(points), np.concatenate(labels)
    return X, np.eye(3)[:, classes]


def relu(Z):
    """max(Z, 0), entry by entry."""
    return np.maximum(Z, 0)


def initialize_network(layers_dims, weight_scale=None, seed=1):
    """Weights of normal random numbers, and gamma = 1, beta = 0 for every layer.

    The standard deviation of the weights is `weight_scale`, or He's √(2/n_{l-1}) when that is
    None. W_l has shape (n_l, n_{l-1}); gamma_l and beta_l have shape (n_l, 1).
    """
    rng = np.random.RandomState(seed)
    parameters = {}
    for l in range(1, len(layers_dims)):
        n, n_prev = layers_dims[l], layers_dims[l - 1]
        scale = np.sqrt(2 / n_prev) if weight_scale is None else weight_scale
        parameters[f"W{l}"] = scale * rng.randn(n, n_prev)
        parameters[f"gamma{l}"] = np.ones((n, 1))
        parameters[f"beta{l}"] = np.zeros((n, 1))
    return parameters


def initialize_running_statistics(layers_dims):
    """Running mean 0 and running variance 1 for every hidden layer, by its number."""
    return {
        l: {"mu": np.zeros((n, 1)), "sigma2": np.ones((n, 1))}
        for l, n in enumerate(layers_dims[1:-1], start=1)
    }


def mini_batches(X, Y, size, rng):
    """Batches of `size` columns in random order; a last, smaller one is left out."""
    order = rng.permutation(X.shape[1])
    for start in range(0, X.shape[1] - size + 1, size):
        columns = order[start : start + size]
        yield X[:, columns], Y[:, columns]


def accuracy(A, Y):
    """Share of the columns of A whose largest entry is at the true class of Y."""
    return float(np.mean(np.argmax(A, axis=0) == np.argmax(Y, axis=0)))


def load_digit_images():
    """1,797 handwritten digits of scikit-learn, shuffled: images (64, m), one-hot Y (10, m).

    Pixels run from 0 to 16. Returns (X_train, Y_train), (X_dev, Y_dev), (X_test, Y_test) of
    1,257, 270 and 270 columns.
    """
    from sklearn.datasets import load_digits

    X, digits = load_digits(return_X_y=True)
    order = np.random.RandomState(1).permutation(len(digits))
    X, Y = X[order].T, np.eye(10)[:, digits[order]]
    cuts = (1257, 1527)
    return list(zip(np.split(X, cuts, axis=1), np.split(Y, cuts, axis=1)))


def on_one_scale(X_train, *others):
    """All sets on the training set's scale; pixels that never vary there are only centred."""
    mu, sigma = X_train.mean(axis=1, keepdims=True), X_train.std(axis=1, keepdims=True)
    return [(X - mu) / np.where(sigma == 0, 1.0, sigma) for X in (X_train, *others)]


def plot_digits(axes, X, A, Y):
    """Images (64, k) with the two likeliest classes of each, and what they are."""
    for ax, image, a, y in zip(axes.ravel(), X.T, A.T, Y.T):
        first, second = np.argsort(a)[:-3:-1]
        ax.imshow(image.reshape(8, 8), cmap="gray_r")
        ax.set_title(f"is {y.argmax()}: {first} ({a[first]:.0%}), {second} ({a[second]:.0%})",
                     fontsize=9)  # fmt: skip
        ax.set(xticks=[], yticks=[])
        ax.grid(False)


def plot_temperature(ax, scores, probabilities, temperature):
    """Probabilities of some scores as bars."""
    bars = ax.bar([f"score {score:g}" for score in scores], probabilities, color=COLOURS["train"],
                  edgecolor="black")  # fmt: skip
    ax.bar_label(bars, fmt="%.2f")
    ax.set(ylabel="probability", ylim=(0, 1.1), title=f"scores divided by {temperature:g}")


def plot_decades(axes, samples_by_name, low_exponent, high_exponent):
    """How many samples fall into each power of ten, one named list of samples per panel."""
    edges = 10.0 ** np.arange(low_exponent, high_exponent + 1)
    labels = [f"$10^{{{e}}}$ to $10^{{{e + 1}}}$" for e in range(low_exponent, high_exponent)]
    for ax, (name, samples) in zip(axes, samples_by_name.items()):
        share = 100 * np.histogram(samples, edges)[0] / len(samples)
        bars = ax.bar(labels, share, color=COLOURS["train"], edgecolor="black")
        ax.bar_label(bars, fmt="%.1f%%")
        ax.set(title=name, xlabel="power of ten", ylabel="share of the samples (%)", ylim=(0, 105))


def plot_trials(axes, trials, cost_of, titles):
    """Trials (rows of exponents of two settings) on contours of the cost, one panel each."""
    reach = np.linspace(-4, 0, 120)
    a, b = np.meshgrid(reach, reach)
    cost = cost_of(a, b)
    for ax, points, title in zip(axes, trials, titles):
        levels = cost.max() * np.linspace(0.08, 1, 9) ** 2
        ax.contour(a, b, cost, levels=levels, colors="0.7", linewidths=1)
        best = points[np.argmin(cost_of(*points.T))]
        ax.plot(*points.T, "o", color=COLOURS["train"], label="trial")
        ax.plot(points[:, 0], np.full(len(points), -4.15), "|", color="black", markersize=12,
                label="learning rates tried")  # fmt: skip
        ax.plot(*best, "*", color=COLOURS["wrong"], markersize=18, label="best trial")
        ax.set(xlabel="learning rate, exponent of 10", ylabel="λ, exponent of 10", title=title)
        ax.set(aspect="equal", xlim=(-4.2, 0.2), ylim=(-4.35, 0.2))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, fontsize=9)


def plot_curves(ax, curves, ylabel, xlabel="epoch", log=False):
    """Named curves over a running number, told apart by line style as well as colour."""
    for (name, values), style in zip(curves.items(), ["-", "--", "-.", ":"]):
        ax.plot(np.arange(1, len(values) + 1), values, style, label=name)
    if log:
        ax.set_yscale("log")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))


def plot_classes(ax, predict, X, Y, title):
    """The plane in the colour of the predicted class, its boundaries, and the examples."""
    reach = np.linspace(-1.3, 1.3, 150)
    grid = np.array(np.meshgrid(reach, reach)).reshape(2, -1)
    winner = np.argmax(predict(grid), axis=0).reshape(150, 150)
    ax.contourf(reach, reach, winner, levels=[-0.5, 0.5, 1.5, 2.5],
                colors=["#EEF5FA", "#F3CDB2", "#8FC9B4"])  # fmt: skip
    ax.contour(reach, reach, winner, levels=[0.5, 1.5], colors="0.2", linewidths=1)
    for k, marker in enumerate(CLASS_MARKERS):
        own = np.argmax(Y, axis=0) == k
        ax.plot(*X[:, own], marker, markersize=4, color=COLOURS[f"class {k}"], label=f"class {k}")
    ax.set(title=title, xlabel="x₁", ylabel="x₂", aspect="equal")
    ax.grid(False)


def plot_search(ax, points, values, n_coarse, space, highest):
    """Trials over two settings, darker where the cost is lower; the first `n_coarse` are coarse."""
    across, up = (np.array([point[name] for point in points]) for name in space)
    values = np.array(values)
    rounds = (("o", slice(n_coarse), "coarse"), ("^", slice(n_coarse, None), "fine"))
    for marker, part, name in rounds:
        dots = ax.scatter(across[part], up[part], s=70, marker=marker, c=values[part], label=name,
                          vmin=0, vmax=highest, cmap="cividis", edgecolors="black")  # fmt: skip
    best = np.argmin(values)
    ax.plot(across[best], up[best], "*", color=COLOURS["wrong"], markersize=20, label="best")
    (x, y), ((x_low, x_high, _), (y_low, y_high, _)) = space, space.values()
    ax.set(xscale="log", yscale="log", xlim=(x_low, x_high), ylim=(y_low, y_high))
    ax.set(xlabel=x.replace("_", " "), ylabel=y.replace("_", " "))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)
    return dots


def new_figure(columns, width=11.0, height=4.2):
    """A row of axes: (figure, axes)."""
    import matplotlib.pyplot as plt

    return plt.subplots(1, columns, figsize=(width, height), constrained_layout=True)
