"""What goes wrong in `gradient_checking`, with the hint that a student should read.

All wrong versions differ from the solution in a place or two; they are made by replacing
those. For each function the most common mistake comes first.
"""

from autograder.graders import edited

COST = "forward_propagation"
DERIVATIVE = "backward_propagation"
CHECK = "gradient_check"
CHECK_N = "gradient_check_n"
REPAIR = "backward_propagation_n"
NAMES = "differences_by_name"

DIFFERENCES = "Two points are better than one"
SECTIONS = {
    COST: "One dimension: the cost",
    DERIVATIVE: "One dimension: the derivative",
    CHECK: "One dimension: the check",
    CHECK_N: "A network: the check",
    REPAIR: "Repair the backward pass",
    NAMES: "Where does it go wrong?",
}


def wrong(function, name, replace, hint, hint_zh, section=""):
    """Register a wrong version of a function; its hint links to the function's own section."""
    edited(
        function,
        name=name,
        replace=replace,
        section=section or SECTIONS[function],
        hint=hint,
        hint_zh=hint_zh,
    )


# --- the one-dimensional model ---------------------------------------------------------------

wrong(
    COST, "sum_for_product", [("J = theta * x", "J = theta + x")],
    "The cost is the product of theta and x, not their sum.",
    "代价是 theta 与 x 的乘积，不是和。",
)  # fmt: skip
wrong(
    COST, "theta_squared", [("J = theta * x", "J = theta ** 2 * x")],
    "The cost is a straight line in theta: theta times x, without a power.",
    "代价是 theta 的一次函数：theta 乘 x，没有平方。",
)  # fmt: skip
wrong(
    DERIVATIVE, "derivative_with_respect_to_x", [("dtheta = x", "dtheta = theta")],
    "This is the derivative with respect to x. Asked for is the one with respect to theta.",
    "这是对 x 的导数。要的是对 theta 的导数。",
)  # fmt: skip
wrong(
    DERIVATIVE, "the_cost_again", [("dtheta = x", "dtheta = theta * x")],
    "This is the cost itself. Its derivative says how fast it grows when theta does.",
    "这是代价本身。它的导数说的是 theta 变大时代价增长得多快。",
)  # fmt: skip
wrong(
    DERIVATIVE, "always_one", [("dtheta = x", "dtheta = 1")],
    "A derivative of 1 would belong to J = theta. Here theta is multiplied by something.",
    "导数为 1 对应的是 J = theta。这里 theta 还乘了别的数。",
)  # fmt: skip

for name, quotient in (
    ("cost_divided_by_theta", "theta * x / theta"),
    ("cost_divided_by_theta_in_numpy", "np.dot(theta, x) / theta"),
):
    wrong(
        DERIVATIVE, name, [("dtheta = x", f"dtheta = {quotient}")],
        "The cost is divided by theta here. That is no number where theta is 0; a derivative says "
        "how fast the cost grows, and is asked for there, too.",
        "这里用代价除以 theta。theta 为 0 时得不到数；导数说的是代价增长得多快，"
        "在 0 处也要求得出来。",
    )  # fmt: skip

# --- one dimension: the check ------------------------------------------------------------------

ASKED = "grad = backward_propagation(x, theta)"
APPROX = "gradapprox = (J_plus - J_minus) / (2 * epsilon)"
NUMERATOR = "numerator = np.linalg.norm(grad - gradapprox)"
DENOMINATOR = "denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)"

