"""A small network for the bug hunt of the lesson, and the instruments that show its symptoms."""

from functools import wraps

import numpy as np
from course_style import say


def example():
    """X of shape (2, 5), parameters of three layers of 3 units each, and running statistics."""
    rng = np.random.RandomState(54)
    parameters = {
        "W1": rng.randn(3, 2), "gamma1": 1 + rng.rand(3, 1), "beta1": rng.randn(3, 1),
        "W2": rng.randn(3, 3), "gamma2": 1 + rng.rand(3, 1), "beta2": rng.randn(3, 1),
        "W3": rng.randn(3, 3), "gamma3": np.ones((3, 1)), "beta3": rng.randn(3, 1),
    }  # fmt: skip
    running = {l: {"mu": rng.randn(3, 1), "sigma2": 1 + rng.rand(3, 1)} for l in (1, 2)}
    return 2 * rng.randn(2, 5), parameters, running


# What a right predictor says of these five examples, one column each.
PROBABILITIES = [
    [0.39901593, 0.73141844, 0.22267205, 0.24743021, 0.38075414],
    [0.10094421, 0.03637169, 0.63053959, 0.52432993, 0.23839578],
    [0.50003986, 0.23220987, 0.14678837, 0.22823987, 0.38085008],
]


def alone_and_in_company(predict):
    """Probabilities of the first example, predicted alone and with four others: two columns."""
    X, parameters, running = example()
    together = predict(X, parameters, running)
    return np.hstack([predict(X[:, :1], parameters, running), together[:, :1]])


def column_sums(predict):
    """What the probabilities of each of five examples add up to."""
    X, parameters, running = example()
    return predict(X, parameters, running).sum(axis=0)


def print_symptoms(predict):
    """Both instruments, in words."""
    sums = " ".join(f"{total:.3f}" for total in column_sums(predict))
    say("the probabilities of each of five examples add up to", sums)
    alone, company = alone_and_in_company(predict).T
    say("the first example alone:      ", " ".join(f"{p:.3f}" for p in alone))
    say("the first example with others:", " ".join(f"{p:.3f}" for p in company))


def examined(predict):
    """`predict`, told by its instruments: {what: numbers}."""

    @wraps(predict)
    def told():
        alone, company = alone_and_in_company(predict).T
        return {"column_sums": column_sums(predict), "alone_minus_in_company": alone - company}

    return told
