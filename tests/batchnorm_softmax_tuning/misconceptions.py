"""Known wrong versions of the functions of `batchnorm_softmax_tuning`, most common first."""

import numpy as np

from autograder.graders import edited, misconception

LOG = "Search on the right scale"
BETA = "Near one, every digit counts"
SEARCH = "Random search, coarse to fine"
NORM = "Normalize inside the network"
BACK = "The way back through batch norm"
RUNNING = "What the network remembers"
INFERENCE = "One example at a time"
SOFTMAX = "Softmax: from scores to probabilities"
COST = "The cost: what the true class was given"
GRADIENT = "The gradient that remains"


# --- sample_log_uniform ---------------------------------------------------------------------


@misconception(
    "sample_log_uniform",
    hint="All values between low and high are equally likely here, so nearly all samples are of "
    "the largest order of magnitude. Let the exponent be uniform.",
    hint_zh="low 和 high 之间所有值可能性相同，几乎所有样本都落在最大的数量级里。让指数均匀分布。",
    section=LOG,
)
def uniform_values(low, high, n, seed):
    return low + (high - low) * np.random.RandomState(seed).rand(n)


edited(
    "sample_log_uniform",
    name="exponents_from_minus_4_to_0",
    hint="The exponents of the lesson's example are built in; take those of low and high.",
    hint_zh="写死了课文例子里的指数；应取 low 和 high 的指数。",
    section=LOG,
    replace=[
        ("np.log10(low) + (np.log10(high) - np.log10(low)) * u", "-4 + 4 * u"),
    ],
)


@misconception(
    "sample_log_uniform",
    hint="`np.log` and `10**` belong to different bases: take `np.log10`, or `np.exp`.",
    hint_zh="`np.log` 和 `10**` 的底不同：用 `np.log10`，或者用 `np.exp`。",
    section=LOG,
)
def two_bases(low, high, n, seed):
    r = np.log(low) + (np.log(high) - np.log(low)) * np.random.RandomState(seed).rand(n)
    return 10**r


edited(
    "sample_log_uniform",
    name="e_to_the_power_of_log10",
    hint="`np.log10` and `np.exp` belong to different bases: an exponent of ten goes with `10**`.",
    hint_zh="`np.log10` 和 `np.exp` 的底不同：以十为底的指数配 `10**`。",
    section=LOG,
    replace=[("10**r", "np.exp(r)")],
)
edited(
    "sample_log_uniform",
    name="from_the_upper_end",
    hint="u = 0 gives the upper end here. The samples are spread as they should be, only the "
    "stated order is the other way round: u = 0 stands for low.",
    hint_zh="这里 u = 0 给出上端。分布是对的，只是约定的顺序相反：u = 0 对应 low。",
    section=LOG,
    replace=[
        ("np.log10(low) + (np.log10(high) - np.log10(low)) * u",
         "np.log10(high) + (np.log10(low) - np.log10(high)) * u"),
    ],
)  # fmt: skip
edited(
    "sample_log_uniform",
    name="exponents_returned",
    hint="The exponents themselves are returned; ten to that power is missing.",
    hint_zh="返回的是指数本身；还缺十的幂。",
    section=LOG,
    replace=[("10**r", "r")],
)
edited(
    "sample_log_uniform",
    name="normal_exponents",
    hint="`randn` draws from the bell curve, which has no ends; `rand` is uniform.",
    hint_zh="`randn` 取自钟形曲线，没有两端；`rand` 才是均匀的。",
    section=LOG,
    replace=[(".rand(n)", ".randn(n)")],
)
edited(
    "sample_log_uniform",
    name="width_is_the_upper_exponent",
    hint="The exponent is moved up by the upper end's exponent instead of the distance between "
    "the two exponents.",
    hint_zh="加上的是上端的指数，而不是两个指数之间的距离。",
    section=LOG,
    replace=[("(np.log10(high) - np.log10(low)) * u", "np.log10(high) * u")],
)


# --- sample_beta ----------------------------------------------------------------------------


@misconception(
    "sample_beta",
    hint="All momenta are equally likely here; most of them then average over a few values only. "
    "It is 1 − β that has orders of magnitude.",
    hint_zh="所有动量可能性相同，其中大多数只对很少几个值求平均。有数量级之分的是 1 − β。",
    section=BETA,
)
def uniform_betas(low, high, n, seed):
    return low + (high - low) * np.random.RandomState(seed).rand(n)


@misconception(
    "sample_beta",
    hint="β itself is drawn on the log scale, which hardly differs from uniform near 1. Take "
    "1 − β.",
    hint_zh="在对数尺度上抽取的是 β 本身，靠近 1 时这与均匀几乎没有区别。应取 1 − β。",
    section=BETA,
)
def log_scale_of_beta_itself(low, high, n, seed):
    with np.errstate(all="ignore"):
        r = np.log10(low) + (np.log10(high) - np.log10(low)) * np.random.RandomState(seed).rand(n)
    return 10**r


