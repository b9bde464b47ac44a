"""What goes wrong in `regularization`, with the hint that a student should read.

Most wrong versions differ from the solution in a place or two; they are made by replacing
those. For each function the most common mistake comes first.
"""

from autograder.graders import edited

L2_COST = "compute_cost_with_regularization"
L1_COST = "compute_cost_with_l1_regularization"
L2_BACKWARD = "backward_propagation_with_regularization"
DECAY = "update_parameters_with_weight_decay"
FORWARD = "forward_propagation_with_dropout"
BACKWARD = "backward_propagation_with_dropout"
STOPPING = "early_stopping"
FLIP = "flip_horizontal"
LAYER = "dropout_layer"

SECTIONS = {
    L2_COST: "L2: a penalty on large weights",
    L1_COST: "L1: a penalty that reaches zero",
    L2_BACKWARD: "L2: what the penalty does to the gradients",
    DECAY: "The same thing as weight decay",
    FORWARD: "Dropout, forward",
    BACKWARD: "Dropout, backward",
    STOPPING: "Early stopping",
    FLIP: "More data from the data: flipping",
    LAYER: "A dropout layer with two faults",
}


def wrong(function, name, replace, hint, hint_zh):
    """Register a wrong version of a function; its hint links to the function's own section."""
    edited(
        function,
        name=name,
        replace=replace,
        section=SECTIONS[function],
        hint=hint,
        hint_zh=hint_zh,
    )


# --- the cost with L2 ----------------------------------------------------------------------

wrong(
    L2_COST, "without_the_half", [("lambd / (2 * m)", "lambd / m")],
    "The penalty is twice what it should be. Look at the factor before the sum: the 2 is there to "
    "cancel against the square when the slope is taken.",
    "惩罚项是应有的两倍。看看求和前面的系数：那个 2 是为了在求导时与平方约掉。",
)  # fmt: skip
wrong(
    L2_COST, "not_divided_by_m", [("lambd / (2 * m)", "lambd / 2")],
    "The penalty does not shrink as examples are added: it has to be divided by their number m, as "
    "the cross-entropy is, and the examples are the columns.",
    "样本变多时惩罚项没有变小：它和交叉熵一样，要除以样本数 m，而样本是列。",
)  # fmt: skip
wrong(
    L2_COST, "divided_then_multiplied", [("lambd / (2 * m)", "lambd / 2 * m")],
    "Python reads a / 2 * m from left to right: it divides by 2 and multiplies by m. Put brackets "
    "around the denominator.",
    "Python 从左到右计算 a / 2 * m：先除以 2，再乘以 m。给分母加上括号。",
)  # fmt: skip
wrong(
    L2_COST, "norm_without_the_square",
    [
        ("np.sum(np.square(W1))", "np.sqrt(np.sum(np.square(W1)))"),
        ("np.sum(np.square(W2))", "np.sqrt(np.sum(np.square(W2)))"),
        ("np.sum(np.square(W3))", "np.sqrt(np.sum(np.square(W3)))"),
    ],
    "These are the norms of the weights. The penalty asks for their squares: the plain sum of all "
    "squared entries, without a root.",
    "这里用的是权重的范数。惩罚项要的是范数的平方：所有元素平方之和，不开方。",
)  # fmt: skip
wrong(
    L2_COST, "mean_of_the_squares",
    [
        ("np.sum(np.square(W1))", "np.mean(np.square(W1))"),
        ("np.sum(np.square(W2))", "np.mean(np.square(W2))"),
        ("np.sum(np.square(W3))", "np.mean(np.square(W3))"),
    ],
    "The squared weights are averaged over each matrix. Every weight counts by itself: sum them.",
    "这里对每个矩阵的平方取了平均。每个权重都要计入：应当求和。",
)  # fmt: skip
wrong(
    L2_COST, "biases_pay_too",
    [
        ("+ np.sum(np.square(W3))", "+ np.sum(np.square(W3)) + sum("
         "np.sum(np.square(parameters[name])) for name in ('b1', 'b2', 'b3'))"),
    ],
    "The biases are in the penalty as well. Only weights are: a bias moves the decision boundary "
    "and does not make it steeper.",
    "偏置也被计入了惩罚。只有权重受惩罚：偏置只移动决策边界，不会让它变陡。",
)  # fmt: skip
wrong(
    L2_COST, "norms_of_biases_too",
    [
        ("np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))",
         "sum(np.sqrt(np.sum(np.square(array))) for array in parameters.values())"),
    ],
    "Two things: these are norms, where the penalty asks for their squares, without a root; and "
    "the biases are in it as well, where only weights are.",
    "有两处：这里用的是范数，而惩罚项要的是范数的平方，不开方；偏置也被计入了，而只有权重受惩罚。",
)  # fmt: skip
wrong(
    L2_COST, "keys_taken_apart",
    [("np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))",
      "sum(np.linalg.norm(float(digit)) for letter, digit in parameters if letter == 'W')")],
    "The loop goes over the keys of the dictionary, and takes each apart into its letter and its "
    "digit: the digits are added up. The arrays themselves are never read.",
    "循环遍历的是字典的键，而且把每个键拆成了字母和数字：加起来的是这些数字，数组本身从未用到。",
)  # fmt: skip
wrong(
    L2_COST, "last_layer_forgotten", [(" + np.sum(np.square(W3))", "")],
    "The weights of the last layer are not in the sum. All three layers pay.",
    "求和里少了最后一层的权重。三层都要计入。",
)  # fmt: skip
wrong(
    L2_COST, "first_layer_forgotten", [("np.sum(np.square(W1)) + ", "")],
    "The weights of the first layer are not in the sum. All three layers pay.",
    "求和里少了第一层的权重。三层都要计入。",
)  # fmt: skip
wrong(
    L2_COST, "first_layer_alone", [(" + np.sum(np.square(W2)) + np.sum(np.square(W3))", "")],
    "Only the weights of the first layer are in the sum. All three layers pay.",
    "求和里只有第一层的权重。三层都要计入。",
)  # fmt: skip
LAST_ALONE = [("np.sum(np.square(W1)) + np.sum(np.square(W2)) + ", "")]
wrong(
    L2_COST, "last_layer_alone", LAST_ALONE,
    "Only the weights of the last layer are in the sum. All three layers pay: in a loop, add to "
    "what there was.",
    "求和里只有最后一层的权重。三层都要计入：在循环里应当累加。",
)  # fmt: skip
wrong(
    L2_COST, "norm_of_the_last_layer_alone",
    [*LAST_ALONE, ("np.sum(np.square(W3))", "np.sqrt(np.sum(np.square(W3)))")],
    "Two things: only the weights of the last layer are in the sum, where all three layers pay (in "
    "a loop, add to what there was); and this is a norm, where the penalty asks for its square, "
    "without a root.",
    "有两处：求和里只有最后一层的权重，而三层都要计入（在循环里应当累加）；这里用的是范数，"
    "而惩罚项要的是范数的平方，不开方。",
)  # fmt: skip
wrong(
    L2_COST, "penalty_without_cross_entropy",
    [("return cross_entropy_cost + L2_regularization_cost", "return L2_regularization_cost")],
    "This is the penalty alone. The cost is the cross-entropy and the penalty together.",
    "这里只有惩罚项。代价是交叉熵与惩罚项之和。",
)  # fmt: skip
wrong(
    L2_COST, "sizes_for_squares",
    [("np.square(W1)", "np.abs(W1)"), ("np.square(W2)", "np.abs(W2)"),
     ("np.square(W3)", "np.abs(W3)")],
    "The sizes of the weights are summed, which is L1's penalty. L2 sums their squares.",
    "这里按权重的绝对值计算，那是 L1 的做法。L2 按平方计算。",
)  # fmt: skip

