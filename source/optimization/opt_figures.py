"""Given with the assignment: the figures of the lesson.

Every function takes numbers that the notebook has computed and returns a matplotlib figure.
"""

import numpy as np
from course_style import COLOURS
from opt_utils import plot_decision_boundary, predict_dec

OPTIMIZERS = {"gd": "gradient descent", "momentum": "momentum", "rmsprop": "RMSprop",
              "adam": "Adam"}  # fmt: skip
STROKES = {"gd": "-", "momentum": "--", "rmsprop": "-.", "adam": ":"}  # told apart in grey
MARKERS = {"gd": "o", "momentum": "s", "rmsprop": "^", "adam": "D"}


def shades(number):
    """Colours for things that are more or less of the same, dark to light."""
    import matplotlib.pyplot as plt

    return plt.get_cmap("cividis")(np.linspace(0, 0.85, number))


def _subplots(*args, **kwargs):
    import matplotlib.pyplot as plt

    return plt.subplots(*args, **kwargs)


def draw_moons(X, Y):
    """The examples, one marker for each class."""
    fig, ax = _subplots(figsize=(5.6, 3.6))
    for label, marker in ((0, "o"), (1, "^")):
        chosen = Y.ravel() == label
        ax.scatter(*X[:, chosen], marker=marker, s=22, color=COLOURS[f"class {label}"],
                   edgecolor="black", linewidth=0.3, label=f"class {label}")  # fmt: skip
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", title="300 examples")
    ax.legend(loc="upper right", fontsize=9)
    return fig


def draw_noise(costs_by_size, epochs):
    """The cost of each batch as it was met, one panel for each batch size.

    costs_by_size: {batch size: costs, one for each step}; epochs: how many there were.
    """
    fig, axes = _subplots(1, len(costs_by_size), figsize=(10, 3.2), sharey=True)
    for ax, (size, costs) in zip(axes, costs_by_size.items()):
        when = np.arange(1, len(costs) + 1) * epochs / len(costs)
        ax.plot(when, costs, ".", color="0.6", ms=1.2 if size == 1 else 6, label="one batch")
        epoch_costs = np.reshape(costs, (epochs, -1)).mean(axis=1)
        ax.plot(np.arange(1, epochs + 1), epoch_costs, color=COLOURS["cost"],
                label="mean of the epoch")  # fmt: skip
        ax.set(xlabel="epoch", ylim=(0, 1.6))
        ax.set_title(f"batches of {size}: {len(costs):,} steps", fontsize=11)
    axes[0].set_ylabel("cost per example of the batch")
    axes[0].legend(fontsize=9)
    fig.tight_layout()
    return fig


def draw_averages(theta, smooth, uncorrected, days):
    """Averages of a noisy series: on the left some betas, on the right the first days.

    smooth: {beta: averages}, the longest memory last; uncorrected: averages for that beta.
    """
    beta, corrected = list(smooth.items())[-1]
    fig, (left, right) = _subplots(1, 2, figsize=(10, 3.8), width_ratios=(3, 2))
    day = np.arange(1, len(theta) + 1)
    left.plot(day, theta, ".", color="0.65", ms=3, label="one day")
    for (memory, values), stroke, colour in zip(
        smooth.items(), ("-", "--", "-."), shades(3)[::-1]
    ):
        left.plot(day, values, stroke, color=colour, lw=1.6, label=rf"$\beta$ = {memory:g}")
    left.set(xlabel="day of the year", ylabel="temperature (°C)")
    left.set_title("three memories", fontsize=11)
    left.legend(fontsize=9)
    right.plot(day[:days], theta[:days], ".", color="0.65", ms=5)
    right.plot(day[:days], corrected[:days], color=COLOURS["right"], label="corrected")
    right.plot(day[:days], uncorrected[:days], "--", color=COLOURS["wrong"], label="not corrected")
    right.set(xlabel="day of the year", ylabel="temperature (°C)")
    right.set_title(rf"the first {days} days, $\beta$ = {beta:g}", fontsize=11)
    right.legend(fontsize=9)
    fig.tight_layout()
    return fig


def draw_paths(cost, paths):
    """The steps of each optimizer on the contours of a cost, and the cost after each step.

    cost: function of (w, b), for arrays; paths: {optimizer: (steps + 1, 2)}.
    """
    fig, (above, below) = _subplots(2, 1, figsize=(9.6, 7.4), height_ratios=(3, 2))
    w, b = np.meshgrid(np.linspace(-8.6, 1.6, 256), np.linspace(-2.2, 2.4, 116))
    above.contour(w, b, cost(w, b), levels=np.geomspace(0.1, 60, 10), colors="0.8", linewidths=0.8)
    for name, path in paths.items():
        look = {"color": COLOURS[name], "marker": MARKERS[name], "label": OPTIMIZERS[name]}
        above.plot(*path.T, STROKES[name], lw=1.2, ms=4, **look)
        below.semilogy(cost(*path.T), STROKES[name], lw=1.6, ms=3.5, **look)
    above.plot(0, 0, "*", color="black", ms=14)
    above.set(xlabel="w", ylabel="b", aspect="equal", xlim=(-8.6, 1.6), ylim=(-2.2, 2.4))
    above.grid(False)
    above.legend(fontsize=9, ncols=4, loc="upper right")
    below.set(xlabel="step", ylabel="cost J(w, b)")
    fig.tight_layout()
    return fig