edited(
    "sample_beta",
    name="one_minus_beta_returned",
    hint="1 − β is returned; the last step back to β is missing.",
    hint_zh="返回的是 1 − β；还缺最后一步，回到 β。",
    section=BETA,
    replace=[("1 - 10**r", "10**r")],
)
edited(
    "sample_beta",
    name="u_zero_gives_low",
    hint="The ends of the exponents are exchanged: the stated order begins with the smallest "
    "exponent of 1 − β, which belongs to the largest β.",
    hint_zh="指数的两端颠倒了：约定的顺序从 1 − β 最小的指数开始，它对应最大的 β。",
    section=BETA,
    replace=[
        ("np.log10(1 - high) + (np.log10(1 - low) - np.log10(1 - high)) * u",
         "np.log10(1 - low) + (np.log10(1 - high) - np.log10(1 - low)) * u"),
    ],
)  # fmt: skip
edited(
    "sample_beta",
    name="exponents_from_minus_3_to_minus_1",
    hint="The exponents of the lesson's example are built in; take those of 1 − high and 1 − low.",
    hint_zh="写死了课文例子里的指数；应取 1 − high 和 1 − low 的指数。",
    section=BETA,
    replace=[
        ("np.log10(1 - high) + (np.log10(1 - low) - np.log10(1 - high)) * u", "-3 + 2 * u"),
    ],
)
edited(
    "sample_beta",
    name="base_e_and_base_ten",
    hint="Two bases are mixed: `np.log10` goes with `10**`.",
    hint_zh="混用了两个底：`np.log10` 配 `10**`。",
    section=BETA,
    replace=[("10**r", "np.exp(r)")],
)


# --- random_search --------------------------------------------------------------------------

edited(
    "random_search",
    name="highest_instead_of_lowest",
    hint="The point with the highest objective is taken for the best; lower is better.",
    hint_zh="把目标值最高的点当成了最好的；越低越好。",
    section=SEARCH,
    replace=[("np.argmin", "np.argmax")],
)
edited(
    "random_search",
    name="fine_around_the_worst",
    hint="The fine round looks around the worst coarse point: lower is better there, too.",
    hint_zh="细搜围绕的是最差的粗搜点：那里也是越低越好。",
    section=SEARCH,
    replace=[("center = coarse[np.argmin(values)]", "center = coarse[np.argmax(values)]")],
)
edited(
    "random_search",
    name="box_leaves_the_space",
    hint="Near an end, the box of the fine round reaches beyond the space: cut it off at 0 and 1.",
    hint_zh="靠近端点时，细搜的方框伸出了空间：在 0 和 1 处截断。",
    section=SEARCH,
    replace=[
        ("np.maximum(center - 1 / 8, 0)", "center - 1 / 8"),
        ("np.minimum(center + 1 / 8, 1)", "center + 1 / 8"),
    ],
)
edited(
    "random_search",
    name="only_the_fine_round_counts",
    hint="The winner is looked for among the fine points only; a coarse point may still be better.",
    hint_zh="只在细搜的点里找赢家；粗搜的点也可能更好。",
    section=SEARCH,
    replace=[("best = np.argmin(values)", "best = n + np.argmin(values[n:])")],
)
edited(
    "random_search",
    name="second_coarse_round",
    hint="The second round searches the whole space again instead of looking closer around the "
    "best point.",
    hint_zh="第二轮又搜索了整个空间，而不是在最好的点附近细看。",
    section=SEARCH,
    replace=[("low + (high - low) * rng.rand(n, len(space))", "rng.rand(n, len(space))")],
)
edited(
    "random_search",
    name="winner_of_the_coarse_round",
    hint="The fine points are tried and then forgotten: the winner is the best coarse point.",
    hint_zh="细搜的点试过之后被忘掉了：赢家只取自粗搜。",
    section=SEARCH,
    replace=[("best = np.argmin(values)", "best = np.argmin(values[:n])")],
)
edited(
    "random_search",
    name="box_of_an_eighth_in_all",
    hint="The box is an eighth wide in all; it should reach an eighth to either side.",
    hint_zh="方框总共只有八分之一宽；应当向两侧各延伸八分之一。",
    section=SEARCH,
    replace=[("center - 1 / 8", "center - 1 / 16"), ("center + 1 / 8", "center + 1 / 16")],
)
edited(
    "random_search",
    name="box_moved_inside_by_clipping_the_points",
    hint="The points are cut off at the ends instead of the box, so many of them end up exactly "
    "on the border.",
    hint_zh="截断的是点而不是方框，于是许多点正好落在边界上。",
    section=SEARCH,
    replace=[
        ("np.maximum(center - 1 / 8, 0)", "center - 1 / 8"),
        ("np.minimum(center + 1 / 8, 1)", "center + 1 / 8"),
        ("low + (high - low) * rng.rand(n, len(space))",
         "np.clip(low + (high - low) * rng.rand(n, len(space)), 0, 1)"),
    ],
)  # fmt: skip
edited(
    "random_search",
    name="same_share_for_all_settings",
    hint="One random number moves all settings together, along a diagonal. Each setting needs its "
    "own.",
    hint_zh="一个随机数同时移动所有设置，沿着一条对角线。每个设置需要自己的随机数。",
    section=SEARCH,
    replace=[("(high - low) * rng.rand(n, len(space))", "(high - low) * rng.rand(n, 1)")],
)
edited(
    "random_search",
    name="last_coarse_point_as_center",
    hint="The box is put around the last coarse point instead of the best one.",
    hint_zh="方框围绕的是最后一个粗搜点，而不是最好的那个。",
    section=SEARCH,
    replace=[("coarse[np.argmin(values)]", "coarse[-1]")],
)


