"""The figures of the initialization notebook, and the experiments behind them.

Every figure takes the functions or the numbers of the notebook, so that it shows the reader's own.
"""

import numpy as np
from course_style import COLOURS, say, show
from init_utils import (
    ACTIVATIONS,
    backward_propagation,
    forward_propagation,
    plot_decision_boundary,
    plot_points,
    predict_dec,
    relu,
    update_parameters,
)

WIDTH = 256  # of the layers in the experiments on depth


def _subplots(*args, **kwargs):
    import matplotlib.pyplot as plt  # here: who draws nothing need not wait for it

    return plt.subplots(*args, **kwargs)


def show_fifty_layers():
    """One number through 150 layers that multiply it by 0.9, 1 or 1.1."""
    layers = np.arange(151)
    fig, ax = _subplots(figsize=(7, 3.6))
    for factor, style, colour in (
        (1.1, "-", "wrong"),
        (1.0, ":", "reference"),
        (0.9, "--", "wrong"),
    ):
        ax.semilogy(layers, factor**layers, style, color=COLOURS[colour])
        ax.annotate(
            f"each layer × {factor}", (151, factor**150), va="center", annotation_clip=False
        )
        say(f"× {factor}: after 50 layers {factor**50:.3g}, after 150 layers {factor**150:.3g}")
    for depth in (50, 150):
        ax.axvline(depth, color="grey", linewidth=0.8)
    ax.set(xlabel="layer", ylabel="size of the signal (1 at the start)", xlim=(0, 150))
    show(fig, alt=(
        "On a logarithmic axis a signal multiplied by 1.1 per layer rises in a straight line "
        "to about a million at layer 150, one multiplied by 0.9 falls to about a "
        "ten-millionth.",
        "对数坐标上，每层乘以 1.1 的信号沿直线上升，到第 150 层约为一百万；每层乘以 0.9 的下降"
        "到约千万分之一。",
    ))


def show_data(train_X, train_Y, test_X, test_Y):
    """The two sets of points side by side."""
    fig, axes = _subplots(1, 2, figsize=(8.5, 4), sharex=True, sharey=True)
    for ax, X, Y, name in zip(axes, (train_X, test_X), (train_Y, test_Y), ("training", "test")):
        plot_points(ax, X, Y)
        ax.set_title(f"{name} set: {X.shape[1]} examples")
    fig.legend(
        *axes[0].get_legend_handles_labels(),
        loc="lower center",
        ncols=2,
        frameon=False,
        bbox_to_anchor=(0.5, -0.06),
    )
    show(fig, alt=(
        "Two noisy circles, one inside the other: class 0 outside, class 1 inside; 300 "
        "training examples on the left, 100 test examples on the right.",
        "两个带噪声的圆，一个套着另一个：类别 0 在外，类别 1 在内；左边是 300 个训练样本，右边"
        "是 100 个测试样本。",
    ))


def walk(X, Y, parameters, iterations=3000):
    """W1 at every step of training from these parameters: (iterations, n_1, n_0)."""
    path = []
    for _ in range(iterations):
        path.append(parameters["W1"])
        _, cache = forward_propagation(X, parameters)
        gradients = backward_propagation(X, Y, cache)
        parameters = update_parameters(parameters, gradients, learning_rate=0.1)
    return np.array(path)


def places(path):
    """How many different places the units of layer 1 have at the end of a walk."""
    return len(np.unique(path[-1].round(10), axis=0))


def show_walks(alike, apart):
    """The ways of the ten units of layer 1, started alike and started apart."""
    fig, axes = _subplots(1, 2, figsize=(9, 4.2))
    for ax, path, title in zip(axes, (alike, apart), ("all start at 0.5", "each starts elsewhere")):
        ax.plot(path[:, :, 0], path[:, :, 1], color=COLOURS["reference"], linewidth=0.8, alpha=0.6)
        ax.plot(
            *path[0].T,
            "o",
            markersize=8,
            markerfacecolor="white",
            color=COLOURS["reference"],
            linestyle="none",
            label="start",
        )
        ax.plot(
            *path[-1].T,
            "s",
            markersize=6,
            color=COLOURS["reference"],
            linestyle="none",
            label="end",
        )
        different = places(path)
        ax.set(
            title=f"{title}: {different} place{'s' * (different > 1)} at the end",
            xlabel="weight of $x_1$",
            ylabel="weight of $x_2$",
        )
        ax.set_aspect("equal", adjustable="datalim")
        ax.legend()
    fig.tight_layout()
    show(fig, alt=(
        "Paths of the ten units of layer 1 in the plane of their two weights. Left: started "
        "alike, all ten lie on one single path. Right: started apart, they go ten different "
        "ways.",
        "第 1 层十个单元在各自两个权重的平面上走过的路。左：起点相同，十条路重合成一条。右：起"
        "点不同，走成十条不同的路。",
    ))