def draw_batch_sizes(noise, microseconds):
    """What a batch size buys: {size: relative noise} and {size: microseconds per step}."""
    fig, (left, right) = _subplots(1, 2, figsize=(10, 3.6))
    sizes = np.array(list(noise))
    left.loglog(sizes, list(noise.values()), "o-", color=COLOURS["gradient"], label="measured")
    left.loglog(sizes, noise[1] / np.sqrt(sizes), ":", color="black", label=r"$1/\sqrt{size}$")
    left.set(xlabel="batch size", ylabel="error of the gradient\n(in lengths of the gradient)")
    left.set_title("four times the batch, half the noise", fontsize=11)
    left.legend(fontsize=9)
    sizes = np.array(list(microseconds))
    step = np.array(list(microseconds.values()))
    right.loglog(sizes, step, "o-", color=COLOURS["cost"], label="one step")
    right.loglog(sizes, step / sizes, "s--", color="black", label="one example")
    right.set(xlabel="batch size", ylabel="microseconds")
    right.set_title("time: a step takes nearly as long", fontsize=11)
    right.legend(fontsize=9)
    left.set_yticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
    left.set_ylim(0.8 * min(noise.values()), 1.25 * max(noise.values()))
    for ax in (left, right):
        ax.set_xticks(sizes, [str(size) for size in sizes])
        ax.minorticks_off()
    fig.tight_layout()
    return fig


def draw_saddle(cost, paths, plateau):
    """Paths beside a saddle, the cost after each step, and a plateau.

    cost: function of (w, b); paths: {optimizer: (steps + 1, 2)};
    plateau: {optimizer: costs, one for each step}.
    """
    fig, (left, middle, right) = _subplots(1, 3, figsize=(13, 4.2), width_ratios=(5, 4, 4))
    w, b = np.meshgrid(np.linspace(-1.2, 1.8, 160), np.linspace(-0.5, 1.5, 120))
    left.contour(w, b, cost(w, b), levels=np.linspace(0.02, 1.4, 14), colors="0.8", linewidths=0.8)
    for name, path in paths.items():
        look = {"color": COLOURS[name], "label": OPTIMIZERS[name]}
        top = 3 if name == "gd" else 2  # its steps lie on those of momentum
        left.plot(*path.T, STROKES[name], marker=MARKERS[name], lw=1.2, ms=3, zorder=top, **look)
        middle.plot(cost(*path.T), STROKES[name], lw=1.8, **look)
    left.plot(0, 0, "x", color="black", ms=10, mew=2)
    left.annotate("saddle", (0, 0), (0.08, -0.25), fontsize=10)
    left.plot(0, 1, "*", color="black", ms=13)
    left.set(xlabel="w", ylabel="b", aspect="equal", title="paths beside a saddle")
    left.grid(False)
    middle.set(xlabel="step", ylabel="cost J(w, b)", title="the saddle: waiting at 0.25")
    middle.legend(fontsize=9)
    for name, costs in plateau.items():
        right.semilogx(np.arange(1, len(costs) + 1), costs, STROKES[name], color=COLOURS[name],
                       label=OPTIMIZERS[name])  # fmt: skip
    right.set(xlabel="step (logarithmic)", ylabel="cost", title="a plateau", ylim=(0, 1.05))
    fig.tight_layout()
    return fig


def draw_decay(weights):
    """Weights under decay: {title: {size of the gradients: weight after each step}}."""
    fig, axes = _subplots(1, len(weights), figsize=(10, 3.4), sharey=True)
    for ax, (title, curves) in zip(axes, weights.items()):
        for (size, values), stroke, colour in zip(curves.items(), ("-", "--", ":"), shades(3)):
            ax.plot(values, stroke, color=colour, lw=2.2, label=f"gradients of ±{size:g}")
        ax.set(xlabel="step", ylim=(0, 1.05))
        ax.set_title(title, fontsize=11)
    axes[0].set_ylabel("weight")
    axes[0].legend(fontsize=9)
    fig.tight_layout()
    return fig


