"""Hidden graders of `optimization`.

The oracles are the documented cases, the formulas written once more as plain sums, and what
must hold whatever the numbers: a constant gradient, no memory, a very late step, every example
in exactly one batch. None of them is the reference solution.

Where a step uses averages that the same function updates, the step is also right when it is
right for the averages that were returned: a mistake in an average costs once. The weights of a
function's checks are its points.
"""

import math

import numpy as np
import pytest

from autograder.graders import among, assert_same, documented, fail, same

GD = "update_parameters_with_gd"
BATCHES = "random_mini_batches"
EWA = "exponentially_weighted_average"
VELOCITY = "initialize_velocity"
MOMENTUM = "update_parameters_with_momentum"
RMSPROP = "update_parameters_with_rmsprop"
ADAM = "update_parameters_with_adam"
CONTINUOUS = "update_lr"
SCHEDULE = "schedule_lr_decay"
ADAMW = "update_parameters_with_adamw"
WARMUP = "warmup_cosine_lr"

# What was averaged in single precision is right, also where a parameter ends near zero.
CLOSE = {"rtol": 1e-5, "atol": 1e-6}

any_depth = pytest.mark.parametrize(
    "layers", [1, 2, 5], ids=["a net of 1 layer", "a net of 2 layers", "a net of 5 layers"]
)


def shown(function):
    return pytest.mark.parametrize("case", documented(function), ids=str)


def check_documented(student, case):
    got = getattr(student, case.function)(*case.args, **case.kwargs)
    assert_same(got, case.expected, rtol=case.rtol, atol=case.atol)


# --- fresh networks -----------------------------------------------------------------------


def network(rng, layers=1):
    """Parameters of a net whose layers all have other widths.

    One layer shows how a parameter moves; that all layers do is for the checks of `any_depth`.
    """
    widths = rng.permutation(np.arange(2, layers + 4))
    parameters = {}
    for layer in range(1, layers + 1):
        parameters[f"W{layer}"] = rng.normal(size=(widths[layer], widths[layer - 1]))
        parameters[f"b{layer}"] = rng.normal(size=(widths[layer], 1))
    return parameters


def like(parameters, draw):
    """Numbers in the shape of every parameter, under the keys of the gradients."""
    return {"d" + key: draw(value.shape) for key, value in parameters.items()}


def gradients(rng, parameters):
    """Gradients of either sign, none of them near zero."""
    return like(
        parameters, lambda shape: rng.uniform(0.2, 2, shape) * rng.choice([-1.0, 1.0], shape)
    )


def squares(rng, parameters):
    """Averages of squares: positive."""
    return like(parameters, lambda shape: rng.uniform(0.5, 3, shape))


def zeros(parameters):
    return like(parameters, np.zeros)


def moved(parameters, step):
    """The parameters after a step: {"dW1": how far W1 goes down, ...}."""
    return {key: value - step["d" + key] for key, value in parameters.items()}


def average(old, new, beta):
    return {key: beta * old[key] + (1 - beta) * new[key] for key in old}


def squared(grads):
    return {key: grad * grad for key, grad in grads.items()}


def parts(result, *names):
    """The values of a returned tuple, which must be as many as their names."""
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        told = ", ".join(names)
        fail(
            "The function must return {n} things: {names}.",
            n=among(len(names), (2,)),
            names=among(told, ("v, s", "parameters, v", "parameters, s")),
        )
    return tuple(result)


# --- gradient descent ---------------------------------------------------------------------


@pytest.mark.exercise(GD, weight=0.5, public=True)
@shown(GD)
def test_gd_documented(student, case):
    """The example of the lesson"""
    check_documented(student, case)


@pytest.mark.exercise(GD)
@any_depth
def test_gd_moves_every_parameter_down_its_slope(student, rng, layers):
    """Every parameter moves against its gradient, as far as the learning rate says"""
    parameters = network(rng, layers)
    grads, rate = gradients(rng, parameters), rng.uniform(0.05, 0.5)
    got = student.update_parameters_with_gd(parameters, grads, rate)
    assert_same(got, moved(parameters, {key: rate * grad for key, grad in grads.items()}))


@pytest.mark.exercise(GD, weight=1.5)
def test_gd_stands_still_at_learning_rate_zero(student, rng):
    """The learning rate decides how far: with 0 nothing moves, with 1 a whole gradient"""
    parameters = network(rng)
    grads = gradients(rng, parameters)
    assert_same(student.update_parameters_with_gd(parameters, grads, 0.0), parameters)
    assert_same(student.update_parameters_with_gd(parameters, grads, 1), moved(parameters, grads))


# --- mini-batches -------------------------------------------------------------------------

