"""What goes wrong in `initialization`, with the hint that a student should read.

Most wrong versions differ from the solution in one place; they are made by replacing that
place. The order is how common they are: the formula of a scheme first, then what all four
share.
"""

from autograder.graders import edited

ZEROS = "initialize_parameters_zeros"
RANDOM = "initialize_parameters_random"
HE = "initialize_parameters_he"
XAVIER = "initialize_parameters_xavier"
SIZES = "activation_sizes"
DEEP = "initialize_parameters_deep"
DRAWN = (RANDOM, HE, XAVIER)
ALL = (ZEROS, *DRAWN)

SHAPES = "The network and its shapes"
LETTER = "The letter l and the digit 1"
SYMMETRY = "Zeros: every unit the same"
COLUMN = "A bias is a column"
LARGE = "Large random numbers"
SEED = "A seed inside the function"
RELU = "He: the spread that suits ReLU"
TANH = "Xavier: the spread that suits tanh"
BRACKETS = "The brackets and the root"
INSTRUMENT = "An instrument: the size of a signal"
REPAIR = "Three lines of which two are wrong"

WIDTHS = "layers_dims[l], layers_dims[l - 1]"
BIASES = "np.zeros((layers_dims[l], 1))"
DRAW = f"np.random.randn({WIDTHS})"
TRANSPOSED = "layers_dims[l - 1], layers_dims[l]"
TIMES_TEN = f"{DRAW} * 10"
TIMES_SPREAD = f"{DRAW} * spread"
HE_ROOT = "np.sqrt(2 / layers_dims[l - 1])"
XAVIER_ROOT = "np.sqrt(1 / layers_dims[l - 1])"
LOOP = "range(1, L)"
HEADER = "for l in range(1, L):\n"
END = "    return parameters"


def one(function, name, old, new, section, hint, hint_zh):
    """A wrong version of one function that differs in one place."""
    edited(
        function,
        name=name,
        replace=[(old, new)],
        section=section,
        hint=hint,
        hint_zh=hint_zh,
    )


def each(functions, name, old, new, section, hint, hint_zh):
    """The same wrong version of several functions."""
    for function in functions:
        one(function, name, old, new, section, hint, hint_zh)


# --- the formula of each scheme ----------------------------------------------------------------

one(
    ZEROS, "weights_of_ones", f"np.zeros(({WIDTHS}))", f"np.ones(({WIDTHS}))", SYMMETRY,
    "The weights are ones. They are as alike as zeros, but this function is to make zeros.",
    "权重都是 1。它们和全零一样彼此相同，但这个函数要的是零。",
)  # fmt: skip
one(
    ZEROS, "random_weights", f"np.zeros(({WIDTHS}))", f"{DRAW} * 0.01", SYMMETRY,
    "The weights are small random numbers. Random starts come in the next exercises; this one "
    "is to show what happens without them.",
    "权重是很小的随机数。随机初始化在后面的练习里；这个函数要展示的正是没有随机时会怎样。",
)  # fmt: skip
one(
    ZEROS, "integer_weights", f"np.zeros(({WIDTHS}))", f"np.zeros(({WIDTHS}), dtype=int)", SHAPES,
    "The weights are integers. Training subtracts fractions from them, so they must be "
    "floating-point numbers, numpy's default.",
    "权重是整数。训练时要从中减去小数，所以应当用浮点数，也就是 numpy 的默认类型。",
)  # fmt: skip

