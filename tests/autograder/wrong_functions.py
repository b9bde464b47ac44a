"""Wrong functions of the lessons: what a hint has to say of each, and what it must not say.

Each is (assignment, function, mistake, words of which one is wanted, words that mislead, text).
"""

CASES = []


def wrong(assignment, function, mistake, wanted, misleading, text):
    CASES.append((assignment, function, mistake, wanted, misleading, text.strip("\n") + "\n"))


wrong(
    "gradient_checking",
    "gradient_check",
    "the cost and its slope are written out",
    ("asked for", "never called"),
    ("norms are subtracted",),
    """
def gradient_check(x, theta, epsilon=1e-7):
    right, left = (theta + epsilon) * x, (theta - epsilon) * x
    slope = (right - left) / (2 * epsilon)
    size = np.linalg.norm(x) + np.linalg.norm(slope)
    return np.linalg.norm(x - slope) / size
""",
)
BATCHES = """
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    count = X.shape[1]
    columns = np.random.permutation(count)
    A, B = X[:, columns], Y[:, columns]
    whole = count // mini_batch_size
    pairs = []
    for k in range(whole):
        begin, end = k * mini_batch_size, (k + 1) * mini_batch_size
        pairs.append((A[:, begin:end], B[:, begin:end]))
    if count > whole * mini_batch_size:
        pairs.append((A[:, whole * mini_batch_size :], B[:, whole * mini_batch_size :]))
    return pairs
"""


def batches(mistake, wanted, misleading, *edits):
    text = BATCHES
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    wrong("optimization", "random_mini_batches", mistake, wanted, misleading, text)


ORDER = ("order is another one", "One example is missing")
batches("the rest begins as many columns before the end as there are batches",
        ("12", "where the last full batch ended"), ORDER,
        ("whole * mini_batch_size :", "count - whole :"))  # fmt: skip
batches("every round cuts the same columns", ("`k`", "9"), ORDER,
        ("k * mini_batch_size, (k + 1) * mini_batch_size", "0, mini_batch_size"))  # fmt: skip
batches("the labels of the rest are cut from the examples", ("12", "label"), ORDER,
        ("B[:, whole", "A[:, whole"))  # fmt: skip
batches("one column for a range of them", ("colon", "column"), ORDER,
        ("whole * mini_batch_size :", "whole * mini_batch_size"))  # fmt: skip
batches("the rest is None", ("pair",), ORDER,
        ("(A[:, whole * mini_batch_size :], B[:, whole * mini_batch_size :])", "None"))  # fmt: skip

ADAM = """
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    new, v, s, vc, sc = dict(parameters), dict(v), dict(s), {}, {}
    for l in range(1, len(new) // 2 + 1):
        W, b, dW, db = f"W{l}", f"b{l}", f"dW{l}", f"db{l}"
        v[dW] = beta1 * v[dW] + (1 - beta1) * grads[dW]
        v[db] = beta1 * v[db] + (1 - beta1) * grads[db]
        s[dW] = beta2 * s[dW] + (1 - beta2) * grads[dW] ** 2
        s[db] = beta2 * s[db] + (1 - beta2) * grads[db] ** 2
        vc[dW], vc[db] = v[dW] / (1 - beta1**t), v[db] / (1 - beta1**t)
        sc[dW] = s[dW] / (1 - beta2**t)
        sc[db] = s[db] / (1 - beta2**t)
        new[W] = new[W] - learning_rate * vc[dW] / (np.sqrt(sc[dW]) + epsilon)
        new[b] = new[b] - learning_rate * vc[db] / (np.sqrt(sc[db]) + epsilon)
    return new, v, s
"""


def adam(mistake, wanted, misleading, *edits):
    text = ADAM
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    wrong("optimization", "update_parameters_with_adam", mistake, wanted, misleading, text)


LAYER = ("number of the layer", "added to the whole fraction")
adam("no power in the corrections, and epsilon inside of the root", ("power",), LAYER,
     ("**t", ""), ("(np.sqrt(sc[dW]) + epsilon)", "np.sqrt(sc[dW] + epsilon)"),
     ("(np.sqrt(sc[db]) + epsilon)", "np.sqrt(sc[db] + epsilon)"))  # fmt: skip
adam("no power in the corrections, and no epsilon", ("power",), LAYER,
     ("**t", ""), ("(np.sqrt(sc[dW]) + epsilon)", "np.sqrt(sc[dW])"),
     ("(np.sqrt(sc[db]) + epsilon)", "np.sqrt(sc[db])"))  # fmt: skip
adam("the s of the biases is made from that of the weights", ("dW", "12"), LAYER,
     ("sc[db] = s[db]", "sc[db] = s[dW]"))  # fmt: skip
adam("s forgets as fast as v", ("memory of v", "beta1", "β₂"), LAYER,
     ("beta2 * s", "beta1 * s"))  # fmt: skip