wrong(
    L2_COST, "weights_without_squares",
    [("np.square(W1)", "W1"), ("np.square(W2)", "W2"), ("np.square(W3)", "W3")],
    "The weights are summed without a square: positive and negative ones cancel. Square every "
    "entry first.",
    "权重没有平方就求和了，正负互相抵消。应当先把每个元素平方。",
)  # fmt: skip
wrong(
    L2_COST, "cross_entropy_twice",
    [("return cross_entropy_cost + L2_regularization_cost",
      "return cross_entropy_cost + (cross_entropy_cost + L2_regularization_cost)")],
    "The cross-entropy is in the cost twice: the last line of the function adds it already. Your "
    "part is the penalty alone.",
    "交叉熵加了两次：函数的最后一行已经加过。你要写的只是惩罚项。",
)  # fmt: skip
wrong(
    L2_COST, "matrix_product_for_squares",
    [("np.square(W1)", "W1.T @ W1"), ("np.square(W2)", "W2.T @ W2"),
     ("np.square(W3)", "W3.T @ W3")],
    "W^T W of a matrix holds products of different weights too. The penalty is the sum of the "
    "squares of the single entries.",
    "矩阵的 W^T W 里还有不同权重之间的乘积。惩罚项是各个元素自身平方的和。",
)  # fmt: skip
wrong(
    L2_COST, "square_of_the_sum",
    [("np.sum(np.square(W1))", "np.square(np.sum(W1))"),
     ("np.sum(np.square(W2))", "np.square(np.sum(W2))"),
     ("np.sum(np.square(W3))", "np.square(np.sum(W3))")],
    "The weights are summed first and squared afterwards. Square every entry, then sum.",
    "先求和再平方了。应当先把每个元素平方，再求和。",
)  # fmt: skip
wrong(
    L2_COST, "sum_of_a_generator",
    [("np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))",
      "np.sum(np.sum(np.square(W)) for W in (W1, W2, W3))")],
    "`np.sum(generator)` is no longer allowed in numpy 2. Use Python's builtin `sum` for the outer "
    "sum, or give `np.sum` a list.",
    "numpy 2 不再允许 `np.sum(生成器)`。外层求和请用 Python 内置的 `sum`，"
    "或者给 `np.sum` 一个列表。",
)  # fmt: skip

# --- the cost with L1 ----------------------------------------------------------------------