one(
    RANDOM, "factor_of_ten_missing", TIMES_TEN, DRAW, LARGE,
    "The draws are left as they are. This function is to show what weights ten times as large "
    "do.",
    "取出的随机数没有放大。这个函数要展示的是权重大十倍会怎样。",
)  # fmt: skip
one(
    RANDOM, "factor_of_ten_in_the_width", TIMES_TEN,
    "np.random.randn(layers_dims[l], layers_dims[l - 1] * 10)", LARGE,
    "The factor stands inside the brackets of the draw: ten times as many columns come out, and "
    "none of the numbers is larger.",
    "因子写在了取随机数的括号里面：列数变成了十倍，而数字一个也没有变大。",
)  # fmt: skip
one(
    RANDOM, "small_instead_of_large", TIMES_TEN, f"{DRAW} * 0.01", LARGE,
    "The weights are a hundredth of the draws, a habit from shallow networks. Here they are to "
    "be large.",
    "权重是随机数的百分之一，这是浅层网络的习惯。这里要的是很大的权重。",
)  # fmt: skip
one(
    RANDOM, "divided_by_ten", TIMES_TEN, f"{DRAW} / 10", LARGE,
    "The draws are divided by ten instead of multiplied.",
    "随机数被除以十了，应当是乘。",
)  # fmt: skip
one(
    RANDOM, "ten_added", TIMES_TEN, f"{DRAW} + 10", LARGE,
    "Ten is added to the draws, which moves their centre. Their spread is to be ten times as "
    "large.",
    "随机数被加上了十，这只移动了中心。应当让它们的离散程度变成十倍。",
)  # fmt: skip

one(
    HE, "xavier_instead", HE_ROOT, XAVIER_ROOT, RELU,
    "This is Xavier's spread, made for tanh. ReLU throws half of the signal away, and He's rule "
    "makes up for that.",
    "这是 Xavier 的尺度，适合 tanh。ReLU 会丢掉一半信号，He 规则要把它补回来。",
)  # fmt: skip
one(
    HE, "root_missing", HE_ROOT, "2 / layers_dims[l - 1]", RELU,
    "The draws are multiplied by He's variance. The variance of a product grows with the square "
    "of the factor, so the factor is the variance's square root.",
    "你用 He 的方差去乘随机数。乘积的方差随因子的平方变化，所以因子应当是方差的平方根。",
)  # fmt: skip
one(
    HE, "one_over_n", HE_ROOT, "1 / layers_dims[l - 1]", BRACKETS,
    "The factor is one over the number of inputs: the square root is missing, and so is what "
    "makes up for the half that ReLU throws away.",
    "因子成了输入个数的倒数：缺了根号，也缺了用来补偿 ReLU 丢掉的那一半的部分。",
)  # fmt: skip
one(
    HE, "outputs_for_inputs", HE_ROOT, "np.sqrt(2 / layers_dims[l])", RELU,
    "The spread follows the width of the layer itself. Each sum runs over the layer's inputs, "
    "so their number decides.",
    "尺度用了这一层自己的宽度。每个和是对这一层的输入求的，应当由输入的个数决定。",
)  # fmt: skip
one(
    HE, "brackets_lost", HE_ROOT, "np.sqrt(2 / layers_dims[l - 1] + layers_dims[l])", BRACKETS,
    "This is a formula that lost its brackets: a width is added after the division, and the "
    "spread grows with the width instead of falling. It was Glorot's, not He's, to begin with.",
    "这个公式丢了括号：除完之后又加上一个宽度，于是尺度随宽度变大而不是变小。"
    "何况它本来是 Glorot 的公式，不是 He 的。",
)  # fmt: skip
one(
    HE, "glorot_instead", HE_ROOT, "np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))", BRACKETS,
    "This is Glorot's compromise between a layer's inputs and outputs. He's rule looks at the "
    "inputs alone.",
    "这是 Glorot 在输入和输出之间的折中。He 规则只看输入。",
)  # fmt: skip
one(
    HE, "root_of_the_numerator_only", HE_ROOT, "np.sqrt(2) / layers_dims[l - 1]", RELU,
    "The square root covers only the numerator of the fraction.",
    "根号只盖住了分子，应当盖住整个分数。",
)  # fmt: skip
one(
    HE, "fraction_upside_down", HE_ROOT, "np.sqrt(layers_dims[l - 1] / 2)", RELU,
    "The fraction under the root stands on its head: more inputs ask for smaller weights.",
    "根号里的分数颠倒了：输入越多，权重应当越小。",
)  # fmt: skip
one(
    HE, "times_the_root_of_n", HE_ROOT, "np.sqrt(layers_dims[l - 1])", BRACKETS,
    "The draws are multiplied by the root of the number of inputs, where they should be divided: "
    "more inputs ask for smaller weights. He's factor of two is missing as well.",
    "随机数乘上了输入个数的平方根，应当是除：输入越多，权重应当越小。He 的因子 2 也没有。",
)  # fmt: skip
one(
    HE, "whole_division", HE_ROOT, "np.sqrt(2 // layers_dims[l - 1])", RELU,
    "`//` divides and throws the fraction away: 2 // n is 0 for three inputs and more. An "
    "ordinary `/` keeps it.",
    "`//` 做除法时把小数部分丢掉了：输入有三个以上时，2 // n 就是 0。普通的 `/` 会保留小数。",
)  # fmt: skip
one(
    HE, "inputs_of_the_first_layer", HE_ROOT, "np.sqrt(2 / layers_dims[1])", LETTER,
    "Every layer gets the spread of one and the same width, that of layer 1: the width under the "
    "root has to change with the layer, and it is the width of what comes in.",
    "每一层的尺度都取自第 1 层的宽度：根号里的宽度应当随层而变，而且是输入的个数。",
)  # fmt: skip
one(
    HE, "digit_one_in_the_spread", HE_ROOT, "np.sqrt(2 / layers_dims[1 - 1])", LETTER,
    "Every layer gets the first layer's spread: the width under the root is always that of the "
    "input, `layers_dims[0]`. It has to change with the layer: the letter l, not a digit.",
    "每一层都用了第一层的尺度：根号里的宽度总是输入的宽度 `layers_dims[0]`。"
    "它应当随层而变：用字母 l，不是数字。",
)  # fmt: skip
one(
    HE, "number_of_layers_under_the_root", HE_ROOT, "np.sqrt(2 / (L - 1))", RELU,
    "Under the root stands the number of layers, which is the same for all of them. It should be "
    "the number of inputs of the layer itself.",
    "根号里写的是层数，对每一层都一样。应当是这一层自己的输入个数。",
)  # fmt: skip
one(
    HE, "number_of_layers_and_the_input_under_the_root", HE_ROOT, "np.sqrt(2 / L)", RELU,
    "Under the root stands the length of `layers_dims`, which is the same for all layers. It "
    "should be the number of inputs of the layer itself.",
    "根号里写的是 `layers_dims` 的长度，对每一层都一样。应当是这一层自己的输入个数。",
)  # fmt: skip
one(
    HE, "spread_missing", TIMES_SPREAD, DRAW, RELU,
    "The draws are left as they are. They still have to be scaled to the number of inputs.",
    "取出的随机数没有缩放，还要按输入的个数调整尺度。",
)  # fmt: skip
one(
    HE, "ten_kept", TIMES_SPREAD, f"{DRAW} * 10 * spread", RELU,
    "The factor of ten from the last exercise is still there.",
    "上一题的十倍还留在这里。",
)  # fmt: skip

