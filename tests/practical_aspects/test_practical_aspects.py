"""Hidden graders of `practical_aspects`.

Expected values come from the rules as the lesson states them, written down here once more in
plain Python (`statistics`, `matrix_power`, tables by hand), and from what must hold for every
right answer. They do not come from the solution. The weights of a function's checks are its
points.
"""

import math
import statistics

import numpy as np
import pytest

from autograder.graders import Text, among, assert_same, documented, fail


def cases(function):
    return pytest.mark.parametrize("case", documented(function), ids=str)


def assert_documented(student, case):
    got = getattr(student, case.function)(*case.args, **case.kwargs)
    assert_same(got, case.expected, rtol=case.rtol, atol=case.atol)


def require_array(value, shape, name):
    """Stop here unless a value is an array of real numbers of this shape."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf":
        fail("{name} is not an array of numbers", name=Text(name))
    if value.shape != shape:
        words = "{name} has shape {found}, expected {wanted}"
        fail(words, name=Text(name), found=value.shape, wanted=shape)
    return value


def require_items(value, number, name):
    """Stop here unless a value is a tuple, a list or an array of this many items."""
    is_many = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim)
    if not is_many or len(value) != number:
        words = "{name} should be {number} things in a tuple"
        fail(words, name=Text(name), number=among(number, (2, 3, 4)))
    return value


# --- split_sizes ----------------------------------------------------------------------------


@pytest.mark.exercise("split_sizes", weight=0.5, public=True)
@cases("split_sizes")
def test_split_sizes_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


def assert_held_out(student, expected):
    """The dev and test sets have these sizes (m → size), and training gets what is left."""
    results = {m: require_items(student.split_sizes(m), 3, "the result") for m in expected}
    for m, (train, dev, test) in results.items():
        if not all(is_whole(count) for count in (train, dev, test)):
            fail("the three counts are not all whole numbers")
        if (dev, test) != (expected[m], expected[m]):
            fail("the dev or the test set does not have the stated size")
        if train != m - 2 * expected[m]:
            fail("the training set does not get all the examples that are left")


def is_whole(value):
    return isinstance(value, int | np.ndarray | np.integer) and (
        np.ndim(value) == 0 and np.asarray(value).dtype.kind in "iu"
    )


def whole_numbers(rng, low, high, n):
    return [int(m) for m in rng.integers(low, high, n)]


@pytest.mark.exercise("split_sizes", weight=2)
def test_split_sizes_of_small_data(student, rng):
    """A fifth each, rounded down, up to 10,000 examples"""
    numbers = [4, 5, 9_999, *whole_numbers(rng, 10, 9_999, 4)]
    assert_held_out(student, {m: math.floor(m / 5) for m in numbers})


@pytest.mark.exercise("split_sizes", weight=3)
def test_split_sizes_of_medium_data(student, rng):
    """2,000, or a hundredth where that is more, between 10,000 and a million"""
    few = [10_001, *whole_numbers(rng, 10_002, 200_000, 3)]
    many = [200_100, *whole_numbers(rng, 210_000, 1_000_000, 3), 1_000_000]
    expected = dict.fromkeys(few, 2_000) | {m: math.floor(m / 100) for m in many}
    assert_held_out(student, expected)


@pytest.mark.exercise("split_sizes", weight=2)
def test_split_sizes_of_large_data(student, rng):
    """A hundredth each, rounded down, from a million examples on"""
    numbers = [1_000_099, *whole_numbers(rng, 1_000_100, 90_000_000, 4)]
    assert_held_out(student, {m: math.floor(m / 100) for m in numbers})


# --- train_dev_test_split -------------------------------------------------------------------


def numbered(m):
    """Examples that carry their own column number, and labels that follow from it."""
    columns = np.arange(m)
    X = np.array([columns, 1000 + columns, 7 * columns % 11])
    return X, (3 * columns + 1)[np.newaxis]


SETS = {
    "train": Text("the training set"),
    "dev": Text("the dev set"),
    "test": Text("the test set"),
}


def split(student, sizes, seed):
    """The student's three sets of numbered examples, as (X, Y) arrays whose widths agree."""
    parts = student.train_dev_test_split(*numbered(sum(sizes)), sizes, seed=seed)
    require_items(parts, 3, "the result")
    for (name, called), part in zip(SETS.items(), parts, strict=True):
        X, Y = require_items(part, 2, called)
        m = X.shape[-1] if isinstance(X, np.ndarray) and X.ndim else 0
        require_array(X, (3, m), f"X_{name}")
        require_array(Y, (1, m), f"Y_{name}")
    return parts


