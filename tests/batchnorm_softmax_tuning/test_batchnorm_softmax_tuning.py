"""Hidden graders of `batchnorm_softmax_tuning`.

Expected values come from plain Python written down from the lesson's formulas, from derivatives
by complex steps, from known distributions, and from identities that hold for every right
answer. They do not come from the solution. The weights of a function's checks are its points.
"""

import math
import statistics
from functools import lru_cache
from itertools import pairwise

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


def require_items(value, number, name="the result"):
    """Stop here unless a value is a tuple, a list or an array of this many items."""
    is_many = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim)
    if not is_many or len(value) != number:
        words = "{name} should be {number} things in a tuple"
        fail(words, name=Text(name), number=among(number, (2, 3)))
    return value


# --- samplers -------------------------------------------------------------------------------
# The stub draws u; any other right way of drawing passes the checks of the distribution.


def shares(samples, edges):
    """Share of the samples between neighbouring edges."""
    return np.histogram(samples, edges)[0] / len(samples)


def assert_even(got, names):
    """Equal shares of 4,000 samples, up to five standard deviations of chance."""
    even = 1 / len(names)
    allowed = 5 * math.sqrt(even * (1 - even) / 4000)
    for share, name in zip(got, names, strict=True):
        if abs(share - even) > allowed:
            how = Text("more") if share > even else Text("less")
            fail("{name} gets {how} than its fair share of the samples", name=Text(name), how=how)


@pytest.mark.exercise("sample_log_uniform", public=True)
@cases("sample_log_uniform")
def test_sample_log_uniform_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("sample_log_uniform", weight=2)
def test_log_samples_follow_the_drawn_numbers(student, rng):
    """Each drawn u becomes the number stated, between any two ends"""
    for low, high in [(1e-6, 1e-2), (3, 700), (0.2, 0.9)]:
        seed, n = int(rng.integers(1, 10_000)), int(rng.integers(3, 9))
        u = np.random.RandomState(seed).rand(n).tolist()
        expected = np.array([low * math.exp(share * math.log(high / low)) for share in u])
        assert_same(student.sample_log_uniform(low, high, n, seed), expected)


@pytest.mark.exercise("sample_log_uniform", weight=3)
def test_every_power_of_ten_gets_its_share(student, rng):
    """Every power of ten gets the same share of the samples, none outside"""
    samples = student.sample_log_uniform(1e-5, 0.1, 4000, int(rng.integers(1, 10_000)))
    require_array(samples, (4000,), "samples")
    if samples.min() < 1e-5 * (1 - 1e-9) or samples.max() > 0.1 * (1 + 1e-9):
        fail("some samples are below low or above high")
    names = [
        Text("the power of ten from 1e{e}", e=among(e, (-5, -4, -3, -2))) for e in range(-5, -1)
    ]
    assert_even(shares(samples, [1e-6, 1e-4, 1e-3, 1e-2, 1]), names)


@pytest.mark.exercise("sample_beta", public=True)
@cases("sample_beta")
def test_sample_beta_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


def log_samples(low, high, n, seed):
    """What a right sample_log_uniform gives, for solutions that build on it."""
    u = np.random.RandomState(seed).rand(n)
    return np.exp(np.log(low) + u * (np.log(high) - np.log(low)))


@pytest.mark.exercise("sample_beta", weight=3)
def test_betas_follow_the_drawn_numbers(student, rng):
    """Each drawn u becomes the momentum stated, between any two ends"""
    fair = student.standing_in(sample_log_uniform=log_samples)
    for low, high in [(0.0, 0.9), (0.9, 0.9999), (0.3, 0.6)]:
        seed, n = int(rng.integers(1, 10_000)), int(rng.integers(3, 9))
        u = np.random.RandomState(seed).rand(n).tolist()
        ratio = (1 - low) / (1 - high)
        expected = np.array([1 - (1 - high) * ratio**share for share in u])
        assert_same(fair.sample_beta(low, high, n, seed), expected)


@pytest.mark.exercise("sample_beta", weight=3)
def test_every_power_of_ten_of_one_minus_beta_gets_its_share(student, rng):
    """Every power of ten of 1 − beta gets the same share, none outside"""
    fair = student.standing_in(sample_log_uniform=log_samples)
    betas = fair.sample_beta(0.9, 0.9999, 4000, int(rng.integers(1, 10_000)))
    require_array(betas, (4000,), "betas")
    if betas.min() < 0.9 - 1e-9 or betas.max() > 0.9999 + 1e-9:
        fail("some momenta are below low or above high")
    starts = (0.9, 0.99, 0.999)
    names = [Text("the part from {start}", start=among(start, starts)) for start in starts]
    assert_even(shares(betas, [0.8, 0.99, 0.999, 1]), names)