some_sizes = pytest.mark.parametrize(
    ("m", "size"),
    [(37, 8), (48, 16), (5, 16), (1, 4), (30, 1), (24, 24)],
    ids=[
        "a prime number of examples",
        "a multiple of the batch size",
        "fewer examples than one batch holds",
        "a single example",
        "batches of one",
        "one full batch",
    ],
)


def numbered(rng, m):
    """Examples that carry their number in the first row, and labels that fit the number."""
    labels = rng.integers(0, 2, m)
    X = np.vstack([np.arange(m, dtype=float), rng.normal(size=(2, m)), labels])
    return X, labels.reshape(1, m)


def batches_of(result):
    """The (X, Y) of every batch as arrays."""
    if not isinstance(result, (list, tuple)):
        fail("The function must return a list of mini-batches.")
    pairs = []
    for batch in result:
        if not isinstance(batch, (list, tuple)) or len(batch) != 2:
            fail("Every mini-batch must be a pair: examples and labels.")
        X, Y = (np.asarray(part) for part in batch)
        if X.ndim != 2 or Y.ndim != 2:
            fail("Examples and labels of a mini-batch must have rows and columns.")
        pairs.append((X, Y))
    return pairs


@pytest.mark.exercise(BATCHES, weight=0.5, public=True)
@shown(BATCHES)
def test_batches_documented(student, case):
    """A small example from the lesson, or 148 examples in batches of 64:"""
    got = student.random_mini_batches(*case.args, **case.kwargs)
    assert_same(batches_of(got), case.expected)


# Published with the exercise, of 148 numbered examples with 12,288 features: three numbers of
# the first feature in the first batch, three of the last feature in the last batch.
FIRST_OF_NUMBERED = np.array([294912.0, 86016.0, 454656.0])
LAST_OF_NUMBERED = np.array([1425407.0, 1769471.0, 897023.0])


@pytest.mark.exercise(BATCHES, weight=1, public=True)
def test_batches_documented_numbers(student):
    """The example of the course: 148 numbered examples"""
    first = np.arange(148.0) * 12288
    X = np.vstack([first, first + 12287])
    batches = batches_of(student.random_mini_batches(X, np.ones((1, 148)), 64))
    assert_same(batches[0][0][0, :3], FIRST_OF_NUMBERED, name="the first batch")
    assert_same(batches[-1][0][-1, :3], LAST_OF_NUMBERED, name="the last batch")


@pytest.mark.exercise(BATCHES, weight=0.5)
@some_sizes
def test_batches_have_the_right_sizes(student, rng, m, size):
    """As many batches as needed, all full but the last"""
    X, Y = numbered(rng, m)
    batches = batches_of(student.random_mini_batches(X, Y, size, 1))
    full, rest = divmod(m, size)
    wanted = [size] * full + [rest] * (rest > 0)
    got = [batch.shape[1] for batch, _ in batches]
    if len(got) != len(wanted):
        if len(got) > len(wanted):
            fail("There are too many mini-batches for this number of examples.")
        fail("There are too few mini-batches for this number of examples.")
    if got != wanted:
        fail("The number of mini-batches is right; one of them holds too few or too many columns.")


@pytest.mark.exercise(BATCHES, weight=0.5)
@some_sizes
def test_batches_hold_every_example_once(student, rng, m, size):
    """Every example is in exactly one batch, and whole"""
    X, Y = numbered(rng, m)
    batches = batches_of(student.random_mini_batches(X, Y, size, 2))
    numbers = numbers_of([batch for batch, _ in batches], X)
    if len(set(numbers)) < len(numbers):
        fail("An example is in more than one batch.")
    if len(numbers) < m:
        fail("An example is in no batch.")


def numbers_of(batches, X):
    """Which of the given examples the columns of the batches are."""
    if any(batch.shape[0] != X.shape[0] for batch in batches):
        fail("A batch holds another number of features than the examples have.")
    columns = np.concatenate(batches or [X[:, :0]], axis=1)
    known = np.isin(np.rint(columns[0]), X[0])
    if known.all():
        numbers = np.rint(columns[0]).astype(int)
        if same(columns, X[:, numbers]):
            return numbers.tolist()
    fail("A batch holds a column that is none of the examples.")


@pytest.mark.exercise(BATCHES, weight=0.5)
@some_sizes
def test_batches_keep_labels_with_examples(student, rng, m, size):
    """Labels stay with their examples"""
    X, Y = numbered(rng, m)
    batches = batches_of(student.random_mini_batches(X, Y, size, 3))
    if not batches:
        fail("There are too few mini-batches for this number of examples.")
    for batch_X, batch_Y in batches:
        if batch_Y.shape != (1, batch_X.shape[1]):
            fail("The labels of a batch must be one row with a column for each of its examples.")
        if not np.array_equal(batch_X[-1], batch_Y[0]):
            fail("A label is in a batch beside another example than its own.")