# --- batchnorm_forward ----------------------------------------------------------------------

edited(
    "batchnorm_forward",
    name="divided_by_the_variance",
    hint="The values are divided by σ² + ε; the root is missing. Small units become large ones.",
    hint_zh="数值除以了 σ² + ε；缺少开方。小的单元会变成大的。",
    section=NORM,
    replace=[("np.sqrt(sigma2 + epsilon)", "(sigma2 + epsilon)")],
)
edited(
    "batchnorm_forward",
    name="epsilon_outside_the_root",
    hint="ε is added to the standard deviation; it belongs to the variance, under the root.",
    hint_zh="ε 加在了标准差上；它应加在方差上，在根号里面。",
    section=NORM,
    replace=[("np.sqrt(sigma2 + epsilon)", "(np.sqrt(sigma2) + epsilon)")],
)
edited(
    "batchnorm_forward",
    name="epsilon_added_to_the_quotient",
    hint="ε is added after the division: what stands before a plus is divided first. It belongs to "
    "the variance, under the root.",
    hint_zh="ε 是在除法之后加上的：加号前面的部分先算除法。它应加在方差上，在根号里面。",
    section=NORM,
    replace=[("np.sqrt(sigma2 + epsilon)", "np.sqrt(sigma2) + epsilon")],
)
edited(
    "batchnorm_forward",
    name="statistics_over_the_units",
    hint="Mean and variance are taken over the units of one example. Each unit's statistics run "
    "over the batch, along its row.",
    hint_zh="均值和方差是在一个样本的各单元上统计的。每个单元的统计量在批量上计算，沿着它的行。",
    section=NORM,
    replace=[("axis=1", "axis=0")],
)
edited(
    "batchnorm_forward",
    name="gamma_and_beta_swapped",
    hint="γ and β are in each other's place: γ multiplies, β is added.",
    hint_zh="γ 和 β 互换了：γ 是乘，β 是加。",
    section=NORM,
    replace=[("gamma * Z_norm + beta", "beta * Z_norm + gamma")],
)
edited(
    "batchnorm_forward",
    name="scale_and_shift_missing",
    hint="The normalized values are returned as they are: γ and β are not used.",
    hint_zh="直接返回了归一化的值：没有用 γ 和 β。",
    section=NORM,
    replace=[("gamma * Z_norm + beta", "Z_norm")],
)
edited(
    "batchnorm_forward",
    name="shift_missing",
    hint="β is not added.",
    hint_zh="没有加 β。",
    section=NORM,
    replace=[("gamma * Z_norm + beta", "gamma * Z_norm")],
)
edited(
    "batchnorm_forward",
    name="epsilon_ignored",
    hint="ε is not used: a unit that never varies is divided by zero.",
    hint_zh="没有用 ε：从不变化的单元会除以零。",
    section=NORM,
    replace=[("np.sqrt(sigma2 + epsilon)", "np.sqrt(sigma2)")],
)
edited(
    "batchnorm_forward",
    name="epsilon_fixed",
    hint="ε is fixed at 1e-8; the caller may pass another one.",
    hint_zh="ε 固定为 1e-8；调用者可以传入别的值。",
    section=NORM,
    replace=[("np.sqrt(sigma2 + epsilon)", "np.sqrt(sigma2 + 1e-8)")],
)


@misconception(
    "batchnorm_forward",
    hint="The variance is divided by m − 1; batch norm divides by m.",
    hint_zh="方差除以了 m − 1；批归一化除以 m。",
    section=NORM,
)
def variance_over_m_minus_1(Z, gamma, beta, epsilon=1e-8):
    mu = np.mean(Z, axis=1, keepdims=True)
    sigma2 = np.var(Z, axis=1, keepdims=True, ddof=1)
    Z_norm = (Z - mu) / np.sqrt(sigma2 + epsilon)
    cache = {"Z_norm": Z_norm, "mu": mu, "sigma2": sigma2, "gamma": gamma, "epsilon": epsilon}
    return gamma * Z_norm + beta, cache


edited(
    "batchnorm_forward",
    name="statistics_of_the_whole_layer",
    hint="One mean and one variance serve the whole layer; every unit has its own.",
    hint_zh="整层只用了一个均值和一个方差；每个单元应有自己的。",
    section=NORM,
    replace=[
        ("np.mean(Z, axis=1, keepdims=True)", "np.full((Z.shape[0], 1), np.mean(Z))"),
        ("np.mean((Z - mu) ** 2, axis=1, keepdims=True)",
         "np.full((Z.shape[0], 1), np.mean((Z - mu) ** 2))"),
    ],
)  # fmt: skip
edited(
    "batchnorm_forward",
    name="deviation_in_place_of_the_variance",
    hint="sigma2 already holds the root, and its root is taken again.",
    hint_zh="sigma2 里已经是开方后的值，又开了一次方。",
    section=NORM,
    replace=[
        ("np.mean((Z - mu) ** 2, axis=1, keepdims=True)",
         "np.sqrt(np.mean((Z - mu) ** 2, axis=1, keepdims=True))"),
    ],
)  # fmt: skip