wrong(
    L1_COST, "half_the_factor", [("lambd / m", "lambd / (2 * m)")],
    "The penalty is half of what it should be. The 2 belongs to L2, where it cancels against the "
    "square; here there is no square.",
    "惩罚项只有应有的一半。那个 2 属于 L2，用来与平方约掉；这里没有平方。",
)  # fmt: skip
wrong(
    L1_COST, "not_divided_by_m", [("lambd / m", "lambd")],
    "The penalty does not shrink as examples are added: the factor lacks the division by m.",
    "样本变多时惩罚项没有变小：系数里少了除以 m。",
)  # fmt: skip
wrong(
    L1_COST, "squares_for_sizes",
    [("np.abs(W1)", "np.square(W1)"), ("np.abs(W2)", "np.square(W2)"),
     ("np.abs(W3)", "np.square(W3)")],
    "The squares of the weights are summed, which is L2's penalty. L1 sums their sizes.",
    "这里按权重的平方计算，那是 L2 的做法。L1 按绝对值计算。",
)  # fmt: skip
wrong(
    L1_COST, "signed_sum",
    [("np.abs(W1)", "W1"), ("np.abs(W2)", "W2"), ("np.abs(W3)", "W3")],
    "Positive and negative weights cancel in this sum, so large weights can be free. Charge for "
    "their absolute values.",
    "正负权重在这个求和里互相抵消，大权重反而可能不受惩罚。应当按绝对值计算。",
)  # fmt: skip
wrong(
    L1_COST, "matrix_norm",
    [
        ("np.sum(np.abs(W1))", "np.linalg.norm(W1, 1)"),
        ("np.sum(np.abs(W2))", "np.linalg.norm(W2, 1)"),
        ("np.sum(np.abs(W3))", "np.linalg.norm(W3, 1)"),
    ],
    "For a matrix, `np.linalg.norm(W, 1)` is the largest column sum. The penalty is the sum of the "
    "absolute values of all entries.",
    "对矩阵来说，`np.linalg.norm(W, 1)` 是最大的列和。惩罚项是所有元素绝对值之和。",
)  # fmt: skip
wrong(
    L1_COST, "biases_pay_too",
    [
        ("+ np.sum(np.abs(W3))", "+ np.sum(np.abs(W3)) + sum("
         "np.sum(np.abs(parameters[name])) for name in ('b1', 'b2', 'b3'))"),
    ],
    "The biases are in the penalty as well. Only weights are.",
    "偏置也被计入了惩罚。只有权重受惩罚。",
)  # fmt: skip
wrong(
    L1_COST, "penalty_without_cross_entropy",
    [("return cross_entropy_cost + L1_regularization_cost", "return L1_regularization_cost")],
    "This is the penalty alone. The cost is the cross-entropy and the penalty together.",
    "这里只有惩罚项。代价是交叉熵与惩罚项之和。",
)  # fmt: skip

wrong(
    L1_COST, "size_of_the_sum",
    [("np.sum(np.abs(W1))", "abs(np.sum(W1))"), ("np.sum(np.abs(W2))", "abs(np.sum(W2))"),
     ("np.sum(np.abs(W3))", "abs(np.sum(W3))")],
    "The absolute value comes after the sum, when positive and negative weights have cancelled "
    "already. Take the absolute value of every entry before the sum.",
    "先求和再取绝对值，正负权重已经抵消了。应当先对每个元素取绝对值，再求和。",
)  # fmt: skip
wrong(
    L1_COST, "cross_entropy_twice",
    [("return cross_entropy_cost + L1_regularization_cost",
      "return cross_entropy_cost + (cross_entropy_cost + L1_regularization_cost)")],
    "The cross-entropy is in the cost twice: the last line of the function adds it already. Your "
    "part is the penalty alone.",
    "交叉熵加了两次：函数的最后一行已经加过。你要写的只是惩罚项。",
)  # fmt: skip

# --- backward with L2 ----------------------------------------------------------------------

PENALTIES = [f"lambd / m * W{layer}" for layer in (3, 2, 1)]

wrong(
    L2_BACKWARD, "half_the_penalty",
    [(term, term.replace("/ m", "/ (2 * m)")) for term in PENALTIES],
    "The penalty's part of dW is half of what it should be: the slope of w² is 2w, and that 2 "
    "cancels the one in the cost.",
    "dW 中惩罚的部分只有应有的一半：w² 的斜率是 2w，这个 2 与代价里的 2 约掉了。",
)  # fmt: skip
wrong(
    L2_BACKWARD, "data_part_not_divided_by_m",
    [("np.dot(dZ3, A2.T) / m", "np.dot(dZ3, A2.T)"), ("np.dot(dZ2, A1.T) / m", "np.dot(dZ2, A1.T)"),
     ("np.dot(dZ1, X.T) / m", "np.dot(dZ1, X.T)")],
    "The part of dW that comes from the data is not divided by m. Both parts are: the cost is a "
    "mean over the examples.",
    "dW 中来自数据的部分没有除以 m。两部分都要除，因为代价是对样本取平均。",
)  # fmt: skip
wrong(
    L2_BACKWARD, "penalty_not_divided_by_m",
    [(term, term.replace(" / m", "")) for term in PENALTIES],
    "The penalty's part of dW is not divided by m, although the penalty in the cost is.",
    "dW 中惩罚的部分没有除以 m，而代价里的惩罚项是除了的。",
)  # fmt: skip
wrong(
    L2_BACKWARD, "penalty_subtracted",
    [(f"+ {term}", f"- {term}") for term in PENALTIES],
    "The penalty enters with a minus. It is added to the gradient; the minus comes later, when "
    "gradient descent takes its step.",
    "惩罚部分前面是减号。它应当加到梯度上；减号要等到梯度下降更新的时候才出现。",
)  # fmt: skip
wrong(
    L2_BACKWARD, "sign_of_the_weights",
    [(term, term.replace("W", "np.sign(W") + ")") for term in PENALTIES],
    "The penalty pulls by the sign of each weight, which is the slope of L1's penalty. The slope "
    "of L2's grows with the weight.",
    "这里按权重的符号施加拉力，那是 L1 惩罚项的斜率。L2 的斜率与权重成正比。",
)  # fmt: skip
for layer, word, word_zh in ((1, "first", "第一"), (2, "second", "第二"), (3, "third", "第三")):
    wrong(
        L2_BACKWARD, f"penalty_missing_in_layer_{layer}",
        [(f" + lambd / m * W{layer}", "")],
        f"The gradient of the {word} layer's weights does not know of the penalty. All three do.",
        f"{word_zh}层权重的梯度里没有惩罚部分。三层都要有。",
    )  # fmt: skip