# --- random_search --------------------------------------------------------------------------
# A driver brings the objective along, and notes what it is asked for. Student code can read both,
# so neither says where the points of a right search lie.

SPACE = {"rate": (1e-4, 1.0, "log"), "depth": (2.0, 10.0, "linear"), "decay": (1e-6, 1e-2, "log")}


def shares_of(space, point):
    """Where a point lies in each of its ranges, from 0 to 1."""
    found = []
    for name, (low, high, scale) in space.items():
        if scale == "log":
            found.append(math.log(point[name] / low) / math.log(high / low))
        else:
            found.append((point[name] - low) / (high - low))
    return found


def point_of(space, where):
    """The point that lies at these shares."""
    return {
        name: low * (high / low) ** share if scale == "log" else low + share * (high - low)
        for share, (name, (low, high, scale)) in zip(where, space.items(), strict=True)
    }


def far_from(target, space=SPACE):
    """An objective: the squared distance, in shares, from a target; infinite for no point."""

    def objective(point):
        try:
            where = shares_of(space, {name: float(point[name]) for name in space})
        except (TypeError, ValueError, KeyError, IndexError):
            return math.inf
        return float(sum((s - t) ** 2 for s, t in zip(where, target, strict=True)))

    return objective


def rounds(space, objective, n, seed):
    """The lesson's protocol in plain Python: shares of the coarse and of the fine points."""
    rng = np.random.RandomState(seed)
    coarse = rng.rand(n, len(space)).tolist()
    center = min(coarse, key=lambda where: objective(point_of(space, where)))
    low = [max(c - 0.125, 0.0) for c in center]
    high = [min(c + 0.125, 1.0) for c in center]
    fine = [
        [a + (b - a) * u for a, b, u in zip(low, high, row, strict=True)]
        for row in rng.rand(n, len(space)).tolist()
    ]
    return coarse, fine


def searched(space, objective, n, seed):
    """The best of all points of the protocol, and its objective."""
    coarse, fine = rounds(space, objective, n, seed)
    points = [point_of(space, where) for where in coarse + fine]
    return min(points, key=objective), min(objective(point) for point in points)


def search(random_search, space, target, n, seed, handicap):
    """What a search for a target answers, and the shares of the points that it asks for.

    The objective is the squared distance in shares, infinite for no point. At the first n points
    a handicap comes on top: it decides in which round the winner is.
    """
    import math

    asked = []

    def objective(point):
        where = []
        try:
            for name, (low, high, scale) in space.items():
                value = float(point[name])
                if scale == "log":
                    where.append(math.log(value / low) / math.log(high / low))
                else:
                    where.append((value - low) / (high - low))
        except (TypeError, ValueError, KeyError, IndexError):
            return math.inf
        if not all(map(math.isfinite, where)):
            return math.inf
        if len(asked) < 4 * n:
            asked.append(where)
        first = any(
            max(abs(a - b) for a, b in zip(where, w, strict=True)) < 1e-9 for w in asked[:n]
        )
        return sum((s - t) ** 2 for s, t in zip(where, target, strict=True)) + handicap * first

    return random_search(space, objective, n, seed), asked


def answer(student, target, n, seed, handicap=0.0):
    """What the student's search for a target in SPACE answers."""
    return student.drive(
        search, space=SPACE, target=list(target), n=n, seed=seed, handicap=handicap
    )[0]


def asked(student, target, n, seed):
    """Shares of the points that the student's search asks for, in order."""
    _, points = student.drive(
        search, space=SPACE, target=list(target), n=n, seed=seed, handicap=0.0
    )
    if len(points) != 2 * n or not np.isfinite(points).all():
        fail("the search does not ask for n coarse and n fine points")
    return np.array(points)


LESSON_SPACE = {"learning_rate": (0.0001, 1, "log"), "dropout": (0, 0.8, "linear")}
BY_THE_PROTOCOL_IN_PLAIN_PYTHON = {  # (objective, seed) → best learning rate, dropout, objective
    ("height", 1): (0.004656804637919565, 0.5762595947537265, 0.18648492695076757),
    ("height", 6): (0.009009014751601494, 0.3595498292845415, 0.0056003294803546565),
    ("edge", 3): (0.4724232148314342, 0.6679880440953417, 0.9936568134403377),
}


def height(point):
    """The first objective of the lesson's examples: lowest at 0.01 and 0.3."""
    import math

    if not isinstance(point, dict) or not point.get("learning_rate", 0) > 0:
        return math.inf
    return (math.log10(point["learning_rate"]) + 2) ** 2 + (point.get("dropout", 9) - 0.3) ** 2