# --- batchnorm_backward ---------------------------------------------------------------------

edited(
    "batchnorm_backward",
    name="z_norm_factor_missing",
    hint="What comes back through the variance is the same for all examples here: its mean is to "
    "be multiplied by each example's z_norm.",
    hint_zh="这里通过方差传回来的部分对所有样本都一样：那个均值还要乘以每个样本的 `Z_norm`。",
    section=BACK,
    replace=[("Z_norm * np.mean(dZ_norm * Z_norm", "np.mean(dZ_norm * Z_norm")],
)
edited(
    "batchnorm_backward",
    name="statistics_held_fixed",
    hint="μ and σ² are treated as constants. A value also acts through the mean and the variance "
    "of its batch: two parts of dZ are missing.",
    hint_zh="把 μ 和 σ² 当成了常数。一个值还会通过所在批量的均值和方差起作用：dZ 缺了两部分。",
    section=BACK,
    replace=[("(dZ_norm - through_mu - through_sigma2)", "dZ_norm")],
)
edited(
    "batchnorm_backward",
    name="sums_over_the_batch",
    hint="dgamma and dbeta are sums. In this course what is learned carries the 1/m, like dW and "
    "db: take means.",
    hint_zh="dgamma 和 dbeta 是求和得到的。本课程里学出来的量带 1/m，和 dW、db 一样：取均值。",
    section=BACK,
    replace=[
        ("np.mean(dZ_tilde * Z_norm, axis=1, keepdims=True)",
         "np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True)"),
        ("dbeta = np.mean(", "dbeta = np.sum("),
    ],
)  # fmt: skip
edited(
    "batchnorm_backward",
    name="nothing_through_the_variance",
    hint="What comes back through the variance is missing in dZ.",
    hint_zh="dZ 里缺少通过方差传回来的部分。",
    section=BACK,
    replace=[("dZ_norm - through_mu - through_sigma2", "dZ_norm - through_mu")],
)
edited(
    "batchnorm_backward",
    name="nothing_through_the_mean",
    hint="What comes back through the mean is missing in dZ.",
    hint_zh="dZ 里缺少通过均值传回来的部分。",
    section=BACK,
    replace=[("dZ_norm - through_mu - through_sigma2", "dZ_norm - through_sigma2")],
)
edited(
    "batchnorm_backward",
    name="gamma_forgotten",
    hint="γ is missing in dZ: the forward pass multiplies by it, and so does the way back.",
    hint_zh="dZ 里缺少 γ：前向乘了它，往回走时也要乘。",
    section=BACK,
    replace=[("gamma * dZ_tilde", "1.0 * dZ_tilde")],
)
edited(
    "batchnorm_backward",
    name="backward_over_the_variance",
    hint="dZ is divided by σ² + ε; the root is missing.",
    hint_zh="dZ 除以了 σ² + ε；缺少开方。",
    section=BACK,
    replace=[("np.sqrt(sigma2 + epsilon)", "(sigma2 + epsilon)")],
)
edited(
    "batchnorm_backward",
    name="backward_epsilon_ignored",
    hint="ε is not used on the way back; the forward pass divided by √(σ² + ε).",
    hint_zh="往回走时没有用 ε；前向除以的是 √(σ² + ε)。",
    section=BACK,
    replace=[("np.sqrt(sigma2 + epsilon)", "np.sqrt(sigma2)")],
)
edited(
    "batchnorm_backward",
    name="dgamma_without_Z_norm",
    hint="dgamma is the same as dbeta here; γ multiplies Z_norm, so its gradient does too.",
    hint_zh="这里的 dgamma 和 dbeta 一样；γ 乘的是 Z_norm，它的梯度也要乘。",
    section=BACK,
    replace=[("np.mean(dZ_tilde * Z_norm, axis=1", "np.mean(dZ_tilde, axis=1")],
)
edited(
    "batchnorm_backward",
    name="dgamma_from_the_scaled_gradient",
    hint="dgamma is computed from γ·dZ_tilde; the gradient that arrives is enough.",
    hint_zh="dgamma 是用 γ·dZ_tilde 算的；用传来的梯度就够了。",
    section=BACK,
    replace=[("np.mean(dZ_tilde * Z_norm, axis=1", "np.mean(gamma * dZ_tilde * Z_norm, axis=1")],
)
edited(
    "batchnorm_backward",
    name="dZ_divided_by_m",
    hint="dZ is divided by m. In this course the 1/m is in what is learned, not in dZ.",
    hint_zh="dZ 除以了 m。本课程里 1/m 在学出来的量里，不在 dZ 里。",
    section=BACK,
    replace=[("/ np.sqrt(sigma2 + epsilon)", "/ np.sqrt(sigma2 + epsilon) / dZ_tilde.shape[1]")],
)
edited(
    "batchnorm_backward",
    name="sums_in_dZ",
    hint="The two corrections in dZ are sums over the batch; they are means.",
    hint_zh="dZ 里的两个修正项在批量上求了和；它们是均值。",
    section=BACK,
    replace=[
        ("through_mu = np.mean(", "through_mu = np.sum("),
        ("Z_norm * np.mean(dZ_norm", "Z_norm * np.sum(dZ_norm"),
    ],
)


