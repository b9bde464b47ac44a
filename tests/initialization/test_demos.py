"""The lesson's demonstrations give the course's numbers. Runs the notebook top to bottom."""

import json
import re
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

SOURCE = Path(__file__).parents[2] / "source/initialization"
LN_2 = 0.6931471805599453
RANDOM_COSTS = [
    0.62395670, 0.59780439, 0.56359583, 0.55008169, 0.54434179, 0.53735538, 0.47001420,
    0.39766177, 0.39344406, 0.39201765, 0.38910685, 0.38612996, 0.38497358, 0.38275101,
]  # fmt: skip
HE_COSTS = [
    0.8830537463419761, 0.6879825919728063, 0.6751286264523371, 0.6526117768893807,
    0.6082958970572937, 0.5304944491717495, 0.4138645817071793, 0.3117803464844441,
    0.23696215330322556, 0.18597287209206828, 0.15015556280371808, 0.12325079292273548,
    0.09917746546525937, 0.08457055954024274, 0.07357895962677366,
]  # fmt: skip
EXPORT = """
import json
print(json.dumps({
    "costs": {"zeros": zeros_costs, "random": random_costs, "he": he_costs},
    "rates": {
        name: [float(np.mean(predict_dec(parameters, X) == Y))
               for X, Y in ((train_X, train_Y), (test_X, test_Y))]
        for name, parameters in (("zeros", zeros_parameters), ("random", random_parameters),
                                 ("he", he_parameters))
    },
}))
"""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def notebook():
    """The executed notebook, demonstrations included, with one more cell that prints results."""
    book = nbformat.read(SOURCE / "initialization.ipynb", as_version=4)
    for cell in book.cells:
        cell.metadata.pop("tags", None)
    book.cells.append(nbformat.v4.new_code_cell(EXPORT, id="export"))
    client = NotebookClient(book, timeout=120, resources={"metadata": {"path": SOURCE}})
    started = time.monotonic()
    client.execute()
    book.metadata["seconds"] = time.monotonic() - started
    return book


def printed(notebook, cell_id):
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


@pytest.fixture
def results(notebook):
    """Costs and accuracies of the three documented runs, at full precision."""
    return json.loads(printed(notebook, "export"))


def test_the_notebook_runs_in_under_two_minutes(notebook):
    assert notebook.metadata["seconds"] < 120


def test_every_public_check_passes_on_the_solutions(notebook):
    checks = [cell.id for cell in notebook.cells if cell.id.startswith("test_")]
    assert len(checks) == 6
    assert all("as expected" in printed(notebook, cell_id) for cell_id in checks)


def test_every_figure_has_alternative_text(notebook):
    figures = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(figures) == 9
    assert all(len(figure.metadata["image/png"]["alt"]) > 40 for figure in figures)


def test_nothing_is_written_to_stderr(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]


def test_zeros_cost_ln_2_throughout(results):
    np.testing.assert_allclose(results["costs"]["zeros"], [LN_2] * 15, rtol=1e-15)


def test_random_costs_are_those_documented_to_two_percent(results):
    first, *rest = results["costs"]["random"]
    assert first == float("inf")
    np.testing.assert_allclose(rest, RANDOM_COSTS, rtol=2e-2)


def test_he_costs_are_those_documented_to_the_last_digits(results):
    np.testing.assert_allclose(results["costs"]["he"], HE_COSTS, rtol=1e-12)


def test_he_passes_the_last_cost_of_large_weights_before_7000_iterations(results, notebook):
    last = results["costs"]["random"][-1]
    assert results["costs"]["he"][7] < last < results["costs"]["he"][6]
    assert printed(notebook, "demo_price").count("one step takes") == 2


@pytest.mark.parametrize(
    ("name", "train", "test"),
    [("zeros", 150, 50), ("random", 249, 86), ("he", 298, 96)],
)
def test_accuracies_are_those_documented(results, name, train, test):
    assert results["rates"][name] == pytest.approx([train / 300, test / 100])


def test_the_circles_are_those_of_scikit_learn(monkeypatch):
    monkeypatch.syspath_prepend(SOURCE)
    monkeypatch.delitem(sys.modules, "init_utils", raising=False)
    from init_utils import load_dataset
    from sklearn.datasets import make_circles  # takes a second

    own = load_dataset()
    for count, seed, X, Y in ((300, 1, *own[:2]), (100, 2, *own[2:])):
        points, labels = make_circles(n_samples=count, noise=0.05, random_state=seed)
        np.testing.assert_allclose(X, points.T, rtol=1e-12)
        np.testing.assert_array_equal(Y[0], labels)