@pytest.mark.exercise(BATCHES, weight=0.5)
@pytest.mark.parametrize("seed", [0, 7, 1234], ids=["seed 0", "seed 7", "seed 1234"])
def test_batches_follow_the_seed(student, rng, seed):
    """The columns come in the order that numpy's permutation gives for the seed"""
    m, size = 24, 6
    X, Y = numbered(rng, m)
    order = np.random.RandomState(seed).permutation(m)
    batches = batches_of(student.random_mini_batches(X, Y, size, seed))
    got = numbers_of([batch for batch, _ in batches], X)
    if got == order.tolist():
        return
    if got[:size] == order[:size].tolist():
        fail("The shuffle is right, and so is the first batch: later ones are cut elsewhere.")
    if sorted(got) != list(range(m)):
        fail("Not every example is in exactly one batch, so that their order cannot be told.")
    if got == list(range(m)):
        fail("The examples are not shuffled.")
    fail("The order is another one than np.random.permutation gives after seeding with `seed`.")


@pytest.mark.exercise(BATCHES, weight=0.5)
def test_batches_defaults(student, rng):
    """Without more words: batches of 64, seed 0"""
    m = 150
    X, Y = numbered(rng, m)
    batches = batches_of(student.random_mini_batches(X, Y))
    order = np.random.RandomState(0).permutation(m)
    if [batch.shape[1] for batch, _ in batches] != [64, 64, 22]:
        fail("Without a batch size the batches must hold 64 examples, the last one the rest.")
    if not np.array_equal(np.concatenate([batch[0] for batch, _ in batches]), order):
        fail("Without a seed the shuffle must be that of seed 0.")


# --- exponentially weighted averages ------------------------------------------------------


def weighted_sums(thetas, beta):
    """v_t as what it is: a sum with fading weights, most recent first."""
    return np.array([
        sum((1 - beta) * beta**age * thetas[t - age] for age in range(t + 1))
        for t in range(len(thetas))
    ])  # fmt: skip


some_betas = pytest.mark.parametrize(
    "beta", [0.3, 0.9, 0.98], ids=["a short memory", "a longer memory", "a long memory"]
)


@pytest.mark.exercise(EWA, public=True)
@shown(EWA)
def test_ewa_documented(student, case):
    """The example worked by hand in the lesson"""
    check_documented(student, case)


@pytest.mark.exercise(EWA)
@some_betas
def test_ewa_without_correction(student, rng, beta):
    """Without correction: the sum with fading weights"""
    thetas = rng.uniform(1, 9, 12)
    got = student.exponentially_weighted_average(thetas, beta, bias_correction=False)
    assert_same(got, weighted_sums(thetas, beta), name="the averages", **CLOSE)


@pytest.mark.exercise(EWA)
@some_betas
def test_ewa_with_correction(student, rng, beta):
    """With correction: divided by the sum of the weights"""
    thetas = rng.uniform(1, 9, 12)
    got = student.exponentially_weighted_average(thetas, beta)
    weights = weighted_sums(np.ones(12), beta)
    assert_same(got, weighted_sums(thetas, beta) / weights, name="the averages", **CLOSE)


@pytest.mark.exercise(EWA)
def test_ewa_of_a_constant_is_the_constant(student, rng):
    """The corrected average of a constant series is that constant, and lags behind a jump"""
    constant = rng.uniform(2, 5)
    jump = np.append(np.full(9, constant), 3 * constant)
    got = student.exponentially_weighted_average(jump, 0.9, True)
    after = constant + 2 * constant * 0.1 / (1 - 0.9**10)  # the jump's share of the weights
    assert_same(got, np.append(np.full(9, constant), after), name="the averages", **CLOSE)


@pytest.mark.exercise(EWA)
@pytest.mark.parametrize("correction", [True, False], ids=["corrected", "not corrected"])
def test_ewa_without_memory_is_the_series(student, rng, correction):
    """With beta = 0 the average is the series itself, with more memory it is not"""
    thetas = rng.normal(size=8)
    got = student.exponentially_weighted_average(thetas, 0.0, bias_correction=correction)
    assert_same(got, thetas, name="the averages", **CLOSE)
    got = student.exponentially_weighted_average(thetas, 0.5, bias_correction=correction)
    if same(got, thetas):
        fail("The average is the series itself, whatever beta is.")


@pytest.mark.exercise(EWA, weight=0.5)
def test_ewa_of_whole_numbers_is_not_whole(student, rng):
    """A series of whole numbers has averages with decimals"""
    thetas = rng.permutation(np.arange(1, 10))
    got = student.exponentially_weighted_average(thetas, 0.9)
    weights = weighted_sums(np.ones(9), 0.9)
    assert_same(got, weighted_sums(thetas, 0.9) / weights, name="the averages", **CLOSE)


