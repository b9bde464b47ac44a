"""Edits that nobody would have meant are not tried, and one that many would."""

import ast
import re

import pytest

from autograder.repair.candidates import edits
from autograder.repair.places import OwnFunction
from autograder.repair.statements import Donor

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("donated", ["return x[:, :t]", "return x[:, :t], x[:, t:]"])
def test_slices_of_a_donor_s_index_are_no_values(donated):
    """A search had ended over them, where they could stand for what is returned."""
    own = OwnFunction("def step(x, y, t):\n z = x[:t]\n return z\n", "step")
    found = edits(own, [Donor(f"def step(x, y, t):\n {donated}\n", "step")], 100_000)
    texts = {own.with_splices(e.splices) for e in found}
    assert any("x[:, :t]" in text for text in texts)
    for text in texts:
        ast.parse(text)


def test_no_variable_is_compared_with_itself():
    """Such an edit only takes the branch away; the name was not the slip."""
    own = OwnFunction("def step(x, y, t):\n z = x\n if y == t - 1:\n  z = t\n return z\n", "step")
    texts = {own.with_splices(e.splices) for e in edits(own, [], 100_000)}
    compared = {line.strip() for text in texts for line in text.splitlines() if "==" in line}
    alone = {line for line in compared if re.match(r"if \(?(\w+)\)? == \(?\1\b", line)}
    assert not alone and "if y == (t):" in compared and "if y == (x) - 1:" in compared


def test_an_if_below_another_one_may_be_meant_for_what_that_one_leaves():
    body = " if x > 1:\n  y = 1\n if x > 0:\n  y = 2\n return y\n"
    own = OwnFunction(f"def step(x, y):\n{body}", "step")
    kinds = {own.with_splices(e.splices).strip(): e.kind for e in edits(own, [], 100_000)}
    joined = f"def step(x, y):\n{body}".replace("\n if x > 0", "\n elif x > 0")
    assert kinds[joined.strip()] == "asked again"


def kinds_of(text, right):
    own = OwnFunction(text, "step")
    found = edits(own, [Donor(right, "step")], 100_000)
    return {own.with_splices(e.splices): e.kind for e in found}


def test_what_takes_the_shape_alone_is_no_function_that_was_forgotten():
    right = "def step(x):\n v = np.zeros_like(x)\n return v\n"
    kinds = kinds_of("def step(x):\n v = x + 1\n return v\n", right)
    assert kinds["def step(x):\n v = np.zeros_like(x + 1)\n return v"] == "donor"


def test_a_variable_that_is_returned_is_not_the_wrong_line():
    """A piece of the solution in its place would be the whole function written anew."""
    right = "def step(x, y):\n return x * y - x\n"
    kinds = kinds_of("def step(x, y):\n z = x\n z = z / y\n return z\n", right)
    lines = {line.strip() for text in kinds for line in text.splitlines()}
    assert "z = (x * y - x)" in lines
    assert not lines & {"return x * y - x", "return (x * y - x)"}


def test_a_step_is_not_missing_where_every_branch_has_made_it():
    right = "def step(x):\n part = x // 2\n rest = x - part\n return rest, part\n"
    branches = " if x < 9:\n  part = 1\n else:\n  part = x\n"
    wrong = f"def step(x):\n{branches} rest = x - part\n return rest, part\n"
    kinds = kinds_of(wrong, right)
    anew = wrong.replace(" rest =", " part = x // 2\n rest =")
    assert anew.strip() not in {text.strip() for text in kinds}


def test_what_goes_into_a_function_is_hardly_given_to_it_twice():
    text = (
        "def step(x):\n z = np.sqrt(x * x)\n w = np.clip(x, 0, 1)\n return np.clip(z, 0, 2) + w\n"
    )
    own = OwnFunction(text, "step")
    found = edits(own, [Donor("def step(x):\n return np.sqrt(x)\n", "step")], 100_000)
    costs = {own.with_splices(e.splices).strip(): e.cost for e in found}
    once = text.replace("return np.clip(z, 0, 2)", "return np.clip(np.sqrt(z), 0, 2)").strip()
    twice = text.replace("np.sqrt(x * x)", "np.sqrt(np.sqrt(x * x))").strip()
    assert costs[twice] >= costs[once] + 1
    assert text.replace("np.clip(z, 0, 2)", "np.clip(np.clip(z, 0, 1), 0, 2)").strip() not in costs


def test_a_written_down_number_is_not_what_a_function_was_forgotten_for():
    right = "def step(x):\n return np.argmin(x)\n"
    kinds = kinds_of("def step(x):\n return x * -1\n", right)
    assert "def step(x):\n return x * (np.argmin(-1))" not in kinds


def test_the_sign_of_an_exponent_may_be_lost():
    kinds = kinds_of("def step(x):\n return x ** 0.5\n", "def step(x):\n return x\n")
    assert kinds["def step(x):\n return x ** -0.5"] == "power"


def test_a_variable_gets_a_value_in_one_line_and_is_hardly_meant_by_another_one():
    body = " sum1 = x\n {} = sum1\n sum3 = x\n return sum1"
    own = OwnFunction("def step(x, sum4):\n" + body.format("sum2") + "\n", "step")
    costs = {own.with_splices(e.splices).strip(): e.cost for e in edits(own, [], 100_000)}
    filled, unfilled = (f"def step(x, sum4):\n{body.format(n)}" for n in ("sum3", "sum4"))
    assert costs[filled] > costs[unfilled] + 0.6


def test_a_function_of_a_module_may_be_another_one_that_right_versions_call():
    right = "def step(x):\n return np.cos(x)\n"
    assert kinds_of("def step(x):\n return np.sin(x)\n", right)[right.strip()] == "function"
