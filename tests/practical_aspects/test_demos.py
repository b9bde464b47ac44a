"""The lesson's demonstrations show what its text says. Runs the notebook top to bottom."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "source/practical_aspects/practical_aspects.ipynb"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def notebook():
    """The executed notebook, demonstrations included."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    for cell in book.cells:
        cell.metadata.pop("tags", None)
    client = NotebookClient(book, timeout=600, resources={"metadata": {"path": NOTEBOOK.parent}})
    client.execute()
    return book


@pytest.fixture
def printed(notebook):
    """What a demonstration prints: its numbers, in order, by line of text."""

    def lines(cell_id):
        (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
        return "".join(o.text for o in cell.outputs if o.output_type == "stream").splitlines()

    return lines


def numbers(line):
    return [float(n) for n in re.findall(r"\d+(?:\.\d+)?(?:e[+-]\d+)?", line)]


def test_every_public_check_passes_on_the_solutions(notebook, printed):
    checks = [cell for cell in notebook.cells if cell.id.startswith("test_")]
    assert len(checks) == 7
    for cell in checks:
        said = printed(cell.id)
        assert said and all("as expected" in line for line in said if line)


def test_every_figure_has_alternative_text(notebook):
    figures = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(figures) == 3
    assert all(len(f.metadata["image/png"]["alt"]) > 60 for f in figures)


def test_sorted_data_cut_in_order_tests_on_one_class_only(printed):
    _, in_order, shuffled = printed("demo_sorted_data")[:3]
    assert numbers(in_order) == [0.0, 50.0, 100.0]
    assert all(abs(share - 30) < 5 for share in numbers(shuffled))


def test_three_degrees_show_bias_neither_and_variance(printed):
    straight, wavy, wild = printed("demo_bias_variance")[:3]
    assert straight.endswith(": high bias")
    assert wavy.endswith(": neither")
    assert wild.endswith(": high variance")
    assert numbers(straight) == [1, 22.0, 25.2]
    assert numbers(wavy) == [5, 12.7, 12.9]
    assert numbers(wild) == [9, 8.0, 22.8]  # below the Bayes error of 10 on the training set


def test_centring_gains_most_and_the_bowl_stays_an_ellipse(printed):
    lines = printed("demo_bowls")[:4]
    raw, scaled, centred, both = (numbers(line) for line in lines)
    assert (raw, scaled, centred) == ([0.033, 783], [0.083, 319], [0.431, 59])
    assert both == [1.0, 25]  # a circle would take one step


def test_normalizing_needs_no_gaussian_features(printed):
    bell, skewed, yes_no = (numbers(line) for line in printed("demo_shapes")[1:4])
    assert (bell[:2], skewed[:2], yes_no[:2]) == ([272, 2], [629, 2], [1683, 2])
    assert skewed[2] == 8.7  # normalizing leaves the tail


def test_the_instruments_show_what_a_right_pipeline_does(printed):
    training, dev, test = printed("demo_scales")[1:]
    assert "e-" in training  # the mean is rounding noise
    assert all(numbers(line)[0] > 0.1 for line in (dev, test))


def test_dividing_by_the_variance_swaps_small_and_large(printed):
    _, measured, by_variance, by_deviation, _, constant = printed("demo_divided_by_variance")
    assert numbers(measured) == [0.01, 100.0]
    assert numbers(by_variance) == [100.0, 0.01]
    assert numbers(by_deviation) == [1.0, 1.0]
    assert 0 < numbers(constant)[-1] < 1e-16


def test_a_ward_normalized_by_itself_looks_healthy(printed):
    training, with_theirs, with_own = printed("demo_ward")[:3]
    assert numbers(training)[0] > 95
    assert numbers(with_theirs)[0] > 90
    assert numbers(with_own)[0] < 50


def test_depth_multiplies(printed):
    grows, stays, shrinks = (numbers(line)[-1] for line in printed("demo_depth")[:3])
    assert grows == pytest.approx(3**50 / 2**50, rel=1e-3)
    assert stays == 1
    assert shrinks == pytest.approx(1 / 2**50, rel=1e-3)