def show_costs(zeros_costs, random_costs, he_costs):
    """The cost at every thousandth iteration, for three starts."""
    iterations = np.arange(len(he_costs)) * 1000
    fig, ax = _subplots(figsize=(7, 4))
    for name, costs, style, label in (
        ("zeros", zeros_costs, ":", "zeros"),
        ("random", random_costs, "s--", "random × 10 (inf at the start)"),
        ("he", he_costs, "o-", "He"),
    ):
        finite = np.isfinite(costs)
        ax.plot(
            iterations[finite],
            np.array(costs)[finite],
            style,
            color=COLOURS[name],
            label=label,
            markersize=4,
        )
    ax.set(xlabel="iteration", ylabel="cost (mean cross-entropy)", ylim=(0, 1))
    ax.legend()
    show(fig, alt=(
        "Cost against iteration: zeros stay at 0.69; random times ten starts at infinity and "
        "creeps down to 0.38; He falls from 0.88 to 0.07.",
        "代价随迭代次数的变化：全零停在 0.69；十倍大的随机数从无穷大开始，缓慢降到 0.38；He 从 "
        "0.88 降到 0.07。",
    ))


def show_decision_boundaries(trained, train, test):
    """Where each of three trained networks says class 1; `trained` is name → parameters."""
    fig, axes = _subplots(1, 3, figsize=(12, 4.2), sharex=True, sharey=True)
    for ax, (name, parameters) in zip(axes, trained.items()):
        plot_decision_boundary(
            lambda points, own=parameters: predict_dec(own, points.T), *train, ax
        )
        right = [np.mean(predict_dec(parameters, X) == Y) for X, Y in (train, test)]
        ax.set_title(f"{name}: {right[0]:.1%} train, {right[1]:.0%} test")
    handles, labels = axes[0].get_legend_handles_labels()
    from matplotlib.patches import Rectangle

    shade = Rectangle((0, 0), 1, 1, facecolor="#d9d9d9", edgecolor="black")
    fig.legend(
        [*handles, shade],
        [*labels, "the network says class 1"],
        loc="lower center",
        ncols=3,
        frameon=False,
        bbox_to_anchor=(0.5, -0.06),
    )
    show(fig, alt=(
        "Where each trained network says class 1, shaded, over the training points. Zeros: "
        "nowhere. Random times ten: a ragged patch that takes in the left of the outer "
        "circle too. He: a rounded patch that holds the inner circle and leaves the outer "
        "one out.",
        "每个训练好的网络判为类别 1 的区域（阴影）和训练样本。全零：哪里都不是。十倍大的随机"
        "数：一块参差不齐的区域，把外圈左侧也包括了进去。He：一块圆润的区域，包住内圈，留出外"
        "圈。",
    ))


def gaussian(spread, n=WIDTH):
    """A way to draw W (n, n) with this standard deviation."""
    return lambda random: random.randn(n, n) * spread


def through_layers(depth, draw, activation, slope, n=WIDTH, examples=50):
    """Send random columns forward through `depth` layers of n units, and random ones back.

    draw(random) gives one W (n, n). activation(Z) gives A, slope(A) its derivative.
    Returns the last A, and the sizes (root mean square) of A and of dA at layers 0 to depth.
    """
    random = np.random.RandomState(1)
    A, layers = random.randn(n, examples), []
    forward = [np.sqrt(np.mean(A**2))]
    for _ in range(depth):
        W = draw(random)
        A = activation(W @ A)
        layers.append((W, A))
        forward.append(np.sqrt(np.mean(A**2)))
    dA = random.randn(n, examples)
    backward = [np.sqrt(np.mean(dA**2))]
    for W, A_l in reversed(layers):
        dA = W.T @ (dA * slope(A_l))
        backward.append(np.sqrt(np.mean(dA**2)))
    return A, np.array(forward), np.array(backward[::-1])