# --- update_running_statistics --------------------------------------------------------------

edited(
    "update_running_statistics",
    name="momentum_on_the_new_batch",
    hint="The momentum weighs the new batch here; it is the weight of what was there before.",
    hint_zh="动量在这里成了新批量的权重；它是原有统计量的权重。",
    section=RUNNING,
    replace=[
        ("momentum * running[\"mu\"] + (1 - momentum) * mu",
         "(1 - momentum) * running[\"mu\"] + momentum * mu"),
        ("momentum * running[\"sigma2\"] + (1 - momentum) * sigma2",
         "(1 - momentum) * running[\"sigma2\"] + momentum * sigma2"),
    ],
)  # fmt: skip
edited(
    "update_running_statistics",
    name="deviations_averaged",
    hint="Standard deviations are averaged instead of variances; the mean of roots is not the "
    "root of the mean.",
    hint_zh="平均的是标准差而不是方差；根的平均不等于平均的根。",
    section=RUNNING,
    replace=[
        ("momentum * running[\"sigma2\"] + (1 - momentum) * sigma2",
         "(momentum * np.sqrt(running[\"sigma2\"]) + (1 - momentum) * np.sqrt(sigma2)) ** 2"),
    ],
)  # fmt: skip
edited(
    "update_running_statistics",
    name="root_of_the_batch_variance",
    hint="The batch's standard deviation is mixed into the running variance: average σ², not σ.",
    hint_zh="把批量的标准差混进了滑动方差：平均 σ²，不是 σ。",
    section=RUNNING,
    replace=[("(1 - momentum) * sigma2", "(1 - momentum) * np.sqrt(sigma2)")],
)
edited(
    "update_running_statistics",
    name="only_the_last_batch",
    hint="The last batch replaces everything before it; the running statistics are an average "
    "over many.",
    hint_zh="最后一个批量取代了之前的一切；滑动统计量是许多批量的平均。",
    section=RUNNING,
    replace=[
        ('momentum * running["mu"] + (1 - momentum) * mu', "mu"),
        ('momentum * running["sigma2"] + (1 - momentum) * sigma2', "sigma2"),
    ],
)
edited(
    "update_running_statistics",
    name="mean_not_averaged",
    hint="Only the variance is averaged, and the mean stays as it was: both μ and σ² are needed "
    "to predict.",
    hint_zh="只平均了方差，均值没有变：预测时 μ 和 σ² 都需要。",
    section=RUNNING,
    replace=[('momentum * running["mu"] + (1 - momentum) * mu', 'running["mu"] + 0 * mu')],
)
edited(
    "update_running_statistics",
    name="running_momentum_fixed",
    hint="The momentum is fixed at 0.9; the caller may pass another one.",
    hint_zh="动量固定为 0.9；调用者可以传入别的值。",
    section=RUNNING,
    replace=[
        ("momentum * running[\"mu\"] + (1 - momentum) * mu", "0.9 * running[\"mu\"] + 0.1 * mu"),
        ("momentum * running[\"sigma2\"] + (1 - momentum) * sigma2",
         "0.9 * running[\"sigma2\"] + 0.1 * sigma2"),
    ],
)  # fmt: skip
edited(
    "update_running_statistics",
    name="old_statistics_not_faded",
    hint="What was there before is kept in full and the new batch is added on top: the two "
    "weights must add up to 1.",
    hint_zh="原有的统计量全部保留，新批量加在上面：两个权重之和必须是 1。",
    section=RUNNING,
    replace=[
        ('momentum * running["mu"]', 'running["mu"]'),
        ('momentum * running["sigma2"]', 'running["sigma2"]'),
    ],
)
edited(
    "update_running_statistics",
    name="caller_changed_in_place",
    hint="The caller's running statistics are changed in place; right values, but a caller who "
    "still needs the old ones loses them.",
    hint_zh="原地修改了调用者的滑动统计量；值是对的，但还需要旧值的调用者就失去了它们。",
    section=RUNNING,
    wrong=False,
    replace=[
        ("    return {",
         "    running[\"mu\"][...] = running_mu\n"
         "    running[\"sigma2\"][...] = running_sigma2\n"
         "    return {"),
    ],
)  # fmt: skip


# --- batchnorm_inference --------------------------------------------------------------------

