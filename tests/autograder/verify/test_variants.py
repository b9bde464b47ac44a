"""Honest variants compute the same as the solution."""

import numpy as np
import pytest
from proven_course import CENTERED, STEPPED

from autograder.verify.variants import VARIANTS, variants

pytestmark = pytest.mark.family


@pytest.mark.quick(
    "centered-source0-aliased import",
    "centered-source0-numpy scalars",
    "stepped-source1-prints",
    "stepped-source1-Fortran order",
    "stepped-source1-temporaries",
)
@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("function", "source"), [("centered", CENTERED), ("stepped", STEPPED)])
def test_honest_variants_compute_the_same(name, function, source):
    arguments = {"centered": (np.arange(6.0).reshape(2, 3),), "stepped": (2.0, 3.0, 0.5)}[function]
    text = variants(source, function).get(name, source)
    values = []
    for version in (source, text):
        space = {"np": np}
        with np.errstate(all="ignore"), pytest.MonkeyPatch.context() as patch:
            patch.setattr("warnings.warn", lambda *a, **k: None)
            exec(version, space)
            values.append(space[function](*arguments))
    np.testing.assert_allclose(*values, rtol=1e-6)


def test_every_function_of_a_cell_gets_the_whole_import():
    cell = """
def centered(X, axis=np.s_[0]):
    return X - mean(X) + Shift().by(X)

def mean(X) -> np.ndarray:
    return np.mean(X)

class Shift:
    def by(self, X):
        return np.zeros_like(X)
"""
    space = {"np": np}
    exec(variants(cell, "centered")["whole import"], space)
    space["np"] = None
    np.testing.assert_array_equal(space["centered"](np.array([1.0, 3.0])), [-1.0, 1.0])
    assert "numpy" not in space


@pytest.mark.parametrize("name", VARIANTS)
def test_a_lesson_without_numpy_gets_variants_that_run(name):
    text = variants("def double(x):\n    return [2 * x]\n", "double").get(name)
    space = {"__name__": "__main__"}
    if text is not None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("warnings.warn", lambda *a, **k: None)
            exec(text, space)
            assert space["double"](2.0) == [4.0]