def show_ten_layers_of_tanh():
    """What the tenth layer holds with Xavier's spread and with two slips of the pen."""
    rules = {
        "$1/n$ (the root is lost)": 1 / WIDTH,
        r"$\sqrt{1/n}$ (Xavier)": np.sqrt(1 / WIDTH),
        r"$\sqrt{2/n + n}$ (the brackets are lost)": np.sqrt(2 / WIDTH + WIDTH),
    }
    fig, axes = _subplots(1, 3, figsize=(12, 3.6), sharey=True)
    for ax, (name, spread), colour in zip(axes, rules.items(), ("wrong", "right", "wrong")):
        A, forward, backward = through_layers(10, gaussian(spread), np.tanh, lambda A: 1 - A**2)
        ax.hist(
            A.ravel(),
            bins=np.linspace(-1, 1, 41),
            weights=np.full(A.size, 100 / A.size),
            color=COLOURS[colour],
            edgecolor="white",
            linewidth=0.4,
        )
        ax.set(title=name, xlabel="activation in layer 10")
        say(
            f"spread {spread:8.5f}: activations of size {forward[-1]:.2g}, "
            f"gradient at the input {backward[0]:.2g}"
        )
    axes[0].set_ylabel("share of the numbers in %")
    show(fig, alt=(
        "Histograms of the tenth layer's tanh activations. Without the root all numbers sit "
        "at 0; with Xavier's spread they fill the range around 0; without the brackets "
        "nearly all sit at -1 or 1.",
        "第十层 tanh 激活值的直方图。丢了根号，所有的数都在 0；用 Xavier 的尺度，它们分布在 0 "
        "的两侧；丢了括号，几乎全在 −1 或 1。",
    ))


def _legend_below(fig, ax):
    """The labels of one axes in a row below the figure."""
    fig.legend(
        *ax.get_legend_handles_labels(),
        loc="upper center",
        ncols=4,
        frameon=False,
        bbox_to_anchor=(0.5, 0),
    )


def show_depth():
    """Sizes of activations and gradients through 50 and 150 ReLU layers, for four starts.

    Returns the power of ten to which Xavier's activations have come after 50 layers.
    """
    starts = {
        "1.1 I": (lambda random: 1.1 * np.eye(WIDTH), "-.", "wrong"),
        "0.9 I": (lambda random: 0.9 * np.eye(WIDTH), ":", "reference"),
        "random, √(1/n) (Xavier)": (gaussian(np.sqrt(1 / WIDTH)), "--", "xavier"),
        "random, √(2/n) (He)": (gaussian(np.sqrt(2 / WIDTH)), "-", "he"),
    }
    fig, axes = _subplots(2, 2, figsize=(10, 6.6), sharex="col", sharey=True)
    powers = {}
    for column, depth in enumerate((50, 150)):
        for name, (draw, style, colour) in starts.items():
            _, forward, backward = through_layers(depth, draw, relu, lambda A: A > 0)
            axes[0, column].semilogy(forward, style, color=COLOURS[colour], label=name)
            axes[1, column].semilogy(backward, style, color=COLOURS[colour])
            say(
                f"{depth:3} layers, {name:24} "
                f"last activations {forward[-1]:.1e}, first gradient {backward[0]:.1e}"
            )
            powers[depth, colour] = round(np.log10(forward[-1]))
        axes[0, column].set_title(f"{depth} layers")
        axes[1, column].set_xlabel("layer")
    axes[0, 0].set(ylabel="size of the activations (RMS)", yticks=[1e-20, 1e-10, 1, 1e10])
    axes[1, 0].set_ylabel("size of the gradient (RMS)")
    fig.tight_layout()
    _legend_below(fig, axes[0, 0])
    show(fig, alt=(
        "Size of activations (top, from left to right) and gradients (bottom, from right to "
        "left) through 50 and 150 ReLU layers, logarithmic. 1.1 times the identity grows, "
        "0.9 times shrinks, Xavier's spread falls to 1e-8 and below 1e-22, He's stays near "
        "1.",
        "激活值（上，从左往右）和梯度（下，从右往左）通过 50 层和 150 层 ReLU 的大小，对数坐"
        "标。1.1 倍单位矩阵使它增大，0.9 倍使它减小，Xavier 的尺度使它降到 1e-8 和 1e-22 以下，"
        "He 的尺度使它保持在 1 附近。",
    ))
    return powers[50, "xavier"]


