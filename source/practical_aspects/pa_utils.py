"""Data, small models and figures that the lesson "practical aspects" hands out."""

from itertools import combinations_with_replacement

import numpy as np
from course_style import COLOURS


def load_noisy_field(m, flipped=0.10, seed=1):
    """Points of two classes beside a wavy boundary, some of their labels turned over.

    Returns X of shape (2, m) and Y of shape (1, m). A share `flipped` of the labels is wrong on
    purpose, so no classifier can have a lower error than that: it is the Bayes error.
    """
    rng = np.random.RandomState(seed)
    X = rng.uniform(-1, 1, (2, m))
    Y = X[1:] > 0.6 * np.sin(4 * X[:1])
    turned = rng.rand(1, m) < flipped
    return X, (Y ^ turned).astype(float)


def polynomial_features(X, degree):
    """All products of the rows of X up to a degree, as rows; the first row is all ones."""
    n, m = X.shape
    rows = [np.ones(m)]
    for d in range(1, degree + 1):
        for chosen in combinations_with_replacement(range(n), d):
            rows.append(np.prod(X[list(chosen)], axis=0))
    return np.array(rows)


def fit_polynomial(X, Y, degree):
    """Weights, shape (1, features), of the polynomial nearest to the labels in least squares."""
    features = polynomial_features(X, degree)
    weights, *_ = np.linalg.lstsq(features.T, Y.T - 0.5, rcond=None)
    return weights.T


def polynomial_error(weights, X, Y, degree):
    """Share of the examples that the polynomial puts into the wrong class."""
    return float(np.mean((weights @ polynomial_features(X, degree) > 0) != (Y > 0.5)))


def load_flats(correlation=0.8, m=100, seed=2):
    """Flats: area in units of 10 m² and number of rooms, and the price they fetched.

    Area and rooms have means 7 and 2.5, standard deviations 2 and 0.8, and exactly the
    correlation asked for. Returns X of shape (2, m) and Y of shape (1, m).
    """
    rng = np.random.RandomState(seed)
    scores = rng.normal(size=(2, m))
    scores -= scores.mean(axis=1, keepdims=True)
    scores = np.linalg.solve(np.linalg.cholesky(scores @ scores.T / m), scores)
    size, other = scores  # mean 0, deviation 1, uncorrelated
    area = 7.0 + 2.0 * size
    rooms = 2.5 + 0.8 * (correlation * size + np.sqrt(1 - correlation**2) * other)
    price = 1.0 * area + 2.0 * rooms + rng.normal(0, 0.5, m)
    return np.array([area, rooms]), price[np.newaxis]


def load_shapes(m=1000, seed=0):
    """Two independent features of three kinds, on scales of their own: {kind: X of (2, m)}."""
    rng = np.random.RandomState(seed)
    kinds = {
        "bell": rng.normal(size=(2, m)),
        "skewed": rng.exponential(size=(2, m)),
        "yes or no": (rng.rand(2, m) < 0.2).astype(float),
    }
    scale, offset = np.array([[3.0], [0.5]]), np.array([[6.0], [1.0]])
    return {kind: offset + scale * X for kind, X in kinds.items()}


def load_patients(m, seed, sick=0.5):
    """Two blood values, in very different units, of people of whom a share is sick.

    Returns X of shape (2, m) and Y of shape (1, m), Y = 1 for the sick.
    """
    rng = np.random.RandomState(seed)
    Y = (rng.rand(1, m) < sick).astype(float)
    X = rng.normal(0, 1, (2, m)) + 2.5 * Y
    return np.array([[250.0], [0.9]]) + np.array([[60.0], [0.05]]) * X, Y


def bowl(X, Y):
    """The cost J(w) = 1/(2m) ‖wᵀX − Y‖² of a linear model with two weights and no bias.

    Returns its second derivatives H, shape (2, 2), and the lowest point w*, shape (2, 1).
    """
    m = X.shape[1]
    H = X @ X.T / m
    return H, np.linalg.solve(H, X @ Y.T / m)


def best_learning_rate(H):
    """The constant learning rate with which gradient descent is fastest: 2/(λ_min + λ_max)."""
    lowest, highest = np.linalg.eigvalsh(H)
    return 2 / (lowest + highest)


def descend(H, lowest_point, start, learning_rate, steps):
    """The points that gradient descent visits on the bowl, shape (2, steps + 1)."""
    w, path = start, [start]
    for _ in range(steps):
        w = w - learning_rate * H @ (w - lowest_point)
        path.append(w)
    return np.hstack(path)