edited(
    "batchnorm_inference",
    name="statistics_of_the_batch",
    hint="The batch is normalized with its own statistics. When predicting, use the running ones: "
    "one example alone has no spread.",
    hint_zh="批量用了自己的统计量。预测时要用滑动统计量：单独一个样本没有方差。",
    section=INFERENCE,
    replace=[
        ("(Z - running[\"mu\"])", "(Z - np.mean(Z, axis=1, keepdims=True))"),
        ("np.sqrt(running[\"sigma2\"] + epsilon)",
         "np.sqrt(np.var(Z, axis=1, keepdims=True) + epsilon)"),
    ],
)  # fmt: skip
edited(
    "batchnorm_inference",
    name="running_root_missing",
    hint="The values are divided by the running variance; the root is missing.",
    hint_zh="数值除以了滑动方差；缺少开方。",
    section=INFERENCE,
    replace=[('np.sqrt(running["sigma2"] + epsilon)', '(running["sigma2"] + epsilon)')],
)
edited(
    "batchnorm_inference",
    name="beta_for_the_running_mean",
    hint="β is subtracted in place of the running mean. What is remembered from training is μ and "
    "σ²; β is learned and added at the end.",
    hint_zh="减去的是 β 而不是滑动均值。训练时记住的是 μ 和 σ²；β 是学出来的，最后加上。",
    section=RUNNING,
    replace=[('(Z - running["mu"])', "(Z - beta)")],
)
edited(
    "batchnorm_inference",
    name="inference_epsilon_outside",
    hint="ε is added to the standard deviation; it belongs under the root.",
    hint_zh="ε 加在了标准差上；它应在根号里面。",
    section=INFERENCE,
    replace=[
        ('np.sqrt(running["sigma2"] + epsilon)', '(np.sqrt(running["sigma2"]) + epsilon)'),
    ],
)
edited(
    "batchnorm_inference",
    name="inference_scale_and_shift_missing",
    hint="γ and β are not used; the network has learned with them.",
    hint_zh="没有用 γ 和 β；网络是和它们一起学的。",
    section=INFERENCE,
    replace=[("gamma * Z_norm + beta", "Z_norm")],
)
edited(
    "batchnorm_inference",
    name="inference_epsilon_ignored",
    hint="ε is not used when predicting; training divided by √(σ² + ε).",
    hint_zh="预测时没有用 ε；训练时除以的是 √(σ² + ε)。",
    section=INFERENCE,
    replace=[('running["sigma2"] + epsilon', 'running["sigma2"]')],
)
edited(
    "batchnorm_inference",
    name="mean_not_subtracted",
    hint="The running mean is not subtracted.",
    hint_zh="没有减去滑动均值。",
    section=INFERENCE,
    replace=[('(Z - running["mu"])', "Z")],
)


# --- softmax --------------------------------------------------------------------------------

edited(
    "softmax",
    name="not_shifted",
    hint="Large scores overflow: subtract each example's largest score first, which changes no "
    "probability.",
    hint_zh="大的得分会溢出：先减去每个样本的最大得分，概率不会改变。",
    section=SOFTMAX,
    replace=[("Z - np.max(Z, axis=0, keepdims=True)", "Z")],
)
edited(
    "softmax",
    name="clipped_instead_of_shifted",
    hint="Large scores are cut off at a bound: above it all count the same. Subtract each "
    "example's largest score instead, which changes no probability.",
    hint_zh="大的得分在一个上限处被截断：超过它的都算成一样大。应当减去每个样本的最大得分，概率不会改变。",
    section=SOFTMAX,
    replace=[("Z - np.max(Z, axis=0, keepdims=True)", "np.minimum(Z, 600)")],
)
edited(
    "softmax",
    name="shifted_by_the_largest_of_all",
    hint="All examples are shifted by the largest score of the whole batch. An example with low "
    "scores then becomes 0/0: each column needs its own maximum.",
    hint_zh="所有样本都减去整个批量的最大得分。得分低的样本就成了 0/0：每列需要自己的最大值。",
    section=SOFTMAX,
    replace=[("np.max(Z, axis=0, keepdims=True)", "np.max(Z)")],
)
edited(
    "softmax",
    name="summed_over_the_examples",
    hint="The probabilities of a class add up to 1 over the examples. They should add up over the "
    "classes of one example, down its column.",
    hint_zh="一个类别的概率在各样本上加起来是 1。应当是一个样本的各类别加起来是 1，沿着它的列。",
    section=SOFTMAX,
    replace=[("axis=0", "axis=1")],
)
edited(
    "softmax",
    name="summed_over_everything",
    hint="The sum runs over all classes and all examples; each example has its own sum.",
    hint_zh="求和包括了所有类别和所有样本；每个样本有自己的和。",
    section=SOFTMAX,
    replace=[("np.sum(exponentials, axis=0, keepdims=True)", "np.sum(exponentials)")],
)


@misconception(
    "softmax",
    hint="Each score is turned into a probability on its own, as by a sigmoid; they do not add up "
    "to 1 over the classes.",
    hint_zh="每个得分单独变成了概率，像 sigmoid 那样；各类别加起来不是 1。",
    section=SOFTMAX,
)
def sigmoid_of_each_score(Z):
    return 1 / (1 + np.exp(-Z))