wrong(
    L2_BACKWARD, "biases_pay_too",
    [
        ("db3 = np.sum(dZ3, axis=1, keepdims=True) / m",
         "db3 = np.sum(dZ3, axis=1, keepdims=True) / m + lambd / m * b3"),
        ("db2 = np.sum(dZ2, axis=1, keepdims=True) / m",
         "db2 = np.sum(dZ2, axis=1, keepdims=True) / m + lambd / m * b2"),
        ("db1 = np.sum(dZ1, axis=1, keepdims=True) / m",
         "db1 = np.sum(dZ1, axis=1, keepdims=True) / m + lambd / m * b1"),
    ],
    "The gradients of the biases hold the penalty too. The penalty is for weights only.",
    "偏置的梯度里也加了惩罚。只有权重受惩罚。",
)  # fmt: skip

# --- weight decay --------------------------------------------------------------------------

FACTOR = "(1 - learning_rate * lambd / m)"

wrong(
    DECAY, "without_the_learning_rate", [(FACTOR, "(1 - lambd / m)")],
    "The factor lacks the learning rate. The penalty is part of the gradient, and every part of "
    "the gradient is multiplied by it.",
    "系数里少了学习率。惩罚是梯度的一部分，而梯度的每一部分都要乘学习率。",
)  # fmt: skip
wrong(
    DECAY, "half_the_decay", [(FACTOR, "(1 - learning_rate * lambd / (2 * m))")],
    "The weights decay half as fast as they should: the 2 of the cost is gone once the slope is "
    "taken.",
    "权重衰减的速度只有应有的一半：求导之后，代价里的 2 已经没有了。",
)  # fmt: skip
wrong(
    DECAY, "not_divided_by_m", [(FACTOR, "(1 - learning_rate * lambd)")],
    "The factor lacks the division by the number of examples: the penalty's slope is `lambd / m` "
    "times the weight.",
    "系数里少了除以样本数：惩罚项的斜率是 `lambd / m` 乘以权重。",
)  # fmt: skip
wrong(
    DECAY, "weights_grow", [(FACTOR, "(1 + learning_rate * lambd / m)")],
    "The factor is greater than 1: the weights grow in every step. Look at the sign.",
    "系数大于 1：权重每一步都在变大。检查正负号。",
)  # fmt: skip
wrong(
    DECAY, "step_decays_too",
    [(f"{FACTOR} * W - learning_rate * dW", f"{FACTOR} * (W - learning_rate * dW)")],
    "The step itself is shrunk as well. Only the old weight decays; the step on the data's "
    "gradient keeps its length.",
    "这一步的步长也被缩小了。只有旧权重衰减；沿数据梯度走的那一步不变。",
)  # fmt: skip
wrong(
    DECAY, "derivative_shrunk",
    [(f"{FACTOR} * W - learning_rate * dW", f"W - learning_rate * {FACTOR} * dW")],
    "The factor stands in front of the derivative: the step is a little shorter and nothing "
    "decays. It is the old weight that shrinks.",
    "系数乘在了导数前面：步子略短一点，什么也没有衰减。要缩小的是旧的权重。",
)  # fmt: skip
wrong(
    DECAY, "penalty_already_in_the_gradient",
    [(f"{FACTOR} * W - learning_rate * dW",
      f"{FACTOR} * W - learning_rate * (dW + lambd / m * W)")],
    "The penalty acts twice: once in the factor, once in the gradient. `grads` are those of the "
    "cost without it, and the factor is all there is to add.",
    "惩罚作用了两次：系数里一次，梯度里又一次。`grads` 是不含惩罚项的代价的梯度，只需要那个系数。",
)  # fmt: skip
wrong(
    DECAY, "no_decay", [(f"{FACTOR} * W", "W")],
    "This is the plain step of gradient descent: nothing decays.",
    "这是普通的梯度下降，没有任何衰减。",
)  # fmt: skip
wrong(
    DECAY, "biases_decay_too", [("b = b - ", f"b = {FACTOR} * b - ")],
    "The biases decay as well. Only weights do; biases take the plain step.",
    "偏置也衰减了。只有权重衰减，偏置走普通的一步。",
)  # fmt: skip