def steps_until_near(path, lowest_point, distance=0.01):
    """Number of steps until the path is nearer than `distance` to the lowest point."""
    away = np.linalg.norm(path - lowest_point, axis=0)
    return int(np.argmax(away < distance))


def plot_bowl(ax, H, lowest_point, path, title):
    """Contours of the bowl around its lowest point, and the path of gradient descent on it."""
    reach = np.linspace(-3.2, 3.2, 300)
    d1, d2 = np.meshgrid(reach, reach)
    J = 0.5 * (H[0, 0] * d1**2 + 2 * H[0, 1] * d1 * d2 + H[1, 1] * d2**2)
    lowest_curvature = np.linalg.eigvalsh(H)[0]
    half_lengths = 0.8 * 2.0 ** np.arange(0, 6, 0.75)  # of the ellipses, along the valley
    levels = 0.5 * lowest_curvature * half_lengths**2
    ax.contour(d1, d2, J, levels=levels, colors="0.65", linewidths=1)
    walk = path - lowest_point
    width = 1.2 if walk.shape[1] < 100 else 0.3  # hundreds of strokes would fill the valley
    ax.plot(*walk, "o-", color=COLOURS["gd"], markersize=3 * width**0.5, linewidth=width,
            label="gradient descent")  # fmt: skip
    ax.plot(0, 0, "k*", markersize=13, label="lowest point w*")
    ax.set(xlabel="w₁ − w₁*", ylabel="w₂ − w₂*", title=title, aspect="equal")
    ax.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2))


def plot_boundaries(axes, fits, X, Y):
    """Training examples and the decision boundary; a fit is (title, weights, degree)."""
    reach = np.linspace(-1, 1, 200)
    grid = np.array(np.meshgrid(reach, reach)).reshape(2, -1)
    for ax, (title, weights, degree) in zip(axes, fits):
        score = (weights @ polynomial_features(grid, degree)).reshape(200, 200)
        ax.contourf(reach, reach, score > 0, levels=[-0.5, 0.5, 1.5], colors=["#EEF5FA", "#F3CDB2"])
        ax.contour(reach, reach, score, levels=[0], colors="0.2", linewidths=1.5)
        for label, marker in ((0, "o"), (1, "^")):
            ax.plot(*X[:, Y[0] == label], marker, markersize=4, color=COLOURS[f"class {label}"])
        ax.set(title=title, xlabel="x₁", ylabel="x₂", aspect="equal")
        ax.grid(False)


def new_figure(columns, width=11.0, height=4.2):
    """A row of axes: (figure, axes)."""
    import matplotlib.pyplot as plt

    return plt.subplots(1, columns, figsize=(width, height), constrained_layout=True)


# What each figure shows, for who cannot see it: in English and in Chinese.
ALT = {
    "held_out": (
        "Left: the dev set's share of m examples is 20 percent up to 10,000 and falls to 1 "
        "percent at 200,000. Right: the uncertainty of a measured error of 10 percent falls, "
        "stays at 0.67 points between 10,000 and 200,000 examples, and falls again.",
        "左：开发集占 m 个样本的比例，到 10,000 个为止是 20%，到 200,000 个时降到 1%。右：测得的 "
        "10% 错误率的不确定度先下降，在 10,000 到 200,000 个样本之间停在 0.67 个百分点，然后继续"
        "下降。",
    ),
    "bias_variance": (
        "The same 150 points three times. The straight decision boundary of degree 1 misses the "
        "wave, that of degree 5 follows it, that of degree 9 has extra islands around single "
        "points.",
        "同样的 150 个点画三次。1 次的直线边界跟不上波浪，5 次的跟上了，9 次的在个别点周围多出了"
        "孤岛。",
    ),
}


def bowls_alt(steps, correlation):
    """What the figure of three bowls shows: {name: steps} for inputs of this correlation."""
    raw, centred, both = (steps[name] for name in ("raw", "only centred", "centred and scaled"))
    return (
        "Three contour plots of the cost with the path of gradient descent, for a correlation of "
        f"{correlation:.2f}. Raw inputs: a narrow valley, {raw} steps. Centred: a wider one, "
        f"{centred} steps. Centred and scaled: the roundest, an ellipse along the diagonal unless "
        f"the correlation is 0, {both} steps.",
        f"三幅代价的等高线图和梯度下降的路径，相关系数 {correlation:.2f}。原始输入：狭长的山谷，"
        f"{raw} 步。中心化：宽一些的山谷，{centred} 步。中心化并缩放：最圆，只要相关系数不是 0 就"
        f"是沿对角线的椭圆，{both} 步。",
    )