# --- zeros to start from ------------------------------------------------------------------


@pytest.mark.exercise(VELOCITY, weight=1.5, public=True)
@shown(VELOCITY)
def test_velocity_documented(student, case):
    """The example of the course"""
    check_documented(student, case)


@pytest.mark.exercise(VELOCITY, weight=0.5)
@any_depth
def test_velocity_starts_from_zero(student, rng, layers):
    """Zeros in the shape of every parameter"""
    parameters = network(rng, layers)
    assert_same(student.initialize_velocity(parameters), zeros(parameters))


# --- momentum -----------------------------------------------------------------------------


@pytest.mark.exercise(MOMENTUM, weight=0.5, public=True)
@shown(MOMENTUM)
def test_momentum_documented(student, case):
    """The example of the course"""
    check_documented(student, case)


def one_momentum_step(student, rng, layers=1):
    parameters = network(rng, layers)
    grads, v = gradients(rng, parameters), gradients(rng, parameters)
    beta, rate = rng.uniform(0.6, 0.8), rng.uniform(0.1, 0.4)
    result = student.update_parameters_with_momentum(parameters, grads, v, beta, rate)
    return parameters, average(v, grads, beta), rate, parts(result, "parameters", "v")


@pytest.mark.exercise(MOMENTUM)
@any_depth
def test_momentum_averages_the_gradients(student, rng, layers):
    """The new velocity is the average of the old one and the gradient"""
    _, velocity, _, (_, got) = one_momentum_step(student, rng, layers)
    assert_same(got, velocity)


@pytest.mark.exercise(MOMENTUM)
@any_depth
def test_momentum_moves_along_the_velocity(student, rng, layers):
    """Every parameter moves along the new velocity"""
    parameters, velocity, rate, (got, returned) = one_momentum_step(student, rng, layers)
    for v in (returned, velocity):
        step = scaled(v, rate, like=velocity)
        if step is not None and same(got, moved(parameters, step), **CLOSE):
            return
    step = {key: rate * value for key, value in velocity.items()}
    assert_same(got, moved(parameters, step), **CLOSE)


def scaled(values, rate, like):
    """Each array times the rate, or None unless keys and shapes are as they should be."""
    if not sound(values, like):
        return None
    return {key: rate * np.asarray(values[key]) for key in like}


def sound(values, like):
    """Whether a returned dictionary can be calculated with."""
    return isinstance(values, dict) and all(
        isinstance(values.get(key), np.ndarray)
        and values[key].shape == like[key].shape
        and values[key].dtype.kind in "if"
        for key in like
    )


@pytest.mark.exercise(MOMENTUM, weight=1.5)
def test_momentum_without_memory_is_gradient_descent(student, rng):
    """With beta = 0 it is gradient descent"""
    parameters = network(rng)
    grads, v = gradients(rng, parameters), gradients(rng, parameters)
    got = student.update_parameters_with_momentum(parameters, grads, v, 0.0, 0.1)
    down = {key: 0.1 * grad for key, grad in grads.items()}
    assert_same(parts(got, "parameters", "v")[0], moved(parameters, down), **CLOSE)


@pytest.mark.exercise(MOMENTUM, weight=2)
def test_momentum_under_a_constant_gradient(student, rng):
    """Under a constant gradient the velocity grows towards the gradient"""
    parameters = network(rng)
    grads, v = gradients(rng, parameters), zeros(parameters)
    for _ in range(12):
        got = student.update_parameters_with_momentum(parameters, grads, v, 0.8, 0.01)
        parameters, v = parts(got, "parameters", "v")
    assert_same(v, {key: (1 - 0.8**12) * grad for key, grad in grads.items()})


# --- RMSprop ------------------------------------------------------------------------------


@pytest.mark.exercise(RMSPROP, weight=0.5, public=True)
@shown(RMSPROP)
def test_rmsprop_documented(student, case):
    """The example of the lesson"""
    check_documented(student, case)


def lengths(grads, s, rate, epsilon):
    """How far every parameter goes, by the formula."""
    return {key: rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in grads}


def one_rmsprop_step(student, rng, epsilon, layers=1):
    parameters = network(rng, layers)
    grads, s = gradients(rng, parameters), squares(rng, parameters)
    beta2, rate = rng.uniform(0.6, 0.8), rng.uniform(0.1, 0.4)
    result = student.update_parameters_with_rmsprop(parameters, grads, s, beta2, rate, epsilon)
    new = average(s, squared(grads), beta2)
    return parameters, grads, new, rate, parts(result, "parameters", "s")


@pytest.mark.exercise(RMSPROP)
@any_depth
def test_rmsprop_averages_the_squares(student, rng, layers):
    """The new s is the average of the old one and the squared gradient"""
    _, _, s, _, (_, got) = one_rmsprop_step(student, rng, 1e-8, layers)
    assert_same(got, s)