wrong(
    CHECK, "never_asks_the_backward_pass", [(ASKED, "grad = x")],
    "The derivative is written down here instead of asked for. Call `backward_propagation`: it is "
    "what the check is there to test.",
    "这里把导数直接写了出来，没有去调用。应当调用 `backward_propagation`：要检验的正是它。",
)  # fmt: skip
wrong(
    CHECK, "never_asks_the_forward_pass",
    [("forward_propagation(x, thetaplus)", "thetaplus * x"),
     ("forward_propagation(x, thetaminus)", "thetaminus * x")],
    "The cost is written down here instead of asked for. Call `forward_propagation`, or the check "
    "fits one cost only.",
    "这里把代价直接写了出来，没有去调用。应当调用 `forward_propagation`，否则只适用于一种代价。",
)  # fmt: skip
wrong(
    CHECK, "asks_neither_function",
    [("forward_propagation(x, thetaplus)", "thetaplus * x"),
     ("forward_propagation(x, thetaminus)", "thetaminus * x"), (ASKED, "grad = x")],
    "Cost and derivative are both written down here instead of asked for: neither function is "
    "called, so the check can find no fault in them.",
    "这里把代价和导数都直接写了出来，两个函数都没有调用，所以查不出它们的错。",
)  # fmt: skip
wrong(
    CHECK, "asks_neither_function_and_moves_x",
    [("thetaplus = theta + epsilon", "thetaplus = x + epsilon"),
     ("thetaminus = theta - epsilon", "thetaminus = x - epsilon"),
     ("forward_propagation(x, thetaplus)", "thetaplus * x"),
     ("forward_propagation(x, thetaminus)", "thetaminus * x"), (ASKED, "grad = x")],
    "Epsilon is added to x here, and cost and derivative are written down instead of asked for. "
    "Move theta, and call both functions.",
    "这里把 epsilon 加到了 x 上，而且代价和导数都是直接写出来的，没有去调用。"
    "应当移动 theta，并调用两个函数。",
)  # fmt: skip
wrong(
    CHECK, "x_moved_in_place_of_theta",
    [("forward_propagation(x, thetaplus)", "forward_propagation(x + epsilon, theta)"),
     ("forward_propagation(x, thetaminus)", "forward_propagation(x - epsilon, theta)")],
    "Epsilon moves x here. The derivative in question is the one with respect to theta: move theta "
    "and leave x where it is.",
    "这里移动的是 x。要检验的是对 theta 的导数：应当移动 theta，x 留在原处。",
)  # fmt: skip
wrong(
    CHECK, "derivative_asked_from_the_cost", [(ASKED, "grad = forward_propagation(x, theta)")],
    "`grad` is the cost at theta. The derivative comes from `backward_propagation`.",
    "`grad` 取成了 theta 处的代价。导数要向 `backward_propagation` 要。",
)  # fmt: skip
wrong(
    CHECK, "costs_added", [("(J_plus - J_minus)", "(J_plus + J_minus)")],
    "The two costs are added. A slope comes from their difference: subtract them.",
    "两个代价被相加了。斜率来自它们的差：应当相减。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK, "multiplied_by_epsilon", [("/ (2 * epsilon)", "/ 2 * epsilon")],
    "Python divides by 2 and then multiplies by epsilon. Put brackets around the denominator.",
    "Python 先除以 2，再乘以 epsilon。给分母加上括号。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK, "only_the_second_cost_divided",
    [("(J_plus - J_minus) / (2 * epsilon)", "J_plus - J_minus / (2 * epsilon)")],
    "Only the second cost is divided: the subtraction needs brackets.",
    "只有第二个代价被除了：减法要加括号。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK, "one_sided_difference", [("thetaminus = theta - epsilon", "thetaminus = theta"),
                                    ("(2 * epsilon)", "epsilon")],
    "This is the one-sided difference, whose error is of the order of epsilon. Go to both sides of "
    "theta.",
    "这是单侧差商，误差是 epsilon 量级。应当在 theta 的两侧都取点。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK, "divided_by_epsilon_once", [("(2 * epsilon)", "epsilon")],
    "The two points are 2 epsilon apart, and the difference is divided by epsilon only.",
    "两点相距 2 epsilon，这里却只除了一个 epsilon。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK, "both_sides_the_same",
    [("thetaminus = theta - epsilon", "thetaminus = theta + epsilon")],
    "Both costs are those of the same point, so they are equal. One point lies to the right of "
    "theta and one to the left, and each cost is asked for at its own.",
    "两个代价是同一个点的代价，所以相等。一个点在 theta 的右边，一个在左边，各求各的代价。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK, "epsilon_ignored",
    [("thetaplus = theta + epsilon", "epsilon = 1e-7\n    thetaplus = theta + epsilon")],
    "The step is fixed. Use the epsilon that the caller passes.",
    "步长被固定了。应当使用传入的 epsilon。",
)  # fmt: skip
wrong(
    CHECK, "backward_pass_at_another_point", [(ASKED, "grad = backward_propagation(x, thetaplus)")],
    "The backward pass is asked at theta plus epsilon. The derivative in question is the one at "
    "theta.",
    "反向传播是在 theta + epsilon 处求的。要比较的是 theta 处的导数。",
)  # fmt: skip
wrong(
    CHECK, "never_asks_the_forward_pass_and_measures_the_distance",
    [("forward_propagation(x, thetaplus)", "thetaplus * x"),
     ("forward_propagation(x, thetaminus)", "thetaminus * x"),
     ("(2 * epsilon)", "(thetaplus - thetaminus)")],
    "The cost is written down here instead of asked for. Call `forward_propagation`, or the check "
    "fits one cost only.",
    "这里把代价直接写了出来，没有去调用。应当调用 `forward_propagation`，否则只适用于一种代价。",
)  # fmt: skip
wrong(
    CHECK, "slope_without_its_sign", [("(J_plus - J_minus)", "abs(J_plus - J_minus)")],
    "The slope from the two costs has lost its sign: a cost may fall, too.",
    "由两个代价得到的斜率丢了正负号：代价也可能下降。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK, "backward_pass_at_the_slope", [(ASKED, "grad = backward_propagation(x, gradapprox)")],
    "The backward pass is asked at the slope that the two costs gave, which is no place. The "
    "derivative in question is the one at theta.",
    "反向传播是在两个代价给出的斜率处求的，而斜率不是一个点。要比较的是 theta 处的导数。",
)  # fmt: skip
AT_THE_POINTS = ("forward_propagation(x, thetaplus)", "forward_propagation(x, thetaminus)")
wrong(
    CHECK, "arguments_of_the_forward_pass_exchanged",
    [(call, f"forward_propagation({call[23:-1]}, x)") for call in AT_THE_POINTS],
    "x and theta have changed places in the calls of `forward_propagation`. Where the cost is a "
    "product of the two it does not show; of another cost it is the wrong slope.",
    "调用 `forward_propagation` 时 x 和 theta 换了位置。代价是两者的乘积时看不出来；"
    "换一种代价，斜率就错了。",
)  # fmt: skip
wrong(
    CHECK, "arguments_of_the_backward_pass_exchanged",
    [(ASKED, "grad = backward_propagation(theta, x)")],
    "x and theta have changed places in the call of `backward_propagation`.",
    "调用 `backward_propagation` 时 x 和 theta 换了位置。",
)  # fmt: skip
wrong(
    CHECK, "arguments_of_both_passes_exchanged",
    [*((call, f"forward_propagation({call[23:-1]}, x)") for call in AT_THE_POINTS),
     (ASKED, "grad = backward_propagation(theta, x)")],
    "x and theta have changed places in the calls of `forward_propagation` and of "
    "`backward_propagation`.",
    "调用 `forward_propagation` 和 `backward_propagation` 时 x 和 theta 都换了位置。",
)  # fmt: skip
wrong(
    CHECK, "cost_at_theta_times_the_points",
    [("forward_propagation(x, thetaplus)", "forward_propagation(x, theta) * thetaplus"),
     ("forward_propagation(x, thetaminus)", "forward_propagation(x, theta) * thetaminus")],
    "Both costs are asked for at theta itself, and multiplied by the points on its two sides. Ask "
    "for the cost at those points.",
    "两个代价都是在 theta 本身处求的，再乘以两侧的点。应当在这两个点上求代价。",
)  # fmt: skip
wrong(
    CHECK, "difference_of_norms",
    [("np.linalg.norm(grad - gradapprox)", "np.linalg.norm(grad) - np.linalg.norm(gradapprox)")],
    "The norms are subtracted. Subtract the gradients first and take the norm of that, or a wrong "
    "sign is never found.",
    "这里是把范数相减。应当先把梯度相减，再取范数，否则符号错了也发现不了。",
)  # fmt: skip
wrong(
    CHECK, "size_of_the_difference_of_norms",
    [("np.linalg.norm(grad - gradapprox)",
      "abs(np.linalg.norm(grad) - np.linalg.norm(gradapprox))")],
    "The norms are subtracted, and the size of that is taken. Subtract the gradients first, or a "
    "wrong sign is never found.",
    "这里是把范数相减再取绝对值。应当先把梯度相减，否则符号错了也发现不了。",
)  # fmt: skip
wrong(
    CHECK, "squared_norms",
    [(NUMERATOR, NUMERATOR + " ** 2"),
     (DENOMINATOR, "denominator = np.linalg.norm(grad) ** 2 + np.linalg.norm(gradapprox) ** 2")],
    "The norms are squared, which makes small faults look harmless. Use them as they are.",
    "范数被平方了，小错误会显得无害。应当直接用范数。",
)  # fmt: skip
wrong(
    CHECK, "not_related_to_the_size", [("numerator / denominator", "numerator")],
    "This is the plain difference, which depends on the units of the cost. Divide by the sum of "
    "the norms.",
    "这是绝对差异，与代价的单位有关。应当除以两个范数之和。",
)  # fmt: skip
wrong(
    CHECK, "norm_of_the_sum", [(DENOMINATOR, "denominator = np.linalg.norm(grad + gradapprox)")],
    "The denominator is the norm of a sum. Gradients of opposite sign cancel in it; add the two "
    "norms.",
    "分母用的是和的范数。符号相反的梯度会互相抵消；应当把两个范数相加。",
)  # fmt: skip
wrong(
    CHECK, "related_to_one_gradient_only", [(DENOMINATOR, "denominator = np.linalg.norm(grad)")],
    "The denominator holds one of the two norms. It is the sum of both.",
    "分母里只有一个范数。应当是两个范数之和。",
)  # fmt: skip

