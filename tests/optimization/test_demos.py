"""The demos of the optimization notebook: its documented costs and accuracies."""

import contextlib
import re
from io import StringIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from autograder.course import Course, load_solution

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "source" / "optimization"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lesson():
    return load_solution(Course(ROOT), "optimization")


DOCUMENTED = {  # optimizer → cost at epochs 0, 1000, …, 4000, and percent right after 10,000
    "gd": ([0.702405, 0.668101, 0.635288, 0.600491, 0.573367], 79.67),
    "momentum": ([0.702413, 0.668167, 0.635388, 0.600591, 0.573444], 79.67),
    "adam": ([0.702166, 0.167845, 0.141316, 0.138788, 0.136066], 94.00),
}
DECAYED = {  # optimizer → learning rate, cost at epochs 0, 1000, …, 4000, percent right after 5,000
    "gd": (0.1, [0.701091, 0.127161, 0.120304, 0.117033, 0.117512], 94.33),
    "momentum": (0.1, [0.702226, 0.128974, 0.125965, 0.123375, 0.123218], 95.33),
    "adam": (0.01, [0.699346, 0.130074, 0.129826, 0.129282, 0.128361], 94.00),
}


def train(lesson, optimizer, **options):
    """The parameters, the costs and the percentage of moons told apart."""
    X, Y = lesson.load_dataset()
    parameters, costs = lesson.model(X, Y, [2, 5, 2, 1], optimizer, print_cost=False, **options)
    right = np.mean(lesson.predict_dec(parameters, X) == Y)
    return costs, round(100 * right, 2)


@pytest.mark.parametrize("optimizer", DOCUMENTED)
def test_10000_epochs_reach_the_documented_costs_and_accuracy(lesson, optimizer):
    """What is right after half of them, the notebook prints."""
    costs, accuracy = DOCUMENTED[optimizer]
    got, right = train(lesson, optimizer, learning_rate=0.0007, num_epochs=10000)
    assert got[:5000:1000] == pytest.approx(costs, abs=1e-6)
    assert right == accuracy


@pytest.mark.parametrize("optimizer", DECAYED)
def test_5000_epochs_with_decay_reach_the_documented_costs_and_accuracy(lesson, optimizer):
    rate, costs, accuracy = DECAYED[optimizer]
    got, right = train(lesson, optimizer, learning_rate=rate, decay=lesson.schedule_lr_decay)
    assert got[::1000] == pytest.approx(costs, abs=1e-6)
    assert right == accuracy


@pytest.fixture(scope="module")
def notebook():
    """The whole notebook run with its solutions, demos too."""
    book = nbformat.read(SOURCE / "optimization.ipynb", as_version=4)
    for cell in book.cells:
        cell.metadata.pop("tags", None)  # nbclient would skip the demos
    with contextlib.redirect_stderr(StringIO()):
        NotebookClient(book, timeout=600, resources={"metadata": {"path": str(SOURCE)}}).execute()
    return book


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_the_notebook_prints_the_numbers_that_its_text_tells(notebook):
    printed = "".join(o.text for o in outputs(notebook) if o.output_type == "stream")
    for number in ("71.67%", "94.33%", "95.33%", "94.00%", "0.573367", "0.136066", "0.128361"):
        assert number in printed
    for size, cost in ((300, "0.646"), (64, "0.484"), (1, "0.482")):
        assert f"batches of {size:3d}: cost over all examples at the end {cost}" in printed
    assert "50 million examples make 50,000 batches of 1,000" in printed
    for size, error in ((1, "7.38"), (4, "3.69"), (16, "1.82"), (64, "0.83")):
        assert f"batches of {size:3d}: error  {error}" in printed
    saddle = {"gradient descent": 74, "momentum": 113, "RMSprop": 9, "Adam": 16}
    for name, steps in saddle.items():
        assert f"{name}: {steps} steps until J < 0.05 beside the saddle" in printed
    for name, steps in {"gradient descent": 11110, "Adam": 57}.items():
        assert f"{name}: {steps} steps until half way down from the plateau" in printed
    assert "L2 inside Adam: what is left after 500 steps 0.000, 0.595, 0.978" in printed
    assert "AdamW: what is left after 500 steps 0.596, 0.596, 0.596" in printed
    assert "exponential: 0.0046 after 60 epochs" in printed