adam("a plus in the corrections", ("sign", "plus"), LAYER,
     ("(1 - beta1**t)", "(1 + beta1**t)"), ("(1 - beta2**t)", "(1 + beta2**t)"))  # fmt: skip
adam("a square for the root", ("root", "np.square"), LAYER, ("np.sqrt", "np.square"))
adam("v averages itself", ("6", "gradient"), LAYER,
     ("(1 - beta1) * grads[dW]", "(1 - beta1) * v[dW]"),
     ("(1 - beta1) * grads[db]", "(1 - beta1) * v[db]"))  # fmt: skip
wrong(
    "optimization",
    "update_parameters_with_gd",
    "weights go uphill",
    ("sign", "uphill", "up the slope"),
    ("key",),
    """
def update_parameters_with_gd(parameters, grads, learning_rate):
    moved = {}
    for layer in range(1, len(parameters) // 2 + 1):
        W, b = f"W{layer}", f"b{layer}"
        moved[W] = parameters[W] + learning_rate * grads["d" + W]
        moved[b] = parameters[b] - learning_rate * grads["d" + b]
    return moved
""",
)
wrong(
    "optimization",
    "initialize_velocity",
    "velocity of the biases in the shape of the weights",
    ("W", "bias"),
    ("transposed",),
    """
def initialize_velocity(parameters):
    v = {}
    for l in range(1, len(parameters) // 2 + 1):
        v["dW%d" % l] = np.zeros(parameters["W%d" % l].shape)
        v["db%d" % l] = np.zeros(parameters["W%d" % l].shape)
    return v
""",
)
wrong(
    "initialization",
    "initialize_parameters_zeros",
    "zeros without a tuple",
    ("tuple", "brackets"),
    ("transposed",),
    """
def initialize_parameters_zeros(layers_dims):
    made = {}
    for l, units in enumerate(layers_dims[1:], start=1):
        made[f"W{l}"] = np.zeros(units, layers_dims[l - 1])
        made[f"b{l}"] = np.zeros((units, 1))
    return made
""",
)
wrong(
    "regularization",
    "compute_cost_with_regularization",
    "the cross-entropy added twice",
    ("twice", "5"),
    ("biases", "norms"),
    """
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    plain = compute_cost(A3, Y)
    squares = sum(np.sum(parameters[f"W{l}"] ** 2) for l in (1, 2, 3))
    penalty = plain + lambd * squares / (2 * Y.shape[1])
    return plain + penalty
""",
)
wrong(
    "regularization",
    "compute_cost_with_regularization",
    "no squares",
    ("square", "power"),
    ("biases", "twice"),
    """
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    weights = [parameters[f"W{l}"] for l in (1, 2, 3)]
    size = sum(np.sum(W) for W in weights)
    return compute_cost(A3, Y) + lambd * size / (2 * Y.shape[1])
""",
)
wrong(
    "regularization",
    "compute_cost_with_regularization",
    "np.sum of a generator",
    ("builtin", "generator"),
    ("biases", "twice"),
    """
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    weights = [parameters[f"W{l}"] for l in (1, 2, 3)]
    size = np.sum(np.sum(W**2) for W in weights)
    return compute_cost(A3, Y) + lambd * size / (2 * Y.shape[1])
""",
)
CHECK_N = """
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    values, _ = dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    slopes = np.zeros_like(values)
    for i in range(values.shape[0]):
        step = np.zeros_like(values)
        step[i] = epsilon
        up, _ = forward_propagation_n(X, Y, vector_to_dictionary(values + step, parameters))
        down, _ = forward_propagation_n(X, Y, vector_to_dictionary(values - step, parameters))
        slopes[i] = (up - down) / (2 * epsilon)
    size = np.linalg.norm(grad) + np.linalg.norm(slopes)
    return np.linalg.norm(grad - slopes) / size
"""


def check_n(mistake, wanted, misleading, *edits):
    text = CHECK_N
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    wrong("gradient_checking", "gradient_check_n", mistake, wanted, misleading, text)


check_n("costs added", ("sign", "added"), ("same point",), ("(up - down)", "(up + down)"))
check_n("X is moved as well", ("8", "X is moved"), ("same point",),
        ("up, _ = forward_propagation_n(X, Y", "up, _ = forward_propagation_n(X + epsilon, Y"),
        ("down, _ = forward_propagation_n(X, Y", "down, _ = forward_propagation_n(X - epsilon, Y"))  # fmt: skip # noqa: E501
check_n("the vector handed over as it is", ("vector_to_dictionary", "dictionary", "8"),
        ("same point",), ("vector_to_dictionary(values + step, parameters)", "values + step"),
        ("vector_to_dictionary(values - step, parameters)", "values - step"))  # fmt: skip