# --- a network: the check ----------------------------------------------------------------------

MINUS_COPY = "thetaminus = np.copy(parameters_values)"
MINUS_STEP = "thetaminus[i][0] = thetaminus[i][0] - epsilon"
PLUS_COPY = "thetaplus = np.copy(parameters_values)"
APPROX_N = "(J_plus[i] - J_minus[i]) / (2 * epsilon)"

wrong(
    CHECK_N, "minus_from_plus", [(MINUS_COPY, "thetaminus = np.copy(thetaplus)")],
    "The left point comes out in the middle, at theta itself: epsilon is not taken off, or it "
    "is taken off the right point or a copy of it. Start from a fresh copy and move to the left.",
    "左边的点落在了中间，也就是 theta 本身：要么没有减去 epsilon，"
    "要么是从右边的点或它的副本上减的。应当从新的副本出发，向左移动。",
)  # fmt: skip
wrong(
    CHECK_N, "epsilon_added_twice", [(MINUS_STEP, MINUS_STEP.replace(" - ", " + "))],
    "Both costs are those of the same point, so every slope is zero. The left cost is asked for at "
    "a copy of its own, from which epsilon is taken off.",
    "两个代价是同一个点的代价，斜率就都是零。左侧的代价要用单独的副本来求，并从中减去 epsilon。",
)  # fmt: skip
wrong(
    CHECK_N, "only_the_second_cost_divided", [(APPROX_N, "J_plus[i] - J_minus[i] / (2 * epsilon)")],
    "Only the second cost is divided: the subtraction needs brackets.",
    "只有第二个代价被除了：减法要加括号。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK_N, "costs_added", [("(J_plus[i] - J_minus[i])", "(J_plus[i] + J_minus[i])")],
    "The two costs are added. A slope comes from their difference: subtract them.",
    "两个代价被相加了。斜率来自它们的差：应当相减。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK_N, "x_moved_as_well",
    [("forward_propagation_n(X, Y, vector_to_dictionary(thetaplus, parameters))",
      "forward_propagation_n(X + epsilon, Y, vector_to_dictionary(thetaplus, parameters))"),
     ("forward_propagation_n(X, Y, vector_to_dictionary(thetaminus, parameters))",
      "forward_propagation_n(X - epsilon, Y, vector_to_dictionary(thetaminus, parameters))")],
    "X is moved by epsilon as well. Only component i of the parameters moves; the examples stay.",
    "X 也移动了 epsilon。只有参数的第 i 个分量要动，样本保持不变。",
)  # fmt: skip
wrong(
    CHECK_N, "vector_handed_over_as_it_is",
    [("vector_to_dictionary(thetaplus, parameters)", "thetaplus"),
     ("vector_to_dictionary(thetaminus, parameters)", "thetaminus")],
    "The vector itself is handed to the network, which knows arrays by name. "
    "`vector_to_dictionary` turns it back into them.",
    "交给网络的是向量本身，而网络按名字取数组。先用 `vector_to_dictionary` 变回数组。",
)  # fmt: skip
wrong(
    CHECK_N, "a_row_where_one_number_goes",
    [("thetaplus[i][0] = thetaplus[i][0] + epsilon", "thetaplus[i][0] = thetaplus[i] + epsilon"),
     (MINUS_STEP, "thetaminus[i][0] = thetaminus[i] - epsilon")],
    "An array of length 1 is put where a single number goes; numpy 2 no longer takes its number "
    "out by itself. Write [0] on both sides.",
    "把长度为 1 的数组放进了只能放一个数的位置；numpy 2 不再自动取出其中的数。两边都要写 [0]。",
)  # fmt: skip
wrong(
    CHECK_N, "sums_for_norms",
    [(NUMERATOR, "numerator = np.sum(np.abs(grad - gradapprox))"),
     (DENOMINATOR, "denominator = np.sum(np.abs(grad)) + np.sum(np.abs(gradapprox))")],
    "Absolute values are summed here. The formula asks for norms, not sums: the root of the sum of "
    "squares.",
    "这里对绝对值求了和。公式要的是范数，不是和：平方和再开方。",
)  # fmt: skip
wrong(
    CHECK_N, "multiplied_by_epsilon", [("/ (2 * epsilon)", "/ 2 * epsilon")],
    "Python divides by 2 and then multiplies by epsilon. Put brackets around the denominator.",
    "Python 先除以 2，再乘以 epsilon。给分母加上括号。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK_N, "norm_of_the_last_element",
    [(NUMERATOR, "numerator = np.linalg.norm(grad[i] - gradapprox[i])"),
     (DENOMINATOR, "denominator = np.linalg.norm(grad[i]) + np.linalg.norm(gradapprox[i])")],
    "Only the last component is compared. The norms are those of the whole vectors.",
    "只比较了最后一个分量。应当取整个向量的范数。",
)  # fmt: skip
wrong(
    CHECK_N, "difference_of_norms",
    [("np.linalg.norm(grad - gradapprox)", "np.linalg.norm(grad) - np.linalg.norm(gradapprox)")],
    "The norms are subtracted: two vectors of the same length count as equal, wherever they point. "
    "Subtract the vectors first.",
    "这里是把范数相减：只要长度相同，方向不同的向量也算相等。应当先把向量相减。",
)  # fmt: skip
wrong(
    CHECK_N, "size_of_the_difference_of_norms",
    [("np.linalg.norm(grad - gradapprox)",
      "abs(np.linalg.norm(grad) - np.linalg.norm(gradapprox))")],
    "The norms are subtracted, and the size of that is taken: two vectors of the same length count "
    "as equal, wherever they point. Subtract the vectors first.",
    "这里是把范数相减再取绝对值：只要长度相同，方向不同的向量也算相等。应当先把向量相减。",
)  # fmt: skip
wrong(
    CHECK_N, "sizes_of_the_single_components",
    [("np.linalg.norm(grad - gradapprox)", "abs(grad - gradapprox)"),
     ("np.linalg.norm(grad) + np.linalg.norm(gradapprox)", "abs(grad) + abs(gradapprox)")],
    "The sizes of the single components are taken, so that an array comes back. A norm makes one "
    "number of a whole vector.",
    "这里取的是各个分量的绝对值，所以返回的是数组。范数把整个向量变成一个数。",
)  # fmt: skip
wrong(
    CHECK_N, "sizes_of_the_single_components_subtracted",
    [("np.linalg.norm(grad - gradapprox)", "abs(abs(grad) - abs(gradapprox))"),
     ("np.linalg.norm(grad) + np.linalg.norm(gradapprox)", "abs(grad) + abs(gradapprox)")],
    "The sizes of the single components are taken, so that an array comes back: a norm makes one "
    "number of a whole vector. And the sizes are subtracted: a wrong sign is never found, so "
    "subtract the vectors first.",
    "这里取的是各个分量的绝对值，所以返回的是数组：范数把整个向量变成一个数。"
    "而且是把绝对值相减：符号错了也发现不了，应当先把向量相减。",
)  # fmt: skip
wrong(
    CHECK_N, "squared_norms",
    [(NUMERATOR, NUMERATOR + " ** 2"),
     (DENOMINATOR, "denominator = np.linalg.norm(grad) ** 2 + np.linalg.norm(gradapprox) ** 2")],
    "The norms are squared, which makes small faults look harmless. Use them as they are.",
    "范数被平方了，小错误会显得无害。应当直接用范数。",
    "Three ways to build a broken instrument",
)  # fmt: skip
wrong(
    CHECK_N, "component_by_component",
    [("difference = numerator / denominator",
      "difference = np.mean(np.abs(grad - gradapprox) / (np.abs(grad) + np.abs(gradapprox)))")],
    "Each component is compared on its own. A component near zero is all noise; compare the whole "
    "vectors once.",
    "这里逐个分量比较。接近零的分量全是噪声；应当把整个向量比较一次。",
    "Three ways to build a broken instrument",
)  # fmt: skip
wrong(
    CHECK_N, "worst_component",
    [("difference = numerator / denominator",
      "difference = np.max(np.abs(grad - gradapprox) / (np.abs(grad) + np.abs(gradapprox)))")],
    "This is the largest difference of a single component. A component near zero is all noise; "
    "compare the whole vectors once.",
    "这里取了单个分量的最大差异。接近零的分量全是噪声；应当把整个向量比较一次。",
    "Three ways to build a broken instrument",
)  # fmt: skip
wrong(
    CHECK_N, "without_copying",
    [(PLUS_COPY, "thetaplus = parameters_values")],
    "`thetaplus` is another name of the parameters' vector here, so changes add up from one "
    "component to the next. Copy first.",
    "这里 `thetaplus` 只是参数向量的另一个名字，改动会从一个分量累积到下一个。应当先复制。",
)  # fmt: skip
wrong(
    CHECK_N, "all_components_moved",
    [("thetaplus[i][0] = thetaplus[i][0] + epsilon", "thetaplus = thetaplus + epsilon"),
     (MINUS_STEP, "thetaminus = thetaminus - epsilon")],
    "All components move at once. Move component i and leave the others where they are.",
    "所有分量一起动了。只动第 i 个分量，其余的留在原处。",
)  # fmt: skip
wrong(
    CHECK_N, "one_sided_difference", [(MINUS_STEP, "pass"), ("(2 * epsilon)", "epsilon")],
    "This is the one-sided difference, whose error is of the order of epsilon. Move each component "
    "to both sides.",
    "这是单侧差商，误差是 epsilon 量级。每个分量都要向两侧移动。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK_N, "divided_by_epsilon_once", [("(2 * epsilon)", "epsilon")],
    "The two points are 2 epsilon apart, and the difference is divided by epsilon only.",
    "两点相距 2 epsilon，这里却只除了一个 epsilon。",
    DIFFERENCES,
)  # fmt: skip
wrong(
    CHECK_N, "epsilon_ignored",
    [("    num_parameters = parameters_values.shape[0]",
      "    num_parameters = parameters_values.shape[0]\n    epsilon = 1e-7")],
    "The step is fixed. Use the epsilon that the caller passes.",
    "步长被固定了。应当使用传入的 epsilon。",
)  # fmt: skip
wrong(
    CHECK_N, "not_related_to_the_size", [("numerator / denominator", "numerator")],
    "This is the plain difference, which depends on the units of the cost. Divide by the sum of "
    "the norms.",
    "这是绝对差异，与代价的单位有关。应当除以两个范数之和。",
)  # fmt: skip
wrong(
    CHECK_N, "norm_of_the_sum", [(DENOMINATOR, "denominator = np.linalg.norm(grad + gradapprox)")],
    "The denominator is the norm of a sum. Gradients of opposite sign cancel in it; add the two "
    "norms.",
    "分母用的是和的范数。方向相反的梯度会互相抵消；应当把两个范数相加。",
)  # fmt: skip
wrong(
    CHECK_N, "made_for_47_parameters",
    [("num_parameters = parameters_values.shape[0]", "num_parameters = 47")],
    "The number of parameters is fixed at that of the example. Take it from the vector.",
    "参数个数被固定为例子里的数。应当从向量得到。",
)  # fmt: skip

