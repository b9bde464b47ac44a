"""Known wrong versions of the functions of `optimization`, the most common first.

Most are the reference solution with a few characters changed (`edited`); the others are
written out. Adam is accepted with three and with five values, so that each of its mistakes
is registered in both forms.
"""

import numpy as np

from autograder.graders import edited, misconception

# --- gradient descent ---------------------------------------------------------------------

GD = "update_parameters_with_gd"
GD_SECTION = "Gradient descent"


def gd(name, replace, hint, hint_zh):
    edited(GD, name=name, replace=replace, hint=hint, hint_zh=hint_zh, section=GD_SECTION)


gd(
    "steps_uphill",
    [("parameters[key] - learning_rate", "parameters[key] + learning_rate")],
    "The step goes up the slope: the gradient points uphill, and the cost is to fall.",
    "步子朝上坡走了：梯度指向上坡，而代价应当下降。",
)
gd(
    "learning_rate_forgotten",
    [("learning_rate * ", "")],
    "The gradient is subtracted as it is: the learning rate decides how much of it.",
    "直接减去了梯度：要走多少由学习率决定。",
)
WEIGHTS_ALONE = [("for key in parameters:", "for key in [k for k in parameters if k[0] == 'W']:")]
ONLY_WEIGHTS = "The weights move, the biases stay where they were: both have gradients."
ONLY_WEIGHTS_ZH = "权重动了，偏置没动：两者都有梯度。"
gd("only_weights_move", WEIGHTS_ALONE, ONLY_WEIGHTS, ONLY_WEIGHTS_ZH)
gd(
    "last_layer_skipped",
    [("for key in parameters:", "for key in list(parameters)[:-2]:")],
    "The last layer never moves: look at where your loop over the layers ends.",
    "最后一层从未更新：看看遍历各层的循环到哪里结束。",
)
gd(
    "two_layers_hard_coded",
    [("for key in parameters:", "for key in ('W1', 'b1', 'W2', 'b2'):")],
    "This works for a network of two layers only: count the layers of the one you are given.",
    "这只对两层网络成立：请按所给的网络计算层数。",
)


gd(
    "only_weights_uphill",
    [
        (
            "parameters[key] - learning_rate * ",
            "parameters[key] + (1 if key[0] == 'W' else -1) * learning_rate * ",
        )
    ],
    "The weights go up the slope, the biases down: both have to go down.",
    "权重朝上坡走，偏置朝下坡走：两者都应下降。",
)
gd(
    "biases_along_the_gradients_of_the_weights",
    [('grads["d" + key]', 'grads["dW" + key[1:]]')],
    "The biases move along the gradients of the weights: look at the key under which their "
    "gradient is taken.",
    "偏置沿权重的梯度移动了：看看它的梯度取自哪个键。",
)
gd(
    "gradient_under_the_parameters_key",
    [('grads["d" + key]', "grads[key]")],
    "The gradient is looked up under the parameter's own key: the keys of `grads` have a `d` in "
    "front.",
    "梯度是按参数自己的键查找的：`grads` 的键前面有一个 `d`。",
)

NEW_PARAMETER = "parameters[key] = parameters[key] - "
UNDER_KEYS_OF_GRADIENTS = [
    ("for key in parameters:", "for key in list(parameters):"),
    (NEW_PARAMETER, 'parameters["d" + key] = parameters[key] - '),
]
STORED_AS_GRADIENTS = (
    "The new values are stored under the keys of the gradients, with a `d` in front: the "
    "parameters stay where they were."
)
STORED_AS_GRADIENTS_ZH = "新的值存到了梯度的键下，前面带 `d`：参数自己留在原处。"
BIAS_FROM_WEIGHT = [(NEW_PARAMETER, "parameters[key] = parameters['W' + key[1:]] - ")]
BIASES_FROM_WEIGHTS = (
    "The new bias starts from the weight of its layer: it should start from the old bias."
)
BIASES_FROM_WEIGHTS_ZH = "新的偏置是从这一层的权重出发的：应当从旧的偏置出发。"
FROM_GRADIENTS = (
    "The step starts from the gradient: the new parameter should start from the old parameter."
)
FROM_GRADIENTS_ZH = "这一步是从梯度出发的：新的参数应当从旧的参数出发。"
gd("new_values_under_the_keys_of_the_gradients", UNDER_KEYS_OF_GRADIENTS, STORED_AS_GRADIENTS,
   STORED_AS_GRADIENTS_ZH)  # fmt: skip
gd("new_bias_starts_from_the_weight", BIAS_FROM_WEIGHT, BIASES_FROM_WEIGHTS,
   BIASES_FROM_WEIGHTS_ZH)  # fmt: skip
gd(
    "step_starts_from_the_gradient",
    [(NEW_PARAMETER, 'parameters[key] = grads["d" + key] - ')],
    FROM_GRADIENTS,
    FROM_GRADIENTS_ZH,
)


@misconception(
    GD,
    wrong=False,
    hint="`-=` on an array changes the numbers that your caller still holds.",
    hint_zh="对数组使用 `-=` 会改掉调用者手里的数。",
    section=GD_SECTION,
)
def gd_in_place(parameters, grads, learning_rate):
    for key in parameters:
        parameters[key] -= learning_rate * grads["d" + key]
    return parameters


# --- mini-batches -------------------------------------------------------------------------

BATCHES = "random_mini_batches"
BATCHES_SECTION = "Mini-batches"


def batches(name, replace, hint, hint_zh):
    edited(BATCHES, name=name, replace=replace, hint=hint, hint_zh=hint_zh, section=BATCHES_SECTION)