one(
    XAVIER, "he_instead", XAVIER_ROOT, HE_ROOT, TANH,
    "This is He's spread, made for ReLU. tanh throws nothing away, so there is nothing to make "
    "up for.",
    "这是 He 的尺度，适合 ReLU。tanh 什么也不丢，不需要补偿。",
)  # fmt: skip
one(
    XAVIER, "root_missing", XAVIER_ROOT, "1 / layers_dims[l - 1]", BRACKETS,
    "The draws are multiplied by Xavier's variance; the factor is its square root. Without the "
    "root everything is zero after a few layers.",
    "你用 Xavier 的方差去乘随机数；因子应当是它的平方根。丢了根号，几层之后一切归零。",
)  # fmt: skip
one(
    XAVIER, "brackets_lost", XAVIER_ROOT, "np.sqrt(2 / layers_dims[l - 1] + layers_dims[l])",
    BRACKETS,
    "This formula lost its brackets: a width is added after the division, and the spread grows "
    "with the width instead of falling.",
    "这个公式丢了括号：除完之后又加上一个宽度，于是尺度随宽度变大而不是变小。",
)  # fmt: skip
one(
    XAVIER, "glorot_instead", XAVIER_ROOT, "np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))",
    BRACKETS,
    "This is the compromise of Glorot's paper, and a good one. In this course Xavier means the "
    "form that looks at the inputs alone.",
    "这是 Glorot 论文里的折中，也是好办法。在本课程中，Xavier 指只看输入的那种形式。",
)  # fmt: skip
one(
    XAVIER, "outputs_for_inputs", XAVIER_ROOT, "np.sqrt(1 / layers_dims[l])", TANH,
    "The spread follows the width of the layer itself. Each sum runs over the layer's inputs, "
    "so their number decides.",
    "尺度用了这一层自己的宽度。每个和是对这一层的输入求的，应当由输入的个数决定。",
)  # fmt: skip
one(
    XAVIER, "two_over_n", XAVIER_ROOT, "2 / layers_dims[l - 1]", TANH,
    "This is the variance of He's rule, without its root. Xavier's is another variance, and the "
    "factor is its square root.",
    "这是 He 规则的方差，还少了根号。Xavier 的方差是另一个，因子要取它的平方根。",
)  # fmt: skip
one(
    XAVIER, "fraction_upside_down", XAVIER_ROOT, "np.sqrt(layers_dims[l - 1])", TANH,
    "The fraction under the root stands on its head: more inputs ask for smaller weights.",
    "根号里的分数颠倒了：输入越多，权重应当越小。",
)  # fmt: skip
one(
    XAVIER, "whole_division", XAVIER_ROOT, "np.sqrt(1 // layers_dims[l - 1])", TANH,
    "`//` divides and throws the fraction away: 1 // n is 0 for two inputs and more. An ordinary "
    "`/` keeps it.",
    "`//` 做除法时把小数部分丢掉了：输入有两个以上时，1 // n 就是 0。普通的 `/` 会保留小数。",
)  # fmt: skip
one(
    XAVIER, "digit_one_in_the_spread", XAVIER_ROOT, "np.sqrt(1 / layers_dims[1 - 1])", LETTER,
    "Every layer gets the first layer's spread: the width under the root is always that of the "
    "input, `layers_dims[0]`. It has to change with the layer: the letter l, not a digit.",
    "每一层都用了第一层的尺度：根号里的宽度总是输入的宽度 `layers_dims[0]`。"
    "它应当随层而变：用字母 l，不是数字。",
)  # fmt: skip
one(
    XAVIER, "spread_missing", TIMES_SPREAD, DRAW, TANH,
    "The draws are left as they are. They still have to be scaled to the number of inputs.",
    "取出的随机数没有缩放，还要按输入的个数调整尺度。",
)  # fmt: skip
one(
    XAVIER, "ten_kept", TIMES_SPREAD, f"{DRAW} * 10 * spread", TANH,
    "The factor of ten from an earlier exercise is still there.",
    "前面练习里的十倍还留在这里。",
)  # fmt: skip