def edge(point):
    """The second one: the better, the nearer to a corner of the space."""
    import math

    if not isinstance(point, dict) or not point.get("learning_rate", 0) > 0:
        return math.inf
    return -math.log10(point["learning_rate"]) + point.get("dropout", 9)


@pytest.mark.exercise("random_search", public=True)
@pytest.mark.parametrize(
    ("objective", "seed"),
    BY_THE_PROTOCOL_IN_PLAIN_PYTHON,
    ids=["the coarse round wins", "the fine round wins", "the best is near a corner"],
)
def test_random_search_documented(student, objective, seed):
    """Right for the example of the lesson"""
    rate, dropout, value = BY_THE_PROTOCOL_IN_PLAIN_PYTHON[objective, seed]
    asked_for = {"height": height, "edge": edge}[objective]
    got = student.random_search(LESSON_SPACE, student.sent(asked_for), 4, seed)
    assert_same(got, ({"learning_rate": rate, "dropout": dropout}, value), rtol=1e-6)


@pytest.mark.exercise("random_search", weight=3)
def test_random_search_finds_the_best_of_all_points(student, rng):
    """The best of all points of both rounds, and its value"""
    seeds = [int(s) for s in rng.integers(1, 10_000, 2)]
    targets = [rng.uniform(0, 1, 3).tolist() for _ in seeds]
    got = [answer(student, target, 5, seed) for target, seed in zip(targets, seeds, strict=True)]
    for result, target, seed in zip(got, targets, seeds, strict=True):
        assert_same(result, searched(SPACE, far_from(target), 5, seed), rtol=1e-9)


def with_handicap(objective, space, coarse, handicap):
    """The objective, with something added at the coarse points: it decides where the winner is."""

    def handicapped(point):
        value = objective(point)
        if not math.isfinite(value):
            return value
        away = np.abs(np.array(shares_of(space, point)) - coarse).max(axis=1)
        return value + handicap * bool((away < 1e-9).any())

    return handicapped


@lru_cache
def corner_seed(first, corner):
    """A seed, not before the first, that puts the best coarse point so near a corner that the
    box around it must be cut off."""
    for seed in range(first, first + 10_000):
        coarse = np.random.RandomState(seed).rand(AT_A_CORNER, len(corner))
        away = np.abs(coarse - corner)
        if away[np.argmin((away**2).sum(axis=1))].max() < 0.1:
            return seed
    raise AssertionError("no such seed")


CORNER, OPPOSITE = (0.0, 1.0, 0.0), (1.0, 0.0, 1.0)
AT_A_CORNER = 6  # points of a round


@pytest.mark.exercise("random_search", weight=2)
def test_a_coarse_point_can_win(student, rng):
    """A coarse point wins when no fine point is better"""
    n, seed = 6, int(rng.integers(1, 10_000))
    distance = far_from([0.3, 0.7, 0.9])
    coarse, _ = rounds(SPACE, distance, n, seed)
    objective = with_handicap(distance, SPACE, coarse, -10.0)
    got = answer(student, [0.3, 0.7, 0.9], n, seed, handicap=-10.0)
    assert_same(got, searched(SPACE, objective, n, seed), rtol=1e-9)


@pytest.mark.exercise("random_search", weight=2)
def test_a_fine_point_wins_in_the_box_around_the_best_coarse_point(student, rng):
    """A fine point wins, also where the box around the best coarse point is cut off"""
    n, chosen, (first, second) = AT_A_CORNER, [], rng.integers(1, 10_000, 2).tolist()
    for target, seed in ((CORNER, corner_seed(first, CORNER)), ([0.3, 0.7, 0.6], second)):
        coarse, _ = rounds(SPACE, far_from(target), n, seed)
        chosen.append((with_handicap(far_from(target), SPACE, coarse, 10.0), target, seed))
    got = [answer(student, target, n, seed, handicap=10.0) for _, target, seed in chosen]
    for result, (objective, _, seed) in zip(got, chosen, strict=True):
        assert_same(result, searched(SPACE, objective, n, seed), rtol=1e-9)


@pytest.mark.exercise("random_search", weight=1.5)
def test_random_search_stays_in_the_space(student, rng):
    """No point lies outside the space when the best is in a corner"""
    seed = corner_seed(int(rng.integers(1, 10_000)), OPPOSITE)
    where = asked(student, OPPOSITE, AT_A_CORNER, seed)
    if where.min() < -1e-9 or where.max() > 1 + 1e-9:
        fail("the search asks for a point outside the space")


OFF_CENTER, TO_FILL = (0.4, 0.6, 0.5), 12  # the target, and the points of a round