def test_the_first_numbers_are_those_of_the_text(notebook):
    text = printed(notebook, "demo_fifty")
    assert "× 0.9: after 50 layers 0.00515, after 150 layers 1.37e-07" in text
    assert "× 1.1: after 50 layers 117, after 150 layers 1.62e+06" in text


def test_scalar_biases_cost_the_same_and_are_thirteen_parameters_short(notebook):
    columns, numbers = re.findall(r"cost ([\d.]+), (\d+)", printed(notebook, "demo_bias"))
    assert columns[0] == numbers[0]
    assert int(columns[1]) - int(numbers[1]) == 13


def test_sure_answers_saturate_all_sigmoids_at_the_start(notebook):
    assert "exactly 1 for 300 of 300" in printed(notebook, "demo_random")


def sizes(notebook):
    """Last activations and first gradient of the depth experiment, by (layers, start)."""
    pattern = r"(\d+) layers, (.+?) +last activations (\S+), first gradient (\S+)"
    rows = re.findall(pattern, printed(notebook, "demo_depth"))
    return {(int(depth), name): (float(a), float(g)) for depth, name, a, g in rows}


@pytest.mark.parametrize("depth", [50, 150])
def test_relu_keeps_its_size_with_he_and_halves_the_square_with_xavier(notebook, depth):
    found = sizes(notebook)
    for he, xavier in zip(
        found[depth, "random, √(2/n) (He)"], found[depth, "random, √(1/n) (Xavier)"], strict=True
    ):
        assert 0.1 < he < 10
        assert xavier / he == pytest.approx(2 ** (-depth / 2), rel=0.05)


@pytest.mark.parametrize("depth", [50, 150])
@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_tenth_more_or_less_per_layer_explodes_or_vanishes(notebook, depth, factor):
    for size in sizes(notebook)[depth, f"{factor} I"]:
        assert size == pytest.approx(factor**depth / np.sqrt(2), rel=0.1)  # ReLU cuts once


def test_lost_roots_vanish_and_lost_brackets_explode(notebook):
    rows = re.findall(
        r"size (\S+), gradient at the input (\S+)", printed(notebook, "demo_through_layers")
    )
    (root, root_back), (right, right_back), (brackets, brackets_back) = np.array(rows, dtype=float)
    assert max(root, root_back) < 1e-10
    assert 0.1 < min(right, right_back) < max(right, right_back) < 1
    assert brackets > 0.95
    assert brackets_back > 1e9


def test_three_layers_forgive_xavier_before_relu(notebook):
    assert "0.1085 at 14,000" in printed(notebook, "demo_xavier")


def test_the_instrument_reads_the_same_size_in_every_layer_of_relu(notebook):
    pattern = r"(relu|tanh) +(\d+) of (\d+) +(\S+)"
    rows = re.findall(pattern, printed(notebook, "demo_hunt"))
    assert len(rows) == 7
    for name, different, units, size in rows:
        assert different == units
        low, high = (0.8, 1.25) if name == "relu" else (0.4, 1)
        assert low < float(size) < high


def given(notebook):
    """The function of the repair as a student gets it."""
    (cell,) = (c for c in notebook.cells if c.id == "initialize_parameters_deep")
    space = {"np": np}
    exec(cell.metadata["autograder"]["given"], space)
    return space["initialize_parameters_deep"]


def test_the_given_start_has_two_faults_and_hands_a_signal_to_two_layers(notebook, monkeypatch):
    monkeypatch.syspath_prepend(SOURCE)
    for module in ("init_utils", "init_figures"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    from init_figures import DEEP, DEEP_ACTIVATIONS, faults_left

    said = faults_left(given(notebook))
    assert said == "units of one layer are alike; the size of the signal changes in a layer"
    parameters = given(notebook)(DEEP, DEEP_ACTIVATIONS)
    A, arrived = np.random.RandomState(1).randn(DEEP[0], 100), 0
    for layer in range(1, len(DEEP)):
        A = np.maximum(0, parameters[f"W{layer}"] @ A)
        arrived += bool(A.any())
    assert arrived == 2


def test_both_languages_are_complete(notebook):
    book = nbformat.read(SOURCE / "initialization.ipynb", as_version=4)
    kinds = [tag for cell in book.cells for tag in cell.metadata.get("tags", []) if "lang" in tag]
    assert kinds == ["lang-en", "lang-zh"] * (len(kinds) // 2)
