"""Instruments for the pipeline of the lesson: what they show on forty patients."""

from functools import wraps

import numpy as np
from course_style import say
from pa_utils import load_patients


def example():
    """X of shape (2, 40) and Y of shape (1, 40): what the pipeline is tried on."""
    return load_patients(40, seed=3)


def normalized_sets(prepare):
    """The three normalized sets that a pipeline makes of the example: {name: X}."""
    X, Y = example()
    (X_train, _), (X_dev, _), (X_test, _), _ = prepare(X, Y, seed=1)
    return {"training set": X_train, "dev set": X_dev, "test set": X_test}


def print_scales(prepare):
    """For each set the mean that is furthest from 0 and the deviation that is furthest from 1."""
    say("               furthest mean   furthest deviation")
    for name, X in normalized_sets(prepare).items():
        mean, deviation = X.mean(axis=1), X.std(axis=1)
        mean = mean[np.argmax(np.abs(mean))]
        deviation = deviation[np.argmax(np.abs(deviation - 1))]
        say(f"{name:14s} {mean:13.2g} {deviation:20.6g}")


def examined(prepare):
    """`prepare` on the example, told as {set: whether it shows the training set's scale}."""

    @wraps(prepare)
    def fair():
        X, Y = example()
        *sets, (mu, sigma) = prepare(X, Y, seed=1)
        known = {tuple(np.round(column, 6)) for column in X.T}
        told = {}
        for name, (X_set, _) in zip(("X_train", "X_dev", "X_test"), sets):
            means_and_deviations = np.hstack([X_set.mean(axis=1), X_set.std(axis=1)])
            own_scale = np.allclose(means_and_deviations, [0] * len(X) + [1] * len(X))
            raw = (X_set * sigma + mu).T  # on the scale that is returned, these are examples
            on_the_scale = all(tuple(np.round(column, 6)) in known for column in raw)
            told[name] = on_the_scale and own_scale == (name == "X_train")
        return told

    return fair