def reach_of_fine_points(where):
    """How far the fine points get from the best coarse one, on each setting's scale."""
    coarse, fine = where[:TO_FILL], where[TO_FILL:]
    center = coarse[np.argmin(((coarse - OFF_CENTER) ** 2).sum(axis=1))]
    return np.abs(fine - center).max(axis=0)


def covers_the_space(coarse):
    return ((coarse < 0.25).any(axis=0) & (coarse > 0.75).any(axis=0)).all()


@lru_cache
def filling_seed(first):
    """A seed, not before the first, whose few points fill the space and the box by the protocol."""
    for seed in range(first, first + 10_000):
        where = np.concatenate(rounds(SPACE, far_from(OFF_CENTER), TO_FILL, seed))
        if (reach_of_fine_points(where) > 0.1).all() and covers_the_space(where[:TO_FILL]):
            return seed
    raise AssertionError("no such seed")


@pytest.mark.exercise("random_search", weight=1.5)
def test_the_fine_round_looks_around_the_best_coarse_point(student, rng):
    """The fine points lie within an eighth of the best coarse point, on each setting's scale"""
    seed = filling_seed(int(rng.integers(1, 10_000)))
    where = asked(student, OFF_CENTER, TO_FILL, seed)
    reach = reach_of_fine_points(where)
    if (reach > 1 / 8 + 1e-9).any():
        fail("some fine points are farther than an eighth from the best coarse point")
    if (reach < 0.09).any():
        fail("the fine points do not fill the box that reaches an eighth to either side")
    if not covers_the_space(where[:TO_FILL]):
        fail("the coarse points do not cover the whole space")


# --- batch norm -----------------------------------------------------------------------------


def layer(rng, n=3, m=9):
    """Values of a layer, with scale and shift, each unit on a scale of its own."""
    spread = 10.0 ** rng.uniform(-1, 1.5, (n, 1))
    Z = rng.normal(size=(n, 1)) * spread + spread * rng.normal(size=(n, m))
    return Z, rng.uniform(0.5, 2, (n, 1)), rng.normal(size=(n, 1))


def normalized(Z, gamma, beta, epsilon):
    """Batch norm by Python's statistics module, unit by unit."""
    rows = []
    for row, g, b in zip(Z.tolist(), gamma[:, 0], beta[:, 0], strict=True):
        mu, sigma2 = statistics.fmean(row), statistics.pvariance(row)
        rows.append([g * (z - mu) / math.sqrt(sigma2 + epsilon) + b for z in row])
    return np.array(rows)


def Z_tilde_of(student, Z, *args, **kwargs):
    got = require_items(student.batchnorm_forward(Z, *args, **kwargs), 2)
    return require_array(got[0], Z.shape, "Z_tilde")


@pytest.mark.exercise("batchnorm_forward", weight=2, public=True)
@cases("batchnorm_forward")
def test_batchnorm_forward_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("batchnorm_forward", weight=3)
@pytest.mark.parametrize("epsilon", [0.01, 30.0], ids=["small epsilon", "large epsilon"])
def test_batchnorm_forward_on_fresh_values(student, rng, epsilon):
    """Right for other values of Z, with"""
    Z, gamma, beta = layer(rng)
    got = Z_tilde_of(student, Z, gamma, beta, epsilon)
    expected = normalized(Z, gamma, beta, epsilon)
    assert_same(got, expected, rtol=1e-9, atol=1e-11, name="Z_tilde")


@pytest.mark.exercise("batchnorm_forward", weight=2)
def test_beta_and_gamma_are_mean_and_deviation(student, rng):
    """Each unit comes out with mean beta and standard deviation gamma"""
    Z, gamma, beta = layer(rng, n=4, m=50)
    got = Z_tilde_of(student, Z, gamma, beta)
    assert_same(got.mean(axis=1, keepdims=True), beta, rtol=1e-5, name="the mean of Z_tilde")
    assert_same(got.std(axis=1, keepdims=True), gamma, rtol=1e-5, name="the deviation of Z_tilde")


@pytest.mark.exercise("batchnorm_forward", weight=3)
def test_batchnorm_cache_holds_the_statistics(student, rng):
    """The cache holds the statistics of the batch, and the values that were scaled and shifted"""
    Z, gamma, beta = layer(rng, n=2, m=5)
    Z_tilde, cache = require_items(student.batchnorm_forward(Z, gamma, beta, epsilon=2.0), 2)
    require_array(Z_tilde, Z.shape, "Z_tilde")
    if np.ptp(Z_tilde) == 0:
        fail("all examples get the same values")
    expected = {
        "Z_norm": (Z_tilde - beta) / gamma,
        "mu": np.array([[statistics.fmean(row)] for row in Z.tolist()]),
        "sigma2": np.array([[statistics.pvariance(row)] for row in Z.tolist()]),
        "gamma": gamma,
        "epsilon": 2.0,
    }
    assert_same(cache, expected, atol=1e-6, name="cache")


