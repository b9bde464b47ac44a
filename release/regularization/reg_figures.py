"""The figures of the lesson on regularization. Each takes what the notebook has computed."""

import time

import numpy as np
from course_style import COLOURS, say, show
from reg_utils import plot_classes, plot_decision_boundary, predict_dec

STEPS = 1000 * np.arange(30)  # of gradient descent, where a training is looked at


def _subplots(*args, **kwargs):
    import matplotlib.pyplot as plt  # here: who draws nothing need not wait for it

    return plt.subplots(*args, **kwargs)


SETS = {"train": "training set", "dev": "dev set"}


def show_data(train_X, train_Y, dev_X, dev_Y):
    """Training and dev set side by side."""
    fig, axes = _subplots(1, 2, figsize=(9, 5), sharex=True, sharey=True)
    for ax, (name, X, Y) in zip(
        axes, [("training", train_X, train_Y), ("dev", dev_X, dev_Y)], strict=True
    ):
        plot_classes(X, Y, ax)
        ax.set_title(f"{name} set: {X.shape[1]} examples")
    axes[0].legend(loc="lower left")
    show(fig, alt=(
        "Training and dev set as points of a plane: class 1 above a diagonal, class 0 "
        "below, with the two mixed in a band along it.",
        "训练集和开发集，平面上的点：类别 1 在对角线上方，类别 0 在下方，沿对角线有一条两类混杂"
        "的带。",
    ))


BOUNDARIES = {  # what the figure of so many decision boundaries shows, in English and Chinese
    1: (
        "Without regularization the decision boundary is jagged: it bends around single points "
        "and fences in corners that hold one or two examples.",
        "不加正则化时，决策边界参差不齐：它绕过个别的点，圈出只有一两个样本的角落。",
    ),
    2: (
        "Two decision boundaries side by side: jagged without regularization, a smooth curve near "
        "the diagonal with L2.",
        "两条决策边界并排：不加正则化时参差不齐，用 L2 时是对角线附近的一条平滑曲线。",
    ),
    3: (
        "Three decision boundaries side by side: jagged without regularization, smooth with L2, "
        "and in between with dropout, which leaves a pocket.",
        "三条决策边界并排：不加正则化时参差不齐，用 L2 时平滑，用随机失活时介于两者之间，还留下"
        "一个口袋。",
    ),
}


def show_boundaries(results, names, X, Y):
    """The decision boundaries of trained networks side by side over the examples."""
    fig, axes = _subplots(1, len(names), figsize=(4.6 * len(names), 5), squeeze=False)
    for ax, name in zip(axes[0], names, strict=True):
        parameters = results[name]["parameters"]
        plot_decision_boundary(
            lambda points, parameters=parameters: predict_dec(parameters, points.T), X, Y, ax
        )
        train, dev = results[name]["train"], results[name]["dev"]
        ax.set_title(f"{name}\ntrain {train:.1f}%, dev {dev:.1f}%")
    show(fig, alt=BOUNDARIES[len(names)])


def show_strengths(strengths, sweep):
    """Accuracy on both sets for several strengths of L2."""
    fig, ax = _subplots()
    positions = range(len(strengths))
    for name, line in (("train", "o-"), ("dev", "s--")):
        ax.plot(positions, [r[name] for r in sweep], line, color=COLOURS[name],
                label=SETS[name])
    ax.set_xticks(positions, [str(s) for s in strengths])
    ax.set(xlabel=r"strength $\lambda$ of L2", ylabel="right answers (%)",
           title="Too little: the sets drift apart. Too much: nothing is learned")
    ax.legend()
    show(fig, alt=(
        "Accuracy against lambda: from 0 to 5 the two lines come closer, the training "
        "set falling and the dev set rising; at 20 both drop to the share of the larger "
        "class.",
        "准确率随 lambda 的变化：从 0 到 5，两条线越来越近，训练集下降，开发集上升；到 20 时，"
        "两者都降到较大那一类的比例。",
    ))