# --- biases ------------------------------------------------------------------------------------

each(
    ALL, "scalar_biases", BIASES, "0", COLUMN,
    "The biases are the number 0. Training hides it, because the number is broadcast, but a "
    "layer has one bias per unit, in a column.",
    "偏置写成了数字 0。广播机制使训练看不出区别，但每个单元都有自己的偏置，排成一列。",
)  # fmt: skip
each(
    ALL, "flat_biases", BIASES, "np.zeros(layers_dims[l])", COLUMN,
    "The biases have one axis only. Added to a matrix such an array is taken for a row; a column "
    "needs a second axis of length 1.",
    "偏置只有一个轴。与矩阵相加时，这样的数组会被当成一行；列向量需要长度为 1 的第二个轴。",
)  # fmt: skip
each(
    ALL, "biases_shaped_like_weights", BIASES, f"np.zeros(({WIDTHS}))", COLUMN,
    "The biases have the shape of the weights. A unit has many weights, but one bias.",
    "偏置的形状和权重一样了。一个单元有很多权重，但只有一个偏置。",
)  # fmt: skip
each(
    ALL, "row_biases", BIASES, "np.zeros((1, layers_dims[l]))", COLUMN,
    "The biases lie in a row. Units are rows and examples are columns, so a bias per unit makes "
    "a column.",
    "偏置排成了一行。行是单元，列是样本，所以每个单元一个偏置应当排成一列。",
)  # fmt: skip
each(
    ALL, "random_biases", BIASES, "np.random.randn(layers_dims[l], 1)", SYMMETRY,
    "The biases are random. Different weights already make the units different; biases start "
    "at zero. Drawing them also shifts the draws of all later weights.",
    "偏置是随机的。权重不同，单元就已经不同了，偏置从零开始。而且为偏置取数会打乱后面所有权重的取数。",
)  # fmt: skip
each(
    ALL, "biases_of_ones", BIASES, "np.ones((layers_dims[l], 1))", SYMMETRY,
    "The biases are ones. They start at zero, whatever the weights do.",
    "偏置是 1。无论权重怎样，偏置都从零开始。",
)  # fmt: skip
each(
    ALL, "integer_biases", BIASES, "np.zeros((layers_dims[l], 1), dtype=int)", COLUMN,
    "The biases are integers. Training subtracts fractions from them, so they must be "
    "floating-point numbers, numpy's default.",
    "偏置是整数。训练时要从中减去小数，所以应当用浮点数，也就是 numpy 的默认类型。",
)  # fmt: skip
each(
    ALL, "biases_of_the_layer_below", BIASES, "np.zeros((layers_dims[l - 1], 1))", COLUMN,
    "There are as many biases as the layer has inputs. It needs one per unit of its own.",
    "偏置的个数等于这一层的输入个数。应当是这一层自己的单元每个一个。",
)  # fmt: skip
one(
    RANDOM, "large_random_biases", BIASES, "np.random.randn(layers_dims[l], 1) * 10", SYMMETRY,
    "The biases are drawn like the weights. Different weights already make the units different; "
    "biases start at zero.",
    "偏置也像权重那样随机取了。权重不同，单元就已经不同了，偏置从零开始。",
)  # fmt: skip