@pytest.mark.exercise(RMSPROP)
@any_depth
def test_rmsprop_divides_by_the_root(student, rng, layers):
    """The step is divided by the root of the new s"""
    parameters, grads, s, rate, (got, returned) = one_rmsprop_step(student, rng, 1e-9, layers)
    check_rmsprop_step(parameters, grads, s, rate, 1e-9, got, returned)


@pytest.mark.exercise(RMSPROP, weight=2)
def test_rmsprop_with_a_large_epsilon(student, rng):
    """A large epsilon is added to the root"""
    parameters, grads, s, rate, (got, returned) = one_rmsprop_step(student, rng, 0.7)
    check_rmsprop_step(parameters, grads, s, rate, 0.7, got, returned)


def check_rmsprop_step(parameters, grads, s, rate, epsilon, got, returned):
    if sound(returned, s):
        with np.errstate(all="ignore"):
            step = lengths(grads, returned, rate, epsilon)
        if same(got, moved(parameters, step), **CLOSE):
            return
    assert_same(got, moved(parameters, lengths(grads, s, rate, epsilon)), **CLOSE)


@pytest.mark.exercise(RMSPROP, weight=0.5)
def test_rmsprop_stays_where_the_ground_is_flat(student, rng):
    """A gradient of zero moves nothing, even when s is zero; another one does"""
    parameters = network(rng)
    flat = zeros(parameters)
    got = student.update_parameters_with_rmsprop(parameters, flat, flat, 0.9, 0.1)
    assert_same(parts(got, "parameters", "s")[0], parameters)
    grads = gradients(rng, parameters)
    got = student.update_parameters_with_rmsprop(parameters, grads, flat, 0.9, 0.1)
    if same(parts(got, "parameters", "s")[0], parameters):
        fail("Nothing moves, although the gradient is not zero.")


@pytest.mark.exercise(RMSPROP, weight=0.5)
def test_rmsprop_default_epsilon(student, rng):
    """Without more words epsilon is 1e-8"""
    parameters = network(rng)
    grads = like(parameters, lambda shape: rng.uniform(1e-8, 9e-8, shape))
    got = student.update_parameters_with_rmsprop(parameters, grads, zeros(parameters), 0.9, 0.5)
    s = average(zeros(parameters), squared(grads), 0.9)
    expected = moved(parameters, lengths(grads, s, 0.5, 1e-8))
    assert_same(parts(got, "parameters", "s")[0], expected, **CLOSE)


@pytest.mark.exercise(RMSPROP)
def test_rmsprop_under_a_constant_gradient(student, rng):
    """Under a constant gradient every step comes to the length of the learning rate"""
    parameters = network(rng)
    grads, s = gradients(rng, parameters), zeros(parameters)
    for _ in range(15):
        before = parameters
        got = student.update_parameters_with_rmsprop(parameters, grads, s, 0.2, 0.1)
        parameters, s = parts(got, "parameters", "s")
    step = {key: 0.1 * np.sign(grad) for key, grad in grads.items()}
    assert_same(parameters, moved(before, step), atol=1e-7)  # epsilon shortens the step a little


# --- Adam ---------------------------------------------------------------------------------


def adam_parts(result):
    """Parameters, v, s, and the corrected v and s or twice None."""
    if not isinstance(result, (tuple, list)) or len(result) not in (3, 5):
        fail(
            "The function must return parameters, v and s, and may return the corrected v and s "
            "after them."
        )
    return (*result, None, None)[:5]


@pytest.mark.exercise(ADAM, weight=0.5, public=True)
@shown(ADAM)
def test_adam_documented(student, case):
    """The example of the course"""
    got = student.update_parameters_with_adam(*case.args, **case.kwargs)
    wanted = tuple(case.expected)
    parts_given = tuple(part for part in adam_parts(got) if part is not None)
    known = min(len(parts_given), len(wanted))
    assert_same(parts_given[:known], wanted[:known], rtol=case.rtol, atol=case.atol)