# --- the repair --------------------------------------------------------------------------------

DW2 = "dW2 = 1.0 / m * np.dot(dZ2, A1.T)\n"
DB1 = "db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)"

wrong(
    REPAIR, "only_db1_repaired", [(DW2, DW2.replace("\n", " * 2\n"))],
    "dW2 is still wrong. Compare its line with those of dW1 and dW3.",
    "dW2 还不对。把它那一行与 dW1、dW3 的对照一下。",
)  # fmt: skip
wrong(
    REPAIR, "only_dw2_repaired", [(DB1, DB1.replace("1.0 / m", "4.0 / m"))],
    "db1 is still wrong. Compare its line with those of db2 and db3.",
    "db1 还不对。把它那一行与 db2、db3 的对照一下。",
)  # fmt: skip
wrong(
    REPAIR, "mean_lost_in_db1", [(DB1, "db1 = np.sum(dZ1, axis=1, keepdims=True)")],
    "db1 is a sum over the examples now. The cost is a mean, and so are its gradients.",
    "db1 现在是对样本求和。代价是平均，它的梯度也是平均。",
)  # fmt: skip
wrong(
    REPAIR, "mean_lost_in_dw2", [(DW2, "dW2 = np.dot(dZ2, A1.T)\n")],
    "dW2 is a sum over the examples now. The cost is a mean, and so are its gradients.",
    "dW2 现在是对样本求和。代价是平均，它的梯度也是平均。",
)  # fmt: skip
wrong(
    REPAIR, "halved_the_other_weights",
    [(DW2, DW2.replace("\n", " * 2\n")), ("np.dot(dZ1, X.T)", "np.dot(dZ1, X.T) * 2"),
     ("np.dot(dZ3, A2.T)", "np.dot(dZ3, A2.T) * 2")],
    "dW1 and dW3 have been made alike to dW2. Two of the three agreed with the formula before: "
    "trust the formula, not the odd one out.",
    "dW1 和 dW3 被改成了 dW2 的样子。原来三行中有两行与公式一致：要相信公式。",
)  # fmt: skip
wrong(
    REPAIR, "db1_loses_its_column",
    [(DB1, "db1 = 1.0 / m * np.sum(dZ1, axis=1)")],
    "db1 has lost its second axis: it has the shape of b1, a column.",
    "db1 丢了第二个维度：它应当和 b1 一样是一列。",
)  # fmt: skip
wrong(
    REPAIR, "step_back_through_the_wrong_weights",
    [("dZ1 = np.multiply(dA1, A1 > 0)", "dZ1 = dA1")],
    "dZ1 lets everything through. The line with A1 > 0 was right: ReLU passes on a gradient only "
    "where its output is positive.",
    "dZ1 把所有梯度都放过去了。带 A1 > 0 的那一行本来是对的：ReLU 只在输出为正的地方传递梯度。",
)  # fmt: skip
wrong(
    REPAIR, "a_right_line_spoiled",
    [("dW3 = 1.0 / m * np.dot(dZ3, A2.T)", "dW3 = 2.0 / m * np.dot(dZ3, A2.T)")],
    "dW3 was right as it was given, and is twice too large now. Change nothing but the two wrong "
    "lines.",
    "dW3 原来是对的，现在大了一倍。除了那两行错的，别的都不要改。",
)  # fmt: skip