# --- layers and letters ------------------------------------------------------------------------

for function in ALL:
    edited(
        function,
        name="digit_one_in_the_widths",
        replace=[
            ("layers_dims[l]", "layers_dims[1]"),
            ("layers_dims[l - 1]", "layers_dims[1 - 1]"),
        ],
        section=LETTER,
        hint="Every layer gets the widths of the first one: the digit 1 stands where the letter "
        "l belongs.",
        hint_zh="每一层都用了第一层的宽度：该写字母 l 的地方写成了数字 1。",
    )
    edited(
        function,
        name="digit_one_in_the_keys",
        replace=[("str(l)", "str(1)")],
        section=LETTER,
        hint="Every layer overwrites `W1` and `b1`: the keys are made with the digit 1 where the "
        "letter l belongs.",
        hint_zh="每一层都覆盖了 `W1` 和 `b1`：键里该用字母 l 的地方写成了数字 1。",
    )
    edited(
        function,
        name="layers_numbered_from_zero",
        replace=[("str(l)", "str(l - 1)")],
        section=SHAPES,
        hint="The keys begin with `W0`. Number 0 is the input, which has no weights; the first "
        "layer is number 1.",
        hint_zh="键从 `W0` 开始了。第 0 层是输入，没有权重；第一层的编号是 1。",
    )
