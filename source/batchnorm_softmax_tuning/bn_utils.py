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


# A colour for each start, a line of dashes or dots with batch norm.
STARTS = {
    "weights 0.1": (COLOURS["reference"], "--"),
    "small weights": (COLOURS["reference"], "--"),
    "weights 0.6": (COLOURS["random"], ":"),
    "He weights": (COLOURS["he"], "-."),
}


def plot_curves(ax, curves, ylabel, xlabel="epoch", log=False):
    """Curves over a running number: a colour for each start, dashes or dots with batch norm."""
    for name, values in curves.items():
        start, _, batchnorm = name.partition(", ")
        colour, dashes = STARTS[start]
        steps = np.arange(1, len(values) + 1)
        ax.plot(steps, values, dashes if batchnorm else "-", color=colour, label=name)
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


# What each figure shows, for who cannot see it: in English and in Chinese.
ALT = {
    "scales": (
        "Two bar charts of 1,000 learning rates by power of ten. Drawn uniformly, nine in ten lie "
        "between 0.1 and 1; drawn with a uniform exponent, each of the four powers of ten has "
        "about a quarter.",
        "1,000 个学习率按十倍区间画成的两幅条形图。均匀取值时，十分之九落在 0.1 到 1 之间；均匀取"
        "指数时，四个十倍区间各占约四分之一。",
    ),
    "grid": (
        "Contours of a cost that is a narrow vertical valley, with 25 trials. The grid tries five "
        "learning rates, none of them in the valley; the random points try 25, and the best of "
        "them lies close to the valley's floor.",
        "代价的等高线是一条狭窄的竖直山谷，上面有 25 次试验。网格试了五个学习率，没有一个在山谷"
        "里；随机点试了 25 个，最好的一个离谷底很近。",
    ),
    "signal": (
        "Size of the values in six hidden layers, on a logarithmic scale. With weights of 0.1 it "
        "falls by a factor of about three in each layer, with weights of 0.6 it rises; with batch "
        "norm both lines lie at 1 in every layer.",
        "六个隐藏层里数值的大小，对数坐标。权重为 0.1 时，每过一层缩小到约三分之一；权重为 0.6 时"
        "上升；有批归一化时，两条线在每一层都是 1。",
    ),
    "spiral_costs": (
        "Cost against epochs for four trainings, logarithmic. Weights of 0.1 stay at ln 3, "
        "guessing; weights of 0.6 start at nearly 10 and come down to about 0.6; both trainings "
        "with batch norm fall to about 0.01, with small spikes.",
        "四次训练的代价随轮次的变化，对数坐标。权重 0.1 停在 ln 3，即瞎猜；权重 0.6 从接近 10 开"
        "始，降到约 0.6；两次有批归一化的训练都降到约 0.01，带有小尖峰。",
    ),
    "spiral_boundaries": (
        "The three spirals and the predicted class everywhere in the plane. Without batch norm "
        "the decision boundaries cut through the arms of classes 0 and 1; with it they wind along "
        "all three spirals.",
        "三条螺旋，以及平面上各处预测的类别。没有批归一化时，决策边界切断类别 0 和 1 的旋臂；有了"
        "它，边界沿着三条螺旋盘绕。",
    ),
    "search": (
        "Two panels of 30 trials over learning rate and weight scale, shaded by cost. Without "
        "batch norm only a few trials in a small region are good; with batch norm trials are good "
        "in a wide region.",
        "学习率和权重尺度上的两幅图，各 30 次试验，颜色深浅表示代价。没有批归一化时，只有一小块区"
        "域里的几次试验是好的；有批归一化时，一大片区域里都好。",
    ),
    "digit_costs": (
        "Cost on the digits over 20 epochs, logarithmic: small weights without batch norm stay at "
        "2.3, guessing; the other three fall below 0.1.",
        "数字数据上 20 轮的代价，对数坐标：小权重没有批归一化时停在 2.3，即瞎猜；另外三次降到 0.1 "
        "以下。",
    ),
    "digits": (
        "Eight digits of the test set with the two likeliest classes of each; the first ones are "
        "those that the network got wrong, several of them hard to read.",
        "测试集里的八个数字，各标出最可能的两个类别；前几个是网络认错的，其中有几个很难认。",
    ),
}


def temperature_alt(temperature, probabilities):
    """What the figure of a softmax over the scores 1, 2 and 3 shows."""
    numbers = [f"{p:.2f}" for p in probabilities]
    return (
        f"Probabilities of the scores 1, 2 and 3 as bars: {numbers[0]}, {numbers[1]} and "
        f"{numbers[2]} at temperature {temperature:g}.",
        f"得分 1、2、3 的概率，条形图：温度为 {temperature:g} 时是 {'、'.join(numbers)}。",
    )