@pytest.mark.exercise("batchnorm_forward")
def test_a_unit_that_never_varies_gives_beta(student, rng):
    """A unit that never varies gives beta, not nan"""
    Z = np.vstack([np.full((1, 6), 4.0), rng.normal(size=(1, 6))])
    beta = rng.normal(size=(2, 1))
    got = Z_tilde_of(student, Z, np.ones((2, 1)), beta)
    assert_same(got[:1], np.repeat(beta[:1], 6, axis=1), name="the unit that never varies")


def forward_cache(Z, gamma, epsilon):
    """A right cache of the forward pass, so that a wrong one costs nothing here."""
    ones, zeros = np.ones_like(gamma), np.zeros_like(gamma)
    return {
        "Z_norm": normalized(Z, ones, zeros, epsilon),
        "mu": np.array([[statistics.fmean(row)] for row in Z.tolist()]),
        "sigma2": np.array([[statistics.pvariance(row)] for row in Z.tolist()]),
        "gamma": gamma,
        "epsilon": epsilon,
    }


def complex_step(function, at):
    """Gradient of a real function of an array by complex steps: exact up to rounding."""
    gradient = np.empty(at.shape)
    for place in np.ndindex(*at.shape):
        moved = at.astype(complex)
        moved[place] += 1e-30j
        gradient[place] = function(moved).imag / 1e-30
    return gradient


def batchnorm(Z, gamma, beta, epsilon):
    """Batch norm for complex arrays, for derivatives by complex steps."""
    m = Z.shape[1]
    centred = Z - Z.sum(axis=1, keepdims=True) / m
    return gamma * centred / ((centred**2).sum(axis=1, keepdims=True) / m + epsilon) ** 0.5 + beta


def gradients_of(student, dZ_tilde, cache):
    return require_items(student.batchnorm_backward(dZ_tilde, cache), 3)


@pytest.mark.exercise("batchnorm_backward", weight=2, public=True)
@cases("batchnorm_backward")
def test_batchnorm_backward_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("batchnorm_backward", weight=4)
@pytest.mark.parametrize("epsilon", [1e-8, 0.7], ids=["small epsilon", "large epsilon"])
def test_dZ_is_the_derivative_of_the_forward_pass(student, rng, epsilon):
    """dZ is the slope of the forward pass, with"""
    Z, gamma, beta = layer(rng, n=2, m=6)
    dZ_tilde = rng.normal(size=Z.shape)
    got = gradients_of(student, dZ_tilde, forward_cache(Z, gamma, epsilon))
    expected = complex_step(lambda z: (dZ_tilde * batchnorm(z, gamma, beta, epsilon)).sum(), Z)
    assert_same(got[0], expected, rtol=1e-9, atol=1e-10, name="dZ")


@pytest.mark.exercise("batchnorm_backward", weight=2)
@pytest.mark.parametrize("wanted", ["dgamma", "dbeta"])
def test_gradients_of_what_is_learned(student, rng, wanted):
    """The slope of the mean cost for what is learned:"""
    Z, gamma, beta = layer(rng, n=3, m=7)
    dZ_tilde = rng.normal(size=Z.shape)
    got = gradients_of(student, dZ_tilde, forward_cache(Z, gamma, 0.4))
    mean_cost = {
        "dgamma": lambda g: (dZ_tilde * batchnorm(Z, g, beta, 0.4)).sum() / 7,
        "dbeta": lambda b: (dZ_tilde * batchnorm(Z, gamma, b, 0.4)).sum() / 7,
    }[wanted]
    expected = complex_step(mean_cost, {"dgamma": gamma, "dbeta": beta}[wanted])
    assert_same(got[1 if wanted == "dgamma" else 2], expected, name=wanted)


@pytest.mark.exercise("batchnorm_backward", weight=4)
def test_dZ_sums_to_zero_over_the_batch(student, rng):
    """dZ sums to zero over the batch, and is zero for a batch of two"""
    Z, gamma, _ = layer(rng, n=3, m=8)
    dZ, _, _ = gradients_of(student, rng.normal(size=Z.shape), forward_cache(Z, gamma, 1e-8))
    require_array(dZ, Z.shape, "dZ")
    if not dZ.any():
        fail("dZ is zero everywhere")
    scale = np.abs(dZ).max(axis=1, keepdims=True)
    if not (np.abs(dZ.sum(axis=1, keepdims=True)) <= 1e-4 * scale).all():
        fail("dZ does not add up to zero over the batch: what comes back through the mean is off")
    pair = np.array([[1.0, 4.0]])
    dZ, _, _ = gradients_of(student, rng.normal(size=(1, 2)), forward_cache(pair, gamma[:1], 0.0))
    assert_same(dZ, np.zeros((1, 2)), atol=1e-6, name="dZ of a batch of two")