wrong(
    REPAIR, "mean_taken_in_dz3",
    [("dZ3 = A3 - Y", "dZ3 = (A3 - Y) / m"), ("1.0 / m * ", "")],
    "dZ3 is divided by the number of examples already, so that every `dZ` and `dA` is too small. "
    "The mean over the examples belongs to `dW` and `db`.",
    "dZ3 已经除以了样本数，所以每个 `dZ` 和 `dA` 都太小。对样本取平均属于 `dW` 和 `db`。",
)  # fmt: skip
wrong(
    REPAIR, "mean_taken_in_dz3_and_again",
    [("dZ3 = A3 - Y", "dZ3 = (A3 - Y) / m")],
    "dZ3 is divided by the number of examples, and dW and db are divided by it once more. The mean "
    "over the examples belongs to dW and db alone.",
    "dZ3 除以了样本数，dW 和 db 又除了一次。对样本取平均只属于 `dW` 和 `db`。",
)  # fmt: skip

# --- where it differs --------------------------------------------------------------------------

SHARE = "differences[name] = numerator / denominator"
APART = "numerator = np.linalg.norm(grad - slope)"
BOTH = "denominator = np.linalg.norm(grad) + np.linalg.norm(slope)"

wrong(
    NAMES, "difference_of_norms",
    [("np.linalg.norm(grad - slope)", "abs(np.linalg.norm(grad) - np.linalg.norm(slope))")],
    "The norms are subtracted: two arrays of the same length count as equal, wherever they point. "
    "Subtract the arrays first.",
    "这里是把范数相减：只要长度相同，方向不同的数组也算相等。应当先把数组相减。",
)  # fmt: skip
wrong(
    NAMES, "squared_norms",
    [(APART, APART + " ** 2"),
     (BOTH, "denominator = np.linalg.norm(grad) ** 2 + np.linalg.norm(slope) ** 2")],
    "The norms are squared, which makes small faults look harmless. Use them as they are.",
    "范数被平方了，小错误会显得无害。应当直接用范数。",
    "Three ways to build a broken instrument",
)  # fmt: skip
wrong(
    NAMES, "not_related_to_the_size", [(SHARE, "differences[name] = numerator")],
    "These are plain differences, which depend on the size of each gradient. Divide by the sum of "
    "the two norms.",
    "这是绝对差异，与每个梯度的大小有关。应当除以两个范数之和。",
)  # fmt: skip
wrong(
    NAMES, "related_to_one_only", [(BOTH, "denominator = np.linalg.norm(slope)")],
    "The denominator holds one of the two norms. It is the sum of both.",
    "分母里只有一个范数。应当是两个范数之和。",
)  # fmt: skip
wrong(
    NAMES, "norm_of_the_sum", [(BOTH, "denominator = np.linalg.norm(grad + slope)")],
    "The denominator is the norm of a sum, in which opposite signs cancel. Add the two norms.",
    "分母用的是和的范数，符号相反时会互相抵消。应当把两个范数相加。",
)  # fmt: skip
wrong(
    NAMES, "entry_by_entry",
    [(SHARE, "differences[name] = np.mean(np.abs(grad - slope) / (np.abs(grad) + np.abs(slope)))")],
    "Each entry is compared on its own. An entry near zero is all noise; compare each array as a "
    "whole.",
    "这里逐个元素比较。接近零的元素全是噪声；每个数组都应当作为整体来比较。",
    "Three ways to build a broken instrument",
)  # fmt: skip
wrong(
    NAMES, "zero_over_zero",
    [("if not np.any(grad) and not np.any(slope):", "if False:")],
    "A gradient that is zero on both sides gives 0/0 here, and that is NaN. The two agree: their "
    "difference is 0.",
    "梯度在两边都为零时，这里算的是 0/0，得到 NaN。两者是一致的：差异应为 0。",
)  # fmt: skip
wrong(
    NAMES, "sums_for_norms",
    [(APART, "numerator = np.sum(np.abs(grad - slope))"),
     (BOTH, "denominator = np.sum(np.abs(grad)) + np.sum(np.abs(slope))")],
    "Absolute values are summed here. The formula asks for norms, not sums: the root of the sum of "
    "squares.",
    "这里对绝对值求了和。公式要的是范数，不是和：平方和再开方。",
)  # fmt: skip