class AdamStep:
    """One fresh step: its inputs, what the student returned, and what the formulas give."""

    def __init__(self, student, rng, t, epsilon=1e-9, layers=1):
        self.parameters = network(rng, layers)
        self.grads = gradients(rng, self.parameters)
        v, s = gradients(rng, self.parameters), squares(rng, self.parameters)
        self.rate, self.t, self.epsilon = rng.uniform(0.1, 0.4), t, epsilon
        self.beta1, self.beta2 = rng.uniform(0.5, 0.7), rng.uniform(0.8, 0.95)
        got = student.update_parameters_with_adam(
            self.parameters, self.grads, v, s, t, self.rate, self.beta1, self.beta2, epsilon
        )
        self.got, self.got_v, self.got_s, self.got_v_hat, self.got_s_hat = adam_parts(got)
        self.v = average(v, self.grads, self.beta1)
        self.s = average(s, squared(self.grads), self.beta2)

    def corrected(self, values, beta):
        return {key: value / (1 - beta**self.t) for key, value in values.items()}

    def moved(self, v, s):
        v, s = self.corrected(v, self.beta1), self.corrected(s, self.beta2)
        with np.errstate(all="ignore"):
            return moved(self.parameters, lengths(v, s, self.rate, self.epsilon))

    def check_parameters(self):
        for v in (self.got_v, self.v):
            for s in (self.got_s, self.s):
                usable = sound(v, self.v) and sound(s, self.s)
                if usable and same(self.got, self.moved(v, s), **CLOSE):
                    return
        assert_same(self.got, self.moved(self.v, self.s), **CLOSE)


@pytest.mark.exercise(ADAM, weight=0.5)
@any_depth
def test_adam_averages_the_gradients(student, rng, layers):
    """v comes back as the average of gradients, uncorrected"""
    step = AdamStep(student, rng, t=4, layers=layers)
    assert_same(step.got_v, step.v)


@pytest.mark.exercise(ADAM, weight=0.5)
@any_depth
def test_adam_averages_the_squares(student, rng, layers):
    """s comes back as the average of squared gradients, uncorrected"""
    step = AdamStep(student, rng, t=4, layers=layers)
    assert_same(step.got_s, step.s)


@pytest.mark.exercise(ADAM)
@pytest.mark.parametrize("t", [1, 2, 3, 9], ids=["step 1", "step 2", "step 3", "step 9"])
def test_adam_moves_by_the_corrected_averages(student, rng, t):
    """Every parameter moves by the corrected averages"""
    AdamStep(student, rng, t).check_parameters()


@pytest.mark.exercise(ADAM, weight=0.5)
@any_depth
def test_adam_moves_every_layer(student, rng, layers):
    """Every layer moves"""
    AdamStep(student, rng, t=6, layers=layers).check_parameters()


@pytest.mark.exercise(ADAM, weight=4)
def test_adam_with_a_large_epsilon(student, rng):
    """A large epsilon is added to the root"""
    AdamStep(student, rng, t=3, epsilon=0.6).check_parameters()


@pytest.mark.exercise(ADAM)
def test_adam_returns_the_corrected_averages(student, rng):
    """The corrected averages are right: those returned, or else those of the step"""
    step = AdamStep(student, rng, t=5)
    if step.got_v_hat is None:
        step.check_parameters()
    else:
        assert_same(step.got_v_hat, step.corrected(step.v, step.beta1), name="v corrected")
        assert_same(step.got_s_hat, step.corrected(step.s, step.beta2), name="s corrected")


@pytest.mark.exercise(ADAM, weight=2)
def test_adam_under_a_constant_gradient(student, rng):
    """Under a constant gradient every step is as long as the learning rate"""
    parameters = network(rng)
    grads, v, s = gradients(rng, parameters), zeros(parameters), zeros(parameters)
    step = {key: 0.05 * np.sign(grad) for key, grad in grads.items()}
    for t in range(1, 9):
        expected = moved(parameters, step)
        got = student.update_parameters_with_adam(parameters, grads, v, s, t, 0.05)
        parameters, v, s = adam_parts(got)[:3]
        assert_same(parameters, expected, atol=1e-7)  # epsilon shortens every step a little


@pytest.mark.exercise(ADAM, weight=0.5)
def test_adam_without_memory(student, rng):
    """With both memories 0 the step is the learning rate times the sign of the gradient"""
    parameters = network(rng)
    grads, v, s = gradients(rng, parameters), gradients(rng, parameters), squares(rng, parameters)
    got = student.update_parameters_with_adam(parameters, grads, v, s, 3, 0.2, 0.0, 0.0, 1e-12)
    step = {key: 0.2 * np.sign(grad) for key, grad in grads.items()}
    assert_same(adam_parts(got)[0], moved(parameters, step), **CLOSE)


@pytest.mark.exercise(ADAM, weight=0.5)
def test_adam_late_in_training(student, rng):
    """After a million steps the corrections no longer matter"""
    parameters = network(rng)
    grads, v, s = gradients(rng, parameters), gradients(rng, parameters), squares(rng, parameters)
    got = student.update_parameters_with_adam(parameters, grads, v, s, 10**6, 0.3, 0.7, 0.9, 1e-9)
    new_v, new_s = average(v, grads, 0.7), average(s, squared(grads), 0.9)
    expected = moved(parameters, lengths(new_v, new_s, 0.3, 1e-9))
    assert_same(adam_parts(got)[0], expected, **CLOSE)