def draw_epsilon(sizes, outside, inside):
    """How long one step is, in learning rates, against the size of the gradient."""
    fig, ax = _subplots(figsize=(6.8, 3.6))
    ax.semilogx(sizes, outside, color=COLOURS["right"], label=r"$\sqrt{\hat s} + \varepsilon$")
    ax.semilogx(sizes, inside, "--", color=COLOURS["wrong"], label=r"$\sqrt{\hat s + \varepsilon}$")
    ax.set(xlabel="size of the gradient", ylabel="length of the step\n(in learning rates)")
    ax.legend(title=r"divided by ($\varepsilon = 10^{-8}$)", fontsize=10, title_fontsize=9)
    return fig


def draw_overwriting(kept, overwritten):
    """The length of each step under a constant gradient, moments kept or overwritten."""
    fig, ax = _subplots(figsize=(6.8, 3.4))
    t = np.arange(1, len(kept) + 1)
    ax.semilogy(t, kept, "o-", color=COLOURS["right"], label="corrected copies")
    ax.semilogy(t, overwritten, "s--", color=COLOURS["wrong"], label="v and s overwritten")
    ax.set(xlabel="step t", ylabel="length of the step\n(in learning rates)")
    ax.legend(fontsize=9)
    return fig


def draw_costs(panels):
    """Cost curves side by side: {title: {optimizer: one cost for each epoch}}."""
    fig, axes = _subplots(1, len(panels), figsize=(5.2 * len(panels), 3.6), sharey=True,
                             squeeze=False)  # fmt: skip
    for ax, (title, curves) in zip(axes[0], panels.items()):
        for name, costs in curves.items():
            ax.plot(costs, STROKES[name], color=COLOURS[name], label=OPTIMIZERS[name])
        ax.set(xlabel="epoch", ylim=(0, 0.75))
        ax.set_title(title, fontsize=11)
    axes[0, 0].set_ylabel("mean cost of the epoch")
    axes[0, 0].legend(fontsize=9)
    fig.tight_layout()
    return fig


def draw_boundaries(trained, X, Y):
    """What each network says, and the examples: {optimizer: parameters}."""
    fig, axes = _subplots(1, len(trained), figsize=(10.5, 3.2), sharey=True)
    for ax, (name, parameters) in zip(axes, trained.items()):
        plot_decision_boundary(lambda points: predict_dec(parameters, points.T), X, Y, ax)
        right = np.mean(predict_dec(parameters, X) == Y)
        ax.set_title(f"{OPTIMIZERS[name]}: {right:.1%}", fontsize=11)
        ax.label_outer()
    axes[0].legend(fontsize=8, loc="upper right")
    fig.tight_layout()
    return fig


def draw_schedules(epochs, rates):
    """Learning rates over the epochs: {name: rates}."""
    fig, ax = _subplots(figsize=(7, 3.8))
    strokes = ("-", "--", "-.", ":", (0, (6, 1, 1, 1)))
    for (name, values), stroke, colour in zip(rates.items(), strokes, shades(len(rates))):
        where = "steps-post" if name == "scheduled" else "default"
        ax.plot(epochs, values, linestyle=stroke, color=colour, label=name, drawstyle=where)
    ax.set(xlabel="epoch", ylabel="learning rate", ylim=(0, None))
    ax.legend(fontsize=9)
    return fig