# --- dropout, forward ----------------------------------------------------------------------

MASKS = ("np.random.rand(*A1.shape) < keep_prob", "np.random.rand(*A2.shape) < keep_prob")
SCALED = ("A1 * D1 / keep_prob", "A2 * D2 / keep_prob")


def both(old, new):
    """The same replacement in the lines of both layers."""
    return [(line, line.replace(old, new)) for line in (*MASKS, *SCALED) if old in line]


wrong(
    FORWARD, "not_divided_by_keep_prob", both(" / keep_prob", ""),
    "Dividing by `keep_prob` is missing after the mask: without it every activation shrinks on "
    "average, and prediction would meet larger ones than training did.",
    "掩码之后没有除以 `keep_prob`：这样激活值平均会变小，预测时遇到的值就比训练时大。",
)  # fmt: skip
wrong(
    FORWARD, "mask_keeps_what_it_should_drop", both(" < ", " > "),
    "The mask is the wrong way round: a uniform number is less than `keep_prob` with just that "
    "probability, so less means kept.",
    "掩码方向反了：均匀随机数小于 `keep_prob` 的概率正是 `keep_prob`，所以小于才是保留。",
)  # fmt: skip
wrong(
    FORWARD, "normal_for_uniform", both("np.random.rand(", "np.random.randn("),
    "The mask comes from the normal distribution (`randn`). The share of its numbers below "
    "`keep_prob` is another one; draw uniformly from 0 to 1.",
    "掩码来自正态分布（`randn`）。其中小于 `keep_prob` 的比例另是一个数；应当均匀抽取。",
)  # fmt: skip
wrong(
    FORWARD, "mask_with_one_half", both("< keep_prob", "< 0.5"),
    "The mask always keeps one half. It has to use the `keep_prob` it was given.",
    "掩码总是保留一半。它应当使用传入的 `keep_prob`。",
)  # fmt: skip
wrong(
    FORWARD, "one_half_everywhere", both("keep_prob", "0.5"),
    "Mask and scaling both use one half. They have to use the `keep_prob` that was given.",
    "掩码和缩放都用了 0.5。它们应当使用传入的 `keep_prob`。",
)  # fmt: skip
wrong(
    FORWARD, "multiplied_by_keep_prob", both(" / keep_prob", " * keep_prob"),
    "The activations are multiplied by `keep_prob`, which shrinks them a second time. Scale them "
    "up instead.",
    "激活值乘了 `keep_prob`，等于又缩小了一次。应当放大。",
)  # fmt: skip
wrong(
    FORWARD, "divided_by_the_share_dropped", both(" / keep_prob", " / (1 - keep_prob)"),
    "The activations are divided by the share that is dropped. Divide by the share that is kept.",
    "激活值除以了丢弃的比例。应当除以保留的比例。",
)  # fmt: skip
wrong(
    FORWARD, "second_layer_not_scaled", [(SCALED[1], "A2 * D2")],
    "Layer 1 is scaled up after its mask, layer 2 is not.",
    "第 1 层在掩码之后放大了，第 2 层没有。",
)  # fmt: skip
wrong(
    FORWARD, "first_layer_not_scaled", [(SCALED[0], "A1 * D1")],
    "Layer 2 is scaled up after its mask, layer 1 is not.",
    "第 2 层在掩码之后放大了，第 1 层没有。",
)  # fmt: skip
wrong(
    FORWARD, "scaled_and_not_masked", both("A1 * D1", "A1") + both("A2 * D2", "A2"),
    "The masks are drawn and never used: no unit is switched off.",
    "掩码抽出来了却没有用：没有任何单元被关掉。",
)  # fmt: skip
wrong(
    FORWARD, "drops_ten_points_more", both("< keep_prob", "< keep_prob - 0.1"),
    "The masks drop ten percentage points more than they should: `keep_prob` = 0.86 keeps 86% and "
    "drops 14%.",
    "掩码多丢了十个百分点：`keep_prob` = 0.86 是保留 86%，丢弃 14%。",
)  # fmt: skip
wrong(
    FORWARD, "one_mask_for_all_examples",
    both("np.random.rand(*A1.shape)", "np.random.rand(A1.shape[0], 1) + np.zeros(A1.shape)")
    + both("np.random.rand(*A2.shape)", "np.random.rand(A2.shape[0], 1) + np.zeros(A2.shape)"),
    "All examples lose the same units. The mask has the shape of the activations: each example "
    "has a column of its own.",
    "所有样本失去的是同样的单元。掩码与激活值同形状：每个样本都有自己的一列。",
)  # fmt: skip