def show_decay(update, learning_rate=0.1, lambd=4, m=8, steps=80):
    """A weight that the data pull from 0 to 3, under three rules; where `update` leaves it.

    update: update_parameters_with_weight_decay, or another function with its arguments.
    """
    factor = 1 - learning_rate * lambd / m
    rules = {
        "no decay": lambda w: w - learning_rate * (w - 3),
        "weight decay": lambda w: update(
            {"W1": np.array([[w]]), "b1": np.zeros((1, 1))},
            {"dW1": np.array([[w - 3]]), "db1": np.zeros((1, 1))}, learning_rate, lambd, m,
        )["W1"].item(),
        "factor before the derivative": lambda w: w - learning_rate * factor * (w - 3),
    }  # fmt: skip
    fig, ax = _subplots()
    paths = {name: [0.0] for name in rules}
    for (name, path), dash, role in zip(
        paths.items(), ("-", "--", ":"), ("reference", "right", "wrong"), strict=True
    ):
        for _ in range(steps):
            path.append(rules[name](path[-1]))
        ax.plot(path, dash, color=COLOURS[role], label=name)
        near = next(t for t, w in enumerate(path) if abs(w - path[-1]) <= 0.01 * abs(path[-1]))
        say(f"{name:29s} first step {path[1]:.3f}, at rest at {path[-1]:.2f} (step {near})")
    ax.set(xlabel="step", ylabel="weight", title="Decay changes where the weight rests")
    ax.legend(loc="lower right")
    show(fig, alt=(
        "A weight against the step, from 0. Without decay it rises to 3; with weight decay it "
        "sets out as fast and rests at 2; with the factor in front of the derivative it rises to "
        "3 as well, a little later.",
        "一个权重随步数的变化，从 0 出发。不衰减时升到 3；权重衰减时出发得一样快，停在 2；把系数"
        "乘在导数前面时也升到 3，只是晚一点。",
    ))
    return round(paths["weight decay"][-1], 3)


def show_pull(pull=0.02):
    """Three weights on which nothing acts but the penalty of L1 or of L2, for 40 steps.

    pull: learning rate times lambda / m. Returns how many weights are zero under L1.
    """
    paths = {"L1": [np.array([1.0, 0.4, -0.2])], "L2": [np.array([1.0, 0.4, -0.2])]}
    for _ in range(40):
        w1, w2 = paths["L1"][-1], paths["L2"][-1]
        paths["L1"].append(np.sign(w1) * np.maximum(np.abs(w1) - pull, 0))  # stop at zero
        paths["L2"].append(w2 - pull * w2)
    zeros = {name: int(np.sum(np.abs(path[-1]) < 1e-12)) for name, path in paths.items()}

    fig, axes = _subplots(1, 2, figsize=(9, 3.6), sharey=True)
    for ax, (name, path) in zip(axes, paths.items(), strict=True):
        for k, dash in enumerate(("-", "--", ":")):
            ax.plot(np.array(path)[:, k], dash, color="black", label=f"starts at {path[0][k]:g}")
        ax.axhline(0, color=COLOURS["wrong"], linewidth=1)
        ax.set(title=f"{name}: {zeros[name]} of 3 weights are zero", xlabel="step")
    axes[0].set_ylabel("weight")
    axes[1].legend()
    show(fig, alt=(
        "Under L1 the weights move on straight lines and the two smaller ones arrive at "
        "zero; under L2 all three decay by the same share and none arrives.",
        "L1 之下，权重沿直线移动，较小的两个到达零；L2 之下，三个都按同样的比例衰减，没有一个到"
        "达零。",
    ))
    return zeros["L1"]


def show_costs(results):
    """What each training minimized, step by step."""
    fig, ax = _subplots()
    for (name, result), dash in zip(results.items(), ("-", "--", ":"), strict=True):
        ax.plot(STEPS, result["costs"], dash, color="black", label=name)
    ax.set(xlabel="step of gradient descent", ylabel="cost on the training set",
           title="Three costs: each counts something else")
    ax.legend()
    show(fig, alt=(
        "Cost curves of the three trainings: all fall steeply at first; L2 levels off "
        "highest, no regularization goes on falling slowly, dropout ends lowest.",
        "三次训练的代价曲线：开头都急速下降；L2 停在最高处，不加正则化的继续缓慢下降，随机失活"
        "最后最低。",
    ))