@pytest.mark.exercise("update_running_statistics", public=True)
@cases("update_running_statistics")
def test_update_running_statistics_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


def statistics_of_a_layer(rng, n=3):
    return {"mu": rng.normal(size=(n, 1)), "sigma2": rng.uniform(0.2, 9, (n, 1))}


@pytest.mark.exercise("update_running_statistics")
@pytest.mark.parametrize("momentum", [0.9, 0.6], ids=["usual momentum", "a smaller momentum"])
def test_running_statistics_on_fresh_values(student, rng, momentum):
    """Right for other statistics, with"""
    old, new = statistics_of_a_layer(rng), statistics_of_a_layer(rng)
    got = student.update_running_statistics(new["mu"], new["sigma2"], old, momentum)
    pairs = {key: zip(old[key][:, 0], new[key][:, 0], strict=True) for key in old}
    expected = {
        key: np.array([[momentum * was + (1 - momentum) * now] for was, now in pairs[key]])
        for key in pairs
    }
    assert_same(got, expected, name="running")


@pytest.mark.exercise("update_running_statistics", weight=2)
def test_running_statistics_settle_on_a_constant(student, rng):
    """A batch just like the running statistics leaves them as they are; momentum 1 keeps them"""
    old, new = statistics_of_a_layer(rng), statistics_of_a_layer(rng)
    same = student.update_running_statistics(old["mu"], old["sigma2"], old)
    kept = student.update_running_statistics(new["mu"], new["sigma2"], old, momentum=1.0)
    replaced = student.update_running_statistics(new["mu"], new["sigma2"], old, momentum=0.0)
    assert_same(same, old, name="running")
    assert_same(kept, old, name="running with momentum 1")
    assert_same(replaced, new, name="running with momentum 0")


@pytest.mark.exercise("batchnorm_inference", public=True)
@cases("batchnorm_inference")
def test_batchnorm_inference_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("batchnorm_inference", weight=1.5)
@pytest.mark.parametrize("m", [1, 6], ids=["one example", "six examples"])
def test_inference_uses_the_running_statistics(student, rng, m):
    """Right for other values of Z, for"""
    Z, gamma, beta = layer(rng, m=m)
    running = statistics_of_a_layer(rng)
    epsilon = 0.5
    expected = [
        [g * (z - mu) / math.sqrt(sigma2 + epsilon) + b for z in row]
        for row, g, b, mu, sigma2 in zip(
            Z.tolist(), gamma[:, 0], beta[:, 0], running["mu"][:, 0], running["sigma2"][:, 0],
            strict=True,
        )
    ]  # fmt: skip
    got = student.batchnorm_inference(Z, gamma, beta, running, epsilon)
    assert_same(got, np.array(expected), rtol=1e-9, atol=1e-11)


@pytest.mark.exercise("batchnorm_inference", weight=2)
def test_inference_of_one_example_does_not_depend_on_others(student, rng):
    """An example's values do not depend on who else is in the batch"""
    Z, gamma, beta = layer(rng, m=5)
    running = statistics_of_a_layer(rng)
    together = require_array(
        student.batchnorm_inference(Z, gamma, beta, running), Z.shape, "Z_tilde"
    )
    alone = student.batchnorm_inference(Z[:, 2:3], gamma, beta, running)
    assert_same(alone, together[:, 2:3], name="an example alone")
    if np.ptp(together) == 0:
        fail("all examples get the same values")
    middle = student.batchnorm_inference(running["mu"], gamma, beta, running)
    assert_same(middle, beta, atol=1e-6, name="an example at the running mean")


# --- softmax --------------------------------------------------------------------------------


def probabilities(Z):
    """Softmax in plain Python, one column after the other, for scores of modest size."""
    columns = []
    for column in Z.T.tolist():
        powers = [math.exp(z) for z in column]
        columns.append([p / math.fsum(powers) for p in powers])
    return np.array(columns).T


@pytest.mark.exercise("softmax", weight=0.5, public=True)
@cases("softmax")
def test_softmax_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("softmax")
@pytest.mark.parametrize(
    ("C", "m"),
    [(2, 1), (3, 3), (7, 4)],
    ids=["2 classes, 1 example", "3 classes, 3 examples", "7 classes, 4 examples"],
)
def test_softmax_on_fresh_scores(student, rng, C, m):
    """Right for other scores:"""
    Z = rng.normal(scale=3, size=(C, m))
    assert_same(student.softmax(Z), probabilities(Z))