wrong(
    FORWARD, "one_column_for_a_mask",
    both("np.random.rand(*A1.shape)", "np.random.rand(A1.shape[0], 1)")
    + both("np.random.rand(*A2.shape)", "np.random.rand(A2.shape[0], 1)"),
    "The mask is one column, so that all examples lose the same units. It has the shape of the "
    "activations: each example has a column of its own.",
    "掩码只有一列，所有样本失去的是同样的单元。掩码与激活值同形状：每个样本都有自己的一列。",
)  # fmt: skip
for row, shape in (
    ("one_row_for_a_mask", "A{}.shape[1]"),
    ("one_row_of_two_axes", "1, A{}.shape[1]"),
):
    wrong(
        FORWARD, row,
        both("*A1.shape", shape.format(1)) + both("*A2.shape", shape.format(2)),
        "The mask is one row, so that an example loses all units of a layer or none. It has the "
        "shape of the activations: each unit has a row of its own.",
        "掩码只有一行，一个样本要么失去一层的全部单元，要么一个也不失去。掩码与激活值同形状："
        "每个单元都有自己的一行。",
    )  # fmt: skip
wrong(
    FORWARD, "keep_prob_alone_decides",
    [(line, "np.where(keep_prob < 0.5, 0, 1)") for line in MASKS],
    "The mask is decided by `keep_prob` alone: either all units are kept or none. The random "
    "numbers have to decide, one for each unit of each example.",
    "掩码只由 `keep_prob` 决定：单元要么全部保留，要么全部丢弃。应当由随机数决定，"
    "每个样本的每个单元一个。",
)  # fmt: skip
wrong(
    FORWARD, "normal_and_the_wrong_way_round",
    [(line, line.replace("rand(", "randn(").replace(" < ", " > ")) for line in MASKS],
    "The mask comes from the normal distribution (`randn`): draw uniformly from 0 to 1. And it "
    "keeps the numbers above `keep_prob`: less means kept.",
    "掩码来自正态分布（`randn`）：应当从 0 到 1 均匀抽取。另外，保留的是大于 `keep_prob` 的数："
    "小于才是保留。",
)  # fmt: skip
FROM_ACTIVATIONS = [
    (MASKS[0], "np.random.rand(*A1.shape) * 0 + A1 < keep_prob"), (MASKS[1], "A2 < keep_prob"),
]  # fmt: skip
for layer, replace in ((1, FROM_ACTIVATIONS[:1]), (2, FROM_ACTIVATIONS[1:])):
    wrong(
        FORWARD, f"mask_{layer}_from_the_activations", replace,
        f"The mask of layer {layer} compares the activations with `keep_prob`. Chance decides who "
        "is kept: compare the random numbers.",
        f"第 {layer} 层的掩码用激活值与 `keep_prob` 比较。保留谁由随机决定：应当用随机数去比较。",
    )  # fmt: skip
wrong(
    FORWARD, "masks_from_the_activations", FROM_ACTIVATIONS,
    "The masks compare the activations with `keep_prob`. Chance decides who is kept: compare the "
    "random numbers.",
    "掩码用激活值与 `keep_prob` 比较。保留谁由随机决定：应当用随机数去比较。",
)  # fmt: skip

# --- dropout, backward ---------------------------------------------------------------------

LINES = ("dA2 * D2 / keep_prob", "dA1 * D1 / keep_prob")


def both_backward(old, new):
    return [(line, line.replace(old, new)) for line in LINES]


wrong(
    BACKWARD, "not_divided_by_keep_prob", both_backward(" / keep_prob", ""),
    "The gradients are masked and not divided by `keep_prob`. The way forward divided, so by the "
    "chain rule the way back does too.",
    "梯度乘了掩码，但没有除以 `keep_prob`。前向除过，按链式法则反向也要除。",
)  # fmt: skip
wrong(
    BACKWARD, "masks_forgotten", [(LINES[0], "dA2 / keep_prob"), (LINES[1], "dA1 / keep_prob")],
    "Units that were switched off receive gradients. Apply the masks of the forward pass.",
    "被关掉的单元也得到了梯度。要用前向传播时的掩码。",
)  # fmt: skip
wrong(
    BACKWARD, "fresh_masks",
    [(LINES[0], "dA2 * (np.random.rand(*dA2.shape) < keep_prob) / keep_prob"),
     (LINES[1], "dA1 * (np.random.rand(*dA1.shape) < keep_prob) / keep_prob")],
    "The gradients are masked with new random masks. The masks of the forward pass are in the "
    "cache: only those units took part.",
    "梯度用的是新抽的随机掩码。前向传播的掩码在 cache 里：只有那些单元参与了计算。",
)  # fmt: skip
wrong(
    BACKWARD, "one_half_everywhere", both_backward("keep_prob", "0.5"),
    "The gradients are always divided by one half. Use the `keep_prob` that was given.",
    "梯度总是除以 0.5。应当使用传入的 `keep_prob`。",
)  # fmt: skip
wrong(
    BACKWARD, "multiplied_by_keep_prob", both_backward(" / keep_prob", " * keep_prob"),
    "The gradients are multiplied by `keep_prob`. The way forward divided, and so does its slope.",
    "梯度乘了 `keep_prob`。前向是除，它的斜率也是除。",
)  # fmt: skip
wrong(
    BACKWARD, "masks_the_wrong_way_round",
    [(LINES[0], "dA2 * (1 - D2) / keep_prob"), (LINES[1], "dA1 * (1 - D1) / keep_prob")],
    "The gradients go to the units that were off and miss those that were on.",
    "梯度流向了被关掉的单元，反而漏掉了保留的单元。",
)  # fmt: skip
wrong(
    BACKWARD, "second_layer_not_scaled", [(LINES[0], "dA2 * D2")],
    "dA1 is divided by `keep_prob`, dA2 is not.",
    "dA1 除了 `keep_prob`，dA2 没有。",
)  # fmt: skip
wrong(
    BACKWARD, "first_layer_not_scaled", [(LINES[1], "dA1 * D1")],
    "dA2 is divided by `keep_prob`, dA1 is not.",
    "dA2 除了 `keep_prob`，dA1 没有。",
)  # fmt: skip
wrong(
    BACKWARD, "last_gradient_from_the_output", [("np.dot(dZ3, A2.T) / m", "np.dot(dZ3, A3.T) / m")],
    "dW3 is built from A3, the output of its layer. A weight's gradient is built from what the "
    "layer receives, A2.",
    "dW3 用了 A3，那是这一层的输出。权重的梯度要用这一层的输入 A2。",
)  # fmt: skip