@pytest.mark.exercise(ADAM, weight=0.5)
def test_adam_stays_where_the_ground_is_flat(student, rng):
    """A gradient of zero moves nothing, even when v and s are zero; another one does"""
    parameters = network(rng)
    flat = zeros(parameters)
    got = student.update_parameters_with_adam(parameters, flat, flat, flat, 1)
    assert_same(adam_parts(got)[0], parameters)
    got = student.update_parameters_with_adam(parameters, gradients(rng, parameters), flat, flat, 1)
    if same(adam_parts(got)[0], parameters):
        fail("Nothing moves, although the gradient is not zero.")


@pytest.mark.exercise(ADAM)
def test_adam_defaults(student, rng):
    """Without more words: learning rate 0.01, memories 0.9 and 0.999, epsilon 1e-8"""
    parameters = network(rng)
    v, s = gradients(rng, parameters), squares(rng, parameters)
    tiny = like(parameters, lambda shape: rng.uniform(1e-8, 9e-8, shape))
    v = {key: 1e-7 * value for key, value in v.items()}
    s = {key: 1e-15 * value for key, value in s.items()}
    got = student.update_parameters_with_adam(parameters, tiny, v, s, 3)
    new_v, new_s = average(v, tiny, 0.9), average(s, squared(tiny), 0.999)
    v_hat = {key: value / (1 - 0.9**3) for key, value in new_v.items()}
    s_hat = {key: value / (1 - 0.999**3) for key, value in new_s.items()}
    expected = moved(parameters, lengths(v_hat, s_hat, 0.01, 1e-8))
    assert_same(adam_parts(got)[0], expected, **CLOSE)


# --- AdamW: the repair ------------------------------------------------------------------------


@pytest.mark.exercise(ADAMW, weight=2, public=True)
@shown(ADAMW)
def test_adamw_documented(student, case):
    """One weight and one bias, in a late step and with decay"""
    got = student.update_parameters_with_adamw(*case.args, **case.kwargs)
    assert_same(parts(got, "parameters", "v", "s"), case.expected)


@pytest.mark.exercise(ADAMW, weight=3)
def test_adamw_steps_under_a_constant_gradient(student, rng):
    """Without decay and under a constant gradient every step is as long as the learning rate"""
    parameters = network(rng)
    grads, v, s = gradients(rng, parameters), zeros(parameters), zeros(parameters)
    step = {key: 0.05 * np.sign(grad) for key, grad in grads.items()}
    for t in range(1, 7):
        expected = moved(parameters, step)
        got = student.update_parameters_with_adamw(parameters, grads, v, s, t, 0.05, 0.0)
        parameters, v, s = parts(got, "parameters", "v", "s")
        assert_same(parameters, expected, atol=1e-7)  # epsilon shortens every step a little


@pytest.mark.exercise(ADAMW, weight=3)
def test_adamw_decays_every_parameter_by_the_same_share(student, rng):
    """The decay takes the same share off every parameter, whatever its gradient"""
    parameters = network(rng, layers=2)
    for size in (0.01, 1.0, 50.0):
        grads = {key: size * grad for key, grad in gradients(rng, parameters).items()}
        after = {}
        for decay in (0.0, 0.3):
            flat = zeros(parameters)
            got = student.update_parameters_with_adamw(
                parameters, grads, flat, flat, 1, 0.1, weight_decay=decay
            )
            after[decay] = parts(got, "parameters", "v", "s")[0]
            if not sound(after[decay], parameters):
                fail("The parameters that come back cannot be calculated with.")
        for key, value in parameters.items():
            taken = after[0.0][key] - after[0.3][key]
            assert_same(taken, 0.1 * 0.3 * value, rtol=1e-4, atol=1e-6, name="what the decay takes")


@pytest.mark.exercise(ADAMW, weight=2)
@pytest.mark.parametrize("t", [4], ids=["step 4"])
def test_adamw_of_fresh_numbers(student, rng, t):
    """The whole step is right for other numbers, a large epsilon too"""
    parameters = network(rng, layers=2)
    grads, v, s = gradients(rng, parameters), gradients(rng, parameters), squares(rng, parameters)
    got = student.update_parameters_with_adamw(parameters, grads, v, s, t, 0.2, 0.4, 0.6, 0.9, 0.5)
    new_v, new_s = average(v, grads, 0.6), average(s, squared(grads), 0.9)
    step = lengths(
        {key: value / (1 - 0.6**t) for key, value in new_v.items()},
        {key: value / (1 - 0.9**t) for key, value in new_s.items()},
        0.2,
        0.5,
    )
    decayed = {key: value * (1 - 0.2 * 0.4) for key, value in parameters.items()}
    expected = (moved(decayed, step), new_v, new_s)
    assert_same(parts(got, "parameters", "v", "s"), expected, **CLOSE)