def show_factor(c):
    """Fifty ReLU layers whose weights have the spread √(c/n)."""
    _, forward, _ = through_layers(50, gaussian(np.sqrt(c / WIDTH)), relu, lambda A: A > 0)
    fig, ax = _subplots(figsize=(7, 3.2))
    ax.semilogy(forward, color=COLOURS["he" if 1.9 < c < 2.1 else "reference"])
    ax.axhline(1, color="grey", linewidth=0.8)
    ax.set(
        xlabel="layer",
        ylabel="size of the activations (RMS)",
        ylim=(1e-12, 1e12),
        title=f"spread √({c:.2f} / n): each layer × {np.sqrt(c / 2):.2f} on average",
    )
    show(fig, alt=(
        f"Size of the activations through 50 ReLU layers with the spread root of {c:.2f} "
        f"over n, on a logarithmic axis: it ends at {forward[-1]:.1e}.",
        f"50 层 ReLU 的激活值大小，标准差为根号下 {c:.2f} 除以 n，对数坐标：最后是 "
        f"{forward[-1]:.1e}。",
    ))


DEEP = [64, 256, 256, 32, 32, 256, 64, 64]
DEEP_ACTIVATIONS = ["relu"] * 5 + ["tanh"] * 2


def show_layers(initialize, sizes_of):
    """A deep network as `initialize` starts it, seen with the reader's instrument.

    initialize(layers_dims, activations) gives parameters; sizes_of(X, parameters, activations)
    the sizes of the layers' activations.
    """
    parameters = initialize(list(DEEP), list(DEEP_ACTIVATIONS))
    X = np.random.RandomState(1).randn(DEEP[0], 100)
    sizes = np.maximum(sizes_of(X, parameters, DEEP_ACTIVATIONS), 1e-6)
    layers = np.arange(1, len(DEEP))
    fig, ax = _subplots(figsize=(8, 3.8))
    ax.semilogy([0, *layers], [1, *sizes], "o-", color=COLOURS["he"])
    ax.axhline(1, color="grey", linewidth=0.8)
    ax.set(
        ylim=(3e-7, 30),
        ylabel="size of the activations (RMS)",
        xlabel="layer",
        xticks=layers,
        title="what the instrument reads (0 is drawn at 1e-6)",
    )
    say("layer  units  from  activation  different units      size")
    labels = ["0\nX"]
    for layer, size in zip(layers, sizes):
        W, name = parameters[f"W{layer}"], DEEP_ACTIVATIONS[layer - 1]
        say(
            f"{layer:5}  {DEEP[layer]:5}  {DEEP[layer - 1]:4}  {name:10}  "
            f"{different_rows(W):6} of {DEEP[layer]:<4}  {size:12.3g}"
        )
        labels.append(f"{layer}\n{DEEP[layer]} {name}")
    ax.set_xticks([0, *layers], labels)
    fig.tight_layout()
    show(fig, alt=(
        "Size of the activations in seven layers on a logarithmic axis. In order, it stays "
        "between 0.4 and 1.3; with a fault it jumps where the width changes, or falls to 0.",
        "七层激活值的大小，对数坐标。没有错误时它保持在 0.4 到 1.3 之间；有错误时，它在宽度变化"
        "处跳动，或者降到 0。",
    ))


def different_rows(W):
    """How many different units (rows) a layer's weights hold."""
    return len(set(map(tuple, np.round(W, 10).tolist())))


def faults_left(initialize):
    """What is still wrong with the layers that `initialize` makes, in words.

    Looks at how many units of a layer differ, at what a layer makes of a signal of the size that
    its activation passes on (1 for ReLU, 0.1 for tanh), and at what was right before: the draws
    and the biases. Returns "nothing" when all is well.
    """
    widths, names = [100, 25, 100, 25, 100], ["relu", "relu", "tanh", "tanh"]
    parameters = initialize(list(widths), list(names))
    stream = np.random.RandomState(3)
    found = []
    for layer, name in enumerate(names, start=1):
        W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        draws = stream.randn(widths[layer], widths[layer - 1])
        if different_rows(W) < widths[layer]:
            found.append("units of one layer are alike")
        elif np.shape(W) != draws.shape or not np.allclose(W, draws * np.std(W) / np.std(draws)):
            found.append("the draws are no longer those of seed 3")
        if np.shape(b) != (widths[layer], 1) or np.any(b):
            found.append("the biases are no longer a column of zeros")
        goes_in = 1 if name == "relu" else 0.1
        A = np.random.RandomState(1).randn(widths[layer - 1], 100) * goes_in
        comes_out = np.sqrt(np.mean(ACTIVATIONS[name](W @ A) ** 2))
        if not 0.75 < comes_out / goes_in < 1.33:
            found.append("the size of the signal changes in a layer")
    return "; ".join(dict.fromkeys(found)) or "nothing"