@misconception(
    "softmax",
    hint="The whole probability goes to the largest score. Softmax shares it out.",
    hint_zh="全部概率都给了最大的得分。softmax 是把它分开。",
    section=SOFTMAX,
)
def hard_maximum(Z):
    return (np.max(Z, axis=0, keepdims=True) == Z).astype(float)


edited(
    "softmax",
    name="shifted_upwards",
    hint="The largest score is added instead of subtracted, which makes the overflow worse.",
    hint_zh="最大得分被加上而不是减去，溢出更严重。",
    section=SOFTMAX,
    replace=[("Z - np.max", "Z + np.max")],
)
edited(
    "softmax",
    name="divided_by_the_sum_of_scores",
    hint="The exponentials are divided by the sum of the scores instead of their own sum.",
    hint_zh="指数除以的是得分之和，而不是指数自己的和。",
    section=SOFTMAX,
    replace=[("np.sum(exponentials, axis=0", "np.sum(Z, axis=0")],
)
for name, axis, more, more_zh in (
    ("divided_by_the_sum_of_scores_unshifted", 0, "", ""),
    ("divided_by_the_sum_of_scores_over_the_examples", 1,
     " That sum runs over the examples, too: it should run over the classes of one example, down "
     "its column.", "这个和还是对各样本求的：应当对一个样本的各类别求，沿着它的列。"),
):  # fmt: skip
    edited(
        "softmax",
        name=name,
        hint="The exponentials are divided by the sum of the scores instead of their own sum."
        + more
        + " And nothing is subtracted from the scores first: large ones overflow.",
        hint_zh="指数除以的是得分之和，而不是指数自己的和。"
        + more_zh
        + "另外，没有先从得分里减去什么：大的得分会溢出。",
        section=SOFTMAX,
        replace=[
            ("np.sum(exponentials, axis=0", f"np.sum(Z, axis={axis}"),
            ("Z - np.max(Z, axis=0, keepdims=True)", "Z"),
        ],
    )


# --- compute_softmax_cost -------------------------------------------------------------------

edited(
    "compute_softmax_cost",
    name="log_of_zero",
    hint="The logarithm of 0 is taken, and 0 times infinity is nan: probabilities below 1e-12 "
    "count as 1e-12.",
    hint_zh="对 0 取了对数，0 乘以无穷是 nan：小于 1e-12 的概率按 1e-12 算。",
    section=COST,
    replace=[("np.maximum(A, 1e-12)", "A")],
)
edited(
    "compute_softmax_cost",
    name="mean_over_classes_too",
    hint="The mean runs over the classes as well, which makes the cost C times too small. Sum over "
    "the classes, then take the mean over the examples.",
    hint_zh="对类别也取了均值，代价小了 C 倍。先对类别求和，再对样本取均值。",
    section=COST,
    replace=[("-np.sum(Y * np.log(np.maximum(A, 1e-12)), axis=0)",
              "-np.mean(Y * np.log(np.maximum(A, 1e-12)), axis=0)")],
)  # fmt: skip
edited(
    "compute_softmax_cost",
    name="not_divided_by_m",
    hint="The losses are added up; the cost is their mean over the examples.",
    hint_zh="损失被加在一起；代价是它们在样本上的均值。",
    section=COST,
    replace=[("np.mean(losses)", "np.sum(losses)")],
)


@misconception(
    "compute_softmax_cost",
    hint="This is the cost of two classes, taken for every class: the term with 1 − y does not "
    "belong to softmax.",
    hint_zh="这是两个类别的代价，对每个类别都算了一遍：含 1 − y 的项不属于 softmax。",
    section=COST,
)
def binary_cross_entropy(A, Y):
    A = np.clip(A, 1e-12, 1 - 1e-12)
    return -np.mean(np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A), axis=0))


@misconception(
    "compute_softmax_cost",
    hint="This is the cost of two classes, taken for every class: the term with 1 − y does not "
    "belong to softmax. Probabilities below 1e-12 count as 1e-12: the logarithm of 0 is infinite.",
    hint_zh="这是两个类别的代价，对每个类别都算了一遍：含 1 − y 的项不属于 softmax。"
    "小于 1e-12 的概率按 1e-12 算：0 的对数是无穷大。",
    section=COST,
)
def binary_cross_entropy_without_a_floor(A, Y):
    return -np.mean(np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A), axis=0))


@misconception(
    "compute_softmax_cost",
    hint="This is the cost of two classes, taken for every class, and divided by the number of "
    "classes: the term with 1 − y does not belong to softmax, and the mean runs over the examples.",
    hint_zh="这是两个类别的代价，对每个类别都算了一遍，还除以了类别数：含 1 − y 的项不属于"
    " softmax，均值是在样本上取的。",
    section=COST,
)
def binary_cross_entropy_over_the_classes(A, Y):
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / len(A)