def show_masks(frozen, fresh):
    """The costs of dropout with one mask for ever and with a fresh one in every step."""
    fig, ax = _subplots()
    for costs, dash, label in (
        (frozen["costs"], "--", "one frozen mask"), (fresh["costs"], "-", "a fresh mask every step")
    ):
        ax.plot(STEPS, costs, dash, color="black", label=label)
    ax.set(xlabel="step of gradient descent", ylabel="cost on the training set",
           title="A frozen mask can be learned by heart; fresh ones cannot")
    ax.legend()
    show(fig, alt=(
        "With one frozen mask the cost falls smoothly to a low value; with fresh masks "
        "it goes up and down around a higher one.",
        "用一个冻住的掩码，代价平稳地降到很低；每步用新的掩码，代价在更高处上下波动。",
    ))


def print_step_times(steps):
    """Print how long each of the steps takes, {name: function that takes one}.

    They take turns, and the median of 201 counts.
    """
    times = {name: [] for name in steps}
    for _ in range(201):
        for name, step in steps.items():
            began = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - began)
    for name, seconds in times.items():
        say(f"{name:20s} one step takes {1e6 * np.median(seconds):.0f} µs")


def show_layer(layer):
    """What a dropout layer does: its mask in one call, and its mean over many.

    layer(A, keep_prob, training, seed) gives what is handed on.
    """
    keep_prob, A = 0.8, np.random.RandomState(2).uniform(0.5, 1.5, size=(12, 30))
    one = layer(A, keep_prob, True, 1)
    mean = np.mean([layer(A, keep_prob, True, seed) for seed in range(500)], axis=0)
    predicted = layer(A, keep_prob, False, 1)
    say(f"kept in one call:                        {np.mean(one != 0):.2f} of the activations")
    say(f"training, mean of 500 calls:             {np.mean(mean / A):.2f} times A")
    say(f"predicting:                              {np.mean(predicted / A):.2f} times A")
    say(f"different masks among the 30 examples:   {len(np.unique(one != 0, axis=1).T)}")

    fig, axes = _subplots(1, 2, figsize=(10, 3.6))
    axes[0].imshow(one != 0, cmap="Greys_r", aspect="auto", vmin=0, vmax=1)
    axes[0].set(xlabel="example", ylabel="unit", title="one call: white is kept, black is off")
    axes[0].grid(False)
    for values, marker, role, label in (
        (mean, "o", "right", "training, mean of 500"),
        (predicted, "^", "reference", "predicting"),
    ):
        axes[1].plot(A.ravel(), values.ravel(), marker, markersize=3, linestyle="none",
                     color=COLOURS[role], label=label)
    axes[1].plot([0.5, 1.5], [0.5, 1.5], color="black", linewidth=1, label="A itself")
    axes[1].set(xlabel="activation A", ylabel="handed on", title="in the mean nothing may change")
    axes[1].legend()
    fig.tight_layout()
    show(fig, alt=(
        "Left: the mask of one call, units against examples; in order it is a random "
        "scatter of black, with a fault whole rows are black. Right: what is handed on "
        "against A; in order both sets of points lie along the diagonal.",
        "左：一次调用的掩码，单元对样本；没有错误时，黑点随机散布，有错误时，整行都是黑的。右："
        "交出去的值对 A；没有错误时，两组点都在对角线上。",
    ))


def show_early(result, best):
    """Training and dev cost of one training, and the epoch that early stopping keeps."""
    fig, ax = _subplots()
    for name, key, dash in (("train", "costs", "-"), ("dev", "dev costs", "--")):
        ax.plot(STEPS, result[key], dash, color=COLOURS[name], label=SETS[name])
    ax.axvline(1000 * best, color="black", linewidth=1)
    ax.annotate(f"kept: step {1000 * best:,}", (1000 * best + 300, 0.62))
    ax.set(xlabel="step of gradient descent", ylabel="mean cross-entropy",
           title="Without regularization: the dev cost turns around early")
    ax.legend()
    show(fig, alt=(
        "The cost on the training set falls all the time; on the dev set it reaches its "
        "lowest value within the first few thousand steps and then climbs far above it.",
        "训练集的代价一直下降；开发集的代价在最初几千步内到达最低点，然后升到远高于它的地方。",
    ))


