"""The lesson's trainings give the numbers that its text tells. Runs the whole notebook."""

import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "source/regularization/regularization.ipynb"
DATA = ROOT.parent / "shared/data/data.mat"
pytestmark = pytest.mark.slow


class Run:
    """An executed notebook: what each cell printed and showed."""

    def __init__(self, folder):
        self.book = nbformat.read(folder / NOTEBOOK.name, as_version=4)
        for cell in self.book.cells:
            cell.metadata.pop("tags", None)
        clock = nbformat.v4.new_code_cell("import time; print(time.process_time())", id="clock")
        self.book.cells.append(clock)
        NotebookClient(self.book, timeout=300, resources={"metadata": {"path": folder}}).execute()

    def outputs(self, prefix):
        return [o for c in self.book.cells if c.id.startswith(prefix) for o in c.get("outputs", [])]

    def text(self, prefix):
        return "".join(o.text for o in self.outputs(prefix) if o.output_type == "stream")

    def costs(self, cell):
        return [float(n) for n in re.findall(r"cost after step \d+: ([\d.]+)", self.text(cell))]

    def accuracy(self, cell):
        found = re.search(r"([\d.]+)% of the training set right, ([\d.]+)%", self.text(cell))
        return float(found[1]), float(found[2])


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "regularization"
    ignore = shutil.ignore_patterns("*.mat", "__pycache__")
    shutil.copytree(NOTEBOOK.parent, folder, ignore=ignore)
    return Run(folder)


@pytest.fixture(scope="module")
def documented(tmp_path_factory):
    if not DATA.exists():
        pytest.skip("data.mat is not part of the project")
    folder = tmp_path_factory.mktemp("documented") / "regularization"
    shutil.copytree(NOTEBOOK.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(DATA, folder / "data.mat")
    return Run(folder)


def close(*numbers):
    return pytest.approx(list(numbers), abs=6e-6)


def test_the_notebook_takes_less_than_two_minutes_of_computing(own):
    assert float(own.text("clock")) < 120


def test_every_public_check_passes_on_the_solutions(own):
    assert own.text("test_").count("as expected") == 13
    assert "✗" not in own.text("test_")


def test_every_figure_has_alternative_text(own):
    figures = [o for o in own.outputs("demo_") if "image/png" in o.get("data", {})]
    assert len(figures) == 14
    assert all(len(f.metadata["image/png"]["alt"]) > 60 for f in figures)


def test_own_data_overfit_without_regularization(own):
    train, dev = own.accuracy("demo_overfit")
    assert (train, dev) == (93.84, 81.0)
    assert own.costs("demo_overfit") == pytest.approx([0.64967, 0.21009, 0.17799], abs=1e-3)


@pytest.mark.parametrize("cell", ["demo_l2", "demo_dropout", "demo_fresh", "demo_early"])
def test_regularization_narrows_the_gap_on_own_data(own, cell):
    plain_train, plain_dev = own.accuracy("demo_overfit")
    train, dev = own.accuracy(cell)
    assert train - dev < (plain_train - plain_dev) / 2
    assert dev >= plain_dev + 3


def test_own_numbers_are_those_of_the_text(own):
    prose = "".join(c.source for c in own.book.cells if c.id.endswith("-en"))
    for cell in ("demo_overfit", "demo_l2", "demo_dropout", "demo_fresh", "demo_early"):
        train, dev = own.accuracy(cell)
        assert f"**{train:.2f}% on the training set, {dev:.2f}% on the dev set**" in prose
    for cell in ("demo_overfit", "demo_l2", "demo_dropout"):
        assert all(is_told(cost, prose) for cost in own.costs(cell))


def is_told(cost, prose):
    """Whether a text holds a cost; the last digits of a long training differ by processor."""
    return any(abs(float(n) - cost) < 1e-3 for n in re.findall(r"\b0\.\d{5}\b", prose))


def test_a_frozen_mask_is_learned_by_heart_and_fresh_masks_are_not(own):
    assert own.costs("demo_dropout")[-1] < 0.05 < 0.15 < own.costs("demo_fresh")[-1]


def test_weight_decay_sets_out_as_fast_and_rests_elsewhere(own):
    found = re.findall(r"(\S+) +first step ([\d.]+), at rest at ([\d.]+)", own.text("demo_decay"))
    assert found == [
        ("decay", "0.300", "3.00"),
        ("decay", "0.300", "2.00"),
        ("derivative", "0.285", "3.00"),
    ]


def test_dropout_needs_more_steps_for_the_same_training_cost(own):
    found = re.findall(r"cost of ([\d.]+) is reached at step ([\d,]+)", own.text("demo_price"))
    assert found == [("0.203", "12,000"), ("0.203", "25,000")]
    assert own.text("demo_price").count("one step takes") == 2  # how long, is the machine's affair


def test_too_much_of_a_penalty_leaves_nothing(own):
    assert "lambda = 20: 64.45% of the training set right" in own.text("demo_lambda")


def test_a_repaired_layer_changes_nothing_in_the_mean(own):
    text = own.text("demo_layer")
    assert "training, mean of 500 calls:             1.00 times A" in text
    assert "predicting:                              1.00 times A" in text


def test_the_given_layer_has_the_two_faults_of_the_text(own, monkeypatch):
    monkeypatch.syspath_prepend(NOTEBOOK.parent)
    from reg_examples import dropout_faults

    (cell,) = (c for c in own.book.cells if c.id == "dropout_layer")
    space = {"np": np}
    exec(cell.metadata["autograder"]["given"], space)
    said = dropout_faults(space["dropout_layer"])
    assert said == "predicting changes the activations; all examples lose the same units"


def test_documented_numbers_without_regularization(documented):
    assert documented.costs("demo_overfit") == close(0.65574, 0.16330, 0.13852)
    assert documented.accuracy("demo_overfit") == (94.79, 91.5)


def test_documented_numbers_with_l2(documented):
    assert documented.costs("demo_l2") == close(0.69745, 0.26849, 0.26809)
    assert documented.accuracy("demo_l2") == (93.84, 93.0)


def test_documented_numbers_with_dropout(documented):
    assert documented.costs("demo_dropout") == close(0.65439, 0.06102, 0.06058)
    assert documented.accuracy("demo_dropout") == (92.89, 95.0)


def test_documented_range_with_fresh_masks(documented):
    assert 92.5 <= documented.accuracy("demo_fresh")[1] <= 94