def scores(rng):
    """Scores that stay exact, in single precision too, when thousands are added."""
    return rng.integers(-256, 256, (4, 3)) / 64


@pytest.mark.exercise("softmax", weight=2)
def test_softmax_does_not_overflow(student, rng):
    """Scores in the hundreds and thousands do not overflow"""
    Z = scores(rng)
    offsets = (400.0, 5000.0, -5000.0)
    got = [student.softmax(Z + offset) for offset in offsets]
    for A in got:
        assert_same(A, probabilities(Z), rtol=1e-8)


@pytest.mark.exercise("softmax", weight=1.5)
def test_softmax_of_columns_of_very_different_size(student, rng):
    """Each example is shifted by its own largest score"""
    Z = scores(rng)
    moved = Z + np.array([[-3000.0, 0.0, 3000.0]])
    assert_same(student.softmax(moved), probabilities(Z), rtol=1e-8)


def predicted(rng, C, m):
    """Probabilities, none of them near 0, and true classes."""
    A = rng.uniform(0.5, 2, (C, m))
    return A / A.sum(axis=0), np.eye(C)[:, rng.integers(0, C, m)]


@pytest.mark.exercise("compute_softmax_cost", weight=0.5, public=True)
@cases("compute_softmax_cost")
def test_compute_softmax_cost_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("compute_softmax_cost", weight=0.5)
@pytest.mark.parametrize(
    ("C", "m"),
    [(2, 1), (3, 5), (6, 12)],
    ids=["2 classes, 1 example", "3 classes, 5 examples", "6 classes, 12 examples"],
)
def test_cost_on_fresh_probabilities(student, rng, C, m):
    """Right for other probabilities:"""
    A, Y = predicted(rng, C, m)
    given = [A[Y[:, j].argmax(), j] for j in range(m)]
    assert_same(student.compute_softmax_cost(A, Y), -math.fsum(map(math.log, given)) / m)


@pytest.mark.exercise("compute_softmax_cost", weight=2)
def test_cost_of_probabilities_of_zero_and_one(student):
    """Probabilities of exactly 0 give no nan, and cost 12 ln 10 where they are wrong"""
    A = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 0.0]])
    right = student.compute_softmax_cost(A[:, :2], np.eye(3)[:, [0, 1]])
    mixed = student.compute_softmax_cost(A, np.eye(3)[:, [0, 2, 1]])
    assert_same(right, 0.0, atol=1e-9, name="the cost of two sure and right answers")
    assert_same(mixed, (12 * math.log(10) + math.log(2)) / 3, rtol=1e-6)


@pytest.mark.exercise("compute_softmax_cost")
def test_cost_of_guessing(student):
    """Guessing among C classes costs log C"""
    for C in (2, 5, 10):
        got = student.compute_softmax_cost(np.full((C, 4), 1 / C), np.eye(C)[:, [0, 1, 0, 1]])
        assert_same(got, math.log(C))


@pytest.mark.exercise("softmax_backward", weight=0.5, public=True)
@cases("softmax_backward")
def test_softmax_backward_documented(student, case):
    """Right for the example of the lesson"""
    assert_documented(student, case)


@pytest.mark.exercise("softmax_backward", weight=0.5)
@pytest.mark.parametrize(
    ("C", "m"), [(3, 1), (4, 6)], ids=["3 classes, 1 example", "4 classes, 6 examples"]
)
def test_softmax_backward_is_the_derivative_of_the_losses(student, rng, C, m):
    """dZ is the slope of each example's loss:"""
    Z = rng.normal(size=(C, m))
    Y = np.eye(C)[:, rng.integers(0, C, m)]

    def total_loss(z):
        return (np.log(np.exp(z).sum(axis=0)) - (Y * z).sum(axis=0)).sum()

    expected = complex_step(total_loss, Z)
    assert_same(student.softmax_backward(probabilities(Z), Y), expected, atol=1e-12)


@pytest.mark.exercise("softmax_backward", weight=1.5)
def test_softmax_backward_columns_add_up_to_zero(student, rng):
    """Only the true class's entry is negative, and each column adds up to zero"""
    A, Y = predicted(rng, 5, 8)
    dZ = require_array(student.softmax_backward(A, Y), A.shape, "dZ")
    if not np.array_equal(dZ < 0, Y == 1):
        fail("a step down the gradient would not raise the true class alone")
    assert_same(dZ.sum(axis=0), np.zeros(8), atol=1e-6, name="the sum of a column of dZ")


