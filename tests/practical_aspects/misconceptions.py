"""Known wrong versions of the functions of `practical_aspects`, the most common first."""

import numpy as np

from autograder.diagnose import edited, misconception

HOLD_OUT = "How many examples to hold out"
SHUFFLE = "Shuffle once, then cut"
BIAS_VARIANCE = "Bias or variance?"
NORMALIZE = "Put the inputs on one scale"
APPLY = "New data gets the old μ and σ"
DEPTH = "Depth multiplies"


# --- split_sizes ----------------------------------------------------------------------------


@misconception(
    "split_sizes",
    hint="60/20/20 is used for every amount of data. Above 10,000 examples the dev and test sets "
    "do not need a fifth any more: look at the table again.",
    section=HOLD_OUT,
)
def always_a_fifth(m):
    held_out = m // 5
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="98/1/1 starts right above 10,000 here, so 20,000 examples get a dev set of 200, far "
    "smaller than 10,000 examples get. In between, the sets do not shrink.",
    section=HOLD_OUT,
)
def a_hundredth_above_ten_thousand(m):
    held_out = m // 5 if m <= 10_000 else m // 100
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="Between 10,000 and a million the sets stay at 2,000 here even where a hundredth is more.",
    section=HOLD_OUT,
)
def two_thousand_up_to_a_million(m):
    held_out = m // 5 if m <= 10_000 else 2_000 if m < 1_000_000 else m // 100
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="The dev and test sets stay at 2,000 for ever here; from some size on, a hundredth of the "
    "examples is more.",
    section=HOLD_OUT,
)
def never_more_than_two_thousand(m):
    held_out = min(m // 5, 2_000)
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="All three sizes are rounded down, so that some examples are in no set at all. The "
    "training set should get whatever is left.",
    section=HOLD_OUT,
)
def examples_lost_by_rounding(m):
    held_out = max(min(m // 5, 2000), m // 100)
    share = held_out if m > 10_000 else 0
    return (m - 2 * share if share else 3 * m // 5), held_out, held_out


@misconception(
    "split_sizes",
    hint="The dev and test sets are rounded to the nearest whole number; the rule rounds down.",
    section=HOLD_OUT,
)
def rounded_to_the_nearest(m):
    held_out = round(max(min(m / 5, 2000), m / 100))
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="The counts come out with a fraction or as floats; a number of examples is a whole "
    "number. Whole-number division rounds down.",
    section=HOLD_OUT,
)
def fractions_of_examples(m):
    held_out = max(min(m / 5, 2000), m / 100)
    return m - 2 * held_out, held_out, held_out


@misconception(
    "split_sizes",
    hint="The training set gives up only one of the two held-out sets: the three counts add up to "
    "more than there is.",
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
    section=SHUFFLE,
    replace=[("Y[:, order]", "Y")],
)
edited(
    "train_dev_test_split",
    name="not_shuffled",
    hint="The columns are cut in the order in which they came. Sorted data then give a test set of "
    "one class: use the permutation first.",
    section=SHUFFLE,
    replace=[("X[:, order]", "X"), ("Y[:, order]", "Y")],
)
edited(
    "train_dev_test_split",
    name="cut_from_the_unshuffled_data",
    hint="The dev and test sets are cut from the data before shuffling, so they share examples "
    "with the training set.",
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
    section=SHUFFLE,
    replace=[("train : train + dev]", "train : dev]")],
)
edited(
    "train_dev_test_split",
    name="test_overlaps_dev",
    hint="The test set starts where the dev set starts, so both share examples.",
    section=SHUFFLE,
    replace=[("[:, train + dev :]", "[:, train:]")],
)
edited(
    "train_dev_test_split",
    name="last_example_dropped",
    hint="The last example is in none of the three sets: a slice that ends at -1 leaves it out.",
    section=SHUFFLE,
    replace=[("[:, train + dev :]", "[:, train + dev : -1]")],
)
edited(
    "train_dev_test_split",
    name="last_columns_by_a_negative_slice",
    hint="The test set is cut as the last `test` columns by a negative slice. When it is to be "
    "empty, `-0` is the first column, and it gets everything.",
    section=SHUFFLE,
    replace=[("[:, train + dev :]", "[:, -test:]")],
)
edited(
    "train_dev_test_split",
    name="off_by_one_between_sets",
    hint="One example between two sets is in neither: a slice already leaves out the column it "
    "ends at, so the next set starts exactly there.",
    section=SHUFFLE,
    replace=[("train : train + dev]", "train + 1 : train + dev]")],
)
edited(
    "train_dev_test_split",
    name="dev_and_test_swapped",
    hint="The dev and the test set are in each other's place: the order is train, dev, test.",
    section=SHUFFLE,
    replace=[("return train_set, dev_set, test_set", "return train_set, test_set, dev_set")],
)


@misconception(
    "train_dev_test_split",
    hint="Column i of the shuffled data is column order[i] of the data; here column i moves to "
    "place order[i], which is the inverse permutation.",
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
    section=SHUFFLE,
    replace=[("RandomState(seed)", "RandomState(0)")],
)


@misconception(
    "train_dev_test_split",
    hint="Each feature is shuffled on its own, which mixes the features of different examples. A "
    "column moves as a whole.",
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
    section=BIAS_VARIANCE,
    replace=[("train_error - bayes_error > gap", "train_error > gap")],
)
edited(
    "diagnose",
    name="variance_from_the_bayes_error",
    hint="Variance is measured from the Bayes error here. It is the distance from the training "
    "error up to the dev error.",
    section=BIAS_VARIANCE,
    replace=[("dev_error - train_error > gap", "dev_error - bayes_error > gap")],
)
edited(
    "diagnose",
    name="variance_is_the_dev_error",
    hint="A high dev error alone is taken for variance; what counts is how far it lies above the "
    "training error.",
    section=BIAS_VARIANCE,
    replace=[("dev_error - train_error > gap", "dev_error > gap")],
)
edited(
    "diagnose",
    name="gap_fixed",
    hint="The gap is fixed at two points; the caller may ask for another one.",
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
    section=BIAS_VARIANCE,
    replace=[("verdicts[high_bias, high_variance]", "verdicts[high_variance, high_bias]")],
)


@misconception(
    "diagnose",
    hint="A model with high bias is never asked about its variance, so `both` cannot come out.",
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
    section=BIAS_VARIANCE,
    replace=[("> gap", ">= gap")],
)


# --- normalize_inputs -----------------------------------------------------------------------

edited(
    "normalize_inputs",
    name="divided_by_the_variance",
    hint="The inputs are divided by σ². That turns small features into large ones; divide by the "
    "standard deviation σ.",
    section=NORMALIZE,
    replace=[("(X_train - mu) / sigma", "(X_train - mu) / sigma**2")],
)
edited(
    "normalize_inputs",
    name="sigma_is_the_variance",
    hint="The square root is missing: sigma holds the variance σ², and the inputs are divided by "
    "it.",
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
    section=NORMALIZE,
    replace=[("np.where(constant, 1.0, sigma)", "sigma")],
)
edited(
    "normalize_inputs",
    name="epsilon_for_a_constant_feature",
    hint="A tiny number is added to σ. For a constant feature that is nearly a division by zero: "
    "the first new value that differs would become huge. Take σ = 1 there.",
    section=NORMALIZE,
    replace=[("np.where(constant, 1.0, sigma)", "sigma + 1e-8")],
)
edited(
    "normalize_inputs",
    name="statistics_over_the_features",
    hint="Mean and deviation are taken over the features of one example. Examples are columns: "
    "each feature's statistics run along its row.",
    section=NORMALIZE,
    replace=[("axis=1, keepdims=True))\n    # a", "axis=0, keepdims=True))\n    # a"),
             ("mu = np.mean(X_train, axis=1, keepdims=True)",
              "mu = np.mean(X_train, axis=0, keepdims=True)")],
)  # fmt: skip


@misconception(
    "normalize_inputs",
    hint="One mean and one deviation are taken over the whole matrix; every feature has its own.",
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
    section=NORMALIZE,
    replace=[("(X_train - mu) ** 2", "X_train ** 2")],
)
edited(
    "normalize_inputs",
    name="not_centred",
    hint="The mean is not subtracted from the inputs.",
    section=NORMALIZE,
    replace=[("X_norm = (X_train - mu) / sigma", "X_norm = X_train / sigma")],
)
edited(
    "normalize_inputs",
    name="statistics_as_flat_vectors",
    hint="mu and sigma have shape (n_x,). As columns of shape (n_x, 1) they subtract from every "
    "example without further care: look for `keepdims`.",
    section=NORMALIZE,
    replace=[("return X_norm, mu, sigma", "return X_norm, mu.ravel(), sigma.ravel()")],
)


@misconception(
    "normalize_inputs",
    hint="Each feature is squeezed between its smallest and largest value. Normalizing is to "
    "subtract the mean and divide by the standard deviation; one outlier cannot spoil it so much.",
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
    section=APPLY,
)
def statistics_of_the_new_data(X, mu, sigma):
    own = np.std(X, axis=1, keepdims=True)
    return (X - np.mean(X, axis=1, keepdims=True)) / np.where(own == 0, 1.0, own)


edited(
    "apply_normalization",
    name="applied_with_the_variance",
    hint="New data are divided by σ²; divide by σ.",
    section=NORMALIZE,
    replace=[("/ sigma", "/ sigma**2")],
)
edited(
    "apply_normalization",
    name="only_centred",
    hint="The mean is subtracted and the division by σ is missing.",
    section=APPLY,
    replace=[("(X - mu) / sigma", "X - mu")],
)
edited(
    "apply_normalization",
    name="only_mu_divided",
    hint="Only μ is divided by σ: without brackets the division comes first.",
    section=APPLY,
    replace=[("(X - mu) / sigma", "X - mu / sigma")],
)
edited(
    "apply_normalization",
    name="own_mean_old_sigma",
    hint="σ is the training set's and μ is the new data's own. Both come from the training set.",
    section=APPLY,
    replace=[("(X - mu)", "(X - np.mean(X, axis=1, keepdims=True))")],
)
edited(
    "apply_normalization",
    name="root_of_sigma",
    hint="The root of sigma is taken; sigma already is the standard deviation.",
    section=APPLY,
    replace=[("/ sigma", "/ np.sqrt(sigma)")],
)


# --- deep_linear_output ---------------------------------------------------------------------


@misconception(
    "deep_linear_output",
    hint="`W**L` takes the power of each entry. Layers multiply matrices; the two agree for "
    "diagonal matrices only.",
    section=DEPTH,
)
def power_of_each_entry(W, L, X):
    return W**L @ X


edited(
    "deep_linear_output",
    name="one_layer_too_few",
    hint="One layer is missing: L layers multiply by W exactly L times.",
    section=DEPTH,
    replace=[("range(L)", "range(L - 1)")],
)
edited(
    "deep_linear_output",
    name="one_layer_too_many",
    hint="There is one layer too many: L layers multiply by W exactly L times.",
    section=DEPTH,
    replace=[("range(L)", "range(L + 1)")],
)
edited(
    "deep_linear_output",
    name="always_the_first_layer",
    hint="Every layer takes X again instead of the output of the layer before.",
    section=DEPTH,
    replace=[("W @ A", "W @ X")],
)
edited(
    "deep_linear_output",
    name="transposed_weights",
    hint="W is transposed: a layer computes W times its input.",
    section=DEPTH,
    replace=[("W @ A", "W.T @ A")],
)
edited(
    "deep_linear_output",
    name="input_on_the_left",
    hint="The input stands left of W. Examples are columns, so W comes first.",
    section=DEPTH,
    replace=[("W @ A", "A @ W")],
)
edited(
    "deep_linear_output",
    name="product_of_entries",
    hint="`*` multiplies entry by entry; a layer is a matrix product.",
    section=DEPTH,
    replace=[("W @ A", "W * A")],
)
edited(
    "deep_linear_output",
    name="with_an_activation",
    hint="The negative values are cut off, as by a ReLU. These layers are linear.",
    section=DEPTH,
    replace=[("W @ A", "np.maximum(W @ A, 0)")],
)