each(
    ALL, "digit_one_in_the_biases", BIASES, "np.zeros((layers_dims[1], 1))", LETTER,
    "Every layer gets as many biases as the first one: the digit 1 stands where the letter l "
    "belongs.",
    "每一层的偏置个数都和第一层一样：该写字母 l 的地方写成了数字 1。",
)  # fmt: skip
each(
    ALL, "digit_one_in_the_units", "layers_dims[l]", "layers_dims[1]", LETTER,
    "Every layer gets as many units as the first one, in `W` and in `b`: the digit 1 stands where "
    "the letter l belongs.",
    "每一层的单元个数都和第一层一样，`W` 和 `b` 都是：该写字母 l 的地方写成了数字 1。",
)  # fmt: skip
each(
    ALL, "last_layer_missing", LOOP, "range(1, L - 1)", SHAPES,
    "The last layer gets no parameters. `range` stops before its end already, and `L` counts the "
    "input.",
    "最后一层没有参数。`range` 本来就不包含终点，而 `L` 把输入也算在内。",
)  # fmt: skip
each(
    ALL, "two_layers_whatever_comes", LOOP, "range(1, 3)", SHAPES,
    "The function makes two layers whatever it is asked for. Let the length of `layers_dims` "
    "decide.",
    "无论要几层，函数都只造两层。应当由 `layers_dims` 的长度决定。",
)  # fmt: skip
each(
    ALL, "three_layers_whatever_comes", LOOP, "range(1, 4)", SHAPES,
    "The function makes three layers whatever it is asked for, as many as the network of the "
    "lesson has. Let the length of `layers_dims` decide.",
    "无论要几层，函数都造三层，和课上的网络一样多。应当由 `layers_dims` 的长度决定。",
)  # fmt: skip
each(
    ALL, "one_layer_too_many", LOOP, "range(1, L + 1)", SHAPES,
    "The loop goes one layer too far and asks for a width that is not in the list.",
    "循环多走了一层，去取列表里没有的宽度。",
)  # fmt: skip
each(
    ALL, "callers_list_emptied", END, f"    layers_dims.clear()\n{END}",
    SHAPES,
    "The function empties the caller's list. Whoever asked for the parameters still needs it: "
    "read it and leave it as it is.",
    "函数清空了调用者的列表。调用者还要用它：只读取，不要改动。",
)  # fmt: skip
one(
    ZEROS, "transposed_weights", f"np.zeros(({WIDTHS}))", f"np.zeros(({TRANSPOSED}))",
    SHAPES,
    "The weights are transposed. A unit is a row of `W`: as many rows as units, as many columns "
    "as inputs.",
    "权重转置了。`W` 的一行是一个单元：有多少单元就有多少行，有多少输入就有多少列。",
)  # fmt: skip
each(
    DRAWN, "transposed_weights", DRAW, f"np.random.randn({TRANSPOSED})", SHAPES,
    "The weights are transposed. A unit is a row of `W`: as many rows as units, as many columns "
    "as inputs.",
    "权重转置了。`W` 的一行是一个单元：有多少单元就有多少行，有多少输入就有多少列。",
)  # fmt: skip

one(
    ZEROS, "zeros_without_a_tuple", f"np.zeros(({WIDTHS}))", f"np.zeros({WIDTHS})", SHAPES,
    "`np.zeros` takes one shape, a tuple: its second argument is the kind of number. Put the two "
    "widths into brackets of their own.",
    "`np.zeros` 只接受一个形状，也就是一个元组；第二个参数是数的类型。"
    "请把两个宽度再用一对括号括起来。",
)  # fmt: skip
each(
    DRAWN, "randn_of_a_tuple", DRAW, f"np.random.randn(({WIDTHS}))", SEED,
    "`np.random.randn` takes rows and columns as two arguments, not a tuple: one pair of brackets "
    "is too many.",
    "`np.random.randn` 把行数和列数当作两个参数，而不是一个元组：多了一对括号。",
)  # fmt: skip

# --- draws -------------------------------------------------------------------------------------

each(
    DRAWN, "seed_missing", "    np.random.seed(3)\n", "", SEED,
    "The seed is missing: every call gives other numbers, and no check can compare them.",
    "缺了种子：每次调用得到的数都不同，检查无从比较。",
)  # fmt: skip
each(
    DRAWN, "seed_inside_the_loop", HEADER, f"{HEADER}        np.random.seed(3)\n",
    SEED,
    "The seed stands inside the loop, so every layer begins with the same draws. Seed once, "
    "before the loop.",
    "种子放在循环里了，于是每一层都从同样的随机数开始。应当在循环之前只设一次。",
)  # fmt: skip
each(
    DRAWN, "another_seed", "np.random.seed(3)", "np.random.seed(1)", SEED,
    "The draws are those of seed 1. The seed was given at the top of the function.",
    "这些是种子 1 的随机数。函数开头已经给出了种子。",
)  # fmt: skip
each(
    DRAWN, "uniform_draws", DRAW, f"np.random.rand({WIDTHS})", LARGE,
    "`rand` draws evenly between 0 and 1, so all weights are positive. The normal distribution "
    "is `randn`.",
    "`rand` 在 0 和 1 之间均匀取数，所以权重全是正的。正态分布要用 `randn`。",
)  # fmt: skip
each(
    DRAWN, "another_generator", DRAW, f"np.random.default_rng(3).standard_normal(({WIDTHS}))", SEED,
    "The draws come from numpy's new generator, made anew for every layer. It is a fine one, "
    "but its numbers differ; this course draws with `np.random.randn`.",
    "随机数来自 numpy 的新生成器，而且每层都重新建一个。它很好，但数不一样；"
    "本课程用 `np.random.randn`。",
)  # fmt: skip
each(
    DRAWN, "transposed_draws", DRAW, f"np.random.randn({TRANSPOSED}).T", SEED,
    "The shape is right, but the numbers stand in another order: they were drawn for a "
    "transposed matrix and turned afterwards.",
    "形状对了，但数的次序不对：它们是按转置的矩阵取出来、事后再转过来的。",
)  # fmt: skip