wrong(
    BACKWARD, "mask_and_scaling_forgotten", [(LINES[0], "dA2"), (LINES[1], "dA1")],
    "This is the plain backward pass: neither the mask nor the division by `keep_prob` is there, "
    "in either layer.",
    "这是普通的反向传播：两层都既没有用掩码，也没有除以 `keep_prob`。",
)  # fmt: skip

# --- early stopping ------------------------------------------------------------------------

BETTER = "dev_costs[epoch] < dev_costs[best_epoch]"
TIRED = "epoch - best_epoch >= patience"

wrong(
    STOPPING, "one_epoch_too_patient", [(TIRED, "epoch - best_epoch > patience")],
    "Training stops one epoch late: when `patience` epochs have passed without a lower cost, the "
    "last of them already ends it.",
    "停得晚了一轮：过了 `patience` 轮都没有更低的代价，其中最后一轮就应当停止。",
)  # fmt: skip
wrong(
    STOPPING, "one_epoch_too_impatient", [(TIRED, "epoch - best_epoch >= patience - 1")],
    "Training stops one epoch early: all of `patience` epochs are waited for.",
    "停得早了一轮：要等满 `patience` 轮。",
)  # fmt: skip
wrong(
    STOPPING, "compared_with_the_epoch_before",
    [(BETTER, "epoch > 0 and dev_costs[epoch] < dev_costs[epoch - 1]")],
    "Each cost is compared with the one before it. A small dip after a long climb is no "
    "improvement: compare with the best so far.",
    "每个代价都在和前一轮比较。长时间上升之后的小回落不算改进：要和到目前为止最好的比。",
)  # fmt: skip
wrong(
    STOPPING, "the_epoch_it_stopped_in", [("return best_epoch", "return epoch")],
    "This is the epoch in which training stopped. Asked for is the best epoch: those weights are "
    "the ones to keep.",
    "这是停止训练的那一轮。要的是最好的那一轮：留下的是它的权重。",
)  # fmt: skip
wrong(
    STOPPING, "the_epoch_in_which_patience_ran_out", [("break", "return epoch")],
    "Where patience runs out, this is the epoch in which it does. Asked for is the best epoch: "
    "those weights are the ones to keep.",
    "耐心用完时，这里给出的是用完的那一轮。要的是最好的那一轮：留下的是它的权重。",
)  # fmt: skip
wrong(
    STOPPING, "never_out_of_patience", [(TIRED, "False")],
    "This is the best epoch of the whole curve. Patience runs out before some of it is seen.",
    "这是整条曲线上最好的一轮。但耐心会先用完，后面的部分根本看不到。",
)  # fmt: skip
wrong(
    STOPPING, "equal_counts_as_better", [(BETTER, "dev_costs[epoch] <= dev_costs[best_epoch]")],
    "An epoch with the same cost as the best one is taken for an improvement. Lower means lower.",
    "代价相等的一轮被当成了改进。更低就是更低，相等不算。",
)  # fmt: skip
wrong(
    STOPPING, "best_cost_not_kept", [(BETTER, "dev_costs[epoch] < float('inf')")],
    "Every epoch is taken for an improvement. Only what is lower than the lowest cost so far is "
    "one, and that cost has to be kept.",
    "每一轮都被当成了改进：只有比目前最低的代价更低才算，而这个最低的代价要记下来。",
)  # fmt: skip
wrong(
    STOPPING, "compared_with_the_first_cost", [(BETTER, "dev_costs[epoch] < dev_costs[0]")],
    "Every epoch is compared with the first one: the lowest cost so far has to be kept, and "
    "compared with.",
    "每一轮都与第一轮比较：应当记下目前最低的代价，并与它比较。",
)  # fmt: skip
wrong(
    STOPPING, "highest_cost_wins", [(BETTER, "dev_costs[epoch] > dev_costs[best_epoch]")],
    "This looks for the highest cost. A cost is better when it is lower.",
    "这里找的是最高的代价。代价越低越好。",
)  # fmt: skip
wrong(
    STOPPING, "patience_for_the_whole_training", [(TIRED, "epoch >= patience")],
    "Patience is counted from the start. It starts anew with each improvement.",
    "耐心是从头开始数的。每次有改进都要重新数。",
)  # fmt: skip
wrong(
    STOPPING, "waits_are_added_up",
    [(TIRED, "sum(dev_costs[e] >= min(dev_costs[:e]) for e in range(1, epoch + 1)) >= patience")],
    "All epochs without a lower cost are counted together. An improvement sets the count back to "
    "zero.",
    "所有没有更低代价的轮次都累计在一起了。一有改进，计数就要归零。",
)  # fmt: skip
wrong(
    STOPPING, "cost_for_epoch", [("return best_epoch", "return dev_costs[best_epoch]")],
    "This is the lowest cost. Asked for is the index of its epoch.",
    "这是最低的代价。要的是它是第几轮（下标）。",
)  # fmt: skip