def test_warm_up_saves_trainings_that_a_constant_rate_loses(notebook):
    """Three, six and nine of ten in the text; so near the edge a machine may differ by one."""
    cell = next(cell for cell in notebook.cells if cell.id == "demo-warmup")
    printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
    constant, cosine, warmed = (int(n) for n in re.findall(r": (\d+)", printed))
    assert constant <= 4 < cosine <= 7 < warmed


def test_every_figure_has_a_text_for_who_cannot_see_it(notebook):
    figures = [o for o in outputs(notebook) if "image/png" in o.get("data", {})]
    assert len(figures) == 14
    assert all(len(figure.metadata["image/png"]["alt"]) > 40 for figure in figures)


def test_momentum_rmsprop_and_adam_come_lower_in_the_valley_than_gradient_descent(notebook, lesson):
    """What the figure of the four paths shows, computed again."""
    cell = next(cell for cell in notebook.cells if cell.id == "demo-paths")
    space = {**vars(lesson), "show": lambda *args, **kwargs: None}
    exec(cell.source, space)
    costs = {name: space["valley"](*path.T)[-1] for name, path in space["paths"].items()}
    assert max(costs["momentum"], costs["rmsprop"], costs["adam"]) < 0.1 * costs["gd"]
    assert space["paths"]["gd"][-1, 0] < -1  # still creeping along the floor
    assert space["paths"]["momentum"][:, 0].max() > 0  # swings past the minimum


def test_the_gradient_is_as_small_as_the_text_says(lesson):
    """An entry of the gradient is 0.013 on average: Adam's steps are 75 times as long."""
    X, Y = lesson.load_dataset()
    parameters, sizes = lesson.initialize_parameters([2, 5, 2, 1]), []
    for epoch in range(3000):
        for X_batch, Y_batch in lesson.random_mini_batches(X, Y, 64, 11 + epoch):
            _, cache = lesson.forward_propagation(X_batch, parameters)
            grads = lesson.backward_propagation(X_batch, Y_batch, cache)
            sizes.append(np.mean(np.concatenate([abs(g).ravel() for g in grads.values()])))
            parameters = lesson.update_parameters_with_gd(parameters, grads, 0.0007)
    assert np.mean(sizes) == pytest.approx(0.013, abs=0.001)


def test_epsilon_inside_the_root_passes_the_first_check_of_adam_and_fails_the_second(lesson):
    """What the lesson says of its own checks."""
    parameters, grads = lesson.example_network()
    zeros = {key: np.zeros(grad.shape) for key, grad in grads.items()}
    first = dict(epsilon=1e-8, learning_rate=0.01, beta1=0.9, beta2=0.999)
    second = dict(epsilon=1e-2, learning_rate=0.02, beta1=0.8, beta2=0.888)
    for options, close in ((first, True), (second, False)):
        right, _, _, v, s = lesson.update_parameters_with_adam(
            parameters, grads, zeros, zeros, 2, **options
        )
        wrong = {
            key: value - options["learning_rate"] * v["d" + key]
            / np.sqrt(s["d" + key] + options["epsilon"])
            for key, value in parameters.items()
        }  # fmt: skip
        agree = all(np.allclose(wrong[key], right[key], rtol=1e-6, atol=1e-8) for key in right)
        assert agree is close


def test_backward_propagation_gives_the_slopes_of_the_cost(lesson):
    """The provided network against two-sided differences."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, 7)), rng.integers(0, 2, (1, 7))
    parameters = lesson.initialize_parameters([2, 5, 2, 1])

    def cost():
        return lesson.compute_cost(lesson.forward_propagation(X, parameters)[0], Y) / 7

    _, cache = lesson.forward_propagation(X, parameters)
    grads = lesson.backward_propagation(X, Y, cache)
    for key, value in parameters.items():
        for place in np.ndindex(value.shape):
            kept, value[place] = value[place], value[place] + 1e-6
            above = cost()
            value[place] = kept - 1e-6
            below, value[place] = cost(), kept
            slope = (above - below) / 2e-6
            assert grads["d" + key][place] == pytest.approx(slope, abs=1e-7)