# --- the instrument ----------------------------------------------------------------------------

STEP = "A = activation(np.dot(W, A) + b)"
ROOT = "size = np.sqrt(np.mean(A**2))"
one(
    SIZES, "mean_of_sizes", ROOT, "size = np.mean(np.abs(A))", INSTRUMENT,
    "This is the mean of the absolute values. The size is the root of the mean of the squares: "
    "large numbers count for more.",
    "这是绝对值的平均。大小是平方的平均再开方：大的数分量更重。",
)  # fmt: skip
one(
    SIZES, "standard_deviation", ROOT, "size = np.std(A)", INSTRUMENT,
    "The standard deviation takes the mean out before it squares. After ReLU the mean is not "
    "zero, and it belongs to the signal.",
    "标准差在平方之前先减去了均值。ReLU 之后均值不是零，它也是信号的一部分。",
)  # fmt: skip
one(
    SIZES, "root_missing", ROOT, "size = np.mean(A**2)", INSTRUMENT,
    "The square root is missing: this is the mean square, which is twice as many powers of ten.",
    "缺了开方：这是均方，数量级翻了一倍。",
)  # fmt: skip
one(
    SIZES, "square_of_the_mean", ROOT, "size = np.sqrt(np.mean(A) ** 2)", INSTRUMENT,
    "The mean is taken first and squared afterwards, so that positive and negative numbers cancel. "
    "Square every activation, then take the mean.",
    "先取了平均再平方，正负就抵消了。应当先把每个激活值平方，再取平均。",
)  # fmt: skip
one(
    SIZES, "norm_instead", ROOT, "size = np.sqrt(np.sum(A**2))", INSTRUMENT,
    "The squares are summed, not averaged: a wide layer looks louder than a narrow one.",
    "平方是求和而不是平均：宽的层看上去就比窄的层响。",
)  # fmt: skip
one(
    SIZES, "mean_over_the_units_only", ROOT, "size = np.sqrt(np.sum(A**2) / len(A))", INSTRUMENT,
    "The sum of squares is divided by the number of units only. It runs over all examples as well, "
    "so divide by their number too.",
    "平方和只除以了单元的个数。它也对所有样本求了和，所以还要除以样本数。",
)  # fmt: skip
one(
    SIZES, "mean_over_the_examples_only", ROOT, "size = np.sqrt(np.sum(A**2) / A.shape[1])",
    INSTRUMENT,
    "The sum of squares is divided by the number of examples only. It runs over all units as well, "
    "so divide by their number too.",
    "平方和只除以了样本的个数。它也对所有单元求了和，所以还要除以单元数。",
)  # fmt: skip
one(
    SIZES, "one_size_per_example", ROOT, "size = np.sqrt(np.mean(A**2, axis=0))", INSTRUMENT,
    "There is one size per example. A layer has one number: the mean runs over units and examples.",
    "每个样本各得到一个大小。一层只有一个数：平均要对单元和样本一起取。",
)  # fmt: skip
one(
    SIZES, "one_size_per_unit", ROOT, "size = np.sqrt(np.mean(A**2, axis=1))", INSTRUMENT,
    "There is one size per unit. A layer has one number: the mean runs over units and examples.",
    "每个单元各得到一个大小。一层只有一个数：平均要对单元和样本一起取。",
)  # fmt: skip
one(
    SIZES, "before_the_activation", STEP, "A = np.dot(W, A) + b", INSTRUMENT,
    "The activation is left out: this is the size of the sums, not of what the layer hands on.",
    "没有用激活函数：这是和的大小，不是这一层交出去的数的大小。",
)  # fmt: skip
one(
    SIZES, "biases_left_out", STEP, "A = activation(np.dot(W, A))", INSTRUMENT,
    "The biases are left out. They start at zero, but the instrument has to work for any "
    "parameters.",
    "没有加偏置。偏置虽然从零开始，但这件仪器应当对任何参数都能用。",
)  # fmt: skip
one(
    SIZES, "always_relu", STEP, "A = np.maximum(0, np.dot(W, A) + b)", INSTRUMENT,
    "Every layer is given ReLU. The words in `activations` say which activation a layer has.",
    "每一层都用了 ReLU。每层用什么激活函数，由 `activations` 里的词决定。",
)  # fmt: skip
edited(
    SIZES,
    name="always_the_input",
    replace=[("np.dot(W, A)", "np.dot(W, X)")],
    section=INSTRUMENT,
    hint="Every layer is given `X`. From the second layer on, what comes in is what the layer "
    "below handed on.",
    hint_zh="每一层的输入都是 `X`。从第二层起，输入应当是下面一层交出来的数。",
)

