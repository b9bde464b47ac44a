"""The lesson's experiments give the numbers that its text tells. Runs the whole notebook."""

import importlib.util
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "source/gradient_checking/gradient_checking.ipynb"
pytestmark = pytest.mark.slow


class Run:
    """An executed notebook: what each cell printed and showed."""

    def __init__(self, folder):
        self.book = nbformat.read(folder / NOTEBOOK.name, as_version=4)
        for cell in self.book.cells:
            cell.metadata.pop("tags", None)
        clock = nbformat.v4.new_code_cell("import time; print(time.process_time())", id="clock")
        self.book.cells.append(clock)
        NotebookClient(self.book, timeout=120, resources={"metadata": {"path": folder}}).execute()

    def outputs(self, prefix):
        return [o for c in self.book.cells if c.id.startswith(prefix) for o in c.get("outputs", [])]

    def text(self, prefix):
        return "".join(o.text for o in self.outputs(prefix) if o.output_type == "stream")

    def last_number(self, cell, start):
        line = next(row for row in self.text(cell).splitlines() if row.startswith(start))
        return float(re.findall(r"[\d.]+(?:e[+-]\d+)?", line)[-1])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lesson") / "gradient_checking"
    shutil.copytree(NOTEBOOK.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Run(folder)


@pytest.fixture
def examples(monkeypatch):
    """The lesson's example module and, beside it, its tools."""
    monkeypatch.syspath_prepend(NOTEBOOK.parent)
    modules = {}
    for name in ("gc_utils", "gc_examples"):
        spec = importlib.util.spec_from_file_location(name, NOTEBOOK.with_name(f"{name}.py"))
        modules[name] = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, modules[name])
        spec.loader.exec_module(modules[name])
    return modules


def test_the_notebook_takes_less_than_two_minutes_of_computing(run):
    assert float(run.text("clock")) < 120


def test_every_public_check_passes_on_the_solutions(run):
    assert run.text("test_").count("as expected") == 13
    assert "✗" not in run.text("test_")


def test_every_figure_has_alternative_text(run):
    figures = [o for o in run.outputs("demo_") if "image/png" in o.get("data", {})]
    assert len(figures) == 4
    assert all(len(f.metadata["image/png"]["alt"]) > 60 for f in figures)


def test_the_instrument_names_the_two_wrong_gradients_and_their_factors(run):
    rows = dict(line.split() for line in run.text("demo_names").splitlines())
    wrong = {name: float(d) for name, d in rows.items() if float(d) > 1e-5}
    assert wrong == {"db1": 0.6, "dW2": 0.333}  # (4 - 1) / (4 + 1) and (2 - 1) / (2 + 1)


def test_both_faults_and_one_left_give_the_documented_differences(run):
    assert run.last_number("demo_threshold", "as it arrived") == 0.28509
    assert run.last_number("demo_threshold", "only db1 repaired") == 0.17344
    assert run.last_number("demo_threshold", "only dW2 repaired") == 0.25442


def test_the_repaired_pass_lies_between_the_two_thresholds(run):
    assert 1e-7 < run.last_number("demo_threshold", "both repaired") < 2e-7


def test_a_right_slope_fails_at_a_kink(run):
    assert run.last_number("demo_kink", "far from the kink") < 1e-8
    assert run.last_number("demo_kink", "at the kink") == 0.29


def test_broken_instruments_mislead_as_the_text_says(run):
    rows = {row[:15]: row.split() for row in run.text("demo_traps").splitlines()}
    assert rows["squared norms  "][-1] == "0.158"
    assert 2e-7 < float(rows["worst component"][-2]) < 2e-5
    assert run.last_number("demo_traps", "difference of the norms") < 1e-7


def test_recorded_gradients_are_wrong_in_two_places_only(examples):
    recorded = examples["gc_examples"].recorded_gradients()
    measured = examples["gc_examples"].measured_slopes()
    off = [k for k in measured if not np.allclose(recorded[k], measured[k], 1e-4, 1e-6)]
    assert off == ["db1", "dW2"]
    assert np.allclose(recorded["dW2"], 2 * measured["dW2"], 1e-4, 1e-6)
    assert np.allclose(recorded["db1"], 4 * measured["db1"], 1e-4, 1e-6)


def test_a_cost_written_in_terms_of_z_has_a_hundredth_of_the_noise(examples):
    tools, example = examples["gc_utils"], examples["gc_examples"]
    X, Y, parameters = example.example()
    theta, _ = tools.dictionary_to_vector(parameters)
    right = example.recorded_gradients()
    right["dW2"], right["db1"] = right["dW2"] / 2, right["db1"] / 4

    def cost(theta):
        p = tools.vector_to_dictionary(theta)
        A2 = np.maximum(p["W2"] @ np.maximum(p["W1"] @ X + p["b1"], 0) + p["b2"], 0)
        Z3 = p["W3"] @ A2 + p["b3"]
        return np.mean(np.logaddexp(0, Z3) * (1 - Y) + np.logaddexp(0, -Z3) * Y)

    steps = 1e-7 * np.eye(len(theta))
    slopes = [(cost(theta[:, 0] + s) - cost(theta[:, 0] - s)) / 2e-7 for s in steps]
    approx, grad = np.array(slopes).reshape(-1, 1), tools.gradients_to_vector(right)
    norm = np.linalg.norm
    assert norm(grad - approx) / (norm(grad) + norm(approx)) == pytest.approx(1.1e-9, rel=0.5)


@pytest.mark.parametrize("widths", [(1, 1), (3, 2), (4, 6, 5, 2), (2, 3, 3, 3, 1)], ids=str)
def test_vectors_and_dictionaries_of_any_network_are_inverse(examples, widths):
    tools, rng = examples["gc_utils"], np.random.default_rng(0)
    parameters = {}
    for layer, (before, here) in enumerate(pairwise(widths), start=1):
        parameters[f"W{layer}"] = rng.normal(size=(here, before))
        parameters[f"b{layer}"] = rng.normal(size=(here, 1))
    theta, keys = tools.dictionary_to_vector(parameters)
    assert theta.shape == (len(keys), 1)
    back = tools.vector_to_dictionary(theta, parameters)
    assert list(back) == list(parameters)
    assert all(np.array_equal(back[name], parameters[name]) for name in parameters)
    backwards = {"d" + name: parameters[name] for name in reversed(parameters)}
    assert np.array_equal(tools.gradients_to_vector({**backwards, "dZ1": theta}), theta)


def test_a_vector_of_another_length_says_what_to_do(examples):
    with pytest.raises(ValueError, match="pass the parameters of this network"):
        examples["gc_utils"].vector_to_dictionary(np.zeros((6, 1)))
