"""The lesson's demonstrations show what its text says. Runs the notebook top to bottom."""

import math
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NAME = "batchnorm_softmax_tuning"
NOTEBOOK = Path(__file__).parents[2] / "source" / NAME / f"{NAME}.ipynb"
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
    """What a demonstration prints, by line."""

    def lines(cell_id):
        (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
        text = "".join(o.text for o in cell.outputs if o.output_type == "stream")
        return [line for line in text.splitlines() if line]

    return lines


def numbers(line):
    return [float(n) for n in re.findall(r"\d+(?:\.\d+)?(?:e[+-]\d+)?", line)]


def test_every_public_check_passes_on_the_solutions(notebook, printed):
    checks = [cell for cell in notebook.cells if cell.id.startswith("test_")]
    assert len(checks) == 11
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
    assert len(figures) == 9
    assert all(len(f.metadata["image/png"]["alt"]) > 60 for f in figures)


def test_half_of_the_momenta_lie_above_099(printed):
    (line,) = printed("demo_scales")
    assert numbers(line)[1] == pytest.approx(50, abs=5)
    assert numbers(line)[2] == 9.1


def test_random_points_beat_the_grid_and_two_rounds_beat_both(printed):
    grid, scattered, refined, won = printed("demo_grid_against_random")
    assert numbers(grid)[-1] > 2 * numbers(scattered)[-1] > 2 * numbers(refined)[-1]
    assert numbers(won)[0] > 65


def test_without_the_root_small_and_large_units_change_places(printed):
    _, before, over_variance, over_root = printed("demo_divided_by_variance")
    small, large = numbers(before)
    assert numbers(over_variance) == pytest.approx([1 / small, 1 / large], rel=0.1)
    assert numbers(over_root) == [1.0, 1.0]


def test_only_the_full_gradient_agrees_with_finite_differences(printed):
    full, short, total = printed("demo_finite_differences")
    assert numbers(full)[-1] < 1e-8
    assert 0.1 < numbers(short)[-1] < 0.5
    assert numbers(total)[-1] < 1e-12


def test_the_wrong_sign_climbs_and_the_shift_prevents_nan(printed):
    right, wrong, overflow, shifted = printed("demo_wrong_sign")
    assert numbers(right)[0] == numbers(wrong)[0] == round(math.log(3), 4)
    assert numbers(right)[1] < 0.2
    assert numbers(wrong)[1] > 10
    assert overflow.count("nan") == 3
    assert numbers(shifted) == pytest.approx([0.0900, 0.2447, 0.6652])


def test_batch_norm_keeps_the_signal_in_every_layer(printed):
    small, large, *normalized = printed("demo_signal_per_layer")
    assert numbers(small)[-1] < 0.001
    assert numbers(large)[-1] > 10
    assert all(numbers(line)[-1] == 1.0 for line in normalized)


def test_batch_norm_learns_from_bad_weights(printed):
    learned = {line.split("cost")[0].strip(): numbers(line.split("cost")[1]) for line in
               printed("demo_spirals")}  # fmt: skip
    assert learned["weights 0.1"][1] == round(math.log(3), 3)
    assert learned["weights 0.1"][2] < 50
    assert learned["weights 0.6"][0] > 5
    assert learned["weights 0.6"][2] < 90
    for name in ("weights 0.1, batch norm", "weights 0.6, batch norm", "He weights"):
        assert learned[name][1] < 0.1
        assert learned[name][2] > 98


def test_a_batch_of_one_needs_the_running_statistics(printed):
    running, own = printed("demo_one_at_a_time")
    assert numbers(running)[0] > 98
    assert numbers(own)[0] == pytest.approx(100 / 3, abs=0.1)


def test_batch_norm_widens_the_field_of_good_settings(printed):
    without, with_it = printed("demo_search_spirals")
    good = [int(re.search(r"(\d+) of 15", line).group(1)) for line in (without, with_it)]
    assert good[0] <= 5
    assert good[1] >= 10


def test_dropout_before_batch_norm_shrinks_what_is_predicted(printed):
    none, little, half = (numbers(line)[-1] for line in printed("demo_dropout_before"))
    assert none == pytest.approx(1, abs=0.03)
    assert half < 0.7 < little < none


def test_two_classes_are_logistic_regression(printed):
    assert numbers(printed("demo_temperature")[-1])[-1] < 1e-12


def test_batch_norm_learns_the_digits_from_weights_that_are_too_small(printed):
    guessing, *four, test = printed("demo_digits")
    assert numbers(guessing) == [2.303]
    small, small_normalized, he, he_normalized = (numbers(line) for line in four)
    assert small == [2.303, 2.302, 10.7]
    assert small_normalized[2] > 95
    assert he[2] > 92 and he_normalized[2] > 92
    assert he_normalized[1] > he[1]  # the noise of the batches
    assert numbers(test)[0] > 95
