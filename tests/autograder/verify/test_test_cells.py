"""What old test cells let through is told, with the places."""

import json

import pytest

from autograder.model import CourseError
from autograder.verify.proof import Fate
from autograder.verify.proof_page import page
from autograder.verify.terminal import summary
from autograder.verify.test_cells import prove_test_cells
from tests.autograder.testcells.conftest import notebook

SOLUTION = """
def f(x):
    size = 1
    ### BEGIN SOLUTION
    return 2 * x + size
    ### END SOLUTION
"""


def write(course, *tests):
    folder = course.source("plain")
    folder.mkdir(exist_ok=True)
    nb = {**notebook(SOLUTION, *tests), "nbformat": 4, "nbformat_minor": 5}
    (folder / "plain.ipynb").write_text(json.dumps(nb), encoding="utf-8")


def survivors(proof):
    return {m.before for m in proof.mutants if m.fate is Fate.SURVIVED}


@pytest.mark.slow
def test_a_weak_test_lets_mutants_through_and_a_hidden_one_stops_them(tiny):
    write(tiny, "assert f(0) == 1")
    weak = prove_test_cells(tiny, "plain")
    assert survivors(weak) == {"return 2 * x + size"} and not weak.holds
    assert {m.before for m in weak.mutants} == {"return 2 * x + size"}  # the rest is given
    assert [claim.subject for claim in weak.claims if claim.holds] == ["t1"]
    said = summary([weak])
    count = f"{weak.count(Fate.SURVIVED)} of {len(weak.mutants)}"
    assert f"its test cells let {count} mutants of the solution through" in said
    assert "line 4: return 2 * x + size  →  " in said and "2 * x + size" in page([weak])
    hidden = "### BEGIN HIDDEN TESTS\nassert f(3) == 7 and f(5.5) == 12\n### END HIDDEN TESTS"
    write(tiny, f"assert f(0) == 1\n{hidden}")
    strong = prove_test_cells(tiny, "plain")
    assert strong.holds, survivors(strong)
    assert len(strong.mutants) == len(weak.mutants)


@pytest.mark.slow
def test_a_test_that_nbgrader_wrote_is_proven_by_what_it_wrote(tiny):
    """Its source is a comment, which everybody passes."""
    write(tiny, "### AUTOTEST f(3)")
    missing = prove_test_cells(tiny, "plain")
    [claim] = missing.claims
    assert not claim.holds and "nbgrader has not written it yet (AUTOTEST)" in claim.detail
    written = {"plain": {"t1": "assert str(f(3)) == '7' and f(5.5) == 12"}}
    proof = prove_test_cells(tiny, "plain", written=written)
    assert proof.holds, survivors(proof)
    assert len(proof.mutants) == len(missing.mutants) > 0


def test_where_nothing_can_be_changed_it_says_so(tiny):
    write(tiny, "assert f(0) == 1")
    with pytest.raises(CourseError, match="nothing to change in 'g'"):
        prove_test_cells(tiny, "plain", exercise="g")
