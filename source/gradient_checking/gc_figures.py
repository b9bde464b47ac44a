"""The figures of the lesson on gradient checking. Each takes what the notebook has computed."""

import numpy as np
from course_style import COLOURS, say, show


def _subplots(*args, **kwargs):
    import matplotlib.pyplot as plt  # here: who draws nothing need not wait for it

    return plt.subplots(*args, **kwargs)


def cube(theta):
    """The cost of the figures, J = theta^3, whose slope at 1 is 3."""
    return theta**3


def show_sides(epsilon=0.5):
    """One-sided and two-sided difference of a cube at 1, with this step."""
    theta = np.linspace(0.05, 1.95, 100)
    fig, ax = _subplots(figsize=(6, 4.2))
    ax.plot(theta, cube(theta), color="black", label=r"$J(\theta)=\theta^3$")
    for left, right, name, dash, colour in (
        (1, 1 + epsilon, "one-sided", "--", COLOURS["wrong"]),
        (1 - epsilon, 1 + epsilon, "two-sided", "-.", COLOURS["right"]),
    ):
        slope = (cube(right) - cube(left)) / (right - left)
        ax.plot([left, right], [cube(left), cube(right)], dash, marker="o", color=colour,
                label=f"{name}: slope {slope:.2f}")
    ax.plot([0.6, 1.4], [1 - 3 * 0.4, 1 + 3 * 0.4], ":", color="black", label="tangent: slope 3")
    ax.set(xlabel=r"$\theta$", ylabel="$J$", ylim=(-1, 8),
           title=rf"Differences at $\theta=1$, $\varepsilon={epsilon:.2f}$")
    ax.legend()
    show(fig, alt=(
        f"At theta = 1 and with a step of {epsilon:.2f} the two-sided difference of a "
        "cubic is much nearer to the tangent's slope than the one-sided.",
        f"在 theta = 1 处、步长为 {epsilon:.2f} 时，三次函数的双侧差商比单侧差商离切线的斜率"
        "近得多。",
    ))


def show_errors():
    """The errors of three differences of a cube at 1, for every step.

    Returns the power of ten of the step with which the two-sided error is smallest.
    """
    epsilons = np.logspace(-13, -1, 49)
    errors = {
        "one-sided": np.abs((cube(1 + epsilons) - 1) / epsilons - 3),
        "two-sided": np.abs((cube(1 + epsilons) - cube(1 - epsilons)) / (2 * epsilons) - 3),
        "complex step (see Today)": np.abs(np.imag(cube(1 + 1j * epsilons)) / epsilons - 3),
    }
    fig, ax = _subplots(figsize=(7, 4.2))
    for (name, error), marker, colour in zip(
        errors.items(), "^o.", (COLOURS["wrong"], COLOURS["right"], COLOURS["reference"]),
        strict=True,
    ):
        ax.loglog(epsilons, np.maximum(error, 1e-16), marker, color=colour, markersize=4,
                  label=name)
    ax.axvline(1e-7, color="black", linewidth=1)
    ax.annotate(r"$\varepsilon=10^{-7}$", (1.4e-7, 1e-1))
    ax.set(xlabel=r"$\varepsilon$", ylabel="error of the slope",
           title="Right of the valley: curvature. Left: rounding")
    fig.legend(loc="upper center", ncols=3, frameon=False, bbox_to_anchor=(0.5, 0))
    show(fig, alt=(
        "On log axes both errors fall with epsilon, the two-sided twice as steeply; it "
        "rises again below 1e-5, the one-sided below 1e-8. The complex step falls like "
        "the two-sided one and never rises again.",
        "双对数坐标上，两种误差都随 epsilon 减小而下降，双侧的陡一倍；双侧的在 1e-5 以下又上升，"
        "单侧的在 1e-8 以下又上升。复步长先和双侧的一样下降，之后不再上升。",
    ))
    worst = {power: np.max(errors["two-sided"][np.abs(np.log10(epsilons) - power) < 0.4])
             for power in range(-12, -1)}  # around each power of ten: single errors are luck
    return min(worst, key=worst.get)


def show_thresholds(differences, epsilons, of_right_gradients):
    """Differences of repaired and unrepaired passes, and of the right one for every step."""
    fig, axes = _subplots(1, 2, figsize=(10.5, 3.8))
    for y, difference in enumerate(differences.values()):
        good = difference < 2e-7
        axes[0].scatter(difference, y, s=70, marker="o" if good else "X",
                        color=COLOURS["right" if good else "wrong"])
    axes[0].set_yticks(range(4), list(differences))
    axes[0].set(xscale="log", xlim=(1e-8, 3), ylim=(3.6, -0.6), xlabel="difference",
                title="Faults are six decades away from noise")
    for threshold, dash in ((1e-7, ":"), (2e-7, "-")):
        axes[0].axvline(threshold, color="black", linestyle=dash, linewidth=1.2,
                        label=f"threshold {threshold:.0e}".replace("e-0", "e-"))
    axes[0].legend(loc="lower right")
    axes[1].loglog(epsilons, of_right_gradients, "o-", color="black", markersize=4)
    axes[1].axhline(2e-7, color="black", linewidth=1.2)
    axes[1].annotate("threshold 2e-7", (2e-6, 3e-7))
    axes[1].set(xlabel=r"$\varepsilon$", ylabel="difference of the right gradients",
                title=r"At $\varepsilon=10^{-7}$ rounding has the say")
    fig.tight_layout()
    show(fig, alt=(
        "Left: the differences with one or both faults lie near 0.2, that of the "
        "repaired pass at 1.2e-7, between the thresholds 1e-7 and 2e-7. Right: its "
        "difference falls with epsilon down to about 1e-10 and rises again to 1e-7 and "
        "more.",
        "左：有一处或两处错误时，差异在 0.2 附近；修好后是 1.2e-7，在阈值 1e-7 和 2e-7 之间。"
        "右：它的差异随 epsilon 减小先降到约 1e-10，然后又升到 1e-7 以上。",
    ))


def show_names(differences):
    """The relative difference of every gradient on its own, as bars."""
    fig, ax = _subplots(figsize=(7, 2.8))
    shown = np.maximum(list(differences.values()), 1e-9)
    colours = [COLOURS["wrong" if d > 1e-5 else "right"] for d in shown]
    ax.barh(list(differences), shown, color=colours, left=1e-10)
    ax.axvline(1e-5, color="black", linewidth=1)
    ax.set(xscale="log", xlim=(1e-10, 2), xlabel="relative difference",
           title="Where the backward pass goes wrong")
    ax.invert_yaxis()
    for name, difference in differences.items():
        say(f"{name:4} {difference:.3g}")
    wrong = [name for name, d in differences.items() if d > 1e-5]
    show(fig, alt=(
        "Bars on a logarithmic axis, one for each gradient. Above a hundred-thousandth: "
        + (", ".join(wrong) or "none") + ".",
        "对数坐标上的条形图，每个梯度一条。超过十万分之一的："
        + ("、".join(wrong) or "没有") + "。",
    ))