# What each figure shows, for who cannot see it: in English and in Chinese.
ALT = {
    "moons": (
        "Two half moons of points, class 0 above and class 1 below, reach into each other; a few "
        "points of each lie among the others.",
        "两个由点组成的半月形，类别 0 在上，类别 1 在下，互相伸进对方；各有几个点落在另一类中间。",
    ),
    "noise": (
        "Cost of each batch over 20 epochs. All 300 at once: a smooth line that hardly falls. "
        "Batches of 64: rougher, and much lower at the end. One at a time: single costs are "
        "scattered over the whole panel; their mean falls at once and then wanders.",
        "20 个轮次里每一批的代价。一次看全部 300 个：一条平滑的线，几乎不下降。每批 64 个：粗糙一"
        "些，最后低得多。每次一个：单个代价散布在整幅图里，它们的均值立刻降下来，然后来回徘徊。",
    ),
    "batch_size": (
        "Left: the error of a batch's gradient falls from 7.4 gradient lengths for one example to "
        "0.8 for 64, halving with every factor of four. Right: the time of a step hardly grows "
        "from 1 to 64 examples, so that the time per example falls steeply.",
        "左：一批的梯度误差从一个样本时的 7.4 个梯度长度降到 64 个样本时的 0.8，批每大四倍就减"
        "半。右：从 1 个样本到 64 个样本，一步的时间几乎不变，所以每个样本的时间急速下降。",
    ),
    "averages": (
        "Left: noisy daily temperatures of a year and their averages; beta 0.5 follows the noise, "
        "0.9 is smooth, 0.98 is smoothest and lags five weeks behind. Right: in the first 60 days "
        "the uncorrected average starts near zero and slowly climbs to the corrected one.",
        "左：一年里带噪声的每日气温和它们的平均；beta 为 0.5 时跟着噪声走，0.9 时平滑，0.98 时最"
        "平滑，但落后五周。右：最初 60 天里，没有修正的平均从接近零开始，慢慢升向修正过的平均。",
    ),
    "epsilon": (
        "Length of Adam's first step against the size of the gradient: with epsilon outside the "
        "root steps are full from 1e-7 on, with epsilon inside only from 1e-3 on.",
        "Adam 第一步的长度随梯度大小的变化：epsilon 在根号外时，从 1e-7 起走满步；在根号里时，从 "
        "1e-3 起才走满步。",
    ),
    "overwriting": (
        "Twelve steps under a constant gradient, on a logarithmic scale: with corrected copies "
        "every step is one learning rate long, with v and s overwritten the steps shrink by many "
        "powers of ten.",
        "梯度不变时的十二步，对数坐标：修正值单独保存时，每一步都是一个学习率那么长；覆盖 v 和 s "
        "时，步子缩小许多个数量级。",
    ),
    "paths": (
        "Four paths from (-8, 2) to the minimum of a long valley. Gradient descent zigzags "
        "across; momentum swings and settles; RMSprop and Adam set out diagonally and then run "
        "along the floor. Below, the cost after each step.",
        "从 (-8, 2) 到一条长山谷最低点的四条路。梯度下降横着走之字形；动量来回摆动后停稳；RMSprop "
        "和 Adam 先沿对角线走，再沿谷底走。下图是每一步之后的代价。",
    ),
    "saddle": (
        "Left: from (1.5, 0.001) gradient descent and momentum run along the ridge to the saddle "
        "and then turn to the minimum at (0, 1); RMSprop and Adam leave the ridge at once. "
        "Middle: the cost of gradient descent waits at 0.25 until step 60, momentum's until step "
        "100, RMSprop's and Adam's fall within 20. Right, logarithmic: gradient descent needs "
        "11,000 steps to leave the plateau, Adam about 60.",
        "左：从 (1.5, 0.001) 出发，梯度下降和动量沿山脊走到鞍点，再转向 (0, 1) 处的最低点；"
        "RMSprop 和 Adam 立刻离开山脊。中：梯度下降的代价停在 0.25，直到第 60 步，动量直到第 100 "
        "步；RMSprop 和 Adam 在 20 步内降下来。右，对数坐标：梯度下降要 11,000 步才离开平台，Adam "
        "约 60 步。",
    ),
    "decay": (
        "Left, L2 inside Adam: the weight with small gradients is gone after 200 steps, the one "
        "with large gradients has hardly moved. Right, AdamW: all three curves lie on each other "
        "and end at 0.60.",
        "左，L2 放进 Adam：梯度小的权重 200 步后消失，梯度大的几乎没动。右，AdamW：三条曲线重合，"
        "最后都是 0.60。",
    ),
    "constant_costs": (
        "Cost over 5,000 epochs: gradient descent and momentum fall together slowly from 0.70 to "
        "0.54, Adam falls below 0.2 within the first thousand epochs.",
        "5,000 个轮次的代价：梯度下降和动量一起从 0.70 慢慢降到 0.54，Adam 在最初一千个轮次内降到 "
        "0.2 以下。",
    ),
    "constant_boundaries": (
        "Decision boundaries: gradient descent and momentum cut the plane with an almost straight "
        "line and get 71.7% right; Adam's bends around both moons and gets 94.3% right.",
        "决策边界：梯度下降和动量用一条几乎笔直的线切开平面，对 71.7%；Adam 的边界绕着两个半月弯"
        "曲，对 94.3%。",
    ),
    "schedules": (
        "Five learning rates over 60 epochs: continuous and square-root decay drop at once and "
        "then flatten, the scheduled one goes down in steps every 15 epochs, the exponential one "
        "ends low, warm-up rises for 8 epochs and its cosine falls gently to zero.",
        "60 个轮次里的五种学习率：连续衰减和平方根衰减一开始就降，然后变平；分段衰减每 15 个轮"
        "次下一级台阶；指数衰减最后很低；预热上升 8 个轮次，然后沿余弦缓缓降到零。",
    ),
    "decayed_costs": (
        "Two panels of cost curves. With a constant small learning rate only Adam gets low; with "
        "long first steps and decay all three fall below 0.2 at once and lie on each other.",
        "两幅代价曲线。学习率小而不变时，只有 Adam 降得低；开头步子大、再衰减，三种方法都立刻降到 "
        "0.2 以下，并且重合。",
    ),
    "decayed_boundaries": (
        "Decision boundaries after training with decay: all three bend around both moons and get "
        "between 94.0% and 95.3% right.",
        "带衰减训练之后的决策边界：三条都绕着两个半月弯曲，对 94.0% 到 95.3%。",
    ),
}