edited(
    "compute_softmax_cost",
    name="cost_without_the_minus",
    hint="The minus is missing: logarithms of probabilities are negative, a cost is not.",
    hint_zh="缺少负号：概率的对数是负的，代价不是。",
    section=COST,
    replace=[("-np.sum(", "np.sum(")],
)
edited(
    "compute_softmax_cost",
    name="logarithm_of_base_10",
    hint="The logarithm has base 10; in this course `log` is the natural one.",
    hint_zh="对数的底是 10；本课程里 `log` 是自然对数。",
    section=COST,
    replace=[("np.log(", "np.log10(")],
)
edited(
    "compute_softmax_cost",
    name="logarithm_of_base_2",
    hint="The logarithm has base 2; in this course `log` is the natural one.",
    hint_zh="对数的底是 2；本课程里 `log` 是自然对数。",
    section=COST,
    replace=[("np.log(", "np.log2(")],
)
edited(
    "compute_softmax_cost",
    name="another_floor",
    hint="The floor under the probabilities is another one than 1e-12, so a sure and wrong answer "
    "costs something else.",
    hint_zh="概率的下限不是 1e-12，所以十分肯定却错了的回答代价不对。",
    section=COST,
    replace=[("1e-12", "1e-8")],
)
edited(
    "compute_softmax_cost",
    name="divided_by_the_number_of_classes",
    hint="The sum is divided by the number of classes instead of the number of examples.",
    hint_zh="和除以了类别数，而不是样本数。",
    section=COST,
    replace=[("np.mean(losses)", "np.sum(losses) / Y.shape[0]")],
)


# --- softmax_backward -----------------------------------------------------------------------

edited(
    "softmax_backward",
    name="true_minus_predicted",
    hint="The sign is the other way round: it is predicted minus true, ŷ − y. With y − ŷ the cost "
    "climbs.",
    hint_zh="符号反了：是预测减去真实，ŷ − y。用 y − ŷ，代价会上升。",
    section=GRADIENT,
    replace=[("A - Y", "Y - A")],
)
edited(
    "softmax_backward",
    name="backward_divided_by_m",
    hint="dZ is divided by m. In this course the 1/m is in dW and db, not in dZ.",
    hint_zh="dZ 除以了 m。本课程里 1/m 在 dW 和 db 里，不在 dZ 里。",
    section=GRADIENT,
    replace=[("A - Y", "(A - Y) / Y.shape[1]")],
)
edited(
    "softmax_backward",
    name="slope_of_a_sigmoid",
    hint="The factor a(1 − a) has already cancelled: what remains is ŷ − y.",
    hint_zh="因子 a(1 − a) 已经消去：剩下的是 ŷ − y。",
    section=GRADIENT,
    replace=[("A - Y", "(A - Y) * A * (1 - A)")],
)
edited(
    "softmax_backward",
    name="derivative_of_the_logarithm_only",
    hint="This is the gradient with respect to the probabilities; the softmax itself has to be "
    "passed as well.",
    hint_zh="这是对概率的梯度；还要穿过 softmax 本身。",
    section=GRADIENT,
    replace=[("A - Y", "-Y / A")],
)
edited(
    "softmax_backward",
    name="true_class_only",
    hint="Only the true class gets a gradient; the other classes are lowered by what they claimed.",
    hint_zh="只有真实类别得到了梯度；其他类别也要按它们占有的概率降低。",
    section=GRADIENT,
    replace=[("A - Y", "(A - Y) * Y")],
)


# --- predict_probabilities ------------------------------------------------------------------

HUNT = "A predictor with two faults"
RUNNING = "batchnorm_inference(Z, gamma, beta, running[l])"

edited(
    "predict_probabilities",
    name="batch_statistics_when_predicting",
    hint="The layers are still normalized by the statistics of the batch at hand: alone, an "
    "example gets another answer than in company.",
    hint_zh="各层仍然用眼前这一批的统计量归一化：一个样本单独预测和与别人一起预测，结果不同。",
    section=HUNT,
    replace=[(RUNNING, "batchnorm_forward(Z, gamma, beta)[0]")],
)
edited(
    "predict_probabilities",
    name="softmax_over_the_examples",
    hint="The softmax still runs over the examples instead of the classes: look at what the "
    "columns add up to.",
    hint_zh="softmax 仍然沿着样本、而不是沿着类别计算：看看各列加起来是多少。",
    section=HUNT,
    replace=[("A = softmax(Z)", "A = softmax(Z.T).T")],
)
edited(
    "predict_probabilities",
    name="scale_and_shift_left_out",
    hint="The running statistics are used, but gamma and beta are not: a trained layer has its own "
    "scale and shift.",
    hint_zh="用了滑动统计量，却没有用 gamma 和 beta：训练好的层有自己的缩放和平移。",
    section=HUNT,
    replace=[(RUNNING, "batchnorm_inference(Z, 1.0, 0.0, running[l])")],
)
edited(
    "predict_probabilities",
    name="first_layer_s_statistics_everywhere",
    hint="Every layer is normalized by the statistics of the first one: each has its own, by its "
    "number.",
    hint_zh="每一层都用了第一层的统计量：各层有自己的，按层号取。",
    section=HUNT,
    replace=[(RUNNING, "batchnorm_inference(Z, gamma, beta, running[1])")],
)