def flat(parts):
    return np.hstack([X for X, _ in parts]), np.hstack([Y for _, Y in parts])


@pytest.mark.exercise("train_dev_test_split", public=True)
@cases("train_dev_test_split")
def test_train_dev_test_split_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("train_dev_test_split", weight=3)
def test_split_has_the_sizes_asked_for(student, rng):
    """Three sets of the sizes asked for, empty ones too"""
    for sizes in [(1, 1, 1), (5, 0, 2), (4, 1, 0), tuple(int(n) for n in rng.integers(2, 30, 3))]:
        parts = split(student, sizes, seed=4)
        if [X.shape[1] for X, _ in parts] != list(sizes):
            fail("the sets do not have the sizes asked for, in the order train, dev, test")


@pytest.mark.exercise("train_dev_test_split", weight=3)
def test_split_uses_every_example_once(student, rng):
    """Every example is in exactly one of the three sets, whole"""
    sizes = tuple(int(n) for n in rng.integers(3, 30, 3))
    X, _ = numbered(sum(sizes))
    X_all, _ = flat(split(student, sizes, seed=5))
    chosen = X_all[0]
    if len(set(chosen.tolist())) < len(chosen):
        fail("some examples are in more than one place")
    if sorted(chosen.tolist()) != list(range(sum(sizes))):
        fail("some examples are missing from all three sets")
    if not np.array_equal(X_all, X[:, chosen.astype(int)]):
        fail("the features of one example do not stay together in its column")


@pytest.mark.exercise("train_dev_test_split", weight=4)
def test_split_keeps_labels_with_their_examples(student, rng):
    """Every label stays with its example"""
    sizes = tuple(int(n) for n in rng.integers(5, 30, 3))
    X_all, Y_all = flat(split(student, sizes, seed=6))
    if not np.array_equal(Y_all, 3 * X_all[:1] + 1):
        fail("labels and examples are no longer in the same order")


@pytest.mark.exercise("train_dev_test_split", weight=2)
def test_split_shuffles(student):
    """Sorted data come out mixed, differently for another seed"""
    first = [split(student, (200, 50, 50), seed)[2][0][0] for seed in (1, 2)]
    if any((numbers >= 200).mean() > 0.8 for numbers in first):
        fail("the test set holds little but the last examples: the data were not shuffled")
    if np.array_equal(*first):
        fail("two different seeds give the same split")


@pytest.mark.exercise("train_dev_test_split", weight=5)
def test_split_follows_the_stated_order(student, rng):
    """The columns come in the order of the permutation, as stated"""
    for m in (5, 17, int(rng.integers(30, 60))):
        seed, dev = int(rng.integers(1, 10_000)), m // 4
        X, Y = rng.normal(size=(2, m)), rng.integers(0, 2, (1, m))
        order = np.random.RandomState(seed).permutation(m).tolist()
        cut = [order[: m - 2 * dev], order[m - 2 * dev : m - dev], order[m - dev :]]
        expected = tuple(
            (
                np.array([[row[i] for i in part] for row in X]).reshape(2, len(part)),
                np.array([[Y[0, i] for i in part]], dtype=Y.dtype),
            )
            for part in cut
        )
        got = student.train_dev_test_split(X, Y, (m - 2 * dev, dev, dev), seed)
        assert_same(got, expected)


# --- diagnose -------------------------------------------------------------------------------

VERDICTS = {(1, 0): "high bias", (0, 1): "high variance", (1, 1): "both", (0, 0): "neither"}


@pytest.mark.exercise("diagnose", weight=0.5, public=True)
@cases("diagnose")
def test_diagnose_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


def errors(rng, bias, variance, bayes, gap):
    """Error rates whose two distances are clearly more, or clearly less, than the gap."""
    train = bayes + gap * (rng.uniform(1.5, 3) if bias else rng.uniform(0.1, 0.4))
    return train, train + gap * (rng.uniform(1.5, 3) if variance else rng.uniform(0.1, 0.4))


