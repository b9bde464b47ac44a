"""Known wrong versions of the functions of `practical_aspects`, the most common first."""

import numpy as np

from autograder.graders import edited, misconception

HOLD_OUT = "How many examples to hold out"
SHUFFLE = "Shuffle once, then cut"
BIAS_VARIANCE = "Bias or variance?"
NORMALIZE = "Put the inputs on one scale"
APPLY = "New data gets the old μ and σ"
DEPTH = "Depth multiplies"
HUNT = "A pipeline with two faults"


# --- split_sizes ----------------------------------------------------------------------------


@misconception(
    "split_sizes",
    hint="60/20/20 is used for every amount of data. Above 10,000 examples the dev and test sets "
    "do not need a fifth any more: look at the table again.",
    hint_zh="无论数据多少都用 60/20/20。超过 10,000 个样本时，开发集和测试集不再需要五分之一：再"
    "看一遍那张表。",
    section=HOLD_OUT,
)
def always_a_fifth(m):
    held_out = m // 5
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="98/1/1 starts right above 10,000 here, so 20,000 examples get a dev set of 200, far "
    "smaller than 10,000 examples get. In between, the sets do not shrink.",
    hint_zh="这里一超过 10,000 就用 98/1/1，于是 20,000 个样本的开发集只有 200 个，比 10,000 个样"
    "本时还小得多。中间这一段不会变小。",
    section=HOLD_OUT,
)
def a_hundredth_above_ten_thousand(m):
    held_out = m // 5 if m <= 10_000 else m // 100
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="Between 10,000 and a million the sets stay at 2,000 here even where a hundredth is more.",
    hint_zh="在 10,000 和一百万之间，这里一直取 2,000，即使百分之一更多。",
    section=HOLD_OUT,
)
def two_thousand_up_to_a_million(m):
    held_out = m // 5 if m <= 10_000 else 2_000 if m < 1_000_000 else m // 100
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="Between 10,000 and a million the smaller of 2,000 and a hundredth is taken; the rule "
    "takes whichever is more.",
    hint_zh="在 10,000 和一百万之间，这里取了 2,000 和百分之一中较小的；规则取较大的。",
    section=HOLD_OUT,
)
def the_smaller_in_between(m):
    held_out = m // 5 if m <= 10_000 else min(2_000, m // 100) if m < 1_000_000 else m // 100
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="The dev and test sets stay at 2,000 for ever here; from some size on, a hundredth of the "
    "examples is more.",
    hint_zh="开发集和测试集永远停在 2,000；样本多到一定程度，百分之一会更多。",
    section=HOLD_OUT,
)
def never_more_than_two_thousand(m):
    held_out = min(m // 5, 2_000)
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="All three sizes are rounded down, so that some examples are in no set at all. The "
    "training set should get whatever is left.",
    hint_zh="三个个数都向下取整，有些样本哪个集合都不在。剩下的应当全归训练集。",
    section=HOLD_OUT,
)
def examples_lost_by_rounding(m):
    held_out = max(min(m // 5, 2000), m // 100)
    share = held_out if m > 10_000 else 0
    return (m - 2 * share if share else 3 * m // 5), held_out, held_out


@misconception(
    "split_sizes",
    hint="The dev and test sets are rounded to the nearest whole number; the rule rounds down.",
    hint_zh="开发集和测试集四舍五入了；规则是向下取整。",
    section=HOLD_OUT,
)
def rounded_to_the_nearest(m):
    held_out = round(max(min(m / 5, 2000), m / 100))
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="The counts come out with a fraction or as floats; a number of examples is a whole "
    "number. Whole-number division rounds down.",
    hint_zh="个数是小数或浮点数；样本个数应是整数。整数除法会向下取整。",
    section=HOLD_OUT,
)
def fractions_of_examples(m):
    held_out = max(min(m / 5, 2000), m / 100)
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="The training set gives up only one of the two held-out sets: the three counts add up to "
    "more than there is.",
    hint_zh="训练集只减去了两个留出集合中的一个：三个个数加起来超过了总数。",
    section=HOLD_OUT,
)
def only_one_set_taken_off(m):
    held_out = max(min(m // 5, 2000), m // 100)
    return m - held_out, held_out, held_out


# --- train_dev_test_split -------------------------------------------------------------------


@misconception(
    "train_dev_test_split",
    hint="X and Y are shuffled with two different permutations, so labels and examples no longer "
    "belong together.",
    hint_zh="X 和 Y 用了两个不同的排列，标签和样本不再对应。",
    section=SHUFFLE,
)
def shuffled_apart(X, Y, sizes, seed):
    train, dev, _ = sizes
    rng = np.random.RandomState(seed)
    X = X[:, rng.permutation(X.shape[1])]
    Y = Y[:, rng.permutation(Y.shape[1])]
    return (
        (X[:, :train], Y[:, :train]),
        (X[:, train : train + dev], Y[:, train : train + dev]),
        (X[:, train + dev :], Y[:, train + dev :]),
    )


edited(
    "train_dev_test_split",
    name="labels_not_shuffled",
    hint="Y keeps its old order while X is shuffled: every label now belongs to another example.",
    hint_zh="X 打乱了，Y 却保持原来的顺序：每个标签都属于别的样本了。",
    section=SHUFFLE,
    replace=[("Y[:, order]", "Y")],
)
edited(
    "train_dev_test_split",
    name="not_shuffled",
    hint="The columns are cut in the order in which they came. Sorted data then give a test set of "
    "one class: use the permutation first.",
    hint_zh="各列按原来的顺序切分。数据若已排序，测试集里就只有一个类别：先用排列打乱。",
    section=SHUFFLE,
    replace=[("X[:, order]", "X"), ("Y[:, order]", "Y")],
)
edited(
    "train_dev_test_split",
    name="cut_from_the_unshuffled_data",
    hint="The dev and test sets are cut from the data before shuffling, so they share examples "
    "with the training set.",
    hint_zh="开发集和测试集是从打乱之前的数据切的，因此与训练集有相同的样本。",
    section=SHUFFLE,
    replace=[
        ("(X_shuffled[:, train : train + dev], Y_shuffled[:, train : train + dev])",
         "(X[:, train : train + dev], Y[:, train : train + dev])"),
        ("(X_shuffled[:, train + dev :], Y_shuffled[:, train + dev :])",
         "(X[:, train + dev :], Y[:, train + dev :])"),
    ],
)  # fmt: skip
edited(
    "train_dev_test_split",
    name="dev_slice_ends_at_dev",
    hint="A slice ends at a column number, not after a number of columns: the dev set ends where "
    "the training set's columns and its own are used up.",
    hint_zh="切片写的是结束的列号，不是列数：开发集结束于训练集的列数加上它自己的列数。",
    section=SHUFFLE,
    replace=[("train : train + dev]", "train : dev]")],
)
edited(
    "train_dev_test_split",
    name="test_overlaps_dev",
    hint="The test set starts where the dev set starts, so both share examples.",
    hint_zh="测试集从开发集开始的地方开始，两者有相同的样本。",
    section=SHUFFLE,
    replace=[("[:, train + dev :]", "[:, train:]")],
)
edited(
    "train_dev_test_split",
    name="last_example_dropped",
    hint="The last example is in none of the three sets: a slice that ends at -1 leaves it out.",
    hint_zh="最后一个样本不在任何集合里：以 -1 结束的切片会漏掉它。",
    section=SHUFFLE,
    replace=[("[:, train + dev :]", "[:, train + dev : -1]")],
)
edited(
    "train_dev_test_split",
    name="last_columns_by_a_negative_slice",
    hint="The test set is cut as the last `test` columns by a negative slice. When it is to be "
    "empty, `-0` is the first column, and it gets everything.",
    hint_zh="测试集用负数切片取最后 `test` 列。测试集为空时，`-0` 就是第一列，于是它得到了全部。",
    section=SHUFFLE,
    replace=[("[:, train + dev :]", "[:, -test:]")],
)
edited(
    "train_dev_test_split",
    name="off_by_one_between_sets",
    hint="One example between two sets is in neither: a slice already leaves out the column it "
    "ends at, so the next set starts exactly there.",
    hint_zh="两个集合之间有一个样本哪边都不在：切片本来就不含结束的那一列，下一个集合正好从那里开"
    "始。",
    section=SHUFFLE,
    replace=[("train : train + dev]", "train + 1 : train + dev]")],
)
edited(
    "train_dev_test_split",
    name="dev_and_test_swapped",
    hint="The dev and the test set are in each other's place: the order is train, dev, test.",
    hint_zh="开发集和测试集的位置互换了：顺序是训练集、开发集、测试集。",
    section=SHUFFLE,
    replace=[("return train_set, dev_set, test_set", "return train_set, test_set, dev_set")],
)


@misconception(
    "train_dev_test_split",
    hint="Column i of the shuffled data is column order[i] of the data; here column i moves to "
    "place order[i], which is the inverse permutation.",
    hint_zh="打乱后的第 i 列是原数据的第 order[i] 列；这里把第 i 列放到了 order[i] 的位置，那是逆"
    "排列。",
    section=SHUFFLE,
)
def inverse_permutation(X, Y, sizes, seed):
    train, dev, _ = sizes
    order = np.argsort(np.random.RandomState(seed).permutation(X.shape[1]))
    X, Y = X[:, order], Y[:, order]
    return (
        (X[:, :train], Y[:, :train]),
        (X[:, train : train + dev], Y[:, train : train + dev]),
        (X[:, train + dev :], Y[:, train + dev :]),
    )


edited(
    "train_dev_test_split",
    name="seed_ignored",
    hint="The given seed is not used: every seed must give its own split, the same one each time.",
    hint_zh="没有使用给定的种子：每个种子都应给出自己的划分，并且每次相同。",
    section=SHUFFLE,
    replace=[("RandomState(seed)", "RandomState(0)")],
)


@misconception(
    "train_dev_test_split",
    hint="Each feature is shuffled on its own, which mixes the features of different examples. A "
    "column moves as a whole.",
    hint_zh="每个特征各自打乱，不同样本的特征混在了一起。一列要整体移动。",
    section=SHUFFLE,
)
def every_row_shuffled_alone(X, Y, sizes, seed):
    train, dev, _ = sizes
    rng = np.random.RandomState(seed)
    X = np.array([row[rng.permutation(X.shape[1])] for row in X])
    Y = Y[:, rng.permutation(Y.shape[1])]
    return (
        (X[:, :train], Y[:, :train]),
        (X[:, train : train + dev], Y[:, train : train + dev]),
        (X[:, train + dev :], Y[:, train + dev :]),
    )


# --- diagnose -------------------------------------------------------------------------------

edited(
    "diagnose",
    name="bayes_error_ignored",
    hint="Bias is measured from zero. An error that nobody can avoid is not the model's fault: "
    "measure from the Bayes error.",
    hint_zh="偏差是从零量起的。谁都避免不了的误差不是模型的错：从贝叶斯误差量起。",
    section=BIAS_VARIANCE,
    replace=[("train_error - bayes_error > gap", "train_error > gap")],
)
edited(
    "diagnose",
    name="variance_from_the_bayes_error",
    hint="Variance is measured from the Bayes error here. It is the distance from the training "
    "error up to the dev error.",
    hint_zh="这里的方差是从贝叶斯误差量起的；它是从训练误差到开发误差的距离。",
    section=BIAS_VARIANCE,
    replace=[("dev_error - train_error > gap", "dev_error - bayes_error > gap")],
)
edited(
    "diagnose",
    name="variance_is_the_dev_error",
    hint="A high dev error alone is taken for variance; what counts is how far it lies above the "
    "training error.",
    hint_zh="只因开发误差高就判为方差；要看它比训练误差高多少。",
    section=BIAS_VARIANCE,
    replace=[("dev_error - train_error > gap", "dev_error > gap")],
)
edited(
    "diagnose",
    name="gap_fixed",
    hint="The gap is fixed at two points; the caller may ask for another one.",
    hint_zh="间隔固定为两个百分点；调用者可以要求别的间隔。",
    section=BIAS_VARIANCE,
    replace=[
        ("train_error - bayes_error > gap", "train_error - bayes_error > 0.02"),
        ("dev_error - train_error > gap", "dev_error - train_error > 0.02"),
    ],
)
edited(
    "diagnose",
    name="bias_and_variance_swapped",
    hint="Bias and variance are in each other's place: bias is what the training error shows.",
    hint_zh="偏差和方差互换了：训练误差显示的是偏差。",
    section=BIAS_VARIANCE,
    replace=[("verdicts[high_bias, high_variance]", "verdicts[high_variance, high_bias]")],
)


@misconception(
    "diagnose",
    hint="A model with high bias is never asked about its variance, so `both` cannot come out.",
    hint_zh="高偏差的模型不再检查方差，所以永远得不到 `both`。",
    section=BIAS_VARIANCE,
)
def never_both(train_error, dev_error, bayes_error=0.0, gap=0.02):
    if train_error - bayes_error > gap:
        return "high bias"
    if dev_error - train_error > gap:
        return "high variance"
    return "neither"


edited(
    "diagnose",
    name="distance_without_a_sign",
    hint="A dev error *below* the training error is counted as variance. Only a distance upwards "
    "is one.",
    hint_zh="开发误差*低于*训练误差也被当成了方差。只有向上的距离才算。",
    section=BIAS_VARIANCE,
    replace=[
        ("train_error - bayes_error > gap", "abs(train_error - bayes_error) > gap"),
        ("dev_error - train_error > gap", "abs(dev_error - train_error) > gap"),
    ],
)
edited(
    "diagnose",
    name="gap_itself_counts_as_high",
    hint="A distance of exactly the gap is called high; high is *more than* the gap.",
    hint_zh="距离恰好等于间隔时也被判为高；高是*大于*间隔。",
    section=BIAS_VARIANCE,
    replace=[("> gap", ">= gap")],
)


# --- normalize_inputs -----------------------------------------------------------------------

edited(
    "normalize_inputs",
    name="divided_by_the_variance",
    hint="The inputs are divided by σ². That turns small features into large ones; divide by the "
    "standard deviation σ.",
    hint_zh="输入除以了 σ²。这会把小的特征变成大的；应除以标准差 σ。",
    section=NORMALIZE,
    replace=[("(X_train - mu) / sigma", "(X_train - mu) / sigma**2")],
)
edited(
    "normalize_inputs",
    name="sigma_is_the_variance",
    hint="The square root is missing: sigma holds the variance σ², and the inputs are divided by "
    "it.",
    hint_zh="缺少开方：sigma 里是方差 σ²，输入除以了它。",
    section=NORMALIZE,
    replace=[
        ("np.sqrt(np.mean((X_train - mu) ** 2, axis=1, keepdims=True))",
         "np.mean((X_train - mu) ** 2, axis=1, keepdims=True)"),
    ],
)  # fmt: skip
edited(
    "normalize_inputs",
    name="constant_feature_divided_by_zero",
    hint="A feature that never varies has σ = 0, and 0/0 is nan. Take 1 in its place.",
    hint_zh="从不变化的特征 σ = 0，而 0/0 是 nan。这时改用 1。",
    section=NORMALIZE,
    replace=[("np.where(constant, 1.0, sigma)", "sigma")],
)
edited(
    "normalize_inputs",
    name="epsilon_for_a_constant_feature",
    hint="A tiny number is added to σ. For a constant feature that is nearly a division by zero: "
    "the first new value that differs would become huge. Take σ = 1 there.",
    hint_zh="给 σ 加了一个极小的数。对常数特征，这几乎等于除以零：以后第一个不同的值会变得极大。"
    "这时取 σ = 1。",
    section=NORMALIZE,
    replace=[("np.where(constant, 1.0, sigma)", "sigma + 1e-8")],
)
edited(
    "normalize_inputs",
    name="statistics_over_the_features",
    hint="Mean and deviation are taken over the features of one example. Examples are columns: "
    "each feature's statistics run along its row.",
    hint_zh="均值和标准差是在一个样本的各特征上统计的。样本是列：每个特征的统计量沿着它的行计算。",
    section=NORMALIZE,
    replace=[("axis=1, keepdims=True))\n    # a", "axis=0, keepdims=True))\n    # a"),
             ("mu = np.mean(X_train, axis=1, keepdims=True)",
              "mu = np.mean(X_train, axis=0, keepdims=True)")],
)  # fmt: skip


@misconception(
    "normalize_inputs",
    hint="Mean and deviation are taken down the columns, one for each example. Examples are "
    "columns here: each feature's statistics run along its row, and stay columns of shape "
    "(n_x, 1). A feature that never varies gets σ = 1.",
    hint_zh="均值和标准差是沿着列算的，每个样本一个。这里样本是列：每个特征的统计量沿着"
    "它的行计算，并保持 (n_x, 1) 的列。从不变化的特征取 σ = 1。",
    section=NORMALIZE,
)
def rows_taken_for_examples(X_train):
    mu, sigma = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    return (X_train - mu) / sigma, mu, sigma


@misconception(
    "normalize_inputs",
    hint="One mean and one deviation are taken over the whole matrix; every feature has its own.",
    hint_zh="整个矩阵只用了一个均值和一个标准差；每个特征应有自己的。",
    section=NORMALIZE,
)
def one_mean_for_all_features(X_train):
    constant = np.all(X_train == X_train[:, :1], axis=1, keepdims=True)
    mu = np.full((X_train.shape[0], 1), np.mean(X_train))
    sigma = np.where(constant, 1.0, np.std(X_train))
    return (X_train - mu) / sigma, mu, sigma


edited(
    "normalize_inputs",
    name="divided_by_m_minus_1",
    hint="The variance is divided by m − 1. Here σ describes these m examples: divide by m.",
    hint_zh="方差除以了 m − 1。这里 σ 描述的就是这 m 个样本：除以 m。",
    section=NORMALIZE,
    replace=[
        ("np.sqrt(np.mean((X_train - mu) ** 2, axis=1, keepdims=True))",
         "np.std(X_train, axis=1, ddof=1, keepdims=True)"),
    ],
)  # fmt: skip
edited(
    "normalize_inputs",
    name="sigma_without_centring",
    hint="σ is computed from the squares of the values themselves. It measures the distance from "
    "the mean: centre first.",
    hint_zh="σ 是用原值的平方算的。它衡量的是与均值的距离：先中心化。",
    section=NORMALIZE,
    replace=[("(X_train - mu) ** 2", "X_train ** 2")],
)
edited(
    "normalize_inputs",
    name="not_centred",
    hint="The mean is not subtracted from the inputs.",
    hint_zh="没有从输入中减去均值。",
    section=NORMALIZE,
    replace=[("X_norm = (X_train - mu) / sigma", "X_norm = X_train / sigma")],
)
edited(
    "normalize_inputs",
    name="statistics_as_flat_vectors",
    hint="mu and sigma have shape (n_x,). As columns of shape (n_x, 1) they subtract from every "
    "example without further care: look for `keepdims`.",
    hint_zh="mu 和 sigma 的形状是 (n_x,)。写成 (n_x, 1) 的列，才能直接从每个样本中减去：找找"
    " `keepdims`。",
    section=NORMALIZE,
    replace=[("return X_norm, mu, sigma", "return X_norm, mu.ravel(), sigma.ravel()")],
)


edited(
    "normalize_inputs",
    name="mean_without_keepdims",
    hint="The mean has shape (n_x,), and numpy cannot line it up with the columns of X_train. "
    "Keep it a column of shape (n_x, 1): look for `keepdims`.",
    hint_zh="均值的形状是 (n_x,)，numpy 无法让它与 X_train 的各列对齐。让它保持 (n_x, 1) 的列：找找"
    " `keepdims`。",
    section=NORMALIZE,
    replace=[("np.mean(X_train, axis=1, keepdims=True)", "np.mean(X_train, axis=1)")],
)


edited(
    "normalize_inputs",
    name="sigma_without_keepdims",
    hint="σ has shape (n_x,), and with the column `constant` it grows into a square. Keep it a "
    "column of shape (n_x, 1): look for `keepdims`.",
    hint_zh="σ 的形状是 (n_x,)，与列向量 `constant` 放在一起就扩展成了方阵。让它保持 (n_x, 1) 的"
    "列：找找 `keepdims`。",
    section=NORMALIZE,
    replace=[("(X_train - mu) ** 2, axis=1, keepdims=True", "(X_train - mu) ** 2, axis=1")],
)


@misconception(
    "normalize_inputs",
    hint="Each feature is squeezed between its smallest and largest value. Normalizing is to "
    "subtract the mean and divide by the standard deviation; one outlier cannot spoil it so much.",
    hint_zh="每个特征被压到最小值和最大值之间。归一化是减去均值、除以标准差；一个离群值不会对它影"
    "响那么大。",
    section=NORMALIZE,
)
def between_smallest_and_largest(X_train):
    low = np.min(X_train, axis=1, keepdims=True)
    width = np.max(X_train, axis=1, keepdims=True) - low
    width = np.where(width == 0, 1.0, width)
    return (X_train - low) / width, low, width


# --- apply_normalization --------------------------------------------------------------------


@misconception(
    "apply_normalization",
    hint="New data are normalized with their own mean and deviation. They must be put on the scale "
    "that the network has learned: use the mu and sigma that are passed in.",
    hint_zh="新数据用了自己的均值和标准差。它们必须放到网络学过的尺度上：用传进来的 mu 和 sigma。",
    section=APPLY,
)
def statistics_of_the_new_data(X, mu, sigma):
    own = np.std(X, axis=1, keepdims=True)
    return (X - np.mean(X, axis=1, keepdims=True)) / np.where(own == 0, 1.0, own)


edited(
    "apply_normalization",
    name="applied_with_the_variance",
    hint="New data are divided by σ²; divide by σ.",
    hint_zh="新数据除以了 σ²；应除以 σ。",
    section=NORMALIZE,
    replace=[("/ sigma", "/ sigma**2")],
)
edited(
    "apply_normalization",
    name="only_centred",
    hint="The mean is subtracted and the division by σ is missing.",
    hint_zh="减去了均值，却没有除以 σ。",
    section=APPLY,
    replace=[("(X - mu) / sigma", "X - mu")],
)
edited(
    "apply_normalization",
    name="only_mu_divided",
    hint="Only μ is divided by σ: without brackets the division comes first.",
    hint_zh="只有 μ 除以了 σ：没有括号时先算除法。",
    section=APPLY,
    replace=[("(X - mu) / sigma", "X - mu / sigma")],
)
edited(
    "apply_normalization",
    name="own_mean_old_sigma",
    hint="σ is the training set's and μ is the new data's own. Both come from the training set.",
    hint_zh="σ 是训练集的，μ 却是新数据自己的。两者都应来自训练集。",
    section=APPLY,
    replace=[("(X - mu)", "(X - np.mean(X, axis=1, keepdims=True))")],
)
edited(
    "apply_normalization",
    name="root_of_sigma",
    hint="The root of sigma is taken; sigma already is the standard deviation.",
    hint_zh="对 sigma 又开了方；sigma 已经是标准差。",
    section=APPLY,
    replace=[("/ sigma", "/ np.sqrt(sigma)")],
)


# --- prepare_data ---------------------------------------------------------------------------

edited(
    "prepare_data",
    name="scale_from_all_data",
    hint="mu and sigma are still taken from all of the data, dev and test examples among them: "
    "look at the mean of the training set.",
    hint_zh="mu 和 sigma 仍然取自全部数据，开发集和测试集的样本也在其中：看看训练集的均值。",
    section=HUNT,
    replace=[("normalize_inputs(X_train)", "normalize_inputs(X)")],
)
edited(
    "prepare_data",
    name="test_set_by_itself",
    hint="The test set is still normalized by its own statistics: its mean is 0 to the last digit.",
    hint_zh="测试集仍然用自己的统计量归一化：它的均值精确到最后一位都是 0。",
    section=HUNT,
    replace=[
        ("X_test = apply_normalization(X_test, mu, sigma)",
         "X_test, _, _ = normalize_inputs(X_test)"),
    ],
)  # fmt: skip
edited(
    "prepare_data",
    name="every_set_by_itself",
    hint="The dev and the test set are each normalized by themselves. All three sets get the scale "
    "of the training set.",
    hint_zh="开发集和测试集各用了自己的统计量。三个集合都应使用训练集的尺度。",
    section=HUNT,
    replace=[
        ("X_test = apply_normalization(X_test, mu, sigma)",
         "X_test, _, _ = normalize_inputs(X_test)"),
        ("X_dev = apply_normalization(X_dev, mu, sigma)",
         "X_dev, _, _ = normalize_inputs(X_dev)"),
    ],
)  # fmt: skip
edited(
    "prepare_data",
    name="training_set_normalized_twice",
    hint="The training set is normalized already when mu and sigma are applied to it once more.",
    hint_zh="训练集已经归一化过了，又用 mu 和 sigma 处理了一次。",
    section=HUNT,
    replace=[("_, mu, sigma = normalize_inputs(X_train)",
              "X_train, mu, sigma = normalize_inputs(X_train)")],
)  # fmt: skip
edited(
    "prepare_data",
    name="test_set_left_raw",
    hint="The test set is no longer normalized at all: it needs the training set's mu and sigma.",
    hint_zh="测试集根本没有归一化：它需要训练集的 mu 和 sigma。",
    section=HUNT,
    replace=[("X_test = apply_normalization(X_test, mu, sigma)", "X_test = X_test")],
)


# --- deep_linear_output ---------------------------------------------------------------------


@misconception(
    "deep_linear_output",
    hint="`W**L` takes the power of each entry. Layers multiply matrices; the two agree for "
    "diagonal matrices only.",
    hint_zh="`W**L` 是逐个元素求幂。层与层之间是矩阵相乘；只有对角矩阵时两者相同。",
    section=DEPTH,
)
def power_of_each_entry(W, L, X):
    return W**L @ X


edited(
    "deep_linear_output",
    name="one_layer_too_few",
    hint="One layer is missing: L layers multiply by W exactly L times.",
    hint_zh="少了一层：L 层正好乘 L 次 W。",
    section=DEPTH,
    replace=[("range(L)", "range(L - 1)")],
)
edited(
    "deep_linear_output",
    name="one_layer_too_many",
    hint="There is one layer too many: L layers multiply by W exactly L times.",
    hint_zh="多了一层：L 层正好乘 L 次 W。",
    section=DEPTH,
    replace=[("range(L)", "range(L + 1)")],
)
edited(
    "deep_linear_output",
    name="always_the_first_layer",
    hint="Every layer takes X again instead of the output of the layer before.",
    hint_zh="每一层都又用了 X，而不是上一层的输出。",
    section=DEPTH,
    replace=[("W @ A", "W @ X")],
)
edited(
    "deep_linear_output",
    name="transposed_weights",
    hint="W is transposed: a layer computes W times its input.",
    hint_zh="W 被转置了：一层计算的是 W 乘以它的输入。",
    section=DEPTH,
    replace=[("W @ A", "W.T @ A")],
)
edited(
    "deep_linear_output",
    name="input_on_the_left",
    hint="The input stands left of W. Examples are columns, so W comes first.",
    hint_zh="输入在 W 的左边。样本是列，所以 W 在前。",
    section=DEPTH,
    replace=[("W @ A", "A @ W")],
)
edited(
    "deep_linear_output",
    name="product_of_entries",
    hint="`*` multiplies entry by entry; a layer is a matrix product.",
    hint_zh="`*` 是逐个元素相乘；一层是矩阵乘积。",
    section=DEPTH,
    replace=[("W @ A", "W * A")],
)
edited(
    "deep_linear_output",
    name="with_an_activation",
    hint="The negative values are cut off, as by a ReLU. These layers are linear.",
    hint_zh="负值被截掉了，像 ReLU 那样。这些层是线性的。",
    section=DEPTH,
    replace=[("W @ A", "np.maximum(W @ A, 0)")],
)