@misconception(
    BATCHES,
    hint="The last batch takes its place from a loop variable. With fewer examples than one "
    "batch holds, that loop never runs and the variable does not exist.",
    hint_zh="最后一批的位置取自循环变量。样本数比一批还少时，循环一次也不执行，这个变量就不存在。",
    section=BATCHES_SECTION,
)
def loop_variable_reused(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = np.random.permutation(m)
    X, Y = X[:, permutation], Y[:, permutation]
    mini_batches = []
    for k in range(m // mini_batch_size):
        here = slice(k * mini_batch_size, (k + 1) * mini_batch_size)
        mini_batches.append((X[:, here], Y[:, here]))
    if m % mini_batch_size != 0:
        rest = slice((k + 1) * mini_batch_size, m)
        mini_batches.append((X[:, rest], Y[:, rest]))
    return mini_batches


@misconception(
    BATCHES,
    hint="The last, smaller batch holds columns that an earlier batch held already: it should "
    "begin where the last full batch ended, not at column 0.",
    hint_zh="最后那个较小的批里是前面已经出现过的列：它应当从最后一个完整批结束的地方开始，"
    "而不是第 0 列。",
    section=BATCHES_SECTION,
)
def last_batch_repeats_the_first_columns(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = np.random.permutation(m)
    X, Y = X[:, permutation], Y[:, permutation]
    mini_batches = []
    complete = m // mini_batch_size
    for k in range(complete):
        here = slice(k * mini_batch_size, (k + 1) * mini_batch_size)
        mini_batches.append((X[:, here], Y[:, here]))
    if m % mini_batch_size != 0:
        end = m - mini_batch_size * complete
        mini_batches.append((X[:, :end], Y[:, :end]))
    return mini_batches


@misconception(
    BATCHES,
    hint="One example is missing: a slice stops before its end, so `:m` is the end and `:m - 1` "
    "loses the last column.",
    hint_zh="少了一个样本：切片不包含终点，`:m` 才到末尾，`:m - 1` 会丢掉最后一列。",
    section=BATCHES_SECTION,
)
def last_sample_dropped(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = np.random.permutation(m)
    X, Y = X[:, permutation], Y[:, permutation]
    mini_batches = []
    complete = m // mini_batch_size
    for k in range(complete):
        here = slice(k * mini_batch_size, (k + 1) * mini_batch_size)
        mini_batches.append((X[:, here], Y[:, here]))
    if m % mini_batch_size != 0:
        rest = slice(complete * mini_batch_size, m - 1)
        mini_batches.append((X[:, rest], Y[:, rest]))
    return mini_batches


CUTS = "k * mini_batch_size : (k + 1) * mini_batch_size"


def last_batch(name, X_part, Y_part, hint, hint_zh):
    """Full batches as they should be, and a last one of these two expressions."""

    text = f"""
    mini_batches = []
    full = m // mini_batch_size
    for k in range(full):
        here = slice(k * mini_batch_size, (k + 1) * mini_batch_size)
        mini_batches.append((shuffled_X[:, here], shuffled_Y[:, here]))
    if m % mini_batch_size != 0:
        mini_batches.append(({X_part}, {Y_part}))
    return mini_batches
"""
    lines = (
        "    mini_batches = []\n    for k in range(number_of_batches):\n",
        f"        mini_batch_X = shuffled_X[:, {CUTS}]\n",
        f"        mini_batch_Y = shuffled_Y[:, {CUTS}]\n",
        "        mini_batches.append((mini_batch_X, mini_batch_Y))\n",
    )
    gone = [(line, "") for line in lines]
    batches(name, [*gone, ("    return mini_batches", text.strip("\n"))], hint, hint_zh)


last_batch(
    "last_batch_begins_at_m_minus_the_count",
    "shuffled_X[:, m - full :]",
    "shuffled_Y[:, m - full :]",
    "The last batch begins at m minus the number of full batches: it should begin where the last "
    "full batch ended.",
    "最后一批从 m 减去整批个数的地方开始：它应当从最后一个整批结束的地方开始。",
)
last_batch(
    "last_batch_cut_between_two_counts",
    "shuffled_X[:, full : m - mini_batch_size * full]",
    "shuffled_Y[:, full : m - mini_batch_size * full]",
    "The last batch is cut from the number of full batches to the number of examples left over. "
    "A slice wants column numbers: from where the last full batch ended, to the end.",
    "最后一批从整批的个数切到剩余样本的个数。切片要的是列号：从最后一个整批结束的地方到末尾。",
)
last_batch(
    "last_labels_cut_from_the_examples",
    "shuffled_X[:, full * mini_batch_size :]",
    "shuffled_X[:, full * mini_batch_size :]",
    "The labels of the last batch are cut from the examples: take them from the shuffled labels.",
    "最后一批的标签是从样本里切的：应当从打乱后的标签里切。",
)
last_batch(
    "colon_lost_in_the_last_labels",
    "shuffled_X[:, full * mini_batch_size :]",
    "shuffled_Y[:, full * mini_batch_size]",
    "A colon is missing where the labels of the last batch are cut: one column comes out in place "
    "of a slice.",
    "切最后一批标签的地方少了一个冒号：得到的是一列，而不是一段。",
)
last_batch(
    "last_batch_left_none",
    "None",
    "None",
    "The last batch is still None: the examples left over after the full batches go there.",
    "最后一批仍是 None：整批之后剩下的样本应放在那里。",
)
last_batch(
    "last_batch_is_the_second_one",
    "shuffled_X[:, mini_batch_size : 2 * mini_batch_size]",
    "shuffled_Y[:, mini_batch_size : 2 * mini_batch_size]",
    "The last batch is always the second slice: it should begin where the last full batch ended.",
    "最后一批总是第二段：它应当从最后一个整批结束的地方开始。",
)
TOO_EARLY = (
    "The last batch begins one batch too early, where the last full batch begins: it should begin "
    "where that one ends."
)
TOO_EARLY_ZH = "最后一批早开始了一批，从最后一个整批开始的地方切起：应当从它结束的地方切起。"
LOOP_VARIABLE = (
    " And with fewer examples than one batch holds, the loop never runs, and its variable does "
    "not exist."
)
LOOP_VARIABLE_ZH = "另外，样本数比一批还少时，循环一次也不执行，循环变量就不存在。"


def last_slice(name, begin, end, hint, hint_zh):
    """Both parts of the last batch are cut from `begin` to `end`."""
    part = f"[:, {begin} : {end}]"
    last_batch(name, f"shuffled_X{part}", f"shuffled_Y{part}", hint, hint_zh)


last_slice(
    "last_batch_begins_one_batch_too_early",
    "(full - 1) * mini_batch_size",
    "m",
    TOO_EARLY,
    TOO_EARLY_ZH,
)
last_slice(
    "last_batch_begins_one_batch_too_early_at_the_loop_variable",
    "k * mini_batch_size",
    "m",
    TOO_EARLY + LOOP_VARIABLE,
    TOO_EARLY_ZH + LOOP_VARIABLE_ZH,
)
last_slice(
    "last_batch_is_the_last_full_one_again",
    "k * mini_batch_size",
    "(k + 1) * mini_batch_size",
    "The last batch is the last full batch once more: the examples left over come after it."
    + LOOP_VARIABLE,
    "最后一批又是最后一个整批：剩下的样本排在它后面。" + LOOP_VARIABLE_ZH,
)
last_slice(
    "last_batch_has_the_right_size_one_batch_too_early",
    "k * mini_batch_size",
    "k * mini_batch_size + m % mini_batch_size",
    "The last batch has the right number of columns and lies one batch too early: it should begin "
    "where the last full batch ends." + LOOP_VARIABLE,
    "最后一批的列数对了，位置却早了一批：应当从最后一个整批结束的地方切起。" + LOOP_VARIABLE_ZH,
)
last_slice(
    "last_batch_ends_at_a_misread_count",
    "full * mini_batch_size",
    "(m - mini_batch_size) * full",
    "The end of the last batch is (m - batch size) times the number of full batches. That is not "
    "the number of a column: sometimes it even lies before the beginning.",
    "最后一批的终点成了（m 减批大小）乘以整批个数。这不是列号：有时它甚至在起点之前。",
)
last_slice(
    "last_batch_too_early_and_ends_at_a_misread_count",
    "(full - 1) * mini_batch_size",
    "(m - mini_batch_size) * full",
    TOO_EARLY + " Its end, (m - batch size) times the number of full batches, is not the number "
    "of a column.",
    TOO_EARLY_ZH + "它的终点是（m 减批大小）乘以整批个数，这不是列号。",
)
last_slice(
    "last_batch_ends_at_a_number_of_examples",
    "full * mini_batch_size",
    "m - full * mini_batch_size",
    "The last batch begins in the right place and ends before it: its end is a number of examples, "
    "where a slice wants the number of a column.",
    "最后一批的起点对了，终点却在起点之前：终点写的是样本的个数，而切片要的是列号。",
)
last_slice(
    "last_batch_cut_between_a_count_and_a_size",
    "full",
    "mini_batch_size",
    "The last batch is cut from the number of full batches to the size of a batch. A slice wants "
    "the numbers of columns: where the last full batch ends, and where the examples end.",
    "最后一批从整批的个数切到批的大小。切片要的是列号：最后一个整批结束的地方，和样本结束的地方。",
)
last_slice(
    "last_batch_begins_at_the_count_left_over",
    "m % mini_batch_size",
    "m",
    "The last batch begins at the number of examples left over: it should begin where the last "
    "full batch ends.",
    "最后一批从剩余样本的个数那里切起：应当从最后一个整批结束的地方切起。",
)
last_slice(
    "last_batch_shifted_by_one",
    "-(m % mini_batch_size) - 1",
    "-1",
    "The last batch is shifted by one column: a slice to -1 stops before the last column, and the "
    "batch begins one column too early.",
    "最后一批错开了一列：切到 -1 时不包含最后一列，起点也早了一列。",
)
last_slice(
    "last_batch_ends_at_the_number_of_rows",
    "full * mini_batch_size",
    "len(X)",
    "The last batch ends at the number of rows: `len` of a matrix counts its rows, and the "
    "examples are columns.",
    "最后一批的终点是行数：矩阵的 `len` 是行数，而样本是列。",
)
last_batch(
    "colon_lost_in_the_last_batch",
    "shuffled_X[:, -(m % mini_batch_size)]",
    "shuffled_Y[:, -(m % mini_batch_size)]",
    "A colon is missing where the last batch is cut: one column comes out in place of a slice.",
    "切最后一批的地方少了一个冒号：得到的是一列，而不是一段。",
)


def full_batches(name, part, hint, hint_zh):
    """Full batches that are cut with `part`, and a last one as it should be."""
    cut = f"mini_batches = [(shuffled_X[{part}], shuffled_Y[{part}]) for k in range(full)]"
    loop = "for k in range(number_of_batches):"
    changed = [
        ("    mini_batches = []", f"    full = m // mini_batch_size\n    {cut}"),
        (loop, loop.replace("(", "(full, ")),
    ]
    batches(name, changed, hint, hint_zh)


full_batches(
    "every_full_batch_is_the_first",
    ":, :mini_batch_size",
    "Every full batch is the first one again: its bounds have to move on with k.",
    "每个整批都是第一批：切片的两端要随 k 移动。",
)
full_batches(
    "batches_begin_at_k",
    ":, k : k + mini_batch_size",
    "A batch begins at column k, so that it shares most of its columns with the one before: k "
    "counts batches, and a slice wants the number of a column.",
    "一批从第 k 列切起，和前一批的大部分列是重复的：k 数的是批，而切片要的是列号。",
)
full_batches(
    "batches_begin_at_k_and_grow",
    ":, k : (k + 1) * mini_batch_size",
    "A batch begins at column k and ends in the right place, so that the batches grow: k counts "
    "batches, and a slice wants the number of a column.",
    "一批从第 k 列切起，终点却是对的，所以一批比一批大：k 数的是批，而切片要的是列号。",
)
full_batches(
    "batches_end_at_the_batch_size",
    ":, k * mini_batch_size : mini_batch_size",
    "The end of a batch is always the size of a batch, so that all full batches but the first are "
    "empty: a slice wants the number of a column there, too.",
    "每批的终点总是批的大小，除第一批外的整批都是空的：切片的终点也要写列号。",
)
batches(
    "rows_cut_for_columns",
    [(f"[:, {CUTS}]", f"[{CUTS}]")],
    "The batches are cut out of the rows: the examples are the columns, the second axis.",
    "批是按行切的：样本是列，也就是第二个轴。",
)
batches(
    "every_batch_is_the_first",
    [(CUTS, ":mini_batch_size")],
    "Every batch is the same slice: its bounds have to move on with k.",
    "每一批都是同一段：切片的两端要随 k 移动。",
)
batches(
    "parentheses_around_k_forgotten",
    [("(k + 1) * mini_batch_size", "k + 1 * mini_batch_size")],
    "`k + 1 * mini_batch_size` multiplies first: the end of a batch is (k + 1) times its size, in "
    "parentheses.",
    "`k + 1 * mini_batch_size` 会先算乘法：一批的终点是 (k + 1) 乘以批大小，要加括号。",
)
batches(
    "last_batch_dropped",
    [("int(np.ceil(m / mini_batch_size))", "m // mini_batch_size")],
    "The examples left over after the full batches are never seen: they make one more, "
    "smaller batch.",
    "整批之后剩下的样本从未被看到：它们还应组成一个较小的批。",
)
batches(
    "an_empty_batch_at_the_end",
    [("int(np.ceil(m / mini_batch_size))", "m // mini_batch_size + 1")],
    "When m is a multiple of the batch size there is nothing left over, and your last batch is "
    "empty.",
    "m 是批大小的倍数时没有剩余样本，你的最后一批是空的。",
)
batches(
    "two_batches_hard_coded",
    [("int(np.ceil(m / mini_batch_size))", "2 + (m % mini_batch_size != 0)")],
    "Two full batches are counted, however many examples there are: the number follows from m "
    "and the batch size.",
    "不管有多少样本都只数两个整批：批数应由 m 和批大小决定。",
)
batches(
    "shuffled_apart",
    [("shuffled_Y = Y[:, permutation]", "shuffled_Y = Y[:, np.random.permutation(m)]")],
    "X and Y are shuffled in two different orders, so that the labels belong to other examples: "
    "use one permutation for both.",
    "X 和 Y 用了两个不同的随机顺序，标签不再属于自己的样本：两者要用同一个排列。",
)
batches(
    "labels_not_shuffled",
    [("shuffled_Y = Y[:, permutation]", "shuffled_Y = Y")],
    "The examples are shuffled and their labels are not: both need the same order.",
    "样本打乱了，标签没有：两者需要同样的顺序。",
)
batches(
    "not_shuffled",
    [("Y[:, permutation]", "Y"), ("X[:, permutation]", "X")],
    "The columns come in the order in which they were given: shuffle them before you cut.",
    "各列还是原来的顺序：切分之前要先打乱。",
)
batches(
    "seed_ignored",
    [("np.random.seed(seed)", "np.random.seed(0)")],
    "Every seed gives the same shuffle: pass `seed` on to numpy, or every epoch cuts the same "
    "batches.",
    "每个种子都得到同样的顺序：要把 `seed` 传给 numpy，否则每个轮次切出的批都一样。",
)
batches(
    "a_zero_lost_in_the_count",
    [("int(np.ceil(m / mini_batch_size))", "int(np.ceil(m / (10 * mini_batch_size)))")],
    "There are ten times too few batches. Count the zeros: 5,000 batches of 1,000 are 5 million "
    "examples, not 50 million.",
    "批数少了十倍。数一数零：5,000 个 1,000 是五百万个样本，不是五千万。",
)

# --- exponentially weighted averages ------------------------------------------------------

EWA = "exponentially_weighted_average"


def ewa(name, replace, hint, hint_zh):
    edited(
        EWA, name=name, replace=replace, hint=hint, hint_zh=hint_zh,
        section="Exponentially weighted averages",
    )  # fmt: skip


ewa(
    "correction_forgotten",
    [("v / (1 - beta**t) if bias_correction else v", "v")],
    "The averages start far too small: the bias correction is missing.",
    "平均一开始太小了：缺少偏差修正。",
)
ewa(
    "correction_overwrites_v",
    [
        ("        average = v / (1 - beta**t) if bias_correction else v",
         "        v = v / (1 - beta**t) if bias_correction else v\n        average = v"),
    ],
    "The corrected value goes into the next step: correct a copy, and let v go on uncorrected.",
    "修正后的值进入了下一步：修正的应是副本，v 要保持未修正。",
)  # fmt: skip
ewa(
    "always_corrected",
    [(" if bias_correction else v", "")],
    "The correction happens even when `bias_correction` is False.",
    "即使 `bias_correction` 为 False 也做了修正。",
)
ewa(
    "weights_swapped",
    [("beta * v + (1 - beta) * theta", "(1 - beta) * v + beta * theta")],
    "β stands at the new value: it is the share of the old average that stays.",
    "β 放到了新值前面：它应是旧平均保留的比例。",
)
ewa(
    "new_value_not_weighted",
    [("(1 - beta) * theta", "theta")],
    "The new value enters whole: its share is 1 - β, so that the weights add up.",
    "新值整个加了进去：它的权重应是 1 - β，各权重之和才对。",
)
ewa(
    "correction_without_power",
    [("beta**t", "beta")],
    "The correction is the same at every time: it needs the t-th power of β.",
    "每个时刻的修正都一样：需要 β 的 t 次方。",
)
ewa(
    "correction_times_t",
    [("beta**t", "beta * t")],
    "β is multiplied by t in the correction: it should be raised to the power t.",
    "修正里 β 乘了 t：应当是 t 次方。",
)
ewa(
    "time_from_zero",
    [("beta**t", "beta ** (t - 1)")],
    "Time begins at 0 here, and 1 - β⁰ is zero: the first value has t = 1.",
    "这里时间从 0 开始，而 1 - β⁰ 等于零：第一个值的 t 是 1。",
)
ewa(
    "starts_from_the_first_value",
    [("v, averages = 0.0", "v, averages = thetas[0]")],
    "The average starts from the first value: it starts from zero, and the correction makes up "
    "for that.",
    "平均从第一个值开始了：应从零开始，再由偏差修正弥补。",
)


@misconception(
    EWA,
    hint="An array made like the series takes over its kind of numbers: of a series of whole "
    "numbers the averages lose their decimals.",
    hint_zh="仿照序列建立的数组会沿用它的数据类型：序列是整数时，平均值的小数部分就丢了。",
    section="Exponentially weighted averages",
)
def array_of_the_kind_of_the_series(thetas, beta, bias_correction=True):
    averages, v = np.zeros_like(thetas), 0.0
    for t, theta in enumerate(thetas, start=1):
        v = beta * v + (1 - beta) * theta
        averages[t - 1] = v / (1 - beta**t) if bias_correction else v
    return averages


# --- zeros to start from ------------------------------------------------------------------

NO_D = (
    "The keys are those of the parameters: the averages go under the keys of the gradients, "
    "with a `d` in front."
)
NO_D_ZH = "键用了参数的名字：平均应存放在梯度的键下，前面带 `d`。"
ONE_NUMBER = "Each entry is the number 0: it should be an array in the shape of its parameter."
ONE_NUMBER_ZH = "每一项都是数字 0：应是与参数形状相同的数组。"
NO_BIASES = "Only the weights have an entry: the biases need theirs."
NO_BIASES_ZH = "只有权重有对应的项：偏置也需要。"
COPIES = "These are copies of the parameters: the averages start from zero."
COPIES_ZH = "这些是参数的副本：平均应从零开始。"
ONES = "These are ones: the averages start from zero."
ONES_ZH = "这些是 1：平均应从零开始。"


FLAT = (
    "Each entry is a flat row of zeros, shape (n,): it has the shape of its parameter, (n, 1) too."
)
FLAT_ZH = "每一项都是形状为 (n,) 的一维零：它应与参数形状相同，(n, 1) 也是如此。"
LINE = 'v["d" + key] = np.zeros(parameter.shape)'


def velocity(name, old, new, hint, hint_zh):
    edited(
        "initialize_velocity", name=name, replace=[(old, new)], hint=hint, hint_zh=hint_zh,
        section="Momentum",
    )  # fmt: skip


velocity("keys_without_d", 'v["d" + key]', "v[key]", NO_D, NO_D_ZH)
velocity("single_numbers", LINE, 'v["d" + key] = 0.0', ONE_NUMBER, ONE_NUMBER_ZH)
velocity("copies_of_the_parameters", LINE, 'v["d" + key] = parameter.copy()', COPIES, COPIES_ZH)
velocity("ones", LINE, 'v["d" + key] = np.ones(parameter.shape)', ONES, ONES_ZH)
velocity("flat_zeros", "np.zeros(parameter.shape)", "np.zeros(parameter.shape[0])", FLAT, FLAT_ZH)
velocity(
    "weights_only",
    "in parameters.items():",
    "in ((k, p) for k, p in parameters.items() if k[0] == 'W'):",
    NO_BIASES,
    NO_BIASES_ZH,
)
# --- momentum -----------------------------------------------------------------------------

MOMENTUM = "update_parameters_with_momentum"


def momentum(name, replace, hint, hint_zh):
    edited(MOMENTUM, name=name, replace=replace, hint=hint, hint_zh=hint_zh, section="Momentum")


momentum(
    "v_of_weights_from_v_of_biases",
    [('beta * v["d" + key]', 'beta * v["db" + key[1:]]')],
    'The velocity of the weights is made from that of the biases: look at the key after "β times".',
    "权重的速度用了偏置的速度：看看 β 后面的键。",
)
momentum(
    "gradient_enters_whole",
    [("(1 - beta) * grad", "grad")],
    "The factor 1 - β before the gradient is missing: the velocity is an average.",
    "梯度前缺少因子 1 - β：速度是一个平均。",
)
momentum(
    "learning_rate_in_the_velocity",
    [
        ("(1 - beta) * grad", "learning_rate * grad"),
        ('learning_rate * v["d" + key]', 'v["d" + key]'),
    ],
    "The learning rate stands in the velocity, and the step is the velocity as it is. Here the "
    "velocity averages the gradients, whose shares add up to 1; the learning rate belongs in the "
    "step.",
    "学习率放进了速度里，步子就是速度本身。这里的速度是梯度的平均，各份额之和为 1；"
    "学习率属于步子。",
)
momentum(
    "weights_swapped",
    [('beta * v["d" + key] + (1 - beta) * grad', '(1 - beta) * v["d" + key] + beta * grad')],
    "β stands at the gradient: it is the share of the old velocity that stays.",
    "β 放到了梯度前面：它应是旧速度保留的比例。",
)
momentum(
    "steps_along_the_gradient",
    [('learning_rate * v["d" + key]', "learning_rate * grad")],
    "The velocity is right and never used: the parameters still move along the gradient.",
    "速度算对了却没有用上：参数仍然沿梯度移动。",
)
momentum(
    "steps_along_the_old_velocity",
    [
        ('        v["d" + key] = beta', '        old = v["d" + key]\n        v["d" + key] = beta'),
        ('learning_rate * v["d" + key]', "learning_rate * old"),
    ],
    "The parameters move by the velocity of the step before: update the velocity first.",
    "参数用的是上一步的速度：先更新速度。",
)
momentum(
    "steps_uphill",
    [("parameters[key] - learning_rate", "parameters[key] + learning_rate")],
    "The step goes up the slope: subtract the velocity.",
    "步子朝上坡走了：应减去速度。",
)
momentum(
    "old_velocity_forgotten",
    [('beta * v["d" + key] + (1 - beta) * grad', "(1 - beta) * grad")],
    "The old velocity is not in the new one: without memory there is nothing to average.",
    "新的速度里没有旧的速度：没有记忆就谈不上平均。",
)
momentum(
    "velocity_not_returned",
    [("return parameters, v", 'return parameters, {"d" + key: 0 * p for key, p in '
      "parameters.items()}")],
    "The velocity comes back as zeros: the next step needs the new one.",
    "返回的速度是零：下一步需要新的速度。",
)  # fmt: skip
momentum(
    "last_layer_skipped",
    [("for key in parameters:", "for key in list(parameters)[:-2]:")],
    "The last layer never moves: look at where your loop over the layers ends.",
    "最后一层从未更新：看看遍历各层的循环到哪里结束。",
)


momentum(
    "one_minus_beta_twice",
    [('learning_rate * v["d" + key]', 'learning_rate * (1 - beta) * v["d" + key]')],
    "The factor 1 - β stands in the step once more: it belongs to the average only.",
    "步子里又乘了一次 1 - β：它只属于平均。",
)
momentum("only_weights_move", WEIGHTS_ALONE, ONLY_WEIGHTS, ONLY_WEIGHTS_ZH)
momentum(
    "new_bias_starts_from_the_weight", BIAS_FROM_WEIGHT, BIASES_FROM_WEIGHTS, BIASES_FROM_WEIGHTS_ZH
)
momentum(
    "biases_move_by_the_velocity_of_the_weights",
    [('learning_rate * v["d" + key]', "learning_rate * v['dW' + key[1:]]")],
    "The biases move by the velocity of the weights: look at the key under which the velocity of "
    "their step is taken.",
    "偏置按权重的速度移动了：看看更新偏置时速度取自哪个键。",
)
momentum(
    "velocity_of_biases_from_that_of_weights",
    [('beta * v["d" + key]', 'beta * v["dW" + key[1:]]')],
    'The velocity of the biases is made from that of the weights: look at the key after "β times".',
    "偏置的速度用了权重的速度：看看 β 后面的键。",
)
momentum(
    "step_starts_from_the_gradient",
    [(NEW_PARAMETER, "parameters[key] = grad - ")],
    FROM_GRADIENTS,
    FROM_GRADIENTS_ZH,
)
momentum(
    "new_values_under_the_keys_of_the_gradients",
    UNDER_KEYS_OF_GRADIENTS,
    STORED_AS_GRADIENTS,
    STORED_AS_GRADIENTS_ZH,
)


@misconception(
    MOMENTUM,
    wrong=False,
    hint="`-=` and `*=` on an array change the numbers that your caller still holds.",
    hint_zh="对数组使用 `-=`、`*=` 会改掉调用者手里的数。",
    section="Momentum",
)
def momentum_in_place(parameters, grads, v, beta, learning_rate):
    for key in parameters:
        v["d" + key] *= beta
        v["d" + key] += (1 - beta) * grads["d" + key]
        parameters[key] -= learning_rate * v["d" + key]
    return parameters, v


# --- RMSprop ------------------------------------------------------------------------------

RMSPROP = "update_parameters_with_rmsprop"
ROOT = '(np.sqrt(s["d" + key]) + epsilon)'

EPSILON_INSIDE = (
    "ε stands inside the root, where it acts like its own root, 10⁻⁴ instead of 10⁻⁸: add it "
    "after the root is taken."
)
EPSILON_INSIDE_ZH = "ε 放进了根号里，作用相当于它的平方根：不是 10⁻⁸，而是 10⁻⁴。应在开方之后再加。"
EPSILON_FRACTION = (
    "ε is added to the whole fraction: it belongs to the denominator, so look at the parentheses."
)
EPSILON_FRACTION_ZH = "ε 加到了整个分式上：它属于分母，注意括号。"
EPSILON_IGNORED = "ε is not used: where the average of squares is zero, you divide by zero."
EPSILON_IGNORED_ZH = "没有用到 ε：平方的平均为零时会除以零。"
NOT_SQUARED = "s averages the gradients themselves: it should average their squares."
NOT_SQUARED_ZH = "s 平均的是梯度本身：应当平均梯度的平方。"
NOT_DECAYED = "s only grows: the old average has to fade by its β before the new square is added."
NOT_DECAYED_ZH = "s 只增不减：加上新的平方之前，旧的平均要先乘以 β 衰减。"
S_FORGOTTEN = "The old s is not in the new one: without memory there is nothing to average."
S_FORGOTTEN_ZH = "新的 s 里没有旧的 s：没有记忆就谈不上平均。"
NO_ROOT = "The root is missing: the gradient is divided by the size of its square."
NO_ROOT_ZH = "缺少开方：梯度被除以了它平方的大小。"
UPHILL = "The step goes up the slope: it has to be subtracted."
UPHILL_ZH = "步子朝上坡走了：应当减去。"


def rmsprop(name, replace, hint, hint_zh):
    edited(RMSPROP, name=name, replace=replace, hint=hint, hint_zh=hint_zh, section="RMSprop")


rmsprop(
    "epsilon_inside_the_root",
    [(ROOT, 'np.sqrt(s["d" + key] + epsilon)')],
    EPSILON_INSIDE,
    EPSILON_INSIDE_ZH,
)
rmsprop(
    "gradient_not_squared",
    [("grad**2", "grad")],
    NOT_SQUARED,
    NOT_SQUARED_ZH,
)
rmsprop(
    "s_not_decayed",
    [('beta2 * s["d" + key] + (1 - beta2) * grad**2', 's["d" + key] + (1 - beta2) * grad**2')],
    NOT_DECAYED,
    NOT_DECAYED_ZH,
)
rmsprop(
    "squares_added_up",
    [('beta2 * s["d" + key] + (1 - beta2) * grad**2', 's["d" + key] + grad**2')],
    "The squares are added up for ever, so that the steps die out: s is an average with a memory.",
    "平方一直累加，步子会越来越小直到停下：s 应是带记忆的平均。",
)
rmsprop(
    "s_forgotten",
    [('beta2 * s["d" + key] + (1 - beta2) * grad**2', "(1 - beta2) * grad**2")],
    S_FORGOTTEN,
    S_FORGOTTEN_ZH,
)
rmsprop(
    "weights_swapped",
    [('beta2 * s["d" + key] + (1 - beta2) * grad**2',
      '(1 - beta2) * s["d" + key] + beta2 * grad**2')],
    "β₂ stands at the new square: it is the share of the old average that stays.",
    "β₂ 放到了新的平方前面：它应是旧平均保留的比例。",
)  # fmt: skip
rmsprop(
    "epsilon_added_to_the_fraction",
    [("learning_rate * grad / " + ROOT,
      'learning_rate * (grad / np.sqrt(s["d" + key]) + epsilon)')],
    EPSILON_FRACTION,
    EPSILON_FRACTION_ZH,
)  # fmt: skip
rmsprop("epsilon_ignored", [(ROOT, 'np.sqrt(s["d" + key])')], EPSILON_IGNORED, EPSILON_IGNORED_ZH)
rmsprop("root_forgotten", [(ROOT, '(s["d" + key] + epsilon)')], NO_ROOT, NO_ROOT_ZH)
rmsprop(
    "divided_by_the_old_s",
    [
        (
            '        s["d" + key] = beta2',
            '        old = s["d" + key]\n        s["d" + key] = beta2',
        ),
        (ROOT, "(np.sqrt(old) + epsilon)"),
    ],
    "The step is divided by the root of the old s: update s first.",
    "步子除以了旧 s 的平方根：先更新 s。",
)
rmsprop(
    "steps_uphill",
    [("parameters[key] - learning_rate", "parameters[key] + learning_rate")],
    UPHILL,
    UPHILL_ZH,
)
rmsprop("only_weights_move", WEIGHTS_ALONE, ONLY_WEIGHTS, ONLY_WEIGHTS_ZH)


@misconception(
    RMSPROP,
    wrong=False,
    hint="`-=` and `*=` on an array change the numbers that your caller still holds.",
    hint_zh="对数组使用 `-=`、`*=` 会改掉调用者手里的数。",
    section="RMSprop",
)
def rmsprop_in_place(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    for key in parameters:
        grad = grads["d" + key]
        s["d" + key] *= beta2
        s["d" + key] += (1 - beta2) * grad**2
        parameters[key] -= learning_rate * grad / (np.sqrt(s["d" + key]) + epsilon)
    return parameters, s


# --- Adam ---------------------------------------------------------------------------------

ADAM = "update_parameters_with_adam"
FIVE = "return parameters, v, s, v_corrected, s_corrected"
THREE = "return parameters, v, s"
FIRST = "beta1 * v[d] + (1 - beta1) * grad"
SECOND = "beta2 * s[d] + (1 - beta2) * grad**2"
LENGTH = "np.sqrt(s_corrected[d]) + epsilon"
STEP = "parameters[key] = parameters[key] - learning_rate * v_corrected[d] / ("


def adam(name, replace, hint, hint_zh, section="Adam"):
    """One mistake, with five values returned and with three."""
    edited(ADAM, name=name, replace=replace, hint=hint, hint_zh=hint_zh, section=section)
    edited(
        ADAM,
        name=f"{name}_of_three",
        replace=[*replace, (FIVE, THREE)],
        hint=hint,
        hint_zh=hint_zh,
        section=section,
    )


adam(
    "epsilon_inside_the_root",
    [(LENGTH, "np.sqrt(s_corrected[d] + epsilon)")],
    EPSILON_INSIDE,
    EPSILON_INSIDE_ZH,
    section="Trap: ε inside the root",
)
adam(
    "t_fixed_at_2",
    [("beta1**t", "beta1**2"), ("beta2**t", "beta2**2")],
    "The corrections are right in the second step only: the power is t, which counts the steps.",
    "偏差修正只在第二步是对的：指数是 t，即步数。",
)
adam(
    "s_decayed_with_beta1",
    [(SECOND, "beta1 * s[d] + (1 - beta1) * grad**2")],
    "s is averaged with the memory of v: it has one of its own, β₂.",
    "s 用了 v 的记忆系数：它有自己的 β₂。",
)
adam(
    "s_not_decayed",
    [(SECOND, "s[d] + (1 - beta2) * grad**2")],
    NOT_DECAYED,
    NOT_DECAYED_ZH,
)
adam(
    "epsilon_added_to_the_fraction",
    [(STEP, STEP.replace("v_corrected[d] / (", "(")),
     (LENGTH, "v_corrected[d] / np.sqrt(s_corrected[d]) + epsilon")],
    EPSILON_FRACTION,
    EPSILON_FRACTION_ZH,
)  # fmt: skip
adam(
    "epsilon_ignored",
    [(LENGTH, "np.sqrt(s_corrected[d])")],
    EPSILON_IGNORED,
    EPSILON_IGNORED_ZH,
)
adam(
    "s_for_s_corrected",
    [(LENGTH, "np.sqrt(s[d]) + epsilon")],
    "The step is divided by the root of s: it should be the corrected s.",
    "步子除以了 s 的平方根：应当用修正后的 s。",
)
adam(
    "v_for_v_corrected",
    [("learning_rate * v_corrected[d]", "learning_rate * v[d]")],
    "The step goes along v: it should be the corrected v.",
    "步子沿 v 走：应当用修正后的 v。",
)
adam(
    "no_bias_correction",
    [("learning_rate * v_corrected[d]", "learning_rate * v[d]"),
     (LENGTH, "np.sqrt(s[d]) + epsilon")],
    "The step is made of v and s as they are: both need the correction for their start from zero.",
    "步子直接用了 v 和 s：两者都要修正从零开始的偏差。",
)  # fmt: skip
adam(
    "layer_index_as_t",
    [("beta1**t", "beta1 ** int(key[1:])"), ("beta2**t", "beta2 ** int(key[1:])")],
    "The power in the correction is the number of the layer: it should be t, the number of the "
    "step.",
    "修正里的指数用了层号：应当是步数 t。",
)
adam(
    "moments_overwritten",
    [("v_corrected[d] = v[d] /", "v_corrected[d] = v[d] = v[d] /"),
     ("s_corrected[d] = s[d] /", "s_corrected[d] = s[d] = s[d] /")],
    "v and s come back corrected, and the next step corrects them again: correct copies and "
    "leave v and s as they are.",
    "返回的 v 和 s 是修正过的，下一步又会再修正一次：修正副本，v 和 s 保持原样。",
    section="Trap: keep v and s as they are",
)  # fmt: skip
adam(
    "second_corrected_moment_written_to_dW_twice",
    [("s_corrected[d] = s[d] / (1 - beta2**t)",
      "s_corrected[d] = (s[d] if key[0] == 'b' else beta2 * s['db' + key[1:]] + (1 - beta2) * "
      "grads['db' + key[1:]] ** 2) / (1 - beta2 ** (t if key[0] == 'W' else np.inf))")],
    "The corrected s of the biases is written where that of the weights stands: one is dW, the "
    "other db.",
    "偏置的修正 s 写到了权重的位置上：一个是 dW，另一个是 db。",
)  # fmt: skip
adam(
    "weights_divided_by_the_root_of_the_biases",
    [(LENGTH, "np.sqrt(s_corrected[d] if key[0] == 'b' else (beta2 * s['db' + key[1:]] + "
      "(1 - beta2) * grads['db' + key[1:]] ** 2) / (1 - beta2**t)) + epsilon")],
    "The weights are divided by the root that belongs to the biases: look at the keys.",
    "权重除以了属于偏置的平方根：检查一下键。",
)  # fmt: skip
adam(
    "v_of_weights_from_v_of_biases",
    [("beta1 * v[d]", "beta1 * v['db' + key[1:]]")],
    "The v of the weights is made from that of the biases: look at the key after β₁.",
    "权重的 v 用了偏置的 v：看看 β₁ 后面的键。",
)
adam(
    "gradient_not_squared",
    [(SECOND, "beta2 * s[d] + (1 - beta2) * grad")],
    NOT_SQUARED,
    NOT_SQUARED_ZH,
)
adam(
    "correction_without_power",
    [("beta1**t", "beta1"), ("beta2**t", "beta2")],
    "The correction is the same in every step: it needs the t-th power of each β.",
    "每一步的修正都一样：需要 β 的 t 次方。",
)
adam(
    "correction_times_t",
    [("beta1**t", "beta1 * t"), ("beta2**t", "beta2 * t")],
    "β is multiplied by t in the correction: it should be raised to the power t.",
    "修正里 β 乘了 t：应当是 t 次方。",
)
adam(
    "t_counted_twice",
    [("beta1**t", "beta1 ** (t + 1)"), ("beta2**t", "beta2 ** (t + 1)")],
    "The step is counted once more inside the function: t includes this step already.",
    "函数里又多数了一步：t 已经包括这一步了。",
)
adam(
    "both_corrected_with_beta1",
    [("beta2**t", "beta1**t")],
    "s is corrected with the memory of v: its correction uses β₂.",
    "s 的修正用了 v 的系数：应当用 β₂。",
)
adam(
    "steps_along_the_gradient",
    [("learning_rate * v_corrected[d]", "learning_rate * grad")],
    "The step goes along the gradient itself: the numerator is the corrected v.",
    "步子沿着梯度本身走：分子应当是修正后的 v。",
)
adam(
    "v_without_the_gradient",
    [(FIRST, "beta1 * v[d] + (1 - beta1) * v[d]")],
    "v is averaged with itself, and the gradient never enters it.",
    "v 和它自己做了平均，梯度根本没有进去。",
)
adam(
    "s_fades_with_beta1",
    [(SECOND, "beta1 * s[d] + (1 - beta2) * grad**2")],
    "The old s fades with β₁ while the new square has its share 1 - β₂: s has one memory, β₂.",
    "旧的 s 按 β₁ 衰减，新的平方却占 1 - β₂：s 只有一个记忆系数 β₂。",
)
adam(
    "plus_in_the_corrections",
    [("(1 - beta1**t)", "(1 + beta1**t)"), ("(1 - beta2**t)", "(1 + beta2**t)")],
    "The corrections divide by 1 plus the power: the weights in an average add up to 1 minus it.",
    "修正里除以了 1 加上那个幂：平均里各权重之和是 1 减去它。",
)
adam(
    "squared_in_place_of_the_root",
    [("np.sqrt(s_corrected[d])", "np.square(s_corrected[d])")],
    "The corrected s is squared where its root is wanted.",
    "这里要对修正后的 s 开平方根，却求了平方。",
)
adam(
    "s_of_biases_from_s_of_weights",
    [("s_corrected[d] = s[d] /", "s_corrected[d] = s['dW' + key[1:]] /")],
    "The corrected s of the biases is made from the s of the weights: one key says dW where it "
    "should say db.",
    "偏置的修正 s 用了权重的 s：有一个键写成了 dW，应当是 db。",
)
adam(
    "no_power_and_epsilon_inside",
    [("beta1**t", "beta1"), ("beta2**t", "beta2"), (LENGTH, "np.sqrt(s_corrected[d] + epsilon)")],
    "Two things: the corrections need the t-th power of each β, and ε stands inside the root.",
    "有两处：修正里需要 β 的 t 次方；ε 放进了根号里。",
)
adam(
    "no_power_and_no_epsilon",
    [("beta1**t", "beta1"), ("beta2**t", "beta2"), (LENGTH, "np.sqrt(s_corrected[d])")],
    "Two things: the corrections need the t-th power of each β, and ε is not used.",
    "有两处：修正里需要 β 的 t 次方；没有用到 ε。",
)
adam("root_forgotten", [(LENGTH, "s_corrected[d] + epsilon")], NO_ROOT, NO_ROOT_ZH)
S_FROM_V = "s is averaged from v: the old average of the squares is s itself."
S_FROM_V_ZH = "s 是由 v 平均出来的：平方的旧平均是 s 自己。"
INSIDE = "np.sqrt(s_corrected[d] + epsilon)"
ALSO_INSIDE = " And ε stands inside the root: add it after the root is taken."
ALSO_INSIDE_ZH = "另外，ε 放进了根号里：应在开方之后再加。"


def mixed_up(name, old, new, hint, hint_zh):
    """A key of the weights where one of the biases belongs, alone and with ε inside the root."""
    adam(name, [(old, new)], hint, hint_zh)
    replace = [(old, new), (LENGTH, INSIDE)] if old != LENGTH else [(old, f"({new})")]
    adam(f"{name}_and_epsilon_inside", replace, hint + ALSO_INSIDE, hint_zh + ALSO_INSIDE_ZH)


mixed_up(
    "new_bias_starts_from_the_weight", *BIAS_FROM_WEIGHT[0], BIASES_FROM_WEIGHTS,
    BIASES_FROM_WEIGHTS_ZH,
)  # fmt: skip
mixed_up(
    "v_of_biases_from_gradients_of_weights",
    "(1 - beta1) * grad", "(1 - beta1) * grads['dW' + key[1:]]",
    "The v of the biases averages the gradient of the weights: look at the key after 1 - β₁.",
    "偏置的 v 平均了权重的梯度：看看 1 - β₁ 后面的键。",
)  # fmt: skip
mixed_up(
    "v_of_biases_from_v_of_weights", "beta1 * v[d]", "beta1 * v['dW' + key[1:]]",
    "The v of the biases is made from that of the weights: look at the key after β₁.",
    "偏置的 v 用了权重的 v：看看 β₁ 后面的键。",
)  # fmt: skip
mixed_up(
    "v_of_biases_made_of_weights_alone",
    FIRST, "beta1 * v['dW' + key[1:]] + (1 - beta1) * grads['dW' + key[1:]]",
    "The v of the biases is made from the v and the gradient of the weights: look at both keys.",
    "偏置的 v 用了权重的 v 和权重的梯度：看看两个键。",
)  # fmt: skip
mixed_up(
    "s_of_biases_averages_gradients_of_weights",
    "(1 - beta2) * grad**2", "(1 - beta2) * grads['dW' + key[1:]] ** 2",
    "The s of the biases averages the squares of the weights' gradient: look at the key after "
    "1 - β₂.",
    "偏置的 s 平均了权重梯度的平方：看看 1 - β₂ 后面的键。",
)  # fmt: skip
ALONG_THE_WEIGHTS = (  # of three returned values nobody can say which of the two it is
    "The biases move along the v of the weights: a key says dW where it should say db, where the "
    "v of the biases is corrected or in their step."
)
ALONG_THE_WEIGHTS_ZH = (
    "偏置沿权重的 v 移动了：在修正或更新偏置的地方，有一个键写成了 dW，应当是 db。"
)
mixed_up(
    "corrected_v_of_biases_from_v_of_weights",
    "v_corrected[d] = v[d] /", "v_corrected[d] = v['dW' + key[1:]] /",
    ALONG_THE_WEIGHTS, ALONG_THE_WEIGHTS_ZH,
)  # fmt: skip
for name, replace, more, more_zh in (
    ("biases_move_along_the_v_of_the_weights", [], "", ""),
    ("biases_move_along_the_v_of_the_weights_and_epsilon_inside", [(LENGTH, INSIDE)],
     ALSO_INSIDE, ALSO_INSIDE_ZH),
):  # fmt: skip
    edited(  # where three values are returned, it is the same as the one above
        ADAM,
        name=name,
        replace=[
            ("learning_rate * v_corrected[d]", "learning_rate * v_corrected['dW' + key[1:]]"),
            *replace,
        ],
        hint=ALONG_THE_WEIGHTS + more,
        hint_zh=ALONG_THE_WEIGHTS_ZH + more_zh,
        section="Adam",
    )
adam(
    "s_averaged_from_v",
    [(SECOND, "beta2 * v[d] + (1 - beta2) * grad**2")],
    S_FROM_V,
    S_FROM_V_ZH,
)
adam(
    "s_averaged_from_v_and_epsilon_inside",
    [(SECOND, "beta2 * v[d] + (1 - beta2) * grad**2"),
     (LENGTH, "np.sqrt(np.abs(s_corrected[d]) + epsilon)")],
    S_FROM_V + ALSO_INSIDE,
    S_FROM_V_ZH + ALSO_INSIDE_ZH,
)  # fmt: skip
OTHER_DEFAULT = [("epsilon=1e-8", "epsilon=1e-6")]
DEFAULT_CHANGED = (
    "The default of epsilon has been changed in the first line of the function: whoever gives none "
    "counts on the one that was handed out."
)
DEFAULT_CHANGED_ZH = "函数第一行里 epsilon 的默认值被改动了：不传它的调用者指望的是原来的值。"
adam(
    "another_default_of_epsilon_and_inside_the_root",
    [*OTHER_DEFAULT, (LENGTH, INSIDE)],
    DEFAULT_CHANGED + ALSO_INSIDE,
    DEFAULT_CHANGED_ZH + ALSO_INSIDE_ZH,
)
adam(
    "only_s_corrected_as_in_step_2",
    [("beta2**t", "beta2**2")],
    "The correction of s is right in the second step only: the power is t, which counts the steps.",
    "s 的修正只在第二步是对的：指数是 t，即步数。",
)
adam(
    "only_v_corrected_as_in_step_2",
    [("beta1**t", "beta1**2")],
    "The correction of v is right in the second step only: the power is t, which counts the steps.",
    "v 的修正只在第二步是对的：指数是 t，即步数。",
)
adam(
    "new_values_under_the_keys_of_the_gradients",
    UNDER_KEYS_OF_GRADIENTS,
    STORED_AS_GRADIENTS,
    STORED_AS_GRADIENTS_ZH,
)
WHOLE = STEP + "\n            " + LENGTH + "\n        )"
EPSILON_LAST = (
    "ε is added after the division, to the whole step: it belongs to the denominator, so look at "
    "the parentheses."
)
EPSILON_LAST_ZH = "ε 是在相除之后加到整个步子上的：它属于分母，注意括号。"
ALONG = "parameters[key] - learning_rate * v_corrected[d] / np.sqrt(s_corrected[d])"
adam(
    "epsilon_subtracted_with_the_step",
    [(WHOLE, f"parameters[key] = {ALONG} - epsilon")],
    EPSILON_LAST,
    EPSILON_LAST_ZH,
)
adam(
    "epsilon_added_behind_the_step",
    [(WHOLE, f"parameters[key] = {ALONG} + epsilon")],
    EPSILON_LAST,
    EPSILON_LAST_ZH,
)
POWERS_ALONE = [("(1 - beta1**t)", "beta1**t"), ("(1 - beta2**t)", "beta2**t")]
ONLY_POWERS = (
    "The corrections divide by the power of β itself: the weights in an average add up to 1 minus "
    "it."
)
ONLY_POWERS_ZH = "修正里除以了 β 的幂本身：平均里各权重之和是 1 减去它。"
adam("corrections_divide_by_the_power", POWERS_ALONE, ONLY_POWERS, ONLY_POWERS_ZH)
adam(
    "corrections_divide_by_the_power_and_s_is_not_corrected",
    [*POWERS_ALONE, (LENGTH, "np.sqrt(s[d]) + epsilon")],
    ONLY_POWERS + " And the step is divided by the root of s: it should be the corrected s.",
    ONLY_POWERS_ZH + "另外，步子除以了 s 的平方根：应当用修正后的 s。",
)
adam(
    "s_for_s_corrected_and_epsilon_inside",
    [(LENGTH, "np.sqrt(s[d] + epsilon)")],
    "The step is divided by the root of s: it should be the corrected s." + ALSO_INSIDE,
    "步子除以了 s 的平方根：应当用修正后的 s。" + ALSO_INSIDE_ZH,
)
adam(
    "step_starts_from_the_gradient",
    [(NEW_PARAMETER, "parameters[key] = grad - ")],
    FROM_GRADIENTS,
    FROM_GRADIENTS_ZH,
)
adam(
    "steps_uphill",
    [("parameters[key] - learning_rate", "parameters[key] + learning_rate")],
    UPHILL,
    UPHILL_ZH,
)
adam(
    "last_layer_skipped",
    [("for key in parameters:", "for key in list(parameters)[:-2]:")],
    "The last layer never moves: look at where your loop over the layers ends.",
    "最后一层从未更新：看看遍历各层的循环到哪里结束。",
)
adam("only_weights_move", WEIGHTS_ALONE, ONLY_WEIGHTS, ONLY_WEIGHTS_ZH)


@misconception(
    ADAM,
    wrong=False,
    hint="`-=` and `*=` on an array change the numbers that your caller still holds.",
    hint_zh="对数组使用 `-=`、`*=` 会改掉调用者手里的数。",
    section="Adam",
)
def adam_in_place(parameters, grads, v, s, t, learning_rate=0.01,
                  beta1=0.9, beta2=0.999, epsilon=1e-8):  # fmt: skip
    for key in parameters:
        grad, d = grads["d" + key], "d" + key
        v[d] *= beta1
        v[d] += (1 - beta1) * grad
        s[d] *= beta2
        s[d] += (1 - beta2) * grad**2
        corrected = v[d] / (1 - beta1**t), s[d] / (1 - beta2**t)
        parameters[key] -= learning_rate * corrected[0] / (np.sqrt(corrected[1]) + epsilon)
    return parameters, v, s


# --- learning rate decay ------------------------------------------------------------------

CONTINUOUS = "1 + decay_rate * epoch_num"


def decay(function, section, name, old, new, hint, hint_zh):
    edited(function, name=name, replace=[(old, new)], hint=hint, hint_zh=hint_zh, section=section)


decay(
    "update_lr", "Continuous decay", "parentheses_forgotten",
    f"learning_rate0 / ({CONTINUOUS})", f"learning_rate0 / {CONTINUOUS}",
    "The parentheses are missing: only the 1 is under the fraction, the rest is added to it.",
    "缺少括号：只有 1 在分母里，其余的被加到了外面。",
)  # fmt: skip
decay(
    "update_lr", "Continuous decay", "the_one_forgotten",
    CONTINUOUS, "decay_rate * epoch_num",
    "The 1 in the denominator is missing: in epoch 0 the learning rate is still the first one.",
    "分母里缺少 1：第 0 个轮次的学习率还应是初始值。",
)  # fmt: skip
decay(
    "update_lr", "Continuous decay", "grows_instead",
    f"learning_rate0 / ({CONTINUOUS})", f"learning_rate0 * ({CONTINUOUS})",
    "The learning rate grows with every epoch: it should be divided.",
    "学习率随轮次变大了：应当除以它。",
)  # fmt: skip
decay(
    "update_lr", "Continuous decay", "epochs_counted_from_one",
    CONTINUOUS, "1 + decay_rate * (epoch_num + 1)",
    "The epoch is counted one too far: epoch 0 has the first learning rate.",
    "轮次多数了一个：第 0 个轮次用初始学习率。",
)  # fmt: skip

FLOOR = "np.floor(epoch_num / time_interval)"
SCHEDULE = "Decay on a schedule"

decay(
    "schedule_lr_decay", SCHEDULE, "no_floor",
    FLOOR, "(epoch_num / time_interval)",
    "The learning rate changes within an interval: the quotient has to be rounded down.",
    "学习率在一个间隔之内也在变：商要向下取整。",
)  # fmt: skip
decay(
    "schedule_lr_decay", SCHEDULE, "only_on_multiples",
    FLOOR, "((epoch_num / time_interval) * (epoch_num % time_interval == 0))",
    "The learning rate decays on the multiples of the interval and jumps back in between: it "
    "should keep what it has lost.",
    "学习率只在间隔的倍数处衰减，其间又跳回去了：衰减之后应当保持。",
)  # fmt: skip
decay(
    "schedule_lr_decay", SCHEDULE, "rounded_to_the_nearest",
    FLOOR, "np.round(epoch_num / time_interval)",
    "The quotient is rounded to the nearest number, so that the decay comes half an interval "
    "early: round down.",
    "商四舍五入了，衰减提前了半个间隔：应当向下取整。",
)  # fmt: skip
decay(
    "schedule_lr_decay", SCHEDULE, "rounded_up",
    FLOOR, "np.ceil(epoch_num / time_interval)",
    "The quotient is rounded up, so that the first interval decays already: round down.",
    "商向上取整了，第一个间隔就已经衰减：应当向下取整。",
)  # fmt: skip
decay(
    "schedule_lr_decay", SCHEDULE, "interval_ignored",
    FLOOR, "epoch_num",
    "The learning rate decays in every epoch: the interval is not used.",
    "每个轮次都在衰减：没有用到间隔。",
)  # fmt: skip
decay(
    "schedule_lr_decay", SCHEDULE, "interval_fixed_at_100",
    FLOOR, "np.floor(epoch_num / 100)",
    "The interval is always 100: use `time_interval`.",
    "间隔总是 100：请使用 `time_interval`。",
)  # fmt: skip

decay(
    "schedule_lr_decay", SCHEDULE, "more_than_the_quotient_rounded",
    f"decay_rate * {FLOOR}", "np.floor(decay_rate * epoch_num / time_interval)",
    "More than the quotient is rounded down: the decay rate is inside the rounding, too, so that "
    "a fraction of it is lost.",
    "取整的不只是商：衰减率也在取整之内，它的小数部分就丢了。",
)  # fmt: skip
decay(
    "schedule_lr_decay", SCHEDULE, "continuous_after_the_first_interval",
    FLOOR, "(epoch_num / time_interval if epoch_num >= time_interval else 0)",
    "The learning rate is constant in the first interval only; after it, it changes in every "
    "epoch. The quotient has to be rounded down everywhere.",
    "学习率只在第一个间隔里不变，之后每个轮次都在变。商在哪里都要向下取整。",
)  # fmt: skip

# --- warm-up and cosine -------------------------------------------------------------------

WARMUP = "warmup_cosine_lr"


def warmup(name, replace, hint, hint_zh):
    edited(
        WARMUP, name=name, replace=replace, hint=hint, hint_zh=hint_zh,
        section="Warm-up, then a cosine",
    )  # fmt: skip


warmup(
    "warmup_begins_at_zero",
    [("(step + 1) / warmup_steps", "step / warmup_steps")],
    "The first step has a learning rate of 0 and goes nowhere: steps count from 0, so the share is "
    "step + 1.",
    "第一步的学习率是 0，原地不动：步数从 0 数起，所以份数是 step + 1。",
)
warmup(
    "no_warmup",
    [("learning_rate0 * (step + 1) / warmup_steps", "learning_rate0")],
    "The learning rate is at its highest from the first step on: it should rise to it.",
    "学习率从第一步起就是最高的：它应当逐渐升上去。",
)
warmup(
    "cosine_counted_from_the_first_step",
    [("(step - warmup_steps) / (total_steps - warmup_steps)", "step / total_steps")],
    "The descent is counted from step 0, so that the learning rate jumps down after the warm-up: "
    "it begins when the warm-up is over.",
    "下降是从第 0 步数起的，预热结束时学习率会突然掉下去：下降在预热结束时才开始。",
)
warmup(
    "descent_over_all_steps",
    [("/ (total_steps - warmup_steps)", "/ total_steps")],
    "The descent is divided by all steps, so that it does not reach zero: the warm-up takes some "
    "of them away.",
    "下降段除以了总步数，所以到不了零：预热已经用去了一部分步数。",
)
warmup(
    "pi_forgotten",
    [("np.cos(np.pi * behind)", "np.cos(behind)")],
    "The cosine runs from 0 to 1 here, and ends far above zero: half a wave goes up to π.",
    "余弦只从 0 走到 1，最后远高于零：半个波要走到 π。",
)
warmup(
    "a_whole_wave",
    [("np.cos(np.pi * behind)", "np.cos(2 * np.pi * behind)")],
    "The learning rate falls and rises again: half a wave of the cosine ends at π, not 2π.",
    "学习率先降后又升：半个余弦波到 π 为止，不是 2π。",
)
warmup(
    "half_forgotten",
    [("(1 + np.cos(np.pi * behind)) / 2", "(1 + np.cos(np.pi * behind))")],
    "The descent begins at twice the highest learning rate: 1 + cos goes from 2 to 0, so halve it.",
    "下降段从最高学习率的两倍开始：1 加余弦从 2 到 0，要除以二。",
)
warmup(
    "one_forgotten",
    [("(1 + np.cos(np.pi * behind)) / 2", "np.cos(np.pi * behind)")],
    "The learning rate becomes negative half way down: cos goes from 1 to -1, so add 1 and halve.",
    "下降到一半学习率就成了负数：余弦从 1 到 -1，要加 1 再除以二。",
)
warmup(
    "a_straight_line_down",
    [("(1 + np.cos(np.pi * behind)) / 2", "(1 - behind)")],
    "The way down is a straight line: it should be half a wave of the cosine.",
    "下降段是直线：应当是半个余弦波。",
)
warmup(
    "rises_again_after_the_end",
    [("min((step - warmup_steps) / (total_steps - warmup_steps), 1)",
      "(step - warmup_steps) / (total_steps - warmup_steps)")],
    "After the last step the learning rate rises again: the share that is behind stays at 1.",
    "最后一步之后学习率又升起来了：已走完的比例应保持为 1。",
)  # fmt: skip

# --- AdamW --------------------------------------------------------------------------------

ADAMW = "update_parameters_with_adamw"
RIGHT_DECAY = "decay = weight_decay * parameters[key]"
WRONG_DECAY = "decay = weight_decay * parameters[key] / (np.sqrt(s_hat) + epsilon)"
RIGHT_S = "s_hat = s[d] / (1 - beta2**t)"
WRONG_S = "s_hat = s[d] / (1 - beta2) ** t"


def adamw(name, replace, hint, hint_zh):
    edited(
        ADAMW, name=name, replace=replace, hint=hint, hint_zh=hint_zh,
        section="Weight decay beside Adam: find two faults",
    )  # fmt: skip


adamw(
    "decay_still_divided",
    [(RIGHT_DECAY, WRONG_DECAY)],
    "The decay is still divided by the root of ŝ, so that it takes another share off every weight.",
    "衰减仍然除以 ŝ 的平方根，所以从每个权重拿走的比例不同。",
)
adamw(
    "power_still_outside",
    [(RIGHT_S, WRONG_S)],
    "The steps still change their length under a constant gradient: compare the two corrections.",
    "梯度不变时步长仍在变：比较一下两处修正。",
)
adamw(
    "decay_removed",
    [(RIGHT_DECAY, "decay = 0.0")],
    "The decay is gone: AdamW takes a share off every parameter, beside the step.",
    "衰减没有了：除了步子，还要从每个参数拿走一定比例。",
)
adamw(
    "weights_alone_decay",
    [(RIGHT_DECAY, 'decay = weight_decay * parameters[key] if key.startswith("W") else 0.0')],
    "The weights decay and the biases do not: here every parameter loses its share.",
    "权重衰减了，偏置没有：这里每个参数都要拿走一份。",
)
adamw(
    "decay_of_the_moved",
    [(RIGHT_DECAY, "decay = weight_decay * (parameters[key] - learning_rate * step)")],
    "The share is taken off what the step has moved already: it is one of the old parameter.",
    "拿走的比例按已经移动过的参数算了：应当按旧参数算。",
)
adamw(
    "decay_without_learning_rate",
    [("- learning_rate * (step + decay)", "- learning_rate * step - decay")],
    "The decay is taken off without the learning rate: both step and decay are multiplied by it.",
    "衰减没有乘学习率：步子和衰减都要乘。",
)
adamw(
    "decay_in_the_gradient",
    [('grad, d = grads["d" + key], "d" + key',
      'grad, d = grads["d" + key] + weight_decay * parameters[key], "d" + key'),
     (RIGHT_DECAY, "decay = 0.0")],
    "The decay is put into the gradient, and so into v and s: that is L2 inside Adam again.",
    "衰减加进了梯度，也就进了 v 和 s：它应当在平均之外，不受它们影响。",
)  # fmt: skip
adamw(
    "grows_instead",
    [("(step + decay)", "(step - decay)")],
    "The decay is added to the parameters, so that they grow.",
    "衰减加到了参数上，参数反而变大。",
)
adamw("only_weights_move", WEIGHTS_ALONE, ONLY_WEIGHTS, ONLY_WEIGHTS_ZH)