check_n("the length of the difference of lengths", ("norms are subtracted", "11", "12"),
        ("same point",),
        ("np.linalg.norm(grad - slopes)", "abs(np.linalg.norm(grad) - np.linalg.norm(slopes))"))  # fmt: skip # noqa: E501
wrong(
    "batchnorm_softmax_tuning",
    "batchnorm_inference",
    "one scale for both readings, not divided by the root",
    ("Line 5: a factor or a divisor",),
    ("6", "7"),
    """
def batchnorm_inference(Z, gamma, beta, running, epsilon=1e-8):
    centre = running["mu"]
    spread = running["sigma2"]
    root = np.sqrt(spread + epsilon)
    scale = gamma
    shift = beta - centre * scale
    return scale * Z + shift
""",
)
wrong(
    "batchnorm_softmax_tuning",
    "sample_beta",
    "the lower end of the exponents is no exponent",
    ("Line 4: a function has to be applied",),
    ("6",),
    """
def sample_beta(low, high, n, seed):
    draws = np.random.RandomState(seed)
    u = draws.rand(n)
    begin = 1 - high
    end = np.log10(1 - low)
    r = begin + u * (end - begin)
    return 1 - 10**r
""",
)
wrong(
    "batchnorm_softmax_tuning",
    "sample_log_uniform",
    "the width is taken from the wrong end, which a sign below would make good",
    ("Line 6: the two sides",),
    ("7", "sign"),
    """
def sample_log_uniform(low, high, n, seed):
    draws = np.random.RandomState(seed)
    u = draws.rand(n)
    begin = np.log10(low)
    end = np.log10(high)
    width = begin - end
    r = begin + width * u
    return 10**r
""",
)
wrong(
    "batchnorm_softmax_tuning",
    "softmax",
    "divided by nothing: what is returned could be divided as well",
    ("Line 6: a factor or a divisor",),
    ("7",),
    """
def softmax(Z):
    top = np.max(Z, axis=0)
    moved = Z - top
    e = np.exp(moved)
    total = e.sum(axis=0)
    A = e
    return A
""",
)
wrong(
    "initialization",
    "initialize_parameters_he",
    "the variance grows with the inputs",
    ("Line 7: look at the operation",),
    ("9", "10"),
    """
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        rows = layers_dims[l]
        cols = layers_dims[l - 1]
        variance = 2 * cols
        spread = np.sqrt(variance)
        draws = np.random.randn(rows, cols)
        parameters["W" + str(l)] = draws * spread
        parameters["b" + str(l)] = np.zeros((rows, 1))
    return parameters
""",
)
wrong(
    "optimization",
    "update_parameters_with_gd",
    "the rate is divided by a gradient that is right",
    ("Line 8: look at the operation",),
    ("One of", "4"),
    """
def update_parameters_with_gd(parameters, grads, learning_rate):
    moved = {}
    for l in range(1, len(parameters) // 2 + 1):
        slope_W = grads["dW" + str(l)]
        slope_b = grads["db" + str(l)]
        W = parameters["W" + str(l)]
        b = parameters["b" + str(l)]
        moved["W" + str(l)] = W - learning_rate / slope_W
        moved["b" + str(l)] = b - learning_rate * slope_b
    return moved
""",
)
wrong(
    "gradient_checking",
    "gradient_check",
    "twice the step to one side, and the distances added",
    ("What `forward_propagation` is given as `theta` is not always",),
    ("Line 2", "Line 8"),
    """
def far(a, b):
    return abs(a + b) / (a * a + b * b)

def gradient_check(x, theta, epsilon=1e-7):
    cost = lambda t: forward_propagation(x, t)
    slope = (cost(theta + 2 * epsilon) - cost(theta - epsilon)) / (2 * epsilon)
    return far(backward_propagation(x, theta), slope)
""",
)
wrong(
    "initialization",
    "initialize_parameters_he",
    "another seed, and two slips more",
    ("Line 2: the seed is another number here",),
    ("Line 3", "Line 4", "One of"),
    """
def initialize_parameters_he(layers_dims):
    np.random.seed(42)
    W = {}
    for l in range(1, len(layers_dims)):
        rows, columns = layers_dims[l], layers_dims[l - 1]
        W["W" + str(l)] = np.random.randn(rows, columns) * np.sqrt(1 / rows)
        W["b" + str(l)] = np.ones((layers_dims[l], 1))
    return W
""",
)
wrong(
    "initialization",
    "initialize_parameters_he",
    "zeros in place of draws",
    ("Nothing is drawn at random in this function",),
    ("letter by letter",),
    """
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    found = {}
    for l in range(1, len(layers_dims)):
        found[f"W{l}"] = np.full((layers_dims[l], layers_dims[l - 1]), 0.0)
        found[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return found
""",
)