# --- learning rate decay ------------------------------------------------------------------


@pytest.mark.exercise(CONTINUOUS, weight=0.5, public=True)
@shown(CONTINUOUS)
def test_continuous_documented(student, case):
    """The example of the lesson"""
    check_documented(student, case)


@pytest.mark.exercise(CONTINUOUS, weight=0.5)
@pytest.mark.parametrize("epoch", [1, 7, 400], ids=["early", "later", "late"])
def test_continuous_fresh(student, rng, epoch):
    """Divided by 1 + decay rate times epoch, beginning with the first rate in epoch 0"""
    first, rate = rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.7)
    assert_same(student.update_lr(first, epoch, rate), first / (1 + rate * epoch))
    assert_same(student.update_lr(first, 0, rate), first)


@pytest.mark.exercise(SCHEDULE, public=True)
def test_schedule_documented(student):
    """The five examples of the course and the lesson"""
    for case in documented(SCHEDULE):
        check_documented(student, case)


@pytest.mark.exercise(SCHEDULE)
@pytest.mark.parametrize(
    "position",
    [0.0, 0.3, 0.9],
    ids=["at the beginning of an interval", "early in an interval", "late in an interval"],
)
def test_schedule_fresh(student, rng, position):
    """As many decays as there are full intervals behind the epoch"""
    interval = 10 * int(rng.integers(3, 9))
    first, rate = rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.7)
    for past in (0, 1, 3, 12):
        epoch = past * interval + int(position * interval)
        got = student.schedule_lr_decay(first, epoch, rate, interval)
        assert_same(got, first / (1 + rate * past))


@pytest.mark.exercise(SCHEDULE, weight=0.5)
def test_schedule_is_flat_between_two_decays(student, rng):
    """The learning rate stays the same from one multiple of the interval to the next, and falls"""
    first = rng.uniform(0.1, 0.9)
    rates = [student.schedule_lr_decay(first, epoch, 0.5, 7) for epoch in range(14, 22)]
    if not all(same(rate, rates[0]) for rate in rates[:-1]):
        fail("The learning rate changes between two multiples of the interval.")
    if same(rates[-1], rates[0]):
        fail("The learning rate does not change at the next multiple of the interval.")


@pytest.mark.exercise(SCHEDULE, weight=0.5)
def test_schedule_default_interval(student, rng):
    """Without more words the interval is 1000 epochs"""
    first = rng.uniform(0.1, 0.9)
    got = [student.schedule_lr_decay(first, epoch, 1.0) for epoch in (999, 1000, 2999, 3001)]
    assert_same(got, [first, first / 2, first / 3, first / 4])


# --- warm-up and cosine -------------------------------------------------------------------


@pytest.mark.exercise(WARMUP, weight=1.5, public=True)
def test_warmup_documented(student):
    """The six steps worked by hand in the lesson"""
    for case in documented(WARMUP):
        check_documented(student, case)


def drawn_plan(rng):
    """Highest rate, steps of warm-up and steps in all, the descent a multiple of 12."""
    warmup = int(rng.integers(5, 20))
    return rng.uniform(0.1, 0.9), warmup, warmup + 12 * int(rng.integers(3, 9))


@pytest.mark.exercise(WARMUP, weight=2)
def test_warmup_rises_in_a_straight_line(student, rng):
    """It rises by the same amount in every step of the warm-up, up to the highest rate"""
    highest, warmup, total = drawn_plan(rng)
    got = [student.warmup_cosine_lr(highest, step, warmup, total) for step in range(warmup)]
    assert_same(got, list(np.linspace(highest / warmup, highest, warmup)))


@pytest.mark.exercise(WARMUP, weight=2.5)
def test_cosine_falls_to_zero(student, rng):
    """Then it falls like half a cosine: slowly, fast, slowly, to zero"""
    highest, warmup, total = drawn_plan(rng)
    shares = [1.0, (2 + math.sqrt(3)) / 4, 0.75, 0.5, 0.25, (2 - math.sqrt(3)) / 4, 0.0]
    for place, share in zip((0, 2, 4, 6, 8, 10, 12), shares, strict=True):
        step = warmup + place * (total - warmup) // 12
        got = student.warmup_cosine_lr(highest, step, warmup, total)
        assert_same(got, share * highest, atol=1e-7)


@pytest.mark.exercise(WARMUP)
def test_cosine_stays_at_zero(student, rng):
    """After the last step it stays at zero, having been above it before"""
    highest, warmup, total = drawn_plan(rng)
    if not student.warmup_cosine_lr(highest, total - 1, warmup, total) > 0:
        fail("The learning rate is not above zero before the last step.")
    for step in (total, total + 5, 3 * total):
        assert_same(student.warmup_cosine_lr(highest, step, warmup, total), 0.0, atol=1e-7)