def bumpy_dev_costs():
    """Thirty costs on a dev set that fall, stumble, and turn around late."""
    t = np.arange(30)
    bumps = np.random.RandomState(5).normal(0, 0.02, 30)
    return list(0.3 + 0.35 * np.exp(-t / 6) + 0.008 * np.maximum(t - 18, 0) + bumps)


def show_patience(dev_costs, patience, kept):
    """The epoch that early stopping keeps with this much patience, on a curve of dev costs."""
    fig, ax = _subplots(figsize=(7, 3.4))
    ax.plot(dev_costs, "s--", color=COLOURS["dev"], markersize=4, label="dev set")
    best = int(np.argmin(dev_costs))
    ax.plot(best, dev_costs[best], "o", markersize=12, fillstyle="none", color="black",
            label="best of all")
    ax.axvline(kept, color="black", linewidth=1)
    ax.annotate(f"kept: epoch {kept}", (kept + 0.3, max(dev_costs)), va="top")
    ax.set(xlabel="epoch", ylabel="mean cross-entropy",
           title=f"patience {patience}: {'the best of all' if kept == best else 'too little'}")
    ax.legend(loc="center right")
    show(fig, alt=(
        f"A bumpy curve of dev costs that falls to epoch {best} and rises again; with "
        f"patience {patience} early stopping keeps epoch {kept}.",
        f"一条坑坑洼洼的开发集代价曲线，到第 {best} 轮降到最低，然后又上升；耐心为 {patience} "
        f"时，提前停止留住第 {kept} 轮。",
    ))


def show_flips(flip):
    """A boat and a digit, and what `flip` makes of them."""
    from sklearn.datasets import load_digits

    boat = np.array([[c == "#" for c in row] for row in (
        "....#...", "....##..", "....###.", "....####",
        "....#...", "########", ".######.", "........",
    )], dtype=float)
    three = load_digits().images[3] / 16
    images = np.stack([boat, three])[..., np.newaxis]  # (2, 8, 8, 1)
    flipped = flip(images)
    fig, axes = _subplots(1, 4, figsize=(9, 2.8))
    titles = ["boat", "boat, flipped", "digit 3", "digit 3, flipped"]
    for ax, image, title in zip(
        axes, [images[0], flipped[0], images[1], flipped[1]], titles, strict=True
    ):
        ax.imshow(image[..., 0], cmap="Greys", vmin=0, vmax=1)
        ax.set_title(title)
        ax.set(xlabel="column", xticks=[0, 7], yticks=[0, 7])
        ax.grid(False)
    axes[0].set_ylabel("row")
    show(fig, alt=(
        "A boat and its mirror image are both boats; a handwritten 3 and its mirror "
        "image: the second is no digit at all.",
        "帆船和它的镜像都是船；手写的 3 和它的镜像：后者不是任何数字。",
    ))


def show_comparison(results):
    """Accuracy on both sets, for every training."""
    fig, ax = _subplots(figsize=(7, 3.6))
    for y, result in enumerate(results.values()):
        train, dev = result["train"], result["dev"]
        ax.plot([train, dev], [y, y], color="black", linewidth=1, zorder=1)
        for value, who, marker in ((train, "train", "o"), (dev, "dev", "s")):
            label = SETS[who] if y == 0 else None
            ax.scatter(value, y, color=COLOURS[who], marker=marker, s=60, label=label)
    ax.set_yticks(range(len(results)), list(results))
    ax.margins(y=0.15)
    ax.invert_yaxis()
    ax.set(xlabel="right answers (%)", title="The gap between what is seen and what is new")
    ax.legend(loc="best")
    show(fig, alt=(
        "Train and dev accuracy of five trainings, joined by lines: the line is longest "
        "without regularization.",
        "五次训练在训练集和开发集上的准确率，用线相连：不加正则化时线最长。",
    ))
    for name, result in results.items():
        train, dev = result["train"], result["dev"]
        say(f"{name:12s} train {train:6.2f}%   dev {dev:6.2f}%   gap {train - dev:6.2f}")