# --- flipping ------------------------------------------------------------------------------

MIRRORED = "images[:, :, ::-1, :]"

wrong(
    FLIP, "upside_down", [(MIRRORED, "np.fliplr(images)")],
    "The images stand on their heads: the second axis is the height. `np.fliplr` reverses that "
    "axis, which is left to right for a single image only.",
    "图像倒立了：第二维是高度。`np.fliplr` 倒的正是第二维，只有对单张图像才是左右翻转。",
)  # fmt: skip
wrong(
    FLIP, "turned_around", [(MIRRORED, "images[:, ::-1, ::-1, :]")],
    "Height and width are both reversed: that turns an image by 180 degrees.",
    "高度和宽度都倒过来了：这是把图像旋转 180 度。",
)  # fmt: skip
wrong(
    FLIP, "every_axis_reversed", [(MIRRORED, "np.flip(images)")],
    "`np.flip` without an axis reverses all of them: order of the images, height, width and "
    "channels.",
    "不指定轴的 `np.flip` 会把所有维都倒过来：图像顺序、高度、宽度和通道。",
)  # fmt: skip
wrong(
    FLIP, "channels_reversed", [(MIRRORED, "images[..., ::-1]")],
    "The last axis holds the channels: reversing it swaps red and blue and mirrors nothing.",
    "最后一维是通道：倒过来只是交换红和蓝，并没有镜像。",
)  # fmt: skip
wrong(
    FLIP, "examples_reversed", [(MIRRORED, "images[::-1]")],
    "The first axis counts the images: reversing it changes their order and mirrors none of them.",
    "第一维是图像的编号：倒过来只是改变顺序，没有镜像任何一张。",
)  # fmt: skip
wrong(
    FLIP, "not_flipped", [(MIRRORED, "images.copy()")],
    "The images come back as they were.",
    "图像原样返回了。",
)  # fmt: skip

# --- the dropout layer -------------------------------------------------------------------------

wrong(
    LAYER, "one_mask_for_all_still",
    [("rng.random(A.shape)", "rng.random((A.shape[0], 1))")],
    "All examples still lose the same units: the mask has one column, and broadcasting repeats it.",
    "所有样本仍然失去同样的单元：掩码只有一列，广播把它重复了。",
)  # fmt: skip
wrong(
    LAYER, "still_shrinks_when_predicting", [("predicted = A", "predicted = A * keep_prob")],
    "Predicting still shrinks the activations. Training has made up for the loss already, so "
    "nothing is left to do.",
    "预测时激活值仍然被缩小。训练时已经补偿过了，预测时什么也不用做。",
)  # fmt: skip
wrong(
    LAYER, "scaled_up_when_predicting", [("predicted = A", "predicted = A / keep_prob")],
    "Predicting scales the activations up. Only training does, to make up for the units that are "
    "off; when predicting, none is.",
    "预测时放大了激活值。只有训练时才放大，用来补偿被关掉的单元；预测时没有单元被关掉。",
)  # fmt: skip
wrong(
    LAYER, "one_mask_entry_per_example",
    [("rng.random(A.shape)", "rng.random((1, A.shape[1]))")],
    "The mask has one row: an example loses all of its units or none. Every activation has a "
    "number of its own.",
    "掩码只有一行：一个样本要么失去所有单元，要么一个也不失去。每个激活值都应当有自己的随机数。",
)  # fmt: skip
wrong(
    LAYER, "scaling_taken_away", [("A * D / keep_prob", "A * D")],
    "The division by `keep_prob` is gone: it was right. Without it the mean of many calls is "
    "smaller than A.",
    "除以 `keep_prob` 不见了，它原来是对的。没有它，许多次调用的平均就比 A 小。",
)  # fmt: skip
wrong(
    LAYER, "keeps_what_it_should_drop", [("< keep_prob", "> keep_prob")],
    "The mask is the wrong way round now: a uniform number is less than `keep_prob` with just that "
    "probability.",
    "掩码的方向反了：均匀随机数小于 `keep_prob` 的概率正是 `keep_prob`。",
)  # fmt: skip
wrong(
    LAYER, "normal_for_uniform", [("rng.random(A.shape)", "rng.standard_normal(A.shape)")],
    "The draws are normal now, not uniform: another share than `keep_prob` lies below it.",
    "随机数成了正态分布，不再是均匀分布：小于 `keep_prob` 的比例就不对了。",
)  # fmt: skip