# --- predict_probabilities: the repair ----------------------------------------------------------


def trained(rng, m, widths=(4, 5, 3, 4)):
    """Examples, parameters and running statistics of a network of these widths."""
    parameters, running = {}, {}
    for layer, (n_prev, n) in enumerate(pairwise(widths), start=1):
        parameters[f"W{layer}"] = rng.normal(size=(n, n_prev))
        parameters[f"gamma{layer}"] = rng.uniform(0.5, 2, (n, 1))
        parameters[f"beta{layer}"] = rng.normal(size=(n, 1))
        if layer < len(widths) - 1:
            running[layer] = {"mu": rng.normal(size=(n, 1)), "sigma2": rng.uniform(0.5, 4, (n, 1))}
    return rng.normal(size=(widths[0], m)), parameters, running


def scores_of(X, parameters, running):
    """What the last layer gives, before the softmax, by the formulas of the lesson."""
    L = len(parameters) // 3
    for layer in range(1, L + 1):
        Z = parameters[f"W{layer}"] @ X
        if layer < L:
            Z = (Z - running[layer]["mu"]) / np.sqrt(running[layer]["sigma2"] + 1e-8)
            Z = np.maximum(parameters[f"gamma{layer}"] * Z + parameters[f"beta{layer}"], 0)
        X = Z
    return X + parameters[f"beta{L}"]


def predicted_by(student, reference, X, parameters, running):
    """The student's probabilities, the functions that are called standing in."""
    given = ("batchnorm_forward", "batchnorm_inference", "softmax")
    helped = student.standing_in(**{name: getattr(reference, name) for name in given})
    A = helped.predict_probabilities(X, parameters, running)
    last = parameters[f"W{len(parameters) // 3}"]
    return require_array(A, (last.shape[0], X.shape[1]), "A")


@pytest.mark.exercise("predict_probabilities", weight=2, public=True)
def test_predict_documented(student, reference):
    """The probabilities of the lesson's five examples"""
    rng = np.random.RandomState(54)
    parameters = {
        "W1": rng.randn(3, 2), "gamma1": 1 + rng.rand(3, 1), "beta1": rng.randn(3, 1),
        "W2": rng.randn(3, 3), "gamma2": 1 + rng.rand(3, 1), "beta2": rng.randn(3, 1),
        "W3": rng.randn(3, 3), "gamma3": np.ones((3, 1)), "beta3": rng.randn(3, 1),
    }  # fmt: skip
    running = {layer: {"mu": rng.randn(3, 1), "sigma2": 1 + rng.rand(3, 1)} for layer in (1, 2)}
    X = 2 * rng.randn(2, 5)
    A = predicted_by(student, reference, X, parameters, running)
    assert_same(A, probabilities(scores_of(X, parameters, running)))


@pytest.mark.exercise("predict_probabilities", weight=3)
def test_predicted_probabilities_of_an_example_add_up_to_one(student, reference, rng):
    """The probabilities of each example add up to 1, also of one alone"""
    for m in (6, 1):
        X, parameters, running = trained(rng, m)
        A = predicted_by(student, reference, X, parameters, running)
        assert_same(A.sum(axis=0), np.ones(m), name="the sums of the columns")
        if A.min() < 0 or A.max() > 1 - 1e-12:
            fail("a probability is below 0, or the whole of 1")


@pytest.mark.exercise("predict_probabilities", weight=3)
def test_predicting_uses_the_running_statistics(student, reference, rng):
    """Each layer is normalized by the running statistics"""
    X, parameters, running = trained(rng, 6)
    A = predicted_by(student, reference, X, parameters, running)
    if not (A > 0).all():
        fail("a probability is 0 or less")
    # what a softmax adds to the logarithms, along either axis, is gone after centring both ways
    assert_same(centred_twice(np.log(A)), centred_twice(scores_of(X, parameters, running)),
                rtol=1e-5, atol=1e-6, name="the scores behind the probabilities")  # fmt: skip


def centred_twice(Z):
    Z = Z - Z.mean(axis=0, keepdims=True)
    return Z - Z.mean(axis=1, keepdims=True)


@pytest.mark.exercise("predict_probabilities", weight=2)
def test_predicted_probabilities_are_right(student, reference, rng):
    """Right for other networks, for one example and for many"""
    for m, widths in ((1, (3, 4, 2)), (7, (2, 3, 4, 5))):
        X, parameters, running = trained(rng, m, widths)
        A = predicted_by(student, reference, X, parameters, running)
        assert_same(A, probabilities(scores_of(X, parameters, running)))