def assert_verdicts(student, expected):
    """Each verdict is right: expected maps arguments to verdicts."""
    got = {arguments: student.diagnose(*arguments) for arguments in expected}
    for arguments, verdict in expected.items():
        assert_same(got[arguments], verdict, name="a verdict")


@pytest.mark.exercise("diagnose", weight=6)
def test_diagnose_with_a_bayes_error(student, rng):
    """Both distances are right when the Bayes error is not zero"""
    expected = {}
    for (bias, variance), verdict in 3 * list(VERDICTS.items()):
        bayes = rng.uniform(0.05, 0.3)
        expected[(*errors(rng, bias, variance, bayes, 0.02), bayes)] = verdict
    assert_verdicts(student, expected)


@pytest.mark.exercise("diagnose", weight=3)
def test_diagnose_with_another_gap(student, rng):
    """The gap asked for is the one that counts"""
    expected = {}
    for (bias, variance), verdict in VERDICTS.items():
        for gap in (0.002, 0.1):
            expected[(*errors(rng, bias, variance, 0.01, gap), 0.01, gap)] = verdict
    assert_verdicts(student, expected)


@pytest.mark.exercise("diagnose")
def test_diagnose_exactly_at_the_gap(student):
    """A distance of exactly the gap is not more than the gap"""
    exact_in_binary = {(0.25, 0.5, 0.0, 0.25): "neither", (0.25, 0.375, 0.0, 0.25): "neither"}
    assert_verdicts(student, exact_in_binary)


@pytest.mark.exercise("diagnose", weight=1.5)
def test_diagnose_when_an_error_is_lower_than_expected(student):
    """An error far below the one it is compared with is no distance upwards"""
    assert_verdicts(student, {(0.3, 0.1): "high bias", (0.01, 0.11, 0.1): "high variance"})


# --- normalize_inputs -----------------------------------------------------------------------


def statistics_of(X):
    """μ and σ of each row by Python's own statistics module."""
    mu = [[statistics.fmean(row)] for row in X.tolist()]
    return np.array(mu), np.array([[statistics.pstdev(row)] for row in X.tolist()])


def features(rng, m=30):
    scales = np.array([[0.01], [1.0], [300.0]])
    return rng.uniform(2, 5, (3, 1)) * scales + scales * rng.normal(size=(3, m))


@pytest.mark.exercise("normalize_inputs", weight=3, public=True)
@cases("normalize_inputs")
def test_normalize_inputs_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("normalize_inputs", weight=4)
def test_mu_is_the_mean(student, rng):
    """mu is each feature's mean, as a column"""
    X = features(rng)
    _, mu, _ = require_items(student.normalize_inputs(X), 3, "the result")
    assert_same(mu, statistics_of(X)[0], name="mu")


@pytest.mark.exercise("normalize_inputs", weight=5)
def test_sigma_is_the_standard_deviation(student, rng):
    """sigma is each feature's standard deviation, as a column"""
    X = features(rng)
    _, _, sigma = require_items(student.normalize_inputs(X), 3, "the result")
    assert_same(sigma, statistics_of(X)[1], name="sigma")


@pytest.mark.exercise("normalize_inputs", weight=4)
def test_normalized_features_have_mean_0(student, rng):
    """Every feature comes out with mean 0, for few and for many examples"""
    for m in (2, 7, 500):
        X = features(rng, m)
        X_norm = require_items(student.normalize_inputs(X), 3, "the result")[0]
        require_array(X_norm, X.shape, "X_norm")
        mu, spread = statistics_of(X_norm)
        assert_same(mu / spread, np.zeros((3, 1)), atol=1e-5, name="the mean of X_norm")