# --- the repair --------------------------------------------------------------------------------

SPREAD = "np.sqrt(factor / n_in)"
UNITS = "np.random.randn(n_out, n_in) * spread"
one(
    DEEP, "units_still_alike", UNITS, "np.random.randn(1, n_in) * np.full((n_out, 1), spread)",
    REPAIR,
    "All units of a layer are still alike: one row is drawn and repeated. Look at what the shape "
    "of the draw is, and at what broadcasting makes of it.",
    "同一层的单元仍然都相同：只取了一行随机数，然后重复。看看取数的形状，以及广播把它变成了什么。",
)  # fmt: skip
one(
    DEEP, "outputs_still_in_the_spread", SPREAD, "np.sqrt(factor / n_out)", REPAIR,
    "The spread still follows the width of the layer itself. Each sum runs over the layer's "
    "inputs: look where the sizes jump.",
    "尺度仍然用的是这一层自己的宽度。每个和是对输入求的：看看大小在哪里跳动。",
)  # fmt: skip
one(
    DEEP, "glorot_in_the_spread", SPREAD, "np.sqrt(2 * factor / (n_in + n_out))", REPAIR,
    "The spread looks at inputs and outputs. Both rules of this lesson look at the inputs alone.",
    "尺度同时看了输入和输出。这一课的两条规则都只看输入。",
)  # fmt: skip
one(
    DEEP, "root_taken_away", SPREAD, "factor / n_in", REPAIR,
    "The square root is gone: it was right. The draws are multiplied by a spread, not a variance.",
    "根号没有了，它原来是对的。随机数要乘以标准差，而不是方差。",
)  # fmt: skip
edited(
    DEEP,
    name="factors_exchanged",
    replace=[('{"relu": 2, "tanh": 1}', '{"relu": 1, "tanh": 2}')],
    section=REPAIR,
    hint="ReLU and tanh have exchanged their factors. That line was right as it was given: ReLU "
    "throws half away, and the 2 makes up for it.",
    hint_zh="ReLU 和 tanh 的因子对调了。这一行原来是对的：ReLU 丢掉一半，2 就是用来补偿的。",
)
one(
    DEEP, "random_biases", "np.zeros((n_out, 1))", "np.random.randn(n_out, 1) * spread", REPAIR,
    "The biases are random now. They were right as zeros: different weights make the units "
    "different, and drawing biases shifts the draws of all later weights.",
    "偏置成了随机的。原来的零是对的：权重不同，单元就已经不同了，为偏置取数还会打乱后面权重的取数。",
)  # fmt: skip
one(
    DEEP, "transposed_weights", UNITS, "np.random.randn(n_in, n_out) * spread", REPAIR,
    "The weights are transposed. A unit is a row of `W`: as many rows as units, as many columns "
    "as inputs.",
    "权重转置了。`W` 的一行是一个单元：有多少单元就有多少行，有多少输入就有多少列。",
)  # fmt: skip
one(
    DEEP, "transposed_draws", UNITS, "np.random.randn(n_in, n_out).T * spread", REPAIR,
    "The shape is right, but the numbers stand in another order: they were drawn for a transposed "
    "matrix and turned afterwards.",
    "形状对了，但数的次序不对：它们是按转置的矩阵取出来、事后再转过来的。",
)  # fmt: skip