@pytest.mark.exercise("normalize_inputs", weight=5)
def test_normalized_examples_belong_to_mu_and_sigma(student, rng):
    """Every example is put on the scale of the mu and sigma that are returned"""
    X = features(rng)
    X_norm, mu, sigma = require_items(student.normalize_inputs(X), 3, "the result")
    for name, column in (("mu", mu), ("sigma", sigma)):
        require_array(column, (3, 1), name)
    expected = [
        [(x - m) / s if s else 0.0 for x in row]
        for row, m, s in zip(X.tolist(), mu[:, 0].tolist(), sigma[:, 0].tolist(), strict=True)
    ]
    assert_same(X_norm, np.array(expected), rtol=1e-5, name="X_norm")
    if not np.allclose(statistics_of(X_norm)[1], 1, atol=0.1):
        fail("the features do not all vary by about 1")


@pytest.mark.exercise("normalize_inputs", weight=4)
def test_constant_features_become_zero(student, rng):
    """A feature that never varies becomes 0, with sigma 1"""
    X = np.vstack([features(rng), np.full((1, 30), 4.0), np.zeros((1, 30))])
    X_norm, mu, sigma = require_items(student.normalize_inputs(X), 3, "the result")
    require_array(X_norm, X.shape, "X_norm")
    require_array(mu, (5, 1), "mu")
    require_array(sigma, (5, 1), "sigma")
    if not np.isfinite(X_norm).all():
        fail("a constant feature gives nan or inf")
    assert_same(X_norm[3:], np.zeros((2, 30)), name="the constant features of X_norm")
    assert_same(mu[3:], np.array([[4.0], [0.0]]), name="mu of the constant features")
    assert_same(sigma[3:], np.ones((2, 1)), name="sigma of the constant features")


# --- apply_normalization --------------------------------------------------------------------


@pytest.mark.exercise("apply_normalization", weight=2, public=True)
@cases("apply_normalization")
def test_apply_normalization_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("apply_normalization", weight=4)
def test_new_data_keep_their_distance_from_the_training_mean(student, rng):
    """Examples far from the training set stay far from it"""
    mu, sigma = rng.normal(size=(3, 1)), rng.uniform(0.5, 4, (3, 1))
    steps = rng.uniform(3, 9, (3, 12))  # standard deviations above the training mean
    X = np.array([[mu[i, 0] + sigma[i, 0] * z for z in row] for i, row in enumerate(steps)])
    assert_same(student.apply_normalization(X, mu, sigma), steps)


@pytest.mark.exercise("apply_normalization", weight=2)
def test_a_single_example_is_normalized(student, rng):
    """A single example is put on the training set's scale"""
    mu, sigma = rng.normal(size=(4, 1)), rng.uniform(0.5, 4, (4, 1))
    steps = rng.uniform(1, 3, (4, 1))
    assert_same(student.apply_normalization(mu + sigma * steps, mu, sigma), steps)


# --- prepare_data ---------------------------------------------------------------------------


def prepared(student, reference, X, seed):
    """What the student's pipeline makes of X, each set with its raw examples.

    The given functions stand in, so that the pipeline alone is graded. The labels are column
    numbers: they tell which examples a set holds. Returns [(X_norm, raw X), …] of the
    training, dev and test set, and (mu, sigma).
    """
    given = ("split_sizes", "train_dev_test_split", "normalize_inputs", "apply_normalization")
    helped = student.standing_in(**{name: getattr(reference, name) for name in given})
    numbers = np.arange(X.shape[1])[np.newaxis]
    *sets, scale = require_items(helped.prepare_data(X, numbers, seed), 4, "the result")
    pairs, size = [], {"train": 24, "dev": 8, "test": 8}
    for (name, called), part in zip(SETS.items(), sets, strict=True):
        X_norm, Y = require_items(part, 2, called)
        require_array(X_norm, (X.shape[0], size[name]), f"X_{name}")
        require_array(Y, (1, size[name]), f"Y_{name}")
        if not set(Y[0].tolist()) <= set(range(X.shape[1])):
            fail("the labels are no longer those of the data")
        pairs.append((X_norm, X[:, Y[0].astype(int)]))
    mu, sigma = require_items(scale, 2, Text("the scale (mu, sigma)"))
    return pairs, (
        require_array(mu, (X.shape[0], 1), "mu"),
        require_array(sigma, (X.shape[0], 1), "sigma"),
    )


@pytest.mark.exercise("prepare_data", weight=3, public=True)
@cases("prepare_data")
def test_prepare_data_documented(student, reference, case):
    """All three sets of a small table are on the training set's scale"""
    given = ("split_sizes", "train_dev_test_split", "normalize_inputs", "apply_normalization")
    helped = student.standing_in(**{name: getattr(reference, name) for name in given})
    got = helped.prepare_data(*case.args)
    assert_same(got, case.expected, rtol=case.rtol, atol=case.atol)


@pytest.mark.exercise("prepare_data", weight=4)
def test_the_scale_is_learned_from_the_training_set(student, reference, rng):
    """mu and sigma are the training set's own"""
    pairs, scale = prepared(student, reference, features(rng, 40), int(rng.integers(1, 1000)))
    mu, sigma = statistics_of(pairs[0][1])
    assert_same(scale[0], mu, name="mu")
    assert_same(scale[1], sigma, name="sigma")


@pytest.mark.exercise("prepare_data", weight=2)
def test_the_training_set_is_normalized(student, reference, rng):
    """The training set comes out with mean 0 and standard deviation 1"""
    pairs, _ = prepared(student, reference, features(rng, 40), int(rng.integers(1, 1000)))
    mu, sigma = statistics_of(pairs[0][0])
    assert_same(mu, np.zeros((3, 1)), atol=1e-5, name=Text("the mean of X_train"))
    assert_same(sigma, np.ones((3, 1)), rtol=1e-5, name=Text("the deviation of X_train"))


@pytest.mark.exercise("prepare_data", weight=6)
def test_dev_and_test_get_the_scale_that_is_returned(student, reference, rng):
    """The dev and the test set are put on the scale that is returned"""
    pairs, (mu, sigma) = prepared(student, reference, features(rng, 40), int(rng.integers(1, 1000)))
    for name, (X_norm, raw) in list(zip(SETS, pairs, strict=True))[1:]:
        expected = [
            [(x - m) / s if s else 0.0 for x in row]
            for row, m, s in zip(raw.tolist(), mu[:, 0].tolist(), sigma[:, 0].tolist(), strict=True)
        ]
        assert_same(X_norm, np.array(expected), rtol=1e-5, name=f"X_{name}")


# --- deep_linear_output ---------------------------------------------------------------------


@pytest.mark.exercise("deep_linear_output", weight=0.5, public=True)
@cases("deep_linear_output")
def test_deep_linear_output_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("deep_linear_output", weight=0.5)
@pytest.mark.parametrize("factor", [1.5, 0.5], ids=["growing", "shrinking"])
def test_output_grows_like_a_power_of_the_depth(student, rng, factor):
    """Each layer multiplies the output by the same factor"""
    X = rng.normal(size=(3, 2))
    for L in (1, 8, 50):
        assert_same(
            student.deep_linear_output(factor * np.eye(3), L, X),
            np.array([[x * factor**L for x in row] for row in X]),
            rtol=1e-6,
            atol=0,
        )


@pytest.mark.exercise("deep_linear_output", weight=0.5)
@pytest.mark.parametrize("L", [1, 2, 5], ids=["one layer", "two layers", "five layers"])
def test_output_is_the_matrix_power(student, rng, L):
    """Right for a matrix that is not diagonal, and for inputs of any width"""
    W = rng.normal(size=(3, 3))
    X = rng.normal(size=(3, 5))
    assert_same(student.deep_linear_output(W, L, X), np.linalg.matrix_power(W, L) @ X)


@pytest.mark.exercise("deep_linear_output", weight=0.5)
def test_no_layers_give_the_input(student, rng):
    """No layers give the input itself, and one layer changes it"""
    W, X = rng.normal(size=(2, 2)), rng.normal(size=(2, 4))
    assert_same(student.deep_linear_output(W, 0, X), X)
    if np.shape(student.deep_linear_output(W, 1, X)) != X.shape:
        fail("one layer does not give an output of the input's shape")


@pytest.mark.exercise("deep_linear_output", weight=0.5)
def test_a_rotation_keeps_lengths(student, rng):
    """A quarter turn, four times, gives the input back"""
    X = rng.normal(size=(2, 3))
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert_same(student.deep_linear_output(quarter, 4, X), X)
    assert_same(student.deep_linear_output(quarter, 1, X), np.array([-X[1], X[0]]))
